"""The official totals of a count night: previewed, and published once and for good.

They go by the rules of every release (`geo.release_rules`): municipality or district, rounded,
masked where few were seen or in few zones, of no zone. A count is a line of its own in the
ledger, one a month: other persons than the month's contacts, of whom nothing can be subtracted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import releases
from data.access import Action, Viewer
from data.count_entries import result_of, row_of, terms_of
from data.districts import districts
from data.models import CountRow, ReleaseRow
from data.releases import Release
from data.settings import Settings
from data.store import Store
from data.tables import is_synthetic
from geo.count import CountResult, ZoneCount, estimated_of
from geo.errors import ConflictError, MissingError, RefusedError
from geo.month_facts import Figure, PlaceFacts
from geo.night import Night
from geo.privacy import Published, publish_night
from geo.release_rules import Placed, zoning


@dataclass(frozen=True)
class CountPreview:
    """What would be (or, where there is a `release`, was) published of a count.

    `placed`: each municipality's cell with the rules it breaks; `open`: entries are still
    taken, so that it cannot be published yet.
    """

    placed: tuple[Placed, ...]
    published: Published
    release: Release | None
    open: bool


def preview(store: Store, viewer: Viewer, number: int) -> CountPreview:
    """What publishing a count would show; nothing is written.

    Raises MissingError `count_missing`, `count_nobody`; RefusedError `count_expired`.
    """
    chosen = store.settings()
    with store.reading(viewer, Action.PUBLISH_RELEASES) as session:
        row = row_of(session, number)
        release = _of_row(session, row)
        facts, found = _facts(session, row)
        placed = zoning(facts, districts().of, chosen.release_rules)
        published = _published(session, row, facts, found, chosen)
        until = terms_of(row).entry_until(Night(row.night))
    return CountPreview(
        placed, release.published if release else published, release, store.now() < until
    )


def publish(store: Store, viewer: Viewer, number: int) -> Release:
    """Publish a count for good, or give back the release that it has.

    Raises as `preview`; RefusedError `count_open` (night, until) while entries are taken,
    `release_exposed`; ConflictError `count_month_taken`, `release_districts_changed`.
    """
    chosen = store.settings()
    with store.writing(viewer, Action.PUBLISH_RELEASES) as session:
        row = row_of(session, number)
        night = Night(row.night)
        if (release := _of_row(session, row)) is not None:
            return release
        month = night.date.replace(day=1)
        taken = select(ReleaseRow).where(
            ReleaseRow.subject == releases.COUNT, ReleaseRow.month == month
        )
        if session.scalar(taken) is not None:
            raise ConflictError("count_month_taken", month=releases.month_name(month))
        until = terms_of(row).entry_until(night)
        if store.now() < until:
            raise RefusedError("count_open", night=night, until=until)
        facts, found = _facts(session, row)
        releases.same_districts(session)
        published = _published(session, row, facts, found, chosen)
        releases.refuse_exposed(published, month, facts)
        line = releases.append(session, releases.COUNT, published, store.now())
        row.released = line.number
        session.flush()
        return releases.release_at(line)


def publish_due(store: Store, viewer: Viewer) -> int:
    """Publish every count whose entries are closed and that has no release; how many."""
    with store.reading(viewer, Action.PUBLISH_RELEASES) as session:
        asked = select(CountRow).where(CountRow.released.is_(None), CountRow.summary.is_(None))
        due = [
            row.id
            for row in session.scalars(asked.order_by(CountRow.night))
            if terms_of(row).entry_until(Night(row.night)) <= store.now()
            and count_facts(result_of(session, row), Night(row.night))
        ]
    for number in due:
        publish(store, viewer, number)
    return len(due)


def count_facts(found: CountResult, night: Night) -> dict[str, PlaceFacts]:
    """The facts of a count by municipality, as the rules ask for them: the most persons seen in
    each zone, those who look under age left out."""
    by_place: dict[str, list[ZoneCount]] = {}
    for one in found.zones:
        if one.most:
            by_place.setdefault(one.zone[:6], []).append(one)
    return {place: _place(zones, night) for place, zones in sorted(by_place.items())}


def _place(zones: list[ZoneCount], night: Night) -> PlaceFacts:
    persons = sum(one.most or 0 for one in zones)
    attributes: Counter[tuple[str, str]] = Counter()
    for group in (group for one in zones for group in one.groups if group.charted):
        attributes["gender", group.gender.value] += group.persons
        attributes["macro_area", group.macro_area.value] += group.persons
        attributes["age_class", group.age_class.value] += group.persons
    return PlaceFacts(
        figures=dict.fromkeys(Figure, 0) | {Figure.CONTACTS: persons},
        nights={night.date: persons},
        zones={one.zone: one.most or 0 for one in zones},
        attributes=dict(attributes),
    )


def _published(
    session: Session,
    row: CountRow,
    facts: Mapping[str, PlaceFacts],
    found: CountResult,
    chosen: Settings,
) -> Published:
    """By the rules; a table that would give a hidden count away is left out."""
    month = row.night.replace(day=1)
    synthetic = is_synthetic(session)
    placed = zoning(facts, districts().of, chosen.release_rules)
    shown = {code for one in placed if not one.broken for code in one.members}

    def made(without: frozenset[str]) -> Published:
        return publish_night(
            month,
            facts,
            districts().of,
            chosen.release_rules,
            fingerprint=districts().fingerprint,
            synthetic=synthetic,
            without=without,
            estimate=_estimate(found, shown),
        )

    return releases.untold(made, month, facts)


def _estimate(found: CountResult, shown: set[str]) -> dict[str, int] | None:
    """How many there were in the places shown and no others: else the rest could be told."""
    zones = tuple(one for one in found.zones if one.zone[:6] in shown)
    estimate, _why = estimated_of(zones)
    if estimate is None or estimate.high is None:
        return None
    return {
        "low": round(estimate.low),
        "middle": round(estimate.persons),
        "high": round(estimate.high),
    }


def _facts(session: Session, row: CountRow) -> tuple[dict[str, PlaceFacts], CountResult]:
    found = result_of(session, row)
    facts = count_facts(found, Night(row.night))
    if not facts:
        raise MissingError("count_nobody", night=Night(row.night))
    return facts, found


def _of_row(session: Session, row: CountRow) -> Release | None:
    line = session.get(ReleaseRow, row.released) if row.released else None
    return None if line is None else releases.release_at(line)
