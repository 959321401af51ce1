"""Each rule of the catalogue is produced by a scenario, and no verdict rests on anything that is not in it."""

from __future__ import annotations

import ast
import random
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import hopscope.app
import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.answer import Answer, figures
from hopscope.app.insight.checks.offers import path_mtu
from hopscope.app.insight.sentences import LENGTHS, WORDS, sentences
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.reading.counts import CountedHop, CountedReport
from hopscope.app.reading.picture import snapshot_of
from hopscope.app.sanitize import NOTHING, sanitize
from hopscope.app.settings import TraceSettings
from hopscope.app.trace.checks import CheckKind
from hopscope.probe import wire
from support.engines import TARGET, World, steady
from support.mtu import scenario
from support.virtual import Lab, lab_world

if TYPE_CHECKING:
    from collections.abc import Callable

    from hopscope.app.insight.assessment import Assessment, Verdict
    from hopscope.app.insight.rules import Rule
    from support.engines import Network

    Fate = tuple[int, wire.Answer] | None
    # What becomes of a probe, from the answer that the path below gives.
    Change = Callable[[int, wire.ProbeRequest, Fate], Fate]

HOPS = 8


def lab(name: str, rounds: int, *, flows: int = 0) -> Assessment:
    """A scenario, judged after so many rounds."""
    return verdicts(lab_world(Lab(name), TraceSettings(rounds=rounds, flows=flows), detail=True).run())


def path(change: Change, rounds: int = 100, below: Network | None = None, **settings: object) -> Assessment:
    """A steady path on which something becomes of each answer."""
    base = below or steady(HOPS)

    def network(now_us: int, request: wire.ProbeRequest) -> Fate:
        return change(now_us, request, base(now_us, request))

    fields = TraceSettings(rounds=rounds, **settings)  # type: ignore[arg-type] # names of fields
    return verdicts(World(network, fields).run())


def read() -> Assessment:
    """A report that was made elsewhere, with two addresses at its second hop."""
    rows = [(sanitize("192.0.2.1"),), (sanitize("192.0.2.2"), sanitize("192.0.2.3")), (sanitize("192.0.2.9"),)]
    hops = tuple(CountedHop(ttl, hosts, 20, 20) for ttl, hosts in enumerate(rows, 1))
    return verdicts(snapshot_of(CountedReport(NOTHING, NOTHING, hops)))


def checked(world: World, rounds: int, kind: CheckKind | None = None) -> Assessment:
    """A trace, and the first check that it offers, or the one of a kind."""
    offered = [one.check for one in verdicts(world.run(until_s=rounds + 0.3)).verdicts if one.check]
    plan = next(one for one in offered if kind in {None, one.kind})
    world.group.check(world.now_us, 0, plan)
    return verdicts(world.run(until_s=rounds + plan.duration_us / 1e6 + 5))


def mtu(text: str) -> Assessment:
    """A trace beside which the path MTU was searched."""
    world = lab_world(Lab(text), TraceSettings(), detail=True)
    plan = path_mtu(world.run(until_s=10))
    assert plan is not None
    world.group.check(world.now_us, 0, plan)
    return verdicts(world.run(until_s=90))


def passing(change: Change, begin_s: float, end_s: float) -> Change:
    """What happens to each answer for some time alone."""

    def for_a_while(now_us: int, request: wire.ProbeRequest, fate: Fate) -> Fate:
        return change(now_us, request, fate) if begin_s * 1e6 <= now_us < end_s * 1e6 else fate

    return for_a_while


def lossy(at: int, share: float) -> Change:
    """A link before a hop that loses packets."""
    chance = random.Random(1)
    return lambda _now, request, made: None if request.ttl >= at and chance.random() < share else made


def limited(at: int, share: float, *, until_interval_us: int = 1 << 60) -> Change:
    """A router that leaves a share of its probes unanswered, those that come within the interval alone."""
    chance, then = random.Random(7), [0]

    def change(now_us: int, request: wire.ProbeRequest, made: Fate) -> Fate:
        if request.ttl != at or request.protocol != "icmp":
            return made
        quick, then[0] = now_us - then[0] < until_interval_us, now_us
        return None if quick and chance.random() < share else made

    return change


def every(nth: int, at: int) -> Change:
    """A router that leaves each so manieth probe unanswered."""
    count = [0]

    def change(_now: int, request: wire.ProbeRequest, made: Fate) -> Fate:
        count[0] += request.ttl == at
        return None if request.ttl == at and count[0] % nth == 0 else made

    return change


