"""The pages of a role with few stand in one row; those of a role with many in sections."""

import numpy as np

from data.texts import Texts
from geo.canaries import canaries, traces
from screens import shell
from screens.shell import FLAT, Entry, grouped


def links(count):
    sections = {0: "even", 1: "alone"}
    entries = [
        Entry(lambda: None, f"page {n}", f"p{n}", section=sections.get(n if n % 2 else 0))
        for n in range(count)
    ]
    return [(entry, object()) for entry in entries]


def test_few_pages_stand_by_themselves():
    few = links(FLAT)
    assert list(grouped(few)) == [entry.title for entry, _ in few]


def test_many_pages_stand_in_their_sections_and_none_is_lost():
    many = links(FLAT + 1)
    found = grouped(many)
    assert "page 1" in found  # the only one of its section: called by its own name
    assert list(found)[:2] == ["even", "page 1"]
    assert len(found["even"]) == 4
    assert sorted(entry.path for pages in found.values() for entry, _ in pages) == sorted(
        entry.path for entry, _ in many
    )


def test_a_page_that_breaks_says_so_and_neither_page_nor_log_tells_where(monkeypatch, caplog):
    lon, lat = 11.412345678, 43.298765432
    said = []
    monkeypatch.setattr(shell.st, "error", said.append)
    monkeypatch.setattr(shell, "texts", lambda: Texts("it"))

    def breaks():
        raise ValueError(f"no road at {lon}, {lat}")

    shell.guarded(Entry(breaks, "page", "page"))()
    heard = "\n".join([*said, caplog.text])
    assert "page page failed with ValueError" in caplog.text
    assert len(said) == 1
    assert not [*traces(heard.encode(), canaries(np.array([[lon, lat]])))]
