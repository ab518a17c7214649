"""A saved plan as the screen shows it: marks for the map, lanes for the timeline, rows.

Everything is read from the plan's own document, so that a plan of yesterday looks as it
did when it was made.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import shapely

from data.plans import PlanRecord
from data.texts import Texts
from geo.zones import Zone
from layers.marks import Mark
from layers.palette import Palette, Sign, signs
from routing.itinerary import Itinerary, ItineraryStop, Leg
from screens.charts import Block, Lane, Load
from screens.names import Named, language_name, stop_name, zone_title


@dataclass(frozen=True, eq=False)
class Shown:
    """A plan in one reader's words and colours. `zones` by code."""

    record: PlanRecord
    zones: Mapping[str, Zone]
    promises: Mapping[str, str]
    palette: Palette
    t: Texts

    @cached_property
    def units(self) -> Mapping[str, Mapping[str, Any]]:
        """What the plan knows of each unit that goes out, by code."""
        return {unit["code"]: unit for unit in self.record.document["units"]}

    @cached_property
    def signs(self) -> dict[str, Sign]:
        """Letter and colour of each unit."""
        return signs(tuple(self.units), self.palette)

    @cached_property
    def named(self) -> Named:
        """Names for the codes of this plan."""
        return Named({code: unit["name"] for code, unit in self.units.items()}, self.promises)

    @property
    def itineraries(self) -> Mapping[str, Itinerary]:
        """By unit code, in the order of the units."""
        return {
            code: self.record.itineraries[code]
            for code in self.units
            if code in self.record.itineraries
        }

    @cached_property
    def left_out(self) -> list[tuple[str, str]]:
        """Every visit that is not in the plan (key) and the sentence that says why."""
        return [
            (one["visit"], self.t.code(one["reason"], **self.named.fields(one["fields"])))
            for one in self.record.document["left_out"]
        ]

    @cached_property
    def costs(self) -> Mapping[str, int]:
        """Points that the plan loses at most when it takes a visit left out, by key."""
        priced = [one for one in self.record.document["left_out"] if "lost" in one["fields"]]
        return {
            one["visit"]: max(0, one["fields"]["lost"] - one["fields"]["value"]) for one in priced
        }

    def figures(self) -> list[tuple[str, str]]:
        """The plan in a few figures: (name, value)."""
        t, driven = self.t, self.itineraries.values()
        visited = sum(len(one.stops) for one in driven)
        possible = visited + len(self.near_left_out)
        plan = self.record.plan
        pairs = [
            (t("visits"), t("{used} of {most}", used=visited, most=possible)),
            (t("units out"), str(len(self.itineraries))),
            (t("on the road"), t.minutes(60 * sum(one.driving_minutes for one in driven))),
            (t("length"), t.kilometres(1000 * sum(one.kilometres for one in driven))),
            (t("value"), t.number(plan.value, 0)),
        ]
        if plan.bound is not None:
            pairs.append((t("at most possible"), t.number(plan.bound, 0)))
        return pairs

    def route_marks(self) -> list[Mark]:
        """One line a unit."""
        marks = []
        for code, itinerary in self.itineraries.items():
            geometry = way(itinerary)
            if not geometry.is_empty:
                text = self.t(
                    "{unit}: {count} stops, {length}",
                    unit=itinerary.unit_name,
                    count=len(itinerary.stops),
                    length=self.t.kilometres(itinerary.kilometres * 1000),
                )
                marks.append(Mark(geometry, text, sign=self.signs[code]))
        return marks

    def stop_marks(self) -> list[Mark]:
        """A numbered badge at each stop."""
        return [
            mark
            for code, itinerary in self.itineraries.items()
            for mark in stop_marks(self.t, itinerary, self.signs[code])
        ]

    def base_marks(self) -> list[Mark]:
        """The place each unit starts from."""
        return [
            Mark(
                shapely.Point(unit["start"]["lon"], unit["start"]["lat"]),
                f"{unit['name']}: {unit['start']['name']}",
                sign=self.signs[code],
            )
            for code, unit in self.units.items()
        ]

    def zone_marks(self) -> list[Mark]:
        """The stretches that are visited, in their unit's colour."""
        marks = []
        for code, itinerary in self.itineraries.items():
            for stop in itinerary.stops:
                zone = self.zones.get(stop.zone or "")
                if zone:
                    marks.append(
                        Mark(zone.geometry, zone_title(self.t, zone), sign=self.signs[code])
                    )
        return marks

    def left_out_marks(self) -> list[Mark]:
        """The zones of tonight's units that nobody visits, with the reason."""
        marks = []
        for key, sentence in self.near_left_out:
            zone = self.zones.get(key)
            if zone:
                title = zone_title(self.t, zone)
                marks.append(Mark(zone.geometry, title, (title, sentence)))
        return marks

    @cached_property
    def near_left_out(self) -> list[tuple[str, str]]:
        """`left_out` without the zones that lie in no unit's territory; what costs least first."""
        territory = {province for unit in self.units.values() for province in unit["territory"]}
        near = [
            (key, sentence)
            for key, sentence in self.left_out
            if key not in self.zones or self.zones[key].province_code in territory
        ]
        return sorted(near, key=lambda pair: (self.costs.get(pair[0], math.inf), pair[0]))

    def lanes(self) -> list[Lane]:
        """The night of each unit that goes out, those without a stop as well."""
        return [self._lane(code) for code in self.units]

    def _lane(self, code: str) -> Lane:
        unit, itinerary = self.units[code], self.itineraries.get(code)
        return Lane(
            sign=self.signs[code],
            name=unit["name"],
            opens=self._seconds(unit["shift"]["opens"]),
            closes=self._seconds(unit["shift"]["closes"]),
            blocks=self._blocks(itinerary) if itinerary else (),
        )

    def _blocks(self, itinerary: Itinerary) -> tuple[Block, ...]:
        night, t = self.record.night, self.t
        arrivals = [*(stop.arrival for stop in itinerary.stops), itinerary.home]
        blocks = [
            Block(
                "drive",
                night.seconds(arrival) - leg.seconds,
                night.seconds(arrival),
                t.minutes(leg.seconds),
            )
            for arrival, leg in zip(arrivals, itinerary.legs, strict=True)
            if leg.seconds
        ]
        blocks += [
            Block(
                "visit",
                night.seconds(stop.begin),
                night.seconds(stop.departure),
                f"{stop_name(t, stop)}, {t.clock(stop.begin)}–{t.clock(stop.departure)}",
                number,
            )
            for number, stop in enumerate(itinerary.stops, start=1)
        ]
        if rest := itinerary.pause:
            label = f"{t('Break')}, {t.clock(rest.begins)}–{t.clock(rest.ends)}"
            blocks.append(
                Block("pause", night.seconds(rest.begins), night.seconds(rest.ends), label)
            )
        return tuple(blocks)

    def loads(self, code: str) -> list[Load]:
        """How much of its shift and limits a unit uses."""
        t, unit, itinerary = self.t, self.units[code], self.itineraries[code]
        shift = self._seconds(unit["shift"]["closes"]) - self._seconds(unit["shift"]["opens"])
        out = self.record.night.seconds(itinerary.home) - self.record.night.seconds(
            itinerary.departure
        )
        driven, length = itinerary.driving_minutes, itinerary.kilometres
        most_minutes, most_length = unit["driving_minutes"], unit["kilometres"]

        def of(used: str, most: str | None) -> str:
            return t("{used} of {most}", used=used, most=most) if most else used

        return [
            Load(t("Shift"), out, shift, of(t.minutes(out), t.minutes(shift))),
            Load(
                t("Driving"),
                driven,
                most_minutes,
                of(t.minutes(driven * 60), t.minutes(most_minutes * 60) if most_minutes else None),
            ),
            Load(
                t("Road"),
                length,
                most_length,
                of(
                    t.kilometres(length * 1000),
                    t.kilometres(most_length * 1000) if most_length else None,
                ),
            ),
        ]

    def _seconds(self, moment: str) -> int:
        return self.record.night.seconds(datetime.fromisoformat(moment))


