"""Each layer is one GeoJSON whose texts cannot become markup."""

import json
import re

import folium
import geopandas as gpd
import numpy as np
import pytest
import shapely
import streamlit_folium

from geo.municipalities import municipalities, provinces, simplified
from geo.network import RoadNetwork
from geo.speeds import CLASSES
from layers.base import TUSCANY, Words, base, feature, fit
from layers.desks import desks
from layers.marks import Mark
from layers.own import own
from layers.palette import DARK, LIGHT, signs
from layers.places import from_zoom, places, places_data
from layers.roads import roads, roads_data
from layers.routes import routes
from layers.stops import bases, stops
from layers.territory import territory, territory_data
from layers.zones import left_out, zones

WORDS = Words("Mappa", "ISTAT", "Avvicina", "Allontana", "Tutto schermo", "Esci", "Chiudi")
SIGN = signs(("PO1", "LU1"), LIGHT)["LU1"]
LINE = shapely.LineString([(10.5, 43.8), (10.6, 43.9)])
POINT = shapely.Point(10.5, 43.8)
NASTY = "<img src=x onerror=alert(1)>"


def features(layer):
    return layer.data["features"]


def script(*layers):
    """What streamlit-folium sends to the browser for these layers."""
    group = folium.FeatureGroup(name="night")
    for layer in layers:
        group.add_child(layer)
    return streamlit_folium._get_feature_group_string(group, map=base(LIGHT, WORDS))


def test_the_map_speaks_the_readers_language_and_has_no_tiles():
    chart = base(DARK, WORDS)
    sent = streamlit_folium._get_map_string(chart)
    assert not re.search(r"tileLayer|https?:", sent)
    for word in ("Mappa", "Avvicina", "Allontana", "Tutto schermo", "Esci", "Chiudi"):
        assert word in sent
    assert DARK.land in sent


def test_a_route_is_a_casing_and_a_line_in_colour_and_dash():
    casing, line = features(routes([Mark(LINE, "Giro", sign=SIGN)], LIGHT))
    assert casing["properties"]["style"]["color"] == LIGHT.land
    assert not casing["properties"]["style"]["interactive"]
    assert line["properties"]["style"]["color"] == SIGN.colour
    assert line["properties"]["style"]["dashArray"] == SIGN.dash is not None
    assert line["properties"]["tip"] == "Giro"


def test_coordinates_stay_longitude_first():
    (_, line) = features(routes([Mark(LINE, "Giro", sign=SIGN)], LIGHT))
    assert line["geometry"]["coordinates"] == ((10.5, 43.8), (10.6, 43.9))


def test_a_stop_carries_letter_and_number_and_the_next_one_is_larger():
    marks = [Mark(POINT, f"Tappa {n}", sign=SIGN, number=n) for n in (1, 2)]
    first, second = (f["properties"] for f in features(stops(marks, following=2)))
    assert (first["badge"], second["badge"]) == ("B1", "B2")
    assert (first["shape"], second["shape"]) == ("plain", "next")
    assert first["colour"] == SIGN.colour
    assert first["ink"] == SIGN.ink


def test_what_belongs_to_no_unit_is_no_route_stop_or_base():
    stray = [Mark(LINE, "di nessuno")]
    assert [features(make(stray)) for make in (stops, lambda m: bases(m, LIGHT))] == [[], []]
    assert features(routes(stray, LIGHT)) == []


def test_zones_take_their_units_colour_and_left_out_ones_a_hollow_dot():
    free, taken = features(zones([Mark(LINE, "a"), Mark(LINE, "b", sign=SIGN)], LIGHT))
    assert free["properties"]["style"]["color"] == LIGHT.zone
    assert taken["properties"]["style"]["color"] == SIGN.colour
    (dot,) = features(left_out([Mark(LINE, "c")], LIGHT))
    assert dot["geometry"]["type"] == "Point"


