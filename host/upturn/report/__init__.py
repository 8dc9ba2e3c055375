# SPDX-License-Identifier: MIT
"""What the store holds, made readable: tables in a terminal, a page to print, pictures, files."""
