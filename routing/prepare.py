"""From what is known of a night to the problem that the planner solves.

What cannot take part tonight (a zone that is closed, far from every road, without a
window on this weekday …) is left out here and named with its reason; what was promised or
forced and cannot take part is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import InfeasibleError, InputError, MissingError
from geo.network import RoadNetwork
from geo.night import HOUR, Night
from geo.presence import by_hour, mean_between, validate_presence
from geo.travel import matrix
from geo.zones import Access, Zone
from routing.means import Means
from routing.need import Need, NeedWeights
from routing.options import tonight, zone_options
from routing.passes import Counting
from routing.problem import Kind, Option, Problem, Visit
from routing.promises import Promise
from routing.sites import Measure, Site, Sites, place_sites
from routing.units import Outing
from routing.visits import (
    MODES,
    base_key,
    promise_visit,
    promised_hours,
    promises_kept_with_few_kits,
    shift_of,
    zone_visit,
)


@dataclass(frozen=True, eq=False)
class NightInputs:
    """What a coordinator decides on, and what is known, for one night.

    `outings`: the units chosen. `presence`: frame of `geo.presence`. `last_visits`: by zone
    code. `promises`: of this night. Zone codes: `closures` are closed tonight, `excluded`
    the coordinator leaves out, `forced` must be visited; `assigned` zone → the one unit
    that may, `forbidden` zone → units that may not. `ordinances` zone → the hours
    (`22:00–06:00`) in which an order is in force there tonight, for its crew to know.
    `counting`: this is a count night (`routing.prepare_count`).
    """

    night: Night
    outings: tuple[Outing, ...]
    zones: tuple[Zone, ...]
    presence: pd.DataFrame
    last_visits: Mapping[str, date] = field(default_factory=dict)
    promises: tuple[Promise, ...] = ()
    closures: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    forced: frozenset[str] = frozenset()
    assigned: Mapping[str, str] = field(default_factory=dict)
    forbidden: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ordinances: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    counting: Counting | None = None


@dataclass(frozen=True)
class Unplanned:
    """A zone or promise that is not in tonight's problem: its key, and a reason with fields."""

    visit: str
    reason: str
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Prepared:
    """The problem of a night, and the way back from it to zones, promises and roads.

    `needs[zone]` holds one need for each option of the zone's visit, in their order.
    `unplanned`: what is not in the problem and why, by code list in `data.messages`.
    """

    inputs: NightInputs
    problem: Problem
    sites: Sites
    needs: Mapping[str, tuple[Need, ...]]
    unplanned: tuple[Unplanned, ...]

    @property
    def night(self) -> Night:
        """The night that is planned."""
        return self.inputs.night


def night_problem(
    inputs: NightInputs,
    network: RoadNetwork,
    *,
    now: datetime,
    weights: NeedWeights | None = None,
    means: Means | None = None,
    measure: Measure = matrix,
) -> Prepared:
    """The planning problem of a night on a road network.

    `now` (aware): what is over cannot be planned, a shift under way is planned from now on.
    `means`: how far crews walk and what they hand out; `measure`: a cache of matrices.
    Raises InputError `night_past`, `units_missing`, `unit_other_night`, `unit_off_duty`,
    `shift_over`, `base_off_network`, `zone_window_reversed`, `zone_forced_and_excluded`,
    `promise_other_night`, `promise_window`, `promise_off_network`; MissingError `zone_unknown`,
    `unit_unknown`; InfeasibleError `zone_forced_impossible`, `promise_zone_closed`,
    `promise_too_late`.
    """
    weights, means = weights or NeedWeights(), means or Means()
    _refuse_past(inputs.night, now)
    _refuse_unknown(inputs)
    outings = tuple(_from_now(outing, inputs.night, now) for outing in inputs.outings)
    if not outings:
        raise InputError("units_missing", night=inputs.night)

    hours = by_hour(validate_presence(inputs.presence), inputs.night.weekday)
    options, unplanned = _zone_options(inputs, outings, weights, hours)
    kept, others = _own_promises(inputs, outings, now)
    unplanned += others
    zones = {zone.code: zone for zone in inputs.zones}
    limits = _limits(outings, means)
    sites = place_sites(network, _sites(outings, options, kept, zones), limits, measure)
    _refuse_off_road(outings, kept, sites)
    for code in sorted(set(options) & set(sites.off)):
        del options[code]
        unplanned.append(Unplanned(code, "zone_off_network", {"metres": sites.off[code]}))
    _refuse_forced(inputs, unplanned)

    needs = {code: tuple(wanted for _, wanted in pairs) for code, pairs in options.items()}
    visits = [
        replace(
            _zone_visit(zones[code], inputs, outings, sites, pairs),
            materials=means.kits_for(needs[code]),
        )
        for code, pairs in options.items()
    ]
    visits += [
        _promise_visit(promise, inputs, zones, sites, now, _kits(promise, inputs, hours, means))
        for promise in kept
    ]
    shifts = tuple(
        shift_of(
            outing,
            sites.row[base_key(outing, outing.unit.start)],
            sites.row[base_key(outing, outing.unit.end)],
            means.van_walk,
        )
        for outing in outings
    )
    return Prepared(
        inputs=inputs,
        problem=Problem(
            visits=promises_kept_with_few_kits(visits, shifts),
            shifts=shifts,
            travel=sites.travel,
            diminishing=weights.diminishing,
        ),
        sites=sites,
        needs=needs,
        unplanned=tuple(unplanned),
    )


