# SPDX-License-Identifier: MIT
"""What the vectors say: each case is a name, a kind of message, and its fields in wire units."""

from __future__ import annotations

from typing import Any, NamedTuple

Case = tuple[str, str, dict[str, Any]]
"""Name, kind of message, fields."""

MOST_MS = (1 << 30) - 1
NO_TEXTS: dict[str, Any] = {"board": "", "sensor": "", "name": "", "profile": ""}

UPRIGHT: dict[str, Any] = {
    "seq": 1, "t_ms": 20, "flags": 0x0401, "posture": 1, "priority": 0, "angle_cdeg": -9000,
    "peak_mg": 1003, "battery_percent": 87, "battery_mv": 3987, "presses": 0, "calls": 0,
    "epoch": 7, "inversions": 0, "exposure_ms": 0, "inversion_ms": 0, "inverted_ms": 0,
    "rest_ms": 20, "has_gyro": False, "readings": [[0, 0, 2048, 0]],
}  # fmt: skip
INVERTED: dict[str, Any] = UPRIGHT | {
    "seq": 9001, "t_ms": 180020, "flags": 0x0009, "posture": 3, "priority": 2, "angle_cdeg": 5525,
    "peak_mg": 1217, "presses": 1, "calls": 2, "inversions": 3, "exposure_ms": 46020,
    "inversion_ms": 12340, "inverted_ms": 101500, "rest_ms": 0, "has_gyro": True,
    "readings": [[0, 12, -1683, 1167, -320, 0, 7], [20, 14, -1690, 1159, -352, 1, -1]],
}  # fmt: skip
LEAST: dict[str, Any] = {
    "seq": 0, "t_ms": 0, "flags": 0, "posture": 0, "priority": 0, "angle_cdeg": -17999,
    "peak_mg": 0, "battery_percent": 0, "battery_mv": 0, "presses": 0, "calls": 0, "epoch": 0,
    "inversions": 0, "exposure_ms": 0, "inversion_ms": 0, "inverted_ms": 0, "rest_ms": 0,
    "has_gyro": True, "readings": [[0, -32768, -32768, -32768, -32768, -32768, -32768]],
}  # fmt: skip
MOST: dict[str, Any] = {
    "seq": 65535, "t_ms": (1 << 32) - 1, "flags": 0x0FFF, "posture": 4, "priority": 3,
    "angle_cdeg": 18000, "peak_mg": 65535, "battery_percent": 100, "battery_mv": 65535,
    "presses": 255, "calls": 255, "epoch": 255, "inversions": 65535, "exposure_ms": MOST_MS,
    "inversion_ms": MOST_MS, "inverted_ms": MOST_MS, "rest_ms": MOST_MS, "has_gyro": True,
    "readings": [[0] + 6 * [32767]] + 14 * [[255] + 6 * [32767]],
}  # fmt: skip
ESCAPED: dict[str, Any] = UPRIGHT | {
    "seq": 0x7E7D, "t_ms": 0x7D7E7D7E, "readings": [[0, 0x7D7D, 0x7E7E, 0x117E]],
}  # fmt: skip

SHORT: dict[str, Any] = {
    "seq": 9002, "t_ms": 180040, "flags": 0x0009, "posture": 3, "priority": 2,
    "angle_cdeg": 5525, "exposure_ds": 460, "epoch": 7, "battery_percent": 87, "presses": 1,
    "calls": 2,
}  # fmt: skip

