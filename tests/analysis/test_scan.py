# SPDX-License-Identifier: MIT
"""The scan against the recurrence itself, walked one step at a time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upturn.analysis import scan as scan_module
from upturn.analysis.scan import Array, from_rows, previous, scan, sum_rows, to_rows


def _walk(keep: Array, drive: Array, start: Array) -> Array:
    z = np.empty(drive.shape, np.result_type(keep, drive, start))
    last = start
    for n in range(keep.size):
        last = keep[n] * last + drive[:, n]
        z[:, n] = last
    return z


def _problem(seed: int, n: int, columns: int, turning: bool) -> tuple[Array, Array, Array]:
    rng = np.random.default_rng(seed)
    keep: Array = rng.uniform(0.0, 1.0, n)
    keep[rng.random(n) < 0.05] = 0.0
    keep[rng.random(n) < 0.05] = 1.0
    drive: Array = rng.normal(size=(columns, n))
    start: Array = rng.normal(size=columns)
    if turning:
        keep = keep * np.exp(1j * rng.uniform(-4.0, 4.0, n))
        drive = drive + 1j * rng.normal(size=(columns, n))
        start = start + 1j * rng.normal(size=columns)
    return keep, drive, start


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 1000),
    n=st.integers(0, 700),
    columns=st.integers(1, 3),
    turning=st.booleans(),
    block=st.integers(1, 800),
)
def test_any_block_size_gives_the_recurrence(
    seed: int, n: int, columns: int, turning: bool, block: int
) -> None:
    keep, drive, start = _problem(seed, n, columns, turning)
    got = scan(keep, drive, start, block)
    np.testing.assert_allclose(got, _walk(keep, drive, start), rtol=0.0, atol=1e-12)
    assert got.dtype == (np.complex128 if turning else np.float64)


@pytest.mark.parametrize("turning", [False, True])
def test_chunks_and_levels_join(turning: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several chunks, and blocks of blocks of blocks."""
    monkeypatch.setattr(scan_module, "CHUNK", 500)
    monkeypatch.setattr(scan_module, "LOOP_BELOW", 3)
    keep, drive, start = _problem(7, 2345, 2, turning)
    got = scan(keep, drive, start, block=4)
    np.testing.assert_allclose(got, _walk(keep, drive, start), rtol=0.0, atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), cut=st.integers(0, 300))
def test_the_last_state_carries_on(seed: int, cut: int) -> None:
    keep, drive, start = _problem(seed, 300, 2, turning=True)
    first = scan(keep[:cut], drive[:, :cut], start)
    middle = first[:, -1] if cut else start
    second = scan(keep[cut:], drive[:, cut:], middle)
    whole = scan(keep, drive, start)
    joined = np.concatenate((first, second), axis=1)
    np.testing.assert_allclose(joined, whole, rtol=0.0, atol=1e-12)


def test_a_restart_forgets_even_a_huge_state() -> None:
    """A keep of 0 cuts exactly: nothing was divided by a vanishing product."""
    keep = np.full(1000, 1e-3)
    keep[500] = 0.0
    drive = np.zeros((1, 1000))
    drive[0, 500] = 2.0
    z = scan(keep, drive, np.array([1e300]))
    assert z[0, 500:503].tolist() == pytest.approx([2.0, 2e-3, 2e-6], rel=1e-15)


def test_rows_hold_blocks_as_columns() -> None:
    rows = to_rows(np.arange(7.0), block=3)
    assert rows.tolist() == [[0.0, 3.0, 6.0], [1.0, 4.0, 6.0], [2.0, 5.0, 6.0]]


@given(n=st.integers(1, 60), block=st.integers(1, 70))
def test_rows_lead_back_to_the_samples(n: int, block: int) -> None:
    x = np.arange(float(n))
    out = np.empty(n)
    from_rows(to_rows(x, block), out)
    assert out.tolist() == x.tolist()


def test_the_predecessor_of_a_block_is_the_end_of_the_one_before() -> None:
    rows = to_rows(np.arange(1.0, 7.0), block=3)
    assert previous(rows, 0.0).tolist() == to_rows(np.arange(6.0), block=3).tolist()


@given(n=st.integers(1, 60), block=st.integers(1, 70))
def test_a_running_sum_counts_on_from_its_start(n: int, block: int) -> None:
    rows = to_rows(np.ones(n), block, pad=0.0)
    end = sum_rows(rows, 10.0)
    out = np.empty(n)
    from_rows(rows, out)
    assert out.tolist() == [10.0 + i for i in range(1, n + 1)]
    assert end == 10.0 + n


def test_a_running_angle_drops_whole_turns_between_blocks() -> None:
    """Each value stays the same angle, and none is larger than one block can turn."""
    rows = to_rows(np.full(1000, 7.0), block=4)
    sum_rows(rows, 0.0, period=10.0)
    out = np.empty(1000)
    from_rows(rows, out)
    assert (out % 10.0).tolist() == [7.0 * i % 10.0 for i in range(1, 1001)]
    assert out.max() < 10.0 + 4 * 7.0
