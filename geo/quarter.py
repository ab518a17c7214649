"""Quarters: three months that a report is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from geo.errors import InputError

_TEXT = re.compile(r"(\d{4})[-/ ]?[QTqt]([1-4])")


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of a year, `number` 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Quarter:
        """The quarter that a day falls in."""
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """`2026-Q3`, or `2026-T3` as Italian says it. InputError `quarter_unreadable` (got)."""
        match = _TEXT.fullmatch(text.strip())
        if match is None or not 1900 <= int(match[1]) <= 2999:
            raise InputError("quarter_unreadable", got=text)
        return cls(int(match[1]), int(match[2]))

    @property
    def months(self) -> tuple[date, date, date]:
        """Their first days."""
        first = 3 * self.number - 2
        return (
            date(self.year, first, 1),
            date(self.year, first + 1, 1),
            date(self.year, first + 2, 1),
        )

    @property
    def end(self) -> date:
        """The first day that is no longer in it."""
        return (self + 1).months[0]

    def __add__(self, quarters: int) -> Quarter:
        year, index = divmod(4 * self.year + self.number - 1 + quarters, 4)
        return Quarter(year, index + 1)

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"


def months_until(last: date, count: int) -> tuple[date, ...]:
    """The first days of `count` months in order, the month of `last` being the last."""
    index = 12 * last.year + last.month - 1
    return tuple(date(n // 12, n % 12 + 1, 1) for n in range(index - count + 1, index + 1))
