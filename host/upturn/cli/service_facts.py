# SPDX-License-Identifier: MIT
"""What a service of this computer would be made of: whose it is, what it watches, where it writes.

The law: what could not run is refused before anything is written.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from upturn.config import Config, load_config, locate_config
from upturn.errors import InputError, RunError
from upturn.service import systemd
from upturn.service.unit import HIDDEN, Facts

if sys.platform != "win32":
    import grp
    import pwd

GROUPS = ("dialout", "uucp", "audio", "bluetooth")
"""Of serial ports (here or there), of sound, of Bluetooth."""
SIMULATED = ("sim:", "replay:")


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose settings, nodes and memory a service of the system has."""

    name: str
    home: Path
    uid: int
    gid: int


def check_account(args: argparse.Namespace) -> None:
    """Raises InputError where the service would be another account's than is meant."""
    root = os.geteuid() == 0
    if args.system and not root:
        raise InputError(
            "only root may do that", where="--system", remedy="Run it with sudo, or without it"
        )
    if root and not args.system and os.environ.get("SUDO_USER"):
        raise InputError(
            "this would be root's own service, not yours",
            remedy="Run it without sudo, or with --system",
        )
    if getattr(args, "user", None) and not args.system:
        raise InputError("goes with --system", where="--as", remedy="Leave it out")


def owner_of(args: argparse.Namespace) -> Owner | None:
    """Of a service of the system; None: it is one's own.

    Raises:
        InputError: nobody is named, or nobody has that name.
    """
    if not args.system:
        return None
    name = args.user or os.environ.get("SUDO_USER")
    if not name:
        raise InputError(
            "nothing says whose settings, nodes and memory it shall have",
            remedy="Say --as with a user's name",
        )
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        raise InputError(f"there is no user {name!r}", where="--as") from None
    return Owner(found.pw_name, Path(found.pw_dir), found.pw_uid, found.pw_gid)


def config_of(args: argparse.Namespace, owner: Owner | None) -> Config:
    """What it would watch by.

    Raises:
        InputError: there is no such config, no node in it that can be watched, or a service could
            not come to what it names.
    """
    path = args.config
    if path is None and owner is not None:
        own = owner.home / ".config" / "upturn" / "config.toml"
        path = own if own.exists() else None
    elif path is None:
        path = locate_config()
    if path is None:
        raise InputError(
            "there is no config, so there is nothing to watch",
            remedy="Make one with 'upturn setup', or name it with --config",
        )
    config = load_config(path)
    sources = [node.source for node in config.nodes if node.source is not None]
    if not sources:
        raise InputError(
            "has no node with a source, so there is nothing to watch",
            where=str(config.file),
            remedy="Run 'upturn setup', or give a [[node]] a source",
        )
    if all(source.startswith(SIMULATED) for source in sources):
        raise InputError(
            "has no real node: a simulation ends, and is no watch",
            where=str(config.file),
            remedy="Give a [[node]] a source such as 'serial:auto' or 'ble:auto'",
        )
    _check_places(config, owner)
    return config


def facts_of(config: Config, owner: Owner | None, *, linger: str = "") -> Facts:
    """What the unit says."""
    assert config.file is not None
    python, file = Path(sys.executable), config.file.absolute()
    if owner is None:
        return Facts(python, file, systemd.version(), linger=linger)
    return Facts(
        python,
        file,
        systemd.version(),
        user=owner.name,
        groups=tuple(name for name in GROUPS if _is_group(name)),
        writable=tuple(written(config, owner)),
    )


def written(config: Config, owner: Owner) -> list[Path]:
    """The folders that it writes to."""
    folders = [owner.home / ".local" / "share" / "upturn"]
    path = _store_path(config, owner)
    if path is not None:
        folders.append(path if path.is_dir() else path.parent)
    return folders


def make_folders(folders: list[Path], owner: Owner) -> list[Path]:
    """Those that were not there: a service that may write to nothing else cannot make them.

    Raises:
        RunError: one cannot be made.
    """
    made = []
    for folder in folders:
        missing = [at for at in (folder, *folder.parents) if not at.exists()]
        for at in reversed(missing):
            try:
                at.mkdir(mode=0o700)
                os.chown(at, owner.uid, owner.gid)
            except OSError as error:
                raise RunError(f"{at}: cannot be made: {error.strerror}") from None
            made.append(at)
    return made


def _check_places(config: Config, owner: Owner | None) -> None:
    """Raises InputError where a service would look for something elsewhere, or see none of it."""
    assert config.file is not None
    path = _store_path(config, owner)
    if path is not None and not path.is_absolute():
        raise InputError(
            f"[store] path {config.store.path!r} depends on the folder that one stands in, and a "
            "service stands elsewhere",
            where=config.origins["store.path"],
            remedy="Write the whole path, from / on",
        )
    if owner is None:
        return
    for place in (config.file, Path(sys.executable), *written(config, owner)):
        here = place.absolute()
        for folder in HIDDEN:
            if here.is_relative_to(folder) or here.resolve().is_relative_to(folder):
                raise InputError(
                    f"a service of the system sees nothing of {folder}",
                    where=str(place),
                    remedy="Move it elsewhere, or install the service without --system",
                )


def _store_path(config: Config, owner: Owner | None) -> Path | None:
    """As it is where the service runs: `~` is its owner's home, and not that of who installs."""
    if config.store.path is None:
        return None
    path = Path(config.store.path)
    if owner is not None and path.parts[:1] == ("~",):
        return owner.home.joinpath(*path.parts[1:])
    return path.expanduser()


def _is_group(name: str) -> bool:
    try:
        grp.getgrnam(name)
    except KeyError:
        return False
    return True
