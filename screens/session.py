"""What one visitor's session holds, and what all sessions of the process share.

A session keeps one typed object in `st.session_state`. Nothing of it is written to a
URL, a cookie or a log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from data.access import Action, Role, Viewer, may
from data.contact_import import Report
from data.fieldwork import Findings
from data.hotline import Answer
from data.municipal import checked
from data.plans import PlanRecord
from data.replanning import Proposal
from data.roads import load_network
from data.scenarios import Comparison
from data.settings import Settings, settings
from data.store import Store
from data.texts import Texts
from geo.errors import ProssimaError, RefusedError
from geo.network import RoadNetwork
from geo.night import Night
from layers.palette import DARK, LIGHT, Palette
from routing.count import CountNight
from routing.move import Moved
from routing.plan import Plan
from routing.prepare_count import PreparedCount
from routing.prepare_week import PreparedWeek
from routing.requests import HotlineRequest
from routing.robustness import Robustness
from routing.scenarios import Scenario
from routing.what_if import WhatIf
from screens.work import Work

KEY = "prossima"

VISIT = "visit"
LEAVE = "leave"
"""Decisions on a zone: it must be visited by whichever unit, or is left out."""


@dataclass(frozen=True)
class Choices:
    """What the coordinator has decided for a night that is being planned.

    `units`: codes of those that go out. Zones by code: `forced` must be visited (by the
    unit that `assigned` names, where it does), `excluded` are left out.
    """

    night: Night
    units: tuple[str, ...]
    forced: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    assigned: Mapping[str, str] = field(default_factory=dict)

    def deciding(self, zone: str, decision: str | None) -> Choices:
        """These choices with one zone decided anew: `visit`, `leave`, a unit's code, or
        None to leave it to the planner."""
        assigned = {key: unit for key, unit in self.assigned.items() if key != zone}
        if decision not in (None, VISIT, LEAVE):
            assigned[zone] = decision
        forced, excluded = self.forced - {zone}, self.excluded - {zone}
        if decision == LEAVE:
            excluded |= {zone}
        elif decision is not None:
            forced |= {zone}
        return replace(self, forced=forced, excluded=excluded, assigned=assigned)

    def decision(self, zone: str) -> str | None:
        """What was decided for a zone, as `deciding` takes it."""
        if zone in self.excluded:
            return LEAVE
        return self.assigned.get(zone, VISIT) if zone in self.forced else None

    def without_strangers(self) -> Choices:
        """No zone is kept for a unit that stays at home tonight."""
        stay = {zone for zone, unit in self.assigned.items() if unit not in self.units}
        return replace(
            self,
            forced=self.forced - stay,
            assigned={zone: unit for zone, unit in self.assigned.items() if zone not in stay},
        )


@dataclass
class Intake:
    """A file of contacts in this session's hands; what is said here is of that file alone.

    `file`: what the browser calls it, with its organisation. `tried`: the dry run; `kept`:
    what the import brought. `findings`: what it says about the zones, still to be decided
    on. Neither a record nor a coordinate is held here.
    """

    file: tuple[str, str] = ("", "")
    tried: Report | None = None
    kept: Report | None = None
    findings: Findings | None = None


@dataclass(frozen=True, eq=False)
class Week:
    """A week that was planned: its problem, its plan, the steps reached of each quota.

    `published`: the plan (id) that each night was published as. `moved`, `moving`: a move
    worked out and not yet made, and which.
    """

    prepared: PreparedWeek
    plan: Plan
    reached: Mapping[str, tuple[int, int]]
    published: Mapping[int, int] = field(default_factory=dict)
    moved: Moved | None = None
    moving: object = None


Buffered = tuple[Plan, Robustness, float]
"""A plan with a buffer, how it holds, and the share by which ways and visits may last longer."""


@dataclass
class Trials:
    """What is tried out on the page of scenarios; only what is kept as a draft leaves it.

    `scenarios`: to be compared. `compared`: of which night and how many, and what came out.
    `more`, `buffer`: of which plan (its id and version) what one more hour, unit or language
    would bring was asked, and which plan is late more seldom.
    """

    scenarios: tuple[Scenario, ...] = ()
    comparing: Work[Comparison] | None = None
    compared: Comparison | None = None
    more: Work[tuple[WhatIf, ...]] | None = None
    more_of: object = None
    buffer: Work[Buffered] | None = None
    buffer_of: object = None

    def stop(self) -> None:
        """Have everything end that is under way."""
        for work in (self.comparing, self.more, self.buffer):
            if work is not None:
                work.stop()


@dataclass(frozen=True, eq=False)
class FoundCount:
    """A count night that was planned and is not yet kept (`routing.count_split`); `earliest`:
    it was planned for the earliest return."""

    night: Night
    reserve: Night | None
    prepared: PreparedCount
    found: CountNight
    document: Mapping[str, Any]
    earliest: bool


@dataclass
class Session:
    """One visitor: who they are, what they chose, the plan in their hands."""

    language: str
    viewer: Viewer | None = None
    choices: Choices | None = None
    plan: PlanRecord | None = None
    intake: Intake = field(default_factory=Intake)
    proposal: Proposal | None = None
    """The rest of a running night, worked out and not yet accepted."""
    answers: dict[HotlineRequest, tuple[Answer, ...]] = field(default_factory=dict)
    """What the units say to hotline requests, each as it was when they were asked."""
    week: Week | None = None
    week_work: Work[Week] | None = None
    """A week that is being planned."""
    trials: Trials = field(default_factory=Trials)
    count_found: FoundCount | None = None
    count_work: Work[FoundCount] | None = None
    """A count night that is being planned."""
    count_shown: int | None = None
    """Number of the count night that the page shows."""
    going: str | None = None
    """Address of the page to open next, after signing in."""
    linked: datetime | None = None
    """Last act of who was let in by a link (`data.signin`)."""
    refused: ProssimaError | None = None
    """Why who was here was put out."""

    def sign_in(self, viewer: Viewer | None) -> None:
        """Become someone else; nothing of the one before is kept, nor goes on."""
        for work in (self.week_work, self.count_work):
            if work is not None:
                work.stop()
        self.week_work = self.count_work = None
        self.count_found = self.count_shown = None
        self.trials.stop()
        self.trials = Trials()
        self.viewer, self.choices, self.plan = viewer, None, None
        self.intake, self.proposal, self.week = Intake(), None, None
        self.answers = {}


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
    """The road network in use; read again when its file changes."""
    return load_network(settings().home)


def clock() -> datetime:
    """The clock of this computer, aware; tests put another in its place."""
    return datetime.now(UTC)


def now() -> datetime:
    """The present moment, aware."""
    return clock()


def allowed(*roles: Role, needs: Action | None = None) -> Viewer:
    """Who asks, if the page is for them; RefusedError `page_refused` otherwise.

    A session can be brought to a page by hand, so that each page asks again. `needs`: an action
    without which the page says nothing; a coordinator of an organisation opens only pages that
    name one.
    """
    viewer = session().viewer
    if viewer is None or not opens(viewer, frozenset(roles), needs):
        raise RefusedError("page_refused")
    return viewer


def opens(viewer: Viewer, roles: frozenset[Role], needs: Action | None) -> bool:
    """Whether a page is for someone."""
    if viewer.role not in roles or (needs and not may(viewer, needs)):
        return False
    return viewer.whole or needs is not None


@st.cache_resource(max_entries=4, show_spinner=False)
def _texts(language: str) -> Texts:
    return Texts(language)


@st.cache_resource(max_entries=4, show_spinner=False)
def _store(chosen: Settings) -> Store:
    opened = Store.open(chosen, now)
    return checked(opened) if chosen.profile == "municipality" else opened
