"""How another program starts the probe process."""

import os
import sys


def command(python: str = sys.executable, *, site_packages: bool = False) -> "list[str]":
    """The command line of this package's probe process, to which arguments may be added.

    Isolated and without ``site`` (``-I -S``) Python is up in a third of the time; ``site_packages`` leaves ``-S`` out,
    for the icmplib engine, which is not in the standard library.
    """
    flags = ["-I"] if site_packages else ["-I", "-S"]
    return [python, *flags, os.path.join(os.path.dirname(os.path.abspath(__file__)), "__main__.py")]  # noqa: PTH100, PTH118, PTH120 - pathlib costs the start 8 ms
