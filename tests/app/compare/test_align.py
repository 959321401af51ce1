"""Hops of two paths beside each other."""

from __future__ import annotations

import pytest
from hopscope.app.compare.align import aligned, shared
from hopscope.app.compare.trace import ComparedHop
from hopscope.app.sanitize import NOTHING, sanitize


def path(text: str) -> list[ComparedHop]:
    """Hops from words: ``a``, ``a:1`` of network 1, ``*`` silent."""
    return [hop(ttl, *word.partition(":")[::2]) for ttl, word in enumerate(text.split(), 1)]


def hop(ttl: int, router: str, network: str = "") -> ComparedHop:
    if router == "*":
        return ComparedHop(ttl, NOTHING, (), "", 10, 0)
    return ComparedHop(ttl, sanitize(router), ((router, 10),), f"AS{network}" if network else "", 10, 10)


def shown(first: str, second: str, *, same_end: bool = True) -> str:
    pairs = aligned(path(first), path(second), same_end=same_end)
    return " ".join(
        f"{pair.first.host or '*' if pair.first else '-'}/{pair.second.host or '*' if pair.second else '-'}"
        for pair in pairs
    )


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("a b c t", "a b c t", "a/a b/b c/c t/t"),
        ("a b c t", "a x c t", "a/a b/x c/c t/t"),
        ("a b c t", "a b x c t", "a/a b/b -/x c/c t/t"),
        ("a b x c t", "a b c t", "a/a b/b x/- c/c t/t"),
        ("a b t", "a x y t", "a/a b/x -/y t/t"),
        ("a b:1 t", "a x:2 y:1 t", "a/a -/x b/y t/t"),
        ("a * c t", "a b c t", "a/a */b c/c t/t"),
        ("a * * t", "a * t", "a/a */* */- t/t"),
        ("t", "a t", "-/a t/t"),
    ],
)
def test_alignment(first: str, second: str, expected: str) -> None:
    """What both paths have stands side by side; the rest is the least that explains the difference."""
    assert shown(first, second) == expected


def test_ends_that_are_no_target() -> None:
    """Paths that end before the target are aligned as far as they go."""
    assert shown("a b c", "a b", same_end=False) == "a/a b/b c/-"
    assert aligned([], [], same_end=True) == []


def test_balanced_hops_are_the_same() -> None:
    """Hops with several routers are the same where these answered about as often; a share of them is not enough."""
    one = ComparedHop(1, sanitize("a"), (("a", 60), ("b", 40)), "", 100, 100)
    other = ComparedHop(1, sanitize("b"), (("b", 55), ("a", 45)), "", 100, 100)
    moved = ComparedHop(1, sanitize("c"), (("c", 80), ("a", 20)), "", 100, 100)
    assert shared(one, other) == pytest.approx(0.85)
    assert [aligned([one], [two], same_end=False)[0].kind for two in (other, moved)] == ["same", "other"]


def test_names_tell_as_well() -> None:
    """Where one file has names and the other addresses, the name that both show is the same router."""
    one = ComparedHop(1, sanitize("gw.example"), (("gw.example", 0),), "", 10, 10)
    other = ComparedHop(1, sanitize("gw.example"), (("10.0.0.1", 10),), "", 10, 10)
    assert shared(one, other) == 1
