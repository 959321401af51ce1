"""Verdicts over simulated paths of which the truth is known."""

from __future__ import annotations

import random
from array import array
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.answer import Status
from hopscope.app.insight.evidence.gather import gather
from hopscope.app.insight.evidence.series import long_stretch
from hopscope.app.insight.place import Place
from hopscope.app.insight.sentences import LENGTHS
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.path.snapshot import NOT_SENT, PENDING
from hopscope.app.settings import TraceSettings
from hopscope.probe import wire
from support.engines import TARGET, Network, World, steady
from support.virtual import Lab, lab_world

if TYPE_CHECKING:
    from hopscope.app.insight.assessment import Assessment, Verdict
    from hopscope.app.insight.rules import Rule


def judge(network: Network, rounds: int = 100) -> Assessment:
    assessment = verdicts(World(network, TraceSettings(rounds=rounds)).run())
    for (lead, rest), length in zip(assessment.sentences, LENGTHS, strict=False):
        assert len(f"{lead} {rest}") <= length
        assert f"{lead} {rest}".isascii()
    assert assessment.sentences
    for verdict in assessment.verdicts:
        assert verdict.sentence.isascii()
    return assessment


def lossy(at: int, share: float, hops: int = 8, seed: int = 1, below: Network | None = None) -> Network:
    """A link before hop ``at`` that loses a share of the packets."""
    chance = random.Random(seed)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl >= at and chance.random() < share:
            return None
        return (below or steady(hops))(now_us, request)

    return network


def limited(at: int, share: float, hops: int = 8, seed: int = 1, below: Network | None = None) -> Network:
    """A router that leaves a share of the probes unanswered and forwards all."""
    chance = random.Random(seed)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl == at and chance.random() < share:
            return None
        return (below or steady(hops))(now_us, request)

    return network


def told(assessment: Assessment) -> list[Rule]:
    """The rules in order; those on NAT left out: the routers of the simulated paths have private addresses."""
    nat = {rules.DOUBLE_NAT, rules.CARRIER_NAT, rules.NAT, rules.IP_ID_REWRITTEN}
    return [verdict.rule for verdict in assessment.verdicts if verdict.rule not in nat]


def test_healthy() -> None:
    """Hundred rounds without loss are healthy, with the loss that is excluded."""
    assessment = judge(steady(8))
    assert assessment.severity == "fine"
    assert assessment.sentence == "No fault found. 0 of 100 lost; loss above 3.0 % is excluded (95 %)."
    assert told(assessment) == [rules.NO_LOSS]
    assert {hop.loss for hop in assessment.hops} == {"none"}


def test_too_early() -> None:
    """Few probes without loss are not called healthy."""
    assessment = judge(steady(8), rounds=14)
    assert assessment.sentence == "Fine so far: 14 of 14 answered, 10.0 ms; loss could still be as high as 19.3 %."
    assert assessment.severity == "note"


@pytest.mark.parametrize("at", [2, 4, 6])
def test_loss_on_the_path(at: int) -> None:
    """A lossy link is found, within the range that is named, and the hops behind it are marked."""
    assessment = judge(lossy(at, 0.1))
    [verdict] = [verdict for verdict in assessment.verdicts if verdict.rule is rules.PATH_LOSS]
    numbers = dict(verdict.numbers)
    assert int(numbers["after_ttl"]) < at <= int(numbers["from_ttl"])
    assert assessment.severity == verdict.severity == "fault"
    assert assessment.sentence.startswith("Loss on the path: ")
    assert assessment.hop(8).loss == "path"
    assert assessment.hop(1).loss == "none"


def test_loss_of_the_last_two_hops_may_be_their_limits() -> None:
    """Where loss begins at the last hop but one, no other hop shows whether packets get through."""
    assessment = judge(lossy(7, 0.1), rounds=200)
    assert assessment.answer.rules[0] is rules.TARGET_LOSS_OR_LIMIT
    assert (assessment.severity, assessment.hop(7).loss, assessment.hop(8).loss) == ("warning", "unjudged", "unjudged")
    assert "% from hop 7 on, or rate-limited replies" in assessment.sentence


def test_loss_from_the_first_hop_on_is_local() -> None:
    """Loss that every hop shares is at home."""
    assessment = judge(lossy(1, 0.1), rounds=160)
    assert told(assessment)[0] == rules.LOCAL_LOSS
    assert assessment.sentence.startswith("Loss on the local network: ")


def test_rate_limited_hop_is_harmless() -> None:
    """A hop that answers half of its probes while all get through is no fault, and is calm."""
    assessment = judge(limited(5, 0.5))
    assert assessment.severity == "fine"
    assert assessment.sentence == "No fault found. Hop 5 rate-limits its replies; nothing is lost beyond it."
    assert rules.PATH_LOSS not in told(assessment)
    assert assessment.hop(5).loss == "harmless"


def test_rate_limit_and_loss_together() -> None:
    """A rate limit does not hide loss on the path, and is told apart from it."""
    assessment = judge(limited(5, 0.5, below=lossy(3, 0.1)), rounds=300)
    assert {rules.PATH_LOSS, rules.REPLY_LIMIT} <= set(told(assessment))
    assert assessment.severity == "fault"
    loss = next(dict(verdict.numbers) for verdict in assessment.verdicts if verdict.rule is rules.PATH_LOSS)
    assert int(loss["after_ttl"]) < 3 <= int(loss["from_ttl"])
    assert assessment.hop(5).loss == "harmless"


