"""A month is published once and for good, to each as much as is theirs."""

from datetime import UTC, date, datetime
from fractions import Fraction
from types import MappingProxyType

import pandas as pd
import pytest
from sqlalchemy import text

from data import releases, retention
from data.access import Action, Role, Viewer
from data.chain import FIRST
from data.contact_import import dry_run, import_contacts
from data.districts import districts
from data.settings import load
from data.year_totals import year_totals
from geo.districts import Districts
from geo.errors import ConflictError, MissingError, RefusedError
from geo.month_facts import Figure
from geo.privacy import Kind
from geo.release_rules import Rule
from tests.data.conftest import owners
from tests.data.contact_samples import table
from tests.data.released import (
    APRIL,
    BIENTINA,
    BUTI,
    CASCINA,
    COORDINATOR,
    MARCH,
    NETWORK,
    PISA,
    Clock,
    contacts,
    filled,
)

CONTACTS = Figure.CONTACTS


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(home, clock):
    opened = filled(load(home=home), clock)
    yield opened
    opened.close()


@pytest.fixture
def either(home, clock, database_url):
    """The store on each kind of database."""
    opened = filled(load(home=home, database_url=database_url), clock)
    yield opened
    opened.close()


def shown(published):
    return {cell.key: cell.figures[CONTACTS] for cell in published.cells}


def test_a_month_is_published_alone_or_with_its_district(either):
    release = releases.publish(either, COORDINATOR, MARCH)
    assert shown(release.published) == {"050026": 25, "PI-03": 15}
    assert release.published.totals[CONTACTS] == 40
    assert BIENTINA in release.published.cell_of(BUTI).members
    assert CASCINA in release.published.masked
    assert releases.verify(either, COORDINATOR).whole


def test_thirty_calls_give_one_answer(either):
    first = releases.publish(either, COORDINATOR, MARCH)
    assert all(releases.publish(either, COORDINATOR, MARCH) == first for _ in range(30))
    assert releases.ledger(either, COORDINATOR) == (first,)


def test_what_arrives_later_waits_and_changes_nothing(store):
    first = releases.publish(store, COORDINATOR, MARCH)
    assert not releases.preview(store, COORDINATOR, MARCH).changed
    store.save_contacts(COORDINATOR, contacts(MARCH))
    after = releases.preview(store, COORDINATOR, MARCH)
    assert after.changed
    assert after.published == releases.publish(store, COORDINATOR, MARCH).published
    assert after.published == first.published


def test_a_preview_says_why_and_writes_nothing(store):
    found = releases.preview(store, COORDINATOR, APRIL)
    reasons = {one.key: one.broken for one in found.placed if one.facts.figures[CONTACTS]}
    assert reasons == {"PI-01": (Rule.ONE_ZONE,)}
    assert releases.ledger(store, COORDINATOR) == ()
    assert releases.months(store, COORDINATOR) == (APRIL, MARCH)


@pytest.mark.parametrize(
    "now", [datetime(2026, 4, 15, tzinfo=UTC), datetime(2026, 5, 1, 0, 30, tzinfo=UTC)]
)
def test_a_month_whose_last_night_is_not_past_is_refused(store, clock, now):
    # 02:30 of 1 May in Italy is still the night of 30 April.
    clock.now = now
    for act in (releases.preview, releases.publish):
        with pytest.raises(RefusedError, match="release_month_open"):
            act(store, COORDINATOR, APRIL)


def test_a_month_without_anything_is_refused(store):
    with pytest.raises(MissingError, match="release_month_empty"):
        releases.publish(store, COORDINATOR, date(2025, 3, 1))


