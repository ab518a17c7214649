"""Sixty zones and four units on Florence's streets: what is left out costs what is said.

The zones are invented: the stretches of `tests.test_florence`, each once more 300 m to the
north. The street file lies beside the project; without it this skips.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest
import shapely

from data.roads import import_network, load_network
from geo.night import Night
from geo.zones import Access, PlaceType, PresenceWindow, Zone
from routing.explain import explain
from routing.plan import check
from routing.planner import plan_night
from routing.prepare import NightInputs, night_problem
from routing.units import Base, Crew, Member, Role, Unit, outing
from tests.test_florence import ON_STREETS

NIGHT = Night(date(2026, 5, 15))
ITERATIONS = 8_000
BASES = (
    ("Est", 11.2713, 43.7705),
    ("Ovest", 11.2425, 43.7675),
    ("Nord", 11.2470, 43.8050),
    ("Sud", 11.2350, 43.7480),
)
"""Name, longitude, latitude of the invented bases, on thoroughfares."""


@pytest.fixture(scope="module")
def prepared(shared, tmp_path_factory):
    """The problem of a Friday night: sixty zones, four vans of two and a half hours."""
    home = tmp_path_factory.mktemp("streets")
    import_network(shared / "tuscany" / "florence_drive_scc.graphml.gz", home)
    zones = [zone(number) for number in range(1, 2 * len(ON_STREETS) + 1)]
    inputs = NightInputs(
        night=NIGHT,
        outings=tuple(outing(unit(*base), NIGHT) for base in BASES),
        zones=tuple(zones),
        presence=pd.DataFrame(
            [
                (each.code, NIGHT.weekday, hour, 1 + number * 7 % 5, 0.5, 6.0)
                for number, each in enumerate(zones)
                for hour in (20, 21, 22, 23)
            ],
            columns=["zone", "weekday", "hour", "expected", "low", "high"],
        ),
    )
    return night_problem(inputs, load_network(home), now=NIGHT.start + timedelta(hours=6))


def zone(number):
    """A stretch of 600 m along a parallel; above thirty, 300 m north of an earlier one."""
    lon, lat, _ = ON_STREETS[(number - 1) % len(ON_STREETS)]
    lat += 0.0027 * (number > len(ON_STREETS))
    return Zone(
        code=f"048017-{number:02}",
        municipality="048017",
        place_type=PlaceType.VIALE,
        geometry=shapely.LineString([(lon - 0.0037, lat), (lon + 0.0037, lat)]),
        windows=(PresenceWindow("20:00", "23:30"),),
        synthetic=True,
    )


def unit(name, lon, lat):
    base = Base(name, lon, lat)
    crew = Crew((Member(Role.OPERATOR), Member(Role.MEDIATOR)))
    return Unit(
        f"U{name}", name, "prova", ("048",), Access.VAN, base, base, "20:30", "23:00", crew,
        synthetic=True,
    )  # fmt: skip


def test_left_out_zones_forced_in_cost_at_most_what_was_said(prepared):
    problem = prepared.problem
    plan = plan_night(problem, iterations=ITERATIONS)
    assert list(check(problem, plan)) == []
    priced = [one for one in explain(problem, plan).left_out if "lost" in one.fields]
    assert len(plan.served) + len(priced) == 60
    # The dearest, the cheapest, and the one between.
    priced.sort(key=price)
    chosen = (priced[0], priced[len(priced) // 2], priced[-1])
    assert len({one.visit for one in chosen}) == 3
    for one in chosen:
        assert price(one) >= 0
        forced = plan_night(requiring(problem, one.visit), iterations=ITERATIONS)
        assert one.visit in forced.served
        assert list(check(problem, forced)) == []
        assert forced.value >= plan.value - price(one)


def price(one):
    """Points that taking the visit costs at most."""
    return one.fields["lost"] - one.fields["value"]


def requiring(problem, key):
    visits = tuple(replace(visit, required=visit.key == key) for visit in problem.visits)
    return replace(problem, visits=visits)
