# SPDX-License-Identifier: MIT
"""Golden timelines: what the core says of every trace, in lines that a reviewer can read.

python -m tests.golden.timelines     writes them anew; the diff is the review
"""

from __future__ import annotations

from pathlib import Path

from upturn.core.limits import STANDARD
from upturn.core.pipeline import Pipeline
from upturn.sinks.text import line, summary_lines
from upturn.transports.replay import open_file

GOLDEN = Path(__file__).parent
TRACES = GOLDEN.parent / "traces"


def traces() -> list[Path]:
    return sorted([*TRACES.glob("*.csv.gz"), *TRACES.glob("*.jsonl.gz")])


def golden_of(trace: Path) -> Path:
    return GOLDEN / f"{trace.name.split('.')[0]}.txt"


def timeline(trace: Path) -> str:
    """The events of a trace and its summary, as text."""
    source = open_file(trace)
    pipeline = Pipeline(source.info, STANDARD)
    events = []
    for chunk in source.chunks(paced=False):
        events += pipeline.feed(chunk.samples)
        for command in chunk.commands:
            events += pipeline.command(command, chunk.at_s)
    return "\n".join([*map(line, events), *summary_lines(pipeline.summary())]) + "\n"


def main() -> None:
    for path in GOLDEN.glob("*.txt"):
        path.unlink()
    for trace in traces():
        golden_of(trace).write_text(timeline(trace))


if __name__ == "__main__":
    main()
