"""The road network in use: imported into one file under the home folder, else the packaged one.

An import reads a source, keeps the largest part that is joined in both directions and
replaces the file at once when all is done: one that fails or is given up leaves the
network in use as it was.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

from data.roads_graphml import read_graphml
from data.roads_iternet import read_iternet
from data.roads_osm import read_osm
from data.roads_report import Area, ImportReport, Progress, Servers, Ticker, describe, finish
from geo import skeleton
from geo.errors import InputError, MissingError
from geo.network import RoadNetwork

__all__ = [
    "ImportReport",
    "Progress",
    "Servers",
    "import_network",
    "load_network",
    "network_file",
    "network_info",
]

log = logging.getLogger(__name__)

PACKAGED = Path(__file__).parent / "tuscany"

READERS: dict[str, Callable[[Path, Ticker], RoadNetwork]] = {
    ".osm.pbf": read_osm,
    ".pbf": read_osm,
    ".osm": read_osm,
    ".osm.gz": read_osm,
    ".osm.bz2": read_osm,
    ".graphml": read_graphml,
    ".graphml.gz": read_graphml,
    ".gpkg": read_iternet,
}
"""Which reader serves a file, by the end of its name."""


def import_network(
    source: Path | str | Area,
    home: Path,
    progress: Progress | None = None,
    servers: Servers | None = None,
) -> ImportReport:
    """Import roads and put them in use; what was kept and dropped is reported.

    `source`: the Path of a file with one of the endings of READERS; an EPSG:4326 polygon or
    the name of a place, for which `servers` are asked. A text is never taken for a file.
    `progress` is called with a phase and a count and may return False to give up.

    Raises MissingError `file_missing` or `place_unknown`; InputError `network_source_kind`
    (`expected` endings), `network_source_broken`, `network_empty`, `network_projected`,
    `network_columns`, `network_crs_missing`, `network_other_area`, `network_unreachable`
    or `import_cancelled`. After any of them the old network is still in place.
    """
    ticker = Ticker(progress)
    network, report = finish(_read(source, home, servers or Servers(), ticker), ticker)
    network.save(network_file(home))
    log.info("road import: done, %d edges", report.edges)
    return report


def network_file(home: Path) -> Path:
    """Where the imported network stands."""
    return home / "network.npz"


def load_network(home: Path) -> RoadNetwork:
    """The imported network, else the packaged schematic one; read once and kept in memory.

    Raises InputError `network_file_broken` or `network_file_format`.
    """
    file = network_file(home)
    if not file.exists():
        return packaged_network(home)
    status = file.stat()
    return _load(file, status.st_mtime_ns, status.st_size)


def network_info(home: Path) -> ImportReport:
    """What `load_network` gives, in the words of an import's report."""
    network = load_network(home)
    return describe(network, network)


def packaged_network(home: Path) -> RoadNetwork:
    """The schematic main roads of Tuscany, made from the tables in `data/tuscany`.

    Drawing their curves takes a second, so that the result is kept under `home` until the
    tables or the code that reads them change.
    """
    recipe = _recipe()
    if recipe not in _PACKAGED:
        _PACKAGED[recipe] = _kept_or_made(home / "cache" / f"schematic-{recipe}.npz")
    return _PACKAGED[recipe]


_PACKAGED: dict[str, RoadNetwork] = {}


@cache
def _recipe() -> str:
    digest = hashlib.blake2b(digest_size=8)
    for file in (
        *sorted(PACKAGED.glob("*.csv")),
        *sorted(Path(skeleton.__file__).parent.glob("*.py")),
    ):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _kept_or_made(file: Path) -> RoadNetwork:
    try:
        return RoadNetwork.load(file)
    except (MissingError, InputError):
        network = skeleton.network_from_tables(*skeleton.tables(PACKAGED))
        for old in file.parent.glob("schematic-*.npz"):
            old.unlink(missing_ok=True)
        network.save(file)
        return network


@lru_cache(maxsize=2)
def _load(file: Path, _changed: int, _size: int) -> RoadNetwork:
    return RoadNetwork.load(file)


def _read(source: Path | str | Area, home: Path, servers: Servers, ticker: Ticker) -> RoadNetwork:
    if not isinstance(source, Path):
        # osmnx takes seconds to load, and only a download needs it.
        from data.roads_overpass import read_overpass  # noqa: PLC0415

        return read_overpass(source, home / "cache" / "osm", servers, ticker)
    if not source.is_file():
        raise MissingError("file_missing", file=source.name)
    name = source.name.lower()
    for ending, reader in READERS.items():
        if name.endswith(ending):
            return reader(source, ticker)
    raise InputError("network_source_kind", file=source.name, expected=", ".join(READERS))
