"""What the rules of publishing ask of a place and month, exact: it never leaves the house.

Facts are of one municipality, of charted contacts (`geo.contacts`) alone. Those of several
together are `combined`: persons by night and by zone are added up, so that the largest
number met on one night and the largest zone are right for the whole. Of records that have
become totals only the largest night is still known: of several places together it then
counts as the largest of one, which is never too many.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np
import pandas as pd

from geo.contacts import (
    ANY_OF,
    CONTACTED,
    ONE_OF,
    OUTDOOR,
    AgeClass,
    Known,
    Material,
    charted,
)
from geo.handovers import Receiver


class Figure(StrEnum):
    """What is counted in a cell.

    `contacts`: persons met, each once a night; `first_contacts`: of them those not known
    before; `outings`: nights of a unit with a visit there; `materials`: pieces handed out;
    `referrals`: persons referred or accompanied somewhere.
    """

    CONTACTS = "contacts"
    FIRST_CONTACTS = "first_contacts"
    OUTINGS = "outings"
    MATERIALS = "materials"
    REFERRALS = "referrals"


ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "kind": tuple(sorted(OUTDOOR)),
    "gender": tuple(ONE_OF["gender"]),
    "macro_area": tuple(ONE_OF["macro_area"]),
    "age_class": tuple(code for code in AgeClass if code is not AgeClass.APPARENTE_MINORE),
    "requests": tuple(ANY_OF["requests"]),
    "referrals": tuple(ANY_OF["referrals"]),
    "materials": tuple(Material),
    "funnel": ("met", *Receiver),
}
"""Tables of the region and their codes: persons met, or pieces for `materials`.

`funnel`: persons talked to in the street, and handed over to a service by who received them
(`geo.handovers`): counts of one month side by side, nobody is followed.
"""

FUNNEL = "funnel"
"""The subject whose handovers are no part of contact records."""

PARTITIONS = frozenset({"kind", "gender", "macro_area", "age_class", "materials"})
"""Tables whose categories come to the whole figure; of others one person may have several."""

SPLIT = {"referrals": Figure.REFERRALS, "materials": Figure.MATERIALS}
"""Tables that split another figure of the cells than the contacts."""


@dataclass(frozen=True, repr=False)
class PlaceFacts:
    """One place and month. `figures`: exact counts; `nights`: persons met by night, `zones`:
    by zone; `most`: the largest night among records that have become totals;
    `attributes`: persons by subject and code of `ATTRIBUTES`; `whole`: whether these count
    every contact."""

    figures: Mapping[Figure, int]
    nights: Mapping[date, int] = field(default_factory=dict)
    zones: Mapping[str, int] = field(default_factory=dict)
    most: int = 0
    attributes: Mapping[tuple[str, str], int] = field(default_factory=dict)
    whole: bool = True

    @property
    def most_on_a_night(self) -> int:
        """The largest number of persons met on one night: so many different people."""
        return max((*self.nights.values(), self.most), default=self.most)

    @property
    def top(self) -> int:
        """Persons met in the zone where most were."""
        return max(self.zones.values(), default=0)


NOTHING = PlaceFacts(dict.fromkeys(Figure, 0))
"""The facts of a place where nobody was met."""


def combined(places: Iterable[PlaceFacts]) -> PlaceFacts:
    """The facts of several places, or of several parts of one, together."""
    found = list(places)
    if len(found) == 1:
        return found[0]
    return PlaceFacts(
        figures={figure: sum(one.figures[figure] for one in found) for figure in Figure},
        nights=_sums(one.nights for one in found),
        zones=_sums(one.zones for one in found),
        most=max((one.most for one in found), default=0),
        attributes=_sums(one.attributes for one in found),
        whole=all(one.whole for one in found),
    )


def _sums(tables):  # type: ignore[no-untyped-def]
    total: dict[object, int] = {}
    for table in tables:
        for key, count in table.items():
            total[key] = total.get(key, 0) + count
    return total


def facts_of(contacts: pd.DataFrame, visits: pd.DataFrame) -> dict[date, dict[str, PlaceFacts]]:
    """Facts by month (its first day) and municipality (ISTAT code).

    `contacts`: a contact frame (`geo.contacts`); records of no zone have no municipality
    and are left out. `visits`: columns `night`, `zone`, `outing` (any key of one unit's
    night), each zone that an outing was in, whomever it met.
    """
    rows = charted(contacts)
    rows = _keyed(rows[rows["zone"] != ""])
    keys = ["month", "municipality"]
    persons = rows["persons"].to_numpy(np.int64)
    referred = rows[[f"referrals_{code}" for code in ANY_OF["referrals"]]].to_numpy(bool).any(1)
    pieces = rows[[f"materials_{code}" for code in Material]].to_numpy(np.int64).sum(1)
    rows = rows.assign(
        contacts=persons,
        first_contacts=np.where(rows["known"] == Known.NUOVO, persons, 0),
        referrals=np.where(referred, persons, 0),
        materials=pieces,
    )
    went = _keyed(visits[visits["zone"] != ""]).drop_duplicates([*keys, "outing"])
    counted = ["contacts", "first_contacts", "materials", "referrals"]
    figures = rows.groupby(keys, sort=False)[counted].sum()
    outings = went.groupby(keys, sort=False).size().rename("outings")
    table = figures.join(outings, how="outer").fillna(0).astype(np.int64)
    nights = _by(rows, "night")
    zones = _by(rows, "zone")
    attributes = _attributes(rows)
    found: dict[date, dict[str, PlaceFacts]] = {}
    for (month, code), values in zip(table.index, table.to_dict("records"), strict=True):
        found.setdefault(month, {})[code] = PlaceFacts(
            figures={figure: values[figure] for figure in Figure},
            nights={night.date(): n for night, n in nights.get((month, code), {}).items()},
            zones=zones.get((month, code), {}),
            attributes=attributes.get((month, code), {}),
        )
    return found


def _keyed(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the first day of their month and the municipality of their zone."""
    which, nights = pd.factorize(rows["night"])
    firsts = np.array([pd.Timestamp(night).date().replace(day=1) for night in nights], object)
    months = firsts[which] if len(rows) else np.array([], object)
    return rows.assign(month=months, municipality=rows["zone"].str[:6])


