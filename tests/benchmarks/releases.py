"""Releases of 36 months and the attack on them; the noise beside OpenDP, where it is installed.

python -m tests.benchmarks.releases
"""

from __future__ import annotations

import resource
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from importlib.util import find_spec

import numpy as np
import shapely

from data.artefacts import search
from data.attack import figure_lines
from data.release_files import WRITERS
from data.release_report import as_pdf
from data.releases import SUBJECT, Release
from data.texts import Texts
from geo.canaries import canaries
from geo.month_facts import Figure
from geo.municipalities import municipalities
from geo.noise import discrete_laplace
from geo.privacy import part_of
from geo.release_rules import Rules
from tests.attacks.region import facts, months, records, released

MONTHS = 36
SCALES = (Fraction(1, 2), Fraction(8), Fraction(80, 7))
DRAWS = 20_000
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@contextmanager
def timed(what):
    """Processor seconds of what is done in here, and the most memory so far."""
    begin = time.process_time()
    yield
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{what:<44}{time.process_time() - begin:>8.2f} s{most:>7} MB")


def main() -> None:
    rows = records(months(MONTHS), np.random.default_rng(7))
    print(f"{MONTHS} months x 273 municipalities, {len(rows)} persons met")
    with timed("facts from records"):
        found = facts(rows)
    with timed("release (rules, districts, rounding, tables)"):
        made = released(found)
    with timed("attack report on the figures"):
        lines = figure_lines(made, facts=found)
    for line in lines:
        print(
            f"  {line.attack:<14}{line.checked:>8} tried{line.found:>6} found  {line.number or ''}"
        )
    files(made)
    coverage(found, made)
    weakened(found)
    beside_opendp()


def files(made) -> None:
    """Every kind of file of all months, of the region and of municipalities, and the search."""
    points = shapely.get_coordinates([place.centroid for place in municipalities().geometry])
    spots = np.repeat(points, 3, axis=0)
    wanted = canaries(spots + np.random.default_rng(3).normal(0, 0.01, spots.shape))
    t = Texts("it")
    lines = [Release(n, f"{n:064x}", EPOCH, SUBJECT, one) for n, one in enumerate(made, 1)]
    towns = municipalities()["istat"]
    parts = [
        [replace(one, published=part_of(one.published, town)) for one in lines] for town in towns
    ]
    writers = {**WRITERS, "pdf": as_pdf}
    with timed("all files of the region"):
        whole = {ending: write(lines, t) for ending, write in writers.items()}
    with timed(f"files of {len(towns)} municipalities (CSV, JSON)"):
        own = [WRITERS[ending](part, t) for part in parts for ending in ("csv", "json")]
    with timed("search of the region's files"):
        clean = [search(f"a.{ending}", data, wanted).clean for ending, data in whole.items()]
    with timed("search of the municipalities' files"):
        clean += [search("a.csv", data, wanted).clean for data in own]
    size = sum(map(len, [*whole.values(), *own])) / 1e6
    found = clean.count(False)
    print(f"{len(clean)} files, {size:.1f} MB, {len(wanted.pairs)} canaries: {found} found")


def coverage(found, made) -> None:
    """Shares of contacts and of municipalities with contacts, without and with districts."""
    alone = together = met = 0
    places = [0, 0, 0]
    for one in made:
        truth = found[one.month]
        met += sum(place.figures[Figure.CONTACTS] for place in truth.values())
        places[0] += len(truth)
        for cell in one.cells:
            inside = [truth[code] for code in cell.members if code in truth]
            count = sum(place.figures[Figure.CONTACTS] for place in inside)
            together += count
            places[2] += len(inside)
            if cell.members == (cell.key,):
                alone += count
                places[1] += 1
    print(f"contacts published: {alone / met:.1%} alone, {together / met:.1%} with districts")
    print(
        f"municipalities with contacts shown: {places[1] / places[0]:.1%} alone, "
        f"{places[2] / places[0]:.1%} with districts"
    )


def weakened(found) -> None:
    """What the same attacks find where the rules are weaker (twelve months)."""
    some = {month: found[month] for month in sorted(found)[:12]}
    weak = {
        "k = 3": Rules(contacts=3, persons=1, zones=1, top_percent=100, category=3, outings=3),
        "no rounding": Rules(step=1),
    }
    for name, rules in weak.items():
        lines = figure_lines(released(some, rules), facts=some, rules=Rules())
        said = ", ".join(f"{line.attack} {line.found} of {line.checked}" for line in lines)
        print(f"weakened, {name}: {said}")


def beside_opendp() -> None:
    """Quantiles of our draws and of OpenDP's, by scale."""
    if find_spec("opendp") is None:
        print("OpenDP is not installed: pip install prossima[benchmark]")
        return
    import opendp.prelude as dp  # noqa: PLC0415

    dp.enable_features("contrib")
    marks = (0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99)
    for scale in SCALES:
        space = dp.atom_domain(T=int), dp.absolute_distance(T=int)
        theirs = dp.m.make_laplace(*space, scale=float(scale))
        ours = [discrete_laplace(scale) for _ in range(DRAWS)]
        other = [theirs(0) for _ in range(DRAWS)]
        print(f"scale {float(scale):g}: ours {np.quantile(ours, marks)}")
        print(f"{'':>12} OpenDP {np.quantile(other, marks)}")


if __name__ == "__main__":
    main()