def _refuse_past(night: Night, now: datetime) -> None:
    if night < Night.of(now):
        raise InputError("night_past", night=night, tonight=Night.of(now))


def _refuse_unknown(inputs: NightInputs) -> None:
    """Every zone and unit that a decision names must be among tonight's."""
    zones = {zone.code for zone in inputs.zones}
    named = inputs.closures | inputs.excluded | inputs.forced
    named |= set(inputs.assigned) | set(inputs.forbidden)
    named |= {promise.zone for promise in inputs.promises if promise.zone}
    if unknown := named - zones:
        raise MissingError("zone_unknown", zone=min(unknown), count=len(unknown))
    units = {outing.unit.code for outing in inputs.outings}
    if strangers := set(inputs.assigned.values()) - units:
        raise MissingError("unit_unknown", unit=min(strangers))
    if both := inputs.forced & (inputs.closures | inputs.excluded):
        raise InputError("zone_forced_and_excluded", zone=min(both))


def _from_now(outing: Outing, night: Night, now: datetime) -> Outing:
    """The outing, or what is left of it when it is under way."""
    unit = outing.unit
    if outing.night != night:
        raise InputError("unit_other_night", unit=unit.name, night=outing.night)
    if night.weekday not in unit.weekdays and not outing.mediates:
        raise InputError("unit_off_duty", unit=unit.name, night=night)
    if outing.closes <= night.seconds(now):
        raise InputError("shift_over", unit=unit.name, closes=night.clock(outing.closes))
    return replace(outing, opens=max(outing.opens, night.seconds(now)))


Pairs = tuple[tuple[Option, Need], ...]

Presence = Mapping[str, NDArray[np.float64]]
"""By zone: (24, 3), as `geo.presence.by_hour` gives."""

NOBODY = np.zeros((24, 3))


def _zone_options(
    inputs: NightInputs, outings: tuple[Outing, ...], weights: NeedWeights, hours: Presence
) -> tuple[dict[str, Pairs], list[Unplanned]]:
    """The options of every zone that has any tonight, and why the others have none."""
    territory = frozenset(province for outing in outings for province in outing.unit.territory)
    options: dict[str, Pairs] = {}
    unplanned = []
    for zone in sorted(inputs.zones, key=lambda zone: zone.code):
        reason = _no_part(zone, inputs, territory)
        if reason is None:
            last_visit = inputs.last_visits.get(zone.code)
            known = hours.get(zone.code, NOBODY)
            found = zone_options(zone, inputs.night, known, last_visit, weights)
            if zone.code not in inputs.forced:
                found = tuple(pair for pair in found if pair[0].value > 0)
            if found:
                options[zone.code] = found
            else:
                reason = "zone_nobody_expected"
        if reason is not None:
            unplanned.append(Unplanned(zone.code, reason))
    return options, unplanned


def _no_part(zone: Zone, inputs: NightInputs, territory: frozenset[str]) -> str | None:
    """Why a zone takes no part tonight, whatever its value; None when it does."""
    if zone.code in inputs.excluded:
        return "zone_excluded"
    if zone.code in inputs.closures:
        return "zone_closed"
    if zone.province_code not in territory:
        return "zone_outside_territory"
    if not tonight(zone, inputs.night):
        return "zone_not_tonight"
    return None


