"""Roads from a GraphML file written by osmnx (`osmnx.save_graphml`), plain or gzipped.

The file is read as a stream, one node or edge at a time: osmnx itself would hold the
region several times over in memory.
"""

from __future__ import annotations

import ast
import gzip
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import shapely
from lxml import etree
from shapely.errors import GEOSException

from data.roads_report import Ticker
from data.roads_tags import ACCESS_KEYS, LICENCE, open_to_vehicles
from geo.errors import InputError
from geo.network import RoadNetwork
from geo.speeds import parse_maxspeed, road_class

_SPACE = "{http://graphml.graphdrawing.org/xmlns}"


def read_graphml(path: Path, ticker: Ticker) -> RoadNetwork:
    """Every drivable edge of an osmnx GraphML file in EPSG:4326.

    Raises InputError `network_source_broken` for a file that is cut off or no GraphML of
    osmnx (`reason`), `network_projected` where its coordinates are not degrees and
    `network_empty` where it holds no road for a van.
    """
    nodes: dict[str, int] = {}
    lon: list[float] = []
    lat: list[float] = []
    starts: list[int] = []
    ends: list[int] = []
    classes: list[int] = []
    limits: list[float] = []
    names: list[str | None] = []
    shapes: list[str | None] = []
    ticker.begin("edges")
    with _reading(path) as file:
        for tag, element, data in _elements(file):
            if tag == "graph":
                if data.get("crs", "epsg:4326").lower() not in ("epsg:4326", "ogc:crs84"):
                    raise InputError("network_projected", file=path.name, crs=data["crs"])
            elif tag == "node":
                nodes[element.attrib["id"]] = len(nodes)
                lon.append(float(data["x"]))
                lat.append(float(data["y"]))
            else:
                kinds = [road_class(value) for value in values(data.get("highway"))]
                drivable = [kind for kind in kinds if kind is not None]
                if not drivable or not _open(data):
                    continue
                starts.append(nodes[element.attrib["source"]])
                ends.append(nodes[element.attrib["target"]])
                # A merged edge that has several classes counts as the least of them.
                classes.append(max(drivable))
                limits.append(mean_limit(data))
                names.append(" / ".join(values(data.get("name") or data.get("ref"))) or None)
                shapes.append(data.get("geometry"))
                ticker.tick(len(starts))
        lines = _lines(
            shapes, np.column_stack([lon, lat]) if lon else np.empty((0, 2)), starts, ends
        )
    if not starts:
        raise InputError("network_empty", file=path.name)
    return RoadNetwork.build(
        name=path.name.split(".")[0],
        source="graphml",
        licence=LICENCE,
        node_lon=lon,
        node_lat=lat,
        edge_from=starts,
        edge_to=ends,
        edge_class=classes,
        edge_names=names,
        edge_limits=limits,
        lines=lines,
    )


def values(text: str | None) -> list[str]:
    """An attribute of osmnx: nothing, one value, or the text of a Python list of them."""
    if not text:
        return []
    if text.startswith("["):
        return [str(value) for value in ast.literal_eval(text)]
    return [text]


def mean_limit(data: Mapping[str, str]) -> float:
    """Mean limit in km/h of the stretches merged into an edge, NaN where none has one."""
    way = "backward" if data.get("reversed") == "True" else "forward"
    texts = values(data.get(f"maxspeed:{way}") or data.get("maxspeed"))
    limits = [limit for text in texts if (limit := parse_maxspeed(text)) is not None]
    return float(np.mean(limits)) if limits else float("nan")


def _open(data: Mapping[str, str]) -> bool:
    """Whether a van may pass; of merged stretches, every one."""
    return all(
        open_to_vehicles({key: value}) for key in ACCESS_KEYS for value in values(data.get(key))
    )


def _elements(file: BinaryIO) -> Iterator[tuple[str, etree._Element, Mapping[str, str]]]:
    """Graph, nodes and edges with their data by attribute name; freed as they pass."""
    keys: dict[str, str] = {}
    graph: dict[str, str] = {}
    tags = [f"{_SPACE}{name}" for name in ("key", "data", "node", "edge", "graphml")]
    pending = True
    for _, element in etree.iterparse(file, tag=tags, resolve_entities=False, no_network=True):
        tag = element.tag.removeprefix(_SPACE)
        parent = element.getparent()
        if tag == "key":
            keys[element.attrib["id"]] = element.attrib["attr.name"]
        elif tag == "data" and parent is not None and parent.tag == f"{_SPACE}graph":
            graph[keys[element.attrib["key"]]] = element.text or ""
        elif tag in ("node", "edge"):
            if pending:
                yield "graph", parent, graph
                pending = False
            yield tag, element, {keys[child.attrib["key"]]: child.text or "" for child in element}
            element.clear()
            while element.getprevious() is not None:
                del parent[0]


def _lines(
    shapes: list[str | None], points: np.ndarray, starts: list[int], ends: list[int]
) -> list[np.ndarray]:
    return [
        shapely.get_coordinates(shapely.from_wkt(shape)) if shape else points[[start, end]]
        for shape, start, end in zip(shapes, starts, ends, strict=True)
    ]


@contextmanager
def _reading(path: Path) -> Iterator[BinaryIO]:
    """The file's bytes, unzipped; whatever goes wrong with its content is one error."""
    try:
        with path.open("rb") as raw:
            zipped = raw.read(2) == b"\x1f\x8b"
        with path.open("rb") as raw:
            yield cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if zipped else raw
    except (etree.XMLSyntaxError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError("network_source_broken", file=path.name, reason="cut_off") from error
    except (KeyError, SyntaxError, GEOSException) as error:
        raise InputError("network_source_broken", file=path.name, reason="content") from error
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError("network_source_broken", file=path.name, reason="content") from error
