"""The order in which files of tests are dealt out where several processes run them.

Tests of the kernel mostly wait, others mostly compute: files of both kinds are dealt out by turns, so that neither the
processors nor the waiting come to the end alone; and what takes long comes first, lest one process end long after the
others. How many tests a file has tells well enough how long it takes, but for those that are named here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# Few tests that take long; of each kind, waiting and computing, each file longer than the next.
LONG = (
    "tests/kernel/app/report/test_against_mtr.py",
    "tests/kernel/app/trace/test_unreachable.py",
    "tests/kernel/app/report/test_run.py",
    "tests/kernel/app/trace/test_ecmp.py",
    "tests/kernel/app/trace/test_checks.py",
    "tests/kernel/app/host/test_traffic.py",
    "tests/kernel/app/screens/test_run.py",
    "tests/kernel/app/path/test_route_changes.py",
    "tests/kernel/app/resolve/test_beside_mtr.py",
    "tests/app/screens/test_real_terminal.py",
    "tests/app/screens/test_goldens.py",
    "tests/app/resolve/test_privacy_everywhere.py",
    "tests/app/resolve/test_program.py",
    "tests/app/insight/test_worlds.py",
    "tests/app/recording/test_replay.py",
    "tests/app/insight/lanes/test_together.py",
    "tests/app/insight/test_scores.py",
    "tests/app/vantage/test_lies.py",
)
WAITING = ("tests/kernel/", "tests/app/screens/test_real_terminal.py")

Item = TypeVar("Item")


def deal(items: Iterable[Item], path: Callable[[Item], str]) -> list[Item]:
    """The items in the order in which their files are dealt out; in a file they keep theirs."""
    files: dict[str, list[Item]] = {}
    for item in items:
        files.setdefault(path(item), []).append(item)
    places = {}
    for waits in (True, False):
        kind = [name for name in files if name.startswith(WAITING) == waits]
        kind.sort(key=lambda name: (LONG.index(name) if name in LONG else len(LONG), -len(files[name])))
        places.update({name: ((at + 0.5) / len(kind), not waits) for at, name in enumerate(kind)})
    return [item for name in sorted(files, key=places.__getitem__) for item in files[name]]
