"""Contact files into the store: all or nothing, twice is once, refused leaves nothing."""

import io
import logging
import tempfile
import traceback
from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook
from sqlalchemy import delete

from data.access import Action, Role, Viewer
from data.contact_columns import ContactMapping
from data.contact_import import (
    ContactFile,
    contact_frame,
    contacts_located,
    dry_run,
    effort_frame,
    import_contacts,
    mapping,
    organisations,
    save_mapping,
)
from data.contact_report import sentences
from data.contact_template import template
from data.demo import DemoRegion
from data.demo.conflicts import DemoConflicts
from data.models import ContactEntryRow, ContactRow
from data.settings import load
from data.store import Store
from data.texts import Texts
from geo.errors import InputError, MissingError, ProssimaError, RefusedError
from geo.sensitive import COLUMNS as SENSITIVE
from geo.zone_changes import ZoneChange
from tests.data.contact_samples import (
    FULL,
    IDENTIFIERS,
    ORGANISATION,
    Search,
    clean_file,
    csv_file,
    table,
    workbook,
)
from tests.data.samples import UNITS, ZONES

COORDINATOR = Viewer(Role.COORDINATOR)
NOW = datetime(2026, 11, 23, 17, tzinfo=UTC)
HEAD = "notte;ora;unita;zona;tipo;persone;arrivo;partenza"
FIRST = "2026-11-05;23:10;FI-1;048017-01;contattata;2;23:00;23:30"
SECOND = "2026-11-05;24:10;FI-1;048017-02;gruppo;5;24:00;24:20"
OTHERS = SECOND.replace("FI-1", "SI-1")
THIRD = "2026-11-06;22:10;SI-1;052015-01;osservata;1;22:00;22:20"
LON, LAT = ZONES[0].stopping_place()


def lines(*rows: str) -> ContactFile:
    return table("\n".join([HEAD, *rows]))


def open_store(home, database_url=None) -> Store:
    store = Store.open(load(home=home, database_url=database_url), clock=lambda: NOW)
    store.save_zones(COORDINATOR, ZONES)
    store.save_units(COORDINATOR, UNITS)
    return store


@pytest.fixture
def store(home, database_url):
    opened = open_store(home, database_url)
    yield opened
    opened.close()


@pytest.fixture
def plain(home):
    """On SQLite alone, where what is left in files can be searched."""
    opened = open_store(home)
    yield opened
    opened.close()


