# SPDX-License-Identifier: MIT
"""The batch path agrees with the streaming one, whatever the samples and whatever is told."""

from __future__ import annotations

import random
from math import cos, radians, sin

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stories import timeline
from upturn.analysis.batch import BatchTilt, analyze
from upturn.analysis.columns import Columns, Part, columns_of
from upturn.core.alarm_table import AlarmId
from upturn.core.commands import (
    Acknowledge,
    Command,
    Distress,
    Goodbye,
    HostStalled,
    ImFine,
    Resume,
    SeenUpright,
    StandDown,
)
from upturn.core.events import to_json
from upturn.core.limits import DEVICES, PROFILES, Device, DeviceKind, Profile
from upturn.core.mounting import ASSUMED
from upturn.core.pipeline import Pipeline
from upturn.core.sample import NodeReport, Sample, StreamInfo
from upturn.transports.recording import Recording
from upturn.transports.source import Chunk


def both(recording: Recording, profile: Profile, device: Device) -> tuple[Pipeline, Pipeline]:
    """The streaming and the batch path after all of a recording."""
    streaming = Pipeline(recording.info, profile, device)
    for chunk in recording.chunks(paced=False):
        if not chunk.samples and not chunk.commands:
            streaming.tick(chunk.at_s)
        streaming.feed(chunk.samples)
        for command in chunk.commands:
            streaming.command(command, chunk.at_s)
    return streaming, analyze(recording.info, profile, device, columns_of(recording))


def recording_of(chunks: list[Chunk], info: StreamInfo) -> Recording:
    return Recording(info, None, "a story", None, "", chunks)


commands: st.SearchStrategy[Command] = st.sampled_from(
    [
        Acknowledge(),
        Acknowledge(AlarmId.TIME_LIMIT),
        SeenUpright(),
        StandDown(),
        Resume(),
        Distress(),
        ImFine(),
        Goodbye(),
        HostStalled(5.0),
    ]
)


@st.composite
def stories(draw: st.DrawFn) -> Recording:
    """Holds and turns at any angle, with gaps, stillness, noise, knocks, reports and commands."""
    chance = random.Random(draw(st.integers(0, 2**32)))  # noqa: S311 - a story, no secret
    gyro = draw(st.booleans())
    rate_hz = draw(st.sampled_from([20.0, 50.0, 100.0]))
    t_s = draw(st.sampled_from([0.0, -7.3, 1.7e9]))
    angle_deg, chunks = -80.0, []
    for _ in range(draw(st.integers(1, 9))):
        target_deg = draw(st.sampled_from([-170.0, -80.0, -40.0, 0.0, 10.0, 20.0, 65.0, 120.0]))
        turn_s, hold_s = chance.choice([0.3, 2.0]), chance.choice([0.5, 4.0, 50.0])
        noise_g = chance.choice([0.0, 0.001, 0.05])
        samples = []
        for i in range(int((turn_s + hold_s) * rate_hz)):
            step_deg = (target_deg - angle_deg) / (turn_s * rate_hz)
            turning = i < turn_s * rate_hz
            now_deg = angle_deg + step_deg * i if turning else target_deg
            x, y, z = 0.0, -sin(radians(now_deg)), cos(radians(now_deg))
            if chance.random() < 0.0005:
                z = chance.choice([4.0, 1e6, 8.0])
            x, y, z = (value + chance.gauss(0.0, noise_g) for value in (x, y, z))
            rate_dps = -step_deg * rate_hz if turning and gyro else 0.0
            samples.append(Sample(t_s, x, y, z, rate_dps, 0.0, 0.0, _report(chance)))
            t_s += (1.0 + chance.choice([0.0, 0.0, 0.3])) / rate_hz
        angle_deg = target_deg
        acts = tuple(draw(st.lists(commands, max_size=2)))
        chunks.append(Chunk(t_s, samples, acts))
        t_s += draw(st.sampled_from([0.0, 0.0, 0.5, 3.0, 20.0]))
        if draw(st.booleans()):
            chunks.append(Chunk(t_s, []))
            t_s += 0.01
    mounting = draw(st.sampled_from([ASSUMED, None]))
    declared = draw(st.sampled_from([rate_hz, None]))
    return recording_of(chunks, StreamInfo(gyro, 1.0 / rate_hz, declared, mounting))


