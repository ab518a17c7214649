from dataclasses import replace
from datetime import date

import pytest

from geo.errors import InputError
from geo.night import Night
from geo.zones import Access
from routing.units import Base, Crew, Member, Role, Unit, outing

BASE = Base("Sede", 11.0, 43.5)
UNIT = Unit(
    code="SI-1",
    name="Strada Siena",
    organisation="Cooperativa",
    territory=("052",),
    mode=Access.VAN,
    start=BASE,
    end=BASE,
    shift_opens="20:30",
    shift_closes="01:30",
    crew=Crew((Member(Role.OPERATOR), Member(Role.MEDIATOR, frozenset({"it", "sq"})))),
)


def test_a_crew_speaks_what_its_members_speak():
    assert UNIT.crew.size == 2
    assert UNIT.crew.languages == {"it", "sq"}
    assert UNIT.crew.roles == {Role.OPERATOR, Role.MEDIATOR}


@pytest.mark.parametrize(
    ("night", "hours"), [("2026-11-20", 5), ("2026-03-28", 5), ("2026-10-24", 5)]
)
def test_a_shift_before_the_clock_change_keeps_its_length(night, hours):
    tonight = outing(UNIT, Night(date.fromisoformat(night)))
    assert tonight.closes - tonight.opens == hours * 3600


def test_a_shift_over_the_clock_change_is_an_hour_shorter_or_longer():
    late = replace(UNIT, shift_opens="22:00", shift_closes="05:00")
    spring, autumn = (
        outing(late, Night(date.fromisoformat(d))) for d in ("2026-03-28", "2026-10-24")
    )
    assert spring.closes - spring.opens == 6 * 3600
    assert autumn.closes - autumn.opens == 8 * 3600


def test_a_shift_that_ends_before_it_starts_is_refused():
    with pytest.raises(InputError) as caught:
        outing(replace(UNIT, shift_opens="22:00", shift_closes="20:00"), Night(date(2026, 11, 20)))
    assert caught.value.code == "shift_ends_before_start"
    assert caught.value.fields["unit"] == "SI-1"


@pytest.mark.parametrize(
    "change", [{"code": ""}, {"driving_minutes": 0}, {"kilometres": -1.0}, {"kits": -1}]
)
def test_wrong_limits_are_refused(change):
    with pytest.raises(InputError):
        replace(UNIT, **change)
