"""What is taken of a contact file and what is refused, without a database."""

import pickle
import traceback

import numpy as np
import pandas as pd
import pytest

from data.contact_columns import NAMES, ContactMapping, Metadata, resolve
from data.texts import Texts
from geo.contacts import LocatedContacts
from geo.errors import InputError
from tests.data.contact_samples import (
    FULL,
    IDENTIFIERS,
    clean_file,
    codes,
    csv_file,
    known,
    read,
    table,
    workbook,
)
from tests.data.samples import ZONES

HEAD = "notte;ora;zona;tipo;persone"
GOOD = "2026-11-05;23:10;048017-01;contattata;2"
LON, LAT = ZONES[0].stopping_place()


def refused(text, **changes):
    return read(table(text), **changes)


def test_a_full_row_is_read():
    reading = read(csv_file([list(FULL), list(FULL.values())]))
    assert codes(reading) == []
    (row,) = reading.contacts.to_dict("records")
    assert (row["night"], row["hour"]) == (pd.Timestamp("2026-11-05"), 1)
    chosen = {name for name, value in row.items() if value is True}
    assert chosen == {"requests_ascolto", "requests_alloggio", "referrals_sportello"}
    assert (row["materials_profilattici"], row["materials_bevanda"]) == (4, 1)
    assert (row["zone"], row["kind"], row["age_class"]) == ("048017-01", "contattata", "18_25")
    assert reading.unit.tolist() == ["FI-1"]
    assert reading.effort["hours"].sum() == pytest.approx(1 / 3)


@pytest.mark.parametrize("seed", range(200))
def test_no_clean_file_is_refused(seed):
    file, rows = clean_file(seed)
    reading = read(file)
    assert codes(reading) == []
    assert len(reading.contacts) == rows


@pytest.mark.parametrize("kind", IDENTIFIERS)
def test_every_identifier_in_every_column_refuses_the_file(kind):
    for text in IDENTIFIERS[kind]:
        for column in FULL:
            rows = [list(FULL.values())] * 3
            rows[1] = list({**FULL, column: text}.values())
            reading = read(csv_file([list(FULL), *rows]))
            assert reading.refusals.count, (kind, column)
            assert {error.fields["row"] for error in reading.refusals.first} == {3}
            assert len(reading.contacts) == 0
            said = "".join(Texts("it").sentence(error) for error in reading.refusals.first)
            assert text not in said
            assert text not in repr(reading)


@pytest.mark.parametrize("kind", IDENTIFIERS)
def test_every_identifier_as_a_header_refuses_the_file(kind):
    for text in IDENTIFIERS[kind]:
        reading = read(csv_file([[*HEAD.split(";"), text], [*GOOD.split(";"), ""]]))
        assert codes(reading) == ["contact_column"]
        assert reading.refusals.first[0].fields["column"] == "F"
        assert text not in Texts("en").sentence(reading.refusals.first[0])


@pytest.mark.parametrize("header", ["nome", "Telefono", "note", "targa", "meteo", "documento", ""])
def test_an_unknown_column_refuses_the_file_whatever_it_holds(header):
    reading = read(csv_file([[*HEAD.split(";"), header], [*GOOD.split(";"), "x"]]))
    assert codes(reading) == ["contact_column"]


def test_what_is_wrong_is_all_said_at_once():
    rows = ["2026-11-05;37:10;048017-01;contattata;2", "2026-11-05;23:10;048017-01;amica;900"]
    reading = refused("\n".join([HEAD, *rows]))
    assert [(e.code, e.fields["row"]) for e in reading.refusals.first] == [
        ("cell_unreadable", 2), ("contact_identifier", 3), ("cell_unreadable", 3),
    ]  # fmt: skip
    many = refused("\n".join([HEAD, *["x;x;x;x;x"] * 500]))
    assert many.refusals.count == 2500
    assert len(many.refusals.first) == 20


# Nights and hours


