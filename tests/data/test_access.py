import re

import pytest

from data.access import TABLE, Action, Role, Scope, Viewer, markdown, may, scope
from data.messages import WORDS
from geo.errors import RefusedError
from tests.conftest import ROOT

CLI = re.compile(r"\| `(?P<action>[a-z_.]+)` \|(?P<cells>.+)\|")


def printed():
    """The table as the docs print it: `{action: {role: scope}}`, a dash left out."""
    rows = CLI.finditer((ROOT / "docs" / "access.md").read_text(encoding="utf-8"))
    return {
        row["action"]: {
            role.value: cell.strip()
            for role, cell in zip(Role, row["cells"].split("|"), strict=True)
            if cell.strip() != "–"
        }
        for row in rows
    }


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role)
def test_each_role_may_do_exactly_what_the_docs_say(role, action):
    granted = printed()[action.value].get(role.value)
    viewer = Viewer(role)
    assert may(viewer, action) is (granted is not None)
    if granted:
        whole = Scope.ALL if granted == Scope.OWN_ORGANISATION else Scope(granted)
        assert scope(viewer, action) is whole
    else:
        with pytest.raises(RefusedError) as refused:
            scope(viewer, action)
        assert refused.value.code == "not_allowed"


@pytest.mark.parametrize("action", Action)
def test_a_coordinator_of_an_organisation_goes_only_where_the_docs_say_so(action):
    viewer = Viewer(Role.COORDINATOR, organisation="X")
    granted = printed()[action.value].get("coordinator")
    if granted in {Scope.OWN_ORGANISATION, Scope.COMMON}:
        assert scope(viewer, action) == granted
    else:
        assert not may(viewer, action)


def test_every_action_role_and_scope_has_its_words():
    every = (*Action, *Role, *Scope)
    assert not [one for one in every if (type(one).__name__, one.value) not in WORDS]


def test_the_docs_are_printed_from_the_table():
    assert (ROOT / "docs" / "access.md").read_text(encoding="utf-8") == markdown()


@pytest.mark.parametrize("action", ["READ_ZONES", "READ_CONTACTS", "WRITE_PLANS", "READ_UNITS"])
def test_nobody_but_coordinators_reaches_what_finds_people(action):
    assert set(TABLE[Action[action]]) == {Role.COORDINATOR}


def test_what_is_not_in_the_table_is_refused():
    with pytest.raises(RefusedError):
        scope(Viewer(Role.COORDINATOR), "accounts.forge")  # type: ignore[arg-type]


def test_every_action_stands_in_the_table_which_nobody_can_change():
    assert set(TABLE) == set(Action)
    with pytest.raises(TypeError):
        TABLE[Action.READ_ZONES][Role.MUNICIPALITY] = Scope.ALL  # type: ignore[index]