def answered(ttl: int, address: str, rtt_us: int = 10_000, **fields: object) -> Change:
    """Another answer of one hop."""
    made = wire.Answer("ttl-expired", address, rtt_us, **fields)  # type: ignore[arg-type] # names of fields
    return lambda _now, request, below: (rtt_us, made) if request.ttl == ttl else below


def slower(rtt_us: Callable[[int], int]) -> Change:
    """A time for all answers, which depends on when."""

    def change(now_us: int, request: wire.ProbeRequest, _made: Fate) -> Fate:
        return steady(HOPS, rtt_us(now_us))(now_us, request)

    return change


def rewritten(what: str, begin: int) -> Change:
    """Routers that quote what was sent, and from a hop on something else."""

    def change(_now: int, request: wire.ProbeRequest, made: Fate) -> Fate:
        if made is not None and request.ttl < HOPS:
            made[1].rewritten = what if request.ttl >= begin else "nothing"
        return made

    return change


def far_back(_now: int, request: wire.ProbeRequest, _made: Fate) -> Fate:
    """Answers that take six hops more back from hop 4 on, with a step in time; the target is nearer than hop 5."""
    ttl = request.ttl
    if ttl >= 6:
        return 8_000, wire.Answer("reply", request.address, 8_000)
    rtt_us, reply_ttl = (5_000, 256 - ttl) if ttl < 4 else (40_000, 250 - ttl)
    return rtt_us, wire.Answer("ttl-expired", f"10.0.0.{ttl}", rtt_us, reply_ttl=reply_ttl)


def refused(code: int) -> Change:
    """A router at hop 4 that refuses all beyond it."""
    made = wire.Answer("no-route", "10.0.0.4", 5_000, icmp_type=3, icmp_code=code)
    return lambda _now, request, below: (5_000, made) if request.ttl >= 4 else below


def others_refused() -> Assessment:
    """A silent target, to which a router refuses other protocols."""

    def network(now_us: int, request: wire.ProbeRequest) -> Fate:
        if request.protocol == "icmp":
            return steady(HOPS, silent=(HOPS,))(now_us, request)
        return 9_000, wire.Answer("no-route", "10.0.0.5", 9_000, icmp_type=3, icmp_code=13)

    return checked(World(network, TraceSettings()), 20)


def twice() -> Assessment:
    """A hop that answers each probe twice."""
    hops = '{ address = "192.0.2.1", rtt_ms = 1, duplicate_percent = 100 },{ address = "203.0.113.80", rtt_ms = 5 }'
    return lab(f'title = "twice"\nhop = [{hops}]\n', 20)


def lossy_last_link() -> Assessment:
    """A target that loses by every protocol."""
    hops = ",".join(f'{{ address = "198.51.100.{ttl}", rtt_ms = {ttl} }}' for ttl in (1, 2))
    target = '{ address = "203.0.113.80", rtt_ms = 9, loss_percent = 20, open_ports = [80, 443] }'
    text = f'title = "last link"\nhop = [{hops}, {target}]\n'
    return checked(lab_world(Lab(text), TraceSettings()), 100)


def two_lengths() -> Assessment:
    """A target that is sometimes a hop nearer."""
    chance = random.Random(3)
    return path(lambda now, request, _made: steady(8 if chance.random() < 0.5 else 9)(now, request))


def per_probe_ports() -> Assessment:
    """A hop that quotes too little of a probe for flows to be told apart."""

    def change(_now: int, request: wire.ProbeRequest, made: Fate) -> Fate:
        if made is not None and request.ttl == 2:
            if request.local_port:
                return 40_000, wire.Answer(wire.AMBIGUOUS, "10.0.0.9", 0)
            made[1].unnumbered = 1
        return made

    def network(now_us: int, request: wire.ProbeRequest) -> Fate:
        return change(now_us, request, steady(6, 40_000)(now_us, request))

    return verdicts(World(network, TraceSettings(rounds=10, flows=1, protocol="udp"), detail=True).run())


def failed() -> Assessment:
    """A trace whose probe process died."""
    world = World(steady(HOPS), TraceSettings())
    world.group.fail(world.now_us, "The probe process died.")
    world.tell()
    return verdicts(world.paths[0].snapshot())


def silent(until_s: float, hops: tuple[int, ...] = tuple(range(1, HOPS + 1))) -> Assessment:
    """The first seconds of a path on which some hops never answer."""
    return verdicts(World(steady(HOPS, silent=hops), TraceSettings()).run(until_s=until_s))


