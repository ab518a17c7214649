"""Proposals: what the clusters found say about the zones that exist.

Nothing changes by itself: a coordinator accepts or declines each proposal on a map.

new      a cluster along whose road no zone lies
moved    most of a zone's contacts now lie beside it, or it met nobody while a cluster
         without a zone lies near
split    the contacts of one zone are several clusters
merged   the contacts of several zones are one cluster
silent   crews looked and met nobody, more often than chance would have it; a zone where
         nobody went is not silent but unknown

"Along the road" is meant throughout: a cluster on the other bank is not the zone's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.errors import InputError
from geo.municipalities import municipality_of
from geo.network import Ints
from geo.road_cells import RoadCells, lonlat_of
from geo.zone_detection import Cluster
from geo.zones import Zone


class ProposalKind(StrEnum):
    """What is proposed."""

    NEW = "new"
    MOVED = "moved"
    SPLIT = "split"
    MERGED = "merged"
    SILENT = "silent"


@dataclass(frozen=True)
class ProposalRules:
    """When clusters and zones belong together.

    `beside`: metres along the roads round a zone within which a contact is the zone's;
    `share` of the contacts of a cluster, or of a zone, that join the two, and that each
    part of a split zone has; `inside`: share of its cluster's contacts under which a zone
    has moved; `moved`: metres along the roads that a zone may have moved, and `looks` the
    least visits that met nobody where it was; `visits`: least visits in a row without contact, and
    `chance`: most chance of so many, for a zone to be silent. InputError `proposal_rule`.
    """

    beside: float = 150.0
    share: float = 0.3
    inside: float = 0.5
    moved: float = 1500.0
    looks: int = 2
    visits: int = 4
    chance: float = 0.05

    def __post_init__(self) -> None:
        sound = {
            "beside": 0 <= self.beside <= 1000,
            "share": 0 < self.share <= 1,
            "inside": 0 < self.inside <= 1,
            "moved": 0 <= self.moved <= 10_000,
            "looks": self.looks >= 1,
            "visits": self.visits >= 1,
            "chance": 0 < self.chance < 1,
        }
        for rule, holds in sound.items():
            if not holds:
                raise InputError("proposal_rule", rule=rule, got=getattr(self, rule))


@dataclass(frozen=True)
class Stretch:
    """A zone as it would be after the proposal.

    `code`: that of the zone that goes on, or the next free number of the municipality.
    `geometry`: EPSG:4326. `contacts`, `nights`: what it rests on.
    """

    code: str
    municipality: str
    geometry: shapely.Geometry
    contacts: int
    nights: int


@dataclass(frozen=True)
class Proposal:
    """One change to decide on.

    `zones`: codes of the zones that exist and are concerned, the one that goes on first.
    `stretches`: what takes their place; none for a silent zone. `fields`: the figures of
    the reason, by kind — new: `contacts`, `nights`, `near` (code of a zone within reach of
    a move, or None); moved: `metres`, `inside` (share); split, merged: `contacts`;
    silent: `visits`, `chance`.
    """

    kind: ProposalKind
    zones: tuple[str, ...]
    stretches: tuple[Stretch, ...]
    fields: Mapping[str, object] = field(default_factory=dict)


def propose(
    cells: RoadCells,
    clusters: Sequence[Cluster],
    zones: Sequence[Zone],
    looked: pd.DataFrame,
    municipalities: gpd.GeoDataFrame,
    *,
    taken: frozenset[str] = frozenset(),
    rules: ProposalRules | None = None,
) -> tuple[Proposal, ...]:
    """Compare clusters with the zones that are in use.

    `looked`: one row for each visit, `zone`, `night`, `contacts` (how many, 0 for none).
    `taken`: codes that are or were in use beside those of `zones`; a code never comes
    back. A cluster outside all `municipalities` (as `geo.municipalities`) is nobody's and
    is left out. Ordered by kind, then by zone or contacts.
    """
    rules = rules or ProposalRules()
    istat = [_municipality(cells, cluster, municipalities) for cluster in clusters]
    clusters = [cluster for cluster, code in zip(clusters, istat, strict=True) if code]
    names = _Names([code for code in istat if code], {zone.code for zone in zones} | taken)
    ways = _ways(cells, zones, clusters, rules)
    held = np.array([[_held(way, c, rules.beside) for c in clusters] for way in ways])
    held = held.reshape(len(zones), len(clusters))
    match = _Match(zones, clusters, ways, held, *_best(held, clusters, rules), names, rules)
    found = [*match.split(), *match.merged(), *match.shifted()]
    found += match.apart(empty_runs(looked))
    order = {kind: number for number, kind in enumerate(ProposalKind)}
    return tuple(sorted(found, key=lambda each: (order[each.kind], each.zones, _codes(each))))


@dataclass(frozen=True)
class EmptyRun:
    """The visits since a zone's last contact.

    `visits`: how many met nobody in a row; `chance` of so many, were all as before.
    """

    visits: int
    chance: float


NO_RUN = EmptyRun(0, 1.0)


def empty_runs(looked: pd.DataFrame) -> dict[str, EmptyRun]:
    """By zone that was ever visited: its last visits without contact, and their chance.

    Of n visits before the run s met somebody; the next visit meets somebody with
    probability (s + 1) / (n + 2) (Laplace's rule of succession), and `chance` is that of
    the whole run without: the product of (n - s + 1 + i) / (n + 2 + i) for i = 0 … k-1.
    """
    nightly = looked.groupby(["zone", "night"], sort=True)["contacts"].sum() > 0
    runs = {}
    for zone, met in nightly.groupby(level="zone"):
        hits = np.flatnonzero(met.to_numpy())
        before = int(hits[-1]) + 1 if len(hits) else 0
        run = len(met) - before
        i = np.arange(run)
        chance = np.prod((before - len(hits) + 1 + i) / (before + 2 + i))
        runs[str(zone)] = EmptyRun(run, float(chance))
    return runs


class _Names:
    """Codes for the stretches: of the zone that goes on, or new ones, never given twice."""

    def __init__(self, istat: Sequence[str], taken: set[str]) -> None:
        self.istat = istat
        self.last: dict[str, int] = {}
        for code in taken:
            municipality, number = code.split("-")
            self.last[municipality] = max(self.last.get(municipality, 0), int(number))

    def stretch(self, number: int, cluster: Cluster, code: str | None = None) -> Stretch:
        """The stretch of a cluster; raises InputError `zone_codes_spent` past 999 zones."""
        istat = self.istat[number]
        if code is None:
            self.last[istat] = self.last.get(istat, 0) + 1
            if self.last[istat] > 999:
                raise InputError("zone_codes_spent", municipality=istat)
            code = f"{istat}-{self.last[istat]:02d}"
        # A zone that goes on keeps its code, and the municipality that it begins with.
        return Stretch(code, code[:6], cluster.geometry, cluster.contacts, cluster.nights)


def _municipality(cells: RoadCells, cluster: Cluster, frame: gpd.GeoDataFrame) -> str:
    """ISTAT code where most of the contacts lie, `""` for none."""
    codes, where = np.unique(
        municipality_of(frame, lonlat_of(cells, cluster.posts)), return_inverse=True
    )
    return str(codes[np.argmax(np.bincount(where, weights=cluster.counts))])


def _ways(
    cells: RoadCells, zones: Sequence[Zone], clusters: Sequence[Cluster], rules: ProposalRules
) -> list[dict[int, float]]:
    """Metres along the roads from each zone to the posts of the clusters, by post."""
    posts = np.unique(np.concatenate([np.empty(0, np.int32), *(c.posts for c in clusters)]))
    reach = max(rules.beside, rules.moved)
    ways = []
    for zone in zones:
        apart = cells.within(cells.posts_of(zone.geometry), reach)[posts]
        near = np.isfinite(apart)
        ways.append(dict(zip(posts[near].tolist(), apart[near].tolist(), strict=True)))
    return ways


def _away(way: Mapping[int, float], cluster: Cluster) -> NDArray[np.float64]:
    return np.array([way.get(post, np.inf) for post in cluster.posts.tolist()])


def _held(way: Mapping[int, float], cluster: Cluster, beside: float) -> int:
    """Contacts of a cluster that lie within a zone, or beside it."""
    return int(cluster.counts[_away(way, cluster) <= beside].sum()) if way else 0


def _metres(way: Mapping[int, float], cluster: Cluster) -> float:
    """Metres from a zone to the middle contact of a cluster; inf where that is too far."""
    away = _away(way, cluster)
    order = np.argsort(away)
    middle = np.searchsorted(np.cumsum(cluster.counts[order]), cluster.contacts / 2)
    return float(away[order[middle]])


def _best(
    held: NDArray[np.int64], clusters: Sequence[Cluster], rules: ProposalRules
) -> tuple[Ints, Ints]:
    """(c,) the zone of each cluster, and (z,) the cluster of each zone; -1 for none."""
    zones, count = held.shape
    if not zones or not count:
        return np.full(count, -1, np.int32), np.full(zones, -1, np.int32)
    sizes = np.array([cluster.contacts for cluster in clusters])
    known = held.sum(axis=1, keepdims=True)
    joined = np.where(held >= rules.share * np.minimum(sizes, np.maximum(known, 1)), held, 0)
    best_zone = np.where(joined.any(axis=0), joined.argmax(axis=0), -1)
    best_cluster = np.where(joined.any(axis=1), joined.argmax(axis=1), -1)
    return best_zone.astype(np.int32), best_cluster.astype(np.int32)


@dataclass(frozen=True, eq=False)
class _Match:
    """Zones and clusters side by side, and what follows from it, kind by kind."""

    zones: Sequence[Zone]
    clusters: Sequence[Cluster]
    ways: Sequence[Mapping[int, float]]
    held: NDArray[np.int64]
    zone_of: Ints
    cluster_of: Ints
    names: _Names
    rules: ProposalRules

    def split(self) -> Iterator[Proposal]:
        """Zones with several clusters; the one with most contacts keeps the code."""
        for z, zone in enumerate(self.zones):
            own = np.flatnonzero(self.zone_of == z)
            own = own[np.argsort(-self.held[z, own], kind="stable")]
            # A little more away from the rest is chance, not a part of its own.
            own = own[self.held[z, own] >= self.rules.share * self.held[z, own].sum()]
            if len(own) < 2:
                continue
            parts = [self._stretch(own[0], zone.code), *(self._stretch(c) for c in own[1:])]
            total = sum(part.contacts for part in parts)
            yield Proposal(ProposalKind.SPLIT, (zone.code,), tuple(parts), {"contacts": total})

    def merged(self) -> Iterator[Proposal]:
        """Clusters with several zones; the zone with most contacts goes on."""
        for c, cluster in enumerate(self.clusters):
            mine = np.flatnonzero(self.cluster_of == c)
            if len(mine) < 2:
                continue
            mine = mine[np.argsort(-self.held[mine, c], kind="stable")]
            codes = tuple(self.zones[int(z)].code for z in mine)
            whole = (self._stretch(c, codes[0]),)
            yield Proposal(ProposalKind.MERGED, codes, whole, {"contacts": cluster.contacts})

    def shifted(self) -> Iterator[Proposal]:
        """Zones with one cluster of their own that lies mostly beside them."""
        for c, cluster in enumerate(self.clusters):
            z = int(self.zone_of[c])
            alone = (self.zone_of == z).sum() == 1 and (self.cluster_of == c).sum() <= 1
            if z < 0 or not alone:
                continue
            inside = float(self.held[z, c] / cluster.contacts)
            if inside < self.rules.inside:
                yield self._moved(z, c, inside)

    def apart(self, empty: Mapping[str, EmptyRun]) -> Iterator[Proposal]:
        """Clusters without a zone and zones without a cluster: moved, new or silent."""
        alone = np.flatnonzero(self.zone_of < 0).tolist()
        mine = np.isin(np.arange(len(self.zones)), self.zone_of)
        quiet = set(np.flatnonzero(~mine & (self.cluster_of < 0)).tolist())
        near = sorted(
            (metres, z, c)
            for z in range(len(self.zones))
            for c in alone
            if (metres := _metres(self.ways[z], self.clusters[c])) <= self.rules.moved
        )
        neighbour: dict[int, str] = {}
        for _, z, c in near:
            code = self.zones[z].code
            neighbour.setdefault(c, code)
            run = empty.get(code, NO_RUN)
            if z in quiet and c in alone and run.visits >= self.rules.looks:
                quiet.remove(z)
                alone.remove(c)
                yield self._moved(z, c, 0.0)
        for c in alone:
            new = self._stretch(c)
            fields = {"contacts": new.contacts, "nights": new.nights, "near": neighbour.get(c)}
            yield Proposal(ProposalKind.NEW, (), (new,), fields)
        for z in sorted(quiet):
            code = self.zones[z].code
            run = empty.get(code, NO_RUN)
            if run.visits >= self.rules.visits and run.chance <= self.rules.chance:
                silent = {"visits": run.visits, "chance": round(run.chance, 4)}
                yield Proposal(ProposalKind.SILENT, (code,), (), silent)

    def _moved(self, z: int, c: int, inside: float) -> Proposal:
        metres = _metres(self.ways[z], self.clusters[c])
        code = self.zones[z].code
        fields = {"metres": round(metres), "inside": round(inside, 2)}
        return Proposal(ProposalKind.MOVED, (code,), (self._stretch(c, code),), fields)

    def _stretch(self, c: int, code: str | None = None) -> Stretch:
        return self.names.stretch(c, self.clusters[c], code)


def _codes(proposal: Proposal) -> tuple[str, ...]:
    return tuple(stretch.code for stretch in proposal.stretches)
