"""The sentence of every code: errors, and the reasons why a zone was left out.

A sentence says what was expected, what came and what to do. It never repeats the value
of a contact record. Translations stand in `data/locales`; a test holds every code raised
in the program to be here and its places to be among the fields. One file a room, or a
feature that runs through the rooms.
"""

from __future__ import annotations

from data.messages.access import ACCESS
from data.messages.conflicts import CONFLICTS
from data.messages.counts import COUNTS
from data.messages.data import DATA
from data.messages.geo import GEO
from data.messages.monitoring import MONITORING, MOVEMENT_WORDS
from data.messages.releases import RELEASES
from data.messages.routing import LEFT_OUT, REASONS, ROUTING
from data.messages.running import RUNNING
from data.messages.scenarios import SCENARIOS
from data.messages.screens import LAYERS, SCREENS
from data.messages.services import SERVICES
from data.messages.words import WORDS as CODE_WORDS

__all__ = ["N_", "REASONS", "SENTENCES", "WORDS"]


def N_(msgid: str) -> str:
    """Mark a text for the catalogue and give it back as it is."""
    return msgid


WORDS = {**CODE_WORDS, **MOVEMENT_WORDS}

SENTENCES = {
    **GEO, **RELEASES, **ROUTING, **REASONS, **LEFT_OUT, **LAYERS, **DATA, **SCREENS, **RUNNING,
    **ACCESS, **CONFLICTS, **SERVICES, **SCENARIOS, **MONITORING, **COUNTS,
}  # fmt: skip
