"""The search for the path MTU, in virtual time on simulated paths."""

from __future__ import annotations

import itertools
import random

import pytest
from hopscope.app.errors import UnsupportedError
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target, TraceSettings
from hopscope.app.trace.mtu.search import MtuSearch
from hopscope.app.trace.mtu.size_test import SmallProbes
from hopscope.app.trace.mtu.survey import MtuSurvey
from hopscope.probe.wire import Answer, ProbeRequest
from support.engines import World, steady
from support.mtu import REACHED, SETTINGS, find, scenario, sizes, survey
from support.virtual import Lab

BALANCED = """
title = "four branches"
hop = [
    { address = "198.51.100.1", rtt_ms = 1, mtu = 1400 },
    { address = ["198.51.100.5", "198.51.100.6", "198.51.100.7", "198.51.100.8"], rtt_ms = 2 },
    { address = ["198.51.100.15", "198.51.100.16", "198.51.100.17", "198.51.100.18"], rtt_ms = 3 },
    { address = "203.0.113.80", rtt_ms = 4 },
]
"""


def test_wide_path_costs_one_probe() -> None:
    """Where nothing is narrower than the own interface, one packet to the target shows it for every hop."""
    result = find(scenario("", "", ""))
    assert sizes(result) == [1500] * 4
    assert [hop.how for hop in result.hops] == ["implied"] * 3 + ["tested"]
    assert (result.mtu, result.limit, result.interface_mtu, result.reached) == (1500, 1500, 1500, True)
    assert result.probes == 2  # the first one, of 9000 bytes, does not leave this host


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("protocol", ["icmp", "udp"])
def test_narrow_links_that_are_reported(version: int, protocol: str) -> None:
    """A router's report is believed once a packet of that size has passed; the fall is behind that router."""
    settings = TraceSettings(protocol, size_bytes=9000)  # type: ignore[arg-type]
    result = find(scenario("", "mtu = 1492", "", "mtu = 1390", ""), version, settings)
    assert sizes(result) == [1500, 1500, 1492, 1492, 1390, 1390]
    prefix = "198.51.100." if version == 4 else "2001:db8:1::"
    assert [
        (fall.after_ttl, fall.ttl, fall.larger, fall.smaller, fall.reporter, fall.said) for fall in result.falls
    ] == [
        (2, 3, 1500, 1492, f"{prefix}2", 1492),
        (4, 5, 1492, 1390, f"{prefix}4", 1390),
    ]
    assert {fall.cause for fall in result.falls} == {"reported"}
    assert {(fall.icmp_type, fall.icmp_code) for fall in result.falls} == {(3, 4) if version == 4 else (2, 0)}


@pytest.mark.parametrize("mtu", [68, 576, 1006, 1373, 1400, 1492, 1499])
def test_old_routers_do_not_say_what_passes(mtu: int) -> None:
    """Where a router says no more than that a packet is too big, the size is found by trying, to the byte."""
    result = find(scenario("", f"mtu = {mtu}, mtu_unsaid = true", ""))
    assert sizes(result) == [1500, 1500, mtu, mtu]
    (fall,) = result.falls
    assert (fall.cause, fall.reporter, fall.said, fall.smaller) == ("unsaid", "198.51.100.2", None, mtu)


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("mtu", [1280, 1373, 1400, 1499])
def test_black_holes(mtu: int, version: int) -> None:
    """Where larger packets vanish, hop and size are found, to the byte, and no router is named."""
    result = find(scenario("", "", f"mtu = {mtu}, mtu_black_hole = true", ""), version)
    assert sizes(result) == [1500, 1500, 1500, mtu, mtu]
    (fall,) = result.falls
    assert (fall.cause, fall.reporter, fall.after_ttl, fall.ttl) == ("black-hole", "", 3, 4)
    assert fall.large_lost == fall.large_sent >= 5
    assert fall.small_sent - fall.small_lost >= 4
    assert fall.chance < 0.01