HELLO: dict[str, Any] = {
    "layout": 2, "node_id": "a1b2c3d4e5f6", "firmware": [0, 1, 0], "reset": 1, "boots": 12,
    "epoch": 7, "t_ms": 812, "rate_hz": 50, "range_g": 8, "traits": 0x1F, "fault": 0,
    "notice_ms": 45000, "limit_ms": 60000, "rest_ms": 90000, "max_angle_cdeg": 6000,
    "rows": [0, 16384, 0, 0, 0, 16384, 16384, 0, 0], "offsets": [0, 0],
    "board": "m5stickc-plus2", "sensor": "MPU6886", "name": "table", "profile": "standard",
    "bthome": 1, "bonds": 2,
}  # fmt: skip
HELLO_1: dict[str, Any] = {key: HELLO[key] for key in HELLO if key not in ("bthome", "bonds")} | {
    "layout": 1, "traits": 0x0F,
}  # fmt: skip
"""As a node of the first layout said it."""
ANGLE_NOT_JUDGED = -32768
HELLO_LEAST: dict[str, Any] = HELLO | NO_TEXTS | {
    "node_id": "000000000000", "firmware": [0, 0, 0], "reset": 0, "boots": 0, "epoch": 0,
    "t_ms": 0, "traits": 0, "bthome": 0, "bonds": 0,
}  # fmt: skip
HELLO_MOST: dict[str, Any] = HELLO | {
    "node_id": "ffffffffffff", "firmware": [255, 255, 255], "reset": 5, "boots": 65535,
    "epoch": 255, "t_ms": (1 << 32) - 1, "rate_hz": 200, "range_g": 16, "fault": 8,
    "notice_ms": 300000, "limit_ms": 300000, "rest_ms": 3600000, "max_angle_cdeg": 9000,
    "rows": [-16000, 2000, -1000, 1900, 15500, 2500, 1267, 2355, -16200],
    "offsets": [-4096, 4096], "board": "ABCDEFGHIJKLMNOP", "sensor": "0123456789abcdef",
    "name": "-_-_-_-_-_-_-_-_", "profile": "äöüßéèêç", "bthome": 2, "bonds": 4,
}  # fmt: skip

STATUS: dict[str, Any] = {
    "t_ms": 181000, "fault": 3, "overruns": 2, "skipped": 1, "bus_errors": 0, "bad_frames": 4,
    "dropped": 0, "heap_free": 71232,
}  # fmt: skip
STATUS_MOST: dict[str, Any] = dict.fromkeys(STATUS, 65535) | {
    "t_ms": (1 << 32) - 1, "fault": 8, "heap_free": (1 << 32) - 1,
}  # fmt: skip

FROM_NODE: tuple[Case, ...] = (
    ("upright, one sample without rates", "MEASUREMENT", UPRIGHT),
    ("inverted, two samples with rates, button down, notice sounding", "MEASUREMENT", INVERTED),
    ("nothing known", "MEASUREMENT", UPRIGHT
     | {"posture": 0, "angle_cdeg": None, "battery_percent": None, "battery_mv": 0}),
    ("least of everything", "MEASUREMENT", LEAST),
    ("most of everything, 15 samples with rates", "MEASUREMENT", MOST),
    ("15 samples without rates", "MEASUREMENT", UPRIGHT
     | {"readings": [[20 * (k > 0), -k, 2048 - k, k] for k in range(15)]}),
    ("samples on both sides of the wrap of time and number", "MEASUREMENT", INVERTED
     | {"seq": 65535, "t_ms": (1 << 32) - 10}),
    ("bytes that are escaped on a line", "MEASUREMENT", ESCAPED),
    ("inverted", "SHORT", SHORT),
    ("most of everything", "SHORT", SHORT | {
        "seq": 65535, "t_ms": (1 << 32) - 1, "flags": 0x0FFF, "posture": 4, "priority": 3,
        "angle_cdeg": 18000, "exposure_ds": 65535, "epoch": 255, "battery_percent": 100,
        "presses": 15, "calls": 15}),
    ("nothing known", "SHORT", SHORT
     | {"posture": 0, "angle_cdeg": None, "battery_percent": None, "presses": 0, "calls": 0}),
    ("a calibrated node after power on", "HELLO", HELLO),
    ("least of everything, texts empty", "HELLO", HELLO_LEAST),
    ("most of everything, texts full, a name that is not ASCII", "HELLO", HELLO_MOST),
    ("its readings do not change", "STATUS", STATUS),
    ("most of everything", "STATUS", STATUS_MOST),
    ("nothing to tell", "STATUS", dict.fromkeys(STATUS, 0)),
    ("by its button", "GOODBYE", {"t_ms": 190000, "reason": 1}),
    ("by command", "GOODBYE", {"t_ms": 0, "reason": 2}),
    ("battery empty", "GOODBYE", {"t_ms": (1 << 32) - 1, "reason": 3}),
    ("a heartbeat was heard", "ANSWER", {"id": 1, "verb": 1, "result": 0, "reason": ""}),
    ("refused, and why", "ANSWER",
     {"id": 255, "verb": 3, "result": 3, "reason": "limit is at most 300 s"}),
    ("a command of another version", "ANSWER", {"id": 9, "verb": 1, "result": 5, "reason": ""}),
    ("a reason that is not ASCII", "ANSWER",
     {"id": 2, "verb": 10, "result": 6, "reason": "Ärger ✗"}),
    ("a reason that fills the message", "ANSWER",
     {"id": 2, "verb": 10, "result": 4, "reason": 237 * "x"}),
    ("with boots, no angle is judged", "HELLO", HELLO | {
        "max_angle_cdeg": ANGLE_NOT_JUDGED, "name": "boots"}),
)  # fmt: skip

