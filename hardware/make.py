# SPDX-License-Identifier: MIT
"""Regenerates what follows from the sources of hardware/, or says what is stale.

    python -m hardware.make [wiring|enclosure|figures|documents|check] ...

Without a word: all of it, as far as the tools are there. What shows the same as before stays as it
is. Ends with 0, with 1 if anything is stale or a tool is missing, with 2 if a source cannot be
right.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from hardware import alike, bom, builds, documents, figures, harness, stamps
from hardware.enclosure import build as enclosure
from hardware.power import budget

HERE = Path(__file__).resolve().parent
INSTALL = "pip install -e '.[hardware]'"
WIRING = HERE / "wiring"


class MissingToolError(Exception):
    """Something has to be installed first; its text says what and how."""


def source_problems() -> list[str]:
    """What is wrong between boards, builds, parts, harnesses and currents."""
    found = [f"power/power.csv: {line}" for line in budget.problems(budget.read())]
    for key, build in builds.load().items():
        parts, wires = bom.read(key), harness.read(key)
        found += [f"bom/{key}.csv: {line}" for line in bom.problems(parts)]
        found += [f"wiring/{key}.yml: {line}" for line in wires.loose]
        low, high = bom.cost_usd(parts)
        if not low <= build.cost_usd[0] <= build.cost_usd[1] <= high:
            found.append(f"builds.toml, [{key}]: cost_usd is outside {low} to {high} of its parts")
        listed = {part.ref for part in parts if part.kind in bom.ELECTRIC}
        if listed != wires.refs:
            odd = ", ".join(sorted(listed ^ wires.refs))
            found.append(f"bom/{key}.csv and wiring/{key}.yml: only one of them has {odd}")
        if set(wires.gpios()) != build.outside:
            found.append(
                f"wiring/{key}.yml: joins GPIO {sorted(wires.gpios())}; "
                f"{build.board}/board.py needs {sorted(build.outside)}"
            )
    return found


def wiring_exports() -> list[Path]:
    return [path for path in WIRING.iterdir() if path.suffix in (".svg", ".tsv")]


def wiring_files() -> list[Path]:
    return [*WIRING.glob("*.yml"), *wiring_exports()]


def make_wiring() -> list[str]:
    """Drawing and list of parts of each harness."""
    if find_spec("wireviz") is None:
        raise MissingToolError(f"wiring: WireViz is missing; {INSTALL}")
    if shutil.which("dot") is None:
        raise MissingToolError("wiring: Graphviz is missing; on Debian: apt-get install graphviz")
    wireviz = import_module("wireviz.wireviz")
    with TemporaryDirectory() as made:
        for key in builds.load():
            wireviz.parse(
                WIRING / f"{key}.yml",
                output_formats=("svg", "tsv"),
                output_dir=made,
                output_name=key,
            )
        fresh = not stamps.stale(WIRING, wiring_files())
        changed = alike.take(Path(made), WIRING, wiring_exports(), keep=fresh)
    stamps.write(WIRING, wiring_files())
    return changed


def make_enclosure() -> list[str]:
    """In a program of its own: it needs most of the memory, and ends by its own rules."""
    if find_spec("build123d") is None:
        raise MissingToolError(f"enclosure: build123d is missing; {INSTALL}")
    done = subprocess.run(
        [sys.executable, "-m", "hardware.enclosure.build"],
        cwd=HERE.parent,
        check=False,
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        raise MissingToolError(f"enclosure: hardware.enclosure.build ended with {done.returncode}")
    return done.stdout.splitlines()


def check() -> list[str]:
    """Everything that is not as its sources want it; needs no tool."""
    return [
        *stamps.stale(WIRING, wiring_files()),
        *stamps.stale(enclosure.HERE, enclosure.stamped()),
        *figures.stale(),
        *documents.stale(),
    ]


TARGETS: dict[str, Callable[[], list[str]]] = {
    "wiring": make_wiring,
    "enclosure": make_enclosure,
    "figures": figures.write,
    "documents": documents.write,  # last: they tell what the parts weigh
}
"""What each makes, and which files that changed."""


def main(arguments: list[str]) -> int:
    unknown = [word for word in arguments if word not in (*TARGETS, "check")]
    if unknown:
        print(f"make.py: no such target: {unknown[0]}; there are {', '.join(TARGETS)}, check")
        return 2
    try:
        wrong = source_problems()
        for line in wrong:
            print(line, file=sys.stderr)
        if wrong:
            return 2
        missing = _make([word for word in arguments if word != "check"] or _all(arguments))
        stale = check() if "check" in arguments or not arguments else []
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    for line in missing + stale:
        print(line, file=sys.stderr)
    return 1 if missing or stale else 0


def _all(arguments: list[str]) -> list[str]:
    return [] if arguments else list(TARGETS)


def _make(targets: list[str]) -> list[str]:
    missing = []
    for target in targets:
        try:
            changed = TARGETS[target]()
            print(f"{target}: {', '.join(changed) or 'as it was'}", flush=True)
        except MissingToolError as error:
            missing.append(str(error))
    return missing


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
