# SPDX-License-Identifier: MIT
"""`sim:SCRIPT[,key=value...]` is read strictly."""

from __future__ import annotations

import pytest

from upturn.errors import InputError
from upturn.transports.sim import SimRequest, parse_script, simulate


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sim:normal", SimRequest("normal")),
        ("normal", SimRequest("normal")),
        (
            "sim:too-long,seed=3,chip=lis3dh,rate=100",
            SimRequest("too-long", seed=3, chip="lis3dh", rate_hz=100.0),
        ),
        (
            "sim:fall, lever=-0.3/0.1, ideal=yes, calibration=three-pose, scale=2",
            SimRequest(
                "fall",
                lever_m=(-0.3, 0.1),
                ideal=True,
                calibration="three-pose",
                duration_scale=2.0,
            ),
        ),
        ("sim:normal,ideal=no", SimRequest("normal")),
    ],
)
def test_a_simulation_is_asked_for_in_one_text(text: str, expected: SimRequest) -> None:
    assert parse_script(text) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sim:nromal", r"unknown simulation 'nromal'\. Known are normal, .*too-long"),
        ("sim:", r"unknown simulation ''\. Known are normal"),
        ("sim:normal,speed=2", r"unknown setting 'speed=2'\. Known are seed=.*chip=.*rate="),
        ("sim:normal,seed", r"unknown setting 'seed'\. Known are seed="),
        ("sim:normal,", r"unknown setting ''\. Known are seed="),
        ("sim:normal,seed=x", r"seed cannot be 'x'\. It must be a whole number"),
        ("sim:normal,seed=1.5", r"seed cannot be '1.5'"),
        ("sim:normal,seed=-1", r"seed is -1\. It must be 0 or more"),
        ("sim:normal,seed=1,seed=2", r"seed is given twice"),
        ("sim:normal,chip=bmi270", r"unknown chip 'bmi270'\. Known are mpu6050"),
        ("sim:normal,rate=0", r"rate is 0\. It must be 10 to 200"),
        ("sim:normal,rate=nan", r"rate is nan"),
        ("sim:normal,rate=", r"rate cannot be ''"),
        ("sim:normal,lever=1", r"lever cannot be '1'\. It must be HEAD/FRONT"),
        ("sim:normal,lever=9/0", r"lever is 9\. It must be -2 to 2"),
        ("sim:normal,ideal=1", r"ideal cannot be '1'\. It must be yes\|no"),
        ("sim:normal,calibration=none", r"calibration cannot be 'none'\. It must be exact\|two"),
        ("sim:normal,scale=inf", r"scale is inf\. It must be 0.1 to 10"),
    ],
)
def test_what_is_not_known_is_refused_in_one_line_with_the_choices(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as refusal:
        parse_script(text)
    assert "\n" not in str(refusal.value)


def test_a_request_runs_with_its_own_seed_or_another() -> None:
    request = parse_script("sim:mounting-bumps,seed=4,chip=adxl345,rate=25")
    own = simulate("mounting-bumps", seed=4, chip="adxl345", rate_hz=25.0)
    other = simulate("mounting-bumps", seed=5, chip="adxl345", rate_hz=25.0)
    assert request.simulate().samples == own.samples
    assert request.simulate(seed=5).samples == other.samples


def test_simulate_refuses_an_unknown_calibration() -> None:
    with pytest.raises(InputError, match="unknown calibration 'rough'"):
        simulate("normal", calibration="rough")  # type: ignore[arg-type]