EARLIER: tuple[Case, ...] = (
    ("layout 1, which ends with its texts", "HELLO", HELLO_1),
    ("layout 1, least of everything", "HELLO", HELLO_1 | NO_TEXTS | {"traits": 0}),
)
"""No node says these any more, and a host reads them all the same."""

ROWS = HELLO_MOST["rows"]

_COMMANDS: tuple[Case, ...] = (
    ("nothing alarms", "heartbeat", {"priority": 0, "paused": False}),
    ("high, audio paused", "heartbeat", {"priority": 3, "paused": True}),
    ("who are you", "read_info", {}),
    ("standard limits", "set_profile", {
        "notice_ms": 45000, "limit_ms": 60000, "rest_ms": 90000,
        "max_angle_cdeg": 6000, "name": "standard"}),
    ("the widest limits, name full and not ASCII", "set_profile", {
        "notice_ms": 300000, "limit_ms": 300000, "rest_ms": 3600000,
        "max_angle_cdeg": 9000, "name": "für Ann Müller"}),
    ("the narrowest limits, no name", "set_profile", {
        "notice_ms": 1, "limit_ms": 1, "rest_ms": 90000, "max_angle_cdeg": 1,
        "name": ""}),
    ("assumed axes", "set_calibration", {
        "rows": HELLO["rows"], "offsets": HELLO["offsets"]}),
    ("a mounting askew", "set_calibration", {"rows": ROWS, "offsets": [-4096, 4096]}),
    ("forget it", "clear_calibration", {}),
    ("which one is it", "identify", {}),
    ("quiet for a while", "acknowledge", {}),
    ("low", "test_alarm", {"priority": 1}),
    ("high", "test_alarm", {"priority": 3}),
    ("slowest", "set_rate", {"rate_hz": 50}),
    ("100", "set_rate", {"rate_hz": 100}),
    ("fastest", "set_rate", {"rate_hz": 200}),
    ("one letter", "set_name", {"name": "A"}),
    ("sixteen letters", "set_name", {"name": "Upturn_node-0042"}),
    ("for an update", "maintenance", {}),
    ("good night", "power_off", {}),
    ("with boots, no angle is judged", "set_profile", {
        "notice_ms": 45000, "limit_ms": 60000, "rest_ms": 90000,
        "max_angle_cdeg": ANGLE_NOT_JUDGED, "name": "standard"}),
    ("with a key", "set_bthome", {"mode": 2, "key": "231d39c1d7cc1ab1aee224cd096db932"}),
    ("for everybody", "set_bthome", {"mode": 1}),
    ("nothing", "set_bthome", {"mode": 0}),
    ("all of them", "forget_hosts", {}),
)  # fmt: skip
FIRST_ID = 0x75
"""The ids that follow pass the flag and the escape."""
FROM_HOST: tuple[Case, ...] = tuple(
    (name, "COMMAND", {"id": id, "verb": verb} | fields)
    for id, (name, verb, fields) in enumerate(_COMMANDS, start=FIRST_ID)
)


