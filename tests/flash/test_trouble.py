# SPDX-License-Identifier: MIT
"""Every complaint that the table knows is one that the programs make, and gets its line."""

from __future__ import annotations

import importlib.metadata
import re

import pytest

from upturn.flash.trouble import CABLE, HOLD, TROUBLES, explained

SAID = {
    "'flash-id' command is not available in Secure Download Mode.": "the chip takes only what",
    "This chip is ESP32-S3, not ESP32. Wrong chip argument?": "the chip is not the one",
    "[Errno 13] could not open port /dev/x: [Errno 13] Permission denied": "you may not use",
    "Could not open /dev/x, the port is busy or doesn't exist.": "the port is busy or gone",
    "mpremote: failed to access /dev/x (it may be in use by another program)": "the port is busy",
    "device reports readiness to read but returned no data": "the port went away half way",
    "OSError: [Errno 5] Input/output error": "the port went away half way",
    "Failed to connect to ESP32: No serial data received.": "the chip does not listen",
    "Wrong boot mode detected (0x13)!": "the chip does not listen",
    "A fatal error occurred: The chip stopped responding.": "what goes over the cable",
    "Serial data stream stopped: Possible serial noise or corruption.": "what goes over",
    "MD5 of file does not match data in flash!": "the flash does not hold",
    "will not fit in 2097152 bytes of flash": "the board's flash is too small",
    "OSError: [Errno 28] ENOSPC": "the board has no room left",
    "could not enter raw repl": "MicroPython's prompt does not answer",
}
"""What is said -> how its line begins."""
FROM_SOURCES = {
    "esptool": (
        "in Secure Download Mode.",
        "This chip is ",
        "the port is busy or doesn't exist",
        "Wrong boot mode detected",
        "Failed to connect to",
        "The chip stopped responding",
        "Serial data stream stopped",
        "Invalid head of packet",
        "MD5 of file does not match",
        "will not fit in",
        "the written flash region is empty",
    ),
    "mpremote": (
        "could not enter raw repl",
        "could not exec command",
        "could not complete raw paste",
        "it may be in use by another",
        "timeout waiting for first EOF",
    ),
}


@pytest.mark.parametrize("said", SAID)
def test_a_complaint_gets_its_line(said: str) -> None:
    assert explained("esptool", said).what.startswith(SAID[said])


def test_every_row_is_exercised() -> None:
    met = {next(row for row in TROUBLES if re.search(row.words, said)) for said in SAID}
    assert met == set(TROUBLES)
    assert all(row.what and row.remedy and "." not in row.what for row in TROUBLES)


@pytest.mark.parametrize("program", FROM_SOURCES)
def test_the_programs_do_say_so(program: str) -> None:
    files = importlib.metadata.files(program) or []
    sources = "".join(f.read_text() for f in files if f.suffix == ".py")
    assert [words for words in FROM_SOURCES[program] if words not in sources] == []


def test_what_nobody_knows_is_quoted_in_one_line() -> None:
    error = explained("esptool", "Traceback\n  File x\nKeyError:   'a'\n\n")
    assert str(error) == (
        "esptool failed: KeyError: 'a'. Try again; if it stays, report it with the whole of what "
        "is said"
    )
    assert str(explained("mpremote", "")).startswith("mpremote failed: it gives no reason. ")


def test_the_remedies_name_what_to_hold_and_which_cable() -> None:
    assert "BOOT" in HOLD
    assert "RESET" in HOLD
    assert "carries data" in CABLE
