# SPDX-License-Identifier: MIT
"""A node in words and as a record, for `scan` and `node info`."""

from __future__ import annotations

from upturn.transports.node_probe import Probe
from upturn.transports.printable import printable
from upturn.wire.messages import Hello, Measurement, NodeLimits, Short
from upturn.wire.vocabulary import BTHOME_MODES, Trait, fault


def node_record(hello: Hello, said: Measurement | Short | None) -> dict[str, object]:
    """What a node says of itself; null is what it does not know, or did not say in time."""
    return {
        "id": hello.node_id,
        "name": hello.name or None,
        "board": hello.board,
        "sensor": hello.sensor,
        "firmware": hello.firmware,
        "rate_hz": hello.rate_hz,
        "range_g": hello.range_g,
        "gyro": hello.has_gyro,
        "calibrated": hello.mounting is not None,
        "buzzer": Trait.BUZZER in hello.traits,
        "fault": fault(hello.fault).words or None,
        "profile": hello.profile or None,
        "notice_s": hello.limits.notice_s,
        "limit_s": hello.limits.limit_s,
        "rest_s": hello.limits.rest_s,
        "max_angle_deg": hello.limits.max_angle_deg,
        "boots": hello.boots,
        "reset": hello.reset,
        "angle_deg": said.angle_deg if said else None,
        "posture": str(said.posture) if said else None,
        "exposure_s": _exposure_s(said),
        "battery_percent": said.battery_percent if said else None,
        "battery_v": said.battery_v if isinstance(said, Measurement) else None,
        "ble": Trait.BLE in hello.traits,
        "bthome": _bthome(hello),
        "paired_hosts": hello.bonds,
    }


def node_line(hello: Hello, said: Measurement | Short | None) -> str:
    """The short of it, without its name."""
    parts = [
        f"{hello.sensor or 'no sensor'} at {hello.rate_hz} Hz",
        "calibrated" if hello.mounting is not None else "not calibrated",
        f"firmware {hello.firmware}",
        *([f"battery {battery}"] if (battery := _battery(said)) else []),
        *([words] if (words := fault(hello.fault).words) else []),
    ]
    return ", ".join(parts)


def node_lines(hello: Hello, said: Measurement | Short | None) -> list[str]:
    """All of it, a fact a line."""
    limits = hello.limits
    gyro = "with" if hello.has_gyro else "without"
    rows = {
        "name": hello.name or "none",
        "id": hello.node_id,
        "board": f"{hello.board}, {'with' if Trait.BUZZER in hello.traits else 'without'} buzzer",
        "sensor": f"{hello.sensor}, {gyro} gyro, up to {hello.range_g} g"
        if hello.sensor
        else "none",
        "rate": f"{hello.rate_hz} samples a second",
        "calibrated": "yes" if hello.mounting is not None else "no",
        "firmware": hello.firmware,
        "limits": (
            f"{hello.profile or 'unnamed'}: notice {limits.notice_s:g} s, "
            f"limit {limits.limit_s:g} s, rest {limits.rest_s:g} s, " + _angle_limit(limits)
        ),
        "battery": _battery(said) or "not known",
        "angle": _angle(said),
        "starts": f"{hello.boots} since it was installed, the last: {hello.reset}",
        "bluetooth": _bluetooth(hello),
        "fault": fault(hello.fault).words or "none",
    }
    return [f"{name:<12}{value}" for name, value in rows.items()]


def probe_record(probe: Probe) -> dict[str, object]:
    """Of one that has answered."""
    return {"port": probe.port.device, **node_record(_hello(probe), probe.said)}


def probe_lines(probe: Probe) -> list[str]:
    """Of one that has answered: all of it, and how it was reached."""
    port = f"{'port':<12}{printable(probe.port.device)}"
    return [port, *node_lines(_hello(probe), probe.said)]


def bthome_lines(probe: Probe) -> list[str]:
    """What whoever sets it up elsewhere wants to know, before the key."""
    hello = _hello(probe)
    return [
        f"{'name':<12}{hello.name or hello.node_id}",
        f"{'bthome':<12}{_bthome(hello) or 'unknown'}",
    ]


def _hello(probe: Probe) -> Hello:
    assert probe.hello is not None
    return probe.hello


def _exposure_s(said: Measurement | Short | None) -> float | None:
    if said is None:
        return None
    return said.exposure_s if isinstance(said, Short) else said.counters.exposure_s


def _bthome(hello: Hello) -> str | None:
    if hello.bthome is None:
        return None
    return BTHOME_MODES.get(hello.bthome, str(hello.bthome))


def _bluetooth(hello: Hello) -> str:
    if Trait.BLE not in hello.traits:
        return "none"
    hosts = f"paired with {hello.bonds or 0} of 4 computers"
    return f"{hosts}, BTHome {_bthome(hello) or 'unknown'}"


def _angle_limit(limits: NodeLimits) -> str:
    if limits.max_angle_deg is None:
        return "angle not judged"
    return f"angle {limits.max_angle_deg:g} degrees"


def _battery(said: Measurement | Short | None) -> str:
    if said is None:
        return ""
    percent = f"{said.battery_percent} %" if said.battery_percent is not None else ""
    known = said.battery_v if isinstance(said, Measurement) else None
    volts = f"{known:.2f} V" if known is not None else ""
    return ", ".join(filter(None, (percent, volts)))


def _angle(said: Measurement | Short | None) -> str:
    if said is None or said.angle_deg is None:
        return "not known"
    return f"{said.angle_deg:.1f} degrees, {said.posture}"
