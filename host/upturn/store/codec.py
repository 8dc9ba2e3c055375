# SPDX-License-Identifier: MIT
"""Values of the program as columns, and back: times, profiles, curves, the fields of events."""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import UTC, datetime
from math import isfinite, nan
from typing import TYPE_CHECKING, Any

from upturn.core.events import Event, Noted, to_json
from upturn.core.limits import Profile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MISSING = -32768
"""The angle of a second in which none was known."""
_PROFILE_FIELDS = {field.name for field in fields(Profile)}


def to_ms(at: datetime) -> int:
    return round(at.timestamp() * 1000.0)


def from_ms(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000.0, UTC)


def profile_to_json(profile: Profile) -> str:
    return json.dumps(asdict(profile), sort_keys=True)


def profile_from_json(text: str) -> Profile:
    """What a later version may have added to it is left out."""
    record: dict[str, Any] = json.loads(text)
    return Profile(**{name: value for name, value in record.items() if name in _PROFILE_FIELDS})


def event_fields(event: Event) -> tuple[str, str]:
    """Its kind, and its fields as JSON, both as in `upturn replay --json`."""
    line = to_json(event)
    if line is None:
        assert isinstance(event, Noted)
        return "note", json.dumps({"text": event.text, "refusal": event.refusal})
    record: dict[str, object] = json.loads(line)
    record.pop("t_s")
    return str(record.pop("kind")), json.dumps(record)


def angle_to_int(angle_deg: float) -> int:
    return round(max(-325.0, min(325.0, angle_deg)) * 100.0) if isfinite(angle_deg) else MISSING


def angles_to_blob(angles: Iterable[int]) -> bytes:
    packed = array("h", angles)
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def angles_of_blob(blob: bytes) -> list[int]:
    packed = array("h", blob[: len(blob) // 2 * 2])
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tolist()


def angles_from_blob(blob: bytes) -> NDArray[np.float32]:
    import numpy as np

    raw = np.frombuffer(blob[: len(blob) // 2 * 2], dtype="<i2")
    return np.where(raw == MISSING, nan, raw / 100.0).astype(np.float32)
