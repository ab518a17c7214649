"""What a crew says from its page: each tap is kept at once, once, whatever happens to the page.

A tap carries an identifier that was made with the button: if the answer is lost and the
button is tapped again, the same identifier comes again and nothing is counted twice.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st
from streamlit.elements.lib.mutable_popover_container import PopoverContainer

from data.access import Viewer
from data.running import RunningNight, record, running
from data.texts import Texts
from geo.errors import ProssimaError
from geo.night import Night
from routing.progress import CrewEvent, EventKind
from screens.session import now, store, texts

KEY = "prossima-crew"


@dataclass
class Said:
    """This page as a source of events: its name, how many it has said, the last trouble.

    `night`: how the night stood when the last tap was kept, for the drawing that follows it.
    """

    source: str = field(default_factory=lambda: f"page-{secrets.token_hex(6)}")
    sequence: int = 0
    trouble: str | None = None
    night: RunningNight | None = None
    shown: tuple[str, int] | None = None


def said() -> Said:
    """What this page has said."""
    if KEY not in st.session_state:
        st.session_state[KEY] = Said()
    found: Said = st.session_state[KEY]
    return found


@dataclass(frozen=True)
class Crew:
    """Whose night is open: every act of the page goes through here."""

    viewer: Viewer
    night: Night
    unit: str
    t: Texts

    def stands(self) -> RunningNight:
        """How the night stands now."""
        mine = said()
        known, mine.night = mine.night, None
        if known and (known.itinerary.night, known.itinerary.unit) == (self.night, self.unit):
            return known
        return running(store(), self.viewer, self.night, self.unit)

    def say(self, kind: EventKind, stop: str | None = None, /, **values: object) -> bool:
        """Keep an event; whether it was kept. What went wrong is shown on the next draw."""
        mine = said()
        event = CrewEvent(
            f"{mine.source}-{mine.sequence}",
            kind,
            mine.source,
            mine.sequence,
            now(),
            stop,
            values,
        )
        try:
            done = record(store(), self.viewer, self.night, self.unit, [event])
        except ProssimaError as error:
            mine.trouble = self.t.sentence(error)
            return False
        mine.sequence, mine.night = mine.sequence + 1, done.night
        mine.trouble = self.t.sentence(done.refused[0][1]) if done.refused else None
        return not done.refused

    def button(
        self,
        label: str,
        key: str,
        kind: EventKind,
        stop: str | None = None,
        *,
        primary: bool = False,
        values: dict[str, object] | None = None,
        place: Callable[..., bool] = st.button,
    ) -> None:
        """A large button that says one thing."""
        place(
            label,
            key=key,
            type="primary" if primary else "secondary",
            width="stretch",
            on_click=lambda: self.say(kind, stop, **(values or {})),
        )


def trouble() -> None:
    """Say what the last tap met, if it was not kept."""
    if said().trouble:
        st.error(said().trouble)


def closing_popover(label: str, key: str) -> PopoverContainer:
    """A popover that is closed again once something was said: a second tap in it would say
    the same of the next stop.

    Where nothing in it is urgent, it is filled when it is `open`: less goes over the air.
    """
    return st.popover(label, width="stretch", key=f"{key}-{said().sequence}", on_change="rerun")


def opened(viewer: Viewer, night: Night, unit: str) -> Crew:
    """The night of a unit for who looks at it."""
    return Crew(viewer, night, unit, texts())
