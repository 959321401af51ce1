"""A bounded run of the fuzzer through a real pipe; ``support.fuzz`` says how to have a longer one."""

from __future__ import annotations

import pytest
from hopscope.probe import commands
from support import fuzz


@pytest.mark.parametrize("seed", [1, 2])
def test_fuzzed_lines_are_answered_in_form(seed: int) -> None:
    """NUL bytes, half lines, long lines and nonsense: each line has its answer, and the process lives on."""
    fuzz.run(8000, seed)


def test_no_argument_is_missing_from_the_vocabulary() -> None:
    """The fuzzer's words are made of the parser's own table, and a parser reads nothing that is not in it."""
    assert set(fuzz.ARGUMENTS) == {name.decode() for name in commands.ARGUMENTS}
    assert all(fuzz.ARGUMENTS.values())
