# SPDX-License-Identifier: MIT
"""What this computer remembers of each node's calibration, beside the list of paired nodes.

The node has the calibration itself, and what it tells is in force; this says how good it is, when
it was made and by whom, and whether the node still has it: flash can be erased. A file that
cannot be read is told and left alone: to write over it would lose what it holds of other nodes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

import platformdirs

from upturn.core.bias import Bias
from upturn.core.calibration import Method
from upturn.core.mounting import Mounting, Vector
from upturn.errors import RunError
from upturn.whole_file import PRIVATE, put_aside, write_private
from upturn.wire.messages import ROW_PER_UNIT

FORMAT = 1
FILE_NAME = "calibrations.json"

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class CalibrationRecord:
    """A calibration that was proved, and how."""

    node_id: str
    node: str
    """What the node was called then."""
    date: str
    """ISO 8601, UTC."""
    who: str
    """The account that did it; empty if it has no name."""
    firmware: str
    sensor: str
    method: Method
    angles_deg: tuple[float, ...]
    """As stated, in the order of the poses."""
    bias_removed: bool
    """The sensor's own bias had been measured at the desk."""
    expected_error_deg: float
    """One standard deviation, with angles stated to 1 degree; estimated."""
    mounting: Mounting
    norm_error_g: float
    angle_error_deg: float
    bias_g: float
    scale_error: float
    idle_deg: float
    """What the empty table read at its stop."""
    tilt_deg: float
    """How far the proving tilt went."""
    turn_ratio: float | None
    """Rotation by the gyro over that by gravity; None without a gyro."""
    axis_off_deg: float | None
    """Between the gyro's axis and the hinge."""

    def is_on(self, mounting: Mounting | None) -> bool:
        """Whether that, as a node tells it, is this calibration; None is none."""
        return mounting is not None and same_mounting(self.mounting, mounting)

    def to_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class BiasRecord:
    """The six faces of one sensor."""

    node_id: str
    sensor: str
    date: str
    bias: Bias

    def to_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Kept:
    """All that the file holds, by node id."""

    calibrations: Mapping[str, CalibrationRecord]
    biases: Mapping[str, BiasRecord]


def records(path: Path | None = None) -> dict[str, CalibrationRecord]:
    """By node id.

    Raises:
        RunError: the file is there and cannot be read.
    """
    return dict(_kept(path or default_path()).calibrations)


def biases(path: Path | None = None) -> dict[str, BiasRecord]:
    """By node id.

    Raises:
        RunError: the file is there and cannot be read.
    """
    return dict(_kept(path or default_path()).biases)


def save(record: CalibrationRecord, path: Path | None = None) -> None:
    """In place of what was known of that node.

    Raises:
        RunError: the file cannot be read, or not be written.
    """
    path = path or default_path()
    kept = _kept(path)
    _write(path, Kept({**kept.calibrations, record.node_id: record}, kept.biases))


def save_bias(record: BiasRecord, path: Path | None = None) -> None:
    """In place of what was known of that node's sensor.

    Raises:
        RunError: the file cannot be read, or not be written.
    """
    path = path or default_path()
    kept = _kept(path)
    _write(path, Kept(kept.calibrations, {**kept.biases, record.node_id: record}))


def check_can_save(path: Path | None = None) -> None:
    """Before a person goes a long way for it.

    Raises:
        RunError: nothing can be written there.
    """
    put_aside(path or default_path(), b"", PRIVATE).unlink(missing_ok=True)


def default_path() -> Path:
    return platformdirs.user_data_path("upturn") / FILE_NAME


def same_mounting(a: Mounting, b: Mounting) -> bool:
    """Equal as far as the wire carries it."""
    return all(
        abs(x - y) <= 1.01 * ROW_PER_UNIT for x, y in zip(_numbers(a), _numbers(b), strict=True)
    )


def _numbers(mounting: Mounting) -> tuple[float, ...]:
    return (
        *mounting.head,
        *mounting.front,
        *mounting.hinge,
        mounting.head_offset_g,
        mounting.front_offset_g,
    )


def _kept(path: Path) -> Kept:
    try:
        return _read(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Kept({}, {})
    except (OSError, UnicodeError) as error:
        raise _bad(path, getattr(error, "strerror", None) or "it is no text") from None
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        words = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise _bad(path, words.splitlines()[0] if words else "it makes no sense") from None


def _write(path: Path, kept: Kept) -> None:
    content = {
        "format": FORMAT,
        "calibrations": [record.to_json() for record in kept.calibrations.values()],
        "biases": [record.to_json() for record in kept.biases.values()],
    }
    write_private(path, (json.dumps(content, indent=1, allow_nan=False) + "\n").encode())


def _bad(path: Path, why: str) -> RunError:
    return RunError(
        f"{path}: cannot be read ({why}). Move it away, and calibrate your nodes again"
    )


def _read(content: object) -> Kept:
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f"it is not of format {FORMAT}")
    calibrations = _all(content, "calibrations", _calibration)
    biases = _all(content, "biases", _bias)
    return Kept(
        {record.node_id: record for record in calibrations},
        {record.node_id: record for record in biases},
    )


def _all(content: dict[str, Any], key: str, read: Callable[[dict[str, Any]], _T]) -> list[_T]:
    entries = content.get(key, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError(f"its {key} are no list of objects")
    return [read(entry) for entry in entries]


def _calibration(entry: dict[str, Any]) -> CalibrationRecord:
    return CalibrationRecord(
        node_id=_text(entry["node_id"]),
        node=_text(entry["node"]),
        date=_text(entry["date"]),
        who=_text(entry["who"]),
        firmware=_text(entry["firmware"]),
        sensor=_text(entry["sensor"]),
        method=Method(entry["method"]),
        angles_deg=tuple(map(_number, entry["angles_deg"])),
        bias_removed=bool(entry["bias_removed"]),
        expected_error_deg=_number(entry["expected_error_deg"]),
        mounting=_mounting(entry["mounting"]),
        norm_error_g=_number(entry["norm_error_g"]),
        angle_error_deg=_number(entry["angle_error_deg"]),
        bias_g=_number(entry["bias_g"]),
        scale_error=_number(entry["scale_error"]),
        idle_deg=_number(entry["idle_deg"]),
        tilt_deg=_number(entry["tilt_deg"]),
        turn_ratio=_number_or_none(entry["turn_ratio"]),
        axis_off_deg=_number_or_none(entry["axis_off_deg"]),
    )


def _bias(entry: dict[str, Any]) -> BiasRecord:
    bias = entry["bias"]
    return BiasRecord(
        node_id=_text(entry["node_id"]),
        sensor=_text(entry["sensor"]),
        date=_text(entry["date"]),
        bias=Bias(_vector(bias["offset_g"]), _vector(bias["scale"])),
    )


def _mounting(entry: Any) -> Mounting:
    return Mounting(
        _vector(entry["head"]),
        _vector(entry["front"]),
        _vector(entry["hinge"]),
        _number(entry["head_offset_g"]),
        _number(entry["front_offset_g"]),
    )


def _vector(entry: Any) -> Vector:
    x, y, z = map(_number, entry)
    return x, y, z


def _number(entry: Any) -> float:
    if not isinstance(entry, int | float) or isinstance(entry, bool) or not isfinite(entry):
        raise ValueError(f"{entry!r} is no number")
    return float(entry)


def _number_or_none(entry: Any) -> float | None:
    return None if entry is None else _number(entry)


def _text(entry: Any) -> str:
    if not isinstance(entry, str):
        raise TypeError(f"{entry!r} is no text")
    return entry
