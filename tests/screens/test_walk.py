"""Every role at every page, brought there by force: each page asks again."""

import pytest
from streamlit.testing.v1 import AppTest

import data.accounts
import data.settings
import screens.session
from data import municipal
from data.access import Action, Role, Viewer, may
from data.accounts import Account
from data.texts import Texts
from screens.session import Session
from screens.shell import ENTRIES

PEOPLE = (
    None,
    Viewer(Role.COORDINATOR),
    Viewer(Role.COORDINATOR, organisation="Un ente"),
    Viewer(Role.OPERATOR, unit="PO1"),
    Viewer(Role.MUNICIPALITY, municipality="100005"),
    Viewer(Role.NETWORK),
)
BEHIND_DOORS = [entry for entry in ENTRIES if entry.roles]


def forced(path):
    """One page alone, with nothing of the shell that would keep someone out."""
    from screens import shell  # noqa: PLC0415 (the page's own script)

    shell.guarded(next(entry for entry in shell.ENTRIES if entry.path == path))()


def opened(path, viewer):
    app = AppTest.from_function(forced, kwargs={"path": path}, default_timeout=60)
    app.session_state[screens.session.KEY] = Session("it", viewer=viewer)
    return app.run()


@pytest.mark.parametrize("entry", BEHIND_DOORS, ids=lambda entry: entry.path)
def test_a_page_refuses_everyone_whose_menu_lacks_it(installed, entry):
    refused = Texts("it").code("page_refused")
    closed_to = [viewer for viewer in PEOPLE if not entry.open_to(viewer)]
    assert closed_to
    for viewer in closed_to:
        app = opened(entry.path, viewer)
        assert [error.value for error in app.error] == [refused], viewer
        assert not app.title
        assert not app.get("component_instance")


@pytest.mark.parametrize("entry", BEHIND_DOORS, ids=lambda entry: entry.path)
def test_whoever_opens_a_page_may_do_what_it_needs(entry):
    for viewer in PEOPLE:
        if viewer and entry.open_to(viewer) and entry.needs:
            assert may(viewer, entry.needs)
    if entry.needs is None:
        assert not entry.open_to(Viewer(Role.COORDINATOR, organisation="X"))


def test_a_coordinator_of_an_organisation_works_with_its_own(visit):
    every = screens.session.store().units(Viewer(Role.COORDINATOR))
    viewer = Viewer(Role.COORDINATOR, organisation=every[0].organisation)
    others = [unit.name for unit in every if unit.organisation != viewer.organisation]
    assert others
    for path in ("stanotte", "zone", "copertura", "dati"):
        app = visit(viewer, path)
        assert not app.error, (path, [error.value for error in app.error])
        said = " ".join(element.value for element in (*app.markdown, *app.title, *app.subheader))
        said += " ".join(element.body for element in app.html)
        assert not [name for name in others if name in said]
    assert not may(viewer, Action.WRITE_ZONES)


@pytest.mark.parametrize("path", ["accessi", "registro"])
def test_the_network_reads_accounts_and_audit(visit, path):
    app = visit(Viewer(Role.NETWORK), path)
    assert not app.error
    assert app.title[0].value in {"Accessi", "Registro"}


def test_the_network_keeps_an_account(visit):
    network, issuer = Viewer(Role.NETWORK), "https://id.example.org"
    first = Account(issuer, "f", "Prima", Role.NETWORK)
    first = data.accounts.save(screens.session.store(), network, first)
    app = visit(network, "accessi")
    app.selectbox(key="account_role").select(Role.NETWORK).run()
    for key, value in (("label", "Rete"), ("subject", "r")):
        app.text_input(key=f"account_{key}").input(value)
    assert app.selectbox(key="account_issuer").options == [issuer]  # and another can be typed
    next(button for button in app.button if button.label == "Registra").click().run()
    assert not app.error
    _, kept = data.accounts.accounts(screens.session.store(), network)
    assert (kept.label, kept.role, kept.issuer) == ("Rete", Role.NETWORK, issuer)
    for one in (kept, first):
        assert not app.error
        app.selectbox(key="account").select(one.id).run()
        app.button(key="account_close").click().run()
    assert [error.value for error in app.error] == [Texts("it").code("account_last")]


def test_an_account_is_given_a_reach_that_exists(visit):
    app = visit(Viewer(Role.NETWORK), "accessi")
    units = screens.session.store().units(Viewer(Role.COORDINATOR))
    app.selectbox(key="account_role").select(Role.OPERATOR).run()
    assert set(app.selectbox(key="account_unit").options) == {unit.name for unit in units}
    app.selectbox(key="account_role").select(Role.COORDINATOR).run()
    offered = app.selectbox(key="account_organisation").options
    assert set(offered) == {"tutta la rete"} | {unit.organisation for unit in units}


def test_the_municipalities_program_has_their_pages_and_nothing_of_the_field(visit, monkeypatch):
    municipal.push(screens.session.store(), Viewer(Role.COORDINATOR))
    monkeypatch.setenv("PROSSIMA_PROFILE", "municipality")
    data.settings.settings.cache_clear()
    app = visit(Viewer(Role.MUNICIPALITY, municipality="100005"), "comune")
    assert not app.error
    assert app.title[0].value == "Prato"
    field = Viewer(Role.COORDINATOR)
    assert {entry.path for entry in ENTRIES if entry.roles and entry.open_to(field)} <= {
        entry.path for entry in ENTRIES if entry.roles & {Role.MUNICIPALITY, Role.NETWORK}
    }
    assert [error.value for error in opened("stanotte", field).error]
    screens.session.store().close()
