"""What traces of one target say together, in worlds whose fault is known: places, protocols, families, two faults."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.lanes.together import about_lanes, by_target
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import LaneKind
from support.engines import TARGET
from support.lane_places import ICMP, SHARED, TCP, UDP, Place, said, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hopscope.app.insight.rules import Rule
    from support.lane_places import Trace

V4, V6 = LaneKind(version=4), LaneKind(version=6)
TARGET_6 = "2001:db8::99"


@pytest.mark.parametrize("seed", range(4))
def test_all_lose_from_the_first_router_in_common(seed: int) -> None:
    """The range that holds the lossy link in each is narrowed to what they share, with its network."""
    places = [Place(name, lossy={SHARED[1]: 0.12}) for name in ("fra", "oslo", "rome")]
    answer = told(*places, seed=seed)
    assert answer is not None
    assert answer.verdicts[0].rule is rules.LANES_ALL_LOSE
    assert answer.lead.startswith("All 3 lose ")
    assert answer.lead.endswith((f" % from {SHARED[0]} (AS64501) on:", f" % from {SHARED[1]} (AS64501) on:"))
    assert answer.rest in {
        "it is theirs, as the whole range lies in AS64501, or it is on the return paths.",
        "it is between AS64500 and AS64501, or on the return paths.",
    }
    assert answer.severity == "fault"
    assert answer.verdicts[0].network == "AS64501"


@pytest.mark.parametrize("seed", range(4))
def test_only_one_loses_before_its_path_meets_the_others(seed: int) -> None:
    """Its range ends where the routers begin that others cross without loss."""
    answer = told(Place("fra"), Place("oslo", lossy={"10.45.0.2": 0.12}), Place("rome"), seed=seed)
    assert Place("oslo").routers[1] == "10.45.0.2"
    assert answer is not None
    assert answer.verdicts[0].rule is rules.LANES_SOME_LOSE
    assert answer.lead.startswith("Only oslo loses ")
    assert answer.rest.startswith(("at hop 2, before", "within its first 2 hops, before", "at hops 2-3, before"))
    assert answer.rest.endswith(f"before its path meets those of fra and rome at {SHARED[0]}, or on its return path.")


def test_two_that_lose_over_a_router_that_the_third_does_not_cross() -> None:
    """They have that in common, and the third has not."""
    transit = "203.0.113.7"
    over = [
        Place(name, path=(f"10.1.{at}.1", f"10.1.{at}.2", transit, *SHARED)) for at, name in enumerate(("fra", "web"))
    ]
    for one in over:
        one.lossy = {transit: 0.15}
    answer = told(*over, Place("local"), rounds=200)
    assert answer is not None
    assert answer.lead.startswith("Only fra and web lose ")
    assert answer.rest == f"both cross {transit}, and local does not."


def test_each_loses_on_its_own_part() -> None:
    """Two faults are told one after the other, whether a third lane is well or not."""
    fra, oslo = Place("fra", lossy={Place("fra").routers[1]: 0.15}), Place("oslo", lossy={"10.45.0.2": 0.15})
    answer = told(fra, oslo, Place("rome"))
    assert answer is not None
    first, second = answer.verdicts
    assert first.rule is second.rule is rules.LANES_SOME_LOSE
    assert (first.lanes, second.lanes) == (("fra",), ("oslo",))
    assert (first.others, second.others) == (("rome",), ("rome",))
    assert f"{second.lead} {second.rest}" in answer.rest
    both = told(fra, oslo)
    assert both is not None
    assert [one.rule for one in both.verdicts] == [rules.LANES_LOSE_APART]
    assert re.fullmatch(r"fra loses \S+ % from hop \S+( or 3)? on, oslo \S+ % from hop \S+( or 3)? on:", both.lead)
    assert both.rest == (
        "no other lane crosses these routers, so these are faults of their own, or one on a shared return path."
    )


def test_a_shared_fault_and_one_of_a_lane_alone_are_both_told() -> None:
    """The shared one is placed by what they have in common, the other one on the part that nobody shares."""
    transit = Place("fra").routers[1]
    places = (
        Place("fra", lossy={transit: 0.3, SHARED[2]: 0.2}),
        Place("oslo", lossy={SHARED[2]: 0.2}),
        Place("rome", lossy={SHARED[2]: 0.2}),
    )
    answer = told(*places, rounds=300)
    assert answer is not None
    assert any(one.rule is rules.LANES_ALL_LOSE and len(one.lanes) >= 2 for one in answer.verdicts)
    assert any("fra" in one.lanes for one in answer.verdicts)


def test_two_faults_of_two_lanes_at_other_rates_are_both_told() -> None:
    """One lane loses much on its own first link, and both lose less on what they share: not one fault of both."""
    first = Place("fra").routers[0]
    for seed in range(4):
        answer = told(
            Place("fra", lossy={first: 0.6, SHARED[0]: 0.15}), Place("oslo", lossy={SHARED[0]: 0.15}), seed=seed
        )
        assert answer is not None
        assert {lane for one in answer.verdicts for lane in one.lanes} == {"fra", "oslo"}
        assert "oslo loses" in answer.sentence
        assert not any("Both lose" in one.what or " to " in one.what for one in answer.verdicts)
        [own] = [one for one in answer.verdicts if one.lanes == ("fra",)]
        assert own.place is not None
        assert own.place.first_ttl == 0


def test_a_range_in_common_is_no_one_fault_where_the_shares_differ() -> None:
    """The hops before they meet are silent, so ranges overlap; that one loses far more tells that it has its own."""
    mine = Place("fra").routers[:2]
    lossy = {mine[0]: 0.6, SHARED[0]: 0.15}
    answer = told(Place("fra", own=2, lossy=lossy, hidden=mine), Place("oslo", lossy={SHARED[0]: 0.15}))
    assert answer is not None
    own = next(one for one in answer.verdicts if one.lanes == ("fra",))
    assert own.rule is rules.LANES_SOME_LOSE
    assert re.fullmatch(r"fra loses \S+ %, oslo \S+ %", own.what)
    assert own.meaning.startswith("a fault of its own within its first 3 hops, before its path meets that of oslo")
    assert any(one.lanes == ("oslo",) and one.address == SHARED[0] for one in answer.verdicts)


def test_loss_behind_routers_that_another_crosses_without_it_is_on_the_return_path() -> None:
    """The same routers lose for one and not for the other: the return path is what differs."""
    answer = told(Place("fra", lossy={SHARED[1]: 0.12}), Place("oslo"))
    assert answer is not None
    assert answer.verdicts[0].rule is rules.LANES_RETURN_LOSS
    assert answer.verdicts[0].place is None
    assert answer.rest == "oslo crosses the same routers without loss, so look at its return path."


def test_paths_that_share_nothing_place_nothing() -> None:
    """It is said that they do not meet."""
    other = Place("oslo", path=("10.9.0.1", "10.9.0.2", "192.0.2.77", "192.0.2.78"))
    target = replace(Place("fra", lossy={SHARED[1]: 0.12}))
    traces = [target.trace(), other.trace()]
    answer = about_lanes(traces)
    assert answer is not None
    place = answer.verdicts[0].place
    assert place is not None
    assert re.fullmatch(
        r"at hops? \S+, or on its return path; its path shares no router with that of oslo\.", answer.rest
    )


@pytest.mark.parametrize("seed", range(3))
def test_what_one_trace_cannot_tell_from_a_limit_stays_open(seed: int) -> None:
    """Loss at the target alone: said of the one that loses, or of all, with what it may be."""
    lossy = {TARGET.address: 0.12}
    answer = told(Place("fra", own=1, lossy=lossy), Place("oslo", own=1), seed=seed)
    assert answer is not None
    assert answer.rest == (
        "oslo crosses the same routers without loss, so look at its return path, or its replies are rate-limited."
    )
    both = told(Place("fra", lossy=lossy), Place("oslo", lossy=lossy), seed=seed)
    assert both is not None
    assert both.verdicts[0].rule is rules.LANES_ALL_LOSE
    assert re.fullmatch(r"Both lose \S+ % at the target:", both.lead)
    assert both.rest == "it is the last link or the target itself, or the target rate-limits its replies."


@pytest.mark.parametrize("seed", range(3))
def test_a_protocol_that_loses_at_the_target_alone_is_limited_there(seed: int) -> None:
    """ICMP is not answered at times and TCP always is: the target rate-limits ICMP. It is no fault."""
    lossy = {TARGET.address: 0.2}
    answer = told(Place(kind=ICMP, lossy=lossy), Place(kind=TCP), seed=seed)
    assert answer is not None
    assert answer.verdicts[0].rule is rules.LANES_PROTOCOL_LIMIT
    assert answer.severity == "note"
    assert answer.lead.startswith("ICMP loses ")
    assert answer.lead.endswith(" % at the target, TCP 443 nothing:")
    assert answer.rest == "the target rate-limits ICMP."
    assert said(Place(kind=UDP, lossy=lossy), Place(kind=TCP), seed=seed).endswith(
        "the target rate-limits its replies to UDP."
    )
    assert said(Place(kind=TCP, lossy=lossy), Place(kind=ICMP), seed=seed).endswith(
        " % at the target, ICMP nothing: the target, or a filter before it, drops TCP 443, and the path is sound."
    )


def test_protocols_that_lose_alike_at_the_target_show_loss() -> None:
    """No limit of one protocol's replies explains both."""
    lossy = {TARGET.address: 0.2}
    answer = told(Place(kind=ICMP, lossy=lossy), Place(kind=TCP, lossy=lossy))
    assert answer is not None
    assert answer.lead.startswith("Both lose ")
    assert answer.rest == "it is the last link or the target itself, and no limit of one protocol's replies."


