"""Whole records of the invented outings: hours, code lists, materials, requests, effort.

The margins are of the size that services report (most persons are known already, condoms
and a talk are most of what is given); no figure is that of a real service. Apparent
minors are left out: what the program does when one is met is a call, not a record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.demo.fieldwork import KINDS
from geo.contacts import ANY_OF, COLUMNS, CONTACTED, Material, OutingKind, validate_contacts
from geo.effort import effort_of_visits
from geo.night import HOUR, Night
from geo.presence import by_hour
from geo.zones import Zone
from routing.units import Unit

MOVE = 600
"""Least seconds from one stop to the next."""

STEP = 900
"""Seconds between the moments at which a stop may begin."""

LARGEST_GROUP = 4

GENDERS = {"donna": 0.72, "trans": 0.20, "uomo": 0.06, "nr": 0.02}
AREAS = {
    "donna": {
        "est_ue": 0.37, "africa_occ": 0.26, "est_non_ue": 0.17, "america_latina": 0.07,
        "italia": 0.05, "asia": 0.02, "altro": 0.01, "nr": 0.05,
    },
    "trans": {"america_latina": 0.78, "italia": 0.12, "asia": 0.02, "altro": 0.02, "nr": 0.06},
    "uomo": {
        "est_ue": 0.40, "africa_altra": 0.27, "italia": 0.12, "america_latina": 0.08, "nr": 0.13,
    },
    "nr": {"nr": 1.0},
}  # fmt: skip
AGES = {"18_25": 0.29, "26_35": 0.40, "36_50": 0.22, "oltre_50": 0.05, "nr": 0.04}
KNOWN = {"gia_noto": 0.71, "nuovo": 0.24, "nr": 0.05}

ALIKE = 5.0
"""How alike the persons of a zone are: the mix of a zone is Dirichlet round the region's."""

PIECES = {
    Material.PROFILATTICI: (0.85, 12),
    Material.LUBRIFICANTE: (0.40, 4),
    Material.OPUSCOLO: (0.20, 1),
    Material.BEVANDA: (0.50, 1),
    Material.KIT_IGIENE: (0.10, 1),
    Material.BIGLIETTO_NV: (0.25, 1),
}
"""How often each is handed out, and at most how many pieces a person."""

ASKED = {
    "requests": {
        "salute_ist": 0.11, "gravidanza_ivg": 0.012, "documenti_legale": 0.05, "alloggio": 0.025,
        "uscita_sfruttamento": 0.008, "lavoro_lingua": 0.045, "sostanze": 0.012,
        "violenza": 0.015, "ascolto": 0.22,
    },
    "signals": {
        "controllo_terzi": 0.035, "debito": 0.012, "documenti_trattenuti": 0.004,
        "percosse": 0.006, "paura": 0.025, "turni_imposti": 0.012,
    },
}  # fmt: skip
"""Share of the persons contacted who ask, or of whom a crew writes it down."""

REFERRED = {
    "salute_ist": {"consultorio": 0.35, "medico": 0.15, "accompagnamento": 0.12},
    "gravidanza_ivg": {"consultorio": 0.75, "accompagnamento": 0.30},
    "documenti_legale": {"sportello": 0.50},
    "alloggio": {"servizi_sociali": 0.30, "sportello": 0.20},
    "uscita_sfruttamento": {"numero_verde": 0.70, "sportello": 0.20},
    "lavoro_lingua": {"sportello": 0.45},
    "sostanze": {"serd": 0.45},
    "violenza": {"numero_verde": 0.40, "pronto_soccorso": 0.15},
}
"""Where a request leads, and how often."""


