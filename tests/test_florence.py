"""From four files to a night on real streets: Florence's, of OpenStreetMap, by the terminal.

The zones are invented: points put by hand on thoroughfares of every part of the city, none
where presence is reported. The street file lies beside the project; without it this skips.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from data.roads import load_network
from geo.crs import project
from geo.zones import PresenceWindow, Zone
from routing.explain import explain
from routing.planner import plan_night
from routing.prepare import night_problem
from routing.replan import with_promises
from routing.schedule import plan_of, sequences_of
from routing.units import Base
from tests import plan_reader
from tests.routing.street import NOW, UNIT, inputs, presence, zone

ROOT = Path(__file__).resolve().parent.parent

# Longitude, latitude, and a street that the place lies on or beside.
ON_STREETS = (
    (11.2630, 43.8000, "Via Bolognese"),
    (11.2770, 43.8000, "Via Faentina"),
    (11.2920, 43.7860, "Via del Salviatino"),
    (11.3020, 43.7810, "Via Gabriele D'Annunzio"),
    (11.2970, 43.7790, "Viale Eleonora Duse"),
    (11.3010, 43.7680, "Via Aretina"),
    (11.3130, 43.7700, "Via della Rocca Tedalda"),
    (11.3000, 43.7570, "Via di Villamagna"),
    (11.3050, 43.7570, "Viale Europa"),
    (11.2890, 43.7600, "Via di Ripoli"),
    (11.2830, 43.7590, "Viale Donato Giannotti"),
    (11.2670, 43.7630, "Viale Michelangiolo"),
    (11.2580, 43.7570, "Viale Galileo"),
    (11.2520, 43.7570, "Via di San Leonardo"),
    (11.2350, 43.7480, "Via Senese"),
    (11.2290, 43.7370, "Via Senese"),
    (11.2430, 43.7520, "Viale del Poggio Imperiale"),
    (11.2190, 43.7660, "Via di Soffiano"),
    (11.2110, 43.7720, "Via Pisana"),
    (11.2090, 43.7610, "Via di Scandicci"),
    (11.2130, 43.7750, "Viale dei Bambini"),
    (11.1970, 43.7770, "Via Baccio da Montelupo"),
    (11.1630, 43.7770, "Via di Ugnano"),
    (11.1640, 43.7940, "Via di Brozzi"),
    (11.2470, 43.8050, "Viale Gaetano Pieraccini"),
    (11.2360, 43.8030, "Via delle Panche"),
    (11.2320, 43.8140, "Via Reginaldo Giuliani"),
    (11.2680, 43.8230, "Via Bolognese"),
    (11.3210, 43.7830, "Via Gabriele D'Annunzio"),
    (11.3220, 43.7690, "Via Aretina"),
)


@pytest.fixture(scope="module")
def city(shared, tmp_path_factory):
    """The plan of a night and the network, made by the commands in a home of its own."""
    folder = tmp_path_factory.mktemp("florence")
    write_tables(folder)
    environment = {**os.environ, "PROSSIMA_HOME": str(folder / "home")}

    def prossima(*words: object) -> str:
        command = [sys.executable, "-m", "cli", *map(str, words)]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    prossima("network", "import", shared / "tuscany" / "florence_drive_scc.graphml.gz")
    prossima("zones", "import", folder / "zone.csv")
    prossima("units", "import", folder / "unita.csv")
    prossima("presence", "import", folder / "presenze.csv")
    plan = prossima("plan", "--night", "tomorrow", "--seconds", 2, "--json")
    return json.loads(plan), load_network(folder / "home")


def write_tables(folder: Path) -> None:
    """Thirty zones of 600 m whose middle is the place, the persons expected, two vans."""
    zones = ["code,municipality,place_type,geometry,windows,synthetic"]
    presence = ["zone,weekday,hour,expected,low,high"]
    for number, (lon, lat, _) in enumerate(ON_STREETS, start=1):
        line = f'"LINESTRING ({lon - 0.0037} {lat}, {lon + 0.0037} {lat})"'
        zones.append(f"048017-{number:02},048017,viale,{line},20:00-01:30,yes")
        expected = 1 + number * 7 % 5
        presence += [
            f"048017-{number:02},{weekday},{hour},{expected},0.5,{expected + 1}"
            for weekday in range(7)
            for hour in (20, 21, 22, 23, 0)
        ]
    crew = '"operatore:it+en; mediatore:it+ro"'
    units = [
        "code,name,organisation,territory,start_name,start_lon,start_lat,"
        "shift_opens,shift_closes,crew,synthetic",
        f"FI1,Levante,Prova,48,Base est,11.2713,43.7705,20:30,00:00,{crew},yes",
        f"FI2,Ponente,Prova,48,Base ovest,11.2425,43.7675,20:30,00:00,{crew},yes",
    ]
    for name, lines in (("zone", zones), ("presenze", presence), ("unita", units)):
        (folder / f"{name}.csv").write_text("\n".join(lines), encoding="utf-8")


def test_two_vans_drive_florence_by_its_streets(city):
    plan, network = city
    assert list(plan_reader.findings(plan)) == []
    assert network.source == "graphml"
    stops = [stop for route in plan["routes"] for stop in route["itinerary"]["stops"]]
    assert len(plan["routes"]) == 2
    assert len(stops) > 14
    assert len(stops) + len(plan["left_out"]) == len(ON_STREETS)

    roads = shapely.STRtree(
        [shapely.LineString(project(network.line(edge))) for edge in range(network.edges)]
    )
    names = set(network.names)
    told = 0
    for stop in stops:
        leg = stop["leg"]
        line = shapely.LineString(project(np.array(leg["line"])))
        spots = shapely.line_interpolate_point(line, np.linspace(0, 1, 40), normalized=True)
        _, away = roads.query_nearest(spots, return_distance=True, all_matches=False)
        assert away.max() < 1.0  # metres: the leg lies on streets all the way
        assert line.length == pytest.approx(leg["metres"], abs=30, rel=0.01)
        assert set(leg["roads"]) <= names
        told += bool(leg["roads"])
    assert told == len(stops)


def test_the_streets_that_were_meant_are_the_streets_that_are_driven(city):
    plan, network = city
    stops = [stop for route in plan["routes"] for stop in route["itinerary"]["stops"]]
    driven = {name for stop in stops for name in stop["leg"]["roads"]}
    meant = {ON_STREETS[int(stop["key"][-2:]) - 1][2] for stop in stops} & set(network.names)
    assert len(meant) > 8
    assert len(meant & driven) >= len(meant) / 2


@pytest.fixture(scope="module")
def full_night(city):
    """Sixty zones and four vans with short shifts on the same streets, and its plan."""
    _, network = city
    places = [(lon, lat) for lon, lat, _ in ON_STREETS]
    places += [(lon + 0.004, lat + 0.003) for lon, lat in places]  # some 450 m away
    zones = [_zone(number, *place) for number, place in enumerate(places, start=1)]
    bases = ((11.2713, 43.7705), (11.2425, 43.7675), (11.2300, 43.7850), (11.2900, 43.7750))
    units = [
        replace(
            UNIT, code=f"FI{k}", territory=("048",), start=Base("Base", *at), end=Base("Base", *at)
        )
        for k, at in enumerate(bases, start=1)
    ]
    units = [replace(unit, shift_closes="23:30", driving_minutes=None) for unit in units]
    expected = pd.concat(
        [presence(zone, persons=1 + number * 7 % 5) for number, zone in enumerate(zones)]
    )
    given = inputs(*zones, units=tuple(units), presence=expected)
    prepared = night_problem(given, network, now=NOW)
    return prepared.problem, plan_night(prepared.problem, iterations=2_000)


def _zone(number: int, lon: float, lat: float) -> Zone:
    line = shapely.LineString([(lon - 0.0037, lat), (lon + 0.0037, lat)])
    plain = zone(number)
    return replace(
        plain,
        code=f"048017-{number:02}",
        municipality="048017",
        geometry=line,
        windows=(PresenceWindow("20:30", "23:30"),),
        service_minutes=12,
    )


def test_prices_of_zones_left_out_hold_when_each_is_forced_in(full_night):
    """Taking a zone costs what is said at most: the exchange named can be driven, and a plan
    that must take the zone loses no more."""
    problem, plan = full_night
    assert len(problem.visits) == 60
    assert len(plan.routes) == 4
    priced = [each for each in explain(problem, plan).left_out if "lost" in each.fields]
    priced.sort(key=lambda each: each.fields["lost"] - each.fields["value"])
    cheapest, between, dearest = priced[0], priced[len(priced) // 2], priced[-1]
    for left_out in (cheapest, between, dearest):
        price = left_out.fields["lost"] - left_out.fields["value"]
        assert left_out.fields["dropped"]
        assert price >= 0
        forced = replace(
            problem,
            visits=tuple(replace(v, required=v.key == left_out.visit) for v in problem.visits),
        )
        start = plan_of(forced, with_promises(forced, sequences_of(problem, plan)))
        assert start.value >= plan.value - price
        better = plan_night(forced, iterations=800, start=start)
        assert left_out.visit in better.served
        assert better.value >= plan.value - price
    assert len(plan.served) + len(priced) == 60