def test_a_protocol_that_loses_on_the_path_is_treated_otherwise_or_goes_elsewhere() -> None:
    """The same routers: a filter or policer; other routers: its path."""
    answer = told(Place(kind=TCP, lossy={SHARED[1]: 0.15}), Place(kind=ICMP))
    assert answer is not None
    assert answer.verdicts[0].rule is rules.LANES_PROTOCOL_LOSS
    assert answer.rest == "the same routers let ICMP pass, so a filter or policer there treats TCP 443 otherwise."
    around = ("10.0.0.1", "10.0.0.2", "10.0.0.3", "203.0.113.1", "203.0.113.2", "203.0.113.3", TARGET.address)
    answer = told(Place(kind=TCP, path=around, lossy={"203.0.113.2": 0.15}), Place(kind=ICMP))
    assert answer is not None
    assert answer.rest == "its path takes other routers there than that of ICMP, from 203.0.113.1 on."


def sixth(**more: object) -> Place:
    """A path over IPv6."""
    return Place(kind=V6, path=(*(f"2001:db8::{ttl}" for ttl in range(1, 7)), TARGET_6), **more)  # type: ignore[arg-type]


def test_a_family_that_loses_has_a_fault_of_its_own() -> None:
    """The other family from the same place does not."""
    answer = told(Place(kind=V4), sixth(lossy={"2001:db8::5": 0.15}))
    assert answer is not None
    assert answer.verdicts[0].rule is rules.LANES_FAMILY_LOSS
    assert answer.lead.startswith("IPv6 loses ")
    assert answer.lead.endswith((" from hop 5 on, IPv4 nothing:", " from hop 4 or 5 on, IPv4 nothing:"))
    assert answer.rest == "the fault is on the path of IPv6 alone."


