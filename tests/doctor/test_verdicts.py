# SPDX-License-Identifier: MIT
"""What is made of each fact: pure, a line a case. Every row of the table has its cases here."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.doctor.scenes import HELLO, Record, told
from upturn import __version__
from upturn.core.mounting import Mounting
from upturn.doctor.access import Access
from upturn.doctor.cable import NO_PORT, Looked, Ports
from upturn.doctor.calibrated import Calibrations
from upturn.doctor.clock import Clocks
from upturn.doctor.findings import Verdict
from upturn.doctor.home import Home
from upturn.doctor.memory import Disk, StoreFacts
from upturn.doctor.power import Sleep, Supply
from upturn.doctor.program import EXTRAS, PACKAGES, Package, Settings, System
from upturn.doctor.radio import Paired, Radio, Seen
from upturn.doctor.rows import ROWS
from upturn.doctor.service import Unit, Units, read_unit
from upturn.doctor.sound import Output, VoiceFacts
from upturn.doctor.terminal import Screen
from upturn.doctor.watch import Watching
from upturn.service.inhibit import Awake
from upturn.transports.node_probe import NOTHING
from upturn.wire.messages import Short
from upturn.wire.vocabulary import Trait

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LINUX = System((3, 12, 1), "CPython", 64, "Linux", "6.1.0-anna", "aarch64")
ON = f"Upturn {__version__} on Python 3.12.1 (CPython, 64 bit)"
PORT = "/dev/ttyUSB0"
ANSWERS = Looked(PORT, hello=HELLO)
SIGHT = Seen("den", -60, True, False, True, False, False)
DEN = Paired("den", "24:0A:C4:00:00:01", SIGHT)
CALLED = "den (24:0A:C4:00:00:01): paired"
IN_SIGHT = f"{CALLED}, in sight at -60 dBm"
OTHER = Mounting.from_axes((1.0, 0.0, 0.0), (0.0, 0.0, 1.0))
CLOCKS = Clocks(monotonic=True, counts_sleep=True, synchronised=True, behind_days=-3.0)
COUNTS = "durations are taken from a clock that cannot be set, and counts through sleep"
WALL = "the wall clock is set by the network"
STORED = StoreFacts(path="store.sqlite3", there=True, size_mb=1.25)
POSIX = Access(is_posix=True, group="dialout")
UNIT = Unit("user", active=True, failed=False, enabled=True, restarts=0)
BROKER = Home(broker="mqtt://broker:1883", login=True, local=False)


def ago(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat()


def calibrated(**changed: Any) -> Calibrations:
    facts = Calibrations((ANSWERS,), {HELLO.node_id: Record(ago(3))}, frozenset(), NOW)
    return replace(facts, **changed)


def node(**changed: Any) -> Looked:
    return replace(ANSWERS, hello=replace(HELLO, **changed))


def seen(**changed: Any) -> Radio:
    return Radio(wanted=True, paired=(replace(DEN, seen=replace(SIGHT, **changed)),))


def short(percent: int) -> Short:
    fields: dict[str, Any] = dict.fromkeys(Short._fields, 0)
    return Short(**{**fields, "battery_percent": percent})


CASES: dict[str, list[tuple[Any, list[tuple[str, str]]]]] = {
    "system": [
        (LINUX, [("ok", ON), ("ok", "Linux 6.1.0-anna on aarch64")]),
        (
            replace(LINUX, python=(3, 10, 2)),
            [
                ("not well", f"Upturn {__version__} on Python 3.10.2 (CPython, 64 bit)"),
                ("ok", "Linux 6.1.0-anna on aarch64"),
            ],
        ),
        (
            replace(LINUX, system="Darwin"),
            [
                ("ok", ON),
                ("note", "Darwin 6.1.0-anna on aarch64: nothing was tested there by its makers"),
            ],
        ),
        (
            replace(LINUX, wsl=True),
            [
                ("ok", ON),
                (
                    "note",
                    (
                        "Linux 6.1.0-anna on aarch64, inside of Windows: it sees no USB and no "
                        "Bluetooth by itself"
                    ),
                ),
            ],
        ),
        (
            replace(LINUX, model="Raspberry Pi 4 Model B Rev 1.4"),
            [
                ("ok", ON),
                ("ok", "Linux 6.1.0-anna on aarch64, Raspberry Pi 4 Model B Rev 1.4"),
            ],
        ),
    ],
    "packages": [
        ([Package("numpy", "2.1", "")], [("ok", "all 1 packages that it needs are there")]),
        (
            [Package("numpy", "2.1", "ImportError: libopenblas.so.0"), Package("bleak", "3", "")],
            [
                (
                    "not well",
                    (
                        "numpy 2.1 cannot be loaded, for analysis and sound: "
                        "ImportError: libopenblas.so.0"
                    ),
                )
            ],
        ),
        (
            [Package("bleak", "", "ModuleNotFoundError: no")],
            [("not well", "bleak is not installed, for Bluetooth")],
        ),
    ],
    "extras": [
        (dict.fromkeys(EXTRAS, True), [("ok", "extras: flash, report, sound, web")]),
        (
            {"sound": True, "web": False},
            [
                ("ok", "extras: sound"),
                ("note", "extras that are not installed: web (the dashboard in a browser)"),
            ],
        ),
    ],
    "terminal": [
        (Screen(is_terminal=True), [("ok", "terminal of 80 x 24, colours, utf-8")]),
        (
            Screen(is_terminal=False),
            [
                (
                    "ok",
                    "no terminal here: the dashboard needs one, 'upturn run --headless' does not",
                )
            ],
        ),
        (
            Screen(is_terminal=True, columns=79),
            [("note", "terminal of 79 x 24, colours, utf-8")],
        ),
        (
            Screen(is_terminal=True, lines=23, colour=False),
            [("note", "terminal of 80 x 23, no colours, utf-8")],
        ),
        (
            Screen(is_terminal=True, encoding="latin-1", draws=False),
            [
                (
                    "note",
                    (
                        "terminal of 80 x 24, colours, latin-1: curves and figures are drawn with "
                        "letters"
                    ),
                )
            ],
        ),
        (
            Screen(is_terminal=True, colour=False),
            [("note", "terminal of 80 x 24, no colours, utf-8")],
        ),
    ],
    "config": [
        (Settings(), [("ok", "there is no config file: all is default")]),
        (Settings(file="a.toml"), [("ok", "a.toml is good")]),
        (
            Settings(refusal="a.toml:3: is not TOML", line=3),
            [("not well", "a.toml:3: is not TOML; below, the defaults are taken for it")],
        ),
    ],
    "access": [
        (Access(is_posix=False), []),
        (replace(POSIX, is_root=True, shut=(PORT,)), [("ok", "root may use every port")]),
        (
            replace(POSIX, in_group=True),
            [("ok", "you are in the group dialout, which may use serial ports")],
        ),
        (
            replace(POSIX, rule=True),
            [("ok", "Upturn's udev rule gives boards to who sits at this computer")],
        ),
        (
            replace(POSIX, listed=True),
            [("note", "you were put into the group dialout, and this login began before")],
        ),
        (
            replace(POSIX, listed=True, shut=(PORT,)),
            [("not well", "you were put into the group dialout, and this login began before")],
        ),
        (replace(POSIX, shut=(PORT,)), [("not well", f"you may not use {PORT}")]),
        (replace(POSIX, rule=True, shut=(PORT,)), [("not well", f"you may not use {PORT}")]),
        (
            POSIX,
            [("note", "you are not in the group dialout: a board's port may not open")],
        ),
        (Access(is_posix=True), []),
    ],
    "ports": [
        (Ports((ANSWERS,)), [("ok", f"{PORT}: den answers")]),
        (Ports(), [("note", "there is no serial port")]),
        (Ports(wanted=True), [("not well", "there is no serial port")]),
        (Ports(only_radio=True), [("ok", "there is no serial port, and none is wanted")]),
        (Ports((Looked(PORT, problem=NOTHING),)), [("note", f"{PORT}: {NOTHING}")]),
        (Ports((Looked(PORT, True, problem=NOTHING),)), [("not well", f"{PORT}: {NOTHING}")]),
        (
            Ports((Looked(PORT, problem="another program uses it"),)),
            [("note", f"{PORT}: another program uses it")],
        ),
        (
            Ports((Looked(PORT, True, problem="another program uses it", remedy="End it"),)),
            [("not well", f"{PORT}: another program uses it")],
        ),
        (
            Ports((Looked(PORT, problem="you may not use it", remedy="Join"),)),
            [("not well", f"{PORT}: you may not use it")],
        ),
        (
            Ports(
                (
                    Looked(PORT, asked=False),
                    Looked("/dev/ttyACM1", asked=False, may_use=False, remedy="Join"),
                )
            ),
            [("ok", f"{PORT}: is there"), ("not well", "/dev/ttyACM1: you may not use it")],
        ),
        (
            Ports((), "not asked, as you said", wanted=True),
            [("ok", "ports are not asked, as you said")],
        ),
        (
            Ports((Looked("ble:den", problem="away"),), "not asked"),
            [("ok", "ports are not asked")],
        ),
    ],
    "bluetooth": [
        (Radio(), [("ok", "Bluetooth works")]),
        (Radio(skipped="not looked at"), [("ok", "Bluetooth is not looked at")]),
        (
            Radio(trouble="Bluetooth is switched off", remedy="On"),
            [("note", "Bluetooth is switched off; on a cable none is needed")],
        ),
        (
            Radio(trouble="it is off", remedy="On", wanted=True, said_by_us=False),
            [("not well", "it is off")],
        ),
        (
            Radio(others=1),
            [
                (
                    "ok",
                    "Bluetooth works; 1 node in sight, one that is not paired: see 'upturn scan'",
                )
            ],
        ),
        (
            Radio(others=2),
            [
                (
                    "ok",
                    (
                        "Bluetooth works; 2 nodes in sight, some that are not paired: see "
                        "'upturn scan'"
                    ),
                )
            ],
        ),
    ],
    "paired": [
        (Radio(), [("ok", "no node is paired with this computer")]),
        (seen(), [("ok", IN_SIGHT)]),
        (Radio(paired=(replace(DEN, seen=None),)), [("note", f"{CALLED}, not in sight")]),
        (Radio(skipped="so", paired=(replace(DEN, seen=None),)), [("ok", CALLED)]),
        (Radio(paired=(replace(DEN, watched=True),)), [("ok", f"{CALLED}, and in use now")]),
        (
            seen(bonded=False),
            [("not well", f"{IN_SIGHT}, but this computer has lost its bond")],
        ),
        (seen(fault=True), [("not well", f"{IN_SIGHT}; it does not believe its sensor")]),
        (seen(calibrated=False), [("not well", f"{IN_SIGHT}, not calibrated")]),
        (seen(battery_low=True), [("note", f"{IN_SIGHT}, its battery is low")]),
        (seen(in_use=True), [("note", f"{IN_SIGHT}; another computer is connected to it")]),
        (Radio(list_fault="a.json: cannot be read"), [("not well", "a.json: cannot be read")]),
        (
            Radio(unmet=(("ble:attic", "no node is paired"),)),
            [("not well", "ble:attic: no node is paired")],
        ),
    ],
    "watch": [
        (Watching(), [("ok", "no watch runs on this computer now")]),
        (
            Watching(("240ac4000001",), ("den",)),
            [("ok", "den is in use by a watch or another command: it is left alone")],
        ),
        (
            Watching(("240ac4000001",), ("240ac4000001",)),
            [("ok", "240ac4000001 is in use by a watch or another command: it is left alone")],
        ),
        (Watching(serves=True), [("ok", "the service watches: nodes are left alone")]),
    ],
    "nodes": [
        (
            Ports((ANSWERS,)),
            [("ok", "den: MPU6886 at 50 Hz"), ("ok", f"den: firmware {__version__}")],
        ),
        (
            Ports((node(firmware="0.0.9"),)),
            [
                ("ok", "den: MPU6886 at 50 Hz"),
                ("note", f"den: firmware 0.0.9 is older than this Upturn, {__version__}"),
            ],
        ),
        (
            Ports((node(firmware="9.0.0"),)),
            [
                ("ok", "den: MPU6886 at 50 Hz"),
                ("note", f"den: firmware 9.0.0 is newer than this Upturn, {__version__}"),
            ],
        ),
        (
            Ports((node(firmware="mine"),)),
            [
                ("ok", "den: MPU6886 at 50 Hz"),
                ("note", "den: firmware mine is no release"),
            ],
        ),
        (
            Ports((node(fault=3, reset="watchdog", traits=Trait.BLE),)),
            [
                ("ok", "den: MPU6886 at 50 Hz"),
                ("not well", "den: the sensor's readings do not change"),
                ("ok", f"den: firmware {__version__}"),
                ("note", "den: it hung, and was started anew by its watchdog"),
                ("note", "den: without a buzzer it alarms by its light alone"),
            ],
        ),
        (
            Ports((node(fault=8),)),
            [
                ("ok", "den: MPU6886 at 50 Hz"),
                (
                    "not well",
                    "den: stored calibration or limits are impossible and were not taken",
                ),
                ("ok", f"den: firmware {__version__}"),
            ],
        ),
        (
            Ports((node(sensor="", name=""),)),
            [
                ("ok", "240ac4000001: no sensor at 50 Hz"),
                ("not well", "240ac4000001: it has no sensor"),
                ("ok", f"240ac4000001: firmware {__version__}"),
            ],
        ),
        (
            Ports((replace(ANSWERS, said=short(15)),)),
            [
                ("ok", "den: MPU6886 at 50 Hz, battery 15 %"),
                ("ok", f"den: firmware {__version__}"),
            ],
        ),
        (
            Ports((replace(ANSWERS, said=short(14)),)),
            [
                ("ok", "den: MPU6886 at 50 Hz, battery 14 %"),
                ("ok", f"den: firmware {__version__}"),
                ("note", "den: its battery is low"),
            ],
        ),
        (
            Ports((Looked("ble:attic", problem="not in sight", remedy="Go nearer"),)),
            [("not well", "ble:attic: not in sight")],
        ),
        (Ports((Looked(PORT, problem=NOTHING),)), []),
    ],
    "calibration": [
        (calibrated(), [("ok", "den: calibrated 3 days ago, expected error 0.8 degrees")]),
        (
            calibrated(records={HELLO.node_id: Record(ago(0.1))}),
            [("ok", "den: calibrated today, expected error 0.8 degrees")],
        ),
        (
            calibrated(records={HELLO.node_id: Record(ago(180))}),
            [("ok", "den: calibrated 180 days ago, expected error 0.8 degrees")],
        ),
        (
            calibrated(records={HELLO.node_id: Record(ago(181))}),
            [("note", "den: calibrated 181 days ago, expected error 0.8 degrees")],
        ),
        (
            calibrated(records={HELLO.node_id: Record(ago(-1))}),
            [("note", "den: calibrated in the future")],
        ),
        (
            calibrated(records={HELLO.node_id: Record("one day")}),
            [("note", "den: calibrated, nobody knows when")],
        ),
        (
            calibrated(records={HELLO.node_id: Record(ago(3), OTHER)}),
            [
                (
                    "not well",
                    "den: its calibration is another one than this computer has proved",
                )
            ],
        ),
        (
            calibrated(records={}),
            [
                (
                    "note",
                    "den: calibrated, but not by this computer, which knows of no proof",
                )
            ],
        ),
        (
            calibrated(nodes=(node(mounting=None),)),
            [("not well", "den: its calibration is gone; its flash was erased")],
        ),
        (
            calibrated(nodes=(node(mounting=None),), records={}),
            [("not well", "den: not calibrated: no angle of it can be believed")],
        ),
        (
            calibrated(nodes=(node(mounting=None),), by_config=frozenset({PORT})),
            [
                (
                    "note",
                    "den: calibrated by the config, and not by itself: alone it cannot guard",
                )
            ],
        ),
        (
            calibrated(nodes=()),
            [("ok", "the calibration of 1 node that did not answer just now is noted here")],
        ),
        (
            calibrated(nodes=(), records={}),
            [("ok", "no node answered, and this computer has calibrated none yet")],
        ),
    ],
    "sound": [
        (Output(words="Speaker"), [("ok", "sound: Speaker")]),
        (
            Output(off="off, by the config"),
            [
                (
                    "note",
                    "sound is off, by the config: nobody hears an alarm of this computer",
                )
            ],
        ),
        (
            Output(why=("no device", "aplay fails")),
            [("not well", "no sound can be played (no device; aplay fails)")],
        ),
        (
            Output(words="only the terminal's bell", is_loud=False, why=("no device",)),
            [("not well", "only the terminal's bell would sound (no device)")],
        ),
        (Output(words="Speaker", muted=True), [("not well", "Speaker is muted")]),
        (
            Output(words="Speaker", muted=False, volume_percent=29),
            [("note", "Speaker plays at 29 % only")],
        ),
        (Output(words="Speaker", volume_percent=30), [("ok", "sound: Speaker")]),
        (
            Output(words="Speaker", setting=0.2),
            [("note", "[sound] volume is 20 % of what the system lets through")],
        ),
    ],
    "voice": [
        (VoiceFacts(engine="espeak-ng"), [("ok", "voice: espeak-ng")]),
        (VoiceFacts(off="off, by the config"), [("ok", "the voice is off, by the config")]),
        (
            VoiceFacts(fault="espeak-ng is not installed: install it"),
            [
                (
                    "note",
                    (
                        "no voice, but the tones sound all the same: "
                        "espeak-ng is not installed: install it"
                    ),
                )
            ],
        ),
        (
            VoiceFacts(engine="say", fault="say wrote silence"),
            [("note", "no voice, but the tones sound all the same: say wrote silence")],
        ),
    ],
    "broker": [
        (
            Home(),
            [
                (
                    "ok",
                    "no broker is named: the home is not told, and no alarm leaves this computer",
                )
            ],
        ),
        (
            Home(refusal="MQTT_PORT: is no port"),
            [("not well", "the broker cannot be asked: MQTT_PORT: is no port")],
        ),
        (
            replace(BROKER, why="nothing listens there"),
            [("not well", "mqtt://broker:1883: nothing listens there")],
        ),
        (BROKER, [("ok", "mqtt://broker:1883: takes this computer")]),
        (
            replace(BROKER, tls=True, shortcomings=("it keeps nothing",)),
            [
                ("ok", "mqtt://broker:1883: takes this computer over TLS"),
                ("note", "mqtt://broker:1883: it keeps nothing"),
            ],
        ),
        (
            replace(BROKER, login=False),
            [
                ("ok", "mqtt://broker:1883: takes this computer"),
                ("note", "mqtt://broker:1883: lets in anybody"),
            ],
        ),
        (
            replace(BROKER, login=False, local=True),
            [("ok", "mqtt://broker:1883: takes this computer")],
        ),
    ],
    "store": [
        (STORED, [("ok", "store.sqlite3: is whole, 1.2 MB")]),
        (
            StoreFacts(path="store.sqlite3"),
            [("ok", "store.sqlite3: begins with the first 'upturn run'")],
        ),
        (replace(STORED, writable=False), [("not well", "store.sqlite3: cannot be written")]),
        (
            replace(STORED, others_may=True),
            [
                ("ok", "store.sqlite3: is whole, 1.2 MB"),
                ("note", "store.sqlite3: other accounts may read it"),
            ],
        ),
        (
            replace(STORED, fault="the store is damaged", remedy="Mend it"),
            [("not well", "store.sqlite3: the store is damaged")],
        ),
        (
            StoreFacts("off, by the config"),
            [
                (
                    "note",
                    (
                        "the store is off, by the config: no session is kept, and nothing over a "
                        "crash"
                    ),
                )
            ],
        ),
    ],
    "disk": [
        (Disk(49.9), [("not well", "50 MB free where sessions are kept")]),
        (Disk(50.0), [("note", "50 MB free where sessions are kept")]),
        (Disk(499.0), [("note", "499 MB free where sessions are kept")]),
        (Disk(500.0), [("ok", "500 MB free where sessions are kept")]),
        (Disk(12_340.0), [("ok", "12.3 GB free where sessions are kept")]),
    ],
    "clock": [
        (CLOCKS, [("ok", COUNTS), ("ok", WALL)]),
        (
            replace(CLOCKS, monotonic=False),
            [("not well", "the clock of durations can be set back"), ("ok", WALL)],
        ),
        (
            replace(CLOCKS, counts_sleep=False),
            [
                (
                    "note",
                    (
                        "durations are taken from a clock that may stand still while the computer "
                        "sleeps"
                    ),
                ),
                ("ok", WALL),
            ],
        ),
        (
            replace(CLOCKS, synchronised=False),
            [
                ("ok", COUNTS),
                (
                    "note",
                    "the wall clock is not set by the network: dates of sessions may be wrong",
                ),
            ],
        ),
        (
            replace(CLOCKS, synchronised=None),
            [("ok", COUNTS), ("ok", "who sets the wall clock is not known on this system")],
        ),
        (
            replace(CLOCKS, behind_days=2.0),
            [
                ("ok", COUNTS),
                ("not well", "the date is before the day on which Upturn was installed"),
            ],
        ),
    ],
    "power": [
        (Supply(), [("ok", "no battery of this computer is known")]),
        (Supply(80), [("ok", "this computer is plugged in, its battery has 80 %")]),
        (
            Supply(10, discharging=True),
            [("note", "this computer runs on its battery, 10 %")],
        ),
        (Supply(9, discharging=True), [("not well", "this computer's battery has 9 %")]),
    ],
    "sleep": [
        (Sleep(Awake(True, "it stays awake")), [("ok", "it stays awake")]),
        (
            Sleep(Awake(False, "nothing keeps it awake: no bus")),
            [("note", "nothing keeps it awake: no bus")],
        ),
        (
            Sleep(),
            [("note", "nothing keeps this computer awake: off, by UPTURN_AWAKE")],
        ),
    ],
    "service": [
        (
            Units(systemd=False),
            [("ok", "no systemd here: a watch runs as long as somebody has started it")],
        ),
        (
            Units(systemd=True),
            [
                (
                    "ok",
                    (
                        "the service is not installed; 'upturn service install' has it watch from "
                        "the start of the computer on"
                    ),
                )
            ],
        ),
        (Units(True, (UNIT,), lingers=True), [("ok", "the user service runs")]),
        (
            Units(True, (UNIT,), lingers=False),
            [
                ("ok", "the user service runs"),
                ("note", "the service ends when you log out, and begins when you log in"),
            ],
        ),
        (
            Units(True, (replace(UNIT, restarts=2),)),
            [("note", "the user service runs; systemd had to start it anew 2 times")],
        ),
        (
            Units(True, (replace(UNIT, scope="system", active=False),)),
            [("note", "the system service is installed and does not run")],
        ),
        (
            Units(True, (replace(UNIT, active=False, failed=True, enabled=False),)),
            [
                ("not well", "the user service has failed"),
                ("note", "the user service does not begin with the computer"),
            ],
        ),
    ],
}
FLAT = [(name, facts, wanted) for name, cases in CASES.items() for facts, wanted in cases]
JUDGES = {row.name: row.judge for row in ROWS}


def test_every_row_has_its_cases_and_is_complete() -> None:
    assert [row.name for row in ROWS] == list(dict.fromkeys(row.name for row in ROWS))
    assert sorted(CASES) == sorted(JUDGES)
    groups = [row.group for row in ROWS]
    apart = [
        group for group, after in zip(groups, [*groups[1:], ""], strict=True) if group != after
    ]
    assert apart == list(dict.fromkeys(groups))
    assert all(row.name and row.group and row.remedy for row in ROWS)


@pytest.mark.parametrize(("name", "facts", "wanted"), FLAT)
def test_each_fact_has_its_verdict(name: str, facts: Any, wanted: list[tuple[str, str]]) -> None:
    found = list(JUDGES[name](facts))
    assert told(found) == wanted
    for finding in found:
        assert finding.remedy or finding.verdict is not Verdict.NOT_WELL
        assert finding.verdict is not Verdict.OK or not finding.remedy


def test_every_row_can_be_well_and_most_can_be_ill() -> None:
    verdicts = {name: {v for _, w in cases for v, _ in w} for name, cases in CASES.items()}
    assert {name for name, found in verdicts.items() if "ok" not in found} == set()
    never_ill = {name for name, found in verdicts.items() if found == {"ok"}}
    assert never_ill == {"watch"}


def test_where_there_is_no_port_it_is_said_what_to_try() -> None:
    (finding,) = JUDGES["ports"](Ports(wanted=True))
    assert finding.remedy == NO_PORT


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("LoadState=not-found\nActiveState=inactive\nUnitFileState=\nNRestarts=0", None),
        ("", None),
        (
            "LoadState=loaded\nActiveState=active\nUnitFileState=enabled\nNRestarts=3",
            replace(UNIT, restarts=3),
        ),
        (
            "LoadState=loaded\nActiveState=failed\nUnitFileState=disabled\nNRestarts=",
            replace(UNIT, active=False, failed=True, enabled=False),
        ),
        (
            "LoadState=bad-setting\nActiveState=inactive\nUnitFileState=enabled\nNRestarts=0",
            replace(UNIT, active=False, failed=True),
        ),
    ],
)
def test_what_systemd_says_of_the_unit_is_read(text: str, unit: Unit | None) -> None:
    assert read_unit("user", text) == unit


def test_what_is_needed_is_what_the_project_asks_for() -> None:
    from importlib.metadata import requires

    wanted = [line for line in requires("upturn") or () if "extra ==" not in line]
    names = {line.split("<")[0].split(">")[0].split("=")[0].strip() for line in wanted}
    assert names == set(PACKAGES)
