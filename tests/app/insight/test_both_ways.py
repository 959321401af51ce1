"""What two traces and a one-way count say together, in worlds whose lossy link and direction are known."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random
from typing import TYPE_CHECKING

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.answer import Status
from hopscope.app.insight.both_ways import BothAnswer, about_both, pair_of
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.path.one_way import OneWay
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target, TraceSettings
from hopscope.app.trace.events import WayCount
from hopscope.probe import wire
from support.engines import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from hopscope.app.insight.assessment import Assessment
    from hopscope.app.insight.rules import Rule
    from hopscope.app.path.snapshot import Snapshot

    Traced = tuple[Snapshot, Assessment]

# This host, five routers, the other host; the links between them are 0 to 5.
NODES = ("10.0.0.1", "10.0.0.2", "198.51.100.1", "198.51.100.2", "203.0.113.1", "203.0.113.2", "203.0.113.9")
NETWORKS = {"10.": "AS64500", "198": "AS64501", "203": "AS64502"}
LINKS = len(NODES) - 1


@dataclass
class Both:
    """Two hosts, what is lost on the links by direction, and what the count has seen."""

    forward_loss: dict[int, float] = field(default_factory=dict)
    back_loss: dict[int, float] = field(default_factory=dict)
    limit: float = 0.0
    """The share of replies that the other host keeps to itself."""
    rounds: int = 100
    packets: int = 310
    seed: int = 1
    state: str = "counting"
    reason: str = ""
    counted: tuple[WayCount, WayCount] | None = None
    owner: Callable[[str], str | None] = lambda address: NETWORKS[address[:3]]
    without_owner: bool = False

    def trace(self, nodes: tuple[str, ...], seed: int, there: dict[int, float], back: dict[int, float]) -> Traced:
        """From the first node to the last; loss by the number of the link from there."""
        chance = Random(self.seed * 100 + seed)

        def network(_now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
            at = min(request.ttl, LINKS)
            shares = [share for loss in (there, back) for link, share in loss.items() if link < at]
            if at == LINKS:
                shares.append(self.limit if nodes == NODES else 0.0)
            if any(chance.random() < share for share in shares):
                return None
            word = "reply" if at == LINKS else "ttl-expired"
            return 10_000, wire.Answer(word, nodes[at], 10_000)

        direction, vantage = ("forward", "local") if nodes == NODES else ("return", "ssh:fra")
        target = Target(sanitize(nodes[-1]), nodes[-1], 4, vantage=sanitize(vantage), direction=direction)  # type: ignore[arg-type]
        snapshot = World(network, TraceSettings(rounds=self.rounds), (target,), seed=seed).run()
        return snapshot, verdicts(snapshot, self.owner)

    def count(self) -> OneWay:
        """What arrives of the packets, by chance, unless the test says it."""
        chance = Random(self.seed)
        ways = self.counted
        if ways is None:
            arrived = [
                sum(all(chance.random() >= share for share in loss.values()) for _ in range(self.packets))
                for loss in (self.forward_loss, self.back_loss)
            ]
            ways = WayCount(self.packets, arrived[0]), WayCount(self.packets, arrived[1])
        return OneWay(self.state, self.reason, *ways)  # type: ignore[arg-type]

    def told(self) -> BothAnswer:
        """What they say together."""
        mirrored = [
            {LINKS - 1 - link: share for link, share in loss.items()} for loss in (self.back_loss, self.forward_loss)
        ]
        forward = self.trace(NODES, 1, self.forward_loss, self.back_loss)
        back = self.trace(NODES[::-1], 2, *mirrored)
        traced = replace(forward[0], one_way=self.count()), forward[1]
        answer = about_both(traced, back, None if self.without_owner else self.owner)
        assert answer is not None
        return answer


def exactly(forward: WayCount, back: WayCount, **fields: object) -> BothAnswer:
    """The answer to a count alone, beside traces that lose nothing."""
    return Both(counted=(forward, back), rounds=3, **fields).told()  # type: ignore[arg-type]


SCENARIOS: dict[Rule, Callable[[], BothAnswer]] = {
    rules.ONE_WAY_LOSS: lambda: Both(back_loss={3: 0.1}).told(),
    rules.BOTH_WAYS_LOSS: lambda: Both({2: 0.1}, {3: 0.1}).told(),
    rules.DIRECTION_OPEN: lambda: exactly(WayCount(310, 308), WayCount(310, 305)),
    rules.ONE_WAY_BLOCKED: lambda: exactly(WayCount(310, 310), WayCount(310, 0)),
    rules.ONE_WAY_NOT_COUNTED: lambda: exactly(WayCount(), WayCount(), state="off", reason="it cannot"),
    rules.ONE_WAY_EARLY: lambda: exactly(WayCount(10, 10), WayCount(9, 9)),
    rules.NOT_LOST_ONE_WAY: lambda: Both(limit=0.3).told(),
    rules.NO_ONE_WAY_LOSS: lambda: exactly(WayCount(310, 310), WayCount(310, 310)),
}


@pytest.mark.parametrize(
    "rule", [rule for rule in rules.catalogue if rule.group == "Both directions"], ids=lambda rule: rule.id
)
def test_a_scenario_produces_the_rule(rule: Rule) -> None:
    """As grave as its record says; in plain ASCII; whatever names no direction says none."""
    answer = SCENARIOS[rule]()
    assert answer.rule is rule
    assert answer.severity in rule.severities
    assert f"{answer.lead}{answer.rest}".isascii()
    assert answer.lead.endswith(".")
    assert not answer.rest or answer.rest.endswith(".")
    assert bool(answer.direction) == (rule in {rules.ONE_WAY_LOSS, rules.BOTH_WAYS_LOSS})
    assert dict(answer.numbers).keys() >= {"forward_sent", "return_lost", "return_low", "forward_late"}


def test_the_sentence() -> None:
    """The direction, the share, and both counts; nothing of a place that the traces do not show."""
    answer = exactly(WayCount(310, 310), WayCount(310, 297))
    assert answer.lead == "4 % lost on the return path (one-way count: forward 0 of 310, return 13 of 310)."
    assert (answer.direction, answer.severity, answer.place, answer.network) == ("return", "fault", None, "")
    answer = exactly(WayCount(2000, 1990), WayCount(2000, 2000))
    assert answer.lead == "0.5 % lost on the forward path (one-way count: forward 10 of 2,000, return 0 of 2,000)."
    assert (answer.direction, answer.severity) == ("forward", "warning")
    answer = exactly(WayCount(310, 288), WayCount(310, 297))
    assert answer.lead == (
        "7 % lost on the forward path and 4 % on the return path (one-way count: forward 22 of 310, return 13 of 310)."
    )
    assert answer.direction == "both"


def test_foreign_packets_are_told() -> None:
    """Beside whatever the count says of the rest, and where it says nothing."""
    answer = exactly(WayCount(0, 0, 0, 24310), WayCount(86, 86))
    assert answer.rest.endswith(
        "The count is disturbed: 24,310 foreign packets on the forward path;"
        " what was in flight with them is not counted."
    )
    assert answer.direction == ""
    assert dict(answer.numbers)["forward_foreign"] == 24310


@pytest.mark.parametrize(
    ("forward", "back", "direction"),
    [
        (WayCount(310, 310), WayCount(310, 300), "return"),  # Fisher: 0.0009
        (WayCount(310, 310), WayCount(310, 301), ""),  # 0.002
        (WayCount(310, 300), WayCount(310, 310), "forward"),
        (WayCount(310, 308), WayCount(310, 293), "return"),  # 0.0008
        (WayCount(310, 308), WayCount(310, 295), ""),  # 0.002
        (WayCount(310, 305), WayCount(310, 300), "both"),
        (WayCount(310, 309), WayCount(310, 308), ""),
        (WayCount(20, 18), WayCount(20, 20), ""),
        (WayCount(20, 10, 10), WayCount(20, 20), ""),
        (WayCount(310, 310), WayCount(310, 0), ""),
        (WayCount(310, 0), WayCount(310, 200), ""),
        (WayCount(310, 0), WayCount(0, 0), ""),
        (WayCount(310, 200), WayCount(19, 19), ""),
    ],
)
def test_a_direction_is_named_where_the_count_carries_it(forward: WayCount, back: WayCount, direction: str) -> None:
    """Neither by a few packets, nor where nothing ever came through, nor for what is late."""
    answer = exactly(forward, back)
    assert answer.direction == direction
    if not direction:
        assert "% lost on" not in answer.lead


def test_a_blocked_count_says_so() -> None:
    """By direction, or both; with loss in the traces it is worth a warning."""
    lossy = Both(back_loss={3: 0.2}, counted=(WayCount(310, 310), WayCount(310, 0))).told()
    assert lossy.severity == "warning"
    assert lossy.lead == (
        "Packets of the one-way count do not come through on the return path: it cannot tell the direction of loss."
    )
    neither = exactly(WayCount(310, 0), WayCount(310, 0))
    assert neither.severity == "note"
    assert neither.lead == "Packets of the one-way count do not come through: it cannot tell the direction of loss."


def test_what_cannot_be_counted_is_named() -> None:
    """With the reason."""
    answer = exactly(WayCount(), WayCount(), state="off", reason="the probe process here cannot count one way")
    assert answer.lead == "Nothing is counted one way: the probe process here cannot count one way."


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("link", range(LINKS))
@pytest.mark.parametrize("direction", ["forward", "return"])
def test_the_place_is_right_where_one_is_told(direction: str, link: int, seed: int) -> None:
    """Of the trace in the direction that loses; the lossy link is within it, and so is its network's name."""
    loss = {link: 0.2}
    answer = Both(*((loss, {}) if direction == "forward" else ({}, loss)), seed=seed).told()
    assert (answer.rule, answer.direction) == (rules.ONE_WAY_LOSS, direction)
    assert answer.lead.startswith(("1", "2"))
    if answer.place is None:
        assert "within" not in answer.lead
        return
    begins = link + 1 if direction == "forward" else LINKS - link  # the first hop beyond the link
    assert answer.place.first_ttl < begins <= answer.place.last_ttl
    nodes = NODES if direction == "forward" else NODES[::-1]
    networks = {NETWORKS[nodes[ttl][:3]] for ttl in (answer.place.first_ttl, answer.place.last_ttl) if ttl}
    if answer.place.first_ttl and len(networks) == 1:
        assert f"% lost on the {direction} path, within {networks.pop()} (one-way" in answer.lead
    elif answer.place.first_ttl:
        assert "path, between AS" in answer.lead
    else:
        assert "AS" not in answer.lead
    assert ("from here" if direction == "forward" else "from ssh:fra") in answer.rest


