# SPDX-License-Identifier: MIT
"""What ends a watch is refused by a node that has just started, and asked again once it knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from upturn.cli.node_orders import _ask
from upturn.transports.node_probe import Probe
from upturn.transports.node_talk import RefusedError
from upturn.wire import commands as wire


@dataclass
class Young:
    """A node that refuses until it knows how the table stands, which it may never do."""

    learns: bool
    knows: bool = False
    asked: list[wire.Command] = field(default_factory=list)

    @property
    def talk(self) -> Young:
        return self

    async def ask(self, command: wire.Command) -> None:
        self.asked.append(command)
        if not self.knows:
            raise RefusedError("not now")

    async def known_posture(self, _wait_s: float) -> bool:
        self.knows = self.learns
        return self.learns


async def told(node: Young, command: wire.Command) -> None:
    await _ask(cast("Probe", cast("Any", node)), command)


@pytest.mark.parametrize("command", [wire.MAINTENANCE, wire.POWER_OFF, wire.FORGET_HOSTS])
async def test_it_is_asked_again_once_the_posture_is_known(command: wire.Command) -> None:
    node = Young(learns=True)
    await told(node, command)
    assert node.asked == [command, command]


async def test_where_it_stays_unknown_the_refusal_stands() -> None:
    node = Young(learns=False)
    with pytest.raises(RefusedError):
        await told(node, wire.POWER_OFF)
    assert node.asked == [wire.POWER_OFF]


async def test_any_other_refusal_stands_at_once() -> None:
    node = Young(learns=True)
    with pytest.raises(RefusedError):
        await told(node, wire.ACKNOWLEDGE)
    assert (node.asked, node.knows) == ([wire.ACKNOWLEDGE], False)
