# SPDX-License-Identifier: MIT
"""Pictures of parts and builds: drawn off the screen, no display needed."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyvista as pv
from build123d import Part
from PIL import Image, ImageChops

if sys.platform == "linux":  # the same with a screen as without, and without a complaint about it
    os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")

SIZE = (1000, 760)
COLOURS = 96  # of the palette: small files
EDGE = "#3a3a3a"
MARGIN = 24
FINE_MM = 0.08

PRINTED, PRINTED_2, PRINTED_3 = "#f2a33a", "#f6c477", "#e07b39"
TUBE, STRAP, CORD = "#aab2ba", "#33475b", "#c2185b"


Spot = tuple[float, float, float]


@dataclass(frozen=True)
class Thing:
    """Something to draw: a solid, or a mesh that is there for the picture alone."""

    what: Part | pv.PolyData
    colour: str
    see_through: float = 0.0
    edges: bool = True


@dataclass(frozen=True)
class View:
    """Where it is looked at from, what is written in it, how near."""

    direction: tuple[float, float, float] = (0.62, -1.0, 0.85)
    zoom: float = 1.0
    labels: Sequence[tuple[Spot, Spot, str]] = ()  # what, where the words are, the words
    size: tuple[int, int] = field(default=SIZE)


def mesh_of(part: Part) -> pv.PolyData:
    points, triangles = part.tessellate(FINE_MM, 0.25)
    faces = np.hstack([[3, *corners] for corners in triangles])
    return pv.PolyData(np.array([(p.X, p.Y, p.Z) for p in points]), faces).clean()


def draw(things: Sequence[Thing], path: Path, view: View) -> None:
    plotter = pv.Plotter(off_screen=True, window_size=list(view.size), lighting="light kit")
    plotter.set_background("white")
    plotter.enable_anti_aliasing("ssaa")
    plotter.enable_parallel_projection()
    for thing in things:
        mesh = thing.what if isinstance(thing.what, pv.PolyData) else mesh_of(thing.what)
        plotter.add_mesh(
            mesh,
            color=thing.colour,
            opacity=1.0 - thing.see_through,
            ambient=0.28,
            diffuse=0.75,
            specular=0.05,
            smooth_shading=True,
            split_sharp_edges=True,
            feature_angle=30,
        )
        if thing.edges:
            sharp = mesh.extract_feature_edges(
                feature_angle=32, boundary_edges=False, manifold_edges=False
            )
            if sharp.n_points:
                plotter.add_mesh(sharp, color=EDGE, line_width=1.6, opacity=1 - thing.see_through)
    for at, label_at, text in view.labels:
        leader = pv.Line(at, label_at)
        plotter.add_mesh(leader, color="black", line_width=2)
        plotter.add_point_labels(
            [label_at],
            [text],
            font_size=22,
            text_color="black",
            shape_color="white",
            shape_opacity=1.0,
            show_points=False,
            always_visible=True,
        )
    plotter.camera_position = [view.direction, (0, 0, 0), (0, 0, 1)]
    plotter.reset_camera()
    plotter.camera.zoom(view.zoom)
    picture = _cropped(Image.fromarray(plotter.screenshot(return_img=True)))
    plotter.close()
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def _cropped(picture: Image.Image) -> Image.Image:
    empty = Image.new(picture.mode, picture.size, "white")
    box = ImageChops.difference(picture, empty).getbbox()
    if box is None:
        return picture
    left, top, right, bottom = box
    return picture.crop(
        (
            max(left - MARGIN, 0),
            max(top - MARGIN, 0),
            min(right + MARGIN, picture.width),
            min(bottom + MARGIN, picture.height),
        )
    )
