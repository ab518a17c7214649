"""Off-site contact: when a crew was last heard of, and by when it should be heard again.

No position is asked for or known: whatever a crew says is a sign that all is well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class CheckIn:
    """`heard`: when the crew last said anything, aware, None for never; `due`: by when it should
    say something again, None when nothing is waited for."""

    heard: datetime | None
    due: datetime | None

    def missed(self, moment: datetime) -> bool:
        """Whether at an aware datetime the crew should have been heard."""
        return self.due is not None and moment > self.due


def check_in(
    departure: datetime,
    over: datetime,
    heard: datetime | None,
    every: int,
    moment: datetime,
    *,
    closed: bool = False,
) -> CheckIn:
    """How a crew stands at `moment`, all aware.

    It is waited for every `every` minutes (0: never) from its `departure` until it has
    `closed` its night or, though it has not, until the itinerary is `over`: a crew that should
    be home and says nothing is missed too.
    """
    if closed or not every or not departure <= moment < over:
        return CheckIn(heard, None)
    last = departure if heard is None else max(heard, departure)
    return CheckIn(heard, last + timedelta(minutes=every))
