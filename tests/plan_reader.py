"""An independent reader of `prossima plan --json`: the standard library and nothing of ours.

    python tests/plan_reader.py plan.json

It works out every claim of the file again, times, kilometres, windows, crews, reasons,
and lists what does not hold.
"""

from __future__ import annotations

import itertools
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

EARTH = 6_371_000.0


def moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    assert found.tzinfo is not None, f"{text} does not say its offset"
    return found


def line_metres(line: list[list[float]]) -> float:
    """Great-circle length of a line of longitude/latitude pairs."""
    total = 0.0
    for (lon1, lat1), (lon2, lat2) in itertools.pairwise(line):
        a, b = math.radians(lat1), math.radians(lat2)
        across = math.radians(lon2 - lon1)
        half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(across / 2) ** 2
        total += 2 * EARTH * math.asin(math.sqrt(half))
    return total


def findings(plan: dict[str, Any]) -> Iterator[str]:
    """Everything in the file that does not hold."""
    units = {unit["code"]: unit for unit in plan["units"]}
    visits = {visit["key"]: visit for visit in plan["visits"]}
    if moment(plan["begins"]).hour != 12 or moment(plan["ends"]).hour != 12:
        yield "the night does not run from noon to noon"
    for route in plan["routes"]:
        if route["unit"] not in units:
            yield f"{route['unit']} is no unit of this night"
            continue
        yield from route_findings(units[route["unit"]], visits, route["itinerary"])
    yield from coverage_findings(plan, visits)


def coverage_findings(plan: dict[str, Any], visits: dict[str, Any]) -> Iterator[str]:
    """Every visit is either driven once or left out with a reason."""
    driven = Counter(stop["key"] for r in plan["routes"] for stop in r["itinerary"]["stops"])
    routed = Counter(route["unit"] for route in plan["routes"])
    left_out = {one["visit"]: one for one in plan["left_out"]}
    known = {*visits, *plan["zones"]}
    yield from (f"{key} is visited {n} times" for key, n in driven.items() if n > 1)
    yield from (f"{unit} has {n} routes" for unit, n in routed.items() if n > 1)
    yield from (f"{key} is not explained" for key in known if key not in {*driven, *left_out})
    yield from (f"{key} is both visited and left out" for key in driven if key in left_out)
    for key, visit in visits.items():
        if visit["required"] and key not in driven:
            yield f"{key} was promised and is not visited"
    for key, one in left_out.items():
        if not one["reason"] or len(one["sentence"]) < 10 or "{" in one["sentence"]:
            yield f"{key} is left out without a reason"
    planned = {(r["unit"], s["visit"]) for r in plan["plan"]["routes"] for s in r["stops"]}
    shown = {(r["unit"], s["key"]) for r in plan["routes"] for s in r["itinerary"]["stops"]}
    if planned != shown:
        yield "the plan and its itineraries differ"
    earned = sum(stop["value"] for route in plan["plan"]["routes"] for stop in route["stops"])
    if earned != plan["plan"]["value"]:
        yield f"the values add up to {earned}, not {plan['plan']['value']}"


def route_findings(
    unit: dict[str, Any], visits: dict[str, Any], it: dict[str, Any]
) -> Iterator[str]:
    """Times, ways, limits and crew of one unit."""
    who = unit["code"]
    if len(unit["crew"]) < 2:
        yield f"{who} goes out alone"
    if moment(it["departure"]) < moment(unit["shift"]["opens"]):
        yield f"{who} leaves before its shift"
    if moment(it["home"]) > moment(unit["shift"]["closes"]):
        yield f"{who} is home after its shift"
    legs = [*(stop["leg"] for stop in it["stops"]), it["way_home"]]
    yield from way_findings(who, legs)
    driven = sum(leg["metres"] - leg["walk_metres"] for leg in legs)
    if unit["kilometres"] and driven > unit["kilometres"] * 1000:
        yield f"{who} drives too far"
    if unit["driving_minutes"]:
        most = unit["driving_minutes"] * 60
        if sum(leg["seconds"] - leg["walk"] for leg in legs) > most:
            yield f"{who} drives too long"
    kits = sum(visits[s["key"]]["kits"] for s in it["stops"] if s["key"] in visits)
    if unit["kits"] is not None and kits > unit["kits"]:
        yield f"{who} hands out more kits than it has"
    yield from clock_findings(unit, it, legs)
    for stop in it["stops"]:
        if stop["key"] not in visits:
            yield f"{who}: {stop['key']} is no visit of this night"
            continue
        yield from stop_findings(unit, visits[stop["key"]], stop)