@pytest.mark.parametrize(
    ("header", "cells", "night", "hour"),
    [
        ("notte;ora", "2026-11-05;25:30", "2026-11-05", 1),
        ("notte;ora", "2026-11-05;01:30", "2026-11-05", 1),
        ("notte;ora", "2026-11-05;", "2026-11-05", None),
        ("notte;ora", "23/09/2026;21.15", "2026-09-23", 21),
        ("notte;ora", "09/23/2026;21:15:00", "2026-09-23", 21),
        ("notte;ora", "05.05.2026;21:15", "2026-05-05", 21),
        ("data;ora", "2026-11-06;01:30", "2026-11-05", 1),
        ("data;ora", "2026-11-05;25:30", "2026-11-05", 1),
        ("data;ora", "2026-11-05;22:30", "2026-11-05", 22),
        ("momento", "2026-11-06T01:30:00.000+01:00", "2026-11-05", 1),
        ("momento", "2026-11-06T00:30:00Z", "2026-11-05", 1),
        ("momento", "2026-11-06 01:30", "2026-11-05", 1),
        ("notte;ora", "2026-10-24;02:30", "2026-10-24", 2),
        ("notte;ora", "2026-03-28;03:30", "2026-03-28", 3),
    ],
)
def test_nights_and_hours_are_read(header, cells, night, hour):
    reading = refused(f"{header};zona;tipo\n{cells};048017-01;osservata")
    assert codes(reading) == []
    (row,) = reading.contacts.to_dict("records")
    assert row["night"] == pd.Timestamp(night)
    assert (None if pd.isna(row["hour"]) else row["hour"]) == hour


@pytest.mark.parametrize(
    ("header", "cells", "code"),
    [
        ("notte;ora", "03/05/2026;21:30", "date_ambiguous"),
        ("notte;ora", "03/05/26;21:30", "contact_identifier"),
        ("notte;ora", "2026-02-30;21:30", "contact_identifier"),
        ("notte;ora", "2026-11-24;21:30", "contact_night"),
        ("notte;ora", "1998-03-12;21:30", "contact_night"),
        ("notte;ora", "2026-11-05;36:00", "cell_unreadable"),
        ("notte;ora", "2026-11-05;21:75", "cell_unreadable"),
        ("notte;ora", "2026-03-28;02:30", "contact_clock"),
        ("notte;ora", "2026-03-28;26:30", "contact_clock"),
        ("data;ora", "2026-03-29;02:30", "contact_clock"),
        ("momento", "2026-03-29T02:30:00", "contact_clock"),
        ("data;ora", "2026-11-05;", "cell_unreadable"),
        ("momento", "2026-11-05", "contact_identifier"),
    ],
)
def test_nights_and_hours_that_cannot_be_meant_are_refused(header, cells, code):
    reading = refused(f"{header};zona;tipo\n{cells};048017-01;osservata")
    assert codes(reading) == [code]


def test_the_file_or_the_mapping_says_which_part_of_a_date_is_the_day():
    body = "zona;tipo\n03/05/2026;048017-01;osservata\n{};048017-01;osservata"
    text = f"notte;{body}"
    for other, expected in (("23/05/2026", "2026-05-03"), ("05/23/2026", "2026-03-05")):
        reading = refused(text.format(other))
        assert codes(reading) == []
        assert reading.contacts["night"][0] == pd.Timestamp(expected)
    both = refused(text.format("23/05/2026") + "\n05/23/2026;048017-01;osservata")
    assert "dates_contradict" in codes(both)
    mapping = ContactMapping(day_first=True)
    assert codes(refused(text.format("04/06/2026"), mapping=mapping)) == []


# Persons, codes, visits


@pytest.mark.parametrize(
    ("kind", "persons", "expected"),
    [("contattata", "", 1), ("gruppo", "7", 7), ("osservata", "100", 100), ("osservata", "3.0", 3)],
)
def test_persons_are_counted(kind, persons, expected):
    reading = refused(f"{HEAD}\n2026-11-05;22:00;048017-01;{kind};{persons}")
    assert reading.contacts["persons"].tolist() == [expected]


