"""How the search kernel is compiled: to machine code by numba, kept on disk.

Numba recompiles a function when its own file changes but not when one that it calls does.
So the compiled code lies in a folder named by the hash of all kernel sources: code that
is out of date is never loaded.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, cast

import numba
from numba import njit

SOURCES = (
    "kernel",
    "chance",
    "scale",
    "afoot",
    "instance",
    "routes",
    "insertion",
    "room",
    "ruin",
    "recreate",
    "pool",
    "search",
    "relaxed",
    "ahead",
    "follow",
    "exchange",
    "returns",
)

Record: TypeAlias = Any
"""One element of a structured array: its fields are attributes in compiled code."""

Function = TypeVar("Function", bound=Callable[..., object])


def kernel(function: Function) -> Function:
    """Compile a function of the kernel; it runs without Python's lock."""
    return cast(Function, njit(cache=True, nogil=True)(function))


def bare(function: Function) -> Function:
    """Compile a function that makes no array: it counts no references, which in loops that
    read many arrays costs as much as the work."""
    # numba's own stubs leave the option out.
    compiled = njit(cache=True, nogil=True, _nrt=False)  # type: ignore[call-overload]
    return cast(Function, compiled(function))


def inlined(function: Function) -> Function:
    """Compile a small function into those that call it."""
    return cast(Function, njit(cache=True, nogil=True, inline="always")(function))


def source_hash() -> str:
    """Hash of the kernel's sources and of numba's version."""
    here = Path(__file__).parent
    digest = hashlib.sha256(numba.__version__.encode())
    for name in SOURCES:
        path = here / f"{name}.py"
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Where compiled code of these sources is kept: beside them, else in the user's cache."""
    if os.environ.get("NUMBA_CACHE_DIR"):
        parent = Path(os.environ["NUMBA_CACHE_DIR"])
    else:
        parent = Path(__file__).parent / "__pycache__"
        if not os.access(parent if parent.exists() else parent.parent, os.W_OK):
            home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
            parent = home / "prossima"
    return parent / f"kernel-{source_hash()}"


def forget_old_kernels() -> None:
    """Delete what older sources were compiled to."""
    current = cache_folder()
    for folder in current.parent.glob("kernel-*"):
        if folder != current:
            shutil.rmtree(folder, ignore_errors=True)


# Decorators read this when a kernel module is imported, so it is set as they import us.
setattr(numba.config, "CACHE_DIR", str(cache_folder()))  # noqa: B010
