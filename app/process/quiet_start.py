"""Ends the program without a word on Ctrl-C until its own handlers stand; to be imported before all else.

Python's own way is a traceback. What was ignored when the program started (nohup, a background job) stays so, and so
do the handlers of another program that imports this one.
"""

from __future__ import annotations

import sys
from _signal import (  # type: ignore[import-not-found]  # signal.py imports enum
    SIG_DFL,
    SIGINT,
    default_int_handler,
    getsignal,
    signal,
)

NAMES = ("hopscope", "mtr")

if sys.argv[0].rpartition("/")[2] in NAMES and getsignal(SIGINT) is default_int_handler:
    signal(SIGINT, SIG_DFL)
