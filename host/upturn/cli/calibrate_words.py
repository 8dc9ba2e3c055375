# SPDX-License-Identifier: MIT
"""What the guided calibration says, a row for each stage; all of it fits 80 columns."""

from __future__ import annotations

from textwrap import wrap
from typing import NamedTuple

from upturn.cli.calibrations import CalibrationRecord
from upturn.core.calibrating import Guide, Stage, View
from upturn.core.holding import HOLD_S
from upturn.core.poses import MAX_RATE_DPS, MAX_SD_G
from upturn.core.proving import TILT_DEG
from upturn.wire.messages import Hello


class Words(NamedTuple):
    heading: str
    """`{}` is the pose."""
    lines: tuple[str, ...] = ()
    question: str = ""
    """Where the person is asked; `{}` is what Enter means, or what else can be answered."""


COLUMNS = 79
POSES = ("upright rest", "level", "head-down")

INTRO = (
    "Nobody on the table: EMPTY, or with a weight strapped to it, and a hand on it.",
    "One person can do it; two are quicker. Lay a phone with a level app on the bed:",
    "the calibration is as good as the angles that you read from it.",
    "Head-down, the node may beep: it guards the table as ever.",
)

HOLDS = {
    0: ("Let it stand. It is measured now.",),
    1: (
        "Tilt the head end down until the bed lies level, and hold it still:",
        f"against a support, or by hand. {HOLD_S:g} still seconds are taken by themselves.",
    ),
    2: (
        "Tilt the head end further down, 45 degrees below level or more, about",
        f"{{}}, and hold it still. {HOLD_S:g} still seconds are taken by themselves.",
    ),
}
"""What to do, pose by pose; `{}` is the angle asked for."""

WORDS: dict[Stage, Words] = {
    Stage.STAND: Words(
        "Pose 1: upright rest",
        ("Let the table stand at its upright stop, where one steps on. Hands off.",),
        "Enter when it stands there, q to leave: ",
    ),
    Stage.HOLD: Words("Pose {}"),
    Stage.ANGLE: Words(
        "What does the level show?",
        ("Upright is -90, level 0, fully head-down +90.",),
        "Degrees, or Enter for {}; q to leave: ",
    ),
    Stage.RETURN: Words(
        "Proof 1 of 2: the stop",
        ("Bring the table back to where one steps on, and take your hands off.",),
        "Enter when the empty table stands at its stop, q to leave: ",
    ),
    Stage.IDLE: Words("Proof 1 of 2: the stop", ("Let it stand. It is measured now.",)),
    Stage.TILT: Words(
        "Proof 2 of 2: one slow tilt",
        (
            f"Tilt the HEAD end down, slowly, in one go, to {TILT_DEG:g} degrees below level or",
            "further, and hold it there for a second. Take some 5 s for it.",
        ),
    ),
    Stage.REFUSED: Words("Refused", (), "Enter: that once more{}; s: from the start; q: leave: "),
    Stage.PROVED: Words("Proved"),
}

RESTATE = "; a: state its angle anew"


def beginning(hello: Hello, known: CalibrationRecord | None, guide: Guide) -> list[str]:
    """What is there, and what is going to be done."""
    name = hello.name or hello.node_id
    if hello.mounting is None:
        state = "is not calibrated"
        if known is not None:
            state += f" any more: what was done on {known.date[:10]} is gone from it"
    elif known is None:
        state = "is calibrated, but not by this computer"
    elif known.is_on(hello.mounting):
        state = f"was calibrated on {known.date[:10]}"
    else:
        state = f"has another calibration than the one of {known.date[:10]} from here"
    bias = "; the sensor's bias is known" if guide.bias is not None else ""
    return [
        f"{name} {state}.",
        f"{len(guide.asked_deg)} poses: right to about {about(guide.expected_error_deg)}{bias}.",
        *INTRO,
    ]


def heading(view: View) -> str:
    words = WORDS[view.stage].heading
    if view.stage is Stage.HOLD:
        return words.format(f"{view.pose + 1}: {POSES[view.pose]}")
    return words


def lines(view: View) -> tuple[str, ...]:
    if view.stage is Stage.HOLD:
        return tuple(line.format(degrees(view.asked_deg)) for line in HOLDS[view.pose])
    if view.refusal is not None:
        what, remedy = f"{view.refusal.what}.", f"{view.refusal.remedy}."
        return (*_wrapped(f"{what[0].upper()}{what[1:]}"), *_wrapped(remedy))
    return WORDS[view.stage].lines


def note(view: View) -> list[str]:
    return _wrapped(view.note) or [""]


def degrees(angle_deg: float) -> str:
    """Signed, but for 0."""
    return f"{angle_deg:+g}" if angle_deg else "0"


def about(error_deg: float) -> str:
    return f"{error_deg:g} degree{'' if error_deg == 1.0 else 's'}"


def angle(view: View) -> str:
    if view.angle_deg is None:
        return "not known before the first pose"
    return f"{view.angle_deg:+.1f} degrees, asked for {degrees(view.asked_deg)}"


def stillness(view: View) -> str:
    """In figures, beside a meter."""
    meter = view.meter
    if meter.sd_g is None:
        return "no data yet"
    rate = f", {meter.rate_dps:.1f} of {MAX_RATE_DPS:g} degrees/s" if meter.rate_dps else ""
    verdict = meter.why_not or "still"
    return f"{1e3 * meter.sd_g:.0f} of {1e3 * MAX_SD_G:g} mg{rate}: {verdict}"


def taken(guide: Guide) -> str:
    """Of the pose that was taken last."""
    pose = guide.poses[-1]
    rate = f", {pose.rate_dps:.1f} degrees/s" if pose.rate_dps is not None else ""
    return (
        f"Pose {len(guide.poses)} taken at {degrees(pose.angle_deg)} degrees: held for "
        f"{pose.seconds:.1f} s, {1e3 * pose.sd_g:.0f} mg{rate}"
    )


def held(view: View) -> str:
    return f"{view.meter.held_s:.1f} s" if view.hold_share > 0.0 else ""


def record_lines(record: CalibrationRecord) -> list[str]:
    """All of it, a fact a line."""
    stated = ", ".join(degrees(angle) for angle in record.angles_deg)
    method = record.method + (", bias removed" if record.bias_removed else "")
    rows = {
        "node": f"{record.node} ({record.node_id}), firmware {record.firmware}",
        "method": f"{method}, stated {stated} degrees",
        "error": f"about {about(record.expected_error_deg)} (1 sigma, estimated)",
        "poses": (
            f"angles within {record.angle_error_deg:.1f} degrees, "
            f"gravity within {1e3 * record.norm_error_g:.0f} mg"
        ),
        "proof": (
            f"stop at {record.idle_deg:+.0f} degrees, tilt to {record.tilt_deg:+.0f}"
            + _by_gyro(record)
        ),
        "kept": "on the node, which says so, and on this computer",
        "date": f"{record.date}{f', by {record.who}' if record.who else ''}",
    }
    return [f"{name:<9}{value}" for name, value in rows.items()]


def _wrapped(text: str) -> list[str]:
    return wrap(text, COLUMNS, break_on_hyphens=False)


def _by_gyro(record: CalibrationRecord) -> str:
    if record.turn_ratio is None or record.axis_off_deg is None:
        return ", no gyro"
    return f"; gyro {100.0 * record.turn_ratio:.0f} %, axis {record.axis_off_deg:.1f} degrees off"
