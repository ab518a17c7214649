"""Publications: what would be published of a month, what is masked and why, and the ledger."""

from __future__ import annotations

from datetime import date

import numpy as np
import shapely
import streamlit as st
from markupsafe import Markup

from data import releases
from data.access import Role, Viewer
from data.attack import attack
from data.chain import FIRST
from data.release_files import WRITERS, file_name
from data.release_pictures import describe, trend_picture
from data.release_report import as_pdf
from data.release_words import (
    LEDGER,
    RULES,
    place_name,
    subject_name,
    table_name,
)
from data.releases import Preview, Release
from data.texts import Texts
from geo.canaries import canaries
from geo.month_facts import Figure
from geo.night import Night
from geo.privacy import Cell, Kind, Published
from layers.palette import Palette
from layers.published import published
from screens.html import figures, muted, notice, state, table
from screens.maps import show
from screens.pictures import style
from screens.release_figures import (
    attack_report,
    colours_of,
    downloads,
    drawn,
    funnel,
    legend,
    marks,
    method_note,
    region_tables,
    seal,
    shown,
)
from screens.session import allowed, now, palette, store, texts

ROLES = frozenset({Role.COORDINATOR})


def page() -> None:
    """The coordinator's page."""
    viewer = allowed(*ROLES)
    t, colours = texts(), palette()
    style()
    st.title(t("Publications"))
    st.html(
        Markup('<p class="p-lead">{}</p>').format(
            t(
                "What municipalities see of a month: by rules, rounded, once and for good. Look at "
                "what would be published and what is masked, attack it, then publish."
            )
        )
    )
    known = viewer, store().revision(), Night.of(now()).date
    months = _months(*known)
    if not months:
        st.html(notice(t("There is no month yet that is over and has contacts.")))
        return
    done = {one.month for one in releases.releases(store(), viewer)}
    words = {True: t("published"), False: t("not published yet")}
    first_open = next((month for month in reversed(months) if month not in done), months[0])
    month = st.selectbox(
        t("Month"),
        months,
        index=months.index(first_open),
        format_func=lambda each: f"{t.month(each)} · {words[each in done]}",
        key="release_month",
        width=340,
    )
    found = _preview(*known, month)
    _state(t, found)
    _summary(t, found)
    left, right = st.columns((5, 4), gap="large")
    with left:
        _map(t, found.published, colours)
    with right:
        _act(t, viewer, found)
    _placed(t, found)
    _conflicts(t, found)
    if found.published.tables:
        with st.expander(t("Tables of the region, of the places shown")):
            st.html(funnel(t, found.published))
            region_tables(t, found.published)
    _ledger(t, viewer, colours)


@st.cache_resource(max_entries=4, show_spinner=False)
def _months(viewer: Viewer, revision: int, tonight: date) -> tuple[date, ...]:
    del revision, tonight  # they are the key: what is kept, and which months are over
    return releases.months(store(), viewer)


@st.cache_resource(max_entries=8, show_spinner=False)
def _preview(viewer: Viewer, revision: int, tonight: date, month: date) -> Preview:
    del revision, tonight
    return releases.preview(store(), viewer, month)


def _state(t: Texts, found: Preview) -> None:
    if found.release:
        kind = t("by the rules") if found.published.kind is Kind.MONTH else t("with noise")
        said = t(
            "Published {kind} on {day} as number {number}: frozen.",
            kind=kind,
            day=found.release.made.date(),
            number=found.release.number,
        )
        st.html(state(said, "good"))
    else:
        st.html(
            state(t("Not published yet: this is a preview that only coordinators see."), "open")
        )
    if found.changed:
        st.html(
            notice(
                t(
                    "Records have arrived since. The published month stays as it is; they count "
                    "in the yearly totals."
                )
            )
        )


def _summary(t: Texts, found: Preview) -> None:
    met = [one for one in found.placed if one.facts.figures[Figure.CONTACTS]]
    contacts = sum(one.facts.figures[Figure.CONTACTS] for one in met)
    good = [one for one in met if not one.broken]
    published_contacts = sum(one.facts.figures[Figure.CONTACTS] for one in good)
    share = 100 * published_contacts / contacts if contacts else 0
    st.html(
        figures(
            [
                (t("Places shown"), t.number(len(good), 0)),
                (t("of them districts"), t.number(sum(len(o.members) > 1 for o in good), 0)),
                (t("Places masked"), t.number(len(met) - len(good), 0)),
                (t("Contacts that the places shown hold"), f"{t.number(share, 0)} %"),
            ]
        )
    )


def _map(t: Texts, one: Published, colours: Palette) -> None:
    label = t("Map of what is published of {month}", month=t.month(one.month))
    st.subheader(t("The map of the month"), anchor=False)
    show("releases", label, (published(marks(t, one.cells), colours),), colours, height=460)
    st.html(legend(t, colours))


def _act(t: Texts, viewer: Viewer, found: Preview) -> None:
    """The attack on this release and all before it, and publishing."""
    st.subheader(t("Attack report"), anchor=False)
    st.html(
        muted(
            t(
                "The program attacks this release together with every earlier one, as somebody "
                "would who holds them all, and searches every file that would be given out."
            )
        )
    )
    if st.button(t("Attack this release"), key="release_attack"):
        with st.spinner(t("Attacking …")):
            st.html(attack_report(t, _attack(t, viewer, found)))
    if found.release:
        return
    st.subheader(t("Publish"), anchor=False)
    st.html(muted(t("Published is published: a month can be neither changed nor taken back.")))
    if st.button(
        t("Publish {month}", month=t.month(found.month)), type="primary", key="release_go"
    ):
        releases.publish(store(), viewer, found.month)
        st.rerun()
    with st.expander(t("Instead, publish with noise (differential privacy)")):
        _noisy(t, viewer, found.month)


