from __future__ import annotations

from array import array
from dataclasses import replace

import pytest
from hopscope.app.path.cuts import Unreachable
from hopscope.app.path.hiding import HIDDEN
from hopscope.app.path.privacy import Privacy
from hopscope.app.path.snapshot import PENDING, UNANSWERED, LogEntry, Snapshot
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target, TraceSettings
from hopscope.app.trace.checks import Arm, ArmResult, Check, CheckKind, CheckPlan
from hopscope.app.trace.events import CheckChanged, ProbeAnswered, ProbeDuplicated, ProbeLost, ProbeSent, StateChanged
from hopscope.app.trace.mtu.path_mtu import Fall, HopMtu, PathMtu
from hopscope.probe import wire
from hopscope.probe.interface import Interface
from support.engines import World
from support.snapshots import TARGET, healthy, hop, snapshot


def addresses(snapshot: Snapshot) -> list[list[str]]:
    return [[responder.address for responder in hop.responders] for hop in snapshot.hops]


def test_the_first_hops_are_hidden() -> None:
    """Every address of the first hops and the local one are gone; numbers and later hops stay."""
    trace = snapshot(
        TARGET,
        [
            hop(1, [700, 800], "192.0.2.1"),
            hop(2, [900, 950], "198.51.100.2", "198.51.100.3", by=[0, 1]),
            hop(3, [900, 950], "198.51.100.4"),
            hop(4, [1200, 1300], TARGET.address),
        ],
    )
    shown = Privacy(2).snapshot(trace)
    assert addresses(shown) == [["hidden-1"], ["hidden-2", "hidden-3"], ["198.51.100.4"], [TARGET.address]]
    assert shown.local_address == HIDDEN
    assert shown.target == TARGET
    assert [one.statistics for one in shown.hops] == [one.statistics for one in trace.hops]
    assert shown.hops[2] is trace.hops[2]
    assert "198.51.100.2" not in repr(shown)


NEAR, FAR = Interface("incoming", "home0", address="192.0.2.2"), Interface("incoming", "ae3.100", index=7)


def test_interfaces_of_hidden_hops_are_hidden() -> None:
    """What a hidden router says of its interfaces is left out, and a hidden address that a later one tells of too."""
    back = Interface("next-hop", address="192.0.2.1")
    trace = snapshot(
        TARGET,
        [
            hop(1, [700], "192.0.2.1", interfaces={"192.0.2.1": (NEAR,)}),
            hop(2, [900], "198.51.100.4", interfaces={"198.51.100.4": (FAR, back)}),
        ],
    )
    privacy = Privacy(1)
    shown = privacy.snapshot(trace)
    assert [one.interfaces for hop in shown.hops for one in hop.responders] == [
        (),
        (FAR, Interface("next-hop", address="hidden-1")),
    ]
    events = [
        privacy.event(TARGET, ProbeAnswered(ttl, 0, ttl, ttl, "ttl-expired", address, 700, interfaces=told))
        for ttl, address, told in ((1, "192.0.2.1", (NEAR,)), (2, "198.51.100.4", (FAR, back)))
    ]
    assert [event.interfaces for event in events if isinstance(event, ProbeAnswered)] == [
        (),
        (FAR, Interface("next-hop", address="hidden-1")),
    ]


def test_an_interface_of_a_hidden_router_is_hidden_elsewhere() -> None:
    """What a hidden router calls its own shows nowhere else; its next hop is hidden where that is a hidden hop too."""
    privacy = Privacy(2)
    told = (NEAR, Interface("next-hop", address="198.51.100.2"), Interface("outgoing", "wan", address="192.0.2.8"))
    beyond = Interface("next-hop", address="198.51.100.3")
    answers = (
        (1, "ttl-expired", "192.0.2.1", told),
        (2, "ttl-expired", "192.0.2.5", (beyond,)),
        (7, "no-route", "192.0.2.2", ()),
        (3, "ttl-expired", "192.0.2.8", ()),
        (4, "ttl-expired", "198.51.100.2", ()),
        (3, "ttl-expired", "198.51.100.3", ()),
    )
    events = [
        privacy.event(TARGET, ProbeAnswered(ttl, 0, ttl, ttl, word, address, 700, interfaces=interfaces))
        for ttl, word, address, interfaces in answers
    ]
    shown = [event.address for event in events if isinstance(event, ProbeAnswered)]
    assert [one.startswith("hidden-") for one in shown] == [True, True, True, True, True, False]


