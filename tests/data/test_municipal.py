"""The municipalities' installation: releases go there one way, and nothing else is there."""

import pytest

from data import municipal, releases
from data.access import Role, Viewer
from data.serving import prepare
from data.settings import load
from data.signin import Door, door
from data.store import Store
from geo.errors import ConflictError, RefusedError
from tests.data import released
from tests.data.released import APRIL, COORDINATOR, MARCH, PISA, Clock


@pytest.fixture
def store(home):
    opened = released.filled(load(home=home), Clock())
    yield opened
    opened.close()


def there(home):
    return Store.open(load(home=home, profile="municipality"), clock=Clock())


def test_releases_are_copied_once_with_their_seals_and_nothing_else(store, home):
    releases.publish(store, COORDINATOR, MARCH)
    assert municipal.push(store, COORDINATOR) == 1
    assert municipal.push(store, COORDINATOR) == 0
    releases.publish(store, COORDINATOR, APRIL)
    assert municipal.push(store, COORDINATOR) == 1
    target = municipal.checked(there(home))
    assert releases.releases(target, PISA) == releases.releases(store, PISA)
    assert releases.verify(target, PISA) == releases.verify(store, PISA)
    assert target.synthetic() == store.synthetic()
    content = (home / "municipal.db").read_bytes()
    for zone in released.ZONES:
        assert zone.code.encode() not in content
    target.close()


def test_nobody_of_the_field_is_anybody_there(store, home):
    target = there(home)
    for viewer in (COORDINATOR, Viewer(Role.OPERATOR, unit="X")):
        for call in (target.zones, target.units, target.desks):
            with pytest.raises(RefusedError):
                call(viewer)
    assert target.desks(PISA) == ()
    target.close()


def test_a_database_with_anything_of_the_field_is_not_served(store, home):
    url = f"sqlite:///{home / 'prossima.db'}"
    with pytest.raises(RefusedError) as refused:
        prepare(load(home=home, profile="municipality", municipal_url=url))
    assert refused.value.code == "municipal_holds_more"


def test_another_ledger_is_never_mixed_in(store, home):
    releases.publish(store, COORDINATOR, MARCH)
    municipal.push(store, COORDINATOR)
    other = released.filled(load(home=home.parent / "other"), Clock())
    releases.publish(other, COORDINATOR, APRIL)
    wrong = other.settings().model_copy(
        update={"municipal_url": f"sqlite:///{home / 'municipal.db'}"}
    )
    other._settings = wrong
    with pytest.raises(ConflictError) as refused:
        municipal.push(other, COORDINATOR)
    assert refused.value.code == "push_differs"
    other.close()


def test_real_releases_are_never_a_demo(store, home):
    chosen = load(home=home, profile="municipality")
    target = there(home)
    assert door(chosen, target, "127.0.0.1", None) is Door.LINK
    target.close()
