"""The table of all settings as a page for people."""

from __future__ import annotations

from data.settings import PREFIX, Settings, kept_names


def markdown() -> str:
    """The table of all settings, as `docs/settings.md` prints it."""
    rows = [
        f"| `{PREFIX}{name.upper()}` | {_shown(field.default)} "
        f"| {'yes' if name in kept_names() else 'no'} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(
        [
            "# Settings",
            "",
            "Printed by `prossima settings --markdown` from `data/settings.py`; do not edit.",
            "",
            "Each is an environment variable. Those marked as kept can also be changed in the",
            "database with `prossima settings --set name=value`; the environment wins.",
            "",
            "| variable | default | kept | meaning |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _shown(default: object) -> str:
    return "" if default is None else f"`{default}`"
