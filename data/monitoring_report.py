"""The quarterly report as PDF, for the coordination: zones are in it."""

from __future__ import annotations

from data.access import Viewer
from data.monitoring import Monitored, last_month, monitored
from data.monitoring_parts import (
    displacement_part,
    figures,
    focus_part,
    frame,
    funnel_part,
    is_over,
    known_part,
    lead,
    method_part,
    months_part,
    over,
    quarter_name,
    zones_part,
)
from data.pdf import pdf
from data.store import Store
from data.texts import Texts
from geo.errors import MissingError
from geo.network import RoadNetwork
from geo.quarter import Quarter


def last_quarter(store: Store) -> Quarter:
    """The last quarter that is over."""
    return Quarter.of(last_month(store)) + (0 if is_over(store, _current(store)) else -1)


def internal_report(
    store: Store, viewer: Viewer, network: RoadNetwork, quarter: Quarter, t: Texts
) -> bytes:
    """The coordination's report of a quarter as PDF/UA-1.

    Raises RefusedError `quarter_open` (quarter, day), MissingError `quarter_before` (quarter,
    month), and as `data.monitoring.monitored`.
    """
    over(store, quarter)
    found = monitored(store, viewer, network, last=quarter.months[-1])
    if found.cube.months[0] > quarter.months[-1] or not _looked(found, quarter):
        first = t.month(found.cube.months[0])
        raise MissingError("quarter_before", quarter=quarter_name(t, quarter), month=first)
    pictures: dict[str, bytes] = {}
    parts = [
        months_part(t, found, pictures),
        *zones_part(t, found, pictures),
        focus_part(t, found, pictures),
        known_part(t, found, quarter),
        funnel_part(store, viewer, quarter, t),
        *displacement_part(store, viewer, network, t),
        method_part(t, found),
    ]
    data = frame(t, quarter, synthetic=store.synthetic()) | {
        "title": t("Quarterly report: {quarter}", quarter=quarter_name(t, quarter)),
        "audience": t(
            "For the coordination alone. This report names zones: it is not handed on, and nothing "
            "of it is published."
        ),
        "foot": t("Prossima · internal report, not to be handed on"),
        "lead": lead(t, found, quarter),
        "figures": figures(t, found, quarter),
        "parts": parts,
    }
    return pdf("monitoring", data, pictures)


def _current(store: Store) -> Quarter:
    return Quarter.of(last_month(store))


def _looked(found: Monitored, quarter: Quarter) -> bool:
    mine = [month in quarter.months for month in found.cube.months]
    return bool(found.cube.hours[:, mine].any())
