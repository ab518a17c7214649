"""The store's tests run on SQLite, SQLCipher and a real PostgreSQL (with PostGIS).

PostgreSQL stands twice: as who owns the tables, and as the program's own role, which owns
nothing and is held by row security.

PostgreSQL is the server that PROSSIMA_TEST_POSTGRESQL names by URL, or one started for
the test run from Debian's packages; each test gets a database of its own.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from data.database import connect
from data.rights import APPLICATION, apply
from data.settings import load
from data.store import Store
from data.views import available
from tests.nights import Clock, filled
from tests.postgresql import programs, running

KEY = "1f" * 32
"""Key of the encrypted databases of the tests."""


@pytest.fixture(scope="session")
def published_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder whose night three units have itineraries for; copy it, do not change it."""
    home = tmp_path_factory.mktemp("published") / "home"
    filled(home, Clock(), ("FI1", "LU1", "PI1")).close()
    return home


@pytest.fixture
def clock() -> Clock:
    """The clock of a night under way: 21:30. Modules with another story have their own."""
    chosen = Clock()
    chosen.set("21:30")
    return chosen


@pytest.fixture
def store(published_home: Path, home: Path, clock: Clock) -> Iterator[Store]:
    """The store of that night. Modules with another story have their own."""
    shutil.copytree(published_home, home)
    opened = Store.open(load(home=home), clock)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """URL of a PostgreSQL server, of a role that may make databases."""
    if given := os.environ.get("PROSSIMA_TEST_POSTGRESQL"):
        yield given
        return
    if programs() is None:
        pytest.skip("no PostgreSQL: install it, or set PROSSIMA_TEST_POSTGRESQL to a URL")
    with running() as url:
        yield url


@pytest.fixture(scope="session")
def databases(postgresql: str) -> Iterator[Callable[[str | None], str]]:
    """Makes a PostgreSQL database, empty or as a copy of another; gives its URL by the owner."""
    server = make_url(postgresql).set(drivername="postgresql+psycopg")
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    made = []

    def make(template: str | None = None) -> str:
        name = f"prossima_{uuid.uuid4().hex}"
        copied = f' TEMPLATE "{make_url(template).database}"' if template else ""
        with admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"{copied}'))
        made.append(name)
        return server.set(database=name).render_as_string(hide_password=False)

    yield make
    with admin.connect() as connection:
        for name in made:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture(scope="session")
def with_rights(databases, tmp_path_factory) -> str:
    """URL of an empty database with tables, roles and PostGIS, to copy."""
    url = databases()
    engine = connect(load(home=tmp_path_factory.mktemp("none"), database_url=url))
    with engine.begin() as connection:
        if available(connection):
            connection.exec_driver_sql("CREATE EXTENSION postgis")
        apply(connection)
    engine.dispose()
    return url


@pytest.fixture
def owned_url(databases, with_rights) -> str:
    """A database with roles and row security, by its owner."""
    return databases(with_rights)


ENGINES = ("sqlite", "sqlcipher", "postgresql", "rights")


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, monkeypatch) -> str | None:
    """A database of each kind, without rows; None is the file in the home folder."""
    if request.param == "sqlcipher":
        pytest.importorskip("sqlcipher3", reason="install prossima[sqlcipher]")
        monkeypatch.setenv("PROSSIMA_DATABASE_KEY", KEY)
    if request.param.startswith("sql"):
        return None
    if request.param == "postgresql":
        return request.getfixturevalue("databases")()
    owner = make_url(request.getfixturevalue("owned_url"))
    return owner.set(username=APPLICATION).render_as_string(hide_password=False)


owners = pytest.mark.parametrize("database_url", ENGINES[:3], indirect=True)
"""For what only the owner of the tables can do."""
