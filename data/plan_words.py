"""How the search for a plan goes, in words."""

from __future__ import annotations

from collections.abc import Mapping

from data.messages import N_
from data.texts import Texts
from routing.planner import Progress

PHASES: Mapping[str, str] = {
    "promises": N_("Keeping the promises"),
    "search": N_("Searching for routes"),
    "choice": N_("Choosing among the routes found"),
    "bound": N_("Proving what no plan can do"),
}
"""What is being done (msgids), by the phase that the planner tells of."""


def progress_said(t: Texts, progress: Progress) -> str:
    """How far the search for a plan has come, and what is proven of it."""
    words = {"phase": t(PHASES[progress.phase]), "value": progress.value}
    if progress.bound is not None:
        return t("{phase}: value {value}, at most {bound} possible", bound=progress.bound, **words)
    count = progress.iterations
    return t("{phase}: value {value} after {count} attempts", count=count, **words)
