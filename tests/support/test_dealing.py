"""The order in which files of tests are dealt out."""

from __future__ import annotations

from pathlib import Path

from support.dealing import LONG, WAITING, deal

ROOT = Path(__file__).resolve().parents[2]
WAITS = [name for name in LONG if name.startswith(WAITING)]
COMPUTES = [name for name in LONG if not name.startswith(WAITING)]


def test_long_files_are_there() -> None:
    """What is dealt out first is a file of the tree."""
    assert [name for name in LONG if not (ROOT / name).is_file()] == []


def test_kinds_take_turns_and_long_ones_come_first() -> None:
    """Of each kind the file that takes longest is first, and the kinds are spread evenly; no test is lost or moved."""
    files = {
        "tests/app/test_small.py": 2,
        WAITS[-1]: 2,
        COMPUTES[-1]: 1,
        "tests/app/test_large.py": 9,
        "tests/widgets/test_tiny.py": 1,
        "tests/kernel/test_small.py": 3,
        WAITS[0]: 1,
    }
    items = [(name, number) for name, count in files.items() for number in range(count)]
    dealt = deal(items, lambda item: item[0])
    assert list(dict.fromkeys(name for name, _ in dealt)) == [
        COMPUTES[-1],
        WAITS[0],
        "tests/app/test_large.py",
        WAITS[-1],
        "tests/app/test_small.py",
        "tests/kernel/test_small.py",
        "tests/widgets/test_tiny.py",
    ]
    assert sorted(dealt) == sorted(items)
    assert [number for name, number in dealt if name == "tests/app/test_large.py"] == list(range(9))


def test_nothing_is_dealt_of_nothing() -> None:
    """No items, no order."""
    assert deal([], str) == []
