# SPDX-License-Identifier: MIT
"""The PNG is the page's pictures: the same shapes, in the colours of paper."""

from __future__ import annotations

import io
from dataclasses import replace

from PIL import Image

from tests.report.handmade import curve, eventful, session
from tests.report.test_page import report
from upturn.report.colours import COLOURS
from upturn.report.drawing import Anchor, Box, Dot, Drawing, Ink, Label, Stroke
from upturn.report.markup import render
from upturn.report.picture import drawings
from upturn.report.png import SCALE, png
from upturn.report.session_chart import session_chart
from upturn.report.svg import svg

Colour = tuple[int, int, int]


def rgb(ink: Ink) -> Colour:
    text = COLOURS[ink].light
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def painted(*shown: Drawing) -> Image.Image:
    image = Image.open(io.BytesIO(png(shown)))
    assert image.mode == "RGB"
    return image


def at(image: Image.Image, x: float, y: float) -> Colour:
    found = image.getpixel((round(x * SCALE), round(y * SCALE)))
    assert isinstance(found, tuple)
    return found[0], found[1], found[2]


def test_each_shape_is_where_it_says_in_its_ink() -> None:
    image = painted(
        Drawing(
            100.0,
            50.0,
            "",
            "",
            (
                Box(10.0, 10.0, 20.0, 5.0, Ink.INVERTED),
                Box(50.0, 10.0, 0.0, 5.0, Ink.HIGH),
                Stroke(((10.0, 30.0), (90.0, 30.0)), Ink.CURVE, 4.0),
                Stroke(((10.0, 40.0), (90.0, 40.0)), Ink.LIMIT, 4.0, 10.0),
                Dot(70.0, 15.0, 4.0, Ink.HIGH),
            ),
        )
    )
    assert image.size == (100 * SCALE, 50 * SCALE)
    assert at(image, 20, 12) == rgb(Ink.INVERTED)
    assert [at(image, x, 12) for x in (9, 31, 50)] == [rgb(Ink.PAPER)] * 3
    assert at(image, 50, 30) == rgb(Ink.CURVE)
    assert [at(image, x, 40) for x in (15, 25, 35, 45)] == [
        rgb(Ink.LIMIT),
        rgb(Ink.PAPER),
        rgb(Ink.LIMIT),
        rgb(Ink.PAPER),
    ]
    assert at(image, 70, 15) == rgb(Ink.HIGH)


def darkest(image: Image.Image, left: float, right: float) -> int:
    part = image.crop((round(left * SCALE), 0, round(right * SCALE), image.height))
    return min(part.convert("L").tobytes())


def test_text_stands_at_its_anchor() -> None:
    for anchor, side in ((Anchor.START, 1), (Anchor.END, -1)):
        label = Label(100.0, 30.0, "58° inverted", anchor=anchor)
        image = painted(Drawing(200.0, 50.0, "", "", (label,)))
        left, right = darkest(image, 20, 98), darkest(image, 102, 180)
        assert (left > 250, right > 250) == (side > 0, side < 0)


def test_drawings_stand_under_one_another() -> None:
    red = Drawing(10.0, 10.0, "", "", (Box(0.0, 0.0, 10.0, 10.0, Ink.HIGH),))
    image = painted(red, replace(red, shapes=()), red)
    assert [at(image, 5, y) for y in (5, 15, 25)] == [
        rgb(Ink.HIGH),
        rgb(Ink.PAPER),
        rgb(Ink.HIGH),
    ]


def test_page_and_picture_hold_the_same_shapes() -> None:
    row = eventful()
    chart = session_chart(row, curve(row, lost=[(200, 250)]))
    markup = render(svg(chart, "x"))
    image = painted(chart)
    for shape in chart.shapes:
        if isinstance(shape, Label):
            assert f">{shape.text}</text>" in markup
    for box in (s for s in chart.shapes if isinstance(s, Box) and s.tip and s.width > 4.0):
        assert f'class="fill-{box.ink}"' in markup
        assert at(image, box.x + 2.0, box.y + box.height - 2.0) == rgb(box.ink)
    assert markup.count("<polyline") == sum(isinstance(s, Stroke) for s in chart.shapes)
    assert markup.count("<rect") == sum(isinstance(s, Box) for s in chart.shapes)


def test_a_picture_has_its_heading_both_charts_and_the_disclaimer() -> None:
    made = report()
    shown = drawings(made)
    assert [drawing.title for drawing in shown] == [
        "Inversion session of anna, 17 March 2026, 19:30:00",
        "Angle of the table over the session",
        "8 weeks, 26 January 2026 to 22 March 2026",
        "Week by week, 8 weeks",
        (
            "Upturn is an aid for a user and a spotter. It is not a medical device, and replaces "
            "neither a spotter nor a doctor's advice."
        ),
    ]
    image = painted(*shown)
    assert image.width == round(max(drawing.width for drawing in shown) * SCALE)
    assert image.height == round(sum(drawing.height for drawing in shown) * SCALE)


def test_a_name_beyond_latin_letters_is_painted_or_boxed_but_never_a_fault() -> None:
    row = session(user="Ελένη 愛子 \U0001f642")
    assert painted(*drawings(report(row))).width > 0
