"""Fuzz what comes in from outside, guided by the coverage of our own code.

    python -m tests.fuzz                      # every target, 20,000 runs each
    python -m tests.fuzz contacts --runs 100000 # one of them
    python -m tests.fuzz --seconds 60         # each for so long, however many runs that is

Needs atheris (`pip install 'prossima[fuzz]'`). Each target has a process of its own: libFuzzer
ends the one it runs in. What breaks a law is kept in `var/fuzz/`, to be made a test of.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import re
import subprocess
import sys
import tempfile
from pathlib import Path

KEPT = Path("var") / "fuzz"
DONE = re.compile(rb"Done (\d+) runs in (\d+) second")
COVERED = re.compile(rb"cov: (\d+)")
NAMES = (
    "contacts", "tables", "reports", "roads", "released",
    "pack_link", "entry_link", "given_back", "backups",
)  # fmt: skip
"""The targets (`tests.fuzz.targets`), which must be imported by the process that fuzzes them."""


def fuzz_one(name: str, runs: int, seconds: int) -> None:
    """Fuzz one target in this process, which libFuzzer ends."""
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["data", "geo"]):
        targets = importlib.import_module("tests.fuzz.targets")
    with tempfile.TemporaryDirectory() as folder:
        target = targets.TARGETS[name](Path(folder) / "home")
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for number, seed in enumerate(target.seeds):
            (corpus / str(number)).write_bytes(seed)
        KEPT.mkdir(parents=True, exist_ok=True)
        options = [f"-runs={runs}", f"-max_total_time={seconds}", "-max_len=4096", "-seed=1"]
        options += [f"-artifact_prefix={KEPT}/{name}-", "-timeout=20", "-rss_limit_mb=3000"]
        atheris.Setup([sys.argv[0], *options, str(corpus)], target.run)
        atheris.Fuzz()


def main() -> int:
    """Fuzz each target; 1 if any of them broke a law."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", default=NAMES, help=", ".join(NAMES))
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--seconds", type=int, default=0, help="0: until the runs are done")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if unknown := set(given.targets) - set(NAMES):
        parser.error(f"no target {', '.join(sorted(unknown))}")
    if importlib.util.find_spec("atheris") is None:
        parser.exit(2, "atheris is missing: pip install 'prossima[fuzz]'\n")
    if given.here:
        fuzz_one(given.targets[0], given.runs, given.seconds)
        return 0
    broken = False
    for name in given.targets:
        command = [sys.executable, "-m", "tests.fuzz", name, "--here"]
        command += ["--runs", str(given.runs), "--seconds", str(given.seconds)]
        done = subprocess.run(command, capture_output=True, check=False)
        counted, covered = DONE.search(done.stderr), COVERED.findall(done.stderr)
        runs, lasted = counted.groups() if counted else (b"?", b"?")
        found = "nothing found" if done.returncode == 0 else "BROKEN"
        print(
            f"{name:12}{runs.decode():>9} runs{lasted.decode():>6} s"
            f"{(covered or [b'?'])[-1].decode():>8} branches  {found}",
            flush=True,
        )
        if done.returncode:
            broken = True
            for said in (done.stdout, done.stderr):
                lines = said.decode(errors="replace").splitlines()[-25:]
                print("\n".join(f"    {line}" for line in lines), flush=True)
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