def records_of(
    stops: pd.DataFrame,
    zones: Sequence[Zone],
    units: Sequence[Unit],
    presence: pd.DataFrame,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The contact frame and the effort frame of stops (`data.demo.fieldwork`), each with the
    column `unit`; both valid as `geo.contacts` and `geo.effort` ask for it."""
    known = {zone.code: zone for zone in zones}
    timed = _timed(stops.reset_index(drop=True), known, presence, rng)
    effort = [
        effort_of_visits(each.rename(columns={"begins": "opens", "ends": "closes"})).assign(
            unit=unit
        )
        for unit, each in timed[["unit", "night", "zone", "begins", "ends"]].groupby("unit")
    ]
    met = _met(timed, rng)
    frame = pd.concat([met, _described(met, rng)], axis=1)
    frame["place_type"] = [known[code].place_type.value for code in frame["zone"]]
    frame["organisation"] = frame["unit"].map({unit.code: organisation(unit) for unit in units})
    contacts = validate_contacts(frame[list(COLUMNS)]).assign(unit=frame["unit"].to_numpy())
    return contacts, pd.concat(effort, ignore_index=True)


def organisation(unit: Unit) -> str:
    """The key of a unit's organisation: the last word of its name."""
    return unit.organisation.split()[-1].lower()


def _timed(
    stops: pd.DataFrame,
    zones: Mapping[str, Zone],
    presence: pd.DataFrame,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """The stops with the seconds at which each `begins` and `ends`, one after the other.

    Of the moments that the window allows one is likelier the better what it leads to expect
    agrees with the persons met, so that hours tell something.
    """
    hours = [by_hour(presence, weekday) for weekday in range(7)]
    clocks = {night: _clock_hours(night) for night in stops["night"].unique()}
    begins = []
    for night, zone, opens, closes, *kinds in stops[
        ["night", "zone", "opens", "closes", *KINDS]
    ].itertuples(index=False, name=None):
        latest = max(opens, closes - 60 * zones[zone].service_minutes)
        moments = np.arange(opens, latest + 1, STEP)
        expected = hours[night.weekday()][zone][clocks[night][moments // HOUR], 0]
        logs = sum(kinds) * np.log(np.maximum(expected, 0.05)) - expected
        chance = np.exp(logs - logs.max())
        begins.append(int(rng.choice(moments, p=chance / chance.sum())))
    usual = np.array([60 * zones[zone].service_minutes for zone in stops["zone"]])
    lasts = (usual * rng.uniform(0.8, 1.4, len(stops)) // 60 * 60).astype(np.int64)
    timed = stops.assign(begins=begins, lasts=lasts)
    timed = timed.sort_values(["night", "unit", "begins"], kind="stable", ignore_index=True)
    free: dict[tuple[date, str], int] = {}
    starts = []
    for night, unit, begin, lasting in timed[["night", "unit", "begins", "lasts"]].itertuples(
        index=False, name=None
    ):
        start = max(begin, free.get((night, unit), 0))
        free[night, unit] = start + lasting + MOVE
        starts.append(start)
    return timed.assign(begins=starts, ends=np.array(starts) + timed["lasts"])


def _clock_hours(night: date) -> NDArray[np.int64]:
    return np.array([Night(night).at(HOUR * hour).hour for hour in range(25)])


def _met(timed: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """One row a record: where, when, of which kind, and how many `persons`.

    Persons only seen, or who do not wish to be spoken to, are one record of a stop; each of
    those spoken to has one, but for groups, who are written down together.
    """
    rows: list[tuple[int, str, int]] = []
    for number, counts in enumerate(timed[list(KINDS)].to_numpy().tolist()):
        seen, alone, grouped, unapproachable = counts
        if grouped == 1 and alone:
            alone, grouped = alone - 1, 2
        rows += [(number, "contattata", 1)] * alone
        while grouped:
            size = min(grouped, int(rng.integers(2, LARGEST_GROUP + 1)))
            rows.append((number, "gruppo" if size > 1 else "contattata", size))
            grouped -= size
        together = (("osservata", seen), ("non_avvicinabile", unapproachable))
        rows += [(number, kind, count) for kind, count in together if count]
    frame = pd.DataFrame(rows, columns=["stop", "kind", "persons"])
    stop = timed.loc[frame["stop"], ["night", "zone", "unit", "begins", "ends"]].reset_index(
        drop=True
    )
    clocks = {night: _clock_hours(night) for night in timed["night"].unique()}
    moment = rng.integers(stop["begins"], stop["ends"])
    hours = [clocks[night][each // HOUR] for night, each in zip(stop["night"], moment, strict=True)]
    # A stop at which nobody was spoken to was a look to count, not to meet.
    spoken = frame["kind"].isin(CONTACTED).groupby(frame["stop"]).transform("any")
    outing = np.where(spoken, OutingKind.CONTATTO.value, OutingKind.MAPPATURA.value)
    frame = frame.assign(hour=hours, outing=outing).drop(columns="stop")
    return pd.concat([stop[["night", "zone", "unit"]], frame], axis=1)


def _described(met: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """What is written down of each record beside its kind: codes and pieces."""
    spoken = met["kind"].isin(CONTACTED).to_numpy()
    which, names = pd.factorize(met["zone"])
    gender = _drawn(GENDERS, which, len(names), rng)
    area = np.full(len(met), "nr", dtype=object)
    for each, shares in AREAS.items():
        drawn = _drawn(shares, which, len(names), rng)
        area[spoken & (gender == each)] = drawn[spoken & (gender == each)]
    found: dict[str, NDArray[np.generic]] = {
        "gender": gender,
        "macro_area": area,
        "age_class": np.where(spoken, _drawn(AGES, which, len(names), rng), "nr"),
        "known": np.where(spoken, _drawn(KNOWN, which, len(names), rng), "nr"),
    }
    persons = met["persons"].to_numpy()
    for material, (share, most) in PIECES.items():
        given = spoken & (rng.random(len(met)) < share)
        pieces = rng.integers(1, most + 1, len(met)) * persons
        found[f"materials_{material}"] = np.where(given, pieces, 0)
    for field, shares in ASKED.items():
        for code, share in shares.items():
            found[f"{field}_{code}"] = spoken & (rng.random(len(met)) < 1 - (1 - share) ** persons)
    for code in ANY_OF["referrals"]:
        referred = np.zeros(len(met), dtype=bool)
        for request, leads in REFERRED.items():
            chance = rng.random(len(met)) < leads.get(code, 0.0)
            referred |= found[f"requests_{request}"].astype(bool) & chance
        found[f"referrals_{code}"] = referred
    return pd.DataFrame(found)


def _drawn(
    shares: Mapping[str, float],
    which: NDArray[np.intp],
    groups: int,
    rng: np.random.Generator,
) -> NDArray[np.object_]:
    """(n,) codes, each by the shares of its group `which`, which scatter round `shares`."""
    base = np.array(list(shares.values()))
    own = rng.dirichlet(ALIKE * base / base.sum(), groups)
    place = (rng.random(len(which))[:, None] > np.cumsum(own, axis=1)[which]).sum(axis=1)
    return np.array(list(shares), dtype=object)[np.minimum(place, len(base) - 1)]