@pytest.mark.parametrize(
    ("kind", "persons"),
    [("gruppo", ""), ("gruppo", "0"), ("contattata", "-2"), ("contattata", "10000"),
     ("contattata", "2,5"), ("contattata", "1e1"), ("", "2"), ("", "")],
)  # fmt: skip
def test_groups_that_cannot_be_are_refused(kind, persons):
    reading = refused(f"{HEAD}\n2026-11-05;22:00;048017-01;{kind};{persons}")
    assert codes(reading)
    assert set(codes(reading)) <= {"cell_unreadable", "contact_identifier"}


def test_a_visit_that_met_nobody_is_effort_without_a_record():
    reading = refused(f"{HEAD};arrivo;partenza\n2026-11-05;;048017-01;;;23:50;24:20")
    assert codes(reading) == []
    assert len(reading.contacts) == 0
    assert reading.effort["hours"].round(3).tolist() == [0.167, 0.333]
    assert reading.visits["zone"].tolist() == ["048017-01"]


@pytest.mark.parametrize("stay", ["23:00;22:00", "23:00;23:00", "23:00;", ";23:00"])
def test_a_visit_that_does_not_last_is_refused(stay):
    reading = refused(f"{HEAD};arrivo;partenza\n{GOOD};{stay}")
    assert codes(reading) == ["contact_visit"]


def test_the_same_visit_in_many_rows_is_one_effort():
    text = "\n".join([f"{HEAD};arrivo;partenza", *[f"{GOOD};23:00;23:30"] * 4])
    assert refused(text).effort["hours"].tolist() == [0.5]


# Places


def place(lat, lon, **changes):
    text = f"notte;lat;lon;tipo\n2026-11-05;{lat};{lon};contattata"
    return refused(text, **changes)


def test_a_coordinate_finds_the_zone_and_stays_in_memory():
    reading = place(str(LAT).replace(".", ","), LON)
    assert reading.contacts["zone"].tolist() == ["048017-01"]
    assert isinstance(reading.located(), LocatedContacts)
    assert not {"lat", "lon", "latitude", "longitude"} & set(reading.contacts.columns)
    for thing in (reading, reading.located()):
        with pytest.raises(TypeError):
            pickle.dumps(thing)
        assert str(LAT) not in repr(thing)


def test_a_place_near_no_zone_has_none_and_is_told_apart():
    reading = place(LAT + 0.05, LON)
    assert codes(reading) == []
    assert reading.unplaced.tolist() == [True]
    assert len(reading.located()) == 1


@pytest.mark.parametrize(
    ("lat", "lon", "code"),
    [
        (42.35, 10.9, "contact_far_zone"),
        (45.46, 9.19, "contact_far"),
        (LON, LAT, "contact_place_swapped"),
        (LAT, "", "contact_half_place"),
        ("", "", "contact_nowhere"),
        ("abc", LON, "contact_identifier"),
    ],
)
def test_a_place_that_cannot_be_meant_is_refused(lat, lon, code):
    assert codes(place(lat, lon)) == [code]


def test_without_any_zone_every_place_is_new():
    reading = place(LAT, LON, zones=())
    assert reading.unplaced.all()


def test_a_named_zone_wins_over_the_coordinate_and_must_be_known():
    text = f"notte;zona;posizione;tipo\n2026-11-05;048017-02;{LAT} {LON} 0 4;osservata"
    assert refused(text).contacts["zone"].tolist() == ["048017-02"]
    assert codes(refused(text.replace("048017-02", "048017-77"))) == ["cell_unreadable"]


def test_only_telephone_contacts_may_be_nowhere():
    text = "notte;zona;tipo\n2026-11-05;;{}"
    assert codes(refused(text.format("telefonico_indoor"))) == []
    assert codes(refused(text.format("osservata"))) == ["contact_nowhere"]


# Columns, mappings, exports


