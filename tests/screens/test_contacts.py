"""The page of data: dry run, import, proposals, presence, retention, without a browser."""

import io
import re
from datetime import timedelta
from html import unescape
from zipfile import ZipFile

import pytest

from data.contact_import import (
    ContactFile,
    contact_frame,
    contacts_located,
    effort_frame,
    mapping,
    recorded,
    save_mapping,
)
from data.contact_template import template
from data.proposals import decisions, still_open
from data.roads import load_network
from data.settings import settings
from data.texts import Texts
from geo.contacts import LocatedContacts
from geo.night import Night
from geo.zone_proposals import ProposalKind
from geo.zones import extent
from screens import session
from screens.names import zone_name
from tests.screens.conftest import COORDINATOR, EVENING, forget_field_work, said
from tests.screens.contact_files import HEADER, as_csv, at_places, in_zones, on_road_far_from
from tests.screens.test_pages import sent_to_maps

TODAY = Night.of(EVENING).date
ITALIAN = Texts("it")
SECRET = "333 1234567"


def kept():
    return session.store()


def zones():
    return kept().zones(COORDINATOR)


def given(visit, data, name="contatti.csv", language="it"):
    """The page with a file tried out, of an organisation that is known already."""
    known = mapping(kept(), COORDINATOR, "arcobaleno")
    save_mapping(kept(), COORDINATOR, "arcobaleno", known)
    app = visit(COORDINATOR, "dati", language)
    app.selectbox(key="organisation").select("arcobaleno").run()
    app.get_by_key("contact_file").upload(name, data).run()
    app.checkbox(key="invented").check().run()
    app.button(key="try").click().run()
    assert not app.exception
    return app


def known_rows():
    return in_zones(zones()[:30], TODAY)


def intake(app):
    return app.session_state[session.KEY].intake


@pytest.mark.parametrize("language", ["it", "en"])
def test_the_page_opens_in_both_languages(visit, language):
    app = visit(COORDINATOR, "dati", language)
    assert not app.exception
    assert not app.error
    assert Texts(language)("Import contacts") in said(app)


def test_a_dry_run_says_what_would_come_and_writes_nothing(visit):
    before = len(contact_frame(kept(), COORDINATOR))
    app = given(visit, as_csv(known_rows()))
    revision = kept().revision()
    app.button(key="try").click().run()
    report = intake(app).tried
    assert report.accepted
    assert report.records == len(known_rows())
    assert f">{ITALIAN.number(report.records, 0)}</dd>" in said(app)
    assert f">{ITALIAN.number(report.persons, 0)}</dd>" in said(app)
    assert (kept().revision(), len(contact_frame(kept(), COORDINATOR))) == (revision, before)


def test_an_import_is_kept_and_the_same_again_adds_nothing(visit):
    before = len(contact_frame(kept(), COORDINATOR))
    app = given(visit, as_csv(known_rows()))
    app.button(key="import_contacts").click().run()
    assert not app.error
    assert ITALIAN.plural(
        "{count} record imported.", "{count} records imported.", len(known_rows())
    ) in said(app)
    assert len(contact_frame(kept(), COORDINATOR)) == before + len(known_rows())
    assert "import_contacts" not in {button.key for button in app.button}
    again = given(visit, as_csv(known_rows()))
    assert intake(again).tried.new == 0
    assert intake(again).tried.same > 0


@pytest.mark.parametrize("place", range(len(HEADER)))
def test_an_identifier_refuses_the_file_by_its_place_and_is_never_shown(visit, place):
    rows = [list(row) for row in known_rows()]
    rows[40][place] = SECRET
    app = given(visit, as_csv(known_rows()))
    revision = kept().revision()
    app.get_by_key("contact_file").set_value(("x.csv", as_csv(rows), "text/csv")).run()
    app.button(key="try").click().run()
    assert not intake(app).tried.accepted
    text = said(app) + sent_to_maps(app)
    assert SECRET not in text
    assert re.search(r"<li>[^<]*42", text), "the row is named"
    assert kept().revision() == revision
    assert not {"import_contacts", "look"} & {button.key for button in app.button}


def test_a_file_that_does_not_say_that_it_is_invented_stays_out_of_an_invented_region(visit):
    app = given(visit, as_csv(known_rows()))
    before = len(contact_frame(kept(), COORDINATOR))
    app.checkbox(key="invented").uncheck().run()
    app.button(key="import_contacts").click().run()
    assert [error.value for error in app.error] == [ITALIAN.code("synthetic_mixed")]
    assert len(contact_frame(kept(), COORDINATOR)) == before


def test_records_without_a_zone_are_left_out_only_when_said(visit):
    place = on_road_far_from(load_network(settings().home), zones())
    app = given(visit, as_csv([*known_rows(), *at_places([place], TODAY)]))
    assert intake(app).tried.left_out == 16
    app.button(key="import_contacts").click().run()
    assert len(app.error) == 1
    app.checkbox(key="leave_out").check().run()
    app.button(key="import_contacts").click().run()
    assert intake(app).kept.records == len(known_rows())


