# SPDX-License-Identifier: MIT
"""HTML that cannot be broken by what it shows: text is text, and only `Element`s are markup.

The law: a string becomes escaped text or an escaped attribute, always. Nothing here takes markup
as a string but `Style`, whose content is this program's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

VOID = frozenset({"meta", "br"})
"""Elements of HTML that have no end."""


@dataclass(frozen=True, slots=True)
class Element:
    name: str
    attributes: tuple[tuple[str, str], ...]
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Style:
    """A sheet of the program's own; the one thing that is not escaped."""

    css: str

    def __post_init__(self) -> None:
        if "<" in self.css:
            raise ValueError("a style sheet that could end itself")


Node = Element | Style | str


def tag(name: str, /, *children: Node | Iterable[Node], **attributes: str | None) -> Element:
    """An element. None leaves an attribute out.

    Its name may end in `_`, as `class_` has to, and has `-` for `_` inside.
    """
    written = tuple(
        (key.removesuffix("_").replace("_", "-"), value)
        for key, value in attributes.items()
        if value is not None
    )
    return Element(name, written, tuple(_flat(children)))


def render(node: Node) -> str:
    parts: list[str] = []
    _render(node, parts)
    return "".join(parts)


def _render(node: Node, parts: list[str]) -> None:
    if isinstance(node, str):
        parts.append(_visible(escape(node, quote=False)))
    elif isinstance(node, Style):
        parts.append(node.css)
    else:
        attributes = "".join(
            f' {key}="{_visible(escape(value))}"' for key, value in node.attributes
        )
        parts.append(f"<{node.name}{attributes}>")
        if node.name not in VOID:
            for child in node.children:
                _render(child, parts)
            parts.append(f"</{node.name}>")


def _visible(text: str) -> str:
    """Without control characters, which HTML does not allow, and halves of a character."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text)


def _flat(children: Iterable[Node | Iterable[Node]]) -> Iterable[Node]:
    for child in children:
        if isinstance(child, Element | Style | str):
            yield child
        else:
            yield from child