def _by(rows: pd.DataFrame, name: str) -> dict[tuple[date, str], dict]:
    """Persons by one column, for each month and municipality."""
    sums = rows.groupby(["month", "municipality", name], sort=False)["contacts"].sum()
    found: dict[tuple[date, str], dict] = {}
    for (month, code, key), count in sums.items():
        found.setdefault((month, code), {})[key] = int(count)
    return found


def _attributes(rows: pd.DataFrame) -> dict[tuple[date, str], dict[tuple[str, str], int]]:
    """Persons (or pieces) by subject and code, for each month and municipality."""
    columns: dict[tuple[str, str], np.ndarray] = {
        (FUNNEL, "met"): rows["kind"].isin(CONTACTED).to_numpy()
    }
    for subject, codes in ATTRIBUTES.items():
        if subject in ONE_OF:
            columns |= {(subject, code): (rows[subject] == code).to_numpy() for code in codes}
        elif subject in ANY_OF:
            columns |= {(subject, c): rows[f"{subject}_{c}"].to_numpy(bool) for c in codes}
    persons = rows["contacts"].to_numpy()
    counts = {key: np.where(chosen, persons, 0) for key, chosen in columns.items()}
    for code in ATTRIBUTES["materials"]:
        counts["materials", code] = rows[f"materials_{code}"].to_numpy(np.int64)
    names = list(counts)
    table = pd.DataFrame(dict(enumerate(counts.values())), index=rows.index)
    table = table.groupby([rows["month"], rows["municipality"]], sort=False).sum()
    return {
        key: {names[i]: int(n) for i, n in enumerate(values) if n}
        for key, values in zip(table.index, table.to_numpy(), strict=True)
    }
