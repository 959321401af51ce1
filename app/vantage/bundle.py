"""The probe process as one string of bytes, for machines on which nothing is installed.

It is the installed package itself, built when it is needed and kept in memory alone: a file of it could be poisoned,
and would run on another machine. What does nothing there is cut out (``unused``, ``shorten``), words that come often
are one byte each, and zlib does the rest: of the compressors of the standard library it is the only one that builds
of Python never lack.
"""

from __future__ import annotations

import ast
import functools
import re
import zlib
from collections import Counter
from importlib.resources import files

from .shorten import shortened
from .unused import unused_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

PACKAGE = "hopscope.probe"
# The simulated network, the engine that needs a library, and the command line stay at home.
LEFT_OUT = frozenset({"lab", "icmplib_engine.py", "__main__.py", "launch.py", "options.py"})
# What the loader calls.
ROOTS = ("serve",)
# The bytes that stand for words: no source has them, since all are ASCII.
FIRST_CODE, CODES = 128, 128
_LEVEL = 9
_WORD = re.compile(r"\w\w+", re.ASCII)


@functools.lru_cache(maxsize=1)
def bundle() -> bytes:
    """The modules, compressed by zlib: words that bytes from 128 on stand for, then ``modules``, joined by NUL."""
    parts = ["hopscope", "1", ""]
    for name, is_package, text in modules():
        parts += [name, str(int(is_package)), text]
    text = "\0".join(parts)
    counts = Counter(_WORD.findall(text))
    words = sorted(counts, key=lambda word: (-counts[word] * len(word), word))[:CODES]
    codes = {word: chr(FIRST_CODE + number) for number, word in enumerate(words)}
    coded = _WORD.sub(lambda found: codes.get(found[0], found[0]), text)
    return zlib.compress(b"%s\0%s" % (" ".join(words).encode("ascii"), coded.encode("latin-1")), _LEVEL)


def modules() -> list[tuple[str, bool, str]]:
    """Name, whether it is a package, and short source of each module that travels."""
    found = [(name, is_package, text, ast.parse(text)) for name, is_package, text in _sources(files(PACKAGE), PACKAGE)]
    unused = unused_names((tree for *_, tree in found), ROOTS)
    return [(name, is_package, shortened(text, tree, unused)) for name, is_package, text, tree in found]


def _sources(folder: Traversable, name: str) -> Iterator[tuple[str, bool, str]]:
    for one in sorted(folder.iterdir(), key=lambda one: one.name):
        if one.name in LEFT_OUT:
            continue
        if one.name == "__init__.py":
            yield name, True, one.read_text(encoding="utf-8")
        elif one.name.endswith(".py"):
            yield f"{name}.{one.name[: -len('.py')]}", False, one.read_text(encoding="utf-8")
        elif one.is_dir() and one.joinpath("__init__.py").is_file():
            yield from _sources(one, f"{name}.{one.name}")
