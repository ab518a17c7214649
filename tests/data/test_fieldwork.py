"""From kept records to presence and proposals, and what may not be told from them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

import cli
from data import fieldwork
from data.access import Role, Viewer
from data.contact_import import ContactFile, contacts_located, import_contacts
from data.roads import load_network
from data.settings import load, settings
from data.store import Store
from geo.errors import InputError, RefusedError
from geo.night import Night
from geo.zone_changes import ZoneChange
from geo.zone_proposals import ProposalKind
from tests.data.samples import ZONES
from tests.screens.contact_files import as_csv, at_places, in_zones

COORDINATOR = Viewer(Role.COORDINATOR)
NOW = datetime(2026, 5, 15, 19, 0, tzinfo=UTC)
NIGHT = Night.of(NOW)
FIRST, SECOND = ZONES[0], ZONES[1]


@pytest.fixture
def store():
    store = Store.open(load(), lambda: NOW)
    store.save_zones(COORDINATOR, [FIRST, SECOND])
    yield store
    store.close()


def brought(store, rows):
    file = ContactFile("x.csv", as_csv(rows))
    return import_contacts(store, COORDINATOR, file, "arcobaleno", leave_out=True)


def test_presence_is_estimated_and_kept(store):
    brought(store, in_zones([FIRST, SECOND], NIGHT.date))
    found = fieldwork.estimate(store, COORDINATOR, NIGHT)
    kept = store.presence(COORDINATOR)
    assert set(kept["zone"]) == {FIRST.code, SECOND.code}
    assert np.allclose(kept["expected"], found.frame["expected"])


def test_without_field_work_the_presence_in_use_stays(store):
    before = pd.DataFrame(
        {"zone": [FIRST.code], "weekday": 4, "hour": 22, "expected": 2.0, "low": 1.0, "high": 3.0}
    )
    store.save_presence(COORDINATOR, before)
    with pytest.raises(InputError) as refused:
        fieldwork.estimate(store, COORDINATOR, NIGHT)
    assert refused.value.code == "presence_no_effort"
    assert len(store.presence(COORDINATOR)) == 1


def test_a_night_on_which_nobody_was_met_is_a_look_without_contact(store):
    nobody = date(2026, 5, 10)
    store.save_visits(COORDINATOR, [(FIRST.code, nobody)])
    rows = in_zones([FIRST], NIGHT.date)
    brought(store, rows)
    found = fieldwork.looked(store, COORDINATOR).set_index("night")["contacts"]
    met = pd.DataFrame(rows).groupby(0)[6].sum()
    for night, persons in met.items():
        assert found[pd.Timestamp(night)] == persons
    if nobody not in met.index:
        assert found[pd.Timestamp(nobody)] == 0


def test_nights_whose_records_have_expired_do_not_count_as_empty(store):
    old = NIGHT.date - timedelta(days=store.settings().contact_days + 1)
    store.save_visits(COORDINATOR, [(FIRST.code, old), (FIRST.code, NIGHT.date - timedelta(1))])
    assert fieldwork.looked(store, COORDINATOR)["night"].dt.date.tolist() == [
        NIGHT.date - timedelta(1)
    ]


def test_a_code_that_was_archived_is_not_proposed_again(store):
    network = load_network(load().home)
    place = (float(network.node_lon[0]), float(network.node_lat[0]))
    file = ContactFile("x.csv", as_csv(at_places([place], NIGHT.date)))

    def proposed():
        located = contacts_located(store, COORDINATOR, file, "arcobaleno")
        found = fieldwork.look_for_zones(store, COORDINATOR, network, located)
        (new,) = [one for one in found.proposals if one.kind is ProposalKind.NEW]
        return new.stretches[0]

    store.save_zones(COORDINATOR, [], replace=True)
    first = proposed()
    zone = replace(FIRST, code=first.code, municipality=first.municipality)
    store.save_zones(COORDINATOR, [zone])
    store.change_zones(COORDINATOR, ZoneChange(archived=frozenset({first.code})))
    assert proposed().code != first.code


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.MUNICIPALITY, Role.NETWORK])
def test_only_the_coordinator_may(store, role):
    viewer = Viewer(role, unit="A", municipality="048017")
    with pytest.raises(RefusedError):
        fieldwork.estimate(store, viewer, NIGHT)
    with pytest.raises(RefusedError):
        fieldwork.looked(store, viewer)
    with pytest.raises(RefusedError):
        fieldwork.hotspots(store, viewer)


def test_the_command_estimates_and_says_for_how_many_zones(store, capfd):
    brought(store, in_zones([FIRST, SECOND], NIGHT.date))
    settings.cache_clear()
    try:
        cli.main(["presence", "estimate"])
    except SystemExit as ended:
        assert not ended.code
    finally:
        settings.cache_clear()
    assert "2 zone" in capfd.readouterr().err
    assert set(store.presence(COORDINATOR)["zone"]) == {FIRST.code, SECOND.code}