class Altered(NamedTuple):
    """A message whose check is right and whose content is not."""

    name: str
    kind: str
    fields: dict[str, Any]
    cut: int = 0
    """Bytes taken from the end of its body."""
    more: str = ""
    """Hexadecimal, put behind its body."""
    version: int = 1
    result: int = 0
    """What a node answers."""


def _measured(name: str, /, **fields: Any) -> Altered:
    return Altered(name, "MEASUREMENT", UPRIGHT | fields)


def _told(verb: str, name: str, result: int, /, **how: Any) -> Altered:
    """The first command of that verb above, altered."""
    fields = next(fields for _, _, fields in FROM_HOST if fields["verb"] == verb)
    alter = {key: how.pop(key) for key in ("cut", "more", "version") if key in how}
    return Altered(f"{verb}: {name}", "COMMAND", fields | how, result=result, **alter)


REFUSED_BY_HOST: tuple[Altered, ...] = (
    _measured("no samples", readings=[]),
    Altered("a sample cut short", "MEASUREMENT", UPRIGHT, cut=1),
    Altered("more than its samples", "MEASUREMENT", UPRIGHT, more="00"),
    Altered("cut before its samples", "MEASUREMENT", UPRIGHT, cut=8),
    _measured("a first sample with a time", readings=[[1, 0, 2048, 0]]),
    _measured("two samples at one time", readings=[[0, 0, 2048, 0], [0, 0, 2048, 0]]),
    _measured("posture 5", posture=5),
    _measured("posture 7", posture=7),
    _measured("angle -180", angle_cdeg=-18000),
    _measured("angle 180.01", angle_cdeg=18001),
    _measured("angle -327.67", angle_cdeg=-32767),
    _measured("battery 101 %", battery_percent=101),
    _measured("battery 254 %", battery_percent=254),
    _measured("exposure beyond its end", exposure_ms=MOST_MS + 1),
    _measured("inversion beyond its end", inversion_ms=MOST_MS + 1),
    _measured("inverted beyond its end", inverted_ms=MOST_MS + 1),
    _measured("rest beyond its end", rest_ms=(1 << 32) - 1),
    Altered("cut short", "SHORT", SHORT, cut=1),
    Altered("too long", "SHORT", SHORT, more="00"),
    Altered("posture 5", "SHORT", SHORT | {"posture": 5}),
    Altered("battery 101 %", "SHORT", SHORT | {"battery_percent": 101}),
    Altered("angle 180.01", "SHORT", SHORT | {"angle_cdeg": 18001}),
    Altered("cut in its last text", "HELLO", HELLO_1, cut=1),
    Altered("cut before its last text", "HELLO", HELLO_1, cut=9),
    Altered("cut before its texts", "HELLO", HELLO_1, cut=44),
    Altered("layout 2 without its bonds", "HELLO", HELLO, cut=1),
    Altered("layout 2 that ends like layout 1", "HELLO", HELLO, cut=2),
    Altered("no layout", "HELLO", HELLO | {"layout": 0}),
    Altered("no rate", "HELLO", HELLO | {"rate_hz": 0}),
    Altered("a text of 17 bytes", "HELLO", HELLO | {"name": 17 * "x"}),
    Altered("a text with a line feed", "HELLO", HELLO | {"name": "a\nb"}),
    Altered("a text that is not UTF-8", "HELLO", HELLO_1 | {"profile": ""}, cut=1, more="02c328"),
    Altered("cut short", "STATUS", STATUS, cut=1),
    Altered("cut short", "GOODBYE", FROM_NODE[17][2], cut=1),
    Altered("too long", "GOODBYE", FROM_NODE[17][2], more="00"),
    Altered("no result", "ANSWER", FROM_NODE[20][2], cut=1),
)  # fmt: skip

