"""JSON of other programs, made from the fields that their sources and documents describe."""

from __future__ import annotations

from pathlib import Path

import pytest
from hopscope.app.errors import ConfigurationError
from hopscope.app.reading.read import reports_of
from hypothesis import given
from hypothesis import strategies as st

FOLDER = Path(__file__).parents[2] / "samples" / "foreign"
STARTED_US = 1_795_809_840_000_000
KNOWN: tuple[str, ...] = ("trippy.json", "ttl.json", "ntrace-trace.json", "ntrace-report.json", "ntrace-stream.jsonl")
KNOWN += ("ntrace-session.jsonl", "globalping.json")


def read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "counts", "averages_us"),
    [
        ("trippy.json", [(100, 100), (100, 0), (100, 96)], [950, None, 18_100]),
        ("ttl.json", [(100, 100), (100, 96)], [950, 17_500]),
        ("ntrace-trace.json", [(3, 2), (1, 1)], [900, 18_100]),
        ("ntrace-report.json", [(10, 10), (10, 8)], [950, 18_100]),
        ("ntrace-stream.jsonl", [(2, 2), (2, 1)], [850, 18_100]),
        ("ntrace-session.jsonl", [(1, 1), (1, 1)], [900, 18_100]),
        ("globalping.json", [(3, 3), (3, 2)], [1_600, 18_000]),
    ],
)
def test_counts_and_means(name: str, counts: list[tuple[int, int]], averages_us: list[int | None]) -> None:
    """Probes, answers and mean RTTs of every hop are those of the file."""
    (report,) = reports_of(read(name), name)
    assert [(hop.sent, hop.received) for hop in report.hops] == counts
    assert [hop.average_us for hop in report.hops] == averages_us
    assert report.hops[0].hosts == ("gw.home.example (10.0.0.1)",)
    assert report.target == ("" if name == "ntrace-trace.json" else "www.example.org")


@pytest.mark.parametrize("name", KNOWN)
def test_beginnings(name: str) -> None:
    """When it began is read where the file tells, also where it tells nanoseconds."""
    (report,) = reports_of(read(name), name)
    assert report.started_us in {None, STARTED_US, STARTED_US + 123_456}
    assert (report.started_us is None) == (name == "ntrace-trace.json")


@pytest.mark.parametrize("name", ["ttl.json", "ntrace-report.json", "ntrace-stream.jsonl", "globalping.json"])
def test_networks(name: str) -> None:
    """The AS of the target is read."""
    (report,) = reports_of(read(name), name)
    assert report.hops[-1].networks[0] == "AS64502"


def test_single_rtts() -> None:
    """Where a file tells single RTTs they are read, in their order."""
    assert [hop.rtts_us for hop in reports_of(read("globalping.json"), "")[0].hops] == [
        (800, 900, 3_100),
        (17_900, 18_100),
    ]
    assert reports_of(read("ntrace-trace.json"), "")[0].hops[0].rtts_us == (950, 850)


def test_spread_over_responders() -> None:
    """Of several responders the standard deviation is that of all answers: 16 of 20 ms and 80 of 17 ms."""
    (report,) = reports_of(read("ttl.json"), "")
    assert report.hops[0].stdev_us == 200
    assert report.hops[1].stdev_us == round((16 * 2_500**2 + 80 * 500**2) ** 0.5 / 95**0.5)
    assert report.hops[1].hosts[0] == "www.example.org (192.0.2.80)"  # who answered most


@given(st.sampled_from(KNOWN), st.integers(0, 10_000), st.integers(0, 255))
def test_spoiled_files(name: str, at: int, value: int) -> None:
    """A file with a changed byte is read, or refused with a message."""
    data = bytearray(read(name).encode())
    data[at % len(data)] = value
    try:
        reports = reports_of(data.decode("utf-8", "replace"), name)
    except ConfigurationError:
        return
    for hop in (hop for report in reports for hop in report.hops):
        assert 0 <= hop.received <= hop.sent
        assert not hop.networks or len(hop.networks) == len(hop.hosts)
