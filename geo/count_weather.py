"""Whether a count night is held: a rule stated beforehand, applied to a forecast.

Rain and wind keep people away and crews from seeing them, so that two counts compare only if
both were made in the same kind of weather. The rule looks at the heaviest rain and the
strongest gust of the window, and at fog; what it says is kept with the numbers it rested on.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from geo.errors import InputError

MOST_RAIN, MOST_WIND = 200.0, 250.0
"""Millimetres an hour and kilometres an hour beyond which a forecast is a mistake."""


class Gate(StrEnum):
    """What the rule says: the night is held, or it waits for another."""

    HELD = "held"
    POSTPONED = "postponed"


class Against(StrEnum):
    """What speaks against a night."""

    RAIN = "rain"
    WIND = "wind"
    FOG = "fog"


@dataclass(frozen=True)
class Forecast:
    """The window's heaviest rain (mm in an hour), strongest gust (km/h), and whether fog is
    expected. Raises InputError `count_forecast_rain`, `count_forecast_wind` (got, most)."""

    rain: float
    wind: float
    fog: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.rain <= MOST_RAIN:
            raise InputError("count_forecast_rain", got=self.rain, most=MOST_RAIN)
        if not 0 <= self.wind <= MOST_WIND:
            raise InputError("count_forecast_wind", got=self.wind, most=MOST_WIND)


@dataclass(frozen=True)
class WeatherRule:
    """The most rain (mm in an hour) and wind (gusts, km/h) in which a count is held."""

    rain: float = 1.0
    wind: float = 40.0

    def against(self, forecast: Forecast) -> tuple[Against, ...]:
        """What speaks against the night; nothing where it is held."""
        fails = {
            Against.RAIN: forecast.rain > self.rain,
            Against.WIND: forecast.wind > self.wind,
            Against.FOG: forecast.fog,
        }
        return tuple(what for what, wrong in fails.items() if wrong)

    def gate(self, forecast: Forecast) -> Gate:
        """Held unless something speaks against it."""
        return Gate.POSTPONED if self.against(forecast) else Gate.HELD
