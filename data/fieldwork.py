"""From the units' own records to zones and presence: the inputs gathered, the result kept."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from data.access import Action, Viewer, scope
from data.contact_import import contact_frame, effort_frame
from data.proposals import codes
from data.retention import cutoff_of
from data.store import Store
from geo.contacts import LocatedContacts, charted
from geo.hexagons import hexagons_of, outlines, significance
from geo.municipalities import municipalities
from geo.network import RoadNetwork
from geo.night import Night
from geo.presence import COLUMNS, EFFORT, PARTS
from geo.presence_estimate import PresenceEstimate, estimate_presence
from geo.road_cells import cut
from geo.zone_detection import Detection, detect
from geo.zone_proposals import Proposal, propose


def estimate(store: Store, viewer: Viewer, night: Night) -> PresenceEstimate:
    """Estimate presence before a night from all contacts and effort, and keep it.

    Takes the place of all presence that was known. Raises InputError `presence_no_effort`
    where no visit to any zone is known: then nothing is changed.
    """
    scope(viewer, Action.WRITE_ZONES)
    hours = {zone.code: zone.service_minutes / 60 for zone in store.zones(viewer)}
    contacts, effort = contact_frame(store, viewer), effort_frame(store, viewer)
    found = estimate_presence(contacts, effort, hours, night)
    store.save_presence(viewer, found.frame[[*COLUMNS, *PARTS, EFFORT]])
    return found


@dataclass(frozen=True, eq=False)
class Findings:
    """What the contacts of a file say about the zones: nothing of it is kept but what
    `data.proposals.keep` takes.

    `detection`: the clusters found, and how many contacts were not used and why.
    """

    proposals: tuple[Proposal, ...]
    detection: Detection


def look_for_zones(
    store: Store, viewer: Viewer, network: RoadNetwork, contacts: LocatedContacts
) -> Findings:
    """Compare where contacts were made, in memory, with the zones in use.

    Zones are proposed as silent by the visits and contacts that are kept. Raises as
    `geo.zone_detection.detect`.
    """
    zones = store.zones(viewer)
    taken = codes(store, viewer)
    taken |= {zone.code for zone, _ in store.archived_zones(viewer)}
    cells = cut(network)
    detection = detect(cells, contacts)
    proposals = propose(
        cells, detection.clusters, zones, looked(store, viewer), municipalities(), taken=taken
    )
    return Findings(proposals, detection)


def looked(store: Store, viewer: Viewer) -> pd.DataFrame:
    """One row a zone and night that crews were there: `zone`, `night`, `contacts` (persons).

    Nights whose records have become monthly totals are left out: who was met then is no
    longer known night by night, and must not count as nobody.
    """
    visits = store.visits(viewer, since=cutoff_of(store))
    visits = visits.assign(night=pd.to_datetime(visits["night"]).astype("datetime64[s]"))
    met = charted(contact_frame(store, viewer))
    met = met.groupby(["zone", "night"], as_index=False)["persons"].sum()
    rows = visits.merge(met, how="left", on=["zone", "night"])
    return pd.DataFrame(
        {
            "zone": rows["zone"],
            "night": rows["night"],
            "contacts": rows["persons"].fillna(0).astype("int64"),
        }
    )


def hotspots(store: Store, viewer: Viewer) -> pd.DataFrame:
    """Hexagons where more, or fewer, are met than the effort explains (`geo.hexagons`).

    A GeoDataFrame in EPSG:4326 with `contacts`, `hours`, `rate`, `z`, `q`, `class`. Raises
    InputError `hexagons_few` where too little is known.
    """
    met = charted(contact_frame(store, viewer)).groupby("zone")["persons"].sum()
    effort = effort_frame(store, viewer).groupby("zone")["hours"].sum()
    return outlines(significance(hexagons_of(store.zones(viewer), met, effort)))