@pytest.mark.parametrize("word", ["no-route", "host-down", "network-down"])
def test_who_reports_an_unreachable_may_be_near(word: str) -> None:
    """In lines as it happens and in the trace its address shows only after it told of a TTL at a hop that shows."""
    privacy = Privacy(2)

    def said(ttl: int, word: str) -> str:
        event = privacy.event(TARGET, ProbeAnswered(0, 0, ttl, 1, word, "192.0.2.77", 500))
        assert isinstance(event, ProbeAnswered)
        return event.address

    trace = snapshot(TARGET, [hop(4, [700], "192.0.2.77", kinds={"192.0.2.77": ((word, 3, 1, 1),)})])
    assert (said(7, word), addresses(privacy.snapshot(trace))) == ("hidden-1", [["hidden-1"]])
    assert said(4, "ttl-expired") == "192.0.2.77"
    assert (said(7, word), addresses(privacy.snapshot(trace))) == ("192.0.2.77", [["192.0.2.77"]])
    assert said(2, "ttl-expired") == said(7, word) == "hidden-1"


def test_off_changes_nothing() -> None:
    """Without hops to hide the trace itself is handed on; it can be turned on and off at any time."""
    trace = healthy(3, hops=4)
    privacy = Privacy()
    assert privacy.snapshot(trace) is trace
    assert privacy.local_host(sanitize("lap3")) == "lap3"
    privacy.hops = 1
    hidden = privacy.snapshot(trace)
    assert addresses(hidden)[:2] == [["hidden-1"], ["198.51.100.2"]]
    assert privacy.snapshot(trace) is hidden
    assert privacy.local_host(sanitize("lap3")) == HIDDEN
    assert privacy.snapshot(hidden) == hidden
    privacy.hops = 2
    assert addresses(privacy.snapshot(trace))[:2] == [["hidden-1"], ["hidden-2"]]
    privacy.hops = 0
    assert privacy.snapshot(trace) is trace


def test_what_is_hidden_is_hidden_everywhere() -> None:
    """An address of a hidden hop does not show at a later hop, in the log, in a note, or as the local address set."""
    trace = snapshot(
        TARGET,
        [hop(1, [700], "192.0.2.1"), hop(2, [900], "192.0.2.11"), hop(3, [900, 950], "198.51.100.4", "192.0.2.1")],
        log_entries=(
            LogEntry(1, 0, "path-changed", "was 192.0.2.9, now 192.0.2.1.", 1, 1, ("192.0.2.9",), ("192.0.2.1",)),
            LogEntry(2, 1, "path-changed", "via 192.0.2.11", 2, 2, ("192.0.2.10",), ("192.0.2.11",)),
        ),
        note="from 192.0.2.9",
        reason="192.0.2.1, 1192.0.2.1 and 192.0.2.12",
    )
    trace = replace(trace, settings=replace(trace.settings, local_address="198.18.0.9", local_device="wg0"))
    shown = Privacy(1).snapshot(trace)
    assert addresses(shown)[2] == ["198.51.100.4", "hidden-1"]
    assert [one.text for one in shown.log_entries] == ["was hidden-2, now hidden-1.", "via 192.0.2.11"]
    assert (shown.log_entries[0].old, shown.log_entries[0].new) == (("hidden-2",), ("hidden-1",))
    assert shown.log_entries[1].old == ("192.0.2.10",)
    assert shown.note == "from hidden-2"
    assert shown.reason == "hidden-1, 1192.0.2.1 and 192.0.2.12"
    assert (shown.settings.local_address, shown.settings.local_device) == (HIDDEN, HIDDEN)


def test_a_target_that_is_near_is_hidden_too() -> None:
    """Where the target is one of the hidden hops, neither its address nor its name shows."""
    target = Target(sanitize("secret.example"), "192.0.2.7", 4, others=("192.0.2.8",))
    shown = Privacy(5).snapshot(snapshot(target, [hop(1, [500], "192.0.2.7")]))
    assert shown.target == Target(sanitize("hidden-target"), "hidden-target", 4)
    assert addresses(shown) == [["hidden-target"]]
    for secret in ("secret.example", "192.0.2.7", "192.0.2.8"):
        assert secret not in repr(shown)


def test_before_anything_is_known() -> None:
    """A trace without hops shows no target either, since it may lie among the hidden hops."""
    empty = replace(snapshot(TARGET, []), local_address="")
    hidden = Target(sanitize("hidden-target"), "hidden-target", 4)
    privacy = Privacy(3)
    assert privacy.target(TARGET) == hidden
    assert privacy.snapshot(empty) == replace(empty, target=hidden)
    assert Privacy().target(TARGET) is TARGET


