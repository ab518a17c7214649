"""Windows of wall-clock hours laid on a night, the night of the clock change included."""

from __future__ import annotations

import re

from geo.errors import InputError
from geo.night import Night


def moment(night: Night, clock: str, *, by_day: bool = False) -> int:
    """Seconds from noon to the first moment of the night at which it is `clock` or later.

    As `Night.parse_clock`, except that a time that the spring clock change leaves out is
    the moment of the change: what is open until 02:30 closes when the clock jumps to 03:00.
    """
    try:
        return night.parse_clock(clock, by_day=by_day)
    except InputError as error:
        if error.code != "clock_skipped":
            raise
        hour = int(re.split("[:.]", clock.strip())[0])
        return night.parse_clock(f"{hour + 1}:00")


def window_on(
    night: Night, opens: str, closes: str, *, by_day: bool = False
) -> tuple[int, int] | None:
    """A window in seconds from the night's noon; None where the clock change swallows it.

    `by_day` as in `Night.parse_clock`. Raises InputError `window_reversed` when it closes
    before, or as, it opens.
    """
    first, last = (moment(night, clock, by_day=by_day) for clock in (opens, closes))
    if first < last:
        return first, last
    if first == last and _clock(opens) < _clock(closes):
        return None
    raise InputError("window_reversed", field="window", opens=opens, closes=closes)


def _clock(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.split("[:.]", text.strip()))
