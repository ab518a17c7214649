"""Free places of the protection programmes: how many, for whom, in which wide area, whom to call.

Never where: no address, no coordinate, no municipality, no name of a house.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from geo.errors import InputError

STALE = timedelta(hours=24)
"""Age from which an entry is no longer to be relied on: call first."""

_PHONE = re.compile(r"\+?[0-9](?: ?[0-9]){2,14}")


class WideArea(StrEnum):
    """The wide areas (*aree vaste*) of Tuscany."""

    CENTRO = "centro"
    NORD_OVEST = "nord_ovest"
    SUD_EST = "sud_est"


class Target(StrEnum):
    """For whom a place is."""

    DONNE = "donne"
    DONNE_CON_FIGLI = "donne_con_figli"
    UOMINI = "uomini"
    TRANS = "trans"
    NUCLEI = "nuclei"


class Free(StrEnum):
    """How many are free: none, one, or more than one."""

    NONE = "0"
    ONE = "1"
    MORE = "2+"


@dataclass(frozen=True)
class FreePlaces:
    """What a programme last said; `entered` aware; `emergency`: also at night, at once.

    `call`: a telephone number and nothing else. Raises InputError `places_call`.
    """

    area: WideArea
    target: Target
    free: Free
    emergency: bool
    call: str
    entered: datetime

    def __post_init__(self) -> None:
        if not _PHONE.fullmatch(self.call):
            raise InputError("places_call")
        if self.entered.tzinfo is None:
            raise InputError("datetime_naive")

    def stale(self, moment: datetime) -> bool:
        """Whether at an aware datetime the entry is too old to be relied on."""
        return moment - self.entered >= STALE
