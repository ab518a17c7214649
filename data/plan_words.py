"""How the search for a plan goes, in words."""

from __future__ import annotations

from collections.abc import Mapping

from data.messages import N_

PHASES: Mapping[str, str] = {
    "promises": N_("Keeping the promises"),
    "search": N_("Searching for routes"),
    "choice": N_("Choosing among the routes found"),
    "bound": N_("Proving what no plan can do"),
}
"""What is being done (msgids), by the phase that the planner tells of."""
