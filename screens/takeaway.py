"""What a crew takes along for where there is no signal, and what comes back from the phone."""

from __future__ import annotations

from urllib.parse import urlsplit

import segno
import streamlit as st
from markupsafe import Markup

from data.agenda import as_ics
from data.crews import referral_desks
from data.exports import gpx_of
from data.pack_links import signed
from data.return_pictures import codes
from data.returns import joined, merge, read
from data.running import RunningNight
from data.settings import settings
from data.texts import Texts
from geo.errors import ProssimaError
from screens.html import muted, notice
from screens.night import Crew
from screens.pack import pack
from screens.paper import paper
from screens.phone_routes import PREFIX
from screens.return_words import taken
from screens.session import network, now, store


def takeaway(crew: Crew, stands: RunningNight) -> None:
    """The pack, its link and the night for other programs."""
    t, itinerary = crew.t, stands.itinerary
    with st.expander(t("Take it along, for where there is no signal")), st.container(key="along"):
        st.html(
            muted(
                t(
                    "Open the pack once with signal and save it: it then works alone until {time}, "
                    "counts contacts, and gives them back later.",
                    time=t.clock(itinerary.expires_at),
                )
            )
        )
        link = f"{_origin()}{PREFIX}/{signed(settings().home, crew.night, crew.unit)}"
        st.link_button(t("Open the pack"), link, type="primary", width="stretch")
        with st.container(horizontal=True, key="along_files"):
            for label, ending, kind, make in (
                (t("Pack (HTML)"), "html", "text/html", lambda: _html(crew, stands)),
                (t("To print (PDF)"), "pdf", "application/pdf", lambda: _pdf(stands, t)),
                (t("Track (GPX)"), "gpx", "application/gpx+xml", lambda: gpx_of([itinerary])),
                (t("Agenda (ICS)"), "ics", "text/calendar", lambda: as_ics(itinerary, t, now())),
            ):
                st.download_button(
                    label,
                    data=make,
                    file_name=f"prossima-{itinerary.unit}.{ending}",
                    mime=kind,
                    key=f"along-{ending}",
                    on_click="ignore",
                    width="stretch",
                )
        st.html(
            Markup(
                '<figure class="p-code"><img src="{}" alt="{}"><figcaption>{}</figcaption></figure>'
            ).format(
                segno.make(link, error="m").svg_data_uri(scale=5, border=3, light="#fff"),
                t("QR code of the pack's link"),
                t("The pack's link, for the other phones of the crew"),
            )
        )
        st.html(
            muted(
                t("Whoever has the link reads tonight's route until it expires: keep it private.")
            )
        )
    comes_back(crew)


def _html(crew: Crew, stands: RunningNight) -> bytes:
    _, desks = referral_desks(store(), crew.viewer, crew.night, crew.unit)
    made = pack(stands, network(), store().settings(), crew.t, now(), desks=desks)
    return made.html.encode()


def _pdf(stands: RunningNight, t: Texts) -> bytes:
    return paper(stands.itinerary, network(), store().settings(), t)


def comes_back(crew: Crew) -> None:
    """Files and pictures of codes from a phone that had no signal."""
    t = crew.t
    with st.expander(t("What comes back from a phone")):
        files = st.file_uploader(
            t("The pack's file, or pictures of its codes"),
            type=["json", "png", "jpg", "jpeg", "webp"],
            accept_multiple_files=True,
            key="returned",
        )
        if not st.button(t("Take it in"), key="take_in", disabled=not files, width="stretch"):
            return
        try:
            documents = [read(f.getvalue()) for f in files if f.name.lower().endswith(".json")]
            pictures = [f for f in files if not f.name.lower().endswith(".json")]
            texts_ = [text for f in pictures for text in codes(f.getvalue())]
            documents += joined(texts_)
            for document in documents:
                st.html(notice(taken(t, merge(store(), crew.viewer, document)), "good"))
        except ProssimaError as error:
            st.error(t.sentence(error))


def _origin() -> str:
    """Where phones reach this program: as it was set, else as this browser reached it."""
    if known := settings().public_url:
        return known.rstrip("/")
    here = urlsplit(st.context.url or "")
    return f"{here.scheme}://{here.netloc}" if here.netloc else ""
