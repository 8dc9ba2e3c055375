# SPDX-License-Identifier: MIT
"""Drawings that are made of numbers: the angle convention, and where the clip may sit."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import cos, radians, sin
from pathlib import Path

FOLDER = Path(__file__).with_name("img")

INK, PALE, HEAD, FRONT, GOOD, BAD = "#222", "#888", "#0b57d0", "#137333", "#137333", "#b3261e"

Point = tuple[float, float]


@dataclass
class Drawing:
    """Lines of SVG on white, so that a dark page does not hide the ink."""

    width: int
    height: int
    title: str
    lines: list[str] = field(default_factory=list)

    def line(self, a: Point, b: Point, color: str = INK, width: float = 2, dash: str = "") -> None:
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.lines.append(
            f'<line x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}" '
            f'stroke="{color}" stroke-width="{width:g}" stroke-linecap="round"{dashed}/>'
        )

    def arrow(self, a: Point, b: Point, color: str) -> None:
        self.line(a, b, color, 2.5)
        length = max(((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2) ** 0.5, 1e-9)
        u, v = (b[0] - a[0]) / length, (b[1] - a[1]) / length
        wings = [(b[0] - 9 * u - s * 5 * v, b[1] - 9 * v + s * 5 * u) for s in (1, -1)]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in ((b[0], b[1]), *wings))
        self.lines.append(f'<polygon points="{points}" fill="{color}"/>')

    def circle(self, at: Point, r: float, fill: str = "none", color: str = INK) -> None:
        self.lines.append(
            f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{r:g}" fill="{fill}" '
            f'stroke="{color}" stroke-width="2"/>'
        )

    def box(self, at: Point, size: Point, turn_deg: float, fill: str) -> None:
        x, y = at[0] - size[0] / 2, at[1] - size[1] / 2
        self.lines.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{size[0]:g}" height="{size[1]:g}" rx="3" '
            f'fill="{fill}" transform="rotate({turn_deg:g} {at[0]:.1f} {at[1]:.1f})"/>'
        )

    def text(
        self, at: Point, words: str, *, size: int = 15, color: str = INK, anchor: str = "middle",
        bold: bool = False,
    ) -> None:  # fmt: skip
        weight = ' font-weight="bold"' if bold else ""
        self.lines.append(
            f'<text x="{at[0]:.1f}" y="{at[1]:.1f}" font-size="{size}" fill="{color}" '
            f'text-anchor="{anchor}"{weight}>{words}</text>'
        )

    def svg(self) -> str:
        size = f'width="{self.width}" height="{self.height}"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
            f'{size} font-family="Arial, Helvetica, sans-serif" role="img">\n'
            f"<title>{self.title}</title>\n"
            f'<rect {size} fill="#fff"/>\n' + "\n".join(self.lines) + "\n</svg>\n"
        )


def toward_head(theta_deg: float) -> Point:
    """On paper, y down: from the feet to the head at θ."""
    return cos(radians(theta_deg)), sin(radians(theta_deg))


def out_of_chest(theta_deg: float) -> Point:
    return sin(radians(theta_deg)), -cos(radians(theta_deg))


def along(at: Point, way: Point, far: float) -> Point:
    return at[0] + far * way[0], at[1] + far * way[1]


POSES = (
    (-90, "upright"),
    (0, "level"),
    (30, "inverted"),
    (60, "inverted"),
    (90, "fully head-down"),
    (110, "over-rotated"),
)
CELL_W, CELL_H = 250, 300


def angle() -> str:
    """The angle in six poses, with the sensor's two axes and what they read at rest."""
    drawing = Drawing(3 * CELL_W, 2 * CELL_H + 40, "The inversion angle and the sensor's axes")
    for place, (theta_deg, name) in enumerate(POSES):
        _pose(drawing, (place % 3 * CELL_W, place // 3 * CELL_H), theta_deg, name)
    y = 2 * CELL_H + 22
    drawing.text((20, y), "head: from feet to head", color=HEAD, anchor="start")
    drawing.text((230, y), "front: out of the chest", color=FRONT, anchor="start")
    drawing.text((430, y), "angle = atan2(-head reading, front reading)", anchor="start")
    return drawing.svg()


def _pose(drawing: Drawing, corner: Point, theta_deg: int, name: str) -> None:
    hinge = corner[0] + CELL_W / 2, corner[1] + 150
    head, front = toward_head(theta_deg), out_of_chest(theta_deg)
    drawing.line((hinge[0] - 100, hinge[1]), (hinge[0] + 100, hinge[1]), PALE, 1, "4 5")
    drawing.line(along(hinge, head, -90), along(hinge, head, 90), INK, 6)
    body = along(hinge, front, 14)
    drawing.line(along(body, head, -80), along(body, head, 48), PALE, 9)
    drawing.circle(along(body, head, 66), 11, "#fff", PALE)
    drawing.circle(hinge, 5, "#fff")
    clip = along(along(hinge, head, 26), front, -9)
    drawing.box(clip, (20, 12), theta_deg, "#f9ab00")
    drawing.arrow(clip, along(clip, head, 56), HEAD)
    drawing.arrow(clip, along(clip, front, 56), FRONT)
    drawing.text(
        (hinge[0], corner[1] + 22), f"{theta_deg:+d}° {name}".replace("+0", "0"), bold=True
    )
    read = (-sin(radians(theta_deg)), cos(radians(theta_deg)))
    words = [f"{value:+.2f} g".replace("+0.00", "0.00").replace("-0.00", "0.00") for value in read]
    drawing.text((hinge[0] - 52, corner[1] + 282), f"head {words[0]}", color=HEAD)
    drawing.text((hinge[0] + 52, corner[1] + 282), f"front {words[1]}", color=FRONT)


FORBIDDEN = (
    # on the drawing, its words, where they stand
    ((392, 176), "hinge plates, rollers, locking pin", (330, 66), "middle"),
    ((200, 192), "main shaft that slides", (150, 112), "middle"),
    ((85, 178), "ankle lock", (62, 262), "middle"),
    ((340, 314), "A-frame: it does not turn", (240, 340), "end"),
    ((560, 128), "hand rails, and where hands pass", (640, 70), "middle"),
)


def zones() -> str:
    """A table from its side: the one stretch for the clip, and what to keep away from."""
    drawing = Drawing(900, 430, "Where the clip may sit, and where never")
    hinge = (392.0, 200.0)
    for foot in (300.0, 484.0):
        drawing.line(hinge, (foot, 410), PALE, 8)
    drawing.line((270, 412), (520, 412), PALE, 8)
    drawing.line((470, 200), (560, 128), PALE, 5)
    drawing.line((560, 128), (610, 128), PALE, 5)
    drawing.line((60, 200), (330, 200), INK, 5)  # main shaft
    drawing.line((330, 200), (720, 200), INK, 9)  # bed frame
    drawing.line((420, 182), (720, 182), "#c9c9c9", 14)  # backrest
    drawing.line((80, 200), (80, 160), INK, 6)
    drawing.line((412, 214), (520, 214), GOOD, 10)
    drawing.line((520, 214), (570, 214), "#9cc5a5", 10)
    drawing.box((446, 226), (30, 17), 0, "#f9ab00")
    drawing.circle(hinge, 12, "#fff")
    drawing.line((446, 238), (520, 300), GOOD, 1.5)
    drawing.text(
        (525, 300), "clip: the bed's own frame, under the backrest,", color=GOOD, anchor="start"
    )
    drawing.text((525, 320), "from the hinge towards the head", color=GOOD, anchor="start")
    drawing.text((525, 345), "dark: within 0.15 m, build B", color=GOOD, anchor="start")
    drawing.text((525, 365), "light: within 0.3 m, builds A and C", color=GOOD, anchor="start")
    drawing.text((715, 160), "head", color=PALE, anchor="end")
    drawing.text((120, 240), "feet", color=PALE)
    for (x, y), words, at, anchor in FORBIDDEN:
        drawing.line((x - 8, y - 8), (x + 8, y + 8), BAD, 3)
        drawing.line((x - 8, y + 8), (x + 8, y - 8), BAD, 3)
        edge = (
            (at[0] + 4, at[1] - 4)
            if anchor == "end"
            else (at[0], at[1] + 6 if at[1] < y else at[1] - 16)
        )
        drawing.line((x, y), edge, BAD, 1)
        drawing.text(at, words, color=BAD, anchor=anchor)
    return drawing.svg()


FIGURES = {"angle.svg": angle, "zones.svg": zones}


def stale() -> list[str]:
    return [
        f"img/{name} is not what figures.py draws"
        for name, draw in FIGURES.items()
        if not (FOLDER / name).is_file() or (FOLDER / name).read_text(encoding="utf-8") != draw()
    ]


def write() -> list[str]:
    """Draw them; those that changed."""
    FOLDER.mkdir(exist_ok=True)
    changed = [line.partition(" ")[0] for line in stale()]
    for name, draw in FIGURES.items():
        (FOLDER / name).write_text(draw(), encoding="utf-8")
    return changed
