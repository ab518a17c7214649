"""A demo region for the pages, made once a run and copied for each test."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest
import streamlit as st
from sqlalchemy import delete
from streamlit.testing.v1 import AppTest

import data.settings
import screens.session
from data.access import Action, Role, Viewer
from data.demo import generate
from data.models import ContactEntryRow, ContactRow
from data.roads import load_network
from data.settings import load
from data.store import Store
from geo.municipalities import municipalities
from geo.night import Night

ROOT = Path(__file__).resolve().parents[2]
EVENING = datetime.fromisoformat("2026-05-15T18:30:00+02:00")
"""A Friday, when all nine units of the demo region go out."""

COORDINATOR = Viewer(Role.COORDINATOR)


@pytest.fixture(scope="session")
def region(tmp_path_factory):
    """A home folder with the demo region in it; copy it, do not change it."""
    home = tmp_path_factory.mktemp("region") / "home"
    settings = load(home=home)
    store = Store.open(settings, lambda: EVENING)
    store.fill(COORDINATOR, generate(load_network(home), municipalities(), Night.of(EVENING).date))
    store.close()
    return home


def forget_field_work(store):
    """Leave the demo region without a record or an hour of field work."""
    with store.writing(COORDINATOR, Action.WRITE_CONTACTS) as session:
        session.execute(delete(ContactEntryRow))
        session.execute(delete(ContactRow))


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, moment):
        self.moment = moment

    def __call__(self):
        return self.moment

    def set(self, text):
        self.moment = datetime.fromisoformat(text)


@pytest.fixture
def clock(monkeypatch):
    """The pages' clock, at first early on the demo's evening."""
    chosen = Clock(EVENING)
    monkeypatch.setattr(screens.session, "clock", chosen)
    return chosen


@pytest.fixture
def installed(region, home, clock, monkeypatch):
    """The demo region as this test's own installation, and a planner in a hurry."""
    shutil.copytree(region, home)
    monkeypatch.setenv("PROSSIMA_PLANNER_SECONDS", "0.4")
    data.settings.settings.cache_clear()
    st.cache_resource.clear()
    yield home
    screens.session.store().close()
    st.cache_resource.clear()
    data.settings.settings.cache_clear()


@pytest.fixture
def visit(installed):
    """Open the program, signed in as a viewer (or as nobody) at a page's address."""

    def opened(viewer=None, page=None, language="it"):
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        session = screens.session.Session(language, viewer=viewer, going=page)
        app.session_state[screens.session.KEY] = session
        return app.run()

    return opened


def said(app):
    """All text of a page in one string."""
    elements = [
        *app.title,
        *app.subheader,
        *app.markdown,
        *app.caption,
        *app.error,
        *app.info,
        *app.warning,
    ]
    bodies = [element.value for element in elements]
    bodies += [element.body for element in app.html]
    return "\n".join(bodies)
