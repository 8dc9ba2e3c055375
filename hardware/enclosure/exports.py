# SPDX-License-Identifier: MIT
"""Writes what a plan gives, and judges each part: whoever calls keeps none of it if one is bad."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from build123d import Part, export_step

from hardware.enclosure import scenes
from hardware.enclosure.assembly import AS_DRAWN, Printed, collisions, printed, tight
from hardware.enclosure.gauge_card import gauge_card
from hardware.enclosure.mesh import Mesh, read, write
from hardware.enclosure.parameters import PETG_G_CM3, THINNEST_MM, Making
from hardware.enclosure.picture import draw
from hardware.enclosure.plan import Plan

STEP_TIME = "2026-01-01T00:00:00"  # the same bytes from the same sources
FINE_MM, FINE_RAD = 0.08, 0.45  # of half as many triangles a hole for M3 is under 3.2 mm wide
COLUMNS = (
    "part",
    "build",
    "tube",
    "x_mm",
    "y_mm",
    "z_mm",
    "volume_cm3",
    "petg_solid_g",
    "bolts",
    "strap_length_mm",
)
# A ray grazes where a round meets a flat; and a frame's letters stand closer to each other.
GRAZED, LETTERED = 0.01, {"cradle_a_frame": 0.025}
Row = dict[str, str]


def export(plans: dict[str, Plan], folder: Path, *, pictures: bool) -> list[str]:
    """Every part of every plan; what is wrong, as lines."""
    drawn = {key: (plan, printed(plan)) for key, plan in plans.items()}
    problems: list[str] = []
    for key, (plan, parts) in drawn.items():
        if key != "rect":
            problems += [f"build {plan.build}: {line}" for line in collisions(plan, parts)]
            problems += [f"build {plan.build}: {line}" for line in tight(plan, parts)]
    for name in ("step", "stl", *(["img"] if pictures else [])):
        (folder / name).mkdir(parents=True, exist_ok=True)
    rows: dict[str, Row] = {}
    making = next(iter(plans.values())).making
    for plan, parts in drawn.values():
        for name, item in parts.items():
            if name in rows:
                if plan.build not in rows[name]["build"]:
                    rows[name]["build"] += f" {plan.build}"
            else:
                row, wrong = _write(item, folder, making)
                rows[name] = row | _uses(plan, name)
                problems += wrong
    if "rect" in plans:
        card = Printed("gauge_card", gauge_card(), AS_DRAWN)
        rows["gauge_card"], wrong = _write(card, folder, making)
        problems += wrong
    _table(folder / "parts.csv", rows)
    if pictures and not problems:
        scenes.draw_all(folder / "img", drawn)
        if "rect" in plans:
            things, view = scenes.card_scene(gauge_card())
            draw(things, folder / "img" / "gauge_card.png", view)
    return problems


def _uses(plan: Plan, name: str) -> Row:
    clip = name.startswith("clip")
    return {
        "build": plan.build,
        "tube": str(plan.tube) if clip else "",
        "bolts": f"4 x M3x{plan.shape.bolt_mm}" if not clip and "cover" not in name else "",
        "strap_length_mm": f"{plan.strap_length_mm:.0f}" if clip else "",
    }


def _write(item: Printed, folder: Path, making: Making) -> tuple[Row, list[str]]:
    part = item.on_bed()
    points, triangles = part.tessellate(FINE_MM, FINE_RAD)
    path = folder / "stl" / f"{item.name}.stl"
    write(
        path,
        np.array([(p.X, p.Y, p.Z) for p in points]),
        np.array(triangles, dtype=np.int64),
        f"Upturn {item.name}",
    )
    mesh = read(path)
    export_step(
        item.part, folder / "step" / f"{item.name}.step", write_pcurves=False, timestamp=STEP_TIME
    )
    x_mm, y_mm, z_mm = mesh.size_mm
    volume_cm3 = mesh.volume_mm3 / 1000
    row = {
        "part": item.name,
        "x_mm": f"{x_mm:.1f}",
        "y_mm": f"{y_mm:.1f}",
        "z_mm": f"{z_mm:.1f}",
        "volume_cm3": f"{volume_cm3:.2f}",
        "petg_solid_g": f"{volume_cm3 * PETG_G_CM3:.0f}",
    }
    allowed = LETTERED.get(item.name, GRAZED)
    return row, [f"{item.name}: {line}" for line in _faults(part, mesh, making, allowed)]


def _faults(part: Part, mesh: Mesh, making: Making, allowed: float) -> Iterator[str]:
    if not part.is_valid:
        yield "is no valid solid"
    if len(part.solids()) != 1:
        yield f"is in {len(part.solids())} pieces"
    if mesh.open_edges():
        yield f"has {mesh.open_edges()} open edges"
    if abs(mesh.volume_mm3 / part.volume - 1) > 0.01:
        yield f"has {mesh.volume_mm3:.0f} mm³ as a mesh, {part.volume:.0f} as a solid"
    for axis, size_mm, bed_mm in zip("xyz", mesh.size_mm, making.bed_mm, strict=True):
        if size_mm > bed_mm:
            yield f"is {size_mm:.1f} mm in {axis}, over the print bed's {bed_mm:g}"
    thin = float((mesh.walls_mm() < THINNEST_MM - 0.05).mean())
    if thin > allowed:
        yield f"is thinner than {THINNEST_MM:g} mm under {100 * thin:.1f} % of its surface"


def _table(path: Path, rows: dict[str, Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
        table.writeheader()
        table.writerows(rows[name] for name in sorted(rows))
