"""How long a count night may search, who is told of it, and how it is stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from routing.stopping import Cancelled


@dataclass(frozen=True)
class CountProgress:
    """How far a count has come: `phase` search, fewer, earlier, needed or bound; `elapsed`
    seconds; `passed` of `visits` in the search under way; the best plan's `crews` and
    `last_return` (seconds from noon), None while there is none."""

    phase: str
    elapsed: float
    passed: int
    visits: int
    crews: int | None = None
    last_return: int | None = None


CountListener = Callable[[CountProgress], bool | None]
"""Is told of the progress; returning False stops, and the best plan so far is given."""


class CountLimits:
    """How long a count may search, and who is told of it."""

    def __init__(
        self, seconds: float | None, iterations: int, seed: int, listener: CountListener | None
    ) -> None:
        self.seconds, self.iterations, self.seed = seconds, iterations, seed
        self.listener = listener
        self.begin = time.perf_counter()
        self.cancelled = Cancelled()
        self.phase = "search"

    def more(self) -> CountLimits:
        """The same anew for a further question, with half the seconds."""
        again = CountLimits(
            None if self.seconds is None else self.seconds / 2,
            self.iterations,
            self.seed,
            self.listener,
        )
        again.begin, again.cancelled, again.phase = self.begin, self.cancelled, "needed"
        if again.seconds is not None:
            again.seconds += time.perf_counter() - self.begin
        return again

    def left(self) -> float | None:
        """Seconds that are left; None for no limit."""
        return None if self.seconds is None else self.begin + self.seconds - time.perf_counter()

    def late(self) -> bool:
        """Whether the time is over, or someone has stopped it."""
        left = self.left()
        return self.cancelled.asked or (left is not None and left <= 0)

    def tell(self, passed: int, visits: int, crews: int | None, last_return: int | None) -> None:
        """Report progress; a listener that returns False stops."""
        if self.listener is None:
            return
        elapsed = time.perf_counter() - self.begin
        said = CountProgress(self.phase, elapsed, passed, visits, crews, last_return)
        if self.listener(said) is False:
            self.cancelled.cancel()
