"""mtr's report layout, byte for byte, and its agreement with what mtr 0.95 printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hopscope.app.path.snapshot import UNANSWERED, Snapshot
from hopscope.app.report.context import Context
from hopscope.app.report.text import text_report
from hopscope.app.settings import ReportSettings
from support import snapshots

SAMPLES = Path(__file__).parents[2] / "samples"
AS_NUMBERS = {"100.64.0.1": "64500", "203.0.113.9": "64501"}


def context(*, names: bool = True, **settings: object) -> Context:
    return Context(
        ReportSettings(**settings),  # type: ignore[arg-type]
        local_host="vm",
        name=snapshots.name if names else lambda _: None,
        fact=lambda address, kind: AS_NUMBERS.get(address) if kind == 0 else None,
    )


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


def test_names_are_cut_where_the_numbers_begin() -> None:
    """Numbers stand from column 33 on whatever the name's length; 100 % loses its sign, as in mtr."""
    assert text_report(snapshots.ecmp_mpls(), context()) == (
        "Start: 2026-11-21T23:14:57+0000\n"
        "HOST: vm                          Loss%   Snt   Last   Avg  Best  Wrst StDev\n"
        "  1.|-- gw.example.net             0.0%     3    4.8   3.8   2.8   4.8   1.0\n"
        "  2.|-- ecmp-b.example.net         0.0%     3    5.5   5.3   5.1   5.5   0.2\n"
        "        100.64.1.3                       \n"
        "        ecmp-a.example.net               \n"
        "  3.|-- ???                       100.0     3    0.0   0.0   0.0   0.0   0.0\n"
        "  4.|-- a-very-long-router-name-x  0.0%     3    8.3   8.3   8.2   8.3   0.1\n"
        "  5.|-- 100.64.4.1                 0.0%     3    9.2   9.3   9.2   9.6   0.2\n"
        "        100.64.4.2                       \n"
        "  6.|-- 100.64.5.1                66.7%     3   10.2  10.2  10.2  10.2   0.0\n"
        "  7.|-- target.example.net         0.0%     3   12.3  12.3  12.2  12.3   0.1\n"
    )


def test_labels_follow_the_address_that_sent_them() -> None:
    """With -e each address is followed by its label stack, the only address of a hop too."""
    lines = text_report(snapshots.ecmp_mpls(), context(names=False, mpls=True)).splitlines()
    at = next(index for index, line in enumerate(lines) if line.startswith("  4."))
    assert [line.rstrip() for line in lines[at : at + 7]] == [
        "  4.|-- 100.64.3.1                 0.0%     3    8.3   8.3   8.2   8.3   0.1",
        "       [MPLS: Lbl 24015 TC 0 S 0 TTL 1]",
        "       [MPLS: Lbl 299920 TC 5 S 1 TTL 1]",
        "  5.|-- 100.64.4.1                 0.0%     3    9.2   9.3   9.2   9.6   0.2",
        "       [MPLS: Lbl 16 TC 1 S 1 TTL 250]",
        "        100.64.4.2",
        "       [MPLS: Lbl 16 TC 1 S 1 TTL 250]",
    ]


def test_a_long_time_is_cut_by_the_next_column() -> None:
    """A time beyond 999.9 ms loses its decimals to the next column, except in the last one."""
    trace = snapshots.snapshot(snapshots.TARGET, [snapshots.hop(1, [10_300, 1_013_300], "100.64.5.1")])
    assert text_report(trace, context()).splitlines()[-1] == (
        "  1.|-- 100.64.5.1                 0.0%     2  1013. 511.8  10.3 1013. 709.2"
    )
    assert text_report(trace, context(fields="N")).splitlines()[-1].endswith("  1013.3")


def test_no_columns_leave_the_names() -> None:
    """An empty list of columns prints names alone, uncut."""
    assert text_report(snapshots.unreachable(), context(fields="", names=False)).splitlines()[1:] == [
        "HOST: vm                               ",
        "  1.|-- 100.64.0.1                       ",
        "  2.|-- 100.64.1.9                       ",
    ]


def test_nothing_answered_leaves_the_heading() -> None:
    """A trace without any answer has no rows."""
    assert len(text_report(snapshots.nothing_answered(), context()).splitlines()) == 2


def sample(name: str) -> list[str]:
    return (SAMPLES / name).read_text().splitlines()[1:-1]


def shape(lines: list[str]) -> list[str]:
    """Lines with every digit of the numbers masked; names and addresses stay."""
    return [lines[1], *(re.sub(r" +\d+\.\d?%?(?= |$)", lambda m: "#" * len(m[0]), line) for line in lines[2:])]


def test_wide_report_has_the_layout_of_the_sample() -> None:
    """-w moves the numbers behind the longest name; the title keeps its two columns of difference."""
    trace = replay("wide.txt")
    assert shape(text_report(trace, context(wide=True)).splitlines()) == shape(sample("wide.txt"))


def replay(name: str) -> Snapshot:
    """A snapshot with the addresses of a sample, each hop with three answers that give its loss."""
    back = {text: address for address, text in snapshots.NAMES.items() if ":" not in address}
    rows: list[list[str]] = []
    losses: list[str] = []
    for line in sample(name)[2:]:
        if line[2] != " ":
            fields = line.replace(".|--", "").split()
            rows.append([fields[1]])
            losses.append(fields[2].rstrip("%"))
        else:
            rows[-1].append(line.strip())
    hops = []
    for ttl, (names, loss) in enumerate(zip(rows, losses, strict=True), 1):
        addresses = [back.get(text, text) for text in names if text != "???"]
        answers = round(3 * (1 - float(loss) / 100))
        by = [*range(1, len(addresses)), 0][-3:] if len(addresses) > 1 else [0] * 3
        by = ([by[0]] * 3 + by)[-3:]
        values = [5_000] * answers + [UNANSWERED] * (3 - answers)
        hops.append(snapshots.hop(ttl, values, *addresses, by=[who if v >= 0 else -1 for who, v in zip(by, values)]))  # noqa: B905
    return snapshots.snapshot(snapshots.TARGET, hops)


def test_several_origins_do_not_run_into_the_name() -> None:
    """AS numbers that are wider than their column are still set apart from the host."""
    facts = {0: "4200000000/64501", 1: "2001:db8:ffff:ffff::/64", 2: "US", 3: "arin", 4: "2008-01-01"}
    settings = ReportSettings(ipinfo=(0, 1, 4))
    made = text_report(snapshots.healthy(1, hops=1), Context(settings, fact=lambda _address, kind: facts[kind]))
    line = made.splitlines()[2]
    assert line.startswith("  1. AS4200000000/64501 2001:db8:ffff:ffff::/64 2008-01-01  203.0.113.9"[:33])
    settings = ReportSettings(ipinfo=(0,), wide=True)
    made = text_report(snapshots.healthy(1, hops=1), Context(settings, fact=lambda _address, kind: facts[kind]))
    assert "  1. AS4200000000/64501 203.0.113.9 " in made
