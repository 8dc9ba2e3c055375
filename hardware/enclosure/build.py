# SPDX-License-Identifier: MIT
"""Draws the printed parts, checks them, and writes STEP, STL, pictures and their table.

    python -m hardware.enclosure.build --tube-mm 38.1 --build b --out FOLDER
    python -m hardware.enclosure.build --tube-rect 25x50 --build b --out FOLDER

Without options: everything that is committed here; what shows the same as before stays as it is,
and what changed is told. With any it needs --out. Ends with 0, with 1 if a part fails its checks
or a tool is missing, with 2 if a size cannot work; then nothing is written.
"""

import argparse
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

from hardware import alike, stamps
from hardware.enclosure.bought import BOUGHT, bought_of
from hardware.enclosure.parameters import Making, Refused, refuse
from hardware.enclosure.plan import BUILDS, Plan
from hardware.enclosure.tubes import (
    DEFAULT_RECTANGULAR,
    DEFAULT_ROUND,
    Tube,
    rectangular_of,
    round_of,
)

HERE = Path(__file__).resolve().parent
SYSTEM = "on Debian: apt-get install libgl1 libegl1 libegl-mesa0 libgl1-mesa-dri"


def exported() -> list[Path]:
    """What was made of the sources, and is committed."""
    places = ("parts.csv", "step/*.step", "stl/*.stl", "img/*.png")
    return [path for place in places for path in HERE.glob(place)]


def stamped() -> list[Path]:
    """Sources of the shapes, and what was made of them."""
    return [*HERE.glob("*.py"), *exported()]


class _Words(argparse.ArgumentParser):
    """Refuses in one line."""

    def error(self, message: str) -> NoReturn:
        refuse(message)


def _length(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of millimetres; 2.4 is") from None


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = _Words(prog="hardware.enclosure.build")
    tube = parser.add_mutually_exclusive_group()
    tube.add_argument("--tube-mm", metavar="D", help="round tube, outer diameter: 25 to 52")
    tube.add_argument("--tube-rect", metavar="WxD", help="width under the clip x depth: 20 to 60")
    parser.add_argument("--build", choices=sorted(BUILDS), help="only this one")
    parser.add_argument("--wall", type=_length, metavar="MM", help="of the boxes; 2.4")
    parser.add_argument("--liner", type=_length, metavar="MM", help="between tube and clip; 1.5")
    parser.add_argument("--strap-mm", type=_length, metavar="MM", help="width of the straps; 20")
    parser.add_argument("--bed", metavar="XxYxZ", help="of the printer; 220x220x220")
    parser.add_argument(
        "--board", action="append", default=[], metavar="NAME=LxWxH", help="a part of another size"
    )
    parser.add_argument("--no-pictures", action="store_true", help="STEP, STL and table only")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where to; made if missing")
    return parser.parse_args(words)


def _bed_of(text: str) -> tuple[float, float, float]:
    try:
        x_mm, y_mm, z_mm = (float(side) for side in text.lower().split("x"))
    except ValueError:
        refuse(f"print bed {text!r} is not XxYxZ in millimetres; 220x220x220 is")
    return x_mm, y_mm, z_mm


def _making(options: argparse.Namespace) -> Making:
    given = {
        "wall_mm": options.wall,
        "liner_mm": options.liner,
        "strap_mm": options.strap_mm,
        "bed_mm": _bed_of(options.bed) if options.bed is not None else None,
    }
    return Making(**{name: value for name, value in given.items() if value is not None})


def plans_of(options: argparse.Namespace) -> dict[str, Plan]:
    """What is to be drawn, by name; refuses what cannot work."""
    making = _making(options)
    bought = BOUGHT | {part.name: part for part in map(bought_of, options.board)}
    tube: Tube | None = None
    if options.tube_mm is not None:
        tube = round_of(options.tube_mm)
    elif options.tube_rect is not None:
        tube = rectangular_of(options.tube_rect)
    builds = [options.build] if options.build else list(BUILDS)
    plans = {
        build: Plan(build=build, tube=tube or DEFAULT_ROUND, making=making, bought=bought)
        for build in builds
    }
    placed = {name for plan in plans.values() for name in plan.places}
    for name in bought:
        if bought[name] is not BOUGHT[name] and name not in placed:
            refuse(f"board {name!r} is no part of build {options.build}")
    if tube is None and options.build is None:
        plans["rect"] = Plan(build="b", tube=DEFAULT_RECTANGULAR, making=making, bought=bought)
    return plans


def main(words: list[str]) -> int:
    try:
        options = _arguments(words)
        plans = plans_of(options)
        if words and options.out is None:
            refuse("other sizes than the committed ones need --out FOLDER")
    except Refused as refused:
        print(f"hardware.enclosure.build: {refused}", file=sys.stderr)
        return 2
    missing = [tool for tool in ("build123d", "pyvista", "PIL") if find_spec(tool) is None]
    if missing:
        print(
            f"hardware.enclosure.build: {missing[0]} is missing; pip install -e '.[hardware]'",
            file=sys.stderr,
        )
        return 1
    try:
        exports = import_module("hardware.enclosure.exports")
    except ImportError as error:
        print(f"hardware.enclosure.build: {error}; {SYSTEM}", file=sys.stderr)
        return 1
    with TemporaryDirectory() as folder:
        made = Path(folder)
        problems: list[str] = exports.export(plans, made, pictures=not options.no_pictures)
        if not problems:
            for name in _placed(made, options.out):
                print(name)
    for problem in problems:
        print(f"hardware.enclosure.build: {problem}", file=sys.stderr)
    return 1 if problems else 0


def _placed(made: Path, out: Path | None) -> list[str]:
    """Bring what was made to where it belongs; the files that changed."""
    if out is not None:
        return alike.take(made, out, (), keep=False)
    fresh = not stamps.stale(HERE, stamped())
    changed = alike.take(made, HERE, exported(), keep=fresh)
    stamps.write(HERE, stamped())
    return changed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
