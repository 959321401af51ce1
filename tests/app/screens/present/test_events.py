"""What the log says of loss at the target, once it is known what it is."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hopscope.app.insight.verdicts import verdicts
from hopscope.app.path.snapshot import LogEntry
from hopscope.app.screens.present.clock import clock
from hopscope.app.screens.present.events import entries
from hopscope.app.screens.present.table import Look
from hopscope.app.settings import TraceSettings
from hopscope.widgets.glyphs import UNICODE
from hopscope.widgets.words import entry_lines
from support.engines import World, steady
from support.virtual import Lab, lab_world

if TYPE_CHECKING:
    from hopscope.app.path.snapshot import EntryKind
    from hopscope.probe import wire

HOPS = 8
SOURCE: Any = None  # asked for names where the path changes


def losses(*, evenly: bool) -> list[tuple[str, str, str]]:
    """The entries on a loss that begins after 100 rounds: the target then leaves a quarter of the probes unanswered."""
    chance, turn = random.Random(3), 0

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        nonlocal turn
        if request.ttl == HOPS:
            turn += 1
            if turn > 100 and ((turn % 4 == 0) if evenly else (chance.random() < 0.25)):
                return None
        return steady(HOPS)(now_us, request)

    snapshot = World(network, TraceSettings(rounds=200)).run()
    log = entries(snapshot, SOURCE, verdicts(snapshot))
    return [(one.severity, one.where, one.text) for one in log if "loss begins" in one.text]


def test_a_limit_of_the_target_is_no_fault_in_the_log() -> None:
    """Loss that may be rate-limited replies has the mark of a warning, however evenly it comes."""
    for evenly in (True, False):
        [(severity, where, text)] = losses(evenly=evenly)
        assert (severity, where) == ("warning", f"hop {HOPS}")
        assert text.startswith("loss begins: ")
        assert text.endswith(f" lost at hop {HOPS} (or rate-limited replies)")


def test_changes_of_a_flap_stand_in_order() -> None:
    """That a path flaps is known with its third change: the log has it where it began, and every change once."""
    snapshot = lab_world(Lab("flap"), TraceSettings()).run(until_s=34.5)
    told = entries(snapshot, Look(str), verdicts(snapshot))
    times = [one.clock for one in told]
    assert times == sorted(times, reverse=True)
    assert [one.text.partition(",")[0] for one in reversed(told)] == [
        "ICMP",
        "path changed",
        "path flaps",
        "path changed back",
        *["path changed again"] * 4,
    ]
    assert {one.where for one in told[:-1]} == {"hops 3-4"}


def test_a_change_of_many_hops_is_not_listed_whole() -> None:
    """Where a loop takes the place of the target, the log lists the first hops and counts the rest."""
    snapshot = lab_world(Lab("loop"), TraceSettings()).run(until_s=40)
    [entry] = [one for one in snapshot.log_entries if one.kind == "path-changed"]
    entry = replace(entry, new=(*(["203.0.113.1", "203.0.113.9"] * 12), "203.0.113.1"))
    snapshot = replace(snapshot, log_entries=(entry,))
    [change] = entries(snapshot, Look(str), verdicts(snapshot))
    assert [ttl for ttl, _, _ in change.changes] == [6, 7, 8, 9, 10, 11, 12]
    assert change.unlisted == 18
    lines = [line.text().rstrip() for line in entry_lines([change], 60, UNICODE)]
    assert len(lines) == 1 + 7 + 1 + 1  # what happened, routers now, the one that was, and the rest
    assert lines[-1].strip() == "and 18 more hops"


def test_a_network_that_goes_down_again_and_again_is_one_entry() -> None:
    """Since when, how often and why; then that it is back. What comes a minute later is an entry of its own."""
    snapshot = World(steady(3), TraceSettings(rounds=5)).run()
    times: list[tuple[EntryKind, int]] = [("start", 0)]
    for begin in (10, 14, 20, 100):
        times += [("network-down", begin), ("resumed", begin + 3)]
    log = tuple(
        LogEntry(at * 1_000_000, at, kind, {"network-down": "no route", "start": "ICMP"}.get(kind, ""))
        for kind, at in times
    )
    told = entries(replace(snapshot, log_entries=log), Look(str), verdicts(snapshot))
    assert [(one.where, one.text, one.clock) for one in reversed(told[:-1])] == [
        (where, text, clock(at * 1_000_000, snapshot.clock_offset_us))
        for where, text, at in (
            ("network down", "3 times in 10 s: no route", 10),
            ("resumed", "", 23),
            ("network down", "no route", 100),
            ("resumed", "", 103),
        )
    ]
