"""Other planners on the same problems: OR-Tools' routing model, PyVRP, VROOM.

They are baselines, not dependencies: `pip install prossima[benchmark]`. Each takes a
problem of one night with one window a visit, no break and interchangeable shifts, and
gives sequences of visit keys. Settings are the best of those that were tried: see
docs/planner.md.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import timedelta

import numpy as np

from routing.problem import Problem

Tours = list[list[str]]
Engine = Callable[[Problem, float, int], Tours]


ILS = {
    "perturbation_strategy": "RUIN_AND_RECREATE",
    "ruin_recreate_parameters": {
        "ruin_strategies": [
            {
                "sisr": {
                    "max_removed_sequence_size": 10,
                    "avg_num_removed_visits": 10,
                    "bypass_factor": 0.5,
                }
            }
        ],
        "ruin_composition_strategy": "RUN_ONE_RANDOMLY",
        "recreate_strategy": {
            "heuristic": "LOCAL_CHEAPEST_INSERTION",
            "parameters": {
                "local_cheapest_insertion": {
                    "insertion_sorting_properties": ["SORTING_PROPERTY_RANDOM"]
                }
            },
        },
    },
    "improve_perturbed_solution": True,
    "reference_solution_acceptance_strategy": {
        "simulated_annealing": {
            "cooling_schedule_strategy": "EXPONENTIAL",
            "automatic_temperatures": True,
        }
    },
    "best_solution_acceptance_strategy": {"greedy_descent": {}},
}


def by_ortools(problem: Problem, seconds: float, seed: int) -> Tours:
    """Iterated local search of OR-Tools' routing model; a skipped visit costs its value.

    The solver has no seed: every run gives the same routes but for the clock.
    """
    from google.protobuf import json_format  # noqa: PLC0415
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2  # noqa: PLC0415

    visits, shifts = problem.visits, problem.shifts
    manager = pywrapcp.RoutingIndexManager(len(visits) + 1, len(shifts), 0)
    routing = pywrapcp.RoutingModel(manager)
    places = [shifts[0].start, *(visit.place for visit in visits)]
    drive = problem.travel[shifts[0].mode].seconds[np.ix_(places, places)]
    service = np.array([0, *(visit.options[0].service for visit in visits)])
    cost = routing.RegisterTransitMatrix(drive.tolist())
    routing.SetArcCostEvaluatorOfAllVehicles(cost)
    times = routing.RegisterTransitMatrix((drive + service[:, None]).tolist())
    horizon = shifts[0].closes
    routing.AddDimension(times, horizon, horizon, False, "time")
    clock = routing.GetDimensionOrDie("time")
    for vehicle, shift in enumerate(shifts):
        clock.CumulVar(routing.Start(vehicle)).SetRange(shift.opens, shift.closes)
        clock.CumulVar(routing.End(vehicle)).SetRange(shift.opens, shift.closes)
    weight = _points_in_seconds(problem, 10.0)
    for number, visit in enumerate(visits, start=1):
        index, option = manager.NodeToIndex(number), visit.options[0]
        clock.CumulVar(index).SetRange(option.opens, min(option.closes, horizon))
        routing.AddDisjunction([index], round(weight * option.value))
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    first = routing_enums_pb2.FirstSolutionStrategy.LOCAL_CHEAPEST_INSERTION
    parameters.first_solution_strategy = first
    parameters.local_search_metaheuristic = (
        routing_enums_pb2.LocalSearchMetaheuristic.GREEDY_DESCENT
    )
    parameters.use_iterated_local_search = True
    json_format.ParseDict(ILS, parameters.iterated_local_search_parameters)
    parameters.time_limit.FromMilliseconds(round(seconds * 1000))
    solution = routing.SolveWithIteratedLocalSearch(parameters)
    if solution is None:
        return [[] for _ in shifts]
    tours: Tours = []
    for vehicle in range(len(shifts)):
        tour, index = [], solution.Value(routing.NextVar(routing.Start(vehicle)))
        while not routing.IsEnd(index):
            tour.append(visits[manager.IndexToNode(index) - 1].key)
            index = solution.Value(routing.NextVar(index))
        tours.append(tour)
    return tours


def by_pyvrp(problem: Problem, seconds: float, seed: int) -> Tours:
    """PyVRP with prizes, weighed against the drives by 30 mean neighbour distances."""
    import pyvrp  # noqa: PLC0415

    class ProcessorSeconds:
        """A stopping criterion that counts processor time, as ours does here."""

        def __init__(self) -> None:
            self.begin = time.process_time()

        def __call__(self, best_cost: float) -> bool:
            return time.process_time() - self.begin >= seconds

    model = pyvrp.Model()
    shift, weight = problem.shifts[0], _points_in_seconds(problem, 30.0)
    travel = problem.travel[shift.mode].seconds
    locations = [model.add_location(place, 0) for place in range(problem.places)]
    base = model.add_depot(locations[shift.start], shift.opens, shift.closes)
    model.add_vehicle_type(
        len(problem.shifts),
        start_depot=base,
        end_depot=base,
        tw_early=shift.opens,
        tw_late=shift.closes,
    )
    clients = [
        model.add_client(
            locations[visit.place],
            service_duration=visit.options[0].service,
            tw_early=visit.options[0].opens,
            tw_late=visit.options[0].closes,
            prize=round(weight * visit.options[0].value),
            required=False,
            name=visit.key,
        )
        for visit in problem.visits
    ]
    for origin, here in enumerate(locations):
        for destination, there in enumerate(locations):
            between = int(travel[origin, destination])
            model.add_edge(here, there, between, between)
    result = model.solve(ProcessorSeconds(), seed=seed, display=False)
    tours = [[] for _ in problem.shifts]
    if result.is_feasible():
        for tour, route in zip(tours, result.best.routes(), strict=False):
            tour += [clients[activity.idx].name for activity in route if activity.is_client()]
    return tours


def by_vroom(problem: Problem, seconds: float, seed: int) -> Tours:
    """VROOM; values become priorities from 1 to 100. It has no seed."""
    import pandas as pd  # noqa: PLC0415
    import vroom  # noqa: PLC0415

    shift = problem.shifts[0]
    travel = problem.travel[shift.mode].seconds
    instance = vroom.Input()
    instance.set_durations_matrix("car", travel.astype(np.uint32))
    for number in range(len(problem.shifts)):
        window = vroom.TimeWindow(shift.opens, shift.closes)
        instance.add_vehicle(
            vroom.Vehicle(number + 1, start=shift.start, end=shift.end, time_window=window)
        )
    most = max(visit.options[0].value for visit in problem.visits)
    for number, visit in enumerate(problem.visits, start=1):
        option = visit.options[0]
        instance.add_job(
            vroom.Job(
                number,
                visit.place,
                default_service=option.service,
                priority=max(1, round(100 * option.value / most)),
                time_windows=[vroom.TimeWindow(option.opens, option.closes)],
            )
        )
    solution = instance.solve(exploration_level=5, nb_threads=1, timeout=timedelta(seconds=seconds))
    tours: Tours = [[] for _ in problem.shifts]
    frame = solution.routes
    for vehicle, job in zip(frame["vehicle_id"], frame["id"], strict=True):
        if not pd.isna(job):
            tours[int(vehicle) - 1].append(problem.visits[int(job) - 1].key)
    return tours


def _points_in_seconds(problem: Problem, neighbours: float) -> float:
    """Seconds of driving that one point is worth: so many mean neighbour distances a visit."""
    places: Sequence[int] = [visit.place for visit in problem.visits]
    drive = problem.travel[problem.shifts[0].mode].seconds[np.ix_(places, places)].copy()
    np.fill_diagonal(drive, drive.max())
    nearest = np.sort(drive, axis=1)[:, :10].mean()
    return float(neighbours * nearest / np.mean([v.options[0].value for v in problem.visits]))


ENGINES: dict[str, Engine] = {"ortools": by_ortools, "pyvrp": by_pyvrp, "vroom": by_vroom}
