"""Pressure against chance, areas, displacement: on a square land of cells with made-up roads."""

from __future__ import annotations

from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.sparse import csr_array

from geo.conflict_areas import BANDS, Sureness, conflict_areas
from geo.conflict_pressure import Ground, pressure, weights
from geo.conflicts import Band, Channel, Reporter, Theme, episodes, validate_reports
from geo.displacement import displacement
from geo.errors import InputError
from geo.mediation import (
    CaseAction,
    CaseState,
    Harm,
    MediationAction,
    MediationCase,
    Outcome,
    acted,
    advanced,
    due,
    ended,
)
from geo.night import Night
from geo.ordinances import Ordinance, in_force, overlapping, zones_under
from geo.sensitive import Sensitive
from geo.zones import PlaceType, PresenceWindow, Zone

TODAY = date(2026, 11, 20)
SIDE = 10
SPOT = 44


def land() -> tuple[Ground, gpd.GeoDataFrame]:
    """A hundred cells of 2.4 km; each presses a third on those beside it."""
    at = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE)), axis=-1).reshape(-1, 2)
    apart = np.abs(at[:, None] - at[None]).sum(axis=2)
    kernel = np.select([apart == 0, apart == 1], [1.0, 1 / 3], 0.0)
    codes = np.array([f"048017-{number:02d}" for number in range(SIDE**2)])
    ground = Ground(
        codes=codes,
        municipality=np.full(SIDE**2, "048017"),
        kernel=csr_array(kernel),
        residents=np.linspace(1, 3, SIDE**2),
        xy=at * 2400.0,
        row={code: row for row, code in enumerate(codes)},
    )
    shapes = [shapely.box(11 + x / 33, 43 + y / 46, 11.03 + x / 33, 43.02 + y / 46) for x, y in at]
    places = gpd.GeoDataFrame(
        {"code": codes, "name": "", "municipality": "048017"}, geometry=shapes, crs="EPSG:4326"
    )
    return ground, places


def noise(ground: Ground, rng: np.random.Generator, count: int = 150) -> pd.DataFrame:
    share = ground.residents / ground.residents.sum()
    return _reports(
        rng.choice(ground.codes, count, p=share),
        [TODAY - timedelta(days=int(n)) for n in rng.integers(1, 400, count)],
        rng.choice([theme.value for theme in Theme if theme is not Theme.ASSAULT], count),
        rng.choice([band.value for band in BANDS], count),
        rng.choice([who.value for who in Reporter], count),
    )


def _reports(place, day, theme, band, reporter) -> pd.DataFrame:
    return validate_reports(
        pd.DataFrame(
            {
                "place": place,
                "day": pd.to_datetime(day),
                "band": band,
                "theme": theme,
                "intensity": 3,
                "channel": Channel.PHONE.value,
                "reporter": reporter,
                "repeated": False,
            }
        )
    )


def planted(ground: Ground, count: int, spot: int = SPOT, ago=(1, 250)) -> pd.DataFrame:
    """Reports of clients' traffic on nights of Friday and Saturday."""
    nights = [TODAY - timedelta(days=n) for n in range(*ago)]
    nights = [night for night in nights if night.weekday() in (4, 5)][:count]
    who = [list(Reporter)[n % 5].value for n in range(len(nights))]
    return _reports(ground.codes[spot], nights, Theme.TRAFFIC.value, Band.NIGHT.value, who)


def presence_everywhere() -> np.ndarray:
    table = np.zeros((SIDE**2, 7, len(BANDS)))
    table[:, :, BANDS.index(Band.NIGHT)] = 2.0
    return table


SCHOOL = pd.DataFrame({"kind": [Sensitive.SCHOOL.value], "lon": [11.13], "lat": [43.095]})


def found_in(reports, presence=None, sensitive=SCHOOL):
    ground, places = land()
    table = presence_everywhere() if presence is None else presence
    return conflict_areas(ground, places, reports, table, sensitive=sensitive, today=TODAY)


def test_a_planted_conflict_is_named_with_place_hours_themes_and_sureness():
    ground, _ = land()
    rng = np.random.default_rng(3)
    areas = found_in(pd.concat([noise(ground, rng), planted(ground, 40)]))
    (one,) = areas.sure
    assert one.code == ground.codes[SPOT]
    assert one.bands == (Band.NIGHT,)
    assert one.weekdays == (4, 5)
    assert one.themes[0][0] is Theme.TRAFFIC
    assert one.q <= 0.05
    assert one.overlap > 0.8
    assert one.sensitive == {Sensitive.SCHOOL: 1}
    assert areas.areas[0] is one


def test_chance_alone_raises_no_more_false_alarms_than_it_says():
    ground, _ = land()
    rng = np.random.default_rng(11)
    tested = np.ones(ground.places, dtype=bool)
    alarms = sum(
        pressure(ground, episodes(noise(ground, rng)), TODAY, tested, draws=99).q.min() <= 0.05
        for _ in range(120)
    )
    # Binomial(120, 0.05): more than 12 has a chance of about one in a hundred.
    assert alarms <= 12


def test_few_reports_are_said_to_be_too_few():
    ground, _ = land()
    areas = found_in(planted(ground, 3))
    assert not areas.sure
    assert {area.sureness for area in areas.areas} == {Sureness.TOO_FEW}


