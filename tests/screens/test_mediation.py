"""Mediation and reports on their pages: what was planted is named, a case goes its way."""

import json
from datetime import date

import pytest

import cli
from data import conflicts, mediation
from data.access import Role, Viewer
from data.conflict_streets import streets_of
from data.displacement_watch import watched
from data.mediation_letter import letter
from geo.conflicts import Band, Channel, ConflictReport, Reporter, Theme, episodes
from geo.mediation import CaseState, MediationAction, Outcome
from geo.sensitive import Sensitive
from screens.session import network, store
from tests.screens.conftest import COORDINATOR, said

TOWN = Viewer(Role.MUNICIPALITY, municipality="046017")


def pressed(app, label):
    next(button for button in app.button if button.label == label).click()
    app.run()
    assert not app.exception
    assert not app.error
    return app


def case():
    return next(kept.case for kept in mediation.cases(store(), COORDINATOR) if kept.case.key == "T")


def fifty_times_the_same():
    """How many reports repeat another once one was sent fifty times on one day."""
    place = conflicts.places(store(), COORDINATOR)["code"].iloc[0]
    one = ConflictReport(
        place, date(2026, 5, 14), Band.EVENING, Theme.NOISE, 2, Channel.PHONE, Reporter.RESIDENT
    )

    def folded():
        found = conflicts.reports(store(), COORDINATOR)
        return len(found) - len(episodes(found))

    before = folded()
    conflicts.add_reports(store(), COORDINATOR, [one] * 50, synthetic=True)
    assert folded() == before + 49
    return before + 49


def test_the_planted_conflicts_are_named_with_their_hours(visit):
    folded = fifty_times_the_same()
    text = said(visit(COORDINATOR, "mediazione"))
    assert f"{folded} segnalazioni ripetono un reclamo dello stesso giorno" in text
    found = conflicts.areas(store(), COORDINATOR, network()).sure
    seen = {area.themes[0][0]: area for area in found}
    assert seen[Theme.LITTER].bands == (Band.MORNING,)
    assert seen[Theme.LITTER].sensitive
    assert (seen[Theme.TRAFFIC].bands, seen[Theme.TRAFFIC].weekdays) == ((Band.NIGHT,), (4, 5))
    assert seen[Theme.FEAR].bands == (Band.EVENING,)
    assert Sensitive.STATION in seen[Theme.FEAR].sensitive
    assert "vicino a una stazione" in text
    (order,) = conflicts.ordinances(store(), COORDINATOR)
    every = watched(store(), COORDINATOR, network())
    assert every[0].cause.code == order.code
    assert every[0].seen.observed
    assert order.code in text
    acts = [one for one in every if one.cause.action is not None]
    assert acts
    assert MediationAction.LISTEN_RESIDENTS not in {one.cause.action for one in acts}
    places = conflicts.places(store(), COORDINATOR)
    names = dict(zip(places["code"], places["name"], strict=True))
    for area in (seen[Theme.LITTER], seen[Theme.TRAFFIC], seen[Theme.FEAR]):
        assert names[area.code] in text
    assert "Il conflitto si è spostato" in text


def test_the_page_opens_in_english(visit):
    text = said(visit(COORDINATOR, "mediazione", language="en"))
    assert "Displacement watch" in text
    assert "The conflict has moved" in text


def test_a_case_is_opened_moved_on_and_closed_and_its_letter_downloads(visit):
    app = visit(COORDINATOR, "mediazione")
    app.text_input(key="case_key").input("T")
    app.multiselect(key="case_themes").select(Theme.NOISE)
    pressed(app, "Apri il caso")
    assert case().state is CaseState.LISTENING
    app.selectbox(key="case_chosen").select("T").run()
    pressed(app, "Registra l’azione")
    assert len(case().actions) == 1
    pressed(app, next(b.label for b in app.button if b.label.startswith("Passa a")))
    assert case().state is CaseState.CHECKING
    app.selectbox(key="end_outcome").select(Outcome.DISPLACED)
    pressed(app, "Chiudi il caso")
    assert (case().state, case().outcome) == (CaseState.CLOSED, Outcome.DISPLACED)
    assert [one.proto.label for one in app.get("download_button")] == ["Lettera con l’esito (PDF)"]
    assert letter(store(), COORDINATOR, "T").startswith(b"%PDF")


@pytest.mark.parametrize("language", ["it", "en"])
def test_a_municipality_sees_its_own_reports_and_no_zone_area_or_presence(visit, language):
    app = visit(TOWN, "segnalazioni", language)
    assert not app.exception
    text = said(app)
    zones = store().zones(COORDINATOR)
    text += "".join(str(box.options) for box in app.selectbox)
    assert not any(zone.code in text for zone in zones)
    assert "presen" not in "".join(element.body for element in app.html if "<table" in element.body)
    assert not app.get("iframe")
    options = app.selectbox(key="report_place").options
    places = conflicts.places(store(), COORDINATOR)
    assert len(options) == (places["municipality"] == TOWN.municipality).sum()
    assert not visit(TOWN, "mediazione", language).expander


def test_a_street_finds_the_neighbourhood_and_is_forgotten(visit):
    app = visit(TOWN, "segnalazioni")
    street = app.selectbox(key="report_street").options[-1]
    app.selectbox(key="report_street").select(street).run()
    places = conflicts.places(store(), COORDINATOR)
    code = streets_of(places, network()).names(TOWN.municipality)[street]
    assert app.selectbox(key="report_place").value == code
    pressed(app, "Invia la segnalazione")
    assert conflicts.reports(store(), COORDINATOR)["place"].iloc[-1] == code
    assert app.selectbox(key="report_street").value is None


def test_the_same_report_twice_is_one_episode(visit):
    app = visit(TOWN, "segnalazioni")
    before = conflicts.reports(store(), COORDINATOR)
    for _ in range(2):
        pressed(app, "Invia la segnalazione")
        assert "Ricevuta" in app.success[0].value
    after = conflicts.reports(store(), COORDINATOR)
    assert len(after) == len(before) + 2
    assert len(episodes(after)) == len(episodes(before)) + 1


def test_the_watch_is_told_on_the_terminal_as_on_the_page(installed, capfd):
    def answered(*options):
        with pytest.raises(SystemExit) as ended:
            cli.main(["conflicts", "watch", *options])
        assert ended.value.code == 0
        return capfd.readouterr().out

    told = json.loads(answered("--json"))
    (order,) = conflicts.ordinances(store(), COORDINATOR)
    moved = next(one for one in told if one["code"] == order.code)
    assert told[0] == moved
    assert moved["observed"]
    assert moved["here"]["place"] in order.places
    assert moved["here"]["ratio"] < 1 < max(one["low"] for one in moved["next_door"])
    table = answered()
    assert order.code in table
    assert "non sono un successo" in table