def test_a_family_that_is_slower_says_from_where_on() -> None:
    """Hop by hop beside the other one, from the same place."""
    answer = told(Place(kind=V4), sixth(slow={"2001:db8::5": 40_000}))
    assert answer is not None
    assert answer.verdicts[0].rule is rules.LANES_SLOWER
    assert answer.severity == "note"
    assert answer.sentence in {f"IPv6 is {ms} ms slower than IPv4: from hop 5 on." for ms in ("39.9", "40.0", "40.1")}
    assert said(Place(kind=V4), sixth(slow={"2001:db8::5": 1_500})) == ""


def test_a_place_that_is_slower_says_on_which_side_of_the_meeting() -> None:
    """Before the paths meet, beyond that, or where its path leaves the other one."""
    fra = Place("fra", slow={Place("fra").routers[2]: 14_000})
    assert said(fra, Place("local")).endswith(
        f"ms slower than local: +14.0 ms at hop 3, before its path meets that of local at {SHARED[0]}."
    )
    spread = Place("fra", slow=dict.fromkeys(Place("fra").routers[:3], 4_700))
    assert said(spread, Place("local")).endswith(
        f"ms slower than local: before its path meets that of local at {SHARED[0]}."
    )
    fra = Place("fra", slow={SHARED[2]: 14_000})
    assert said(fra, Place("local")).endswith(
        f"slower than local: beyond {SHARED[0]}, where its path meets that of local, so look at its return path."
    )
    around = ("10.0.0.1", "10.0.0.2", "10.0.0.3", "203.0.113.1", "203.0.113.2", "203.0.113.3", TARGET.address)
    slow = Place(kind=TCP, path=around, slow={"203.0.113.1": 14_000})
    assert said(slow, Place(kind=ICMP)).endswith("slower than ICMP: from hop 4 on, where its path leaves that of ICMP.")