def _report(chance: random.Random) -> NodeReport | None:
    if chance.random() > 0.001:
        return None
    return chance.choice(
        [
            NodeReport(button=True),
            NodeReport(tap=True),
            NodeReport(battery_v=3.3, peak_g=3.0),
            NodeReport(angle_deg=0.0, saturated=True),
        ]
    )


@settings(max_examples=25)
@given(
    stories(), st.sampled_from(list(PROFILES.values())), st.sampled_from(list(DEVICES.values()))
)
def test_the_two_paths_agree(recording: Recording, profile: Profile, device: Device) -> None:
    streaming, batch = both(recording, profile, device)
    assert to_json(batch.summary()) == to_json(streaming.summary())
    assert batch.samples_rejected == streaming.samples_rejected


def test_what_no_sensor_can_have_sent_is_left_out_by_both() -> None:
    samples = [Sample(i * 0.02, 0.0, 1.0, 0.0) for i in range(100)]
    for i in (0, 1, 50, 99):
        samples[i] = samples[i]._replace(gx_dps=1e5)
    chunks = [
        Chunk(0.5, samples[:30], (Distress(),)),
        Chunk(1.98, samples[30:], (Acknowledge(),)),
    ]
    recording = recording_of(chunks, StreamInfo(has_gyro=True, rate_hz=50.0))
    streaming, batch = both(recording, PROFILES["standard"], DEVICES[DeviceKind.TABLE])
    assert batch.summary() == streaming.summary()
    assert (batch.samples_rejected, batch.summary().samples) == (4, 96)


def test_nothing_that_can_be_believed_is_nothing_seen() -> None:
    recording = recording_of([Chunk(0.0, [Sample(0.0, 1e9, 0.0, 0.0)])], StreamInfo())
    streaming, batch = both(recording, PROFILES["standard"], DEVICES[DeviceKind.TABLE])
    assert (batch.seen, streaming.seen) == (False, False)


COLUMNS = Columns(
    np.array([0.0, 1.0, 2.0]),
    np.arange(9.0).reshape(3, 3),
    None,
    0.0,
    {1: NodeReport(tap=True)},
)


def test_a_part_is_a_sequence_of_samples() -> None:
    samples = [
        Sample(1.0, 3.0, 4.0, 5.0, report=NodeReport(tap=True)),
        Sample(2.0, 6.0, 7.0, 8.0),
    ]
    part = Part(COLUMNS, 1, 3)
    assert (len(part), list(part), part[:], part[-1]) == (2, samples, samples, samples[1])
    with pytest.raises(IndexError):
        part[2]


def test_a_batch_is_fed_with_parts_only() -> None:
    judge = Pipeline(StreamInfo(), PROFILES["standard"])._monitor
    with pytest.raises(TypeError, match="parts of columns"):
        BatchTilt(StreamInfo(), []).feed([Sample(0.0, 0.0, 1.0, 0.0)], judge)


def test_a_dead_bus_is_judged_alike_by_both() -> None:
    held = timeline("still at 50 2s").samples
    dead = [Sample(2.0 + 0.02 * i, 0.0, 0.0, 0.0) for i in range(5000)]
    alive = [s._replace(t_s=s.t_s + 102.0) for s in held]
    recording = recording_of([Chunk(104.0, [*held, *dead, *alive])], StreamInfo(rate_hz=50.0))
    streaming, batch = both(recording, PROFILES["standard"], DEVICES[DeviceKind.TABLE])
    assert to_json(batch.summary()) == to_json(streaming.summary())
