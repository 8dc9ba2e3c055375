# SPDX-License-Identifier: MIT
# Power lasts only as long as the key is pressed unless GPIO4 holds it: first of all.
from machine import Pin

Pin(4, Pin.OUT, value=1)
