"""PostgreSQL's own rights: a role for each of ours, and row security that nothing gets around.

The program connects as `prossima_app`, which owns nothing and may read nothing but facts
about the whole; in each transaction it becomes the role of who asks. What each role may
touch comes from the table of actions (`data.access`), which rows from `data.scopes` and from
the columns `unit` and `municipality`. `apply` is run by the owner of the tables, again after
each new version: `prossima db roles`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from sqlalchemy import ColumnElement, Connection, Select, func, literal_column, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from data.access import TABLE, Action, Role, Scope, Viewer
from data.models import Base
from data.scopes import own

APPLICATION = "prossima_app"
WHOLE = "*"
"""Organisation of a coordinator of the network."""

A = Action
Acts = tuple[tuple[Action, ...], tuple[Action, ...]]

TABLES: Mapping[str, Acts] = MappingProxyType(
    {
        "zones": ((A.READ_ZONES,), (A.WRITE_ZONES,)),
        "zone_proposals": ((A.READ_ZONES,), (A.WRITE_CONTACTS, A.WRITE_ZONES)),
        "presence": ((A.READ_ZONES,), (A.WRITE_ZONES,)),
        "visits": ((A.READ_ZONES,), (A.WRITE_CONTACTS, A.WRITE_ZONES)),
        "contacts": ((A.READ_CONTACTS,), (A.WRITE_CONTACTS, A.WRITE_ZONES)),
        "contact_entries": ((A.READ_CONTACTS,), (A.WRITE_CONTACTS,)),
        "contact_mappings": ((A.READ_CONTACTS,), (A.WRITE_CONTACTS,)),
        "effort": ((A.READ_CONTACTS,), (A.WRITE_CONTACTS, A.WRITE_ZONES)),
        "zone_months": ((A.READ_CONTACTS,), (A.WRITE_CONTACTS,)),
        "effort_months": ((A.READ_CONTACTS,), (A.WRITE_CONTACTS,)),
        "region_months": ((A.READ_CONTACTS,), (A.WRITE_CONTACTS,)),
        "units": ((A.READ_UNITS,), (A.WRITE_UNITS,)),
        "outings": ((A.READ_UNITS,), (A.WRITE_UNITS,)),
        "promises": ((A.READ_PROMISES,), (A.WRITE_PROMISES, A.WRITE_ZONES)),
        "hotline_requests": (
            (A.READ_REQUESTS, A.READ_PROMISES),
            (A.ENTER_REQUESTS, A.CHANGE_REQUESTS, A.WRITE_PROMISES),
        ),
        "hotline_months": ((A.READ_PROMISES,), (A.WRITE_PROMISES,)),
        "desks": ((A.READ_DESKS,), (A.WRITE_DESKS,)),
        "free_places": ((A.READ_FREE_PLACES,), (A.WRITE_FREE_PLACES,)),
        "handovers": ((A.READ_CONTACTS,), (A.WRITE_CONTACTS,)),
        "plans": ((A.READ_PLANS,), (A.WRITE_PLANS, A.PUBLISH_PLANS)),
        "itineraries": ((A.READ_ITINERARY, A.READ_PLANS), (A.PUBLISH_PLANS,)),
        "releases": ((A.PUBLISH_RELEASES,), (A.PUBLISH_RELEASES,)),
        "place_months": ((A.PUBLISH_RELEASES,), (A.PUBLISH_RELEASES,)),
        "place_zone_months": ((A.READ_CONTACTS,), (A.PUBLISH_RELEASES,)),
        "night_weather": ((A.READ_CONTACTS,), (A.WRITE_CONTACTS,)),
        "planned_visits": ((A.READ_PLANS,), (A.PUBLISH_PLANS,)),
        "zone_ties": ((A.READ_ZONES,), (A.WRITE_ZONES,)),
        "crew_events": ((A.READ_ITINERARY, A.READ_PLANS), (A.WRITE_CONTACTS,)),
        "counts": ((A.READ_COUNTS,), (A.WRITE_COUNTS,)),
        "count_weather": ((A.READ_COUNTS,), (A.WRITE_COUNTS,)),
        "count_passes": ((A.READ_COUNTS,), (A.WRITE_COUNTS,)),
        "conflict_places": ((A.READ_PLACES,), (A.WRITE_PLACES,)),
        "sensitive_places": ((A.READ_PLACES,), (A.WRITE_PLACES,)),
        "ordinances": ((A.READ_PLACES,), (A.WRITE_PLACES,)),
        "conflict_reports": ((A.READ_REPORTS,), (A.WRITE_REPORTS,)),
        "mediation_cases": ((A.READ_CASES,), (A.WRITE_CASES,)),
        "accounts": ((A.READ_ACCOUNTS,), (A.WRITE_ACCOUNTS,)),
        "audit": ((A.READ_AUDIT,), ()),
        "settings": ((A.READ_SETTINGS,), (A.WRITE_SETTINGS,)),
    }
)
"""Which actions read a table and which change it. A table that is not here is for coordinators
of the network alone; a test holds that all are."""

PROGRAM: Mapping[Action, Role] = MappingProxyType(
    {
        A.READ_RETENTION: Role.COORDINATOR,
        A.RUN_RETENTION: Role.COORDINATOR,
        A.READ_RELEASES: Role.COORDINATOR,
        A.READ_TOTALS: Role.COORDINATOR,
        A.READ_REQUESTS: Role.COORDINATOR,
        A.CHANGE_REQUESTS: Role.COORDINATOR,
        A.RECORD_NIGHT: Role.COORDINATOR,
        A.REPLAN: Role.COORDINATOR,
        A.SIGN_OUT: Role.NETWORK,
        A.READ_REACHES: Role.COORDINATOR,
    }
)
"""Acts whose rows the program handles and who asks never sees as they are (a municipality gets
its own cell of a release, the hotline the hour at which a unit arrives, which it may call off,
the network the names of organisations and units), and whose rights they take."""

FACTS = ("meta", "settings")
"""Tables that everyone may read."""


def login(role: Role) -> str:
    """PostgreSQL's name of a role of ours."""
    return f"prossima_{role.value}"


