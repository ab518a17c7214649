"""Count nights (*mappatura*): planned, held or postponed by the weather, published, entered.

    count = keep(store, viewer, prepared, found, document, reserve=night)
    decide(store, viewer, count.id, Forecast(0.2, 15))   # the gate; kept with its numbers
    publish(store, viewer, count.id)                     # refused while the gate is not open
    result(store, viewer, count.id)                      # what was seen, settled and combined

What crews see is no contact: nobody is met, a person may be seen on each pass. It has tables of
its own, which no estimate of presence and no monthly figure reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import plans
from data.access import Action, Viewer
from data.count_entries import CountState, passings, result_of, row_of, terms_of
from data.models import CountPassRow, CountRow, CountWeatherRow, ItineraryRow, PlanRow
from data.plans import PlanRecord
from data.store import Store
from data.tables import is_synthetic
from geo.count import CountResult, Settled, settle
from geo.count_weather import Forecast, Gate, WeatherRule
from geo.errors import ConflictError, InputError, RefusedError
from geo.night import Night
from routing.count import CountNight
from routing.count_split import whose
from routing.passes import CountTerms
from routing.prepare_count import PreparedCount

BEFORE = timedelta(hours=24)
"""How long before the window a forecast may be entered: an earlier one says too little."""

RESERVE = 28
"""Nights after a count within which its reserve lies: later it is another count."""


@dataclass(frozen=True)
class Decision:
    """A forecast and what the rule in force then said of it."""

    night: Night
    entered: datetime
    forecast: Forecast
    rule: WeatherRule
    gate: Gate


@dataclass(frozen=True)
class Count:
    """A count night as it is kept. `owners`: organisation by zone; `plan`: id of the plan of
    `night`, None where it is to be planned (again); `bound`: `crews` and `soonest` (seconds
    from noon) that no plan goes below; `weather`: the earliest first; `released`: number of
    its line in the ledger."""

    id: int
    night: Night
    first: Night
    reserve: Night | None
    state: CountState
    terms: CountTerms
    plan: int | None
    owners: Mapping[str, str]
    bound: Mapping[str, Any]
    weather: tuple[Decision, ...]
    summary: Mapping[str, Any] | None
    released: int | None

    @property
    def opens(self) -> datetime:
        """When the first pass may begin, aware."""
        return self.night.at(self.terms.window(self.night)[0])

    @property
    def entry_until(self) -> datetime:
        """Until when entries are taken, aware."""
        return self.terms.entry_until(self.night)

    @property
    def decision(self) -> Decision | None:
        """The last decision on this night."""
        return next((one for one in reversed(self.weather) if one.night == self.night), None)


def counts(store: Store, viewer: Viewer) -> tuple[Count, ...]:
    """All count nights, the latest first."""
    with store.reading(viewer, Action.READ_COUNTS) as session:
        rows = session.scalars(select(CountRow).order_by(CountRow.night.desc())).all()
        return tuple(_count(session, row) for row in rows)


def count_of(store: Store, viewer: Viewer, number: int) -> Count:
    """One count night; MissingError `count_missing`."""
    with store.reading(viewer, Action.READ_COUNTS) as session:
        return _count(session, row_of(session, number))


def keep(
    store: Store,
    viewer: Viewer,
    prepared: PreparedCount,
    found: CountNight,
    document: Mapping[str, Any],
    *,
    reserve: Night | None,
) -> Count:
    """Keep a count night with its plan as a draft, in place of an earlier plan of that night.

    Raises InputError `count_reserve` (night, reserve, most), `synthetic_mixed`; ConflictError
    `count_entered` where crews have entered something already.
    """
    night, now = prepared.prepared.night, store.now()
    if reserve is not None and not 1 <= reserve - night <= RESERVE:
        raise InputError("count_reserve", night=night, reserve=reserve, most=RESERVE)
    with store.writing(viewer, Action.WRITE_COUNTS) as session:
        if bool(document["synthetic"]) != is_synthetic(session):
            raise InputError("synthetic_mixed")
        row = session.scalar(select(CountRow).where(CountRow.night == night.date))
        if row is not None and _entered(session, row):
            raise ConflictError("count_entered", night=night)
        plan = plans.save(session, PlanRecord(night, document), now, viewer.organisation)
        if row is None:
            row = CountRow(night=night.date, first=night.date, state=CountState.PLANNED.value)
            session.add(row)
        terms = prepared.terms
        row.reserve, row.plan = None if reserve is None else reserve.date, plan.id
        row.opens, row.closes, row.minutes = terms.opens, terms.closes, terms.minutes
        row.passes, row.spacing = terms.passes, terms.spacing
        row.owners = whose(found.plan, prepared.organisations)
        row.bound = {"crews": found.fewest_possible, "soonest": found.soonest_possible}
        if row.state == CountState.CANCELLED.value:
            row.state = CountState.PLANNED.value
        session.flush()
        return _count(session, row)


def decide(store: Store, viewer: Viewer, number: int, forecast: Forecast) -> Count:
    """Enter the weather: the rule holds the night, or postpones it to its reserve.

    A postponed count moves to its reserve, where it is planned anew; itineraries that its crews
    had are withdrawn. Without a reserve it is cancelled. Raises RefusedError
    `count_weather_early` (night, opens), `count_weather_late` once the window is open,
    ConflictError `count_cancelled`, `count_night_taken` where the reserve has another count.
    """
    now, rule = store.now(), store.settings().count_rule
    with store.writing(viewer, Action.WRITE_COUNTS) as session:
        row = row_of(session, number)
        count = _count(session, row)
        if count.state is CountState.CANCELLED:
            raise ConflictError("count_cancelled", night=count.night)
        if now < count.opens - BEFORE:
            raise RefusedError(
                "count_weather_early", night=count.night, begins=count.opens - BEFORE
            )
        if now >= count.opens:
            raise RefusedError("count_weather_late", night=count.night)
        gate = rule.gate(forecast)
        session.add(
            CountWeatherRow(
                count=row.id,
                night=row.night,
                entered=now,
                rain=forecast.rain,
                wind=forecast.wind,
                fog=forecast.fog,
                verdict=gate.value,
                most_rain=rule.rain,
                most_wind=rule.wind,
            )
        )
        if gate is Gate.HELD:
            row.state = CountState.HELD.value
        else:
            _withdraw(session, row)
            row.plan = None
            _postpone(session, row)
        session.flush()
        return _count(session, row)


def publish(store: Store, viewer: Viewer, number: int, *, replacing: bool = False) -> PlanRecord:
    """Hand the itineraries to the crews, once the weather has been entered and the night held.

    Raises RefusedError `count_weather_missing`, ConflictError `count_cancelled`,
    `count_unplanned`, and as `Store.publish`.
    """
    with store.writing(viewer, Action.PUBLISH_PLANS) as session:
        row = row_of(session, number)
        night = Night(row.night)
        if row.state == CountState.CANCELLED.value:
            raise ConflictError("count_cancelled", night=night)
        plan = session.get(PlanRow, row.plan) if row.plan else None
        if plan is None:
            raise ConflictError("count_unplanned", night=night)
        if row.state != CountState.HELD.value:
            raise RefusedError("count_weather_missing", night=night)
        record = plans.record_of(plan)
        units = frozenset(record.itineraries)
        _withdraw(session, row, but=units)
        done = plans.publish(session, record, units, store.now(), replacing)
        return plans.record_of(done)


def plan_of(store: Store, viewer: Viewer, count: Count) -> PlanRecord | None:
    """The plan of a count's night."""
    with store.reading(viewer, Action.READ_PLANS) as session:
        row = session.get(PlanRow, count.plan) if count.plan else None
        return None if row is None else plans.record_of(row)


