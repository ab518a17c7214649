"""What one visitor's session holds, and what all sessions of the process share.

A session keeps one typed object in `st.session_state`. Nothing of it is written to a
URL, a cookie or a log.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from data.access import Role, Viewer
from data.roads import load_network
from data.settings import Settings, settings
from data.store import Store
from data.texts import Texts
from geo.errors import RefusedError
from geo.network import RoadNetwork
from geo.night import Night
from layers.palette import DARK, LIGHT, Palette
from screens.drafts import Draft

KEY = "prossima"


@dataclass
class Choices:
    """What the coordinator has chosen for a night that is being planned."""

    night: Night
    units: tuple[str, ...] = ()
    forced: dict[str, str | None] = field(default_factory=dict)
    excluded: frozenset[str] = frozenset()


@dataclass
class Session:
    """One visitor: who they are, what they chose, the plan in their hands."""

    language: str
    viewer: Viewer | None = None
    choices: Choices | None = None
    draft: Draft | None = None
    going: str | None = None
    """Address of the page to open next, after signing in."""

    def sign_in(self, viewer: Viewer | None) -> None:
        """Become someone else; nothing of the one before is kept."""
        self.viewer, self.choices, self.draft = viewer, None, None


def session() -> Session:
    """This visitor's session, made on the first visit."""
    if KEY not in st.session_state:
        st.session_state[KEY] = Session(store().settings().language)
    found: Session = st.session_state[KEY]
    return found


def texts() -> Texts:
    """The words in this visitor's language."""
    return _texts(session().language)


def palette() -> Palette:
    """The colours of the theme that the browser shows."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def store() -> Store:
    """The open database of this installation."""
    return _store(settings())


def network() -> RoadNetwork:
    """The road network in use, read again when its file changes."""
    home = settings().home
    return _network(home, _changed(home / "network.npz"))


def now() -> datetime:
    """The present moment, aware."""
    return datetime.now(UTC)


def allowed(*roles: Role) -> Viewer:
    """Who asks, if the page is for them; RefusedError `page_refused` otherwise.

    A session can be brought to a page by hand, so that each page asks again.
    """
    viewer = session().viewer
    if viewer is None or viewer.role not in roles:
        raise RefusedError("page_refused")
    return viewer


@st.cache_resource(max_entries=4)
def _texts(language: str) -> Texts:
    return Texts(language)


@st.cache_resource(max_entries=4)
def _store(chosen: Settings) -> Store:
    return Store.open(chosen)


@st.cache_resource(max_entries=2, show_spinner=False)
def _network(home: Path, changed: int) -> RoadNetwork:
    return load_network(home)


def _changed(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0
