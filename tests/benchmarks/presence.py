"""Presence measured: time and memory for 500 zones, and how often its intervals hold.

    python -m tests.benchmarks.presence [speed|calibration]

Field work is simulated (`tests.fieldwork`): nothing here is about real places.
"""

from __future__ import annotations

import resource
import sys
import time
from datetime import date

import numpy as np
from scipy.stats import nbinom

from geo.night import Night
from geo.presence_estimate import estimate_presence
from tests.fieldwork import HOURS, fieldwork, persons, truth

NIGHT = Night(date(2026, 5, 4))


def speed() -> None:
    print("| zones | visits | contacts | rows | seconds | of processor | peak MB |")
    print("|---|---|---|---|---|---|---|")
    for zones, a_night in ((60, 12), (500, 100), (500, 300)):
        rng = np.random.default_rng(1)
        known = truth(rng, zones)
        contacts, effort, _ = fieldwork(known, NIGHT, rng, a_night=a_night)
        start, busy = time.perf_counter(), time.process_time()
        found = estimate_presence(contacts, effort, dict.fromkeys(known.zones, 0.25), NIGHT)
        seconds, busy = time.perf_counter() - start, time.process_time() - busy
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"| {zones} | {len(effort)} | {len(contacts)} | {len(found.frame)} "
            f"| {seconds:.2f} | {busy:.2f} | {peak:.0f} |"
        )


def calibration(seeds: int = 8) -> None:
    print(
        "| zones | visits a night | level drifts a night | nights scatter | half-life "
        "| rates held | nights held | nights, whole persons | mean ÷ truth |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    cases = [
        (60, 12, 0.0, 8.0, 60),
        (60, 12, 0.03, 8.0, 60),
        (60, 12, 0.05, 8.0, 60),
        (60, 12, 0.03, None, 60),
        (60, 12, 0.03, 8.0, 30),
        (60, 12, 0.0, 8.0, 10_000),
        (60, 3, 0.03, 8.0, 60),
        (60, 40, 0.03, 8.0, 60),
        (8, 1, 0.03, 8.0, 60),
        (500, 100, 0.03, 8.0, 60),
    ]
    for zones, a_night, drift, scatter, half_life in cases:
        some = seeds if zones < 500 else 1
        held = [_held(seed, zones, a_night, drift, scatter, half_life) for seed in range(some)]
        rates, nights, whole, bias = np.mean(held, axis=0)
        name = "as Poisson" if scatter is None else f"Gamma({scatter:.0f})"
        print(
            f"| {zones} | {a_night} | {drift} | {name} | {half_life} "
            f"| {rates:.1%} | {nights:.1%} | {whole:.1%} | {bias:.2f} |"
        )


def _held(
    seed: int, zones: int, a_night: int, drift: float, scatter: float | None, half_life: float
) -> tuple[float, float, float, float]:
    rng = np.random.default_rng(seed)
    known = truth(rng, zones, scatter)
    contacts, effort, level = fieldwork(known, NIGHT, rng, a_night=a_night, drift=drift)
    visit_hours = dict.fromkeys(known.zones, 0.25)
    found = estimate_presence(contacts, effort, visit_hours, NIGHT, half_life)
    frame = found.frame
    zone = np.searchsorted(known.zones, frame["zone"])
    hour = np.argmax(frame["hour"].to_numpy()[:, None] == HOURS, axis=1)
    rate = known.rate[zone, frame["weekday"], hour] * level[zone] * 0.25
    met = persons(known, rng, rate)
    size = 1 / ((1 + 1 / found.shape) * (1 + 1 / found.shapes.night) - 1)
    odds = size / (size + frame["expected"].to_numpy())
    below, upto = nbinom.cdf(met - 1, size, odds), nbinom.cdf(met, size, odds)
    place = below + rng.random(len(met)) * (upto - below)
    low, high = found.one_night()
    return (
        float(((frame["low"] <= rate) & (rate <= frame["high"])).mean()),
        float(((place >= 0.05) & (place <= 0.95)).mean()),
        float(((low <= met) & (met <= high)).mean()),
        float(frame["expected"].sum() / rate.sum()),
    )


if __name__ == "__main__":
    for name in sys.argv[1:] or ("speed", "calibration"):
        {"speed": speed, "calibration": calibration}[name]()
