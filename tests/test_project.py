# SPDX-License-Identifier: MIT
"""The project's own promises: reasons, pins, contracts that bite, no trace of any machine."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from upturn import __version__
from upturn.cli.commands import COMMANDS

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PURE = ("core", "wire")
ALLOWED_IN_PURE = {
    "__future__",
    "array",
    "base64",
    "binascii",
    "bisect",
    "collections",
    "dataclasses",
    "enum",
    "functools",
    "heapq",
    "itertools",
    "json",
    "math",
    "operator",
    "struct",
    "types",
    "typing",
    "zlib",
}
SKIPPED_FOLDERS = {".git", ".venv", "node_modules", "__pycache__"}
MAX_TEXT_BYTES = 2_000_000


def project_files() -> Iterator[Path]:
    """Every file that is in the project: as git sees it, else all but hidden caches."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        yield from (ROOT / name for name in listed.stdout.split("\0") if name)
    else:
        for folder, folders, names in os.walk(ROOT):
            folders[:] = [n for n in folders if n not in SKIPPED_FOLDERS and "_cache" not in n]
            yield from (Path(folder) / name for name in names)


def project_texts() -> Iterator[tuple[Path, str]]:
    for path in project_files():
        if path.is_file() and path.stat().st_size <= MAX_TEXT_BYTES:
            raw = path.read_bytes()
            if b"\0" not in raw:
                yield path.relative_to(ROOT), raw.decode("utf-8", errors="replace")


def test_every_dependency_has_its_reason_beside_it() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for wanted in _dependencies():
        assert re.search(rf'^ +"{re.escape(wanted)}", *# \S+', text, re.MULTILINE), wanted


def test_every_lint_exception_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lint = text[text.index("[tool.ruff.lint]") : text.index("[tool.ruff.lint.pydocstyle]")]
    block_reason = False
    for line in lint.splitlines():
        rule = re.match(r' +"([A-Z]+[0-9]*)",( *# \S+.*)?$', line)
        if rule is None:
            block_reason = False
            continue
        block_reason = block_reason or rule[2] is not None
        assert block_reason, f"{rule[1]} is ignored without a reason"


def test_constraints_pin_versions_and_name_no_address() -> None:
    for line in _constraint_lines():
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.+!]*", line), line


def test_constraints_pin_every_direct_dependency_once() -> None:
    pinned = [_normal(line.partition("==")[0]) for line in _constraint_lines()]
    assert len(set(pinned)) == len(pinned)
    direct = {_normal(re.split(r"[<>=!~\[]", wanted)[0]) for wanted in _dependencies()}
    assert direct | {"hatchling", "editables"} <= set(pinned)


def test_no_file_names_a_registry_or_a_path_of_somebodys_machine() -> None:
    """The patterns are put together here, so that this file does not hold what it looks for."""
    hosts = [r"\.".join(host) for host in (["pypi", "org"], ["python" + "hosted", "org"])]
    hosts += [r"\.".join(host) for host in (["npmjs", "(?:org|com)"], ["deb", "debian", "org"])]
    folders = [f"/{name}/" for name in ("home", "Users", "root", "work")]
    options = [
        f"--{name}" for name in ("index" + "-url", "extra-index" + "-url", "find" + "-links")
    ]
    pattern = re.compile(
        "|".join([*hosts, *(rf"(?<![\w.~}}/-]){f}\w" for f in folders), *options])
    )
    found = [
        f"{path}:{number}: {line.strip()[:80]}"
        for path, text in project_texts()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]
    assert found == []


def test_every_python_file_says_its_licence_first() -> None:
    unmarked = [
        path
        for path, text in project_texts()
        if path.suffix == ".py" and not text.startswith("# SPDX-License-Identifier: MIT\n")
    ]
    assert unmarked == []


def test_no_module_of_the_program_is_overlong() -> None:
    long = {
        path: len(text.splitlines())
        for path, text in project_texts()
        if path.is_relative_to("host") and path.suffix == ".py" and len(text.splitlines()) > 600
    }
    assert long == {}