def test_what_one_trace_shows_hides_in_the_others() -> None:
    """An address at a hidden hop of the second target does not show at a later hop of the first."""
    first = snapshot(TARGET, [hop(1, [700], "192.0.2.1"), hop(2, [700], "b"), hop(3, [900], "192.0.2.3")])
    second = snapshot(
        Target(sanitize("other"), "192.0.2.200", 4), [hop(1, [700], "192.0.2.3"), hop(2, [700], "192.0.2.9")]
    )
    shown = Privacy(1).snapshots((first, second))
    assert [addresses(one) for one in shown] == [
        [["hidden-1"], ["b"], ["hidden-2"]],
        [["hidden-2"], ["192.0.2.9"]],
    ]


def answered(ttl: int, address: str) -> ProbeAnswered:
    word = "reply" if address == TARGET.address else "ttl-expired"
    return ProbeAnswered(0, 0, ttl, 1, word, address, 500)


def shown_addresses(privacy: Privacy, *answers: tuple[int, str]) -> list[str]:
    """The addresses of these answers, as they may be shown when they come."""
    events = [privacy.event(TARGET, answered(*one)) for one in answers]
    return [event.address for event in events if isinstance(event, ProbeAnswered)]


def test_events_of_live_reports() -> None:
    """An answer from a hidden hop carries no address, nor does a later answer of the same address from farther on."""
    privacy = Privacy(2)
    assert shown_addresses(privacy, (1, "a"), (3, "b"), (3, "a"), (2, "c"), (2, "b"), (4, "b")) == [
        "hidden-1",
        "b",
        "hidden-1",
        "hidden-2",
        "hidden-3",
        "hidden-3",
    ]
    sent = ProbeSent(0, 0, 1, 1)
    assert privacy.event(TARGET, sent) is sent
    failed = privacy.event(TARGET, StateChanged(0, "failed", "a does not answer, aa and target do"))
    assert failed == StateChanged(0, "failed", "hidden-1 does not answer, aa and target do")


def test_a_target_s_answers_show_nothing_before_its_place_is_known() -> None:
    """An answer to a deeper TTL may come first: the target shows once a router has answered at the last hidden hop."""
    host = TARGET.address
    assert shown_addresses(Privacy(3), (5, host), (4, host), (3, host), (2, "a"), (6, host)) == [
        "hidden-target",
        "hidden-target",
        "hidden-target",
        "hidden-1",
        "hidden-target",
    ]
    assert shown_addresses(Privacy(3), (5, host), (2, "a"), (4, host), (3, "b"), (4, host)) == [
        "hidden-target",
        "hidden-1",
        "hidden-target",
        "hidden-2",
        host,
    ]


def test_a_target_behind_a_silent_hop_is_placed_by_losses() -> None:
    """Where the last hidden hop never answers, the target shows after five losses there, and not after four."""
    host, lost = TARGET.address, ProbeLost(0, 0, 2, 1)
    privacy = Privacy(2)
    assert shown_addresses(privacy, (3, host)) == ["hidden-target"]
    for _ in range(4):
        privacy.event(TARGET, lost)
    assert shown_addresses(privacy, (3, host)) == ["hidden-target"]
    privacy.event(TARGET, lost)
    assert shown_addresses(privacy, (3, host)) == [host]
    silent = [hop(1, [700] * 5, "a"), hop(2, [UNANSWERED] * 5), hop(3, [900] * 5, host)]
    assert Privacy(2).snapshot(snapshot(TARGET, silent)).target == TARGET
    silent[1] = hop(2, [UNANSWERED] * 4 + [PENDING])
    assert Privacy(2).snapshot(snapshot(TARGET, silent)).target.name == "hidden-target"


@pytest.mark.parametrize(
    ("hops", "ttls", "shows"),
    [
        (2, [1, 2, 3], True),  # never answers, but routers behind the hidden hops do
        (3, [1, 2, 3], True),
        (4, [1, 2, 3], False),  # may be what is silent at hop 4
        (2, [3], True),  # traced from hop 3 on
        (3, [], False),
    ],
)
def test_a_target_that_never_answers(hops: int, ttls: list[int], shows: bool) -> None:
    """It shows where a router has answered at the last hidden hop or behind it; else it may be one of them."""
    trace = snapshot(TARGET, [hop(ttl, [700] * 9, f"r{ttl}") for ttl in ttls] + [hop(9, [UNANSWERED] * 9)])
    assert (Privacy(hops).snapshot(trace).target == TARGET) is shows


