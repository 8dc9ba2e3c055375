# SPDX-License-Identifier: MIT
"""From the bytes of a message to what they say (`PROTOCOL.md`, section 1).

A message that says anything impossible is refused as a whole: a right check over a wrong field is
a fault of a program, and half of what such a program says is worth nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from struct import Struct

from upturn.core.events import Posture
from upturn.core.mounting import Mounting, Vector, cross, dot, norm
from upturn.core.sample import NodeCounters
from upturn.wire.messages import (
    ANGLE_NOT_JUDGED,
    MAX_TEXT_BYTES,
    ROW_PER_UNIT,
    Answer,
    Goodbye,
    Hello,
    Invalid,
    Measurement,
    Message,
    NodeLimits,
    Short,
    Status,
    Unknown,
)
from upturn.wire.vocabulary import (
    MAX_PERCENT,
    POSTURES,
    RESETS,
    UNKNOWN_PERCENT,
    VERSION,
    MessageType,
    Trait,
    word,
)

_MEASUREMENT = Struct("<BBHIHBhHBHBBBHIIII")
_READING = {False: Struct("<B3h"), True: Struct("<B6h")}
_SHORT = Struct("<BHIHBhHBBB")
_HELLO = Struct("<BB6s3BBHBIHBBBIIIh9h2h")
_STATUS = Struct("<BIBHHHHHI")
_GOODBYE = Struct("<BIB")
_HELLO_TAIL = Struct("<BB")
_ANSWER = Struct("<4B")

_UNKNOWN_ANGLE = -32768
_MAX_COUNTER_MS = (1 << 30) - 1
_ROW_LENGTHS = (0.79, 1.26)  # a node takes 0.8 to 1.25, before it rounds
_MAX_COSINE = 0.31  # and 0.3
_MIN_HINGE_COSINE = 0.937  # and 20 degrees, this is 20.4
_MAX_OFFSET_G = 0.25


class _ImpossibleError(ValueError):
    """Why a message is refused."""


def decode(message: bytes) -> Message | Unknown | Invalid:
    """Read a message, given without its check; never raises, whatever the bytes."""
    head = message[0]
    reader = _READERS.get(head)
    if reader is None:
        return _unknown(message)
    try:
        return reader(message)
    except _ImpossibleError as impossible:
        return Invalid(MessageType(head & 0x0F), str(impossible))


def _unknown(message: bytes) -> Unknown:
    version, type_ = message[0] >> 4, message[0] & 0x0F
    greets = type_ == MessageType.HELLO and len(message) >= 8
    return Unknown(version, type_, message[2:8].hex() if greets else None)


def _measurement(message: bytes) -> Measurement:
    if len(message) < _MEASUREMENT.size:
        raise _ImpossibleError(f"{len(message)} bytes")
    (
        _, form, seq, t_ms, flags, state, angle, peak, percent, millivolts, presses, calls,
        epoch, inversions, exposure_ms, inversion_ms, inverted_ms, rest_ms,
    ) = _MEASUREMENT.unpack_from(message)  # fmt: skip
    has_gyro = bool(form & 0x10)
    reading = _READING[has_gyro]
    count = form & 0x0F
    if count == 0:
        raise _ImpossibleError("no samples")
    if len(message) != _MEASUREMENT.size + count * reading.size:
        raise _ImpossibleError(f"{len(message)} bytes with {count} samples")
    readings = tuple(reading.iter_unpack(message[_MEASUREMENT.size :]))
    if readings[0][0] or not all(r[0] for r in readings[1:]):
        raise _ImpossibleError("times of samples that do not rise from 0")
    if max(exposure_ms, inversion_ms, inverted_ms, rest_ms) > _MAX_COUNTER_MS:
        raise _ImpossibleError("a counter beyond its end")
    return Measurement(
        seq,
        t_ms,
        flags,
        _posture(state),
        state >> 3 & 3,
        _angle_deg(angle),
        peak / 1000,
        _percent(percent),
        millivolts / 1000 or None,
        presses,
        calls,
        NodeCounters(
            epoch,
            inversions,
            inversion_ms / 1000,
            inverted_ms / 1000,
            exposure_ms / 1000,
            rest_ms / 1000,
        ),
        has_gyro,
        readings,
    )


def _short(message: bytes) -> Short:
    _need(message, _SHORT, exactly=True)
    _, seq, t_ms, flags, state, angle, exposure, epoch, percent, counts = _SHORT.unpack(message)
    return Short(
        seq,
        t_ms,
        flags,
        _posture(state),
        state >> 3 & 3,
        _angle_deg(angle),
        exposure / 10,
        epoch,
        _percent(percent),
        counts & 0x0F,
        counts >> 4,
    )


def _hello(message: bytes) -> Hello:
    _need(message, _HELLO)
    (
        _, layout, node_id, major, minor, patch, reset, boots, epoch, t_ms, rate_hz, range_g,
        traits, fault, notice_ms, limit_ms, rest_ms, max_angle, *mounting,
    ) = _HELLO.unpack_from(message)  # fmt: skip
    if layout == 0 or rate_hz == 0:
        raise _ImpossibleError("layout or rate of 0")
    (board, sensor, name, profile), end = _texts(message, _HELLO.size, 4)
    bthome, bonds = _hello_tail(message, end) if layout >= 2 else (None, None)
    return Hello(
        node_id=node_id.hex(),
        firmware=f"{major}.{minor}.{patch}",
        reset=word(RESETS, reset),
        boots=boots,
        epoch=epoch,
        t_ms=t_ms,
        rate_hz=rate_hz,
        range_g=range_g,
        traits=Trait(traits & _KNOWN_TRAITS),
        fault=fault,
        limits=NodeLimits(
            notice_ms / 1000,
            limit_ms / 1000,
            rest_ms / 1000,
            None if max_angle == ANGLE_NOT_JUDGED else max_angle / 100,
        ),
        mounting=_mounting(mounting) if traits & Trait.CALIBRATED else None,
        board=board,
        sensor=sensor,
        name=name,
        profile=profile,
        bthome=bthome,
        bonds=bonds,
    )


def _hello_tail(message: bytes, at: int) -> tuple[int, int]:
    """What layout 2 added."""
    if len(message) < at + _HELLO_TAIL.size:
        raise _ImpossibleError("less than its layout has")
    bthome, bonds = _HELLO_TAIL.unpack_from(message, at)
    return bthome, bonds


_KNOWN_TRAITS = sum(Trait)


def _mounting(units: list[int]) -> Mounting | None:
    """None: no sensor sits so, and the node counts as not calibrated, but can be talked to."""
    numbers = [unit * ROW_PER_UNIT for unit in units]
    head, front, hinge = (_vector(numbers[at : at + 3]) for at in (0, 3, 6))
    shortest, longest = _ROW_LENGTHS
    if not all(shortest <= norm(row) <= longest for row in (head, front, hinge)):
        return None
    if any(abs(_cosine(*pair)) > _MAX_COSINE for pair in pairwise((head, front, hinge, head))):
        return None
    if _cosine(hinge, cross(head, front)) < _MIN_HINGE_COSINE:
        return None
    head_offset_g, front_offset_g = numbers[9:]
    if max(abs(head_offset_g), abs(front_offset_g)) > _MAX_OFFSET_G:
        return None
    return Mounting(head, front, hinge, head_offset_g, front_offset_g)


def _cosine(a: Vector, b: Vector) -> float:
    return dot(a, b) / (norm(a) * norm(b))


def _vector(numbers: list[float]) -> Vector:
    x, y, z = numbers
    return x, y, z


def _status(message: bytes) -> Status:
    _need(message, _STATUS)
    return Status(*_STATUS.unpack_from(message)[1:])


def _goodbye(message: bytes) -> Goodbye:
    _need(message, _GOODBYE, exactly=True)
    return Goodbye(*_GOODBYE.unpack(message)[1:])


def _answer(message: bytes) -> Answer:
    _need(message, _ANSWER)
    reason = message[_ANSWER.size :].decode("utf-8", errors="replace")
    shown = "".join(letter if letter.isprintable() else "�" for letter in reason)
    _, id, verb, result = _ANSWER.unpack_from(message)
    return Answer(id, verb, result, shown)


def _need(message: bytes, struct: Struct, *, exactly: bool = False) -> None:
    if len(message) < struct.size or (exactly and len(message) != struct.size):
        raise _ImpossibleError(f"{len(message)} bytes, not {struct.size}")


def _texts(message: bytes, at: int, count: int) -> tuple[list[str], int]:
    """Also where they end."""
    texts = []
    for _ in range(count):
        length = message[at] if at < len(message) else MAX_TEXT_BYTES + 1
        raw = message[at + 1 : at + 1 + length]
        if length > MAX_TEXT_BYTES or len(raw) != length:
            raise _ImpossibleError("a text that is too long or cut short")
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            raise _ImpossibleError("a text that is not UTF-8") from None
        if not text.isprintable():
            raise _ImpossibleError("a text with control characters")
        texts.append(text)
        at += 1 + length
    return texts, at


def _posture(state: int) -> Posture:
    if state & 7 >= len(POSTURES):
        raise _ImpossibleError(f"posture {state & 7}")
    return POSTURES[state & 7]


def _angle_deg(angle: int) -> float | None:
    if angle == _UNKNOWN_ANGLE:
        return None
    if not -18000 < angle <= 18000:
        raise _ImpossibleError(f"an angle of {angle / 100:g} degrees")
    return angle / 100


def _percent(percent: int) -> int | None:
    if percent == UNKNOWN_PERCENT:
        return None
    if percent > MAX_PERCENT:
        raise _ImpossibleError(f"a battery at {percent} %")
    return percent


_READERS: dict[int, Callable[[bytes], Message]] = {
    VERSION << 4 | type_: reader
    for type_, reader in (
        (MessageType.MEASUREMENT, _measurement),
        (MessageType.SHORT, _short),
        (MessageType.HELLO, _hello),
        (MessageType.STATUS, _status),
        (MessageType.GOODBYE, _goodbye),
        (MessageType.ANSWER, _answer),
    )
}
