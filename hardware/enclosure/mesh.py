# SPDX-License-Identifier: MIT
"""What a slicer will see: an STL file read back, its edges, volume, size and walls. Only numpy."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HEADER_BYTES = 84
_TRIANGLE = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Mesh:
    """Triangles: corners[triangle, corner, axis], in mm."""

    corners: Points

    @property
    def size_mm(self) -> tuple[float, float, float]:
        flat = self.corners.reshape(-1, 3)
        x, y, z = flat.max(axis=0) - flat.min(axis=0)
        return float(x), float(y), float(z)

    @property
    def lowest_mm(self) -> float:
        return float(self.corners[..., 2].min())

    @property
    def volume_mm3(self) -> float:
        a, b, c = (self.corners[:, i] for i in range(3))
        return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)

    def open_edges(self) -> int:
        """Directed edges without exactly one partner that runs the other way: 0 is watertight."""
        keys = np.round(self.corners.reshape(-1, 3) / 1e-5).astype(np.int64)
        _, ids = np.unique(keys, axis=0, return_inverse=True)
        triangles = ids.reshape(-1, 3)
        edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
        many = int(ids.max()) + 1
        forward = edges[:, 0] * many + edges[:, 1]
        backward = edges[:, 1] * many + edges[:, 0]
        names, counts = np.unique(forward, return_counts=True)
        repeated = int((counts > 1).sum())
        return repeated + int((~np.isin(names, backward)).sum())

    def walls_mm(self, samples: int = 1500) -> Points:
        """Thickness under evenly spread points of the surface, straight inwards."""
        a, b, c = (self.corners[:, i] for i in range(3))
        normal = np.cross(b - a, c - a)
        area = np.linalg.norm(normal, axis=1)
        keep = area > 1e-9
        a, b, c, normal, area = a[keep], b[keep], c[keep], normal[keep], area[keep]
        total = np.cumsum(area)
        picks = (np.arange(samples) + 0.5) / samples * total[-1]
        chosen = np.searchsorted(total, picks)
        spread = np.arange(1, samples + 1)[:, None] * np.array(
            [0.7548776662466927, 0.5698402909980532]
        )
        u, v = (spread % 1.0).T
        over = u + v > 1
        u[over], v[over] = 1 - u[over], 1 - v[over]
        origin = a[chosen] + u[:, None] * (b - a)[chosen] + v[:, None] * (c - a)[chosen]
        inwards = -normal[chosen] / area[chosen, None]
        return np.array(
            [
                _first_hit(o + 1e-4 * d, d, a, b - a, c - a)
                for o, d in zip(origin, inwards, strict=True)
            ]
        )


def _first_hit(origin: Points, ray: Points, a: Points, ab: Points, ac: Points) -> float:
    """Möller and Trumbore against all triangles at once."""
    p = np.cross(ray, ac)
    det = np.einsum("ij,ij->i", ab, p)
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = 1.0 / det
        t_vec = origin - a
        u = np.einsum("ij,ij->i", t_vec, p) * inverse
        q = np.cross(t_vec, ab)
        v = (q @ ray) * inverse
        t = np.einsum("ij,ij->i", ac, q) * inverse
        hit = (np.abs(det) > 1e-12) & (u >= 0) & (v >= 0) & (u + v <= 1) & (t > 0)
    return float(t[hit].min()) if hit.any() else np.inf


def read(path: Path) -> Mesh:
    data = path.read_bytes()
    triangles = np.frombuffer(data, dtype=_TRIANGLE, offset=HEADER_BYTES)
    assert len(triangles) == int.from_bytes(data[80:84], "little")
    return Mesh(triangles["corners"].astype(np.float64))


def write(path: Path, points: Points, triangles: NDArray[np.int64], name: str) -> None:
    """A binary STL whose bytes depend on nothing but the shape and its name."""
    corners = points[triangles].astype("<f4")
    a, b, c = (corners[:, i].astype(np.float64) for i in range(3))
    normal = np.cross(b - a, c - a)
    length = np.linalg.norm(normal, axis=1, keepdims=True)
    rows = np.zeros(len(corners), dtype=_TRIANGLE)
    rows["normal"] = normal / np.where(length > 0, length, 1)
    rows["corners"] = corners
    header = f"{name}, mm".encode().ljust(80, b" ")
    path.write_bytes(header + len(rows).to_bytes(4, "little") + rows.tobytes())