@pytest.fixture
def search(home, tmp_path, monkeypatch, caplog):
    """Looks into the home folder, the temporary folder and the logs."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv("SQLITE_TMPDIR", str(temporary))
    caplog.set_level(logging.DEBUG)
    return Search([home, temporary], caplog)


def take(store, *rows, **how):
    return import_contacts(store, COORDINATOR, lines(*rows), ORGANISATION, **how)


def code(call, *given, **named) -> str:
    with pytest.raises(ProssimaError) as refused:
        call(*given, **named)
    return refused.value.code


def test_what_is_imported_comes_back_as_it_was(store):
    for seed in range(6):
        file, rows = clean_file(seed)
        organisation = f"{ORGANISATION}-{seed}"
        report = import_contacts(store, COORDINATOR, file, organisation)
        assert (report.records, report.wrong) == (rows, 0)
        again = import_contacts(store, COORDINATOR, file, organisation)
        assert (again.new, again.replaced, again.same) == (0, 0, report.new)
        assert len(contact_frame(store, COORDINATOR)) == rows
        # The next file has the same outings, which are nobody else's then.
        with store.writing(COORDINATOR, Action.WRITE_CONTACTS) as session:
            for table in (ContactRow, ContactEntryRow):
                session.execute(delete(table))


def test_every_column_survives(store):
    file = csv_file([list(FULL), list(FULL.values())])
    import_contacts(store, COORDINATOR, file, ORGANISATION)
    (row,) = contact_frame(store, COORDINATOR).to_dict("records")
    assert {name for name, value in row.items() if value is True} == {
        "requests_ascolto", "requests_alloggio", "referrals_sportello",
    }  # fmt: skip
    assert (row["hour"], row["persons"], row["materials_bevanda"]) == (1, 2, 1)
    assert (row["organisation"], row["place_type"]) == (ORGANISATION, "viale")
    effort = effort_frame(store, COORDINATOR)
    assert effort["hours"].sum() == pytest.approx(1 / 3)


def test_a_dry_run_says_what_an_import_does_and_writes_nothing(store):
    revision = store.revision()
    file = lines(FIRST, SECOND, THIRD)
    dry = dry_run(store, COORDINATOR, file, ORGANISATION)
    assert store.revision() == revision
    assert contact_frame(store, COORDINATOR).empty
    assert import_contacts(store, COORDINATOR, file, ORGANISATION) == dry
    assert (dry.rows, dry.records, dry.persons, dry.zones, dry.new) == (3, 3, 8, 3, 2)
    assert (dry.first, dry.last, dry.known) == (date(2026, 11, 5), date(2026, 11, 6), False)
    for language in ("it", "en"):
        assert all(sentences(dry, Texts(language)))


def test_the_same_file_twice_adds_nothing(store):
    take(store, FIRST, SECOND, THIRD)
    kept = contact_frame(store, COORDINATOR), effort_frame(store, COORDINATOR)
    report = take(store, THIRD, SECOND, FIRST)
    assert (report.new, report.replaced, report.same, report.known) == (0, 0, 2, True)
    pd.testing.assert_frame_equal(contact_frame(store, COORDINATOR), kept[0])
    pd.testing.assert_frame_equal(effort_frame(store, COORDINATOR), kept[1])


def test_a_corrected_file_replaces_its_outings_and_no_other(store):
    take(store, FIRST, SECOND, THIRD)
    corrected = FIRST.replace(";2;", ";3;")
    report = take(store, corrected)
    assert (report.new, report.replaced, report.same) == (0, 1, 0)
    assert (report.before, report.after) == (2, 1)
    kept = contact_frame(store, COORDINATOR)
    assert kept["persons"].tolist() == [3, 1]
    assert store.last_visits(COORDINATOR) == {
        "048017-01": date(2026, 11, 5), "052015-01": date(2026, 11, 6),
    }  # fmt: skip


def test_a_visit_that_others_saw_too_stays_when_a_file_takes_it_back(store):
    take(store, FIRST, SECOND)
    import_contacts(store, COORDINATOR, lines(OTHERS), "altra")
    take(store, FIRST)
    assert "048017-02" in store.last_visits(COORDINATOR)


def test_equal_records_of_one_outing_all_count(store):
    take(store, FIRST, FIRST, FIRST)
    assert len(contact_frame(store, COORDINATOR)) == 3
    assert take(store, FIRST, FIRST).replaced == 1
    assert len(contact_frame(store, COORDINATOR)) == 2


def test_organisations_do_not_touch_each_other(store):
    take(store, FIRST)
    import_contacts(store, COORDINATOR, lines(OTHERS), "altra")
    kept = contact_frame(store, COORDINATOR)
    assert sorted(kept["organisation"]) == ["altra", ORGANISATION]
    assert organisations(store, COORDINATOR) == ("altra", ORGANISATION)


def test_an_outing_that_another_key_has_is_refused_for_it_would_count_twice(store):
    take(store, FIRST)
    before = contact_frame(store, COORDINATOR)
    file = lines(FIRST, SECOND)
    report = dry_run(store, COORDINATOR, file, "altra")
    assert not report.accepted
    assert report.refusals[0].code == "contact_outing_elsewhere"
    assert report.refusals[0].fields["organisation"] == ORGANISATION
    assert code(import_contacts, store, COORDINATOR, file, "altra") == "contact_outing_elsewhere"
    pd.testing.assert_frame_equal(contact_frame(store, COORDINATOR), before)
    # Another night of the same unit is another outing.
    later = FIRST.replace("2026-11-0", "2026-10-0", 1)
    assert later != FIRST
    assert import_contacts(store, COORDINATOR, lines(later), "altra").new == 1


def test_a_telephone_contact_of_no_zone_is_kept_and_is_no_visit(store):
    take(store, "2026-11-05;23:10;FI-1;;telefonico_indoor;1;;")
    assert contact_frame(store, COORDINATOR)["zone"].tolist() == [""]
    assert store.last_visits(COORDINATOR) == {}


def test_a_visit_that_met_nobody_counts_as_a_visit(store):
    take(store, "2026-11-05;;FI-1;048017-01;;;23:00;23:30")
    assert contact_frame(store, COORDINATOR).empty
    assert store.last_visits(COORDINATOR) == {"048017-01": date(2026, 11, 5)}
    assert take(store, "2026-11-05;;FI-1;048017-01;;;23:00;23:30").same == 1


def test_records_near_no_zone_are_taken_only_when_it_is_said(store):
    far = table(f"notte;lat;lon;tipo\n2026-11-05;{LAT};{LON};osservata\n"
                f"2026-11-05;{LAT + 0.05};{LON};osservata")  # fmt: skip
    report = dry_run(store, COORDINATOR, far, ORGANISATION)
    assert (report.records, report.left_out, report.unplaced) == (1, 1, (3,))
    assert code(import_contacts, store, COORDINATOR, far, ORGANISATION) == "contact_unplaced"
    assert contact_frame(store, COORDINATOR).empty
    taken = import_contacts(store, COORDINATOR, far, ORGANISATION, leave_out=True)
    assert taken == report
    assert len(contact_frame(store, COORDINATOR)) == 1
    located = contacts_located(store, COORDINATOR, far, ORGANISATION)
    np.testing.assert_allclose(located.lonlat, [[LON, LAT], [LON, LAT + 0.05]])


def test_a_zone_no_longer_in_use_can_be_named_but_not_found(store):
    store.change_zones(COORDINATOR, ZoneChange(archived=frozenset({ZONES[0].code})))
    assert take(store, FIRST).records == 1
    found = table(f"notte;lat;lon;tipo\n2026-11-05;{LAT};{LON};osservata")
    assert dry_run(store, COORDINATOR, found, "altra").left_out == 1


def test_what_is_invented_takes_everything_with_it(home):
    opened = Store.open(load(home=home), clock=lambda: NOW)
    opened.save_zones(COORDINATOR, [replace(zone, synthetic=True) for zone in ZONES])
    opened.save_units(COORDINATOR, [replace(unit, synthetic=True) for unit in UNITS])
    take(opened, FIRST, synthetic=True)
    save_mapping(opened, COORDINATOR, ORGANISATION, ContactMapping())
    presence = pd.DataFrame(columns=["zone", "weekday", "hour", "expected", "low", "high"])
    visits = pd.DataFrame(columns=["night", "zone"])
    contacts = pd.DataFrame(columns=["night", "zone", "kind", "count"])
    records = contact_frame(opened, COORDINATOR).iloc[:0].assign(unit="")
    effort = effort_frame(opened, COORDINATOR).iloc[:0].assign(unit="")
    quarrels = DemoConflicts((), (), pd.DataFrame(columns=[*SENSITIVE]), (), ())
    region = DemoRegion(
        NOW.date(), 1, (), (), (), presence, visits, contacts, records, effort, (), quarrels, (), ()
    )
    opened.fill(COORDINATOR, region)
    assert organisations(opened, COORDINATOR) == ()
    assert contact_frame(opened, COORDINATOR).empty
    opened.close()


def test_a_saved_mapping_reads_the_organisations_files(store):
    chosen = ContactMapping({"Quando": "night", "Dove": "zone", "Chi": "kind"})
    save_mapping(store, COORDINATOR, ORGANISATION, chosen)
    assert mapping(store, COORDINATOR, ORGANISATION) == chosen
    assert mapping(store, COORDINATOR, "altra") == ContactMapping()
    file = table("Quando;Dove;Chi\n2026-11-05;048017-01;osservata")
    assert import_contacts(store, COORDINATOR, file, ORGANISATION).records == 1
    assert not dry_run(store, COORDINATOR, file, "altra").accepted


@pytest.mark.parametrize("key", ["", "A", "Cooperativa Però", "3471234567", "x" * 50, "../x"])
def test_an_organisation_is_named_by_a_key(plain, key):
    assert code(import_contacts, plain, COORDINATOR, lines(FIRST), key) == "contact_organisation"


def test_invented_files_do_not_mix_with_real_records(plain):
    assert code(take, plain, FIRST, synthetic=True) == "synthetic_mixed"


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.MUNICIPALITY, Role.NETWORK])
def test_only_the_coordinator_imports(plain, role):
    viewer = Viewer(role, unit="FI-1", municipality="048017")
    calls = [
        (dry_run, lines(FIRST), ORGANISATION), (import_contacts, lines(FIRST), ORGANISATION),
        (contacts_located, lines(FIRST), ORGANISATION), (mapping, ORGANISATION),
        (save_mapping, ORGANISATION, ContactMapping()), (contact_frame,), (effort_frame,),
        (organisations,),
    ]  # fmt: skip
    for call, *given in calls:
        with pytest.raises(RefusedError):
            call(plain, viewer, *given)


def test_an_import_that_fails_half_way_keeps_nothing(plain, search, monkeypatch):
    take(plain, THIRD)
    revision = plain.revision()

    def fail(*_given):
        raise RuntimeError("the light went out")

    monkeypatch.setattr("data.contacts.add_visits", fail)
    with pytest.raises(RuntimeError):
        take(plain, FIRST, SECOND, THIRD.replace("osservata;1", "osservata;9"))
    assert plain.revision() == revision
    assert contact_frame(plain, COORDINATOR)["persons"].tolist() == [1]


# Nothing is left of what was refused


@pytest.mark.parametrize("kind", IDENTIFIERS)
def test_a_refused_file_leaves_nothing_behind(plain, search, capfd, kind):
    take(plain, THIRD)
    before = {path: path.stat().st_size for path in search.files()}
    for text in IDENTIFIERS[kind]:
        rows = [[*FULL], [*FULL.values()], [*({**FULL, "genere": text}).values()]]
        for file in (csv_file(rows), workbook(("foglio", rows)), csv_file([*rows[:2], rows[2]])):
            with pytest.raises(InputError) as wrong:
                import_contacts(plain, COORDINATOR, file, ORGANISATION)
            said = "".join(traceback.format_exception(wrong.value))
            said += "".join(sentences(dry_run(plain, COORDINATOR, file, ORGANISATION), Texts("it")))
            assert text not in said
        assert search.hits(text) == []
    assert {path: path.stat().st_size for path in search.files()} == before
    out, err = capfd.readouterr()
    assert not [text for text in IDENTIFIERS[kind] if text in out + err]


def test_a_mistake_of_the_program_says_no_value(plain, search, monkeypatch):
    def fail(*_given, **_named):
        raise ValueError("cannot read 'canarina'")

    monkeypatch.setattr("data.contact_reading.lonlat_of", fail)
    with pytest.raises(InputError) as wrong:
        take(plain, FIRST)
    assert wrong.value.code == "contact_mistake"
    assert "canarina" not in "".join(traceback.format_exception(wrong.value))
    assert "test_contact_import" in Texts("it").sentence(wrong.value)


def test_no_coordinate_is_ever_written(plain, search):
    rng = Random(3)
    spots = [(LAT + rng.uniform(-5e-4, 5e-4), LON + rng.uniform(-5e-4, 5e-4)) for _ in range(300)]
    rows = [["notte", "lat", "lon", "tipo"]]
    rows += [["2026-11-05", f"{lat:.6f}", f"{lon:.6f}", "osservata"] for lat, lon in spots]
    import_contacts(plain, COORDINATOR, csv_file(rows), ORGANISATION)
    contacts_located(plain, COORDINATOR, csv_file(rows), ORGANISATION)
    assert len(contact_frame(plain, COORDINATOR)) == 300
    texts = [f"{value:.{digits}f}" for spot in spots for value in spot for digits in (4, 5, 6)]
    assert search.hits(*texts) == []
    binary = [np.float64(value).tobytes() for spot in spots for value in spot]
    files = [path.read_bytes() for path in search.files()]
    assert not [each for each in binary if any(each in data for data in files)]


def test_one_telephone_number_in_two_hundred_thousand_rows(plain, search):
    good = FIRST.encode()
    bad = good.replace(b"contattata", b"+39 347 1234567")
    body = [good] * 200_000
    body[149_998] = bad
    file = ContactFile("contatti.csv", HEAD.encode() + b"\n" + b"\n".join(body))
    with pytest.raises(InputError) as wrong:
        import_contacts(plain, COORDINATOR, file, ORGANISATION)
    fields = wrong.value.fields
    assert (wrong.value.code, fields["row"], fields["others"]) == ("contact_identifier", 150_000, 0)
    assert (fields["column"], fields["kind"].name) == ("kind (E)", "PHONE")
    assert search.hits("347 1234567", "3471234567") == []
    assert contact_frame(plain, COORDINATOR).empty


# Files from disk, and the template


def test_a_file_is_opened_by_its_path(tmp_path):
    path = tmp_path / "contatti.csv"
    path.write_bytes(lines(FIRST).data)
    assert ContactFile.open(path).data == lines(FIRST).data
    assert FIRST not in repr(ContactFile.open(path))
    with pytest.raises(MissingError) as missing:
        ContactFile.open(tmp_path / "Maria.csv")
    assert "Maria" not in str(missing.value)


@pytest.mark.parametrize("language", ["it", "en"])
def test_the_template_can_be_filled_in_and_imported(store, language):
    zones, units = [zone.code for zone in ZONES], [unit.code for unit in UNITS]
    data = template(zones, units, Texts(language))
    empty = dry_run(store, COORDINATOR, ContactFile("a.xlsx", data), ORGANISATION)
    assert [error.code for error in empty.refusals] == ["file_empty"]
    book = load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    header = [cell.value for cell in sheet[1]]
    row = {"night": date(2026, 11, 5), "time": "25:30", "zone": "048017-01", "kind": "gruppo",
           "persons": 3, "unit": "FI-1", "requests/ascolto": "x",
           "materials/bevanda": 2}  # fmt: skip
    italian = {"night": "notte", "time": "ora", "zone": "zona", "kind": "tipo", "unit": "unita",
               "persons": "persone", "requests/ascolto": "richieste/ascolto",
               "materials/bevanda": "materiali/bevanda"}  # fmt: skip
    for name, value in row.items():
        title = italian[name] if language == "it" else name
        sheet.cell(2, header.index(title) + 1, value)
    target = io.BytesIO()
    book.save(target)
    file = ContactFile("a.xlsx", target.getvalue())
    assert import_contacts(store, COORDINATOR, file, ORGANISATION).records == 1
    (kept,) = contact_frame(store, COORDINATOR).to_dict("records")
    assert (kept["persons"], kept["materials_bevanda"], kept["hour"]) == (3, 2, 1)
    assert kept["requests_ascolto"] is True


def test_the_template_has_drop_downs_and_names_nobody():
    book = load_workbook(io.BytesIO(template(["048017-01"], ["FI-1"], Texts("it"))))
    sheet = book.worksheets[0]
    lists = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert len(lists) >= 9 + 23
    shown = {cell.value for row in book.worksheets[1].iter_rows() for cell in row}
    assert {"048017-01", "FI-1", "non_avvicinabile", "profilattici"} <= shown
    for sheet_rule in lists:
        first = sheet_rule.formula1.split("!")[0].strip("'\"")
        assert first in {"x", book.worksheets[1].title}
    assert book.properties.creator == "Prossima"
    assert not book.properties.lastModifiedBy
