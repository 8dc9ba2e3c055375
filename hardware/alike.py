# SPDX-License-Identifier: MIT
"""Puts exports that were made anew in their place, but keeps those that show the same.

The tools do not repeat themselves to the byte: a mesh has the other diagonal of a square, a
picture some pixels of another shade, a drawing of wires the widths of this machine's letters. So,
as long as no source has changed, an export that shows what it showed stays as it is, and to make
everything anew changes no file for nothing.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable
from importlib import import_module
from math import isclose
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hardware.enclosure import mesh

SHADES = 1.0  # of 255, on the average of all pixels
POINT_MM = 0.001
GEOMETRY = re.compile(r' (?:width|height|viewBox|transform|points|d|x|y|cx|cy|rx|ry)="[^"]*"')
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def take(made: Path, folder: Path, exports: Iterable[Path], *, keep: bool) -> list[str]:
    """Bring a folder's exports to what was made; names of the files that changed.

    `exports` are those that are there; one that was not made again is deleted. With `keep` one
    that shows the same is left alone.
    """
    changed = []
    wanted = {path.relative_to(made) for path in made.rglob("*") if path.is_file()}
    for name in sorted({path.relative_to(folder) for path in exports} - wanted):
        (folder / name).unlink()
        changed.append(f"{name.as_posix()} deleted")
    for name in sorted(wanted):
        old, new = folder / name, made / name
        if old.is_file() and (old.read_bytes() == new.read_bytes() or (keep and alike(old, new))):
            continue
        old.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(new, old)
        changed.append(name.as_posix())
    return changed


def alike(old: Path, new: Path) -> bool:
    """Whether two exports of the same name show the same; of other kinds only bytes count."""
    judge = JUDGES.get(old.suffix)
    return judge is not None and judge(old, new)


def _same_solid(old: Path, new: Path) -> bool:
    one, other = mesh.read(old), mesh.read(new)
    return isclose(one.volume_mm3, other.volume_mm3, rel_tol=1e-5) and np.array_equal(
        _points(one), _points(other)
    )


def _points(solid: mesh.Mesh) -> NDArray[np.float64]:
    return np.unique(np.round(solid.corners.reshape(-1, 3) / POINT_MM), axis=0)


def _same_picture(old: Path, new: Path) -> bool:
    image = import_module("PIL.Image")
    one, other = (
        np.asarray(image.open(path).convert("RGB"), dtype=np.int16) for path in (old, new)
    )
    return one.shape == other.shape and float(np.abs(one - other).mean()) <= SHADES


def _same_drawing(old: Path, new: Path) -> bool:
    """Words, colours and what is there; places and sizes follow from the fonts."""
    one, other = (
        GEOMETRY.sub("", COMMENT.sub("", path.read_text(encoding="utf-8"))) for path in (old, new)
    )
    return one == other


JUDGES: dict[str, Callable[[Path, Path], bool]] = {
    ".png": _same_picture,
    ".stl": _same_solid,
    ".svg": _same_drawing,
}
