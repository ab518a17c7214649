"""A person plans tonight and publishes it, a crew reads it on a phone, and nobody else is asked."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parent / "assets" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
COLOURS = ["color-contrast"]
"""All that a change of colours alone can spoil."""

ENTRANCES = (
    "Entra come coordinamento",
    "Entra come unità di strada",
    "Entra come comune",
    "Entra come rete",
    "Entra come numero verde",
)
LOOKS = (("desktop", "light"), ("desktop", "dark"), ("phone", "dark"), ("phone", "light"))
AFTERNOON = "2026-05-15T18:30:00+02:00"
NIGHT = "2026-05-15T22:10:00+02:00"


UNFOLD = "document.querySelectorAll('details:not([open])').forEach(d => d.open = d.folded = true)"
FOLD = (
    "document.querySelectorAll('details').forEach(d => { if (d.folded) d.open = d.folded = false })"
)
"""Forms stand in folded parts, where axe does not look; they are left as they were."""


def violations(page, rules=RULES):
    """What axe-core finds wrong, maps and what is folded away included."""
    for frame in page.frames:
        if not frame.evaluate("'axe' in window"):
            frame.evaluate(AXE)
    page.evaluate(UNFOLD)
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", rules
    )
    page.evaluate(FOLD)
    return [
        (one["id"], node["target"], node["failureSummary"])
        for one in found["violations"]
        for node in one["nodes"]
    ]


def the_map(page):
    """The document inside the map's frame."""
    return page.frame_locator("iframe").first


def see_to_a_published_plan(program, visitor):
    """Have tonight planned and published, whichever test came first."""
    if program.published:
        return
    program.at(AFTERNOON)
    person = visitor()
    person.press(ENTRANCES[0])
    person.press("Pianifica la notte")
    person.press("Pubblica")
    person.page.get_by_text("ogni équipe legge il proprio itinerario").wait_for()
    program.published = True


HIDDEN = """badges => badges.map(badge => {
    const box = badge.getBoundingClientRect()
    return [badge.textContent, box.x + box.width / 2, box.y + box.height / 2]
}).filter(([name, x, y], index, all) => all.slice(0, index).some(
    ([, left, top]) => Math.abs(x - left) < 8 && Math.abs(y - top) < 8))"""
"""Badges whose middle lies on another's."""


def test_a_coordinator_plans_and_publishes_and_a_crew_reads_it(program, visitor):
    program.at(AFTERNOON)
    coordinator = visitor()
    coordinator.picture("start")
    coordinator.press(ENTRANCES[0])
    page = coordinator.page
    coordinator.press("Pianifica la notte")
    badges = the_map(page).locator(".stop:not(.base)")
    listed = page.locator(".p-cards .p-stops li")
    assert badges.count() == listed.count() > 20
    assert the_map(page).locator("canvas").count() >= 3
    assert the_map(page).locator(".stop span").evaluate_all(HIDDEN) == []
    coordinator.picture("tonight")
    coordinator.press("Pubblica")
    page.get_by_text("ogni équipe legge il proprio itinerario").wait_for()
    program.published = True

    program.at(NIGHT)
    crew = visitor("phone", "dark")
    crew.press(ENTRANCES[1])
    crew.page.get_by_text("Prossima tappa").wait_for()
    assert crew.page.locator(".p-where").bounding_box()["y"] < 400
    assert the_map(crew.page).locator(".stop.next").count() == 1
    assert crew.page.evaluate("document.documentElement.scrollWidth") == 360
    crew.picture("itinerary")


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_every_page_can_be_used_by_everyone(program, visitor, entrance):
    """Each page on a desktop and a phone, by day and by night, and it asks nobody else."""
    see_to_a_published_plan(program, visitor)
    program.at(NIGHT)
    person = visitor()
    wrong = {}

    def look(name):
        for number, (size, scheme) in enumerate(LOOKS):
            person.look_as(size, scheme)
            seen = f"{name}-{size}-{scheme}".lower().replace(" ", "-")
            recoloured = number and LOOKS[number - 1][0] == size
            wrong[seen] = violations(person.page, COLOURS if recoloured else RULES)
            assert person.page.evaluate("document.documentElement.lang") == "it"
            assert person.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), seen
            person.picture(seen)
        person.look_as(*LOOKS[0])

    if entrance is ENTRANCES[0]:
        look("inizio")
    person.press(entrance)
    for name in person.pages():
        look(f"{entrance.removeprefix('Entra come ')} {name}")
    assert wrong
    paths = {url.split(str(program.port))[-1] for url in person.requests}
    assert "/assets/leaflet/leaflet.js" in paths
    assert any(path.startswith("/base/roads-") for path in paths)
    assert person.strangers == set()
    assert {name: found for name, found in wrong.items() if found} == {}


def test_a_stop_on_the_map_can_be_reached_and_read_with_the_keyboard(program, visitor):
    see_to_a_published_plan(program, visitor)
    program.at(AFTERNOON)
    person = visitor()
    person.press(ENTRANCES[0])
    stop = the_map(person.page).locator(".stop:not(.base)").first
    name = stop.get_attribute("title")
    assert name
    stop.focus()
    person.page.keyboard.press("Enter")
    popup = the_map(person.page).locator(".leaflet-popup-content")
    popup.wait_for()
    assert popup.locator("h2").inner_text() in name
    assert the_map(person.page).locator("[aria-label='Chiudi']").count() == 1


def test_the_page_cannot_ask_another_host_even_if_told_to(visitor):
    person = visitor()
    answer = person.page.evaluate(
        "fetch('http://192.0.2.1/').then(() => 'asked', error => String(error))"
    )
    assert answer != "asked"
    assert any("Content Security Policy" in trouble for trouble in person.troubles)
    person.requests = [url for url in person.requests if "192.0.2.1" not in url]
    person.troubles.clear()
