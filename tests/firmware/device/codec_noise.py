# SPDX-License-Identifier: MIT
"""The node's deframer on bytes from stdin: each message in hexadecimal, then the bad pieces."""

import sys
from binascii import hexlify

from upturn_node.framing import Deframer


def main():
    deframer = Deframer()
    for byte in sys.stdin.buffer.read():
        length = deframer.push(byte)
        if length:
            print(hexlify(deframer.message[:length]).decode())
    print(deframer.bad, len(deframer.message))


main()
