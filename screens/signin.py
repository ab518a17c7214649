"""Who is at the browser: asked on every run, whichever way they came in."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from data import accounts
from data.access import TERMINAL, Viewer
from data.settings import Settings, settings
from data.signin import Door, Seats, door, use_key
from data.texts import Texts
from geo.errors import RefusedError
from screens.html import notice
from screens.session import KEY, now, session, store

LINK = "key"
"""Parameter of the address that lets in once; it is taken out of the address at once."""


def entrance() -> Door:
    """The door of this installation; RefusedError as `data.signin.door`."""
    host = st.context.headers.get("Host")
    return door(settings(), store(), st.get_option("server.address"), host)


def check(*, active: bool = True) -> None:
    """Let in who may be here, and put out who may not any more.

    `active`: a person did something. What keeps someone out is left in `session().refused`
    for the start page to say.
    """
    mine = session()
    try:
        match entrance():
            case Door.PROVIDER:
                _by_provider(active=active)
            case Door.LINK:
                _by_link(active=active)
            case Door.DEMO:
                mine.refused = None
    except RefusedError as error:
        mine.refused = error
        become(None)


def may_choose() -> bool:
    """Whether who is here may choose a role: in the demo, or let in by a link."""
    if closed():
        return False
    return entrance() is Door.DEMO or (entrance() is Door.LINK and session().linked is not None)


def closed() -> bool:
    """Whether nobody is let in as things stand."""
    try:
        entrance()
    except RefusedError:
        return True
    return False


def chooser() -> str:
    """What the audit calls who chooses a role."""
    return "demo" if entrance() is Door.DEMO else TERMINAL


def _by_provider(*, active: bool) -> None:
    claims = st.user.to_dict()
    mine = session()
    if not claims.get("is_logged_in"):
        become(None)
        return
    account = _seats(settings()).account(store(), claims, settings(), now(), active=active)
    mine.refused = None
    if mine.viewer != account.viewer:
        become(account.viewer)


def _by_link(*, active: bool) -> None:
    mine, moment = session(), now()
    key = st.query_params.get(LINK)
    if key is not None:
        del st.query_params[LINK]
        use_key(settings().home, key, moment)
        mine.linked, mine.refused = moment, None
    if mine.linked is None:
        become(None)
        return
    if moment - mine.linked > _idle(settings()):
        mine.linked = None
        raise RefusedError("signin_idle", minutes=settings().idle_minutes)
    if active:
        mine.linked = moment


def become(viewer: Viewer | None) -> None:
    """Become someone else, or nobody; nothing that the one before chose is kept."""
    mine = session()
    if viewer == mine.viewer:
        return
    for key in set(st.session_state) - {KEY, "language"}:
        del st.session_state[key]
    mine.sign_in(viewer)


def door_of_provider(t: Texts) -> None:
    """The way in where there is a provider."""
    if st.button(t("Sign in"), type="primary", key="sign_in"):
        st.login()


def say_refusal(t: Texts) -> None:
    """Why someone was put out, if someone was."""
    refused = session().refused
    if refused is not None:
        st.html(notice(t.sentence(refused)))


def bar(t: Texts) -> None:
    """Signing out, at the end of the page's top row."""
    mine = session()
    if mine.viewer is None:
        return
    if entrance() is not Door.PROVIDER:
        if st.button(t("Leave"), key="leave"):
            become(None)
            mine.going = "inizio"
            st.rerun()
        return
    with st.popover(t("Sign out")):
        if st.button(t("On this device"), key="sign_out"):
            _leave(everywhere=False)
        if st.button(t("On all devices"), key="sign_out_everywhere"):
            _leave(everywhere=True)


def _leave(*, everywhere: bool) -> None:
    viewer, claims = session().viewer, st.user.to_dict()
    if viewer is not None:
        if everywhere:
            accounts.sign_out_self(store(), viewer)
        account = accounts.known(store(), str(claims.get("iss")), str(claims.get("sub")))
        if account is not None:
            _seats(settings()).leave(account, claims)
    become(None)
    st.logout()


@st.fragment(run_every=60)
def watch() -> None:
    """Look every minute whether who is here still may be: a page left open goes blank."""
    before = session().viewer
    if before is None:
        return
    check(active=False)
    if session().viewer != before:
        session().going = "inizio"
        st.rerun()


def _idle(chosen: Settings) -> timedelta:
    return timedelta(minutes=chosen.idle_minutes)


@st.cache_resource(max_entries=2, show_spinner=False)
def _seats(chosen: Settings) -> Seats:
    return Seats(_idle(chosen))