def test_what_does_not_arrive_says_where_it_ends() -> None:
    """By a protocol it is filtered, by family or place its path ends."""
    answer = told(Place(kind=ICMP, silent=True), Place(kind=TCP), rounds=60)
    assert answer is not None
    assert answer.verdicts[0].rule is rules.LANES_PROTOCOL_FILTERED
    assert answer.lead == "ICMP gets no answer from the target, TCP 443 does:"
    assert answer.rest == (
        "the target is up, and it, or a filter on the path, drops ICMP: nothing beyond hop 3, 10.0.0.3 (AS64500),"
        " answers it."
    )
    answer = told(Place("fra", silent=True), Place("local"), rounds=60)
    assert answer is not None
    assert answer.verdicts[0].rule is rules.LANES_UNREACHED
    assert answer.severity == "fault"
    assert answer.lead == "fra does not reach the target, local does:"


def test_what_may_be_chance_is_not_claimed() -> None:
    """One lost 10 % and the other none of so few probes that it may lose as well: nothing is said of the two."""
    fra = Place("fra", lossy={Place("fra").routers[1]: 0.1})
    assert about_lanes([fra.trace(120), Place("oslo").trace(8)]) is None


def test_a_lane_that_began_later_is_compared_by_the_same_time() -> None:
    """What it has is little yet, and enough where the difference is large."""
    fra = Place("fra", lossy={Place("fra").routers[1]: 0.4})
    answer = about_lanes([fra.trace(120), Place("oslo").trace(40)])
    assert answer is not None
    assert answer.verdicts[0].reasons[0].endswith("oslo 0 of 40.")


def test_lanes_are_named_by_what_sets_them_apart() -> None:
    """Places, protocols, or both; a place that was not named beside others is local."""
    lossy = {SHARED[1]: 0.3}
    assert said(Place("fra", lossy=lossy), Place("")).startswith("Only fra loses ")
    assert said(Place("", lossy=lossy), Place("fra")).startswith("Only local loses ")
    assert said(Place("fra", ICMP, lossy=lossy), Place("fra", TCP), Place("oslo", ICMP), Place("oslo", TCP)).startswith(
        "fra by ICMP loses "
    )


def test_what_is_not_side_by_side_says_nothing_together() -> None:
    """One trace, the same lane twice, or other targets, or none that differs."""
    lossy, fine = Place("fra", lossy={SHARED[0]: 0.12}).trace(), Place("oslo").trace()
    other = replace(lossy[0], target=replace(lossy[0].target, name=sanitize("other.example")))
    cases: Sequence[Sequence[Trace]] = (
        [lossy],
        [lossy, lossy],
        [(other, lossy[1]), fine],
        [fine, Place("rome").trace()],
    )
    for case in cases:
        assert about_lanes(case) is None
    assert list(by_target([lossy, fine, (other, lossy[1])])) == [TARGET.name]


