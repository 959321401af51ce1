"""Verdicts on targets that are not reached: who says so, where, and by which name."""

from __future__ import annotations

from hopscope.app.insight import rules
from hopscope.app.insight.place import at_hop
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.settings import TraceSettings
from hopscope.probe import wire
from support.engines import World, steady
from support.virtual import Lab, lab_world


def refusing_at(ttl: int, now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
    """A path whose router at a TTL answers for itself, and refuses what goes on."""
    if request.ttl > ttl:
        return 5000, wire.Answer("no-route", f"10.0.0.{ttl}", 5000, icmp_type=3, icmp_code=13)
    return steady(8)(now_us, request)


def test_a_refusal_is_told_of_the_row_of_the_router() -> None:
    """The router that refuses answers for itself a hop before the refused probes: there it is named, and marked."""
    snapshot = World(lambda now_us, request: refusing_at(4, now_us, request), TraceSettings(rounds=5)).run()
    assessment = verdicts(snapshot)
    assert [hop.ttl for hop in snapshot.hops] == [1, 2, 3, 4, 5]
    assert assessment.answer.place == at_hop(4)
    assert [hop.ttl for hop in assessment.hops if hop.severity == "fault"] == [4]
    assert assessment.sentence == "The target is not reached: hop 4, 10.0.0.4, prohibits these packets."


def test_sentences_call_routers_what_the_table_calls_them() -> None:
    """In the answer and in all verdicts; the fields keep the addresses."""
    for name in ("loop", "prohibited", "path-change"):
        lab = Lab(name)
        names = lab.scenario.names()
        assessment = verdicts(lab_world(lab, TraceSettings()).run(until_s=45), None, names.__getitem__)
        told = [assessment.sentence, *(text for one in assessment.verdicts for text in (one.sentence, *one.reasons))]
        assert not [text for text in told if any(address in text for address in names)]
        assert [text for text in told if any(host in text for host in names.values())]
        assert set(assessment.answer.addresses) <= set(names)


def test_a_loop_is_told_in_all_lengths() -> None:
    """By the routers' names where there is room, else by the hops that repeat; its length does not flicker.

    Since when it lasts counts from its first round.
    """
    lab = Lab("loop")
    names = lab.scenario.names()
    world = lab_world(lab, TraceSettings())
    said = set()
    for tenth in range(265, 272):
        assessment = verdicts(world.run(until_s=tenth / 10), None, names.__getitem__)
        assert assessment.answer.rules[0] is rules.ROUTING_LOOP
        said.add(assessment.sentences)
    assert said == {
        (
            (
                "Routing loop for 11 s:",
                "from hop 4 on packets circle between east.transit.example and west.transit.example.",
            ),
            ("Routing loop for 11 s:", "hops 4-5 repeat up to hop 30."),
        )
    }
