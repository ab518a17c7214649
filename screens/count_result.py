"""What a count night found: entries as they come in, the figures, the totals that may leave."""

from __future__ import annotations

import streamlit as st

from data import count_releases, counts
from data.access import Viewer
from data.count_entries import summary_of
from data.count_files import estimated
from data.count_words import WHY_NOT, figures_said
from data.counts import Count
from data.release_files import shape_of
from data.release_pictures import step_of
from data.release_words import COUNT_RULES, member_names, place_name
from data.texts import Texts
from geo.count import CountResult, ZoneCount, by_organisation
from geo.errors import MissingError
from geo.month_facts import Figure
from geo.privacy import ESTIMATE, Cell, Published
from layers.marks import Mark
from layers.published import published as published_layer
from screens.html import figures, muted, notice, state, table
from screens.maps import show
from screens.names import zone_title
from screens.release_figures import attribute_tables, downloads, place_legend
from screens.session import now, palette, store


def outcome(t: Texts, viewer: Viewer, count: Count) -> None:
    """The figures of a count, its entries, and its release."""
    if count.summary is not None:
        st.html(figures(figures_said(t, count.summary)))
        st.html(muted(t("The entries have expired; these figures of the whole are left.")))
        return
    found = counts.result(store(), viewer, count.id)
    until = count.entry_until
    st.html(figures(figures_said(t, summary_of(found))))
    if now() < until:
        st.html(state(t("Entries are taken until {moment}.", moment=until), "open"))
    else:
        st.html(state(t("Entries closed on {moment}.", moment=until), "good"))
    _method(t, found)
    # Not in tabs: a map that is drawn out of sight does not know its size.
    official = st.segmented_control(
        t("What is shown"),
        [False, True],
        format_func={False: t("What was seen"), True: t("Official totals")}.__getitem__,
        default=False,
        required=True,
        key=f"count_view-{count.id}",
        label_visibility="collapsed",
    )
    if official:
        _totals(t, viewer, count)
    else:
        _organisations(t, found)
        _zones(t, viewer, found)
        _twice(t, viewer, count)


def _method(t: Texts, found: CountResult) -> None:
    """How the passes make one number, in plain words."""
    if found.estimate is None:
        st.html(muted(t(WHY_NOT[str(found.why_not)])))
        return
    st.html(
        muted(
            t(
                "At least: the most seen on one pass of each zone, added up; nobody is counted "
                "twice. The estimate adds those that a pass misses, judged by how much the passes "
                "of a zone disagree (moment estimator of a binomial number); where people come "
                "and go between passes it counts all who were there in the window."
            )
        )
    )


def _organisations(t: Texts, found: CountResult) -> None:
    rows = [
        (name or t("unknown"), zones, passed, seen)
        for name, (zones, passed, seen) in by_organisation(found.zones).items()
    ]
    st.html(
        table(
            t("By organisation: each zone stands under one"),
            (t("Organisation"), t("Zones"), t("Zones passed"), t("Persons seen, at least")),
            rows,
            numeric=frozenset({1, 2, 3}),
        )
    )


def _zones(t: Texts, viewer: Viewer, found: CountResult) -> None:
    known = {zone.code: zone for zone in store().zones(viewer)}
    passes = max((len(one.passes) for one in found.zones), default=1)
    order = sorted(found.zones, key=lambda one: (one.most is not None, -(one.most or 0), one.zone))

    def said(one: ZoneCount) -> tuple[object, ...]:
        seen = [t("not passed") if n is None else t.number(n, 0) for n in one.passes]
        most = "–" if one.most is None else t.number(one.most, 0)
        name = zone_title(t, known[one.zone]) if one.zone in known else one.zone
        return (name, one.organisation, *seen, most)

    header = (
        t("Zone"),
        t("Organisation"),
        *(t("Pass {number}", number=number) for number in range(1, passes + 1)),
        t("Counted"),
    )
    with st.expander(t("Zone by zone"), expanded=False):
        st.html(
            table(
                t("Zones, those not passed first: what was not passed is unknown, not zero"),
                header,
                [said(one) for one in order],
                numeric=frozenset(range(2, passes + 3)),
                tall=True,
            )
        )


