"""Plans kept, changed by two at once, published, and read by crews until they expire."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from data.access import Role, Viewer
from data.demo import generate
from data.plans import PlanRecord, PlanState
from data.roads import load_network
from data.settings import load
from data.store import Store
from geo.errors import ConflictError, MissingError, ProssimaError, RefusedError
from geo.municipalities import municipalities
from geo.night import ROME, Night
from geo.zones import Access
from routing.itinerary import Itinerary, Leg
from routing.plan import Plan
from tests.data.samples import UNITS, ZONES

COORDINATOR = Viewer(Role.COORDINATOR)
CREW = Viewer(Role.OPERATOR, unit="FI-1")
NIGHT = Night(date(2026, 11, 20))
SHIFT_ENDS = datetime(2026, 11, 21, 1, 30, tzinfo=ROME)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 17, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(home, database_url, clock):
    opened = Store.open(load(home=home, database_url=database_url), clock=clock)
    opened.save_zones(COORDINATOR, ZONES)
    opened.save_units(COORDINATOR, UNITS)
    yield opened
    opened.close()


def itinerary(unit: str, name: str = "") -> Itinerary:
    """An evening without stops: what matters here is whose it is and when it ends."""
    start = datetime(2026, 11, 20, 21, tzinfo=ROME)
    home = Leg(600, 5000, ("Via Lunga",), ((11.2, 43.7), (11.21, 43.71)))
    return Itinerary(
        night=NIGHT, unit=unit, unit_name=name or unit, mode=Access.VAN, start="Sede",
        departure=start, stops=(), pause=None, way_home=home, home=start + timedelta(seconds=600),
        end="Sede", expires_at=SHIFT_ENDS + timedelta(hours=2), synthetic=False,
    )  # fmt: skip


def record(*units: str, name: str = "", synthetic: bool = False) -> PlanRecord:
    routes = [{"unit": unit, "itinerary": itinerary(unit, name).to_dict()} for unit in units]
    document = {"synthetic": synthetic, "plan": Plan((), 0).to_dict(), "routes": routes}
    return PlanRecord(NIGHT, json.loads(json.dumps(document | {"left_out": []})))


def code(call, *given, **named) -> str:
    with pytest.raises(ProssimaError) as refused:
        call(*given, **named)
    return refused.value.code


def test_a_saved_plan_comes_back_newest_first(store, clock):
    first = store.save_plan(COORDINATOR, record("FI-1"))
    second = store.save_plan(COORDINATOR, record("FI-1", "SI-1"))
    assert store.plans(COORDINATOR, NIGHT) == (second, first)
    assert store.plans(COORDINATOR, NIGHT + 1) == ()
    assert (first.state, first.changed) == (PlanState.DRAFT, clock.now)
    assert second.itineraries == {unit: itinerary(unit) for unit in ("FI-1", "SI-1")}
    assert second.plan == Plan((), 0)


def test_the_second_of_two_who_change_a_draft_is_told(store):
    saved = store.save_plan(COORDINATOR, record("FI-1"))
    mine = replace(saved, document=record("SI-1").document)
    theirs = replace(saved, document=record("FI-1", "SI-1").document)
    changed = store.save_plan(COORDINATOR, theirs)
    assert changed.version > saved.version
    with pytest.raises(ConflictError) as refused:
        store.save_plan(COORDINATOR, mine)
    assert refused.value.code == "plan_changed"
    assert store.plans(COORDINATOR, NIGHT) == (changed,)
    assert code(store.publish, COORDINATOR, mine) == "plan_changed"


def test_a_published_plan_stays_as_it_is(store):
    saved = store.save_plan(COORDINATOR, record("FI-1"))
    published = store.publish(COORDINATOR, saved)
    assert published.state is PlanState.PUBLISHED
    assert code(store.save_plan, COORDINATOR, published) == "plan_published"
    missing = replace(record("FI-1"), id=published.id + 1, version=1)
    assert code(store.save_plan, COORDINATOR, missing) == "plan_missing"


def test_a_crew_reads_its_own_itinerary_tonight_until_it_expires(store, clock):
    store.publish(COORDINATOR, store.save_plan(COORDINATOR, record("FI-1", "SI-1")))
    assert store.published_itinerary(CREW, NIGHT, "FI-1") == itinerary("FI-1")
    assert code(store.published_itinerary, CREW, NIGHT, "SI-1") == "itinerary_foreign"
    assert code(store.published_itinerary, CREW, NIGHT + 1, "FI-1") == "itinerary_not_tonight"
    clock.now = SHIFT_ENDS + timedelta(hours=2, seconds=-1)
    assert store.published_itinerary(CREW, NIGHT, "FI-1")
    clock.now = SHIFT_ENDS + timedelta(hours=2)
    assert code(store.published_itinerary, CREW, NIGHT, "FI-1") == "itinerary_expired"
    assert store.published_itinerary(COORDINATOR, NIGHT, "FI-1")
    clock.now = datetime(2026, 11, 21, 12, tzinfo=ROME)
    assert code(store.published_itinerary, CREW, NIGHT, "FI-1") == "itinerary_not_tonight"


def test_a_draft_is_read_by_no_crew(store):
    store.save_plan(COORDINATOR, record("FI-1"))
    with pytest.raises(MissingError):
        store.published_itinerary(CREW, NIGHT, "FI-1")


@pytest.mark.parametrize("role", [Role.MUNICIPALITY, Role.NETWORK])
def test_nobody_else_reads_an_itinerary(store, role):
    store.publish(COORDINATOR, store.save_plan(COORDINATOR, record("FI-1")))
    with pytest.raises(RefusedError):
        store.published_itinerary(Viewer(role, unit="FI-1"), NIGHT, "FI-1")


def test_only_the_chosen_units_are_published(store):
    saved = store.save_plan(COORDINATOR, record("FI-1", "SI-1"))
    store.publish(COORDINATOR, saved, ["SI-1"])
    assert store.published(COORDINATOR, NIGHT) == {"SI-1": saved.id}
    assert code(store.published_itinerary, CREW, NIGHT, "FI-1") == "itinerary_missing"


def test_a_crew_s_itinerary_is_replaced_only_on_purpose(store):
    first = store.publish(COORDINATOR, store.save_plan(COORDINATOR, record("FI-1")))
    second = store.save_plan(COORDINATOR, record("FI-1", "SI-1", name="new"))
    assert code(store.publish, COORDINATOR, second) == "unit_published"
    assert store.published(COORDINATOR, NIGHT) == {"FI-1": first.id}
    store.publish(COORDINATOR, second, replacing=True)
    assert store.published(COORDINATOR, NIGHT) == {"FI-1": second.id, "SI-1": second.id}
    assert store.published_itinerary(CREW, NIGHT, "FI-1").unit_name == "new"


def test_a_unit_without_a_route_is_not_published(store):
    saved = store.save_plan(COORDINATOR, record("FI-1"))
    assert code(store.publish, COORDINATOR, saved, ["SI-1"]) == "unit_without_route"


def test_a_synthetic_plan_is_not_kept_beside_real_data(store):
    assert code(store.save_plan, COORDINATOR, record("FI-1", synthetic=True)) == "synthetic_mixed"


@pytest.mark.parametrize("viewer", [CREW, Viewer(Role.MUNICIPALITY), Viewer(Role.NETWORK)])
def test_only_the_coordinator_saves_and_publishes(store, viewer):
    saved = store.save_plan(COORDINATOR, record("FI-1"))
    assert code(store.save_plan, viewer, record("FI-1")) == "not_allowed"
    assert code(store.publish, viewer, saved) == "not_allowed"
    assert store.published(COORDINATOR, NIGHT) == {}


def test_the_demo_region_replaces_invented_data_only(home, database_url):
    store = Store.open(load(home=home, database_url=database_url))
    region = generate(load_network(home), municipalities(), NIGHT.date)
    for _ in range(2):
        store.fill(COORDINATOR, region)
        assert store.synthetic()
        assert store.zones(COORDINATOR) == tuple(sorted(region.zones, key=lambda z: z.code))
        assert store.units(COORDINATOR) == tuple(sorted(region.units, key=lambda u: u.code))
        assert store.presence(COORDINATOR).equals(region.presence)
        assert store.last_visits(COORDINATOR) == region.last_visits
        assert store.contacts(COORDINATOR)["count"].sum() == region.contacts["count"].sum()
        assert set(store.promises(COORDINATOR, NIGHT)) == set(region.promises_on(NIGHT))
        assert set(store.desks(COORDINATOR)) == set(region.desks)
    store.close()


def test_the_demo_region_never_replaces_real_data(store, home):
    region = generate(load_network(home), municipalities(), NIGHT.date)
    assert code(store.fill, COORDINATOR, region) == "demo_over_real"
    assert store.zones(COORDINATOR) == ZONES
