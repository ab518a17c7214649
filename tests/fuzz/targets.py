"""What is fuzzed: every door through which bytes of others come in, and the law of each.

A target takes any bytes. It ends quietly where they were read or refused by one of our own
errors; it fails where anything else is raised, or where the law of that door is broken: a file
that is only tried changes nothing, a link that we did not sign opens nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from openpyxl import Workbook

from data import backup, contact_import, imports
from data.access import Role, Viewer
from data.conflict_files import read_reports
from data.conflicts import places
from data.pack_links import opened, signed
from data.release_files import WRITERS
from data.release_reading import published_in
from data.releases import publish, releases
from data.returns import events, joined, read, whose
from data.roads import load_network
from data.roads_graphml import read_graphml
from data.roads_osm import read_osm
from data.roads_report import Ticker
from data.settings import load
from data.signin import new_key, use_key
from data.store import Store
from data.texts import Texts
from geo.errors import MissingError, ProssimaError, RefusedError
from geo.night import Night
from tests.data.released import MARCH, Clock, filled
from tests.data.samples import UNITS, ZONES

ANNA = Viewer(Role.COORDINATOR)
NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
NIGHT = Night.of(NOW)

Run = Callable[[bytes], None]


@dataclass(frozen=True)
class Target:
    """`run` takes any bytes; `seeds` are honest inputs to begin from."""

    run: Run
    seeds: Sequence[bytes]


def _store(home: Path) -> Store:
    store = Store.open(load(home=home), clock=lambda: NOW)
    store.save_zones(ANNA, ZONES)
    store.save_units(ANNA, UNITS)
    return store


def _workbook(rows: Sequence[Sequence[object]]) -> bytes:
    book, target = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(target)
    return target.getvalue()


CONTACTS = (
    ("notte", "zona", "tipo", "persone", "genere", "ora"),
    ("2026-11-19", "048017-01", "gruppo", "4", "donna", "23:10"),
    ("19/11/2026", "048017-02", "contattata", "1", "trans", "01:30"),
)
HEADER = "luogo;data;fascia;tema;intensita;canale;segnalante"
OSM = """<osm version="0.6"><node id="1" version="1" lat="43.77" lon="11.25"/>
<node id="2" version="1" lat="43.78" lon="11.25"/><way id="1" version="1"><nd ref="1"/><nd ref="2"/>
<tag k="highway" v="primary"/><tag k="maxspeed" v="50"/><tag k="oneway" v="-1"/></way></osm>"""
GRAPHML = """<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="d0" for="node" attr.name="x" attr.type="string"/>
<key id="d1" for="node" attr.name="y" attr.type="string"/>
<key id="d2" for="edge" attr.name="highway" attr.type="string"/>
<key id="d3" for="edge" attr.name="length" attr.type="string"/><graph edgedefault="directed">
<node id="1"><data key="d0">11.25</data><data key="d1">43.77</data></node>
<node id="2"><data key="d0">11.25</data><data key="d1">43.78</data></node>
<edge source="1" target="2"><data key="d2">primary</data><data key="d3">1112</data></edge>
</graph></graphml>"""


def contacts(home: Path) -> Target:
    """A contact file, by its first byte a table or a workbook; a dry run keeps nothing."""
    store, kinds = _store(home), (".csv", ".xlsx", ".zip")
    before = store.revision()

    def run(data: bytes) -> None:
        name = f"f{kinds[data[0] % len(kinds)]}" if data else "f.csv"
        with contextlib.suppress(ProssimaError):
            contact_import.dry_run(store, ANNA, contact_import.ContactFile(name, data[1:]), "arco")
        assert store.revision() == before, "a dry run wrote"

    table = "\n".join(";".join(row) for row in CONTACTS).encode()
    return Target(run, (b"\x00" + table, b"\x01" + _workbook(CONTACTS)))


def tables(home: Path) -> Target:
    """Zones, units, desks and presence, as CSV or GeoJSON; the file is chosen by two bytes."""
    readers = (imports.read_zones, imports.read_units, imports.read_desks, imports.read_presence)
    home.mkdir(parents=True, exist_ok=True)

    def run(data: bytes) -> None:
        if len(data) < 2:
            return
        path = home / ("f.geojson" if data[1] % 2 else "f.csv")
        path.write_bytes(data[2:])
        with contextlib.suppress(ProssimaError):
            readers[data[0] % len(readers)](path)

    seeds = []
    for number, (write, kept) in enumerate(
        ((imports.write_zones, ZONES), (imports.write_units, UNITS))
    ):
        for kind, ending in enumerate(("csv", "geojson")):
            path = home / f"seed.{ending}"
            write(path, kept)
            seeds.append(bytes([number, kind]) + path.read_bytes())
    return Target(run, seeds)


def reports(home: Path) -> Target:
    """A file of conflict reports."""
    store = _store(home)
    frame = places(store, ANNA)

    def run(data: bytes) -> None:
        name = "f.xlsx" if data[:2] == b"PK" else "f.csv"
        with contextlib.suppress(ProssimaError):
            read_reports(name, data, frame, NIGHT.date, roads=lambda: load_network(home))

    row = f"{frame.index[0]};2026-11-18;notte;rumore;3;comune;residente"
    return Target(run, (f"{HEADER}\n{row}\n".encode(), HEADER.encode()))


def roads(home: Path) -> Target:
    """A road network: GraphML or OpenStreetMap's XML."""
    home.mkdir(parents=True, exist_ok=True)

    def run(data: bytes) -> None:
        osm = data[:1] == b"<" and b"osm" in data[:40]
        path = home / ("f.osm" if osm else "f.graphml")
        path.write_bytes(data)
        with contextlib.suppress(ProssimaError):
            (read_osm if osm else read_graphml)(path, Ticker())

    return Target(run, (OSM.encode(), GRAPHML.encode()))


