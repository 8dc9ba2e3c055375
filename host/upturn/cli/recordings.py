# SPDX-License-Identifier: MIT
"""A recording of a live table becomes one of the store's, so that it is kept by its rules.

The law: what nobody knows to be harmless is guarded. It is listed as it begins, and whether it
holds a high alarm is known once the run that made it has ended in order.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from upturn.cli.memory import is_on
from upturn.cli.stderr import write_line
from upturn.config import Config

PATIENCE_S = 0.5
"""So long another program that holds the store is waited for before the table is watched."""


@contextmanager
def recorded(config: Config, file: Path, key: str, *, live: bool) -> Iterator[None]:
    """`file` is written as long as the block lasts, by a run that watches the table `key`."""
    if not live or not is_on(config):
        yield
        return
    from upturn.cli.stored import store_path
    from upturn.store.database import Store
    from upturn.store.reading import add_recording, recorded_of
    from upturn.store.trouble import StoreError

    store_file = store_path(config)
    path = file.absolute()
    began_at = datetime.now(tz=UTC)
    try:
        with Store.open(store_file, busy_s=PATIENCE_S) as store:
            add_recording(store, path, None, size_bytes=0, began_at=began_at)
    except StoreError:
        pass  # the watch itself tells it, and it is tried again at the end
    try:
        yield
    finally:
        try:
            size = path.stat().st_size
            with Store.open(store_file) as store:
                session_id, high = recorded_of(store, key, began_at, datetime.now(tz=UTC))
                add_recording(
                    store, path, session_id, size_bytes=size, began_at=began_at, high=high
                )
        except (StoreError, OSError) as error:
            write_line(
                f"{file}: kept until you delete it, for the store does not know it: {error}"
            )
