"""Releases: what is published of a month, once and for good, and the ledger of all of them.

    preview(store, viewer, month)   # what would be published, what is masked and why
    publish(store, viewer, month)   # the same, for good; asked again: the stored answer
    releases(store, viewer)         # all of them, as far as the viewer may see
    verify(store, viewer)           # the ledger's chain, and its head to note elsewhere

A month is published once it is over, and frozen: what arrives later stays in the records
and in the yearly totals and never changes it. The rules are those of `geo.release_rules`;
with `noisy`, discrete Laplace noise takes their place, and a month has one or the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import chain
from data.access import Action, Scope, Viewer, scope
from data.attack import exposed_of
from data.conflict_figures import CONFLICTS, conflict_figures
from data.contacts import read_with_entry
from data.districts import districts
from data.handovers import monthly_in
from data.models import ReleaseRow
from data.month_facts import facts_by_month, next_month
from data.settings import Settings
from data.store import Store
from data.tables import is_synthetic
from geo.errors import ConflictError, InputError, MissingError, RefusedError
from geo.month_facts import FUNNEL, NOTHING, PlaceFacts
from geo.night import Night
from geo.noise import discrete_laplace
from geo.privacy import (
    Kind,
    Published,
    part_of,
    publish_month,
    publish_noisy,
    restored,
    totals_of,
)
from geo.release_rules import Placed, zoning

SUBJECT = "contacts"
"""What the monthly figures of contacts are called in the ledger."""

COUNT = "count"
"""What the figures of count nights are called there."""

EVERY = (SUBJECT, *CONFLICTS, COUNT)
"""All that a line of the ledger can be of."""

Noise = Callable[[Fraction], int]


@dataclass(frozen=True)
class Release:
    """A line of the ledger: its `number` (from 1) and `seal`, when it was `made`, and what."""

    number: int
    seal: str
    made: datetime
    subject: str
    published: Published

    @property
    def month(self) -> date:
        """Its first day."""
        return self.published.month


@dataclass(frozen=True)
class Preview:
    """What publishing a month would do.

    `placed`: every municipality's cell with the rules it breaks; `published`: what would
    be (or, where there is a `release` already, was) published. `changed`: records arrived
    since that release; they never change it. `conflicts`: reports and cases by subject.
    """

    month: date
    placed: tuple[Placed, ...]
    published: Published
    release: Release | None
    changed: bool
    conflicts: Mapping[str, Published]


@dataclass(frozen=True)
class Account:
    """The year's epsilon: how much may be `spent` at most, and how much is."""

    year: int
    most: Fraction
    spent: Fraction

    @property
    def left(self) -> Fraction:
        """What noisy months may still spend."""
        return self.most - self.spent


def months(store: Store, viewer: Viewer) -> tuple[date, ...]:
    """First days of the months that are over and have anything to publish, the latest first."""
    with store.reading(viewer, Action.PUBLISH_RELEASES) as session:
        facts = facts_by_month(session, *read_with_entry(session))
    return tuple(sorted((month for month in facts if _is_over(store, month)), reverse=True))


def preview(store: Store, viewer: Viewer, month: date) -> Preview:
    """What would be published of a month by the rules, or was; nothing is written.

    Raises RefusedError `release_month_open` while the month is not over, MissingError
    `release_month_empty` when nobody was met in it.
    """
    chosen = store.settings()
    with store.reading(viewer, Action.PUBLISH_RELEASES) as session:
        facts = _facts(store, session, month)
        found = _by_rules(session, month, facts, chosen)
        row = _row(session, SUBJECT, month)
        if row is None:
            told = conflict_figures(session, month)
        else:
            kept = {subject: _row(session, subject, month) for subject in CONFLICTS}
            told = {name: restored(one.document) for name, one in kept.items() if one}
    release = None if row is None else release_at(row)
    exact = release is not None and release.published.kind is Kind.MONTH
    return Preview(
        month=month,
        placed=zoning(facts, districts().of, chosen.release_rules),
        published=release.published if release else found,
        release=release,
        changed=exact and release is not None and release.published != found,
        conflicts=told,
    )