def test_without_presence_nearby_it_is_the_work_of_others():
    ground, _ = land()
    areas = found_in(planted(ground, 40), presence=np.zeros((SIDE**2, 7, len(BANDS))))
    assert [area.sureness for area in areas.areas] == [Sureness.NO_PRESENCE]


def test_one_voice_that_repeats_itself_is_not_many():
    ground, _ = land()
    days = [TODAY - timedelta(days=n) for n in range(1, 29)]
    alone = _reports(ground.codes[SPOT], days, "rumore", "sera", Reporter.RESIDENT.value)
    rng = np.random.default_rng(5)
    areas = found_in(pd.concat([noise(ground, rng), alone]))
    assert ground.codes[SPOT] not in {area.code for area in areas.sure}


def test_an_assault_presses_on_nobody():
    ground, _ = land()
    one = planted(ground, 10).assign(theme=Theme.ASSAULT.value)
    areas = found_in(one)
    assert areas.areas == ()
    assert len(areas.alerts) == len(one)


def test_weight_halves_with_the_half_life_and_nothing_ahead_counts():
    ground, _ = land()
    days = [TODAY, TODAY - timedelta(days=180), TODAY + timedelta(days=1)]
    told = episodes(_reports(ground.codes[0], days, "rumore", "sera", "residente"))
    assert sorted(weights(told, TODAY, 180)) == [0.0, 1.5, 3.0]


def test_the_repeated_complaint_is_said_and_changes_no_area():
    ground, _ = land()
    once = planted(ground, 30)
    often = pd.concat([once, *[once.head(1)] * 49])
    assert found_in(often).folded == 49
    assert [a.pressure for a in found_in(often).areas] == [a.pressure for a in found_in(once).areas]


def test_a_fall_here_and_a_rise_next_door_are_one_thing():
    ground, _ = land()
    since = TODAY - timedelta(days=100)
    rng = np.random.default_rng(7)
    before = planted(ground, 26, ago=(101, 191))
    after = planted(ground, 26, spot=SPOT + 1, ago=(10, 100))
    told = episodes(pd.concat([noise(ground, rng, 400), before, after]))
    seen = displacement(ground, told, str(ground.codes[SPOT]), since, TODAY)
    assert seen is not None
    assert seen.observed
    assert seen.here.fell
    assert seen.strongest is not None
    assert (seen.strongest.place, seen.strongest.rose) == (ground.codes[SPOT + 1], True)
    still = displacement(ground, episodes(before), str(ground.codes[SPOT]), since, TODAY)
    assert still is not None
    assert not still.observed


ORDER = Ordinance(
    "O-1", "048017", ("048017-44",), "22:00", "06:00", date(2026, 11, 1), date(2026, 11, 30)
)


def test_an_ordinance_is_in_force_on_its_nights_and_zones():
    _, places = land()
    x, y = places.geometry[44].centroid.coords[0]
    line = shapely.LineString([(x - 0.004, y), (x + 0.004, y)])
    zone = Zone("048017-01", "048017", PlaceType.VIALE, line, (PresenceWindow("21:00", "02:00"),))
    assert in_force([ORDER], Night(date(2026, 12, 1))) == ()
    assert zones_under([ORDER], places, [zone], Night(TODAY)) == {"048017-01": (ORDER,)}


def test_overlapping_ordinances_are_named():
    other = Ordinance("O-2", "048017", ("048017-44",), "23:00", "02:00", date(2026, 11, 30))
    apart = Ordinance("O-3", "048017", ("048017-44",), "13:00", "15:00", date(2026, 11, 1))
    assert overlapping([ORDER, other, apart]) == (("O-1", "O-2"),)


def test_an_ordinance_that_cannot_be_is_refused():
    with pytest.raises(InputError, match="ordinance_dates"):
        Ordinance("x", "048017", ("048017-1",), "22:00", "06:00", TODAY, date(2026, 1, 1))
    with pytest.raises(InputError, match="ordinance_places"):
        Ordinance("x", "048017", ("050026-1",), "22:00", "06:00", TODAY)


CASE = MediationCase("C-1", "048017-44", (Theme.NOISE,), date(2026, 10, 1))
HEARD = CaseAction(date(2026, 10, 5), MediationAction.LISTEN_RESIDENTS)


def test_a_case_goes_step_by_step_and_ends_with_an_outcome():
    case = acted(CASE, HEARD, TODAY)
    for state in list(CaseState)[1:5]:
        case = advanced(case, TODAY)
        assert case.state is state
    assert due([case], TODAY) == (case,)
    closed = ended(case, Outcome.AGREEMENT, Harm.NONE, TODAY)
    assert (closed.closed, closed.next_date) == (TODAY, None)
    with pytest.raises(InputError, match="case_closed"):
        acted(closed, HEARD, TODAY)


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda: advanced(CASE, None), "case_unheard"),
        (lambda: ended(CASE, Outcome.AGREEMENT, Harm.NONE, TODAY), "case_unchecked"),
        (lambda: acted(CASE, CaseAction(date(2027, 1, 1), HEARD.kind), TODAY), "case_day"),
        (lambda: MediationCase("x", "048017-1", (Theme.ASSAULT,), TODAY), "case_assault"),
        (lambda: MediationCase("x", "048017-1", (), TODAY), "case_themes"),
    ],
)
def test_a_step_too_far_is_refused(act, code):
    with pytest.raises(InputError) as refused:
        act()
    assert refused.value.code == code