NOT_FOR_HOST: tuple[Altered, ...] = (
    Altered("another version", "MEASUREMENT", UPRIGHT, version=2),
    Altered("the HELLO of another version", "HELLO", HELLO, version=2),
    Altered("the HELLO of another version, cut short", "HELLO", HELLO, version=3, cut=93),
    Altered("no body, version 15", "STATUS", STATUS, version=15, cut=19),
    Altered("a type that only a host sends", "COMMAND", FROM_HOST[0][2]),
)

LONGER: tuple[Altered, ...] = (
    Altered("a later layout", "HELLO", HELLO | {"layout": 3}, more="7e7d0102"),
    Altered("layout 1 with more behind", "HELLO", HELLO_1, more="0102"),
    Altered("with another counter", "STATUS", STATUS, more="0100"),
)
"""A host reads these as if they ended where they did in version 1."""

REFUSED_BY_NODE: tuple[Altered, ...] = (
    _told("heartbeat", "cut short", 2, cut=1),
    _told("heartbeat", "too long", 2, more="00"),
    _told("heartbeat", "priority 4", 3, priority=4),
    _told("read_info", "too long", 2, more="00"),
    _told("set_profile", "cut before its name", 2, cut=9),
    _told("set_profile", "cut in its name", 2, cut=1),
    _told("set_profile", "longer than its name", 2, more="20"),
    _told("set_profile", "no notice", 3, notice_ms=0),
    _told("set_profile", "notice above the limit", 3, notice_ms=60001),
    _told("set_profile", "limit above 300 s", 3, limit_ms=300001),
    _told("set_profile", "everything at its end", 3,
          notice_ms=(1 << 32) - 1, limit_ms=(1 << 32) - 1, rest_ms=(1 << 32) - 1),
    _told("set_profile", "rest under 90 s", 3, rest_ms=89999),
    _told("set_profile", "rest above 3600 s", 3, rest_ms=3600001),
    _told("set_profile", "no angle", 3, max_angle_cdeg=0),
    _told("set_profile", "angle above 90", 3, max_angle_cdeg=9001),
    _told("set_profile", "angle below 0", 3, max_angle_cdeg=-6000),
    _told("set_profile", "an angle beside the one that is not judged", 3,
          max_angle_cdeg=ANGLE_NOT_JUDGED + 1),
    _told("set_profile", "a name of 17 bytes", 3, name=17 * "x"),
    _told("set_profile", "a name with an escape", 3, name="a\x1b[2J"),
    _told("set_profile", "a name that is not UTF-8", 3, name="", cut=1, more="02c328"),
    _told("set_calibration", "cut short", 2, cut=1),
    _told("set_calibration", "too long", 2, more="00"),
    _told("set_calibration", "rows of nothing", 3, rows=9 * [0]),
    _told("set_calibration", "head too short", 3, rows=[0, 13000, 0, *HELLO["rows"][3:]]),
    _told("set_calibration", "hinge too long", 3, rows=[*HELLO["rows"][:6], 20700, 0, 0]),
    _told("set_calibration", "head like front", 3,
          rows=[0, 16384, 0, 0, 15500, 5200, 16384, 0, 0]),
    _told("set_calibration", "hinge the other way", 3, rows=[*HELLO["rows"][:6], -16384, 0, 0]),
    _told("set_calibration", "hinge askew by 21 degrees", 3,
          rows=[0, 16384, 0, 0, 0, 16384, 15296, 4150, 4150]),
    _told("set_calibration", "an offset over 0.25 g", 3, offsets=[0, 4097]),
    _told("set_calibration", "an offset under -0.25 g", 3, offsets=[-4097, 0]),
    _told("clear_calibration", "too long", 2, more="00"),
    _told("identify", "too long", 2, more="00"),
    _told("acknowledge", "too long", 2, more="00"),
    _told("test_alarm", "cut short", 2, cut=1),
    _told("test_alarm", "priority 0", 3, priority=0),
    _told("test_alarm", "priority 4", 3, priority=4),
    _told("set_rate", "cut short", 2, cut=1),
    _told("set_rate", "0", 3, rate_hz=0),
    _told("set_rate", "51", 3, rate_hz=51),
    _told("set_rate", "50 and a high bit", 3, rate_hz=50 + (1 << 15)),
    _told("set_name", "empty", 3, name=""),
    _told("set_name", "17 letters", 3, name=17 * "x"),
    _told("set_name", "a letter that no topic takes", 3, name="a/b"),
    _told("set_name", "not ASCII", 3, name="Tür"),
    _told("set_name", "no length", 2, cut=2),
    _told("maintenance", "too long", 2, more="00"),
    _told("power_off", "too long", 2, more="00"),
    _told("power_off", "another version", 5, version=2),
    _told("power_off", "another version, no verb", 5, version=2, cut=1),
    _told("power_off", "another version, no id", 5, version=15, cut=2),
    _told("power_off", "no verb", 2, cut=1),
    _told("power_off", "no id", 2, cut=2),
    _told("set_bthome", "no mode", 2, cut=17),
    _told("set_bthome", "a key cut short", 2, cut=1),
    _told("set_bthome", "a key too long", 2, more="00"),
    _told("set_bthome", "encrypted, without a key", 2, cut=16),
    _told("set_bthome", "plain, with a key", 2, mode=1),
    _told("set_bthome", "off, with a byte", 2, mode=0, cut=15),
    _told("set_bthome", "mode 3", 3, mode=3, cut=16),
    _told("forget_hosts", "too long", 2, more="00"),
)  # fmt: skip

