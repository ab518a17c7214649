"""The audit: who did what and when, and whether it is as it was written."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from data import audit
from data.access import Action, Role
from data.audit import Entry
from data.texts import Texts
from screens.html import notice, table
from screens.session import allowed, store, texts

ROLES = frozenset({Role.NETWORK})


def page() -> None:
    """The last entries, and a check of the whole chain."""
    viewer = allowed(*ROLES, needs=Action.READ_AUDIT)
    t = texts()
    st.title(t("Audit"))
    lead = t(
        "Every reading and writing of what is kept: who, how far, how many rows, when. Never what "
        "was in them. A reading stands for a quarter of an hour."
    )
    st.html(Markup('<p class="p-lead">{}</p>').format(lead))
    if st.button(t("Check the whole audit"), key="verify"):
        _verify(t, viewer)
    rows = [_row(t, one) for one in audit.entries(store(), viewer, limit=200)]
    # What was done stands first: a phone shows two columns at a time.
    header = (t("When"), t("What"), t("Who"), t("Role"), t("Reach"), t("Rows"))
    st.html(table(t("The last entries"), header, rows, numeric=frozenset({5}), tall=True))


def _row(t: Texts, one: Entry) -> tuple[str, ...]:
    reach = f"{t.word(one.reach)}: {one.whose}" if one.whose else t.word(one.reach)
    what = audit.name(t, one.action)
    return (t.moment(one.moment), what, _who(t, one), t.word(one.role), reach, str(one.rows))


def _who(t: Texts, one: Entry) -> str:
    kind, _, number = one.who.partition(" ")
    named = {"account": t("account"), "demo": t("demo"), "terminal": t("this computer")}
    return f"{named.get(kind, kind)} {number}".strip()


def _verify(t: Texts, viewer) -> None:  # type: ignore[no-untyped-def]
    found = audit.verify(store(), viewer)
    if found.broken is not None:
        st.error(
            t(
                "The audit was changed: entry {number} is not as it was written.",
                number=found.broken,
            )
        )
        return
    said = t.plural(
        "{count} entry, all as written.", "{count} entries, all as written.", found.rows
    )
    st.html(notice(said))
    st.caption(t("The last seal, to note outside this computer:"))
    st.code(found.head, language=None)
