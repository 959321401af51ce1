"""Runs the probe process, as ``python -m hopscope.probe`` or as a file.

As a file (see ``launch.command``) it works from wherever the folder lies: it makes its own folder known as the package
``hopscope.probe``, so relative imports work and nothing is added to ``sys.path``.
"""

# Before all else, and of a built-in module: Ctrl-C ends the program without a word, unless it is ignored.
from _signal import SIG_DFL, SIGINT, default_int_handler, getsignal, signal  # type: ignore[import-not-found]

if getsignal(SIGINT) is default_int_handler:
    signal(SIGINT, SIG_DFL)

import sys

if not __package__:
    for name, path in (("hopscope", []), ("hopscope.probe", [__file__.rpartition("/")[0] or "."])):
        package = type(sys)(name)
        package.__path__ = path
        sys.modules[name] = package
    __package__ = "hopscope.probe"

from .process import main

sys.exit(main())