def test_an_early_answer_at_the_first_ttl_probed_places_nothing() -> None:
    """Traced from hop 5 on, a target that answers there may be any nearer hop, among them a hidden one."""
    trace = snapshot(TARGET, [hop(5, [700] * 9, TARGET.address)])
    assert Privacy(3).snapshot(trace).target.name == "hidden-target"


def test_a_hidden_path_is_judged_as_what_it_is() -> None:
    """Different addresses stay different, and one address stays one, so hiding neither makes nor hides a loop."""
    hops = [hop(ttl, [700], address) for ttl, address in enumerate(["a", "b", "a", "b", "c"], 1)]
    assert [one[0] for one in addresses(Privacy(9).snapshot(snapshot(TARGET, hops)))] == [
        "hidden-1",
        "hidden-2",
        "hidden-1",
        "hidden-2",
        "hidden-3",
    ]


def test_who_answers_a_second_time_is_hidden_too() -> None:
    """A second answer from a hidden hop carries no address, whoever gave the first one; a later one keeps its own."""
    privacy = Privacy(2)
    told = [
        privacy.event(TARGET, ProbeDuplicated(0, 0, ttl, 1, who, 500, icmp_type=11))
        for ttl, who in ((2, "a"), (3, "b"), (4, "a"))
    ]
    assert [one.address for one in told if isinstance(one, ProbeDuplicated)] == ["hidden-1", "b", "hidden-1"]


def test_who_refuses_a_check_is_hidden_too() -> None:
    """The address in a check's outcome and in its line of the log is that of a hidden hop."""
    arm = Arm("tcp 443", 64, 1, 1_000_000, "tcp", 443)
    plan = CheckPlan(CheckKind.OTHER_PROTOCOLS, 3, (arm,), "try other protocols", "it tells")
    check = Check(plan, "done", (ArmResult("tcp 443", 1, 1, refusal=("192.0.2.1", 3, 13)),), 1, 2, 0, 9)
    trace = replace(snapshot(TARGET, [hop(1, [700], "192.0.2.1"), hop(2, [900], "198.51.100.4")]), checks=(check,))
    privacy = Privacy(1)
    privacy.event(TARGET, ProbeAnswered(1, 0, 1, 1, "ttl-expired", "192.0.2.1", 700))
    assert privacy.snapshot(trace).checks[0].results[0].refusal == ("hidden-1", 3, 13)
    shown = privacy.event(TARGET, CheckChanged(9, check))
    assert isinstance(shown, CheckChanged)
    assert shown.check.results[0].refusal == ("hidden-1", 3, 13)


def test_the_interface_is_hidden() -> None:
    """What this host calls its interface is its own matter; how much it carried stays."""
    trace = replace(healthy(3, hops=4), interface="wg-office", traffic=memoryview(array("q", [5, 6, -1])))
    shown = Privacy(1).snapshot(trace)
    assert (shown.interface, list(shown.traffic)) == ("", [5, 6, -1])


def test_who_reports_a_packet_too_big_is_hidden() -> None:
    """Of a search for the path MTU hidden hops, and routers that report from there by whatever address, are gone."""
    trace = healthy(3, hops=4)
    fall = Fall(1, 2, 1500, 1492, "reported", reporter="192.0.2.77", said=1492)
    hops = tuple(HopMtu(hop.ttl, hop.address, 1492, "tested") for hop in trace.hops)
    found = PathMtu(trace.target, "icmp", 1500, 1500, hops, (fall,), reached=True, state="finished")
    check = Check(CheckPlan(CheckKind.PATH_MTU, 4, (), "?", ""), "done", (), 1, 2, 0, 9, mtu=found)
    hidden = {hop.address for hop in trace.hops[:2]} | {"192.0.2.77"}
    privacy = Privacy(2)
    for shown in (Privacy(2).snapshot(replace(trace, checks=(check,))), privacy.event(TARGET, CheckChanged(9, check))):
        assert not any(str(address) in repr(shown) for address in hidden if address != trace.hops[0].address)
    [kept] = Privacy(2).snapshot(replace(trace, checks=(check,))).checks
    assert kept.mtu is not None
    assert [hop.address for hop in kept.mtu.hops[2:]] == [hop.address for hop in trace.hops[2:]]
    assert [hop.mtu for hop in kept.mtu.hops] == [1492] * 4


