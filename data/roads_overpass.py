"""Roads from OpenStreetMap over the network, by place name or polygon, with osmnx.

osmnx asks Nominatim for the outline of a place and Overpass for its roads. Answers are
kept in a folder under `var/`, so that the same import again asks nobody.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import osmnx
import requests
import shapely
from osmnx import settings
from osmnx._errors import InsufficientResponseError, ResponseStatusCodeError

from data.roads_graphml import read_graphml
from data.roads_report import Area, Servers, Ticker
from geo.errors import InputError, MissingError
from geo.network import RoadNetwork
from geo.sensitive import TAGS

_EXTRA_TAGS = ["maxspeed:forward", "maxspeed:backward", "motorcar", "motor_vehicle", "vehicle"]


def read_overpass(area: str | Area, folder: Path, servers: Servers, ticker: Ticker) -> RoadNetwork:
    """The roads for vans of a place ("Empoli, Italia") or of an EPSG:4326 polygon.

    `folder` keeps the servers' answers and the graph. Raises MissingError
    `place_unknown`, InputError `network_empty` where there is no road, and
    `network_unreachable` where a server does not answer as it should (`reason`).
    """
    ticker.begin("download")
    name = area if isinstance(area, str) else "OpenStreetMap"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "download.graphml"
    try:
        # osmnx would sleep a minute before it noticed that there is no connection.
        requests.get(f"{servers.overpass.rstrip('/')}/status", timeout=30).raise_for_status()
        with _osmnx(folder, servers):
            outline = _outline(area) if isinstance(area, str) else area
            # Not simplified: a merged edge would have one limit in place of several.
            graph = osmnx.graph_from_polygon(
                outline, network_type="drive_service", simplify=False, retain_all=True
            )
            osmnx.save_graphml(graph, file)
    except requests.RequestException as error:
        raise InputError("network_unreachable", reason=type(error).__name__) from error
    except ResponseStatusCodeError as error:
        raise InputError("network_unreachable", reason="status") from error
    except (InsufficientResponseError, ValueError) as error:
        raise InputError("network_empty", file=name) from error
    return replace(read_graphml(file, ticker), name=name, source="osm")


def read_amenities(
    area: str | Area, folder: Path, servers: Servers
) -> list[tuple[dict[str, str], shapely.Point]]:
    """Tags and a point of the sensitive places (`geo.sensitive`) of a place or polygon.

    Raises as `read_overpass`, except that there may be none.
    """
    tags: dict[str, bool | str | list[str]] = {key: [*kinds] for key, kinds in TAGS.items()}
    try:
        with _osmnx(folder, servers):
            outline = _outline(area) if isinstance(area, str) else area
            found = osmnx.features_from_polygon(outline, tags)
    except requests.RequestException as error:
        raise InputError("network_unreachable", reason=type(error).__name__) from error
    except ResponseStatusCodeError as error:
        raise InputError("network_unreachable", reason="status") from error
    except (InsufficientResponseError, ValueError):
        return []
    keys = [key for key in TAGS if key in found]
    values = found[keys].fillna("").astype(str).to_dict("records")
    return list(zip(values, found.geometry.representative_point(), strict=True))


def _outline(place: str) -> Area:
    try:
        return osmnx.geocode_to_gdf(place).union_all()
    except (InsufficientResponseError, TypeError) as error:
        raise MissingError("place_unknown", place=place) from error


@contextmanager
def _osmnx(folder: Path, servers: Servers) -> Iterator[None]:
    """osmnx set up for one import, and everything it changes put back afterwards."""
    ours = {
        "cache_folder": folder,
        "overpass_url": servers.overpass,
        "nominatim_url": servers.nominatim,
        # A name that does not resolve is an error to show, not a reason to ask a third party.
        "doh_url_template": None,
        "useful_tags_way": [*settings.useful_tags_way, *_EXTRA_TAGS],
    }
    theirs = {key: getattr(settings, key) for key in ours}
    # osmnx pins the server's address by replacing this function for the whole process.
    resolve = socket.getaddrinfo
    try:
        for key, value in ours.items():
            setattr(settings, key, value)
        yield
    finally:
        socket.getaddrinfo = resolve
        for key, value in theirs.items():
            setattr(settings, key, value)