def with_proposals(visit, rows):
    app = given(visit, as_csv(rows))
    app.button(key="look").click().run()
    assert not app.exception
    assert not app.error
    return app


def waiting():
    """The proposals that anyone who comes now finds, by number."""
    return {one.number: one.proposal for one in still_open(kept(), COORDINATOR)}


def choose(app, kind):
    """Turn to the first proposal of a kind; the key of its form."""
    number, one = next((n, one) for n, one in waiting().items() if one.kind is kind)
    app.selectbox(key="proposal").select(number).run()
    return "-".join((one.kind, *one.zones, *(part.code for part in one.stretches)))


def test_a_new_zone_is_accepted_and_its_records_find_it(visit):
    place = on_road_far_from(load_network(settings().home), zones())
    before = {zone.code for zone in zones()}
    app = with_proposals(visit, [*known_rows(), *at_places([place], TODAY)])
    key = choose(app, ProposalKind.NEW)
    assert "16 contatti in 16 notti" in said(app)
    app.text_input(key=f"hours-{key}").input("ven 22:00-01:00")
    app.selectbox(key=f"target-{key}").select(7)
    app.button(key=f"accept-{key}").click().run()
    assert not app.exception
    assert not app.error
    (zone,) = [zone for zone in zones() if zone.code not in before]
    assert extent(zone.geometry) >= 500
    assert (zone.revisit_days, zone.windows[0].opens, zone.synthetic) == (7, "22:00", True)
    assert ProposalKind.NEW not in {one.kind for one in waiting().values()}
    app.button(key="try").click().run()
    assert intake(app).tried.left_out == 0


def test_hours_that_cannot_be_read_begin_no_zone(visit):
    place = on_road_far_from(load_network(settings().home), zones())
    before = zones()
    app = with_proposals(visit, at_places([place], TODAY))
    key = choose(app, ProposalKind.NEW)
    app.text_input(key=f"hours-{key}").input("tardi")
    app.button(key=f"accept-{key}").click().run()
    assert len(app.error) == 1
    assert zones() == before
    assert waiting()


def test_a_proposal_set_aside_changes_nothing(visit):
    place = on_road_far_from(load_network(settings().home), zones())
    app = with_proposals(visit, at_places([place], TODAY))
    before, count = zones(), len(waiting())
    app.button(key=f"aside-{choose(app, ProposalKind.NEW)}").click().run()
    assert not app.error
    assert len(waiting()) == count - 1
    assert zones() == before
    assert ITALIAN.word(decisions(kept(), COORDINATOR)[0].state) in said(app)


def test_proposals_are_there_for_who_comes_tomorrow_without_the_file(visit, clock):
    place = on_road_far_from(load_network(settings().home), zones())
    with_proposals(visit, at_places([place], TODAY))
    before = {zone.code for zone in zones()}
    clock.moment = EVENING + timedelta(days=1)
    app = visit(COORDINATOR, "dati")
    assert intake(app).findings is None
    assert "16 contatti in 16 notti" in said(app)
    app.button(key=f"accept-{choose(app, ProposalKind.NEW)}").click().run()
    assert not app.exception
    assert not app.error
    assert len({zone.code for zone in zones()} - before) == 1


def test_a_silent_zone_is_archived_when_accepted(visit):
    zone = zones()[0]
    nights = [TODAY - timedelta(ago) for ago in range(1, 13)]
    rows = [
        (night, "22:10", zone.code, "", "", "contattata", 2, "22:00", "22:30")
        for night in nights[6:]
    ]
    kept().save_visits(COORDINATOR, [(zone.code, night) for night in nights])
    app = with_proposals(visit, rows)
    app.button(key="import_contacts").click().run()
    if not any(one.zones == (zone.code,) for one in waiting().values()):
        app.button(key="try").click().run()
        app.button(key="look").click().run()
    number = next(n for n, one in waiting().items() if one.zones == (zone.code,))
    app.selectbox(key="proposal").select(number).run()
    assert "Non è un successo" in said(app)
    app.button(key=f"accept-silent-{zone.code}").click().run()
    assert zone.code not in {one.code for one in zones()}


def test_the_map_shows_the_proposed_stretch_and_no_place_of_a_contact(visit):
    place = on_road_far_from(load_network(settings().home), zones())
    rows = at_places([place], TODAY)
    app = with_proposals(visit, rows)
    choose(app, ProposalKind.NEW)
    sent = sent_to_maps(app) + said(app)
    assert "proposta: " in sent
    for row in rows:
        assert row[3] not in sent
        assert row[4] not in sent


