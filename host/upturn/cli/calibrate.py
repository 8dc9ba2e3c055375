# SPDX-License-Identifier: MIT
"""`upturn calibrate`: teach a node how it sits on the table, and prove it before it is believed.

Law of this module: nothing is written to the node before the proof has passed, and nothing is
kept here that the node does not tell when it is asked again.
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import json
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TextIO

from upturn.cli.calibrations import (
    BiasRecord,
    CalibrationRecord,
    biases,
    check_can_save,
    records,
    save,
    save_bias,
)
from upturn.cli.commands import Subparsers, command_parser
from upturn.cli.node import source_of
from upturn.config import Config, load_config
from upturn.core.bias import Bias
from upturn.core.calibrating import Guide
from upturn.core.poses import CalibrationError
from upturn.core.stated import check_stated
from upturn.errors import EXIT_DONE, EXIT_FAILED, InputError, RunError
from upturn.wire.messages import Hello

LEFT = "Left; the node is as it was"
NODE_HAS_IT = (
    "The node has its new calibration all the same, and measures by it; this computer does not "
    "remember that it was proved. Make room for it, and calibrate again"
)


def add_parser(subparsers: Subparsers) -> None:
    parser = command_parser(
        subparsers,
        "calibrate",
        epilog="The table stays EMPTY. A node that is being watched is busy: end that run first.",
    )
    parser.add_argument(
        "--source",
        metavar="SOURCE",
        help="serial:PORT or ble:NAME, or serial:auto or ble:auto for the only one there is; "
        "else the config's node, else the only one on a cable, else the only one that is paired",
    )
    parser.add_argument(
        "--poses",
        type=int,
        choices=(2, 3),
        metavar="2|3",
        help="3 (upright, level, 45 degrees or more head-down) is good to about 1 degree; "
        "2 leave the last out, and are good to about 2.5, or to 1 after --bias",
    )
    # Before Python 3.14 argparse takes no list that begins with a minus for a value.
    parser._negative_number_matcher = re.compile(r"-\.?\d")  # noqa: SLF001
    parser.add_argument(
        "--angles",
        metavar="A,B,C",
        help="the poses' angles, stated beforehand, such as -85,0,60; else each is asked for",
    )
    parser.add_argument(
        "--bias",
        action="store_true",
        help="measure the sensor itself, at the desk: the node on each of its six sides",
    )
    parser.add_argument("--config", metavar="FILE", help="read this config, not your own")
    parser.add_argument(
        "--json", action="store_true", help="the result as one JSON object; questions on stderr"
    )


def run(args: argparse.Namespace) -> int:
    config = load_config(args.config)
    if args.bias and (args.poses is not None or args.angles is not None):
        raise InputError(
            "poses and angles are of the table, and the bias is measured at the desk",
            where="--bias",
            remedy="Leave them out; calibrate on the table afterwards",
        )
    angles_deg = None if args.angles is None else _angles(args.angles)
    poses = args.poses or (3 if angles_deg is None else len(angles_deg))
    _check_angles(poses, angles_deg)
    out = sys.stderr if args.json else sys.stdout
    source = source_of(args.source, config)
    record: CalibrationRecord | BiasRecord | None
    if args.bias:
        record = asyncio.run(_measure_bias(source, out))
    else:
        record = asyncio.run(_calibrate(source, poses, angles_deg, out))
    if record is None:
        return EXIT_FAILED
    if args.json:
        print(json.dumps(record.to_json()))
    return EXIT_DONE


def calibrate(
    source: str | None,
    config: Config,
    *,
    poses: int = 3,
    angles_deg: Sequence[float] | None = None,
) -> CalibrationRecord | None:
    """The whole guided path; None: the person left, and the node is as it was.

    Raises:
        InputError: the source, or angles that cannot be those of the poses.
        RunError: the node is not reached, is lost, or does not keep it.
    """
    _check_angles(poses, angles_deg)
    return asyncio.run(_calibrate(source_of(source, config), poses, angles_deg, sys.stdout))


def _angles(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise InputError(
            f"{text!r} are no angles", where="--angles", remedy="Write --angles -85,0,60"
        ) from None


def _check_angles(poses: int, angles_deg: Sequence[float] | None) -> None:
    if angles_deg is None:
        return
    if len(angles_deg) != poses or poses not in (2, 3):
        raise InputError(
            f"{len(angles_deg)} angles for {poses} poses",
            where="--angles",
            remedy="Give one for each, as in --angles -85,0,60, or --poses 2 --angles -85,0",
        )
    try:
        check_stated(angles_deg)
    except CalibrationError as error:
        raise InputError(error.what, where="--angles", remedy=error.remedy) from None


async def _calibrate(
    source: str | None, poses: int, angles_deg: Sequence[float] | None, out: TextIO
) -> CalibrationRecord | None:
    from upturn.cli import calibrate_words as words
    from upturn.cli.calibrate_guide import guided
    from upturn.cli.calibrate_node import open_line

    known, measured = records(), biases()  # a file that cannot be read is told at the beginning
    check_can_save()  # and one that cannot be written
    line = await open_line(source)
    try:
        hello = line.hello
        bias = _bias_of(measured.get(hello.node_id), hello)
        guide = Guide(poses=poses, angles_deg=angles_deg, has_gyro=hello.has_gyro, bias=bias)
        for text in words.beginning(hello, known.get(hello.node_id), guide):
            print(text, file=out)
        if not await guided(guide, line, out):
            print(LEFT, file=out)
            return None
        mounting = guide.mounting
        assert mounting is not None
        await line.write(mounting)
        record = _record(line.hello, guide)
        try:
            save(record)
        except RunError as error:
            raise RunError(f"{error}. {NODE_HAS_IT}") from None
    finally:
        await line.close()
    for text in words.record_lines(record):
        print(text, file=out)
    return record


async def _measure_bias(source: str | None, out: TextIO) -> BiasRecord | None:
    from upturn.cli.calibrate_bias import measured_bias
    from upturn.cli.calibrate_node import open_line

    biases()
    check_can_save()
    line = await open_line(source)
    try:
        bias = await measured_bias(line, out)
        if bias is None:
            print(LEFT, file=out)
            return None
        record = BiasRecord(line.hello.node_id, line.hello.sensor, _now(), bias)
        save_bias(record)
    finally:
        await line.close()
    return record


def _bias_of(record: BiasRecord | None, hello: Hello) -> Bias | None:
    """Of that very sensor: another kind on the same board is another part."""
    return record.bias if record is not None and record.sensor == hello.sensor else None


def _record(hello: Hello, guide: Guide) -> CalibrationRecord:
    quality, proof, mounting = guide.quality, guide.proof, guide.mounting
    assert quality is not None
    assert proof is not None
    assert mounting is not None
    return CalibrationRecord(
        node_id=hello.node_id,
        node=hello.name or hello.node_id,
        date=_now(),
        who=_who(),
        firmware=hello.firmware,
        sensor=hello.sensor,
        method=quality.method,
        angles_deg=tuple(pose.angle_deg for pose in guide.poses),
        bias_removed=guide.bias is not None,
        expected_error_deg=guide.expected_error_deg,
        mounting=mounting,
        norm_error_g=quality.norm_error_g,
        angle_error_deg=quality.angle_error_deg,
        bias_g=quality.bias_g,
        scale_error=quality.scale_error,
        idle_deg=proof.idle_deg,
        tilt_deg=proof.tilt_deg,
        turn_ratio=proof.turn_ratio,
        axis_off_deg=proof.axis_off_deg,
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _who() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name
        return ""
