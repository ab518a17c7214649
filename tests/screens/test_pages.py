"""Each page as each role sees it, run without a browser."""

import json
import re
from dataclasses import replace

import pytest
import streamlit as st
from markupsafe import escape
from streamlit.navigation.page import calc_hash
from streamlit.testing.v1 import AppTest

from data.access import Role, Viewer
from data.settings import settings
from data.texts import Texts, msgids
from geo.errors import RefusedError
from geo.night import Night
from screens import itinerary, municipality, roads, session, tonight
from screens.names import stop_name, zone_name
from screens.session import LEAVE, VISIT, Choices
from tests.screens.conftest import COORDINATOR, EVENING, ROOT, said

NIGHT = Night.of(EVENING)
OPERATOR = Viewer(Role.OPERATOR, unit="PO1")
COMUNE = Viewer(Role.MUNICIPALITY, municipality="100005")
NETWORK = Viewer(Role.NETWORK)
PAGES = [
    (None, None),
    (COORDINATOR, "stanotte"),
    (COORDINATOR, "itinerario"),
    (COORDINATOR, "rete"),
    (OPERATOR, "itinerario"),
    (COMUNE, "comune"),
    (NETWORK, "rete"),
    (NETWORK, "accessi"),
    (NETWORK, "registro"),
]
IDS = [
    "start",
    "tonight",
    "crew as coordinator",
    "roads",
    "crew",
    "municipality",
    "network",
    "accounts",
    "audit",
]


def sent_to_maps(app):
    """What the browser's map components are given, as one text."""
    return "\n".join(element.proto.json_args for element in app.get("component_instance"))


def kept():
    return session.store()


def planned(visit):
    """The coordinator's page with tonight planned."""
    app = visit(COORDINATOR, "stanotte")
    app.button(key="plan").click().run()
    assert not app.exception
    return app


def published(visit):
    app = planned(visit)
    app.button(key="publish").click().run()
    assert not app.exception
    return app


@pytest.mark.parametrize(("viewer", "page"), PAGES, ids=IDS)
@pytest.mark.parametrize("language", ["it", "en"])
def test_a_page_opens_and_speaks_one_language(visit, viewer, page, language):
    app = visit(viewer, page, language)
    assert not app.exception
    assert not app.error
    assert app.title
    text = re.sub(r"<(style|script)>.*?</\1>|<[^>]+>", " ", said(app), flags=re.DOTALL)
    t = Texts("it")
    foreign = []
    for msgid in msgids():
        english = msgid if isinstance(msgid, str) else msgid[0]
        italian = t._translated(english) if isinstance(msgid, str) else english
        sample = english if language == "it" else italian
        if len(sample) > 15 and "{" not in sample and english != italian and sample in text:
            foreign.append(sample)
    assert not foreign


def test_the_start_page_says_that_all_is_invented_and_offers_every_role(visit):
    app = visit()
    assert "Dati sintetici" in said(app)
    assert {button.key for button in app.button} == {
        "enter_coordinator",
        "enter_operator",
        "enter_hotline",
        "enter_municipality",
        "enter_network",
    }


@pytest.mark.parametrize(
    ("key", "role", "title"),
    [
        ("enter_coordinator", Role.COORDINATOR, "Stanotte"),
        ("enter_operator", Role.OPERATOR, "Itinerario"),
        ("enter_hotline", Role.HOTLINE, "Numero verde"),
        ("enter_municipality", Role.MUNICIPALITY, "Abbadia San Salvatore"),
        ("enter_network", Role.NETWORK, "Rete stradale"),
    ],
)
def test_choosing_a_role_opens_its_page(visit, key, role, title):
    app = visit()
    app.button(key=key).click().run()
    assert app.session_state[session.KEY].viewer.role is role
    assert [one.value for one in app.title] == [title]


