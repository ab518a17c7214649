"""A night's plan as a document that needs no other: JSON, GeoJSON and GPX.

The JSON is complete: from it alone a reader can check every time, kilometre, window,
language and reason. It is also what the store keeps. Zones are named by code. Nothing is
written that says who made the file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import UTC
from pathlib import Path
from typing import Any, Protocol

import gpxpy.gpx
import numpy as np

from data.sheets import beside
from geo.network import RoadNetwork
from geo.night import MINUTE, Night
from routing.itinerary import Itinerary, Leg, itineraries
from routing.plan import Plan
from routing.prepare import Prepared
from routing.problem import Option, Visit
from routing.units import Outing

FORMAT = 1
"""Version of the document."""

KIND = "prossima-plan"


class Reasoned(Protocol):
    """Why a visit is not in the plan: a code of `data.messages` and its fields."""

    @property
    def visit(self) -> str: ...

    @property
    def reason(self) -> str: ...

    @property
    def fields(self) -> Mapping[str, object]: ...


def plan_document(
    prepared: Prepared, plan: Plan, left_out: Iterable[Reasoned], network: RoadNetwork
) -> dict[str, Any]:
    """The whole of a night's plan in plain values.

    `left_out`: the explanation of every visit that the plan lacks, and what was not in
    the problem at all. Moments are ISO 8601 with their offset, lengths metres, times
    seconds or named otherwise, coordinates EPSG:4326.
    """
    night = prepared.night
    driven = itineraries(prepared, plan, network)
    whole = {
        "kind": KIND,
        "format": FORMAT,
        "synthetic": any(outing.unit.synthetic for outing in prepared.inputs.outings),
        "night": night.date.isoformat(),
        "begins": night.start.isoformat(),
        "ends": night.end.isoformat(),
        "network": {
            "name": network.name,
            "source": network.source,
            "licence": network.licence,
            "fingerprint": network.fingerprint,
        },
        "units": [_unit(night, outing) for outing in prepared.inputs.outings],
        "zones": [zone.code for zone in prepared.inputs.zones],
        "visits": [_visit(night, visit) for visit in prepared.problem.visits],
        "thin": sorted(
            code for code, needs in prepared.needs.items() if any(one.thin for one in needs)
        ),
        "routes": [
            {"unit": unit, "itinerary": itinerary.to_dict()} for unit, itinerary in driven.items()
        ],
        "left_out": [
            {"visit": one.visit, "reason": one.reason, "fields": one.fields}
            for one in sorted(left_out, key=lambda one: one.visit)
        ],
        "plan": plan.to_dict(),
    }
    return _plain(whole)


def sentence_fields(left_out: Mapping[str, Any]) -> dict[str, Any]:
    """What fills the sentence of a visit left out; plans kept from before name one unit only."""
    return {"there": left_out["fields"].get("unit")} | left_out["fields"]


def as_json(document: Mapping[str, Any], say: Callable[..., str] | None = None) -> str:
    """The document as JSON text; `say(code, **fields)` adds a sentence to every reason."""
    if say:
        said = [
            {**one, "sentence": say(one["reason"], **sentence_fields(one))}
            for one in document["left_out"]
        ]
        document = {**document, "left_out": said}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def as_geojson(document: Mapping[str, Any]) -> str:
    """The routes as GeoJSON: a line for each leg, a point for each stop."""
    features = [
        feature
        for route in document["routes"]
        for feature in _features(Itinerary.from_dict(route["itinerary"]))
    ]
    collection = {
        "type": "FeatureCollection",
        "night": document["night"],
        "synthetic": document["synthetic"],
        "features": features,
    }
    return json.dumps(collection, ensure_ascii=False, indent=1) + "\n"


def as_gpx(document: Mapping[str, Any]) -> str:
    """The routes as GPX 1.1: one track a unit, its stops as waypoints named by zone code."""
    return gpx_of(Itinerary.from_dict(route["itinerary"]) for route in document["routes"])


def gpx_of(itineraries: Iterable[Itinerary]) -> str:
    """The same of some itineraries."""
    gpx = gpxpy.gpx.GPX()
    gpx.creator = "Prossima"
    for itinerary in itineraries:
        track = gpxpy.gpx.GPXTrack(name=itinerary.unit)
        points = [point for leg in itinerary.legs for point in leg.line]
        places = [gpxpy.gpx.GPXTrackPoint(lat, lon) for lon, lat in points]
        track.segments.append(gpxpy.gpx.GPXTrackSegment(places))
        gpx.tracks.append(track)
        for number, stop in enumerate(itinerary.stops, start=1):
            lon, lat = _spot(itinerary, number - 1)
            gpx.waypoints.append(
                gpxpy.gpx.GPXWaypoint(
                    latitude=lat,
                    longitude=lon,
                    name=f"{itinerary.unit} {number}: {stop.zone or stop.key}",
                    time=stop.begin.astimezone(UTC),
                )
            )
    return f"{gpx.to_xml(version='1.1')}\n"


def write_text(path: Path, text: str) -> None:
    """Write a file that appears whole or not at all, for its owner's eyes only."""
    with beside(path) as target:
        target.touch(mode=0o600)
        target.write_text(text, encoding="utf-8")


