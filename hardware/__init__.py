# SPDX-License-Identifier: MIT
"""What turns the sources of the hardware into its documents, harnesses and figures.

The designs themselves are under CERN-OHL-P-2.0: see LICENSE.
"""
