# SPDX-License-Identifier: MIT
"""The settings: read strictly from one TOML file, and every value known with its origin."""

from upturn.config.load import load_config, locate_config, own_config
from upturn.config.model import (
    Config,
    DashboardConfig,
    MqttConfig,
    NodeConfig,
    Setting,
    SoundConfig,
    StoreConfig,
    TlsConfig,
)

__all__ = [
    "Config",
    "DashboardConfig",
    "MqttConfig",
    "NodeConfig",
    "Setting",
    "SoundConfig",
    "StoreConfig",
    "TlsConfig",
    "load_config",
    "locate_config",
    "own_config",
]
