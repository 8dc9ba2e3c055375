# SPDX-License-Identifier: MIT
"""`python -m upturn`."""

from upturn.start import entry

if __name__ == "__main__":
    entry()
