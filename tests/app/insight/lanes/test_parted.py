"""What is said of lanes whose paths share a head, part and meet again: which routers both cross, and which not."""

from __future__ import annotations

import re

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.lanes.together import about_lanes
from support.engines import TARGET
from support.lane_places import ICMP, TCP, Place, said, told

G, P, Q, X = "10.143.2.2", "10.143.3.2", "10.143.4.2", "10.143.7.2"
M_P, M_Q = "10.143.5.2", "10.143.6.2"  # one router, by the interface that a probe arrives at
FRA = ("10.143.0.2", G, P, M_P, X, TARGET.address)
OSLO = ("10.143.1.2", G, Q, M_Q, X, TARGET.address)


@pytest.mark.parametrize(("lossy", "last_ttl"), [(P, 3), (M_P, 4)])
@pytest.mark.parametrize("seed", range(3))
def test_loss_where_one_path_has_left_the_other_is_placed_there(lossy: str, last_ttl: int, seed: int) -> None:
    """They share hop 2 and hop 5: what one loses between is no sign of its return path alone."""
    answer = told(Place("fra", path=FRA, lossy={lossy: 0.2}), Place("oslo", path=OSLO), seed=seed)
    assert answer is not None
    first = answer.verdicts[0]
    assert first.rule is rules.LANES_SOME_LOSE
    assert first.lead.startswith("Only fra loses ")
    assert re.fullmatch(
        r"at hops? (3|4|3-4|4-5|3-5), where its path has left that of oslo, or on its return path\.", answer.rest
    )
    assert first.place is not None
    assert first.place.holds(last_ttl)


def test_loss_behind_the_second_meeting_is_on_the_return_path() -> None:
    """From hop 5 to the target both cross all routers."""
    long = (*FRA[:5], "10.143.8.2", "10.143.9.2", "10.143.9.6", TARGET.address)
    other = (*OSLO[:5], *long[5:])
    answer = told(Place("fra", path=long, lossy={"10.143.9.2": 0.25}), Place("oslo", path=other))
    assert answer is not None
    assert answer.verdicts[0].rule is rules.LANES_RETURN_LOSS
    assert answer.rest == "oslo crosses the same routers without loss, so look at its return path."


def test_a_silent_hop_in_the_range_is_not_the_same_router() -> None:
    """What does not answer is not known to be crossed by both."""
    answer = told(
        Place("fra", path=(*FRA[:5], "10.143.8.2", TARGET.address), lossy={X: 0.25}, hidden=(P, M_P)),
        Place("oslo", path=(*OSLO[:5], "10.143.8.2", TARGET.address), hidden=(Q, M_Q)),
    )
    assert answer is not None
    assert answer.rest == "at hops 3-5, or on its return path."


def test_a_place_that_is_slower_where_it_has_left_the_other_path() -> None:
    """They meet at hop 2 and again at hop 5: what is slow lies between, on its own routers."""
    for slow in (P, M_P):
        sentence = said(Place("fra", path=FRA, slow={slow: 20_000}), Place("oslo", path=OSLO))
        ttl = FRA.index(slow) + 1
        assert sentence.endswith(
            f"slower than oslo: from hop {ttl} on, where its path has left that of oslo, or on its return path."
        )
    sentence = said(Place("fra", path=FRA, slow={TARGET.address: 20_000}), Place("oslo", path=OSLO))
    assert sentence.endswith(f"slower than oslo: beyond {X}, which oslo crosses as well, so look at its return path.")


def test_protocols_that_part_and_meet_again_differ_at_hops() -> None:
    """A balancer sends one by other routers: these are named, not the target."""
    mine, its = ("10.143.0.2", *FRA[1:]), ("10.143.0.2", *OSLO[1:])
    answer = told(Place(kind=ICMP, path=mine, lossy={M_P: 0.2}), Place(kind=TCP, path=its))
    assert answer is not None
    assert answer.verdicts[0].rule is rules.LANES_PROTOCOL_LOSS
    assert answer.rest == "its path takes other routers there than that of TCP 443, at hops 3-4."


def test_two_ranges_that_may_hold_one_router_may_be_one_fault() -> None:
    """The last router in common drops before the paths part, or they meet in one router by two interfaces."""
    for lossy in ({P: 0.2, Q: 0.2}, {M_P: 0.2, M_Q: 0.2}):
        answer = told(Place("fra", path=FRA, lossy=lossy), Place("oslo", path=OSLO, lossy=lossy))
        assert answer is not None
        assert {one.rule for one in answer.verdicts} == {rules.LANES_LOSE_APART}
        assert [one.meaning for one in answer.verdicts] == [
            "it may be one fault, of a router that answers each from another address"
        ]
        assert answer.verdicts[0].lanes == ("fra", "oslo")


@pytest.mark.parametrize(("lossy", "count"), [({}, ""), ({TARGET.address: 0.03}, r"[1-9] of 60")])
def test_a_lane_that_may_lose_as_well_is_named(lossy: dict[str, float], count: str) -> None:
    """It is not sure that it loses, nor that it loses less; one that has lost nothing yet is not named."""
    tail = ("10.9.0.1", "10.9.0.2", "10.9.0.3", TARGET.address)
    some = [Place(name, path=(f"10.8.{at}.1", *tail), lossy={tail[1]: 0.12}) for at, name in enumerate(("b", "c"))]
    few = Place("a", path=("10.8.7.1", *tail), lossy=lossy).trace(60 if lossy else 15)
    answer = about_lanes([few, *(one.trace() for one in some)])
    assert answer is not None
    assert answer.verdicts[0].lanes == ("b", "c")
    too = rf"; a may lose as well \({count}\)" if count else ""
    assert re.fullmatch(rf"b and c lose \S+ % from \S+ on{too}[.:]", answer.lead)
