"""The terminal's commands for the database itself (`cli` adds them)."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy import Connection, delete, insert, text

from data import encryption, rights, views
from data.access import Role
from data.database import Version, connect, engine_of, told, version
from data.keys import database_key
from data.messages import N_
from data.models import DatabaseLoginRow
from data.settings import Settings, settings
from data.terminal import answer, group, say, texts
from data.texts import Texts
from geo.errors import InputError

db_app = group(N_("The database: its version, its rights, its encryption."))

STANDS = {
    Version.CURRENT: N_("The tables are of this program's version."),
    Version.BEHIND: N_("The tables are of an earlier version: `prossima db upgrade` renews them."),
    Version.AHEAD: N_("The tables are of a later version: update the program."),
    Version.EMPTY: N_("There are no tables yet: the first use makes them."),
}


@db_app.command("check")
def db_check() -> None:
    """Say how the database stands; exit code 1 where something must be done."""
    t, chosen = texts(), settings()
    engine = engine_of(chosen)
    with told(chosen), engine.connect() as connection:
        stands = version(connection)
        answer(_kind(t, chosen, connection), t(STANDS[stands]))
        wrong = stands in (Version.BEHIND, Version.AHEAD)
        if connection.dialect.name == "sqlite":
            faults = connection.exec_driver_sql("PRAGMA quick_check").scalars().all()
            wrong |= faults != ["ok"]
            answer(t("The file is whole.") if faults == ["ok"] else t("The file is damaged."))
        else:
            wrong |= not _rights_said(t, connection)
    if wrong:
        raise typer.Exit(1)


def _kind(t: Texts, chosen: Settings, connection: Connection) -> str:
    if connection.dialect.name == "sqlite":
        encrypted = database_key(chosen) is not None
        return t("SQLite, encrypted (SQLCipher).") if encrypted else t("SQLite, not encrypted.")
    number = ".".join(map(str, connection.dialect.server_version_info or ()))
    who = connection.execute(text("SELECT current_user")).scalar()
    return t("PostgreSQL {version}, connected as {role}.", version=number, role=who)


def _rights_said(t: Texts, connection: Connection) -> bool:
    if not rights.in_force(connection):
        answer(t("Row security is not set up: the owner runs `prossima db roles`."))
        return False
    open_tables, owned = rights.unprotected(connection), rights.owned(connection)
    if open_tables:
        answer(t("Without row security: {tables}.", tables=open_tables))
    if owned:
        answer(t("The program's role owns {count} things; it should own none.", count=owned))
    if not open_tables and not owned:
        answer(t("Row security is enabled and forced; the program's role owns nothing."))
    there = views.installed(connection)
    answer(t("PostGIS is there.") if there else t("PostGIS is not there: no views for QGIS."))
    return not open_tables and not owned


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the tables to this program's version."""
    connect(settings()).dispose()
    say(texts()(STANDS[Version.CURRENT]))


@db_app.command("roles")
def db_roles() -> None:
    """Make PostgreSQL's roles, rights and row security, and the views for QGIS."""
    t = texts()
    engine = connect(settings())
    if engine.dialect.name != "postgresql":
        raise InputError("database_not_postgresql")
    with told(settings()), engine.begin() as connection:
        rights.apply(connection)
        made = views.create(connection)
    say(
        t(
            "The rights are set. Give {role} a password (ALTER ROLE), and let the program connect "
            "as it.",
            role=rights.APPLICATION,
        )
    )
    if made:
        say(t("Views for QGIS: {views}.", views=made))


@db_app.command("login")
def db_login(
    name: Annotated[str, typer.Argument(help=N_("A login that PostgreSQL has already."))],
    role: Annotated[Role, typer.Option("--role", help=N_("The role it gets."))],
    organisation: Annotated[
        str | None, typer.Option("--organisation", help=N_("Organisation of a coordinator."))
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", help=N_("Unit of an operator."))] = None,
    municipality: Annotated[
        str | None, typer.Option("--municipality", help=N_("ISTAT code of a municipality."))
    ] = None,
) -> None:
    """Let a person's own PostgreSQL login see what a role may (QGIS, psql)."""
    whole = role is Role.COORDINATOR and organisation is None
    engine = connect(settings())
    if engine.dialect.name != "postgresql":
        raise InputError("database_not_postgresql")
    row = {
        "login": name,
        "organisation": rights.WHOLE if whole else organisation,
        "unit": unit,
        "municipality": municipality,
    }
    quoted = engine.dialect.identifier_preparer.quote(name)
    with told(settings()), engine.begin() as connection:
        connection.execute(delete(DatabaseLoginRow).where(DatabaseLoginRow.login == name))
        connection.execute(insert(DatabaseLoginRow).values(row))
        for other in Role:
            act = "GRANT {} TO {}" if other is role else "REVOKE {} FROM {}"
            connection.exec_driver_sql(act.format(rights.login(other), quoted))
    t = texts()
    say(t("{login} sees what the role {role} may.", login=name, role=role))


@db_app.command("encrypt")
def db_encrypt() -> None:
    """Encrypt the embedded database with the key of the settings (SQLCipher)."""
    encryption.encrypt(settings())
    t = texts()
    say(
        t(
            "The database is encrypted and the plain file is overwritten and gone. Keep the key "
            "in a second place: without it nobody can read the data."
        )
    )
