"""Attacks on published figures: what somebody who holds every release can work out.

The interval attack reads each published figure as a claim, "these places together lie
between so much and so much", and asks a linear program (HiGHS) for the least and the most
that every hidden figure can be. It knows the rules, the rounding and the thresholds.

    found = intervals(claims_of(releases))
    wrong = exposed(found)
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, vstack
from scipy.sparse.csgraph import connected_components

from geo.contacts import CONTACTED
from geo.month_facts import FUNNEL, PARTITIONS, SPLIT, Figure, PlaceFacts, combined
from geo.privacy import Kind, Published
from geo.release_rules import REPORTS, Rules, broken, rounded
from geo.release_tables import REGION, Counts

NARROWEST = 3
"""A hidden figure must be uncertain by at least so much."""

FEWEST = 4
"""Of one to so many persons it must not even be certain that there is one."""

Name = tuple[str, ...]
"""A place's ISTAT code, or a subject and code of a table."""


class Unknown(NamedTuple):
    """A true count that an attacker looks for: of a month, a figure and a place, or of a
    category of a table (`figure` is its subject)."""

    month: date
    figure: str
    name: Name


@dataclass(frozen=True)
class Claim:
    """What a published figure says: the sum of `plus` less that of `minus` lies between
    `low` and `high` (None: no limit), and each of `plus` is at most `each`. `shown`: the
    figure itself is published, so that its only unknown is no secret."""

    plus: tuple[Unknown, ...]
    low: int
    high: int | None
    minus: tuple[Unknown, ...] = ()
    shown: bool = True
    each: int | None = None


class Contradiction(ArithmeticError):
    """Published figures that cannot all be true: one of them was changed."""


class Interval(NamedTuple):
    """The least and the most that a count can be; `most` may be infinite. `hidden`: it is
    not itself published."""

    least: float
    most: float
    hidden: bool = True

    @property
    def width(self) -> float:
        """How uncertain it is."""
        return self.most - self.least


def claims_of(releases: Iterable[Published], everyone: Sequence[str]) -> list[Claim]:
    """All that releases by the rules say. `everyone`: ISTAT codes of the region.

    Figures with noise say nothing for certain and are left out. A count night is of other
    persons than the contacts of its month: give the two apart.
    """
    claims: list[Claim] = []
    for one in releases:
        if one.kind in (Kind.MONTH, Kind.NIGHT):
            claims += _of_cells(one)
            claims += _of_totals(one, everyone)
            claims += _of_tables(one)
            claims += _of_funnel(one)
        elif one.kind is Kind.COUNTS:
            claims += _of_counts(one, everyone)
    return claims


def intervals(claims: Sequence[Claim]) -> dict[Unknown, Interval]:
    """The interval of every count that any figure tells of.

    Counts that stand in the very same claims can stand for each other, so that each is
    known no better than between what the others leave over at their most (0 without a
    limit of each) and what they come to together; what is left is solved, one count of
    every independent part of the system at a time. Raises Contradiction.
    """
    classes, members = _classes(claims)
    matrix, low, high = _system(claims, classes, len(members))
    shown = {classes[c.plus[0]] for c in claims if c.shown and len(c.plus) == 1 and not c.minus}
    each = np.full(len(members), np.inf)
    for claim in claims:
        if claim.each is not None:
            alike = [classes[unknown] for unknown in claim.plus]
            each[alike] = np.minimum(each[alike], claim.each)
    size = np.array([len(alike) for alike in members])
    least, most = _extremes(matrix, low, high, each * size)
    with np.errstate(invalid="ignore"):  # none but one, without a limit: nothing is left over
        others = np.where(size == 1, 0.0, each * (size - 1))
    bottom, top = np.maximum(0, least - others), np.minimum(most, each)
    return {
        unknown: Interval(float(bottom[i]), float(top[i]), i not in shown or len(alike) > 1)
        for i, alike in enumerate(members)
        for unknown in alike
    }