def way(itinerary: Itinerary) -> shapely.MultiLineString:
    """The whole way of an itinerary, EPSG:4326."""
    return shapely.MultiLineString([leg.line for leg in itinerary.legs if len(leg.line) > 1])


def stop_marks(t: Texts, itinerary: Itinerary, sign: Sign) -> list[Mark]:
    """A numbered badge where each visit is begun."""
    marks = []
    for number, (stop, spot) in enumerate(
        zip(itinerary.stops, spots(itinerary), strict=True), start=1
    ):
        title = f"{sign.letter}{number} · {stop_name(t, stop)}"
        hours = f"{t.clock(stop.begin)}–{t.clock(stop.departure)}"
        marks.append(
            Mark(spot, f"{title}, {hours}", (title, hours, leg_text(t, stop.leg)), sign, number)
        )
    return marks


def spots(itinerary: Itinerary) -> list[shapely.Point]:
    """Where on the road each stop is: the end of the way to it."""
    here = next((leg.line[0] for leg in itinerary.legs if leg.line), (0.0, 0.0))
    found = []
    for stop in itinerary.stops:
        here = stop.leg.line[-1] if stop.leg.line else here
        found.append(shapely.Point(here))
    return found


def leg_text(t: Texts, leg: Leg, most: int | None = None) -> str:
    """`12 min · 8,4 km · SP4, Via Aurelia`; the last `most` roads, for the eye that skims.

    Says what of it is on foot: from the parked van on, or back to it before the drive.
    """
    if not leg.seconds:
        return t("already there")
    roads = leg.roads if most is None or len(leg.roads) <= most else ("…", *leg.roads[-most:])
    if leg.walk and not leg.drive:
        ways = [t("{time} on foot, the van stays", time=t.minutes(leg.walk))]
        ways.append(t.kilometres(leg.walk_metres))
    else:
        ways = [t("{time} on foot to the van", time=t.minutes(leg.walk))] if leg.walk else []
        ways += [t.minutes(leg.drive), t.kilometres(leg.driven_metres)]
    parts = [*ways, ", ".join(roads)]
    return " · ".join(part for part in parts if part)


def stop_tags(t: Texts, stop: ItineraryStop) -> list[str]:
    """What the crew must know before it gets out."""
    tags = []
    if stop.passing > 1:
        tags.append(t("pass {number}", number=stop.passing))
    if stop.access:
        tags.append(t.word(stop.access))
    if stop.discreet:
        tags.append(t("discreet"))
    if stop.ordinances:
        tags.append(t("ordinance in force {hours}", hours=t.list(stop.ordinances)))
    if stop.languages:
        tags.append(t.list(language_name(t, code) for code in stop.languages))
    if stop.mediator:
        tags.append(t("with mediator"))
    if stop.shortened:
        tags.append(t("shortened"))
    if stop.kits:
        tags.append(t.plural("{count} kit", "{count} kits", stop.kits))
    return tags
