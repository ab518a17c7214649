import json
import zipfile
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings

from geo.errors import InputError, MissingError
from geo.network import RoadNetwork, line_lengths
from tests.geo.towns import Road, degrees, town, towns

SQUARE = {"A": (0, 0), "B": (1000, 0), "C": (1000, 1000), "D": (0, 1000)}


@pytest.fixture
def square() -> RoadNetwork:
    """Two-way A-B-C, one-way C-D-A."""
    return town(SQUARE, [Road("ABC", "Via Larga"), Road("CDA", one_way=True)])


def arrays(network):
    return [f.name for f in fields(network) if isinstance(getattr(network, f.name), np.ndarray)]


def test_build_derives_lines_lengths_seconds_and_names():
    lon, lat = degrees((0, 0), (0, 3000)).T
    network = RoadNetwork.build(
        name="x",
        source="osm",
        licence="l",
        node_lon=lon,
        node_lat=lat,
        edge_from=[0, 1],
        edge_to=[1, 0],
        edge_class=[2, 4],
        edge_limits=[90.0, np.nan],
        edge_names=["Superstrada", None],
    )
    assert network.edge_length == pytest.approx([3000, 3000], rel=1e-3)
    assert network.edge_seconds == pytest.approx(network.edge_length * 3.6 / [81, 58])
    assert [network.road(0), network.road(1)] == ["Superstrada", None]
    assert network.line(1).tolist() == network.line(0)[::-1].tolist()
    assert network.kilometres == pytest.approx(6, rel=1e-3)


def test_length_follows_the_bends():
    points = degrees((0, 0), (300, 400), (600, 0))
    assert line_lengths(points, np.array([0, 3])) == pytest.approx([1000], rel=1e-3)
    assert line_lengths(points, np.array([0])).size == 0


def test_a_minute_of_latitude_is_a_nautical_mile():
    assert line_lengths(np.array([[11, 43], [11, 43 + 1 / 60]]), np.array([0, 2])) == pytest.approx(
        [1852], abs=2
    )


def test_arrays_cannot_be_changed(square):
    for name in arrays(square):
        with pytest.raises(ValueError, match="read-only"):
            getattr(square, name)[0] = 0


@pytest.mark.parametrize(
    ("field", "change", "reason"),
    [
        ("node_lon", lambda a: np.where(a > 0, np.nan, a), "not_finite"),
        ("node_lat", lambda a: a + 90, "range"),
        ("edge_to", lambda a: a + 2, "range"),
        ("edge_from", lambda a: a - 1, "range"),
        ("edge_length", lambda a: -a, "negative"),
        ("edge_seconds", lambda a: a * np.inf, "not_finite"),
        ("edge_class", lambda a: a + np.int8(100), "range"),
        ("edge_name", lambda a: a + 5, "range"),
        ("edge_name", lambda a: a[:-1], "shape"),
        ("edge_from", lambda a: a.astype(np.int64), "dtype"),
        ("edge_geometry", lambda a: a * 0, "too_few_points"),
        ("coords", lambda a: a + 0.01, "ends_apart"),
        ("coords", lambda a: a[:-1], "range"),
        ("source", lambda _: "memory", "unknown"),
    ],
)
def test_what_cannot_be_a_network_is_refused(square, field, change, reason):
    with pytest.raises(InputError) as caught:
        replace(square, **{field: change(getattr(square, field))})
    assert caught.value.code == "network_invalid"
    assert caught.value.fields["reason"] == reason


def test_no_roads_are_no_network():
    with pytest.raises(InputError) as caught:
        town({"A": (0, 0)}, [])
    assert caught.value.fields == {"field": "edge_from", "reason": "empty"}


def test_twins_join_the_two_directions_of_a_road(square):
    twins = {
        (int(square.edge_from[e]), int(square.edge_to[e])): int(square.twin[e])
        for e in range(square.edges)
    }
    assert twins == {(0, 1): 1, (1, 0): 0, (1, 2): 3, (2, 1): 2, (2, 3): -1, (3, 0): -1}


def test_twins_of_parallel_roads_and_rings_are_told_apart():
    lon, lat = degrees((0, 0), (1000, 0)).T
    bend, ring = degrees((500, 300)), degrees((0, 100), (100, 100))
    ends = degrees((0, 0), (1000, 0))
    straight = ends
    bent = np.concatenate([ends[:1], bend, ends[1:]])
    around = np.concatenate([ends[:1], ring, ends[:1]])
    network = RoadNetwork.build(
        name="x",
        source="osm",
        licence="l",
        node_lon=lon,
        node_lat=lat,
        edge_from=[0, 0, 1, 1, 0, 0],
        edge_to=[1, 1, 0, 0, 0, 0],
        edge_class=[0] * 6,
        lines=[straight, bent, bent[::-1], straight[::-1], around, around[::-1]],
    )
    assert network.twin.tolist() == [3, 2, 1, 0, 5, 4]