def _own_promises(
    inputs: NightInputs, outings: tuple[Outing, ...], now: datetime
) -> tuple[list[Promise], list[Unplanned]]:
    """The promises that tonight's units must keep, and the others: of units that stay at home,
    and mediation visits of a day that is done when its night is planned."""
    units = {outing.unit.code for outing in outings}
    own, others = [], []
    for promise in inputs.promises:
        if promise.night != inputs.night.date:
            raise InputError("promise_other_night", promise=promise.key, night=promise.night)
        if promise.kind is Kind.MEDIATION and inputs.night.seconds(now) > inputs.night.parse_clock(
            promise.closes, by_day=True
        ):
            others.append(Unplanned(promise.key, "promise_over"))
        elif promise.unit is None or promise.unit in units:
            own.append(promise)
        else:
            fields = {"unit": promise.unit}
            others.append(Unplanned(promise.key, "promise_unit_not_out", fields))
    return own, others


def _limits(outings: tuple[Outing, ...], means: Means) -> dict[str, int]:
    """Most seconds of a leg by mode: a van's is shorter than its shift, a walk than the limit.

    In whole hours for vans, so that a remembered matrix serves a shift under way as well.
    """
    limits: dict[str, int] = {}
    for outing in outings:
        length = -(-(outing.closes - outing.opens) // HOUR) * HOUR
        if outing.unit.mode is Access.FOOT:
            length = min(length, means.walking)
        mode = outing.unit.mode.value
        limits[mode] = max(length, limits.get(mode, 0))
    if means.van_walk and Access.VAN.value in limits:
        foot = Access.FOOT.value
        limits[foot] = max(means.van_walk, limits.get(foot, 0))
    return limits


def _sites(
    outings: tuple[Outing, ...],
    options: Mapping[str, Pairs],
    promises: list[Promise],
    zones: Mapping[str, Zone],
) -> list[Site]:
    """Bases, zones and places of promises, each once."""
    sites = [
        Site(base_key(outing, base), base.lon, base.lat, frozenset({outing.unit.mode.value}))
        for outing in outings
        for base in dict.fromkeys((outing.unit.start, outing.unit.end))
    ]
    named = [*options, *(promise.zone for promise in promises if promise.zone)]
    sites += [
        Site(code, *zones[code].stopping_place(), MODES[zones[code].access])
        for code in dict.fromkeys(named)
    ]
    sites += [
        Site(promise.key, promise.place.lon, promise.place.lat, MODES[Access.FOOT])
        for promise in promises
        if promise.place is not None
    ]
    return sites


def _refuse_off_road(outings: tuple[Outing, ...], promises: list[Promise], sites: Sites) -> None:
    for outing in outings:
        for base in (outing.unit.start, outing.unit.end):
            if (metres := sites.off.get(base_key(outing, base))) is not None:
                raise InputError("base_off_network", unit=outing.unit.name, metres=metres)
    for promise in promises:
        if (metres := sites.off.get(promise.zone or promise.key)) is not None:
            raise InputError("promise_off_network", promise=promise.key, metres=metres)


def _refuse_forced(inputs: NightInputs, unplanned: list[Unplanned]) -> None:
    for each in unplanned:
        if each.visit in inputs.forced:
            raise InfeasibleError("zone_forced_impossible", zone=each.visit, reason=each.reason)


def _zone_visit(
    zone: Zone,
    inputs: NightInputs,
    outings: tuple[Outing, ...],
    sites: Sites,
    options: Pairs,
) -> Visit:
    here = {outing.unit.code for outing in outings if zone.province_code in outing.unit.territory}
    if zone.code in inputs.assigned:
        here &= {inputs.assigned[zone.code]}
    return zone_visit(
        zone,
        sites.row[zone.code],
        tuple(option for option, _ in options),
        required=zone.code in inputs.forced,
        only=frozenset(here),
        never=inputs.forbidden.get(zone.code, frozenset()),
    )


def _kits(promise: Promise, inputs: NightInputs, hours: Presence, means: Means) -> int:
    """Kits for those expected where and when something is promised; mediation hands out none."""
    if promise.zone is None or promise.kind is Kind.MEDIATION:
        return 0
    opens, closes = promised_hours(promise, inputs.night)
    known = hours.get(promise.zone, NOBODY)
    met = mean_between(known, inputs.night, opens, max(closes, opens + 1))
    return means.kits_for_persons(met.expected)


def _promise_visit(  # noqa: PLR0917
    promise: Promise,
    inputs: NightInputs,
    zones: Mapping[str, Zone],
    sites: Sites,
    now: datetime,
    kits: int,
) -> Visit:
    if promise.zone in inputs.closures:
        raise InfeasibleError("promise_zone_closed", promise=promise.key, zone=promise.zone)
    zone = zones[promise.zone] if promise.zone else None
    place = sites.row[promise.zone or promise.key]
    night = inputs.night
    return promise_visit(promise, zone, place, night, night.seconds(now), kits)
