# SPDX-License-Identifier: MIT
"""The names of topics: all under one root, one branch a node and one leaf a host.

The law: a name is made here and taken apart here, and nowhere else.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

ROOT = "upturn"
OWNER_FILTER = f"{ROOT}/+/owner"
"""Which host announces which node, of all nodes at the broker."""
MAX_ID = 64
_UNNAMED = "unnamed"


class NodeTopics(NamedTuple):
    """The topics of one node; `node` is an id, as of `slug`."""

    node: str

    @property
    def availability(self) -> str:
        return self._leaf("availability")

    @property
    def state(self) -> str:
        return self._leaf("state")

    @property
    def alarms(self) -> str:
        return self._leaf("alarms")

    @property
    def event(self) -> str:
        return self._leaf("event")

    @property
    def owner(self) -> str:
        return self._leaf("owner")

    @property
    def command(self) -> str:
        """The filter of all commands."""
        return self._leaf("command/#")

    def command_to(self, verb: str) -> str:
        return self._leaf(f"command/{verb}")

    def command_verb(self, topic: str) -> str | None:
        """What a message on this topic tells the node to do; None if it is no command to it."""
        head = self._leaf("command/")
        verb = topic.removeprefix(head)
        return verb if topic.startswith(head) and verb and "/" not in verb else None

    def _leaf(self, name: str) -> str:
        return f"{ROOT}/{self.node}/{name}"


def host_availability(host: str) -> str:
    """`online`, or `offline` by the host's last will."""
    return f"{ROOT}/{host}/availability"


def node_of(topic: str) -> str:
    """The id below the root; empty for a topic of somebody else."""
    root, _, rest = topic.partition("/")
    return rest.partition("/")[0] if root == ROOT else ""


def is_id(text: str) -> bool:
    """A node's or a host's, as it may stand in a topic."""
    return re.fullmatch(rf"[A-Za-z0-9_-]{{1,{MAX_ID}}}", text, re.ASCII) is not None


def slug(text: str) -> str:
    """A readable id for a text, in [A-Za-z0-9_-]; an id is its own.

    Two texts may give one id: who needs them apart adds a mark.
    """
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.strip())
        if not unicodedata.combining(letter)
    )
    id = re.sub(r"[^A-Za-z0-9_-]+", "-", bare)[:MAX_ID]
    return id if re.search(r"[A-Za-z0-9]", id) else _UNNAMED
