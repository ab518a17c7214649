"""How long the monitoring of 300 zones over 60 months takes, and what memory: `python -m
tests.benchmarks.monitoring`."""

from __future__ import annotations

import resource
import time

import numpy as np

from geo.emerging import movements
from geo.monitoring import levels
from tests.geo.months import groups, planted


def main() -> None:
    """Print CPU seconds and the peak of memory, the imports of esda apart."""
    movements(planted(1, zones=60, count=24), groups(60))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print("zones months  levels s  movements s  peak MB")
    for zones, count in ((120, 36), (300, 60), (600, 120)):
        cube = planted(2, zones=zones, count=count)
        near = groups(zones)
        times = []
        for call in (lambda c=cube: levels(c), lambda c=cube, n=near: movements(c, n)):
            spent = []
            for _ in range(3):
                start = time.process_time()
                call()
                spent.append(time.process_time() - start)
            times.append(float(np.median(spent)))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{zones:5} {count:6} {times[0]:9.3f} {times[1]:12.3f} {peak:8.0f}")
    print(f"before: {before / 1024:.0f} MB (Python with numpy, pandas, scipy, esda)")


if __name__ == "__main__":
    main()
