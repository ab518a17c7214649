"""Data: contacts in (a dry run first), zones and presence out, and how long records stay."""

from __future__ import annotations

from functools import partial

import streamlit as st
from markupsafe import Markup

from data import contact_import, fieldwork, retention
from data import proposals as kept
from data.access import Action, Role, Viewer, may
from data.contact_files import KINDS
from data.contact_import import ContactFile, Report
from data.contact_template import template
from data.texts import Texts
from geo.errors import ProssimaError
from geo.night import Night
from screens import contact_mapping, proposals, recorded
from screens.html import figures, muted, notice, state, table
from screens.pictures import style
from screens.session import Intake, allowed, network, now, session, store, texts

ROLES = frozenset({Role.COORDINATOR})
MOST_ROWS = 20
"""Row numbers of records without a zone that are named."""


def page() -> None:
    """The coordinator's page."""
    viewer = allowed(*ROLES, needs=Action.READ_CONTACTS)
    t = texts()
    style()
    st.title(t("Data"))
    st.html(
        Markup('<p class="p-lead">{}</p>').format(
            t(
                "What the units count becomes zones and presence. Of a file with a name, a number, "
                "an address or a remark nothing is kept; a coordinate serves to find the zone and "
                "is dropped."
            )
        )
    )
    left, right = st.columns((8, 5), gap="large")
    with left:
        st.subheader(t("Import contacts"), anchor=False)
        _intake(t, viewer)
        recorded.section(t, viewer)
    with right:
        _template(t, viewer)
        _presence(t, viewer)
        if may(viewer, Action.READ_RETENTION):
            _retention(t, viewer)
    proposals.section(t, viewer)


def _intake(t: Texts, viewer: Viewer) -> None:
    """Choose, try, import: nothing is written before the last step."""
    organisation = st.selectbox(
        t("Organisation, by a short word"),
        contact_import.organisations(store(), viewer),
        index=None,
        accept_new_options=True,
        placeholder=t("for instance: arcobaleno"),
        key="organisation",
    )
    given = st.file_uploader(
        t("File of contacts: CSV, XLSX, KoboToolbox or ODK"),
        type=[kind.removeprefix(".") for kind in KINDS],
        key="contact_file",
    )
    if organisation:
        contact_mapping.section(t, viewer, organisation)
    held = session().intake
    if not organisation or given is None:
        session().intake = Intake(findings=held.findings)
        return
    key = (given.file_id, organisation)
    if held.file != key:
        held = session().intake = Intake(key)
    file = ContactFile(given.name, given.getvalue())
    invented = store().synthetic() and st.checkbox(
        t("This file is invented too: a synthetic region takes no real record."), key="invented"
    )
    if st.button(t("Dry run: nothing is written"), key="try", type=_prominent(not held.tried)):
        with st.spinner(t("Reading every row")):
            held.tried, held.kept = (
                contact_import.dry_run(store(), viewer, file, organisation),
                None,
            )
    if held.kept:
        _said(t, held.kept)
    elif held.tried and held.tried.accepted:
        _offer(t, viewer, held, file, invented)
    elif held.tried:
        _refused(t, held.tried)


def _prominent(yes: bool):  # type: ignore[no-untyped-def]
    return "primary" if yes else "secondary"


def _offer(t: Texts, viewer: Viewer, held: Intake, file: ContactFile, invented: bool) -> None:
    """What the file would bring, and the two things to do with it."""
    report = held.tried
    if report is None:
        return
    st.html(_figures(t, report))
    st.html(table(t("What the import would do"), (t("What"), t("How many")), _rows(t, report)))
    leave_out = False
    if report.left_out:
        rows = t.list(report.unplaced[:MOST_ROWS])
        st.html(
            notice(
                t.plural(
                    "{count} record lies near no zone (row {rows}): look for zones first, or leave "
                    "it out.",
                    "{count} records lie near no zone (the first rows: {rows}): look for zones "
                    "first, or leave them out.",
                    report.left_out,
                    rows=rows,
                )
            )
        )
        leave_out = st.checkbox(t("Leave them out"), key="leave_out")
    with st.container(horizontal=True):
        if st.button(t("Look for zones in this file"), key="look"):
            _look(t, viewer, held, file)
        if st.button(
            t("Import"), type="primary", key="import_contacts", disabled=not report.records
        ):
            try:
                with st.spinner(t("Importing")):
                    held.kept = contact_import.import_contacts(
                        store(),
                        viewer,
                        file,
                        report.organisation,
                        leave_out=leave_out,
                        synthetic=invented,
                    )
            except ProssimaError as error:
                st.error(t.sentence(error))
                return
            st.rerun()


def _look(t: Texts, viewer: Viewer, held: Intake, file: ContactFile) -> None:
    """Detection reads the coordinates in memory; what is found is all that stays."""
    try:
        with st.spinner(t("Looking for clusters along the roads")):
            located = contact_import.contacts_located(store(), viewer, file, held.file[1])
            held.findings = fieldwork.look_for_zones(store(), viewer, network(), located)
            kept.keep(store(), viewer, held.findings.proposals)
    except ProssimaError as error:
        st.error(t.sentence(error))


