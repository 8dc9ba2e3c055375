# SPDX-License-Identifier: MIT
"""What outlives a run: sessions, alarms, answers, and how a table stood when its watch died."""
