# SPDX-License-Identifier: MIT
"""What a node offers over BLE, as one table (`PROTOCOL.md`, section 3).

Only the control point demands an encrypted link, so that a host that writes too early is told by
an ATT error. Who else may listen is judged by link_ble.py, for each link.
"""

from micropython import const

from upturn_node.framing import MAX_MESSAGE

SERVICE = "b7f10001-5c2e-4d0a-9f3b-6a1d0e8c4f27"
MTU = const(247)
"""A whole message and the 3 bytes of a notification's head."""
UNNEGOTIATED_MTU = const(23)
HEAD_BYTES = const(3)

# as NimBLE and the Bluetooth SIG have them; the module names only some of these
READ = const(0x0002)
WRITE = const(0x0008)
NOTIFY = const(0x0010)
INDICATE = const(0x0020)
WRITE_ENCRYPTED = const(0x1000)

TABLE = (
    (
        SERVICE,
        (
            ("b7f10002-5c2e-4d0a-9f3b-6a1d0e8c4f27", NOTIFY, "measurement"),
            ("b7f10003-5c2e-4d0a-9f3b-6a1d0e8c4f27", READ, "feature"),
            (
                "b7f10004-5c2e-4d0a-9f3b-6a1d0e8c4f27",
                WRITE | WRITE_ENCRYPTED | INDICATE,
                "control",
            ),
        ),
    ),
    (0x180F, ((0x2A19, READ | NOTIFY, "battery"),)),
    (
        0x180A,
        (
            (0x2A29, READ, "manufacturer"),
            (0x2A24, READ, "model"),
            (0x2A25, READ, "serial"),
            (0x2A26, READ, "firmware"),
        ),
    ),
)
"""Services; of each its characteristics: UUID, flags, and how this program calls it."""

_WHOLE_MESSAGES = ("measurement", "feature", "control")  # a buffer has 20 bytes otherwise


def register(ble, uuid):
    """Offer the table; name -> value handle. Nothing may be advertised meanwhile.

    `uuid` is bluetooth.UUID.

    Raises:
        OSError: the stack does not take it.
    """
    services = [
        (uuid(service), tuple([(uuid(what), flags) for what, flags, _ in rows]))
        for service, rows in TABLE
    ]
    given = ble.gatts_register_services(tuple(services))
    handles = {}
    for (_, rows), numbers in zip(TABLE, given):
        for (_, _, name), number in zip(rows, numbers):
            handles[name] = number
    for name in _WHOLE_MESSAGES:
        ble.gatts_set_buffer(handles[name], MAX_MESSAGE)
    return handles


def describe(ble, handles, board, node_id, version):
    """Fill in what does not change while the node runs."""
    ble.gatts_write(handles["manufacturer"], b"Upturn")
    ble.gatts_write(handles["model"], board.encode())
    ble.gatts_write(handles["serial"], node_id.hex().encode())
    ble.gatts_write(handles["firmware"], ".".join([str(part) for part in version]).encode())
    ble.gatts_write(handles["battery"], b"\0")