def test_silent_hop_widens_the_range() -> None:
    """Where hops are silent, the loss may begin at any of them."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        return None if request.ttl in {4, 5} else lossy_5(now_us, request)

    lossy_5 = lossy(5, 0.2)
    assessment = judge(network, rounds=200)
    loss = next(dict(verdict.numbers) for verdict in assessment.verdicts if verdict.rule is rules.PATH_LOSS)
    assert (loss["after_ttl"], loss["from_ttl"]) == (3, 6)
    assert [verdict.last_ttl for verdict in assessment.verdicts if verdict.rule is rules.SILENT_HOP] == [4, 5]
    assert "beginning between hops 3 and 6" in assessment.sentence
    assert assessment.hop(4).loss == "harmless"


def test_silent_target() -> None:
    """A target that never answers is named, with how far the path is fine."""
    assessment = judge(steady(8, silent=(8,)), rounds=20)
    assert (
        assessment.sentence
        == "Nothing answers beyond hop 7: the path ends there, or everything beyond it filters ICMP."
    )
    assert told(assessment) == [rules.TARGET_SILENT]
    assert assessment.hop(8).severity == "fault"


def test_prohibited() -> None:
    """An unreachable from a router says who refuses, and what."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl >= 4:
            return 5000, wire.Answer("no-route", "10.0.0.4", 5000, icmp_type=3, icmp_code=13)
        return steady(8)(now_us, request)

    assessment = verdicts(World(network, TraceSettings(rounds=5)).run(), lambda _address: "AS64500")
    assert assessment.sentence == "The target is not reached: hop 4, 10.0.0.4 (AS64500), prohibits these packets."
    assert told(assessment) == [rules.PROHIBITED]


def test_broken_path() -> None:
    """A target that stops answering is news within five rounds, with the hop after which the path ends."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        return None if now_us > 60_000_000 and request.ttl > 4 else steady(8)(now_us, request)

    world = World(network, TraceSettings())
    snapshot = world.run(until_s=67.5)
    assessment = verdicts(snapshot)
    assert told(assessment)[0] == rules.TARGET_STOPPED
    assert "the path ends after hop 4" in assessment.sentence


@pytest.mark.parametrize("answered_s", [15, 17, 20, 23])
def test_a_target_that_stopped_answering_early_is_not_forgotten(answered_s: int) -> None:
    """Once that is said, it holds as long as nothing answers, however few answers came before."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        return None if now_us > answered_s * 1_000_000 and request.ttl >= 8 else steady(8)(now_us, request)

    world = World(network, TraceSettings())
    first = [verdicts(world.run(until_s=second)).answer.rules[0] for second in range(answered_s + 6, answered_s + 60)]
    assert set(first) == {rules.TARGET_STOPPED}


def test_outage_is_kept_apart() -> None:
    """Losses in a row are an outage, not background loss."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        return None if 50_000_000 < now_us < 60_000_000 and request.ttl > 4 else steady(8)(now_us, request)

    assessment = judge(network)
    assert told(assessment) == [rules.OUTAGE, rules.NO_LOSS]
    assert assessment.sentence.startswith("Outage: nothing beyond hop 4 answered for 10 s; ended 40 s ago.")


def test_path_change_is_the_answer_for_a_minute() -> None:
    """A path that changed is the answer while it is news, and loss is judged on the new path."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl == 3 and now_us > 60_000_000:
            return 5000, wire.Answer("ttl-expired", "10.9.9.9", 5000)
        return steady(5)(now_us, request)

    world = World(network, TraceSettings())
    assessment = verdicts(world.run(until_s=90))
    assert assessment.severity == "changed"
    assert assessment.sentence == "Path changed 29 s ago at hop 3: 1 router replaced."
    assert "0 of 30" in assessment.verdicts[-1].figures
    assert not verdicts(world.run(until_s=180)).sentence.startswith("Path changed")


def test_states_come_first() -> None:
    """A network that is down and a trace that failed are said before any figure."""
    world = World(lambda _now, _request: (0, wire.Answer("network-down")), TraceSettings())
    assert verdicts(world.run(until_s=5)).sentence == "Network down for 5 s. Probing goes on when it is back."
    world.group.fail(world.now_us, "The probe process died.")
    world.tell()
    assert verdicts(world.paths[0].snapshot()).sentence == "The probe process died."