def released(home: Path) -> Target:
    """A published file handed to `prossima attack`."""
    kinds = (".json", ".csv", ".geojson", ".xlsx")
    store = filled(load(home=home), Clock())
    publish(store, ANNA, MARCH)
    found, t = releases(store, ANNA), Texts("it")
    store.close()

    def run(data: bytes) -> None:
        with contextlib.suppress(ProssimaError):
            published_in(f"f{kinds[data[0] % len(kinds)]}" if data else "f.json", data[1:])

    seeds = [bytes([n]) + WRITERS[kind[1:]](found, t) for n, kind in enumerate(kinds)]
    return Target(run, seeds)


def pack_link(home: Path) -> Target:
    """The token of a signed link: none opens but the one that we made."""
    token = signed(home, NIGHT, "FI-1")

    def run(data: bytes) -> None:
        text = data.decode("utf-8", errors="replace")
        try:
            found = opened(home, text)
        except MissingError:
            return
        assert found == (NIGHT, "FI-1"), "a forged link opened something else"
        assert text == token, "a link that was not made here opened"

    return Target(run, (token.encode(), token[:-1].encode(), b"e30.x"))


def entry_link(home: Path) -> Target:
    """The key of the link that lets in once."""
    home.mkdir(parents=True, exist_ok=True)
    new_key(home, NOW)

    def run(data: bytes) -> None:
        try:
            use_key(home, data.decode("utf-8", errors="surrogateescape"), NOW)
        except RefusedError:
            return
        raise AssertionError("a key that was never made let somebody in")

    return Target(run, (b"0" * 43, b""))


def given_back(_home: Path) -> Target:
    """What a phone gives back: a document, or the texts of its QR codes."""

    def run(data: bytes) -> None:
        try:
            documents = [read(data)]
        except ProssimaError:
            try:
                documents = joined(data.decode("utf-8", errors="replace").splitlines())
            except ProssimaError:
                return
        for document in documents:
            try:
                whose(document)
                events(document, NOW)
            except ProssimaError:
                pass

    event = {"id": "phone-a-1", "kind": "tally", "stop": "x", "sequence": 1, "at": 1.6e12,
             "values": {"kind": "contattata", "gender": "donna"}}  # fmt: skip
    whole = {"kind": "prossima-night", "format": 1, "night": "2026-11-20", "unit": "FI-1",
             "source": "phone-a", "opened": 1.6e12, "built": 1.6e12, "sent": 1.6e12,
             "events": [event]}  # fmt: skip
    return Target(run, (json.dumps(whole).encode(), b"PRSM1.ab.1.1.eyJhIjoxfQ"))


def backups(home: Path) -> Target:
    """A backup to restore, with an honest key."""
    home.mkdir(parents=True, exist_ok=True)
    key, path = home / "key.txt", home / "f.age"
    recipient = backup.make_key(key)
    seal = backup._encrypting((recipient,), None)

    def run(data: bytes) -> None:
        # By the first byte as it comes, or inside an encryption that opens.
        inside = bool(data) and data[0] % 2 == 1
        path.write_bytes(seal(data[1:]) if inside else data[1:])
        with contextlib.suppress(ProssimaError):
            backup._opened(path, key, None)

    head = {"engine": "sqlite", "tables": "0001", "made": "2026-11-20T17:00:00", "length": 1,
            "sha256": hashlib.sha256(b"x").hexdigest()}  # fmt: skip
    return Target(run, (b"\x01" + json.dumps(head).encode() + b"\nx", b"\x00age-encryption.org/v1"))


TARGETS: Mapping[str, Callable[[Path], Target]] = {
    "contacts": contacts,
    "tables": tables,
    "reports": reports,
    "roads": roads,
    "released": released,
    "pack_link": pack_link,
    "entry_link": entry_link,
    "given_back": given_back,
    "backups": backups,
}
