"""Conflict reports, places and ordinances in the store, and what is computed from them.

A municipality writes and reads reports of its own territory; areas, which are made from
presence, are for coordinators alone. What a municipality is shown of them is
published with the month (`data.conflict_figures`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from data.access import Action, Role, Scope, Viewer, scope
from data.conflict_rows import ordinance_row, ordinances_in, report_rows
from data.models import (
    ConflictPlaceRow,
    ConflictReportRow,
    OrdinanceRow,
    SensitivePlaceRow,
)
from data.store import Store
from data.tables import keep_apart
from geo.conflict_areas import Areas, conflict_areas, presence_by_place
from geo.conflict_pressure import Ground, ground
from geo.conflicts import COLUMNS, ConflictReport, episodes, frame_of, validate_reports
from geo.crs import GEOGRAPHIC
from geo.errors import InputError, MissingError, RefusedError
from geo.municipalities import municipalities
from geo.neighbourhoods import divided, imported, together
from geo.network import RoadNetwork
from geo.night import Night
from geo.ordinances import Ordinance, overlapping
from geo.sensitive import COLUMNS as SENSITIVE


def places(store: Store, viewer: Viewer) -> gpd.GeoDataFrame:
    """The place frame (`geo.neighbourhoods`) of the whole region."""
    with store.reading(viewer, Action.READ_PLACES) as session:
        return kept_places(session)


def save_places(store: Store, viewer: Viewer, frame: gpd.GeoDataFrame) -> int:
    """Keep neighbourhoods in place of those of the same municipalities; how many.

    Errors as `geo.neighbourhoods.imported`. Reports already there keep their place's code.
    """
    own = imported(frame, municipalities())
    with store.writing(viewer, Action.WRITE_PLACES) as session:
        towns = ConflictPlaceRow.municipality.in_(sorted(set(own["municipality"])))
        session.execute(delete(ConflictPlaceRow).where(towns))
        for row in own.itertuples():
            session.add(
                ConflictPlaceRow(
                    code=row.code,
                    name=row.name,
                    municipality=row.municipality,
                    geometry=shapely.to_wkb(row.geometry, byte_order=1),
                )
            )
    return len(own)


def sensitive(store: Store, viewer: Viewer) -> pd.DataFrame:
    """The frame of `geo.sensitive`."""
    with store.reading(viewer, Action.READ_PLACES) as session:
        return _sensitive(session)


def save_sensitive(store: Store, viewer: Viewer, frame: pd.DataFrame) -> None:
    """Keep these sensitive places in place of what was known."""
    with store.writing(viewer, Action.WRITE_PLACES) as session:
        session.execute(delete(SensitivePlaceRow))
        if len(frame):
            session.execute(insert(SensitivePlaceRow), frame[list(SENSITIVE)].to_dict("records"))


def reports(store: Store, viewer: Viewer) -> pd.DataFrame:
    """The report frame (`geo.conflicts`) of the region, oldest first."""
    with store.reading(viewer, Action.READ_REPORTS) as session:
        return kept_reports(session)


def add_report(store: Store, viewer: Viewer, report: ConflictReport) -> None:
    """Keep one report. InputError `report_ahead`, `report_place`; RefusedError `report_foreign`."""
    add_reports(store, viewer, [report], synthetic=report.synthetic or store.synthetic())


def add_reports(
    store: Store, viewer: Viewer, found: Sequence[ConflictReport], *, synthetic: bool
) -> None:
    """Keep reports, all or none. Errors as `add_report`; `synthetic_mixed`."""
    town = own_town(viewer, Action.WRITE_REPORTS)
    today = Night.of(store.now()).date
    known = set(places(store, viewer)["code"])
    for report in found:
        if report.day > today:
            raise InputError("report_ahead")
        if report.place not in known:
            raise InputError("report_place")
        if town is not None and report.place[:6] != town:
            raise RefusedError("report_foreign")
    with store.writing(viewer, Action.WRITE_REPORTS) as session:
        if viewer.role is Role.COORDINATOR:
            keep_apart(session, {synthetic})
        if found:
            session.execute(insert(ConflictReportRow), report_rows(frame_of(tuple(found))))


def ordinances(store: Store, viewer: Viewer) -> tuple[Ordinance, ...]:
    """All ordinances by code."""
    with store.reading(viewer, Action.READ_PLACES) as session:
        return ordinances_in(session)


def save_ordinance(
    store: Store, viewer: Viewer, ordinance: Ordinance
) -> tuple[tuple[str, str], ...]:
    """Add an ordinance, or change the one with its code; which pairs overlap with it now.

    Overlapping orders are kept: both are in force. InputError `report_place`.
    """
    if not set(ordinance.places) <= set(places(store, viewer)["code"]):
        raise InputError("report_place")
    with store.writing(viewer, Action.WRITE_PLACES) as session:
        keep_apart(session, {ordinance.synthetic})
        session.merge(ordinance_row(ordinance))
        session.flush()
        pairs = overlapping(ordinances_in(session))
    return tuple(pair for pair in pairs if ordinance.code in pair)


def remove_ordinance(store: Store, viewer: Viewer, code: str) -> None:
    """Forget an ordinance; MissingError `ordinance_missing`."""
    with store.writing(viewer, Action.WRITE_PLACES) as session:
        row = session.get(OrdinanceRow, code)
        if row is None:
            raise MissingError("ordinance_missing", ordinance=code)
        session.delete(row)


def areas(store: Store, viewer: Viewer, network: RoadNetwork) -> Areas:
    """The conflict areas of today. Only coordinators of the network."""
    found = reports(store, viewer)
    frame = places(store, viewer)
    return conflict_areas(
        ground_of(frame, network),
        frame,
        found,
        presence_by_place(frame, store.zones(viewer), store.presence(viewer)),
        sensitive=sensitive(store, viewer),
        today=Night.of(store.now()).date,
        half_life=store.settings().conflict_half_life,
    )


def monthly(store: Store, viewer: Viewer) -> pd.DataFrame:
    """Reports told apart by `month` (first day), `municipality`, `place`, `theme`: `count`."""
    return by_month(reports(store, viewer))


def by_month(found: pd.DataFrame) -> pd.DataFrame:
    """A report frame as `monthly` counts it."""
    told = episodes(found)
    told = told.assign(
        month=told["day"].dt.to_period("M").dt.to_timestamp().dt.date,
        municipality=told["place"].str[:6],
    )
    keys = ["month", "municipality", "place", "theme"]
    return told.groupby(keys).size().rename("count").reset_index()


def own_town(viewer: Viewer, action: Action) -> str | None:
    """The municipality that a viewer is kept to; None for no limit."""
    return viewer.municipality or "" if scope(viewer, action) is Scope.OWN_TERRITORY else None


def ground_of(frame: gpd.GeoDataFrame, network: RoadNetwork) -> Ground:
    """The ground of these places on a network; the last few are remembered."""
    return _ground(Held(frame, network))


class Held:
    """Places and a network as a key: equal where both are the same."""

    def __init__(self, frame: gpd.GeoDataFrame, network: RoadNetwork) -> None:
        self.frame, self.network = frame, network
        shapes = shapely.to_wkb(frame.geometry.to_numpy())
        self.key = (hash(tuple(frame["code"])), hash(tuple(shapes)), id(network))

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Held) and self.key == other.key


@lru_cache(maxsize=2)
def _ground(held: Held) -> Ground:
    people = municipalities().set_index("istat")["population"]
    return ground(held.frame, held.network, people.to_dict())


@lru_cache(maxsize=1)
def _divided() -> gpd.GeoDataFrame:
    return divided(municipalities())


def kept_places(session: Session) -> gpd.GeoDataFrame:
    """The place frame of a session's rows, over that of the program."""
    rows = session.scalars(select(ConflictPlaceRow).order_by(ConflictPlaceRow.code)).all()
    if not rows:
        return _divided().copy()
    own = gpd.GeoDataFrame(
        {name: [getattr(row, name) for row in rows] for name in ("code", "name", "municipality")},
        geometry=shapely.from_wkb([row.geometry for row in rows]),
        crs=GEOGRAPHIC,
    )
    return together(_divided(), imported(own, municipalities()))


def _sensitive(session: Session) -> pd.DataFrame:
    asked = [getattr(SensitivePlaceRow, name) for name in SENSITIVE]
    rows = session.execute(select(*asked).order_by(SensitivePlaceRow.id)).all()
    frame = pd.DataFrame(rows, columns=list(SENSITIVE))
    return frame.astype({"kind": "str", "lon": float, "lat": float})


def kept_reports(session: Session, town: str | None = None) -> pd.DataFrame:
    """The report frame of a session's rows, of one municipality where `town` says it."""
    asked = select(*(getattr(ConflictReportRow, name) for name in COLUMNS))
    if town is not None:
        asked = asked.where(ConflictReportRow.municipality == town)
    rows = session.execute(asked.order_by(ConflictReportRow.day, ConflictReportRow.id)).all()
    return validate_reports(pd.DataFrame(rows, columns=list(COLUMNS)))
