# SPDX-License-Identifier: MIT
"""The page's one style sheet: colours by meaning, then `page.css`. Paper is always light."""

from __future__ import annotations

from importlib import resources

from upturn.report.colours import COLOURS
from upturn.report.drawing import Ink
from upturn.report.markup import Style


def style() -> Style:
    light = _variables({ink: colour.light for ink, colour in COLOURS.items()})
    dark = _variables({ink: colour.dark for ink, colour in COLOURS.items()})
    inks = "".join(
        f".fill-{ink} {{ fill: var(--{ink}); }} .line-{ink} {{ stroke: var(--{ink}); }}\n"
        for ink in Ink
    )
    sheet = resources.files("upturn.report").joinpath("page.css").read_text(encoding="utf-8")
    return Style(
        f"{light}@media screen and (prefers-color-scheme: dark) {{ {dark} }}\n{inks}{sheet}"
    )


def _variables(colours: dict[Ink, str]) -> str:
    return ":root { " + " ".join(f"--{ink}: {value};" for ink, value in colours.items()) + " }\n"
