"""A region's week in parts, and the parts as one week again."""

from dataclasses import replace

import shapely

from geo.night import nights
from geo.zones import Zone
from routing.parts import groups, joined, nights_of, parts
from routing.plan import check
from routing.prepare_week import week_problem
from routing.problem import Kind
from routing.promises import Promise
from routing.units import Base
from routing.week import plan_week
from tests.routing.street import NIGHT, NOW, UNIT, at, inputs, street, zone

NEIGHBOUR = replace(UNIT, code="PT1", territory=("047",), weekdays=frozenset({5}))
"""Another province's unit, out on the second night only."""


def elsewhere(number: int) -> Zone:
    ends = [at(number + share) for share in (0.2, 0.8)]
    code = f"047014-{number:02d}"
    return replace(
        zone(number), code=code, municipality="047014", geometry=shapely.LineString(ends)
    )


ZONES = (zone(2, revisit_days=7), zone(5), elsewhere(3), elsewhere(7))
PROMISED = Promise(
    "here", (NIGHT + 1).date, Kind.HOTLINE, "22:00", "23:00", 10, zone="046017-05", synthetic=True
)
AT_A_PLACE = replace(PROMISED, key="there", zone=None, place=Base("Piazza", *at(4)))
NOWHERE = replace(AT_A_PLACE, key="nowhere")


def week():
    found = []
    for night in nights(NIGHT, 3):
        units = tuple(u for u in (UNIT, NEIGHBOUR) if night.weekday in u.weekdays)
        promises = tuple(p for p in (PROMISED, AT_A_PLACE, NOWHERE) if p.night == night.date)
        found.append(inputs(*ZONES, units=units, night=night, promises=promises))
    return found


def test_provinces_that_a_unit_joins_stay_together():
    both = replace(UNIT, code="X", territory=("046", "045"))
    assert groups([UNIT, NEIGHBOUR]) == (("046",), ("047",))
    assert groups([UNIT, NEIGHBOUR, both]) == (("045", "046"), ("047",))
    assert groups([UNIT, NEIGHBOUR, both, replace(both, territory=("047", "045"))]) == (
        ("045", "046", "047"),
    )


def test_a_part_holds_what_is_its_own_and_nothing_is_in_two():
    (lucca, pistoia), left = parts(week(), {"there": "047"})
    assert (lucca.name, len(lucca.nights)) == ("046", 3)
    assert (pistoia.name, [n.night for n in pistoia.nights]) == ("047", [NIGHT + 1])
    assert [p.key for p in lucca.nights[1].promises] == ["here"]
    assert [p.key for p in pistoia.nights[0].promises] == ["there"]
    assert [p.key for p in left] == ["nowhere"]
    own = [{z.province_code for z in night.zones} for night in (*lucca.nights, *pistoia.nights)]
    assert own == [{"046"}] * 3 + [{"047"}]


def test_the_parts_planned_alone_are_a_plan_of_the_whole():
    made, _ = parts(week(), {"there": "047"})
    weeks = [week_problem(NIGHT, 3, part.nights, street(), now=NOW) for part in made]
    plans = [plan_week(one.problem, iterations=100).plan for one in weeks]
    whole = week_problem(NIGHT, 3, nights_of(made), street(), now=NOW)
    plan = joined(whole, zip(weeks, plans, strict=True))
    assert check(whole.problem, plan) == ()
    assert plan.value == sum(part.value for part in plans)
    assert plan.bound == sum(part.bound or 0 for part in plans)
    assert plan.served == {"here", "there", *(zone.code for zone in ZONES)}
    stops = {(r.key, s.visit, s.begin) for part in plans for r in part.routes for s in r.stops}
    assert {(r.key, s.visit, s.begin) for r in plan.routes for s in r.stops} == stops
