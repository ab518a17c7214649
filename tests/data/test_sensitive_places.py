"""Sensitive places come along with the roads of OpenStreetMap, or from a table."""

from __future__ import annotations

import osmium
import pytest
from osmium.osm.mutable import Node, Way

from data import conflicts
from data.access import Role, Viewer
from data.roads import Servers
from data.sensitive_places import bring_along, read_sensitive
from data.settings import load
from data.store import Store
from geo.errors import InputError
from geo.sensitive import Sensitive
from tests.data.osm_server import Town, loopback_only, serving
from tests.data.test_roads_overpass import NODES, STREETS

WHOLE = Viewer(Role.COORDINATOR)
CORNERS = [(11.10, 43.88), (11.104, 43.88), (11.104, 43.884), (11.10, 43.884)]


@pytest.fixture
def store(home):
    opened = Store.open(load(home=home))
    yield opened
    opened.close()


@pytest.fixture
def extract(tmp_path):
    """A school as an area, a station as a node, a café, a church in Milan; one road."""
    path = tmp_path / "prato.osm.pbf"
    with osmium.SimpleWriter(str(path), overwrite=True) as out:
        for number, corner in enumerate(CORNERS, 1):
            out.add_node(Node(id=number, location=corner, version=1))
        for number, (lonlat, tags) in enumerate(
            [
                ((11.09, 43.87), {"railway": "station"}),
                ((11.095, 43.87), {"amenity": "cafe"}),
                ((9.19, 45.46), {"amenity": "place_of_worship"}),
            ],
            11,
        ):
            out.add_node(Node(id=number, location=lonlat, tags=tags, version=1))
        school, road = {"amenity": "school", "name": "x"}, {"highway": "residential"}
        out.add_way(Way(id=1, nodes=[1, 2, 3, 4, 1], tags=school, version=1))
        out.add_way(Way(id=2, nodes=[11, 12], tags=road, version=1))
    return path


def kept(store):
    return [tuple(row) for row in conflicts.sensitive(store, WHOLE).itertuples(index=False)]


def test_what_an_extract_names_is_kept_and_its_names_are_not(store, extract, home):
    assert bring_along(store, extract, home) == 2
    (station, school) = sorted(kept(store), reverse=True)
    assert station == (Sensitive.STATION, 11.09, 43.87)
    assert school[0] == Sensitive.SCHOOL
    assert 11.10 < school[1] < 11.104
    assert 43.88 < school[2] < 43.884
    # The two points of the road and the café are nothing to be near to.
    assert list(conflicts.sensitive(store, WHOLE)) == ["kind", "lon", "lat"]


def test_roads_alone_take_nothing_away(store, extract, home, tmp_path):
    bring_along(store, extract, home)
    bare = tmp_path / "roads.osm"
    with osmium.SimpleWriter(str(bare), overwrite=True) as out:
        out.add_node(Node(id=1, location=CORNERS[0], version=1))
    assert bring_along(store, bare, home) == 0
    assert bring_along(store, tmp_path / "region.gpkg", home) is None
    assert len(kept(store)) == 2


def test_a_download_brings_them_too(store, home, monkeypatch):
    first = next(iter(NODES))
    town = Town(NODES, STREETS, {first: {"amenity": "clinic"}})
    with serving(town), loopback_only(monkeypatch) as refused:
        servers = Servers(f"{town.base}/api", town.base)
        assert bring_along(store, "Borgo, Toscana", home, servers) == 1
    assert refused == []
    assert kept(store) == [(Sensitive.HEALTH, *NODES[first])]


def test_a_broken_extract_is_refused_and_a_table_read_row_by_row(tmp_path):
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(b"no map")
    with pytest.raises(InputError, match="network_source_broken"):
        read_sensitive(broken)
    listed = tmp_path / "places.csv"
    listed.write_text("tipo;lon;lat\nscuola;11,1;43,88\nstazione;11.2;43.8\n", encoding="utf-8")
    assert list(read_sensitive(listed)["kind"]) == ["scuola", "stazione"]
    listed.write_text("tipo;lon;lat\nscuola;11.1;43.88\nbar;11.2;43.8\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_sensitive(listed)
    assert (refused.value.code, refused.value.fields) == ("sensitive_row", {"row": 3})
