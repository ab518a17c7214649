"""A synthetic year of contacts on a road network, with a known truth, played month by month.

Every month the crews' file is looked at as an import would: contacts are located in
memory, clusters are found, proposals are made against the zones in use, and the
coordinator accepts them all. Nothing here is about real places.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from geo.contacts import LocatedContacts
from geo.crs import project, unproject
from geo.road_cells import RoadCells, lonlat_of
from geo.zone_detection import detect, zones_of_contacts
from geo.zone_proposals import Proposal, ProposalKind, propose
from geo.zones import PlaceType, PresenceWindow, Zone

FIRST = date(2025, 1, 1)
KEPT = 90
"""Nights that visits and their contacts are remembered."""

MATCH = 300.0
"""Metres between a place and the middle of its zone."""

_WINDOW = (PresenceWindow("21:00", "02:00"),)


@dataclass(frozen=True)
class Scenario:
    """How much there is to find. `scattered`: share of contacts that are nowhere special."""

    contacts: int = 20_000
    places: int = 30
    moving: int = 3
    appearing: int = 2
    silent: int = 1
    nights: int = 360
    scattered: float = 0.05
    apart: float = 1000.0
    looks_a_week: float = 2.0
    seed: int = 1


@dataclass(frozen=True)
class Place:
    """Where people really stand: posts round a centre, from one night to another."""

    number: int
    posts: NDArray[np.int64]
    weights: NDArray[np.float64]
    centre: NDArray[np.float64]
    begins: int
    ends: int
    level: float
    story: str


@dataclass
class Month:
    """What one month brought: proposals with the story of the place that they are about."""

    number: int
    contacts: int
    proposals: list[tuple[Proposal, str]] = field(default_factory=list)
    precision: float = 0.0
    recall: float = 0.0
    zones: int = 0
    truth: int = 0


def places(cells: RoadCells, scenario: Scenario, rng: np.random.Generator) -> list[Place]:
    """The truth: most stay all the time, some move along the road, appear or fall silent."""
    end = scenario.nights
    stories = ["moves"] * scenario.moving + ["appears"] * scenario.appearing
    stories += ["falls silent"] * scenario.silent
    stories += ["stays"] * (scenario.places - scenario.moving - scenario.silent)
    centres: list[int] = []
    found = []
    for story in stories:
        post = _free_post(cells, centres, scenario, rng)
        centres.append(post)
        begins, ends = 0, end
        change = int(rng.uniform(0.3, 0.7) * end)
        level = float(rng.lognormal(0, 0.4))
        if story == "appears":
            begins = change
        if story in ("moves", "falls silent"):
            ends = change
        found.append(_place(cells, len(found), post, (begins, ends), level, story))
        if story == "moves":
            away = cells.within(np.array([post]), 1300)
            options = np.flatnonzero((away > 700) & np.isfinite(away))
            options = options[_clearance(cells, options, centres[:-1]) > scenario.apart * 0.8]
            there = int(rng.choice(options))
            centres.append(there)
            found.append(_place(cells, len(found), there, (change, end), level, "moved to"))
    return found


def play(cells: RoadCells, municipalities: gpd.GeoDataFrame, scenario: Scenario) -> Iterator[Month]:
    """The months, one after the other."""
    rng = np.random.default_rng(scenario.seed)
    truth = places(cells, scenario, rng)
    nights = sum((p.ends - p.begins) * p.level for p in truth)
    looks = scenario.looks_a_week / 7
    a_look = scenario.contacts * (1 - scenario.scattered) / (nights * looks)
    zones: dict[str, Zone] = {}
    archived: set[str] = set()
    remembered = pd.DataFrame({"zone": [], "night": [], "contacts": []})
    for number in range(scenario.nights // 30):
        span = range(30 * number, 30 * number + 30)
        visits, located, count = _month(cells, truth, span, looks, a_look, scenario, rng)
        month = Month(number + 1, count)
        known = list(zones.values())
        remembered = pd.concat([remembered, _looked(cells, known, visits, located)])
        since = FIRST + timedelta(span.stop - KEPT)
        remembered = remembered[remembered["night"] >= since]
        proposals = propose(
            cells,
            detect(cells, located).clusters,
            known,
            remembered,
            municipalities,
            taken=frozenset(archived),
        )
        month.proposals = [(p, _story(truth, p, zones, span)) for p in proposals]
        for proposal in proposals:
            for code in proposal.zones:
                del zones[code]
                archived.add(code)
            for stretch in proposal.stretches:
                zones[stretch.code] = Zone(
                    stretch.code,
                    stretch.municipality,
                    PlaceType.VIALE,
                    stretch.geometry,
                    _WINDOW,
                    synthetic=True,
                )
        active = [p for p in truth if p.begins < span.stop and p.ends > span.start + 15]
        month.zones, month.truth = len(zones), len(active)
        month.precision, month.recall = agreement(active, list(zones.values()))
        yield month


def agreement(active: list[Place], zones: list[Zone]) -> tuple[float, float]:
    """Precision and recall: pairs of a place and a zone whose middles are within MATCH."""
    if not active or not zones:
        return float(not zones), float(not active)
    apart = _apart(np.array([p.centre for p in active]), zones)
    rows, columns = linear_sum_assignment(np.where(apart <= MATCH, apart, 1e6))
    hits = (apart[rows, columns] <= MATCH).sum()
    return float(hits / len(zones)), float(hits / len(active))


def _apart(centres: NDArray[np.float64], zones: list[Zone]) -> NDArray[np.float64]:
    middles = project(np.array([zone.stopping_place() for zone in zones]))
    return np.hypot(*(centres[:, None] - middles[None]).transpose(2, 0, 1))


def _month(cells, truth, span, looks, a_look, scenario, rng):
    """Visits (night, lon, lat of the place), located contacts, and how many."""
    visits, posts, nights = [], [], []
    for place in truth:
        for night in span:
            # Crews go on looking at a place for two months after the last contact there.
            if not place.begins <= night < place.ends + 60 or rng.random() >= looks:
                continue
            visits.append((night, place.posts[0]))
            if night < place.ends:
                count = rng.poisson(a_look * place.level)
                posts.append(rng.choice(place.posts, count, p=place.weights))
                nights.append(np.full(count, night))
    some = rng.poisson(scenario.contacts * scenario.scattered * len(span) / scenario.nights)
    posts.append(rng.integers(0, cells.posts, some))
    nights.append(rng.integers(span.start, span.stop, some))
    post, night = np.concatenate(posts), np.concatenate(nights)
    spots = unproject(cells.xy[post] + rng.normal(0, 10, (len(post), 2)))
    days = (np.datetime64(FIRST) + night).astype("datetime64[D]")
    return visits, LocatedContacts(spots, days), len(post)


def _looked(cells, zones, visits, located: LocatedContacts) -> pd.DataFrame:
    """What the store remembers: visits by zone and night, and the contacts of each."""
    where = zones_of_contacts(cells, zones, lonlat_of(cells, np.array([p for _, p in visits])))
    rows = pd.DataFrame({"zone": where, "night": [FIRST + timedelta(night) for night, _ in visits]})
    met = pd.DataFrame(
        {
            "zone": zones_of_contacts(cells, zones, located.lonlat),
            "night": located.night.astype(object),
        }
    )
    met = met.groupby(["zone", "night"]).size().rename("contacts").reset_index()
    rows = rows[rows["zone"] != ""].drop_duplicates()
    found = rows.merge(met[met["zone"] != ""], how="outer", on=["zone", "night"])
    return found.fillna({"contacts": 0})


def _story(truth: list[Place], proposal: Proposal, zones: dict[str, Zone], span: range) -> str:
    """What really happened where a proposal is about."""
    if proposal.stretches:
        line = proposal.stretches[0].geometry
        zone = Zone("048017-99", "048017", PlaceType.VIALE, line, _WINDOW)
        at = [p for p in truth if p.begins < span.stop and p.ends > span.start]
    else:
        zone = zones[proposal.zones[0]]
        at = truth
    apart = _apart(np.array([p.centre for p in at]), [zone])[:, 0]
    near = at[int(apart.argmin())]
    return f"{near.story} (place {near.number})" if apart.min() <= 2 * MATCH else "nothing there"


def _free_post(cells: RoadCells, centres, scenario, rng) -> int:
    for post in rng.permutation(cells.posts):
        if not centres or _clearance(cells, np.array([post]), centres)[0] > scenario.apart:
            near = cells.within(np.array([post]), 300)
            if np.isfinite(near).sum() >= 8:
                return int(post)
    raise ValueError("the network is too small for the scenario")


def _clearance(cells: RoadCells, posts, centres) -> NDArray[np.float64]:
    if not centres:
        return np.full(len(posts), np.inf)
    return np.hypot(*(cells.xy[posts][:, None] - cells.xy[centres][None]).transpose(2, 0, 1)).min(
        axis=1
    )


def _place(cells: RoadCells, number, post, nights, level, story) -> Place:
    """People stand within 250 m along the roads, most of them near the centre."""
    away = cells.within(np.array([post]), 250)
    posts = np.flatnonzero(np.isfinite(away))
    posts = posts[np.argsort(away[posts], kind="stable")]
    weights = np.exp(-0.5 * (away[posts] / 100) ** 2)
    return Place(
        number,
        posts,
        weights / weights.sum(),
        cells.xy[post],
        *nights,
        level,
        story,
    )


def accepted(months: list[Month], kind: ProposalKind) -> list[tuple[int, str]]:
    """(month, story) of the proposals of a kind."""
    return [(m.number, story) for m in months for p, story in m.proposals if p.kind is kind]
