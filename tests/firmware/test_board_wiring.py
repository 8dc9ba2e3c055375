# SPDX-License-Identifier: MIT
"""Every board's firmware on that board's wiring, which was written down apart from it.

A wrong pin finds no sensor, hears no button and measures no battery.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.firmware import mpy, virtual
from upturn.wire.messages import Measurement
from upturn.wire.node_stream import Described, NodeStream, Samples

BATTERY_MV = 3810
PRESS = [(0, f"battery {BATTERY_MV}"), (4000, "button 1"), (4300, "button 0")]


def wiring() -> dict[str, dict[str, object]]:
    tree = ast.parse((mpy.DEVICE / "wiring.py").read_text(encoding="utf-8"))
    found = next(
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "BOARDS"
    )
    boards: dict[str, dict[str, object]] = ast.literal_eval(found)
    return boards


WIRING = wiring()


def test_every_board_has_its_wiring_written_down() -> None:
    assert sorted(WIRING) == sorted(p.name for p in (mpy.FIRMWARE / "boards").iterdir())


@pytest.mark.usefixtures("micropython")
@pytest.mark.parametrize("board", sorted(WIRING))
def test_a_board_finds_its_sensor_its_button_and_its_battery(tmp_path: Path, board: str) -> None:
    row = WIRING[board]
    past = virtual.run(tmp_path, bits=64, seconds=6, board=board, script=PRESS)
    heard = NodeStream().feed(past.said, 0.0)
    hello = next(h.hello for h in heard if isinstance(h, Described))
    assert hello.sensor == row["sensor"]
    all_said = [h.said for h in heard if isinstance(h, Samples)]
    said = [m for m in all_said if isinstance(m, Measurement)]
    assert len(said) > 200
    assert said[-1].presses == 1
    assert said[-1].angle_deg == pytest.approx(-90, abs=0.5)
    if {"battery", "pmic"} & row.keys():
        assert said[-1].battery_v == pytest.approx(BATTERY_MV / 1000, abs=0.01)
    else:
        assert said[-1].battery_v is None
