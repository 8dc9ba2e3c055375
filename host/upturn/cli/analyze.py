# SPDX-License-Identifier: MIT
"""`upturn analyze FILE`: the summary of a recorded session, by the batch path where it can.

A recording of a link goes through the core as it is replayed: what its stream is may change on
the way, and the batch path takes a file as one.
"""

from __future__ import annotations

import argparse

from upturn.analysis.batch import analyze
from upturn.analysis.columns import columns_of
from upturn.cli.commands import Subparsers, command_parser
from upturn.cli.judging import add_file, is_of_a_link, open_judged_file, tell_summary
from upturn.cli.options import add_common
from upturn.errors import EXIT_DONE
from upturn.service.feeding import feed_chunk


def add_parser(subparsers: Subparsers) -> None:
    parser = command_parser(
        subparsers, "analyze", epilog="Takes the flags of replay; with --json one object."
    )
    add_file(parser)
    add_common(parser)


def run(args: argparse.Namespace) -> int:
    judged = open_judged_file(args)
    if is_of_a_link(judged.source):
        pipeline = judged.pipeline()
        for chunk in judged.source.chunks(paced=False):
            feed_chunk(pipeline, chunk)
        tell_summary(args, pipeline, of_a_link=True)
        return EXIT_DONE
    columns = columns_of(judged.source)
    analyzed = analyze(judged.info, judged.profile, judged.device, columns)
    tell_summary(args, analyzed, of_a_link=False)
    return EXIT_DONE