def publish(
    store: Store,
    viewer: Viewer,
    month: date,
    *,
    noisy: bool = False,
    noise: Noise = discrete_laplace,
) -> Release:
    """Publish a month for good with its conflicts, or give back the release that it has.

    Raises as `preview`; ConflictError `release_other_kind` where the month was published
    the other way, `release_districts_changed` where an earlier release has other
    districts; RefusedError `release_epsilon_spent` (left, year), `release_exposed` where an
    attack still finds a hidden figure.
    """
    chosen = store.settings()
    with store.writing(viewer, Action.PUBLISH_RELEASES) as session:
        row = _row(session, SUBJECT, month)
        if row is not None:
            if (restored(row.document).kind is Kind.NOISY) != noisy:
                raise ConflictError("release_other_kind", month=month_name(month))
            return release_at(row)
        facts = _facts(store, session, month)
        same_districts(session)
        if noisy:
            found = _by_noise(session, month, facts, chosen, noise)
        else:
            found = _by_rules(session, month, facts, chosen)
            refuse_exposed(found, month, facts)
        row = append(session, SUBJECT, found, store.now())
        # A month of which nothing can be told now gets nothing later: that would tell.
        for subject, told_of in conflict_figures(session, month).items():
            append(session, subject, told_of, store.now())
        return release_at(row)


def publish_due(store: Store, viewer: Viewer) -> int:
    """Publish by the rules every month that is over and has no release; how many there were."""
    done = {one.month for one in releases(store, viewer)}
    due = [month for month in reversed(months(store, viewer)) if month not in done]
    for month in due:
        publish(store, viewer, month)
    return len(due)


def append(session: Session, subject: str, published: Published, made: datetime) -> ReleaseRow:
    """Write a line of the ledger, in the transaction at hand (`Store.writing`)."""
    row = ReleaseRow(
        subject=subject,
        month=published.month,
        made=made.replace(microsecond=0),
        document=published.to_dict(),
    )
    return chain.append(session, row)


def releases(store: Store, viewer: Viewer, *subjects: str) -> tuple[Release, ...]:
    """All releases of the subjects (of contacts if none is named), the earliest month first,
    as far as the viewer may see.

    A municipality gets its own cell of each and the regional totals, the network the
    totals alone. RefusedError `territory_missing` for a municipality without a territory.
    """
    reach = scope(viewer, Action.READ_RELEASES)
    if reach is Scope.OWN_TERRITORY and viewer.municipality not in districts().of:
        raise RefusedError("territory_missing")
    wanted = ReleaseRow.subject.in_(subjects or (SUBJECT,))
    chosen = select(ReleaseRow).where(wanted).order_by(ReleaseRow.month, ReleaseRow.number)
    with store.reading(viewer, Action.READ_RELEASES) as session:
        found = [release_at(row) for row in session.scalars(chosen)]
    return tuple(_seen(release, viewer, reach) for release in found)


def release_of(
    store: Store, viewer: Viewer, month: date, municipality: str | None = None
) -> Release:
    """The release of a month, of one municipality if it is named.

    Raises RefusedError `territory_foreign` when a municipality asks for another's;
    MissingError `release_missing`.
    """
    reach = scope(viewer, Action.READ_RELEASES)
    if reach is not Scope.ALL and municipality not in (None, viewer.municipality):
        raise RefusedError("territory_foreign")
    for release in releases(store, viewer):
        if release.month == month:
            return release if municipality is None else _part(release, municipality)
    raise MissingError("release_missing", month=month_name(month))


def frozen_months(session: Session) -> frozenset[date]:
    """First days of the months whose contacts have been published."""
    chosen = select(ReleaseRow.month).where(ReleaseRow.subject == SUBJECT)
    return frozenset(session.scalars(chosen))


def ledger(store: Store, viewer: Viewer) -> tuple[Release, ...]:
    """Every line of the ledger by number."""
    with store.reading(viewer, Action.PUBLISH_RELEASES) as session:
        rows = session.scalars(select(ReleaseRow).order_by(ReleaseRow.number))
        return tuple(map(release_at, rows))


def verify(store: Store, viewer: Viewer, expected: str | None = None) -> chain.Verdict:
    """Whether the ledger is as it was written; `expected`: a head noted earlier."""
    with store.reading(viewer, Action.READ_RELEASES) as session:
        return chain.verify(session, ReleaseRow, expected)


def account(store: Store, viewer: Viewer, year: int) -> Account:
    """What the noisy months of a year have spent."""
    with store.reading(viewer, Action.PUBLISH_RELEASES) as session:
        return _account(session, year, store.settings())


def month_name(month: date) -> str:
    """`2026-03`, as months are written in commands, file names and errors."""
    return f"{month:%Y-%m}"


def parse_month(text: str) -> date:
    """The first day of a month written as `2026-03`; InputError `release_month_unreadable`."""
    try:
        return date.fromisoformat(f"{text.strip()}-01")
    except ValueError as error:
        raise InputError("release_month_unreadable", got=text) from error


