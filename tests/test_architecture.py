"""The house keeps its shape: who imports whom, who re-projects, who speaks Streamlit."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("geo", "routing", "layers", "data", "screens")
SOURCES = [
    ROOT / "app.py",
    ROOT / "cli.py",
    *(path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))),
]


def names(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(module: ast.Module) -> set[str]:
    """Top-level names of all modules imported anywhere in a file."""
    found = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_imports_run_one_way():
    command = shutil.which("lint-imports", path=Path(sys.executable).parent)
    assert command, "import-linter is not installed"
    done = subprocess.run(
        [command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", SOURCES, ids=names)
def test_only_screens_speak_streamlit(path):
    if path.name == "app.py" or path.parent.name == "screens":
        return
    assert not imported(tree(path)) & {"streamlit", "streamlit_folium"}


@pytest.mark.parametrize("path", SOURCES, ids=names)
def test_only_one_file_reprojects(path):
    if path == ROOT / "geo" / "crs.py":
        return
    calls = {
        node.attr
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"to_crs", "set_crs", "from_crs"}
    }
    assert not calls


@pytest.mark.parametrize("path", SOURCES, ids=names)
def test_files_stay_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 420


@pytest.mark.parametrize("path", SOURCES, ids=names)
def test_public_functions_say_what_they_do(path):
    module = tree(path)
    public = [
        node
        for node in module.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    silent = [node.name for node in public if ast.get_docstring(node) is None]
    assert not silent, f"without a docstring: {silent}"
    if path.stat().st_size:
        assert ast.get_docstring(module), "the file does not say what it is for"


@pytest.mark.parametrize("path", SOURCES, ids=names)
def test_nobody_imports_the_doors(path):
    assert not imported(tree(path)) & {"app", "cli"}


def test_there_is_no_pages_folder():
    # Streamlit would take it for its own multipage convention beside st.navigation.
    assert not (ROOT / "pages").exists()


def test_no_path_of_a_machine_and_no_registry_host_is_committed():
    forbidden = [f"/{folder}/" for folder in ("work", "root", "home")]
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if tracked.returncode:
        pytest.skip("not a git checkout: nothing to list")
    wrong = []
    for name in filter(None, tracked.stdout.split("\0")):
        path = ROOT / name
        if path.suffix in {".png", ".gz", ".woff2", ".ttf"} or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        wrong += [(name, piece) for piece in forbidden if piece in text]
    assert not wrong


@pytest.mark.parametrize("path", SOURCES, ids=names)
def test_only_one_file_makes_what_is_published(path):
    if path == ROOT / "geo" / "privacy.py":
        return
    made = [
        node
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Published")
    ]
    assert not made
    assert "_SEAL" not in path.read_text(encoding="utf-8")
