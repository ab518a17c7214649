"""From the nights of a week to one problem, and back to an ordinary plan of each night.

Every night is prepared like any other (`routing.prepare`): its own units, windows,
promises and clock, so that a night of 23 or 25 hours, or one on which a unit stays at
home, needs no rule of its own. The week joins them: a zone is one visit with the options of
all nights, units and promises stay those of their night.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np

from geo.errors import InputError
from geo.network import RoadNetwork
from geo.night import MINUTE, Night
from geo.travel import matrix
from routing.coverage import standing
from routing.means import Means
from routing.need import NeedWeights
from routing.options import tonight
from routing.plan import Plan, verified
from routing.prepare import NightInputs, Prepared, night_problem
from routing.problem import UNREACHABLE, Kind, Problem, Travel, Visit
from routing.rows import Quota
from routing.schedule import plan_of
from routing.sites import Measure
from routing.week import exploration, fair_shares, revisits_due, with_regular_times

SPREAD = 3
"""A zone is visited again no sooner than after this part of its revisit target."""

VISITS = 2
"""Visits to a zone in one week at most."""


@dataclass(frozen=True)
class WeekWeights:
    """What a week weighs besides the value of its visits, in points of the need.

    `regular` for a visit within `regular_minutes` of the time at which a zone is used to
    the unit; `due` for the first visit to a zone that is behind by the week's end;
    `share` for a visit in every province; `explore` for each quarter of an hour in thinly
    observed zones, up to `explore_minutes`. Raises InputError `need_weight`.
    """

    regular: int = 50
    regular_minutes: int = 20
    due: int = 300
    share: int = 200
    explore: int = 40
    explore_minutes: int = 120

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value < 0:
                raise InputError("need_weight", weight=name, got=value)


Usual = Mapping[str, Mapping[int, str]]
"""Zone code → weekday (Monday 0) → the wall-clock time (`HH:MM`) at which it expects a unit."""


@dataclass(frozen=True, eq=False)
class PreparedWeek:
    """The problem of a week, and the way back to its nights.

    `nights`: those on which a unit goes out, by their number from `first`. `offset[visit,
    number]`: where the options of that night begin among those of the week.
    """

    first: Night
    count: int
    nights: Mapping[int, Prepared]
    problem: Problem
    offset: Mapping[tuple[str, int], int]
    regular: Mapping[str, frozenset[tuple[int, int]]]
    """Zone code → (night, option of the week) of its regular times."""

    @property
    def last(self) -> Night:
        """The last night of the week."""
        return self.first + (self.count - 1)


def week_problem(
    first: Night,
    count: int,
    inputs: Iterable[NightInputs],
    network: RoadNetwork,
    *,
    now: datetime,
    weights: NeedWeights | None = None,
    means: Means | None = None,
    week: WeekWeights | None = None,
    usual: Usual | None = None,
    measure: Measure = matrix,
) -> PreparedWeek:
    """The planning problem of `count` nights from `first`.

    `inputs`: of the nights on which a unit goes out. Arguments and errors else as of
    `routing.prepare.night_problem`; InputError `week_without_units` (night, last) when no
    unit goes out on any.
    """
    weights, week = weights or NeedWeights(), week or WeekWeights()
    nights = {}
    regular: dict[str, set[tuple[int, int]]] = {}
    offset: dict[tuple[str, int], int] = {}
    visits: dict[str, Visit] = {}
    for each in sorted(inputs, key=lambda one: one.night):
        number = each.night - first
        prepared = night_problem(
            each, network, now=now, weights=weights, means=means, measure=measure
        )
        plain = {visit.key: len(visit.options) for visit in prepared.problem.visits}
        prepared = _with_regular(prepared, usual or {}, week)
        nights[number] = prepared
        for visit in prepared.problem.visits:
            key = visit.key
            options = tuple(replace(option, night=number) for option in visit.options)
            known = visits.get(key)
            offset[key, number] = len(known.options) if known else 0
            extra = range(offset[key, number] + plain[key], offset[key, number] + len(options))
            regular.setdefault(key, set()).update((number, index) for index in extra)
            visits[key] = _joined(known, replace(visit, options=options))
    if not nights:
        raise InputError("week_without_units", night=first, last=first + (count - 1))
    return _combined(
        first,
        count,
        nights=nights,
        visits=visits,
        offset=offset,
        regular=regular,
        weights=weights,
    )


def week_quotas(week: PreparedWeek, weights: WeekWeights) -> tuple[Quota, ...]:
    """What the week should reach besides: zones that are due, every province, exploration."""
    due, thin = set(), set()
    for number, prepared in week.nights.items():
        for code, needs in prepared.needs.items():
            if any(one.thin for one in needs):
                thin.add(code)
            left = week.count - 1 - number
            if any(one.days is None or one.days + left > one.target for one in needs):
                due.add(code)
    quotas = [*revisits_due(sorted(due), weights.due)] if weights.due else []
    if weights.share:
        quotas += fair_shares(week.problem, 1, weights.share)
    if weights.explore and thin:
        minutes = weights.explore_minutes
        quotas.append(exploration(week.problem, sorted(thin), minutes, weights.explore))
    return tuple(quotas)


def night_plan(week: PreparedWeek, plan: Plan, number: int) -> Plan:
    """The week's routes of one night as a plan of that night's own problem, verified."""
    prepared = week.nights[number]
    sequences = []
    for shift in prepared.problem.shifts:
        route = plan.route(shift.unit, number)
        stops = route.stops if route else ()
        sequences.append(
            tuple((stop.visit, stop.option - week.offset[stop.visit, number]) for stop in stops)
        )
    return verified(prepared.problem, plan_of(prepared.problem, sequences))


def usual_times(
    seen: Iterable[tuple[str, date, int | None]], before: Night, weeks: int = 8, least: int = 3
) -> dict[str, dict[int, str]]:
    """The hours at which zones were visited on a weekday, where they are a habit.

    `seen`: zone, service date and wall-clock hour of records. A habit is the commonest hour
    of a weekday on which a zone was visited on at least `least` nights of the last
    `weeks`; its middle is the usual time.
    """
    begin = before.date - timedelta(weeks=weeks)
    found: dict[tuple[str, int], dict[int, set[date]]] = {}
    for zone, night, hour in seen:
        if hour is not None and begin <= night < before.date:
            found.setdefault((zone, night.weekday()), {}).setdefault(hour, set()).add(night)
    usual: dict[str, dict[int, str]] = {}
    for (zone, weekday), hours in sorted(found.items()):
        hour = max(hours, key=lambda one: (len(hours[one]), -one))
        if len(hours[hour]) >= least:
            usual.setdefault(zone, {})[weekday] = f"{hour:02d}:30"
    return usual


def why(week: PreparedWeek, zone: str, number: int) -> str:
    """Why a zone is visited on a night: `promise`, the standing, `due`, `thin` or `value`."""
    needs = week.nights[number].needs.get(zone)
    if not needs:
        return "promise"
    first = needs[0]
    found = standing(first.days, first.target).value
    if found != "on_target":
        return found
    if first.days is not None and first.days + week.count - 1 - number > first.target:
        return "due"
    return "thin" if first.thin else "value"


def _with_regular(prepared: Prepared, usual: Usual, week: WeekWeights) -> Prepared:
    """The night with an option more at each zone's usual time, where it is in a window."""
    night, times = prepared.night, {}
    for zone in prepared.inputs.zones:
        clock = usual.get(zone.code, {}).get(night.weekday)
        if clock is None or zone.code not in prepared.needs or not tonight(zone, night):
            continue
        try:
            times[zone.code] = [(0, night.parse_clock(clock))]
        except InputError:  # the hour that spring leaves out: no habit can be kept then
            continue
    if not times or not week.regular:
        return prepared
    tolerance = week.regular_minutes * MINUTE
    problem = with_regular_times(prepared.problem, times, tolerance, week.regular)
    needs = dict(prepared.needs)
    for visit in problem.visits:
        if visit.kind is Kind.ZONE and visit.key in needs:
            known = needs[visit.key]
            plain = visit.options[: len(known)]
            more = [
                known[index]
                for extra in visit.options[len(known) :]
                for index, option in enumerate(plain)
                if (option.service, option.value + week.regular) == (extra.service, extra.value)
                and option.opens <= extra.opens
                and extra.closes <= option.closes
            ]
            needs[visit.key] = (*known, *more[: len(visit.options) - len(known)])
    return replace(prepared, problem=problem, needs=needs)