def _twice(t: Texts, viewer: Viewer, count: Count) -> None:
    """Passes that two crews entered: which one counts is said."""
    settled = counts.entries(store(), viewer, count.id)
    if not settled.aside:
        return
    names = {unit.code: unit.name for unit in store().units(viewer)}
    known = {zone.code: zone for zone in store().zones(viewer)}
    counted = {(one.zone, one.number): one for one in settled.counted}
    rows = []
    for one in settled.aside:
        first = counted[one.zone, one.number]
        rows.append(
            (
                zone_title(t, known[one.zone]) if one.zone in known else one.zone,
                one.number,
                f"{names.get(first.unit, first.unit)}: {first.persons}",
                f"{names.get(one.unit, one.unit)}: {one.persons}",
            )
        )
    st.html(
        table(
            t("Entered by two crews and counted once: the crew whose pass it was, else the larger"),
            (t("Zone"), t("Pass"), t("Counted"), t("Entered besides")),
            rows,
        )
    )


def _totals(t: Texts, viewer: Viewer, count: Count) -> None:
    """What leaves by the rules, before and after it is published."""
    try:
        found = count_releases.preview(store(), viewer, count.id)
    except MissingError as error:
        st.html(notice(t.sentence(error)))
        return
    _published(t, found.published)
    left, right = st.columns((3, 2), gap="medium")
    with left:
        count_map(t, found.published)
    with right:
        rows = [
            (
                place_name(t, Cell(one.key, one.members, {})),
                t.list(t(COUNT_RULES[r]) for r in one.broken),
            )
            for one in found.placed
            if one.broken and one.facts.figures[Figure.CONTACTS]
        ]
        if rows:
            st.html(table(t("Not shown, and why"), (t("Place"), t("Why not")), rows, tall=True))
    places(t, found.published)
    attribute_tables(t, found.published, t("Persons seen"), but=ESTIMATE)
    if found.release:
        said = t(
            "Published on {moment} as number {number} of the ledger.",
            moment=found.release.made,
            number=found.release.number,
        )
        st.html(state(said, "good"))
        downloads(t, [found.release], "count", but="pdf")
    elif found.open:
        st.html(muted(t("A preview: it can be published once entries are closed, and then stays.")))
    else:
        st.html(muted(t("A preview: nothing has left yet. Once published it stays as it is.")))
        if st.button(t("Publish the totals"), type="primary", key="count_release"):
            count_releases.publish(store(), viewer, count.id)
            st.rerun()


def _published(t: Texts, one: Published) -> None:
    total = one.totals.get(Figure.CONTACTS)
    pairs = [(t("Persons seen in the places shown"), t.number(total, 0) if total else "–")]
    if (told := estimated(one)) is not None:
        low, middle, high = told
        pairs += [
            (t("There, estimated"), t.number(middle, 0)),
            (t("95 % interval"), f"{t.number(low, 0)}–{t.number(high, 0)}"),
        ]
    pairs.append((t("Places shown"), t.number(len(one.cells), 0)))
    st.html(figures(pairs))


def count_map(t: Texts, one: Published) -> None:
    """The places shown, by persons seen."""
    marks = []
    for cell in one.cells:
        seen = cell.figures.get(Figure.CONTACTS)
        name = place_name(t, cell)
        said = t("not shown") if seen is None else t("{count} persons seen", count=seen)
        lines = (name, said, *([t.list(member_names(cell))] if len(cell.members) > 1 else []))
        mark = Mark(shape_of(cell), f"{name}: {said}", lines)
        marks.append((mark, None if seen is None else step_of(seen)))
    colours = palette()
    show(
        "count",
        t("Map of the persons seen; the table says the same"),
        (published_layer(marks, colours),),
        colours,
        height=420,
    )
    st.html(place_legend(t, colours, t("Persons seen")))


def places(t: Texts, one: Published) -> None:
    """The same as a table."""
    rows = [
        (place_name(t, cell), t.number(cell.figures.get(Figure.CONTACTS) or 0, 0))
        for cell in one.cells
    ]
    st.html(
        table(
            t("Persons seen, at least, by municipality or district"),
            (t("Place"), t("Persons seen")),
            rows,
            numeric=frozenset({1}),
        )
    )