def test_a_municipality_sees_its_own_and_the_total(store):
    releases.publish(store, COORDINATOR, MARCH)
    (own,) = releases.releases(store, PISA)
    assert shown(own.published) == {"050026": 25}
    assert own.published.totals[CONTACTS] == 40
    (joined,) = releases.releases(store, Viewer(Role.MUNICIPALITY, municipality=BUTI))
    assert shown(joined.published) == {"PI-03": 15}
    (masked,) = releases.releases(store, Viewer(Role.MUNICIPALITY, municipality=CASCINA))
    assert (masked.published.cells, masked.published.masked) == ((), (CASCINA,))


@pytest.mark.parametrize("other", [BUTI, "048017", "", "050026' OR 1=1"])
def test_a_municipality_cannot_ask_for_another(store, other):
    releases.publish(store, COORDINATOR, MARCH)
    with pytest.raises(RefusedError, match="territory_foreign"):
        releases.release_of(store, PISA, MARCH, other)
    assert releases.release_of(store, PISA, MARCH).published.place == "050026"


@pytest.mark.parametrize("territory", [None, "", "999999"])
def test_an_access_without_a_territory_sees_nothing(store, territory):
    with pytest.raises(RefusedError, match="territory_missing"):
        releases.releases(store, Viewer(Role.MUNICIPALITY, municipality=territory))


def test_the_network_sees_totals_and_an_operator_nothing(store):
    releases.publish(store, COORDINATOR, MARCH)
    (seen,) = releases.releases(store, NETWORK)
    assert (seen.published.cells, seen.published.masked) == ((), ())
    assert seen.published.totals[CONTACTS] == 40
    operator = Viewer(Role.OPERATOR, unit="FI-1")
    for act in (releases.releases, releases.ledger, releases.months, releases.verify):
        with pytest.raises(RefusedError, match="not_allowed"):
            act(store, operator)
    for viewer in (operator, PISA, NETWORK):
        with pytest.raises(RefusedError, match="not_allowed"):
            releases.publish(store, viewer, MARCH)
        with pytest.raises(RefusedError, match="not_allowed"):
            releases.preview(store, viewer, MARCH)


def test_other_districts_after_the_first_release_are_refused(store, monkeypatch):
    releases.publish(store, COORDINATOR, MARCH)
    moved = MappingProxyType({**districts().of, "050026": "PI-05"})
    other = Districts(moved, districts().seats)
    monkeypatch.setattr(releases, "districts", lambda: other)
    with pytest.raises(ConflictError, match="release_districts_changed"):
        releases.publish(store, COORDINATOR, APRIL)
    assert releases.publish(store, COORDINATOR, MARCH).number == 1


def test_districts_are_those_of_the_first_line_of_any_subject(store, monkeypatch):
    told = releases.preview(store, COORDINATOR, MARCH).published
    with store.writing(COORDINATOR, Action.PUBLISH_RELEASES) as session:
        releases.append(session, "count", told, store.now())
    moved = MappingProxyType({**districts().of, "050026": "PI-05"})
    monkeypatch.setattr(releases, "districts", lambda: Districts(moved, districts().seats))
    with pytest.raises(ConflictError, match="release_districts_changed"):
        releases.publish(store, COORDINATOR, APRIL)


def test_a_month_is_published_by_rules_or_with_noise_never_both(store):
    noisy = releases.publish(store, COORDINATOR, MARCH, noisy=True)
    assert noisy.published.kind is Kind.NOISY
    assert len(noisy.published.cells) == len(districts().seats)
    assert releases.publish(store, COORDINATOR, MARCH, noisy=True) == noisy
    releases.publish(store, COORDINATOR, APRIL)
    for month, other in ((MARCH, False), (APRIL, True)):
        with pytest.raises(ConflictError, match="release_other_kind"):
            releases.publish(store, COORDINATOR, month, noisy=other)


