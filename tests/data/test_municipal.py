"""The municipalities' installation: releases go there, reports come back, nothing else is there."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import insert

from data import conflicts, municipal, releases
from data.access import Role, Viewer
from data.conflict_figures import THEMES
from data.conflict_rows import report_rows
from data.models import ConflictReportRow
from data.serving import prepare
from data.settings import load
from data.signin import Door, door
from data.store import Store
from geo.conflicts import Band, Channel, ConflictReport, Reporter, Theme, frame_of
from geo.errors import ConflictError, RefusedError
from tests.data import released
from tests.data.released import APRIL, COORDINATOR, MARCH, PISA, Clock
from tests.data.test_conflict_figures import QUARTERS, quarters


@pytest.fixture
def store(home):
    opened = released.filled(load(home=home), Clock())
    yield opened
    opened.close()


def there(home):
    return Store.open(load(home=home, profile="municipality"), clock=Clock())


def test_releases_are_copied_once_with_their_seals_and_nothing_else(store, home):
    releases.publish(store, COORDINATOR, MARCH)
    assert municipal.push(store, COORDINATOR) == 1
    assert municipal.push(store, COORDINATOR) == 0
    releases.publish(store, COORDINATOR, APRIL)
    assert municipal.push(store, COORDINATOR) == 1
    target = municipal.checked(there(home))
    assert releases.releases(target, PISA) == releases.releases(store, PISA)
    assert releases.verify(target, PISA) == releases.verify(store, PISA)
    assert target.synthetic() == store.synthetic()
    content = (home / "municipal.db").read_bytes()
    for zone in released.ZONES:
        assert zone.code.encode() not in content
    target.close()


@pytest.fixture
def both(home, database_url):
    """The network's store and an opener of the municipalities', on each kind of database."""
    store = released.filled(load(home=home, municipal_url=database_url), Clock())
    chosen = load(home=home, profile="municipality", municipal_url=database_url)
    yield store, lambda: municipal.checked(Store.open(chosen, clock=Clock()))
    store.close()


def report(place, theme=Theme.NOISE, day=date(2026, 5, 3), **chosen):
    kept = ConflictReport(
        place, day, Band.NIGHT, theme, 3, Channel.PHONE, Reporter.RESIDENT, repeated=False
    )
    return replace(kept, **chosen)


def test_reports_entered_there_are_taken_here_once_and_published_there(both):
    store, opened = both
    conflicts.save_places(store, COORDINATOR, quarters())
    releases.publish(store, COORDINATOR, MARCH)
    municipal.push(store, COORDINATOR)
    target = opened()
    places = conflicts.places(target, PISA)
    assert set(QUARTERS) <= set(places["code"])
    for day in range(1, 9):
        conflicts.add_report(target, PISA, report(QUARTERS[0], day=date(2026, 4, day)))
    conflicts.add_report(target, PISA, report(QUARTERS[1], theme=Theme.ASSAULT))
    with pytest.raises(RefusedError, match="report_foreign"):
        conflicts.add_report(target, PISA, report(next(c for c in places["code"] if c[0] == "1")))
    with pytest.raises(RefusedError):
        conflicts.reports(target, PISA)
    assert municipal.collect(store, COORDINATOR) == (9, 0)
    assert municipal.collect(store, COORDINATOR) == (0, 0)
    assert len(conflicts.reports(store, COORDINATOR)) == 9
    releases.publish(store, COORDINATOR, APRIL)
    municipal.push(store, COORDINATOR)
    (line,) = releases.releases(target, PISA, THEMES)
    assert line.published.tables[0].of(PISA.municipality)["rumore"] == 10
    assert line == releases.releases(store, PISA, THEMES)[0]
    target.close()


def test_what_is_not_understood_stays_there_and_what_breaks_off_counts_once(store, home):
    conflicts.save_places(store, COORDINATOR, quarters())
    municipal.push(store, COORDINATOR)
    target = there(home)
    good = [report(QUARTERS[0]), report(QUARTERS[2], theme=Theme.FEAR)]
    for one in good:
        conflicts.add_report(target, PISA, one)
    bad = report_rows(frame_of([report(QUARTERS[0])]))[0]
    odd = ({"theme": "=1+1"}, {"place": "050026-Q9"}, {"municipality": "048017"},
           {"day": date(2031, 1, 1)}, {"intensity": 9})  # fmt: skip
    with target.recording() as session:
        session.execute(insert(ConflictReportRow), [bad | one for one in odd])
    # The first time it breaks off when all is written here and nothing deleted there.
    conflicts.add_reports(store, COORDINATOR, good, synthetic=True)
    assert municipal.collect(store, COORDINATOR) == (2, len(odd))
    assert municipal.collect(store, COORDINATOR) == (0, len(odd))
    assert conflicts.monthly(store, COORDINATOR)["count"].sum() == 2
    target.close()


def test_nobody_of_the_field_is_anybody_there(store, home):
    target = there(home)
    for viewer in (COORDINATOR, Viewer(Role.OPERATOR, unit="X")):
        for call in (target.zones, target.units, target.desks):
            with pytest.raises(RefusedError):
                call(viewer)
    assert target.desks(PISA) == ()
    target.close()


def test_a_database_with_anything_of_the_field_is_not_served(store, home):
    url = f"sqlite:///{home / 'prossima.db'}"
    with pytest.raises(RefusedError) as refused:
        prepare(load(home=home, profile="municipality", municipal_url=url))
    assert refused.value.code == "municipal_holds_more"


def test_another_ledger_is_never_mixed_in(store, home):
    releases.publish(store, COORDINATOR, MARCH)
    municipal.push(store, COORDINATOR)
    url = f"sqlite:///{home / 'municipal.db'}"
    other = released.filled(load(home=home.parent / "other", municipal_url=url), Clock())
    releases.publish(other, COORDINATOR, APRIL)
    with pytest.raises(ConflictError) as refused:
        municipal.push(other, COORDINATOR)
    assert refused.value.code == "push_differs"
    other.close()


def test_real_releases_are_never_a_demo(store, home):
    chosen = load(home=home, profile="municipality")
    target = there(home)
    assert door(chosen, target, "127.0.0.1", None) is Door.LINK
    target.close()
