# SPDX-License-Identifier: MIT
"""That the computer of a run stays awake, or why it may not: said once, and told to every core."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from upturn.cli.cores import Cores
from upturn.cli.stderr import write_line
from upturn.core.commands import Command, KeptAwake
from upturn.service.inhibit import Awake


class Wakefulness:
    """Nothing is known of it yet, and nothing ever where nobody is to be kept awake."""

    def __init__(self) -> None:
        self.cores = Cores(self.state)
        self._stands: Awake | None = None

    def changed(self, stands: Awake) -> None:
        """Inside the loop that runs the cores."""
        self._stands = stands
        # In a thread: stderr may take nothing, and the watch goes on.
        said = f"sleep: {stands.words}"
        threading.Thread(target=write_line, args=(said,), name="awake", daemon=True).start()
        self.cores.tell(self.state())

    def state(self) -> Iterator[Command]:
        """What a core that begins has to know."""
        if self._stands is not None:
            yield KeptAwake(self._stands.held, self._stands.words)
