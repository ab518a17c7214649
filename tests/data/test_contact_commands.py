"""The terminal's commands for contacts and their retention."""

import json
import re
from pathlib import Path

import pytest

from cli import main
from data.access import Role, Viewer
from data.contact_columns import NAMES, OPTIONS
from data.contact_import import contact_frame
from data.settings import load, settings
from data.store import Store
from geo.contacts import ANY_OF, ONE_OF, Material
from geo.night import Night
from tests.data.samples import UNITS, ZONES

COORDINATOR = Viewer(Role.COORDINATOR)
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "contacts.md"


@pytest.fixture
def run(home, capfd):
    """Runs a command; gives its exit code, standard output and standard error."""
    settings.cache_clear()
    store = Store.open(load(home=home))
    store.save_zones(COORDINATOR, ZONES)
    store.save_units(COORDINATOR, UNITS)
    store.close()

    def command(*words):
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        out, err = capfd.readouterr()
        return ended.value.code or 0, out, re.sub(r"\s+", " ", err)

    yield command
    settings.cache_clear()


@pytest.fixture
def file(tmp_path, home):
    path = tmp_path / "contatti.csv"
    night = Night.of(Store.open(load(home=home)).now()) + -3
    path.write_text(f"notte;zona;tipo;persone\n{night};048017-01;gruppo;4\n", encoding="utf-8")
    return path


def test_a_file_is_tried_and_then_imported(run, file, home):
    code, _, said = run("contacts", "import", file, "--organisation", "arco", "--dry-run")
    assert (code, "4 persone" in said) == (0, True)
    assert contact_frame(Store.open(load(home=home)), COORDINATOR).empty
    code, _, said = run("contacts", "import", file, "--organisation", "arco")
    assert (code, "1 uscita nuova" in said) == (0, True)
    assert len(contact_frame(Store.open(load(home=home)), COORDINATOR)) == 1
    code, said, _ = run("retention", "state")
    assert (code, "1 contatto" in said) == (0, True)
    code, _, said = run("retention", "run")
    assert (code, "0 contatti" in said) == (0, True)


@pytest.mark.parametrize("how", [(), ("--dry-run",)])
def test_a_refused_file_ends_in_a_sentence_without_its_value(run, file, how):
    file.write_text(file.read_text().replace("gruppo", "+39 347 1234567"))
    code, out, said = run("contacts", "import", file, "--organisation", "arco", *how)
    assert (code, out) == (1, "")
    assert "Riga 2, colonna kind (C): contiene un numero di telefono" in said
    assert "347" not in said


def test_the_template_is_written(run, tmp_path):
    assert run("contacts", "template", tmp_path / "modello.xlsx")[0] == 0
    assert (tmp_path / "modello.xlsx").read_bytes().startswith(b"PK")
    assert run("contacts", "template", tmp_path / "modello.pdf")[0] == 1


def test_a_mapping_is_kept_and_printed(run, tmp_path):
    path = tmp_path / "mappatura.json"
    chosen = {"columns": {"Chi": "kind"}, "codes": {"kind": {"vista": "osservata"}},
              "day_first": True}  # fmt: skip
    path.write_text(json.dumps(chosen))
    assert json.loads(run("contacts", "mapping", path, "--organisation", "arco")[1]) == chosen
    assert json.loads(run("contacts", "mapping", "--organisation", "arco")[1]) == chosen
    path.write_text("no")
    assert run("contacts", "mapping", path, "--organisation", "arco")[0] == 1


def test_every_column_and_code_is_documented():
    text = DOCUMENT.read_text(encoding="utf-8")
    lists = {**ONE_OF, **ANY_OF, "materials": Material}
    words = {*NAMES, *OPTIONS, *(code.value for codes in lists.values() for code in codes)}
    words |= {name for names in NAMES.values() for name in names[:1]}
    assert not sorted(word for word in words if f"`{word}`" not in text)
