# SPDX-License-Identifier: MIT
"""Which host announces a node, where several hear it.

The broker keeps one name for each node, and its order of messages is the same for everybody: who
wrote last owns it. A host claims what nobody owns, what belongs to a host that is gone, or what
its owner has not heard for a while and this host does. It believes its claim when it has come
back and nobody wrote after it.
"""

from __future__ import annotations

from math import inf

UNHEARD_S = 10.0
"""The owner hears nothing of the node for so long: another may have it, if that one does."""


class Claim:
    """One node, as one host sees it; times are on any one rising clock."""

    def __init__(self, host: str) -> None:
        self.owner = ""
        """A host's name; empty: nobody's."""
        self._host = host
        self._up: dict[str, bool] = {}
        self._unheard_since_s = inf

    @property
    def mine(self) -> bool:
        return self.owner == self._host

    @property
    def other(self) -> str:
        """The other host that owns it, or nothing."""
        return "" if self.mine else self.owner

    def heard_owner(self, owner: str) -> None:
        if owner != self.owner:
            self.owner = owner
            self._unheard_since_s = inf

    def heard_host(self, host: str, *, up: bool) -> None:
        self._up[host] = up

    def heard_node(self, now_s: float, *, fresh: bool) -> None:
        """What the owner says of the node's data."""
        if fresh:
            self._unheard_since_s = inf
        else:
            self._unheard_since_s = min(self._unheard_since_s, now_s)

    def free(self, now_s: float, *, fresh: bool) -> bool:
        """This host may claim it; `fresh`: it hears the node itself."""
        if self.mine:
            return False
        gone = not self._up.get(self.owner, False)
        return gone or (fresh and now_s >= self._unheard_since_s + UNHEARD_S)
