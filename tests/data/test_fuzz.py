"""Whatever comes in from outside ends in a sentence of ours or in what it should be.

`PROSSIMA_FUZZ=20000` tries so many of each instead of a few.
"""

import os
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import contact_import
from data.access import Role, Viewer
from data.backup import _opened
from data.imports import read_units, read_zones
from data.settings import load
from data.signin import Seats, is_loopback, new_key, use_key
from data.store import Store
from geo.errors import ProssimaError, RefusedError
from tests.data.samples import UNITS, ZONES
from tests.fuzz import targets
from tests.fuzz.__main__ import NAMES

MANY = int(os.environ.get("PROSSIMA_FUZZ", "60"))
fuzz = settings(
    max_examples=MANY, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip

ANNA = Viewer(Role.COORDINATOR)
NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["=1+1", "@SUM(A1)", "'; DROP TABLE zones; --", "2026-11-19", "23:10", "FI-1", "048017-01",
         "\x00", "contattata", "donna", "9" * 40, "-1", "1e309", "NaN", "3331234567", "a@b.it"]
    ),
)  # fmt: skip
HEADS = st.lists(
    st.sampled_from(["notte", "ora", "unita", "zona", "tipo", "persone", "genere", "note", "lat"]),
    min_size=1, max_size=9,
)  # fmt: skip
TABLES = st.tuples(HEADS, st.lists(st.lists(CELLS, max_size=9), max_size=6)).map(
    lambda table: "\n".join(";".join(row) for row in [table[0], *table[1]]).encode()
)


@pytest.fixture
def store(home):
    opened = Store.open(load(home=home), clock=lambda: NOW)
    opened.save_zones(ANNA, ZONES)
    opened.save_units(ANNA, UNITS)
    yield opened
    opened.close()


@fuzz
@given(content=st.one_of(st.binary(max_size=300), TABLES), name=st.sampled_from([".csv", ".xlsx"]))
def test_contact_files(store, tmp_path, content, name):
    path = tmp_path / f"file{name}"
    path.write_bytes(content)
    before = len(store.contacts(ANNA)), store.zones(ANNA)
    try:
        report = contact_import.dry_run(
            store, ANNA, contact_import.ContactFile.open(path), "arcobaleno"
        )
    except ProssimaError:
        report = None
    assert (len(store.contacts(ANNA)), store.zones(ANNA)) == before
    assert report is None or report.accepted in (True, False)


@fuzz
@given(
    content=st.one_of(st.binary(max_size=300), TABLES), reads=st.sampled_from(["zones", "units"])
)
def test_files_of_zones_and_units(tmp_path, content, reads):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    try:
        found = {"zones": read_zones, "units": read_units}[reads](path)
    except ProssimaError:
        return
    assert isinstance(found, tuple)


@fuzz
@given(key=st.text(max_size=60))
def test_links_that_let_in(home, key):
    new_key(home, NOW)
    with pytest.raises(RefusedError):
        use_key(home, key, NOW)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)


@fuzz
@given(
    claims=st.dictionaries(st.sampled_from(["iss", "sub", "aud", "iat", "exp", "nonce"]), JSON),
)
def test_what_a_provider_may_say(store, claims):
    chosen = load(home=store.settings().home, oidc_client_id="prossima")
    with pytest.raises(RefusedError):
        Seats(timedelta(minutes=30)).account(store, claims, chosen, NOW)


@fuzz
@given(address=st.text(max_size=40))
def test_addresses(address):
    if is_loopback(address):
        assert address.startswith(("localhost", "127.", "[", ":", "0:"))


@fuzz
@given(content=st.binary(max_size=400))
def test_backups(tmp_path, content):
    path = tmp_path / "b.age"
    path.write_bytes(content)
    with pytest.raises(ProssimaError):
        _opened(path, None, "word")


SQUARE = b"""{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {},
"geometry": {"type": "Polygon", "coordinates": [[[11, 43], [11.1, 43], [11.1, 43.1], [11, 43.2]]]}}]
}"""
FOUND = {
    "tables": [b"\x00\x01" + SQUARE],
    "reports": [b"luogo;data\rnota"],
    "roads": [targets.OSM.replace('id="2"', 'id="1="').encode(),
              targets.OSM.replace("43.78", "43.*78").encode()],
    "released": [b"\x01territory;month\rkind", b"\x01" + b"x" * 200_000],
}  # fmt: skip
"""What `python -m tests.fuzz` has found: once an error of a library instead of one of ours."""


@pytest.mark.parametrize("name", [name for name in targets.TARGETS if name != "contacts"])
def test_what_is_fuzzed_takes_its_seeds_and_all_that_was_ever_found(tmp_path, name):
    target = targets.TARGETS[name](tmp_path / "home")
    for content in (*target.seeds, *FOUND.get(name, [])):
        target.run(content)


def test_the_fuzzer_knows_every_target():
    assert set(NAMES) == set(targets.TARGETS)
