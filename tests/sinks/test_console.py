# SPDX-License-Identifier: MIT
"""The text sink: one line an event, written at once."""

from __future__ import annotations

import asyncio
import io
import threading
import time

import pytest

from upturn.core.events import Noted, SignalChanged, Summary, to_json
from upturn.core.limits import STANDARD
from upturn.core.pipeline import Pipeline
from upturn.core.sample import StreamInfo
from upturn.sinks.console import Console
from upturn.sinks.text import summary_lines

LOST = SignalChanged(2.0, True, 2.0)
SUM = Summary(9.0, 10, 0, 9.0, 0, 0.0, 0.0, -80.0, "standard")
NOTE = Noted(3.0, "x")


class Stream(io.StringIO):
    """Counts what was flushed."""

    flushed = ""

    def flush(self) -> None:
        self.flushed = self.getvalue()


@pytest.mark.parametrize(
    ("as_json", "text"),
    [
        (
            False,
            (
                "      2.00 s       signal     lost, 2.0 s since the last sample\n"
                "      3.00 s       note       seen upright\n"
            ),
        ),
        (True, '{"t_s": 2.000, "kind": "signal", "state": "lost", "gap_s": 2.000}\n'),
    ],
)
async def test_every_event_is_a_line_that_is_out_at_once(as_json: bool, text: str) -> None:
    stream = Stream()
    console = Console(stream, as_json=as_json)
    await console.event(SignalChanged(2.0, True, 2.0))
    await console.event(Noted(3.0, "seen upright"))
    assert stream.flushed == text


async def test_tables_that_share_a_stream_have_their_name_in_each_line() -> None:
    stream = Stream()
    for as_json in (False, True):
        console = Console(stream, as_json=as_json)
        await console.of("den", 5).event(LOST)
        await console.of('the "loft"', 5).event(LOST)
        await console.of("den", 5).summary(SUM)
        await console.event(LOST)
    lost = "      2.00 s       signal     lost, 2.0 s since the last sample"
    fields = '"t_s": 2.000, "kind": "signal", "state": "lost", "gap_s": 2.000}'
    assert stream.flushed.splitlines() == [
        f"den    {lost}",
        f'the "loft"  {lost}',
        *(f"den    {text}" for text in summary_lines(SUM)),
        lost,
        f'{{"node": "den", {fields}',
        f'{{"node": "the \\"loft\\"", {fields}',
        f'{{"node": "den", {(to_json(SUM) or "")[1:]}',
        f"{{{fields}",
    ]


async def test_a_reading_is_not_written() -> None:
    stream = Stream()
    console = Console(stream, as_json=False)
    await console.reading(Pipeline(StreamInfo(), STANDARD).snapshot(0.0))
    assert stream.getvalue() == ""


async def test_a_reader_that_has_gone_is_the_end() -> None:
    class Gone(Stream):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    console = Console(Gone(), as_json=False)
    with pytest.raises(console.fatal):
        await console.event(NOTE)
    assert console.gone


def test_a_reader_that_never_reads_does_not_keep_the_process() -> None:
    """The loop ends while the write still waits."""
    freed = threading.Event()

    class Stuck(Stream):
        def write(self, text: str) -> int:
            freed.wait(10.0)
            return len(text)

    async def say() -> bool:
        try:
            await asyncio.wait_for(Console(Stuck(), as_json=False).event(NOTE), 0.01)
        except TimeoutError:
            return not freed.is_set()
        return False

    began_s = time.monotonic()
    assert asyncio.run(say())
    assert time.monotonic() - began_s < 5.0
    freed.set()
