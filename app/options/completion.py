"""Shell completion: scripts that shtab makes of the table of options, shipped ready-made.

shtab alone takes longer to import than ``--print-completion`` may take, so it runs when the package is built from
source, not when a user asks: ``python -m hopscope.app.options.completion`` writes the files anew (shtab is among the
dependencies of the tests, and a test compares).
"""

from __future__ import annotations

import os

from ..manual import NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser

CHAPTERS = ("list", *NAMES)
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "completions")  # noqa: PTH100, PTH118, PTH120


def completion(shell: str) -> str:
    """The script that makes a shell complete our options."""
    with open(_path(shell), encoding="utf-8") as file:  # noqa: PTH123  (pathlib costs milliseconds)
        return file.read()


def make_completion(shell: str) -> str:
    """The same, made anew."""
    import shtab

    return shtab.complete(_parser(), shell).rstrip() + "\n"


def _path(shell: str) -> str:
    return os.path.join(FOLDER, f"hopscope.{shell}")  # noqa: PTH118


def _parser() -> ArgumentParser:
    """The table of options in the form that shtab reads."""
    import argparse

    import shtab

    from .table import GROUPS

    parser = argparse.ArgumentParser(prog="hopscope", add_help=False)
    for title, options in GROUPS:
        group = parser.add_argument_group(title)
        for option in options:
            names = [f"-{option.short}"] * bool(option.short) + [f"--{option.long}"]
            text = option.help.replace("%", "%%")
            if option.metavar:
                action = group.add_argument(
                    *names,
                    metavar=option.metavar,
                    help=text,
                    choices=option.choices or (CHAPTERS if option.field == "manual" else None),
                    nargs="?" if option.optional else None,
                )
                if option.metavar == "FILE":
                    action.complete = shtab.FILE  # type: ignore[attr-defined]
            else:
                group.add_argument(*names, action="store_true", help=text)
    parser.add_argument("target", nargs="*", metavar="TARGET", help="host to trace")
    return parser


if __name__ == "__main__":
    from .table import SHELLS

    for name in SHELLS:
        with open(_path(name), "w", encoding="utf-8") as made:  # noqa: PTH123
            made.write(make_completion(name))