def test_one_narrow_link_behind_the_other() -> None:
    """A report and a black hole on one path are told apart; so are two reports with a silent router between."""
    result = find(scenario("mtu = 1450", "mtu = 1380, mtu_black_hole = true", ""))
    assert sizes(result) == [1500, 1450, 1380, 1380]
    assert [fall.cause for fall in result.falls] == ["reported", "black-hole"]
    result = find(scenario("mtu = 1450", "reply_loss_percent = 0", "mtu = 1300", ""))
    assert sizes(result) == [1500, 1450, 1450, 1300, 1300]


def test_silent_hops_have_no_number() -> None:
    """A hop that never answers has a question mark, also where what passed it is known."""
    result = find(scenario("", "silent = true", "mtu = 1400", "silent = true", ""))
    assert sizes(result) == [1500, None, 1500, None, 1400, 1400]
    assert [hop.how for hop in result.hops if hop.mtu is None] == ["silent", "silent"]
    (fall,) = result.falls
    assert (fall.after_ttl, fall.ttl) == (3, 5)


def test_target_that_does_not_answer() -> None:
    """The path MTU is known up to the last hop that answers; a router's report about what lies beyond is kept."""
    result = find(scenario("", "mtu = 1400", "", "block = 'silent'"))
    assert (result.reached, result.mtu) == (False, None)
    assert sizes(result) == [1500, 1500, 1400, 1400]
    result = find(scenario("", "mtu = 1400", "silent = true, block = 'silent'"))
    assert sizes(result) == [1500, 1500]
    (fall,) = result.falls
    assert (fall.after_ttl, fall.ttl, fall.smaller, fall.reporter) == (2, 0, 1400, "198.51.100.2")


def test_nobody_answers() -> None:
    """Without any hop there is no result, and no error either."""
    result = find(scenario("silent = true, block = 'silent'"))
    assert (result.hops, result.falls, result.mtu, result.known_to) == ((), (), None, None)


def test_paths_of_all_kinds() -> None:
    """Over many random paths every hop has the smallest MTU before it, and so it never rises."""
    draw = random.Random(7)
    for _ in range(60):
        mtus = [draw.choice([9000, 9000, 1500, 1500, 1492, 1420, 1400, 1331, 1280, 600]) for _ in range(6)]
        kinds = [draw.choice(["", "", ", mtu_black_hole = true", ", mtu_unsaid = true"]) for _ in mtus]
        result = find(scenario(*(f"mtu = {mtu}{kind}" for mtu, kind in zip(mtus, kinds, strict=True)), mtu=1500))
        truth = [min(1500, *mtus[:ttl]) if ttl else 1500 for ttl in range(7)]
        assert sizes(result) == truth, (mtus, kinds)


@pytest.mark.parametrize(
    "hops",
    [
        ("loss_percent = 20", "", ""),
        ("", "back_loss_percent = 30", ""),
        ("", "reply_loss_percent = 60", "reply_loss_percent = 50"),
        ("rate_limit = { per_s = 1, burst = 6 }",) * 3,
    ],
    ids=["loss", "back-loss", "reply-loss", "rate-limit"],
)
def test_loss_is_no_black_hole(hops: tuple[str, ...]) -> None:
    """Loss, on the path or of answers alone, and rate limits are not taken for a size that does not pass."""
    for seed in range(100):
        result = find(scenario(*hops), seed=seed)
        assert not result.falls, seed
        assert {hop.mtu for hop in result.hops} <= {1500, None}


def test_black_hole_on_a_lossy_path() -> None:
    """With one packet of ten lost the black hole is found all the same, at its hop."""
    for seed in range(30):
        result = find(scenario("loss_percent = 10", "mtu = 1400, mtu_black_hole = true", ""), seed=seed)
        assert [(fall.cause, fall.ttl, fall.smaller) for fall in result.falls] == [("black-hole", 3, 1400)], seed


def test_router_that_lies() -> None:
    """A size that the router itself refuses is not believed: what passes is found by trying."""

    def network(now_us: int, request: ProbeRequest) -> tuple[int, Answer] | None:
        if request.size > 1500:
            return 0, Answer("unexpected-error", reason="90", mtu=1500)
        if request.ttl > 2 and request.size > 1234:
            return 5000, Answer("no-route", "10.0.0.2", 5000, icmp_type=3, icmp_code=4, mtu=1400)
        return path(now_us, request)

    path = steady(4)
    made, _ = survey(network)
    (result,) = made.results()
    assert sizes(result) == [1500, 1500, 1234, 1234]
    (fall,) = result.falls
    assert (fall.cause, fall.said, fall.smaller) == ("unsaid", 1400, 1234)


