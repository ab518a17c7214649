"""Sentences of the errors of `layers` and `screens`."""

from __future__ import annotations

LAYERS = {
    "asset_not_vendored": "The map asks for a file that does not come with the program: {link}.",
    "asset_remote": "{file} would load something from outside the program.",
    "asset_absent": "{file} is not in the package {package}.",
}

SCREENS = {
    "page_refused": "This page is not for your role.",
}
