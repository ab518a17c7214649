"""The weather of nights by province: as crews say it when they close, or from a file.

keep_weather(session, night, provinces, weather)   # in the transaction at hand
import_weather(store, viewer, read_weather(path))  # columns night, province, weather
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.access import Action, Viewer
from data.models import NightWeatherRow
from data.store import Store
from geo.errors import InputError
from geo.night import Night
from geo.weather import FAIR
from routing.progress import Weather

Line = tuple[date, str, Weather]
"""A night, a province (ISTAT code), and what the weather was."""


def keep_weather(session: Session, lines: Iterable[Line]) -> None:
    """Keep what is said of nights; the last word on a night and province stands."""
    for night, province, weather in lines:
        session.merge(NightWeatherRow(night=night, province=province, weather=weather.value))
    session.flush()


def import_weather(store: Store, viewer: Viewer, lines: Iterable[Line]) -> int:
    """Keep the lines of a file, whole or not at all; how many there were.

    Raises InputError `weather_future` (night) for a night that has not been.
    """
    given = list(lines)
    tonight = Night.of(store.now()).date
    if late := [night for night, _, _ in given if night > tonight]:
        raise InputError("weather_future", night=max(late).isoformat())
    with store.writing(viewer, Action.WRITE_CONTACTS) as session:
        keep_weather(session, given)
    return len(given)


def bad_nights(session: Session, since: date) -> dict[tuple[date, str], bool]:
    """Whether the weather of a night in a province was bad, where anything is known of it."""
    asked = select(NightWeatherRow).where(NightWeatherRow.night >= since)
    return {(row.night, row.province): row.weather not in FAIR for row in session.scalars(asked)}
