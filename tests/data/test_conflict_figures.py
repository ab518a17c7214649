"""Reports and mediation cases are published with the month, once, to each place its own."""

from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from data import conflicts, mediation, releases
from data.access import Role, Viewer
from data.artefacts import search
from data.attack import Attack, attack, figure_lines
from data.conflict_figures import CASES, CODES, CONFLICTS, THEMES
from data.districts import districts
from data.release_files import WRITERS, file_name, of_contacts
from data.release_reading import FIGURES, published_in
from data.release_report import as_pdf
from data.settings import load
from data.texts import Texts
from geo.attacks import Interval, claims_of, exposed, intervals
from geo.canaries import canaries
from geo.conflicts import Band, Channel, ConflictReport, Reporter, Theme
from geo.errors import RefusedError
from geo.mediation import CaseAction, MediationAction, MediationCase, advanced
from geo.municipalities import municipalities
from geo.privacy import publish_counts, restored
from geo.release_rules import Threshold, rounded
from geo.release_tables import REGION
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
JOINED = districts().members(districts().of["047014"])
"""Municipalities of Pistoia's district, which report too little to be shown alone."""
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


def line_of(store, viewer, subject, month=MARCH):
    """What a viewer is shown of a subject and month; None where there is no such line."""
    found = releases.releases(store, viewer, subject)
    return next((one.published for one in found if one.month == month), None)


def themes_of(one, place):
    return {code: n for code, n in one.tables[0].of(place).items() if n is not None}


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
    places = conflicts.places(opened, COORDINATOR)["code"]
    hexagons = {code[:6]: code for code in places}
    keep(opened, [one for town in JOINED for one in told(hexagons[town], Theme.LITTER, 2)])
    for number in range(6):
        case = MediationCase(
            f"C-{number}", QUARTERS[0], (Theme.NOISE,), date(2026, 3, 2), synthetic=True
        )
        mediation.add_case(opened, COORDINATOR, case)
    return opened


def test_a_month_is_published_with_its_reports_and_cases_in_one_act(either):
    before = releases.preview(either, COORDINATOR, MARCH)
    releases.publish(either, COORDINATOR, MARCH)
    for subject in CONFLICTS:
        assert line_of(either, COORDINATOR, subject) == before.conflicts[subject]
    themes = line_of(either, COORDINATOR, THEMES)
    # Alone, since it has enough; the few are masked. Assault is an alert and no figure.
    assert themes.tables[0].of(HERE) == {
        "rumore": 10, "rifiuti": 10, "paura": None, "traffico_clienti": None,
        "atti_visibili": None,
    }  # fmt: skip
    # Two each: together, as the district.
    (joined,) = [cell for cell in themes.cells if cell.key != HERE]
    assert set(joined.members) == set(JOINED)
    assert themes_of(themes, joined.key) == {"rifiuti": rounded(2 * len(JOINED), 5)}
    assert themes_of(themes, REGION)["rifiuti"] == 10 + themes_of(themes, joined.key)["rifiuti"]
    assert themes_of(line_of(either, COORDINATOR, CASES), HERE) == {"ascolto": 5}
    assert releases.verify(either, COORDINATOR).whole
    assert themes.synthetic


def test_what_is_late_leaves_a_frozen_month_as_it_was(store):
    releases.publish(store, COORDINATOR, MARCH)
    ledger = releases.ledger(store, COORDINATOR)
    keep(store, told(QUARTERS[2], Theme.TRAFFIC, 20, first=1))
    kept = mediation.case(store, COORDINATOR, "C-0")
    heard = CaseAction(date(2026, 3, 3), MediationAction.LISTEN_RESIDENTS)
    stepped = replace(kept.case, actions=(heard,))
    mediation.change(store, COORDINATOR, kept, lambda _case: advanced(stepped, None))
    for _ in range(30):
        releases.publish(store, COORDINATOR, MARCH)
    assert releases.ledger(store, COORDINATOR) == ledger
    frozen = releases.preview(store, COORDINATOR, MARCH).conflicts
    assert frozen == {name: line_of(store, COORDINATOR, name) for name in CONFLICTS}
    # Cases that were closed before a month, or opened after it, are none of it.
    assert set(releases.preview(store, COORDINATOR, APRIL).conflicts) == {CASES}
    for number in range(6):
        kept = mediation.case(store, COORDINATOR, f"C-{number}")
        moved = replace(kept.case, opened=date(2026, 5, 2))
        mediation.change(store, COORDINATOR, kept, lambda _case, moved=moved: moved)
    assert releases.preview(store, COORDINATOR, APRIL).conflicts == {}
    releases.publish(store, COORDINATOR, APRIL)
    keep(store, told(QUARTERS[0], Theme.NOISE, 20, month=APRIL))
    releases.publish(store, COORDINATOR, APRIL)
    # A month of which nothing was told gets nothing later.
    assert {one.month for one in releases.releases(store, COORDINATOR, *CONFLICTS)} == {MARCH}


