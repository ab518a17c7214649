"""Travel matrices kept on disk, so that planning a second time does not search again."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo.network import RoadNetwork
from geo.snapping import Places
from geo.travel import matrix

Matrices = tuple[NDArray[np.int64], NDArray[np.int64]]

VERSION = 1
"""Part of every key: raised when the meaning of a matrix changes."""


@dataclass(frozen=True)
class MatrixCache:
    """`geo.travel.matrix` with a memory in `folder`; called just like it.

    A file is named by a hash of the network's content, the places, the mode and the limit,
    and holds no coordinate. The `most` recently used files are kept.
    """

    folder: Path
    most: int = 200

    def __call__(
        self,
        network: RoadNetwork,
        places: Places,
        mode: str = "van",
        limit_seconds: float | None = None,
    ) -> Matrices:
        """Seconds and metres (k, k), see `geo.travel.matrix`."""
        file = self.folder / f"{matrix_key(network, places, mode, limit_seconds)}.npz"
        known = _read(file)
        if known is not None and known[0].shape == (len(places), len(places)):
            return known
        fresh = matrix(network, places, mode, limit_seconds)
        self._write(file, fresh)
        return fresh

    def _write(self, file: Path, matrices: Matrices) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=".matrix.", dir=self.folder)
        with os.fdopen(handle, "wb") as out:
            np.savez_compressed(out, seconds=matrices[0], metres=matrices[1])
        os.replace(beside, file)
        files = sorted(self.folder.glob("*.npz"), key=lambda path: path.stat().st_mtime_ns)
        for old in files[: -self.most]:
            old.unlink(missing_ok=True)


def matrix_key(network: RoadNetwork, places: Places, mode: str, limit_seconds: float | None) -> str:
    """Name of a matrix: a hash of everything it follows from."""
    digest = hashlib.blake2b(network.fingerprint.encode(), digest_size=16)
    digest.update(f"{VERSION} {mode} {limit_seconds}".encode())
    digest.update(np.ascontiguousarray(places.edge).data)
    digest.update(np.ascontiguousarray(places.fraction).data)
    return digest.hexdigest()


def _read(file: Path) -> Matrices | None:
    """What the file holds; None where there is none or it is damaged, to be made anew."""
    try:
        with np.load(file, allow_pickle=False) as stored:
            matrices = stored["seconds"], stored["metres"]
        file.touch()
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return matrices


def remembered_matrices(home: Path) -> MatrixCache:
    """The matrices that an installation keeps."""
    return MatrixCache(home / "cache" / "matrices")
