# SPDX-License-Identifier: MIT
"""The program: four tasks around a node, from start to switch-off.

A task that dies takes the node down with it: it is better reset than half alive.
"""

import asyncio
import gc
import time

from upturn_node import vocabulary as v
from upturn_node.clock import Stopwatch
from upturn_node.drivers import probe
from upturn_node.hardware import Hardware
from upturn_node.node import Node

_SIGNALS_MS = 20
_READER_MS = 10
_TEND_MS = 100
_DRAIN_MS = 100  # the last message leaves the UART

_GOODBYES = {
    Node.OFF_BY_BUTTON: v.GOODBYE_BUTTON,
    Node.OFF_BY_COMMAND: v.GOODBYE_COMMAND,
    Node.OFF_BY_BATTERY: v.GOODBYE_BATTERY,
}


def main(board):
    """Run until the node is switched off or reset. A return means: to the prompt."""
    node = hardware = None
    try:
        hardware = Hardware(board, time.sleep_ms)
        node = Node(board, hardware, probe.find, time)
        if node.memory.maintenance:
            node.memory.clear_marks()
            print("upturn: maintenance, as the host asked; a reset starts the node")
            return
        node.boot()
        gc.threshold(-1)  # from here on the heap is tidied when nothing is due: Node.collect
        asyncio.run(_live(node))
    except KeyboardInterrupt:
        print("upturn: stopped")
        if node is None or not node.watchdog.armed or node.guard.inverted:
            _close(node)
            raise
        # the watchdog cannot be stopped, and a prompt that lasts 5 s serves nobody
        node.ending = Node.MAINTENANCE
    except Exception:
        if node is not None:
            node.memory.mark(crashed=True)
            _close(node)
        raise
    finally:
        if node is not None:
            node.signals.silence()
        asyncio.new_event_loop()
    _finish(node, hardware)


async def _live(node):
    """Housekeeping; it ends with the node, or with the exception of a task that died."""
    died = []

    def note(_, context):
        died.append(context["exception"])

    asyncio.get_event_loop().set_exception_handler(note)
    tasks = [asyncio.create_task(task) for task in (_sample(node), _signal(node), _receive(node))]
    stopwatch = Stopwatch(time.ticks_ms, time.ticks_diff)
    while node.ending is None:
        await asyncio.sleep_ms(_TEND_MS)
        if died:
            raise died[0]
        node.tend(stopwatch.lap())
    for task in tasks:
        task.cancel()


async def _sample(node):
    pace = node.pace
    while True:
        if pace.sample_due:
            node.sample()
            if node.collect_due:
                node.collect()
        else:
            node.sensing.poll()
        await asyncio.sleep_ms(pace.wait_ms())


async def _signal(node):
    stopwatch = Stopwatch(time.ticks_ms, time.ticks_diff)
    while True:
        await asyncio.sleep_ms(_SIGNALS_MS)
        node.signal(stopwatch.lap())


async def _receive(node):
    while True:
        node.receive()
        await asyncio.sleep_ms(_READER_MS)


def _close(node):
    if node is not None:
        node.close()


def _finish(node, hardware):
    node.memory.keep(node.guard)
    if node.ending == Node.PROMPT:
        node.close()
        print("upturn: maintenance, by the button; a reset starts the node")
        return
    if node.ending == Node.MAINTENANCE:
        node.memory.mark(maintenance=True)
        time.sleep_ms(_DRAIN_MS)
        node.close()
        hardware.reset()
        return
    node.say_goodbye(_GOODBYES[node.ending])
    time.sleep_ms(_DRAIN_MS)
    node.close()
    node.sensing.sleep()
    hardware.off()