def in_force(connection: Connection) -> bool:
    """Whether `apply` has been run on this database."""
    if connection.dialect.name != "postgresql":
        return False
    return bool(connection.execute(text("SELECT to_regprocedure('viewer(text)')")).scalar())


def unprotected(connection: Connection) -> tuple[str, ...]:
    """Tables of ours whose row security is not both enabled and forced."""
    asked = text(
        "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
        "AND relkind = 'r' AND NOT (relrowsecurity AND relforcerowsecurity) ORDER BY relname"
    )
    known = set(Base.metadata.tables) - {"database_logins"}
    return tuple(name for name in connection.scalars(asked) if name in known)


def owned(connection: Connection, role: str = APPLICATION) -> int:
    """How many tables, views and functions a role owns."""
    asked = text(
        "SELECT (SELECT count(*) FROM pg_class WHERE relowner = r.oid) "
        "+ (SELECT count(*) FROM pg_proc WHERE proowner = r.oid) "
        "FROM pg_roles r WHERE rolname = :role"
    )
    return connection.execute(asked, {"role": role}).scalar() or 0


def become(session: Session, viewer: Viewer | None) -> None:
    """Take on a viewer's role until the transaction ends; None is the application itself."""
    role = login(viewer.role) if viewer else APPLICATION
    whole = viewer is not None and viewer.whole and viewer.role is Role.COORDINATOR
    said = {
        "role": role,
        "prossima.organisation": WHOLE if whole else (viewer and viewer.organisation) or "",
        "prossima.unit": (viewer and viewer.unit) or "",
        "prossima.municipality": (viewer and viewer.municipality) or "",
    }
    session.execute(select(*(func.set_config(name, value, True) for name, value in said.items())))


def hands(viewer: Viewer | None, action: Action | None) -> Viewer | None:
    """Whose rights an act needs: those of who asks, but for what the program does itself.

    The network has records turned into totals and never reads them.
    """
    needed = PROGRAM.get(action) if action else None
    return viewer if needed is None or (viewer and viewer.role is needed) else Viewer(needed)


def apply(connection: Connection) -> None:
    """Make the roles, grant what the table of actions says, enable and force row security.

    Whoever is connected owns the tables and may make roles. Done again it changes nothing.
    """
    for statement in statements():
        connection.exec_driver_sql(statement)


