"""A store with two months of invented field work, of which every published figure is known."""

from datetime import UTC, date, datetime, timedelta

import pandas as pd

from data.access import Role, Viewer
from data.store import Store
from geo.zones import PlaceType, PresenceWindow, Zone
from tests.data.samples import line

COORDINATOR = Viewer(Role.COORDINATOR)
NETWORK = Viewer(Role.NETWORK)
PISA, CASCINA = Viewer(Role.MUNICIPALITY, municipality="050026"), "050008"
BIENTINA, BUTI = "050001", "050002"
"""Two municipalities of one district."""

NOW = datetime(2026, 5, 10, 17, tzinfo=UTC)
MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


class Clock:
    """A clock that the test sets."""

    def __init__(self, now=NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_days(self, days: int) -> None:
        self.now += timedelta(days)


def zone(code, at=0):
    """A synthetic zone somewhere in the plain."""
    return Zone(
        code=code,
        municipality=code[:6],
        place_type=PlaceType.PROVINCIALE,
        geometry=line(610_000 + 2_000 * at, 4_835_000),
        windows=(PresenceWindow("21:00", "01:00"),),
        synthetic=True,
    )


ZONES = tuple(
    zone(f"{code}-{number:02d}", at)
    for at, (code, number) in enumerate(
        (code, number) for code in (PISA.municipality, BIENTINA, BUTI) for number in (1, 2, 3)
    )
)

MET = {
    MARCH: (
        # Pisa can be shown alone: 23 persons, 9 on the best night, 9 in the largest zone.
        (2, "050026-01", 5), (2, "050026-02", 4), (9, "050026-03", 7), (16, "050026-01", 4),
        (16, "050026-02", 3),
        # Bientina and Buti only together: 7 + 6.
        (3, "050001-01", 4), (10, "050001-02", 3), (3, "050002-01", 3), (10, "050002-02", 3),
    ),
    APRIL: ((6, "050026-01", 9), (6, "050026-02", 2), (13, "050026-03", 2)),
    MAY: ((4, "050026-01", 5), (4, "050026-02", 4), (5, "050026-03", 7)),
}  # fmt: skip
"""By month: night of the month, zone, persons."""


def contacts(month):
    """The contact frame of `Store.save_contacts` of a month."""
    rows = [(month.replace(day=day), code, "contattata", n) for day, code, n in MET[month]]
    return pd.DataFrame(rows, columns=["night", "zone", "kind", "count"])


def filled(settings, clock):
    """A store with the zones and months above."""
    store = Store.open(settings, clock)
    store.save_zones(COORDINATOR, ZONES)
    for month in MET:
        store.save_contacts(COORDINATOR, contacts(month))
    return store