@dataclass(frozen=True)
class Exposed:
    """A count that can be worked out too well."""

    unknown: Unknown
    interval: Interval


def exposed(
    found: Mapping[Unknown, Interval], truth: Mapping[Unknown, int] | None = None
) -> list[Exposed]:
    """The hidden counts whose interval is too narrow, and any that surely are a few.

    Without the `truth`, a count is one of a few when its least lies between 1 and FEWEST.
    """
    wrong = []
    for unknown, interval in found.items():
        few = interval.least
        if truth is not None:
            few = truth.get(unknown, 0) if interval.least >= 1 else 0
        narrow = interval.hidden and interval.width < NARROWEST
        if narrow or 1 <= few <= FEWEST:
            wrong.append(Exposed(unknown, interval))
    return wrong


def contradictions(releases: Iterable[Published]) -> int:
    """How many figures of one place and month were published twice with another count, and
    months that were published by the rules and with noise."""
    counts: dict[tuple[object, ...], set[int | None]] = defaultdict(set)
    kinds: dict[date, set[Kind]] = defaultdict(set)
    for one in releases:
        if one.kind in (Kind.MONTH, Kind.NOISY):
            kinds[one.month].add(one.kind)
        for cell in one.cells:
            for figure, count in cell.figures.items():
                counts[one.kind, one.month, cell.key, cell.members, figure].add(count)
        for figure, total in one.totals.items():
            counts[one.kind, one.month, figure].add(total)
        for table in one.tables:
            for key, count in table.rows:
                counts[one.kind, one.month, table.subject, key].add(count)
    twice = sum(len(found) > 1 for found in counts.values())
    return twice + sum(len(found) > 1 for found in kinds.values())


def unlawful(
    one: Published,
    districts: Mapping[str, str],
    facts: Mapping[str, PlaceFacts] | None = None,
    rules: Rules | None = None,
) -> int:
    """How many cells of a release by the rules break one.

    From the outside: a count under its threshold or not rounded, a municipality in two
    cells, a cell that is neither a municipality nor of one district, a total that is not
    the sum. With the exact `facts`, also every rule that a cell breaks. `rules`: those
    that it is held to, its own for None.
    """
    rules = rules or one.rules
    seen: set[str] = set()
    wrong = 0
    for cell in one.cells:
        bad = bool(seen & {*cell.members})
        seen |= {*cell.members}
        alone = cell.members == (cell.key,)
        bad |= not alone and any(districts.get(code) != cell.key for code in cell.members)
        bad |= any(
            count is not None
            and (count < rounded(rules.least(figure), rules.step) or count % rules.step != 0)
            for figure, count in cell.figures.items()
        )
        if facts is not None and one.kind is Kind.MONTH:
            exact = combined(facts[code] for code in cell.members if code in facts)
            bad |= bool(broken(exact, rules))
        wrong += bad
    for table in one.tables if one.kind is Kind.COUNTS else ():
        # Of complaints and cases no release may have a weaker threshold than theirs.
        least = max(table.least, REPORTS.least) if table.by_place else table.least
        step = max(table.step, REPORTS.step) if table.by_place else table.step
        wrong += sum(
            count is not None and (count < rounded(least, step) or count % step != 0)
            for _key, count in table.rows
        )
        if table.by_place and not one.place and one.cells:
            shown = _sums(table)
            wrong += any((n or 0) != shown[code] for code, n in table.of(REGION).items())
    if not one.place:
        sums = {f: sum(c.figures.get(f) or 0 for c in one.cells) for f in one.totals}
        wrong += any(one.totals[figure] != total for figure, total in sums.items())
    return wrong


