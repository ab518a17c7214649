"""Shared fixtures. No test reads or writes the real `var/`: each has a home of its own.

`PROSSIMA_TEST_ALL=1` is the mode of continuous integration: nothing may skip, a test
that cannot run fails and says what is missing.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EVERYTHING = os.environ.get("PROSSIMA_TEST_ALL") == "1"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty PROSSIMA_HOME; what is expensive to make is cached once a test run."""
    folder = tmp_path / "home"
    monkeypatch.setenv("PROSSIMA_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the real data beside the project (Florence, benchmarks, points)."""
    folder = Path(os.environ.get("PROSSIMA_SHARED", ROOT.parent / "shared"))
    if not (folder / "tuscany").is_dir():
        pytest.skip("real data not found: set PROSSIMA_SHARED to the folder that holds tuscany/")
    return folder


LONGEST = ("tests/browser/", "tests/test_cli.py", "tests/test_florence.py")
"""Files that take minutes: they begin first, so that no core waits for another at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    report = yield
    return _forbid_skip(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector):
    report = yield
    return _forbid_skip(report)


def _forbid_skip(report):
    if EVERYTHING and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may skip: {report.longrepr}"
    return report
