# SPDX-License-Identifier: MIT
"""`upturn COMMAND`: find the command, run it, and turn whatever goes wrong into one line.

Only the module of the command given is imported, so that the small ones start at once. People's
text goes to stdout, problems to stderr; a traceback is shown only where UPTURN_DEBUG=1 asks. The
law: no login that stood in the wrong place is quoted, whatever the message quotes besides.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import io
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import NoReturn, cast

from upturn import __version__
from upturn.cli.commands import COMMANDS, CommandModule, Parser
from upturn.cli.stderr import write_line
from upturn.errors import (
    EXIT_DONE,
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_USAGE,
    InputError,
    UpturnError,
    without_login,
)

DEBUG_VARIABLE = "UPTURN_DEBUG"
NOTICE = "An aid for a user and a spotter. Not a medical device."


def entry() -> NoReturn:
    """As `main`, with the process's own streams set up; `upturn.start` has set up the signals."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a degree sign
    sys.exit(main())


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code; nothing is raised."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    return _guarded(lambda: _run(arguments))


def _run(arguments: list[str]) -> int:
    name = next((word for word in arguments if not word.startswith("-")), None)
    if name is not None and name not in COMMANDS:
        near = difflib.get_close_matches(name, COMMANDS, n=1)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        raise InputError(f"there is no command {name!r}", remedy=f"{hint}See 'upturn --help'")
    parser, command = _parser(name)
    args, unknown = parser.parse_known_args(arguments)
    if unknown:
        prog = f"upturn {name}" if name else "upturn"
        named = without_login(unknown[0]).partition("=")[0]  # what follows may be a password
        raise InputError(f"unknown argument {named!r}", remedy=f"See '{prog} --help'")
    if command is None:
        parser.print_help(sys.stderr)
        return EXIT_USAGE
    code = command.run(args)
    if sys.stdout is not None:  # it is None where the caller closed it
        sys.stdout.flush()
    return code


def _parser(name: str | None) -> tuple[Parser, CommandModule | None]:
    """A parser that knows all commands by name, and the one called `name` in full."""
    width = max(map(len, COMMANDS)) + 2
    listed = "\n".join(f"  {known:<{width}}{row.help}" for known, row in COMMANDS.items())
    parser = Parser(
        prog="upturn",
        usage="upturn COMMAND ...",
        description="A safety monitor for inversion tables.",
        epilog=f"commands:\n{listed}\n\n'upturn COMMAND --help' tells more. {NOTICE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"upturn {__version__}")
    subparsers = parser.add_subparsers(prog="upturn", metavar="COMMAND", help=argparse.SUPPRESS)
    chosen: CommandModule | None = None
    for known, command in COMMANDS.items():
        if known == name:
            chosen = cast("CommandModule", importlib.import_module(command.module))
            chosen.add_parser(subparsers)
        else:
            subparsers.add_parser(known, add_help=False)
    return parser, chosen


def _guarded(act: Callable[[], int]) -> int:
    try:
        return act()
    except UpturnError as error:
        _say(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except SystemExit as end:  # argparse's --help and --version
        return end.code if isinstance(end.code, int) else EXIT_DONE
    except BrokenPipeError:  # whoever read the output has gone, as `head` does
        _drop_output()
        return EXIT_FAILED
    except OSError as error:
        _drop_output()
        subject = "cannot write" if error.filename is None else error.filename
        _say(f"{subject}: {error.strerror or error}")
        return _fault(error)
    except Exception as error:
        text = " ".join(str(error).split())
        _say(
            f"internal fault: {type(error).__name__}: {text}. "
            f"Run with {DEBUG_VARIABLE}=1 for the traceback, and report it"
        )
        return _fault(error)


def _fault(error: Exception) -> int:
    if os.environ.get(DEBUG_VARIABLE) == "1":
        told = "".join(traceback.format_exception(error))
        print(without_login(told), end="", file=sys.stderr)
    return EXIT_FAILED


def _say(problem: str) -> None:
    write_line(" ".join(problem.splitlines()))


def _drop_output() -> None:
    """Nothing more can be written; the interpreter would try, and complain, at its exit."""
    try:
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, sys.stdout.fileno())
        os.close(sink)
    except (OSError, ValueError):  # no real stdout, as under a test
        return