def test_a_spent_epsilon_refuses_and_a_new_year_begins_anew(store):
    for name, value in (("release_epsilon", "0.7"), ("release_epsilon_year", "1")):
        store.save_setting(COORDINATOR, name, value)
    old = pd.DataFrame(
        [(date(2025, 12, 3), "050026-01", "contattata", 3)],
        columns=["night", "zone", "kind", "count"],
    )
    store.save_contacts(COORDINATOR, old)
    releases.publish(store, COORDINATOR, MARCH, noisy=True, noise=lambda _scale: 0)
    assert releases.account(store, COORDINATOR, 2026).left == Fraction(3, 10)
    with pytest.raises(RefusedError, match="release_epsilon_spent"):
        releases.publish(store, COORDINATOR, APRIL, noisy=True)
    releases.publish(store, COORDINATOR, date(2025, 12, 1), noisy=True)


@owners
def test_the_ledger_tells_a_change_and_its_head_can_be_held_against_it(either):
    assert releases.verify(either, COORDINATOR).head == FIRST
    releases.publish(either, COORDINATOR, MARCH)
    noted = releases.verify(either, COORDINATOR).head
    releases.publish(either, COORDINATOR, APRIL)
    assert releases.verify(either, NETWORK, noted).whole
    with either.engine.execution_options(write=True).begin() as connection:
        if either.engine.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE releases DISABLE TRIGGER ALL"))
        else:
            connection.execute(text("DROP TRIGGER releases_no_update"))
        connection.execute(text("UPDATE releases SET month = '2026-02-01' WHERE number = 1"))
    assert releases.verify(either, COORDINATOR).broken == 1


def test_the_demo_is_filled_anew_and_what_was_published_stays(store):
    first = releases.publish(store, COORDINATOR, MARCH)
    store.save_zones(COORDINATOR, (), replace=True)
    assert not store.empty()
    assert releases.ledger(store, COORDINATOR) == (first,)


def test_what_the_rules_ask_for_survives_the_records(store, clock):
    before = releases.preview(store, COORDINATOR, MARCH)
    clock.pass_days(25)  # the first nights of March have expired, the others not
    retention.run(store, COORDINATOR)
    half = releases.preview(store, COORDINATOR, MARCH)
    clock.pass_days(60)
    retention.run(store, COORDINATOR)
    whole = releases.preview(store, COORDINATOR, MARCH)
    for later in (half, whole):
        assert shown(later.published)["050026"] == shown(before.published)["050026"]
        assert not next(one for one in later.placed if one.key == "050026").facts.whole
    exact = {one.key: one.facts for one in before.placed}
    for one in whole.placed:
        assert one.facts.figures == exact[one.key].figures
        assert one.facts.zones == exact[one.key].zones
        assert one.facts.most_on_a_night <= exact[one.key].most_on_a_night
    # Four of Bientina and three of Buti in one night: once the night is gone, four.
    assert shown(before.published)["PI-03"] == 15
    assert "PI-03" not in shown(whole.published)


def test_a_late_file_says_that_a_published_month_stays(home):
    clock = Clock()
    store = filled(load(home=home), clock)
    first = releases.publish(store, COORDINATOR, MARCH)
    file = table("notte;zona;tipo;persone\n2026-03-02;050026-02;gruppo;9\n")
    tried = dry_run(store, COORDINATOR, file, "arcobaleno")
    assert tried.frozen == (MARCH,)
    kept = import_contacts(store, COORDINATOR, file, "arcobaleno", synthetic=True)
    assert (kept.frozen, kept.records) == ((MARCH,), 1)
    assert releases.publish(store, COORDINATOR, MARCH) == first
    assert releases.preview(store, COORDINATOR, MARCH).changed
    store.close()


def test_the_years_totals_count_what_has_expired_and_name_no_place(store, clock):
    found = year_totals(store, NETWORK, 2026)
    clock.pass_days(45)
    retention.run(store, COORDINATOR)
    assert year_totals(store, NETWORK, 2026) == found
    kinds = dict(found.table("kind").rows)
    assert kinds["contattata",] == 65
    assert kinds["gruppo",] is None
    assert (found.place, found.cells) == ("", ())
    with pytest.raises(RefusedError, match="not_allowed"):
        year_totals(store, PISA, 2026)
