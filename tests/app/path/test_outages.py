"""What an outage is, by counts and in a history."""

from __future__ import annotations

import pytest
from hopscope.app.path.outages import Outage, is_outage, outages
from hopscope.app.path.snapshot import FAILED, NOT_SENT, PENDING, UNANSWERED, UNREACHABLE
from support.snapshots import hop

MARKS = {"u": UNREACHABLE, "x": UNANSWERED, "-": NOT_SENT, "?": PENDING, "!": FAILED}


@pytest.mark.parametrize(
    ("run", "lost", "completed", "expected"),
    [
        (4, 0, 1000, False),
        (5, 0, 1000, True),
        (5, 0, 0, True),
        (5, 10, 100, True),  # 105 * 0.9 * 0.1 ** 5 = 0.0009
        (5, 20, 100, False),  # 105 * 0.8 * 0.2 ** 5 = 0.027
        (6, 20, 100, True),  # 106 * 0.8 * 0.2 ** 6 = 0.0054
        (12, 50, 100, False),  # 112 * 0.5 ** 13 = 0.0137
        (13, 50, 100, True),
        (500, 100, 100, True),
    ],
)
def test_a_run_that_chance_does_not_bring(run: int, lost: int, completed: int, expected: bool) -> None:
    """Five in a row at least, and so many that fewer than 0.01 such runs are to be expected of the other losses."""
    assert is_outage(run, lost, completed) is expected


@pytest.mark.parametrize(
    ("history", "since", "expected"),
    [
        ("." * 20, 0, []),
        ("..xxxx..xxxx", 0, []),
        ("..xxxxx..", 0, [(2, 5, False)]),
        ("..xxxxx", 0, [(2, 5, True)]),
        ("..xx--x!xx?", 0, [(2, 8, True)]),
        ("..xx--x!xx.", 0, [(2, 8, False)]),
        ("." * 30 + "x" * 9 + "." * 30 + "x" * 8, 0, [(30, 9, False), (69, 8, True)]),
        ("." * 30 + "x" * 9 + "." * 30 + "x" * 8, 34, [(69, 8, True)]),  # 5 of 13 in 43 are no more than chance
        ("x." * 30 + "xxxxx.", 0, []),
        # Losses that come in threes: one of ten runs has six with a chance of (18 / 28) ** 5. Single ones: none has.
        ("xxx......" * 9 + "xxxxxx...", 0, []),
        ("x........" * 9 + "xxxxxx...", 0, [(81, 6, False)]),
    ],
)
def test_outages_of_a_history(history: str, since: int, expected: list[tuple[int, int, bool]]) -> None:
    """Probes that were not sent, failed or are pending neither break a run nor lengthen it."""
    end = hop(1, [MARKS.get(mark, 1000) for mark in history])
    assert outages(end, since) == tuple(Outage(first, rounds, lasting=lasting) for first, rounds, lasting in expected)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("....u.", []),
        ("....uu", [(4, 2, True, True)]),
        ("....xu......", [(4, 2, False, True)]),
        ("....uxxxu.", [(4, 5, False, True)]),
        ("....u?", []),
        ("u." * 20 + "uu", []),  # one of two ways is cut off: that is loss
        ("u." * 20 + "u" * 12, [(40, 12, True, True)]),
    ],
)
def test_two_rounds_are_an_outage_where_a_router_says_so(
    history: str, expected: list[tuple[int, int, bool, bool]]
) -> None:
    """What it does not report of each probe is lost as well: its reports are limited in rate."""
    end = hop(1, [MARKS.get(mark, 1000) for mark in history])
    assert outages(end, 0) == tuple(Outage(*one) for one in expected)
