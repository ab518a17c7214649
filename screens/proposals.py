"""Proposals about the zones, looked at on a map and accepted or set aside one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st
from markupsafe import Markup

from data.access import Viewer
from data.texts import Texts
from geo.errors import ProssimaError
from geo.zone_changes import ZoneChange, ZoneDetails, change_of
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
    """What the file in this session's hands says about the zones."""
    findings = session().intake.findings
    if findings is None:
        return
    st.subheader(t("Proposals for the zones"), anchor=False)
    used = findings.detection
    st.html(
        muted(
            t(
                "Of the contacts with a place, {clustered} lie in clusters of at least 10 on at "
                "least 3 nights; {scattered} are scattered, {few} in places with too few, {off} "
                "beside no road: these leave nothing behind.",
                clustered=used.clustered,
                scattered=used.scattered,
                few=used.few,
                off=used.off_road,
            )
        )
    )
    if not findings.proposals:
        st.html(notice(t("Nothing to decide: the zones are as the contacts say."), "good"))
        return
    zones = {zone.code: zone for zone in store().zones(viewer)}
    left, right = st.columns((8, 5), gap="medium")
    with right:
        picked = st.selectbox(
            t("Proposal"),
            range(len(findings.proposals)),
            format_func=lambda number: title(t, findings.proposals[number]),
            key="proposal",
        )
        proposal = findings.proposals[min(picked or 0, len(findings.proposals) - 1)]
        _decide(t, viewer, proposal, zones)
    with left:
        _map(t, proposal, zones, palette())
    st.html(
        table(
            t("All proposals"),
            (t("Proposal"), t("Why"), t("Length")),
            [(title(t, one), reason(t, one), _length(t, one)) for one in findings.proposals],
            numeric=frozenset({2}),
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


def _decide(t: Texts, viewer: Viewer, proposal: Proposal, zones: Mapping[str, Zone]) -> None:
    """The reason, what is still to be said of a new zone, and the two answers."""
    st.html(
        Markup('<section class="p-card"><h3>{}</h3><p>{}</p><p class="p-muted">{}</p></section>')
        .format(title(t, proposal), reason(t, proposal), _effect(t, proposal))
    )  # fmt: skip
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
        _drop(proposal, ZoneChange())
        st.rerun()
    if not accepted:
        return
    if hours:
        windows = read_hours(t, hours)
        if windows is None:
            return
        details = replace(details, windows=windows)
    try:
        change = change_of(proposal, zones, details, synthetic=store().synthetic())
        store().change_zones(viewer, change)
    except ProssimaError as error:
        st.error(t.sentence(error))
        return
    _drop(proposal, change)
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


def _drop(proposal: Proposal, change: ZoneChange) -> None:
    """Forget a proposal that is decided on, and those on zones that it has changed."""
    intake = session().intake
    if intake.findings:
        left = tuple(
            one
            for one in intake.findings.proposals
            if one is not proposal and not change.touched & set(one.zones)
        )
        intake.findings = replace(intake.findings, proposals=left)
    if change.touched:
        intake.tried = None  # other zones: the file would bring something else now
