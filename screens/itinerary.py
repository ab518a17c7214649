"""Itinerary: a crew's night on a phone in the dark. The next stop is large, each act one tap."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import streamlit as st
from markupsafe import Markup

from data.access import Role, Viewer
from data.running import RunningNight
from data.settings import Settings
from data.texts import Texts
from geo.errors import MissingError, RefusedError
from geo.night import Night
from layers.marks import Mark
from layers.palette import Sign, signs
from layers.routes import routes
from layers.stops import stops
from routing.itinerary import Itinerary, ItineraryStop
from routing.progress import CREW_REASONS, EventKind, StopProgress, StopState
from screens.calls import call_links
from screens.check_ins import say_all_well
from screens.closing import closing
from screens.count_entry import counted_units, late_count
from screens.count_tally import seen
from screens.hand_over import hand_over
from screens.html import badge, muted, notice
from screens.kits import kits_to_take
from screens.maps import show
from screens.names import stop_name
from screens.next_desk import next_desk
from screens.night import Crew, closing_popover, opened, said, trouble
from screens.plans import leg_text, spots, stop_marks, stop_tags, way
from screens.rest import rest
from screens.rest_words import changed_stop, cost
from screens.session import allowed, now, palette, store, texts
from screens.takeaway import takeaway
from screens.tally import tally

ROLES = frozenset({Role.OPERATOR, Role.COORDINATOR})
HERE = Path(__file__).parent
REFRESH = 30
"""Seconds after which an open page looks whether its itinerary was replaced."""


def page() -> None:
    """The itinerary of the own unit tonight; a coordinator may look at each."""
    viewer = allowed(*ROLES)
    t = texts()
    st.html(HERE / "night.css")
    tonight = Night.coming(now())
    unit = _unit(t, viewer, tonight)
    reason = t("Nothing is published for tonight yet. The coordination will tell you.")
    # A crew of the early morning still drives the night that began the day before.
    late = late_count(t, viewer, unit, tonight)
    for night in dict.fromkeys((*late, Night.of(now()), tonight)):
        if unit is None:
            break
        crew = opened(viewer, night, unit)
        try:
            stands = crew.stands()
        except MissingError:
            continue
        except RefusedError as error:
            reason = t.sentence(error)
            continue
        over = stands.expired and night != tonight and night not in late
        if over and _published(viewer, tonight, unit):
            continue
        _draw(crew, stands, signs((unit,), palette())[unit])
        return
    st.title(t("Itinerary"))
    st.html(notice(reason))


def _published(viewer: Viewer, night: Night, unit: str) -> bool:
    try:
        store().published_itinerary(viewer, night, unit)
    except (MissingError, RefusedError):
        return False
    return True


def _unit(t: Texts, viewer: Viewer, night: Night) -> str | None:
    if viewer.role is Role.OPERATOR:
        return viewer.unit
    published = list(dict.fromkeys((*store().published(viewer, night), *counted_units(viewer))))
    names = {unit.code: unit.name for unit in store().units(viewer)}
    if not published:
        return None
    return st.selectbox(
        t("Unit"), published, format_func=lambda code: names.get(code, code), key="read_unit"
    )


def _draw(crew: Crew, stands: RunningNight, sign: Sign) -> None:
    t, itinerary = crew.t, stands.itinerary
    said().shown = (crew.unit, stands.version)
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
    if (kits := kits_to_take(t, itinerary)) is not None:
        st.html(muted(kits))
    own = crew.viewer.role is Role.OPERATOR
    if stands.expired and own:
        st.html(notice(t.sentence(RefusedError("itinerary_expired"))))
        st.html(muted(_until(t, itinerary)))
    left, right = st.columns((5, 6), gap="medium")
    with left:
        _acts(crew, sign)
    with right:
        if not (stands.expired and own):
            _map(t, stands, sign)
            takeaway(crew, stands)
    with left:
        st.html(_list(t, stands, sign))
        next_desk(crew)


def _until(t: Texts, itinerary: Itinerary) -> str:
    if itinerary.counting is None:
        return t("What was missed can still be entered until noon, stop by stop.")
    return t(
        "What was missed can still be entered until {moment}, stop by stop.",
        moment=itinerary.counting.until,
    )


@st.fragment(run_every=REFRESH)
def _acts(crew: Crew, sign: Sign) -> None:
    """The next stop and everything that is said with a tap."""
    stands = crew.stands()
    if said().shown != (crew.unit, stands.version):
        st.rerun()
    chosen = store().settings()
    with st.container(key="night"):
        trouble()
        if stands.to_confirm:
            _changed(crew, stands)
        following = next_stop(stands, now())
        st.html(_following(crew.t, stands, following, sign))
        _buttons(crew, stands, following, chosen)
        say_all_well(crew, stands, chosen.check_in_minutes)
        latest = following or next(reversed(stands.progress.behind or stands.progress.stops), None)
        if latest:
            at = _counted_at(crew, stands, latest.stop.key)
            if stands.itinerary.counting:
                seen(crew, stands.progress, at, chosen)
            else:
                tally(crew, stands.progress, at, chosen)
                hand_over(crew, stands, at)
        closing(crew, stands)


def next_stop(stands: RunningNight, moment: datetime) -> StopProgress | None:
    """Where the crew is or goes next; None on the way home.

    By what the crew has said; while it has said nothing, by the clock.
    """
    now_ = stands.progress
    if now_.here:
        return now_.here
    if now_.behind or now_.skipped:
        return next(iter(now_.ahead), None)
    return next((each for each in now_.ahead if moment < each.stop.departure), None)


def _changed(crew: Crew, stands: RunningNight) -> None:
    """The itinerary was replaced under way: what is new, and the crew says it has seen it."""
    t, changes = crew.t, stands.changes or {}

    def names(which: str) -> str:
        return t.list(stop_name(t, each) for each in stands.itinerary.stops if each.key in keys)

    lines = []
    for which, text in (
        ("called_off", t("Called off, nobody waits there")),
        ("promised", t("New, to be kept")),
        ("added", t("Added")),
        ("dropped", t("Left out")),
    ):
        keys = {one["key"] for one in changes.get(which, ())}
        said_ = (
            names(which)
            if which in ("promised", "added")
            else t.list(changed_stop(t, one) for one in changes.get(which, ()))
        )
        if keys:
            lines.append(f"{text}: {said_}.")
    if any(changes.get(which) for which in ("promised", "added", "dropped")):
        lines.append(cost(t, int(changes["later"]), int(changes["metres"])))
    else:
        lines.append(t("The times of the other stops stay until the rest is planned again."))
    heading = t("The itinerary has changed.")
    st.warning(f"**{heading}** {' '.join(lines)}")
    crew.button(
        t("Seen: we go on with this one"),
        "confirm",
        EventKind.CONFIRMED,
        primary=True,
        values={"version": stands.version},
    )


def _following(
    t: Texts, stands: RunningNight, following: StopProgress | None, sign: Sign
) -> Markup:
    itinerary = stands.itinerary
    if following is None:
        where, when = itinerary.end, t("back at {time}", time=t.clock(itinerary.home))
        leg, tags, title = itinerary.way_home, [], t("The way home")
    else:
        stop = following.stop
        where, leg, tags = stop_name(t, stop), stop.leg, stop_tags(t, stop)
        when = t(
            "arrival {arrival}, visit {begin}–{departure}",
            arrival=t.clock(stop.arrival),
            begin=t.clock(stop.begin),
            departure=t.clock(stop.departure),
        )
        number, count = itinerary.stops.index(stop) + 1, len(itinerary.stops)
        if following.state is StopState.HERE:
            title = t("You are at stop {number} of {count}", number=number, count=count)
        else:
            title = t("Next stop, {number} of {count}", number=number, count=count)
    return Markup(
        '<section class="p-next" style="background:{};color:{}"><p class="p-small">{}</p>'
        '<h2 class="p-where">{}</h2><p class="p-when">{}</p><p>{}</p>{}</section>'
    ).format(sign.colour, sign.ink, title, where, when, leg_text(t, leg), _tags(tags))


def _buttons(
    crew: Crew, stands: RunningNight, following: StopProgress | None, chosen: Settings
) -> None:
    """What can be said of the next stop."""
    t = crew.t
    if following is not None:
        key = following.stop.key
        with st.container(horizontal=True, key="night_acts"):
            if following.state is StopState.HERE:
                crew.button(t("We leave"), "left", EventKind.LEFT, key, primary=True)
            else:
                crew.button(t("Arrived"), "arrived", EventKind.ARRIVED, key, primary=True)
                with closing_popover(t("Skip"), "skip"):
                    for reason in CREW_REASONS:
                        crew.button(
                            t.word(reason).capitalize(),
                            f"skip-{reason}",
                            EventKind.SKIPPED,
                            key,
                            values={"reason": reason.value},
                        )
    with st.container(horizontal=True, key="night_more"):
        with st.popover(t("Call"), width="stretch"):
            call_links(t, chosen)
        if following is not None and following.stop.leg.line:
            with st.popover(t("Navigate"), width="stretch"):
                _navigate(t, stands.itinerary, following)
        if len(stands.progress.ahead) > 1:
            order = closing_popover(t("Order"), "order")
            if order.open:
                with order:
                    _order(crew, stands)
        if not stands.expired and not stands.itinerary.counting:
            again = closing_popover(t("Plan the rest again"), "plan")
            if again.open:
                with again:
                    rest(crew, stands)


def _navigate(t: Texts, itinerary: Itinerary, following: StopProgress) -> None:
    st.html(
        notice(
            t(
                "The phone's own navigator learns where you are going, and may tell its maker. "
                "Without it, the map below shows the way."
            )
        )
    )
    spot = spots(itinerary)[itinerary.stops.index(following.stop)]
    place = f"{spot.y:.5f},{spot.x:.5f}"
    st.link_button(t("Open the phone's navigator"), f"geo:{place}?q={place}", width="stretch")


def _order(crew: Crew, stands: RunningNight) -> None:
    t, ahead = crew.t, [each.stop for each in stands.progress.ahead]
    st.html(muted(t("Which stop is to be the next one?")))
    for stop in ahead[1:]:
        keys = [stop.key, *(each.key for each in ahead if each != stop)]
        label = f"{stop_name(t, stop)}, {t.clock(stop.begin)}"
        crew.button(label, f"first-{stop.key}", EventKind.ORDERED, values={"stops": keys})
    st.html(muted(t("The times stay as they were planned until the rest is planned again.")))


def _counted_at(crew: Crew, stands: RunningNight, stop: str) -> str:
    """The stop that is counted at: where the crew is; another may be chosen to catch up."""
    t = crew.t
    names = {each.stop.key: stop_name(t, each.stop) for each in stands.progress.stops}
    keys = list(names)
    with st.expander(t("Counting at {place}", place=names[stop])):
        chosen = st.selectbox(
            t("Count at another stop"),
            keys,
            index=keys.index(stop),
            format_func=names.__getitem__,
            key=f"count_at-{stop}-{stands.version}",
        )
    return chosen


def _tags(tags: list[str]) -> Markup:
    items = Markup().join(Markup("<span>{}</span>").format(tag) for tag in tags)
    return Markup('<div class="p-tags">{}</div>').format(items) if tags else Markup()


def _list(t: Texts, stands: RunningNight, sign: Sign) -> Markup:
    itinerary = stands.itinerary
    rows = [_entry(t.clock(itinerary.departure), badge(sign), itinerary.start, t("start"))]
    pause = itinerary.pause
    for number, stop in enumerate(itinerary.stops, start=1):
        if pause and pause.before == number - 1:
            rows.append(_rest(t, itinerary))
        rows.append(_stop(t, stop, stands.progress.stop(stop.key), badge(sign, number)))
    if pause and pause.before == len(itinerary.stops):
        rows.append(_rest(t, itinerary))
    rows.append(
        _entry(t.clock(itinerary.home), badge(sign), itinerary.end, leg_text(t, itinerary.way_home))
    )
    return Markup('<h2>{}</h2><ol class="p-stops">{}</ol>').format(
        t("The whole night"), Markup().join(rows)
    )


def _stop(t: Texts, stop: ItineraryStop, stands: StopProgress | None, sign: Markup) -> Markup:
    detail = " · ".join([leg_text(t, stop.leg), *stop_tags(t, stop)])
    if stands and stands.state is not StopState.AHEAD:
        state = t.word(stands.state)
        if stands.reason:
            state = f"{state}: {t.word(stands.reason)}"
        detail = f"{state} · {detail}"
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


def _map(t: Texts, stands: RunningNight, sign: Sign) -> None:
    itinerary, colours = stands.itinerary, palette()
    following = next_stop(stands, now())
    number = itinerary.stops.index(following.stop) + 1 if following else None
    line = way(itinerary)
    show(
        "itinerary",
        t("Map of the route; the list says the same"),
        (
            routes([Mark(line, itinerary.unit_name, sign=sign)], colours),
            stops(stop_marks(t, itinerary, sign), number),
        ),
        colours,
        view=[line],
        height=420,
    )