def _of_cells(one: Published) -> Iterable[Claim]:
    rules = one.rules
    for cell in one.cells:
        for figure, count in cell.figures.items():
            unknown = tuple(Unknown(one.month, figure, (code,)) for code in cell.members)
            least = rules.least(figure)
            if count is None:
                yield Claim(unknown, 0, least - 1, shown=False)
            else:
                low, high = _before_rounding(count, rules.step)
                yield Claim(unknown, max(low, least), high)
        # Whoever was met first, or referred, was met: of the whole cell, which says the same
        # of each member, since any one of them may hold all that there is.
        everybody = tuple(Unknown(one.month, Figure.CONTACTS, (code,)) for code in cell.members)
        for part in (Figure.FIRST_CONTACTS, Figure.REFERRALS):
            if part in cell.figures:
                some = tuple(Unknown(one.month, part, (code,)) for code in cell.members)
                yield Claim(everybody, 0, None, some, shown=False)


def _of_totals(one: Published, everyone: Sequence[str]) -> Iterable[Claim]:
    """A total that is not the sum of what is shown must be that of the whole region."""
    if one.place or not one.cells:
        return  # a part of a release, which does not show all that the total is of
    for figure, total in one.totals.items():
        if total != sum(cell.figures.get(figure) or 0 for cell in one.cells):
            low, high = _before_rounding(total, one.rules.step)
            yield Claim(tuple(Unknown(one.month, figure, (c,)) for c in everyone), low, high)


def _of_tables(one: Published) -> Iterable[Claim]:
    for table in one.tables:
        rows = [(Unknown(one.month, table.subject, key), count) for key, count in table.rows]
        masked = sum(count is None for _unknown, count in rows)
        for unknown, count in rows:
            if count is not None:
                low, high = _before_rounding(count, table.step)
                yield Claim((unknown,), max(low, table.least), high)
            elif masked != 2:
                # Of two, one may have been masked only to keep the other company.
                yield Claim((unknown,), 0, table.least - 1, shown=False)
        # A municipality's part of a release does not show all the cells that a table is of.
        if table.subject in PARTITIONS and not one.place:
            figure = SPLIT.get(table.subject, Figure.CONTACTS)
            cells = [cell for cell in one.cells if cell.figures.get(figure) is not None]
            counted = tuple(
                Unknown(one.month, figure, (code,)) for cell in cells for code in cell.members
            )
            if counted:
                yield Claim(counted, 0, 0, tuple(unknown for unknown, _count in rows), shown=False)


def _of_funnel(one: Published) -> Iterable[Claim]:
    """Who was talked to, in the funnel, is who was contacted, in the table of kinds."""
    if one.table(FUNNEL) is not None and one.table("kind") is not None:
        met = Unknown(one.month, FUNNEL, ("met",))
        kinds = tuple(Unknown(one.month, "kind", (code.value,)) for code in sorted(CONTACTED))
        yield Claim((met,), 0, 0, kinds, shown=False)


def _of_counts(one: Published, everyone: Sequence[str]) -> Iterable[Claim]:
    """What the tables by place say: of a district also that each of those who are not shown
    alone has few, since it would be shown alone otherwise."""
    for table in one.tables:
        if not table.by_place:
            continue
        few = table.least - 1

        def unknowns(towns: Iterable[str], code: str, subject: str = table.subject):  # type: ignore[no-untyped-def]
            return tuple(Unknown(one.month, subject, (town, code)) for town in towns)

        for cell in one.cells:
            counts = table.of(cell.key)
            each = None if cell.members == (cell.key,) else few
            masked = sum(count is None for count in counts.values())
            for code, count in counts.items():
                places = unknowns(cell.members, code)
                if count is not None:
                    low, high = _before_rounding(count, table.step)
                    yield Claim(places, max(low, table.least), high, each=each)
                else:
                    # Of two, one may have been masked only to keep the other company.
                    most = None if masked == 2 else few
                    yield Claim(places, 0, most, shown=False, each=each)
        sums = _sums(table)
        for code, count in table.of(REGION).items():
            if one.masked:
                yield Claim(unknowns(one.masked, code), 0, None, shown=False, each=few)
            if not one.place and one.cells and (count or 0) != sums.get(code, 0):
                low, high = _before_rounding(count or 0, table.step)
                yield Claim(unknowns(everyone, code), low, high)


