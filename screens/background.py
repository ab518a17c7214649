"""How work beside the session goes (`screens.work`), on the page.

session().work = begin(lambda tell: plan(…, progress=tell))
…
if following(session().work, words, "plan"):
    return  # still at it: the page may be left
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from screens.session import texts
from screens.work import T, Work

REFRESH = 0.6
"""Seconds between two looks at the work."""


@dataclass(frozen=True)
class Said:
    """Progress in words: what is being done, and the share of it that is done, 0 to 1."""

    text: str
    share: float


def following(work: Work[T], words: Callable[[Work[T]], Said], key: str) -> bool:
    """Show how work goes, with a button that stops it; False when it is over.

    Raises the error that it ended with.
    """
    if not work.over:
        _follow(work, words, key)
        return True
    if work.error is not None:
        raise work.error
    return False


@st.fragment(run_every=REFRESH)
def _follow(work: Work[T], words: Callable[[Work[T]], Said], key: str) -> None:
    if work.over:
        st.rerun()
    t, said = texts(), words(work)
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"following-{key}"):
        st.progress(min(1.0, max(0.0, said.share)), text=said.text)
        if st.button(t("Stop here"), key=f"stop-{key}", disabled=work.stopped):
            work.stop()
