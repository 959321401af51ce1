"""Two traces compared as a whole, and what is said of them."""

from __future__ import annotations

from random import Random

import pytest
from hopscope.app.compare.comparison import compared
from hopscope.app.compare.sentence import notes, row_words, sentence
from hopscope.app.compare.trace import ComparedHop, ComparedTrace
from hopscope.app.sanitize import NOTHING, sanitize

LABELS = ("mon", "tue")


def trace(
    routers: str = "a b c d t",
    *,
    rounds: int = 300,
    lossy: dict[int, float] | None = None,
    slower: dict[int, int] | None = None,
    seed: int = 1,
    reached: bool = True,
) -> ComparedTrace:
    """A trace of routers, ``*`` for a silent one: RTTs of 5 ms a hop, with losses and delays by TTL."""
    luck = Random(seed)
    hops = []
    for ttl, word in enumerate(routers.split(), 1):
        name, _, network = word.partition(":")
        lost = tuple(name == "*" or luck.random() < (lossy or {}).get(ttl, 0.0) for _ in range(rounds))
        base_us = 5_000 * ttl + (slower or {}).get(ttl, 0)
        rtts = tuple(base_us + luck.randrange(200) for mark in lost if not mark)
        answered = name != "*"
        hops.append(
            ComparedHop(
                ttl,
                sanitize(name) if answered else NOTHING,
                ((name, len(rtts)),) if answered else (),
                f"AS{network}" if network else "",
                rounds,
                len(rtts),
                rtts,
                lost,
            )
        )
    return ComparedTrace(
        sanitize("x"), sanitize("target"), "192.0.2.1", sanitize("vm"), sanitize("ICMP"), tuple(hops), reached, rounds
    )


def test_the_same() -> None:
    """Two traces of one path are the same, with the counts that this rests on."""
    made = compared(trace(seed=1), trace(seed=2))
    assert not made.differs
    assert sentence(made) == (
        "Same: neither the path nor RTT nor loss differs by more than chance makes. Loss is the same (0 of 300, 0 of"
        " 300). RTT is the same (25.1 ms and 25.1 ms)."
    )
    assert {row_words(made, row) for row in made.rows} == {"="}


def test_slower_from_a_hop_on() -> None:
    """What all later hops show too begins at the first of them."""
    made = compared(trace(), trace(seed=2, slower={3: 4_000, 4: 4_000, 5: 4_000}))
    assert made.differs
    assert sentence(made).startswith("Slower: +4.0 ms from hop 3 on. Loss is the same (0 of 300, 0 of 300).")
    assert [row_words(made, row) for row in made.rows] == ["=", "=", "+4.0 ms", "+4.0 ms", "+4.0 ms"]


def test_a_silent_hop_before_it_leaves_two_places() -> None:
    """Where the hop before does not answer, the difference may begin at either."""
    made = compared(trace("a b * d t"), trace("a b * d t", seed=2, slower={4: 4_000, 5: 4_000}))
    assert sentence(made).startswith("Slower: +4.0 ms from hop 3 or 4 on.")


def test_more_loss() -> None:
    """Loss that lasts to the target is told with both shares and its place."""
    made = compared(trace(), trace(seed=2, lossy=dict.fromkeys((4, 5), 0.1)))
    assert sentence(made).startswith("More loss: ")
    assert " % instead of 0.0 % from hop 4 on." in sentence(made)
    assert (made.lossier, compared(made.second, made.first).lossier) == (1, -1)


def test_a_router_alone() -> None:
    """A router that answers fewer probes, or later, is no difference of the path; its row says so."""
    made = compared(trace(), trace(seed=2, lossy={3: 0.4}, slower={2: 3_000}))
    assert not made.differs
    assert row_words(made, made.rows[1]) == "+3.0 ms (this router alone)"
    assert row_words(made, made.rows[2]).endswith("points (this router alone)")


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("a b:1 c t", "a x:2 c t", "The path now goes by AS2."),
        ("a b:1 c t", "a x:2 y:2 c t", "The path now goes by AS2 and is one hop longer."),
        ("a b c t", "a x c t", "Another router at hop 2."),
        ("a b c t", "a x y t", "Other routers at hops 2 and 3."),
        ("a b c d t", "a d t", "The path is 2 hops shorter."),
    ],
)
def test_another_path(first: str, second: str, said: str) -> None:
    """What of the path differs is told by networks, length, or hops."""
    made = compared(trace(first, slower=_level(first)), trace(second, seed=2, slower=_level(second)))
    assert made.differs
    assert sentence(made).startswith(said)


def _level(routers: str) -> dict[int, int]:
    """Delays that put the target at 25 ms, however long the path is."""
    last = len(routers.split())
    return {last: 25_000 - 5_000 * last}


def test_no_longer_reached() -> None:
    """A target that does not answer any more is told before all else, and back again as well."""
    cut = trace("a b", seed=2, reached=False)
    made = compared(trace(), cut)
    assert made.differs
    assert sentence(made) == "The target is no longer reached: hop 2 is the last one that answers."
    assert sentence(compared(cut, trace())).startswith("The target is reached again")
    assert not made.other_path  # how it would have gone on is not known


def test_one_round_is_too_few() -> None:
    """That the target missed a single probe is no outage."""
    assert not compared(trace(rounds=2), trace("a b", rounds=2, reached=False)).differs


def test_notes() -> None:
    """What limits a comparison is said: few probes, other protocols, and the tests."""
    made = compared(trace(rounds=10), trace(rounds=10, seed=2))
    assert "With 10 and 10 probes a hop, only large differences show." in notes(made)
    assert any("Mann and Whitney's for RTT" in note and "Holm" in note for note in notes(made))


def test_chance_seldom_differs() -> None:
    """Of 100 pairs of one world at most a few differ."""
    lossy = dict.fromkeys((3, 4, 5), 0.05) | {2: 0.3}
    made = [compared(trace(seed=2 * at, lossy=lossy), trace(seed=2 * at + 1, lossy=lossy)) for at in range(100)]
    assert sum(one.differs for one in made) <= 5


def test_empty_traces() -> None:
    """Traces in which nothing answered are the same."""
    empty = trace("* *", reached=False)
    assert not compared(empty, empty).differs
    assert not compared(trace("", reached=False), trace("", reached=False)).differs
