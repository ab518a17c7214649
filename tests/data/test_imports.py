import geopandas as gpd
import pandas as pd
import pytest
import shapely

from data.demo.services import desks
from data.imports import PRESENCE as PRESENCE_COLUMNS
from data.imports import UNITS as UNITS_COLUMNS
from data.imports import ZONES as ZONES_COLUMNS
from data.imports import (
    off_network,
    read_desks,
    read_presence,
    read_units,
    read_zones,
    write_desks,
    write_presence,
    write_units,
    write_zones,
)
from data.texts import ROOT, Texts
from geo.crs import to_metric
from geo.errors import MissingError, ProssimaError
from geo.network import RoadNetwork
from geo.speeds import CLASSES
from tests.data.samples import UNITS, ZONES, line

HEADER = "code;municipality;place_type;geometry;windows"
WKT = shapely.to_wkt(line(), rounding_precision=-1)
GOOD = f"048017-01;048017;viale;{WKT};21:00-01:00"


@pytest.fixture
def table(tmp_path):
    def write(text: str | bytes, name: str = "zones.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def refusal(read, path) -> ProssimaError:
    with pytest.raises(ProssimaError) as refused:
        read(path)
    for language in ("it", "en"):
        assert Texts(language).sentence(refused.value)
    return refused.value


@pytest.mark.parametrize("kind", ["csv", "tsv", "geojson", "gpkg"])
def test_zones_come_back_as_they_went(tmp_path, kind):
    write_zones(tmp_path / f"zones.{kind}", ZONES)
    assert read_zones(tmp_path / f"zones.{kind}") == ZONES


@pytest.mark.parametrize("kind", ["csv", "tsv", "geojson", "gpkg"])
def test_units_come_back_as_they_went(tmp_path, kind):
    write_units(tmp_path / f"units.{kind}", UNITS)
    assert read_units(tmp_path / f"units.{kind}") == UNITS


def test_presence_comes_back_as_it_went(tmp_path):
    frame = pd.DataFrame(
        {"zone": "048017-01", "weekday": [0, 5], "hour": [23, 0], "expected": [2.5, 0.125],
         "low": [1.0, 0.0], "high": [4.25, 1.0]}
    )  # fmt: skip
    write_presence(tmp_path / "presence.csv", frame)
    pd.testing.assert_frame_equal(read_presence(tmp_path / "presence.csv"), frame)


def test_only_what_is_needed_must_be_in_the_file(table):
    (zone,) = read_zones(table(f"{HEADER}\n{GOOD}\n"))
    assert zone.service_minutes == 15
    assert zone.geometry.equals_exact(ZONES[0].geometry)


@pytest.mark.parametrize("divider", [";", ",", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_table_of_any_spreadsheet_is_read(table, divider, newline, encoding):
    quoted = [f'"{cell}"' for cell in GOOD.replace("21:00", "lunedì-ven 21:00").split(";")]
    text = newline.join([HEADER.replace(";", divider), divider.join(quoted), divider * 4, ""])
    (zone,) = read_zones(table(text.encode(encoding)))
    assert zone.windows[0].weekdays == frozenset(range(5))


def test_decimal_commas_of_bases_are_read(table):
    header = "code;name;organisation;territory;start_name;start_lon;start_lat;shift_opens;" \
        "shift_closes;crew;kilometres"  # fmt: skip
    row = "A;Unità;Ente;48;Sede;11,2558;43,7696;20.30;1:30;operatore;80,5"
    (unit,) = read_units(table(f"{header}\n{row}\n"))
    assert (unit.start.lon, unit.start.lat, unit.kilometres) == (11.2558, 43.7696, 80.5)
    assert unit.end == unit.start
    assert (unit.shift_opens, unit.shift_closes) == ("20:30", "01:30")


@pytest.mark.parametrize(
    ("change", "code", "column", "got"),
    [
        (("viale", "strada"), "cell_unreadable", "place_type", "a text"),
        (("21:00-01:00", "21:00"), "cell_unreadable", "windows", "a time"),
        ((WKT, ""), "cell_unreadable", "geometry", "nothing"),
        ((";048017;", ";Firenze;"), "cell_unreadable", "municipality", "a text"),
        ((";048017;", ";058091;"), "municipality_unknown", None, None),
        (("048017-01", "17-1"), "zone_code", None, None),
        (("048017-01", "048001-01"), "zone_municipality", None, None),
        ((WKT, shapely.to_wkt(line(metres=400))), "zone_too_small", None, None),
        ((WKT, "POINT (11.2 43.7)"), "zone_too_small", None, None),
        ((WKT, "LINESTRING (43.77 11.25, 43.78 11.26)"), "coordinates_swapped", None, None),
        ((WKT, "LINESTRING (681000 4848000, 682000 4848000)"), "coordinates_invalid", None, None),
    ],
)
def test_a_wrong_row_is_named(table, change, code, column, got):
    other = GOOD.replace("048017-01", "048017-02")
    old, new = change
    row = other.replace(old.replace("048017-01", "048017-02"), new)
    error = refusal(read_zones, table(f"{HEADER}\n{GOOD}\n{row}\n"))
    assert (error.code, error.fields["row"]) == (code, 3)
    assert error.fields.get("column") == column
    assert error.fields.get("got") == got or column is None
    assert "3" in Texts("it").sentence(error)


def test_no_value_of_a_cell_is_repeated_in_the_refusal(table):
    row = GOOD.replace("viale", "via dei Canarini 12")
    error = refusal(read_zones, table(f"{HEADER}\n{row}\n"))
    assert "Canarini" not in f"{error} {Texts('en').sentence(error)}"


def test_all_wrong_rows_are_counted(table):
    wrong = GOOD.replace("viale", "strada")
    error = refusal(read_zones, table("\n".join([HEADER, GOOD, wrong, wrong, GOOD])))
    assert error.fields["row"] == 3
    assert error.fields["others"] == 2  # another wrong word, and a code that stands twice
    assert "2 more rows are wrong" in Texts("en").sentence(error)


def test_rows_are_counted_as_a_spreadsheet_shows_them(table):
    two_lines = GOOD.replace("21:00-01:00", '"21:00-01:00;\n22:00-23:00"')
    text = f"{HEADER}\n\n{two_lines}\nx;y\n"
    error = refusal(read_zones, table(text))
    assert (error.code, error.fields["row"]) == ("csv_cells", 5)


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        ("", "zones.csv", "file_empty"),
        ("  \n", "zones.csv", "file_empty"),
        (HEADER, "zones.csv", "file_empty"),
        (GOOD, "zones.xlsx", "file_kind"),
        ("{", "zones.geojson", "file_broken"),
        ("SQLite format 3", "zones.gpkg", "file_broken"),
        (f"{HEADER};nome\n{GOOD};x", "zones.csv", "column_unknown"),
        (f"{HEADER};windows\n{GOOD};x", "zones.csv", "column_twice"),
        ("code;municipality\nx;y", "zones.csv", "column_missing"),
        (f'{HEADER}\n"{GOOD}', "zones.csv", "csv_quotes"),
        (f"{HEADER}\n{GOOD}\n{GOOD}".replace("viale", "perì").encode("mac_roman"), "z.csv",
         "encoding_unreadable"),
        (f"{HEADER}\n{GOOD}\n".encode() + b"\x00", "zones.csv", "encoding_unreadable"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_a_table(table, content, name, code):
    assert refusal(read_zones, table(content, name)).code == code


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(MissingError):
        read_zones(tmp_path / "zones.csv")


def test_a_base_off_somalia_is_a_swapped_one(tmp_path, table):
    write_units(tmp_path / "units.csv", UNITS[:1])
    text = (tmp_path / "units.csv").read_text(encoding="utf-8-sig")
    swapped = text.replace("11.2558;43.7696", "43.7696;11.2558")
    error = refusal(read_units, table(swapped))
    assert error.code == "coordinates_swapped"
    assert "scambiate" in Texts("it").sentence(error)


def test_half_an_end_is_refused(tmp_path, table):
    write_units(tmp_path / "units.csv", UNITS[:1])
    text = (tmp_path / "units.csv").read_text(encoding="utf-8-sig")
    half = text.replace(";Sede di Firenze;11.2558;43.7696;20:30", ";Sede di Firenze;;;20:30")
    assert refusal(read_units, table(half)).code == "unit_end"


def test_a_geopackage_in_metres_is_brought_to_degrees(tmp_path):
    write_zones(tmp_path / "zones.gpkg", ZONES)
    to_metric(gpd.read_file(tmp_path / "zones.gpkg")).to_file(tmp_path / "metric.gpkg")
    found = read_zones(tmp_path / "metric.gpkg")
    assert [zone.code for zone in found] == [zone.code for zone in ZONES]
    assert found[0].geometry.equals_exact(ZONES[0].geometry, 1e-8)


def test_a_failed_export_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "zones.csv"
    write_zones(path, ZONES)
    before = path.read_bytes()
    monkeypatch.setattr("data.cells.shapely.to_wkt", lambda *_a, **_k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_zones(path, ZONES[:1])
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["zones.csv"]


def test_a_zone_beyond_every_road_is_reported():
    road = shapely.get_coordinates(ZONES[0].geometry)
    lanes = [CLASSES.index("residential")] * 2
    network = RoadNetwork.build(
        name="one road", source="schematic", licence="none", node_lon=road[:, 0],
        node_lat=road[:, 1], edge_from=[0, 1], edge_to=[1, 0], edge_class=lanes,
    )  # fmt: skip
    off = off_network(ZONES, network)
    assert list(off) == ["052015-01"]
    assert off["052015-01"] > 30_000


def test_every_column_is_documented():
    text = (ROOT / "docs" / "imports.md").read_text(encoding="utf-8")
    for columns in (ZONES_COLUMNS, UNITS_COLUMNS, PRESENCE_COLUMNS):
        assert not [name for name in columns if f"`{name}`" not in text]


@pytest.mark.parametrize("name", ["desks.csv", "desks.geojson", "desks.gpkg"])
def test_desks_come_back_as_they_were(tmp_path, name):
    known = desks()
    write_desks(tmp_path / name, known)
    assert read_desks(tmp_path / name) == known


def test_a_desk_with_unreadable_hours_is_refused_with_its_row(tmp_path, table):
    write_desks(tmp_path / "desks.csv", desks())
    text = (tmp_path / "desks.csv").read_text(encoding="utf-8-sig")
    wrong = text.replace(desks()[1].opening_hours, "ogni tanto", 1)
    error = refusal(read_desks, table(wrong))
    assert (error.code, error.fields["row"]) == ("opening_hours", 3)
