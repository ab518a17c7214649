"""The colours of map and lists, light and dark, and the signs that go with each colour.

A unit has one colour in map, list and timeline. Colour is never the only sign: each unit
also has a letter and a dash pattern. The first five colours keep well apart under each
kind of colour blindness, all nine somewhat; they carry their ink with at least 4.5:1 and
stand at least 3:1 from the land (WCAG 2.1, 1.4.3 and 1.4.11). The tests compute it.
"""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_uppercase

DASHES = (None, "14 6", "3 7", "14 6 3 6", "24 7", "7 7", "20 5 3 5 3 5", "3 4", "30 5 8 5")
"""Leaflet dash patterns by position of the unit; None is a full line."""


@dataclass(frozen=True)
class Palette:
    """Colours of one theme as CSS hex; `units` in order of use, `ink` is written on them."""

    name: str
    units: tuple[str, ...]
    unit_ink: str
    outside: str
    land: str
    border: str
    province: str
    roads: tuple[str, str, str]
    place: str
    capital: str
    zone: str
    left_out: str
    ink: str
    card: str
    line: str
    halo: str
    focus: str

    @property
    def css(self) -> str:
        """The custom properties that the map's style sheet reads."""
        dark = self.name == "dark"
        pairs = {
            "outside": self.outside,
            "land": self.land,
            "name": self.place,
            "capital": self.capital,
            "ink": self.ink,
            "card": self.card,
            "line": self.line,
            "halo": self.halo,
            "focus": self.focus,
            # Leaflet's icons are black: on a dark card they are drawn inverted, ground and all.
            "icon": "invert(1)" if dark else "none",
            "icon-card": f"#{0xFFFFFF - int(self.card[1:], 16):06X}" if dark else self.card,
        }
        return ":root{" + "".join(f"--{name}:{value};" for name, value in pairs.items()) + "}"


LIGHT = Palette(
    name="light",
    units=(
        "#1B2A6B", "#C74B05", "#8A2BC2", "#5E0F16", "#2B7D82",
        "#994533", "#194D46", "#B319AC", "#47048B",
    ),
    unit_ink="#FFFFFF",
    outside="#E4E6E6",
    land="#F7F4EE",
    border="#E2DBCE",
    province="#B9AE9B",
    roads=("#BFA170", "#CDB98F", "#DDD0B5"),
    place="#5F594D",
    capital="#38342C",
    zone="#5B6B82",
    left_out="#6B7280",
    ink="#1D2433",
    card="#FFFFFF",
    line="#C9C3B7",
    halo="#FFFFFF",
    focus="#1D2433",
)  # fmt: skip

DARK = Palette(
    name="dark",
    units=(
        "#67E0E0", "#FAC12E", "#A99BF5", "#E8F7B0", "#F0737B",
        "#A5C8FD", "#C1C95E", "#DD8DB0", "#8FEFB8",
    ),
    unit_ink="#10151F",
    outside="#0D1219",
    land="#1A212C",
    border="#252E3B",
    province="#435063",
    roads=("#6A7585", "#4C5867", "#374150"),
    place="#9CA7B6",
    capital="#D3DAE4",
    zone="#9AAAC2",
    left_out="#9AA3B0",
    ink="#E8ECF2",
    card="#222B38",
    line="#435063",
    halo="#10151F",
    focus="#FFFFFF",
)  # fmt: skip


@dataclass(frozen=True)
class Sign:
    """How one unit is told apart: letter, colour and dash pattern."""

    letter: str
    colour: str
    ink: str
    dash: str | None


def signs(units: tuple[str, ...], palette: Palette) -> dict[str, Sign]:
    """A sign for each unit code, by its position in `units`.

    Beyond nine units colours come round again, letters (A … Z, A2 …) do not.
    """
    found = {}
    for index, unit in enumerate(units):
        lap, position = divmod(index, len(ascii_uppercase))
        letter = ascii_uppercase[position] + (str(lap + 1) if lap else "")
        colour = palette.units[index % len(palette.units)]
        dash = DASHES[(index + index // len(palette.units)) % len(DASHES)]
        found[unit] = Sign(letter, colour, palette.unit_ink, dash)
    return found
