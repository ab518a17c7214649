"""The itinerary: one unit's route as its crew reads it, with times, roads and lines.

It names zones by code and is for the crew alone, until it expires after the shift.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

import numpy as np
import shapely

from geo import travel
from geo.errors import InputError, MissingError
from geo.network import RoadNetwork
from geo.night import HOUR, ROME, Night
from geo.zones import Access
from routing.passes import Counting, number_of, zone_of
from routing.plan import Plan, Route, Stop
from routing.prepare import Prepared
from routing.problem import Kind
from routing.units import Outing

FORMAT = 1
"""Version of what `Itinerary.to_dict` writes."""

EXPIRES_AFTER = 2 * HOUR
"""Seconds after the end of the shift in which the itinerary can still be read."""

DECIMALS = 6
"""Of degrees in a line: about 10 cm."""


@dataclass(frozen=True)
class Leg:
    """The way to a stop, or home: its time and length, the roads to go by, its line.

    `line`: (longitude, latitude) pairs, EPSG:4326; empty where the crew is there already.
    `walk`/`walk_metres`: the part on foot, which is all of it from a parked van to the next
    zone, or the way back to the van, before the drive.
    """

    seconds: int
    metres: int
    roads: tuple[str, ...]
    line: tuple[tuple[float, float], ...]
    walk: int = 0
    walk_metres: int = 0

    @property
    def drive(self) -> int:
        """Seconds that the unit drives (all of them for a unit on foot)."""
        return self.seconds - self.walk

    @property
    def driven_metres(self) -> int:
        """Metres that the unit drives."""
        return self.metres - self.walk_metres

    @property
    def minutes(self) -> int:
        """Whole minutes, rounded up."""
        return -(-self.seconds // 60)

    @property
    def kilometres(self) -> float:
        """Kilometres with one decimal."""
        return round(self.metres / 1000, 1)


@dataclass(frozen=True)
class ItineraryStop:
    """One visit: `arrival`, `begin`, `departure` aware (Europe/Rome), and what to know.

    `key` of the visit; `zone`: its code; `place`: the name of a promise's spot where it is
    no zone. `access`: how people are reached there. `shortened`: less than the usual time.
    `languages`: the crew speaks at least one of them. `mediator`: the visit needs one.
    `ordinances`: hours in which an order is in force there tonight. `kits`: those to hand out
    there, None where the unit's are not counted.
    """

    key: str
    kind: Kind
    zone: str | None
    place: str | None
    arrival: datetime
    begin: datetime
    departure: datetime
    leg: Leg
    access: Access | None
    shortened: bool
    discreet: bool
    languages: tuple[str, ...]
    mediator: bool
    ordinances: tuple[str, ...] = ()
    on_foot: bool = False
    """Reached on foot, the van stays where it is."""
    kits: int | None = None

    @property
    def passing(self) -> int:
        """Which pass of its zone this is on a count night, from 1."""
        return number_of(self.key) if self.kind is Kind.ZONE else 1


@dataclass(frozen=True)
class Rest:
    """The pause: taken before the visit of stop number `before` (or, if that is the number
    of stops, before the way home), after the drive to it when `on_arrival`."""

    begins: datetime
    ends: datetime
    before: int
    on_arrival: bool


@dataclass(frozen=True)
class Itinerary:
    """A unit's night from base to base; times aware (Europe/Rome).

    `counting`: on a count night, on which persons are only seen.
    """

    night: Night
    unit: str
    unit_name: str
    mode: Access
    start: str
    departure: datetime
    stops: tuple[ItineraryStop, ...]
    pause: Rest | None
    way_home: Leg
    home: datetime
    end: str
    expires_at: datetime
    synthetic: bool
    counting: Counting | None = None

    @property
    def legs(self) -> tuple[Leg, ...]:
        """The way to each stop and the way home."""
        return (*(stop.leg for stop in self.stops), self.way_home)

    @property
    def kits(self) -> int | None:
        """Kits that the stops use up; None where they are not counted."""
        counted = [stop.kits for stop in self.stops if stop.kits is not None]
        return sum(counted) if counted else None

    @property
    def driving_minutes(self) -> int:
        """Minutes on the road, rounded up; walks from a van do not count."""
        return -(-sum(leg.drive for leg in self.legs) // 60)

    @property
    def kilometres(self) -> float:
        """Kilometres on the road with one decimal."""
        return round(sum(leg.driven_metres for leg in self.legs) / 1000, 1)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON: moments in ISO 8601 with their offset."""
        return {"format": FORMAT, **_plain(asdict(self)), "night": self.night.date.isoformat()}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Itinerary:
        """What `to_dict` wrote. Raises InputError `itinerary_format`, `itinerary_unreadable`."""
        if given.get("format") != FORMAT:
            raise InputError("itinerary_format", expected=FORMAT, got=given.get("format"))
        try:
            pause = given["pause"]
            return cls(
                night=Night(date.fromisoformat(given["night"])),
                unit=given["unit"],
                unit_name=given["unit_name"],
                mode=Access(given["mode"]),
                start=given["start"],
                departure=_moment(given["departure"]),
                stops=tuple(_stop(stop) for stop in given["stops"]),
                pause=None if pause is None else _rest(pause),
                way_home=_leg(given["way_home"]),
                home=_moment(given["home"]),
                end=given["end"],
                expires_at=_moment(given["expires_at"]),
                synthetic=given["synthetic"],
                counting=_counting(given.get("counting")),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InputError("itinerary_unreadable", reason=type(error).__name__) from error


def itineraries(prepared: Prepared, plan: Plan, network: RoadNetwork) -> dict[str, Itinerary]:
    """The itinerary of every unit that has a route in the plan, by unit code."""
    return {route.unit: itinerary(prepared, route, network) for route in plan.routes}


def itinerary(prepared: Prepared, route: Route, network: RoadNetwork) -> Itinerary:
    """A route of the plan of `prepared` on the network that it was prepared on.

    Raises MissingError `unit_unknown`, and InputError `itinerary_disagrees` (unit, visit,
    expected, got) where the network's ways or the route's clock do not give the plan's times.
    """
    outing = _outing(prepared, route.unit)
    night, unit = prepared.night, outing.unit
    legs = _legs(prepared, route, network)
    _refuse_disagreement(route, legs, _pause_length(prepared, route))
    return Itinerary(
        night=night,
        unit=unit.code,
        unit_name=unit.name,
        mode=unit.mode,
        start=unit.start.name,
        departure=night.at(route.departure),
        stops=tuple(
            _itinerary_stop(prepared, stop, leg, counted=unit.kits is not None)
            for stop, leg in zip(route.stops, legs[:-1], strict=True)
        ),
        pause=_itinerary_rest(prepared, route),
        way_home=legs[-1],
        home=night.at(route.home),
        end=unit.end.name,
        expires_at=night.at(outing.closes + EXPIRES_AFTER),
        synthetic=unit.synthetic,
        counting=prepared.inputs.counting,
    )


def _outing(prepared: Prepared, unit: str) -> Outing:
    for outing in prepared.inputs.outings:
        if outing.unit.code == unit:
            return outing
    raise MissingError("unit_unknown", unit=unit)


def _legs(prepared: Prepared, route: Route, network: RoadNetwork) -> list[Leg]:
    """The ways to each stop and home: driven, on foot from the van, or back to it and driven."""
    problem = prepared.problem
    shift = problem.shift_by_key[route.key]
    place = [problem.visit(stop.visit).place for stop in route.stops]
    driven = [number for number, stop in enumerate(route.stops) if not stop.on_foot]
    rows = [shift.start, *(place[number] for number in driven), shift.end]
    drives = _ways(prepared, network, shift.mode, rows)
    legs: list[Leg] = [drives[0]] if driven else []
    for index, number in enumerate(driven):
        end = driven[index + 1] if index + 1 < len(driven) else len(route.stops)
        there = place[number:end]
        walks = _ways(prepared, network, "foot", [*there, there[0]]) if len(there) > 1 else []
        legs += [_on_foot(way) for way in walks[:-1]]
        legs.append(_joined(walks[-1], drives[index + 1]) if walks else drives[index + 1])
    return legs or drives


def _ways(prepared: Prepared, network: RoadNetwork, mode: str, rows: Sequence[int]) -> list[Leg]:
    """The ways along rows of the matrices, one after the other."""
    spots = [prepared.sites.spot[mode][row] for row in rows]
    return [
        Leg(way.seconds, way.metres, way.roads, _line(way.geometry))
        for way in travel.legs(network, prepared.sites.places[mode], spots, mode)
    ]


def _on_foot(way: Leg) -> Leg:
    return replace(way, walk=way.seconds, walk_metres=way.metres)


def _joined(back: Leg, drive: Leg) -> Leg:
    """Back to the van on foot, and on."""
    return Leg(
        back.seconds + drive.seconds,
        back.metres + drive.metres,
        drive.roads,
        back.line + drive.line,
        walk=back.seconds,
        walk_metres=back.metres,
    )


def _line(geometry: shapely.LineString) -> tuple[tuple[float, float], ...]:
    points = np.round(shapely.get_coordinates(geometry), DECIMALS).tolist()
    return tuple((lon, lat) for lon, lat in points)


def _pause_length(prepared: Prepared, route: Route) -> int:
    pause = prepared.problem.shift_by_key[route.key].pause
    return pause.length if pause and route.pause is not None else 0


def _refuse_disagreement(route: Route, legs: list[Leg], rest: int) -> None:
    """The ways on the road and the times of the plan must be the same numbers."""
    planned = [
        (stop.visit, stop.drive + stop.walk, stop.metres + stop.walk_metres, stop.arrival)
        for stop in route.stops
    ]
    home = (route.drive_home + route.walk_home, route.metres_home + route.walk_metres_home)
    planned.append(("home", *home, route.home))
    left = [route.departure, *(stop.departure for stop in route.stops)]
    for index, (visit, drive, metres, arrival) in enumerate(planned):
        leg = legs[index]
        arrivals = {left[index] + leg.seconds}
        if index == route.pause_before and route.pause is not None:
            # The pause lies after the drive, or before it: then the drive begins at its end.
            arrivals.add(route.pause + rest + leg.drive)
        if (leg.seconds, leg.metres) != (drive, metres) or arrival not in arrivals:
            raise InputError(
                "itinerary_disagrees",
                unit=route.unit,
                visit=visit,
                expected=(drive, metres, arrival),
                got=(leg.seconds, leg.metres, max(arrivals)),
            )


def _itinerary_stop(prepared: Prepared, stop: Stop, leg: Leg, *, counted: bool) -> ItineraryStop:
    night, visit = prepared.night, prepared.problem.visit(stop.visit)
    promise = next((p for p in prepared.inputs.promises if p.key == stop.visit), None)
    code = promise.zone if promise else zone_of(visit.key)
    zone = next((zone for zone in prepared.inputs.zones if zone.code == code), None)
    return ItineraryStop(
        key=visit.key,
        kind=visit.kind,
        zone=code,
        place=promise.place.name if promise and promise.place else None,
        arrival=night.at(stop.arrival),
        begin=night.at(stop.begin),
        departure=night.at(stop.departure),
        leg=leg,
        access=zone.access if zone else None,
        shortened=visit.options[stop.option].service < max(o.service for o in visit.options),
        discreet=visit.discreet,
        languages=tuple(sorted(visit.languages)),
        mediator=bool(visit.skills),
        ordinances=prepared.inputs.ordinances.get(code or "", ()),
        on_foot=stop.on_foot,
        kits=visit.materials if counted else None,
    )


def _itinerary_rest(prepared: Prepared, route: Route) -> Rest | None:
    if route.pause is None or route.pause_before is None:
        return None
    arrivals = [*(stop.arrival for stop in route.stops), route.home]
    return Rest(
        begins=prepared.night.at(route.pause),
        ends=prepared.night.at(route.pause + _pause_length(prepared, route)),
        before=route.pause_before,
        on_arrival=route.pause >= arrivals[route.pause_before],
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, Kind | Access) else value


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(ROME)


def _leg(given: Mapping[str, Any]) -> Leg:
    line = tuple((float(lon), float(lat)) for lon, lat in given["line"])
    walk = (given.get("walk", 0), given.get("walk_metres", 0))
    return Leg(given["seconds"], given["metres"], tuple(given["roads"]), line, *walk)


def _counting(given: Mapping[str, Any] | None) -> Counting | None:
    return None if given is None else Counting(_moment(given["until"]), given["passes"])


def _rest(given: Mapping[str, Any]) -> Rest:
    return Rest(
        _moment(given["begins"]), _moment(given["ends"]), given["before"], given["on_arrival"]
    )


def _stop(given: Mapping[str, Any]) -> ItineraryStop:
    return ItineraryStop(
        **{
            **given,
            "kind": Kind(given["kind"]),
            "arrival": _moment(given["arrival"]),
            "begin": _moment(given["begin"]),
            "departure": _moment(given["departure"]),
            "leg": _leg(given["leg"]),
            "access": Access(given["access"]) if given["access"] else None,
            "languages": tuple(given["languages"]),
            "ordinances": tuple(given.get("ordinances", ())),
        }
    )
