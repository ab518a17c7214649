"""What became of what a phone gave back, in words; for the page and the terminal."""

from __future__ import annotations

from data.running import Recorded
from data.texts import Texts


def taken(t: Texts, done: Recorded) -> str:
    """What became of what came back."""
    lines = [
        t(
            "Taken in: {kept} new entries, {known} known before.",
            kept=len(done.kept),
            known=len(done.known),
        )
    ]
    if done.off_route:
        lines.append(
            t("{count} of them are for zones outside the route.", count=len(done.off_route))
        )
    if done.refused:
        why = {t.sentence(error) for _, error in done.refused}
        lines.append(
            t("Not taken: {count}.", count=len(done.refused)) + " " + " ".join(sorted(why))
        )
    return " ".join(lines)
