"""Tables of the monitoring: the weather of nights, visits that were planned, zones that changed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from data.models.core import Base


class NightWeatherRow(Base):
    """What the weather of a night was in a province (a `routing.progress.Weather`)."""

    __tablename__ = "night_weather"

    night: Mapped[date] = mapped_column(primary_key=True)
    province: Mapped[str] = mapped_column(String(3), primary_key=True)
    weather: Mapped[str]


class PlannedVisitRow(Base):
    """A visit of a published itinerary: its minutes, and whether it was to a thinly observed
    zone. What remains of a plan when its itineraries have expired: who met whom is not in it."""

    __tablename__ = "planned_visits"

    night: Mapped[date] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(primary_key=True)
    zone: Mapped[str] = mapped_column(String(10), primary_key=True)
    minutes: Mapped[int]
    thin: Mapped[bool]


class ZoneTieRow(Base):
    """That a zone went on from another, wholly or in part, since a day: split or merged."""

    __tablename__ = "zone_ties"

    zone: Mapped[str] = mapped_column(String(10), primary_key=True)
    other: Mapped[str] = mapped_column(String(10), primary_key=True)
    day: Mapped[date]