def _noisy(t: Texts, viewer: Viewer, month: date) -> None:
    chosen, balance = store().settings(), releases.account(store(), viewer, month.year)
    for line in (
        t(
            "To the contacts of every district chance is added, whatever was met. What is "
            "guaranteed: whoever sees the figures can hardly tell whether any one person was met "
            "at all in the month, for a person met on at most {nights} nights.",
            nights=chosen.release_nights,
        ),
        t(
            "What is not: a person met on more nights is protected less; months add up, with "
            "twelve months the protection is twelve times as weak; and what the crews' work says "
            "of a district as a whole stays visible."
        ),
        t(
            "Spent in {year}: {spent} of {most}; this month takes {epsilon}. A month has either "
            "the figures by the rules or those with noise, never both.",
            year=str(balance.year),
            spent=float(balance.spent),
            most=float(balance.most),
            epsilon=chosen.release_epsilon,
        ),
    ):
        st.html(muted(line))
    if st.button(t("Publish {month} with noise", month=t.month(month)), key="release_noisy"):
        releases.publish(store(), viewer, month, noisy=True)
        st.rerun()


def _attack(t: Texts, viewer: Viewer, found: Preview):  # type: ignore[no-untyped-def]
    earlier = [
        one
        for one in releases.releases(store(), viewer, *releases.EVERY)
        if one.month != found.month or one.subject == releases.COUNT
    ]
    this = [
        Release(0, FIRST, now(), subject, one)
        for subject, one in {releases.SUBJECT: found.published, **found.conflicts}.items()
    ]
    # Files hold all months, as municipalities and researchers get them.
    every = sorted([*earlier, *this], key=lambda one: one.month)
    files = {
        file_name(every, ending): write(every, t)
        for ending, write in {**WRITERS, "pdf": as_pdf}.items()
    }
    shapes = [zone.geometry for zone in store().zones(viewer)]
    spots = np.vstack([np.empty((0, 2)), *map(shapely.get_coordinates, shapes)])
    return attack([one.published for one in every], files, canaries(spots))


def _placed(t: Texts, found: Preview) -> None:
    """Every place where anybody was met: what is shown of it, or why nothing is."""
    rules = found.published.rules
    rows = []
    for one in found.placed:
        if not one.facts.figures[Figure.CONTACTS]:
            continue
        cell = found.published.cell_of(one.members[0])
        counts = [
            "–" if cell is None else shown(t, cell.figures.get(f), rules.least(f)) for f in Figure
        ]
        why = t.list(t(RULES[rule]) for rule in one.broken) or "–"
        rows.append((place_name(t, Cell(one.key, one.members, {})), *counts, why))
    st.subheader(t("Place by place: shown, or masked and why"), anchor=False)
    st.html(muted(t("Only coordinators see why a place is masked; municipalities do not.")))
    header = (t("Place"), *(t.word(figure) for figure in Figure), t("Masked because"))
    st.html(
        table(t("Places of the month"), header, rows, numeric=frozenset(range(1, 6)), tall=True)
    )


def _conflicts(t: Texts, found: Preview) -> None:
    """Reports and mediation cases, which are published with the month by the same button."""
    st.subheader(t("Reports and mediation cases of the month"), anchor=False)
    rows = [
        (place_name(t, cell), subject_name(t, part.subject),
         table_name(t, part.subject, (code,)), t.number(count, 0))
        for one in found.conflicts.values()
        for part in one.tables
        for cell in one.cells
        for code, count in part.of(cell.key).items()
        if count is not None
    ]  # fmt: skip
    if not rows:
        st.html(muted(t("Nothing is shown of reports and mediation cases: few, or none.")))
        return
    header = (t("Place"), t("Table"), t("Name"), t("Count"))
    title = t("What is shown of reports and mediation cases")
    st.html(table(title, header, sorted(rows), numeric=frozenset({3}), tall=True))


def _ledger(t: Texts, viewer: Viewer, colours: Palette) -> None:
    st.subheader(t("The ledger"), anchor=False)
    lines = releases.releases(store(), viewer)
    if not lines:
        st.html(muted(t("Nothing has been published yet.")))
        return
    verdict = releases.verify(store(), viewer)
    if verdict.whole:
        st.html(state(t("Every line is as it was written. The head, to note elsewhere:"), "good"))
        st.html(seal(verdict.head))
    else:
        st.html(notice(t("The ledger is broken at number {number}.", number=verdict.broken), "bad"))
    rows = [
        (str(one.number), t.month(one.month), t(LEDGER[one.subject]),
         t.date(one.made.date(), "short"), t.number(len(one.published.cells), 0),
         f"{one.seal[:16]}…")
        for one in reversed(releases.ledger(store(), viewer))
    ]  # fmt: skip
    header = (t("Number"), t("Month"), t("What"), t("Made"), t("Places"), t("Seal"))
    st.html(table(t("Releases"), header, rows, numeric=frozenset({4}), tall=True))
    said = describe(t, lines, None)
    st.html(drawn(trend_picture(t, lines, None, colours_of(colours), title=said), said))
    st.html(muted(t("Contacts of all places shown, month by month.")))
    every = releases.releases(store(), viewer, *releases.EVERY)
    downloads(t, every, "release")
    with st.expander(t("How these figures are made")):
        st.html(method_note(t, every))
