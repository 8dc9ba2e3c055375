# SPDX-License-Identifier: MIT
"""What is handed to a home: it parses, names what exists, and gives the rights that it says.

That the blueprints do what they say was seen in a real Home Assistant: `integration/README.md`.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
import yaml
from paho.mqtt.enums import CallbackAPIVersion

from tests.mosquitto import Mosquitto
from tests.programs import program
from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.events import AlarmChanged, AlarmState
from upturn.sinks.mqtt.entities import ENTITIES
from upturn.sinks.mqtt.payloads import Stamp, encode, event_payload

FOLDER = Path(__file__).parents[1] / "host" / "homeassistant"
BLUEPRINTS = sorted((FOLDER / "blueprints" / "automation" / "upturn").glob("*.yaml"))
DASHBOARD = FOLDER / "dashboard.yaml"

# What every Home Assistant has.
STOCK_SERVICES = {
    "button.press",
    "input_boolean.turn_{{ 'on' if trigger.id == 'away' else 'off' }}",
    "light.turn_on",
    "media_player.volume_set",
    "scene.create",
    "scene.delete",
    "scene.turn_on",
    "tts.speak",
}
# A service that a person names, or the button of a notification.
FREE_ACTIONS = {
    "{{ first }}",
    "{{ second }}",
    "{{ looked_tap }}",
}
STOCK_CARDS = {"button", "entities", "gauge", "grid", "heading", "markdown", "tile"}


class Input(str):
    """`!input NAME`."""

    __slots__ = ()


class Loader(yaml.SafeLoader):
    """YAML as Home Assistant reads a blueprint."""


def input_name(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Input:
    return Input(loader.construct_scalar(node))


Loader.add_constructor("!input", input_name)


def load(path: Path) -> Any:
    # A safe loader: it makes plain values, and Input.
    return yaml.load(path.read_text(encoding="utf-8"), Loader)  # noqa: S506


def walk(tree: object) -> Iterator[tuple[str, object]]:
    """Every value in the tree, with the key that it stands at."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield str(key), value
            yield from walk(value)
    elif isinstance(tree, list):
        for value in tree:
            yield "", value
            yield from walk(value)


def test_there_are_four_blueprints() -> None:
    assert [path.stem for path in BLUEPRINTS] == [
        "high_alarm_notify",
        "lost_while_inverted",
        "red_lights",
        "spoken_announcement",
    ]


@pytest.mark.parametrize("path", BLUEPRINTS, ids=lambda path: path.stem)
class TestBlueprint:
    def test_says_what_it_is_and_where_it_belongs(self, path: Path) -> None:
        head = load(path)["blueprint"]
        assert head["name"].startswith("Upturn: ")
        assert head["description"].endswith(".")
        assert head["domain"] == "automation"
        assert "source_url" not in head  # no place to fetch it from but the project
        assert head["homeassistant"] == {"min_version": "2024.10.0"}

    def test_uses_every_input_that_it_declares_and_no_other(self, path: Path) -> None:
        blueprint = load(path)
        declared = set(blueprint["blueprint"]["input"])
        used = {str(value) for _, value in walk(blueprint) if isinstance(value, Input)}
        assert used == declared

    def test_asks_for_each_input_by_name_and_selector(self, path: Path) -> None:
        for key, field in load(path)["blueprint"]["input"].items():
            assert field["name"], key
            assert len(field["selector"]) == 1, key

    def test_calls_only_services_that_every_home_has(self, path: Path) -> None:
        actions = {value for key, value in walk(load(path)["actions"]) if key == "action"}
        assert actions <= STOCK_SERVICES | FREE_ACTIONS

    def test_goes_on_when_one_of_its_services_fails(self, path: Path) -> None:
        calls = [
            value
            for _, value in walk(load(path)["actions"])
            if isinstance(value, dict) and "action" in value and "title" not in value
        ]
        assert calls
        for call in calls:
            assert call["continue_on_error"] is True, call["action"]