def test_a_network_with_short_returns_is_down_since_it_first_was() -> None:
    """What goes down again within half a minute has been down all the time, and how often it came back is said."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        down = 10_000_000 < now_us < 14_000_000 or 16_000_000 < now_us < 20_000_000 or now_us > 25_000_000
        return (0, wire.Answer("network-down")) if down else steady(5)(now_us, request)

    said = verdicts(World(network, TraceSettings()).run(until_s=40)).sentence
    assert said == "Network down for 30 s, with 2 short returns. Probing goes on when it is back."


def test_before_the_first_answer() -> None:
    """Nothing is claimed before there is an answer, and no hop answering is said."""
    world = World(lambda _now, _request: None, TraceSettings())
    assert verdicts(world.run(until_s=1)).sentence == f"Waiting for the first answer from {TARGET.name} ..."
    snapshot = world.run(until_s=20)
    told = f"No hop has answered any of {snapshot.probes_sent} probes."
    assert verdicts(snapshot).sentence == f"{told} Check this host's firewall, its route, and the first link."


def test_a_silent_target_and_a_short_timeout() -> None:
    """A timeout below the usual one may hide slow answers, which is told; the usual one is not."""
    for timeout_s, times in ((1, 1), (10, 0)):
        snapshot = World(steady(6, silent=(6,)), TraceSettings(rounds=15, timeout_s=timeout_s)).run()
        [silent] = [one for one in verdicts(snapshot).verdicts if one.rule is rules.TARGET_SILENT]
        assert sum(f"timeout of {timeout_s} s" in reason for reason in silent.reasons) == times


def test_a_short_trace_without_any_answer() -> None:
    """When it is over, what was sent in vain is told, however few rounds it had."""
    snapshot = World(lambda _now, _request: None, TraceSettings(rounds=3)).run()
    assert snapshot.probes_sent
    assessment = verdicts(snapshot)
    assert assessment.answer.rules == (rules.NO_ANSWERS,)
    assert assessment.sentence.startswith(f"No hop has answered any of {snapshot.probes_sent} probes.")


def test_loss_at_the_first_hop_probed_is_not_local_unless_it_is_the_first() -> None:
    """With --first-ttl the nearest hop that is probed says nothing about the local network."""
    snapshot = World(lossy(1, 0.1), TraceSettings(rounds=100, first_ttl=3)).run()
    assessment = verdicts(snapshot)
    assert told(assessment)[0] == rules.PATH_LOSS
    assert "local" not in assessment.sentence


def test_ten_probes_leave_a_quarter_open() -> None:
    """Ten probes without loss leave 26 % possible (1 - 0.05^(1/10)), and it is said how many more are needed."""
    assessment = judge(steady(8), rounds=10)
    assert assessment.sentence == "Fine so far: 10 of 10 answered, 10.0 ms; loss could still be as high as 26 %."
    assert "To exclude 5 % loss: 49 more rounds (49 s)." in [verdict.settle for verdict in assessment.verdicts]


def test_the_kind_of_loss_is_told() -> None:
    """L6: losses beside long round trips are congestion, losses without are scattered."""
    chance = random.Random(4)

    def queue(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        full = request.ttl >= 4 and now_us // 10_000_000 % 2
        if full and chance.random() < 0.3:
            return None
        made = steady(8, 10_000 + (chance.randrange(20_000, 40_000) if full else chance.randrange(500)))
        return made(now_us, request)

    [loss] = [verdict for verdict in judge(queue, rounds=200).verdicts if verdict.rule is rules.PATH_LOSS]
    assert dict(loss.numbers)["kind"] == "congestion"
    [loss] = [verdict for verdict in judge(lossy(4, 0.1), rounds=200).verdicts if verdict.rule is rules.PATH_LOSS]
    assert dict(loss.numbers)["kind"] == "scattered"


def test_outages_that_come_back_have_a_period() -> None:
    """L11: three outages at even spaces are periodic, and the period is named."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        return None if now_us % 60_000_000 > 51_000_000 and request.ttl > 4 else steady(8)(now_us, request)

    outages = [verdict for verdict in judge(network, rounds=230).verdicts if verdict.rule is rules.OUTAGE]
    assert len(outages) == 3
    assert {dict(verdict.numbers)["period_s"] for verdict in outages} == {60.0}
    assert outages[0].reasons[0] == "Outages come back about every 60 s: something periodic."


def test_the_target_too_near_is_a_note() -> None:
    """P11: answers of the target from the middle of the path are noted, and do not pass for balancing."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl == 4 and now_us // 1_000_000 in {20, 50}:
            return 5000, wire.Answer("reply", TARGET.address, 5000)
        return steady(9)(now_us, request)

    assessment = judge(network, rounds=100)
    [verdict] = [verdict for verdict in assessment.verdicts if verdict.rule is rules.TARGET_TOO_NEAR]
    assert (verdict.severity, verdict.last_ttl) == ("note", 4)
    assert dict(verdict.numbers) == {"answers": 2, "others": 98}
    assert rules.LOAD_BALANCING not in told(assessment)
    assert assessment.severity == "fine"


def test_a_path_whose_length_changes_back_and_forth_is_no_forgery() -> None:
    """P11: where the target answers often from far before its end, it is at two distances, told once."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        return steady(4 if now_us // 3_000_000 % 2 else 6)(now_us, request)

    assessment = judge(network, rounds=40)
    told_of = {verdict.rule: verdict for verdict in assessment.verdicts}
    assert rules.TARGET_TOO_NEAR not in told_of
    assert told_of[rules.TARGET_AT_TWO_DISTANCES].last_ttl == 4
    assert [verdict.rule for verdict in assessment.verdicts].count(rules.TARGET_AT_TWO_DISTANCES) == 1


def test_single_answers_of_the_target_from_too_near_are_a_note() -> None:
    """P11: also where no router answers there; the path behind is probed on, and the target has lost nothing."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl == 4:
            return (5000, wire.Answer("reply", TARGET.address, 5000)) if now_us // 1_000_000 % 20 == 15 else None
        return steady(9)(now_us, request)

    snapshot = World(network, TraceSettings(rounds=100)).run()
    assert [(hop.ttl, hop.sent, hop.received) for hop in snapshot.hops[3:]] == [
        (4, 100, 5), *((ttl, 100, 100) for ttl in range(5, 10))
    ]  # fmt: skip
    assessment = verdicts(snapshot)
    [verdict] = [verdict for verdict in assessment.verdicts if verdict.rule is rules.TARGET_TOO_NEAR]
    assert (verdict.severity, verdict.last_ttl) == ("note", 4)
    assert verdict.figures == "5 of 5 answers are the target's"
    assert assessment.severity == "fine"


def test_a_path_that_has_become_shorter_ends_where_the_target_answers_now() -> None:
    """After three answers in a row from nearer the rest of the path is no longer probed."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        return steady(9 if now_us < 50_000_000 else 5)(now_us, request)

    world = World(network, TraceSettings(rounds=100))
    assert len(world.run().hops) == 5
    assert {ttl for now_us, _, ttl in world.log if now_us > 54_000_000} == {1, 2, 3, 4, 5}