def statements() -> Iterator[str]:
    """All that `apply` does, in order."""
    for role in (APPLICATION, *map(login, Role)):
        kind = "LOGIN NOINHERIT" if role == APPLICATION else "NOLOGIN"
        yield (
            f"DO $$ BEGIN CREATE ROLE {role} {kind}; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
    for role in map(login, Role):
        yield f"GRANT {role} TO {APPLICATION}"
    yield f"GRANT {APPLICATION} TO CURRENT_USER"  # so that the owner can run the program too
    yield from _functions()
    for table in sorted(Base.metadata.tables.values(), key=lambda table: table.name):
        if table.name != "database_logins":
            yield from _table(table.name)
    yield "GRANT SELECT ON alembic_version TO PUBLIC"
    everyone = ", ".join((APPLICATION, *map(login, Role)))
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {everyone}"


def _functions() -> Iterator[str]:
    yield f"""
        CREATE OR REPLACE FUNCTION viewer(what text) RETURNS text
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT CASE
                WHEN pg_has_role(session_user, '{APPLICATION}', 'MEMBER')
                THEN nullif(current_setting('prossima.' || what, true), '')
                ELSE (
                    SELECT CASE what WHEN 'organisation' THEN organisation
                        WHEN 'unit' THEN unit WHEN 'municipality' THEN municipality END
                    FROM database_logins WHERE login = session_user
                )
            END
        $$
    """  # noqa: S608 (a constant)
    yield "GRANT EXECUTE ON FUNCTION viewer(text) TO PUBLIC"


def _table(name: str) -> Iterator[str]:
    yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"
    yield f"REVOKE ALL ON {name} FROM PUBLIC, {', '.join((APPLICATION, *map(login, Role)))}"
    for old in ("reads", "writes", "facts"):
        for role in (APPLICATION, *map(login, Role)):
            yield f"DROP POLICY IF EXISTS {old}_{role} ON {name}"
    yield from _application(name)
    if name == "meta":
        yield from _meta()
        return
    reads, writes = TABLES.get(name, ((), ()))
    for role in Role:
        if name not in TABLES and role is not Role.COORDINATOR:
            continue
        scopes = _scopes(role, (*reads, *writes))
        if name not in TABLES:
            scopes = {Scope.ALL}
        if not scopes and name not in FACTS:
            continue
        rows = "true" if name in FACTS else _rows(name, role, scopes)
        changes = name not in TABLES or bool(_scopes(role, writes))
        to = login(role)
        yield f"GRANT SELECT ON {name} TO {to}"
        yield f"CREATE POLICY reads_{to} ON {name} FOR SELECT TO {to} USING ({rows})"
        if changes:
            rows = _rows(name, role, _scopes(role, writes) or {Scope.ALL})
            yield f"GRANT INSERT, UPDATE, DELETE ON {name} TO {to}"
            yield (
                f"CREATE POLICY writes_{to} ON {name} FOR ALL TO {to} "
                f"USING ({rows}) WITH CHECK ({rows})"
            )


def _scopes(role: Role, actions: tuple[Action, ...]) -> set[Scope]:
    return {TABLE[action][role] for action in actions if role in TABLE[action]}


def _rows(table: str, role: Role, scopes: set[Scope]) -> str:
    """The rows of a table that a role reaches, as SQL."""
    columns = Base.metadata.tables[table].columns
    if Scope.COMMON in scopes or (Scope.ALL in scopes and role is not Role.COORDINATOR):
        return "true"
    if role is Role.COORDINATOR:
        rows = [f"viewer('organisation') = '{WHOLE}'"]
        if Scope.OWN_ORGANISATION in scopes and (condition := _own(table)) is not None:
            rows.append(f"({condition})")
        return " OR ".join(rows)
    if Scope.OWN_UNIT_TONIGHT in scopes and "unit" in columns:
        # The program says in words that an itinerary has expired; another door sees none.
        tonight = f" AND (pg_has_role(session_user, '{APPLICATION}', 'MEMBER') OR expires > now())"
        return "unit = viewer('unit')" + (tonight if "expires" in columns else "")
    if Scope.OWN_TERRITORY in scopes and "municipality" in columns:
        return "municipality = viewer('municipality')"
    return "false"


def _own(table: str) -> str | None:
    organisation: ColumnElement[str] = func.viewer(literal_column("'organisation'"))
    for model, condition in own(organisation).items():
        if model.__tablename__ == table:
            # Compiled inside a query, so that its own queries know the row they are about.
            asked: Select[tuple[str]] = (
                select(literal_column("1")).select_from(model.__table__).where(condition)
            )
            compiled = asked.compile(
                dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}
            )
            return str(compiled).split("WHERE", 1)[1]
    return None


def _application(name: str) -> Iterator[str]:
    """What the program does as itself: facts, sign-in, the audit's next entry."""
    granted = {
        "meta": "SELECT, UPDATE, INSERT",
        "settings": "SELECT",
        "accounts": "SELECT",
        "audit": "SELECT (number, seal), INSERT",
    }.get(name)
    if granted:
        yield f"GRANT {granted} ON {name} TO {APPLICATION}"
        yield (
            f"CREATE POLICY facts_{APPLICATION} ON {name} TO {APPLICATION} "
            "USING (true) WITH CHECK (true)"
        )


def _meta() -> Iterator[str]:
    """Everyone reads the facts and counts the revision; coordinators and the network set others."""
    for role in map(login, Role):
        yield f"GRANT SELECT, UPDATE ON meta TO {role}"
        yield f"CREATE POLICY reads_{role} ON meta FOR SELECT TO {role} USING (true)"
        if role in (login(Role.COORDINATOR), login(Role.NETWORK)):
            yield f"GRANT INSERT ON meta TO {role}"
            yield f"CREATE POLICY writes_{role} ON meta FOR ALL TO {role} USING (true)"
        else:
            yield (
                f"CREATE POLICY writes_{role} ON meta FOR UPDATE TO {role} "
                "USING (name = 'revision') WITH CHECK (name = 'revision')"
            )
