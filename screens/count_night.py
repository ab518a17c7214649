"""Count night (*mappatura*): planned as a whole, held or postponed by the weather, published."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial

import streamlit as st

from data import counts
from data.access import Role, Viewer
from data.count_words import PHASES, bound_said, found_said
from data.counts import RESERVE, Count, CountState
from data.exports import plan_document
from data.planning import night_inputs
from data.roads_cache import remembered_matrices
from data.texts import Texts
from geo.count_weather import Forecast, Gate
from geo.municipalities import municipalities
from geo.night import HOUR, Night, nights
from routing.count_limits import CountProgress
from routing.count_split import plan_count, whose
from routing.passes import MOST_PASSES, CountTerms
from routing.prepare_count import count_problem
from screens.background import Said, following
from screens.board import board
from screens.count_result import outcome
from screens.html import figures, muted, notice, state, table
from screens.names import zone_name
from screens.plans import Shown
from screens.session import (
    FoundCount,
    allowed,
    network,
    now,
    palette,
    session,
    store,
    texts,
)
from screens.work import Work, begin

ROLES = frozenset({Role.COORDINATOR})
AHEAD = 60
"""Nights from tonight on with which a count can be planned."""

NEW = 0
"""Stands for a count that is not there yet, among the numbers of those that are."""


def page() -> None:
    """The coordinator's page."""
    viewer = allowed(*ROLES)
    t = texts()
    st.title(t("Count night"))
    if not _over(t):
        return
    known = counts.counts(store(), viewer)
    by_number = {one.id: one for one in known}
    wanted = session().count_shown
    numbers = [NEW, *by_number]
    number = st.segmented_control(
        t("Count"),
        numbers,
        format_func=lambda one: _named(t, by_number.get(one)),
        default=wanted if wanted in numbers else next(iter(by_number), NEW),
        required=True,
        key=f"count-{len(known)}-{wanted}",
        label_visibility="collapsed",
    )
    count = by_number.get(number or NEW)
    if count is None:
        _new(t, viewer)
    else:
        _shown(t, viewer, count)


def _named(t: Texts, count: Count | None) -> str:
    if count is None:
        return t("Plan a new one")
    return f"{t.date(count.night)} · {t.word(count.state)}"


# A new count, or a new plan of one that is there


