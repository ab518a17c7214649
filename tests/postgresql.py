"""A PostgreSQL server of Debian's packages, started for a test run or a benchmark."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def programs() -> Path | None:
    """The folder of the newest server's programs; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def running(*, durable: bool = False) -> Iterator[str]:
    """A new server, by the URL of a role that may do everything; gone at the end.

    `durable`: writes reach the disk before they count, as they must in real use.
    """
    folder_of, owner = programs(), _owner()
    assert folder_of
    # Its socket's path must be short, and its folder belong to who runs it.
    folder = Path(subprocess.check_output(["mktemp", "-d"], text=True, **owner).strip())
    data = folder / "data"

    def run(*command: object) -> None:
        subprocess.run([str(part) for part in command], check=True, capture_output=True, **owner)

    try:
        run(folder_of / "initdb", "-D", data, "-A", "trust", "-U", "tester", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c fsync={'on' if durable else 'off'}"
        control = folder_of / "pg_ctl"
        run(control, "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
        try:
            yield f"postgresql://tester@/postgres?host={folder}"
        finally:
            run(control, "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _owner() -> dict[str, object]:
    """PostgreSQL refuses to run as root; Debian has a user for it."""
    if os.geteuid():
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": "/"}
