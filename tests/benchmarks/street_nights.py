"""Street-like nights from a seed: large ones against the other engines, a week, a re-plan.

    python -m tests.benchmarks.toptw --parts street,week,replan

Zones lie in clusters; need is log-normal; half of the windows are short. All synthetic.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from routing.plan import check, verified
from routing.planner import plan_night
from routing.problem import Break, Option, Problem, Shift, Travel, Visit
from routing.replan import replan, standing
from routing.week import plan_week
from tests.benchmarks.runs import OURS, Run

LANGUAGES = ("ar", "fr", "es", "ro", "zh")
WEEK_SECONDS = 50.0
REPLAN_SECONDS = 0.8
SIZES = ((100, 3), (300, 6), (1000, 12))


def street_night(zones: int, units: int, seed: int = 7) -> Problem:
    """A night with one window a zone and units alike, as every engine can plan it."""
    numbers = np.random.default_rng(seed)
    travel = _travel(numbers, zones)
    visits = tuple(
        Visit(str(zone), zone, (_option(numbers, _need(numbers), 0),))
        for zone in range(1, zones + 1)
    )
    shifts = tuple(Shift(f"u{number}", 0, 0, 0, 21_600) for number in range(units))
    return Problem(visits, shifts, {"van": travel})


def street_week(zones: int = 150, units: int = 5, nights: int = 7, seed: int = 7) -> Problem:
    """A week: three visits a zone at most, languages, a break, zones closed on some nights."""
    numbers = np.random.default_rng(seed)
    travel = _travel(numbers, zones)
    visits = []
    for zone in range(1, zones + 1):
        usual = _option(numbers, _need(numbers), 0)
        open_nights = [night for night in range(nights) if numbers.random() > 0.12]
        language = (
            frozenset() if numbers.random() < 0.65 else frozenset({numbers.choice(LANGUAGES)})
        )
        options = tuple(replace(usual, night=night) for night in open_nights)
        visits.append(Visit(str(zone), zone, options, languages=language, most=3))
    shifts = tuple(
        Shift(
            f"u{unit}",
            0,
            0,
            1800 + 1800 * (unit % 3),
            1800 + 1800 * (unit % 3) + 21_600,
            languages=frozenset({"it", LANGUAGES[unit % 5], LANGUAGES[(unit + 2) % 5]}),
            pause=Break(10_800, 16_200, 1800),
            night=night,
        )
        for night in range(nights)
        for unit in range(units)
    )
    return Problem(tuple(visits), shifts, {"van": travel}, nights=nights)


def measure_week(seconds: float, seed: int = 1) -> Run:
    """A week of 7 nights, 5 units and 150 zones."""
    problem = street_week()
    begin = time.perf_counter(), time.process_time()
    plan = verified(problem, plan_week(problem, seconds=seconds, seed=seed).plan)
    took = time.perf_counter() - begin[0], time.process_time() - begin[1]
    return Run.of("week 7 x 5 x 150", OURS, seconds, seed, plan, len(problem.shifts), took)


def measure_replans(seconds: float) -> Iterator[Run]:
    """Ten urgent promises in running nights, each kept; the profit is that of the rest."""
    week = street_week()
    visits = tuple(
        replace(v, options=tuple(o for o in v.options if o.night == 0), most=1) for v in week.visits
    )
    shifts = tuple(shift for shift in week.shifts if shift.night == 0)
    problem = Problem(visits, shifts, week.travel)
    plan = plan_night(problem, seconds=5)
    numbers = np.random.default_rng(5)
    for seed in range(1, 11):
        now, place = int(numbers.integers(5400, 15_000)), int(numbers.integers(1, 151))
        urgent = Visit("urgent", place, (Option(now, now + 5400, 900, 60),), required=True)
        tonight = replace(problem, visits=(*visits, urgent))
        standings = {route.unit: standing(problem, route, now) for route in plan.routes}
        begin = time.perf_counter(), time.process_time()
        found = replan(tonight, plan, standings, seconds=seconds)
        took = time.perf_counter() - begin[0], time.process_time() - begin[1]
        assert not check(found.problem, found.plan)
        assert "urgent" in found.plan.served
        changed = len(found.dropped) + len(found.moved)
        name = f"re-plan, {changed} stops dropped or moved"
        yield Run.of(name, OURS, seconds, seed, found.plan, len(shifts), took)


def _travel(numbers: np.random.Generator, zones: int) -> Travel:
    """Clustered places, streets a third longer than the crow flies, 24 km/h and a minute."""
    centres = numbers.uniform((-6, -5), (6, 5), (9, 2))
    clustered = centres[numbers.integers(0, 9, zones)] + numbers.normal(0, 1.1, (zones, 2))
    places = np.vstack([[(-3.0, -2.0)], clustered])
    kilometres = 1.35 * np.hypot(*(places[:, None] - places[None, :]).transpose(2, 0, 1))
    seconds = np.round(kilometres / 24 * 3600 + 60 * (kilometres > 0)).astype(np.int64)
    return Travel(seconds, np.round(kilometres * 1000).astype(np.int64))


def _need(numbers: np.random.Generator) -> int:
    return int(np.clip(numbers.lognormal(2.6, 0.6), 3, 70).round())


def _option(numbers: np.random.Generator, value: int, night: int) -> Option:
    service = int(numbers.choice([600, 900, 1200, 1500, 1800], p=[0.2, 0.3, 0.25, 0.15, 0.1]))
    if numbers.random() < 0.35:
        return Option(3600, 25_200, service, value, night)
    opens = int(numbers.integers(2, 10)) * 1800
    return Option(opens, opens + int(numbers.integers(2, 7)) * 1800, service, value, night)