def _joined(known: Visit | None, more: Visit) -> Visit:
    """A zone's visit with the options and the units of one night more."""
    if known is None:
        return more
    only = None if known.only is None or more.only is None else known.only | more.only
    return replace(
        known,
        options=known.options + more.options,
        only=only,
        materials=max(known.materials, more.materials),
    )


def _combined(
    first: Night,
    count: int,
    *,
    nights: Mapping[int, Prepared],
    visits: Mapping[str, Visit],
    offset: Mapping[tuple[str, int], int],
    regular: Mapping[str, set[tuple[int, int]]],
    weights: NeedWeights,
) -> PreparedWeek:
    """One matrix of all places: a zone has one row, a base one of each night."""
    zones = {zone.code: zone for each in nights.values() for zone in each.inputs.zones}
    row: dict[tuple[str, int | None], int] = {}
    places = {number: _places(each, number, row) for number, each in nights.items()}
    shifts = [
        replace(
            shift, night=number, start=places[number][shift.start], end=places[number][shift.end]
        )
        for number, each in nights.items()
        for shift in each.problem.shifts
    ]
    placed = []
    for key, visit in visits.items():
        target = zones[key].revisit_days if key in zones else 0
        placed.append(
            replace(
                visit,
                place=_place(key, visit, nights, places),
                most=VISITS if target else 1,
                spacing=max(1, target // SPREAD),
            )
        )
    problem = Problem(
        visits=tuple(placed),
        shifts=tuple(shifts),
        travel=_travel(nights, places, len(row)),
        diminishing=weights.diminishing,
        nights=count,
    )
    kept = {key: frozenset(found) for key, found in regular.items() if found}
    return PreparedWeek(first, count, nights, problem, offset, kept)


def _places(
    prepared: Prepared, number: int, row: dict[tuple[str, int | None], int]
) -> dict[int, int]:
    """Rows of the night → rows of the week; new places are added to `row`."""
    found = {}
    for key, index in prepared.sites.row.items():
        whole = (key, None if key in prepared.needs else number)
        found[index] = row.setdefault(whole, len(row))
    return found


def _place(
    key: str,
    visit: Visit,
    nights: Mapping[int, Prepared],
    places: Mapping[int, Mapping[int, int]],
) -> int:
    number = visit.options[0].night if visit.options else min(nights)
    own = nights[number].problem.visit(key).place
    return places[number][own]


def _travel(
    nights: Mapping[int, Prepared], places: Mapping[int, Mapping[int, int]], size: int
) -> dict[str, Travel]:
    """The matrices of the nights side by side; places that share no night are not joined."""
    modes = sorted({mode for each in nights.values() for mode in each.problem.travel})
    travel = {}
    for mode in modes:
        whole = [np.full((size, size), UNREACHABLE, dtype=np.int64) for _ in range(2)]
        for number, each in nights.items():
            if mode not in each.problem.travel:
                continue
            rows = [places[number][index] for index in range(each.problem.places)]
            part = each.problem.travel[mode]
            for matrix_of, known in zip(whole, (part.seconds, part.metres), strict=True):
                block = np.ix_(rows, rows)
                matrix_of[block] = np.minimum(matrix_of[block], known)
        for matrix_of in whole:
            np.fill_diagonal(matrix_of, 0)
        travel[mode] = Travel(*whole)
    return travel


def weekly_visits(plan: Plan, zones: Sequence[str]) -> dict[str, list[int]]:
    """The nights on which each zone is visited in a plan of the week."""
    wanted = set(zones)
    found: dict[str, list[int]] = {}
    for route in plan.routes:
        for stop in route.stops:
            if stop.visit in wanted:
                found.setdefault(stop.visit, []).append(route.night)
    return {zone: sorted(made) for zone, made in found.items()}