def _unit(night: Night, outing: Outing) -> dict[str, Any]:
    unit = outing.unit
    return {
        "code": unit.code,
        "name": unit.name,
        "mode": unit.mode.value,
        "territory": list(unit.territory),
        "shift": {
            "opens": night.at(outing.opens).isoformat(),
            "closes": night.at(outing.closes).isoformat(),
        },
        "start": asdict(unit.start),
        "end": asdict(unit.end),
        "crew": [
            {"role": member.role.value, "languages": sorted(member.languages)}
            for member in unit.crew.members
        ],
        "pause": asdict(unit.pause) if unit.pause else None,
        "driving_minutes": unit.driving_minutes,
        "kilometres": unit.kilometres,
        "unmarked": unit.unmarked,
        "kits": unit.kits,
    }


def _visit(night: Night, visit: Visit) -> dict[str, Any]:
    return {
        "key": visit.key,
        "kind": visit.kind.value,
        "required": visit.required,
        "options": [_option(night, option) for option in visit.options],
        "languages": sorted(visit.languages),
        "skills": sorted(visit.skills),
        "modes": sorted(visit.modes),
        "discreet": visit.discreet,
        "kits": visit.materials,
        "only": None if visit.only is None else sorted(visit.only),
        "never": sorted(visit.never),
    }


def _option(night: Night, option: Option) -> dict[str, Any]:
    return {
        "opens": night.at(option.opens).isoformat(),
        "closes": night.at(option.closes).isoformat(),
        "service_minutes": option.service / MINUTE,
        "value": option.value,
    }


def _features(itinerary: Itinerary) -> list[dict[str, Any]]:
    """A unit's legs as lines and stops as points."""
    names = [*(stop.zone or stop.key for stop in itinerary.stops), None]
    lines = [
        _feature(
            "LineString",
            list(leg.line),
            unit=itinerary.unit,
            leg=number,
            to=name,
            minutes=leg.minutes,
            kilometres=leg.kilometres,
            minutes_on_foot=-(-leg.walk // 60),
            roads=list(leg.roads),
        )
        for number, (leg, name) in enumerate(zip(itinerary.legs, names, strict=True), start=1)
        if len(leg.line) > 1
    ]
    points = [
        _feature(
            "Point",
            list(_spot(itinerary, number)),
            unit=itinerary.unit,
            stop=number + 1,
            visit=stop.zone or stop.key,
            kind=stop.kind.value,
            arrival=stop.arrival.isoformat(),
            begin=stop.begin.isoformat(),
            departure=stop.departure.isoformat(),
        )
        for number, stop in enumerate(itinerary.stops)
    ]
    return lines + points


def _feature(shape: str, coordinates: list[Any], **properties: object) -> dict[str, Any]:
    geometry = {"type": shape, "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _spot(itinerary: Itinerary, stop: int) -> tuple[float, float]:
    """Where on the road a stop is: the end of the way to it, or the beginning of the next."""
    legs: tuple[Leg, ...] = itinerary.legs
    ends = [leg.line[-1] for leg in legs[: stop + 1] if leg.line]
    begins = [leg.line[0] for leg in legs[stop + 1 :] if leg.line]
    return ends[-1] if ends else begins[0]


def _plain(values: Mapping[str, object]) -> dict[str, Any]:
    """The same as JSON has it: lists for tuples and sets, text for what it cannot say."""
    plain: dict[str, Any] = json.loads(json.dumps(values, default=_plain_value))
    return plain


def _plain_value(value: object) -> Any:
    match value:
        case set() | frozenset():
            return sorted(value)
        case Mapping():
            return dict(value)
        case np.generic():
            return value.item()
    return str(value)
