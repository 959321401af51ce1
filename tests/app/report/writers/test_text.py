"""mtr's report layout, byte for byte, and its agreement with what mtr 0.95 printed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hopscope.app.path.snapshot import UNANSWERED, Snapshot
from hopscope.app.report.context import Context
from hopscope.app.report.writers.text import text_report
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import ReportSettings
from hopscope.probe.wire import Label
from support import snapshots

SAMPLES = Path(__file__).parents[3] / "samples"
AS_NUMBERS = {"100.64.0.1": sanitize("64500"), "203.0.113.9": sanitize("64501")}

SEVERAL = {"100.64.1.2": sanitize("64500/64501/4200000000"), "100.64.1.3": sanitize("64500/64501/4200000000")}


def context(*, names: bool = True, **settings: object) -> Context:
    return Context(
        ReportSettings(**settings),  # type: ignore[arg-type]
        local_host=sanitize("vm"),
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


def test_layout_of_0_96() -> None:
    """The released 0.96 has a wider column for AS numbers, and is like 0.95 otherwise."""
    ours = text_report(snapshots.silent(), context(layout="0.96", ipinfo=(0,), names=False)).splitlines()
    theirs = (SAMPLES / "report-z-0.96.txt").read_text().splitlines()
    assert ours[1] == theirs[1]
    names = [re.match(r" *\d+\. AS\S+ +", line) for line in (*ours[2:], *theirs[2:])]
    assert {name and name.end() for name in names} == {len("  1. AS") + 12}
    assert ours[3].endswith("???            100.0     5    0.0   0.0   0.0   0.0   0.0")
    assert theirs[4].endswith("???            100.0     2    0.0   0.0   0.0   0.0   0.0")


def test_several_as_numbers_shift_no_column_of_a_wide_report() -> None:
    """An address of a prefix that several networks announce makes the column of AS numbers wider, for all rows."""
    several = replace(context(wide=True, ipinfo=(0,)), fact=lambda address, _kind: SEVERAL.get(address))
    lines = text_report(snapshots.ecmp_mpls(), several).splitlines()
    rows = [line for line in lines[2:] if re.match(r" *\d+\. ", line)]
    assert "64500/64501/4200000000" in rows[1]
    assert len({row.index(" 0.0%") for row in rows if " 0.0%" in row}) == 1
    names = [re.match(r" *\d+\. AS\S+ +", row) for row in rows]
    assert len({name and name.end() for name in names}) == 1


def test_several_as_numbers_leave_room_for_the_name_in_a_narrow_report() -> None:
    """There the first of them stands for all, with a sign that there are more, in the column of one."""
    several = replace(context(ipinfo=(0,)), fact=lambda address, _kind: SEVERAL.get(address))
    rows = [line for line in text_report(snapshots.ecmp_mpls(), several).splitlines() if re.match(r" *\d+\. ", line)]
    assert re.match(r"  2\. AS64500\+ +\S", rows[1])
    assert len({row.index("AS") for row in rows}) == 1


def test_newer_layout() -> None:
    """The layout that follows 0.96 has loss with two decimals, wider AS numbers, several facts, and errors as names."""
    newer = context(layout="next", ipinfo=(0, 2), fields="LS N")
    assert text_report(snapshots.unreachable(), newer).splitlines()[1:] == [
        "HOST: vm                            Loss%   Snt   Last",
        "  1. AS64500        ??? gw.exampl   0.00%     2   14.5",
        "  2. AS???          ??? (no route   0.00%     2    3.3",
    ]
    whole = context(layout="next", fields="LS", names=False)
    assert text_report(snapshots.silent(), whole).splitlines()[3] == "  2.|-- ???                       100.00%     5"


@pytest.mark.parametrize(
    ("name", "settings", "with_names"),
    [
        ("report.txt", {}, True),
        ("report-b.txt", {"show_ips": True}, True),
        ("report-z.txt", {"ipinfo": (0,)}, False),
        ("wide.txt", {"wide": True}, True),
        ("wide-allfields.txt", {"wide": True, "fields": "LSDR NBAWVG JMXI"}, False),
        ("csv-w-z.txt", {"wide": True, "ipinfo": (0,)}, False),
        ("report6.txt", {"wide": True, "show_ips": True, "ipinfo": (0,), "mpls": True}, True),
        ("tcp.txt", {}, False),
        ("udp.txt", {}, False),
        ("unreach.txt", {}, False),
        ("unreach-admin.txt", {}, False),
    ],
)
def test_layout_is_that_of_the_sample(name: str, settings: dict[str, object], with_names: bool) -> None:
    """The hops of what mtr 0.95 printed, printed by us, stand in the same places, but for mtr's own slips."""
    lines = sample(name)
    trace = replay(lines)
    ours = text_report(trace, context(names=with_names, **settings)).splitlines()
    assert shape(ours) == shape(without_slips(lines, labelled="mpls" in settings))


