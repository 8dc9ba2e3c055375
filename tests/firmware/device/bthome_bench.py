# SPDX-License-Identifier: MIT
"""Adverts of a node for the tests: makes what its input asks for, and prints it in hex.

The input is JSON: what BTHome is set to, and of each turn the facts.
"""

import json
import sys

from upturn_node.advert import Adverts
from upturn_node.bthome import BTHome
from upturn_node.frame import UNKNOWN_ANGLE_CDEG

ADDRESS = b"\x24\x0a\xc4\x00\x0b\x0e"


def main(told):
    bthome = BTHome(ADDRESS)
    mode, key = told["mode"], bytes.fromhex(told.get("key", ""))
    if told.get("begin"):
        bthome.begin(mode, key)
    else:
        bthome.prepare(mode, key)
        bthome.change(mode, key)
    adverts = Adverts(bytes.fromhex(told.get("id", "240ac4000b0c")), bthome)
    for turn in told["turns"]:
        angle = turn.get("angle")
        adverts.set(
            turn.get("posture", 0),
            turn.get("priority", 0),
            turn.get("bits", 0),
            turn.get("percent", 255),
            UNKNOWN_ANGLE_CDEG if angle is None else angle,
            turn.get("presses", 0),
            turn.get("problem", False),
        )
        print(bytes(adverts.next(1000)).hex())


main(json.load(sys.stdin))
