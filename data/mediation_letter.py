"""The letter to those who reported: what was done and how it ended, in plain Italian.

It names the neighbourhood, the themes, months and actions, and nothing of presence, zones
or people. It is addressed to nobody: who reported is not known.
"""

from __future__ import annotations

from data.access import Viewer
from data.conflicts import places
from data.mediation import case
from data.pdf import pdf
from data.store import Store
from data.texts import Texts
from geo.errors import InputError
from geo.mediation import (
    CaseAction,
    CaseState,
    MediationAction,
    MediationCase,
    Outcome,
    Participant,
)
from geo.municipalities import municipalities

STREET = {MediationAction.TALK_PEOPLE, MediationAction.LEAFLET}
"""Actions that would say that somebody stood in the street there: the letter leaves them out."""

UNSAID = {Participant.PEOPLE, Participant.MEDIATOR, Participant.UNIT}
"""Who at a table would say the same."""

OUTCOMES = {
    Outcome.AGREEMENT: "Le persone e gli enti coinvolti hanno trovato un accordo. Nei mesi "
    "successivi abbiamo controllato che fosse rispettato.",
    Outcome.PARTIAL: "Le persone e gli enti coinvolti hanno trovato un accordo su una parte dei "
    "problemi. Su altri non c’è ancora una soluzione.",
    Outcome.NONE: "Per ora non è stato trovato un accordo. Il lavoro fatto resta utile e il caso "
    "può essere riaperto.",
    Outcome.DISPLACED: "Abbiamo osservato che il problema si è spostato altrove. Per noi questo "
    "non è una soluzione: continuiamo a lavorare con il territorio.",
}


def letter(store: Store, viewer: Viewer, key: str) -> bytes:
    """The letter of a closed case as PDF/UA-1. Errors as `data.mediation.case`; InputError
    `case_open`."""
    one = case(store, viewer, key).case
    if one.state is not CaseState.CLOSED or one.outcome is None or one.closed is None:
        raise InputError("case_open", case=key)
    frame = places(store, viewer).set_index("code")
    towns = municipalities().set_index("istat")["name"]
    where = place_title(str(frame.loc[one.place, "name"]), str(towns[one.municipality]))
    numbers = store.settings()
    return pdf("letter", content(one, where, numbers.hotline_regional))


def place_title(name: str, town: str) -> str:
    """A neighbourhood in words; the number of a cell tells nobody anything."""
    return town if not name or name.isdecimal() else f"{town}, {name}"


def content(one: MediationCase, where: str, hotline: str) -> dict[str, object]:
    """What the template of a closed case reads."""
    t = Texts("it")
    assert one.outcome is not None
    assert one.closed is not None
    themes = t.list(t.word(theme) for theme in one.themes)
    done = [_done(t, act) for act in one.actions if act.kind not in STREET]
    none = [] if done else ["Abbiamo raccolto le voci del territorio."]
    return {
        "title": "Esito della segnalazione",
        "language": "it",
        "synthetic": t("Synthetic data: an invented region, no real person, place or crew.")
        if one.synthetic
        else None,
        "foot": "Prossima · mediazione dei conflitti territoriali",
        "reference": f"Caso {one.key} · {where} · {t.date(one.closed)}",
        "greeting": "Gentile cittadina, gentile cittadino,",
        "parts": [
            _part(
                "Che cosa è stato segnalato",
                f"Abbiamo ricevuto segnalazioni dalla zona di {where}. "
                f"Riguardavano: {themes}. Abbiamo aperto il caso a {t.month(one.opened)}.",
            ),
            _part(
                "Che cosa abbiamo fatto",
                *none,
                items=done,
            ),
            _part("Come è andata a finire", OUTCOMES[one.outcome]),
            _part(
                "Che cosa può fare",
                "Se il problema continua o ritorna, può fare una nuova segnalazione al Comune. "
                "Non serve dire chi è. In caso di pericolo chiami il 112.",
                f"Chi ha bisogno di aiuto, o conosce una persona sfruttata, può chiamare il numero "
                f"verde {hotline}: è gratuito e anonimo, a ogni ora.",
            ),
            _part(
                "Perché questa lettera dice poco delle persone",
                "La mediazione ascolta tutti: chi abita, chi lavora, chi sta in strada. "
                "Per la sicurezza di tutti non diamo notizie su persone, luoghi e orari.",
            ),
        ],
        "farewell": "Grazie per la segnalazione. Il servizio di mediazione",
    }


def _done(t: Texts, act: CaseAction) -> str:
    what = f"{t.month(act.day)}: {t.word(act.kind)}"
    unsaid = UNSAID
    if act.kind is MediationAction.LISTEN_RESIDENTS:  # with whom, its name says already
        unsaid = UNSAID | {Participant.RESIDENTS}
    who = [t.word(one) for one in act.with_whom if one not in unsaid]
    return f"{what}, con {t.list(who)}" if who else what


def _part(title: str, *lines: str, items: list[str] | None = None) -> dict[str, object]:
    return {"title": title, "lines": [*lines], "items": items or []}
