# SPDX-License-Identifier: MIT
"""The leading `# key: value` lines of a sample trace, and the stream that they describe.

Unknown keys are kept; of the known ones none is guessed at: what cannot be read is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, nan
from pathlib import Path

from upturn.core.mounting import Mounting, MountingError, Vector
from upturn.core.sample import DEFAULT_INTERVAL_S, UNNAMED, StreamInfo
from upturn.errors import InputError
from upturn.transports.trace_file import SHORTEST_INTERVAL_S, shown
from upturn.transports.trace_rows import GYRO, REQUIRED, Columns, decimal

ANGLE_OFFSETS_DEG = {"upturn": 0.0, "upright0": -90.0}
"""By the value of the `angle` key: what turns the column into Upturn's convention."""
NOMINAL_INTERVALS = 50
_KEYS = ("rate_hz", "head", "front", "angle", "profile")


def read_keys(path: Path, lines: list[str]) -> tuple[dict[str, str], dict[str, int], int]:
    """The leading keys, the line of each, and the index of the header row."""
    keys: dict[str, str] = {}
    places: dict[str, int] = {}
    for index, line in enumerate(lines):
        text = line.strip()
        if not text:
            continue
        if not text.startswith("#"):
            return keys, places, index
        key, colon, value = text[1:].partition(":")
        key = key.strip()
        if not colon:
            continue
        if key in _KEYS and keys.get(key, value.strip()) != value.strip():
            raise InputError(
                f"{key} is given twice", where=f"{path}:{index + 1}", remedy="Keep one of them"
            )
        keys[key] = value.strip()
        places[key] = index + 1
    raise InputError(
        "has no header row",
        where=f"{path}:{len(lines)}",
        remedy=f"The first row after the # lines names the columns: {','.join(REQUIRED)}",
    )


def stream_info(
    path: Path,
    keys: dict[str, str],
    places: dict[str, int],
    columns: Columns,
) -> StreamInfo:
    def where(key: str) -> str:
        return f"{path}:{places[key]}"

    rate_hz = _rate_hz(keys, where)
    if keys.get("angle", "upturn") not in ANGLE_OFFSETS_DEG:
        raise InputError(
            f"angle is {shown(keys['angle'])}, a convention that Upturn does not know",
            where=where("angle"),
            remedy=f"Say {' or '.join(ANGLE_OFFSETS_DEG)}, or leave the key out",
        )
    times = columns["t_s"]
    intervals = min(NOMINAL_INTERVALS, len(times) - 1)
    mean_s = (times[intervals] - times[0]) / intervals if intervals else DEFAULT_INTERVAL_S
    return StreamInfo(
        has_gyro=GYRO[0] in columns,
        nominal_s=1.0 / rate_hz if rate_hz is not None else max(mean_s, SHORTEST_INTERVAL_S),
        rate_hz=rate_hz,
        mounting=_mounting(keys, places, where),
        node=keys.get("node", UNNAMED),
        sensor=keys.get("sensor", ""),
    )


def _rate_hz(keys: dict[str, str], where: Callable[[str], str]) -> float | None:
    if "rate_hz" not in keys:
        return None
    fastest_hz = 1.0 / SHORTEST_INTERVAL_S
    try:
        rate_hz = decimal(keys["rate_hz"])
    except ValueError:
        rate_hz = nan
    if not (0.0 < rate_hz <= fastest_hz and isfinite(1.0 / rate_hz)):
        raise InputError(
            f"rate_hz is {shown(keys['rate_hz'])}",
            where=where("rate_hz"),
            remedy=f"Give a number above 0, up to {fastest_hz:.0f}, or leave the key out",
        )
    return rate_hz


def _mounting(
    keys: dict[str, str], places: dict[str, int], where: Callable[[str], str]
) -> Mounting | None:
    given = [key for key in ("head", "front") if key in keys]
    if not given:
        return None
    if len(given) == 1:
        other = "front" if given == ["head"] else "head"
        raise InputError(
            f"{given[0]} is given without {other}",
            where=where(given[0]),
            remedy="Give both, or neither",
        )
    try:
        return Mounting.from_axes(_axis(keys, "head", where), _axis(keys, "front", where))
    except MountingError as error:
        raise InputError(
            str(error),
            where=where(max(given, key=places.__getitem__)),
            remedy="head: feet to head; front: out of the chest",
        ) from None


def _axis(keys: dict[str, str], key: str, where: Callable[[str], str]) -> Vector:
    try:
        x, y, z = map(decimal, keys[key].split(","))
    except ValueError:
        raise InputError(
            f"{key} is {shown(keys[key])}, not three numbers",
            where=where(key),
            remedy="Write them like 0,1,0",
        ) from None
    return (x, y, z)
