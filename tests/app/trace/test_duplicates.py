"""Duplicate replies to probes, in virtual time: told where they had been, and counted in nothing else."""

from __future__ import annotations

from hopscope.app.settings import TraceSettings
from hopscope.app.trace.events import ProbeAnswered, ProbeDuplicated
from hopscope.probe import wire
from hopscope.probe.limits import ANSWERED_MAX
from support.engines import World, steady
from support.virtual import Lab, lab_world

SCENARIO = """
title = "A router and a target that answer twice"
hop = [
    { address = "192.0.2.1", rtt_ms = 1 },
    { address = "198.51.100.1", rtt_ms = 2, duplicate_percent = 100 },
    { address = "198.51.100.5", rtt_ms = 3, reply_loss_percent = 30 },
    { address = "203.0.113.80", rtt_ms = 4, duplicate_percent = 25 },
]
"""
ONCE = SCENARIO.replace(", duplicate_percent = 100", "").replace(", duplicate_percent = 25", "")
ROUNDS = 40


def duplicates(world: World) -> list[ProbeDuplicated]:
    return [event for event in world.events if isinstance(event, ProbeDuplicated)]


def second(seq: int, address: str = "10.0.0.1") -> tuple[int, wire.Answer, int]:
    return seq, wire.Answer(wire.DUPLICATE, address, 900, icmp_type=11, icmp_code=0), 5_000_000


def test_second_answers_are_told_where_they_had_been() -> None:
    """Each belongs to the round and TTL of its probe, once, and comes after the first."""
    world = lab_world(Lab(SCENARIO), TraceSettings(rounds=ROUNDS), detail=True)
    snapshot = world.run()
    first = {event.seq: event for event in world.events if isinstance(event, ProbeAnswered)}
    told = duplicates(world)
    assert len({event.seq for event in told}) == len(told)
    for event in told:
        answer = first[event.seq]
        assert (event.round, event.ttl, event.address) == (answer.round, answer.ttl, answer.address)
        assert event.rtt_us == answer.rtt_us + 50
        assert not event.elsewhere
    assert [hop.duplicates for hop in snapshot.hops[:3]] == [0, ROUNDS, 0]
    assert 0 < snapshot.hops[3].duplicates < ROUNDS
    assert sum(hop.duplicates for hop in snapshot.hops) == len(told)


def test_nothing_else_counts_them() -> None:
    """Sent, received, times and reach are those of a path that answers each probe once."""
    plain, twice = (
        lab_world(Lab(text), TraceSettings(rounds=ROUNDS), detail=True).run().hops for text in (SCENARIO, ONCE)
    )
    for one, other in zip(plain, twice, strict=True):
        if one.ttl != 3:  # whose losses are drawn from the same numbers as the duplicates
            assert (one.sent, one.received, one.pending) == (other.sent, other.received, other.pending)
            assert one.statistics == other.statistics


def test_a_probe_process_that_does_not_know_the_word_says_nothing() -> None:
    """Without the extension nothing is told, and nothing noted."""
    world = lab_world(Lab(SCENARIO), TraceSettings(rounds=5))
    assert {hop.duplicates for hop in world.run().hops} == {0}


def test_a_second_answer_of_another_address_is_told_apart() -> None:
    """Who answered first is remembered with the probe."""
    world = World(steady(3), TraceSettings(rounds=2))
    world.run(0.9)
    (answered, *_) = (event for event in world.events if isinstance(event, ProbeAnswered) and event.ttl == 1)
    world.group.answer(*second(answered.seq, "10.9.9.9"))
    world.tell()
    assert [(event.address, event.elsewhere) for event in duplicates(world)] == [("10.9.9.9", True)]
    hop = world.paths[0].snapshot().hops[0]
    assert (hop.duplicates, hop.duplicates_elsewhere) == (1, 1)


def test_what_no_longer_counts_has_no_second_answer() -> None:
    """After a reset, of an unknown probe, and a second time, nothing is told."""
    world = World(steady(3), TraceSettings(rounds=100))
    world.run(0.9)
    one, other, *_ = (event.seq for event in world.events if isinstance(event, ProbeAnswered))
    world.group.answer(*second(one))
    world.group.answer(*second(one))
    world.group.answer(*second(12345678))
    world.tell()
    assert [event.seq for event in duplicates(world)] == [one]
    world.group.engines[0].reset(world.now_us)
    world.group.answer(*second(other))
    world.tell()
    assert len(duplicates(world)) == 1


def test_what_is_remembered_is_bounded() -> None:
    """A second answer to a probe of long ago is dropped; to one of the latest it is not."""
    world = World(steady(3), TraceSettings(rounds=1000))
    world.run(300)
    seqs = [event.seq for event in world.events if isinstance(event, ProbeAnswered)]
    assert len(seqs) > ANSWERED_MAX
    for seq in (seqs[0], seqs[-ANSWERED_MAX - 1], seqs[-ANSWERED_MAX], seqs[-1]):
        world.group.answer(*second(seq))
    world.tell()
    assert [event.seq for event in duplicates(world)] == [seqs[-ANSWERED_MAX], seqs[-1]]
