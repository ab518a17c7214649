"""Hotspot detection: from located contacts to stretches of road where people are met.

Contacts are counted at posts along the roads (`geo.road_cells`), and clustered by
density with distances along the roads: DBSCAN (Ester, Kriegel, Sander & Xu 1996; on
networks Yiu & Mamoulis 2004, doi:10.1145/1007568.1007619), by scikit-learn on the
sparse matrix of near posts. A cluster is found where it has at least 10 contacts on at
least 3 nights; all else is noise and leaves nothing behind. Each cluster becomes a
stretch of whole road cells, at least 500 m long (`geo.stretch`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geo.contacts import LocatedContacts
from geo.errors import InputError
from geo.network import Ints
from geo.road_cells import OFF_ROAD, RoadCells, nearest_of
from geo.stretch import stretch
from geo.zones import Zone

NEAR_ZONE = 300.0
"""Metres along the roads within which a contact belongs to a zone."""


@dataclass(frozen=True)
class DetectionRules:
    """When contacts are a cluster.

    `reach`: metres along the roads between contacts that are near each other; `dense`:
    contacts within reach that make a place dense; `contacts`, `nights`: least of a whole
    cluster, never under the privacy rule of 10 and 3; `widest`: metres across, beyond
    which a place is looked at again; `off_road`: metres beside a road.
    Raises InputError `detection_rule` naming the rule.
    """

    reach: float = 200.0
    dense: int = 5
    contacts: int = 10
    nights: int = 3
    widest: float = 1500.0
    off_road: float = OFF_ROAD

    def __post_init__(self) -> None:
        sound = {
            "reach": 50 <= self.reach <= 1000,
            "dense": self.dense >= 2,
            "contacts": self.contacts >= 10,
            "nights": self.nights >= 3,
            "widest": self.widest >= 500,
            "off_road": 0 < self.off_road <= 1000,
        }
        for rule, holds in sound.items():
            if not holds:
                raise InputError("detection_rule", rule=rule, got=getattr(self, rule))


@dataclass(frozen=True, eq=False)
class Cluster:
    """A stretch of road with enough contacts; lives in memory until it is a proposal.

    `geometry`: EPSG:4326, at least 500 m. `contacts`, `nights`: how many. `posts` (k,)
    and `counts` (k,): where on the road cells the contacts were counted; neither is printed.
    """

    geometry: shapely.Geometry = field(repr=False)
    contacts: int
    nights: int
    posts: Ints = field(repr=False)
    counts: NDArray[np.int64] = field(repr=False)


@dataclass(frozen=True, eq=False)
class Detection:
    """What was found, and what was not used: the four counts add up to all contacts.

    `clusters`: most contacts first. `clustered`: contacts in them; `scattered`: in no
    dense place; `few`: in a dense place with too few contacts, nights or metres of road;
    `off_road`: far from every road.
    """

    clusters: tuple[Cluster, ...]
    clustered: int
    scattered: int
    few: int
    off_road: int


def detect(
    cells: RoadCells, contacts: LocatedContacts, rules: DetectionRules | None = None
) -> Detection:
    """Find the clusters of located contacts along the roads.

    Raises InputError `coordinates_invalid` or `coordinates_swapped` with the `index`.
    """
    rules = rules or DetectionRules()
    post = cells.nearest_posts(contacts.lonlat, rules.off_road)
    on_road = post >= 0
    posts, place, counts = np.unique(post[on_road], return_inverse=True, return_counts=True)
    labels = _labels(cells, posts, counts, rules)
    night = contacts.night[on_road]
    clusters = []
    for label in range(labels.max(initial=-1) + 1):
        mine = labels == label
        nights = len(np.unique(night[mine[place]]))
        total = int(counts[mine].sum())
        if total < rules.contacts or nights < rules.nights:
            continue
        line = stretch(cells, posts[mine], rules.reach)
        if line is not None:
            clusters.append(Cluster(line, total, nights, posts[mine], counts[mine]))
    clusters.sort(key=lambda cluster: (-cluster.contacts, int(cluster.posts[0])))
    clustered = sum(cluster.contacts for cluster in clusters)
    scattered = int(counts[labels < 0].sum())
    return Detection(
        clusters=tuple(clusters),
        clustered=clustered,
        scattered=scattered,
        few=int(counts.sum()) - scattered - clustered,
        off_road=int((~on_road).sum()),
    )


def _labels(
    cells: RoadCells, posts: Ints, counts: NDArray[np.int64], rules: DetectionRules
) -> NDArray[np.intp]:
    """(k,) number of the dense place that each post belongs to, -1 for none.

    Where contacts are many, places run into one another over the thin parts between
    them. A place that is too wide is looked at again with half as much density more,
    unless it would lose most of its contacts: then it is one long place.
    """
    labels = np.full(len(posts), -1, dtype=np.intp)
    if not len(posts):
        return labels
    near = cells.neighbours(posts, rules.reach)
    found = 0
    waiting = [(part, rules.dense) for part in _parts(near, counts, rules.reach, rules.dense)]
    while waiting:
        part, dense = waiting.pop()
        denser = dense + -(-dense // 2)
        if np.hypot(*np.ptp(cells.xy[posts[part]], axis=0)) > rules.widest:
            among = [
                part[sub]
                for sub in _parts(near[part][:, part], counts[part], rules.reach, denser)
                if counts[part[sub]].sum() >= rules.contacts
            ]
            if 2 * sum(counts[sub].sum() for sub in among) >= counts[part].sum():
                waiting += [(sub, denser) for sub in among]
                continue
        labels[part] = found
        found += 1
    return labels


def _parts(
    near: csr_array, counts: NDArray[np.int64], reach: float, dense: int
) -> list[NDArray[np.intp]]:
    """Rows of each dense place: DBSCAN on metres between near posts, weighed by contacts."""
    # Takes two seconds to import, which only those who detect should wait for.
    from sklearn.cluster import DBSCAN  # type: ignore[import-untyped]  # noqa: PLC0415

    model = DBSCAN(eps=reach, min_samples=dense, metric="precomputed")
    labels = model.fit(near, sample_weight=counts).labels_
    return [np.flatnonzero(labels == label) for label in range(labels.max(initial=-1) + 1)]


def zones_of_contacts(
    cells: RoadCells,
    zones: Sequence[Zone],
    lonlat: NDArray[np.float64],
    metres: float = NEAR_ZONE,
) -> NDArray[np.str_]:
    """(k,) code of the zone that each of (k, 2) lon/lat points belongs to, `""` for none.

    The nearest zone along the roads, at most `metres` away: a contact on the other bank
    is not the zone's. Raises InputError as `detect` does.
    """
    post = cells.nearest_posts(lonlat)
    owner, _ = nearest_of(cells, [cells.posts_of(zone.geometry) for zone in zones], metres)
    codes = np.array([*(zone.code for zone in zones), ""])
    return np.where(post >= 0, codes[owner[post]], "")
