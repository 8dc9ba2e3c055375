# SPDX-License-Identifier: MIT
"""Why a connection fails, for people: what it is and what to look at, in no library's words."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from upturn.errors import InputError

SILENCE = "it does not answer"
ENDED = "the broker ends the connection"
BROKEN = "the connection is broken"
NOT_UNDERSTOOD = "the broker does not understand this computer: look for a newer broker"
NO_WILDCARDS = "the broker does not take a subscription of this kind: another broker is needed"

REASONS: dict[int, str] = {
    0x00: ENDED,
    0x04: ENDED,
    0x80: "the broker refuses it and does not say why: look at its log",
    0x81: NOT_UNDERSTOOD,
    0x82: NOT_UNDERSTOOD,
    0x83: "the broker refuses it for a reason of its own: look at its log",
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
    0x8F: "the broker does not take a subscription to such a topic",
    0x90: "the broker does not take a topic of such a name",
    0x91: "the broker confuses two messages of this computer",
    0x92: "the broker does not know a message that it was told of",
    0x93: "the broker cannot take so much at once",
    0x94: NOT_UNDERSTOOD,
    0x95: "the broker takes only smaller messages",
    0x96: "the broker is told more than it takes",
    0x97: "the broker is full",
    0x98: "whoever runs the broker has ended the connection",
    0x99: "the broker does not take what is in a message",
    0x9A: "the broker keeps no messages (retain is off)",
    0x9B: "the broker does not confirm messages (QoS 1 is off)",
    0x9C: "the broker wants another one to be used for now: give that one's address",
    0x9D: "the broker has moved: give its new address",
    0x9E: NO_WILDCARDS,
    0x9F: "the broker is connected to too often",
    0xA0: "the broker lets no connection last for so long",
    0xA1: NO_WILDCARDS,
    0xA2: NO_WILDCARDS,
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
REFUSALS = (0x84, 0x85, 0x86, 0x87, 0x8A, 0x8C, 0x9A, 0x9B)
"""Those that trying again soon does not mend."""
TAKEN_OVER = 0x8E
_OF_THE_LIBRARY = {"Disconnected during message iteration": ENDED}


class Broken(aiomqtt.MqttError):
    """The connection is of no use, and its text says why, in words for people."""


def code_of(error: BaseException) -> int | None:
    """MQTT's reason code for it, where the broker gave one."""
    return next((r.value for cause in _causes(error) if (r := _reason(cause))), None)


def words_of(reason: ReasonCode) -> str:
    """What the broker means by it."""
    context = (reason.packetType, reason.value)
    return IN_CONTEXT.get(context) or REASONS.get(reason.value, REASONS[0x83])


def why(error: BaseException) -> str:
    """In a few words."""
    for cause in _causes(error):
        if words := _words(cause):
            return words
    if is_silence(error):
        return SILENCE
    if isinstance(error, aiomqtt.MqttCodeError):
        return BROKEN
    text = " ".join(str(error).split())
    return _OF_THE_LIBRARY.get(text, text) or type(error).__name__


def is_silence(error: BaseException) -> bool:
    """Nothing was heard; else there was an end that could be seen."""
    texts = [str(cause) for cause in _causes(error)]
    return any(text == SILENCE or "timed out" in text for text in texts)


def _words(cause: BaseException) -> str:
    """Of this one alone; empty: it says nothing that people understand."""
    if reason := _reason(cause):
        return words_of(reason)
    match cause:
        case Broken():
            return str(cause)
        case InputError():
            return f"{cause.where}: {cause.what}"
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
            return SILENCE
        case OSError() if cause.strerror:
            return cause.strerror.lower()
        case UnicodeError() if "idna" in str(cause):
            return "that is no name of a computer"
    return ""


def _reason(cause: BaseException) -> ReasonCode | None:
    reason = cause.rc if isinstance(cause, aiomqtt.MqttCodeError) else None
    return reason if isinstance(reason, ReasonCode) else None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, and those that it came from: aiomqtt keeps only the text of some."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
