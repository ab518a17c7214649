"""Promises that cannot be kept are named: who, which window, which shift."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data.texts import Texts
from geo.errors import InfeasibleError
from routing.planner import plan_night
from routing.prepare import night_problem
from routing.problem import Kind
from routing.promises import Promise
from routing.refusals import told_in_words
from tests.routing.street import NIGHT, NOW, UNIT, inputs, street, zone


def promised(key: str, zone_code: str, hours: tuple[str, str], **changes: object) -> Promise:
    plain = Promise(key, NIGHT.date, Kind.APPOINTMENT, *hours, minutes=30, zone=zone_code)
    return replace(plain, **changes)  # type: ignore[arg-type]


def refused(*promises: Promise) -> InfeasibleError:
    zones = [zone(1), zone(9)]
    prepared = night_problem(inputs(*zones, promises=promises), street(), now=NOW)
    with pytest.raises(InfeasibleError) as error, told_in_words(prepared):
        plan_night(prepared.problem, iterations=10)
    return error.value


def test_promises_that_exclude_one_another_are_named_with_window_and_shift() -> None:
    error = refused(
        promised("a", "046017-01", ("21:00", "21:05")),
        promised("b", "046017-09", ("21:05", "21:10")),
        promised("c", "046017-09", ("23:45", "00:30")),
    )
    assert error.code == "promises_exclude"
    said = Texts("it").sentence(error)
    assert "appuntamento 046017-01, 21:00–21:05 per 30 min" in said
    assert "appuntamento 046017-09, 21:05–21:10 per 30 min" in said
    assert "23:45" not in said
    assert said.count(f"{UNIT.name} (20:30–01:30)") == 2
    assert "appointment 046017-01, 21:00–21:05 for 30 min" in Texts("en").sentence(error)


def test_promise_that_nobody_can_keep_is_named_with_the_shifts_on_duty() -> None:
    error = refused(promised("a", "046017-01", ("21:00", "21:05"), languages=frozenset({"zh"})))
    assert error.code == "promise_barred"
    said = Texts("it").sentence(error)
    assert "21:00–21:05" in said
    assert f"{UNIT.name} (20:30–01:30)" in said
    assert "lingua" in said
