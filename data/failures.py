"""What a database or a disk says when it cannot go on, as our own errors.

A failure says what became of the data: nothing was written, or (when the connection broke while
the last word of a transaction was on its way) that it must be looked at.
"""

from __future__ import annotations

import errno
import shutil
from pathlib import Path
from typing import Any

from geo.errors import ConflictError, InputError, ProssimaError, RefusedError

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""The disk, the quota, or what one file may hold is used up."""

LEAST_FREE = 65_536
"""Bytes: with less than this a library that could not write had no room, whatever it says."""

# PostgreSQL's own codes (its manual, appendix A).
DISK_FULL = "53100"
WAITED = ("40001", "40P01", "55P03")
"""Serialisation failure, deadlock, a lock that was not to be had."""


def database_failure(
    error: Any, *, lost: bool = False, committing: bool = False
) -> ProssimaError | None:
    """Our error for one of a database driver; None for what is the program's own mistake.

    `lost`: the connection is gone. `committing`: the commit was under way, so that nobody can
    know from here whether it was done.
    """
    said, state = str(error), getattr(error, "sqlstate", None)
    if "disk is full" in said or state == DISK_FULL:
        return InputError("database_full")
    if "locked" in said or state in WAITED:
        return ConflictError("database_busy")
    if lost:
        return InputError("database_unsure" if committing else "database_lost")
    if "row-level security" in said:
        return RefusedError("not_own")
    if "permission denied" in said:
        return InputError("database_rights")
    return InputError("database_unreachable") if _operational(error) else None


def _operational(error: Any) -> bool:
    """Whether a driver calls it a matter of operation; each driver has a class of its own."""
    return any(kind.__name__ == "OperationalError" for kind in type(error).__mro__)


def file_failure(error: Exception, path: Path) -> ProssimaError | None:
    """Our error for a file that could not be written; None for anything else.

    InputError `disk_full`, `file_unwritable` (file).
    """
    if isinstance(error, ProssimaError):
        return None
    if isinstance(error, OSError) and error.errno is not None:
        if error.errno in NO_ROOM:
            return InputError("disk_full", file=path.name)
        about = Path(str(error.filename)) if error.filename else None
        if about and (about == path.parent or path.parent in about.parents):
            return InputError("file_unwritable", file=path.name)
        if about and about in path.parents:
            return InputError("file_unwritable", file=path.name)
    if path.parent.is_dir() and shutil.disk_usage(path.parent).free < LEAST_FREE:
        return InputError("disk_full", file=path.name)
    return None
