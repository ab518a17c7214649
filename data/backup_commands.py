"""The terminal's commands for backups (`cli` adds them)."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from data import backup as kept
from data.messages import N_
from data.settings import settings
from data.terminal import group, say, texts
from data.texts import Texts

PASSPHRASE = "PROSSIMA_BACKUP_PASSPHRASE"  # noqa: S105 (its name)

backup_app = group(
    N_("Backups, encrypted with age: made while the program runs, checked on return.")
)
restore_app = typer.Typer()


@backup_app.command("key")
def backup_key(
    file: Annotated[Path, typer.Argument(help=N_("File for the new key; keep it elsewhere."))],
) -> None:
    """Make a key to open backups with, and print what to encrypt them to."""
    typer.echo(kept.make_key(file))


@backup_app.command("make")
def backup_make(
    file: Annotated[Path, typer.Argument(help=N_("Backup to write."))],
    to: Annotated[
        list[str] | None,
        typer.Option("--to", help=N_("Recipient (age1…); without one a passphrase is asked.")),
    ] = None,
) -> None:
    """Write the whole database, as it is at this moment, encrypted."""
    t = texts()
    word = None if to else _passphrase(t, confirm=True)
    recipients = tuple(to or ())
    done = kept.backup(settings(), file, datetime.now(UTC), recipients=recipients, passphrase=word)
    say(t("The backup is written: {bytes} bytes.", bytes=done.length))


@restore_app.command("restore")
def restore(
    file: Annotated[Path, typer.Argument(help=N_("Backup to read."))],
    identity: Annotated[
        Path | None, typer.Option("--identity", help=N_("File with the key; without it, asked."))
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help=N_("In place of the database that is there."))
    ] = False,
) -> None:
    """Check a backup and put it in the place of the database."""
    t = texts()
    word = None if identity else _passphrase(t, confirm=False)
    done = kept.restore(settings(), file, identity=identity, passphrase=word, replace=replace)
    made = datetime.fromisoformat(done.made)
    say(t("The backup of {when} is in place.", when=t.moment(made)))


def _passphrase(t: Texts, *, confirm: bool) -> str:
    given = os.environ.get(PASSPHRASE)
    if given:
        return given
    answer: str = typer.prompt(t("Passphrase"), hide_input=True, confirmation_prompt=confirm)
    return answer
