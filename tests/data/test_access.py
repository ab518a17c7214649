import pytest

from data.access import TABLE, Action, Role, Scope, Viewer, may, scope
from geo.errors import RefusedError

EXPECTED = {
    Role.COORDINATOR: dict.fromkeys(Action, Scope.ALL),
    Role.OPERATOR: {
        Action.READ_DESKS: Scope.ALL,
        Action.READ_ITINERARY: Scope.OWN_UNIT_TONIGHT,
        Action.RECORD_NIGHT: Scope.OWN_UNIT_TONIGHT,
        Action.REPLAN: Scope.OWN_UNIT_TONIGHT,
    },
    Role.MUNICIPALITY: {
        Action.READ_DESKS: Scope.ALL,
        Action.READ_RELEASES: Scope.OWN_TERRITORY,
    },
    Role.NETWORK: {
        Action.READ_DESKS: Scope.ALL,
        Action.READ_SETTINGS: Scope.ALL,
        Action.WRITE_SETTINGS: Scope.ALL,
        Action.READ_RETENTION: Scope.ALL,
        Action.RUN_RETENTION: Scope.ALL,
        Action.READ_RELEASES: Scope.TOTALS,
        Action.READ_TOTALS: Scope.ALL,
    },
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_each_role_may_do_exactly_what_the_table_says(role, action):
    viewer = Viewer(role)
    granted = EXPECTED[role].get(action)
    assert may(viewer, action) is (granted is not None)
    if granted:
        assert scope(viewer, action) is granted
    else:
        with pytest.raises(RefusedError) as refused:
            scope(viewer, action)
        assert refused.value.code == "not_allowed"


def test_what_is_not_in_the_table_is_refused():
    with pytest.raises(RefusedError):
        scope(Viewer(Role.COORDINATOR), "accounts.write")  # type: ignore[arg-type]


def test_every_action_stands_in_the_table_which_nobody_can_change():
    assert set(TABLE) == set(Action)
    with pytest.raises(TypeError):
        TABLE[Action.READ_ZONES][Role.MUNICIPALITY] = Scope.ALL  # type: ignore[index]
