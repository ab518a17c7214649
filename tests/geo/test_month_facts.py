"""Facts of a month from records, by a case that can be counted by hand."""

from datetime import date

import pandas as pd

from geo.contacts import COLUMNS, validate_contacts
from geo.month_facts import Figure, facts_of

COLUMNS_OF_VISITS = ["night", "zone", "outing"]


def records(*rows):
    """Contact records from (night, zone, persons, other columns)."""
    made = []
    for night, zone, persons, other in rows:
        row = dict.fromkeys(COLUMNS, 0)
        row |= {"night": pd.Timestamp(night), "hour": 22, "zone": zone, "organisation": "prova"}
        row |= {"outing": "contatto", "kind": "contattata", "gender": "donna", "place_type": None}
        row |= {"macro_area": "nr", "age_class": "26_35", "known": "gia_noto", "persons": persons}
        made.append(row | other)
    return validate_contacts(pd.DataFrame(made, columns=[*COLUMNS]))


def test_a_month_counted_by_hand():
    contacts = records(
        ("2026-03-02", "050026-01", 4, {"known": "nuovo", "materials_bevanda": 6}),
        ("2026-03-02", "050026-02", 3, {"referrals_sportello": True, "referrals_serd": True}),
        ("2026-03-09", "050026-01", 5, {"kind": "osservata"}),
        ("2026-03-09", "050031-01", 2, {"gender": "trans"}),
        # Neither minors nor telephone contacts are charted; April is another month.
        ("2026-03-09", "050026-03", 1, {"age_class": "apparente_minore"}),
        ("2026-03-09", "", 1, {"kind": "telefonico_indoor"}),
        ("2026-04-01", "050026-01", 7, {}),
    )
    visits = pd.DataFrame(
        [
            (pd.Timestamp("2026-03-02"), "050026-01", 1),
            (pd.Timestamp("2026-03-02"), "050026-02", 1),
            (pd.Timestamp("2026-03-09"), "050026-01", 2),
            (pd.Timestamp("2026-03-09"), "050031-01", 3),
            (pd.Timestamp("2026-03-16"), "050032-01", 4),
        ],
        columns=COLUMNS_OF_VISITS,
    )
    found = facts_of(contacts, visits)
    march = found[date(2026, 3, 1)]
    assert set(found) == {date(2026, 3, 1), date(2026, 4, 1)}
    pisa = march["050026"]
    assert pisa.figures == {
        Figure.CONTACTS: 12,
        Figure.FIRST_CONTACTS: 4,
        Figure.OUTINGS: 2,
        Figure.MATERIALS: 6,
        Figure.REFERRALS: 3,
    }
    assert pisa.nights == {date(2026, 3, 2): 7, date(2026, 3, 9): 5}
    assert pisa.zones == {"050026-01": 9, "050026-02": 3}
    assert (pisa.most_on_a_night, pisa.top) == (7, 9)
    assert pisa.attributes["gender", "donna"] == 12
    assert pisa.attributes["referrals", "sportello"] == 3
    assert pisa.attributes["funnel", "met"] == 7
    assert pisa.attributes["materials", "bevanda"] == 6
    assert march["050031"].figures[Figure.CONTACTS] == 2
    # A crew was there and met nobody.
    assert march["050032"].figures[Figure.OUTINGS] == 1
    assert march["050032"].figures[Figure.CONTACTS] == 0


def test_nothing_gives_nothing():
    visits = pd.DataFrame([], columns=COLUMNS_OF_VISITS)
    assert facts_of(records(), visits) == {}
