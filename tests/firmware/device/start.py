# SPDX-License-Identifier: MIT
"""Starts the firmware as a board does, in a simulated world.

The flash is the root of the file system and `/lib` on it holds the firmware, unmodified; first
`boot.py` runs, then `main.py`. What ends them is printed, and the prompt of MicroPython follows.
"""

import json
import os
import select
import sys
import time
import vfs

import asyncio.core
import chip
import machine
from sensors.bus import FakeI2C
from table import Table
from wiring import BOARDS, PMIC, sensor
from world import Bus, World

TURN_MS = 10


def build(setup):
    """The world of a set-up, wired to the chip."""
    board = BOARDS[setup["board"]]
    model, address = sensor(setup["sensor"] or board["sensor"])
    model.noise_mg, model.noise_ddps = setup["noise"]
    bus = FakeI2C({address: model})
    if "pmic" in board:
        bus.models[board["pmic"]] = PMIC()
    table = Table(setup["start_deg"])
    world = World(table, model, bus, board, setup["script"], setup["step_ms"])
    chip.buses[board["i2c"]] = Bus(bus, world, board.get("feed"))
    chip.unique_id = bytes.fromhex(setup["id"])
    chip.reset_cause = setup["cause"]
    return world


def radio(descriptor):
    """The module `bluetooth` is there from now on, if the board has one at all; or None."""
    if descriptor is None:
        return None
    import bluetooth
    import radio_wire

    radio_wire.connect(descriptor)
    return bluetooth.BLE()


def turn_with(world, ble):
    """Let the event loop call the world on every turn, and turn often enough."""
    wait = asyncio.core.IOQueue.wait_io_event

    def turning(queue, dt_ms):
        world.turn()
        if ble is not None:
            ble._turn()
        wait(queue, TURN_MS if dt_ms > TURN_MS else dt_ms)

    asyncio.core.IOQueue.wait_io_event = turning


def run(flash):
    """Everything from here on sees what a program on a board sees."""
    vfs.umount("/")
    vfs.mount(vfs.VfsPosix(flash), "/")
    os.chdir("/")
    sys.path[:] = ["", ".frozen", "/lib"]
    for name in ("boot", "main"):
        if name + ".py" in os.listdir("/"):
            try:
                __import__(name)
            except SystemExit:
                raise
            except BaseException as error:  # as the board: nothing ends its prompt
                sys.print_exception(error)


def prompt(world):
    """The prompt understands Ctrl-D (a soft reset) alone."""
    sys.stdout.write("MicroPython on a simulated board\r\n>>> ")
    poll = select.poll()
    poll.register(sys.stdin, select.POLLIN)
    while True:
        world.turn()
        if poll.poll(TURN_MS):
            byte = sys.stdin.buffer.read(1)
            if not byte:
                chip.end(0)
            if byte == b"\x04":
                machine.soft_reset()


def go(path):
    with open(path) as file:
        setup = json.load(file)
    chip.log.open(open(setup["log_fd"], "wb"))
    chip.log.note("start", time.time_ns())
    chip.retained.open(setup["retained"])
    world = build(setup)
    world.listen(open(setup["channel_fd"], "rb"))
    turn_with(world, radio(setup.get("radio_fd")))
    run(setup["flash"])
    prompt(world)