@pytest.mark.parametrize(
    "name",
    [
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "Makefile",
        "README.md",
        "firmware/README.md",
        "hardware/README.md",
    ],
)
def test_a_file_that_a_newcomer_looks_for_is_there(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8").strip()


def test_the_script_of_ci_can_be_run() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_readme_names_every_command_and_no_other() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `upturn ([a-z-]+)", text, re.MULTILINE)) == set(COMMANDS)
    assert set(re.findall(r"^upturn ([a-z-]+)", text, re.MULTILINE)) <= set(COMMANDS)


@pytest.mark.parametrize("document", ["README.md", "host/MANUAL.md"])
def test_the_configs_in_the_documents_are_accepted(document: str, tmp_path: Path) -> None:
    from upturn.config import load_config

    text = (ROOT / document).read_text(encoding="utf-8")
    parts = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    file = tmp_path / "readme.toml"
    file.write_text("".join(reversed(parts)), encoding="utf-8")
    config = load_config(file)
    assert config.profile == "careful"
    assert config.mqtt is not None


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{path}: {target}"
        for path, text in project_texts()
        if path.suffix == ".md"
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
        if "://" not in target and not (ROOT / path).parent.joinpath(target).exists()
    ]
    assert broken == []


def test_every_target_of_the_makefile_is_in_its_help() -> None:
    alone = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    shown = subprocess.run(
        ["make", "help"], cwd=ROOT, env=alone, capture_output=True, text=True, check=True
    )
    assert [line.split()[1] for line in shown.stdout.splitlines()] == [
        "help",
        "demo",
        "run",
        "node",
        "test",
        "check",
        "soak",
        "bench",
        "pictures",
        "hardware",
        "clean",
    ]


def test_the_version_is_in_one_place() -> None:
    assert "version" not in PROJECT["project"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)


def test_the_pure_packages_import_nothing_but_harmless_parts_of_the_standard_library() -> None:
    for package in PURE:
        for path in (ROOT / "host" / "upturn" / package).rglob("*.py"):
            for name in _imports(path.read_text(encoding="utf-8")):
                allowed = name.startswith(tuple(f"upturn.{pure}" for pure in PURE))
                assert allowed or name.partition(".")[0] in ALLOWED_IN_PURE, f"{path.name}: {name}"


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("core/limits.py", "import time", "wire and core are pure"),
        ("wire/__init__.py", "import socket", "wire and core are pure"),
        ("core/events.py", "import numpy", "wire and core are pure"),
        ("core/limits.py", "import upturn.config", "wire and core are pure"),
        ("core/events.py", "import upturn.wire", "core does not know how samples travel"),
        ("dashboard/__init__.py", "import upturn.transports", "the dashboard shows snapshots"),
        ("transports/__init__.py", "import upturn.dashboard", "transports and sinks know no"),
        ("config/model.py", "import upturn.wire", "the settings can be read without"),
    ],
)
def test_an_import_contract_bites(tmp_path: Path, module: str, line: str, contract: str) -> None:
    """One forbidden import in a copy of the program breaks exactly its contract."""
    assert _broken_contracts(tmp_path, module, line) == [contract]


def _broken_contracts(folder: Path, module: str, line: str) -> list[str]:
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "host" / "upturn", folder / "upturn", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    changed = folder / "upturn" / module
    text = changed.read_text(encoding="utf-8")
    end = text.index("from __future__") if "from __future__" in text else len(text)
    end = text.find("\n", end) + 1 or len(text)
    changed.write_text(f"{text[:end]}{line}\n{text[end:]}", encoding="utf-8")
    program = Path(sys.executable).with_name("lint-imports")
    ended = subprocess.run(
        [program, "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1, ended.stdout + ended.stderr
    names = [contract["name"] for contract in PROJECT["tool"]["importlinter"]["contracts"]]
    starts = [name for name in names if f"{name} BROKEN" in " ".join(ended.stdout.split())]
    return [_start(name) for name in starts]


def _start(name: str) -> str:
    known = (
        "wire and core are pure",
        "core does not know how samples travel",
        "the dashboard shows snapshots",
        "transports and sinks know no",
        "the settings can be read without",
    )
    return next(start for start in known if name.startswith(start))


def _imports(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield str(node.module)


def _dependencies() -> list[str]:
    project = PROJECT["project"]
    extras = [name for extra in project["optional-dependencies"].values() for name in extra]
    return [*project["dependencies"], *extras]


def _constraint_lines() -> list[str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_test_that_the_safety_page_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "host/SAFETY.md").read_text(encoding="utf-8")))
    alarms = {"test_alarm"}
    there = {
        name
        for path in project_files()
        if path.name.startswith("test_") and path.suffix == ".py"
        for name in re.findall(r"def (test_\w+)\(", path.read_text(encoding="utf-8"))
    }
    assert named - alarms - there == set()
    assert len(named) > 30
