# SPDX-License-Identifier: MIT
"""Sources: what a text names, and how samples are cut into chunks."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transports.writing import recorder_of
from upturn.core.commands import StandDown
from upturn.core.limits import DeviceKind
from upturn.core.sample import Sample, StreamInfo
from upturn.errors import InputError
from upturn.transports.recording import Recording
from upturn.transports.replay import TraceSource
from upturn.transports.sim import simulate
from upturn.transports.simulated import SimulatedSource
from upturn.transports.source import FEED_S, Chunk, open_source, pieces

CSV = "# profile: extended\nt_s,ax_g,ay_g,az_g\n" + "".join(f"{i},0,1,0\n" for i in range(3))


def test_a_simulation_is_opened_by_its_script() -> None:
    source = open_source("sim:mounting-bumps,seed=3")
    assert isinstance(source, SimulatedSource)
    assert source.simulation.samples == simulate("mounting-bumps", seed=3).samples
    assert (source.label, source.profile) == ("simulated mounting-bumps", None)


def test_a_trace_and_a_recording_are_told_apart_by_how_they_begin(tmp_path: Path) -> None:
    trace, recording = tmp_path / "a.jsonl", tmp_path / "b.csv"
    trace.write_text(CSV)
    recorder = recorder_of(recording, StreamInfo(), "standard", DeviceKind.BOOTS)
    recorder.piece(Chunk(0.0, [Sample(0.0, 0.0, 1.0, 0.0)]))
    recorder.close()
    opened = open_source(f"replay:{trace}"), open_source(f"replay:{recording}")
    assert [type(source) for source in opened] == [TraceSource, Recording]
    assert [source.label for source in opened] == ["replay a.jsonl", "replay b.csv"]
    assert [source.profile for source in opened] == ["extended", "standard"]
    assert [source.profile_where for source in opened] == [f"{trace}:1", f"{recording}:1"]


def test_a_bad_row_of_a_replayed_source_is_skipped_only_on_request(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CSV + "x\n")
    with pytest.raises(InputError, match=r"a\.csv:6: has 1 fields"):
        open_source(f"replay:{path}")
    source = open_source(f"replay:{path}", skip_bad=True)
    assert isinstance(source, TraceSource)
    assert [problem.line for problem in source.problems] == [6]


@pytest.mark.parametrize("text", ["", "normal", "sim", "usb:0", "SIM:normal", ":normal"])
def test_a_text_that_names_no_source_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        open_source(text)
    assert str(caught.value) == (
        f"source {text!r} is not known. "
        "Write one of serial:PORT, ble:NAME, sim:SCRIPT, replay:FILE"
    )


times = st.lists(st.floats(0, 100), min_size=1, max_size=300, unique=True).map(sorted)


@given(times)
def test_paced_pieces_are_short_and_lose_nothing(t_s: list[float]) -> None:
    samples = [Sample(t, 0.0, 1.0, 0.0) for t in t_s]
    chunks = list(pieces(samples, paced=True))
    assert [sample for chunk in chunks for sample in chunk.samples] == samples
    assert all(chunk.at_s == chunk.samples[-1].t_s for chunk in chunks)
    assert all(c.samples[-1].t_s - c.samples[0].t_s < FEED_S for c in chunks)
    assert all(b.samples[0].t_s - a.samples[0].t_s >= FEED_S for a, b in pairwise(chunks))


@given(st.integers(0, 10_000))
def test_other_pieces_are_few(count: int) -> None:
    samples = [Sample(float(i), 0.0, 1.0, 0.0) for i in range(count)]
    chunks = list(pieces(samples, paced=False))
    assert [sample for chunk in chunks for sample in chunk.samples] == samples
    assert len(chunks) == math.ceil(count / 4096)


def test_a_simulations_commands_come_in_time_and_its_end_is_told() -> None:
    simulation = simulate("mounting-bumps")
    simulation.commands.append((5.0, StandDown()))
    chunks = list(SimulatedSource(simulation).chunks(paced=False))
    at = next(i for i, chunk in enumerate(chunks) if chunk.commands)
    assert chunks[at] == Chunk(5.0, [], (StandDown(),))
    assert chunks[at - 1].at_s <= 5.0 <= chunks[at + 1].at_s
    assert chunks[-1] == Chunk(simulation.duration_s, [])
    assert [s for chunk in chunks for s in chunk.samples] == simulation.samples
