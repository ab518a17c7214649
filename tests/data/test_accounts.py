"""Accounts: who an identity provider's users are here."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from data import accounts
from data.access import Role, Viewer
from data.accounts import Account
from data.pack_links import VOIDED, opened, signed
from data.settings import load
from data.store import Store
from geo.errors import ProssimaError, RefusedError
from geo.night import Night
from tests.data.samples import UNITS, ZONES

NETWORK = Viewer(Role.NETWORK)
ISSUER = "https://id.example.org"
NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
RITA = Account(ISSUER, "rita", "Rete", Role.NETWORK)
ANNA = Account(ISSUER, "anna", "Anna", Role.COORDINATOR, organisation="Però")


@pytest.fixture
def store(home, database_url):
    opened = Store.open(load(home=home, database_url=database_url), clock=lambda: NOW)
    yield opened
    opened.close()


def code(call, *given):
    with pytest.raises(ProssimaError) as refused:
        call(*given)
    return refused.value.code


def test_an_account_is_known_by_issuer_and_subject(store):
    rita = accounts.save(store, NETWORK, RITA)
    anna = accounts.save(store, NETWORK, ANNA)
    assert accounts.known(store, ISSUER, "anna") == anna
    assert accounts.known(store, "https://other.example.org", "anna") is None
    assert accounts.accounts(store, NETWORK) == (anna, rita)
    assert anna.viewer == Viewer(
        Role.COORDINATOR, organisation="Però", account=f"account {anna.id}"
    )


def test_a_change_signs_the_account_out(store):
    accounts.save(store, NETWORK, RITA)
    anna = accounts.save(store, NETWORK, ANNA)
    assert anna.signed_out is None
    changed = accounts.save(store, NETWORK, replace(anna, organisation=None))
    assert (changed.signed_out, changed.organisation) == (NOW, None)


def test_everyone_signs_out_themselves_and_nobody_else(store):
    accounts.save(store, NETWORK, RITA)
    olga = accounts.save(
        store, NETWORK, Account(ISSUER, "olga", "Olga", Role.OPERATOR, unit="FI-1")
    )
    accounts.sign_out_self(store, olga.viewer)
    signed = {one.label: one.signed_out for one in accounts.accounts(store, NETWORK)}
    assert signed == {"Olga": NOW, "Rete": None}
    for call, *given in (
        (accounts.sign_out, 1), (accounts.close, 1), (accounts.save, RITA), (accounts.accounts,)
    ):  # fmt: skip
        with pytest.raises(RefusedError):
            call(store, olga.viewer, *given)


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        (ANNA, "account_last"),
        (replace(RITA, subject=""), "account_identity"),
        (replace(RITA, unit="FI-1"), "account_scope"),
        (replace(ANNA, role=Role.OPERATOR), "account_scope"),
        (replace(RITA, role=Role.MUNICIPALITY, municipality="999999"), "account_scope"),
        (replace(RITA, role=Role.OPERATOR), "account_scope"),
    ],
)
def test_what_does_not_go_together_is_refused(store, account, expected):
    assert code(accounts.save, store, NETWORK, account) == expected
    assert accounts.accounts(store, NETWORK) == ()


def test_the_network_is_never_locked_out(store):
    rita = accounts.save(store, NETWORK, RITA)
    assert code(accounts.close, store, NETWORK, rita.id) == "account_last"
    assert code(accounts.save, store, NETWORK, replace(rita, closed=True)) == "account_last"
    assert code(accounts.save, store, NETWORK, RITA) == "account_taken"
    assert code(accounts.close, store, NETWORK, 77) == "account_missing"
    assert not accounts.known(store, ISSUER, "rita").closed


def test_the_network_reads_what_an_account_can_reach_and_no_more_of_it(store):
    coordinator = Viewer(Role.COORDINATOR)
    store.save_zones(coordinator, ZONES)
    store.save_units(coordinator, UNITS)
    found = accounts.reaches(store, NETWORK)
    assert set(found.organisations) == {unit.organisation for unit in UNITS}
    assert found.units == {unit.code: unit.name for unit in UNITS}
    for other in (coordinator, Viewer(Role.OPERATOR, unit="FI-1")):
        assert code(accounts.reaches, store, other) == "not_allowed"
    assert code(store.units, NETWORK) == "not_allowed"


def test_the_links_of_one_night_can_be_voided(home):
    store = Store.open(load(home=home), clock=lambda: NOW)
    store.save_units(Viewer(Role.COORDINATOR), UNITS)
    tonight = Night.of(NOW)
    lost, later, other = (
        signed(home, night, unit)
        for night, unit in ((tonight, "FI-1"), (tonight + 1, "FI-1"), (tonight, "SI-1"))
    )
    assert code(accounts.void_link, store, Viewer(Role.COORDINATOR), "FI-1", tonight) == (
        "not_allowed"
    )
    assert code(accounts.void_link, store, NETWORK, "X", tonight) == "unit_unknown"
    for _ in range(2):
        accounts.void_link(store, NETWORK, "FI-1", tonight)
        assert code(opened, home, lost) == "link_unknown"
        lost = signed(home, tonight, "FI-1")
        assert opened(home, lost) == (tonight, "FI-1")
    assert opened(home, later) == (tonight + 1, "FI-1")
    assert opened(home, other) == (tonight, "SI-1")
    # What says which are void is broken: then none opens, rather than all.
    (home / VOIDED).write_text("{", encoding="utf-8")
    assert code(opened, home, other) == "link_unknown"
    store.close()


def test_every_link_to_a_pack_can_be_voided(home):
    store = Store.open(load(home=home), clock=lambda: NOW)
    token = signed(home, Night.of(NOW), "FI-1")
    assert opened(home, token) == (Night.of(NOW), "FI-1")
    assert code(accounts.void_links, store, Viewer(Role.COORDINATOR)) == "not_allowed"
    accounts.void_links(store, NETWORK)
    assert code(opened, home, token) == "link_unknown"
    assert opened(home, signed(home, Night.of(NOW), "FI-1")) == (Night.of(NOW), "FI-1")
    store.close()
