# SPDX-License-Identifier: MIT
"""The nodes that answered: sensor, firmware, battery, and what of them is not well."""

from __future__ import annotations

from collections.abc import Iterable

from upturn import __version__
from upturn.core.thresholds import BATTERY_LOW_PERCENT
from upturn.doctor.cable import Looked, Ports
from upturn.doctor.findings import Finding, not_well, note, ok, private, shaped
from upturn.doctor.scene import BLE
from upturn.wire.messages import Hello
from upturn.wire.vocabulary import NO_FAULT, Trait, fault

FIRMWARE = "'upturn flash' puts this Upturn's firmware on it"
UPDATE = "Run 'upturn flash --only-firmware'; its calibration, name and pairings are kept"


def judge(facts: Ports) -> Iterable[Finding]:
    for one in facts.looked:
        if one.hello is not None:
            yield from _node(one, one.hello)
        elif one.device.startswith(BLE):
            words = private(f"{one.device}: {one.problem}", "a node that is not reached by radio")
            yield not_well(words, private(one.remedy, "what to do"))
    answered = any(one.hello is not None for one in facts.looked)
    if facts.none_known and not answered:
        yield note("there is no node to watch", "'upturn setup' leads to one")


def _node(one: Looked, hello: Hello) -> Iterable[Finding]:
    called = one.node
    sensor = shaped(hello.sensor, r"[A-Z0-9]{2,12}", "sensor") if hello.sensor else "no sensor"
    battery = one.said.battery_percent if one.said is not None else None
    charge = f", battery {battery} %" if battery is not None else ""
    yield ok(f"{called}: {sensor} at {hello.rate_hz} Hz{charge}")
    if hello.fault != NO_FAULT or not hello.sensor:
        meaning = fault(hello.fault)
        of_sensor = meaning.of_sensor or not hello.sensor
        wires = "Look at the sensor's wires, and restart the node"
        anew = "Restart the node; if it stays so, run 'upturn flash' and 'upturn calibrate'"
        yield not_well(
            f"{called}: {meaning.words or 'it has no sensor'}", wires if of_sensor else anew
        )
    yield _firmware(called, hello.firmware)
    if hello.reset == "watchdog":
        yield note(
            f"{called}: it hung, and was started anew by its watchdog",
            "If that happens again, report it with 'upturn doctor --bundle FILE'",
        )
    if battery is not None and battery < BATTERY_LOW_PERCENT:
        yield note(f"{called}: its battery is low", "Charge it before the next session")
    if Trait.BUZZER not in hello.traits:
        yield note(
            f"{called}: without a buzzer it alarms by its light alone",
            "Rely on this computer's sound, and keep it near",
        )


def _firmware(called: str, firmware: str) -> Finding:
    """The protocol is the same, or it would not have answered; what else is new in it is not."""
    ours, theirs = _numbers(__version__), _numbers(firmware)
    words = f"{called}: firmware {shaped(firmware, r'[0-9.]{1,12}', 'version')}"
    if theirs is None or ours is None or theirs == ours:
        return ok(words) if theirs is not None else note(f"{words} is no release", FIRMWARE)
    if theirs < ours:
        return note(f"{words} is older than this Upturn, {__version__}", UPDATE)
    return note(
        f"{words} is newer than this Upturn, {__version__}", "Run 'pip install --upgrade upturn'"
    )


def _numbers(version: str) -> tuple[int, ...] | None:
    parts = version.split(".")
    return tuple(map(int, parts)) if all(part.isdecimal() for part in parts) else None
