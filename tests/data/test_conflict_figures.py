"""Reports and mediation cases are published with the month, once, to each town its own."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely

from data import conflicts, mediation, releases
from data.access import Role, Viewer
from data.attack import Attack, attack, figure_lines
from data.conflict_figures import CASES, CONFLICTS, PLACES, THEMES
from data.release_files import as_csv, as_json, as_xlsx
from data.release_reading import published_in
from data.settings import load
from data.texts import Texts
from geo.canaries import canaries
from geo.conflicts import Band, Channel, ConflictReport, Reporter, Theme
from geo.errors import RefusedError
from geo.mediation import CaseAction, MediationAction, MediationCase, advanced
from geo.municipalities import municipalities
from geo.privacy import publish_towns, restored
from geo.release_rules import Threshold
from tests.data.released import (
    APRIL,
    CASCINA,
    COORDINATOR,
    MARCH,
    NETWORK,
    PISA,
    ZONES,
    Clock,
    filled,
)

HERE, FOREIGN = PISA.municipality, Viewer(Role.MUNICIPALITY, municipality=CASCINA)
QUARTERS = ("050026-Q1", "050026-Q2", "050026-Q3")


def quarters():
    """Pisa in three strips, as a municipality would give its neighbourhoods."""
    shape = municipalities().set_index("istat").geometry[HERE]
    west, south, east, north = shape.bounds
    edges = np.linspace(west, east, 4)
    strips = [shapely.box(a, south, b, north) & shape for a, b in pairwise(edges)]
    return gpd.GeoDataFrame(
        {"code": QUARTERS, "name": ("Ponente", "Centro", "Levante"), "municipality": HERE},
        geometry=strips,
        crs="EPSG:4326",
    )


def told(place, theme, count, month=MARCH, first=1):
    """So many reports of a place that are no repeats: a day apart."""
    return [
        ConflictReport(
            place, month.replace(day=first + day), Band.NIGHT, theme, 3, Channel.PHONE,
            Reporter.RESIDENT, repeated=False,
        )
        for day in range(count)
    ]  # fmt: skip


def keep(store, reports):
    conflicts.add_reports(store, COORDINATOR, reports, synthetic=True)


def rows(release, subject):
    table = release.published.table(subject)
    return {} if table is None else dict(table.rows)


@pytest.fixture
def store(home):
    opened = with_conflicts(load(home=home))
    yield opened
    opened.close()


@pytest.fixture
def either(home, database_url):
    """The store on each kind of database."""
    opened = with_conflicts(load(home=home, database_url=database_url))
    yield opened
    opened.close()


def with_conflicts(settings):
    opened = filled(settings, Clock())
    conflicts.save_places(opened, COORDINATOR, quarters())
    keep(
        opened,
        told(QUARTERS[0], Theme.NOISE, 12)
        + told(QUARTERS[1], Theme.LITTER, 9)
        + told(QUARTERS[1], Theme.FEAR, 3, first=12)
        + told(QUARTERS[0], Theme.ASSAULT, 8, first=14),
    )
    for number in range(6):
        case = MediationCase(
            f"C-{number}", QUARTERS[0], (Theme.NOISE,), date(2026, 3, 2), synthetic=True
        )
        mediation.add_case(opened, COORDINATOR, case)
    return opened


def test_a_month_is_published_with_its_reports_and_cases_in_one_act(either):
    before = releases.preview(either, COORDINATOR, MARCH)
    releases.publish(either, COORDINATOR, MARCH)
    (line,) = releases.releases(either, COORDINATOR, CONFLICTS)
    assert line.published == before.conflicts
    themes = {key[1]: count for key, count in rows(line, THEMES).items()}
    assert themes == {
        "rumore": 10, "rifiuti": 10, "paura": None, "traffico_clienti": None,
        "atti_visibili": None,
    }  # fmt: skip
    # Masked to keep the only one under the threshold company.
    assert rows(line, PLACES) == {
        (HERE, QUARTERS[0]): None, (HERE, QUARTERS[1]): 10, (HERE, QUARTERS[2]): None
    }  # fmt: skip
    assert rows(line, CASES)[HERE, "ascolto"] == 5
    assert releases.verify(either, COORDINATOR).whole
    assert line.published.synthetic


def test_what_is_late_leaves_a_frozen_month_as_it_was(store):
    releases.publish(store, COORDINATOR, MARCH)
    ledger = releases.ledger(store, COORDINATOR)
    keep(store, told(QUARTERS[2], Theme.TRAFFIC, 20, first=1))
    kept = mediation.case(store, COORDINATOR, "C-0")
    heard = CaseAction(date(2026, 3, 3), MediationAction.LISTEN_RESIDENTS)
    stepped = replace(kept.case, actions=(heard,))
    mediation.change(store, COORDINATOR, kept, lambda _case: advanced(stepped, None))
    for _ in range(5):
        releases.publish(store, COORDINATOR, MARCH)
    assert releases.ledger(store, COORDINATOR) == ledger
    frozen = releases.preview(store, COORDINATOR, MARCH).conflicts
    assert frozen == releases.releases(store, COORDINATOR, CONFLICTS)[0].published


def test_a_month_of_which_nothing_was_told_gets_nothing_later(store):
    releases.publish(store, COORDINATOR, MARCH)
    only_cases = releases.preview(store, COORDINATOR, APRIL).conflicts
    assert only_cases.table(THEMES) is None
    assert only_cases.table(CASES).total == 5
    for number in range(6):
        kept = mediation.case(store, COORDINATOR, f"C-{number}")
        moved = replace(kept.case, opened=date(2026, 5, 2))
        mediation.change(store, COORDINATOR, kept, lambda _case, moved=moved: moved)
    releases.publish(store, COORDINATOR, APRIL)
    keep(store, told(QUARTERS[0], Theme.NOISE, 20, month=APRIL))
    releases.publish(store, COORDINATOR, APRIL)
    assert [one.month for one in releases.releases(store, COORDINATOR, CONFLICTS)] == [MARCH]
    assert releases.preview(store, COORDINATOR, APRIL).conflicts is None


def test_each_sees_its_own(store):
    other = next(c for c in conflicts.places(store, COORDINATOR)["code"] if c[:6] == CASCINA)
    keep(store, told(other, Theme.NOISE, 15))
    releases.publish(store, COORDINATOR, MARCH)
    (own,) = releases.releases(store, PISA, CONFLICTS)
    (their,) = releases.releases(store, FOREIGN, CONFLICTS)
    assert {key[0] for table in own.published.tables for key, _n in table.rows} == {HERE}
    assert {key[0] for table in their.published.tables for key, _n in table.rows} == {CASCINA}
    # A hexagon never leaves: of Cascina there are themes alone.
    assert their.published.table(PLACES) is None
    assert rows(their, THEMES)[CASCINA, "rumore"] == 15
    (network,) = releases.releases(store, NETWORK, CONFLICTS)
    assert network.published.tables == ()
    with pytest.raises(RefusedError, match="territory_missing"):
        releases.releases(store, Viewer(Role.MUNICIPALITY), CONFLICTS)


def test_every_attack_on_them_comes_to_nothing(store):
    releases.publish(store, COORDINATOR, MARCH)
    t = Texts("it")
    spots = canaries(np.vstack([zone.geometry.coords for zone in ZONES]))
    for viewer in (COORDINATOR, PISA):
        found = releases.releases(store, viewer, CONFLICTS)
        writers = {"csv": as_csv, "json": as_json, "xlsx": as_xlsx}
        files = {f"a.{ending}": write(found, t) for ending, write in writers.items()}
        for name, data in files.items():
            (read,) = published_in(name, data)
            assert [dict(table.rows) for table in read.tables] == [
                dict(table.rows) for table in found[0].published.tables
            ]
        months = [one.published for one in releases.releases(store, viewer)]
        lines = attack([*months, *(one.published for one in found)], files, spots, draws=1_000)
        assert {line.attack: line.found for line in lines if line.found} == {}
    assert lines[0].checked > 3


def weakly(themes, places=None, least=5, step=5):
    tables = {THEMES: ("theme", {HERE: themes})}
    if places:
        tables[PLACES] = ("place", {HERE: places})
    return publish_towns(tables, month=MARCH, synthetic=True, threshold=Threshold(least, step))


def found_by(*published):
    return {line.attack for line in figure_lines(published) if line.found}


def test_weaker_rules_are_found_out():
    themes = {"rumore": 12, "rifiuti": 3, "paura": 2, "atti_visibili": 0}
    assert found_by(weakly(themes)) == set()
    assert Attack.INTERVALS in found_by(weakly(themes, least=3))
    assert Attack.SINGLING_OUT in found_by(weakly(themes, step=1))
    corrected = weakly(themes | {"rumore": 19})
    assert Attack.REPEATS in found_by(weakly(themes), corrected)
    # A sum that is not rounded, beside the parts, leaves what the masked come to.
    document = weakly(themes, {"Q1": 20, "Q2": 0}).to_dict()
    for table in document["tables"]:
        if table["subject"] == PLACES:
            table["rows"] = [[[HERE, "Q"], 24]]
            table["step"] = 1
    assert Attack.INTERVALS in found_by(restored(document))


def test_a_division_that_gives_a_hidden_count_away_is_left_out(store):
    """Themes all but one shown, the rest few but many in sum: the neighbourhoods would tell."""
    keep(
        store,
        told(QUARTERS[2], Theme.NOISE, 4, month=APRIL)
        + told(QUARTERS[2], Theme.LITTER, 4, month=APRIL, first=6)
        + told(QUARTERS[2], Theme.FEAR, 4, month=APRIL, first=11)
        + told(QUARTERS[2], Theme.TRAFFIC, 4, month=APRIL, first=16)
        + told(QUARTERS[2], Theme.ACTS, 4, month=APRIL, first=21),
    )
    found = releases.preview(store, COORDINATOR, APRIL).conflicts
    assert found.table(PLACES) is None
    assert all(line.passed for line in figure_lines([found]))
