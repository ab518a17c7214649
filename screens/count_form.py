"""A count night planned on the page: night and terms, crews and zones; the plan that is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import streamlit as st

from data import counts
from data.access import Viewer
from data.count_words import PHASES, bound_said, found_said
from data.counts import RESERVE, Count
from data.exports import plan_document
from data.planning import night_inputs
from data.roads_cache import remembered_matrices
from data.texts import Texts
from geo.municipalities import municipalities
from geo.night import Night, nights
from routing.count_limits import CountProgress
from routing.count_split import plan_count, whose
from routing.passes import MOST_PASSES, CountTerms
from routing.prepare_count import count_problem
from screens.background import Said, following
from screens.html import muted, notice, table
from screens.names import zone_name
from screens.session import FoundCount, network, now, session, store
from screens.work import Work, begin

AHEAD = 60
"""Nights from tonight on with which a count can be planned."""


def form(t: Texts, viewer: Viewer, count: Count | None = None) -> None:
    """What is to be decided before a count can be planned."""
    units = {unit.code: unit for unit in store().units(viewer)}
    if not units:
        st.html(
            notice(t("There is no unit yet: import your own with “prossima units import FILE”."))
        )
        return
    with st.container(border=True, key="count_form"):
        night, reserve = _when(t, count)
        terms = _terms(t, count)
        crews, skip, earliest = _who(t, viewer, count)
        label = t("Plan again") if count else t("Plan the count")
        if st.button(label, type="primary", key="count_plan", disabled=not crews):
            session().count_found = None
            wanted = _Wanted(night, reserve, terms, crews, skip, earliest)
            session().count_work = _begin(viewer, wanted)
            st.rerun()
    found = session().count_found
    if found is not None and found.night == night:
        _proposal(t, viewer, found)
    elif count is None:
        st.html(
            notice(
                t(
                    "On one night all organisations pass every zone, and people are only seen. "
                    "Each zone belongs to one organisation and is counted once. It is held by a "
                    "rule on the weather; crews enter what they saw within 24 hours; the totals "
                    "leave by the rules of every publication."
                )
            )
        )


def _when(t: Texts, count: Count | None) -> tuple[Night, Night | None]:
    first, second = st.columns(2, gap="medium")
    tonight = Night.coming(now())
    if count is not None:
        first.html(muted(t("Night of the count: {night}", night=count.night)))
        night = count.night
    else:
        night = first.selectbox(
            t("Night of the count"),
            list(nights(tonight, AHEAD)),
            index=7,
            format_func=lambda one: t.date(one, "full"),
            key="count_night",
        )
    later = [None, *nights(night + 1, RESERVE)]
    known = count.reserve if count else night + 7
    reserve = second.selectbox(
        t("Reserve, if the weather is bad"),
        later,
        index=later.index(known),
        format_func=lambda one: t("none") if one is None else t.date(one, "full"),
        key=f"count_reserve-{night}",
    )
    if (hours := (night.end - night.start) // timedelta(hours=1)) != 24:
        st.html(
            notice(
                t(
                    "The clock changes on this night, which lasts {hours} hours: the window is "
                    "counted in real time.",
                    hours=hours,
                )
            )
        )
    return night, reserve


def _terms(t: Texts, count: Count | None) -> CountTerms:
    usual = count.terms if count else CountTerms(passes=2)
    columns = st.columns(5, gap="medium")
    opens = columns[0].text_input(t("First pass from"), usual.opens, key="count_opens")
    closes = columns[1].text_input(t("Last pass until"), usual.closes, key="count_closes")
    passes = columns[2].number_input(
        t("Passes of each zone"), 1, MOST_PASSES, usual.passes, key="count_passes"
    )
    spacing = columns[3].number_input(
        t("Minutes between two"), 0, 240, usual.spacing, 15, key="count_spacing"
    )
    minutes = columns[4].number_input(
        t("Minutes of a pass"), 1, 60, usual.minutes, key="count_minutes"
    )
    return CountTerms(opens, closes, int(minutes), int(passes), int(spacing))


def _who(
    t: Texts, viewer: Viewer, count: Count | None
) -> tuple[tuple[str, ...], frozenset[str], bool]:
    """The crews, the zones left out, and what the plan is to be good at.

    A count that is planned again begins with the provinces that it was to pass.
    """
    units = {unit.code: unit for unit in store().units(viewer)}
    zones = store().zones(viewer)
    organisations = sorted({unit.organisation for unit in units.values()})
    left, right = st.columns(2, gap="medium")
    chosen = left.multiselect(
        t("Organisations"), organisations, default=organisations, key="count_organisations"
    )
    own = [code for code, unit in units.items() if unit.organisation in chosen]
    crews = right.multiselect(
        t("Crews that can go out"),
        own,
        default=own,
        format_func=lambda code: units[code].name,
        key=f"count_crews-{len(chosen)}",
    )
    frame = municipalities()
    names = dict(zip(frame["istat"].str[:3], frame["province_name"], strict=True))
    provinces = sorted({zone.province_code for zone in zones})
    counted = left.multiselect(
        t("Provinces counted"),
        provinces,
        default=sorted({zone[:3] for zone in count.owners} & {*provinces})
        if count and count.owners
        else provinces,
        format_func=names.__getitem__,
        key="count_provinces",
    )
    codes = [zone.code for zone in zones if zone.province_code in counted]
    skipped = right.multiselect(
        t("Zones left out"), codes, format_func=zone_name, key=f"count_skip-{len(counted)}"
    )
    earliest = st.segmented_control(
        t("The plan should"),
        [False, True],
        format_func={
            False: t("need as few crews as possible"),
            True: t("have the last crew home as early as possible"),
        }.__getitem__,
        default=False,
        required=True,
        key="count_aim",
    )
    others = {zone.code for zone in zones if zone.province_code not in counted}
    return tuple(crews), frozenset(skipped) | others, bool(earliest)


@dataclass(frozen=True)
class _Wanted:
    """What was chosen on the page: `crews` by unit code, zones to `skip`."""

    night: Night
    reserve: Night | None
    terms: CountTerms
    crews: tuple[str, ...]
    skip: frozenset[str]
    earliest: bool


def _begin(viewer: Viewer, wanted: _Wanted) -> Work[FoundCount]:
    """Load what is known, compute: beside this session, which goes on meanwhile."""
    known, roads, moment = store(), network(), now()
    settings = known.settings()

    def plan(tell: Callable[[object], bool]) -> FoundCount:
        tell(None)
        given = night_inputs(known, viewer, wanted.night, wanted.crews, excluded=wanted.skip)
        prepared = count_problem(
            given,
            roads,
            wanted.terms,
            now=moment,
            means=settings.means,
            measure=remembered_matrices(settings.home),
        )
        found = plan_count(
            prepared,
            earliest=wanted.earliest,
            seconds=settings.count_seconds,
            seed=settings.planner_seed,
            progress=tell,
        )
        whole = prepared.prepared
        document = plan_document(whole, found.plan, whole.unplanned, roads)
        return FoundCount(wanted.night, wanted.reserve, prepared, found, document, wanted.earliest)

    return begin(plan)


def planned(t: Texts) -> bool:
    """Whether no count is being planned; what was found stays in this session until kept."""
    work = session().count_work
    if work is None:
        return True
    try:
        if following(work, partial(_said, t, store().settings().count_seconds), "count"):
            return False
    except Exception:
        session().count_work = None
        raise
    session().count_found, session().count_work = work.result, None
    return True


def _said(t: Texts, seconds: float, work: Work[FoundCount]) -> Said:
    said = work.said
    if not isinstance(said, CountProgress):
        return Said(t("Measuring the ways between zones"), 0.0)
    words = t(PHASES[said.phase], passed=said.passed, visits=said.visits)
    if said.crews is not None:
        words += " " + t.plural(
            "So far {count} crew is enough.", "So far {count} crews are enough.", said.crews
        )
    return Said(words, work.elapsed / (1.5 * seconds if said.phase == "needed" else seconds))


def _proposal(t: Texts, viewer: Viewer, found: FoundCount) -> None:
    """A plan that was found, what is proven of it, and the button that keeps it."""
    left, right = st.columns((5, 2), gap="medium", vertical_alignment="center")
    left.html(
        notice(
            f"{found_said(t, found.prepared, found.found)} "
            f"{bound_said(t, found.prepared, found.found, earliest=found.earliest)}",
            "good",
        )
    )
    if right.button(t("Keep this plan"), type="primary", key="count_keep", width="stretch"):
        kept = counts.keep(
            store(), viewer, found.prepared, found.found, found.document, reserve=found.reserve
        )
        session().count_found, session().count_shown = None, kept.id
        st.rerun()
    if found.prepared.unreachable:
        st.html(
            table(
                t("Zones that no crew can pass: they are not counted"),
                (t("Zone"), t("Why")),
                [
                    (zone_name(one.visit), t.code(one.reason, **one.fields))
                    for one in found.prepared.unreachable
                ],
            )
        )
    names = {each.unit.code: each.unit.name for each in found.prepared.prepared.inputs.outings}
    split(t, whose(found.found.plan, found.prepared.organisations), {
        route.unit: (found.prepared.organisations[route.unit], len(route.stops), names[route.unit])
        for route in found.found.plan.routes
    })  # fmt: skip


def split(t: Texts, owners: Mapping[str, str], routes: Mapping[str, tuple[str, int, str]]) -> None:
    """Whose each zone is: every zone stands once."""
    rows = []
    for organisation in sorted(set(owners.values())):
        own = [one for one in routes.values() if one[0] == organisation]
        zones = sum(1 for owner in owners.values() if owner == organisation)
        passes = sum(stops for _, stops, _ in own)
        rows.append((organisation, t.list(name for _, _, name in own), zones, passes))
    st.html(
        table(
            t("Split among the organisations: each zone is counted by one of them"),
            (t("Organisation"), t("Crews"), t("Zones"), t("Passes")),
            rows,
            numeric=frozenset({2, 3}),
        )
    )
