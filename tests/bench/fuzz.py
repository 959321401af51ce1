"""Fuzzing for as long as is asked: ``cd tests && python -m bench.fuzz SECONDS [READER...]``.

A seed after the other, 1,000 inputs each; a fault ends it and names reader, seed, number and input. Put that input into
``tests/corpus/READER/`` with the mending.
"""

from __future__ import annotations

import random
import sys
import time

from support import fuzz_inputs

PORTION = 1000


def main() -> None:
    """Run, and say how many inputs were read."""
    end_s = time.monotonic() + float(sys.argv[1])
    names = sys.argv[2:] or list(fuzz_inputs.READERS)
    read = dict.fromkeys(names, 0)
    while time.monotonic() < end_s:
        for name in names:
            fuzz_inputs.run(name, PORTION, random.randrange(1 << 32))
            read[name] += PORTION
    for name, count in read.items():
        print(f"{name}: {count} inputs, no fault")


if __name__ == "__main__":
    main()