@pytest.mark.parametrize("missing", ["notte", "tipo", "zona"])
def test_a_column_that_is_needed(missing):
    names = [name for name in ("notte", "zona", "tipo") if name != missing]
    cells = {"notte": "2026-11-05", "zona": "048017-01", "tipo": "osservata"}
    reading = read(csv_file([names, [cells[name] for name in names]]))
    assert codes(reading) == ["contact_column_missing"]


def test_a_column_given_twice():
    assert codes(refused(f"{HEAD};zone\n{GOOD};048017-01")) == ["contact_column_twice"]
    assert "contact_column_twice" in codes(refused(f"{HEAD};date\n{GOOD};2026-11-05"))


def test_a_mapping_says_what_columns_and_words_mean():
    mapping = ContactMapping(
        {"Quando": "night", "Chi": "kind", "Dove": "zone", "Salute": "requests/salute_ist"},
        {"kind": {"parlato con": "contattata"}},
    )
    text = "Quando;Dove;Chi;Salute\n2026-11-05;048017-01;Parlato con;sì"
    reading = refused(text, mapping=mapping)
    assert reading.contacts["kind"].tolist() == ["contattata"]
    assert reading.contacts["requests_salute_ist"].tolist() == [True]
    assert ContactMapping.from_dict(mapping.to_dict()) == mapping
    assert codes(refused(text)) != []


@pytest.mark.parametrize(
    "document",
    [
        {"columns": {"Chi": "nome"}, "codes": {}},
        {"columns": {"347 1234567": "kind"}, "codes": {}},
        {"columns": {}, "codes": {"kind": {"blessing@example.org": "gruppo"}}},
        {"columns": {}, "codes": {"kind": {"amica": "amica"}}},
        {"columns": {}, "codes": {"persons": {"due": "2"}}},
        {"columns": {}, "codes": {}, "day_first": "yes"},
        {"columns": []},
        {},
    ],
)
def test_a_mapping_that_says_nothing_we_know_is_refused(document):
    with pytest.raises(InputError) as wrong:
        ContactMapping.from_dict(document)
    assert wrong.value.code == "mapping_wrong"


def test_no_header_is_known_for_two_columns():
    seen = [name for names in NAMES.values() for name in names]
    assert len(seen) == len(set(seen))
    assert not set(seen) & set(NAMES)


EXPORT = ["start", "end", "visita/notte", "visita/zona", "visita/tipo", "visita/richieste",
          "visita/richieste/salute_ist", "visita/richieste/alloggio", "_id", "_uuid",
          "_submission_time", "_validation_status", "_notes", "_status", "_submitted_by",
          "__version__", "_tags", "_index"]  # fmt: skip
ANSWER = ["2026-11-05T22:00:00", "2026-11-05T22:01:00", "2026-11-05", "048017-01", "gruppo",
          "alloggio", "0", "1", "71", "5b2c", "2026-11-06T09:00:00", "", "", "submitted_via_web",
          "rete_uds", "v7", "", "1"]  # fmt: skip


def test_an_export_of_kobotoolbox_is_read_and_its_metadata_dropped():
    header, answer = [*EXPORT, "visita/persone"], [*ANSWER, "4"]
    reading = read(csv_file([header, answer]))
    assert codes(reading) == []
    (row,) = reading.contacts.to_dict("records")
    assert row["requests_alloggio"] is True
    assert row["requests_salute_ist"] is False


def test_metadata_without_an_export_is_an_unknown_column():
    assert resolve("_submitted_by", ContactMapping()) is Metadata.DROPPED
    reading = read(csv_file([[*HEAD.split(";"), "_submitted_by"], [*GOOD.split(";"), "x"]]))
    assert codes(reading) == ["contact_column"]


@pytest.mark.parametrize("column", ["_notes", "_tags", "_submission__notes"])
def test_remarks_in_the_metadata_refuse_the_file(column):
    header = [*HEAD.split(";"), "_uuid", column]
    with pytest.raises(InputError) as wrong:
        read(csv_file([header, [*GOOD.split(";"), "u", "chiamare Maria"]]))
    assert wrong.value.code == "contact_remarks"


