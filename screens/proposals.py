"""Proposals about the zones, looked at on a map and accepted or set aside one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st
from markupsafe import Markup

from data import proposals as kept
from data.access import Action, Viewer, may
from data.proposals import KeptProposal
from data.texts import Texts
from geo.errors import ProssimaError
from geo.zone_changes import ZoneDetails
from geo.zone_detection import Detection
from geo.zone_proposals import Proposal, ProposalKind
from geo.zones import PlaceType, PresenceWindow, Zone, extent
from layers.marks import Mark
from layers.palette import Palette
from layers.proposals import after, before
from screens.html import muted, notice, table
from screens.maps import show
from screens.names import zone_name, zone_title
from screens.session import palette, session, store
from screens.zone_edit import PLACES, TARGETS, read_hours, windows_field

HEIGHT = 460
EVENING = (PresenceWindow("21:00", "02:00"),)
"""Where nothing else is known of a new zone; the coordinator says better."""

ROUND = 0.045
"""Degrees round a proposal that the map shows."""


def section(t: Texts, viewer: Viewer) -> None:
    """What the files that were looked at say about the zones, until it is decided on."""
    findings, waiting = session().intake.findings, kept.still_open(store(), viewer)
    done = kept.decisions(store(), viewer)
    if not (findings or waiting or done):
        return
    st.subheader(t("Proposals for the zones"), anchor=False)
    if findings:
        st.html(muted(_used(t, findings.detection)))
    if waiting:
        _waiting(t, viewer, waiting)
    else:
        st.html(notice(t("Nothing to decide: the zones are as the contacts say."), "good"))
    if done:
        _done(t, done)


def _used(t: Texts, used: Detection) -> str:
    """Which contacts of the file were used, and why others were not."""
    return t(
        "Of the contacts with a place, {clustered} lie in clusters of at least 10 on at "
        "least 3 nights; {scattered} are scattered, {few} in places with too few, {off} "
        "beside no road: these leave nothing behind.",
        clustered=used.clustered,
        scattered=used.scattered,
        few=used.few,
        off=used.off_road,
    )


def _waiting(t: Texts, viewer: Viewer, waiting: Sequence[KeptProposal]) -> None:
    """One proposal on the map with its two answers, all of them in a table."""
    zones = {zone.code: zone for zone in store().zones(viewer)}
    named = {one.number: one for one in waiting}
    left, right = st.columns((8, 5), gap="medium")
    with right:
        picked = st.selectbox(
            t("Proposal"),
            list(named),
            format_func=lambda number: title(t, named[number].proposal),
            key="proposal",
        )
        chosen = named.get(picked, waiting[0])
        _decide(t, viewer, chosen)
    with left:
        _map(t, chosen.proposal, zones, palette())
    st.html(
        table(
            t("All proposals"),
            (t("Proposal"), t("Why"), t("Length"), t("Made")),
            [
                (
                    title(t, one.proposal),
                    reason(t, one.proposal),
                    _length(t, one.proposal),
                    t.date(one.night, "short"),
                )
                for one in waiting
            ],
            numeric=frozenset({2}),
        )
    )


def _done(t: Texts, done: Sequence[KeptProposal]) -> None:
    with st.expander(t.plural("{count} decision", "{count} decisions", len(done))):
        st.html(
            table(
                t("What was decided"),
                (t("Proposal"), t("Decision"), t("Decided by"), t("Day")),
                [
                    (
                        title(t, one.proposal),
                        t.word(one.state),
                        t.word(one.role) if one.role else "–",
                        t.date(one.decided.date(), "short") if one.decided else "–",
                    )
                    for one in done
                ],
            )
        )


def title(t: Texts, proposal: Proposal) -> str:
    """`new zone: Prato 07`."""
    codes = proposal.zones or tuple(stretch.code for stretch in proposal.stretches)
    return f"{t.word(proposal.kind)}: {t.list(map(zone_name, codes))}"


def reason(t: Texts, proposal: Proposal) -> str:
    """Why it is proposed, in figures."""
    fields = dict(proposal.fields)
    match proposal.kind:
        case ProposalKind.NEW:
            said = t(
                "{contacts} contacts on {nights} nights where there is no zone.",
                contacts=fields["contacts"],
                nights=fields["nights"],
            )
            if near := fields.get("near"):
                said += " " + t("{zone} lies within reach of a move.", zone=zone_name(str(near)))
        case ProposalKind.MOVED:
            said = t(
                "Its contacts lie about {metres} away; {inside} of them are still in the zone.",
                metres=fields["metres"],
                inside=_percent(t, fields["inside"]),
            )
        case ProposalKind.SPLIT:
            said = t(
                "Its {contacts} contacts lie in {parts} stretches apart.",
                contacts=fields["contacts"],
                parts=len(proposal.stretches),
            )
        case ProposalKind.MERGED:
            said = t(
                "The {contacts} contacts of these zones lie in one stretch.",
                contacts=fields["contacts"],
            )
        case ProposalKind.SILENT:
            said = t(
                "{visits} visits in a row met nobody; by chance alone that happens in {chance} of "
                "cases. It is no success: people may have been driven elsewhere.",
                visits=fields["visits"],
                chance=_percent(t, fields["chance"]),
            )
    return said


def _percent(t: Texts, share: object) -> str:
    return f"{t.number(100 * float(str(share)), 1)} %"


def _length(t: Texts, proposal: Proposal) -> str:
    metres = sum(extent(stretch.geometry) for stretch in proposal.stretches)
    return t.kilometres(metres) if proposal.stretches else "–"


def _map(t: Texts, proposal: Proposal, zones: Mapping[str, Zone], colours: Palette) -> None:
    old = [
        Mark(zones[code].geometry, t("now: {zone}", zone=zone_title(t, zones[code])))
        for code in proposal.zones
        if code in zones
    ]
    new = [
        Mark(
            stretch.geometry,
            t("proposed: {zone}", zone=zone_name(stretch.code)),
            (zone_name(stretch.code), reason(t, proposal)),
        )
        for stretch in proposal.stretches
    ]
    show(
        "proposal",
        t("Map of the proposal; the table below says the same"),
        (before(old, colours), after(new, colours)),
        colours,
        view=[mark.geometry.buffer(ROUND) for mark in (*old, *new)],
        height=HEIGHT,
    )


def _decide(t: Texts, viewer: Viewer, chosen: KeptProposal) -> None:
    """The reason, what is still to be said of a new zone, and the two answers."""
    proposal = chosen.proposal
    st.html(
        Markup('<section class="p-card"><h3>{}</h3><p>{}</p><p class="p-muted">{}</p></section>')
        .format(title(t, proposal), reason(t, proposal), _effect(t, proposal))
    )  # fmt: skip
    if not may(viewer, Action.WRITE_ZONES):
        st.html(muted(t("A coordinator of the network decides on it.")))
        return
    key = "-".join((proposal.kind, *proposal.zones, *(one.code for one in proposal.stretches)))
    with st.form(f"proposal-{key}", border=False):
        details, hours = ZoneDetails(PlaceType.VIALE, EVENING), ""
        if proposal.kind is ProposalKind.NEW:
            place = st.selectbox(t("Kind of place"), PLACES, format_func=t.word, key=f"place-{key}")
            hours = windows_field(t, f"hours-{key}", EVENING)
            minutes = st.number_input(t("Minutes of a visit"), 1, 240, 15, key=f"minutes-{key}")
            target = st.selectbox(t("Days between visits"), TARGETS, index=1, key=f"target-{key}")
            details = ZoneDetails(place, EVENING, int(minutes), target)
        with st.container(horizontal=True):
            accepted = st.form_submit_button(t("Accept"), type="primary", key=f"accept-{key}")
            aside = st.form_submit_button(t("Set aside"), key=f"aside-{key}")
    if aside:
        _answer(t, viewer, chosen, None)
    if not accepted:
        return
    if hours:
        windows = read_hours(t, hours)
        if windows is None:
            return
        details = replace(details, windows=windows)
    _answer(t, viewer, chosen, details)


def _answer(t: Texts, viewer: Viewer, chosen: KeptProposal, details: ZoneDetails | None) -> None:
    """Keep the answer; what was tried with the zones as they were is let go."""
    try:
        change = kept.decide(store(), viewer, chosen.number, details)
    except ProssimaError as error:
        st.error(t.sentence(error))
        return
    if change.touched:
        session().intake.tried = None  # other zones: the file would bring something else now
    st.rerun()


def _effect(t: Texts, proposal: Proposal) -> str:
    """What accepting does."""
    match proposal.kind:
        case ProposalKind.NEW:
            said = t("A zone begins, with the details below.")
        case ProposalKind.MOVED:
            said = t("The zone keeps its code and everything else; its place changes.")
        case ProposalKind.SPLIT:
            said = t("The first part keeps the code; the others begin, as the zone was.")
        case ProposalKind.MERGED:
            said = t("The first goes on, with the visits and records of all; the others end.")
        case ProposalKind.SILENT:
            said = t("The zone is archived, and can be taken into use again.")
    return said