def sample(name: str) -> list[str]:
    """What mtr printed: a sample without its command line and exit status."""
    return (SAMPLES / name).read_text().splitlines()[1:-1]


def without_slips(lines: list[str], *, labelled: bool) -> list[str]:
    """Of a further address with its AS number mtr prints a plain line too; and it garbles the S bit of labels."""
    pairs = zip(lines, [*lines[1:], ""], strict=True)
    kept = [line for line, after in pairs if not (line.startswith(" " * 8) and after.startswith("     AS"))]
    return [line.replace("S \x01u", "S 1") if labelled else line for line in kept]


def shape(lines: list[str]) -> list[str]:
    """The heading, and the rows with their measured numbers masked, blanks before them included."""
    return [lines[1], *(re.sub(r" +\d+\.\d?%?(?= |$)", lambda found: "#" * len(found[0]), line) for line in lines[2:])]


ROW = re.compile(r" *\d+\.(?:\|--)? (?:AS\S+ +)?(.+?) +(\d+\.\d)%? +(\d+) ")


def replay(lines: list[str]) -> Snapshot:
    """A trace with the hosts of printed lines; each hop has as many answers as its loss leaves."""
    rows: list[tuple[list[str], int, int]] = []
    for line in lines[2:]:
        if found := ROW.match(line):
            sent = int(found[3])
            rows.append(([address_of(found[1])], sent, round(sent * (1 - float(found[2]) / 100))))
        elif line.startswith(" " * 8):
            rows[-1][0].append(address_of(line.strip()))
    hops = []
    for ttl, (addresses, sent, answers) in enumerate(rows, 1):
        known = [address for address in addresses if address != "???"]
        by = ([0] * sent + [*range(1, len(known)), 0])[-answers:] if answers else []
        values = [UNANSWERED] * (sent - answers) + [5_000] * answers
        labels: dict[str, tuple[Label, ...]] = {one: (Label(77, 0, 1, 1),) for one in known[1:]}  # of one sample
        hops.append(snapshots.hop(ttl, values, *known, by=[-1] * (sent - answers) + by, labels=labels))
    return snapshots.snapshot(snapshots.TARGET, hops)


def address_of(text: str) -> str:
    """The address of a host as it is printed: by name, with its address, cut at the numbers, or the address itself."""
    for address, name in snapshots.NAMES.items():
        full = f"{name} ({address})"
        if text in {name, full} or (len(text) > 23 and full.startswith(text)):
            return address
    return text


def test_interfaces_stand_below_their_router() -> None:
    """What a router says of its interfaces has a line of its own, as labels have; as mtr there is none."""
    lines = text_report(snapshots.interfaces(), Context()).splitlines()
    assert lines[4].split()[0] == "198.51.100.2"
    assert lines[5] == f"       [Interface: {snapshots.LISTED}]"
    assert lines[7] == '       [Interface: =1|2,"<b>& in]'
    as_mtr = text_report(snapshots.interfaces(), Context(ReportSettings(interfaces=False))).splitlines()
    assert as_mtr == [line for line in lines if "Interface" not in line]


@pytest.mark.parametrize("place", ["kubectl:prod/api-7d9f8b6c5-abcde", "exec:/usr/sbin/ip netns exec one", "ssh:a"])
def test_the_name_of_a_vantage_point_is_not_cut(place: str) -> None:
    """Numbers of all lines stand beyond it: two places would else have one line."""
    snapshot = snapshots.ecmp_mpls()
    lanes = replace(snapshot, target=replace(snapshot.target, vantage=sanitize(place)))
    _, head, *rows = text_report(lanes, context()).splitlines()
    assert head.startswith(f"HOST: {place} ")
    assert head.index("Snt") == max(33, len(f"HOST: {place}")) + 9
    numbered = [row for row in rows if "|--" in row]
    assert {len(row) for row in numbered} == {len(head)}
