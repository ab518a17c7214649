"""Work that goes on beside the session that asked for it.

The session stays free: one can look at other pages meanwhile and come back. The work ends with
its result, with its error, or when nobody wants more of it. `screens.background` shows it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")
Tell = Callable[[object], bool]
"""What the work calls with whatever it has to say; False: it is to end."""

log = logging.getLogger(__name__)


@dataclass
class Work(Generic[T]):
    """Something under way. `said`: what it told last; `stopped`: nobody wants more of it."""

    said: object = None
    result: T | None = None
    error: Exception | None = None
    over: bool = False
    stopped: bool = False
    began: float = field(default_factory=time.monotonic)

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self.began

    def tell(self, said: object) -> bool:
        """For the work itself: what it has to say now; False when it is to end."""
        self.said = said
        return not self.stopped

    def stop(self) -> None:
        """Have it end at its next word, with what it has."""
        self.stopped = True

    def wait(self) -> None:
        """Wait for its end."""
        while not self.over:
            time.sleep(0.01)


def begin(run: Callable[[Tell], T]) -> Work[T]:
    """Begin work in a thread of its own; `run` may use neither session nor page."""
    work: Work[T] = Work()

    def go() -> None:
        try:
            work.result = run(work.tell)
        except Exception as error:  # told on the page, by whoever looks next
            log.info("work ended with %s", type(error).__name__)
            work.error = error
        finally:
            work.over = True

    Thread(target=go, daemon=True, name="work").start()
    return work
