# SPDX-License-Identifier: MIT
"""What every test runs under: nothing of the developer's, and properties without a deadline."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

# A loaded machine is not a failing property; and what lands must not depend on a draw.
settings.register_profile("explore", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if "CI" in os.environ else "explore")


@pytest.fixture(autouse=True, scope="session")
def _no_user_config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config-home")))
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data-home")))
        patch.delenv("UPTURN_DEBUG", raising=False)
        patch.setenv("UPTURN_SOUND", "off")  # it has no ears, and may have neighbours
        patch.setenv("UPTURN_AWAKE", "off")  # a test keeps no computer from its sleep
        patch.setenv("UPTURN_STORE", "off")  # no test goes on from where another one ended
        for name in [name for name in os.environ if name.startswith("MQTT_")]:
            patch.delenv(name)  # no test tells the developer's home
        yield
