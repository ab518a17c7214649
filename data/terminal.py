"""What every command of the terminal needs: the store, the words, and two ways to speak.

A command that is asked something answers on standard output, where it can be piped on; all that
is told to the person beside it (what was done, what to note, how it goes) goes to standard error.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich import box
from rich.console import Console, RenderableType
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from data.access import Role, Viewer
from data.settings import settings
from data.store import Store
from data.texts import Texts

TERMINAL = Viewer(Role.COORDINATOR)
"""Who has the terminal has the files: the same rights as the coordinator."""

PIPED = 140
"""Columns of a table where nobody's window says how many there are."""

_errors = Console(stderr=True, highlight=False)
_answers = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED)


def group(words: str, *, bare: bool = False) -> typer.Typer:
    """A family of commands under one word; `bare` where that word alone is a command too."""
    return typer.Typer(help=words, no_args_is_help=not bare, add_completion=False)


def option(words: str, *names: str) -> Any:
    """An option with its help."""
    return typer.Option(*names, help=words)


@contextmanager
def opened() -> Iterator[Store]:
    """The store of this installation."""
    store = Store.open(settings())
    try:
        yield store
    finally:
        store.close()


def texts() -> Texts:
    """The words in the language of the settings."""
    return Texts(settings().language)


def answer(*parts: RenderableType) -> None:
    """What was asked for: sentences and tables on standard output, never wrapped in a pipe."""
    for part in parts:
        whole = isinstance(part, str) and not _answers.is_terminal
        _answers.print(part, markup=False, soft_wrap=whole)


def say(*sentences: str) -> None:
    """Tell the person at the terminal; standard output stays the answer's."""
    for sentence in sentences:
        _errors.print(sentence, markup=False, soft_wrap=not _errors.is_terminal)


def listing(*heads: str) -> Table:
    """An answer in rows, with lines only under its heads."""
    return Table(*heads, box=box.SIMPLE_HEAD, show_edge=False)


def codes(text: str | None) -> list[str] | None:
    """Codes joined by commas; none given stays None."""
    return None if text is None else [code.strip() for code in text.split(",") if code.strip()]


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A line on standard error that says what is being done, where a person looks on."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Bar(*columns, console=_errors, transient=True) as bar:
        task = bar.add_task("")
        yield lambda words: bar.update(task, description=words)
