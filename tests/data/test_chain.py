"""A chained table grows and does nothing else, on SQLite and PostgreSQL alike."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Mapped, Session

from data import chain
from data.models import Base
from data.settings import load
from data.store import Store
from tests.data.conftest import owners

NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)


class Link(chain.Chained, Base):
    """A table of this test alone."""

    __tablename__ = "test_links"

    moment: Mapped[datetime]
    day: Mapped[date | None]
    document: Mapped[dict[str, Any]]


Base.metadata.remove(Link.__table__)  # other tests compare the metadata with the migrations


pytestmark = owners


@pytest.fixture
def engine(home, database_url):
    store = Store.open(load(home=home, database_url=database_url), clock=lambda: NOW)
    engine = store.engine.execution_options(write=True)
    with engine.begin() as connection:
        Link.__table__.create(connection)
        for statement in chain.append_only("test_links", engine.dialect.name):
            connection.execute(text(statement))
    yield engine
    store.close()


def grown(engine, count=4):
    with Session(engine) as session, session.begin():
        for number in range(count):
            said = {"però": [number, 0.1], "a": None}
            chain.append(session, Link(moment=NOW, day=date(2026, 11, 20), document=said))


def verdict(engine, expected=None):
    with Session(engine) as session:
        return chain.verify(session, Link, expected)


def without_triggers(engine, statement):
    """What who owns the database can do."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE test_links DISABLE TRIGGER ALL")
        else:
            for event in ("update", "delete", "insert"):
                connection.exec_driver_sql(f"DROP TRIGGER test_links_no_{event}")
        connection.exec_driver_sql(statement)


def test_a_chain_comes_back_whole_with_its_head(engine):
    assert verdict(engine) == chain.Verdict(0, chain.FIRST, None)
    grown(engine)
    first = verdict(engine)
    assert (first.rows, first.whole, len(first.head)) == (4, True, 64)
    grown(engine, 1)
    later = verdict(engine, first.head)
    assert later.whole
    assert later.head != first.head


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE test_links SET day = NULL WHERE number = 2",
        "DELETE FROM test_links WHERE number = 4",
        "DELETE FROM test_links",
        "INSERT INTO test_links SELECT 9, seal, moment, day, document FROM test_links LIMIT 1",
        "INSERT INTO test_links SELECT number, seal, moment, day, document FROM test_links",
    ],
)
def test_nothing_but_the_next_row_can_be_written(engine, statement):
    grown(engine)
    before = verdict(engine)
    columns = "number, seal, moment, day, document"
    statement = statement.replace("INTO test_links S", f"INTO test_links ({columns}) S")
    with pytest.raises(DatabaseError), engine.begin() as connection:
        connection.execute(text(statement))
    assert verdict(engine) == before


def test_a_row_cannot_be_replaced_nor_all_be_emptied(engine):
    grown(engine)
    statement = "TRUNCATE test_links"
    if engine.dialect.name == "sqlite":
        statement = (
            "INSERT OR REPLACE INTO test_links (number, seal, moment, day, document) "
            "SELECT number, 'x', moment, day, document FROM test_links WHERE number = 4"
        )
    with pytest.raises(DatabaseError), engine.begin() as connection:
        connection.execute(text(statement))
    assert verdict(engine).whole


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE test_links SET day = '2026-11-21' WHERE number = 2", 2),
        ("UPDATE test_links SET document = '{}' WHERE number = 3", 3),
        ("DELETE FROM test_links WHERE number = 1", 1),
        ("DELETE FROM test_links WHERE number = 3", 3),
    ],
)
def test_who_goes_around_the_triggers_is_found_out(engine, statement, broken):
    grown(engine)
    without_triggers(engine, statement)
    assert verdict(engine).broken == broken


def test_a_chain_cut_off_is_found_out_by_a_head_noted_before(engine):
    grown(engine)
    noted = verdict(engine).head
    without_triggers(engine, "DELETE FROM test_links WHERE number = 4")
    assert verdict(engine).whole
    assert verdict(engine, noted).broken == 4
