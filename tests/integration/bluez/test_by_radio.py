# SPDX-License-Identifier: MIT
"""From the node's sensor to the host's alarm without a wire, by the commands that people type."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.bluez.ble_world import BleWorld, Table, said
from tests.integration.host import invert
from tests.integration.test_node_link import UNHEARD_S, alarm_of

pytestmark = pytest.mark.usefixtures("micropython")

WATCHED = "another program watches it now, so it is not asked"
LATER = "What was done with it stays; try again when nobody watches it"
HAS_IT = "another watch or command of this computer has it. End that one first"
SLACK_S = 0.4
"""What a crossing may be off: the swing's dwell is seen on both sides of the wire."""


def seen(text: str) -> dict[str, Any]:
    """The only node of a scan."""
    (line,) = text.splitlines()
    record: dict[str, Any] = json.loads(line)
    del record["rssi_dbm"], record["battery_percent"]
    return record


def as_scanned(table: Table, **state: object) -> dict[str, Any]:
    return {
        "bluetooth": table.address,
        "name": table.name,
        "paired": False,
        "id": table.id,
        "posture": "upright",
        "pairing": False,
        "in_use": False,
        "calibrated": False,
        "fault": False,
        "problem": None,
        **state,
    }


def test_a_table_is_found_and_paired_and_watched(tmp_path: Path) -> None:
    """Beside it others scan, or want the node too, and disturb nothing.

    BlueZ knows the node before the second program comes: bleak 3.1 forgets what is found in the
    moment in which it asks BlueZ what there is.
    """
    with BleWorld(tmp_path) as world, world.table() as table:
        scan = world.upturn("scan", "--ble", "--json")
        world.until(lambda: bool(world.bluez.devices))
        pairing = world.upturn("node", "pair", table.address)
        assert pairing.stdout is not None
        asked = pairing.stdout.readline()
        assert asked == f"Press the button of {table.name} now, while nobody is inverted.\n"
        table.press()
        watches = f"'upturn run --source ble:{table.name}' watches it"
        assert said(pairing) == f"{table.name} is paired: {watches}\n"
        with world.host(f"ble:{table.name}") as host:
            inverted_s = invert(table, host)
            second = world.upturn("scan", "--ble", "--json")
            info = world.upturn("node", "info", "--source", f"ble:{table.name}")
            again = world.upturn("node", "pair", table.address)
            limit = host.wait_for_alarm("time_limit", priority="high")
            assert limit.t_s - inverted_s == pytest.approx(4, abs=SLACK_S)
            assert info.communicate() == ("", f"upturn: ble:{table.name}: {WATCHED}. {LATER}\n")
            assert again.communicate() == ("", f"upturn: {table.name}: {HAS_IT}\n")
            assert seen(said(scan))["bluetooth"] == table.address
            now = as_scanned(table, posture="inverted", pairing=False, in_use=True, paired=True)
            assert seen(said(second)) == now
            up_s = table.act("go -80 1400")
            ended = host.wait_for(since_s=up_s, kind="inversion_ended")
            assert ended.line["exposure_s"] == pytest.approx(ended.t_s - inverted_s, abs=SLACK_S)
            raised = {event.line["id"] for event in host.events(kind="alarm", state="raised")}
            assert raised == {"not_calibrated", "time_limit_near", "time_limit"}
            assert host.events(kind="signal") == []
            assert host.end(signal.SIGTERM) == 0
        shown = world.says("node", "info", "--source", "ble:auto", "--json")
        assert json.loads(shown)["id"] == table.id


def test_upturn_is_killed_in_mid_inversion_and_started_again(tmp_path: Path) -> None:
    """Its link outlives it: the node alarms by itself, and the next one takes over."""
    with BleWorld(tmp_path) as world, world.table() as table:
        world.pair(table)
        with world.host(limit_s=8) as host:
            inverted_s = host.moment_s(invert(table, host))
            host.end(signal.SIGKILL)
        spoken_s = table.radio.spoken_s
        assert alarm_of(table, spoken_s) == pytest.approx(spoken_s + UNHEARD_S, abs=SLACK_S)
        (device,) = world.do(lambda: list(world.bluez.devices.values()))
        assert device.connection is not None
        with world.host(limit_s=8) as host:
            limit = host.wait_for_alarm("time_limit")
            assert host.moment_s(limit.t_s) - inverted_s == pytest.approx(8, abs=2 * SLACK_S)


def node_forgets(_world: BleWorld, table: Table) -> None:
    """Its flash was erased."""
    table.kill()
    for bonds in table.flash.glob("upturn.bonds*"):
        bonds.unlink()
    table.power_cycle()


def computer_forgets(world: BleWorld, table: Table) -> None:
    """Somebody removed it, 'bluetoothctl remove ADDRESS'."""

    async def forget() -> None:
        (path,) = world.bluez.devices
        await world.bluez.devices.pop(path).forget()

    world.do(forget)


@pytest.mark.parametrize(
    ("forgets", "words"),
    [
        (node_forgets, "it is there, but the connection broke off. Another computer may be"),
        (computer_forgets, "this computer has lost its bond with it. Press its button, then run"),
    ],
)
def test_a_bond_that_one_side_lost_is_made_anew_beside_the_watch(
    tmp_path: Path, forgets: Callable[[BleWorld, Table], None], words: str
) -> None:
    """The press that it takes is a call for help, as ever, to whoever watches."""
    with BleWorld(tmp_path) as world, world.table() as table:
        world.pair(table)
        with world.host() as host:
            host.wait_for_words("connected to", table.name)
            forgets(world, table)
            host.wait_for_words(f"waiting for {table.name}: {words}", "'upturn node pair'")
            world.pair(table)
            paired_s = time.monotonic()
            host.wait_for_words(f": connected to {table.name}", since_s=paired_s)
            assert host.wait_for_alarm("distress").at_s > paired_s


def test_one_of_two_tables_loses_its_power_and_both_are_alarmed_for(tmp_path: Path) -> None:
    config = '[[node]]\nname = "{}"\nsource = "ble:{}"\n'
    with BleWorld(tmp_path) as world, world.table(1) as den, world.table(2) as attic:
        world.pair(den, attic)
        names = config.format("den", den.address) + config.format("attic", attic.id)
        with world.host(None, limit_s=6, config=names) as host:
            inverted_s = {"attic": invert(attic, host, node="attic")}
            inverted_s["den"] = invert(den, host, node="den")
            den.power_cycle()
            lost = host.wait_for_words("den: the Bluetooth connection has ended")
            host.wait_for_words("den: connected", since_s=lost.at_s)
            for name, since_s in inverted_s.items():
                limit = host.wait_for_alarm("time_limit", node=name)
                assert limit.t_s - since_s == pytest.approx(6, abs=SLACK_S)
            for name, table in (("attic", attic), ("den", den)):
                up_s = table.act("go -80 1400")
                ended = host.wait_for(since_s=up_s, node=name, kind="inversion_ended")
                hung_s = ended.t_s - inverted_s[name]
                assert ended.line["exposure_s"] == pytest.approx(hung_s, abs=SLACK_S)
            assert host.events(node="attic", kind="signal") == []