def test_the_dashboard_names_entities_that_a_table_called_bench_has() -> None:
    text = DASHBOARD.read_text(encoding="utf-8")
    named = set(re.findall(r"\b(?:binary_sensor|button|event|sensor)\.bench_\w+", text))
    announced = {
        f"{entity.platform}.bench_{entity.name.lower().replace(' ', '_')}" for entity in ENTITIES
    }
    assert named
    assert named - announced == set()


def test_the_dashboard_uses_only_stock_cards() -> None:
    sections = load(DASHBOARD)["views"][0]["sections"]
    cards = [card for section in sections for card in (section, *section["cards"])]
    assert {card["type"] for card in cards} == STOCK_CARDS


@pytest.mark.parametrize("path", [DASHBOARD, *BLUEPRINTS], ids=lambda path: path.stem)
def test_nothing_that_a_home_shows_or_speaks_says_safe(path: Path) -> None:
    words = " ".join(value for _, value in walk(load(path)) if isinstance(value, str))
    assert not re.search(r"\bsafe\b", words, re.IGNORECASE)


# The broker's rights

USERS = ("upturn", "homeassistant", "viewer")
EVERYTHING = "tester"
TOPICS = (
    "upturn/pc/availability",
    "upturn/n1/availability",
    "upturn/n1/state",
    "upturn/n1/alarms",
    "upturn/n1/event",
    "upturn/n1/owner",
    "upturn/n1/command/acknowledge",
    "upturn/n1/command/seen_upright",
    "homeassistant/device/upturn-n1/config",
    "homeassistant/sensor/upturn-n1/config",
    "homeassistant/status",
    "zigbee2mqtt/lamp/set",
)
MAY_WRITE = {
    "upturn": {
        "upturn/pc/availability",
        "upturn/n1/availability",
        "upturn/n1/state",
        "upturn/n1/alarms",
        "upturn/n1/event",
        "upturn/n1/owner",
        "homeassistant/device/upturn-n1/config",
    },
    "homeassistant": {
        "upturn/n1/command/acknowledge",
        "upturn/n1/command/seen_upright",
        "homeassistant/status",
    },
    "viewer": set[str](),
}
MAY_READ = {
    "upturn": {
        "upturn/pc/availability",
        "upturn/n1/availability",
        "upturn/n1/state",
        "upturn/n1/event",
        "upturn/n1/owner",
        "upturn/n1/command/acknowledge",
        "upturn/n1/command/seen_upright",
        "homeassistant/status",
    },
    "homeassistant": {topic for topic in TOPICS if not topic.startswith("zigbee2mqtt/")},
    "viewer": {topic for topic in TOPICS if topic.startswith("upturn/")},
}
LAST = "upturn/last/availability"
"""All may read it: who has it has had what came before it."""
PATIENCE_S = 20.0


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """With the list as it is handed out, and a user beside it who may do all."""
    rights = (FOLDER / "mosquitto.acl").read_text(encoding="utf-8")
    with Mosquitto(
        tmp_path_factory.mktemp("broker"),
        users={user: user for user in (*USERS, EVERYTHING)},
        acl=f"{rights}\nuser {EVERYTHING}\ntopic readwrite #\n",
    ) as running:
        yield running


def until_true(fact: Callable[[], bool], why_not: Callable[[], str] = str) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not fact():
        assert time.monotonic() < end_s, why_not()
        time.sleep(0.01)


@contextmanager
def client(broker: Mosquitto, user: str) -> Iterator[tuple[mqtt.Client, list[str]]]:
    """A client that is logged in and subscribed to everything, and the topics that come."""
    heard: list[str] = []
    subscribed = threading.Event()
    it = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    it.username_pw_set(user, user)
    it.on_message = lambda _client, _data, message: heard.append(message.topic)
    it.on_subscribe = lambda *_: subscribed.set()
    it.connect(broker.host, broker.port)
    it.loop_start()
    try:
        it.subscribe("#", qos=1)
        assert subscribed.wait(PATIENCE_S)
        yield it, heard
    finally:
        it.disconnect()
        it.loop_stop()