DOUBLING = """
title = "Hops that answer some probes twice"
hop = [
    { address = "192.0.2.1", rtt_ms = 1 },
    { address = "198.51.100.1", rtt_ms = 2, HOP2 },
    { address = "198.51.100.5", rtt_ms = 3, HOP3 },
    { address = "198.51.100.9", rtt_ms = 4, HOP3 },
    { address = "203.0.113.80", rtt_ms = 5, HOP3 },
]
"""


def test_second_answers_are_a_note() -> None:
    """P11: how many probes of how many were answered twice; one note for all hops, and never the answer."""
    text = DOUBLING.replace("HOP2", "duplicate_percent = 100").replace(", HOP3", "")
    assessment = verdicts(lab_world(Lab(text), TraceSettings(rounds=120), detail=True).run())
    [verdict] = [verdict for verdict in assessment.verdicts if verdict.rule is rules.DUPLICATE_REPLIES]
    assert (verdict.severity, verdict.first_ttl, verdict.last_ttl) == ("note", 2, 2)
    assert verdict.sentence == "Hop 2: some probes answered twice (120 of 120; each is counted once)."
    assert dict(verdict.numbers) == {"duplicates": 120, "answered": 120, "elsewhere": 0}
    assert assessment.severity == "fine"
    text = DOUBLING.replace("HOP2", "duplicate_percent = 100").replace("HOP3", "duplicate_percent = 50")
    assessment = verdicts(lab_world(Lab(text), TraceSettings(rounds=120), detail=True).run())
    [verdict] = [verdict for verdict in assessment.verdicts if verdict.rule is rules.DUPLICATE_REPLIES]
    assert (verdict.first_ttl, verdict.last_ttl) == (2, 5)
    assert verdict.figures.startswith("hop 2: 120 of 120, hop ")
    assert verdict.figures.endswith(", 1 more hop; each is counted once")
    text = DOUBLING.replace("HOP2", "duplicate_percent = 100").replace(", HOP3", ", duplicate_percent = 100", 2)
    text = text.replace("rtt_ms = 3, duplicate_percent = 100", "rtt_ms = 3").replace(", HOP3", "")
    assessment = verdicts(lab_world(Lab(text), TraceSettings(rounds=120), detail=True).run())
    noted = [
        (verdict.first_ttl, verdict.last_ttl)
        for verdict in assessment.verdicts
        if verdict.rule is rules.DUPLICATE_REPLIES
    ]
    assert noted == [(2, 2), (4, 4)]  # hop 3, which answers once, is named by none


def test_the_target_at_two_distances_is_a_note() -> None:
    """P12: paths of two lengths are noted once; no row is doubled and no loss is invented."""
    chance = random.Random(3)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        return steady(8 if chance.random() < 0.5 else 9)(now_us, request)

    # Its row is the farther one, which is probed only in rounds in which the nearer one did not end the path.
    assessment = judge(network, rounds=160)
    assert [verdict.last_ttl for verdict in assessment.verdicts if verdict.rule is rules.TARGET_AT_TWO_DISTANCES] == [8]
    assert assessment.severity == "fine"


def test_one_router_at_two_hops_is_no_loop() -> None:
    """P3: the same router twice in a row, and the target behind it, is a note."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl == 4:
            return 5000, wire.Answer("ttl-expired", "10.0.0.3", 5000)
        return steady(8)(now_us, request)

    assessment = judge(network, rounds=100)
    [verdict] = [verdict for verdict in assessment.verdicts if verdict.rule is rules.REPEATED_ROUTER]
    assert (verdict.severity, verdict.where) == ("note", "hops 3-4")
    assert assessment.severity == "fine"


def test_a_hidden_tunnel_and_a_proxy_are_notes() -> None:
    """P4: a step with many hops back behind one there; P10: a handshake faster than the hop before."""

    def network(_now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        ttl = request.ttl
        if ttl >= 6:
            return 8_000, wire.Answer("reply", request.address, 8_000)
        rtt_us = 5_000 if ttl < 4 else 40_000
        reply_ttl = 256 - ttl if ttl < 4 else 256 - ttl - 6
        return rtt_us, wire.Answer("ttl-expired", f"10.0.0.{ttl}", rtt_us, reply_ttl=reply_ttl)

    settings = TraceSettings(rounds=20, protocol="tcp", port=443)
    found = {verdict.rule: verdict for verdict in verdicts(World(network, settings).run()).verdicts}
    assert (found[rules.HIDDEN_TUNNEL].where, dict(found[rules.HIDDEN_TUNNEL].numbers)["back"]) == ("hops 3-4", 7)
    assert dict(found[rules.TCP_PROXY].numbers) == {"handshake_us": 8_000, "before_us": 40_000}


def quoting(values: dict[int, str]) -> list[Verdict]:
    """The translators found where routers quote headers so; the target replies and quotes none."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        made = steady(6)(now_us, request)
        if made is not None:
            made[1].rewritten = values.get(request.ttl)
        return made

    return [one for one in judge(network, rounds=5).verdicts if one.rule in {rules.NAT, rules.IP_ID_REWRITTEN}]


