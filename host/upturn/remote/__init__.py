# SPDX-License-Identifier: MIT
"""Tables of any machine, seen through the broker: no sensor is read and no posture judged here."""