@pytest.mark.parametrize("user", USERS)
def test_a_user_hears_what_the_list_grants_and_nothing_else(broker: Mosquitto, user: str) -> None:
    with client(broker, EVERYTHING) as (speaker, _), client(broker, user) as (_, heard):
        for topic in (*TOPICS, LAST):
            speaker.publish(topic, "x", qos=1).wait_for_publish(PATIENCE_S)
        until_true(lambda: LAST in heard, lambda: str(heard))
        assert set(heard) - {LAST} == MAY_READ[user]


@pytest.mark.parametrize("user", USERS)
def test_a_user_says_what_the_list_grants_and_nothing_else(broker: Mosquitto, user: str) -> None:
    with client(broker, EVERYTHING) as (last, heard), client(broker, user) as (speaker, _):
        for topic in TOPICS:
            speaker.publish(topic, "x", qos=1).wait_for_publish(PATIENCE_S)
        last.publish(LAST, "x", qos=1)
        until_true(lambda: LAST in heard, lambda: str(heard))
        assert set(heard) - {LAST} == MAY_WRITE[user]


def test_nobody_else_gets_in(broker: Mosquitto) -> None:
    answers: list[str] = []
    it = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    it.on_connect = lambda _client, _data, _flags, reason, _more: answers.append(str(reason))
    it.connect(broker.host, broker.port)
    it.loop_start()
    try:
        until_true(lambda: bool(answers))
    finally:
        it.disconnect()
        it.loop_stop()
    assert answers[0] == "Not authorized"


def test_the_shell_loop_runs_its_command_on_each_high_alarm(
    broker: Mosquitto, tmp_path: Path
) -> None:
    program("mosquitto_sub", "mosquitto-clients")
    page = (FOLDER / "mosquitto_sub.md").read_text(encoding="utf-8")
    script = tmp_path / "upturn-alarm"
    script.write_text(next(re.finditer(r"```sh\n(#!.*?)```", page, re.DOTALL))[1], "utf-8")
    said = tmp_path / "said"
    command = tmp_path / "say"
    command.write_text(f'#!/bin/sh\nprintf "%s\\n" "$1" >>"{said}"\n', encoding="utf-8")
    command.chmod(0o755)
    (tmp_path / "mosquitto_sub").write_text(
        f"-h {broker.host}\n-p {broker.port}\n-u viewer\n-P viewer\n", encoding="utf-8"
    )
    words = 'Inverted too long (65 s). Come up now. "Help" it is.'
    changes = [
        AlarmChanged(1.0, AlarmId.FAST_TILT, 1, Priority.MEDIUM, AlarmState.RAISED, "No."),
        AlarmChanged(2.0, AlarmId.TIME_LIMIT, 1, Priority.HIGH, AlarmState.RAISED, words),
        AlarmChanged(3.0, AlarmId.TIME_LIMIT, 1, Priority.HIGH, AlarmState.ACKNOWLEDGED, words),
    ]
    loop = subprocess.Popen(
        ["sh", str(script), str(command)],
        env=os.environ | {"XDG_CONFIG_HOME": str(tmp_path)},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        with client(broker, EVERYTHING) as (speaker, _):

            def came() -> bool:
                for change in changes:
                    payload = event_payload(change, Stamp("", "pc", "n1", "Bench"), "1")
                    assert payload is not None
                    speaker.publish("upturn/n1/event", encode(payload), qos=1)
                return said.exists() and said.stat().st_size > 0

            until_true(came)
    finally:
        os.killpg(loop.pid, signal.SIGTERM)
        loop.wait(PATIENCE_S)
    assert set(said.read_text(encoding="utf-8").splitlines()) == {words.replace('"', r"\"")}
