# SPDX-License-Identifier: MIT
"""The table: what is looked at, in the order in which it is told.

A row has a look, which collects facts and judges nothing, and a judge, which is pure. Its remedy
is what to do where the look itself fails.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from upturn.doctor import (
    access,
    cable,
    calibrated,
    clock,
    home,
    memory,
    nodes,
    power,
    program,
    radio,
    service,
    sound,
    terminal,
    watch,
)
from upturn.doctor.findings import Finding
from upturn.doctor.scene import Scene

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Row(Generic[F]):
    name: str
    """In JSON, and where its look fails."""
    group: str
    look: Callable[[Scene], Coroutine[Any, Any, F]]
    judge: Callable[[F], Iterable[Finding]]
    remedy: str


_INSTALL = "Install Upturn anew: 'pip install --force-reinstall upturn'"
_REPORT = "Report it, with the file that 'upturn doctor --bundle FILE' writes"
_PORT = "Plug the node out and in again, and look once more"
_BLUETOOTH = "Start Bluetooth anew, 'sudo systemctl restart bluetooth', and look once more"
_SOUND = "Look at the sound settings of the system; 'upturn run --no-sound' watches without"
_CALIBRATION = "Run 'upturn calibrate'"

ROWS: tuple[Row[Any], ...] = (
    Row("system", "Program", program.look_at_system, program.judge_system, _REPORT),
    Row("packages", "Program", program.look_at_packages, program.judge_packages, _INSTALL),
    Row("extras", "Program", program.look_at_extras, program.judge_extras, _INSTALL),
    Row("terminal", "Program", terminal.look, terminal.judge, _REPORT),
    Row("config", "Config", program.look_at_config, program.judge_config, _REPORT),
    Row("access", "Cable", access.look, access.judge, _PORT),
    Row("ports", "Cable", cable.look, cable.judge_ports, _PORT),
    Row("bluetooth", "Bluetooth", radio.look, radio.judge_bluetooth, _BLUETOOTH),
    Row("paired", "Bluetooth", radio.look, radio.judge_paired, _BLUETOOTH),
    Row("watch", "Nodes", watch.look, watch.judge, _REPORT),
    Row("nodes", "Nodes", cable.look, nodes.judge, _PORT),
    Row("calibration", "Nodes", calibrated.look, calibrated.judge, _CALIBRATION),
    Row("sound", "Alarms", sound.look_at_output, sound.judge_output, _SOUND),
    Row("voice", "Alarms", sound.look_at_voice, sound.judge_voice, _SOUND),
    Row("broker", "Alarms", home.look, home.judge, "Look at [mqtt] in the config"),
    Row("store", "Memory", memory.look_at_store, memory.judge_store, "Look at [store] path"),
    Row("disk", "Memory", memory.look_at_disk, memory.judge_disk, "Look at the disk"),
    Row("clock", "Computer", clock.look, clock.judge, _REPORT),
    Row("power", "Computer", power.look_at_supply, power.judge_supply, _REPORT),
    Row("sleep", "Computer", power.look_at_sleep, power.judge_sleep, _REPORT),
    Row("service", "Computer", service.look, service.judge, "Run 'upturn service status'"),
)
