# SPDX-License-Identifier: MIT
"""The command line as a whole: what is listed, what is refused, and how each end is told."""

from __future__ import annotations

import importlib
import io
import json
import os
import signal
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable
from contextlib import redirect_stderr
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upturn import __version__
from upturn.cli import profiles
from upturn.cli.commands import COMMANDS, CommandModule
from upturn.cli.main import main
from upturn.errors import InputError, RunError

Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch

UPTURN = [sys.executable, "-m", "upturn"]
KEPT = "0sekret0"
BUFFERED = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
"""Output is then written at the end, where a fault would be the interpreter's to tell."""


def ending(monkeypatch: Patch, end: Callable[[], int]) -> int:
    """The exit code of a command that ends like `end`."""
    monkeypatch.setattr(profiles, "run", lambda _args: end())
    return main(["profiles"])


def raising(error: BaseException) -> Callable[[], int]:
    def end() -> int:
        raise error

    return end


def test_help_lists_every_command_in_one_line(capsys: Capture) -> None:
    assert main(["--help"]) == 0
    out = capsys.readouterr().out.splitlines()
    for name, command in COMMANDS.items():
        assert f"  {name:<14}{command.help}" in out


def test_no_command_at_all_is_bad_usage_and_shows_the_help(capsys: Capture) -> None:
    assert main([]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("usage: upturn COMMAND ...\n")


def test_the_version_is_the_packages(capsys: Capture) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"upturn {__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, capsys: Capture) -> None:
    assert main([name, "--help"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"usage: upturn {name} ")
    assert COMMANDS[name].help[1:] in " ".join(out.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_module_that_runs(name: str) -> None:
    module: CommandModule = importlib.import_module(COMMANDS[name].module)
    assert callable(module.add_parser)
    assert callable(module.run)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("replya x", "there is no command 'replya'. Did you mean 'replay'? See 'upturn --help'"),
        ("xyzzy", "there is no command 'xyzzy'. See 'upturn --help'"),
        ("--fast", "unknown argument '--fast'. See 'upturn --help'"),
        ("profiles --fast", "unknown argument '--fast'. See 'upturn profiles --help'"),
        ("profiles more", "unknown argument 'more'. See 'upturn profiles --help'"),
        ("profiles --js", "unknown argument '--js'. See 'upturn profiles --help'"),
        (
            "profiles --profile",
            "argument --profile: expected one argument. See 'upturn profiles --help'",
        ),
        (
            "profiles --profile none",
            (
                "--profile: there is no profile 'none'. "
                "Known profiles: first-time, standard, sixty-degree, extended"
            ),
        ),
        ("check-config none.toml", "none.toml: there is no such file"),
    ],
)
def test_bad_usage_is_one_line_and_exit_2(line: str, told: str, capsys: Capture) -> None:
    assert main(line.split()) == 2
    assert capsys.readouterr() == ("", f"upturn: {told}\n")


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (InputError("is empty", where="a.csv", remedy="Add rows"), 2, "a.csv: is empty. Add rows"),
        (RunError("the disk is full"), 1, "the disk is full"),
        (FileNotFoundError(2, "No such file", "a.csv"), 1, "a.csv: No such file"),
        (
            ZeroDivisionError("by\nzero"),
            1,
            (
                "internal fault: ZeroDivisionError: by zero. "
                "Run with UPTURN_DEBUG=1 for the traceback, and report it"
            ),
        ),
    ],
)
def test_a_command_that_fails_says_so_in_one_line(
    error: Exception, code: int, told: str, monkeypatch: Patch, capsys: Capture
) -> None:
    assert ending(monkeypatch, raising(error)) == code
    assert capsys.readouterr() == ("", f"upturn: {told}\n")


