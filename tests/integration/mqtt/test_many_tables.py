# SPDX-License-Identifier: MIT
"""One host with several tables: each is a node of its own, whatever becomes of the others."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.integration.mqtt.upturn_process import Upturn, settings
from tests.mosquitto import Mosquitto
from tests.mqtt_listener import Listener

TABLES = "\n".join(
    f'[[node]]\nname = "{name}"\nsource = "sim:normal"\nprofile = "{profile}"'
    for name, profile in (("den", "standard"), ("attic", "first-time"), ("loft", "extended"))
)
FAULTY = """
from upturn.core import pipeline
class Bug(Exception): pass
command = pipeline.Pipeline.command
def faulty(self, what, now_s):
    if type(what).__name__ == "Distress" and self.snapshot(now_s).profile.name == "first-time":
        raise Bug("of the core")
    return command(self, what, now_s)
pipeline.Pipeline.command = faulty
"""


@pytest.fixture
def host(broker: Mosquitto) -> str:
    return f"host-{broker.port}"


def test_each_is_a_node_of_its_own_commands_go_to_the_right_one_and_one_fails_alone(
    tmp_path: Path, broker: Mosquitto, host: str
) -> None:
    """The home's command is what the core of the attic fails at."""
    config = "\n".join([settings(host, broker.port), TABLES])
    den, attic, loft = (f"simulated-normal-{name}-{host}" for name in ("den", "attic", "loft"))
    with (
        Listener(broker) as home,
        Upturn(tmp_path, "run", "--headless", "--json", config=config, patch=FAULTY) as upturn,
    ):
        for node, name in ((den, "den"), (attic, "attic"), (loft, "loft")):
            home.wait_for(topic=f"upturn/{node}/state", signal="ok")
            announced = home.wait_for(topic=f"homeassistant/device/upturn-{node}/config")
            assert announced.json["dev"]["name"] == name
        home.publish(f"upturn/{loft}/command/distress", "PRESS")
        called = home.wait_for(topic="upturn/+/event", kind="alarm", id="distress")
        assert called.topic == f"upturn/{loft}/event"
        home.publish(f"upturn/{attic}/command/distress", "PRESS")
        down = home.wait_for(
            topic=f"upturn/{attic}/availability", match=lambda m: m.payload == b"offline"
        )
        home.wait_for(topic=f"upturn/{attic}/alarms", watched=False)
        home.wait_for(topic=f"upturn/{den}/state", since_s=down.at_s, signal="ok")
        home.publish(f"upturn/{den}/command/distress", "PRESS")
        home.wait_for(topic=f"upturn/{den}/event", kind="alarm", id="distress")
        home.publish(f"upturn/{attic}/command/im_fine", "PRESS")
        home.settle()
        for node in (den, loft):
            offline = home.messages(f"upturn/{node}/availability")
            assert [m.payload for m in offline][-1:] == [b"online"]
        assert b"offline" not in [m.payload for m in home.messages(f"upturn/{host}/availability")]
        ended = upturn.end(signal.SIGTERM)
        summed = sorted(event["node"] for event in upturn.json if event["kind"] == "summary")
    assert (ended.code, summed) == (0, ["den", "loft"])
    line = "upturn: attic: failed: internal fault: Bug: of the core. "
    assert line in ended.stderr.replace("\n", " ")
