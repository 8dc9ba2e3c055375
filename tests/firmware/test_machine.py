# SPDX-License-Identifier: MIT
"""The simulated `machine` against MicroPython's own stubs for the ESP32.

A fake is only as true as what pins it: a name, a constant or an argument that a real board lacks
must not be in it, and whatever the firmware takes from MicroPython's modules must be in the stubs.
"""

from __future__ import annotations

import ast
from functools import cache
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import pytest

from tests.firmware import mpy

STUBS = ("micropython-esp32-stubs", "micropython-stdlib-stubs")


@cache
def stub_files() -> dict[str, Path]:
    """Module -> its stub."""
    found: dict[str, Path] = {}
    for package in STUBS:
        try:
            listed = files(package) or []
        except PackageNotFoundError:
            if package == STUBS[0]:
                pytest.skip(f"{package} is not installed")
            continue
        for file in listed:
            name = str(file)
            if name.endswith(".pyi"):
                name = name.removeprefix("stdlib/").removesuffix("/__init__.pyi")
                found.setdefault(name.removesuffix(".pyi").replace("/", "."), Path(file.locate()))
    return found


@cache
def stub(module: str) -> ast.Module:
    return ast.parse(stub_files()[module].read_text(encoding="utf-8"))


def module_names(module: str) -> set[str]:
    """With what a package takes over from its own modules."""
    found = names(stub(module))
    for node in stub(module).body:
        if isinstance(node, ast.ImportFrom) and node.level and node.names[0].name == "*":
            part = f"{module}.{node.module}"
            found |= module_names(part) if part in stub_files() else set()
    return found


def names(tree: ast.Module | ast.ClassDef | ast.If) -> set[str]:
    found = set()
    for node in tree.body:
        match node:
            case ast.FunctionDef() | ast.ClassDef() | ast.AsyncFunctionDef():
                found.add(node.name)
            case ast.AnnAssign(target=ast.Name(id=name)):
                found.add(name)
            case ast.Assign(targets=targets):
                found |= {target.id for target in targets if isinstance(target, ast.Name)}
            case ast.If():
                found |= names(node)
            case ast.ImportFrom(names=aliases):
                found |= {alias.asname or alias.name for alias in aliases}
    return found


def classes(tree: ast.Module) -> dict[str, ast.ClassDef]:
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def constants(tree: ast.Module | ast.ClassDef) -> dict[str, object]:
    found: dict[str, object] = {}
    for node in tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value))
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=value))
            ):
                found[name] = value
    return found


def keywords(tree: ast.Module | ast.ClassDef, function: str) -> set[str]:
    """Every argument that any overload takes."""
    found = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            a = node.args
            found |= {arg.arg for arg in (*a.posonlyargs, *a.args, *a.kwonlyargs)}
            found |= {arg.arg for arg in (a.vararg, a.kwarg) if arg}
    return found


SHIM = ast.parse((mpy.DEVICE / "machine.py").read_text(encoding="utf-8"))
PUBLIC_CLASSES = sorted(name for name in classes(SHIM) if not name.startswith("_"))


def public(tree: ast.Module | ast.ClassDef) -> set[str]:
    return {name for name in names(tree) if not name.startswith("_")}


def test_the_fake_has_nothing_that_the_esp32_lacks() -> None:
    assert public(SHIM) - names(stub("machine")) == set()


@pytest.mark.parametrize("name", PUBLIC_CLASSES)
def test_a_class_of_the_fake_has_nothing_that_the_esp32s_lacks(name: str) -> None:
    fake, true = classes(SHIM)[name], classes(stub("machine"))[name]
    assert public(fake) - names(true) == set()


@pytest.mark.parametrize("name", ["", *PUBLIC_CLASSES])
def test_constants_of_the_fake_are_the_esp32s(name: str) -> None:
    fake = classes(SHIM)[name] if name else SHIM
    true = classes(stub("machine"))[name] if name else stub("machine")
    known = constants(true)
    mine = {key: value for key, value in constants(fake).items() if not key.startswith("_")}
    assert {key: known.get(key, value) for key, value in mine.items()} == mine


@pytest.mark.parametrize("name", PUBLIC_CLASSES)
def test_arguments_of_the_fake_are_the_esp32s(name: str) -> None:
    fake, true = classes(SHIM)[name], classes(stub("machine"))[name]
    for function in sorted(public(fake) - set(constants(fake)) | {"__init__"}):
        taken, documented = keywords(fake, function), keywords(true, function)
        if "args" not in documented:
            assert taken - documented == set(), f"{name}.{function}"


def firmware_modules() -> list[Path]:
    return sorted(mpy.FIRMWARE.rglob("*.py"))


@pytest.mark.parametrize("path", firmware_modules(), ids=lambda path: path.stem)
def test_the_firmware_uses_what_micropython_has(path: Path) -> None:
    """Each name taken from a module that has a stub is in that stub."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name in stub_files()
    }
    used = [
        (modules[node.value.id], node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in modules
    ] + [
        (str(node.module), alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in stub_files() and not node.level
        for alias in node.names
    ]
    missing = [f"{m}.{n}" for m, n in used if n not in module_names(m)]
    assert missing == []
