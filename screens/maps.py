"""The one place where a map goes to the browser, and the check of what it asks for there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import folium
import shapely
import streamlit_folium
from folium.map import Layer

from data.settings import settings
from layers.base import Words, fit
from layers.palette import Palette
from layers.served import all_local
from screens.basemap import chart, ground
from screens.session import network, texts

_VIEWPORT = re.compile(r"<meta name=\"viewport\".*?/>", re.DOTALL)


def show(
    key: str,
    label: str,
    layers: Iterable[Layer],
    palette: Palette,
    *,
    view: Iterable[shapely.Geometry] = (),
    height: int = 560,
) -> None:
    """Draw layers over the ground; the map stays when only the layers change.

    `view`: geometries (EPSG:4326) that are brought into sight when they are new; the
    reader's own zooming is left alone otherwise. Nothing is sent back from the map.
    """
    group = folium.FeatureGroup(name=key)
    for layer in layers:
        group.add_child(layer)
    seen = fit(view)
    if seen is not None:
        group.add_child(seen)
    streamlit_folium.st_folium(
        chart(ground(settings().home, network()), palette, _words(label)),
        key=f"{key}-{palette.name}",
        feature_group_to_add=group,
        returned_objects=[],
        use_container_width=True,
        height=height,
    )


def _words(label: str) -> Words:
    t = texts()
    roads = network()
    licence = t("schematic network") if roads.source == "schematic" else roads.licence
    return Words(
        label=label,
        attribution=f"ISTAT · {licence}",
        zoom_in=t("Zoom in"),
        zoom_out=t("Zoom out"),
        fullscreen=t("Whole screen"),
        leave=t("Leave the whole screen"),
        close=t("Close"),
    )


def served_locally(component: Callable[..., Any]) -> Callable[..., Any]:
    """The component that draws maps, given links of our own only.

    Every script and style of a map passes here; one that is not vendored raises. The
    viewport line that forbids zooming is dropped: people enlarge what they cannot read.
    """

    def call(*, js_links: list[str], css_links: list[str], header: str, **given: Any) -> Any:
        return component(
            js_links=all_local(js_links),
            css_links=all_local(css_links),
            header=_VIEWPORT.sub("", header),
            **given,
        )

    call.guarded = True  # type: ignore[attr-defined]
    return call


if not hasattr(streamlit_folium._component_func, "guarded"):
    streamlit_folium._component_func = served_locally(streamlit_folium._component_func)
