"""How an organisation's files are read: its own headers and words for ours, kept for it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from data.access import Viewer
from data.contact_columns import NAMES, OPTIONS, ContactMapping
from data.contact_import import mapping, save_mapping
from data.texts import Texts
from geo.contacts import ANY_OF, ONE_OF
from geo.errors import ProssimaError
from screens.html import muted, table
from screens.session import session, store

CODES = {**ONE_OF, **ANY_OF}
TARGETS = tuple(
    name if option is None else f"{name}/{option}"
    for name in NAMES
    for option in ((None, *OPTIONS[name]) if name in OPTIONS else (None,))
    if (name, option) != ("materials", None)
)
"""What a column may hold: a field, or one code of a list that comes divided."""


def section(t: Texts, viewer: Viewer, organisation: str) -> None:
    """Show the saved mapping, add to it, take away from it."""
    try:
        known = mapping(store(), viewer, organisation)
    except ProssimaError as error:
        st.error(t.sentence(error))
        return
    with st.expander(t("How the files of {organisation} are read", organisation=organisation)):
        st.html(
            muted(
                t(
                    "Headers and words of the template are known. Give here what this organisation "
                    "calls otherwise; it is kept, so never write a person's data."
                )
            )
        )
        _day(t, viewer, organisation, known)
        _show(t, viewer, organisation, known)
        _add_column(t, viewer, organisation, known)
        _add_code(t, viewer, organisation, known)


def _day(t: Texts, viewer: Viewer, organisation: str, known: ContactMapping) -> None:
    words = {
        None: t("told by the file"),
        True: t("3 May (day first)"),
        False: t("5 March (month first)"),
    }
    chosen = st.selectbox(
        t("03/05 means"),
        list(words),
        list(words).index(known.day_first),
        format_func=words.__getitem__,
        key=f"map-day-{organisation}",
    )
    if chosen != known.day_first:
        _keep(t, viewer, organisation, replace(known, day_first=chosen))


def _show(t: Texts, viewer: Viewer, organisation: str, known: ContactMapping) -> None:
    rows = [(theirs, ours, "") for theirs, ours in known.columns.items()]
    rows += [
        (word, code, name) for name, words in known.codes.items() for word, code in words.items()
    ]
    if not rows:
        return
    header = (t("In the file"), t("Is read as"), t("In the column"))
    st.html(table(t("The mapping that is kept"), header, rows))
    gone = st.selectbox(
        t("Take one away"),
        [None, *rows],
        format_func=lambda row: " → ".join(filter(None, row)) if row else "–",
        key=f"map-gone-{organisation}",
    )
    if gone and st.button(t("Take away"), key=f"map-take-{organisation}"):
        theirs, _, name = gone
        columns, codes = dict(known.columns), {n: dict(w) for n, w in known.codes.items()}
        if name:
            del codes[name][theirs]
        else:
            del columns[theirs]
        _keep(t, viewer, organisation, replace(known, columns=columns, codes=codes))


def _add_column(t: Texts, viewer: Viewer, organisation: str, known: ContactMapping) -> None:
    with st.form(f"map-column-{organisation}", border=False, clear_on_submit=True):
        left, middle, right = st.columns((4, 4, 2), vertical_alignment="bottom")
        theirs = left.text_input(
            t("A header of the file"), max_chars=60, key=f"map-header-{organisation}"
        )
        ours = middle.selectbox(t("is our column"), TARGETS, key=f"map-target-{organisation}")
        add = right.form_submit_button(
            t("Add column"), width="stretch", key=f"map-add-column-{organisation}"
        )
        if add and theirs.strip():
            _add(t, viewer, organisation, known, columns={**known.columns, theirs.strip(): ours})


def _add_code(t: Texts, viewer: Viewer, organisation: str, known: ContactMapping) -> None:
    choices = [(name, code.value) for name, codes in CODES.items() for code in codes]
    with st.form(f"map-code-{organisation}", border=False, clear_on_submit=True):
        left, middle, right = st.columns((4, 4, 2), vertical_alignment="bottom")
        word = left.text_input(t("A word in a cell"), max_chars=60, key=f"map-word-{organisation}")
        name, code = middle.selectbox(
            t("is our code"),
            choices,
            format_func=lambda pair: f"{pair[0]}: {pair[1]}",
            key=f"map-code-of-{organisation}",
        )
        add = right.form_submit_button(
            t("Add word"), width="stretch", key=f"map-add-word-{organisation}"
        )
        if add and word.strip():
            words = {**known.codes.get(name, {}), word.strip(): code}
            _add(t, viewer, organisation, known, codes={**known.codes, name: words})


def _add(t, viewer, organisation, known, **changed) -> None:  # type: ignore[no-untyped-def]
    try:
        wanted = replace(known, **changed)
    except ProssimaError as error:
        st.error(t.sentence(error))
        return
    _keep(t, viewer, organisation, wanted)


def _keep(t: Texts, viewer: Viewer, organisation: str, wanted: ContactMapping) -> None:
    try:
        save_mapping(store(), viewer, organisation, wanted)
    except ProssimaError as error:
        st.error(t.sentence(error))
        return
    session().intake.tried = None  # the file would be read otherwise now
    st.rerun()
