# SPDX-License-Identifier: MIT
"""A drawing as SVG within a page; it has the page's colours, so it is light or dark as that is."""

from __future__ import annotations

from collections.abc import Iterator

from upturn.report.drawing import Anchor, Box, Dot, Drawing, Label, Shape, Stroke
from upturn.report.markup import Element, tag


def svg(drawing: Drawing, id: str, class_: str = "") -> Element:
    """The picture with its title and description; `id` is its own on the page."""
    return tag(
        "svg",
        tag("title", drawing.title, id=f"{id}-title"),
        tag("desc", drawing.description, id=f"{id}-desc"),
        _shapes(drawing),
        id=id,
        class_=class_ or None,
        viewBox=f"0 0 {drawing.width:g} {drawing.height:g}",
        role="img",
        aria_labelledby=f"{id}-title",
        aria_describedby=f"{id}-desc",
    )


def _shapes(drawing: Drawing) -> Iterator[Element]:
    for shape in drawing.shapes:
        yield _shape(shape)


def _shape(shape: Shape) -> Element:
    match shape:
        case Box():
            return tag(
                "rect",
                [tag("title", shape.tip)] if shape.tip else [],
                x=_px(shape.x),
                y=_px(shape.y),
                width=_px(shape.width),
                height=_px(shape.height),
                class_=f"fill-{shape.ink}",
            )
        case Stroke():
            return tag(
                "polyline",
                points=" ".join(f"{_px(x)},{_px(y)}" for x, y in shape.points),
                class_=f"line-{shape.ink}",
                stroke_width=_px(shape.width),
                stroke_dasharray=_px(shape.dash) if shape.dash else None,
            )
        case Dot():
            return tag(
                "circle",
                cx=_px(shape.x),
                cy=_px(shape.y),
                r=_px(shape.radius),
                class_=f"fill-{shape.ink}",
            )
        case Label():
            return tag(
                "text",
                shape.text,
                x=_px(shape.x),
                y=_px(shape.y),
                class_=f"fill-{shape.ink}",
                font_size=_px(shape.size),
                font_weight="bold" if shape.bold else None,
                text_anchor=None if shape.anchor is Anchor.START else shape.anchor.value,
            )


def _px(length: float) -> str:
    """To a tenth of a pixel."""
    text = f"{length:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
