# SPDX-License-Identifier: MIT
"""Speech as samples, there before it is wanted: rendered ahead in a thread, and kept.

The law: who asks for samples waits for nothing. What is not there yet is not said now, but is
there the next time. Nothing here is an alarm: without a voice the tones go on, and `problem` says
why there is none.
"""

from __future__ import annotations

import io
import logging
import queue
import threading
import time
import wave
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from upturn.sinks.sound.phrases import Phrase, Urgency
from upturn.sinks.sound.speakers import (
    PATIENCE_S,
    Found,
    SpeechError,
    find_engine,
    render,
)
from upturn.sinks.sound.synth import RATE_HZ, Samples

PEAK = 0.9
LOUDNESS = 0.2
"""Rms before the peaks are rounded off: engines leave speech at half of that, which is faint
beside a tone. Only the peaks are rounded, which costs no word."""
QUIET = 0.01
"""Of the peak: what is below it at either end is no speech, and time that a phrase has not."""
EDGE_S = 0.02
NAME_GAP_S = 0.12
"""Between a table's name and the words."""
URGENT_S = 2.7
"""Between two bursts of a high alarm there is no more room: an urgent phrase is said without the
table's name, if with it there is not enough. To whom it is not meant it does no harm."""
MAX_SPEECH_S = 15.0
RETRY_S = 30.0
"""A text that could not be rendered is not tried again sooner."""
FAREWELL_S = 2.0

_LOG = logging.getLogger("upturn.voice")
_LOG.addHandler(logging.NullHandler())
_LOG.propagate = False


class _Wanted(NamedTuple):
    text: str
    language: str
    rate_hz: int


