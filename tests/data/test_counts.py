"""A count night from its plan to its totals: the gate, the entries, what is published."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from data import count_entries, count_releases, counts
from data.access import Role, Viewer
from data.attack import figure_lines
from data.count_entries import CountState
from data.count_words import bound_said, figures_said
from data.exports import plan_document
from data.models import ContactRow, VisitRow
from data.planning import night_inputs
from data.release_files import WRITERS
from data.release_reading import published_in
from data.release_report import as_pdf
from data.releases import EVERY, releases
from data.replanning import propose
from data.retention import run
from data.running import record, running
from data.settings import load
from data.store import Store
from data.texts import Texts
from geo.count_weather import Forecast
from geo.errors import ProssimaError
from geo.month_facts import Figure
from geo.privacy import Kind
from routing.count_split import plan_count
from routing.passes import CountTerms
from routing.prepare_count import count_problem
from routing.progress import CrewEvent, EventKind
from tests.routing.street import NIGHT, UNIT, street, zone

COORDINATOR = Viewer(Role.COORDINATOR)
RESERVE = NIGHT + 7
TERMS = CountTerms(passes=2, spacing=60)
ZONES = [zone(number, code=f"046017-{number:02d}") for number in (1, 3, 5, 7, 9)]
UNITS = (UNIT, replace(UNIT, code="PI1", organisation="Altra associazione"))


class Clock:
    def __init__(self):
        self.moment = datetime(2026, 5, 14, 20, tzinfo=UTC)

    def __call__(self):
        return self.moment

    def set(self, text):
        self.moment = datetime.fromisoformat(text)


@pytest.fixture
def clock():
    return Clock()


def opened(home, clock, url=None):
    store = Store.open(load(home=home, database_url=url), clock)
    store.save_zones(COORDINATOR, ZONES)
    store.save_units(COORDINATOR, UNITS)
    return store


@pytest.fixture
def store(home, clock):
    made = opened(home, clock)
    yield made
    made.close()


def planned(store, night=NIGHT, reserve=RESERVE, units=None):
    inputs = night_inputs(store, COORDINATOR, night, units)
    prepared = count_problem(inputs, street(), TERMS, now=store.now())
    found = plan_count(prepared, earliest=True, iterations=200)
    whole = prepared.prepared
    document = plan_document(whole, found.plan, whole.unplanned, street())
    return counts.keep(store, COORDINATOR, prepared, found, document, reserve=reserve)


def published(store, clock):
    count = planned(store)
    clock.set("2026-05-15T18:00:00+02:00")
    counts.decide(store, COORDINATOR, count.id, Forecast(0.2, 12))
    counts.publish(store, COORDINATOR, count.id)
    return count


class Phone:
    """A crew that says what it sees, on a night that is not the one of `tests.nights`."""

    def __init__(self, store, unit, night=NIGHT):
        self.store, self.unit, self.night, self.count = store, unit, night, 0
        self.viewer = Viewer(Role.OPERATOR, unit=unit)

    def says(self, kind, stop=None, /, **values):
        self.count += 1
        name = f"phone-{self.unit}-{self.count}"
        event = CrewEvent(name, kind, f"p-{self.unit}", self.count, self.store.now(), stop, values)
        return record(self.store, self.viewer, self.night, self.unit, [event])

    @property
    def stops(self):
        return running(self.store, self.viewer, self.night, self.unit).itinerary.stops


def code(call, *given, **named) -> str:
    with pytest.raises(ProssimaError) as refused:
        call(*given, **named)
    return refused.value.code


def test_the_gate_opens_by_its_rule_and_is_kept(store, clock):
    count = planned(store)
    assert (count.state, count.night, count.reserve) == (CountState.PLANNED, NIGHT, RESERVE)
    assert set(count.owners.values()) == {unit.organisation for unit in UNITS}
    clock.set("2026-05-14T20:00:00+02:00")
    fine = Forecast(0.5, 20)
    assert code(counts.decide, store, COORDINATOR, count.id, fine) == "count_weather_early"
    clock.set("2026-05-15T12:00:00+02:00")
    assert code(counts.publish, store, COORDINATOR, count.id) == "count_weather_missing"
    held = counts.decide(store, COORDINATOR, count.id, fine)
    assert held.state is CountState.HELD
    counts.publish(store, COORDINATOR, count.id)
    assert set(store.published(COORDINATOR, NIGHT)) == {"LU1", "PI1"}

    # The forecast gets worse: the crews' itineraries are withdrawn, the count moves.
    moved = counts.decide(store, COORDINATOR, count.id, Forecast(4.0, 20, fog=True))
    assert (moved.night, moved.first, moved.state) == (RESERVE, NIGHT, CountState.PLANNED)
    assert [one.gate.value for one in moved.weather] == ["held", "postponed"]
    assert moved.weather[1].rule.rain == 1.0
    assert store.published(COORDINATOR, NIGHT) == {}
    clock.set("2026-05-22T12:00:00+02:00")
    assert code(counts.publish, store, COORDINATOR, count.id) == "count_unplanned"
    again = planned(store, RESERVE, reserve=None)
    assert again.id == count.id
    gone = counts.decide(store, COORDINATOR, count.id, Forecast(0, 90))
    assert gone.state is CountState.CANCELLED
    assert code(counts.decide, store, COORDINATOR, count.id, fine) == "count_cancelled"
    assert code(counts.publish, store, COORDINATOR, count.id) == "count_cancelled"


def test_a_reserve_is_a_later_night_and_the_window_closes_the_gate(store, clock):
    assert code(planned, store, reserve=NIGHT) == "count_reserve"
    assert code(planned, store, reserve=NIGHT + 90) == "count_reserve"
    count = planned(store)
    clock.set("2026-05-15T21:00:00+02:00")
    assert code(counts.decide, store, COORDINATOR, count.id, Forecast(0, 0)) == "count_weather_late"
    assert code(counts.count_of, store, COORDINATOR, 99) == "count_missing"
    counts.remove(store, COORDINATOR, count.id)
    assert counts.counts(store, COORDINATOR) == ()
    operator = Viewer(Role.OPERATOR, unit="LU1")
    assert code(counts.counts, store, operator) == "not_allowed"
    own = Viewer(Role.COORDINATOR, organisation=UNIT.organisation)
    assert code(counts.counts, store, own) == "not_allowed"


def test_crews_enter_what_they_see_for_24_hours_and_it_is_no_contact(store, clock):
    count = published(store, clock)
    one, two = Phone(store, "LU1"), Phone(store, "PI1")
    clock.set("2026-05-15T21:30:00+02:00")
    stop = one.stops[0]
    one.says(EventKind.ARRIVED, stop.key)
    one.says(EventKind.TALLY, stop.key, kind="osservata", gender="donna", persons=3)
    one.says(EventKind.TALLY, stop.key, kind="osservata", gender="trans")
    tally = f"phone-LU1-{one.count}"
    one.says(EventKind.AMENDED, None, event=tally, persons=2)
    for wrong in ({"kind": "contattata"}, {"requests": ["ascolto"]}, {"known": "nuovo"}):
        refused = one.says(EventKind.TALLY, stop.key, **wrong).refused
        assert [error.code for _, error in refused] == ["count_seen_only"]
    one.says(EventKind.LEFT, stop.key)
    # The other crew comes by the same zone on the same pass: counted once, and said so.
    two.says(EventKind.TALLY, stop.key, kind="osservata", persons=9)
    empty = two.stops[0]
    two.says(EventKind.ARRIVED, empty.key)
    settled = counts.entries(store, COORDINATOR, count.id)
    assert [(p.unit, p.persons) for p in settled.aside] == [("PI1", 9)]
    found = counts.result(store, COORDINATOR, count.id)
    assert (found.at_least, found.passed) == (5, 2)
    assert len(found.zones) == len(ZONES)

    one.says(EventKind.UNDONE, None, event=tally)
    assert counts.result(store, COORDINATOR, count.id).at_least == 3
    with store.reading(COORDINATOR) as session:
        assert session.query(ContactRow).count() == session.query(VisitRow).count() == 0
    assert code(propose, store, one.viewer, street(), NIGHT, "LU1") == "count_replan"
    assert code(planned, store) == "count_entered"
    assert code(counts.remove, store, COORDINATOR, count.id) == "count_entered"

    # Long after noon the crew may still enter; 24 hours after the last pass nobody may.
    clock.set("2026-05-17T02:59:00+02:00")
    one.says(EventKind.TALLY, one.stops[1].key, kind="osservata", persons=4)
    assert counts.result(store, COORDINATOR, count.id).at_least == 7
    assert one.stops[0].leg.line == ()
    clock.set("2026-05-17T03:00:00+02:00")
    assert code(one.says, EventKind.LEFT, stop.key) == "count_entry_late"
    late = CrewEvent("late-event", EventKind.LEFT, "page", 1, None, stop.key)
    assert code(record, store, COORDINATOR, NIGHT, "LU1", [late]) == "count_entry_late"
    assert code(lambda: one.stops) == "itinerary_not_tonight"


@pytest.mark.parametrize("database_url", ["rights"], indirect=True)
def test_row_security_lets_crews_enter_and_not_read(database_url, home, clock):
    store = opened(home, clock, database_url)
    count = published(store, clock)
    clock.set("2026-05-15T22:00:00+02:00")
    phone = Phone(store, "LU1")
    phone.says(EventKind.TALLY, phone.stops[0].key, kind="osservata", persons=4)
    assert counts.result(store, COORDINATOR, count.id).at_least == 4
    assert code(counts.result, store, phone.viewer, count.id) == "not_allowed"
    store.close()


def test_expired_entries_leave_the_figures_of_the_whole(store, clock):
    count = published(store, clock)
    clock.set("2026-05-15T22:00:00+02:00")
    phone = Phone(store, "LU1")
    phone.says(EventKind.TALLY, phone.stops[0].key, kind="osservata", persons=4)
    before = count_entries.summary_of(counts.result(store, COORDINATOR, count.id))
    clock.moment += timedelta(days=100)
    run(store, COORDINATOR)
    after = counts.count_of(store, COORDINATOR, count.id)
    assert dict(after.summary) == before
    assert after.owners == {}
    assert code(counts.result, store, COORDINATOR, count.id) == "count_expired"
    words = dict(figures_said(Texts("en"), after.summary))
    assert words["Persons seen, at least"] == "4"


def test_totals_leave_by_the_rules_alone(store, clock):
    """Five zones of one municipality with 50 persons, 14 in the largest."""
    count = published(store, clock)
    clock.set("2026-05-15T23:00:00+02:00")
    assert code(count_releases.preview, store, COORDINATOR, count.id) == "count_nobody"
    seen = {code: 6 + 2 * number for number, code in enumerate(sorted(count.owners))}
    for unit in ("LU1", "PI1"):
        phone = Phone(store, unit)
        for stop in phone.stops:
            if stop.passing == 1:
                phone.says(
                    EventKind.TALLY, stop.key, kind="osservata",
                    persons=seen[stop.zone], gender="donna",
                )  # fmt: skip
    found = count_releases.preview(store, COORDINATOR, count.id)
    (cell,) = found.published.cells
    assert (cell.key, dict(cell.figures)) == ("046017", {Figure.CONTACTS: 50})
    assert found.open
    assert code(count_releases.publish, store, COORDINATOR, count.id) == "count_open"
    clock.set("2026-05-17T09:00:00+02:00")
    release = count_releases.publish(store, COORDINATOR, count.id)
    assert count_releases.publish(store, COORDINATOR, count.id) == release
    assert release.published.kind is Kind.NIGHT
    assert (release.subject, release.month) == ("count", date(2026, 5, 1))
    mayor = Viewer(Role.MUNICIPALITY, municipality="046017")
    (own,) = releases(store, mayor, "count")
    assert own.published.cells == release.published.cells
    elsewhere = Viewer(Role.MUNICIPALITY, municipality="046005")
    assert releases(store, elsewhere, "count")[0].published.cells == ()
    assert releases(store, Viewer(Role.NETWORK), "count")[0].published.cells == ()
    assert all(line.passed for line in figure_lines([release.published]))
    # Whatever the file: persons seen, never contacts, and the same figures when read back.
    for ending, write in WRITERS.items():
        made = write([release], Texts("it"))
        (read,) = published_in(f"x.{ending}", made)
        assert read.kind is Kind.NIGHT
        assert {one.key: dict(one.figures) for one in read.cells} == {
            "046017": {Figure.CONTACTS: 50}
        }
    table = WRITERS["csv"]([release], Texts("it")).decode()
    assert "persone viste in mappatura" in table
    assert "contatti" not in table
    assert code(as_pdf, [*releases(store, COORDINATOR, *EVERY)], Texts("it")) == "release_none"


def test_bounds_in_words(store):
    inputs = night_inputs(store, COORDINATOR, NIGHT)
    prepared = count_problem(inputs, street(), CountTerms(), now=store.now())
    found = plan_count(prepared, iterations=200)
    t = Texts("en")
    assert bound_said(t, prepared, found, earliest=False) == "One crew is enough."
    for crews, least, words in (
        (3, 3, "With fewer than 3 crews it can't be done."),
        (3, 2, "With fewer than 2 crews it can't be done; whether 2 could is not known."),
        (3, 1, "Whether fewer than 3 crews could do it is not known."),
    ):
        said = bound_said(
            t, prepared, replace(found, crews=crews, fewest_possible=least), earliest=False
        )
        assert said == words