def _is_over(store: Store, month: date) -> bool:
    return next_month(month) <= Night.of(store.now()).date


def _facts(store: Store, session: Session, month: date) -> Mapping[str, PlaceFacts]:
    if not _is_over(store, month):
        raise RefusedError("release_month_open", month=month_name(month))
    kept = read_with_entry(session, month, next_month(month))
    facts = facts_by_month(session, *kept, month).get(month)
    if not facts:
        raise MissingError("release_month_empty", month=month_name(month))
    return _with_handovers(session, month, facts)


def _with_handovers(
    session: Session, month: date, facts: Mapping[str, PlaceFacts]
) -> Mapping[str, PlaceFacts]:
    """The facts with the persons handed over in each place that month (`data.handovers`)."""
    found = dict(facts)
    passages = monthly_in(session, month)
    passages = passages[passages["month"] == month]
    for row in passages.itertuples():
        one = found.get(row.municipality, NOTHING)
        more = {**one.attributes, (FUNNEL, row.receiver): int(row.persons)}
        found[row.municipality] = replace(one, attributes=more)
    return found


def _by_rules(
    session: Session, month: date, facts: Mapping[str, PlaceFacts], chosen: Settings
) -> Published:
    synthetic = is_synthetic(session)

    def made(without: frozenset[str]) -> Published:
        return publish_month(
            month,
            facts,
            districts().of,
            chosen.release_rules,
            fingerprint=districts().fingerprint,
            synthetic=synthetic,
            without=without,
        )

    return untold(made, month, facts)


def untold(
    made: Callable[[frozenset[str]], Published], month: date, facts: Mapping[str, PlaceFacts]
) -> Published:
    """What is `made` without the tables named to it; a table that tells on others is left out.

    By a rare chance of the rounding, two tables of the same people tell on each other.
    """
    found = made(frozenset())
    told = exposed_of(found, {month: facts})
    return made(told) if told else found


def refuse_exposed(found: Published, month: date, facts: Mapping[str, PlaceFacts]) -> None:
    """Raise RefusedError `release_exposed` (month, count) where an attack finds a hidden figure."""
    if told := exposed_of(found, {month: facts}):
        raise RefusedError("release_exposed", month=month_name(month), count=len(told))


def _by_noise(
    session: Session,
    month: date,
    facts: Mapping[str, PlaceFacts],
    chosen: Settings,
    noise: Noise,
) -> Published:
    epsilon = Fraction(str(chosen.release_epsilon))
    balance = _account(session, month.year, chosen)
    if epsilon > balance.left:
        raise RefusedError("release_epsilon_spent", year=str(month.year), left=float(balance.left))
    return publish_noisy(
        month,
        facts,
        districts().of,
        epsilon=epsilon,
        nights=chosen.release_nights,
        noise=noise,
        fingerprint=districts().fingerprint,
        synthetic=is_synthetic(session),
    )


def same_districts(session: Session) -> None:
    """A second zoning beside the first could be subtracted from it, of whatever subject.

    Raises ConflictError `release_districts_changed`. The first line with districts speaks for
    all, since each was held to it.
    """
    for line in session.scalars(select(ReleaseRow).order_by(ReleaseRow.number)):
        if known := restored(line.document).districts:
            if known != districts().fingerprint:
                raise ConflictError("release_districts_changed")
            return


def _account(session: Session, year: int, chosen: Settings) -> Account:
    rows = session.scalars(select(ReleaseRow).where(ReleaseRow.subject == SUBJECT))
    published = [restored(row.document) for row in rows if row.month.year == year]
    spent = sum((Fraction(one.epsilon) for one in published if one.epsilon), Fraction(0))
    return Account(year, Fraction(str(chosen.release_epsilon_year)), spent)


def _row(session: Session, subject: str, month: date) -> ReleaseRow | None:
    chosen = select(ReleaseRow).where(ReleaseRow.subject == subject, ReleaseRow.month == month)
    return session.scalars(chosen).one_or_none()


def release_at(row: ReleaseRow) -> Release:
    """A line of the ledger as a release."""
    return Release(row.number, row.seal, row.made, row.subject, restored(row.document))


def _seen(release: Release, viewer: Viewer, reach: Scope) -> Release:
    if reach is Scope.ALL:
        return release
    if reach is Scope.TOTALS:
        return replace(release, published=totals_of(release.published))
    return _part(release, str(viewer.municipality))


def _part(release: Release, municipality: str) -> Release:
    return replace(release, published=part_of(release.published, municipality))
