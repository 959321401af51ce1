"""Runs the probe process, as ``python -m hopscope.probe`` or as a file.

As a file (see ``launch.command``) it works from wherever the folder lies: it makes its own folder known as the package
``hopscope.probe``, so relative imports work and nothing is added to ``sys.path``.
"""

import sys

if not __package__:
    for name, path in (("hopscope", []), ("hopscope.probe", [__file__.rpartition("/")[0] or "."])):
        package = type(sys)(name)
        package.__path__ = path
        sys.modules[name] = package
    __package__ = "hopscope.probe"

from .process import main

sys.exit(main())
