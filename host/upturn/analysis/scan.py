# SPDX-License-Identifier: MIT
"""Linear recurrences z[n] = keep[n] z[n-1] + drive[n] over long arrays, at numpy's speed.

The law: the gains are known beforehand, so time may be cut into blocks that run side by side. A
chunk of samples is laid out with one block a column and one step a row; each row then follows
from the row above in one vector operation. What a block would have done to a state that came in
is the product of its `keep`, so the states between blocks are again such a recurrence, shorter
by the block's length. No division by a product takes place: a `keep` of 0 is a restart, and
nothing over- or underflows.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK = 16
"""Steps in a column: fewer rows to walk in Python, against more states between the columns."""
CHUNK = 1 << 15
"""Samples laid out at a time: a few working arrays of this length stay in a core's cache."""
LOOP_BELOW = 150
"""So few blocks are chained faster one by one than by laying them out again."""

Array = NDArray[Any]
"""Real or complex."""


def scan(keep: Array, drive: Array, start: Array, block: int = BLOCK) -> Array:
    """All z of one or more recurrences that share `keep`, in order of time.

    Args:
        keep: shape (n,).
        drive: shape (columns, n).
        start: shape (columns,), the z before the first.
        block: steps that are walked one after the other; the result differs by rounding only.
    """
    z = np.empty(drive.shape, np.result_type(keep, drive, start))
    for first in range(0, keep.size, CHUNK):
        part = slice(first, first + CHUNK)
        rows = to_rows(drive[:, part], block, pad=0.0).astype(z.dtype, copy=False)
        start = scan_rows(to_rows(keep[part], block, pad=1.0), rows, start)
        from_rows(rows, z[:, part])
    return z


def scan_rows(keep: Array, drive: Array, start: Array) -> Array:
    """Turn `drive`, shape (rows, columns, blocks), into z in place; give the last z of each.

    `keep` has the shape (rows, blocks) and is left as it is.
    """
    shared = keep[:, None, :]
    product = np.empty_like(drive[0])
    for step, above, row in zip(shared[1:], drive[:-1], drive[1:], strict=True):
        np.multiply(step, above, out=product)
        np.add(row, product, out=row)
    reach = running_product(keep)
    before, end = _between_blocks(reach[-1], drive[-1], start)
    drive += reach[:, None, :] * before
    return end


def running_product(keep: Array) -> Array:
    """Products down each column of (rows, blocks)."""
    reach = np.empty_like(keep)
    reach[0] = keep[0]
    for step, above, row in zip(keep[1:], reach[:-1], reach[1:], strict=True):
        np.multiply(step, above, out=row)
    return reach


def sum_rows(drive: Array, start: float, period: float | None = None) -> float:
    """Turn `drive`, shape (rows, blocks), into its running sum in place; give the last.

    With a `period` the sum is an angle: whole turns are dropped between blocks, so that it does
    not grow and lose digits.
    """
    for above, row in pairwise(drive):
        np.add(above, row, out=row)
    ends = drive[-1] if period is None else np.remainder(drive[-1], period)
    before = np.cumsum(np.concatenate(([start], ends)))
    if period is not None:
        before = np.remainder(before, period)
    drive += before[:-1]
    return float(before[-1])


def to_rows(x: Array, block: int = BLOCK, pad: float | None = None) -> Array:
    """Copy x, (n,) or (columns, n), into (rows, blocks) or (rows, columns, blocks).

    The last block is filled up with `pad`, or with the last value.
    """
    *columns, n = x.shape
    block = max(1, min(block, n))
    missing = -n % block
    if missing:
        filling = np.empty((*columns, missing), x.dtype)
        filling[...] = x[..., -1:] if pad is None else pad
        x = np.concatenate((x, filling), axis=-1)
    blocks = x.reshape(*columns, (n + missing) // block, block)
    return np.array(np.moveaxis(blocks, -1, 0), order="C")


def from_rows(rows: Array, out: Array) -> None:
    """Write rows back in order of time, without what `out` has no place for."""
    n, block = out.shape[-1], len(rows)
    whole = n - n % block
    blocks = np.moveaxis(rows, 0, -1)
    # A slice of a row keeps its stride, so this is a view of `out` and not a copy.
    view = out[..., :whole].reshape(*out.shape[:-1], whole // block, block)
    view[...] = blocks[..., : whole // block, :]
    out[..., whole:] = blocks[..., -1, : n - whole]


def previous(rows: Array, before: Array | float) -> Array:
    """Each sample's predecessor in the same layout; `before` precedes the first."""
    shifted = np.empty_like(rows)
    shifted[1:] = rows[:-1]
    shifted[0, ..., 1:] = rows[-1, ..., :-1]
    shifted[0, ..., 0] = before
    return shifted


def _between_blocks(reach: Array, ends: Array, start: Array) -> tuple[Array, Array]:
    """The states before each block, and after the last, from what the blocks do on their own."""
    columns, blocks = ends.shape
    states = np.empty((columns, blocks + 1), np.result_type(reach, ends, start))
    states[:, 0] = start
    if blocks > LOOP_BELOW:
        states[:, 1:] = scan(reach, ends, start)
    else:
        keeps = reach.tolist()
        for line, drives in zip(states, ends.tolist(), strict=True):
            chain = [line[0].item()]
            for keep, drive in zip(keeps, drives, strict=True):
                chain.append(keep * chain[-1] + drive)
            line[:] = chain
    return states[:, :-1], states[:, -1]
