# SPDX-License-Identifier: MIT
"""Commands of the host: one table. A refusal has a result and a reason, and changes nothing.

What is set is stored first, in force next, told by HELLO, and answered last.
"""

from upturn_node import messages as m
from upturn_node import vocabulary as v

_BLIND = (v.FAULT_NO_SENSOR, v.FAULT_BUS, v.FAULT_FROZEN)


def carry_out(node, message, length):
    """Do what a message asks; the ANSWER to it, or None where it is no command."""
    id = verb = 0
    room = node.link.room
    try:
        command = m.parse_command(message, length)
        if command is None:
            return None
        id, verb, payload = command
        node.heard()
        values = m.payload_of(verb, payload)
        HANDLERS[verb](node, values)
    except m.RefusedError as refused:
        id, verb = refused.id or id, refused.verb or verb
        return m.answer(id, verb, refused.result, refused.reason, room)
    except ValueError as error:
        return m.answer(id, verb, v.BAD_VALUE, str(error), room)
    except OSError as error:
        return m.answer(id, verb, v.NOT_STORED, "not stored: {}".format(error), room)
    return m.answer(id, verb, v.DONE)


def _heartbeat(node, values):
    node.guard.host(values[0], values[1])


def _read_info(node, _):
    node.tell_info()


def _set_profile(node, values):
    notice_ms, limit_ms, rest_ms, max_angle_cdeg, name = values
    node.config.change(
        profile=name,
        notice_ms=notice_ms,
        limit_ms=limit_ms,
        rest_ms=rest_ms,
        max_angle_cdeg=max_angle_cdeg,
    )
    node.take_config()


def _set_calibration(node, values):
    rows, offsets = values
    node.config.change(rows=list(rows), offsets=list(offsets), calibrated=True)
    node.take_config(mounting=True)


def _clear_calibration(node, _):
    node.config.clear_calibration()
    node.take_config(mounting=True)


def _identify(node, _):
    node.signals.identify()


def _acknowledge(node, _):
    if not node.guard.acknowledge():
        raise m.RefusedError(v.NOT_NOW, "what sounds now cannot be paused")


def _test_alarm(node, priority):
    node.signals.test(priority)


def _set_rate(node, rate_hz):
    node.config.change(rate_hz=rate_hz)
    node.take_config(rate=True)


def _set_name(node, name):
    node.config.change(name=name)
    node.take_config()


def _maintenance(node, _):
    _not_inverted(node)
    node.end(node.MAINTENANCE)


def _power_off(node, _):
    _not_inverted(node)
    node.end(node.OFF_BY_COMMAND)


def _set_bthome(node, values):
    mode, key = values
    bthome = node.adverts.bthome
    bthome.prepare(mode, key)
    if mode == v.BTHOME_ENCRYPTED:
        node.config.change(bthome=mode, bthome_key=key.hex())
    else:
        node.config.change(bthome=mode)  # the key stays: its counter goes on if it comes back
    bthome.change(mode, bytes.fromhex(node.config.bthome_key))
    node.take_config()


def _forget_hosts(node, _):
    _not_inverted(node)
    node.bonds.forget()
    node.link.ble.end_after_answers()
    node.tell_info()


def _not_inverted(node):
    """Nor so soon after a start that nobody knows; a sensor that fails shall not lock the node."""
    guard, stands = node.guard, node.faults.stands
    if guard.inverted:
        raise m.RefusedError(v.NOT_NOW, "the table is inverted")
    if guard.posture.state == v.POSTURE_UNKNOWN and not any(map(stands, _BLIND)):
        raise m.RefusedError(v.NOT_NOW, "the table's posture is not known yet")


HANDLERS = {
    v.HEARTBEAT: _heartbeat,
    v.READ_INFO: _read_info,
    v.SET_PROFILE: _set_profile,
    v.SET_CALIBRATION: _set_calibration,
    v.CLEAR_CALIBRATION: _clear_calibration,
    v.IDENTIFY: _identify,
    v.ACKNOWLEDGE: _acknowledge,
    v.TEST_ALARM: _test_alarm,
    v.SET_RATE: _set_rate,
    v.SET_NAME: _set_name,
    v.MAINTENANCE: _maintenance,
    v.POWER_OFF: _power_off,
    v.SET_BTHOME: _set_bthome,
    v.FORGET_HOSTS: _forget_hosts,
}
"""Verb -> what does it, with the node and the payload's values."""
