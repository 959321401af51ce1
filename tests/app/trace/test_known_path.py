"""What is known of a path, and where it ends."""

from __future__ import annotations

from dataclasses import replace

from hopscope.app.settings import TraceSettings
from hopscope.app.trace.known_path import KnownPath
from hopscope.probe import wire
from hopscope.probe.wire import REPLY, TTL_EXPIRED, Answer
from hypothesis import given
from hypothesis import strategies as st
from support.engines import World

TARGET = "192.0.2.99"
SETTINGS = TraceSettings()


def told(*words: str) -> KnownPath:
    """A path whose hops have answered so, from the first on; an empty word is silence."""
    known = KnownPath(TARGET)
    for ttl, word in enumerate(words, 1):
        known.hop(ttl).sent_us = 1
        if word:
            known.answered(ttl, Answer(word, TARGET if word == REPLY else f"10.0.0.{ttl}", 1000), 5)
    return known


def test_a_round_goes_to_the_nearest_end() -> None:
    """Of two TTLs that the target answers the nearer ends the path, and the one that is forgotten does not."""
    known = told(TTL_EXPIRED, TTL_EXPIRED, REPLY, REPLY)
    assert (known.end(SETTINGS), known.length(SETTINGS)) == (3, 3)
    known.forget(3)
    assert (known.end(SETTINGS), known.length(SETTINGS)) == (4, 4)
    known.answered(4, Answer(TTL_EXPIRED, "10.0.0.4", 1000), 6)
    assert known.end(SETTINGS) is None


@given(
    st.lists(st.sampled_from((TTL_EXPIRED, TTL_EXPIRED, "", REPLY)), max_size=12),
    st.integers(1, 4),
    st.integers(0, 4),
    st.integers(5, 12),
)
def test_a_round_is_as_long_as_it_goes_on(words: list[str], first_ttl: int, unknown: int, max_ttl: int) -> None:
    """The length of a round is the number of probes until it ends."""
    known = told(*words)
    settings = replace(SETTINGS, first_ttl=first_ttl, max_unknown=unknown, max_ttl=max_ttl)
    ttl = first_ttl
    while not known.round_ends(ttl, settings):
        ttl += 1
    assert known.length(settings) == ttl - first_ttl + 1


def test_the_nearest_of_answers_in_a_row_is_the_end() -> None:
    """A nearer answer of the target is believed at once where it has answered at each TTL from there to its old end."""
    known = told(*[TTL_EXPIRED] * 3, *[""] * 3, REPLY)
    for _ in range(3):
        known.answered(7, Answer(REPLY, TARGET, 1000), 6)
    known.answered(4, Answer(REPLY, TARGET, 1000), 7)
    assert known.end(SETTINGS) == 7
    for ttl in (5, 6):
        known.answered(ttl, Answer(REPLY, TARGET, 1000), 8)
    assert known.end(SETTINGS) == 4


def test_a_ttl_that_expired_in_the_targets_name_is_no_arrival() -> None:
    """A gateway that translates addresses says so with the target's address: the path goes on to the target itself."""

    def network(_now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer]:
        if request.ttl >= 5:
            return 20_000, wire.Answer("reply", request.address, 20_000)
        address = request.address if request.ttl == 3 else f"10.0.0.{request.ttl}"
        return 9_000, wire.Answer("ttl-expired", address, 9_000)

    snapshot = World(network).run()
    assert [hop.ttl for hop in snapshot.hops] == [1, 2, 3, 4, 5]
    assert snapshot.reached
    assert [hop.received for hop in snapshot.hops] == [10] * 5


def test_an_unreachable_ends_a_path_only_while_the_target_has_not_answered() -> None:
    """A router that cuts the target off later neither shortens the rounds nor says how long answers take."""
    settings = TraceSettings()
    known = told(TTL_EXPIRED, "no-route")
    assert known.end(settings) == 2
    known = told(TTL_EXPIRED, TTL_EXPIRED, REPLY)
    slowest_us = known.slowest_us
    for ttl in (2, 3):
        known.answered(ttl, wire.Answer("no-route", "10.0.0.1", 3_000_000), 0)
    assert (known.end(settings), known.reached, known.slowest_us) == (3, True, slowest_us)
    assert known.hop(2).address != "10.0.0.1"
