import re
from pathlib import Path

import pytest

from data.settings import Settings, kept_names, load
from data.settings_page import markdown
from geo.errors import InputError
from routing.need import NeedWeights

ROOT = Path(__file__).resolve().parents[2]


def test_the_documentation_is_the_table():
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == markdown()


def test_every_setting_is_documented_and_used():
    sources = [
        path for room in ("data", "screens", "layers") for path in (ROOT / room).glob("*.py")
    ]
    text = "".join(p.read_text(encoding="utf-8") for p in [*sources, ROOT / "cli.py"])
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert re.search(rf"\.{name}\b", text), f"nobody reads {name}"


def test_defaults_agree_with_the_need(home):
    assert load().need_weights == NeedWeights()
    assert load().home == home


def test_everything_lies_under_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("PROSSIMA_HOME", str(tmp_path / "here"))
    assert load().url == f"sqlite:///{tmp_path / 'here' / 'prossima.db'}"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROSSIMA_HOME", "there")
    assert load().home == tmp_path / "there"


@pytest.mark.parametrize(
    ("name", "value"),
    [("LANGUAGE", "fr"), ("PORT", "0"), ("PLANNER_SECONDS", "-1"), ("NEED_LEAST", "lots")],
)
def test_a_wrong_value_is_named(monkeypatch, name, value):
    monkeypatch.setenv(f"PROSSIMA_{name}", value)
    with pytest.raises(InputError) as refused:
        load()
    assert refused.value.code == "setting_wrong"
    assert refused.value.fields["setting"] == f"PROSSIMA_{name}"
    assert refused.value.fields["got"] == value


def test_the_environment_wins_over_the_database(monkeypatch):
    kept = {"planner_seed": "7", "need_most": "3"}
    monkeypatch.setenv("PROSSIMA_PLANNER_SEED", "9")
    merged = load().with_kept(kept)
    assert (merged.planner_seed, merged.need_most) == (9, 3.0)
    assert "home" not in kept_names()
    assert set(kept) < kept_names()


def test_an_empty_variable_is_none(monkeypatch, tmp_path):
    monkeypatch.setenv("PROSSIMA_HOME", "")
    monkeypatch.chdir(tmp_path)
    assert load().home == tmp_path / "var"
