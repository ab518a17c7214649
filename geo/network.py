"""The road network: one immutable type on arrays, kept in one file.

Nodes are numbered 0…n-1, directed edges 0…m-1; a two-way road is two edges, each the
other's `twin`. Coordinates are EPSG:4326 (longitude, latitude), lengths metres on the
WGS84 ellipsoid, times seconds of driving at night.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path

import numpy as np
import pyproj
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.errors import InputError, MissingError
from geo.speeds import CLASSES, night_seconds
from geo.twins import twins

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Offsets = NDArray[np.int64]

SOURCES = ("schematic", "osm", "graphml", "iternet")
FORMAT = 1
ENDS_MEET = 1e-4
"""Degrees (about 10 m) that an edge's line may end away from its node."""

_GEODESIC = pyproj.Geod(ellps="WGS84")


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """Roads as arrays. Make one with `build`; equality is identity, see `fingerprint`.

    `node_lon`, `node_lat` (n,) degrees. For every directed edge (m,): `edge_from`,
    `edge_to` node numbers; `edge_length` metres; `edge_seconds` of driving at night;
    `edge_name` index into `names`, -1 for none; `edge_class` index into
    `geo.speeds.CLASSES`. The line of edge e, from its first node to its last, is
    `coords[edge_geometry[e]:edge_geometry[e + 1]]` with `coords` (p, 2) lon/lat.
    """

    name: str
    source: str
    licence: str
    names: tuple[str, ...]
    node_lon: Floats
    node_lat: Floats
    edge_from: Ints
    edge_to: Ints
    edge_length: Floats
    edge_seconds: Floats
    edge_name: Ints
    edge_class: NDArray[np.int8]
    coords: Floats
    edge_geometry: Offsets

    def __post_init__(self) -> None:
        _validate(self)
        for name in _ARRAYS:
            getattr(self, name).setflags(write=False)

    @classmethod
    def build(
        cls,
        *,
        name: str,
        source: str,
        licence: str,
        node_lon: ArrayLike,
        node_lat: ArrayLike,
        edge_from: ArrayLike,
        edge_to: ArrayLike,
        edge_class: ArrayLike,
        edge_names: Sequence[str | None] | None = None,
        edge_length: ArrayLike | None = None,
        edge_seconds: ArrayLike | None = None,
        edge_limits: ArrayLike | None = None,
        lines: Sequence[ArrayLike] | None = None,
        coords: ArrayLike | None = None,
        edge_geometry: ArrayLike | None = None,
    ) -> RoadNetwork:
        """A validated network from arrays or lists; what is left out is derived.

        Geometry comes as `lines` (one (k, 2) lon/lat array an edge) or as `coords` with
        offsets `edge_geometry` (m + 1,); without either, edges are straight. Length is
        measured along the line. Seconds follow from class and `edge_limits` (km/h, NaN
        for none) by `geo.speeds.night_seconds`. Raises InputError `network_invalid`
        with the `field` that is wrong and the `reason`.
        """
        lon, lat = np.array(node_lon, dtype=np.float64), np.array(node_lat, dtype=np.float64)
        start, end = np.array(edge_from, dtype=np.int32), np.array(edge_to, dtype=np.int32)
        classes = np.array(edge_class, dtype=np.int8)
        if lines is not None:
            parts = [np.asarray(line, dtype=np.float64).reshape(-1, 2) for line in lines]
            points = np.concatenate(parts) if parts else np.empty((0, 2))
            offsets = _offsets([len(part) for part in parts])
        elif coords is not None and edge_geometry is not None:
            points = np.array(coords, dtype=np.float64).reshape(-1, 2)
            offsets = np.array(edge_geometry, dtype=np.int64)
        else:
            _check_ends(start, end, len(lon))
            ends = np.column_stack([start, end]).ravel()
            points = np.column_stack([lon[ends], lat[ends]])
            offsets = _offsets(np.full(len(start), 2))
        if edge_length is None:
            length = line_lengths(points, offsets)
        else:
            length = np.array(edge_length, dtype=np.float64)
        if edge_seconds is None:
            _require(bool(((classes >= 0) & (classes < len(CLASSES))).all()), "edge_class", "range")
            seconds = night_seconds(length, classes, edge_limits)
        else:
            seconds = np.array(edge_seconds, dtype=np.float64)
        names, index = _index_names(edge_names, len(start))
        return cls(
            name=name,
            source=source,
            licence=licence,
            names=names,
            node_lon=lon,
            node_lat=lat,
            edge_from=start,
            edge_to=end,
            edge_length=length,
            edge_seconds=seconds,
            edge_name=index,
            edge_class=classes,
            coords=points,
            edge_geometry=offsets,
        )

    def __repr__(self) -> str:
        return f"RoadNetwork({self.source}, {self.nodes} nodes, {self.edges} edges)"

    @property
    def nodes(self) -> int:
        """How many nodes."""
        return len(self.node_lon)

    @property
    def edges(self) -> int:
        """How many directed edges."""
        return len(self.edge_from)

    @cached_property
    def kilometres(self) -> float:
        """Directed kilometres of road."""
        return float(self.edge_length.sum() / 1000)

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees."""
        west, south = self.coords.min(axis=0)
        east, north = self.coords.max(axis=0)
        return float(west), float(south), float(east), float(north)

    @cached_property
    def edge_bounds(self) -> Floats:
        """(m, 4) west, south, east, north of every edge's line, degrees."""
        first = self.edge_geometry[:-1]
        low = np.minimum.reduceat(self.coords, first, axis=0)
        high = np.maximum.reduceat(self.coords, first, axis=0)
        return np.hstack([low, high])

    @cached_property
    def component(self) -> Ints:
        """(n,) label of each node's strongly connected part; 0 is the largest."""
        arcs = coo_array(
            (np.ones(self.edges, dtype=np.int8), (self.edge_from, self.edge_to)),
            shape=(self.nodes, self.nodes),
        )
        count, labels = connected_components(arcs, directed=True, connection="strong")
        order = np.argsort(-np.bincount(labels, minlength=count), kind="stable")
        rank = np.empty(count, dtype=np.int32)
        rank[order] = np.arange(count, dtype=np.int32)
        return rank[labels]

    @cached_property
    def twin(self) -> Ints:
        """(m,) the edge that runs the same line the other way, -1 on a one-way road."""
        return twins(self.edge_from, self.edge_to, self.edge_geometry, self.coords)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the content, 32 hexadecimal digits: the key of what is cached."""
        digest = hashlib.blake2b(_header(self), digest_size=16)
        for name in _ARRAYS:
            digest.update(np.ascontiguousarray(getattr(self, name)).data)
        return digest.hexdigest()

    def line(self, edge: int) -> Floats:
        """(k, 2) lon/lat of one edge's line, from its first node to its last."""
        return self.coords[self.edge_geometry[edge] : self.edge_geometry[edge + 1]]

    def road(self, edge: int) -> str | None:
        """Name of the road an edge belongs to."""
        index = self.edge_name[edge]
        return self.names[index] if index >= 0 else None

    def keep(self, edges: NDArray[np.bool_]) -> RoadNetwork:
        """The network of some edges (mask (m,)) and the nodes that they touch."""
        used = np.zeros(self.nodes, dtype=bool)
        used[self.edge_from[edges]] = used[self.edge_to[edges]] = True
        number = np.cumsum(used, dtype=np.int32) - 1
        counts = np.diff(self.edge_geometry)
        return RoadNetwork(
            name=self.name,
            source=self.source,
            licence=self.licence,
            names=self.names,
            node_lon=self.node_lon[used],
            node_lat=self.node_lat[used],
            edge_from=number[self.edge_from[edges]],
            edge_to=number[self.edge_to[edges]],
            edge_length=self.edge_length[edges],
            edge_seconds=self.edge_seconds[edges],
            edge_name=self.edge_name[edges],
            edge_class=self.edge_class[edges],
            coords=self.coords[np.repeat(edges, counts)],
            edge_geometry=_offsets(counts[edges]),
        )

    def strongly_connected(self) -> RoadNetwork:
        """The largest part in which every node is reached from every other."""
        return self.keep(
            (self.component[self.edge_from] == 0) & (self.component[self.edge_to] == 0)
        )

    def save(self, path: Path) -> None:
        """Write to one file, beside the place and then renamed: whole or not at all."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                header = np.frombuffer(_header(self), dtype=np.uint8)
                np.savez(file, header=header, **{name: getattr(self, name) for name in _ARRAYS})
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, path)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise

    @classmethod
    def load(cls, path: Path) -> RoadNetwork:
        """Read a saved network.

        Raises MissingError `network_missing`, InputError `network_file_broken` where the
        file is cut off or something else, `network_file_format` where a newer version
        wrote it.
        """
        path = Path(path)
        try:
            with np.load(path, allow_pickle=False) as stored:
                header = json.loads(stored["header"].tobytes())
                if header.pop("format") != FORMAT:
                    raise InputError("network_file_format", file=path.name)
                arrays = {name: stored[name] for name in _ARRAYS}
            return cls(**header | {"names": tuple(header["names"])}, **arrays)
        except FileNotFoundError as error:
            raise MissingError("network_missing", file=path.name) from error
        except InputError as error:
            if error.code == "network_invalid":
                raise InputError("network_file_broken", file=path.name) from error
            raise
        except (ValueError, KeyError, TypeError, EOFError, OSError, zipfile.BadZipFile) as error:
            raise InputError("network_file_broken", file=path.name) from error


_ARRAYS: dict[str, type[np.generic]] = {
    "node_lon": np.float64,
    "node_lat": np.float64,
    "edge_from": np.int32,
    "edge_to": np.int32,
    "edge_length": np.float64,
    "edge_seconds": np.float64,
    "edge_name": np.int32,
    "edge_class": np.int8,
    "coords": np.float64,
    "edge_geometry": np.int64,
}


def line_lengths(coords: Floats, offsets: Offsets) -> Floats:
    """Metres on the WGS84 ellipsoid of each line `coords[offsets[i]:offsets[i + 1]]`."""
    if len(offsets) < 2:
        return np.zeros(0)
    lon, lat = coords[:, 0], coords[:, 1]
    _, _, steps = _GEODESIC.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    run = np.concatenate([[0.0], np.cumsum(steps)])
    return run[offsets[1:] - 1] - run[offsets[:-1]]


def _header(network: RoadNetwork) -> bytes:
    header = {f.name: getattr(network, f.name) for f in fields(network) if f.name not in _ARRAYS}
    return json.dumps({"format": FORMAT, **header}, ensure_ascii=False).encode()


def _offsets(counts: ArrayLike) -> Offsets:
    return np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]).astype(np.int64)


def _index_names(
    edge_names: Sequence[str | None] | None, edges: int
) -> tuple[tuple[str, ...], Ints]:
    if edge_names is None:
        return (), np.full(edges, -1, dtype=np.int32)
    names: dict[str, int] = {}
    index = [names.setdefault(name, len(names)) if name else -1 for name in edge_names]
    return tuple(names), np.array(index, dtype=np.int32)


def _require(holds: bool, field: str, reason: str) -> None:
    if not holds:
        raise InputError("network_invalid", field=field, reason=reason)


def _check_ends(start: Ints, end: Ints, nodes: int) -> None:
    for field, ends in (("edge_from", start), ("edge_to", end)):
        _require(bool(((ends >= 0) & (ends < nodes)).all()), field, "range")


def _validate(network: RoadNetwork) -> None:
    _require(network.source in SOURCES, "source", "unknown")
    for field, dtype in _ARRAYS.items():
        array = getattr(network, field)
        _require(isinstance(array, np.ndarray) and array.dtype == dtype, field, "dtype")
    nodes, edges = len(network.node_lon), len(network.edge_from)
    _require(edges > 0, "edge_from", "empty")
    shapes: dict[str, tuple[int, ...]] = {
        "node_lon": (nodes,),
        "node_lat": (nodes,),
        "edge_geometry": (edges + 1,),
        "coords": (len(network.coords), 2),
    }
    for field in _ARRAYS:
        shape = getattr(network, field).shape
        _require(shape == shapes.get(field, (edges,)), field, "shape")
    for field in ("node_lon", "node_lat", "coords", "edge_length", "edge_seconds"):
        _require(bool(np.isfinite(getattr(network, field)).all()), field, "not_finite")
    _check_ends(network.edge_from, network.edge_to, nodes)
    for field in ("edge_length", "edge_seconds"):
        _require(bool((getattr(network, field) >= 0).all()), field, "negative")
    for field, low, high in (
        ("edge_class", 0, len(CLASSES)),
        ("edge_name", -1, len(network.names)),
        ("node_lon", -180, 180),
        ("node_lat", -90, 90),
    ):
        values = getattr(network, field)
        _require(bool(((values >= low) & (values < high)).all()), field, "range")
    offsets = network.edge_geometry
    _require(bool((np.diff(offsets) >= 2).all()), "edge_geometry", "too_few_points")
    _require(offsets[0] == 0 and offsets[-1] == len(network.coords), "edge_geometry", "range")
    for points, ends in ((offsets[:-1], network.edge_from), (offsets[1:] - 1, network.edge_to)):
        away = np.abs(
            network.coords[points]
            - np.column_stack([network.node_lon[ends], network.node_lat[ends]])
        )
        _require(bool((away <= ENDS_MEET).all()), "edge_geometry", "ends_apart")
