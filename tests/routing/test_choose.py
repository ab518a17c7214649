"""The choice among pooled routes."""

from __future__ import annotations

from routing.anneal import Annealer
from routing.choose import Effort, choose, gather, master_of, relax
from routing.instance import compiled
from routing.stopping import MaxIterations
from tests.routing.problems import night, shift, visit


def test_routes_of_different_solutions_are_joined() -> None:
    """Two searches hold one good route each; together they make the best night."""
    zones = [visit(p, 10) for p in (1, 2, 3, 4)]
    instance = compiled(night(zones, [shift("u", closes=1500), shift("v", closes=1700)]))
    one = Annealer.from_start(instance, 1, ((("1", 0), ("2", 0)), (("3", 0),)))
    other = Annealer.from_start(instance, 2, ((("1", 0),), (("4", 0), ("3", 0))))
    chosen = choose(instance, [one.search.pool, other.search.pool], one.best, Effort())
    assert chosen.routes == ((("1", 0), ("2", 0)), (("4", 0), ("3", 0)))
    assert chosen.relaxation is not None
    assert chosen.relaxation.bound == 40


def test_the_incumbent_stays_when_nothing_is_better() -> None:
    instance = compiled(night([visit(1)], [shift()]))
    search = Annealer.from_start(instance, 1)
    search.run(MaxIterations(10))
    assert choose(instance, [search.search.pool], search.best, Effort()).routes == search.best
    empty = Annealer.from_start(instance, 1)
    assert choose(instance, [empty.search.pool], ((),), Effort()).routes == ((),)


def test_the_pool_keeps_each_route_once() -> None:
    zones = [visit(p) for p in (1, 2, 3, 4)]
    instance = compiled(night(zones, [shift("u", closes=900), shift("v", closes=1600)]))
    search = Annealer.from_start(instance, 1)
    search.run(MaxIterations(500))
    pool = search.search.pool
    rows = range(int(pool.met[0]))
    routes = [(pool.shift[r], frozenset(pool.stops[r, : pool.length[r]].tolist())) for r in rows]
    assert len(routes) == len(set(routes)) > 1


def test_prices_are_what_a_route_may_count_for_a_visit() -> None:
    """One unit, one of two zones: the relaxation prices the chosen one at its points."""
    instance = compiled(night([visit(1, 10), visit(2, 30)], [shift(closes=900)]))
    search = Annealer.from_start(instance, 1)
    search.run(MaxIterations(50))
    columns = gather(instance, [search.search.pool], search.best)
    relaxation = relax(master_of(instance, columns), Effort())
    assert relaxation is not None
    assert relaxation.bound == 30
    assert relaxation.prices.tolist() == [10, 30]
