# SPDX-License-Identifier: MIT
"""`sim:SCRIPT[,key=value...]`: a simulation asked for in the words of `--source`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from upturn.errors import InputError
from upturn.transports.sim.clip import CALIBRATIONS, Calibration
from upturn.transports.sim.scripts import script_named
from upturn.transports.sim.sensors import CHIPS, chip_named
from upturn.transports.sim.simulation import Simulation, check_numbers, simulate

SCHEME = "sim:"


@dataclass(frozen=True, slots=True)
class SimRequest:
    """The arguments of `simulate`, as a user gave them."""

    script: str
    seed: int = 0
    chip: str | None = None
    rate_hz: float | None = None
    lever_m: tuple[float, float] | None = None
    ideal: bool = False
    calibration: Calibration = "two-pose"
    duration_scale: float = 1.0

    def simulate(self, *, seed: int | None = None) -> Simulation:
        """Run it, with another seed if one is given (a loop of sessions that differ)."""
        return simulate(
            self.script,
            seed=self.seed if seed is None else seed,
            chip=self.chip,
            rate_hz=self.rate_hz,
            lever_m=self.lever_m,
            ideal=self.ideal,
            calibration=self.calibration,
            duration_scale=self.duration_scale,
        )


def parse_script(text: str) -> SimRequest:
    """Read `sim:SCRIPT[,key=value...]`, with or without `sim:`.

    Raises:
        InputError: an unknown script or key, a key given twice, a value that does not fit.
    """
    name, *settings = (piece.strip() for piece in text.removeprefix(SCHEME).split(","))
    request = SimRequest(script_named(name).name)
    given: set[str] = set()
    for setting in settings:
        word, equals, value = setting.partition("=")
        key = _KEYS.get(word)
        if key is None or not equals:
            choices = ", ".join(f"{word}={key.hint}" for word, key in _KEYS.items())
            raise InputError(
                f"unknown setting {setting!r}", where=text, remedy=f"Known are {choices}."
            )
        if word in given:
            raise InputError(f"{word} is given twice", where=text, remedy="Give it once.")
        given.add(word)
        try:
            fields: dict[str, Any] = {key.field: key.read(value)}
        except (ValueError, KeyError):
            raise InputError(
                f"{word} cannot be {value!r}", where=text, remedy=f"It must be {key.hint}."
            ) from None
        request = replace(request, **fields)
    if request.chip is not None:
        chip_named(request.chip)
    check_numbers(request.seed, request.rate_hz, request.lever_m, request.duration_scale)
    return request


@dataclass(frozen=True, slots=True)
class _Key:
    field: str
    hint: str
    read: Callable[[str], object]


def _lever(value: str) -> tuple[float, float]:
    head_m, front_m = value.split("/")
    return float(head_m), float(front_m)


_KEYS: dict[str, _Key] = {
    "seed": _Key("seed", "a whole number", int),
    "chip": _Key("chip", "|".join(CHIPS), str),
    "rate": _Key("rate_hz", "samples a second", float),
    "lever": _Key("lever_m", "HEAD/FRONT in metres from the hinge", _lever),
    "ideal": _Key("ideal", "yes|no", {"yes": True, "no": False}.__getitem__),
    "calibration": _Key(
        "calibration",
        "|".join(CALIBRATIONS),
        {str(name): name for name in CALIBRATIONS}.__getitem__,
    ),
    "scale": _Key("duration_scale", "stretch of every hold", float),
}
