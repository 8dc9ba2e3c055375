# SPDX-License-Identifier: MIT
"""What a node keeps through a loss of power: its name, limits, calibration, rate, and BTHome.

A damaged file is never used in part: it is kept beside under another name, and the strictest
limits are in force until the host sets others. Impossible values in a sound file cost only their
own group.
"""

from upturn_node import store
from upturn_node.messages import check_calibration, check_limits, check_name
from upturn_node.vocabulary import (
    BTHOME_ENCRYPTED,
    BTHOME_KEY_BYTES,
    BTHOME_OFF,
    BTHOME_PLAIN,
    FAULT_CONFIG,
    FAULT_LIMITS,
    FAULT_NONE,
    RATES_HZ,
)

PATH = "upturn.json"
BAD_PATH = "upturn.bad.json"
BOOTS_PATH = "upturn.boots.json"
FORMAT = 1

FIRST_TIME = {
    "profile": "first-time",
    "notice_ms": 30_000,
    "limit_ms": 45_000,
    "rest_ms": 90_000,
    "max_angle_cdeg": 3000,
}
ASSUMED = {
    "rows": (0, 16384, 0, 0, 0, 16384, 16384, 0, 0),
    "offsets": (0, 0),
    "calibrated": False,
}
"""Head is y and front is z of the sensor; hinge is head x front."""
LATER = {"bthome": BTHOME_PLAIN, "bthome_key": ""}
"""What a file that an earlier version wrote does not have; the key is in hexadecimal."""


def _whole(value):
    return isinstance(value, int) and not isinstance(value, bool)


def _wholes(count):
    def check(value):
        if not isinstance(value, (list, tuple)) or len(value) != count:
            return False
        return all(_whole(v) and -32768 <= v <= 32767 for v in value)

    return check


def _text(value):
    return isinstance(value, str) and len(value.encode()) <= 16


FIELDS = {
    "format": lambda value: value == FORMAT,
    "name": _text,
    "rate_hz": _whole,
    "profile": _text,
    "notice_ms": _whole,
    "limit_ms": _whole,
    "rest_ms": _whole,
    "max_angle_cdeg": _whole,
    "rows": _wholes(9),
    "offsets": _wholes(2),
    "calibrated": lambda value: isinstance(value, bool),
    "bthome": _whole,
    "bthome_key": lambda value: isinstance(value, str),
}
"""Every field of the file, and whether a value can be one of it at all."""


def _check_name(values):
    check_name(values["name"])


def _check_rate(values):
    if values["rate_hz"] not in RATES_HZ:
        raise ValueError("rate is 50, 100 or 200")


def _check_limits(values):
    check_limits(
        values["notice_ms"], values["limit_ms"], values["rest_ms"], values["max_angle_cdeg"]
    )


def _check_calibration(values):
    check_calibration(values["rows"], values["offsets"])


def _check_bthome(values):
    if not BTHOME_OFF <= values["bthome"] <= BTHOME_ENCRYPTED:
        raise ValueError("BTHome's mode is 0 to 2")
    key = bytes.fromhex(values["bthome_key"])
    if len(key) != BTHOME_KEY_BYTES and (key or values["bthome"] == BTHOME_ENCRYPTED):
        raise ValueError("BTHome's key has 16 bytes")


_GROUPS = (
    (("name",), _check_name),
    (("rate_hz",), _check_rate),
    (tuple(FIRST_TIME), _check_limits),
    (tuple(ASSUMED), _check_calibration),
    (tuple(LATER), _check_bthome),
)
"""Fields that are right or wrong together, and what says so by a ValueError."""


class Config:
    """Attributes have the names of the fields. `fault` is FAULT_CONFIG, FAULT_LIMITS or none."""

    def __init__(self, default_name):
        self._defaults = {"format": FORMAT, "name": default_name, "rate_hz": 50}
        self._defaults.update(FIRST_TIME)
        self._defaults.update(ASSUMED)
        self._defaults.update(LATER)
        self.fault = FAULT_NONE
        self.problem = ""
        self._take(self._defaults)

    def load(self):
        """Read the file; whatever it holds, afterwards there is something safe in force."""
        try:
            stored = store.read(PATH)
            if stored is not None:
                stored = _with_later(stored)
                _check_shape(stored)
        except ValueError as error:
            self._refuse(FAULT_CONFIG, error, self._defaults)
            return
        if stored is None:
            return
        values = dict(stored)
        for keys, check in _GROUPS:
            try:
                check(values)
            except ValueError as error:
                for key in keys:
                    values[key] = self._defaults[key]
                self._refuse(FAULT_LIMITS, error, values)
        self._take(values)

    def change(self, **changes):
        """Store, then put in force; what was wrong with the old file is over with it.

        Raises:
            ValueError: an impossible value; nothing was changed.
            OSError: it could not be written; nothing was changed.
        """
        values = dict(self._values)
        values.update(changes)
        _check_shape(values)
        for _, check in _GROUPS:
            check(values)
        store.write(PATH, values)
        self._take(values)
        self.fault = FAULT_NONE
        self.problem = ""

    def clear_calibration(self):
        """Back to assumed axes, stored; errors as in `change`."""
        self.change(**ASSUMED)

    def profile_fields(self):
        """As HELLO wants them."""
        return (
            self.notice_ms,
            self.limit_ms,
            self.rest_ms,
            self.max_angle_cdeg,
            self.profile,
        )

    def _refuse(self, fault, error, values):
        self.fault = fault
        self.problem = str(error)
        store.set_aside(PATH, BAD_PATH)
        self._take(values)

    def _take(self, values):
        self._values = dict(values)
        for key in FIELDS:
            setattr(self, key, values[key])


def _with_later(stored):
    values = dict(LATER)
    values.update(stored)
    return values


def _check_shape(values):
    for key, fits in FIELDS.items():
        if key not in values:
            raise ValueError("{} is missing".format(key))
        if not fits(values[key]):
            raise ValueError("{} cannot be {!r}".format(key, values[key]))
    for key in values:
        if key not in FIELDS:
            raise ValueError("{} is no setting".format(key))


def count_boot(known):
    """The number of this start; `known` is that of the start before, if it outlived the reset.

    Flash that cannot be written is no reason to stop: the count then lives in memory alone.
    """
    try:
        stored = store.read(BOOTS_PATH)
    except ValueError:
        stored = None
    boots = stored.get("boots", 0) if stored else 0
    boots = max(boots if _whole(boots) else 0, known) + 1
    try:
        store.write(BOOTS_PATH, {"boots": boots})
    except OSError:
        pass
    return boots
