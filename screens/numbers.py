"""Whom a crew may have to call; for the page, the pack and paper."""

from __future__ import annotations

from data.settings import Settings
from data.texts import Texts


def numbers(t: Texts, settings: Settings) -> list[tuple[str, str]]:
    """(name, number) of everyone a crew may need, the coordination first where it is known."""
    known = [
        (t("Coordination"), settings.coordinator_number),
        (t("Emergencies"), "112"),
        (t("Regional hotline"), settings.hotline_regional),
        (t("National hotline"), settings.hotline_national),
    ]
    return [(name, number) for name, number in known if number]