def _figures(t: Texts, report: Report) -> Markup:
    pairs = [
        (t("records"), t.number(report.records, 0)),
        (t("persons counted"), t.number(report.persons, 0)),
        (t("zones"), t.number(report.zones, 0)),
    ]
    if report.first and report.last:
        nights = f"{t.date(report.first, 'short')} – {t.date(report.last, 'short')}"
        pairs.append((t("nights"), nights))
    return figures(pairs)


def _rows(t: Texts, report: Report) -> list[tuple[str, str]]:
    counted = [
        (t("Rows of the file"), report.rows),
        (t("Outings that are new"), report.new),
        (t("Outings that take the place of those kept"), report.replaced),
        (t("Outings that are kept already, unchanged"), report.same),
        (t("Outings older than the retention: counted into monthly totals"), report.expired),
        (t("Outings already counted into totals: not taken again"), report.closed),
    ]
    if report.crow:
        said = t("Records given to the nearest zone as the crow flies: no road is known there")
        counted.insert(1, (said, report.crow))
    rows = [(name, t.number(count, 0)) for name, count in counted]
    if report.replaced:
        change = f"{t.number(report.before, 0)} → {t.number(report.after, 0)}"
        rows.insert(-3, (t("Records of these outings, before → after"), change))
    return rows


def _said(t: Texts, report: Report) -> None:
    text = t.plural("{count} record imported.", "{count} records imported.", report.records)
    st.html(state(text, "good"))
    st.html(_figures(t, report))
    st.html(table(t("What the import did"), (t("What"), t("How many")), _rows(t, report)))
    st.html(
        notice(
            t(
                "Next: estimate presence, so that plans know of these contacts. Remove the file "
                "above to let go of it."
            )
        )
    )


def _refused(t: Texts, report: Report) -> None:
    st.error(
        t.plural(
            "The file is refused: one thing is wrong. Nothing of it was kept.",
            "The file is refused: {count} things are wrong. Nothing of it was kept.",
            report.wrong,
        )
    )
    items = Markup().join(
        Markup("<li>{}</li>").format(t.sentence(error)) for error in report.refusals
    )
    st.html(Markup('<ul class="p-refusals">{}</ul>').format(items))


def _template(t: Texts, viewer: Viewer) -> None:
    st.subheader(t("Form to fill in"), anchor=False)
    zones = [zone.code for zone in store().zones(viewer)]
    units = [unit.code for unit in store().units(viewer)]
    st.download_button(
        t("Download the template (XLSX)"),
        data=partial(template, zones, units, t),
        file_name="prossima-contatti.xlsx" if t.language == "it" else "prossima-contacts.xlsx",
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        key="template",
        on_click="ignore",
    )
    st.html(
        muted(t("Drop-down lists for every column; no column for anything that names a person."))
    )


def _presence(t: Texts, viewer: Viewer) -> None:
    st.subheader(t("Presence"), anchor=False)
    st.html(
        muted(
            t(
                "Expected persons by zone, weekday and hour, from all contacts and the hours spent "
                "looking. The estimate takes the place of the presence in use."
            )
        )
    )
    if not st.button(t("Estimate presence"), key="estimate"):
        return
    try:
        with st.spinner(t("Estimating")):
            found = fieldwork.estimate(store(), viewer, Night.coming(now()))
    except ProssimaError as error:
        st.error(t.sentence(error))
        return
    zones = found.frame["zone"].nunique()
    st.html(
        state(
            t.plural("Estimated for {count} zone.", "Estimated for {count} zones.", zones), "good"
        )
    )
    if found.assumed:
        st.html(
            muted(
                t.plural(
                    "{count} visit is known by its contacts alone: a quarter of an hour was "
                    "assumed.",
                    "{count} visits are known by their contacts alone: a quarter of an hour was "
                    "assumed for each.",
                    found.assumed,
                )
            )
        )
    if found.unplaced:
        st.html(
            muted(
                t.plural(
                    "{count} contact has no hour and was not used.",
                    "{count} contacts have no hour and were not used.",
                    found.unplaced,
                )
            )
        )


def _retention(t: Texts, viewer: Viewer) -> None:
    st.subheader(t("How long records stay"), anchor=False)
    kept = retention.state(store(), viewer)
    rows = [
        (t("Kept for"), t.plural("{count} day", "{count} days", kept.days)),
        (t("Records kept"), t.number(kept.records, 0)),
        (t("Oldest night"), t.date(kept.oldest) if kept.oldest else "–"),
        (t("Expired, to become totals"), t.number(kept.due, 0)),
        (t("Months with totals"), t.number(len(kept.months), 0)),
        (t("Last run"), t.date(kept.last_run) if kept.last_run else "–"),
    ]
    st.html(table(t("Retention of contact records"), (t("What"), t("Value")), rows))
    if kept.scrub_due:
        st.html(notice(t("Deleted records may still stand in the database file: run it again.")))
    if st.button(
        t("Turn expired records into monthly totals"),
        key="retention",
        type=_prominent(bool(kept.due or kept.scrub_due)),
    ):
        try:
            retention.run(store(), viewer)
        except ProssimaError as error:
            st.error(t.sentence(error))
            return
        st.rerun()