def remove(store: Store, viewer: Viewer, number: int) -> None:
    """Take a count back; ConflictError `count_entered` once crews have entered something."""
    with store.writing(viewer, Action.WRITE_COUNTS) as session:
        row = row_of(session, number)
        if _entered(session, row):
            raise ConflictError("count_entered", night=Night(row.night))
        _withdraw(session, row)
        session.delete(row)


def entries(store: Store, viewer: Viewer, number: int) -> Settled:
    """What crews have entered, each zone and pass once, and what was entered twice."""
    with store.reading(viewer, Action.READ_COUNTS) as session:
        row_of(session, number)
        return settle(passings(session, number))


def result(store: Store, viewer: Viewer, number: int) -> CountResult:
    """The figures of a count as far as it has been entered (`geo.count.results`).

    Raises RefusedError `count_expired` where only the `summary` is left.
    """
    with store.reading(viewer, Action.READ_COUNTS) as session:
        return result_of(session, row_of(session, number))


def _entered(session: Session, row: CountRow) -> bool:
    asked = select(CountPassRow.zone).where(CountPassRow.count == row.id).limit(1)
    return session.scalar(asked) is not None


def _withdraw(session: Session, row: CountRow, but: frozenset[str] = frozenset()) -> None:
    """Take back what crews read of a count's night, `but` for the units that go on."""
    here = select(ItineraryRow).where(ItineraryRow.night == row.night)
    for one in session.scalars(here):
        if one.document.get("counting") and one.unit not in but:
            session.delete(one)


def _postpone(session: Session, row: CountRow) -> None:
    """To the reserve, or there is no night for it."""
    if row.reserve is None:
        row.state = CountState.CANCELLED.value
        return
    taken = select(CountRow.id).where(CountRow.night == row.reserve)
    if session.scalar(taken) is not None:
        raise ConflictError("count_night_taken", night=Night(row.reserve))
    row.night, row.reserve, row.state = row.reserve, None, CountState.PLANNED.value


def _count(session: Session, row: CountRow) -> Count:
    asked = select(CountWeatherRow).where(CountWeatherRow.count == row.id)
    return Count(
        id=row.id,
        night=Night(row.night),
        first=Night(row.first),
        reserve=None if row.reserve is None else Night(row.reserve),
        state=CountState(row.state),
        terms=terms_of(row),
        plan=row.plan,
        owners=row.owners,
        bound=row.bound,
        weather=tuple(
            Decision(
                Night(one.night),
                one.entered,
                Forecast(one.rain, one.wind, one.fog),
                WeatherRule(one.most_rain, one.most_wind),
                Gate(one.verdict),
            )
            for one in session.scalars(asked.order_by(CountWeatherRow.number))
        ),
        summary=row.summary,
        released=row.released,
    )
