"""What is said of a path MTU."""

from __future__ import annotations

import dataclasses

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.place import Place
from hopscope.app.insight.subjects.mtu import about_mtu, host_caveat, mtu_advice, mtu_answer, tcp_mss
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target
from hopscope.app.trace.mtu.path_mtu import Fall, HopMtu, PathMtu

TARGET = Target(sanitize("www.example.org"), "203.0.113.80", 4)
HOPS = tuple(
    HopMtu(ttl, address, mtu, "tested")
    for ttl, address, mtu in ((1, "192.0.2.1", 1500), (2, "198.51.100.1", 1500), (3, "203.0.113.80", 1400))
)
HOLE = Fall(2, 3, 1500, 1400, "black-hole", large_sent=5, large_lost=5, small_sent=6, small_lost=1, chance=0.013)
SAID = Fall(2, 3, 1500, 1400, "reported", "198.51.100.1", 1400, 3, 4)
FOUND = PathMtu(TARGET, "icmp", 1500, 1500, HOPS, (SAID,), reached=True, state="finished")


def level(mtu: int, **changes: object) -> PathMtu:
    """A path of one size."""
    hops = tuple(dataclasses.replace(hop, mtu=mtu) for hop in HOPS)
    return dataclasses.replace(FOUND, hops=hops, falls=(), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("result", "answer"),
    [
        (FOUND, "The path MTU to www.example.org is 1400 bytes."),
        (
            dataclasses.replace(FOUND, falls=(HOLE,)),
            "The path MTU to www.example.org is 1400 bytes. Larger packets vanish between hops 2 and 3.",
        ),
        (level(1500), "The path MTU to www.example.org is 1500 bytes, all that this host's interface takes."),
        (
            level(9000, limit=9000, interface_mtu=None),
            "The path MTU to www.example.org is at least 9000 bytes, the largest size that was tried.",
        ),
        (
            dataclasses.replace(FOUND, reached=False),
            "The path MTU is 1400 bytes up to hop 3; www.example.org is not reached.",
        ),
        (
            dataclasses.replace(FOUND, hops=(*HOPS[:2], dataclasses.replace(HOPS[2], mtu=None, how="unclear"))),
            "The path MTU is 1500 bytes up to hop 2, the last that could be measured of 3.",
        ),
        (
            dataclasses.replace(FOUND, hops=(), falls=(), reached=False),
            "The path MTU to www.example.org was not found: no hop answers.",
        ),
        (
            dataclasses.replace(FOUND, hops=(HopMtu(1, "192.0.2.1", None, "untested"),), falls=(), state="unfinished"),
            "The path MTU to www.example.org was not found: the search ended before it was found.",
        ),
        (
            dataclasses.replace(FOUND, hops=(*HOPS[:2], HopMtu(3, None, None, "untested")), state="unfinished"),
            "The search ended early; the path MTU is 1500 bytes up to hop 2.",
        ),
    ],
)
def test_answer(result: PathMtu, answer: str) -> None:
    """The answer says what is known, how far, and where larger packets vanish."""
    assert mtu_answer(result) == answer


def test_advice_is_what_to_do() -> None:
    """Where the path is narrower than the interface: the MSS that fits, and whether somebody has to act."""
    assert mtu_advice(level(1500)) == ""
    assert mtu_advice(FOUND).startswith("TCP fits with an MSS of 1360 (1400 less 40 for headers). Hosts find that out")
    assert "clamp it on the router" in mtu_advice(dataclasses.replace(FOUND, falls=(HOLE,)))
    assert (tcp_mss(1400, 4), tcp_mss(1400, 6), tcp_mss(1500, 4)) == (1360, 1340, 1460)


def test_deaf_host_is_not_the_networks_fault() -> None:
    """What this host's own setting keeps from being heard stands in the advice and among the reasons."""
    hole = dataclasses.replace(FOUND, falls=(HOLE,))
    assert host_caveat(hole, 0) == host_caveat(FOUND, 3) == ""
    v6 = Target(sanitize("www.example.org"), "2001:db8::80", 6)
    assert host_caveat(dataclasses.replace(hole, target=v6), 3) == ""
    caveat = host_caveat(hole, 3)
    assert caveat.startswith("This host drops these reports")
    deaf = dataclasses.replace(hole, caveat=caveat)
    assert mtu_advice(deaf).startswith(caveat)
    assert "clamp" not in mtu_advice(deaf)
    assert about_mtu(deaf, str)[0].reasons[-1] == caveat


def test_black_hole_is_a_fault_with_its_evidence() -> None:
    """P8: hop range, what was lost and what was answered, the chance, what else it may be, and what would settle it."""
    (verdict,) = about_mtu(dataclasses.replace(FOUND, falls=(HOLE,)), str)
    assert verdict.rule is rules.MTU_BLACK_HOLE
    assert (verdict.severity, verdict.place) == ("fault", Place(2, 3))
    assert verdict.sentence == (
        "Hops 2-3: packets above 1400 bytes vanish (MTU black hole; 5 of 5 probes of 1500 bytes lost, 5 of 6 of 64"
        " answered; p = 0.013)."
    )
    assert len(verdict.reasons) == 2
    assert "on the return path" in verdict.reasons[1]
    assert verdict.settle.startswith("-u tells the two directions apart")
    assert dict(verdict.numbers)["large_lost"] == 5
    (by_udp,) = about_mtu(dataclasses.replace(FOUND, falls=(HOLE,), protocol="udp"), str)
    assert len(by_udp.reasons) == 1
    assert by_udp.settle.startswith(
        "The network operating the link between hops 2 and 3 can tell whether the router at hop 2"
    )


def test_reports_of_routers_are_notes() -> None:
    """A router that says what passes is a note; one that does not, or lies, or beyond the last hop, a warning."""
    unsaid = dataclasses.replace(SAID, cause="unsaid", said=None)
    lie = dataclasses.replace(SAID, cause="unsaid", said=1450)
    beyond = dataclasses.replace(SAID, cause="unsaid", said=None, ttl=0, smaller=0)
    found = about_mtu(dataclasses.replace(FOUND, falls=(SAID, unsaid, lie, beyond)), lambda _: "gw.example")
    assert [one.severity for one in found] == ["note", "warning", "warning", "warning"]
    falls = "Hops 2-3: path MTU falls from 1500 to 1400 bytes (gw.example reports that packets"
    beyond_it = (
        "Hop 2: packets of 1500 bytes are too big (gw.example reports that packets are too big, but does not say how"
        " big they may be)."
    )
    assert [one.sentence for one in found] == [
        f"{falls} may have 1400 bytes).",
        f"{falls} are too big, but does not say how big they may be).",
        f"{falls} are too big, but gives 1450, which is not so).",
        beyond_it,
    ]
