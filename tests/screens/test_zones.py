"""The page of zones, run without a browser: what it shows, changes and refuses."""

import re
from html import unescape

import pytest

from data.access import Role, Viewer
from data.texts import Texts
from geo.night import Night
from routing.coverage import Standing, coverage
from screens import contacts, session, shell, zones
from screens import coverage as coverage_page
from screens.names import zone_name
from screens.zone_detail import Known
from tests.screens.conftest import COORDINATOR, EVENING, forget_field_work, said
from tests.screens.test_pages import sent_to_maps

NIGHT = Night.of(EVENING)
ITALIAN = Texts("it")

NOTHING_STANDS_OUT = "No place stands out: what is met follows the hours spent looking."


def kept():
    return session.store()


def standings():
    visits = kept().visits(COORDINATOR)
    return coverage(kept().zones(COORDINATOR), visits[visits["night"] < NIGHT.date], NIGHT)


def opened(visit, code, language="it"):
    app = visit(COORDINATOR, "zone", language)
    app.selectbox(key="zone_chosen").select(code).run()
    assert not app.exception
    return app


@pytest.fixture
def code(installed):
    """A zone that is visited and that has hours tonight."""
    found = {one.zone: one for one in standings()}
    return next(
        zone.code
        for zone in kept().zones(COORDINATOR)
        if found[zone.code].last and NIGHT.weekday in zone.windows[0].weekdays
    )


@pytest.mark.parametrize("language", ["it", "en"])
def test_all_zones_stand_on_the_map_and_in_the_table(visit, language):
    app = visit(COORDINATOR, "zone", language)
    assert not app.exception
    text, sent = unescape(said(app)), sent_to_maps(app)
    for one in standings():
        assert zone_name(one.zone) in text
    # Each zone is a band and a dot.
    assert sent.count('\\"tip\\"') == 2 * len(standings())
    t = Texts(language)
    for standing in {one.standing for one in standings()}:
        assert t.word(standing) in text


def test_a_province_shows_its_own_zones_alone(visit):
    app = visit(COORDINATOR, "zone")
    app.selectbox(key="zone_province").select("047").run()
    text = unescape(said(app))
    for zone in kept().zones(COORDINATOR):
        assert (zone_name(zone.code) in text) == (zone.province_code == "047")


@pytest.mark.parametrize("language", ["it", "en"])
def test_a_zone_shows_each_term_of_its_need(visit, code, language):
    app = opened(visit, code, language)
    text, t = said(app), Texts(language)
    (one,) = [one for one in standings() if one.zone == code]
    presence = kept().presence(COORDINATOR)
    weights = kept().settings().need_weights
    (zone,) = [zone for zone in kept().zones(COORDINATOR) if zone.code == code]
    visits = kept().visits(COORDINATOR)
    nights = tuple(visits.loc[visits["zone"] == code, "night"])
    known = Known(zone, one, presence[presence["zone"] == code], nights)
    needs = known.needs(NIGHT, weights)
    assert needs
    for need in needs:
        value = weights.points * (need.expected + need.exploration) * need.debt
        assert need.value == round(value)
        for shown in (need.expected, need.exploration, need.debt):
            assert t.number(shown, 2) in text
        assert t.number(need.value, 0) in text
        assert f"{need.days} ÷ {need.target}" in text


def test_presence_stands_by_weekday_and_hour_with_its_interval(visit, code):
    text = said(opened(visit, code))
    rows = kept().presence(COORDINATOR)
    for row in rows[rows["zone"] == code].itertuples():
        # An hour in which nobody ever looked is a question, with the borrowed interval.
        known = ITALIAN.number(row.expected, 1) if row.effort else "?"
        cell = f"{known}<small>{ITALIAN.number(row.low, 1)}–"
        assert cell in text


def test_the_last_visits_are_named(visit, code):
    text = said(opened(visit, code))
    visits = kept().visits(COORDINATOR)
    for night in list(visits.loc[visits["zone"] == code, "night"])[-12:]:
        assert ITALIAN.date(night, "full") in text


def test_the_need_follows_the_night_that_is_chosen(visit, code):
    app = opened(visit, code)
    before = re.findall(r"(\d+) ÷ (\d+)", said(app))
    app.selectbox(key="zone_night").select(NIGHT + 1).run()
    after = re.findall(r"(\d+) ÷ (\d+)", said(app))
    zone = next(zone for zone in kept().zones(COORDINATOR) if zone.code == code)
    assert bool(after) == ((NIGHT + 1).weekday in zone.windows[0].weekdays)
    for (days, _), (later, _) in zip(before, after, strict=False):
        assert int(later) == int(days) + 1


def test_a_change_is_kept_and_shown(visit, code):
    app = opened(visit, code)
    app.text_input(key=f"zone-{code}-windows").input("ven-sab 22:00-01:30")
    app.number_input(key=f"zone-{code}-minutes").set_value(25)
    app.selectbox(key=f"zone-{code}-target").select(28)
    app.button(key=f"zone-{code}-save").click().run()
    assert not app.exception
    assert not app.error
    (zone,) = [zone for zone in kept().zones(COORDINATOR) if zone.code == code]
    assert (zone.service_minutes, zone.revisit_days) == (25, 28)
    assert [sorted(window.weekdays) for window in zone.windows] == [[4, 5]]
    assert "ven, sab 22:00–01:30" in said(app)


