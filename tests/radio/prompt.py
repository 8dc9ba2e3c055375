# SPDX-License-Identifier: MIT
"""A small MicroPython program in place of the firmware, which does with `bluetooth` as it is told.

async with prompt(folder, air, bits) as ask:
    await ask("ble.active(True)")    # "True", or "errno 19"
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import serial

from tests.firmware.node import Node
from tests.radio.air import Air
from tests.radio.node_radio import NodeRadio
from tests.radio.waiting import until

Ask = Callable[[str], Awaitable[str]]

PROGRAM = b"""
import asyncio, sys, time
import bluetooth
ble = bluetooth.BLE()
events, kept, secrets = [], [], {}

def irq(event, data):
    if event == 29:
        return secrets.get((data[0], data[2] and bytes(data[2])))
    if event == 30:
        key = data[0], bytes(data[1])
        if data[2] is None:
            return secrets.pop(key, None) is not None
        secrets[key] = bytes(data[2])
        return True
    kept.append(data[-1])
    events.append((event,) + tuple(bytes(x) if isinstance(x, memoryview) else x for x in data))

def begin(**settings):
    ble.irq(irq)
    ble.active(True)
    if settings:
        ble.config(**settings)
    UUID = bluetooth.UUID
    rows = (UUID(0x2A19), 0x12), (UUID(0x2A1A), 0x1028), (UUID(0x2A1B), 0x0A)
    ((level, control, plain),) = ble.gatts_register_services(((UUID(0x180F), rows),))
    globals().update(level=level, control=control, plain=plain)
    advertise()

def advertise(connectable=True):
    said, response = b"\\x02\\x01\\x06", b"\\x04\\x09den"
    ble.gap_advertise(20_000, said, resp_data=response, connectable=connectable)

def notify(count, size=4):
    refused = 0
    for k in range(count):
        try:
            ble.gatts_notify(link(), level, bytes((k & 255,)) * size)
        except OSError:
            refused += 1
    return refused

def link():
    return [event[1] for event in events if event[0] == 1][-1]

async def stream(hz, count):
    due = time.ticks_ms()
    for k in range(count):
        due = time.ticks_add(due, 1000 // hz)
        await asyncio.sleep_ms(max(time.ticks_diff(due, time.ticks_ms()), 0))
        while True:
            try:
                ble.gatts_notify(link(), level, bytes((k & 255, k >> 8)) + bytes(200))
                break
            except OSError:  # no room yet: the other side is on a busy machine
                await asyncio.sleep_ms(5)

async def tick():
    while True:  # as a node that measures: a loop with nothing to do has no turns
        await asyncio.sleep_ms(5)

async def main():
    ticking = asyncio.create_task(tick())
    reader = asyncio.StreamReader(sys.stdin.buffer)
    print("=ready")
    while True:
        line = (await reader.readline()).decode()
        try:
            result = eval(line)
        except OSError as error:
            result = "errno %d" % error.errno
        except Exception as error:
            result = repr(error)
        print("=%s" % (result,))

asyncio.run(main())
"""


@contextlib.asynccontextmanager
async def prompt(folder: Path, air: Air | None, bits: int) -> AsyncIterator[Ask]:
    """Without air it has no radio."""
    radio = NodeRadio(air) if air is not None else None
    with Node(folder, bits=bits, radio=radio, files={"main.py": PROGRAM}) as node:

        def answers() -> list[str]:
            said = bytes(node._said).decode(errors="replace").splitlines(keepends=True)
            return [line[1:].strip() for line in said if line[:1] == "=" and line[-1:] == "\n"]

        def trouble() -> str:
            return node.printed()

        await until(lambda: answers() or trouble())
        assert not trouble()
        with serial.Serial(str(node.port)) as port:

            async def ask(expression: str) -> str:
                before = len(answers())
                port.write(expression.encode() + b"\n")
                await until(lambda: len(answers()) > before)
                return answers()[before]

            yield ask
    if radio is not None:
        await radio.close()
