# SPDX-License-Identifier: MIT
"""A host with one table that goes on telling, in a thread, what the test says that is so.

with Told(broker) as host:
    host.snapshot = inverted(48.0)
    host.falls_silent()
"""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self

from tests.dashboard.scenes import CALM
from tests.mosquitto import Mosquitto
from tests.mqtt_listener import Listener
from tests.remote.said import HOST, NODE, alarms_bytes, owner_bytes, state_bytes
from upturn.core.snapshot import Snapshot

TOLD_S = 0.3


class Told:
    def __init__(self, broker: Mosquitto, snapshot: Snapshot = CALM) -> None:
        self.snapshot = snapshot
        self._broker = broker
        self._silent = threading.Event()
        self._thread = threading.Thread(target=self._tell, name="host", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.falls_silent()

    def falls_silent(self) -> None:
        self._silent.set()
        self._thread.join()

    def _tell(self) -> None:
        with Listener(self._broker, "nothing") as home:
            home.publish(f"upturn/{NODE}/owner", owner_bytes(), retain=True)
            home.publish(f"upturn/{HOST}/availability", b"online", retain=True)
            while not self._silent.wait(TOLD_S):
                now_s, snapshot = time.monotonic(), self.snapshot
                alarms = alarms_bytes(now_s, snapshot)
                home.publish(f"upturn/{NODE}/alarms", alarms, retain=True)
                home.publish(f"upturn/{NODE}/state", state_bytes(now_s, snapshot), qos=0)
