# SPDX-License-Identifier: MIT
"""A stream that never ends, and what plays in it: silence, or one sound at a time.

One thread says what to play, another, the device's, reads. A sound that is broken off fades in a
few milliseconds, under the one that follows it, so that nothing clicks.
"""

from __future__ import annotations

import threading

import numpy as np

from upturn.sinks.sound.synth import RATE_HZ, Samples

FADE_S = 0.008
_NOTHING: Samples = np.zeros(0, dtype=np.float32)
_FADE: Samples = np.linspace(1.0, 0.0, round(FADE_S * RATE_HZ), dtype=np.float32)


class Stream:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._playing = _NOTHING
        self._fading = _NOTHING

    def play(self, samples: Samples) -> None:
        """From the next read on, in place of what plays now."""
        with self._lock:
            self._break_off()
            self._playing = samples

    def cut(self) -> None:
        """Nothing from now on."""
        with self._lock:
            self._break_off()

    def read(self, frames: int) -> Samples:
        """What comes next, as many as asked for."""
        out = np.zeros(frames, dtype=np.float32)
        with self._lock:
            for heard in (self._playing, self._fading):
                now = heard[:frames]
                out[: now.size] += now
            self._playing = self._playing[frames:]
            self._fading = self._fading[frames:]
        # A fade under a loud beginning may pass full scale for a moment.
        return np.clip(out, -1.0, 1.0, out=out)

    def _break_off(self) -> None:
        tail = self._playing[: _FADE.size]
        tail = tail * _FADE[: tail.size]
        if self._fading.size > tail.size:  # it was broken off twice in a moment
            tail = np.pad(tail, (0, self._fading.size - tail.size))
        tail[: self._fading.size] += self._fading
        self._fading = tail
        self._playing = _NOTHING
