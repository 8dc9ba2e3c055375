# SPDX-License-Identifier: MIT
"""What the dashboard is fed with."""

from __future__ import annotations

import math

import pytest

from tests.service.scripted_link import ScriptedLink
from upturn.cli.home import Home
from upturn.cli.table_feed import TableFeed
from upturn.core.limits import STANDARD
from upturn.core.pipeline import Pipeline
from upturn.dashboard.feed import SourceState
from upturn.service.table import TableService
from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.mqtt.link import MqttLink
from upturn.transports.sim import simulate
from upturn.transports.simulated import SimulatedSource
from upturn.transports.source import LinkState


async def test_when_a_session_has_ended_nobody_is_watched() -> None:
    """Whatever the last samples said: the screen must not call itself READY."""
    source = SimulatedSource(simulate("normal", seed=1))
    feed = TableFeed(math.inf)
    service = TableService(Pipeline(source.info, STANDARD), source, speed=math.inf)
    feed.begin(service, source.label)
    await service.run()
    reasons = service.snapshot().not_ready
    assert feed.snapshot().not_ready == ("the session has ended", *reasons)
    assert (feed.source().live, feed.source().note) == (False, "ended")


async def test_how_a_link_stands_is_shown_where_the_source_is_and_why_it_is_not_ready() -> None:
    link = ScriptedLink(None, end_s=1.0)
    feed = TableFeed(1.0)
    feed.begin(TableService(Pipeline(link.info, STANDARD), link), link.label, link)
    assert feed.source() == SourceState("a link", live=True)
    link.state = LinkState("waiting for /dev/ttyUSB0: there is no such port", well=False)
    assert feed.source() == SourceState("no such port", live=True, well=False)
    assert feed.snapshot().not_ready == (link.state.words, "no data from the table yet")
    link.state = LinkState("connected", well=True, trouble="den does not take the limits")
    assert feed.source().label == "a link"
    assert feed.snapshot().not_ready[0] == "den does not take the limits"


@pytest.mark.parametrize(
    ("state", "label"),
    [
        (LinkState("connected to den by Bluetooth", well=True), "den by Bluetooth"),
        (LinkState("connected to den on /dev/ttyUSB0", well=True), "den on ttyUSB0"),
        (LinkState("not connected yet", well=False), "not connected yet"),
        (LinkState("den by Bluetooth is silent", well=False), "den by Bluetooth is silent"),
        (
            LinkState(
                "waiting for upturn-0010: the system's Bluetooth service does not run. "
                "Install and start BlueZ, 'sudo systemctl start bluetooth'",
                well=False,
            ),
            "Bluetooth service does not run",
        ),
        (
            LinkState(
                "waiting for DC:54:75:00:00:10: this computer has no Bluetooth adapter. "
                "Plug an adapter in",
                well=False,
            ),
            "no Bluetooth adapter",
        ),
        (
            LinkState(
                "waiting for den: /dev/ttyUSB0: is used by another program. End it", well=False
            ),
            "/dev/ttyUSB0: is used by another program",
        ),
    ],
)
async def test_the_first_line_says_who_is_heard_and_how_or_else_begins_with_the_cause(
    state: LinkState, label: str
) -> None:
    link = ScriptedLink(None, end_s=1.0)
    feed = TableFeed(1.0)
    feed.begin(TableService(Pipeline(link.info, STANDARD), link), link.label, link)
    link.state = state
    assert (feed.source().label, feed.source().well) == (label, state.well)
    assert (state.words in feed.snapshot().not_ready) is not state.well


async def test_whether_the_home_is_told_is_shown_beside_the_source() -> None:
    source = SimulatedSource(simulate("normal", seed=1))
    feed = TableFeed(1.0)
    service = TableService(Pipeline(source.info, STANDARD), source)
    link = MqttLink(Broker("home.lan", id="here"))
    own = MqttLink(Broker("127.0.0.1", 18830, id="here"))
    labels = []
    for home in (None, Home(None, 1.0), Home(link, 1.0)):
        feed.begin(service, "a table", home=home)
        labels.append(feed.source().label)
    link.works("")
    labels.append(feed.source().label)
    own.works("")
    feed.begin(service, "a table", home=Home(own, 1.0))
    labels.append(feed.source().label)
    assert labels == [
        "a table",
        "a table",
        "a table (no home)",
        "a table + home",
        "a table + home at 127.0.0.1:18830",
    ]
