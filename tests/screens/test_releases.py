"""The pages on published figures: what each role sees, and that nothing precise is sent."""

import numpy as np
import pytest
import shapely

import screens.session
from data import conflicts, count_releases, handovers, releases
from data.access import Role, Viewer
from data.artefacts import layers_of
from data.conflict_figures import CONFLICTS, THEMES
from data.release_report import as_pdf
from data.texts import Texts
from geo.canaries import canaries, traces
from geo.conflicts import Band, Channel, ConflictReport, Reporter, Theme
from geo.handovers import Receiver
from geo.month_facts import Figure
from screens import region
from screens import releases as publications
from tests.screens.conftest import said
from tests.screens.test_pages import sent_to_maps

COORDINATOR, NETWORK = Viewer(Role.COORDINATOR), Viewer(Role.NETWORK)


def kept():
    return screens.session.store()


def latest():
    """The release of the latest month that can be published."""
    month = releases.months(kept(), COORDINATOR)[0]
    return releases.publish(kept(), COORDINATOR, month).published


def test_a_coordinator_looks_attacks_and_publishes(visit):
    app = visit(COORDINATOR, "pubblicazioni")
    assert not app.exception
    # The earliest month that is over comes first; the reader looks at the last.
    months = releases.months(kept(), COORDINATOR)
    app.selectbox(key="release_month").select(months[0]).run()
    seen = said(app)
    assert "Non ancora pubblicato" in seen
    assert "contatti quasi tutti in una zona" in seen
    app.button(key="release_attack").click().run()
    assert "NON SUPERATO" not in said(app)
    assert said(app).count("superato") == 8
    app.button(key="release_go").click().run()
    assert not app.exception
    line, *told = releases.ledger(kept(), COORDINATOR)
    assert (line.month, line.number) == (months[0], 1)
    assert {one.month for one in told} == {months[0]}
    assert {one.subject for one in told} <= {*CONFLICTS}
    assert told[-1].seal in said(app)
    assert "Segnalazioni per tema" in said(app)
    app.selectbox(key="release_month").select(months[0]).run()
    assert "chiuso" in said(app)
    with pytest.raises(KeyError):
        app.button(key="release_go")


def test_a_month_can_be_published_with_noise_once(visit):
    app = visit(COORDINATOR, "pubblicazioni")
    months = releases.months(kept(), COORDINATOR)
    app.selectbox(key="release_month").select(months[0]).run()
    assert "garantito" in said(app)
    app.button(key="release_noisy").click().run()
    (line,) = releases.releases(kept(), COORDINATOR)
    assert line.published.epsilon == "1"
    app.selectbox(key="release_month").select(months[0]).run()
    assert "con rumore" in said(app)


def test_count_nights_are_told_as_persons_seen_to_municipalities_and_the_network(visit):
    visit()
    latest()
    count_releases.publish_due(kept(), COORDINATOR)
    (line,) = releases.releases(kept(), COORDINATOR, releases.COUNT)
    cell = next(one for one in line.published.cells if len(one.members) > 1)
    masked = next(iter(line.published.masked))
    for viewer, words in (
        (Viewer(Role.MUNICIPALITY, municipality=cell.members[0]), "Persone viste, insieme"),
        (Viewer(Role.MUNICIPALITY, municipality=masked), "Quale sia il caso non si può dire"),
        (NETWORK, "Persone viste in Toscana"),
    ):
        app = visit(viewer, "regione" if viewer == NETWORK else "comune")
        assert not app.exception
        seen = said(app)
        section = seen[seen.index("Notti di mappatura") :]
        assert words in section
        assert "non contatti" in section
        # The picture and the table say the same.
        assert section.count(str(line.published.totals[Figure.CONTACTS])) >= 2
        codes = {zone.code for zone in kept().zones(COORDINATOR)}
        assert not any(code in seen for code in codes)
    every = releases.releases(
        kept(), Viewer(Role.MUNICIPALITY, municipality=cell.members[0]), *releases.EVERY
    )
    assert as_pdf(every, Texts("it")).startswith(b"%PDF")


