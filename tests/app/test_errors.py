"""The errors that reach a user."""

from __future__ import annotations

from hopscope.app import errors


def test_the_tree_is_the_one_that_is_drawn() -> None:
    """Each error stands in the drawing with its exit status, and nothing else does."""
    assert errors.__doc__
    drawn = {}
    for line in errors.__doc__.splitlines():
        words = line.replace("├──", "").replace("└──", "").split()
        if words and words[0].endswith("Error"):
            drawn[words[0]] = words[1]
    kinds: list[type[errors.HopscopeError]] = [errors.HopscopeError, *errors.HopscopeError.__subclasses__()]
    assert drawn == {kind.__name__: str(kind.exit_status) for kind in kinds}


def test_the_remedy_ends_the_line() -> None:
    """Where there is one."""
    assert str(errors.UsageError("the screen needs a terminal", remedy="-r writes a report")) == (
        "the screen needs a terminal; -r writes a report"
    )
    assert str(errors.OutputError("standard output is closed")) == "standard output is closed"