@settings(deadline=None)
@given(towns())
def test_a_twin_runs_the_same_line_back(network):
    for edge, twin in enumerate(network.twin):
        if twin >= 0:
            assert network.twin[twin] == edge
            assert np.array_equal(network.line(edge), network.line(twin)[::-1])


def test_components_largest_first():
    network = town(
        SQUARE | {"E": (5000, 0), "F": (6000, 0)},
        [Road("EF"), Road("ABCDA", one_way=True), Road("CE", one_way=True)],
    )
    assert network.component.tolist() == [0, 0, 0, 0, 1, 1]
    kept = network.strongly_connected()
    assert (kept.nodes, kept.edges) == (4, 4)
    assert kept.component.max() == 0


def test_keep_takes_lines_along(square):
    kept = square.keep(square.edge_name < 0)
    assert (kept.nodes, kept.edges) == (3, 2)
    assert kept.line(0).tolist() == square.line(4).tolist()
    corners = degrees((1000, 1000), (0, 1000), (0, 0))
    assert kept.bounds == pytest.approx((*corners.min(axis=0), *corners.max(axis=0)), abs=1e-9)


@settings(deadline=None, max_examples=20)
@given(towns())
def test_saved_and_loaded_is_the_same(tmp_path_factory, network):
    file = tmp_path_factory.mktemp("net") / "deep" / "network.npz"
    network.save(file)
    back = RoadNetwork.load(file)
    assert back.fingerprint == network.fingerprint
    assert back.names == network.names
    for name in arrays(network):
        assert np.array_equal(getattr(back, name), getattr(network, name))
        assert getattr(back, name).dtype == getattr(network, name).dtype


def test_fingerprint_follows_content(square):
    changed = square.edge_seconds.copy()
    changed[0] += 1
    prints = {
        square.fingerprint,
        replace(square, edge_seconds=changed).fingerprint,
        replace(square, licence="other").fingerprint,
        replace(square, names=("Via Stretta",)).fingerprint,
    }
    assert len(prints) == 4
    assert replace(square).fingerprint == square.fingerprint


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.9, 0.999])
def test_a_file_cut_off_is_refused(square, tmp_path, share):
    file = tmp_path / "network.npz"
    square.save(file)
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(InputError) as caught:
        RoadNetwork.load(file)
    assert caught.value.code == "network_file_broken"


def test_a_file_with_flipped_bits_is_refused(square, tmp_path):
    file = tmp_path / "network.npz"
    square.save(file)
    content = bytearray(file.read_bytes())
    at = content.index(square.edge_seconds.tobytes())
    content[at + 3] ^= 0xFF
    file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        RoadNetwork.load(file)
    assert caught.value.code == "network_file_broken"


def test_other_files_are_refused(square, tmp_path):
    other = tmp_path / "other.npz"
    np.savez(other, a=np.zeros(3))
    objects = tmp_path / "objects.npz"
    np.savez(objects, header=np.array([{"a": 1}], dtype=object))
    text = tmp_path / "text.npz"
    text.write_text("lon,lat\n")
    for file in (other, objects, text, tmp_path):
        with pytest.raises(InputError) as caught:
            RoadNetwork.load(file)
        assert caught.value.code == "network_file_broken"
    with pytest.raises(MissingError, match="network_missing"):
        RoadNetwork.load(tmp_path / "none.npz")


def test_a_newer_format_says_so(square, tmp_path):
    file = tmp_path / "network.npz"
    square.save(file)
    with np.load(file) as stored:
        parts = dict(stored)
    header = json.loads(parts["header"].tobytes()) | {"format": 99}
    parts["header"] = np.frombuffer(json.dumps(header).encode(), dtype=np.uint8)
    np.savez(file, **parts)
    with pytest.raises(InputError, match="network_file_format"):
        RoadNetwork.load(file)


def test_content_that_is_no_network_is_a_broken_file(square, tmp_path):
    file = tmp_path / "network.npz"
    square.save(file)
    with np.load(file) as stored:
        parts = dict(stored)
    parts["edge_to"] = parts["edge_to"] + np.int32(50)
    np.savez(file, **parts)
    with pytest.raises(InputError, match="network_file_broken"):
        RoadNetwork.load(file)


def test_saving_that_fails_leaves_the_old_file(square, tmp_path, monkeypatch):
    file = tmp_path / "network.npz"
    square.save(file)
    before = file.read_bytes()

    def half(out, **arrays):
        out.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(np, "savez", half)
    with pytest.raises(OSError, match="disk full"):
        square.keep(square.edge_name < 0).save(file)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["network.npz"]


def test_the_file_holds_arrays_only(square, tmp_path):
    file = tmp_path / "network.npz"
    square.save(file)
    with zipfile.ZipFile(file) as archive:
        assert {name.removesuffix(".npy") for name in archive.namelist()} == {
            "header",
            *arrays(square),
        }