AT_TARGET, ON_PATH = {TARGET.address: 0.3}, {SHARED[1]: 0.3}
SCENARIOS: dict[Rule, tuple[Place, ...]] = {
    rules.LANES_UNREACHED: (Place("fra", silent=True), Place("local")),
    rules.LANES_PROTOCOL_FILTERED: (Place(kind=ICMP, silent=True), Place(kind=TCP)),
    rules.LANES_ALL_LOSE: (Place("fra", lossy=ON_PATH), Place("oslo", lossy=ON_PATH)),
    rules.LANES_LOSE_APART: (Place("fra", lossy={"10.113.0.2": 0.3}), Place("oslo", lossy={"10.45.0.2": 0.3})),
    rules.LANES_SOME_LOSE: (Place("fra"), Place("oslo", lossy={"10.45.0.2": 0.3})),
    rules.LANES_RETURN_LOSS: (Place("fra", lossy=ON_PATH), Place("oslo")),
    rules.LANES_PROTOCOL_LIMIT: (Place(kind=ICMP, lossy=AT_TARGET), Place(kind=TCP)),
    rules.LANES_PROTOCOL_LOSS: (Place(kind=TCP, lossy=ON_PATH), Place(kind=ICMP)),
    rules.LANES_FAMILY_LOSS: (Place(kind=V4), sixth(lossy={"2001:db8::5": 0.3})),
    rules.LANES_SLOWER: (Place(kind=V4), sixth(slow={"2001:db8::5": 40_000})),
}
OF_LANES = [rule for rule in rules.catalogue if rule.group == "Lanes"]


@pytest.mark.parametrize("rule", OF_LANES, ids=lambda rule: rule.id)
def test_a_scenario_produces_each_rule(rule: Rule) -> None:
    """As grave as its record says, in a plain sentence, with its evidence by name."""
    answer = told(*SCENARIOS[rule])
    assert answer is not None
    for one in answer.verdicts:
        assert one.severity in one.rule.severities
        assert one.sentence.endswith(".")
        assert ".." not in one.sentence
        assert one.numbers
    assert rule in {one.rule for one in answer.verdicts}


def test_lanes_that_end_at_one_router_are_told_in_one_sentence() -> None:
    """How many, and behind what nothing answers, with names where there is room."""
    tail = ("10.9.0.1", "10.9.0.2", *SHARED)
    cut = [Place(name, own=3, path=(f"10.8.{at}.1", *tail), silent=True) for at, name in enumerate(("fra", "web"))]
    answer = told(*cut, Place("local"), rounds=60)
    assert answer is not None
    [only] = answer.verdicts
    assert only.lanes == ("fra", "web")
    assert answer.sentence == (
        "fra and web do not reach the target, local does: nothing beyond 10.9.0.2 (AS64500) answers them."
    )
    assert answer.wordings[-1] == ("2 of 3 lanes do not reach the target.", "")


@pytest.mark.parametrize("width", [56, 76, 116])
def test_where_is_the_last_to_go(width: int) -> None:
    """At every width the wording that fits still names the place; explanations, other faults and names go before it."""
    long = "kubectl:production/web-7f9c5d-x2k4"
    transit = "203.0.113.7"
    over = [Place(name, path=(f"10.1.{at}.1", transit, *SHARED)) for at, name in enumerate((long, "ssh:fra"))]
    for one in over:
        one.lossy = {transit: 0.2}
    answer = told(*over, Place("local"), rounds=200)
    assert answer is not None
    lead, rest = next(pair for pair in answer.wordings if len(f"{pair[0]} {pair[1]}".strip()) <= width)
    assert transit in rest
    assert ("and local does not" in rest) == (width == 116)
    single = told(Place(long, lossy={Place(long).routers[1]: 0.2}), Place("ssh:oslo"), Place("local"))
    assert single is not None
    lead, rest = next(pair for pair in single.wordings if len(f"{pair[0]} {pair[1]}".strip()) <= width + 14)
    assert long in lead
    assert "hop" in rest


@pytest.mark.parametrize("all_lose", [True, False])
def test_a_long_name_of_a_router_goes_before_its_address(all_lose: bool) -> None:
    """In the narrowest answer the place is an address."""
    transit = "203.0.113.7"
    over = [Place(name, path=(f"10.1.{at}.1", transit, *SHARED)) for at, name in enumerate(("fra", "web"))]
    for one in over:
        one.lossy = {transit: 0.2}
    places = over if all_lose else [*over, Place("local")]
    traces = [one.trace(200) for one in places]
    answer = about_lanes(traces, shown=lambda address: f"a-router-with-a-very-long-name.pop.carrier.example-{address}")
    assert answer is not None
    lead, rest = next(pair for pair in answer.wordings if len(f"{pair[0]} {pair[1]}".strip()) <= 56)
    assert transit in f"{lead} {rest}" or "10.1." in f"{lead} {rest}"