@pytest.mark.parametrize("page", [tonight, itinerary, municipality, roads])
@pytest.mark.parametrize("viewer", [None, COORDINATOR, OPERATOR, COMUNE, NETWORK])
def test_a_page_asks_for_the_role_itself(page, viewer, monkeypatch):
    monkeypatch.setattr(session, "session", lambda: session.Session("it", viewer))
    if viewer and viewer.role in page.ROLES:
        assert session.allowed(*page.ROLES) == viewer
    else:
        with pytest.raises(RefusedError) as caught:
            page.page()
        assert caught.value.code == "page_refused"


@pytest.mark.parametrize("viewer", [COORDINATOR, None, OPERATOR, COMUNE, NETWORK], ids=str)
def test_a_session_switched_to_the_coordinators_page_by_hand_sees_nothing(visit, viewer):
    app = visit(viewer)
    app._page_hash = calc_hash("stanotte")
    app.run()
    assert ("Stanotte" in [one.value for one in app.title]) == (viewer == COORDINATOR)
    assert ("Per questa notte" in said(app)) == (viewer == COORDINATOR)


def test_a_night_is_planned_and_said_in_words(visit):
    app = planned(visit)
    text = said(app)
    for unit in kept().units(COORDINATOR):
        assert unit.name in text
    (record,) = kept().plans(COORDINATOR, NIGHT)
    for route in record.itineraries.values():
        for stop in route.stops:
            assert str(escape(stop_name(Texts("it"), stop))) in text
    bare = {one["reason"] for one in record.document["left_out"] if not one["fields"]}
    bare -= {"zone_outside_territory"}  # only counted: nobody could go there tonight
    assert bare
    for reason in bare:
        assert str(escape(Texts("it").code(reason))) in text
    assert not re.search(r"\b\d{6}-\d{2}\b", text), "a zone is shown by its raw code"


def test_the_map_holds_what_the_lists_say(visit):
    app = planned(visit)
    sent = sent_to_maps(app)
    (record,) = kept().plans(COORDINATOR, NIGHT)
    stops = sum(len(route.stops) for route in record.itineraries.values())
    badges = set(re.findall(r'\\"badge\\": \\"([A-Z]\d+)\\"', sent))
    assert len(badges) == stops > 0


def test_a_zone_left_out_by_hand_stays_out_and_a_zone_asked_for_is_visited(visit):
    app = planned(visit)
    (first,) = kept().plans(COORDINATOR, NIGHT)
    gone = next(iter(first.itineraries["PO1"].stops)).zone
    worth_less = [one for one in first.document["left_out"] if one["reason"] == "worth_less"]
    wanted = worth_less[0]["visit"]
    costs = [one["fields"]["lost"] - one["fields"]["value"] for one in worth_less]
    shown = [
        int(n.replace(".", ""))
        for n in re.findall(r'<td class="p-number">([\d.]+)</td><td>', said(app))
    ]
    assert shown == sorted(shown)
    assert set(costs) <= set(shown)
    for zone, decision in ((gone, LEAVE), (wanted, VISIT)):
        app.selectbox(key="decided_zone").select(zone).run()
        app.selectbox(key="decision").select(decision).run()
        app.button(key="decide").click().run()
    app.button(key="plan").click().run()
    assert not app.exception
    assert not app.error
    (second,) = kept().plans(COORDINATOR, NIGHT)
    assert second.id == first.id, "the session's own draft is changed in place"
    served = {stop.zone for route in second.itineraries.values() for stop in route.stops}
    assert wanted in served
    assert gone not in served
    assert Texts("it").code("zone_excluded") in said(app)
    app.button(key=f"back-{gone}").click().run()
    assert app.session_state[session.KEY].choices.excluded == frozenset()


def test_kits_entered_are_kept_for_the_night_and_limit_the_route(visit):
    app = planned(visit)
    (first,) = kept().plans(COORDINATOR, NIGHT)
    assert len(first.itineraries["PO1"].stops) > 1
    app.number_input(key=f"kits-{NIGHT}-PO1").set_value(1).run()
    (outing,) = kept().outings(COORDINATOR, NIGHT)
    assert (outing.unit.code, outing.unit.kits) == ("PO1", 1)
    app.button(key="plan").click().run()
    assert not app.exception
    (second,) = kept().plans(COORDINATOR, NIGHT)
    route = second.itineraries.get("PO1")
    assert route is None or route.kits <= 1


