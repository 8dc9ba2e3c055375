# SPDX-License-Identifier: MIT
"""What all steps share: which config, which node of it, and how that is reached.

Everything is looked up when it is asked for; of the node what it said last is kept until a step
has changed it.
"""

from __future__ import annotations

import shlex
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from upturn.cli.node import source_of
from upturn.config import Config, NodeConfig, load_config, own_config
from upturn.errors import InputError, RunError, UpturnError
from upturn.setup import simulated
from upturn.setup.config_file import target_of
from upturn.setup.look import Around, look_around, reach
from upturn.setup.said import FILE_NAME, Said
from upturn.wire.messages import Hello

LINKS = ("serial:", "ble:")


def _data() -> Path:
    return platformdirs.user_data_path("upturn")


class NoNodeError(InputError):
    """None is known yet: what comes after finding one has to wait."""

    def __init__(self, command: str) -> None:
        super().__init__("no node is known yet", remedy=f"Begin with '{command} setup find'")


class UnreachedError(RunError):
    """Said before: it was just tried, and not again for each step."""


@dataclass(slots=True)
class Place:
    config_file: Path
    node_name: str | None = None
    """By `--node`; None: the only one of the config."""
    source: str | None = None
    """By `--source`; None: as the config has it, or wherever it is found."""
    is_simulated: bool = False
    said: Said = field(default_factory=lambda: Said(_data() / FILE_NAME))
    is_ready: bool | None = None
    """What the check before a session said, in this very run."""
    _hello: Hello | None = None
    _unreached: str = ""
    _around: Around | None = None

    def config(self) -> Config:
        """Of the file, or all defaults where there is none yet.

        Raises:
            InputError: it is refused.
        """
        if self.config_file.exists():
            return load_config(self.config_file)
        target_of(self.config_file)
        return Config()

    def node(self) -> NodeConfig | None:
        """The one that is set up; None: it is not in the config yet.

        Raises:
            InputError: it cannot be known which.
        """
        nodes = self.config().nodes
        if self.node_name is not None:
            return next((node for node in nodes if node.name == self.node_name), None)
        if len(nodes) > 1:
            names = ", ".join(node.name for node in nodes)
            raise InputError(
                f"the config has several nodes ({names})",
                where=str(self.config_file),
                remedy="Name one with --node, or a new one",
            )
        return nodes[0] if nodes else None

    def known_source(self) -> str | None:
        """Where the node is; None: that is not known yet.

        Raises:
            InputError: the config watches there what is no node.
        """
        if self.source is not None:
            return self.source
        node = self.node()
        if node is None or node.source is None:
            return None
        if not node.source.startswith(LINKS):
            raise InputError(
                f"{node.name!r} is watched from {node.source!r}, where there is no node to set up",
                where=str(self.config_file),
                remedy="Name another with --node, or a new one",
            )
        return node.source

    def here(self) -> str:
        """Where the node is.

        Raises:
            InputError: that is not known yet.
        """
        source = self.known_source()
        if source is None:
            raise NoNodeError(self.command)
        return source

    def hello(self) -> Hello:
        """What the node says of itself.

        Raises:
            UpturnError: it cannot be asked, and why.
        """
        if self._hello is None:
            if self._unreached:
                raise UnreachedError(self._unreached)
            try:
                self._hello = reach(self.here())
            except RunError as error:
                self._unreached = str(error)
                raise
        return self._hello

    def around(self) -> Around:
        """All nodes that can be found from here."""
        if self._around is None:
            self._around = look_around()
        return self._around

    def changed(self) -> None:
        """A step has done something to the node, or to what is plugged in."""
        self._hello = self._around = None
        self._unreached = ""

    def table(self) -> str:
        """The name in the config.

        Raises:
            InputError: there is none yet.
        """
        node = self.node()
        if node is None:
            raise NoNodeError(self.command)
        return node.name

    @property
    def command(self) -> str:
        """How this program was called, so that what is said can be typed as it stands."""
        called = sys.argv[0] if sys.argv else ""
        found = shutil.which("upturn")
        if Path(called).stem != "upturn" or not Path(called).exists():
            return f"{shlex.quote(sys.executable)} -m upturn"
        on_path = found is not None and Path(found).resolve() == Path(called).resolve()
        return "upturn" if on_path else shlex.quote(called)

    @property
    def config_flags(self) -> list[str]:
        """What a command needs to mean this config."""
        if self.config_file == own_config():
            return []
        return ["--config", shlex.quote(str(self.config_file))]

    @property
    def flags(self) -> list[str]:
        """What a command needs to mean this config and this node."""
        words = self.config_flags
        if self._has_others():
            words += ["--node", shlex.quote(self.table())]
        return words

    @property
    def again(self) -> str:
        """The words that take setup up again."""
        words = [self.command, "setup"]
        if self.is_simulated:
            return " ".join([*words, "--simulated"])
        words += self.config_flags
        if self.node_name is not None:
            words += ["--node", shlex.quote(self.node_name)]
        if self.source is not None:
            words += ["--source", shlex.quote(self.source)]
        return " ".join(words)

    def _has_others(self) -> bool:
        try:
            return len(self.config().nodes) > 1
        except UpturnError:
            return False


def place_for(
    config: str | None, node: str | None, source: str | None, *, is_simulated: bool
) -> Place:
    """Raises InputError: the flags do not go together."""
    if is_simulated:
        if config is not None or source is not None:
            raise InputError(
                "has a config and a port of its own",
                where="--simulated",
                remedy="Leave --config and --source out",
            )
        return Place(
            simulated.config_file(),
            node,
            f"serial:{simulated.port()}",
            is_simulated=True,
            said=Said(simulated.folder() / FILE_NAME),
        )
    if source is not None:
        source = source_of(source, Config())
    file = own_config() if config is None else Path(config)
    if file.is_dir():
        raise InputError("is a folder", where=str(file), remedy="Name a TOML file")
    if config is not None and not file.parent.is_dir():
        raise InputError("is in no folder that exists", where=str(file), remedy="Make it first")
    return Place(file, node, source)
