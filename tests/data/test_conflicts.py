"""Reports, cases and their figures through the store; files taken whole or refused whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from data import conflicts, mediation
from data.access import Role, Viewer
from data.conflict_files import import_reports
from data.conflict_streets import streets_of
from data.demo import generate
from data.exports import plan_document
from data.mediation_letter import content, letter, place_title
from data.mediation_outings import call_off, crew_of, days, set_out, unit_with
from data.planning import night_inputs
from data.roads import load_network
from data.settings import load
from data.store import Store
from geo.conflicts import Band, Channel, ConflictReport, Reporter, Theme
from geo.errors import (
    ConflictError,
    InfeasibleError,
    InputError,
    MissingError,
    ProssimaError,
    RefusedError,
)
from geo.mediation import (
    CaseAction,
    CaseState,
    Harm,
    MediationAction,
    MediationCase,
    Outcome,
    Participant,
    acted,
    ended,
)
from geo.municipalities import municipalities
from geo.neighbourhoods import place_of
from geo.night import Night
from geo.ordinances import Ordinance
from routing.planner import plan_night
from routing.prepare import night_problem
from routing.problem import Kind
from routing.units import Role as CrewRole
from routing.units import mediation_outing
from tests.data.samples import UNITS, ZONES
from tests.nights import NIGHT, Clock

NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
TODAY = date(2026, 11, 20)
WHOLE = Viewer(Role.COORDINATOR)
TOWN = Viewer(Role.MUNICIPALITY, municipality="048021")
HEADER = "luogo;data;fascia;tema;intensita;canale;segnalante\n"


@pytest.fixture
def store(home):
    opened = Store.open(load(home=home), clock=lambda: NOW)
    opened.save_zones(WHOLE, ZONES)
    opened.save_units(WHOLE, UNITS)
    yield opened
    opened.close()


@pytest.fixture
def place(store) -> str:
    return place_of(conflicts.places(store, WHOLE), *ZONES[0].stopping_place())


def report(place: str, day: date = date(2026, 10, 5), **given) -> ConflictReport:
    one = ConflictReport(place, day, Band.NIGHT, Theme.LITTER, 3, Channel.PHONE, Reporter.RESIDENT)
    return replace(one, **given)


def test_a_municipality_reports_at_home_and_nowhere_else(store, place):
    conflicts.add_report(store, TOWN, report(place))
    assert list(conflicts.reports(store, WHOLE)["place"]) == [place]
    elsewhere = next(c for c in conflicts.places(store, WHOLE)["code"] if c[:6] == "050026")
    with pytest.raises(RefusedError, match="report_foreign"):
        conflicts.add_report(store, TOWN, report(elsewhere))
    with pytest.raises(RefusedError):
        conflicts.reports(store, TOWN)
    with pytest.raises(RefusedError):
        mediation.cases(store, TOWN)


def test_reports_of_tomorrow_and_of_nowhere_are_refused(store, place):
    with pytest.raises(InputError, match="report_ahead"):
        conflicts.add_report(store, WHOLE, report(place, date(2026, 11, 21)))
    with pytest.raises(InputError, match="report_place"):
        conflicts.add_report(store, WHOLE, report("048021-via-Roma"))


def test_a_file_is_kept_and_the_same_complaint_counts_once(store, place):
    line = f"{place};05/10/2026;notte;rumore;4;telefono;residente\n"
    read = import_reports(store, WHOLE, "x.csv", (HEADER + 50 * line).encode())
    assert (len(read.reports), read.episodes, read.folded) == (50, 1, 49)
    table = conflicts.monthly(store, WHOLE)
    assert table.to_dict("records") == [
        {
            "month": date(2026, 10, 1),
            "municipality": "048021",
            "place": place,
            "theme": "rumore",
            "count": 1,
        }
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("{};05/10/2026;notte;una donna bionda;4;telefono;residente", "report_cell"),
        ("{};05/10/2026;notte;rumore;9;telefono;residente", "report_cell"),
        ("{};05/10/2030;notte;rumore;4;telefono;residente", "report_future"),
        ("{};ieri;notte;rumore;4;telefono;residente", "report_day"),
        ("015146-Q1;05/10/2026;notte;rumore;4;telefono;residente", "report_outside"),
    ],
)
def test_a_file_with_anything_wrong_is_refused_whole(store, place, row, code):
    good = f"{place};05/10/2026;notte;rumore;4;telefono;residente\n"
    data = (HEADER + good + row.format(place) + "\n").encode()
    with pytest.raises(InputError) as refused:
        import_reports(store, WHOLE, "x.csv", data)
    assert refused.value.code == code
    assert refused.value.fields["row"] == 3
    assert "bionda" not in str(refused.value)
    assert conflicts.reports(store, WHOLE).empty


@pytest.mark.parametrize("column", ["note", "nome", "email", "telefono segnalante"])
def test_a_column_of_texts_or_persons_refuses_the_file(store, column):
    data = (HEADER.strip() + f";{column}\n").encode() + b"a;b;c;d;1;e;f;g\n"
    with pytest.raises(InputError, match="report_column"):
        import_reports(store, WHOLE, "x.csv", data)


def test_a_coordinate_is_coarsened_and_gone(store, place):
    lon, lat = ZONES[0].stopping_place()
    header = HEADER.replace("luogo", "lon;lat")
    data = f"{header}{lon};{lat};05/10/2026;notte;rumore;4;telefono;residente\n"
    import_reports(store, WHOLE, "x.csv", data.encode())
    assert list(conflicts.reports(store, WHOLE)["place"]) == [place]
    far = f"{header}9.19;45.46;05/10/2026;notte;rumore;4;telefono;residente\n"
    with pytest.raises(InputError, match="report_outside"):
        import_reports(store, WHOLE, "x.csv", far.encode())


def test_an_address_is_coarsened_and_kept_nowhere(store, place, caplog):
    network = load_network(store.settings().home)
    known = streets_of(conflicts.places(store, WHOLE), network).names("048017")
    street, code = next(iter(known.items()))
    header = HEADER.replace("luogo", "comune;indirizzo")
    row = "05/10/2026;notte;rumore;4;telefono;residente\n"
    data = f"{header}048017;{street} 12/b;{row}"
    with caplog.at_level("DEBUG"):
        read = import_reports(store, WHOLE, "x.csv", data.encode())
    assert read.coarsened == 1
    assert list(conflicts.reports(store, WHOLE)["place"]) == [code]
    store.close()
    kept = b"".join(path.read_bytes() for path in store.settings().home.glob("*.db*"))
    assert kept
    assert b"12/b" not in kept
    assert street.encode() not in kept
    assert street not in caplog.text


def test_a_street_that_is_not_known_is_refused_and_not_repeated(store):
    header = HEADER.replace("luogo", "comune;via")
    data = f"{header}048017;Via Mai Vista 3;05/10/2026;notte;rumore;4;telefono;residente\n"
    with pytest.raises(InputError) as refused:
        import_reports(store, WHOLE, "x.csv", data.encode())
    assert (refused.value.code, refused.value.fields) == ("report_street", {"row": 2})


def test_an_ordinance_makes_zones_discreet_and_crews_informed(store, place):
    order = Ordinance("O-1", "048021", (place,), "22:00", "06:00", date(2026, 11, 1))
    assert conflicts.save_ordinance(store, WHOLE, order) == ()
    again = replace(order, code="O-2", opens="23:00")
    assert conflicts.save_ordinance(store, WHOLE, again) == (("O-1", "O-2"),)
    inputs = night_inputs(store, WHOLE, Night(TODAY))
    code = ZONES[0].code
    assert inputs.ordinances[code] == ("22:00–06:00", "23:00–06:00")
    assert {z.code: z for z in inputs.zones}[code].discreet
    before = night_inputs(store, WHOLE, Night(date(2026, 10, 30)))
    assert before.ordinances == {}


def case(place: str) -> MediationCase:
    return MediationCase("C-1", place, (Theme.LITTER,), date(2026, 10, 1))


def test_a_case_is_changed_by_one_at_a_time_and_tells_its_outcome(store, place):
    mediation.add_case(store, WHOLE, case(place))
    kept = mediation.case(store, WHOLE, "C-1")
    heard = CaseAction(date(2026, 10, 5), MediationAction.LISTEN_RESIDENTS)
    newer = mediation.change(store, WHOLE, kept, lambda one: acted(one, heard, TODAY))
    with pytest.raises(ConflictError, match="case_changed"):
        mediation.change(store, WHOLE, kept, lambda one: acted(one, heard, TODAY))
    with pytest.raises(InputError, match="case_open"):
        letter(store, WHOLE, "C-1")
    mediation.change(
        store, WHOLE, newer, lambda one: ended(one, Outcome.DISPLACED, Harm.VIOLENCE, TODAY)
    )
    made = letter(store, WHOLE, "C-1")
    assert made.startswith(b"%PDF")
    assert mediation.monthly(store, WHOLE)["closed"].sum() == 1


def test_the_letter_names_nobody_in_the_street(place):
    talked = CaseAction(
        date(2026, 10, 6), MediationAction.TALK_PEOPLE, (Participant.PEOPLE, Participant.MEDIATOR)
    )
    table = CaseAction(
        date(2026, 10, 7), MediationAction.TABLE, (Participant.PEOPLE, Participant.COMMITTEE)
    )
    closed = replace(
        case(place), actions=(talked, table), state=CaseState.CLOSED,
        outcome=Outcome.PARTIAL, closed=TODAY,
    )  # fmt: skip
    done = content(closed, place_title("10", "Prato"), "800")["parts"][1]["items"]
    assert done == ["ottobre 2026: tavolo, con comitato"]
    assert place_title("10", "Prato") == "Prato"
    assert place_title("Galciana", "Prato") == "Prato, Galciana"


def test_a_visit_needs_a_mediator_on_shift(store, place):
    mediation.add_case(store, WHOLE, case(place))
    kept = mediation.case(store, WHOLE, "C-1")
    with pytest.raises(InfeasibleError, match="mediation_none"):
        mediation.plan_visit(store, WHOLE, kept, TODAY, opens="13:00", closes="14:00")
    promise = mediation.plan_visit(store, WHOLE, kept, TODAY, opens="10:00", closes="22:30")
    assert (promise.kind, promise.opens, promise.mediator) == (Kind.MEDIATION, "10:00", True)
    assert store.promises(WHOLE, Night(TODAY)) == (promise,)


def test_a_mediation_outing_by_day_makes_room_for_a_visit_of_the_morning(store, place):
    mediation.add_case(store, WHOLE, case(place))
    kept, tomorrow = mediation.case(store, WHOLE, "C-1"), TODAY + timedelta(days=1)
    with pytest.raises(InfeasibleError, match="mediation_none"):
        mediation.plan_visit(store, WHOLE, kept, tomorrow, opens="10:00", closes="12:00")
    unit = unit_with(store, WHOLE, UNITS[0].code, crew_of(1, 1, ["ro"]))
    day = mediation_outing(unit, Night(tomorrow), "10:00", "20:00")
    set_out(store, WHOLE, day)
    visit = mediation.plan_visit(store, WHOLE, kept, tomorrow, opens="10:00", closes="12:00")
    (found,) = days(store, WHOLE, Night(TODAY))
    assert (found.outings, found.visits) == ((day,), (visit,))
    assert day in night_inputs(store, WHOLE, Night(tomorrow)).outings
    past = mediation_outing(unit, Night(TODAY), "10:00", "12:00")
    with pytest.raises(InfeasibleError, match="outing_over"):
        set_out(store, WHOLE, past)
    with pytest.raises(MissingError, match="unit_unknown"):
        unit_with(store, WHOLE, "nobody", unit.crew)
    call_off(store, WHOLE, unit.code, tomorrow)
    assert days(store, WHOLE, Night(TODAY))[0].outings == ()
    with pytest.raises(MissingError, match="outing_missing"):
        call_off(store, WHOLE, unit.code, tomorrow)


def test_no_role_but_the_coordinator_changes_cases(store, place):
    for role in (Role.MUNICIPALITY, Role.OPERATOR, Role.NETWORK):
        with pytest.raises(ProssimaError):
            mediation.add_case(store, Viewer(role, municipality="048021"), case(place))


def test_the_planner_sends_the_mediator_and_says_when_none_is_on_shift(home):
    clock = Clock()
    opened = Store.open(load(home=home), clock)
    network = load_network(home)
    opened.fill(WHOLE, generate(network, municipalities(), NIGHT.date))
    kept = next(one for one in mediation.cases(opened, WHOLE) if one.case.closed is None)
    promise = mediation.plan_visit(opened, WHOLE, kept, NIGHT.date, opens="20:00", closes="23:59")
    inputs = night_inputs(opened, WHOLE, NIGHT)
    prepared = night_problem(inputs, network, now=clock())
    plan = plan_night(prepared.problem, iterations=100, seed=1)
    document = plan_document(prepared, plan, [], network)
    crews = {one.unit.code: one.unit.crew.roles for one in inputs.outings}
    (unit,) = (
        route["unit"]
        for route in document["routes"]
        if any(promise.key in str(stop) for stop in route["itinerary"]["stops"])
    )
    assert CrewRole.MEDIATOR in crews[unit]
    without = [unit for unit, roles in crews.items() if CrewRole.MEDIATOR not in roles]
    alone = night_inputs(opened, WHOLE, NIGHT, without)
    refused = night_problem(alone, network, now=clock())
    with pytest.raises(InfeasibleError):
        plan_night(refused.problem, iterations=100, seed=1)
    opened.close()
