# SPDX-License-Identifier: MIT
"""The alarm leaves the room: one table's state, alarms and events over an MQTT broker."""
