"""The invented handovers and free places of the demo region."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from geo.free_places import Free, FreePlaces, Target, WideArea
from geo.handovers import Handover, Receiver
from geo.night import Night

SHARE = {Receiver.SPORTELLO: 0.012, Receiver.SANITARIO: 0.02, Receiver.PROGRAMMA: 0.003}
"""Handovers of a municipality's month for each person met there."""

CALL = "800 000 000"
"""A number that nobody has."""


def handovers_of(records: pd.DataFrame, rng: np.random.Generator) -> tuple[Handover, ...]:
    """Handovers by month and municipality, as many as whole records (`geo.contacts`) suggest."""
    months = records["night"].dt.to_period("M").dt.to_timestamp().dt.date
    met = records.groupby([months, records["zone"].str[:6]])["persons"].sum()
    found = []
    for (month, municipality), persons in met.items():
        for receiver, share in SHARE.items():
            if municipality and (handed := rng.poisson(share * persons)):
                found.append(Handover(month, municipality, receiver, min(int(handed), 20)))
    return tuple(found)


def free_places_of(today: date, rng: np.random.Generator) -> tuple[FreePlaces, ...]:
    """What programmes said before the night's noon, a few long before; some say nothing."""
    noon = Night(today).start
    return tuple(
        FreePlaces(
            area,
            target,
            list(Free)[rng.choice(3, p=(0.5, 0.35, 0.15))],
            bool(rng.random() < 0.3),
            CALL,
            noon - timedelta(minutes=int(rng.exponential(240)), days=int(rng.random() < 0.15)),
        )
        for area in WideArea
        for target in Target
        if rng.random() < 0.8
    )