def test_units_that_stay_at_home_have_no_route(visit):
    app = visit(COORDINATOR, "stanotte")
    app.get_by_key(f"units-{NIGHT}").set_value(["PO1", "LU1"]).run()
    app.button(key="plan").click().run()
    (record,) = kept().plans(COORDINATOR, NIGHT)
    assert {unit["code"] for unit in record.document["units"]} == {"PO1", "LU1"}
    assert set(record.itineraries) <= {"PO1", "LU1"}


def test_without_a_unit_nothing_can_be_planned(visit):
    app = visit(COORDINATOR, "stanotte")
    app.get_by_key(f"units-{NIGHT}").set_value([]).run()
    assert app.button(key="plan").disabled


def test_another_night_brings_its_own_units_and_forgets_decisions(visit):
    app = visit(COORDINATOR, "stanotte")
    app.session_state[session.KEY].choices = Choices(NIGHT, ("PO1",), excluded=frozenset({"x"}))
    app.selectbox(key="night").select(NIGHT + 1).run()
    choices = app.session_state[session.KEY].choices
    assert choices.night == NIGHT + 1
    assert not choices.excluded
    assert set(choices.units) == {
        unit.code for unit in kept().units(COORDINATOR) if (NIGHT + 1).weekday in unit.weekdays
    }


def test_in_the_morning_the_coming_night_is_offered(visit, clock):
    clock.set("2026-05-16T08:00:00+02:00")
    app = visit(COORDINATOR, "stanotte")
    assert app.session_state[session.KEY].choices.night == NIGHT + 1
    clock.set("2026-05-16T00:30:00+02:00")
    app = visit(COORDINATOR, "stanotte")
    assert app.session_state[session.KEY].choices.night == NIGHT


def test_a_promise_that_cannot_be_kept_is_a_sentence_and_the_page_stays(visit):
    app = visit(COORDINATOR, "stanotte")
    zone = next(z for z in kept().zones(COORDINATOR) if NIGHT.weekday not in z.windows[0].weekdays)
    app.session_state[session.KEY].choices = Choices(
        NIGHT,
        tuple(u.code for u in kept().units(COORDINATOR)),
        forced=frozenset({zone.code}),
    )
    app.button(key="plan").click().run()
    assert not app.exception
    assert len(app.error) == 1
    assert not kept().plans(COORDINATOR, NIGHT)


def test_publishing_hands_each_crew_its_own_route_and_no_other(visit, clock):
    published(visit)
    clock.set("2026-05-15T22:40:00+02:00")
    (record,) = kept().plans(COORDINATOR, NIGHT)
    own, others = [], []
    for unit, route in record.itineraries.items():
        (own if unit == "PO1" else others).extend(stop.zone or stop.place for stop in route.stops)
    app = visit(OPERATOR, "itinerario")
    text, sent = said(app), sent_to_maps(app)
    assert "Unità Bisenzio" in text
    for place in own:
        assert zone_name(place) in text
    for place in set(others) - set(own):
        assert zone_name(place) not in text + sent
        assert place not in text + sent
    assert sent.count('\\"shape\\"') == len(own)


def test_the_next_stop_follows_the_clock(visit, clock):
    published(visit)
    route = kept().published_itinerary(COORDINATOR, NIGHT, "PO1")
    for stop, number in ((route.stops[0], 1), (route.stops[1], 2)):
        clock.moment = stop.arrival
        assert f"Prossima tappa, {number} di {len(route.stops)}" in said(
            visit(OPERATOR, "itinerario")
        )
    clock.moment = route.stops[-1].departure
    assert "La via del ritorno" in said(visit(OPERATOR, "itinerario"))
    clock.moment = route.expires_at
    app = visit(OPERATOR, "itinerario")
    assert Texts("it").code("itinerary_expired") in said(app)
    assert not app.get("component_instance")


