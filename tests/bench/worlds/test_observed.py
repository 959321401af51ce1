"""Tests how the answer is read: what it leaves open, where, since when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from bench.worlds.observed import Observed, read_sentence

if TYPE_CHECKING:
    from bench.worlds.truth import Kind


@dataclass(frozen=True)
class Read:
    """A sentence and what is in it."""

    text: str
    kinds: set[Kind]
    place: tuple[int, int] = (0, 0)
    status: str = ""
    since_s: float | None = None


@pytest.mark.parametrize(
    "case",
    [
        Read("Too early to tell: 30 probes, loss below 9.5 % not excluded (95 %).", {"early"}),
        Read("Fine so far: 10 of 10 answered, 18 ms.", {"fine"}),
        Read("No fault found. Hop 5 limits its own replies; nothing is lost behind it.", {"fine"}),
        Read("Loss on the path: 10.8 % from hop 4 on; 13 of 120 over hops 4-7 (95 %: 5.9-17.8 %).", {"loss"}, (4, 4)),
        Read("Loss on the path: 5.8 %, beginning between hops 4 and 7; 7 of 120 over hops 7-10.", {"loss"}, (4, 7)),
        Read("Loss on the path: 2.7 %, beginning between this host and hop 4; 4 of 150.", {"loss"}, (1, 4)),
        Read(
            "Loss: 8.1 %, beginning between this host and hop 4, with queueing there (up to +71 ms) in the last 16 s.",
            {"loss"},
            (1, 4),
            "",
            284,
        ),
        Read("Loss on the local network: 8.0 % already at hop 1; 24 of 300 at the target.", {"loss"}, (1, 1)),
        Read("Loss at the target: 3.3 % on the last link, or its own limit; 10 of 300.", {"loss", "limiter"}, (9, 9)),
        Read("No fault found up to hop 8. The target probably limits its own replies.", {"limiter"}, (9, 9)),
        Read("No fault found up to hop 8. The target probably rate-limits its replies: 19 of 30.", {"limiter"}, (9, 9)),
        Read("Bufferbloat, grade D: up to +186.6 ms from hop 2 on.", {"queue"}, (2, 2)),
        Read("Queueing: up to +16.0 ms from hop 5 on.", {"queue"}, (5, 5)),
        Read("Queueing: mostly up to +16.0 ms from one of hops 2-4 on.", {"queue"}, (2, 4)),
        Read("Outage: nothing came through for 8 s; over since 22 s.", {"outage"}, (0, 0), "ended", 270),
        Read("Path changed 35 s ago at hops 4-7: 4 routers replaced.", {"change"}, (4, 7), "", 265),
        Read("Path seems to have changed at hop 4 (confirming).", {"change"}, (4, 4), "provisional"),
        Read("The path flaps at hops 3-4: it alternates between routes.", {"flap"}, (3, 4)),
        Read(
            "RTT rose by 32.1 ms 40 s ago, from hop 4 on: a longer path, or a queue.",
            {"shift", "queue"},
            (4, 4),
            "",
            260,
        ),
        Read("RTT rose by 32.1 ms 40 s ago, from hop 4 on.", {"shift"}, (4, 4), "", 260),
        Read("Looks like queueing: RTT is 3 times its best from hop 2 or 3 on.", {"queue"}, (2, 3)),
        Read("The target is not reached: hop 5, 192.0.2.5, prohibits these packets.", {"unreachable"}, (5, 5)),
        Read("The target does not answer icmp; path is fine up to hop 8.", {"silent-target"}, (8, 9)),
        Read("The target has stopped answering: 3 min ago; the path ends after hop 3.", {"outage"}, (3, 4), "", 120),
        Read("The target stopped answering 3 min ago; the path ends after hop 3.", {"outage"}, (3, 4), "", 120),
        Read("Routing loop: from hop 5 on packets circle between 192.0.2.5 and 192.0.2.6.", {"loop"}, (5, 5)),
        Read("Routing loop for 20 s: hops 5-6 repeat up to hop 30.", {"loop"}, (5, 6), "", 280),
        Read("Routing loop: hop 5 repeats up to hop 30.", {"loop"}, (5, 5)),
        Read("A routing loop seems to have formed at hop 5 (confirming).", {"loop"}, (5, 5), "provisional"),
        Read("A routing loop began 20 s ago.", {"loop"}, (0, 0), "", 280),
        Read("Loss: 8.1 %, beginning between hops 3 and 6, with queueing there (up to +71 ms).", {"loss"}, (3, 6)),
        Read("Something that nobody has thought of.", {"other"}),
    ],
    ids=lambda case: case.text[:30],
)
def test_a_sentence_is_read_as_a_user_reads_it(case: Read) -> None:
    """The kinds, the place, the status and the time are those that the words say, 300 s into a trace of nine hops."""
    claim = read_sentence(case.text, end=9, now_s=300.0)[0]
    assert claim.kinds == case.kinds
    assert (claim.first_hop, claim.last_hop) == case.place
    assert claim.status == case.status
    assert claim.since_s == case.since_s


def test_a_second_place_is_a_second_claim() -> None:
    """Two lossy links are read as two."""
    first, second = read_sentence("Loss on the path: 8 % from hop 4 on, 20 % more from hop 8.", end=9, now_s=300.0)
    assert (first.first_hop, first.share, second.first_hop, second.share) == (4, 0.08, 8, 0.2)


def test_the_queue_where_loss_begins_is_a_claim_of_its_own() -> None:
    """It is as right or wrong as one that is told alone."""
    text = "Loss on the path: 8.1 %, beginning between hops 2 and 4, with queueing there (up to +71.3 ms)."
    loss, queue = read_sentence(text, end=9, now_s=300.0)
    assert loss.kinds == {"loss"}
    assert queue.kinds == {"queue"}
    assert (queue.first_hop, queue.last_hop, queue.width) == (2, 4, 2)


def test_what_a_queue_drops_is_a_claim_of_its_own() -> None:
    """With the place and the status of the queue."""
    text = "Queueing ended 31 s ago: up to +43.9 ms and 12.5 % loss for 2 min from hop 3 on."
    queue, loss = read_sentence(text, end=9, now_s=300.0)
    assert queue.kinds == {"queue"}
    assert loss.kinds == {"loss"}
    assert loss.share == 0.125
    assert (loss.first_hop, loss.last_hop, loss.status) == (3, 3, "ended")


def test_a_queue_told_with_its_loss_is_told_as_that_loss() -> None:
    """Its cause is no other class, whichever of both is said first; a queue without loss is."""

    def key(text: str) -> tuple[object, ...]:
        return Observed(tuple(read_sentence(text, end=9, now_s=300.0)), "", text).key

    loss = key("Loss on the path: 8.1 % from hop 3 on.")
    assert key("Loss on the path: 9.3 % from hop 3 on, with queueing there (up to +43.9 ms).") == loss
    assert key("Queueing ended 31 s ago: up to +43.9 ms and 9.3 % loss for 2 min from hop 3 on.") == loss
    assert key("Queueing: up to +43.9 ms from hop 3 on.") != loss


def test_a_loop_told_second_is_a_claim_of_its_own() -> None:
    """As what leads tells it."""
    text = (
        "The target stopped answering 20 s ago; the path ends after hop 4; also a routing loop began 20 s ago at hop 5."
    )
    claims = read_sentence(text, end=9, now_s=300.0)
    assert claims[-1].kinds == {"loop"}
    assert (claims[-1].first_hop, claims[-1].since_s) == (5, 280)


def test_both_of_two_places_may_be_ranges() -> None:
    """Each with its own ends, whichever of them is wide."""
    text = "Loss on the path: 8 % from hop 4, 20 % more within hops 6-8; 28 of 100 at the target."
    first, second = read_sentence(text, end=9, now_s=300.0)
    assert (first.first_hop, first.last_hop, second.first_hop, second.last_hop, second.width) == (4, 4, 6, 8, 2)


def test_a_range_between_two_hops_is_as_wide_as_its_links() -> None:
    """Between hop 2 and hop 5 there are three links; at hops 2-5 there are four hops."""
    between = read_sentence("Loss on the path: 5 %, beginning between hops 2 and 5.", end=9, now_s=300.0)[0]
    at = read_sentence("Path changed 9 s ago at hops 2-5: 4 routers replaced.", end=9, now_s=300.0)[0]
    assert (between.width, at.width) == (3, 4)
