# SPDX-License-Identifier: MIT
"""`python -m upturn`."""

from upturn.cli.main import entry

if __name__ == "__main__":
    entry()
