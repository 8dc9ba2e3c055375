# SPDX-License-Identifier: MIT
# Runs the node. Ctrl-C reaches the prompt: only what is an Exception is a reason to start again.
import sys
import time

import machine
from board import BOARD
from upturn_node import app

try:
    app.main(BOARD)
except Exception as error:
    sys.print_exception(error)
    time.sleep(1)
    machine.reset()