def test_a_translator_shows_in_what_routers_quote() -> None:
    """P5: it stands before the first hop from which on all quotes differ, behind the last that quotes the same."""
    same, other = "nothing", "checksum"
    [found] = [one for one in quoting({1: same, 2: same, 4: other, 5: other}) if one.rule is rules.NAT]
    assert (found.severity, found.first_ttl, found.last_ttl) == ("note", 2, 4)
    assert found.figures == "UDP checksum rewritten before hop 4, and not before hop 2"
    assert dict(found.numbers) == {"quotes": 10, "before": 4, "what": "checksum"}
    [found] = [one for one in quoting({1: same, 2: "source,checksum", 3: "source"}) if one.rule is rules.NAT]
    assert found.figures.startswith("source address rewritten before hop 2,")
    [found] = [one for one in quoting({1: same, 3: "port,checksum", 4: "port"}) if one.rule is rules.NAT]
    assert found.figures == "source port rewritten before hop 3, and not before hop 1"
    assert dict(found.numbers) == {"quotes": 10, "before": 3, "what": "port"}
    made_anew = "identification"
    [found] = [
        one for one in quoting({1: same, 2: same, 3: made_anew, 5: made_anew}) if one.rule is rules.IP_ID_REWRITTEN
    ]
    assert found.figures == "IP ID rewritten before hop 3, and not before hop 2"
    found_rules = [one.rule for one in quoting({1: same, 2: made_anew, 3: same, 5: made_anew})]
    assert rules.IP_ID_REWRITTEN not in found_rules


@pytest.mark.parametrize(
    "values",
    [
        {},
        {1: "nothing", 2: "nothing", 3: "nothing"},
        {1: "checksum", 2: "checksum", 3: "checksum"},
        {1: "nothing", 2: "checksum", 3: "nothing"},
    ],
    ids=["not heard", "the same", "from the first hop on", "one router alone"],
)
def test_no_translator_without_proof(values: dict[int, str]) -> None:
    """P5 takes quotes that differ from a hop on, to the end, behind one that quotes what was sent."""
    assert rules.NAT not in {verdict.rule for verdict in quoting(values)}


def test_probes_that_the_host_does_not_send_are_told() -> None:
    """L12: refused probes are no loss; the cause comes from the error number, and is the answer while it is news."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl == 5 and now_us > 20_000_000:
            return 0, wire.Answer("unexpected-error", reason="105")
        return steady(8)(now_us, request)

    world = World(network, TraceSettings())
    assessment = verdicts(world.run(until_s=40))
    assert assessment.sentence == "This host did not send 20 of 321 probes: no buffer space available (errno 105)."
    assert (assessment.severity, assessment.verdicts[0].rule) == ("warning", rules.NOT_SENT)
    assert assessment.hop(5).loss == "none"
    assert verdicts(world.paths[0].snapshot()).verdicts[0].where == "to target"


def test_probes_that_were_not_sent_for_a_while_are_told_in_the_past() -> None:
    """Once this host sends again, the answer says when it last did not, and a minute later what the path is like."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if 20_000_000 < now_us < 21_000_000:
            return 0, wire.Answer("no-route")
        return steady(8)(now_us, request)

    world = World(network, TraceSettings())
    assert verdicts(world.run(until_s=21.05)).sentence == "This host did not send 7 of 169 probes: no route."
    later = verdicts(world.run(until_s=40))
    assert later.sentence == "This host did not send 7 of 321 probes, the last 19 s ago: no route."
    assert later.verdicts[0].status is Status.ENDED
    assert "send" not in verdicts(world.run(until_s=90)).sentence