class Speaker:
    """The voice of this computer. Every method may be called from any thread."""

    def __init__(
        self,
        find: Callable[[], Found] = find_engine,
        *,
        patience_s: float = PATIENCE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.problem = ""
        """In one line, why the voice does not work as it should; empty while it does."""
        self._patience_s = patience_s
        self._clock = clock
        self._lock = threading.Lock()
        self._ready: dict[_Wanted, Samples] = {}
        self._asked: set[_Wanted] = set()
        self._failed_s: dict[_Wanted, float] = {}
        self._queue: queue.SimpleQueue[_Wanted | None] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._found: Found | None = None
        try:
            self._found = find()
        except SpeechError as error:
            self.problem = f"voice: {error}"

    def prepare(self, texts: Iterable[str], language: str, rate_hz: int = RATE_HZ) -> None:
        """Have these texts rendered, in this order; say it as often as you like."""
        if self._found is None:
            return
        now_s = self._clock()
        with self._lock:
            if self._stop.is_set():
                return
            for text in texts:
                wanted = _Wanted(text, language, rate_hz)
                failed_s = self._failed_s.get(wanted, now_s - RETRY_S)
                if wanted not in self._asked and now_s - failed_s >= RETRY_S:
                    self._asked.add(wanted)
                    self._queue.put(wanted)
            if self._asked and self._thread is None:
                self._thread = threading.Thread(target=self._work, name="voice", daemon=True)
                self._thread.start()

    def samples(self, text: str, language: str, rate_hz: int = RATE_HZ) -> Samples | None:
        """Mono, in [-1, 1], at once; None where they are not there, which is logged."""
        found = self._ready.get(_Wanted(text, language, rate_hz))
        if found is None:
            _LOG.info("not rendered yet: %s", text)
            self.prepare((text,), language, rate_hz)
        return found

    def ready(self, text: str, language: str, rate_hz: int = RATE_HZ) -> bool:
        return _Wanted(text, language, rate_hz) in self._ready

    def spoken(self, phrase: Phrase, language: str, rate_hz: int = RATE_HZ) -> Samples | None:
        """A phrase with its table's name; None where the words, or a name that is needed, are not
        there.
        """
        *name, words = (self.samples(part, language, rate_hz) for part in phrase.parts(language))
        if words is None or not name:
            return words
        urgent = phrase.spec.urgency is Urgency.NOW
        if name[0] is None:
            return words if urgent else None
        gap = np.zeros(round(NAME_GAP_S * rate_hz), np.float32)
        named = np.concatenate([name[0], gap, words])
        return words if urgent and len(named) > URGENT_S * rate_hz else named

    def close(self) -> None:
        """Render nothing more."""
        with self._lock:
            self._stop.set()
            self._queue.put(None)
            thread = self._thread
        if thread is not None:
            thread.join(FAREWELL_S)

    def _work(self) -> None:
        while (wanted := self._queue.get()) is not None and not self._stop.is_set():
            assert self._found is not None
            name = self._found.engine.program
            problem = ""
            try:
                samples = self._made(self._found, wanted)
            except SpeechError as error:
                problem = f"voice: {name}: {error}"
            except Exception as fault:  # noqa: BLE001 - without a voice the tones go on
                problem = f"voice: {name}: {type(fault).__name__}: {fault}"
            else:
                self._ready[wanted] = samples
            self._note(wanted, problem)

    def _note(self, wanted: _Wanted, problem: str) -> None:
        with self._lock:
            if problem:
                self._asked.discard(wanted)
                self._failed_s[wanted] = self._clock()
                self.problem = problem
            else:
                self._failed_s.pop(wanted, None)
                if not self._failed_s:
                    self.problem = ""
        if problem:
            _LOG.warning("%s (%s)", problem, wanted.text)

    def _made(self, found: Found, wanted: _Wanted) -> Samples:
        wav = render(
            found, wanted.text, wanted.language, stop=self._stop, patience_s=self._patience_s
        )
        samples, rate_hz = decoded(wav)
        return levelled(resampled(trimmed(samples, rate_hz), rate_hz, wanted.rate_hz))


def decoded(wav: bytes) -> tuple[Samples, int]:
    """The samples of a WAV file, mono, and their rate.

    Raises:
        SpeechError: it is none that an engine of ours should write, or it is silent.
    """
    try:
        with wave.open(io.BytesIO(wav)) as file:
            channels, width, rate_hz = (
                file.getnchannels(),
                file.getsampwidth(),
                file.getframerate(),
            )
            raw = file.readframes(file.getnframes())
    except (wave.Error, EOFError):
        raise SpeechError("wrote no WAV file") from None
    if width != 2 or channels not in (1, 2) or not 8000 <= rate_hz <= 192_000:
        raise SpeechError(f"wrote {channels} channels of {8 * width} bits at {rate_hz} Hz")
    frames = len(raw) // (width * channels)
    if frames > MAX_SPEECH_S * rate_hz:
        raise SpeechError(f"wrote {frames / rate_hz:.0f} s for a phrase")
    whole = np.frombuffer(raw, "<i2", frames * channels).reshape(frames, channels)
    samples = whole.mean(axis=1, dtype=np.float32) / np.float32(32768)
    if not np.any(samples):
        raise SpeechError("wrote silence")
    return samples.astype(np.float32), rate_hz


def trimmed(samples: Samples, rate_hz: int) -> Samples:
    """With no more than a moment of silence before and after, and no less."""
    loud = np.flatnonzero(np.abs(samples) > QUIET * np.abs(samples).max())
    edge = round(EDGE_S * rate_hz)
    return np.pad(samples, edge)[loud[0] : loud[-1] + 1 + 2 * edge]


def levelled(samples: Samples) -> Samples:
    """As loud as every other phrase of every engine, and never above `PEAK`."""
    rms = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
    louder: Samples = np.tanh(samples * np.float32(LOUDNESS / rms / PEAK))
    return louder * np.float32(PEAK)


def resampled(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """At another rate, by its spectrum: a phrase begins and ends in silence, so nothing wraps."""
    if from_hz == to_hz:
        return samples
    count = round(len(samples) * to_hz / from_hz)
    spectrum = np.fft.rfft(samples)[: count // 2 + 1]
    moved: Samples = np.fft.irfft(spectrum, count).astype(np.float32)
    moved *= count / len(samples)
    return moved
