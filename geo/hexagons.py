"""Where persons are met more, or less, than the effort spent would explain.

Contacts and effort of the zones are laid into H3 hexagons, and each hexagon with its six
neighbours is compared with the whole by Getis and Ord's Gi* (Getis & Ord 1992,
doi:10.1111/j.1538-4632.1992.tb00261.x; Ord & Getis 1995,
doi:10.1111/j.1538-4632.1995.tb00912.x), computed by esda. What is compared is contacts
an hour of looking, shrunk towards the mean where little effort was spent (empirical
Bayes, Marshall 1991, doi:10.2307/2347593). So many hexagons are tested at once
that some would stand out by chance: `q` is the p value adjusted for the share of false
discoveries (Benjamini & Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x, by SciPy).

Hexagons without effort are no part of it: no visit is not no presence. "Cold" says that
fewer were met, never that something went well. For coordinators alone, never for outputs.
"""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import h3  # type: ignore[import-untyped]
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.stats import false_discovery_control, norm

from geo.crs import GEOGRAPHIC, project_geometry, unproject
from geo.errors import InputError
from geo.zones import Zone

RESOLUTION = 8
"""H3 resolution: hexagons of about 0.7 km², sides of 530 m."""

FEWEST = 20
"""Hexagons with effort under which the normal approximation says nothing."""

_SPACING = 50.0


def hexagons_of(
    zones: Sequence[Zone],
    contacts: pd.Series,
    effort: pd.Series,
    resolution: int = RESOLUTION,
) -> pd.DataFrame:
    """Contacts and effort of zones by hexagon: `hexagon` (H3 index), `contacts`, `hours`.

    `contacts` and `effort` (hours): totals by zone code; a zone gives each hexagon the
    share that lies in it. Zones without effort are left out. Raises InputError
    `hexagon_resolution` unless 6, 7 or 8: finer ones would come near single places.
    """
    if resolution not in (6, 7, 8):
        raise InputError("hexagon_resolution", got=resolution)
    parts = []
    for zone in zones:
        hours = float(effort.get(zone.code, 0.0))
        if hours <= 0:
            continue
        places = _places(zone.geometry)
        cells = [h3.latlng_to_cell(lat, lon, resolution) for lon, lat in places]
        share = pd.Series(1 / len(cells), index=cells)
        met = float(contacts.get(zone.code, 0.0))
        parts.append(pd.DataFrame({"contacts": share * met, "hours": share * hours}))
    if not parts:
        return pd.DataFrame({"hexagon": [], "contacts": [], "hours": []})
    table = pd.concat(parts)
    return table.groupby(level=0).sum().rename_axis("hexagon").reset_index()


def significance(hexagons: pd.DataFrame, level: float = 0.05) -> pd.DataFrame:
    """The hexagons with `rate`, `z`, `q` and `class`: "hot", "cold" or "" (as expected).

    `hexagons` as `hexagons_of` gives them; `rate`: smoothed contacts an hour; `z`: Gi*
    standardised; `q`: two-sided, adjusted; `level`: share of false discoveries among
    those called hot or cold. p values are those of the normal approximation: esda's
    permutations compile for half a minute in every process. Raises InputError
    `hexagons_few` (got, least) and, for no or negative effort, `hexagon_value`.
    """
    # They take seconds to import, which only those who look at this layer should wait for.
    from esda.getisord import G_Local  # noqa: PLC0415
    from libpysal.graph import Graph  # noqa: PLC0415

    met, hours = (hexagons[name].to_numpy(np.float64) for name in ("contacts", "hours"))
    if not ((hours > 0) & (met >= 0)).all():
        raise InputError("hexagon_value")
    if len(hexagons) < FEWEST:
        raise InputError("hexagons_few", got=len(hexagons), least=FEWEST)
    rate = smoothed(met, hours)
    names = hexagons["hexagon"].tolist()
    known = set(names)
    near = {name: sorted(known & set(h3.grid_ring(name, 1))) for name in names}
    z = np.zeros(len(names))
    if np.ptp(rate) > 0:
        graph = Graph.from_dicts(near)
        z = G_Local(rate, graph, transform="B", star=True, permutations=0).Zs
    q = false_discovery_control(np.minimum(2 * norm.sf(np.abs(z)), 1.0))
    found = np.select([(q <= level) & (z > 0), (q <= level) & (z < 0)], ["hot", "cold"], "")
    return hexagons.assign(rate=rate, z=z, q=q, **{"class": found})


def smoothed(contacts: NDArray[np.float64], hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Contacts an hour, each shrunk towards the mean of all by how little it rests on.

    Marshall's global estimator. `esda.smoothing.Empirical_Bayes` computes the same, but
    goes on with a negative variance where the rates differ less than by chance.
    """
    mean = contacts.sum() / hours.sum()
    apart = (hours * (contacts / hours - mean) ** 2).sum() / hours.sum()
    between = max(apart - mean / hours.mean(), 0.0)
    if between == 0:
        return np.full(len(hours), mean)
    weight = between / (between + mean / hours)
    return weight * contacts / hours + (1 - weight) * mean


def outlines(hexagons: pd.DataFrame) -> gpd.GeoDataFrame:
    """The hexagons with their outlines, polygons in EPSG:4326, for a layer."""
    shapes = [
        shapely.Polygon([(lon, lat) for lat, lon in h3.cell_to_boundary(name)])
        for name in hexagons["hexagon"]
    ]
    return gpd.GeoDataFrame(hexagons, geometry=shapes, crs=GEOGRAPHIC)


def _places(geometry: shapely.Geometry) -> NDArray[np.float64]:
    """(k, 2) lon/lat spread evenly along a line, or over an area."""
    metric = project_geometry(geometry)
    if metric.geom_type in ("LineString", "MultiLineString"):
        count = max(int(metric.length // _SPACING), 1)
        # One after another along all parts: a position is measured on the whole length.
        parts = shapely.get_parts(metric)
        ends = np.cumsum(shapely.length(parts))
        at = (np.arange(count) + 0.5) * metric.length / count
        part = np.searchsorted(ends, at)
        points = shapely.line_interpolate_point(
            parts[part], at - (ends - shapely.length(parts))[part]
        )
    else:
        west, south, east, north = metric.bounds
        grid = np.meshgrid(np.arange(west, east, _SPACING), np.arange(south, north, _SPACING))
        points = shapely.points(np.column_stack([axis.ravel() for axis in grid]))
        points = points[shapely.intersects(metric, points)]
        points = points if len(points) else np.array([metric.representative_point()])
    return unproject(shapely.get_coordinates(points))
