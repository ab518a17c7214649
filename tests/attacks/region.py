"""An invented region's field work over many months, as records, from a seed."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from data.districts import districts
from geo.contacts import ANY_OF, COLUMNS, Material, validate_contacts
from geo.month_facts import facts_of
from geo.municipalities import municipalities
from geo.privacy import publish_month
from geo.release_rules import Rules

ZONES = 300
OUTINGS = 8
"""Nights a month on which crews go out in a province."""

GENDERS, GENDER = ("donna", "uomo", "trans", "nr"), (0.72, 0.05, 0.2, 0.03)
AREAS = ("africa_occ", "africa_altra", "est_ue", "est_non_ue", "america_latina", "asia", "italia",
         "altro", "nr")  # fmt: skip
AREA = (0.3, 0.02, 0.28, 0.12, 0.16, 0.03, 0.03, 0.01, 0.05)
AGES, AGE = ("18_25", "26_35", "36_50", "oltre_50", "nr"), (0.3, 0.4, 0.18, 0.03, 0.09)
KINDS, KIND = ("contattata", "osservata", "non_avvicinabile"), (0.7, 0.2, 0.1)


def months(count):
    """First days of so many months up to December 2025."""
    return [date(2025 - ago // 12, 12 - ago % 12, 1) for ago in reversed(range(count))]


def records(wanted, rng: np.random.Generator):
    """Contact records (a person each) of some months, all of one region.

    Zones lie where people live, several to a town, and stay; each is seen on some of its
    province's nights.
    """
    frame = municipalities()
    share = frame["population"].to_numpy() ** 0.8
    towns = rng.choice(len(frame), 90, replace=False, p=share / share.sum())
    chosen = np.sort(rng.choice(towns, ZONES, p=share[towns] / share[towns].sum()))
    codes = frame["istat"].to_numpy()[chosen]
    number = pd.Series(codes).groupby(codes).cumcount() + 1
    zones = np.array([f"{code}-{n:02d}" for code, n in zip(codes, number, strict=True)])
    level = rng.lognormal(np.log(3.0), 0.5, ZONES)
    provinces = np.array([code[:3] for code in codes])
    nights, where = [], []
    for month in wanted:
        out = {p: rng.choice(28, OUTINGS, replace=False) for p in sorted(set(provinces))}
        for zone in range(ZONES):
            seen = out[provinces[zone]][rng.random(OUTINGS) < 0.45]
            for night in seen:
                met = rng.poisson(level[zone])
                nights += [month + timedelta(int(night))] * met
                where += [zones[zone]] * met
    size = len(nights)
    rows = pd.DataFrame(0, index=range(size), columns=[*COLUMNS])
    rows = rows.assign(night=pd.to_datetime(nights), hour=22, zone=where, organisation="prova")
    rows = rows.assign(outing="contatto", place_type=None, persons=1)
    for name, values, chance in (
        ("kind", KINDS, KIND), ("gender", GENDERS, GENDER), ("macro_area", AREAS, AREA),
        ("age_class", AGES, AGE), ("known", ("nuovo", "gia_noto"), (0.15, 0.85)),
    ):  # fmt: skip
        rows[name] = rng.choice(values, size, p=chance)
    for code in Material:
        rows[f"materials_{code}"] = rng.poisson(1.0, size)
    for field, often in (("requests", 0.05), ("referrals", 0.03), ("signals", 0.03)):
        for code in ANY_OF[field]:
            rows[f"{field}_{code}"] = rng.random(size) < often
    return validate_contacts(rows)


def facts(contacts):
    """Facts by month, a zone's night being an outing of its province."""
    visits = contacts[["night", "zone"]].drop_duplicates()
    outing = visits["night"].dt.strftime("%Y%m%d") + visits["zone"].str[:3]
    return facts_of(contacts, visits.assign(outing=outing))


def released(found, rules=Rules()):  # noqa: B008
    """The releases of facts by month."""
    table = districts()
    return [
        publish_month(
            month, found[month], table.of, rules, fingerprint=table.fingerprint, synthetic=True
        )
        for month in sorted(found)
    ]