def _sums(table: Counts) -> Counter[str]:
    """What the cells of a table by place come to, by code."""
    sums: Counter[str] = Counter()
    for (place, *code), count in table.rows:
        if place != REGION:
            sums[" ".join(code)] += count or 0
    return sums


def _before_rounding(count: int, step: int) -> tuple[int, int]:
    """The least and the most that rounds to a count (`geo.release_rules.rounded`)."""
    return max(0, count - step // 2), count + (step - 1) // 2


def _classes(claims: Sequence[Claim]) -> tuple[dict[Unknown, int], list[list[Unknown]]]:
    """Counts that stand in the same claims on the same side, as one number each."""
    where: dict[Unknown, list[tuple[int, int]]] = defaultdict(list)
    for row, claim in enumerate(claims):
        for unknown in claim.plus:
            where[unknown].append((row, 1))
        for unknown in claim.minus:
            where[unknown].append((row, -1))
    numbers: dict[tuple[tuple[int, int], ...], int] = {}
    classes: dict[Unknown, int] = {}
    members: list[list[Unknown]] = []
    for unknown, rows in where.items():
        number = numbers.setdefault(tuple(rows), len(numbers))
        if number == len(members):
            members.append([])
        members[number].append(unknown)
        classes[unknown] = number
    return classes, members


def _system(claims: Sequence[Claim], classes: Mapping[Unknown, int], width: int):  # type: ignore[no-untyped-def]
    """The claims as `low <= matrix @ x <= high`."""
    entries: dict[tuple[int, int], int] = {}
    for row, claim in enumerate(claims):
        entries |= {(row, classes[unknown]): 1 for unknown in claim.plus}
        entries |= {(row, classes[unknown]): -1 for unknown in claim.minus}
    rows, columns = np.array([*entries]).reshape(-1, 2).T
    matrix = coo_array(([*entries.values()], (rows, columns)), shape=(len(claims), width)).tocsr()
    low = np.array([claim.low for claim in claims], float)
    high = np.array([np.inf if claim.high is None else claim.high for claim in claims], float)
    return matrix, low, high


def _extremes(matrix, low, high, limit):  # type: ignore[no-untyped-def]
    """(n,) least and most of every column, whole numbers, none above its limit."""
    width = matrix.shape[1]
    least, most = np.zeros(width), np.zeros(width)
    if not width:
        return least, most
    bounded = np.isfinite(high)
    below = vstack([matrix[bounded], -matrix], format="csr")
    limits = np.concatenate([high[bounded], -low])
    _count, part = connected_components(abs(matrix).T @ abs(matrix), directed=False)
    queues: dict[int, list[int]] = defaultdict(list)
    for column in range(width):
        queues[part[column]].append(column)
    # Stands for no limit at all.
    ceiling = float(high[bounded].sum() + limit[np.isfinite(limit)].sum()) + 1
    bounds = np.column_stack([np.zeros(width), np.minimum(limit, ceiling)])
    sizes = np.array([len(queues[each]) for each in part])
    going = np.arange(0)
    for turn in range(int(sizes.max())):
        # Parts that are done take no part any more.
        if len(left := np.flatnonzero(sizes > turn)) != len(going):
            going, place = left, np.cumsum(sizes > turn) - 1
            rows = np.flatnonzero(abs(below[:, going]).sum(axis=1))
            system = below[rows][:, going], limits[rows]
        chosen = np.array([queue[turn] for queue in queues.values() if turn < len(queue)])
        for sign, found in ((1, least), (-1, most)):
            goal = np.zeros(len(going))
            goal[place[chosen]] = sign
            solved = linprog(goal, *system, bounds=bounds[going], method="highs")
            if solved.x is None:
                raise Contradiction(solved.message)
            found[chosen] = solved.x[place[chosen]]
    least = np.ceil(least - 1e-6)
    most = np.where(most >= ceiling - 0.5, np.inf, np.floor(most + 1e-6))
    return least, most
