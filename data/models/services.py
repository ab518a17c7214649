"""Tables of the services: passages to them, and free places."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from data.models.core import Base


class HandoverRow(Base):
    """Persons handed over in a month (`geo.handovers`): a count and no record of anybody.

    `organisation`: whose unit or coordinator counted them; `""` is the network's.
    """

    __tablename__ = "handovers"

    month: Mapped[date] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(String(6), primary_key=True)
    receiver: Mapped[str] = mapped_column(primary_key=True)
    organisation: Mapped[str] = mapped_column(primary_key=True)
    persons: Mapped[int]


class FreePlacesRow(Base):
    """A `geo.free_places.FreePlaces`, one for each wide area and target."""

    __tablename__ = "free_places"

    area: Mapped[str] = mapped_column(primary_key=True)
    target: Mapped[str] = mapped_column(primary_key=True)
    free: Mapped[str]
    emergency: Mapped[bool]
    call: Mapped[str]
    entered: Mapped[datetime]