def test_repeats_are_joined_to_their_visit():
    visits = [
        ["notte", "zona", "arrivo", "partenza", "_uuid", "_index"],
        ["2026-11-05", "048017-01", "22:00", "22:20", "a", 1],
        ["2026-11-05", "048017-02", "22:40", "23:00", "b", 2],
    ]
    persons = [
        ["persona_g/tipo", "persona_g/genere", "_index", "_parent_table_name", "_parent_index",
         "_submission__uuid", "_submission___version__"],
        ["contattata", "donna", 1, "modulo", 1, "a", "v"],
        ["contattata", "trans", 2, "modulo", 1, "a", "v"],
    ]  # fmt: skip
    reading = read(workbook(("modulo", visits), ("persone", persons)))
    assert codes(reading) == []
    assert reading.contacts["zone"].tolist() == ["048017-01", "048017-01"]
    assert reading.contacts["gender"].tolist() == ["donna", "trans"]
    assert set(reading.visits["zone"]) == {"048017-01", "048017-02"}
    assert reading.effort["hours"].sum() == pytest.approx(2 / 3)
    persons[2][1] = "Maria"
    wrong = read(workbook(("modulo", visits), ("persone", persons)))
    assert wrong.refusals.first[0].fields["column"] == "gender (2!B)"
    assert wrong.refusals.first[0].fields["row"] == 3
    persons[2][4] = 9
    with pytest.raises(InputError, match="contact_repeat"):
        read(workbook(("modulo", visits), ("persone", persons)))


def test_a_repeat_within_a_repeat_is_joined():
    outings = [["notte", "_uuid", "_index"], ["2026-11-05", "a", 1], ["2026-11-06", "b", 2]]
    stops = [["zona", "_index", "_parent_table_name", "_parent_index"],
             ["048017-01", 1, "uscite", 2], ["048017-02", 2, "uscite", 1]]  # fmt: skip
    persons = [["tipo", "_index", "_parent_table_name", "_parent_index"],
               ["gruppo", 1, "soste", 1], ["osservata", 2, "soste", 2]]  # fmt: skip
    persons[0].insert(1, "persone")
    persons[1].insert(1, 5)
    persons[2].insert(1, 1)
    reading = read(workbook(("uscite", outings), ("soste", stops), ("persone", persons)))
    assert codes(reading) == []
    rows = reading.contacts[["night", "zone", "persons"]].astype(str).to_numpy().tolist()
    assert rows == [["2026-11-06", "048017-01", "5"], ["2026-11-05", "048017-02", "1"]]


def test_a_sheet_that_belongs_to_nothing_refuses_the_file():
    good = [HEAD.split(";"), GOOD.split(";")]
    with pytest.raises(InputError, match="contact_sheet"):
        read(workbook(("dati", good), ("persone", [["nome"], ["Maria"]])))


def test_an_error_carries_nothing_of_what_could_not_be_read():
    reading = refused(f"{HEAD}\n2026-11-05;x;048017-01;canarina;canarone")
    for error in reading.refusals.first:
        assert error.__cause__ is None
        assert error.__context__ is None
        assert "canar" not in "".join(traceback.format_exception(error))


def test_positions_beside_rows_that_met_nobody_stay_with_their_rows():
    text = (
        "notte;zona;lat;lon;tipo;arrivo;partenza\n"
        "2026-11-05;048017-02;;;;22:00;22:10\n"
        f"2026-11-05;;{LAT};{LON};osservata;22:20;22:30"
    )
    reading = refused(text)
    assert codes(reading) == []
    np.testing.assert_allclose(reading.lonlat, [[LON, LAT]])
    assert reading.row.tolist() == [3]


def test_what_is_known_is_shown_to_nobody():
    assert "048017" not in repr(known())
