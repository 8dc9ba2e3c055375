# SPDX-License-Identifier: MIT
"""Why a connection fails, in words that say what to look at."""

from __future__ import annotations

import socket
import ssl

import aiomqtt
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from upturn.errors import InputError
from upturn.sinks.mqtt.words import REASONS, REFUSALS, TAKEN_OVER, code_of, why


def wrapped(cause: Exception) -> aiomqtt.MqttError:
    """As aiomqtt hands it on: only its text, the cause out of sight."""
    error = aiomqtt.MqttError(str(cause))
    error.__context__ = cause
    return error


def refused(code: int) -> aiomqtt.MqttError:
    return aiomqtt.MqttCodeError(ReasonCode(PacketTypes.CONNACK, identifier=code))


@pytest.mark.parametrize("code", [0x85, 0x86, 0x97])
def test_what_the_broker_says_is_said_in_words(code: int) -> None:
    assert why(refused(code)) == REASONS[code]
    assert code_of(refused(code)) == code


def test_what_a_broker_says_means_more_where_it_says_it() -> None:
    assert why(refused(0x87)) == REASONS[0x86]
    denied = ReasonCode(PacketTypes.PUBACK, identifier=0x87)
    assert why(aiomqtt.MqttCodeError(denied)) == REASONS[0x87]
    ended = ReasonCode(PacketTypes.DISCONNECT, identifier=0x80)
    assert "look whether another client uses" in why(aiomqtt.MqttCodeError(ended))


def test_a_reason_is_found_behind_the_end_of_the_messages() -> None:
    code = ReasonCode(PacketTypes.DISCONNECT, identifier=TAKEN_OVER)
    error = aiomqtt.MqttError("Disconnected during message iteration")
    error.__cause__ = aiomqtt.MqttCodeError(code, "Unexpected disconnection")
    assert why(error) == (
        "another client uses this computer's name at the broker: give each its own [mqtt] id"
    )


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "nothing listens there"),
        (ConnectionResetError(104, "Connection reset by peer"), "it hangs up without an answer:"),
        (socket.gaierror(-2, "Name or service not known"), "there is no computer of that name"),
        (TimeoutError("timed out"), "it does not answer"),
        (OSError(113, "No route to host"), "no route to host"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] x"), "no secure connection: [SSL: WRONG_"),
    ],
)
def test_what_the_network_says_is_said_in_words(cause: Exception, words: str) -> None:
    assert why(wrapped(cause)).startswith(words)


def test_a_file_that_cannot_be_used_is_named_without_what_to_do_about_it() -> None:
    error = InputError("there is no such file", where="ca.pem", remedy="Look at [mqtt.tls]")
    error.__context__ = FileNotFoundError(2, "No such file or directory")
    assert why(error) == "ca.pem: there is no such file"


def test_a_time_out_of_the_library_is_no_answer() -> None:
    assert why(aiomqtt.MqttError("Operation timed out")) == "it does not answer"


def test_what_nobody_foresaw_is_still_said_in_one_line() -> None:
    assert why(RuntimeError("it\n  broke")) == "it broke"
    assert why(KeyError()) == "KeyError"


def test_every_refusal_that_time_does_not_mend_has_words() -> None:
    assert set(REFUSALS) <= set(REASONS)
