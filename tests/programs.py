# SPDX-License-Identifier: MIT
"""Programs of the system that tests start: skipped without them, but not where they are required.

`.ci/run` installs them and sets the variable, so that no test is missed there for want of one.
"""

from __future__ import annotations

import os
import shutil

import pytest

REQUIRED = "UPTURN_REQUIRE_PROGRAMS"
"""Set where a test that lacks one has to fail, as in CI."""
FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")
"""Where services are, and a user's PATH is not."""


def program(name: str, package: str) -> str:
    """The path of that program; the test ends here if there is none."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *FOLDERS))
    found = shutil.which(name, path=path)
    if found is not None:
        return found
    reason = f"{name} is not installed: apt install {package}"
    if REQUIRED in os.environ:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
