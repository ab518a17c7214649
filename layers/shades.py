"""Colours that mean more or less: presence by the hour, and how far a zone is behind.

Colour is never the only sign: a presence cell carries its figure, a standing its word, and
on the map a zone that is further behind has a larger dot. Each step carries its ink with
at least 4.5:1, standings stand at least 3:1 from the land. The tests compute it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from layers.palette import DARK, LIGHT, Palette


@dataclass(frozen=True)
class Shade:
    """A colour and what is written on it, as CSS hex."""

    colour: str
    ink: str


@dataclass(frozen=True)
class Shades:
    """Colours of one theme. `heat`: from least to most. `standing`: by the value of
    `routing.coverage.Standing`; in the picture of the weeks `calm` stands for what is on
    target, so that what is behind meets the eye."""

    heat: tuple[Shade, ...]
    standing: Mapping[str, Shade]
    calm: Shade
    chosen: str
    proposed: str

    @property
    def weeks(self) -> Mapping[str, Shade]:
        """The colours of the coverage picture, by standing."""
        return {**self.standing, "on_target": self.calm}

    def of(self, value: float, most: float) -> Shade:
        """The step of a value between nothing and `most`."""
        if value <= 0 or most <= 0:
            return self.heat[0]
        return self.heat[min(len(self.heat) - 1, 1 + int(value / most * (len(self.heat) - 1)))]


_DARK_INK, _LIGHT_INK = "#10151F", "#E8ECF2"
_INK = "#1D2433"

_LIGHT = Shades(
    heat=(
        Shade("#F2EFE9", "#596173"),
        Shade("#DFE8EF", _INK),
        Shade("#B8D2E4", _INK),
        Shade("#85B2D2", _INK),
        Shade("#33709F", "#FFFFFF"),
        Shade("#173F63", "#FFFFFF"),
    ),
    standing={
        "on_target": Shade("#27767B", "#FFFFFF"),
        "behind": Shade("#B45309", "#FFFFFF"),
        "far_behind": Shade("#7A1230", "#FFFFFF"),
        "never": Shade("#FFFFFF", _INK),
    },
    calm=Shade("#AFD3CF", _INK),
    chosen="#1D2433",
    proposed="#8A2BC2",
)
_DARK = Shades(
    heat=(
        Shade("#1A212C", "#A5AFBD"),
        Shade("#213448", _LIGHT_INK),
        Shade("#264C6B", _LIGHT_INK),
        Shade("#2F6489", _LIGHT_INK),
        Shade("#7FB3DA", _DARK_INK),
        Shade("#C6E3FA", _DARK_INK),
    ),
    standing={
        "on_target": Shade("#3A8FB0", _DARK_INK),
        "behind": Shade("#FAC12E", _DARK_INK),
        "far_behind": Shade("#FF6B6B", _DARK_INK),
        "never": Shade("#10151F", _LIGHT_INK),
    },
    calm=Shade("#1F4650", _LIGHT_INK),
    chosen="#FFFFFF",
    proposed="#C9A6FF",
)


def themed() -> Shades:
    """The shades of both themes in one, as CSS `light-dark()`: the browser takes those of its
    theme, also when that changes while the page stands. For HTML alone, not for map or picture.
    """

    def both(light: Shade, dark: Shade) -> Shade:
        return Shade(_either(light.colour, dark.colour), _either(light.ink, dark.ink))

    return Shades(
        heat=tuple(map(both, _LIGHT.heat, _DARK.heat)),
        standing={name: both(one, _DARK.standing[name]) for name, one in _LIGHT.standing.items()},
        calm=both(_LIGHT.calm, _DARK.calm),
        chosen=_either(_LIGHT.chosen, _DARK.chosen),
        proposed=_either(_LIGHT.proposed, _DARK.proposed),
    )


def _either(light: str, dark: str) -> str:
    return f"light-dark({light}, {dark})"


def shades(palette: Palette) -> Shades:
    """The shades that go with a palette."""
    return {LIGHT.name: _LIGHT, DARK.name: _DARK}[palette.name]
