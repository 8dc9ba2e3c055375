# SPDX-License-Identifier: MIT
"""Samples and what describes them as plain JSON values, and back, strictly."""

from __future__ import annotations

from math import isfinite

from upturn.core.mounting import Mounting, Vector
from upturn.core.sample import NodeCounters, NodeReport, Sample, StreamInfo
from upturn.transports.trace_file import SHORTEST_INTERVAL_S, shown

_SAMPLE_FIELDS = 7
_LARGEST_MOUNTING = 10.0  # rows are near unit vectors, offsets near 0
_FLAGS = ("button", "tap", "call", "saturated")


class BadRecordError(ValueError):
    """Why a record is refused."""


def get(record: dict[str, object], name: str) -> object:
    if name not in record:
        raise BadRecordError(f"{name} is missing")
    return record[name]


def word(record: dict[str, object], name: str) -> str:
    value = get(record, name)
    if not isinstance(value, str):
        raise BadRecordError(f"{name} is not a word")
    return value


def number(value: object) -> float:
    if not isinstance(value, bool) and isinstance(value, int | float):
        try:
            found = float(value)
        except OverflowError:  # an integer of hundreds of digits
            found = float("inf")
        if isfinite(found):
            return found
    raise BadRecordError(f"{shown(str(value))} is not a finite number")


def is_finite(sample: Sample) -> bool:
    *numbers, report = sample
    if report is not None:
        numbers += [value for value in report if isinstance(value, int | float)]
        numbers += report.counters or ()
    return all(map(isfinite, numbers))


def sample_record(sample: Sample) -> list[object]:
    *numbers, report = sample
    if report is None:
        return [*numbers]
    defaults = NodeReport._field_defaults
    said = {n: v for n, v in zip(report._fields, report, strict=True) if v != defaults[n]}
    return [*numbers, said]


def sample_of(row: object) -> Sample:
    """The sample of a row made by `sample_record`.

    Raises:
        BadRecordError: what is wrong with it; as do all of these.
    """
    if not isinstance(row, list) or len(row) not in (_SAMPLE_FIELDS, _SAMPLE_FIELDS + 1):
        raise BadRecordError("a sample must have 7 numbers and may have a report")
    t_s, ax, ay, az, gx, gy, gz = (number(value) for value in row[:_SAMPLE_FIELDS])
    if len(row) == _SAMPLE_FIELDS:
        return Sample(t_s, ax, ay, az, gx, gy, gz)
    return Sample(t_s, ax, ay, az, gx, gy, gz, _report_of(row[_SAMPLE_FIELDS]))


def info_record(info: StreamInfo) -> dict[str, object]:
    mounting = info.mounting
    record: dict[str, object] = {
        "has_gyro": info.has_gyro,
        "nominal_s": info.nominal_s,
        "rate_hz": info.rate_hz,
        "range_g": info.range_g,
        "node": info.node,
        "sensor": info.sensor,
    }
    if mounting is not None:
        record["mounting"] = {
            "head": mounting.head,
            "front": mounting.front,
            "hinge": mounting.hinge,
            "head_offset_g": mounting.head_offset_g,
            "front_offset_g": mounting.front_offset_g,
        }
    return record


def info_of(record: dict[str, object]) -> StreamInfo:
    def positive(name: str) -> float | None:
        value = get(record, name)
        if value is None:
            return None
        if not number(value) >= SHORTEST_INTERVAL_S:
            raise BadRecordError(f"{name} is too small")
        return number(value)

    has_gyro, nominal_s = get(record, "has_gyro"), positive("nominal_s")
    if not isinstance(has_gyro, bool) or nominal_s is None:
        raise BadRecordError("has_gyro must be true or false, nominal_s a number")
    said = record.get("mounting")
    if said is not None and not isinstance(said, dict):
        raise BadRecordError("mounting must be an object")
    return StreamInfo(
        has_gyro=has_gyro,
        nominal_s=nominal_s,
        rate_hz=positive("rate_hz"),
        mounting=_mounting_of(said) if said is not None else None,
        range_g=positive("range_g"),
        node=word(record, "node"),
        sensor=word(record, "sensor"),
    )


def _report_of(said: object) -> NodeReport:
    if not isinstance(said, dict):
        raise BadRecordError("a report must be an object")
    for name, value in said.items():
        if name not in NodeReport._fields:
            raise BadRecordError(f"a report has no {name!r}")
        if name == "counters":
            continue
        if name not in _FLAGS:
            number(value)
        elif not isinstance(value, bool):
            raise BadRecordError(f"{name} must be true or false")
    if "counters" in said:
        said = {**said, "counters": _counters_of(said["counters"])}
    return NodeReport(**said)


def _counters_of(row: object) -> NodeCounters:
    if not isinstance(row, list) or len(row) != len(NodeCounters._fields):
        raise BadRecordError(f"counters must have {len(NodeCounters._fields)} numbers")
    epoch, inversions, *seconds = map(number, row)
    return NodeCounters(int(epoch), int(inversions), *seconds)


def _mounting_of(said: dict[str, object]) -> Mounting:
    def part(value: object) -> float:
        if abs(number(value)) > _LARGEST_MOUNTING:
            raise BadRecordError("mounting is no mounting")
        return number(value)

    def vector(name: str) -> Vector:
        parts = get(said, name)
        if not isinstance(parts, list) or len(parts) != 3:
            raise BadRecordError(f"{name} must be three numbers")
        x, y, z = map(part, parts)
        return (x, y, z)

    head, front = vector("head"), vector("front")
    Mounting.from_axes(head, front)  # refuses axes that say nothing
    hinge = vector("hinge")
    Mounting.from_axes(front, hinge)
    Mounting.from_axes(hinge, head)
    return Mounting(
        head,
        front,
        hinge,
        part(get(said, "head_offset_g")),
        part(get(said, "front_offset_g")),
    )
