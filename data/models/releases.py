"""Tables of the releases: the ledger, and what the rules need of months whose records expired."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.chain import Chained
from data.models.core import Base


class ReleaseRow(Chained, Base):
    """A release as it was published: `document` is `geo.privacy.Published.to_dict`.

    One row for a `subject` and `month`, for good: triggers refuse to change or delete it.
    """

    __tablename__ = "releases"
    __table_args__ = (UniqueConstraint("subject", "month"),)

    subject: Mapped[str]
    month: Mapped[date]
    made: Mapped[datetime]
    document: Mapped[dict[str, Any]]


class PlaceMonthRow(Base):
    """What expired records of a municipality and month came to, as the rules ask for it.

    `most`: the largest number of persons met on one of its nights.
    """

    __tablename__ = "place_months"

    municipality: Mapped[str] = mapped_column(String(6), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    first_contacts: Mapped[int]
    outings: Mapped[int]
    materials: Mapped[int]
    referrals: Mapped[int]
    most: Mapped[int]


class PlaceZoneMonthRow(Base):
    """Charted persons that expired records of a zone and month came to.

    The zone's code outlives the zone: how many zones there were, and the share of the
    largest, must stay what they were.
    """

    __tablename__ = "place_zone_months"

    zone: Mapped[str] = mapped_column(String(10), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    contacts: Mapped[int]
