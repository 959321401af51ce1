"""A report as a snapshot without history."""

from __future__ import annotations

from hopscope.app.reading.counts import CountedHop, CountedReport
from hopscope.app.reading.picture import snapshot_of
from hopscope.app.sanitize import NOTHING, sanitize

ROUTER = CountedHop(1, (sanitize("192.0.2.1"),), 10, 10, 300, 300, 600, 1200, 300)
SILENT = CountedHop(2, (), 10, 0)
TARGET = CountedHop(3, (sanitize("www.example.net (203.0.113.9)"),), 10, 9, 12_000, 11_000, 12_500, 15_000, 900)


def test_counts_and_figures() -> None:
    """Each hop has what the report says of it."""
    snapshot = snapshot_of(CountedReport(sanitize("here"), NOTHING, (ROUTER, SILENT, TARGET)))
    assert [(hop.ttl, hop.sent, hop.received, hop.dropped) for hop in snapshot.hops] == [
        (1, 10, 10, 0),
        (2, 10, 0, 10),
        (3, 10, 9, 1),
    ]
    assert snapshot.hops[2].statistics.average == 12_500
    assert snapshot.hops[2].address == "203.0.113.9"
    assert snapshot.target.name == "www.example.net"
    assert snapshot.reached
    assert snapshot.rounds == 10


def test_whether_the_target_answered() -> None:
    """A path that ends with a silent row, or with another address than the target's, has not been reached."""
    for target, hops, reached in (
        ("", (ROUTER, SILENT), False),
        ("", (ROUTER,), True),
        ("192.0.2.1", (ROUTER,), True),
        ("192.0.2.9", (ROUTER,), False),
        ("name.example", (ROUTER,), True),
        ("", (), False),
    ):
        assert snapshot_of(CountedReport(NOTHING, sanitize(target), hops)).reached is reached, (target, hops)


def test_rows_that_the_report_leaves_out() -> None:
    """A hop that is not listed was not probed, as far as is known: it is neither lost nor silent."""
    snapshot = snapshot_of(CountedReport(NOTHING, NOTHING, (ROUTER, TARGET)))
    assert [(hop.ttl, hop.sent) for hop in snapshot.hops] == [(1, 10), (2, 0), (3, 10)]


def test_a_last_row_that_circles_is_not_the_target() -> None:
    """A host at hop after hop is a router; a target that a gateway answers for, or that is named, has been reached."""
    first, second, third = ((sanitize(f"198.51.100.{number}"),) for number in (1, 2, 3))
    for target, hosts, reached in (
        ("", [first, second] * 3, False),
        ("", [first, second, third] * 2 + [first], False),
        ("", [first, second] * 2, True),
        ("", [second] + [first] * 8, False),
        ("", [second] + [first] * 4, True),
        ("198.51.100.2", [first, second] * 3, True),
        ("name.example", [first, second] * 3, False),
        ("", [first, second, first, third], True),
    ):
        hops = tuple(CountedHop(ttl, one, 10, 10) for ttl, one in enumerate(hosts, 1))
        snapshot = snapshot_of(CountedReport(NOTHING, sanitize(target), hops))
        assert snapshot.reached is reached, (target, hosts)
        if not reached and not target:
            assert snapshot.target.name == "the target"