def test_the_session_holds_no_coordinate_after_looking(visit):
    place = on_road_far_from(load_network(settings().home), zones())
    app = with_proposals(visit, at_places([place], TODAY))
    held = [intake(app)]
    seen = set()
    while held:
        one = held.pop()
        if id(one) in seen or not hasattr(one, "__dict__"):
            continue
        seen.add(id(one))
        assert not isinstance(one, LocatedContacts)
        held += list(vars(one).values())


def test_leaving_the_role_leaves_the_findings(visit):
    place = on_road_far_from(load_network(settings().home), zones())
    app = with_proposals(visit, at_places([place], TODAY))
    app.session_state[session.KEY].sign_in(None)
    assert intake(app).findings is None
    assert intake(app).tried is None


def test_presence_is_estimated_after_an_import(visit):
    app = given(visit, as_csv(in_zones(zones(), TODAY)))
    app.button(key="import_contacts").click().run()
    assert len(effort_frame(kept(), COORDINATOR))
    before = kept().presence(COORDINATOR)
    app.button(key="estimate").click().run()
    assert not app.exception
    assert not app.error
    after = kept().presence(COORDINATOR)
    assert not after.equals(before)
    assert set(after["zone"]) == {zone.code for zone in zones()}
    assert (after["low"] < after["expected"]).all()
    assert ITALIAN.plural(
        "Estimated for {count} zone.", "Estimated for {count} zones.", len(zones())
    ) in said(app)


def test_without_any_hour_of_field_work_nothing_is_estimated(visit):
    forget_field_work(kept())
    before = kept().presence(COORDINATOR)
    app = visit(COORDINATOR, "dati")
    app.button(key="estimate").click().run()
    assert [error.value for error in app.error] == [
        ITALIAN.code("presence_no_effort", zones=len(zones()))
    ]
    assert kept().presence(COORDINATOR).equals(before)


def test_expired_records_become_totals_on_demand(visit, clock):
    clock.moment = EVENING + timedelta(days=200)
    app = visit(COORDINATOR, "dati")
    text = unescape(said(app))
    count = len(contact_frame(kept(), COORDINATOR))
    assert count
    expired = ITALIAN("Expired, to become totals")
    assert re.search(rf"{expired}</th><td>{ITALIAN.number(count, 0)}<", text)
    app.button(key="retention").click().run()
    assert not app.error
    assert re.search(rf"{expired}</th><td>0<", said(app))
    assert contact_frame(kept(), COORDINATOR).empty


def test_the_template_is_a_workbook_without_macros(visit):
    app = visit(COORDINATOR, "dati")
    book = template([zone.code for zone in zones()], ["PO1"], ITALIAN)
    with ZipFile(io.BytesIO(book)) as package:
        assert not [name for name in package.namelist() if "vba" in name.lower()]
    assert app.get("download_button")


def test_a_header_of_the_organisation_is_learnt_and_kept(visit):
    rows = as_csv(known_rows()).replace(b"persone", b"quante")
    app = given(visit, rows)
    assert not intake(app).tried.accepted
    app.get_by_key("map-header-arcobaleno").input("quante")
    app.get_by_key("map-target-arcobaleno").select("persons")
    app.get_by_key("map-add-column-arcobaleno").click().run()
    assert not app.error
    app.button(key="try").click().run()
    assert intake(app).tried.accepted
    assert "quante" in said(app)


def test_a_header_that_names_a_person_is_not_kept(visit):
    app = given(visit, as_csv(known_rows()))
    app.get_by_key("map-header-arcobaleno").input(SECRET)
    app.get_by_key("map-add-column-arcobaleno").click().run()
    assert len(app.error) == 1
    assert SECRET not in app.error[0].value


def test_located_contacts_of_the_file_are_what_is_looked_at(installed):
    place = on_road_far_from(load_network(settings().home), zones())
    file = ContactFile("x.csv", as_csv(at_places([place], TODAY)))
    assert len(contacts_located(kept(), COORDINATOR, file, "arcobaleno")) == 16


def test_zones_are_named_not_coded(visit):
    place = on_road_far_from(load_network(settings().home), zones())
    app = with_proposals(visit, at_places([place], TODAY))
    (new,) = [one for one in waiting().values() if one.kind is ProposalKind.NEW]
    assert zone_name(new.stretches[0].code) in said(app)


def test_the_nights_on_record_stand_by_unit_and_week(visit):
    found = kept_nights()
    page = said(visit(COORDINATOR, "dati"))
    assert "Notti registrate" in page
    for (_organisation, unit), nights in found.items():
        name = next(one.name for one in kept().units(COORDINATOR) if one.code == unit)
        row = re.search(rf'p-unit">{re.escape(name)}</th>(.*?)</tr>', page)[1]
        figures = [int(figure) for figure in re.findall(r">(\d+)</td>", row)]
        first = TODAY - timedelta(days=TODAY.weekday(), weeks=8)
        assert sum(figures) == sum(first <= night <= TODAY for night in nights)


def kept_nights():
    found = recorded(kept(), COORDINATOR)
    assert found
    return found