def test_places_are_found() -> None:
    """In most worlds with much loss in the middle there is one."""
    answers = [Both({}, {3: 0.2}, seed=seed).told() for seed in range(6)]
    assert sum(one.place is not None for one in answers) >= 4
    assert any(", within AS64501 (" in one.lead or ", between AS64502 and AS64501 (" in one.lead for one in answers)


def test_without_the_networks_of_addresses_those_of_the_verdicts_are_taken() -> None:
    """As on the screen: the judgement of a trace has them."""
    told = [Both({}, {3: 0.2}, seed=seed) for seed in range(6)]
    named = [one.told() for one in told]
    for one in told:
        one.without_owner = True
    again = [one.told() for one in told]
    assert [one.lead for one in again] == [one.lead for one in named]
    assert any(one.network for one in named)


def test_loss_in_both_directions_has_no_place() -> None:
    """Each trace's range may come of either direction."""
    answer = Both({2: 0.2}, {3: 0.2}).told()
    assert (answer.direction, answer.place, answer.rest) == ("both", None, "")


def test_loss_of_these_packets_alone_is_said_to_be_so() -> None:
    """Where the traces lose less, it is a matter of UDP."""
    answer = Both(counted=(WayCount(310, 310), WayCount(310, 200))).told()
    assert answer.direction == "return"
    assert answer.rest == "The ICMP probes lose less: it is loss of UDP, or of these ports."


