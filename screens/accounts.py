"""Accounts: who may enter, with which role and reach. The network keeps them."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from markupsafe import Markup

from data import accounts
from data.access import Action, Role
from data.accounts import Account, Reaches
from data.settings import settings
from data.texts import Texts
from geo.errors import ProssimaError
from geo.municipalities import municipalities
from geo.night import Night, nights
from screens.html import muted, notice, state, table
from screens.session import allowed, now, store, texts

ROLES = frozenset({Role.NETWORK})

LINKED = 7
"""Nights from the running one on whose links can be voided one by one."""


def page() -> None:
    """All accounts, a form for a new one, and what can be done with one."""
    viewer = allowed(*ROLES, needs=Action.READ_ACCOUNTS)
    t = texts()
    st.title(t("Accounts"))
    lead = t(
        "Who signs in is known by what the identity provider calls them, never by a name or an "
        "address. Who has no account here sees nothing."
    )
    st.html(Markup('<p class="p-lead">{}</p>').format(lead))
    if not settings().oidc_metadata_url:
        st.html(notice(t("This installation has no identity provider: nobody signs in yet.")))
    every = accounts.accounts(store(), viewer)
    names = municipalities().set_index("istat")["name"]
    known = accounts.reaches(store(), viewer)
    left, right = st.columns((8, 5), gap="medium")
    with left:
        header = (t("Account"), t("Role"), t("Reach"), t("Subject"), t("State"))
        rows = [
            (one.label, t.word(one.role), _reach(t, one, names, known), one.subject, _state(t, one))
            for one in every
        ]
        st.html(table(t("Accounts"), header, rows, tall=True))
        if every:
            _change(t, viewer, every)
        _lost_phone(t, viewer, known)
    with right:
        _add(t, viewer, names, known, _issuers(every))


def _issuers(every) -> list[str]:  # type: ignore[no-untyped-def]
    """The providers that accounts name already, that of the settings first."""
    own = (settings().oidc_metadata_url or "").partition("/.well-known/")[0]
    return list(dict.fromkeys(filter(None, (own, *sorted(one.issuer for one in every)))))


def _reach(t: Texts, one: Account, names, known: Reaches) -> str:  # type: ignore[no-untyped-def]
    match one.role:
        case Role.COORDINATOR:
            return one.organisation or t("whole network")
        case Role.OPERATOR:
            return known.units.get(one.unit or "", one.unit or "–")
        case Role.MUNICIPALITY:
            return str(names.get(one.municipality, one.municipality))
        case Role.HOTLINE:
            return t("hotline requests")
    return t("accounts and totals")


def _state(t: Texts, one: Account) -> str:
    if one.closed:
        return t("closed")
    return t("signed out {when}", when=t.moment(one.signed_out)) if one.signed_out else t("open")


def _change(t: Texts, viewer, every) -> None:  # type: ignore[no-untyped-def]
    st.subheader(t("One account"), anchor=False)
    by_number = {one.id: one for one in every}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        number = st.selectbox(
            t("Account"),
            list(by_number),
            format_func=lambda one: by_number[one].label,
            key="account",
        )
        one = by_number[number]
        if st.button(t("Sign out everywhere"), key="account_sign_out"):
            _try(t, accounts.sign_out, viewer, number)
        label = t("Let in again") if one.closed else t("Close")
        if st.button(label, key="account_close"):
            _try(t, accounts.close, viewer, number, not one.closed)


def _lost_phone(t: Texts, viewer, known: Reaches) -> None:  # type: ignore[no-untyped-def]
    st.subheader(t("A lost phone"), anchor=False)
    st.html(
        muted(
            t(
                "Sign its account out everywhere. If a crew's pack was opened on it, void the "
                "links of that unit's night too: none that was given out opens any more, and the "
                "crew fetches a new one. If nobody knows whose it was, void all."
            )
        )
    )
    which, when, act = st.columns(3, gap="small", vertical_alignment="bottom")
    unit = which.selectbox(
        t("Unit"), list(known.units), format_func=known.units.__getitem__, key="void_unit"
    )
    night = when.selectbox(
        t("Night"),
        list(nights(Night.of(now()), LINKED)),
        format_func=lambda one: t.date(one, "full"),
        key="void_night",
    )
    label = t("Void the links of this night")
    if act.button(label, key="void_link", disabled=unit is None) and unit is not None:
        _void(t, accounts.void_link, viewer, unit, night)
    if st.button(t("Void all links to packs"), key="void_links"):
        _void(t, accounts.void_links, viewer)


def _add(t: Texts, viewer, names, known: Reaches, issuers) -> None:  # type: ignore[no-untyped-def]
    st.subheader(t("New account"), anchor=False)
    role = st.selectbox(t("Role"), list(Role), format_func=t.word, key="account_role")
    with st.form("account_new", border=True):
        label = st.text_input(t("What the network calls it"), key="account_label")
        issuer = st.selectbox(
            t("Address of the identity provider (issuer)"),
            issuers,
            accept_new_options=True,
            placeholder="https://…",
            key="account_issuer",
        )
        subject = st.text_input(t("What the provider calls the person"), key="account_subject")
        reach: dict[str, str | None] = {}
        if role is Role.COORDINATOR:
            reach["organisation"] = st.selectbox(
                t("Organisation"),
                (None, *known.organisations),
                format_func=lambda one: one or t("whole network"),
                key="account_organisation",
            )
        elif role is Role.OPERATOR:
            reach["unit"] = st.selectbox(
                t("Unit"), list(known.units), format_func=known.units.get, key="account_unit"
            )
            if not known.units:
                st.html(notice(t("There is no unit yet: import the units first.")))
        elif role is Role.MUNICIPALITY:
            reach["municipality"] = st.selectbox(
                t("Municipality"), list(names.sort_values().index), format_func=names.get
            )
        if st.form_submit_button(t("Keep"), type="primary"):
            given = {name: (value or "").strip() or None for name, value in reach.items()}
            new = Account((issuer or "").strip(), subject.strip(), label.strip(), Role(role or ""))
            _try(t, accounts.save, viewer, replace(new, **given))  # type: ignore[arg-type]


def _void(t: Texts, act, viewer, *given) -> None:  # type: ignore[no-untyped-def]
    try:
        act(store(), viewer, *given)
    except ProssimaError as error:
        st.error(t.sentence(error))
    else:
        st.html(state(t("Voided: what was given out before opens nothing any more."), "good"))


def _try(t: Texts, act, viewer, *given) -> None:  # type: ignore[no-untyped-def]
    try:
        act(store(), viewer, *given)
    except ProssimaError as error:
        st.error(t.sentence(error))
        return
    st.rerun()
