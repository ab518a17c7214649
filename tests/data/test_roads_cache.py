import time
from dataclasses import replace

import numpy as np
import pytest

from data import roads_cache
from data.roads_cache import MatrixCache, matrix_key
from geo.snapping import snap
from geo.travel import matrix
from tests.geo.towns import Road, degrees, town

NETWORK = town({"A": (0, 0), "B": (1000, 0), "C": (1000, 1000)}, [Road("ABC")])
PLACES = snap(NETWORK, degrees((100, 0), (900, 0), (1000, 500)))


@pytest.fixture
def searches(monkeypatch):
    """Counts how often a matrix is really searched."""
    calls = []

    def counting(*args):
        calls.append(args)
        return matrix(*args)

    monkeypatch.setattr(roads_cache, "matrix", counting)
    return calls


def test_a_matrix_is_searched_once(tmp_path, searches):
    cache = MatrixCache(tmp_path / "deep" / "cache")
    first, second = cache(NETWORK, PLACES), MatrixCache(cache.folder)(NETWORK, PLACES)
    assert len(searches) == 1
    for one, two, plain in zip(first, second, matrix(NETWORK, PLACES), strict=True):
        assert np.array_equal(one, two)
        assert np.array_equal(one, plain)
        assert two.dtype == np.int64


def test_whatever_changes_the_answer_changes_the_key():
    slower = replace(NETWORK, edge_seconds=NETWORK.edge_seconds * 2)
    moved = replace(PLACES, fraction=PLACES.fraction * 0.99)
    keys = {
        matrix_key(NETWORK, PLACES, "van", None),
        matrix_key(slower, PLACES, "van", None),
        matrix_key(NETWORK, moved, "van", None),
        matrix_key(NETWORK, PLACES.take([0, 2, 1]), "van", None),
        matrix_key(NETWORK, PLACES.take([0, 1]), "van", None),
        matrix_key(NETWORK, PLACES, "foot", None),
        matrix_key(NETWORK, PLACES, "van", 3600),
    }
    assert len(keys) == 7


def test_a_damaged_file_is_made_anew(tmp_path, searches):
    cache = MatrixCache(tmp_path)
    expected = cache(NETWORK, PLACES)
    [file] = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:100])
    again = cache(NETWORK, PLACES)
    assert len(searches) == 2
    assert np.array_equal(again[0], expected[0])
    cache(NETWORK, PLACES)
    assert len(searches) == 2


def test_only_the_most_recently_used_are_kept(tmp_path, searches):
    cache = MatrixCache(tmp_path, most=2)
    for limit in (100, 200, 100, 300):
        cache(NETWORK, PLACES, "van", limit)
        time.sleep(0.02)  # file times are only as fine as the kernel's clock
    assert len(list(tmp_path.glob("*.npz"))) == 2
    cache(NETWORK, PLACES, "van", 100)
    assert len(searches) == 3
    cache(NETWORK, PLACES, "van", 200)
    assert len(searches) == 4
