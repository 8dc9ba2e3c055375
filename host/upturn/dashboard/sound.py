# SPDX-License-Identifier: MIT
"""What the dashboard asks of whoever plays the alarms' sound, and nothing else.

As with a `Feed`, every method returns at once and raises nothing.
"""

from __future__ import annotations

from typing import Protocol


class SoundControl(Protocol):
    def words(self) -> str:
        """What plays sound here ("Built-in speakers"); empty while nothing does."""
        ...

    def test_tone(self) -> str | None:
        """Play the tone that a person confirms; None when it plays, else why it does not."""
        ...

    def confirm(self) -> str | None:
        """A person has heard it; None when that counts, else why it does not."""
        ...

    def needs_confirming(self) -> bool:
        """Nobody has said yet that the tone was heard."""
        ...