ADDRESS = "mqtt://me:0sekret0@h"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([ADDRESS], "there is no command 'mqtt://...@h'. See 'upturn --help'"),
        (
            ["--mqtt", ADDRESS, "demo"],
            "there is no command 'mqtt://...@h'. See 'upturn --help'",
        ),
        (
            ["demo", ADDRESS],
            "unknown argument 'mqtt://...@h'. See 'upturn demo --help'",
        ),
        (
            ["demo", "mqtt://me:0sek=ret0@h"],
            "unknown argument 'mqtt://...@h'. See 'upturn demo --help'",
        ),
        (
            ["demo", f"--mqqt={ADDRESS}"],
            "unknown argument '--mqqt'. See 'upturn demo --help'",
        ),
        (
            ["demo", "me:0sekret0@h"],
            "unknown argument '...@h'. See 'upturn demo --help'",
        ),
        (
            ["demo", f"--broker={ADDRESS}"],
            (
                "argument --broker: ignored explicit argument 'mqtt://...@h'. "
                "See 'upturn demo --help'"
            ),
        ),
        (
            ["demo", "--speed", ADDRESS],
            (
                "argument --speed: 'mqtt://...@h' is neither a number above 0 nor 'max'. "
                "See 'upturn demo --help'"
            ),
        ),
        (
            ["demo", "--mqtt", "mqtt://me:0sekret0@h/"],
            (
                "--mqtt: has more than an address; in a password / is %2F, ? is %3F and # is %23. "
                "Allowed: mqtt[s]://[USER[:PASSWORD]@]HOST[:PORT]"
            ),
        ),
        (["check-config", ADDRESS], "mqtt:/...@h: there is no such file"),
        (
            ["profiles", "--profile", ADDRESS],
            (
                "--profile: there is no profile 'mqtt://...@h'. "
                "Known profiles: first-time, standard, sixty-degree, extended"
            ),
        ),
    ],
)
def test_a_login_that_stands_in_the_wrong_place_is_not_told(
    words: list[str], told: str, capsys: Capture
) -> None:
    assert main(words) == 2
    assert capsys.readouterr() == ("", f"upturn: {told}\n")


WRONG_PLACES: tuple[Callable[[str], list[str]], ...] = (
    lambda address: [address],
    lambda address: ["demo", address],
    lambda address: ["demo", f"--broker={address}"],
    lambda address: ["run", "--headless", "--source", address],
    lambda address: ["run", "--headless", "--source", f"sim:{address}"],
    lambda address: ["demo", "--speed", address],
    lambda address: ["demo", "--config", address],
    lambda address: ["replay", address],
)
ANYTHING = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@given(st.sampled_from(WRONG_PLACES), ANYTHING, ANYTHING)
def test_whatever_a_password_is_beside_it_is_not_told(
    place: Callable[[str], list[str]], before: str, after: str
) -> None:
    with redirect_stderr(io.StringIO()) as err:
        assert main(place(f"mqtt://me:{before}{KEPT}{after}@h")) != 0
    assert err.getvalue().startswith("upturn: ")
    assert KEPT not in err.getvalue()


