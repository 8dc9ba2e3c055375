# SPDX-License-Identifier: MIT
"""What each table is called on this screen: as its host calls it, and no two the same.

The law: a name stays with its table for as long as the host calls it so; nobody who looks away
for a moment finds another table under it. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import count


class Names:
    def __init__(self) -> None:
        self._dealt: dict[str, tuple[str, str]] = {}
        """By node: what its host calls it, and what it is called here."""

    def deal(self, own: Mapping[str, str]) -> dict[str, str]:
        """By node, from what their hosts call them; one that is left out gives its name back."""
        kept = {node: dealt for node, dealt in self._dealt.items() if own.get(node) == dealt[0]}
        taken = {name for _, name in kept.values()}
        for node, name in own.items():
            if node not in kept:
                kept[node] = name, free(name, taken, node)
                taken.add(kept[node][1])
        self._dealt = kept
        return {node: kept[node][1] for node in own}


def free(name: str, taken: Collection[str], node: str = "") -> str:
    """With the end of the node's id if it has to be, or all of it, or a number."""
    longer = (f"{name} {node[-6:]}", f"{name} {node}") if node else ()
    candidates: tuple[str, ...] = (name, *longer)
    for candidate in candidates:
        if candidate not in taken:
            return candidate
    n = next(n for n in count(2) if f"{candidates[-1]} {n}" not in taken)
    return f"{candidates[-1]} {n}"
