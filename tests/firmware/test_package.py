# SPDX-License-Identifier: MIT
"""What `mpremote mip install firmware/package.json` puts on a board is what is in the folder."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.firmware import mpy
from tests.firmware.mpy import FIRMWARE

PACKAGE = json.loads((FIRMWARE / "package.json").read_text())
MODULES = sorted(
    path.relative_to(FIRMWARE).as_posix() for path in (FIRMWARE / "upturn_node").rglob("*.py")
)
README = (FIRMWARE / "README.md").read_text()


def test_every_module_is_installed_and_nothing_else() -> None:
    assert [target for target, _ in PACKAGE["urls"]] == MODULES, "run firmware/compile.py"
    assert [source for _, source in PACKAGE["urls"]] == MODULES
    assert set(PACKAGE) == {"urls", "deps", "version"}
    assert PACKAGE["deps"] == []


def test_it_has_the_version_that_hello_tells(bits: int) -> None:
    told = ast.literal_eval(mpy.run(bits, "import upturn_node\nprint(upturn_node.VERSION)"))
    assert PACKAGE["version"] == ".".join(str(part) for part in told)


def test_what_was_installed_can_be_imported_from_lib(bits: int, tmp_path: Path) -> None:
    """As mip does it: each file to /lib, and the rest of the checkout is far away."""
    for target, source in PACKAGE["urls"]:
        file = tmp_path / "lib" / target
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(FIRMWARE / source, file)
    path = f"{tmp_path / 'lib'}:{mpy.DEVICE}:.frozen"
    out = mpy.run(
        bits,
        "from upturn_node import app\nprint(app.__file__)",
        env={"MICROPYPATH": path},
        cwd=tmp_path,
    )
    assert out.strip() == str(tmp_path / "lib/upturn_node/app.py")


def compile_in(folder: Path) -> None:
    shutil.copy(FIRMWARE / "compile.py", folder)
    shutil.copytree(FIRMWARE / "upturn_node", folder / "upturn_node")
    subprocess.run([sys.executable, str(folder / "compile.py")], check=True, capture_output=True)


def test_compile_writes_the_list_that_is_committed(tmp_path: Path) -> None:
    compile_in(tmp_path)
    assert (tmp_path / "package.json").read_text() == (FIRMWARE / "package.json").read_text()


def test_the_bytecode_of_compile_runs_without_the_sources(bits: int, tmp_path: Path) -> None:
    compile_in(tmp_path)
    built = json.loads((tmp_path / "build/package.json").read_text())
    assert [target for target, _ in built["urls"]] == [
        module.removesuffix(".py") + ".mpy" for module in MODULES
    ]
    assert built["version"] == PACKAGE["version"]
    code = """
from upturn_node import app
from app_bench import Bench
bench = Bench()
node = bench.boot()
bench.pass_ms(500)
print([app.__file__, node.guard.posture.state])
"""
    path = f"{tmp_path / 'build'}:{mpy.DEVICE}:.frozen"
    out = mpy.run(bits, code, env={"MICROPYPATH": path}, cwd=tmp_path)
    # by the name of its source, for tracebacks; where it was loaded from there is no source
    assert ast.literal_eval(out) == ["upturn_node/app.py", 1]


def test_main_is_short_and_leaves_ctrl_c_to_the_prompt() -> None:
    source = (FIRMWARE / "main.py").read_text()
    tree = ast.parse(source)
    handlers = [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)]
    assert [ast.unparse(handler.type) for handler in handlers if handler.type] == ["Exception"]
    assert len(handlers) == 1
    assert len(source.splitlines()) < 20


def test_the_readme_names_every_board_with_its_build_and_every_fault() -> None:
    for folder in sorted(path.parent.name for path in FIRMWARE.glob("boards/*/board.py")):
        row = re.search(rf"^\| `{folder}` \|.*$", README, re.MULTILINE)
        assert row, folder
        source = (FIRMWARE / "boards" / folder / "board.py").read_text()
        assert re.search(r'"micropython": "(\w+)"', source)[1] in row[0]  # type: ignore[index]
    protocol = (FIRMWARE / "PROTOCOL.md").read_text()
    faults = re.findall(r"^\| (\d) \| (\w+) \| \1 \|", protocol, re.MULTILINE)
    assert len(faults) == 8
    for number, name in faults:
        assert re.search(rf"^\| {number} \| `{name}` \|", README, re.MULTILINE), name
