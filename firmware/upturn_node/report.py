# SPDX-License-Identifier: MIT
"""What a node says of itself: HELLO, STATUS, and all of MEASUREMENT but its samples.

`fill` runs for every message and uses no heap.
"""

from upturn_node import VERSION
from upturn_node import messages as m
from upturn_node import vocabulary as v


def hello(node):
    config, driver, board = node.config, node.sensing.driver, node.board
    traits = v.TRAIT_CALIBRATED if config.calibrated else 0
    if driver is not None and driver.has_gyro:
        traits |= v.TRAIT_GYRO
    if board["battery"]["kind"] != "none":
        traits |= v.TRAIT_BATTERY
    if board["buzzer"]["kind"] != "none":
        traits |= v.TRAIT_BUZZER
    return m.hello(
        node.node_id,
        VERSION,
        node.reset,
        node.memory.boots,
        node.guard.exposure.epoch,
        node.clock.t_hi,
        node.clock.t_lo,
        config.rate_hz,
        driver.range_g if driver is not None else 0,
        traits,
        node.faults.current,
        config.profile_fields(),
        (config.rows, config.offsets),
        board["name"],
        driver.name if driver is not None else "",
        config.name,
    )


def status(node):
    return m.status(
        node.clock.t_hi,
        node.clock.t_lo,
        node.faults.current,
        node.pace.overruns,
        node.pace.skipped,
        node.sensing.bus_errors,
        node.link.bad_frames,
        node.link.dropped,
        node.heap_free,
    )


def fill(node, measurement):
    """Flags of what is so now; `Stream` adds those of what happened since the last message."""
    guard, battery, signals = node.guard, node.battery, node.signals
    flags = v.CALIBRATED if node.config.calibrated else 0
    if not node.sensing.trusted or node.faults.stands(v.FAULT_SELF_TEST):
        flags |= v.SENSOR_FAULT
    if node.button.down:
        flags |= v.BUTTON
    if signals.sounding:
        flags |= v.BUZZER
    if guard.host_silent:
        flags |= v.HOST_SILENT
    if battery.low:
        flags |= v.BATTERY_LOW
    if battery.external:
        flags |= v.EXTERNAL_POWER
    if guard.alone:
        flags |= v.ALONE
    if signals.testing:
        flags |= v.TEST
    measurement.flags = flags
    measurement.posture = guard.posture.state
    measurement.priority = guard.priority
    measurement.angle_cdeg = node.tilt.angle_cdeg
    measurement.battery_percent = battery.percent
    measurement.battery_mv = battery.millivolts
    measurement.presses = node.button.presses
    measurement.calls = node.taps.calls
    exposure = guard.exposure
    measurement.epoch = exposure.epoch
    measurement.inversions = exposure.inversions
    measurement.exposure_ms = exposure.exposure_ms
    measurement.inversion_ms = exposure.inversion_ms
    measurement.inverted_ms = exposure.inverted_ms
    measurement.rest_ms = exposure.rest_ms