UNKNOWN_VERBS = (0x00, 0x0F, 0xFF)

ADVERTISED: dict[str, Any] = {
    "layout": 1, "posture": 1, "priority": 0, "pairing": False, "in_use": False,
    "calibrated": True, "fault": False, "battery_low": False, "node_id": "a1b2c3d4e5f6",
    "battery_percent": 87,
}  # fmt: skip
ADVERTISEMENTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("upright, free", ADVERTISED),
    ("the pairing window is open", ADVERTISED | {"pairing": True}),
    ("a host is connected, inverted, the node alarms", ADVERTISED | {
        "posture": 3, "priority": 3, "in_use": True}),
    ("not calibrated, nothing known", ADVERTISED | {
        "posture": 0, "calibrated": False, "battery_percent": None}),
    ("a fault, the battery low", ADVERTISED | {
        "fault": True, "battery_low": True, "battery_percent": 0}),
    ("most of everything", ADVERTISED | {
        "posture": 4, "priority": 3, "pairing": True, "in_use": True, "fault": True,
        "battery_low": True, "node_id": "ffffffffffff", "battery_percent": 100}),
)  # fmt: skip
"""The service data of a node's state."""
REFUSED_ADVERTISEMENTS: tuple[tuple[str, dict[str, Any], int], ...] = (
    ("no layout", ADVERTISED | {"layout": 0}, 0),
    ("posture 5", ADVERTISED | {"posture": 5}, 0),
    ("posture 7", ADVERTISED | {"posture": 7}, 0),
    ("battery 101 %", ADVERTISED | {"battery_percent": 101}, 0),
    ("battery 254 %", ADVERTISED | {"battery_percent": 254}, 0),
    ("cut short", ADVERTISED, 1),
    ("empty", ADVERTISED, 10),
)
"""Name, fields, bytes taken from the end."""

EXAMPLES: tuple[tuple[str, str], ...] = (
    ("MEASUREMENT", "upright, one sample without rates"),
    ("MEASUREMENT", "inverted, two samples with rates, button down, notice sounding"),
    ("MEASUREMENT", "nothing known"),
    ("MEASUREMENT", "bytes that are escaped on a line"),
    ("SHORT", "inverted"),
    ("HELLO", "a calibrated node after power on"),
    ("STATUS", "its readings do not change"),
    ("GOODBYE", "by its button"),
    ("COMMAND", "nothing alarms"),
    ("COMMAND", "who are you"),
    ("COMMAND", "standard limits"),
    ("COMMAND", "a mounting askew"),
    ("COMMAND", "fastest"),
    ("COMMAND", "with a key"),
    ("ANSWER", "a heartbeat was heard"),
    ("ANSWER", "refused, and why"),
)
"""Shown in the protocol's section 5."""
