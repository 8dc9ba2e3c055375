# SPDX-License-Identifier: MIT
"""Sound on this computer: alarm tones, and a voice for whoever hangs and sees no screen."""