def _new(t: Texts, viewer: Viewer, count: Count | None = None) -> None:
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
        crews, skip, earliest = _who(t, viewer, night)
        label = t("Plan again") if count else t("Plan the count")
        if st.button(label, type="primary", key="count_plan", disabled=not crews):
            session().count_found = None
            session().count_work = _begin(viewer, night, reserve, terms, crews, skip, earliest)
            st.rerun()
    found = session().count_found
    if found is not None and found.night == night:
        _proposal(t, viewer, found)
    elif count is None:
        st.html(
            notice(
                t(
                    "On one night all organisations pass every zone, and people are only seen. Each "
                    "zone belongs to one organisation and is counted once. It is held by a rule on "
                    "the weather; crews enter what they saw within 24 hours; the totals leave by "
                    "the rules of every publication."
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


def _who(t: Texts, viewer: Viewer, night: Night) -> tuple[tuple[str, ...], frozenset[str], bool]:
    """The crews, the zones left out, and what the plan is to be good at."""
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
    names = municipalities().drop_duplicates("province_code").set_index("province_code")
    provinces = sorted({zone.province_code for zone in zones})
    counted = left.multiselect(
        t("Provinces counted"),
        provinces,
        default=provinces,
        format_func=lambda code: str(names.loc[code, "province_name"]),
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


def _begin(
    viewer: Viewer,
    night: Night,
    reserve: Night | None,
    terms: CountTerms,
    crews: Sequence[str],
    skip: frozenset[str],
    earliest: bool,
) -> Work[FoundCount]:
    """Load what is known, compute: beside this session, which goes on meanwhile."""
    known, roads, moment = store(), network(), now()
    settings = known.settings()

    def plan(tell: Callable[[object], bool]) -> FoundCount:
        tell(None)
        given = night_inputs(known, viewer, night, crews, excluded=skip)
        prepared = count_problem(
            given, roads, terms, now=moment, measure=remembered_matrices(settings.home)
        )
        found = plan_count(
            prepared,
            earliest=earliest,
            seconds=settings.count_seconds,
            seed=settings.planner_seed,
            progress=tell,
        )
        whole = prepared.prepared
        document = plan_document(whole, found.plan, whole.unplanned, roads)
        return FoundCount(night, reserve, prepared, found, document, earliest)

    return begin(plan)


def _over(t: Texts) -> bool:
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
    _split(t, whose(found.found.plan, found.prepared.organisations), {
        route.unit: (found.prepared.organisations[route.unit], len(route.stops), names[route.unit])
        for route in found.found.plan.routes
    })  # fmt: skip


def _split(t: Texts, owners: Mapping[str, str], routes: Mapping[str, tuple[str, int, str]]) -> None:
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


# A count that is there


def _shown(t: Texts, viewer: Viewer, count: Count) -> None:
    plan = counts.plan_of(store(), viewer, count)
    begun = now() >= count.opens
    if (
        (begun and count.plan is not None and count.state is CountState.HELD)
        or count.summary is not None
        or begun
    ):
        outcome(t, viewer, count)
    if not begun:
        gate, hand_over = st.columns((1, 1), gap="large")
        with gate:
            _gate(t, viewer, count)
        with hand_over:
            _hand_over(t, viewer, count, planned=plan is not None)
    elif count.weather:
        _decisions(t, count)
    if plan is None:
        if not begun and count.state is not CountState.CANCELLED:
            st.subheader(t("Plan this night"), anchor=False)
            _new(t, viewer, count)
        return
    zones = {zone.code: zone for zone in store().zones(viewer)}
    shown = Shown(plan, zones, {}, palette(), t)
    if not begun:
        st.html(figures(_figures(t, count, shown)))
    st.subheader(t("The plan"), anchor=False)
    units = {code: unit for code, unit in shown.units.items() if code in shown.itineraries}
    organisations = {unit.code: unit.organisation for unit in store().units(viewer)}
    if count.owners:
        _split(t, count.owners, {
            code: (organisations.get(code, ""), len(shown.itineraries[code].stops), unit["name"])
            for code, unit in units.items()
        })  # fmt: skip
    board(shown)


def _figures(t: Texts, count: Count, shown: Shown) -> list[tuple[str, str]]:
    homes = [one.home for one in shown.itineraries.values()]
    first, last = count.terms.window(count.night)
    pairs = [
        (t("zones"), t.number(len(count.owners), 0)),
        (t("passes of each"), t.number(count.terms.passes, 0)),
        (t("crews"), t.number(len(homes), 0)),
        (t("window"), f"{count.terms.opens}–{count.terms.closes} ({(last - first) // HOUR} h)"),
        (t("last return"), t.clock(max(homes))),
    ]
    if (least := count.bound.get("crews", 1)) > 1:
        pairs.append((t("crews, at least"), t.number(least, 0)))
    return pairs


def _gate(t: Texts, viewer: Viewer, count: Count) -> None:
    """The forecast is entered here, and the rule says what follows."""
    rule = store().settings().count_rule
    st.subheader(t("Weather"), anchor=False)
    st.html(
        muted(
            t(
                "Held with up to {rain} mm of rain in an hour and gusts of up to {wind} km/h, "
                "without fog; else it waits for its reserve. The rule stands in the settings.",
                rain=t.number(rule.rain, 1),
                wind=t.number(rule.wind, 0),
            )
        )
    )
    _decisions(t, count)
    if count.state is CountState.CANCELLED:
        st.html(notice(t("No night was left for this count: plan it anew on another night.")))
        return
    begins = count.opens - counts.BEFORE
    if now() < begins:
        st.html(notice(t("The forecast can be entered from {moment} on.", moment=begins)))
        return
    with st.form("count_weather", border=True):
        rain, wind, fog = st.columns(3, gap="small", vertical_alignment="bottom")
        heaviest = rain.number_input(
            t("Heaviest rain, mm in an hour"), 0.0, 200.0, None, 0.1, key="count_rain"
        )
        strongest = wind.number_input(
            t("Strongest gust, km/h"), 0.0, 250.0, None, 1.0, key="count_wind"
        )
        foggy = fog.checkbox(t("Fog is expected"), key="count_fog")
        sent = st.form_submit_button(t("Decide by this forecast"), width="stretch")
    if not sent:
        return
    if heaviest is None or strongest is None:
        st.error(t("Rain and wind are both needed: without them the night is not decided."))
        return
    counts.decide(store(), viewer, count.id, Forecast(heaviest, strongest, bool(foggy)))
    session().count_shown = count.id
    st.rerun()


def _decisions(t: Texts, count: Count) -> None:
    """What the gate has said so far, with the numbers it rested on."""
    if not count.weather:
        return
    rows = []
    for one in reversed(count.weather):
        against = t.list(t.word(what) for what in one.rule.against(one.forecast))
        said = t.word(one.gate)
        rows.append(
            (
                t.moment(one.entered),
                t.date(one.night, "short"),
                f"{t.number(one.forecast.rain, 1)} mm",
                f"{t.number(one.forecast.wind, 0)} km/h",
                t("yes") if one.forecast.fog else t("no"),
                said if one.gate is Gate.HELD else f"{said}: {against}",
            )
        )
    header = (t("Entered"), t("Night"), t("Rain"), t("Gusts"), t("Fog"), t("By the rule"))
    st.html(table(t("What the rule has said, the latest first"), header, rows))


def _hand_over(t: Texts, viewer: Viewer, count: Count, *, planned: bool) -> None:
    """Publish, or say what is missing; and the way back."""
    st.subheader(t("Itineraries"), anchor=False)
    published = store().published(viewer, count.night)
    done = planned and any(plan == count.plan for plan in published.values())
    if count.first != count.night:
        st.html(muted(t("First planned for {night}, moved by the weather.", night=count.first)))
    if count.reserve is not None:
        st.html(muted(t("Reserve: {night}", night=t.date(count.reserve, "full"))))
    if done:
        st.html(state(t("Published: each crew reads its own itinerary."), "good"))
    elif not planned:
        st.html(state(t("To be planned for this night."), "open"))
    elif count.state is not CountState.HELD:
        st.html(state(t("A draft: crews get it once the forecast holds the night."), "open"))
    else:
        label = t("Publish and replace") if published else t("Publish the itineraries")
        if st.button(label, type="primary", key="count_publish"):
            counts.publish(store(), viewer, count.id, replacing=bool(published))
            session().count_shown = count.id
            st.rerun()
    with st.popover(t("Take this count back")):
        st.html(muted(t("Its plan stays as a draft; itineraries that crews have are withdrawn.")))
        if st.button(t("Take it back"), key="count_remove"):
            counts.remove(store(), viewer, count.id)
            session().count_shown = None
            st.rerun()
