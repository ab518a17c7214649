"""The inputs and the problem of a count night (*mappatura*): every zone is passed, only seen.

All organisations are planned together and a pass of a zone is one visit of one unit, so that
nobody is counted twice by two crews at the same place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from geo.errors import InfeasibleError, InputError
from geo.network import RoadNetwork
from geo.night import HOUR, MINUTE
from geo.travel import matrix
from geo.zones import PresenceWindow
from routing.feasible import impossible_alone
from routing.means import Means
from routing.passes import Counting, CountTerms, pass_key, zone_of
from routing.prepare import NightInputs, Prepared, Unplanned, night_problem
from routing.problem import Visit
from routing.sites import Measure

AROUND = (30 * MINUTE, HOUR)
"""Seconds that a shift begins before the first zone may be passed, and ends after the last."""


@dataclass(frozen=True, eq=False)
class PreparedCount:
    """A count night ready to be planned.

    `prepared`: its problem, a visit for each pass, keyed by `routing.passes.pass_key`.
    `unreachable`: zones that no crew of the night can pass and be back, each with why: they
    are not in the problem. `organisations`: by unit code.
    """

    prepared: Prepared
    terms: CountTerms
    unreachable: tuple[Unplanned, ...]
    organisations: Mapping[str, str]

    @property
    def zones(self) -> frozenset[str]:
        """The zones that are to be passed."""
        return frozenset(zone_of(visit.key) for visit in self.prepared.problem.visits)


def count_inputs(inputs: NightInputs, terms: CountTerms | None = None) -> NightInputs:
    """The inputs of a night on which every zone of the units' territories is passed.

    Nobody is approached: no language and no mediator is asked for. The usual shifts, weekdays
    and limits on minutes and kilometres do not hold on this one night; the window decides. What
    is in `excluded` stays out. Raises as `CountTerms.rounds`.
    """
    terms = terms or CountTerms()
    night = inputs.night
    first, last = terms.window(night)
    terms.rounds(night)
    reach = {code for outing in inputs.outings for code in outing.unit.territory}
    zones = tuple(
        replace(
            zone,
            windows=(PresenceWindow(terms.opens, terms.closes),),
            service_minutes=terms.minutes,
            shortest_minutes=None,
            languages=frozenset(),
            mediator=False,
        )
        for zone in inputs.zones
    )
    outings = tuple(
        replace(
            outing,
            unit=replace(
                outing.unit,
                driving_minutes=None,
                kilometres=None,
                kits=None,
                weekdays=frozenset(range(7)),
            ),
            opens=max(0, first - AROUND[0]),
            closes=last + AROUND[1],
        )
        for outing in inputs.outings
    )
    passed = {zone.code for zone in zones if zone.province_code in reach}
    return replace(
        inputs,
        zones=zones,
        outings=outings,
        promises=(),
        forced=frozenset(passed - inputs.excluded - inputs.closures),
        assigned={},
        counting=Counting(terms.entry_until(night), terms.passes),
    )


def count_problem(
    inputs: NightInputs,
    network: RoadNetwork,
    terms: CountTerms,
    *,
    now: datetime,
    means: Means | None = None,
    measure: Measure = matrix,
) -> PreparedCount:
    """The problem of a count night: each pass of each zone a visit in its own round.

    Zones that nobody can pass are set aside and named. Raises as `count_inputs` and
    `routing.prepare.night_problem`; InputError `count_zones_none` where no zone is left.
    """
    given, aside = count_inputs(inputs, terms), dict[str, Unplanned]()
    while True:
        try:
            prepared = night_problem(given, network, now=now, means=means, measure=measure)
            break
        except InfeasibleError as error:
            if error.code != "zone_forced_impossible":
                raise
            # Off every road, for instance: the others are still counted.
            code = str(error.fields["zone"])
            aside[code] = Unplanned(code, str(error.fields["reason"]), {"metres": 0})
            given = replace(given, forced=given.forced - {code}, excluded=given.excluded | {code})
    rounds = tuple(enumerate(terms.rounds(inputs.night), 1))
    passes = tuple(
        _pass_of(visit, number, span)
        for visit in prepared.problem.visits
        for number, span in rounds
    )
    whole = replace(prepared.problem, visits=passes)
    for visit in passes:
        if why := impossible_alone(whole, visit):
            aside.setdefault(zone_of(visit.key), Unplanned(zone_of(visit.key), why))
    visits = tuple(visit for visit in passes if zone_of(visit.key) not in aside)
    if not visits:
        raise InputError("count_zones_none", unreachable=len(aside))
    unplanned = tuple(one for one in prepared.unplanned if one.visit not in aside)
    return PreparedCount(
        prepared=replace(
            prepared,
            problem=replace(whole, visits=visits),
            unplanned=(*unplanned, *aside.values()),
        ),
        terms=terms,
        unreachable=tuple(aside[code] for code in sorted(aside)),
        organisations={each.unit.code: each.unit.organisation for each in inputs.outings},
    )


def _pass_of(visit: Visit, number: int, span: tuple[int, int]) -> Visit:
    """Pass `number` of a zone, begun in its round; every pass is worth the same."""
    option = replace(visit.options[0], opens=span[0], closes=span[1], value=1)
    return replace(visit, key=pass_key(visit.key, number), options=(option,))
