"""A crew's night on a phone: page, re-planned itinerary, pack without signal, closing.

What is counted on the way agrees with the database at the end.
"""

import json
from collections.abc import Iterator

import pandas as pd
import pytest
from sqlalchemy import select

from data import hotline
from data.access import Action, Role, Viewer
from data.contact_import import effort_frame
from data.crews import referral_desks
from data.handovers import monthly
from data.models import ContactEntryRow, ContactRow
from data.return_pictures import codes
from data.returns import joined, merge
from data.roads import load_network
from data.running import running
from data.settings import load
from data.store import Store
from geo.night import Night
from routing.progress import StopState
from screens.names import municipality_name
from tests.browser.conftest import SCREENSHOTS
from tests.browser.test_night import AXE, ENTRANCES, RULES, see_to_a_published_plan, violations
from tests.screens.conftest import EVENING

pytestmark = pytest.mark.browser

NIGHT = Night.of(EVENING)
COORDINATOR = Viewer(Role.COORDINATOR)


@pytest.fixture
def kept(program) -> Iterator[Store]:
    """The same database, seen by the test."""
    moment = lambda: program_now(program)  # noqa: E731
    store = Store.open(load(home=program.home), moment)
    yield store
    store.close()


def program_now(program):
    return EVENING.fromisoformat(program.clock.read_text(encoding="utf-8").strip())


def tonight(store, unit):
    """What a unit has counted, at its zones and where it was sent by the hotline."""
    with store.reading(COORDINATOR, Action.READ_CONTACTS) as session:
        asked = select(ContactEntryRow.id).where(
            ContactEntryRow.unit == unit, ContactEntryRow.night == NIGHT.date
        )
        chosen = select(ContactRow).where(ContactRow.entry.in_(asked)).order_by(ContactRow.id)
        columns = ("kind", "gender", "macro_area", "zone", "count")
        rows = [[getattr(row, name) for name in columns] for row in session.scalars(chosen)]
    return pd.DataFrame(rows, columns=["kind", "gender", "macro_area", "zone", "persons"])


def handed(store, municipality):
    """Persons handed over to a programme this month in a municipality."""
    frame = monthly(store, COORDINATOR, NIGHT.date.replace(day=1))
    there = (frame["municipality"] == municipality) & (frame["receiver"] == "programma")
    return int(frame.loc[there, "persons"].sum())


def asks_for_a_visit(desk, municipality, closes):
    """The hotline's: somebody waits in a municipality until `closes`."""
    desk.press("Entra come numero verde")
    page = desk.page
    for label, chosen in (("Comune", municipality), ("Che cosa si chiede", "ascolto")):
        page.get_by_role("combobox", name=label).first.fill(chosen)
        page.keyboard.press("Enter")
    page.get_by_label("alle", exact=True).first.fill(closes)
    desk.press("Inserisci la richiesta")
    page.get_by_text("Nessuno l’ha ancora accolta.").wait_for()


def sends(desk, key, unit):
    """The coordination's: of those that could go there, this unit does."""
    desk.press("Cambia ruolo")
    desk.press(ENTRANCES[0])
    desk.open("Numero verde")
    desk.press("Chi può andare?")
    page = desk.page
    accept = page.locator(f".st-key-accept-{key}-{unit} button")
    accept.wait_for(timeout=60_000)
    accept.click()
    page.get_by_text("Accolta da").wait_for()


