# SPDX-License-Identifier: MIT
"""Long recordings at once, with numpy."""