def test_a_target_that_often_does_not_answer_has_no_outages() -> None:
    """L11: five losses in a row are no outage where four of five probes are lost anyway; twenty-five are."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        lost = request.ttl == 8 and chance.random() < 0.6
        return None if lost or (down and request.ttl > 4 and now_us > 170_000_000) else steady(8)(now_us, request)

    for down in (False, True):
        chance = random.Random(2)
        found = told(judge(network, rounds=200))
        assert (rules.TARGET_STOPPED in found, rules.OUTAGE in found) == (down, False)


def test_long_stretches_are_renewed_hop_by_hop() -> None:
    """No round renews the times of more than a part of the hops, and each hop's stretch is one of the same lengths."""
    world = World(steady(30), TraceSettings())
    lengths: dict[int, list[int]] = {}
    for rounds in range(150, 180):
        evidence = gather(world.run(until_s=rounds - 0.05))
        for one in long_stretch(evidence):
            lengths.setdefault(one.ttl, []).append(len(one.data) // 4)
    renewed = Counter(at for found in lengths.values() for at, pair in enumerate(pairwise(found)) if len(set(pair)) > 1)
    assert {length for found in lengths.values() for length in found} == {80, 160}
    assert len(lengths) == sum(renewed.values()) == 30
    assert max(renewed.values()) <= 4


def test_a_step_where_the_way_back_changes_may_be_of_the_way_back() -> None:
    """R3: a step beside a change of the hops back says so; one without does not."""

    def network(_now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        ttl = min(request.ttl, 8)
        rtt_us = 5_000 + 30_000 * (ttl >= 4) + 30_000 * (ttl >= 6)
        reply_ttl = 256 - ttl - 5 * (ttl >= 4)
        if ttl == 8:
            return rtt_us, wire.Answer("reply", request.address, rtt_us, reply_ttl=reply_ttl - 191)
        return rtt_us, wire.Answer("ttl-expired", f"10.0.0.{ttl}", rtt_us, reply_ttl=reply_ttl)

    steps = {one.last_ttl: one.reasons for one in judge(network, rounds=60).verdicts if one.rule is rules.LATENCY_STEP}
    assert "maybe only the return path" in steps[4][-1]
    assert "return path" not in steps[6][-1]


def test_loss_at_the_target_alone_names_the_other_cause() -> None:
    """L2 or L10: where only the target loses, no other hop tells why, and neither cause is called the right one."""
    assessment = judge(lossy(8, 0.2), rounds=200)
    [loss] = [one for one in assessment.verdicts if one.rule in {rules.PATH_LOSS, rules.TARGET_LOSS_OR_LIMIT}]
    assert (loss.rule, loss.severity, loss.first_ttl, loss.last_ttl) == (rules.TARGET_LOSS_OR_LIMIT, "warning", 7, 8)
    assert (assessment.severity, assessment.hop(8).loss, assessment.hop(8).severity) == (
        "warning",
        "unjudged",
        "warning",
    )
    assert loss.title == "Loss on the last link, or rate-limited replies"
    assert loss.reasons[0].endswith("Only hop 8 loses: the last link, or rate-limited replies.")
    assert loss.check is not None
    assert "% on the last link, or rate-limited replies; 40 of 200 (95 %" in assessment.sentence


def every(nth: int, at: int, below: Network) -> Network:
    """A router or a target that leaves each so manieth probe unanswered that reaches it."""
    count = 0

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        nonlocal count
        answer = below(now_us, request)
        if answer is None or request.ttl != at:
            return answer
        count += 1
        return None if count % nth == 0 else answer

    return network


@pytest.mark.parametrize(("nth", "rounds"), [(2, 30), (3, 40), (5, 60), (10, 200)])
def test_a_beat_at_the_target_is_its_own_limit(nth: int, rounds: int) -> None:
    """L10: where only the target loses, and too evenly for chance, that is no path loss; a check would settle it."""
    assessment = judge(every(nth, 8, steady(8)), rounds)
    assert {rules.PATH_LOSS, rules.LOCAL_LOSS}.isdisjoint(told(assessment))
    [limit] = [one for one in assessment.verdicts if one.rule is rules.TARGET_REPLY_LIMIT]
    assert limit.severity == assessment.severity == "warning"
    assert float(dict(limit.numbers)["p_value"]) < 1e-3
    assert limit.check is not None
    assert assessment.sentence == (
        f"The target answers only some probes ({rounds // nth} of {rounds} lost, evenly spaced): "
        "rate-limited replies, or a periodic drop."
    )
    assert (assessment.hop(8).loss, assessment.hop(8).severity) == ("unjudged", "warning")


def test_a_beat_at_the_target_hides_no_loss_on_the_path() -> None:
    """L10 and L2: loss that begins before the target is found by the hops before it, and a beat beside it is calm."""
    assessment = judge(every(4, 8, lossy(4, 0.05)), rounds=200)
    assert told(assessment) == [rules.PATH_LOSS, rules.TARGET_REPLY_LIMIT]
    loss = dict(assessment.verdicts[0].numbers)
    assert int(loss["after_ttl"]) < 4 <= int(loss["from_ttl"])
    assert assessment.sentence.startswith("Loss on the path: ")
    assert "at hop 7" in assessment.verdicts[0].figures
    assert assessment.hop(8).loss == "path"


def test_loss_at_the_target_hides_no_loss_on_the_path() -> None:
    """L2, and L2 or L10: where the target loses much more, and not evenly, the loss before it is told first."""
    assessment = judge(limited(8, 0.4, below=lossy(4, 0.05)), rounds=300)
    assert told(assessment)[:2] == [rules.PATH_LOSS, rules.TARGET_LOSS_OR_LIMIT]
    assert (assessment.severity, assessment.hop(8).loss) == ("fault", "path")
    first, second = (dict(one.numbers) for one in assessment.verdicts[:2])
    assert int(first["after_ttl"]) < 4 <= int(first["from_ttl"])
    assert (second["after_ttl"], second["from_ttl"]) == (7, 8)
    assert (
        assessment.verdicts[1].reasons[0].endswith("Only hop 8 loses so much: the last link, or rate-limited replies.")
    )


def test_a_beat_that_all_hops_share_stays_path_loss() -> None:
    """L2: losses may be even and on the path, as a policer's are, where the hops before the target lose alike."""
    count = 0

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        nonlocal count
        count += request.ttl > 4
        return None if request.ttl > 4 and count % 5 == 0 else steady(8)(now_us, request)

    [loss] = [one for one in judge(network, rounds=202).verdicts if one.rule is rules.PATH_LOSS]
    assert loss.first_ttl in {3, 4}
    assert loss.last_ttl == 5
    assert dict(loss.numbers)["kind"] == "regular"


def test_with_flows_by_turns_a_beat_may_be_one_of_them() -> None:
    """L2 or L10: every fourth probe lost may be a dead one of four flows, and is not called a limit."""
    assessment = verdicts(World(every(4, 8, steady(8)), TraceSettings(rounds=100, flows=4)).run())
    assert rules.TARGET_LOSS_OR_LIMIT in told(assessment)
    assert rules.TARGET_REPLY_LIMIT not in told(assessment)


def test_loss_at_two_places_is_told_with_the_share_of_each() -> None:
    """L2: 8 % from hop 4 and 25 % more from hop 8 on: both places, in the answer, its sentence and each length."""
    assessment = judge(lossy(8, 0.25, hops=12, seed=5, below=lossy(4, 0.08, hops=12)), rounds=300)
    answer = assessment.answer
    assert answer.rules[0] is rules.PATH_LOSS
    assert answer.place == Place(3, 4)
    assert answer.further is not None
    assert answer.further.first_ttl < answer.further.last_ttl == 8
    assert answer.number("first_share") == pytest.approx(0.08, abs=0.03)
    assert answer.number("further_share") == pytest.approx(0.25, abs=0.05)
    assert answer.number("share") == pytest.approx(0.31, abs=0.06)
    assert assessment.verdicts[0].where.startswith("hops 3-4 and hops ")
    near, far = (f"{100 * answer.number(name):.1f} %" for name in ("first_share", "further_share"))
    assert [lead for lead, _ in assessment.sentences][:1] == ["Loss on the path:"]
    for _, rest in assessment.sentences:
        assert rest.startswith(f"{near} from hop 4, {far} more ")


def test_more_loss_at_the_last_two_hops_may_be_their_limits() -> None:
    """L2 twice: the first place keeps its share, and of the second it is said what else it may be."""
    assessment = judge(lossy(8, 0.25, 9, seed=2, below=lossy(4, 0.08, 9)), rounds=300)
    answer = assessment.answer
    assert (answer.rules[0], assessment.severity, answer.place) == (rules.PATH_LOSS, "fault", Place(3, 4))
    assert answer.further is not None
    assert answer.further.first_ttl < 8 <= answer.further.last_ttl
    assert answer.number("first_share") == pytest.approx(0.08, abs=0.03)
    for _, rest in assessment.sentences[:2]:
        assert " % from hop 4, " in rest
        assert " (or rate-limited replies)" in rest
    assert assessment.verdicts[0].reasons[0].endswith(": two places, or the last hops rate-limit their replies.")


@pytest.mark.parametrize("shares", [(0.3, 0.5, 0.2), (0.3, 0.5, 0.2, 0.45), (0.5, 0.2)])
def test_limits_of_each_of_the_last_hops_are_no_fault(shares: tuple[float, ...]) -> None:
    """L2 or limits: each of the last hops answers a share of its own; that packets are lost is not shown by them."""
    network = steady(8)
    for seed, (ttl, share) in enumerate(zip(range(9 - len(shares), 9), shares, strict=True)):
        network = limited(ttl, share, seed=seed, below=network)
    for rounds in (60, 100, 300):
        assessment = judge(network, rounds)
        assert assessment.severity != "fault", (rounds, assessment.sentence)
        assert "rate-limit" in assessment.sentence, (rounds, assessment.sentence)


def test_three_hops_that_lose_alike_are_on_the_path() -> None:
    """L2: three limits that leave the same share unanswered would be a strange chance."""
    assessment = judge(lossy(6, 0.2), rounds=300)
    assert (assessment.answer.rules[0], assessment.severity) == (rules.PATH_LOSS, "fault")


@pytest.mark.parametrize("first_round", [0, 60], ids=["from the start", "after a clean minute"])
@pytest.mark.parametrize(("ttls", "share"), [((2, 3, 4), 0.08), ((5, 6, 7), 0.15)])
def test_routers_that_answer_seldom_alike_are_no_loss(ttls: tuple[int, ...], share: float, first_round: int) -> None:
    """L5: however few the rounds, nothing is a fault or a warning where the target has lost none."""
    network = steady(8)
    for ttl in ttls:
        network = limited(ttl, share, seed=ttl, below=network)

    def begun(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        return (network if now_us >= first_round * 1_000_000 else steady(8))(now_us, request)

    for rounds in (20, 40, 60, 100):
        assert judge(begun, first_round + rounds).severity in {"note", "fine"}, rounds


def some(lost: dict[int, set[int]], hops: int = 8) -> Network:
    """By TTL, the rounds (from 0, one a second) in which its probe is not answered."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if now_us // 1_000_000 in lost.get(request.ttl, set()):
            return None
        return steady(hops)(now_us, request)

    return network


def test_ten_rounds_speak_of_a_hop_that_the_table_shows() -> None:
    """Where the numbers do not carry that a hop only rate-limits its replies, nobody says that all is fine."""
    assessment = judge(some({4: {1, 4, 7}, 6: {0, 2, 5, 6}}), rounds=10)
    assert assessment.severity == "note"
    assert assessment.sentence == (
        "Target fine so far: 10 of 10 answered, 10.0 ms; hops 4 and 6 lose some; loss could still be as high as 26 %."
    )
    assert [f"{lead} {rest}" for lead, rest in assessment.sentences[1:]] == [
        "Target fine so far: 10 of 10 answered; hops 4 and 6 lose some.",
        "Target fine so far: 10 of 10; hops 4 and 6 lose some.",
    ]


def test_ten_rounds_say_which_hops_lose_beside_the_target() -> None:
    """Too early to tell is said of the target, and names the hops that lose, too."""
    assessment = judge(some({3: {1, 4, 7}, 6: {0, 2, 5}, 8: {3, 8}}), rounds=10)
    assert assessment.answer.status is Status.PROVISIONAL
    assert assessment.sentence.startswith("Too early to tell: 2 of 10 lost at the target")
    assert "hops 3 and 6 lose some, too" in assessment.sentence


def test_ten_rounds_rather_name_the_hop_that_loses_most_than_the_interval() -> None:
    """Where both do not fit: a hop that is known to rate-limit its replies is what the table shows most of all."""
    lost = {2: {1, 4, 7}, 3: {1, 2, 3, 4, 6, 7, 8, 9}, 5: {2, 5}, 6: {3, 7}}
    sentence = judge(some(lost), rounds=10).sentence
    assert sentence.startswith("Too early to tell: 0 of 10 lost at the target; hops 2, 5 and 6 lose some")
    assert "hop 3 rate-limits its replies" in sentence


def test_a_young_path_is_not_fine_where_many_hops_but_the_target_lose() -> None:
    """By chance the target may lose none of what the hops before it show."""
    lost = {3: {1}, 4: {7}, 5: {12}, 6: {3, 16}}
    assert judge(some(lost), rounds=20).sentence.startswith("Too early to tell: 0 of 20 lost at the target")
    assert judge(some({3: {1}, 5: {12}}), rounds=20).sentence.startswith("Target fine so far:")


def test_a_finished_trace_of_ten_rounds_is_looked_at_whole() -> None:
    """The tenth round is over, too: loss of the last link is found in a report of ten."""
    assessment = judge(some({8: {0, 3, 6, 8}}), rounds=10)
    assert assessment.answer.rules[0] is rules.TARGET_LOSS_OR_LIMIT
    assert assessment.severity == "warning"


def bursts(*rounds: range, at: int = 4, hops: int = 8) -> Network:
    """Nothing gets beyond a hop in some rounds."""
    lossy_rounds = {number for some_rounds in rounds for number in some_rounds}
    return some(dict.fromkeys(range(at, hops + 1), lossy_rounds), hops)


def test_a_second_burst_is_loss_in_bursts_since_the_first() -> None:
    """An outage alone is one; two at uneven spaces are loss that comes in bursts, also between them and by outages."""
    assert judge(bursts(range(60, 67)), rounds=120).answer.rules[0] is rules.OUTAGE
    for rounds in (140, 200, 280):
        assessment = judge(bursts(range(60, 67), range(120, 124)), rounds=rounds)
        assert assessment.answer.rules[0] is rules.PATH_LOSS, rounds
        assert assessment.sentence.startswith("Loss on the path, in bursts: "), assessment.sentence
        assert assessment.answer.word("kind") == "bursts"
        assert assessment.answer.place is not None
        assert assessment.answer.place.first_ttl < 4 <= assessment.answer.place.last_ttl


def test_bursts_are_over_when_the_silence_is_too_long_for_the_spaces_between_them() -> None:
    """Four bursts ten to thirty seconds apart: after a silence of as many minutes nothing of them is left."""
    network = bursts(range(60, 63), range(85, 88), range(105, 107), range(130, 133))
    assert judge(network, rounds=150).answer.number("bursts", 0) >= 2
    assert judge(network, rounds=500).answer.rules[0] is not rules.PATH_LOSS


def test_a_place_that_reaches_the_last_two_hops_leaves_limits_open() -> None:
    """While the range may be the last two hops alone, limits on replies are named beside loss, and it is no fault."""
    assessment = judge(some({7: {3, 11, 17}, 6: {5}, 8: {2, 9, 14, 22}}), rounds=30)
    assert assessment.answer.rules[0] is rules.PATH_LOSS
    assert assessment.answer.holds("perhaps_limits")
    assert ", or rate-limited replies" in assessment.sentence
    assert (assessment.severity, assessment.answer.status) == ("warning", Status.PROVISIONAL)


def test_a_path_that_became_longer_does_not_say_that_the_target_never_answered() -> None:
    """The hop that ends the path now has no answer yet; the target had answered at another."""
    snapshot = lab_world(Lab("loop"), TraceSettings()).run(until_s=15)
    end = snapshot.hops[-1]
    assert end.responders[0].address == snapshot.target.address
    unanswered = replace(end, ttl=end.ttl + 1, sent=1, received=0, pending=1, responders=(), latest=-1)
    nothing = memoryview(array("i", [NOT_SENT] * (len(end.rtts_us) - 1) + [PENDING]))
    nobody = memoryview(array("h", [-1] * len(end.rtts_us)))
    unanswered = replace(unanswered, rtts_us=nothing, answered_by=nobody)
    said = verdicts(replace(snapshot, hops=(*snapshot.hops, unanswered), reached=False))
    assert said.answer.rules == (rules.NOTHING_TO_JUDGE,)
    assert said.sentence == "The path seems to have changed: hop 7 is its end now, 0 probes so far."


def test_a_target_that_has_never_answered_is_said_not_to_have() -> None:
    """Also where the last hop that is shown has: a trace that begins is no path that changed."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        return None if request.ttl >= 8 else steady(8)(now_us, request)

    said = verdicts(World(network, TraceSettings()).run(until_s=4))
    assert said.answer.rules == (rules.NOTHING_TO_JUDGE,)
    assert said.sentence.startswith("The target has not answered yet. ")