def slow_start() -> Assessment:
    """Two rounds of ten seconds on which nothing answers."""
    return verdicts(World(lambda _now, _request: None, TraceSettings(interval_us=10_000_000)).run(until_s=15))


def without_icmp() -> Assessment:
    """A user who may not send ICMP."""
    world = World(steady(HOPS), TraceSettings(rounds=20))
    world.group.change(world.now_us, {"protocol": "udp"}, "fallback", "ICMP is not allowed for this user, using UDP.")
    return verdicts(world.run())


def unsent(now_us: int, request: wire.ProbeRequest, made: Fate) -> Fate:
    """Probes that this host does not send."""
    return (0, wire.Answer("unexpected-error", reason="105")) if request.ttl == 5 and now_us > 20_000_000 else made


def near_target(now_us: int, request: wire.ProbeRequest, made: Fate) -> Fate:
    """Two answers of the target from hop 4."""
    near = request.ttl == 4 and now_us // 1_000_000 in {20, 50}
    return (5_000, wire.Answer("reply", TARGET.address, 5_000)) if near else made


def elsewhere(_now_us: int, request: wire.ProbeRequest, made: Fate) -> Fate:
    """Another address replies for the target."""
    return made if request.ttl < HOPS else (10_000, wire.Answer("reply", "192.0.2.7", 10_000))


def by_turns(now_us: int, request: wire.ProbeRequest, made: Fate) -> Fate:
    """Another address of hop 4 in every other round."""
    other = request.ttl == 4 and now_us // 1_000_000 % 2
    return (4_000, wire.Answer("ttl-expired", "10.9.9.9", 4_000)) if other else made


def lowered(_now_us: int, request: wire.ProbeRequest, made: Fate) -> Fate:
    """From hop 4 on one router answers whatever the TTL."""
    return (5_000, wire.Answer("ttl-expired", "10.0.0.4", 5_000)) if request.ttl >= 4 else made


def down(begin_s: float, end_s: float) -> Change:
    """A path of which nothing beyond hop 4 answers for a while."""
    return lambda now, request, made: None if begin_s < now / 1e6 < end_s and request.ttl > 4 else made


def by_rate() -> Assessment:
    """A silent target, and a last router that answers all at half the rate."""
    change, below = limited(7, 0.4, until_interval_us=1_500_000), steady(HOPS, silent=(HOPS,))
    return checked(World(lambda now, one: change(now, one, below(now, one)), TraceSettings()), 100, CheckKind.HALF_RATE)


