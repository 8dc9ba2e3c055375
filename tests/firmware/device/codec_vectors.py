# SPDX-License-Identifier: MIT
"""The node's codec against the shared vectors: prints what differs, then how many were tried."""

import json
import sys
from array import array
from binascii import hexlify, unhexlify

from upturn_node import messages, vocabulary
from upturn_node.frame import Measurement, Short
from upturn_node.framing import Deframer, Framer

VERBS = {
    "heartbeat": vocabulary.HEARTBEAT,
    "read_info": vocabulary.READ_INFO,
    "set_profile": vocabulary.SET_PROFILE,
    "set_calibration": vocabulary.SET_CALIBRATION,
    "clear_calibration": vocabulary.CLEAR_CALIBRATION,
    "identify": vocabulary.IDENTIFY,
    "acknowledge": vocabulary.ACKNOWLEDGE,
    "test_alarm": vocabulary.TEST_ALARM,
    "set_rate": vocabulary.SET_RATE,
    "set_name": vocabulary.SET_NAME,
    "maintenance": vocabulary.MAINTENANCE,
    "power_off": vocabulary.POWER_OFF,
    "set_bthome": vocabulary.SET_BTHOME,
    "forget_hosts": vocabulary.FORGET_HOSTS,
}


def halves(fields):
    return fields["t_ms"] >> 16, fields["t_ms"] & 0xFFFF


def set_all(message, fields):
    for key, value in fields.items():
        if hasattr(message, key):
            setattr(message, key, value)
    message.t_hi, message.t_lo = halves(fields)


def measurement(fields):
    readings = fields["readings"]
    message = Measurement(len(readings), fields["has_gyro"])
    set_all(message, fields)
    for reading in readings:
        axes = reading[1:]
        assert message.add(reading[0], array("i", axes + [0] * (6 - len(axes))))
    return bytes(message.message[: message.encode()])


def short(fields):
    message = Short()
    set_all(message, fields)
    message.exposure_ms = fields["exposure_ds"] * 100 + 99
    return bytes(message.message[: message.encode()])


def hello(fields):
    t_hi, t_lo = halves(fields)
    names = ("notice_ms", "limit_ms", "rest_ms", "max_angle_cdeg", "profile")
    return messages.hello(
        unhexlify(fields["node_id"]),
        fields["firmware"],
        fields["reset"],
        fields["boots"],
        fields["epoch"],
        t_hi,
        t_lo,
        fields["rate_hz"],
        fields["range_g"],
        fields["traits"],
        fields["fault"],
        tuple(fields[name] for name in names),
        (fields["rows"], fields["offsets"]),
        fields["board"],
        fields["sensor"],
        fields["name"],
        fields["bthome"],
        fields["bonds"],
    )


def status(fields):
    names = ("fault", "overruns", "skipped", "bus_errors", "bad_frames", "dropped", "heap_free")
    t_hi, t_lo = halves(fields)
    return messages.status(t_hi, t_lo, *(fields[name] for name in names))


def goodbye(fields):
    t_hi, t_lo = halves(fields)
    return messages.goodbye(t_hi, t_lo, fields["reason"])


def answer(fields):
    return messages.answer(fields["id"], fields["verb"], fields["result"], fields["reason"])


WRITERS = {
    "MEASUREMENT": measurement,
    "SHORT": short,
    "HELLO": hello,
    "STATUS": status,
    "GOODBYE": goodbye,
    "ANSWER": answer,
}


def meaning(fields):
    """What the payload's reader is to give."""
    verb = fields["verb"]
    if verb == "heartbeat":
        return fields["priority"], fields["paused"]
    if verb == "set_profile":
        names = ("notice_ms", "limit_ms", "rest_ms", "max_angle_cdeg", "name")
        return tuple(fields[name] for name in names)
    if verb == "set_calibration":
        return tuple(fields["rows"]), tuple(fields["offsets"])
    if verb == "test_alarm":
        return fields["priority"]
    if verb == "set_rate":
        return fields["rate_hz"]
    if verb == "set_name":
        return fields["name"]
    if verb == "set_bthome":
        return fields["mode"], unhexlify(fields.get("key", ""))
    return None


def differ(name, got, wanted):
    if got != wanted:
        print("%s: %s, not %s" % (name, got, wanted))


def from_node(vector, framer):
    raw = WRITERS[vector["kind"]](vector["fields"])
    differ(vector["name"], hexlify(raw).decode(), vector["hex"])
    line = framer.wire[: framer.wrap(raw, len(raw))]
    differ(vector["name"] + ", line", hexlify(line).decode(), vector["line"])


def from_host(vector, deframer):
    fields = vector["fields"]
    length = received(deframer, unhexlify(vector["line"]))
    id, verb, payload = messages.parse_command(deframer.message, length)
    differ(vector["name"], (id, verb), (fields["id"], VERBS[fields["verb"]]))
    differ(vector["name"], messages.payload_of(verb, payload), meaning(fields))


def refused(vector, deframer, framer):
    raw = unhexlify(vector["hex"])
    length = received(deframer, framer.wire[: framer.wrap(raw, len(raw))])
    wanted = vector["result"], vector["id"], vector["verb"]
    try:
        id, verb, payload = messages.parse_command(deframer.message, length)
    except messages.RefusedError as error:
        differ(vector["name"], (error.result, error.id, error.verb), wanted)
        return
    try:
        said = messages.payload_of(verb, payload)
    except messages.RefusedError as error:
        differ(vector["name"], (error.result, id, verb), wanted)
        differ(vector["name"] + ", its reason", str(error) or None, error.reason)
    else:
        print("%s: taken as %s" % (vector["name"], said))


def received(deframer, line):
    """The length of the one message in it, and nothing bad."""
    found = [length for length in [deframer.push(byte) for byte in line] if length]
    assert (len(found), deframer.bad) == (1, 0), (found, deframer.bad)
    return found[0]


def main():
    with open(sys.argv[1]) as file:
        vectors = json.load(file)
    deframer, framer = Deframer(), Framer()
    for vector in vectors["from_node"]:
        from_node(vector, framer)
        received(deframer, unhexlify(vector["line"]))
        differ(vector["name"], messages.parse_command(deframer.message, 1), None)
    for vector in vectors["from_host"]:
        from_host(vector, deframer)
    for vector in vectors["refused_by_node"]:
        refused(vector, deframer, framer)
    print(len(vectors["from_node"]), len(vectors["from_host"]), len(vectors["refused_by_node"]))


main()
