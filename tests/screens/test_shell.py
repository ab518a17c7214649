"""The pages of a role with few stand in one row; those of a role with many in sections."""

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
