# SPDX-License-Identifier: MIT
"""What a node says of itself: HELLO, STATUS, and all of MEASUREMENT but its samples.

`fill` runs for every message and uses no heap.
"""

from upturn_node import VERSION, advert
from upturn_node import messages as m
from upturn_node import vocabulary as v
from upturn_node.frame import UNKNOWN_ANGLE_CDEG


def hello(node):
    config, driver, board = node.config, node.sensing.driver, node.board
    traits = v.TRAIT_CALIBRATED if config.calibrated else 0
    if driver is not None and driver.has_gyro:
        traits |= v.TRAIT_GYRO
    if board["battery"]["kind"] != "none":
        traits |= v.TRAIT_BATTERY
    if board["buzzer"]["kind"] != "none":
        traits |= v.TRAIT_BUZZER
    if node.link.ble.active:
        traits |= v.TRAIT_BLE
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
        config.bthome,
        len(node.bonds),
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
    """Everything but the samples; `Stream` adds the flags of what happened since the last one."""
    fill_short(node, measurement)
    exposure = node.guard.exposure
    measurement.battery_mv = node.battery.millivolts
    measurement.inversions = exposure.inversions
    measurement.inversion_ms = exposure.inversion_ms
    measurement.inverted_ms = exposure.inverted_ms
    measurement.rest_ms = exposure.rest_ms


def fill_short(node, message):
    """What SHORT says too, its flags those of what is so now."""
    guard, battery, signals = node.guard, node.battery, node.signals
    flags = v.CALIBRATED if node.config.calibrated else 0
    if _sensor_fault(node):
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
    message.flags = flags
    message.posture = guard.posture.state
    message.priority = guard.priority
    message.angle_cdeg = node.tilt.angle_cdeg
    message.battery_percent = battery.percent
    message.presses = node.button.presses
    message.calls = node.taps.calls
    message.epoch = guard.exposure.epoch
    message.exposure_ms = guard.exposure.exposure_ms


def advertise(node, adverts):
    """The facts of the next advertisement."""
    guard, battery, ble = node.guard, node.battery, node.link.ble
    fault = _sensor_fault(node)
    bits = advert.PAIRING if ble.window_ms else 0
    if ble.connected:
        bits |= advert.CONNECTED
    if node.config.calibrated:
        bits |= advert.CALIBRATED
    if fault:
        bits |= advert.FAULT
    if battery.low:
        bits |= advert.BATTERY_LOW
    angle_cdeg = node.tilt.angle_cdeg
    adverts.set(
        guard.posture.state,
        guard.priority,
        bits,
        battery.percent,
        UNKNOWN_ANGLE_CDEG if angle_cdeg is None or fault else angle_cdeg,
        node.button.presses,
        guard.priority >= v.PRIORITY_MEDIUM or node.faults.current != v.FAULT_NONE,
    )


def _sensor_fault(node):
    return not node.sensing.trusted or node.faults.stands(v.FAULT_SELF_TEST)