def test_each_sees_its_own_and_the_region(store):
    releases.publish(store, COORDINATOR, MARCH)
    member = Viewer(Role.MUNICIPALITY, municipality=JOINED[0])
    seen = {}
    for viewer in (PISA, FOREIGN, member, NETWORK):
        one = line_of(store, viewer, THEMES)
        seen[viewer] = {key[0] for key, _count in one.tables[0].rows}
    key = districts().of[JOINED[0]]
    assert [*seen.values()] == [{HERE, REGION}, {REGION}, {key, REGION}, {REGION}]
    with pytest.raises(RefusedError, match="territory_missing"):
        releases.releases(store, Viewer(Role.MUNICIPALITY), *CONFLICTS)


def test_every_attack_on_them_comes_to_nothing(store):
    releases.publish(store, COORDINATOR, MARCH)
    t = Texts("it")
    spots = canaries(np.vstack([zone.geometry.coords for zone in ZONES]))
    for viewer in (COORDINATOR, PISA):
        found = releases.releases(store, viewer, releases.SUBJECT, *CONFLICTS)
        files = {
            file_name(found, ending): write(found, t)
            for ending, write in {**WRITERS, "pdf": as_pdf}.items()
        }
        for name, data in files.items():
            read = [one for one in published_in(name, data) if one.tables[:1] and not one.totals]
            if name.endswith((".json", ".csv", ".xlsx")):
                wanted = [one.published for one in found if one.subject in CONFLICTS]
                assert [(one.cells, one.tables) for one in read] == [
                    (one.cells, one.tables) for one in wanted
                ]
            # No hexagon, neighbourhood or late sum stands in any of them.
            assert search(name, data, spots).clean
            assert not any(code.encode() in data for code in QUARTERS)
        lines = attack([one.published for one in found], files, spots, draws=1_000)
        assert {line.attack: line.found for line in lines if line.found} == {}
        assert len(of_contacts(found)) == 1
        assert {Path(name).suffix for name in files} == {*FIGURES, ".pdf"}
    assert lines[0].checked > 3


def weakly(towns, least=5, step=5):
    return publish_counts(
        THEMES, towns, districts().of, name="theme", codes=CODES[THEMES], month=MARCH,
        fingerprint="f", synthetic=True, threshold=Threshold(least, step),
    )  # fmt: skip


def found_by(*published):
    return {line.attack for line in figure_lines(published) if line.found}


def test_weaker_rules_are_found_out():
    towns = {HERE: {"rumore": 12, "rifiuti": 3, "paura": 2}}
    towns |= {key: {"rumore": 2} for key in JOINED}
    assert found_by(weakly(towns)) == set()
    assert Attack.INTERVALS in found_by(weakly(towns, least=3))
    assert Attack.SINGLING_OUT in found_by(weakly(towns, step=1))
    corrected = weakly(towns | {HERE: {"rumore": 19}})
    assert Attack.REPEATS in found_by(weakly(towns), corrected)
    # Sums of all there is, beside the parts shown.
    document = weakly(towns).to_dict()
    for row in document["tables"][0]["rows"]:
        if row[0] == [REGION, "rifiuti"]:
            row[1] = 5
    assert Attack.SINGLING_OUT in found_by(restored(document))
    # A cell of a second zoning over the first.
    document = weakly(towns).to_dict()
    document["cells"].append({"key": JOINED[0], "members": [JOINED[0]], "figures": {}})
    document["tables"][0]["rows"].append([[JOINED[0], "rumore"], 5])
    assert Attack.SINGLING_OUT in found_by(restored(document))


def test_a_sum_that_only_its_members_at_their_most_reach_gives_them_away():
    """Who is not shown alone has four at most: of two such, seven leave at least three each."""
    two = {"X": "1", "Y": "1"}
    found = publish_counts(
        THEMES, {"X": {"rumore": 4}, "Y": {"rumore": 4}}, two, name="theme",
        codes=CODES[THEMES], month=MARCH, fingerprint="f", synthetic=True,
    )  # fmt: skip
    told = exposed(intervals(claims_of([found], ["X", "Y"])))
    assert {one.unknown.name for one in told} == {("X", "rumore"), ("Y", "rumore")}
    assert {one.interval for one in told} == {Interval(4, 4)}


def test_a_place_whose_count_could_be_worked_out_is_masked(store):
    """Three neighbours of a small district near their most: nothing of it is shown."""
    least = min(districts().seats, key=lambda one: len(districts().members(one)))
    towns = districts().members(least)
    hexagons = {code[:6]: code for code in conflicts.places(store, COORDINATOR)["code"]}
    keep(store, [r for town in towns for r in told(hexagons[town], Theme.FEAR, 4, month=APRIL)])
    keep(store, told(QUARTERS[0], Theme.FEAR, 9, month=APRIL))
    found = releases.preview(store, COORDINATOR, APRIL).conflicts[THEMES]
    assert [cell.key for cell in found.cells] == [HERE]
    assert set(towns) <= set(found.masked)
    assert all(line.passed for line in figure_lines([found]))
