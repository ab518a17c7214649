"""Facts of places and months, as Hypothesis draws them and as a seed makes them."""

from datetime import date, timedelta

import numpy as np
from hypothesis import strategies as st

from geo.month_facts import ATTRIBUTES, Figure, PlaceFacts

MONTH = date(2026, 3, 1)


def place(code, cells, firsts=0, referred=0, pieces=0, attributes=None):
    """Facts from persons met: `cells` holds a (night, zone, persons) for each visit."""
    nights, zones = {}, {}
    for night, zone, persons in cells:
        day = MONTH + timedelta(night)
        if persons:
            nights[day] = nights.get(day, 0) + persons
            name = f"{code}-{zone:02d}"
            zones[name] = zones.get(name, 0) + persons
    total = sum(nights.values())
    return PlaceFacts(
        figures={
            Figure.CONTACTS: total,
            Figure.FIRST_CONTACTS: min(firsts, total),
            Figure.OUTINGS: len({night for night, _zone, _persons in cells}),
            Figure.MATERIALS: pieces,
            Figure.REFERRALS: min(referred, total),
        },
        nights=nights,
        zones=zones,
        attributes=attributes or {},
    )


@st.composite
def places(draw, code="050001"):
    """Facts of one municipality."""
    visits = st.tuples(st.integers(0, 27), st.integers(1, 5), st.integers(0, 9))
    cells = draw(st.lists(visits, max_size=12))
    facts = place(code, cells, *(draw(st.integers(0, 40)) for _ in range(3)))
    total = facts.figures[Figure.CONTACTS]
    attributes = {}
    left = total
    for gender in ATTRIBUTES["gender"][:-1]:
        attributes["gender", gender] = draw(st.integers(0, left))
        left -= attributes["gender", gender]
    attributes["gender", ATTRIBUTES["gender"][-1]] = left
    return PlaceFacts(facts.figures, facts.nights, facts.zones, 0, attributes)


def region_facts(codes, rng: np.random.Generator, busy=0.25):
    """Facts of one month of a region: few municipalities with much, many with little."""
    found = {}
    for code in codes:
        if rng.random() > busy:
            continue
        level = rng.lognormal(1.2, 0.8)
        zones = rng.integers(1, 7)
        visits = [
            (night, zone, int(rng.poisson(level)))
            for night in rng.choice(28, rng.integers(1, 9), replace=False).tolist()
            for zone in rng.choice(zones, min(zones, 3), replace=False).tolist()
        ]
        total = sum(persons for *_where, persons in visits)
        found[code] = place(
            code,
            visits,
            int(rng.binomial(total, 0.2)),
            int(rng.binomial(total, 0.1)),
            int(rng.poisson(3 * total)),
        )
    return found
