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
from upturn.sinks.mqtt.words import (
    ENDED,
    REASONS,
    REFUSALS,
    TAKEN_OVER,
    Broken,
    code_of,
    is_silence,
    why,
)


def wrapped(cause: Exception) -> aiomqtt.MqttError:
    """As aiomqtt hands it on: only its text, the cause out of sight."""
    error = aiomqtt.MqttError(str(cause))
    error.__context__ = cause
    return error


def refused(code: int) -> aiomqtt.MqttError:
    return aiomqtt.MqttCodeError(ReasonCode(PacketTypes.CONNACK, identifier=code))


def refused_later(code: int) -> aiomqtt.MqttError:
    return aiomqtt.MqttCodeError(ReasonCode(PacketTypes.DISCONNECT, identifier=code))


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


@pytest.mark.parametrize("code", [c for c in ReasonCode.names if c >= 0x80])
def test_whatever_a_broker_says_has_words(code: int) -> None:
    assert set(REASONS) >= {code}


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".com"])
def test_a_host_that_cannot_be_is_no_name_of_a_computer(host: str) -> None:
    with pytest.raises(UnicodeError) as raised:
        socket.getaddrinfo(host, 1883)
    assert why(raised.value) == "that is no name of a computer"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (aiomqtt.MqttError("Disconnected during message iteration"), ENDED),
        (refused_later(0x04), ENDED),
        (aiomqtt.MqttCodeError(4, "Could not publish message"), "the connection is broken"),
        (Broken("it rains"), "it rains"),
    ],
)
def test_nothing_is_said_in_the_words_of_a_library(error: Exception, words: str) -> None:
    assert why(error) == words


def test_the_reason_is_said_and_not_what_it_led_to() -> None:
    error = aiomqtt.MqttCodeError(4, "Could not publish message")
    error.__cause__ = Broken("it rains")
    assert why(error) == "it rains"


@pytest.mark.parametrize("text", ["Operation timed out", "it does not answer"])
def test_silence_is_known_from_behind_the_end_of_the_messages(text: str) -> None:
    error = aiomqtt.MqttError("Disconnected during message iteration")
    error.__cause__ = aiomqtt.MqttError(text)
    assert (is_silence(error), why(error)) == (True, "it does not answer")


def test_a_time_out_of_the_library_is_no_answer() -> None:
    assert why(aiomqtt.MqttError("Operation timed out")) == "it does not answer"


def test_what_nobody_foresaw_is_still_said_in_one_line() -> None:
    assert why(RuntimeError("it\n  broke")) == "it broke"
    assert why(KeyError()) == "KeyError"


def test_every_refusal_that_time_does_not_mend_has_words() -> None:
    assert set(REFUSALS) <= set(REASONS)