def test_interface_that_gives_no_size() -> None:
    """Where the system refuses without saying what it takes, that is found by trying."""

    def network(now_us: int, request: ProbeRequest) -> tuple[int, Answer] | None:
        return (0, Answer("unexpected-error", reason="90")) if request.size > 1476 else path(now_us, request)

    path = steady(3)
    made, _ = survey(network)
    (result,) = made.results()
    assert (result.interface_mtu, sizes(result)) == (1476, [1476] * 3)


def test_size_to_begin_with() -> None:
    """No packet is larger than was asked for; then nothing is said of the interface."""
    lab = Lab(scenario("", "mtu = 1300", ""))
    made, world = survey(lab, (lab.target(4),), TraceSettings(size_bytes=1400, rounds=5))
    (result,) = made.results()
    assert (sizes(result), result.limit, result.interface_mtu) == ([1400, 1400, 1300, 1300], 1400, None)
    assert max(request.size for request in world.requests) == 1400


def test_all_probes_are_of_one_flow_and_whole() -> None:
    """Probes of every size take the path on which the hops were found, and may not be fragmented."""
    for protocol in ("icmp", "udp"):
        lab = Lab(BALANCED)
        settings = TraceSettings(protocol, size_bytes=9000, rounds=5)
        _, world = survey(lab, (lab.target(4),), settings)
        flows = {(request.port, request.local_port, request.icmp_checksum) for request in world.requests}
        assert len(flows) == 1
        assert all(request.dont_fragment for request in world.requests if request.size > 64)
        addresses: dict[int, set[bytes]] = {}
        for _, _, journey in lab.journeys:
            addresses.setdefault(journey.ttl, set()).add(journey.address)
        assert all(len(found) == 1 for found in addresses.values())


def test_targets_share_what_they_have_in_common() -> None:
    """Behind a common narrow link, later targets are asked for with a size that passes it, and no more than that."""
    text = scenario("", "mtu = 1400", "") + "".join(
        f'[[target]]\nafter = 3\n[[target.hop]]\naddress = "203.0.113.{last}"\nrtt_ms = 9\n' for last in (90, 91, 92)
    )
    lab = Lab(text)
    targets = tuple(
        Target(sanitize(address), address, 4) for address in ("203.0.113.80", "203.0.113.90", "203.0.113.91")
    )
    made, _ = survey(lab, targets)
    first, *others = made.results()
    assert sizes(first) == [1500, 1500, 1400, 1400]
    for other in others:
        assert sizes(other) == [1500, 1500, 1400, 1400]
        assert [hop.how for hop in other.hops] == ["shared"] * 3 + ["tested"]
        assert other.falls == first.falls
        assert other.probes == 1


def test_one_target_twice() -> None:
    """The same target twice has the same result twice."""
    lab = Lab(scenario("", "mtu = 1400", ""))
    made, _ = survey(lab, (lab.target(4), lab.target(4)))
    first, second = made.results()
    assert sizes(first) == sizes(second) == [1500, 1500, 1400, 1400]


def test_probe_process_that_dies_in_between() -> None:
    """What was under way is asked again, and is no loss."""
    lab = Lab(scenario("", "mtu = 1400, mtu_black_hole = true", ""))
    made = MtuSurvey((lab.target(4),), SETTINGS, detail=True, randomness=random.Random(1))
    world = World(lab, made.settings, (lab.target(4),), group=made)
    for second in (2, 4, 7, 9):
        world.run(second)
        made.probe_process_restarted(world.now_us, "it died")
    world.run()
    (result,) = made.results()
    assert sizes(result) == [1500, 1500, 1400, 1400]
    assert [fall.cause for fall in result.falls] == ["black-hole"]