def test_a_night_on_the_phone(program, visitor, kept):
    see_to_a_published_plan(program, visitor)
    unit = next(iter(unit.code for unit in kept.units(COORDINATOR)))
    whole = running(kept, COORDINATOR, NIGHT, unit).itinerary
    first, second, third = whole.stops[:3]

    # Open, arrive, and count one contact in three taps.
    program.at(first.begin.isoformat())
    crew = visitor("phone", "dark")
    page = crew.page
    crew.press(ENTRANCES[1])
    crew.press("Siamo sul posto")
    crew.press("Contattata")
    for tap in ("donna", "Africa occidentale"):
        page.locator(".st-key-night").get_by_text(tap, exact=True).click()
        crew.settled()
    assert len(tonight(kept, unit)) == 1
    row = tonight(kept, unit).iloc[0]
    assert (row["gender"], row["macro_area"], row["zone"]) == ("donna", "africa_occ", first.zone)
    crew.press("Come il precedente")
    crew.press("Come il precedente")
    crew.press("Annulla l'ultimo")
    assert tonight(kept, unit)["persons"].sum() == 2
    crew.picture("night-counting")
    assert violations(page) == []
    small = page.evaluate(
        "[...document.querySelectorAll('.st-key-night button')].filter(b => b.offsetParent &&"
        " b.getBoundingClientRect().height < 47.5).map(b => b.innerText)"
    )
    assert small == []

    # Leave, and skip the next one with its reason.
    program.at(first.departure.isoformat())
    crew.press("Ripartiamo")
    page.get_by_role("button", name="Salta").click()
    crew.press("Operazione di polizia")
    # The list is closed again: a second tap would skip the next stop.
    assert page.get_by_role("button", name="Operazione di polizia").count() == 0

    # The hotline enters a request, the coordination sends this crew: its open page says so.
    desk = visitor()
    asks_for_a_visit(desk, municipality_name(first.zone[:6]), "02:30")
    (asked,) = hotline.requests(kept, COORDINATOR, NIGHT)
    sends(desk, asked.request.key, unit)
    version = running(kept, COORDINATOR, NIGHT, unit).version
    page.get_by_text("L'itinerario è cambiato").wait_for(timeout=45_000)
    crew.settled()
    crew.picture("night-changed")
    crew.press("Visto: proseguiamo con questo")
    stands = running(kept, COORDINATOR, NIGHT, unit)
    assert (stands.version, stands.to_confirm) == (version, False)
    states = {each.stop.key: each.state for each in stands.progress.stops}
    assert states[first.key] is StopState.DONE
    assert states[asked.request.key] is StopState.AHEAD
    assert second.key not in states

    # The pack, opened once; then there is no signal.
    page.get_by_text("Porta con te").click()
    link = page.get_by_role("link", name="Apri il pacchetto").get_attribute("href")
    phone = page.context.new_page()
    troubles = []
    phone.on("pageerror", lambda error: troubles.append(str(error)))
    phone.goto(link)
    page.context.set_offline(True)
    stop = next(each.stop for each in stands.progress.ahead)
    handed_before = handed(kept, asked.request.municipality)
    # It goes on from what was said on the page.
    assert phone.locator("#next h2").inner_text().startswith(stop.place)
    phone.get_by_role("button", name="Siamo sul posto").click()
    for tap in ("Osservata", "trans", "Come il precedente", "Contattata"):
        phone.get_by_role("button", name=tap, exact=True).click()
    phone.get_by_text("Passaggio a un servizio").click()
    phone.get_by_role("button", name="Programma di protezione").click()
    phone.get_by_role("button", name="Invia adesso").click()
    phone.get_by_text("Nessun segnale").wait_for()
    assert tonight(kept, unit)["persons"].sum() == 2
    # Another phone takes the codes' picture; the first sends the same when it has signal again.
    phone.get_by_role("button", name="Mostra come codici QR").click()
    pictures = phone.locator("canvas[role=img]")
    pictures.first.wait_for()
    found = [text for each in pictures.all() for text in codes(each.screenshot())]
    for document in joined(reversed(found)):
        assert len(merge(kept, Viewer(Role.OPERATOR, unit=unit), document).kept) == 6
    page.context.set_offline(False)
    phone.get_by_role("button", name="Invia adesso").click()
    phone.get_by_text("Ricevute: 0 nuove, 6 già note.").wait_for()
    assert tonight(kept, unit)["persons"].sum() == 5
    # Sent twice, by two ways, a handover counts once as a contact does.
    assert handed(kept, asked.request.municipality) == handed_before + 1
    assert not troubles
    phone.close()

    # Come back, plan the rest again, close.
    program.at(stop.departure.isoformat())
    crew.troubles.clear()  # the page that had no signal said so
    crew = visitor("phone", "light")
    page = crew.page
    crew.press(ENTRANCES[1])
    crew.press("Ripartiamo")
    page.get_by_role("button", name="Ricalcola").click()
    page.get_by_role("button", name="Calcola", exact=True).click()
    page.get_by_text("tappe in tutto").wait_for()
    crew.picture("night-replanned")
    crew.press("Proseguiamo con questo")
    assert running(kept, COORDINATOR, NIGHT, unit).version == version + 1
    page.get_by_text("Chiudi la notte").first.click()
    page.locator("dl.p-figures").wait_for()
    figures = page.locator("dl.p-figures").inner_text().split("\n")
    shown = dict(zip(figures[::2], map(int, figures[1::2]), strict=True))
    crew.picture("night-closing")
    assert violations(page) == []
    page.get_by_role("button", name="Chiudi la notte").last.click()
    page.get_by_text("La notte è chiusa").wait_for()
    contacts = tonight(kept, unit)
    by_kind = contacts.groupby("kind")["persons"].sum()
    assert shown == {
        "tappe previste": len(whole.stops), "tappe fatte": 2, "tappe saltate": 1,
        "contattate": by_kind["contattata"], "osservate": by_kind["osservata"],
        "non avvicinabili": 0,
    }  # fmt: skip
    report = running(kept, COORDINATOR, NIGHT, unit).progress.report
    assert report["weather"] == "clear"
    effort = effort_frame(kept, COORDINATOR)
    assert first.zone in set(effort.loc[effort["night"].dt.date == NIGHT.date, "zone"])
    assert third is not None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pack_needs_no_network_and_can_be_used_by_everyone(
    program, visitor, kept, launcher, tmp_path, scheme
):
    from data.texts import Texts  # noqa: PLC0415
    from screens.pack import pack  # noqa: PLC0415

    see_to_a_published_plan(program, visitor)
    unit = list(kept.published(COORDINATOR, NIGHT))[-1]
    stands = running(kept, COORDINATOR, NIGHT, unit)
    begins = stands.itinerary.departure
    _, desks = referral_desks(kept, COORDINATOR, NIGHT, unit)
    settings, network = kept.settings(), load_network(program.home)
    made = pack(stands, network, settings, Texts("it"), begins, desks=desks)
    assert len(made.html.encode()) <= 300_000
    file = tmp_path / "giro.html"
    file.write_text(made.html, encoding="utf-8")
    browser = launcher()
    context = browser.new_context(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    context.set_offline(True)
    asked, troubles = [], []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
    page.clock.install(time=begins)
    # A phone whose clock is three hours slow still opens it.
    page.goto(file.as_uri())
    page.get_by_role("button", name="Contattata").click()
    page.get_by_role("button", name="minore apparente").click()
    assert "prima di tutto telefonare" in page.inner_text("#count")
    page.get_by_text("Passaggio a un servizio").click()
    page.get_by_role("button", name="Partner sanitario").click()
    assert "Contato: partner sanitario." in page.inner_text("#count")
    assert desks
    assert all(page.get_by_text(desk.name).is_visible() for desk, _, _ in desks)
    # Nothing was heard of the crew since it left: the pack says by when, and when it is late.
    assert "Un segnale entro le" in page.inner_text("#sign")
    page.clock.fast_forward(61 * 60 * 1000)
    page.get_by_role("alert").get_by_text("aspetta un vostro segnale").wait_for()
    page.evaluate(AXE)
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
    )
    assert [(one["id"], one["nodes"][0]["html"][:80]) for one in found["violations"]] == []
    assert page.locator("#map canvas, #map .leaflet-marker-icon").count() > 1
    small = "[...document.querySelectorAll('button,.calls a,summary,.leaflet-bar a')].filter(b =>"
    small += " b.offsetParent && b.getBoundingClientRect().height < 47.5).map(b => b.innerText)"
    assert page.evaluate(small) == []
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"pack-{scheme}.png", full_page=True)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    # After the shift the route is gone and what was entered is not.
    page.clock.set_fixed_time(stands.itinerary.expires_at)
    page.reload()
    assert page.locator("#route").is_hidden()
    assert "scaduto" in page.inner_text("#expired")
    with page.expect_download() as saving:
        page.get_by_role("button", name="Salva in un file").click()
    document = json.loads(saving.value.path().read_text(encoding="utf-8"))
    assert [one["kind"] for one in document["events"]] == ["tally", "amended", "handed"]
    assert {url.split(":")[0] for url in asked} <= {"file", "data", "blob"}
    assert not troubles
    context.close()
    # Without scripts there are the list and the picture.
    bare = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    still = bare.new_page()
    still.goto(file.as_uri())
    assert still.locator("ol.stops li").count() == len(stands.itinerary.stops) + 1
    assert still.locator("#picture svg").is_visible()
    browser.close()
