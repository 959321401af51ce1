"""Python's search for objects that refer to each other in circles, which is off until the start is over."""

from __future__ import annotations

import gc

# Objects that may be made before it is looked for circles among them: what a trace makes mostly lives as long as it
# does, or for a round, and to look through what thousands of targets have made takes seconds.
GARBAGE_MIN = 20_000


def collect_garbage_seldom() -> None:
    """Turn the search on; what has been made so far stays, and is not looked through."""
    gc.freeze()
    gc.set_threshold(GARBAGE_MIN)
    gc.enable()