def way_findings(who: str, legs: list[dict[str, Any]]) -> Iterator[str]:
    """Lines join, and a way is as long as it says or a little longer than its line."""
    lines = [leg["line"] for leg in legs if leg["line"]]
    for before, after in itertools.pairwise(lines):
        if line_metres([before[-1], after[0]]) > 1:
            yield f"{who}: a way does not begin where the last one ends"
    for leg in legs:
        if line_metres(leg["line"]) > leg["metres"] * 1.01 + 10:
            yield f"{who}: a way is longer than it says"
        if leg["metres"] > 0 and leg["seconds"] > 0 and leg["metres"] / leg["seconds"] > 36:
            yield f"{who}: a way is driven faster than 130 km/h"


def clock_findings(
    unit: dict[str, Any], it: dict[str, Any], legs: list[dict[str, Any]]
) -> Iterator[str]:
    """Each arrival is the departure before it plus the drive, plus the rest if any."""
    rest, at = timedelta(0), None
    if it["pause"]:
        begins, ends = moment(it["pause"]["begins"]), moment(it["pause"]["ends"])
        rest, at = ends - begins, it["pause"]["before"]
        if rest != timedelta(minutes=unit["pause"]["minutes"]):
            yield f"{unit['code']} rests for another time than agreed"
    left = moment(it["departure"])
    arrivals = [*(stop["arrival"] for stop in it["stops"]), it["home"]]
    for number, (leg, arrival) in enumerate(zip(legs, arrivals, strict=True)):
        expected = left + timedelta(seconds=leg["seconds"])
        if number == at and not it["pause"]["on_arrival"]:
            expected += rest
        if moment(arrival) != expected and not (number == at and number == len(it["stops"])):
            yield f"{unit['code']} arrives at stop {number + 1} at {arrival}, not {expected}"
        if number < len(it["stops"]):
            stop = it["stops"][number]
            earliest = expected + (rest if number == at and it["pause"]["on_arrival"] else rest * 0)
            if moment(stop["begin"]) < earliest:
                yield f"{unit['code']} begins stop {number + 1} before it can"
            left = moment(stop["departure"])


def stop_findings(
    unit: dict[str, Any], visit: dict[str, Any], stop: dict[str, Any]
) -> Iterator[str]:
    """The visit is served in one of its windows by a crew that suits it."""
    where = f"{unit['code']} at {visit['key']}"
    begin, stay = moment(stop["begin"]), moment(stop["departure"]) - moment(stop["begin"])
    if not any(
        moment(option["opens"]) <= begin <= moment(option["closes"])
        and stay == timedelta(minutes=option["service_minutes"])
        for option in visit["options"]
    ):
        yield f"{where}: in none of its windows, or not for its time"
    spoken = {language for member in unit["crew"] for language in member["languages"]}
    if visit["languages"] and not spoken & set(visit["languages"]):
        yield f"{where}: nobody speaks the language"
    if not set(visit["skills"]) <= {member["role"] for member in unit["crew"]}:
        yield f"{where}: a role is missing"
    if unit["mode"] not in visit["modes"]:
        yield f"{where}: comes the wrong way"
    if visit["discreet"] and not unit["unmarked"]:
        yield f"{where}: asks for a unit without signs"
    if visit["only"] is not None and unit["code"] not in visit["only"]:
        yield f"{where}: is another unit's"
    if unit["code"] in visit["never"]:
        yield f"{where}: is kept away from it"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        found = list(findings(json.load(file)))
    print("\n".join(found) or "everything holds")
    sys.exit(bool(found))
