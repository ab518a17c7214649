"""What is shipped beside the program: no secret in it, a service and an image that are not root."""

import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import distributions

import pytest

from tests.conftest import ROOT

DEPLOY = ROOT / "docs" / "deploy"
SKIPPED = re.compile(r"^(layers/assets|tests/browser/assets)/|\.(png|gz|woff2|po|svg)$")
DIRECT = {
    re.split(r"[^A-Za-z0-9_.-]", line)[0]
    for line in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "dependencies"
    ]
} - {"tzdata"}
"""What the program itself asks for; `tzdata` is for Windows alone."""
NAMES = {"data/signin.py", "data/pack_links.py"}
"""Files that name a file which holds a secret, and no secret."""


def _harmless(name, secret):
    """A checksum of a packaged file, or a word such as "key" before a name or a sentence."""
    if secret.type != "Secret Keyword":
        return secret.type == "Base64 High Entropy String"
    return name in NAMES or " " in (secret.secret_value or "")


def test_no_secret_is_committed():
    scan = pytest.importorskip("detect_secrets.core.scan", reason="install prossima[dev]")
    from detect_secrets.settings import default_settings  # noqa: PLC0415

    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout: nothing to list")
    names = [name for name in listed.stdout.split("\0") if name and not SKIPPED.search(name)]
    found = []
    with default_settings():
        for name in names:
            if not name.startswith("tests/") and (ROOT / name).is_file():
                found += [
                    (name, secret.line_number, secret.type)
                    for secret in scan.scan_file(str(ROOT / name))
                    if not _harmless(name, secret)
                ]
    assert not found


def test_the_scan_would_find_one(tmp_path):
    scan = pytest.importorskip("detect_secrets.core.scan", reason="install prossima[dev]")
    from detect_secrets.settings import default_settings  # noqa: PLC0415

    file = tmp_path / "settings.py"
    file.write_text('aws = "AKIA' + 'QWERTYUIOPASDFGH"\n', encoding="utf-8")
    with default_settings():
        assert list(scan.scan_file(str(file)))


def test_the_image_ends_as_a_user_without_rights():
    lines = (DEPLOY / "Containerfile").read_text(encoding="utf-8").splitlines()
    stages = [number for number, line in enumerate(lines) if line.startswith("FROM ")]
    last = lines[stages[-1] :]
    users = [line.split()[1] for line in last if line.startswith("USER ")]
    assert users == ["10001"]
    order = [line.split()[0] for line in last if line[:1].isupper() and " " in line]
    assert order.index("USER") < order.index("CMD")
    assert not [line for line in lines if re.search(r"curl|wget|:latest|ADD ", line)]
    bases = [lines[number].split()[1] for number in stages]
    assert all(re.fullmatch(r"docker\.io/library/python:3\.11-slim-\w+", base) for base in bases)
    # Only the first stage sees the project's folder, and no secret is passed to either.
    assert not [line for line in last if line.startswith("COPY") and "--from=build" not in line]
    assert not [line for line in lines if re.search(r"\bARG\b|SECRET|PASSWORD|_KEY", line)]


def test_what_is_installed_is_what_is_pinned_and_fits_together():
    # What can be said without asking anybody: a list of known faults is elsewhere.
    pinned = dict(
        line.split("==")
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    )
    found = {one.metadata["Name"].lower(): one.version for one in distributions()}
    other = {
        name: (found[name.lower()], version)
        for name, version in pinned.items()
        if found.get(name.lower(), version) != version
    }
    assert not other
    for name in DIRECT:
        assert name.lower() in {one.lower() for one in pinned}, f"{name} is not pinned"
    done = subprocess.run(
        [sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_service_gives_up_every_right_it_can():
    unit = (DEPLOY / "prossima.service").read_text(encoding="utf-8")
    for wanted in ("User=prossima", "NoNewPrivileges=yes", "ProtectSystem=strict", "UMask=0077"):
        assert wanted in unit
    program = shutil.which("systemd-analyze")
    if program:
        done = subprocess.run(
            [program, "verify", "--man=no", str(DEPLOY / "prossima.service")],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        wrong = [
            line
            for line in done.stderr.splitlines()
            if "prossima.service" in line and "not executable" not in line
        ]
        assert not wrong