def test_before_anything_is_published_a_crew_is_told_so(visit):
    planned(visit)
    app = visit(OPERATOR, "itinerario")
    assert "non è ancora pubblicato niente" in said(app)
    assert not app.get("component_instance")


def test_a_second_plan_replaces_the_published_one_only_when_said(visit):
    app = published(visit)
    (first,) = kept().plans(COORDINATOR, NIGHT)
    app.button(key="plan").click().run()
    newest, oldest = kept().plans(COORDINATOR, NIGHT)
    assert oldest == first
    assert set(kept().published(COORDINATOR, NIGHT).values()) == {first.id}
    assert "leggono ancora" in said(app)
    app.button(key="publish").click().run()
    assert set(kept().published(COORDINATOR, NIGHT).values()) >= {newest.id}


def test_a_draft_that_someone_else_changed_is_left_alone(visit):
    app = planned(visit)
    (record,) = kept().plans(COORDINATOR, NIGHT)
    kept().save_plan(COORDINATOR, replace(record, document={**record.document, "left_out": []}))
    app.button(key="plan").click().run()
    assert not app.exception
    assert len(kept().plans(COORDINATOR, NIGHT)) == 2


def test_a_municipality_sees_no_zone_no_unit_and_no_route(visit):
    published(visit)
    app = visit(COMUNE, "comune")
    seen = said(app) + sent_to_maps(app)
    assert app.title[0].value == "Prato"
    assert settings().hotline_regional in seen
    for zone in kept().zones(COORDINATOR):
        assert zone.code not in seen
        assert zone_name(zone.code) not in seen
    for unit in kept().units(COORDINATOR):
        assert unit.name not in seen


def test_nothing_a_page_sends_to_a_map_names_another_host(visit):
    app = planned(visit)
    args = [json.loads(element.proto.json_args) for element in app.get("component_instance")]
    assert args
    for given in args:
        links = given["js_links"] + given["css_links"]
        assert links
        assert all(link.startswith("/assets/") for link in links)
        assert "http" not in given["script"] + (given["feature_group"] or "")
        assert "user-scalable" not in given["header"]


def test_the_language_can_be_switched(visit):
    app = visit()
    app.get_by_key("language").set_value("en").run()
    assert "Synthetic data" in said(app)
    assert '"language": "en"' in said(app)


def test_an_installation_without_data_says_what_to_do(home, clock):
    settings.cache_clear()
    st.cache_resource.clear()
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.session_state[session.KEY] = session.Session("it", COORDINATOR, going="stanotte")
    app.run()
    assert not app.exception
    assert "prossima units import" in said(app)
    assert "Dati sintetici" not in said(app)
    session.store().close()
    st.cache_resource.clear()
    settings.cache_clear()


def test_a_page_that_breaks_says_so_and_tells_nothing(visit, monkeypatch, caplog):
    secret = "43.77" + "11"

    def broken(*_):
        raise ValueError(secret)

    monkeypatch.setattr(tonight, "_choose", broken)
    app = visit(COORDINATOR, "stanotte")
    assert not app.exception
    assert [error.value[:11] for error in app.error] == ["Qualcosa ne"]
    assert "ValueError" in caplog.text
    assert secret not in caplog.text + said(app)


def test_a_database_that_cannot_be_read_is_a_sentence(home, clock):
    home.mkdir()
    (home / "prossima.db").write_bytes(b"no database, but long enough to look like one" * 100)
    settings.cache_clear()
    st.cache_resource.clear()
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert not app.exception
    assert [error.value for error in app.error] == [Texts("it").code("database_broken")]
    settings.cache_clear()


def test_who_signs_in_anew_finds_nothing_of_the_one_before(visit):
    app = planned(visit)
    app.session_state[session.KEY].going = "inizio"
    app.run()
    app.button(key="enter_network").click().run()
    mine = app.session_state[session.KEY]
    assert (mine.plan, mine.choices) == (None, None)
    assert not [key for key in ("night", "decided_zone", "decision") if key in app.session_state]
