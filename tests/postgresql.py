"""A PostgreSQL server of Debian's packages, started for a test run or a benchmark."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def programs() -> Path | None:
    """The folder of the newest server's programs; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


class Server:
    """A server in a folder of its own, which can be killed and started again."""

    def __init__(self, folder: Path, *, durable: bool) -> None:
        self.data, self.log = folder / "data", folder / "log"
        self.url = f"postgresql://tester@/postgres?host={folder}"
        self._options = f"-k {folder} -c listen_addresses='' -c fsync={'on' if durable else 'off'}"
        self._run("initdb", "-D", self.data, "-A", "trust", "-U", "tester", "--no-sync")

    def start(self) -> None:
        """Start it, and wait until it answers; after a crash it repairs itself first."""
        self._run("pg_ctl", "-D", self.data, "-o", self._options, "-l", self.log, "-w", "start")

    def stop(self) -> None:
        """Stop it at once."""
        self._run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")

    def kill(self) -> None:
        """As when the power goes: the server and all its processes, by SIGKILL."""
        number = int((self.data / "postmaster.pid").read_text().split()[0])
        processes = (number, *_children(number))
        for process in processes:
            os.kill(process, signal.SIGKILL)
        while not all(map(_dead, processes)):
            time.sleep(0.02)
        # Where nobody buries the dead their numbers still look taken.
        for lock in (self.data / "postmaster.pid", *self.log.parent.glob(".s.PGSQL.*")):
            lock.unlink(missing_ok=True)

    def _run(self, name: str, *arguments: object) -> None:
        folder = programs()
        assert folder
        command = [str(folder / name), *map(str, arguments)]
        subprocess.run(command, check=True, capture_output=True, **_owner())


@contextmanager
def server(*, durable: bool = False) -> Iterator[Server]:
    """A new server that runs; gone at the end.

    `durable`: writes reach the disk before they count, as they must in real use.
    """
    # Its socket's path must be short, and its folder belong to who runs it.
    folder = Path(subprocess.check_output(["mktemp", "-d"], text=True, **_owner()).strip())
    try:
        made = Server(folder, durable=durable)
        made.start()
        try:
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder)


@contextmanager
def running(*, durable: bool = False) -> Iterator[str]:
    """The URL of a new server, by a role that may do everything."""
    with server(durable=durable) as made:
        yield made.url


def _children(number: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{number}/task/{number}/children").read_text().split()]


def _dead(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] in "ZX"
    except FileNotFoundError:
        return True


def _owner() -> dict[str, object]:
    """PostgreSQL refuses to run as root; Debian has a user for it."""
    if os.geteuid():
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": "/"}
