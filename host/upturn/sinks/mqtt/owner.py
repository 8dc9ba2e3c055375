# SPDX-License-Identifier: MIT
"""Which host announces a node, where several hear it.

The broker keeps one name for each node, and its order of messages is the same for everybody: who
wrote last owns it. A host claims what nobody owns, what belongs to a host that is gone, or what
its owner tells no fresh reading of for a while, though this host has some: to own a node is to
tell of it. A host believes its claim when it has come back and nobody wrote after it.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

SILENT_S = 10.0
"""The owner tells nothing fresh for so long: another may have the node, if that one hears it."""

STARTS_S = 10.0
"""A host claims its nodes before it says that it is online: so long it counts as there."""


class Owned(NamedTuple):
    """What the broker says of a node; `source` is where that host's samples come from."""

    host: str = ""
    source: str = ""
    claimed_s: float = -inf
    """When the claim was heard; -inf: it was made before."""


class Claim:
    """One node, as one host sees it; times are on any one rising clock."""

    def __init__(self, host: str) -> None:
        self.owner = ""
        """A host's name; empty: nobody's."""
        self.deaf = False
        """The broker does not let this host hear the others: it takes nothing from them."""
        self._host = host
        self._up: dict[str, bool] = {}
        self._told_s = -inf
        self._claimed_s = -inf

    @property
    def mine(self) -> bool:
        return self.owner == self._host

    @property
    def other(self) -> str:
        """The other host that owns it, or nothing."""
        return "" if self.mine else self.owner

    def heard_owner(self, now_s: float, owner: str, *, claimed_s: float = -inf) -> None:
        if owner != self.owner:
            self.owner = owner
            self._told_s = now_s
            self._claimed_s = claimed_s if owner else -inf

    def heard_host(self, host: str, *, up: bool, kept: bool = False) -> None:
        """`kept`: the broker knew it before."""
        self._up[host] = up
        if host == self.owner and not up and not kept:
            self._claimed_s = -inf

    def heard_reading(self, now_s: float, host: str) -> None:
        """Somebody told a fresh reading of the node."""
        if host == self.owner:
            self._told_s = now_s

    def free(self, now_s: float, *, fresh: bool) -> bool:
        """This host may claim it; `fresh`: it hears the node itself."""
        if self.mine or (self.deaf and self.owner):
            return False
        starting = now_s < self._claimed_s + STARTS_S
        gone = not starting and not self._up.get(self.owner, False)
        return gone or (fresh and now_s >= self._told_s + SILENT_S)
