"""Table of the proposals about the zones."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from data.models.core import Base


class ZoneProposalRow(Base):
    """A `geo.zone_proposals.Proposal`: open, accepted or refused. It expires like a contact record.

    `zones`: codes it concerns; `stretches`: what would take their place, geometry as WKB in
    hexadecimal digits, EPSG:4326, with the counts it rests on; `fields`: the figures of its reason.
    Nothing here is a place where anyone was met. `organisation`: whose coordinator looked; None is
    the network's. `decided` and `role`: when, and by which role.
    """

    __tablename__ = "zone_proposals"

    id: Mapped[int] = mapped_column(primary_key=True)
    night: Mapped[date] = mapped_column(index=True)
    kind: Mapped[str]
    zones: Mapped[list[Any]]
    stretches: Mapped[list[Any]]
    fields: Mapped[dict[str, Any]]
    state: Mapped[str]
    decided: Mapped[datetime | None]
    role: Mapped[str | None]
    organisation: Mapped[str | None] = mapped_column(index=True)