def test_loss_of_probes_alone_is_said_to_be_so() -> None:
    """The count loses nothing: replies are rate-limited."""
    answer = Both(limit=0.3).told()
    assert answer.lead.startswith(
        "The ICMP probes are lost, and packets counted one way are not (one-way count: forward 0"
    )
    assert answer.direction == ""


@pytest.mark.parametrize("share", [0.03, 0.05, 0.2])
def test_no_wrong_direction(share: float) -> None:
    """In none of many worlds with loss in one direction, or in both, is the other or one alone named; at any time."""
    for seed in range(8):
        chance = Random(seed)
        for losing in ((share, 0.0), (0.0, share), (share, share)):
            lost, sent, named = [0, 0], 0, set()
            for _ in range(60):
                sent += 10
                for way, one in enumerate(losing):
                    lost[way] += sum(chance.random() < one for _ in range(10))
                named.add(exactly_counted(sent, lost))
            truth = {0: "forward", 1: "return"}[losing.index(max(losing))] if 0.0 in losing else "both"
            assert named - {""} <= {truth}
            assert share < 0.05 or truth in named


def exactly_counted(sent: int, lost: list[int]) -> str:
    """The direction that is named for a count, beside traces that say nothing."""
    count = OneWay("counting", "", WayCount(sent, sent - lost[0]), WayCount(sent, sent - lost[1]))
    answer = about_both((replace(EMPTY[0][0], one_way=count), EMPTY[0][1]), EMPTY[1])
    assert answer is not None
    return answer.direction


EMPTY = (Both(rounds=1).trace(NODES, 1, {}, {}), Both(rounds=1).trace(NODES[::-1], 2, {}, {}))


def test_without_a_count_nothing_is_said() -> None:
    """Two traces alone tell no direction; and only those of two hosts are a pair."""
    forward, back = EMPTY
    assert about_both(forward, back) is None
    assert pair_of([forward[0], back[0]]) == (forward[0], back[0])
    assert pair_of([back[0], forward[0]]) == (forward[0], back[0])
    assert pair_of([forward[0]]) is None
    assert forward[1].answer.status in Status
