"""Views for QGIS where PostgreSQL has PostGIS: the same rows as each role may read."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

from data.access import Role
from data.rights import login

SCHEMA = "qgis"

VIEWS = {
    "zones": """
        SELECT z.code, z.municipality, z.place_type, z.access, z.revisit_days, z.synthetic,
               (SELECT max(v.night) FROM visits v WHERE v.zone = z.code) AS last_visit,
               ST_GeomFromWKB(z.geometry, 4326) AS geom
        FROM zones z WHERE z.archived IS NULL
    """,
    "presence": """
        SELECT p.zone || '/' || p.weekday || '/' || p.hour AS id, p.zone, p.weekday, p.hour,
               p.expected, p.low, p.high, ST_GeomFromWKB(z.geometry, 4326) AS geom
        FROM presence p JOIN zones z ON z.code = p.zone WHERE z.archived IS NULL
    """,
    "desks": """
        SELECT d.code, d.name, d.municipality, d.opening_hours,
               ST_SetSRID(ST_MakePoint(d.lon, d.lat), 4326)::geometry(Point, 4326) AS geom
        FROM desks d
    """,
}
"""Geometry in EPSG:4326. `security_invoker`: rights and row security are those of who looks."""


def available(connection: Connection) -> bool:
    """Whether the server has PostGIS to install."""
    asked = text("SELECT count(*) FROM pg_available_extensions WHERE name = 'postgis'")
    return bool(connection.execute(asked).scalar())


def installed(connection: Connection) -> bool:
    """Whether this database has PostGIS."""
    if connection.dialect.name != "postgresql":
        return False
    asked = text("SELECT count(*) FROM pg_extension WHERE extname = 'postgis'")
    return bool(connection.execute(asked).scalar())


def create(connection: Connection) -> tuple[str, ...]:
    """Make the views anew; returns their names, none without PostGIS."""
    if not installed(connection):
        return ()
    for statement in _statements():
        connection.exec_driver_sql(statement)
    return tuple(f"{SCHEMA}.{name}" for name in VIEWS)


def _statements() -> Iterator[str]:
    everyone = ", ".join(map(login, Role))
    yield f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"
    yield f"GRANT USAGE ON SCHEMA {SCHEMA} TO {everyone}"
    for name, query in VIEWS.items():
        yield f"DROP VIEW IF EXISTS {SCHEMA}.{name}"
        yield f"CREATE VIEW {SCHEMA}.{name} WITH (security_invoker = true) AS {query}"
        yield f"GRANT SELECT ON {SCHEMA}.{name} TO {everyone}"
