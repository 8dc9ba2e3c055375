# SPDX-License-Identifier: MIT
"""The four tasks run at their times, die together, and end in order."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from tests.firmware import mpy

SETUP = """
import time
from upturn_node import app

log = []
counts = {"sample": 0, "signal": 0, "receive": 0, "tend": 0, "collect": 0,
          "poll": 0}
told = {}

class Pace:
    sample_due = True
    polls = False
    def wait_ms(self):
        self.sample_due = not (self.polls and self.sample_due)
        return 5

class Memory:
    maintenance = False
    def keep(self, guard):
        log.append("keep")
    def mark(self, maintenance=False, crashed=False):
        log.append("mark maintenance" if maintenance else "mark crashed")
    def clear_marks(self):
        log.append("clear marks")

class Watchdog:
    armed = True

class Guard:
    inverted = False

class Signals:
    def silence(self):
        log.append("silence")

class Sensing:
    def poll(self):
        counts["poll"] += 1
    def sleep(self):
        log.append("sensor sleeps")

class Hardware:
    def __init__(self, board, sleep_ms):
        pass
    def reset(self):
        log.append("reset")
    def off(self):
        log.append("off")

class Node(app.Node):
    def __init__(self, board, hardware, find, time):
        self.pace, self.memory, self.watchdog = Pace(), Memory(), Watchdog()
        self.guard, self.signals, self.sensing = Guard(), Signals(), Sensing()
        self.ending, self.collect_due = None, True
        if "before" in told:
            told["before"](self)
    def boot(self):
        log.append("boot")
    def _count(self, what):
        counts[what] += 1
        if what in told and counts[what] == 5:
            told[what](self)
    def sample(self):
        self._count("sample")
    def collect(self):
        self.collect_due = False
        self._count("collect")
    def signal(self, dt_ms):
        self._count("signal")
    def receive(self):
        self._count("receive")
    def tend(self, dt_ms):
        self._count("tend")
    def say_goodbye(self, reason):
        log.append("goodbye %d" % reason)
    def close(self):
        log.append("close")

def end(how):
    def ending(node):
        node.ending = how
    return ending

def raises(error):
    def raising(node):
        raise error
    return raising

def run():
    try:
        app.main({})
    except BaseException as error:
        log.append(repr(error))
    return log

app.Hardware = Hardware
app.Node = Node
"""


def told(bits: int, code: str) -> Any:
    return ast.literal_eval(mpy.run(bits, SETUP + code).splitlines()[-1])


def test_every_task_runs_at_its_own_pace(bits: int) -> None:
    code = """
told["tend"] = end(Node.PROMPT)
run()
print([counts[what] for what in ("sample", "signal", "receive", "tend", "collect")])
"""
    sample, signal, receive, tend, collect = told(bits, code)
    assert (tend, collect) == (5, 1)
    # half a second, on a machine that may be busy: never more, and in the right order
    assert 101 >= sample > receive > signal > tend
    assert receive <= 51
    assert signal <= 26


def test_a_turn_of_the_sampler_that_is_no_sample_is_a_poll(bits: int) -> None:
    code = """
Pace.polls = True
told["sample"] = end(Node.PROMPT)
run()
print([counts["sample"] - counts["poll"], counts["poll"] >= 4])
"""
    between, polled = told(bits, code)
    assert polled
    assert between in (0, 1)


@pytest.mark.parametrize(
    ("ending", "last"),
    [
        ("PROMPT", ["close"]),
        ("MAINTENANCE", ["mark maintenance", "close", "reset"]),
        ("OFF_BY_BUTTON", ["goodbye 1", "close", "sensor sleeps", "off"]),
        ("OFF_BY_COMMAND", ["goodbye 2", "close", "sensor sleeps", "off"]),
        ("OFF_BY_BATTERY", ["goodbye 3", "close", "sensor sleeps", "off"]),
    ],
)
def test_each_ending_is_in_order(bits: int, ending: str, last: list[str]) -> None:
    code = f"told['receive'] = end(Node.{ending})\nprint(run())"
    assert told(bits, code) == ["boot", "silence", "keep", *last]


@pytest.mark.parametrize("task", ["sample", "signal", "receive", "tend"])
def test_a_task_that_dies_takes_the_node_down(bits: int, task: str) -> None:
    code = f"told['{task}'] = raises(ValueError('bug'))\nprint(run())"
    assert told(bits, code) == [
        "boot", "mark crashed", "close", "silence", "ValueError('bug',)",
    ]  # fmt: skip


def test_a_node_that_cannot_be_built_is_an_exception_too(bits: int) -> None:
    code = "told['before'] = raises(ValueError('no pin'))\nprint(run())"
    assert told(bits, code) == ["ValueError('no pin',)"]


def test_what_the_host_asked_before_the_reset_gives_the_prompt(bits: int) -> None:
    code = """
def asked(node):
    node.memory.maintenance = True
told["before"] = asked
print(run())
"""
    assert told(bits, code) == ["clear marks", "silence"]


CTRL_C = "told['tend'] = raises(KeyboardInterrupt())\n"


def test_ctrl_c_under_a_watchdog_starts_again_into_the_prompt(bits: int) -> None:
    """A prompt that lasts until the watchdog bites serves nobody."""
    assert told(bits, CTRL_C + "print(run())") == [
        "boot", "silence", "keep", "mark maintenance", "close", "reset",
    ]  # fmt: skip


@pytest.mark.parametrize("why", ["Watchdog.armed = False", "Guard.inverted = True"])
def test_otherwise_ctrl_c_reaches_the_prompt_at_once(bits: int, why: str) -> None:
    """While somebody is inverted the watchdog then brings the node back."""
    assert told(bits, f"{CTRL_C}{why}\nprint(run())") == [
        "boot", "close", "silence", "KeyboardInterrupt()",
    ]  # fmt: skip


MAIN = """
import machine, sys
class Board:
    BOARD = {}
sys.modules["board"] = Board
calls = []
machine.reset = lambda: calls.append("reset")
class Time:
    sleep = staticmethod(lambda s: calls.append(s))
sys.modules["time"] = Time
class App:
    error = None
    @staticmethod
    def main(board):
        if App.error:
            raise App.error
import upturn_node
upturn_node.app = App
sys.modules["upturn_node.app"] = App
def run(error):
    App.error = error
    sys.modules.pop("main", None)
    calls.clear()
    try:
        import main
    except BaseException as error:
        calls.append(repr(error))
    return list(calls)
"""


def test_main_starts_again_after_an_exception_and_only_then(bits: int) -> None:
    code = MAIN + "print([run(None), run(RuntimeError('bug')), run(KeyboardInterrupt())])"
    out = mpy.run(bits, code)
    assert ast.literal_eval(out.splitlines()[-1]) == [
        [], [1, "reset"], ["KeyboardInterrupt()"],
    ]  # fmt: skip
    assert "RuntimeError: bug" in out
