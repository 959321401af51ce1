"""Runs the program as ``python -m hopscope.app``."""

from _signal import SIG_DFL, SIGINT, default_int_handler, getsignal, signal  # type: ignore[import-not-found]

if getsignal(SIGINT) is default_int_handler:  # as the start script has it (app/start/hopscope)
    signal(SIGINT, SIG_DFL)

import sys

from .cli import main

sys.exit(main())