QUEUE = slower(lambda now_us: 10_000 + abs(now_us // 1_000_000 % 30 - 15) * 4_000)

SCENARIOS: dict[Rule, Callable[[], Assessment]] = {
    rules.NO_ANSWERS: lambda: silent(20),
    rules.TARGET_SILENT: lambda: lab("silent-target", 20),
    rules.PROTOCOL_FILTERED: lambda: checked(lab_world(Lab("filtered-target"), TraceSettings()), 20),
    rules.OTHER_PROTOCOLS_REFUSED: others_refused,
    rules.PATH_ENDS: lambda: checked(lab_world(Lab("silent-target"), TraceSettings()), 20),
    rules.TARGET_STOPPED: lambda: path(down(60, 1000)),
    rules.PROHIBITED: lambda: path(refused(13), 5),
    rules.UNREACHABLE: lambda: path(refused(1), 5),
    rules.OUTAGE: lambda: path(down(50, 60)),
    rules.LOSS_ENDED: lambda: path(passing(lossy(4, 0.3), 100, 160), 220),
    rules.LOCAL_LOSS: lambda: path(lossy(1, 0.3)),
    rules.PATH_LOSS: lambda: path(lossy(4, 0.1)),
    rules.LAST_LINK_LOSS: lossy_last_link,
    rules.TARGET_LOSS_OR_LIMIT: lambda: path(lossy(HOPS, 0.2), 200),
    rules.LAST_HOP_LOSS_OR_LIMIT: lambda: path(limited(7, 0.4), below=steady(HOPS, silent=(HOPS,))),
    rules.REPLY_LIMIT: lambda: path(limited(5, 0.5)),
    rules.REPLY_LIMIT_CONFIRMED: lambda: lab("rate-limited", 150),
    rules.TARGET_REPLY_LIMIT: lambda: path(every(3, HOPS)),
    rules.TARGET_REPLY_LIMIT_CONFIRMED: lambda: checked(lab_world(Lab("limited-target"), TraceSettings()), 60),
    rules.LAST_HOP_REPLY_LIMIT: lambda: path(every(3, 7), below=steady(HOPS, silent=(HOPS,))),
    rules.LAST_HOP_REPLY_LIMIT_CONFIRMED: by_rate,
    rules.SILENT_HOP: lambda: lab("silent-hop", 20),
    rules.NO_LOSS: lambda: lab("steady", 100),
    rules.LOSS_NOT_EXCLUDED: lambda: lab("steady", 12),
    rules.LOSS_UNDECIDED: lambda: path(every(29, HOPS), 30),
    rules.QUEUEING: lambda: path(lambda now, one, made: QUEUE(now, one, made) if one.ttl >= 4 else made, 120),
    rules.BUFFERBLOAT: lambda: lab("bufferbloat", 150),
    rules.JITTER: lambda: path(slower(lambda now_us: 40_000 + 9_000 * (now_us // 1_000_000 % 2))),
    rules.LATENCY_SHIFT: lambda: path(slower(lambda now_us: 60_000 + 20_000 * (now_us > 50_000_000))),
    rules.LATENCY_STEP: lambda: lab("steady", 150),
    rules.SLOW_REPLIES: lambda: lab("slow-router", 150),
    rules.UNEQUAL_COST_PATHS: lambda: lab("balanced", 150),
    rules.ROUTING_LOOP: lambda: lab("loop", 60),
    rules.TTL_LOWERED: lambda: path(lowered, 20),
    rules.PATH_CHANGE: lambda: lab("path-change", 60),
    rules.PATH_FLAP: lambda: lab("flap", 150),
    rules.LOAD_BALANCING: lambda: lab("balanced", 100),
    rules.ADDRESSES_BY_TURNS: lambda: path(by_turns, 20),
    rules.SEVERAL_ADDRESSES: read,
    rules.ALL_ADDRESSES_FOUND: lambda: lab("balanced", 96, flows=57),
    rules.MORE_ADDRESSES_POSSIBLE: lambda: lab("balanced", 60, flows=4),
    rules.PER_PROBE_PORTS: per_probe_ports,
    rules.REPEATED_ROUTER: lambda: path(answered(4, "10.0.0.3"), 20),
    rules.TARGET_TOO_NEAR: lambda: path(near_target),
    rules.REPLY_FROM_ELSEWHERE: lambda: path(elsewhere),
    rules.GATEWAY_WITH_TARGET_ADDRESS: lambda: path(answered(4, TARGET.address)),
    rules.TARGET_AT_TWO_DISTANCES: two_lengths,
    rules.DUPLICATE_REPLIES: twice,
    rules.MPLS_TUNNEL: lambda: lab("mpls", 20),
    rules.HIDDEN_TUNNEL: lambda: path(far_back, 20),
    rules.DOUBLE_NAT: lambda: path(lambda _now, _request, made: made, 20),
    rules.CARRIER_NAT: lambda: lab("carrier-nat", 20),
    rules.NAT: lambda: path(rewritten("checksum", 4), 5),
    rules.IP_ID_REWRITTEN: lambda: path(rewritten("identification", 4), 5),
    rules.ASYMMETRIC_RETURN_PATH: lambda: path(far_back, 20),
    rules.TOS_REWRITTEN: lambda: path(answered(4, "10.0.0.4", quoted_tos=0), 20, tos=8),
    rules.TTL_REWRITTEN: lambda: path(answered(4, "10.0.0.4", quoted_ttl=3), 20),
    rules.TCP_PROXY: lambda: path(far_back, 20, protocol="tcp", port=443),
    rules.MTU_BLACK_HOLE: lambda: mtu("mtu-black-hole"),
    rules.MTU_UNREPORTED: lambda: mtu(scenario("", "mtu = 1400, mtu_unsaid = true", "")),
    rules.MTU_DROP: lambda: mtu("narrow-links"),
    rules.PATH_MTU: lambda: mtu("narrow-links"),
    rules.PROBE_PROCESS_FAILED: failed,
    rules.NETWORK_DOWN: lambda: verdicts(
        World(lambda _now, _request: (0, wire.Answer("network-down")), TraceSettings()).run(until_s=5)
    ),
    rules.WAITING: lambda: silent(1),
    rules.NO_ANSWER_YET: slow_start,
    rules.NOTHING_TO_JUDGE: lambda: silent(4, (HOPS,)),
    rules.NOT_SENT: lambda: path(unsent, 40),
    rules.ICMP_NOT_ALLOWED: without_icmp,
}


@cache
def judged_once(rule: Rule) -> Assessment:
    """The judgement of a rule's scenario."""
    return SCENARIOS[rule]()


def told(assessment: Assessment) -> set[Rule]:
    """All rules that a judgement names."""
    return {*assessment.answer.rules, *(verdict.rule for verdict in assessment.verdicts)}


# Those of two traces are told of two traces: test_both_ways.py, lanes/test_together.py.
ALONE = [rule for rule in rules.catalogue if rule.group not in {"Both directions", "Lanes"}]


@pytest.mark.parametrize("rule", ALONE, ids=lambda rule: rule.id)
def test_a_scenario_produces_the_rule(rule: Rule) -> None:
    """The rule is told of its scenario; what is told beside it is in the catalogue, and as grave as its record says."""
    judged = judged_once(rule)
    assert rule in told(judged)
    assert told(judged) <= set(rules.catalogue)
    for verdict in judged.verdicts:
        assert verdict.severity in verdict.rule.severities, verdict.rule
        assert verdict.place is None or 0 <= verdict.place.first_ttl <= verdict.place.last_ttl
        assert verdict.sentence.isascii()
    assert judged.answer.rules
    assert judged.answer.severity in judged.answer.rules[0].severities
    for sentence, length in zip(judged.sentences, LENGTHS, strict=False):
        assert len(" ".join(sentence).strip()) <= length


def led_by(verdict: Verdict) -> Answer:
    """The answer as it would be if a verdict led."""
    return Answer(
        (verdict.rule,),
        verdict.severity,
        verdict.place,
        verdict.since_us,
        verdict.status,
        figures(verdict.numbers),
        network=verdict.network,
        addresses=verdict.addresses,
    )


@pytest.mark.parametrize("rule", WORDS, ids=lambda rule: rule.id)
def test_each_rule_that_may_lead_has_a_sentence(rule: Rule) -> None:
    """The sentence asks for no figure that the verdict has not, also where another rule leads in the scenario."""
    judged = judged_once(rule)
    led = [led_by(one) for one in judged.verdicts if one.headline or one.rule is rule]
    assert rule in {one.rules[0] for one in (judged.answer, *led)}
    for one in (judged.answer, *led):
        if one.rules[0] in WORDS:
            told = sentences(one)
            assert told
            assert all(" ".join(each).isascii() for each in told)
    assert all(one.rule in WORDS for one in judged.verdicts if one.headline)


def test_a_loop_is_why_the_target_is_silent() -> None:
    """Beside it nothing is said of an end of the path, or of filters."""
    told = {one.rule for one in judged_once(rules.ROUTING_LOOP).verdicts}
    assert rules.ROUTING_LOOP in told
    assert rules.TARGET_SILENT not in told


def test_identifiers_are_unique_and_readable() -> None:
    """Words in lower case with hyphens between them; no two rules have the same."""
    names = [rule.id for rule in rules.catalogue]
    assert len(set(names)) == len(names)
    assert all(word.isalpha() and word.islower() for name in names for word in name.split("-"))


def test_code_names_rules_by_their_records() -> None:
    """No rule is made outside the catalogue, and no module but it holds an identifier as a string."""
    names = {rule.id for rule in rules.catalogue} - {"network-down", "path-mtu", "outage", "nat", "waiting", "jitter"}
    names -= {
        "bufferbloat",
        "queueing",
        "prohibited",
        "unreachable",
    }  # words of the line protocol, of checks, of states and of prose
    folder = Path(hopscope.app.__file__).parent / "insight"
    for module in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Rule":
                assert module.name == "rules.py", module
            if isinstance(node, ast.Constant) and node.value in names:
                assert module.name == "rules.py", (module, node.value)


def test_the_catalogue_as_text() -> None:
    """Every identifier begins a line, and no line is wider than 79 columns."""
    lines = rules.text().splitlines()
    assert max(map(len, lines)) <= 79
    begun = [line.split()[0] for line in lines if line.startswith("  ") and not line.startswith("   ")]
    assert begun == [rule.id for rule in rules.catalogue]


def test_the_catalogue_as_a_chapter() -> None:
    """The manual has a section for each rule, with its meaning."""
    chapter = rules.markdown()
    for rule in rules.catalogue:
        assert f"### `{rule.id}`\n\n{rule.meaning}\n" in chapter