def test_probe_process_that_cannot() -> None:
    """A probe process without the extension is an error at once, one that cannot set the flag at the first try."""
    made = MtuSurvey((REACHED,), SETTINGS)
    with pytest.raises(UnsupportedError, match="cannot set Don't Fragment"):
        made.set_detail(detail=False)

    def network(now_us: int, request: ProbeRequest) -> tuple[int, Answer] | None:
        refused = Answer("invalid-argument", reason="dont-fragment-not-supported")
        return (0, refused) if request.dont_fragment else path(now_us, request)

    path = steady(3)
    made, _ = survey(network)
    assert "cannot set Don't Fragment" in made.failure
    assert made.results()[0].state == "failed"


def test_network_that_goes_away() -> None:
    """A system that sends nothing any more ends the search with what is known."""

    def network(now_us: int, request: ProbeRequest) -> tuple[int, Answer] | None:
        return path(now_us, request) if request.size == 64 else (0, Answer("network-down"))

    path = steady(3)
    made, _ = survey(network)
    (result,) = made.results()
    assert (result.state, made.failure) == ("failed", "this host has no route to the target")
    assert sizes(result) == [None] * 3


def test_answers_that_may_be_those_of_several_probes() -> None:
    """Where a router quotes too little to tell probes of one flow apart, one at a time is sent, each waited for."""
    search = MtuSearch(
        REACHED,
        TraceSettings("udp", size_bytes=1500, rounds=5),
        [(1, "192.0.2.1", SmallProbes(3)), (2, REACHED.address, SmallProbes(3))],
        reached=True,
        slowest_us=10_000,
        sample=ProbeRequest(4, REACHED.address, "udp", port=33434, local_port=20000),
        next_seq=iter(range(1000)).__next__,
    )
    [(first, request)] = search.step(0)
    search.answer(first, Answer("ambiguous", "192.0.2.1", 0))
    assert request.timeout_s == 3
    times: list[int] = []
    now_us = 10_000
    while len(times) < 6:
        due_us = search.due_us(now_us)
        assert due_us is not None
        now_us = max(now_us, due_us)
        times += [now_us for _ in search.step(now_us)]
    assert times[0] > request.timeout_s * 1_000_000  # what was under way is gone by then
    assert min(later - sooner for sooner, later in itertools.pairwise(times)) > request.timeout_s * 1_000_000


def test_hostile_network_cannot_confuse_the_search() -> None:
    """Whatever is answered, the search ends after a bounded number of probes, and sizes never rise on the path."""
    for seed in range(300):
        draw = random.Random(seed)

        def network(_now_us: int, request: ProbeRequest, draw: random.Random = draw) -> tuple[int, Answer] | None:
            if request.size == 64 and draw.random() < 0.8:
                word = "reply" if request.ttl >= 5 else "ttl-expired"
                address = request.address if request.ttl >= 5 else f"10.0.0.{request.ttl}"
                return 5000, Answer(word, address, 5000)
            mtu = draw.choice([None, None, 0, -5, 1, 68, 1280, 1400, 1500, 1501, 65535, 1 << 40, draw.randrange(1600)])
            return draw.choice(
                [
                    None,
                    (
                        5000,
                        Answer("no-route", f"10.0.0.{draw.randrange(1, 7)}", 5000, icmp_type=3, icmp_code=4, mtu=mtu),
                    ),
                    (5000, Answer("ttl-expired", f"10.0.0.{draw.randrange(1, 7)}", 5000, mtu=mtu)),
                    (5000, Answer("reply", request.address, draw.randrange(3_000_000))),
                    (0, Answer("unexpected-error", reason="90", mtu=mtu if draw.random() < 0.5 else None)),
                    (0, Answer(draw.choice(["unexpected-error", "probes-exhausted", "network-down"]), reason="1")),
                    (5000, Answer("ambiguous", "10.0.0.1", 0)),
                ]
            )

        made, world = survey(network, seed=seed)
        (result,) = made.results()
        known = [size for size in sizes(result) if size is not None]
        assert known == sorted(known, reverse=True), seed
        assert all(64 <= size <= result.limit for size in known), seed
        assert len(world.requests) < 1000, seed
