# SPDX-License-Identifier: MIT
"""Where the simulated node is, for who has no board: all of it in one folder of its own.

It is the firmware itself, under MicroPython on a simulated board, behind a serial port that
`make node` makes (`tests/setup/simulated_node.py`). So nothing here is for show: it is found,
named, calibrated and watched by what does so with a board. The law: nothing simulated mixes with
what is real. It has a config and a store of its own, and its name says what it is.
"""

from __future__ import annotations

from pathlib import Path

import platformdirs

import upturn

NAME = "simulated"
NODE_ID = "510000000001"
START = "make node"


def folder() -> Path:
    return platformdirs.user_data_path("upturn") / NAME


def port() -> Path:
    """A link to its pseudo-terminal, as long as it runs."""
    return folder() / "port"


def config_file() -> Path:
    return folder() / "config.toml"


def store_file() -> Path:
    return folder() / "upturn.sqlite3"


def project() -> Path | None:
    """The clone that this program runs from; None: it is installed without one."""
    root = Path(upturn.__file__).parents[2]
    return root if (root / "tests/setup/simulated_node.py").exists() else None
