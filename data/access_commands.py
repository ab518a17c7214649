"""The terminal's commands for who may do what, accounts and the audit (`cli` adds them)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from data import accounts, audit
from data.access import TABLE, Role, Viewer, markdown
from data.accounts import Account
from data.messages import N_
from data.settings import settings
from data.signin import new_key
from data.terminal import answer, group, opened, say, texts
from geo.night import Night

NETWORK = Viewer(Role.NETWORK)
"""Who has the terminal has the files: here, the rights of the network."""

access_app = group(N_("Who may do what: actions, roles and how far they reach."), bare=True)
accounts_app = group(N_("Accounts: who signs in, with which role."))
audit_app = group(N_("The audit: who did what and when."))

Number = Annotated[int, typer.Argument(help=N_("Number of the account, as the list shows it."))]


@access_app.callback(invoke_without_command=True)
def access(
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help=N_("Print it as the documentation has it."))
    ] = False,
) -> None:
    """Who may do what: actions, roles and how far they reach."""
    if as_markdown:
        typer.echo(markdown(), nl=False)
        return
    t = texts()
    grid = Table("", *(t.word(role) for role in Role))
    for action, granted in sorted(TABLE.items()):
        cells = (t.word(granted[role]) if role in granted else "–" for role in Role)
        grid.add_row(t.word(action), *cells)
    answer(grid)


@accounts_app.command("list")
def accounts_list() -> None:
    """All accounts."""
    t = texts()
    grid = Table("", t("Account"), t("Role"), t("Reach"), t("Issuer"), t("Subject"), t("State"))
    with opened() as store:
        for one in accounts.accounts(store, NETWORK):
            reach = one.organisation or one.unit or one.municipality or "–"
            state = t("closed") if one.closed else t("open")
            who = (one.issuer, one.subject)
            grid.add_row(str(one.id), one.label, t.word(one.role), reach, *who, state)
    answer(grid)


@accounts_app.command("add")
def accounts_add(
    label: Annotated[str, typer.Argument(help=N_("What the network calls the account."))],
    *,
    issuer: Annotated[str, typer.Option("--issuer", help=N_("Address of the identity provider."))],
    subject: Annotated[
        str, typer.Option("--subject", help=N_("What the provider calls the person (sub)."))
    ],
    role: Annotated[Role, typer.Option("--role", help=N_("The role it gets."))],
    organisation: Annotated[
        str | None, typer.Option("--organisation", help=N_("Organisation of a coordinator."))
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", help=N_("Unit of an operator."))] = None,
    municipality: Annotated[
        str | None, typer.Option("--municipality", help=N_("ISTAT code of a municipality."))
    ] = None,
) -> None:
    """Add an account; the first is one of the network."""
    account = Account(issuer, subject, label, role, organisation, unit, municipality)
    with opened() as store:
        kept = accounts.save(store, NETWORK, account)
    t = texts()
    say(t("Account {account} is kept.", account=kept.id))


@accounts_app.command("close")
def accounts_close(number: Number) -> None:
    """Let an account no longer enter, from this moment on."""
    with opened() as store:
        accounts.close(store, NETWORK, number)


@accounts_app.command("reopen")
def accounts_reopen(number: Number) -> None:
    """Let a closed account enter again."""
    with opened() as store:
        accounts.close(store, NETWORK, number, closed=False)


@accounts_app.command("sign-out")
def accounts_sign_out(number: Number) -> None:
    """End every session of an account, in all browsers (a lost phone)."""
    with opened() as store:
        accounts.sign_out(store, NETWORK, number)


@accounts_app.command("void-links")
def accounts_void_links(
    unit: Annotated[
        str | None, typer.Option("--unit", help=N_("Only the links of this unit's night."))
    ] = None,
    night: Annotated[
        str, typer.Option("--night", help=N_("With --unit: tonight, tomorrow or a date."))
    ] = "tonight",
) -> None:
    """Void the links to crews' packs that were given out (a lost phone): all, or one night's."""
    with opened() as store:
        if unit is None:
            accounts.void_links(store, NETWORK)
        else:
            accounts.void_link(store, NETWORK, unit, Night.parse(night, store.now()))


@accounts_app.command("link")
def accounts_link() -> None:
    """Print a link that lets in once, on this computer, where there is no provider."""
    typer.echo(entry_link(settings().home, settings().port))


def entry_link(home: Path, port: int) -> str:
    """A link that lets in once within ten minutes."""
    return f"http://localhost:{port}/?key={new_key(home, datetime.now(UTC))}"


@audit_app.command("verify")
def audit_verify(
    head: Annotated[
        str | None, typer.Option("--head", help=N_("A seal noted earlier, which must be there."))
    ] = None,
) -> None:
    """Compute every seal again; exit code 1 where the audit was changed."""
    t = texts()
    with opened() as store:
        found = audit.verify(store, NETWORK, head)
    if found.broken is not None:
        say(
            t(
                "The audit was changed: entry {number} is not as it was written.",
                number=found.broken,
            )
        )
        raise typer.Exit(1)
    say(
        t.plural("{count} entry, all as written.", "{count} entries, all as written.", found.rows),
        t("Note the last seal outside this computer:"),
    )
    typer.echo(found.head)


@audit_app.command("show")
def audit_show(
    limit: Annotated[int, typer.Option("--limit", help=N_("How many entries."))] = 50,
) -> None:
    """The last entries, the newest first."""
    t = texts()
    grid = Table("", t("When"), t("Who"), t("Role"), t("What"), t("Reach"), t("Rows"))
    with opened() as store:
        for one in audit.entries(store, NETWORK, limit):
            what = audit.name(t, one.action)
            reach = " ".join((t.word(one.reach), one.whose))
            cells = (one.who, t.word(one.role), what, reach, str(one.rows))
            grid.add_row(str(one.number), t.moment(one.moment), *cells)
    answer(grid)
