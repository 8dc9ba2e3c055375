# SPDX-License-Identifier: MIT
"""Why a connection fails, for people: what it is and what to look at."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from upturn.errors import InputError

REASONS: dict[int, str] = {
    0x84: "the broker does not speak MQTT 5: a newer broker is needed",
    0x85: "the broker refuses this computer's name there",
    0x86: "the broker refuses user name or password",
    0x87: "the broker does not allow it: look at its access list and the user name",
    0x88: "the broker is not available now",
    0x89: "the broker is busy",
    0x8A: "the broker has banned this computer",
    0x8B: "the broker is shutting down",
    0x8C: "the broker refuses how this computer proves who it is",
    0x8D: "the broker heard nothing for too long",
    0x8E: "another client uses this computer's name at the broker: give each its own [mqtt] id",
    0x93: "the broker cannot take so much at once",
    0x95: "the broker takes only smaller messages",
    0x97: "the broker is full",
    0x9A: "the broker keeps no messages (retain is off)",
    0x9B: "the broker does not confirm messages (QoS 1 is off)",
}
"""By MQTT's reason code."""
IN_CONTEXT: dict[tuple[int, int], str] = {
    (PacketTypes.CONNACK, 0x87): REASONS[0x86],
    (PacketTypes.DISCONNECT, 0x80): (
        "it breaks off again and again: "
        "look whether another client uses this computer's name there, its [mqtt] id"
    ),
}
"""By the kind of message that it came with, too: mosquitto says no more of a wrong password, and
older ones nothing to a client whose name another takes over."""
REFUSALS = (0x84, 0x85, 0x86, 0x87, 0x8A, 0x8C)
"""Those that trying again soon does not mend."""
TAKEN_OVER = 0x8E


def code_of(error: BaseException) -> int | None:
    """MQTT's reason code for it, where the broker gave one."""
    reason = _reason(error)
    return reason.value if reason is not None else None


def why(error: BaseException) -> str:
    """In a few words."""
    if isinstance(error, InputError):
        return f"{error.where}: {error.what}"
    reason = _reason(error)
    if reason is not None:
        context = (reason.packetType, reason.value)
        if words := IN_CONTEXT.get(context) or REASONS.get(reason.value):
            return words
    for cause in _causes(error):
        match cause:
            case ssl.SSLCertVerificationError():
                return f"its certificate is not trusted: {cause.verify_message}"
            case ssl.SSLError():
                return f"no secure connection: {getattr(cause, 'reason', '') or cause}"
            case socket.gaierror():
                return "there is no computer of that name"
            case ConnectionResetError():
                return "it hangs up without an answer: look at the port, and whether it has TLS"
            case ConnectionRefusedError():
                return "nothing listens there"
            case TimeoutError():
                return "it does not answer"
            case OSError() if cause.strerror:
                return cause.strerror.lower()
    text = " ".join(str(error).split())
    return "it does not answer" if is_silence(error) else text or type(error).__name__


def is_silence(error: BaseException) -> bool:
    """Nothing was heard; else there was an end that could be seen."""
    return "timed out" in str(error)


def _reason(error: BaseException) -> ReasonCode | None:
    for cause in _causes(error):
        reason = cause.rc if isinstance(cause, aiomqtt.MqttCodeError) else None
        if isinstance(reason, ReasonCode):
            return reason
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, and those that it came from: aiomqtt keeps only the text of some."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
