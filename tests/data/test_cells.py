import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import cells
from data.cells import Expected, Got, Unreadable
from geo.zones import PlaceType, PresenceWindow
from routing.units import Crew, Member, Pause, Role


@pytest.mark.parametrize(
    ("text", "low", "high", "value"),
    [
        ("11.2558", -180, 180, 11.2558),
        ("11,2558", -180, 180, 11.2558),
        (" 43,5 ", -180, 180, 43.5),
        ("1.234,5", 0, 9999, 1234.5),
        ("1,234.5", 0, 9999, 1234.5),
        ("1'234.5", 0, 9999, 1234.5),
        ("11.254", -180, 180, 11.254),  # 11254 lies outside the limits: one meaning is left
        ("1.234", 1000, 9999, 1234),
        ("0.500", 0, 9999, 0.5),
        ("-3", -5, 5, -3),
    ],
)
def test_a_number_with_one_meaning_is_read(text, low, high, value):
    assert cells.number(low, high)(text) == value


def test_a_number_with_two_meanings_is_refused():
    with pytest.raises(Unreadable) as refused:
        cells.number(0, 9999)("1.234")
    assert refused.value.got is Got.AMBIGUOUS


@pytest.mark.parametrize("text", ["", "1.2.3", "12,34,5", "1e5", "nan", "inf", "11° 15'", "10 km"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(Unreadable) as refused:
        cells.number(-180, 180)(text)
    assert refused.value.expected is Expected.NUMBER
    assert refused.value.got is None


def test_a_whole_number_may_come_with_zero_decimals():
    assert cells.whole(1, 240)("15,0") == 15
    for text in ("15.5", "0", "241", "x"):
        with pytest.raises(Unreadable):
            cells.whole(1, 240)(text)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("", range(7)),
        ("lun-ven", range(5)),
        ("Lunedì – Venerdì", range(5)),
        ("ven-dom", (4, 5, 6)),
        ("sab-lun", (5, 6, 0)),
        ("mon, wed;Fri", (0, 2, 4)),
        ("mar+mer", (1, 2)),
    ],
)
def test_weekdays_in_both_languages(text, days):
    assert cells.read_weekdays(text) == frozenset(days)


@pytest.mark.parametrize("text", ["lun-mar-mer", "xyz", "1-5", "lun-", "monday-5"])
def test_weekdays_that_are_none(text):
    with pytest.raises(Unreadable):
        cells.read_weekdays(text)


def test_windows_with_and_without_weekdays():
    assert cells.read_windows("lun-ven 21:00-01:00; sab 22.00 – 03:00;20:00-25:30") == (
        PresenceWindow("21:00", "01:00", frozenset(range(5))),
        PresenceWindow("22:00", "03:00", frozenset({5})),
        PresenceWindow("20:00", "25:30"),
    )


@pytest.mark.parametrize(
    "text", ["", "21:00", "lun-ven", "01:00-21:00", "21:00-21:00", "21:00-40:00", "21-23"]
)
def test_windows_that_are_none(text):
    with pytest.raises(Unreadable):
        cells.read_windows(text)


def test_a_crew_in_both_languages():
    read = cells.read_crew("Coordinatore:it+en; mediator: sq, ro ;driver")
    assert read == Crew(
        (
            Member(Role.COORDINATOR, frozenset({"it", "en"})),
            Member(Role.MEDIATOR, frozenset({"sq", "ro"})),
            Member(Role.DRIVER, frozenset({"it"})),
        )
    )


@pytest.mark.parametrize("text", ["", "Maria:it", "mediatore:albanese"])
def test_a_crew_that_is_none(text):
    with pytest.raises(Unreadable):
        cells.read_crew(text)


def test_yes_and_no():
    assert [cells.read_yes(text) for text in ("Sì", "si", "YES", "1", "no", "")] == [True] * 4 + [
        False
    ] * 2
    with pytest.raises(Unreadable):
        cells.read_yes("forse")


def test_leading_zeros_that_a_spreadsheet_took_are_put_back():
    assert cells.read_municipality("48017") == "048017"
    assert cells.read_provinces("48, 047+100") == ("048", "047", "100")
    for text in ("Firenze", "4801", "0480170"):
        with pytest.raises(Unreadable):
            cells.read_municipality(text)


def test_a_choice_names_the_choices():
    assert cells.choice(PlaceType)(" Viale ") is PlaceType.VIALE
    with pytest.raises(Unreadable) as refused:
        cells.choice(PlaceType)("strada")
    assert "viale, provinciale" in str(refused.value.limits["choices"])


@pytest.mark.parametrize(
    "text",
    ["11.2 43.7", "LINESTRING (11.2 43.7)", "LINESTRING EMPTY", "LINESTRING (11,2 43,7; 1 2)",
     "POLYGON ((11 43, 11.1 43.1, 11.1 43, 11 43.1, 11 43))"],
)  # fmt: skip
def test_geometry_that_cannot_be_used(text):
    with pytest.raises(Unreadable):
        cells.read_geometry(text)


def test_kinds_of_what_came_instead():
    kinds = [cells.kind_of(text) for text in (" ", "12,5", "21:30", "via Roma")]
    assert kinds == [Got.EMPTY, Got.NUMBER, Got.TIME, Got.TEXT]


CLOCKS = st.builds("{:02}:{:02}".format, st.integers(12, 23), st.integers(0, 59))
MORNINGS = st.builds("{:02}:{:02}".format, st.integers(24, 35), st.integers(0, 59))
DAYS = st.frozensets(st.integers(0, 6), min_size=1)
WINDOWS = st.lists(st.builds(PresenceWindow, CLOCKS, MORNINGS, DAYS), min_size=1, max_size=4)
LANGUAGES = st.frozensets(st.sampled_from(["it", "en", "sq", "ro", "es"]), min_size=1)
CREWS = st.lists(st.builds(Member, st.sampled_from(Role), LANGUAGES), min_size=1, max_size=5)


@given(WINDOWS)
def test_windows_survive_writing(windows):
    assert cells.read_windows(cells.write_windows(windows)) == tuple(windows)


@given(CREWS)
def test_crews_survive_writing(members):
    crew = Crew(tuple(members))
    assert cells.read_crew(cells.write_crew(crew)) == crew


@given(st.none() | st.builds(Pause, CLOCKS, MORNINGS, st.integers(1, 90)))
def test_pauses_survive_writing(pause):
    assert cells.read_pause(cells.write_pause(pause)) == pause
