"""The choice among pooled routes."""

from __future__ import annotations

import numpy as np

from routing.alike import kinds_of
from routing.anneal import Annealer
from routing.choose import Effort, choose, gather, master_of, relax
from routing.instance import compiled
from routing.pool import newest_rows, pool_route
from routing.stopping import MaxIterations
from tests.routing.problems import night, shift, visit


def test_routes_of_different_solutions_are_joined() -> None:
    """Two searches hold one good route each; together they make the best night."""
    zones = [visit(p, 10) for p in (1, 2, 3, 4)]
    instance = compiled(night(zones, [shift("u", closes=1500), shift("v", closes=1700)]))
    one = Annealer.from_start(instance, 1, ((("1", 0), ("2", 0)), (("3", 0),)))
    other = Annealer.from_start(instance, 2, ((("1", 0),), (("4", 0), ("3", 0))))
    chosen = choose(instance, [one.state.pool, other.state.pool], one.best, Effort())
    assert chosen.routes == ((("1", 0), ("2", 0)), (("4", 0), ("3", 0)))
    assert chosen.relaxation is not None
    assert chosen.relaxation.bound == 40


def test_the_incumbent_stays_when_nothing_is_better() -> None:
    instance = compiled(night([visit(1)], [shift()]))
    search = Annealer.from_start(instance, 1)
    search.run(MaxIterations(10))
    assert choose(instance, [search.state.pool], search.best, Effort()).routes == search.best
    empty = Annealer.from_start(instance, 1)
    assert choose(instance, [empty.state.pool], ((),), Effort()).routes == ((),)


def test_the_pool_keeps_each_route_once() -> None:
    zones = [visit(p) for p in (1, 2, 3, 4)]
    instance = compiled(night(zones, [shift("u", closes=900), shift("v", closes=1600)]))
    search = Annealer.from_start(instance, 1)
    search.run(MaxIterations(500))
    pool = search.state.pool
    rows = range(int(pool.met[0]))
    routes = [(pool.shift[r], frozenset(pool.stops[r, : pool.length[r]].tolist())) for r in rows]
    assert len(routes) == len(set(routes)) > 1


def test_prices_are_what_a_route_may_count_for_a_visit() -> None:
    """One unit, one of two zones: the relaxation prices the chosen one at its points."""
    instance = compiled(night([visit(1, 10), visit(2, 30)], [shift(closes=900)]))
    search = Annealer.from_start(instance, 1)
    search.run(MaxIterations(50))
    columns = gather(instance, [search.state.pool], search.best)
    relaxation = relax(master_of(instance, columns), Effort())
    assert relaxation is not None
    assert relaxation.bound == 30
    assert relaxation.prices.tolist() == [10, 30]


def test_shifts_that_are_alike_choose_among_the_routes_of_both() -> None:
    """The best two routes were driven by the same van, in two searches: they go together."""
    zones = [visit(p, 10) for p in (1, 2, 3, 4)]
    instance = compiled(night(zones, [shift("u", closes=1700), shift("v", closes=1700)]))
    assert kinds_of(instance) == (0, 0)
    one = Annealer.from_start(instance, 1, ((("1", 0), ("2", 0)), (("3", 0),)))
    other = Annealer.from_start(instance, 2, ((("4", 0), ("3", 0)), (("1", 0),)))
    chosen = choose(instance, [one.state.pool, other.state.pool], one.best, Effort())
    assert set(chosen.routes) == {(("1", 0), ("2", 0)), (("4", 0), ("3", 0))}


def test_shifts_that_differ_in_anything_that_counts_are_not_alike() -> None:
    zones = [visit(1, languages=frozenset({"ro"})), visit(2)]
    shifts = [
        shift("u", closes=1500),
        shift("v", closes=1600),
        shift("w", closes=1500, languages=frozenset({"ro"})),
        shift("x", closes=1500, languages=frozenset({"fr"})),  # helps here as little as none
    ]
    assert kinds_of(compiled(night(zones, shifts))) == (0, 1, 2, 0)
    points = np.zeros((2, 4))
    points[0, 3] = 0.5
    assert kinds_of(compiled(night(zones, shifts), points)) == (0, 1, 2, 3)


def test_a_full_pool_forgets_its_oldest_routes() -> None:
    zones = [visit(p) for p in (1, 2, 3, 4)]
    instance = compiled(night(zones, [shift("u", closes=1600)]))
    state = Annealer.from_start(instance, 1).state
    small = {name: getattr(state.pool, name)[:3] for name in ("stops", "length", "shift", "slot")}
    pool = state.pool._replace(**small)
    for options in ((0,), (1,), (2,), (1,), (3,), (0,)):
        state.routes.route["length"][0] = len(options)
        state.routes.position["option"][0, 1 : len(options) + 1] = options
        pool_route(pool, state.routes, 0)
    assert pool.met[0] == 5  # the second (1,) was known, the second (0,) no more
    newest = newest_rows(pool, 9)
    assert pool.stops[newest, 0].tolist() == [0, 3, 2]
    assert newest_rows(pool, 2).tolist() == newest[:2].tolist()