def test_a_login_that_a_quote_cuts_short_is_not_told(tmp_path: Path, capsys: Capture) -> None:
    config = tmp_path / "home.toml"
    config.write_text(f'[[node]]\nname = "t"\ndevice = "mqtt://me:{KEPT}{"x" * 40}@h"\n')
    assert main(["check-config", str(config)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"upturn: {config}:3: node[1].device is 'mqtt://...@. Allowed: ")


@pytest.mark.parametrize(
    "plain", ["mail a@b.home", "home.toml:4: x@y", "mqtt://h:1883: nothing listens", "a:b c@d"]
)
def test_what_is_no_login_is_told_as_it_is(
    plain: str, monkeypatch: Patch, capsys: Capture
) -> None:
    assert ending(monkeypatch, raising(RunError(plain))) == 1
    assert capsys.readouterr() == ("", f"upturn: {plain}\n")


def test_no_login_is_in_a_traceback(monkeypatch: Patch, capsys: Capture) -> None:
    monkeypatch.setenv("UPTURN_DEBUG", "1")
    assert ending(monkeypatch, raising(KeyError(ADDRESS))) == 1
    err = capsys.readouterr().err
    assert "KeyError: 'mqtt://...@h'\n" in err
    assert KEPT not in err


def test_an_internal_fault_shows_its_traceback_only_when_asked(
    monkeypatch: Patch, capsys: Capture
) -> None:
    monkeypatch.setenv("UPTURN_DEBUG", "1")
    assert ending(monkeypatch, raising(KeyError("x"))) == 1
    assert "Traceback" in capsys.readouterr().err


def test_ctrl_c_is_exit_130_and_quiet(monkeypatch: Patch, capsys: Capture) -> None:
    assert ending(monkeypatch, raising(KeyboardInterrupt())) == 130
    assert capsys.readouterr() == ("", "")


def test_a_commands_own_code_is_the_exit_code(monkeypatch: Patch) -> None:
    assert ending(monkeypatch, lambda: 1) == 1


def test_sigterm_ends_with_0(monkeypatch: Patch) -> None:
    assert ending(monkeypatch, raising(SystemExit(0))) == 0
    code = (
        "import os, signal, upturn.cli.profiles as p\n"
        "from upturn.start import entry\n"
        "p.run = lambda args: os.kill(os.getpid(), signal.SIGTERM)\n"
        "import sys; sys.argv = ['upturn', 'profiles']\n"
        "entry()\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


def test_a_reader_that_has_gone_ends_the_command_quietly() -> None:
    source, sink = os.pipe()
    os.close(source)
    ended = subprocess.run(
        [*UPTURN, "profiles"], stdout=sink, stderr=subprocess.PIPE, env=BUFFERED, check=False
    )
    os.close(sink)
    assert (ended.returncode, ended.stderr) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_output_that_cannot_be_written_is_told() -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [*UPTURN, "profiles"], stdout=full, stderr=subprocess.PIPE, env=BUFFERED, check=False
        )
    assert ended.returncode == 1
    assert ended.stderr == b"upturn: cannot write: No space left on device\n"


def test_a_closed_stdout_is_no_fault() -> None:
    ended = subprocess.run(
        ["sh", "-c", 'exec "$0" -m upturn profiles >&-', sys.executable],
        stderr=subprocess.PIPE,
        env=BUFFERED,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_a_terminal_without_a_degree_sign_still_shows_the_limits() -> None:
    ended = subprocess.run(
        [*UPTURN, "profiles"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert rb"60\xb0" in ended.stdout


@pytest.mark.parametrize("line", [["profiles"], ["check-config"], ["replay", "--help"]])
def test_a_small_command_starts_without_the_heavy_libraries(line: list[str]) -> None:
    code = (
        "import sys\n"
        "from upturn.cli.main import main\n"
        "main(sys.argv[1:])\n"
        "heavy = {'asyncio', 'numpy', 'textual'} & set(sys.modules)\n"
        "sys.exit(' '.join(heavy))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, *line], capture_output=True, text=True, check=False
    )
    assert ended.stderr.strip() == ""


def test_the_handler_of_the_process_is_left_alone_by_main() -> None:
    before = signal.getsignal(signal.SIGTERM)
    main(["--version"])
    assert signal.getsignal(signal.SIGTERM) is before


def test_json_of_every_listing_is_one_object_a_line(capsys: Capture) -> None:
    for name in ("profiles", "check-config"):
        assert main([name, "--json"]) == 0
        for line in capsys.readouterr().out.splitlines():
            assert json.loads(line)["kind"]


def test_the_module_table_names_no_module_twice() -> None:
    modules = [command.module for command in COMMANDS.values()]
    assert len(set(modules)) == len(modules)


def test_a_namespace_is_what_a_command_gets(monkeypatch: Patch) -> None:
    got: list[Namespace] = []

    def run(args: Namespace) -> int:
        got.append(args)
        return 0

    monkeypatch.setattr(profiles, "run", run)
    assert main(["profiles", "--json"]) == 0
    assert got == [Namespace(profile=None, config=None, json=True)]
