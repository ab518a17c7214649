"""The week as a picture: zones by night, who goes there, and how far behind each is then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from data.texts import Texts
from geo.night import Night
from geo.zones import Zone
from layers.palette import Sign
from layers.shades import themed
from routing.coverage import Standing, standing
from routing.plan import Plan
from routing.prepare_week import PreparedWeek
from screens.pictures import MARKS


@dataclass(frozen=True)
class ZoneWeek:
    """One zone in a week. `before`: days since the last visit on the first night, None for
    never. `days` and `units` by night: days since the last visit once it is over, and who
    comes with the second of the night. Nights are numbers from the first."""

    zone: Zone
    last: date | None
    before: int | None
    days: tuple[int | None, ...]
    visits: Mapping[int, tuple[str, int]]

    @property
    def debts(self) -> tuple[float | None, float | None]:
        """Coverage debt on the first night and after the last."""
        target = self.zone.revisit_days
        return tuple(  # type: ignore[return-value]
            None if days is None else days / target for days in (self.before, self.days[-1])
        )

    @property
    def standings(self) -> tuple[Standing, ...]:
        """Before the week, then at the end of each night."""
        return tuple(standing(days, self.zone.revisit_days) for days in (self.before, *self.days))


def zone_weeks(week: PreparedWeek, plan: Plan) -> tuple[ZoneWeek, ...]:
    """Every zone of the units' territories: the most behind first, of those the visited."""
    zones: dict[str, Zone] = {}
    last: dict[str, date] = {}
    for prepared in week.nights.values():
        given = prepared.inputs
        reach = {code for outing in given.outings for code in outing.unit.territory}
        zones |= {zone.code: zone for zone in given.zones if zone.province_code in reach}
        for code, day in given.last_visits.items():
            if day < week.first.date:
                last[code] = max(day, last.get(code, day))
    visits: dict[str, dict[int, tuple[str, int]]] = {}
    for route in plan.routes:
        for stop in route.stops:
            visits.setdefault(stop.visit, {})[route.night] = (route.unit, stop.begin)
    found = []
    for code, zone in zones.items():
        made, seen = visits.get(code, {}), last.get(code)
        before = None if seen is None else (week.first.date - seen).days
        days: list[int | None] = []
        for number in range(week.count):
            night = week.first + number
            seen = night.date if number in made else seen
            days.append(None if seen is None else (night.date - seen).days)
        found.append(ZoneWeek(zone, last.get(code), before, tuple(days), made))
    order = {one: place for place, one in enumerate(reversed(Standing))}
    return tuple(
        sorted(found, key=lambda one: (order[one.standings[0]], not one.visits, one.zone.code))
    )


def nights_picture(
    t: Texts,
    description: str,
    rows: Sequence[tuple[str, ZoneWeek]],
    *,
    first: Night,
    signs: Mapping[str, Sign],
) -> Markup:
    """A column for the time before the week and one a night; a row a zone.

    The colour is the standing when the night is over; a badge says which unit comes. Above
    stand the zones by standing, so that the debt before and after meets the eye.
    """
    colours = themed().weeks
    count = len(rows[0][1].days)
    days = [f"{t.weekday((first + n).weekday)} {(first + n).date.day}" for n in range(count)]
    heads = [t("before"), *days]
    head = Markup().join(Markup("<span>{}</span>").format(text) for text in heads)
    stacks = Markup().join(_stack(t, rows, n) for n in range(count + 1))
    lines = Markup().join(
        Markup('<div class="p-week-name">{}</div>{}').format(
            name,
            Markup().join(
                _cell(t, one, number, head=heads[number], colours=colours, signs=signs)
                for number in range(count + 1)
            ),
        )
        for name, one in rows
    )
    return Markup(
        '<div class="p-weeks-box" tabindex="0" role="region" aria-label="{0}">'
        '<div class="p-weeks" style="--weeks:{1}" role="img" aria-label="{0}">'
        '<div class="p-week-name"></div>{2}<div class="p-week-name p-week-head"></div>'
        '<div class="p-week-heads">{3}</div>{4}</div></div>'
    ).format(description, count + 1, stacks, head, lines)


def _cell(t, one, number, *, head, colours, signs) -> Markup:  # type: ignore[no-untyped-def]
    now = one.standings[number]
    shade = colours[now.value]
    visit = one.visits.get(number - 1)
    label = f"{head}: {t.word(now)}"
    if visit is None:
        body = Markup("{}").format(MARKS.get(now, ""))
    else:
        sign = signs[visit[0]]
        label = t("{night}: visited by {unit}", night=head, unit=visit[0])
        body = Markup('<b class="p-badge" style="background:{};color:{}">{}</b>').format(
            sign.colour, sign.ink, sign.letter
        )
    return Markup(
        '<span class="p-week p-{}" style="background:{};color:{}" title="{}">{}</span>'
    ).format(now.value, shade.colour, shade.ink, label, body)


def _stack(t: Texts, rows: Sequence[tuple[str, ZoneWeek]], number: int) -> Markup:
    colours = themed().weeks
    found = [one.standings[number] for _, one in rows]
    parts = Markup().join(
        Markup('<i class="p-{}" style="height:{:.2f}%;background:{}" title="{}: {}"></i>').format(
            each.value,
            100 * found.count(each) / len(found),
            colours[each.value].colour,
            t.word(each),
            found.count(each),
        )
        for each in reversed(Standing)
        if each in found
    )
    return Markup('<span class="p-stack">{}</span>').format(parts)