@pytest.mark.parametrize("text", ["di notte", "21:00", "23:00-22:00", ""])
def test_hours_that_cannot_be_read_change_nothing(visit, code, text):
    before = kept().zones(COORDINATOR)
    app = opened(visit, code)
    app.text_input(key=f"zone-{code}-windows").input(text)
    app.button(key=f"zone-{code}-save").click().run()
    assert len(app.error) == 1
    assert "21:00-01:00" in app.error[0].value
    assert kept().zones(COORDINATOR) == before


def test_a_shortest_visit_longer_than_the_usual_is_refused_in_words(visit, code):
    before = kept().zones(COORDINATOR)
    app = opened(visit, code)
    app.number_input(key=f"zone-{code}-minutes").set_value(5)
    app.number_input(key=f"zone-{code}-shortest").set_value(30)
    app.button(key=f"zone-{code}-save").click().run()
    assert [error.value for error in app.error] == [
        ITALIAN.code("zone_shortest", zone=code, got=30)
    ]
    assert kept().zones(COORDINATOR) == before


def test_a_zone_is_archived_and_taken_into_use_again(visit, installed):
    promised = {p.zone for p in kept().promises(COORDINATOR, NIGHT)}
    code = next(z.code for z in kept().zones(COORDINATOR) if z.code not in promised)
    app = opened(visit, code)
    app.button(key=f"archive-{code}").click().run()
    assert not app.exception
    assert code not in {zone.code for zone in kept().zones(COORDINATOR)}
    assert app.selectbox(key="zone_chosen").value is None
    assert zone_name(code) not in "".join(re.findall(r"<table.*?</table>", said(app), re.DOTALL))
    app.button(key="zone_back").click().run()
    assert code in {zone.code for zone in kept().zones(COORDINATOR)}


def test_a_zone_that_was_promised_a_visit_is_not_archived(visit, installed):
    zones = [p.zone for n in range(7) for p in kept().promises(COORDINATOR, NIGHT + n) if p.zone]
    assert zones, "the demo region promises a visit to a zone"
    app = opened(visit, zones[0])
    app.button(key=f"archive-{zones[0]}").click().run()
    assert len(app.error) == 1
    assert zones[0] in {zone.code for zone in kept().zones(COORDINATOR)}


def test_the_demo_has_effort_enough_for_hexagons(visit):
    app = visit(COORDINATOR, "zone")
    app.toggle(key="zones_hotspots").set_value(True).run()
    assert not app.exception
    assert "esagoni: ne servono" not in said(app)
    stands = ITALIAN("Hexagons that stand out") in said(app)
    assert stands or ITALIAN(NOTHING_STANDS_OUT) in said(app)


def test_the_strip_tells_seen_contacted_and_unapproachable_apart(visit):
    presence = kept().presence(COORDINATOR)
    code = presence["zone"].iloc[0]
    app = opened(visit, code)
    night = presence[(presence["zone"] == code) & (presence["weekday"] == NIGHT.weekday)]
    assert ITALIAN("Persons expected on the night of {day}", day="")[:20] in said(app)
    for value in night["contacted"]:
        assert ITALIAN.number(value, 1) in said(app)
    app.segmented_control(key="zone_part").set_value("seen").run()
    assert not app.exception
    strip = re.findall(r'<table class="p-heat">.*?</table>', said(app), re.DOTALL)
    assert len(strip) == 1
    assert ITALIAN("only seen") in strip[0]
    assert "<small>" not in strip[0]
    first = night.iloc[0]
    assert f">{ITALIAN.number(first['seen'], 1) if first['effort'] else '?'}<" in strip[0]


def test_too_little_effort_is_said_instead_of_drawn(visit):
    forget_field_work(kept())
    app = visit(COORDINATOR, "zone")
    layers = sent_to_maps(app).count("tip")
    app.toggle(key="zones_hotspots").set_value(True).run()
    assert ITALIAN.code("hexagons_few", got=0, least=20) in said(app)
    assert sent_to_maps(app).count("tip") == layers


@pytest.mark.parametrize(
    "viewer",
    [
        Viewer(Role.OPERATOR, unit="PO1"),
        Viewer(Role.MUNICIPALITY, municipality="100005"),
        Viewer(Role.NETWORK),
    ],
    ids=lambda viewer: viewer.role,
)
def test_nobody_else_is_offered_the_pages(visit, viewer):
    open_to = {entry.path for entry in shell.ENTRIES if viewer.role in entry.roles}
    assert not open_to & {"zone", "copertura", "dati"}
    for page in (zones, coverage_page, contacts):
        assert list(page.ROLES) == [Role.COORDINATOR]


def test_every_standing_is_a_word_of_both_languages():
    for standing in Standing:
        assert Texts("it").word(standing) != Texts("en").word(standing)