@pytest.mark.parametrize(
    "layer",
    [
        routes([Mark(LINE, NASTY, (NASTY,), SIGN)], LIGHT),
        stops([Mark(POINT, NASTY, (NASTY,), SIGN, 1)]),
        bases([Mark(POINT, NASTY, (NASTY,), SIGN)], LIGHT),
        zones([Mark(LINE, NASTY, (NASTY,))], LIGHT),
        left_out([Mark(LINE, NASTY, (NASTY,))], LIGHT),
        own([Mark(shapely.box(10, 43, 11, 44), NASTY, (NASTY,))], LIGHT),
        desks([Mark(POINT, NASTY, (NASTY,))], LIGHT),
    ],
    ids=["routes", "stops", "bases", "zones", "left_out", "own", "desks"],
)
def test_texts_never_reach_the_page_as_markup(layer):
    sent = script(layer)
    assert "<img" not in sent
    assert "\\u003cimg" in sent
    assert "prossima.describe" in sent
    assert "bindTooltip(\n" not in sent, "folium's own tooltips would be HTML"


def test_a_layer_is_one_object_however_many_marks_it_has():
    marks = [Mark(POINT, str(n), sign=SIGN, number=n) for n in range(200)]
    assert script(stops(marks)).count("L.geoJson(") == 1


def test_the_view_is_set_as_latitude_longitude_and_only_when_there_is_something():
    assert fit([]) is None
    assert fit([shapely.Point()]) is None
    assert fit([LINE]).bounds == [(43.8, 10.5), (43.9, 10.6)]
    (south, west), (north, east) = TUSCANY
    assert 42 < south < north < 45
    assert 9 < west < east < 13


def test_a_metre_of_precision_is_enough():
    assert feature(shapely.Point(10.123456789, 43.987654321))["geometry"]["coordinates"] == (
        10.12346,
        43.98765,
    )


@pytest.fixture(scope="module")
def shapes():
    return simplified(municipalities())


def test_the_ground_has_every_municipality_and_province_and_no_name_or_figure(shapes):
    data = territory_data(shapes, provinces(shapes))
    kinds = [f["properties"]["kind"] for f in data["features"]]
    assert kinds.count("municipality") == 273
    assert kinds.count("province") == 10
    assert {key for f in data["features"] for key in f["properties"]} == {"kind"}
    assert len(json.dumps(data)) < 700_000


def test_larger_places_are_named_first_and_sooner():
    assert from_zoom(100_000) < from_zoom(10_000) < from_zoom(300)
    frame = gpd.GeoDataFrame(
        {
            "name": ["Zeri", "Prato", "Empoli"],
            "population": [1000, 195_000, 48_000],
            "capital": [False, True, False],
        },
        geometry=gpd.points_from_xy([9.7, 11.1, 10.9], [44.3, 43.9, 43.7]),
        crs="EPSG:4326",
    )
    named = [f["properties"] for f in places_data(frame)["features"]]
    assert [p["name"] for p in named] == ["Prato", "Empoli", "Zeri"]
    assert named[0]["capital"]
    assert [p["from"] for p in named] == sorted(p["from"] for p in named)


def network(classes):
    n = len(classes)
    lon, lat = 10 + np.arange(n + 1) / 10, np.full(n + 1, 43.5)
    nodes = np.arange(n)
    kinds = [CLASSES.index(name) for name in classes]
    return RoadNetwork.build(
        name="prova",
        source="schematic",
        licence="CC0",
        node_lon=lon,
        node_lat=lat,
        edge_from=[*nodes, *(nodes + 1)],
        edge_to=[*(nodes + 1), *nodes],
        edge_class=[*kinds, *kinds],
    )


def test_a_two_way_road_is_drawn_once_and_lesser_roads_not_at_all():
    data = roads_data(network(["motorway", "primary", "residential", "secondary"]))
    drawn = {f["properties"]["kind"]: f["geometry"]["coordinates"] for f in data["features"]}
    assert set(drawn) == {"motorway", "main", "minor"}
    assert [len(lines) for lines in drawn.values()] == [1, 1, 1]


def test_a_network_of_lesser_roads_alone_gives_an_empty_layer():
    assert roads_data(network(["service"]))["features"] == []


def test_fetched_layers_name_their_file_and_every_kind_has_a_style(shapes):
    data = territory_data(shapes, provinces(shapes))
    ground = territory("/base/territory.json", LIGHT)
    assert {f["properties"]["kind"] for f in data["features"]} == set(ground.styles)
    lines = roads("/base/roads.json", DARK)
    assert set(lines.styles) == {"motorway", "main", "minor"}
    chart = base(LIGHT, WORDS)
    for layer in (ground, lines, places("/base/places.json")):
        layer.add_to(chart)
    chart.get_root().render()
    sent = streamlit_folium._get_map_string(chart)
    for name in ("territory", "roads", "places"):
        assert f'"/base/{name}.json"' in sent
