"""The contact frame: closed codes, no identity, no coordinate, no apparent minor on a map."""

import pickle
from datetime import date

import numpy as np
import pandas as pd
import pytest

from geo.contacts import (
    ANY_OF,
    CHOICES,
    COLUMNS,
    ONE_OF,
    LocatedContacts,
    charted,
    located,
    validate_contacts,
)
from geo.errors import InputError
from tests.fieldwork import contact_frame

NIGHT = date(2026, 5, 3)
CANARY = "3331234567"


@pytest.fixture
def frame() -> pd.DataFrame:
    return contact_frame(
        [
            (NIGHT, "048017-01", 22, "contattata", 1),
            (NIGHT, "048017-01", None, "gruppo", 4),
            (NIGHT, "", 1, "telefonico_indoor", 1),
        ]
    )


def test_a_valid_frame_has_its_columns_and_types(frame):
    assert tuple(frame.columns) == COLUMNS
    assert frame["night"].dtype == "datetime64[s]"
    assert frame["hour"].dtype == "Int8"
    assert frame["hour"].isna().tolist() == [False, True, False]
    assert all(frame[name].dtype == "category" for name in ONE_OF)
    assert all(frame[name].dtype == bool for name in CHOICES)
    pd.testing.assert_frame_equal(validate_contacts(frame), frame)


def test_the_order_of_columns_and_the_index_do_not_matter(frame):
    turned = frame[list(COLUMNS)[::-1]].set_index(pd.Index([7, 8, 9]))
    pd.testing.assert_frame_equal(validate_contacts(turned), frame)


def test_an_empty_frame_is_valid(frame):
    assert len(validate_contacts(frame.iloc[:0])) == 0


@pytest.mark.parametrize("extra", ["lon", "lat", "name", "note", CANARY])
def test_no_other_column_is_let_in_and_its_heading_is_not_repeated(frame, extra):
    with pytest.raises(InputError) as caught:
        validate_contacts(frame.assign(**{extra: CANARY}))
    assert caught.value.code == "contact_columns"
    assert caught.value.fields == {"missing": [], "unknown": [len(COLUMNS) + 1]}
    assert CANARY not in str(caught.value)


def test_a_missing_or_repeated_column_is_refused(frame):
    with pytest.raises(InputError) as caught:
        validate_contacts(frame.drop(columns="persons"))
    assert caught.value.fields["missing"] == ["persons"]
    with pytest.raises(InputError, match="contact_columns"):
        validate_contacts(pd.concat([frame, frame[["zone"]]], axis=1))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("night", "2026-05-03T22:00"),
        ("night", "ieri"),
        ("night", None),
        ("hour", 24),
        ("hour", 21.5),
        ("zone", "Via Roma 3"),
        ("organisation", "Anna Rossi"),
        ("organisation", ""),
        ("kind", "amica"),
        ("kind", None),
        ("gender", "F"),
        ("macro_area", "Nigeria"),
        ("age_class", "17"),
        ("place_type", "bar"),
        ("persons", 0),
        ("persons", -2),
        ("persons", 10_000),
        ("persons", float("nan")),
        ("materials_bevanda", 1000),
        ("requests_alloggio", 2),
        ("signals_paura", "paura"),
    ],
)
def test_what_is_in_no_list_is_refused_by_row_and_column_and_never_repeated(frame, column, value):
    spoiled = frame.astype({column: object})
    spoiled.loc[1, column] = value
    with pytest.raises(InputError) as caught:
        validate_contacts(spoiled)
    assert caught.value.code == "contact_value"
    assert caught.value.fields == {"column": column, "row": 1}


@pytest.mark.parametrize("column", [name for name in COLUMNS if name != "place_type"])
def test_an_identifier_is_refused_in_every_column(frame, column):
    spoiled = frame.astype({column: object})
    spoiled.loc[0, column] = "+39 333 1234567"
    with pytest.raises(InputError) as caught:
        validate_contacts(spoiled)
    assert caught.value.fields == {"column": column, "row": 0}


def test_codes_are_those_of_the_field():
    assert {"osservata", "non_avvicinabile"} < set(ONE_OF["kind"])
    assert len({code for codes in ANY_OF.values() for code in codes}) == 9 + 8 + 6


def test_apparent_minors_and_indoor_contacts_are_never_charted(frame):
    frame.loc[0, "age_class"] = "apparente_minore"
    assert charted(frame)["kind"].tolist() == ["gruppo"]
    places = np.array([[11.25, 43.77], [11.26, 43.77], [11.27, 43.77]])
    assert located(frame, places).lonlat.tolist() == [[11.26, 43.77]]


def test_rows_without_a_place_are_not_located(frame):
    places = np.array([[11.25, 43.77], [np.nan, np.nan], [11.27, 43.77]])
    found = located(frame, places)
    assert len(found) == 1
    assert found.night[0] == np.datetime64("2026-05-03")


def test_located_contacts_are_neither_printed_nor_written(frame):
    found = located(frame, np.array([[11.2512345, 43.7712345]] * 3))
    assert repr(found) == "LocatedContacts(2)"
    assert "11.25" not in f"{found} {found!r}"
    with pytest.raises(TypeError):
        pickle.dumps(found)


def test_places_must_stand_beside_the_rows(frame):
    with pytest.raises(InputError, match="contact_coordinates"):
        located(frame, np.zeros((2, 2)))
    with pytest.raises(InputError, match="contact_coordinates"):
        LocatedContacts(np.zeros((2, 2)), np.zeros(3, "datetime64[D]"))
