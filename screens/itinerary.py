"""Itinerary: a crew's published route, for a phone in the dark. The next stop is large."""

from __future__ import annotations

from datetime import datetime

import streamlit as st
from markupsafe import Markup

from data.access import Role, Viewer
from data.texts import Texts
from geo.errors import MissingError, RefusedError
from geo.night import Night
from layers.marks import Mark
from layers.palette import Sign, signs
from layers.routes import routes
from layers.stops import stops
from routing.itinerary import Itinerary, ItineraryStop
from screens.html import badge, notice
from screens.maps import show
from screens.names import stop_name
from screens.plans import leg_text, stop_marks, stop_tags, way
from screens.session import allowed, now, palette, store, texts

ROLES = frozenset({Role.OPERATOR, Role.COORDINATOR})


def page() -> None:
    """The itinerary of the own unit tonight; a coordinator may look at each."""
    viewer = allowed(*ROLES)
    t = texts()
    tonight = Night.coming(now())
    unit = _unit(t, viewer, tonight)
    reason = t("Nothing is published for tonight yet. The coordination will tell you.")
    # A crew of the early morning still drives the night that began the day before.
    for night in dict.fromkeys((Night.of(now()), tonight)):
        if unit is None:
            break
        try:
            itinerary = store().published_itinerary(viewer, night, unit)
        except MissingError:
            continue
        except RefusedError as error:
            reason = t.sentence(error)
            continue
        _draw(t, itinerary, signs((itinerary.unit,), palette())[itinerary.unit])
        return
    st.title(t("Itinerary"))
    st.html(notice(reason))


def _unit(t: Texts, viewer: Viewer, night: Night) -> str | None:
    if viewer.role is Role.OPERATOR:
        return viewer.unit
    published = list(store().published(viewer, night))
    names = {unit.code: unit.name for unit in store().units(viewer)}
    if not published:
        return None
    return st.selectbox(
        t("Unit"), published, format_func=lambda code: names.get(code, code), key="read_unit"
    )


def _draw(t: Texts, itinerary: Itinerary, sign: Sign) -> None:
    st.title(itinerary.unit_name)
    st.html(
        Markup('<p class="p-lead">{}</p>').format(
            t(
                "{day} · {count} stops · {minutes} on the road · {length}",
                day=t.date(itinerary.night, "full"),
                count=len(itinerary.stops),
                minutes=t.minutes(itinerary.driving_minutes * 60),
                length=t.kilometres(itinerary.kilometres * 1000),
            )
        )
    )
    left, right = st.columns((5, 6), gap="medium")
    with left:
        _following(t, itinerary, sign)
        st.html(_list(t, itinerary, sign, now()))
    with right:
        _map(t, itinerary, sign)
        _numbers(t)


@st.fragment(run_every=60)
def _following(t: Texts, itinerary: Itinerary, sign: Sign) -> None:
    """The next stop, by the clock."""
    number = following(itinerary, now())
    if number is None:
        where, when = itinerary.end, t("back at {time}", time=t.clock(itinerary.home))
        leg, tags = itinerary.way_home, []
        title = t("The way home")
    else:
        stop = itinerary.stops[number - 1]
        where = stop_name(t, stop)
        when = t(
            "arrival {arrival}, visit {begin}–{departure}",
            arrival=t.clock(stop.arrival),
            begin=t.clock(stop.begin),
            departure=t.clock(stop.departure),
        )
        leg, tags = stop.leg, stop_tags(t, stop)
        title = t("Next stop, {number} of {count}", number=number, count=len(itinerary.stops))
    st.html(
        Markup(
            '<section class="p-next" style="background:{};color:{}"><p class="p-small">{}</p>'
            '<h2 class="p-where">{}</h2><p class="p-when">{}</p><p>{}</p>{}</section>'
        ).format(sign.colour, sign.ink, title, where, when, leg_text(t, leg), _tags(tags))
    )


def following(itinerary: Itinerary, moment: datetime) -> int | None:
    """The number (from 1) of the first stop not yet left by plan; None on the way home."""
    for number, stop in enumerate(itinerary.stops, start=1):
        if moment < stop.departure:
            return number
    return None


def _tags(tags: list[str]) -> Markup:
    items = Markup().join(Markup("<span>{}</span>").format(tag) for tag in tags)
    return Markup('<div class="p-tags">{}</div>').format(items) if tags else Markup()


def _list(t: Texts, itinerary: Itinerary, sign: Sign, moment: datetime) -> Markup:
    rows = [_entry(t.clock(itinerary.departure), badge(sign), itinerary.start, t("start"))]
    rest = itinerary.pause
    for number, stop in enumerate(itinerary.stops, start=1):
        if rest and rest.before == number - 1:
            rows.append(_rest(t, itinerary))
        rows.append(_stop(t, stop, badge(sign, number)))
    if rest and rest.before == len(itinerary.stops):
        rows.append(_rest(t, itinerary))
    rows.append(
        _entry(t.clock(itinerary.home), badge(sign), itinerary.end, leg_text(t, itinerary.way_home))
    )
    return Markup('<h2>{}</h2><ol class="p-stops">{}</ol>').format(
        t("The whole night"), Markup().join(rows)
    )


def _stop(t: Texts, stop: ItineraryStop, sign: Markup) -> Markup:
    detail = " · ".join([leg_text(t, stop.leg), *stop_tags(t, stop)])
    return _entry(t.clock(stop.begin), sign, stop_name(t, stop), detail)


def _rest(t: Texts, itinerary: Itinerary) -> Markup:
    rest = itinerary.pause
    assert rest is not None
    until = t("until {time}", time=t.clock(rest.ends))
    return _entry(
        t.clock(rest.begins), Markup('<span aria-hidden="true">–</span>'), t("Break"), until
    )


def _entry(time: str, sign: Markup, where: str, detail: str) -> Markup:
    return Markup("<li><time>{}</time><span>{}</span><div>{}<small>{}</small></div></li>").format(
        time, sign, where, detail
    )


def _map(t: Texts, itinerary: Itinerary, sign: Sign) -> None:
    colours = palette()
    line = way(itinerary)
    show(
        "itinerary",
        t("Map of the route; the list says the same"),
        (
            routes([Mark(line, itinerary.unit_name, sign=sign)], colours),
            stops(stop_marks(t, itinerary, sign), following(itinerary, now())),
        ),
        colours,
        view=[line],
        height=420,
    )


def _numbers(t: Texts) -> None:
    settings = store().settings()
    st.html(
        Markup('<p class="p-muted">{}</p>').format(
            t(
                "Regional hotline {regional} · national hotline {national} · emergencies 112",
                regional=settings.hotline_regional,
                national=settings.hotline_national,
            )
        )
    )
