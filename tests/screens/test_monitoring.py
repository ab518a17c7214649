"""The monitoring's page on the demo region, whose stories are known."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import delete

from data.access import Action, Role, Viewer
from data.models import EffortMonthRow, EffortRow, VisitRow
from data.monitoring import monitored
from data.monitoring_report import internal_report, last_quarter
from data.monitoring_words import zone_names
from data.texts import Texts
from geo.emerging import Movement
from geo.night import Night
from screens import session
from screens.names import zone_name
from screens.session import network, store
from tests.screens.conftest import COORDINATOR, EVENING, forget_field_work, said

PAGE = "monitoraggio"


def test_the_page_tells_the_stories_of_the_invented_region(visit):
    app = visit(COORDINATOR, PAGE)
    assert not app.exception
    text = unescape(said(app))
    found = monitored(store(), COORDINATOR, network())
    names, moves = zone_names(found), {one.zone: one.movement for one in found.moves}
    kinds = set(moves.values())
    assert {Movement.EMERGING, Movement.DIMINISHING, Movement.SILENT, Movement.UNKNOWN} <= kinds
    moving = {z for z, kind in moves.items() if kind not in (Movement.STEADY, Movement.UNKNOWN)}
    for zone in moving:
        assert names[zone] in text
    for word in ("emergente", "in calo", "diventata silenziosa", "troppo poco sforzo per dirlo"):
        assert word in text
    assert "sconosciuto" in text
    charts = [element for element in app.main if element.type == "arrow_vega_lite_chart"]
    assert all("description" in chart.proto.spec for chart in charts)
    app.toggle(key="monitoring_all").set_value(True).run()
    text = unescape(said(app))
    assert all(name in text for name in names.values())
    # A month in which nobody looked is a question, never a nought.
    cells = re.findall(r'<span class="p-week[^"]*"[^>]*>([^<]*)</span>', text)
    assert cells.count("?") == (~found.cube.looked).sum() > 0
    app.button(key="monitoring_internal_make").click().run()
    assert not app.exception
    made = internal_report(store(), COORDINATOR, network(), last_quarter(store()), Texts("it"))
    assert made.startswith(b"%PDF")
    for kind in ("province", "municipality"):
        app.segmented_control(key="monitoring_by").set_value(kind).run()
        assert not app.exception
        assert not app.error
        assert app.selectbox(key=f"monitoring_area_{kind}").value in unescape(said(app))


def test_nothing_to_compare_is_said(visit):
    app = visit(COORDINATOR, "inizio")
    with store().writing(COORDINATOR, Action.WRITE_CONTACTS) as session:
        for table in (EffortMonthRow, EffortRow):
            session.execute(delete(table))
    forget_field_work(store())
    app = visit(COORDINATOR, PAGE)
    assert "nessuna ora di osservazione" in app.error[0].value


def test_a_plan_that_only_goes_where_crews_have_been_says_where_it_could_go(visit):
    app = visit(COORDINATOR, "stanotte")
    app.pills(key=f"units-{Night.of(EVENING)}").set_value(["LU1"])
    app.button(key="plan").click().run()
    assert not app.exception
    # As of a region whose zones are all well known: only the last visits make the difference.
    found = app.session_state[session.KEY].plan
    record = replace(found, document={**found.document, "thin": []})
    app.session_state[session.KEY].plan = record
    zones = {zone.code for zone in store().zones(COORDINATOR)}
    served = record.plan.served & zones
    (left, *_) = sorted(
        one["key"] for one in record.document["visits"] if one["key"] in zones - served
    )
    warning = "va solo dove le équipe sono già state di recente"
    with store().writing(COORDINATOR, Action.WRITE_ZONES) as kept:
        kept.execute(delete(VisitRow).where(VisitRow.zone.in_({left, *served})))
        for zone in served:
            kept.add(VisitRow(zone=zone, night=EVENING.date() - timedelta(10)))
    app.run()
    assert warning in unescape(said(app))
    assert zone_name(left) in said(app)
    with store().writing(COORDINATOR, Action.WRITE_ZONES) as kept:
        kept.execute(delete(VisitRow).where(VisitRow.zone.in_(served)))
    app.run()
    assert warning not in unescape(said(app))


@pytest.mark.parametrize("viewer", [Viewer(Role.NETWORK), Viewer(Role.MUNICIPALITY)])
def test_zones_are_for_coordinators_alone(visit, viewer):
    assert "Monitoraggio" not in said(visit(viewer, PAGE))