def test_a_path_mtu_by_itself_hides_the_same() -> None:
    """What a hidden router reports from, is hidden at later hops too; the target is as the trace has it."""
    fall = Fall(1, 2, 1500, 1492, "reported", reporter="192.0.2.77", said=1492)
    hops = tuple(HopMtu(ttl, address, 1492, "tested") for ttl, address in ((1, "192.0.2.1"), (2, None)))
    deeper = (HopMtu(3, "192.0.2.77", 1492, "tested"), HopMtu(4, TARGET.address, 1492, "tested"))
    found = PathMtu(TARGET, "icmp", 1500, 1500, hops + deeper, (fall,), reached=True, state="finished")
    shown = Privacy(2).path_mtu(found, TARGET)
    assert [hop.address for hop in shown.hops] == ["hidden-1", None, "hidden-2", TARGET.address]
    assert ([one.reporter for one in shown.falls], shown.target) == (["hidden-2"], TARGET)
    hidden = Target(sanitize("hidden-target"), "hidden-target", 4)
    shown = Privacy(2).path_mtu(found, hidden)
    assert (shown.hops[3].address, shown.target) == ("hidden-target", hidden)
    assert Privacy().path_mtu(found, TARGET) is found


def test_who_reports_an_unreachable_is_hidden_too() -> None:
    """Also where it reported from an address that answers nothing else."""
    trace = snapshot(TARGET, [hop(1, [700], "192.0.2.1"), hop(2, [900], TARGET.address)])
    said = tuple(Unreachable(one, "no-route", 3, 1, 2, 0, 0) for one in ("192.0.2.1", "192.0.2.7"))
    trace = replace(trace, hops=(replace(trace.hops[0], unreachables=said), trace.hops[1]))
    shown = Privacy(1).snapshot(trace)
    assert [one.address for one in shown.hops[0].unreachables] == ["hidden-1", "hidden-2"]
    assert "192.0.2" not in repr(shown.hops[0])


OLD_PATH = ("10.0.0.1", "10.0.0.2", "", "10.0.0.4", "10.0.0.5", "10.0.0.6")
NEW_PATHS = (
    ("10.0.0.1", "10.9.0.2", "10.9.0.3", "10.0.0.2", "", "10.0.0.4", "10.0.0.5", "10.0.0.6"),  # two hops longer
    ("10.0.0.1", "10.0.0.4", "10.0.0.5", "10.0.0.6"),  # two hops shorter
    ("10.0.0.1", "10.9.0.2", "", "10.0.0.4", "10.9.0.5", "10.9.0.6"),  # what stays lies between what differs
)


@pytest.mark.parametrize("new_path", NEW_PATHS)
@pytest.mark.parametrize("hops", [1, 2, 3, 4])
def test_a_change_of_the_path_hides_what_was_near_and_no_more(new_path: tuple[str, ...], hops: int) -> None:
    """However paths differ in length, of the old one and the new one those routers are hidden that were so near."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        path = OLD_PATH if now_us < 15_000_000 else new_path
        if request.ttl > len(path):
            return 9000, wire.Answer(wire.REPLY, request.address, 9000)
        router = path[request.ttl - 1]
        return (9000, wire.Answer(wire.TTL_EXPIRED, router, 9000)) if router else None

    trace = World(network, TraceSettings(rounds=40)).run()
    assert [one.kind for one in trace.log_entries].count("path-changed") == 1
    privacy = Privacy(hops)
    privacy.snapshot(replace(trace, hops=(), epochs=()))
    near = {*OLD_PATH[:hops], *new_path[:hops]}
    told = {address for one in trace.log_entries for address in (*one.old, *one.new)} - {""}
    assert {address for address in told if privacy.hides(address)} == told & near


@pytest.mark.parametrize("hops", [1, 3])
def test_a_trace_back_to_this_host_shows_no_address(hops: int) -> None:
    """It comes ever nearer to this host, so that any router of it may be one of the first: all are hidden."""
    back = replace(TARGET, direction="return", vantage=sanitize("ssh:fra"))
    made = snapshot(
        back,
        [
            hop(1, [700], "203.0.113.1"),
            hop(2, [900, 950], "198.51.100.2", "198.51.100.3", by=[0, 1]),
            hop(3, [1200], TARGET.address),
        ],
    )
    change = LogEntry(
        5, 1, "path-changed", "from 198.51.100.9 to 198.51.100.2", 2, 2, ("198.51.100.9",), ("198.51.100.2",)
    )
    trace = replace(made, log_entries=(*made.log_entries, change))
    privacy = Privacy(hops)
    told = privacy.event(back, ProbeAnswered(1, 0, 1, 1, "ttl-expired", "203.0.113.1", 700))
    shown = privacy.snapshot(trace)
    for text in (repr(told), repr(shown)):
        assert "203.0.113" not in text
        assert "198.51.100" not in text
        assert TARGET.address not in text
    assert [one.statistics for one in shown.hops] == [one.statistics for one in trace.hops]
    assert Privacy(0).snapshot(trace) is trace
