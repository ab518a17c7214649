"""The map without tiles, and the machinery that its layers share.

Leaflet alone is loaded, from the program itself. Heavy public shapes (municipalities,
roads, place names) are fetched by the browser once from a path of ours; what belongs to
a night is sent with the page as one GeoJSON a layer, drawn on a canvas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import folium
import shapely
from branca.element import MacroElement
from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.plugins import Fullscreen
from folium.template import Template
from folium.utilities import JsCode

from geo.crs import latlon_pairs
from layers.palette import Palette
from layers.served import PREFIX, local

TUSCANY = ((42.20, 9.65), (44.50, 12.40))
"""South-west and north-east corner of the region as (latitude, longitude)."""


@dataclass(frozen=True)
class Words:
    """What the map itself says, in the reader's language, as plain text."""

    label: str
    attribution: str
    zoom_in: str
    zoom_out: str
    fullscreen: str
    leave: str
    close: str


class _Setting(MacroElement):
    """Stacks base, overlays and names, and gives the map its words and colours."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        prossima.dress(
            {{ this._parent.get_name() }}, {{ this.words|tojson }}, {{ this.css|tojson }}
        );
        prossima.fit({{ this._parent.get_name() }}, {{ this.bounds|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, words: Words, css: str) -> None:
        super().__init__()
        self._name = "Setting"
        self.words, self.css, self.bounds = asdict(words), css, TUSCANY


class QuietMap(folium.Map):
    """A folium map that loads Leaflet and our own script, all from the program itself."""

    default_js = [  # noqa: RUF012
        ("leaflet", local("https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js")),
        ("prossima", f"{PREFIX}/prossima/map.js"),
    ]
    default_css = [  # noqa: RUF012
        ("leaflet_css", local("https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.css")),
        ("prossima_css", f"{PREFIX}/prossima/map.css"),
    ]


def base(palette: Palette, words: Words) -> QuietMap:
    """The empty map of the region, to which layers are added."""
    chart = QuietMap(
        location=(43.4, 11.05),
        zoom_start=8,
        tiles=None,
        prefer_canvas=True,
        zoom_snap=0.25,
    )
    chart.options |= {"minZoom": 7, "maxZoom": 17}
    chart.add_child(_Setting(words, palette.css))
    chart.add_child(
        Fullscreen(title=words.fullscreen, title_cancel=words.leave, position="topright")
    )
    return chart


class Fetched(JSCSSMixin, Layer):
    """A layer of the base map that the browser fetches from `url` and `prossima.<draw>` draws.

    Files arrive in any order: the `pane` (`ground`, `roads`, `names`) decides what lies on top.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = prossima.{{ this.draw }}(
            {{ this._parent.get_name() }}, {{ this.url|tojson }},
            {{ this.styles|tojson }}, {{ this.pane|tojson }}
        );
        {% endmacro %}
        """
    )

    def __init__(
        self,
        draw: str,
        url: str,
        styles: Mapping[str, object] | None = None,
        pane: str = "ground",
    ) -> None:
        super().__init__(control=False)
        self._name = "Fetched"
        self.draw, self.url, self.styles, self.pane = draw, url, dict(styles or {}), pane


class _Fit(MacroElement):
    _template = Template(
        """
        {% macro script(this, kwargs) %}
        prossima.fit({{ this.parent_map }}, {{ this.bounds|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, bounds: list[tuple[float, float]]) -> None:
        super().__init__()
        self._name = "Fit"
        # streamlit-folium names every map `map_div` in the browser.
        self.parent_map, self.bounds = "map_div", bounds


def fit(geometries: Iterable[shapely.Geometry]) -> MacroElement | None:
    """Shows what is given (EPSG:4326) when it is new; None where there is nothing."""
    parts = [part for part in geometries if part is not None and not part.is_empty]
    if not parts:
        return None
    west, south, east, north = shapely.total_bounds(parts)
    return _Fit(latlon_pairs(shapely.LineString([(west, south), (east, north)])))


def feature(geometry: shapely.Geometry, **properties: object) -> dict[str, object]:
    """A GeoJSON feature; five decimals are about a metre."""
    rounded = shapely.set_precision(geometry, 1e-5, mode="pointwise")
    return {
        "type": "Feature",
        "geometry": shapely.geometry.mapping(rounded),
        "properties": properties,
    }


def collection(features: Iterable[dict[str, object]]) -> dict[str, object]:
    """A GeoJSON feature collection."""
    return {"type": "FeatureCollection", "features": list(features)}


def drawn(
    features: Iterable[dict[str, object]], *, name: str, point: str | None = None
) -> folium.GeoJson:
    """One layer of features; each carries its `style`, `tip` and `lines` as properties.

    `point`: the function of `prossima` that draws a point (`stop` or `dot`).
    """
    options: dict[str, Any] = {"pointToLayer": JsCode(f"prossima.{point}")} if point else {}
    return folium.GeoJson(
        collection(features),
        name=name,
        on_each_feature=JsCode("prossima.describe"),
        smooth_factor=1.0,
        **options,
    )
