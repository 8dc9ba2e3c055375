# SPDX-License-Identifier: MIT
"""Whether the readings can be believed: each fault at its limit, and the faults that are none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.stories import Story, alarm_lines, events, pipeline, stream, timeline
from upturn.core.alarm_table import AlarmId
from upturn.core.events import AlarmChanged
from upturn.core.health import SensorHealth, off_plane_deg, wrapped_deg
from upturn.core.limits import STANDARD
from upturn.core.mounting import ASSUMED, Vector
from upturn.core.pipeline import Pipeline
from upturn.core.sample import Sample, StreamInfo
from upturn.core.tilt import Reading

FAULT = AlarmId.SENSOR_FAULT


def said(text: str, *, gyro: bool = False) -> list[str]:
    return alarm_lines(events(timeline(text, gyro=gyro)), FAULT)


def reasons(story: Story, info: StreamInfo | None = None) -> list[str]:
    """What the fault was said to be, each time that it was raised or grew."""
    advice = ". The angle cannot be trusted. Watch the person yourself."
    return [
        event.message.removeprefix("Sensor fault: ").removesuffix(advice)
        for event in events(story, info=info)
        if isinstance(event, AlarmChanged) and event.id is FAULT and event.state == "raised"
    ]


@pytest.mark.parametrize("force_g", [0.69, 1.41])
def test_a_mean_force_that_is_not_gravitys_is_a_fault(force_g: float) -> None:
    story = timeline(f"force {force_g} for 3s; still 2s")
    assert reasons(story) == ["force is not gravity's"]
    assert alarm_lines(events(story), FAULT)[0] == "1.00 sensor_fault #1 raised **"


@pytest.mark.parametrize("force_g", [0.71, 1.39])
def test_a_mean_force_within_the_usual_is_none(force_g: float) -> None:
    assert said(f"force {force_g} for 5s") == []


def test_a_mean_force_takes_a_second_to_be_off() -> None:
    assert said("still at -80 5s; force 1.6 for 0.6s; still 2s") == []
    assert said("still at -80 5s; force 3 for 0.1s; still 2s") == []


def test_the_fault_clears_with_the_force() -> None:
    story = "force 1.6 for 3s; still 2s"
    assert [line.split(" ", 1)[1] for line in said(story)] == [
        "sensor_fault #1 raised **",
        "sensor_fault #1 cleared **",
    ]


@pytest.mark.parametrize("gyro", [False, True])
@pytest.mark.parametrize(
    ("frozen_s", "told"), [("9.96", []), ("10.20", ["15.00 sensor_fault #1 raised **"])]
)
def test_ten_seconds_of_identical_readings_are_a_fault(
    frozen_s: str, told: list[str], gyro: bool
) -> None:
    assert said(f"still at -80 5s; frozen {frozen_s}s", gyro=gyro) == told


def test_frozen_readings_are_named_and_the_first_new_one_clears_them() -> None:
    story = timeline("still at -80 5s; frozen 12s; still 1s")
    assert reasons(story) == ["readings do not change"]
    assert alarm_lines(events(story), FAULT)[-1] == "17.00 sensor_fault #1 cleared **"


def test_a_gap_among_identical_readings_is_not_ten_seconds_of_them() -> None:
    assert said("still at -80 5s; frozen 6s; silence 2s; frozen 6s") == []


@pytest.mark.parametrize(
    ("seconds", "told"), [("0.50", []), ("0.52", ["3.50 sensor_fault #1 raised **"])]
)
def test_half_a_second_of_a_saturated_sensor_is_a_fault(seconds: str, told: list[str]) -> None:
    assert said(f"still at -80 3s; saturated {seconds}s") == told


def test_saturation_ends_with_the_first_sample_within_range() -> None:
    assert said("still at -80 3s; saturated 1s; still 1s")[-1] == (
        "4.00 sensor_fault #1 cleared **"
    )


def faults(values_g: list[float], info: StreamInfo | None = None) -> list[str]:
    """What is wrong after an axis showed these values, one every 20 ms."""
    health = SensorHealth(info or stream())
    for i, value_g in enumerate(values_g):
        t_s = i * 0.02
        raw = (value_g, 0.0, 1.0)
        health.on_sample(Reading(t_s, t_s - 0.02, 0.0, 0.0, 1.0, raw, 0.0, 0.0, None))
    return list(health.faults.values())


RAILED = ["its range is exceeded"]


@pytest.mark.parametrize(
    ("values_g", "said"),
    [
        ([2.0] * 27, RAILED),
        ([-2.0] * 27, RAILED),
        ([1.95] * 27, RAILED),
        ([2.0] * 26, []),
        ([1.94] * 99, []),
        ([2.0, 2.01] * 50, []),
        ([2.0] * 99 + [1.0], []),
        ([2.0] * 20 + [1.0] + [2.0] * 20, []),
    ],
)
def test_a_large_value_held_exactly_for_half_a_second_is_a_rail(
    values_g: list[float], said: list[str]
) -> None:
    # The first of the held values may be a true one.
    assert faults(values_g) == said


@pytest.mark.parametrize(
    ("values_g", "said"),
    [([3.985, 3.99] * 13, RAILED), ([3.985, 3.99] * 12, []), ([3.97, 3.975] * 20, [])],
)
def test_a_declared_range_is_a_rail_within_half_a_percent(
    values_g: list[float], said: list[str]
) -> None:
    assert faults(values_g, replace(stream(), range_g=4.0)) == said


@pytest.mark.parametrize(
    ("actual_hz", "told"),
    [
        (39.5, ["wrong sample rate"]),
        (40.5, []),
        (50.0, []),
        (59.5, []),
        (60.5, ["wrong sample rate"]),
    ],
)
def test_a_rate_off_by_a_fifth_over_five_seconds_is_a_fault(
    actual_hz: float, told: list[str]
) -> None:
    story = timeline("still at -80 8s", rate_hz=actual_hz)
    assert reasons(story, stream(rate_hz=50.0)) == told


def test_a_wrong_rate_is_said_after_five_seconds_not_before() -> None:
    story = timeline("still at -80 8s", rate_hz=30.0)
    (told,) = alarm_lines(events(story, info=stream(rate_hz=50.0)), FAULT)
    assert float(told.split()[0]) == pytest.approx(5.1, abs=0.15)


def test_without_a_declared_rate_no_rate_is_wrong() -> None:
    story = timeline("still at -80 8s", rate_hz=30.0)
    assert reasons(story, stream(rate_hz=None)) == []


def test_a_rate_is_judged_afresh_after_a_gap() -> None:
    assert said("still at -80 8s; silence 4s; still 8s") == []


@pytest.mark.parametrize(
    ("node_deg", "seconds", "told"),
    [
        (-70.1, "4.00", []),
        (-69.9, "3.00", []),
        (-69.9, "3.02", ["5.00 sensor_fault #1 raised **"]),
        (-90.1, "3.02", ["5.00 sensor_fault #1 raised **"]),
    ],
)
def test_a_node_that_disagrees_about_the_angle_for_three_seconds_is_a_fault(
    node_deg: float, seconds: str, told: list[str]
) -> None:
    assert said(f"still at -80 2s; node says {node_deg}; still {seconds}s") == told


def test_agreeing_again_clears_it() -> None:
    assert said("node says -60; still at -80 4s; node says -79; still 1s") == [
        "3.00 sensor_fault #1 raised **",
        "4.00 sensor_fault #1 cleared **",
    ]


def test_angles_are_compared_around_the_circle() -> None:
    assert said("node says -178; still at 178 5s") == []


def test_two_faults_are_one_alarm_that_names_both() -> None:
    story = timeline("still at -80 3s; node says 0; force 1.6 for 5s")
    core = pipeline(story)
    assert len(alarm_lines(core.feed(story.samples), FAULT)) == 1
    (view,) = core.snapshot(8.0).alarms
    assert view.message.startswith(
        "Sensor fault: force is not gravity's, node and host disagree about the angle. "
    )


@pytest.mark.parametrize(("angle_deg", "mark"), [(-80, "**"), (-10, "**"), (50, "***")])
def test_a_fault_is_high_while_inverted_and_medium_otherwise(angle_deg: int, mark: str) -> None:
    assert said(f"still at {angle_deg} 3s; saturated 0.6s") == [
        f"3.50 sensor_fault #1 raised {mark}"
    ]


def test_a_fault_that_lasts_into_an_inversion_escalates() -> None:
    told = said("node says 180; still at -80 4s; to 50 in 2s; still 2s")
    assert told[0] == "3.00 sensor_fault #1 raised **"
    assert told[1].endswith("sensor_fault #1 escalated ***")


def test_a_session_of_usual_readings_has_no_fault() -> None:
    story = timeline("upright 5s; to 50 in 4s; inverted 20s; to -80 in 8s; upright 20s")
    assert alarm_lines(events(story)) == []


@pytest.mark.parametrize(
    ("force", "off_deg"),
    [
        ((0.0, 0.0, 1.0), 0.0),
        ((1.0, 0.0, 0.0), 90.0),
        ((-2.0, 0.0, 0.0), -90.0),
        ((1.0, 1.0, 0.0), 45.0),
        ((0.0, 0.0, 0.0), 0.0),
    ],
)
def test_off_plane_is_signed_and_without_force_it_is_none(force: Vector, off_deg: float) -> None:
    assert off_plane_deg(force, (1.0, 0.0, 0.0)) == pytest.approx(off_deg)


@pytest.mark.parametrize(
    ("angle_deg", "wrapped"), [(0.0, 0.0), (180.0, -180.0), (-180.0, -180.0), (350.0, -10.0)]
)
def test_a_difference_of_angles_is_the_short_way_round(angle_deg: float, wrapped: float) -> None:
    assert wrapped_deg(angle_deg) == wrapped


def test_a_rate_too_slow_for_its_window_is_not_judged() -> None:
    info = StreamInfo(rate_hz=0.1, nominal_s=10.0, mounting=ASSUMED)
    samples = [Sample(10.0 * i, 0.0, 1.0, 0.01 * i) for i in range(6)]
    assert "sensor_fault" not in str(Pipeline(info, STANDARD).feed(samples))