def test_the_network_reads_how_the_region_moves_from_releases_alone(visit):
    visit()
    for month in releases.months(kept(), COORDINATOR):
        releases.publish(kept(), COORDINATOR, month)
    app = visit(NETWORK, "monitoraggio-regione")
    assert not app.exception
    seen = said(app)
    assert "La regione come è pubblicata" in seen
    assert not any(zone.code in seen for zone in kept().zones(COORDINATOR))
    app.button(key="monitoring_public_make").click().run()
    assert not app.exception
    assert not app.error


def test_a_municipality_sees_its_cell_the_total_and_nothing_precise(visit):
    visit()
    published = latest()
    cell = next(one for one in published.cells if len(one.members) > 1)
    app = visit(Viewer(Role.MUNICIPALITY, municipality=cell.members[0]), "comune")
    assert not app.exception
    seen = said(app) + sent_to_maps(app)
    assert str(cell.figures[Figure.CONTACTS]) in seen
    assert "Mostrato insieme ad altri del suo distretto" in seen
    shapes = [zone.geometry for zone in kept().zones(COORDINATOR)]
    wanted = canaries(np.vstack([shapely.get_coordinates(shape) for shape in shapes]))
    assert not {trace for layer in layers_of(seen.encode()) for trace in traces(layer, wanted)}
    masked = Viewer(Role.MUNICIPALITY, municipality=published.masked[0])
    assert "non si mostra niente" in said(visit(masked, "comune"))


def test_a_municipality_sees_its_reports_and_cases_of_a_month_as_they_were_frozen(visit):
    visit()
    latest()
    (line,) = releases.releases(kept(), COORDINATOR, THEMES)
    cell = line.published.cells[0]
    theme, count = next(
        (code, n) for code, n in line.published.tables[0].of(cell.key).items() if n is not None
    )
    town = cell.members[0]
    viewer = Viewer(Role.MUNICIPALITY, municipality=town)
    before = said(visit(viewer, "comune"))
    assert "Segnalazioni e mediazione sul territorio" in before
    assert "Segnalazioni per tema" in before
    assert str(count) in before
    place = next(code for code in conflicts.places(kept(), COORDINATOR)["code"] if code[:6] == town)
    late = [
        ConflictReport(place, line.month.replace(day=day), Band.MORNING, Theme(theme), 3,
                       Channel.PHONE, Reporter.SCHOOL, repeated=False)
        for day in range(1, 28)
    ]  # fmt: skip
    conflicts.add_reports(kept(), COORDINATOR, late, synthetic=True)
    assert said(visit(viewer, "comune")) == before
    figures = visit(viewer, "segnalazioni")
    assert not figures.exception
    assert "Segnalazioni per tema" in said(figures)


def test_a_municipality_without_a_release_is_told_so(visit):
    app = visit(Viewer(Role.MUNICIPALITY, municipality="100005"), "comune")
    assert "Nessun mese è stato ancora pubblicato" in said(app)


def test_the_network_sees_totals_of_the_year(visit):
    visit()
    published = latest()
    app = visit(NETWORK, "regione")
    assert not app.exception
    seen = said(app)
    assert "Contatti nel 2026" in seen
    assert kept().zones(COORDINATOR)[0].code not in seen
    assert published.cells[0].key not in seen
    assert "Dal contatto alla prima assistenza" in seen
    # One funnel: what the handovers count, of the places shown.
    members = {code for cell in published.cells for code in cell.members}
    frame = handovers.monthly(kept(), COORDINATOR, published.month)
    frame = frame[(frame["month"] == published.month) & frame["municipality"].isin(members)]
    exact = frame.groupby("receiver")["persons"].sum()
    counts = {key[-1]: count for key, count in published.table("funnel").rows}
    assert counts.pop("met") is not None
    assert set(counts) == {*Receiver}
    for who, count in counts.items():
        assert count is None or (exact[who] >= 10 and abs(count - exact[who]) <= 2)
    app.selectbox(key="region_year").select(2023).run()
    assert "Non ci sono contatti del 2023" in said(app)


@pytest.mark.parametrize("page", [publications, region])
@pytest.mark.parametrize("viewer", [None, Viewer(Role.OPERATOR, unit="FI-1")])
def test_others_are_refused(visit, page, viewer):
    app = visit(viewer, "pubblicazioni" if page is publications else "regione")
    assert not app.exception
    assert app.title[0].value not in ("Pubblicazioni", "Regione")
