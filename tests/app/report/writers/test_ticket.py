"""The text for a provider: what stands in it, and what does not."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hopscope.app.path.privacy import Privacy
from hopscope.app.path.snapshot import RttShift
from hopscope.app.report.context import Context
from hopscope.app.report.writers.ticket import compose, ticket_markdowns, ticket_texts
from hopscope.app.sanitize import Text, sanitize
from hopscope.app.settings import ReportSettings, TraceSettings
from hopscope.app.trace.checks import ArmResult, Check, CheckKind, CheckPlan
from support import snapshots
from support.virtual import Lab, lab_world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hopscope.app.path.snapshot import ShiftStatus, Snapshot

NUMBERS = {"198.51.100.33": "64500", "203.0.113.6": "64501"}


def fact(address: str, kind: int) -> Text | None:
    return sanitize(NUMBERS[address]) if kind == 0 and address in NUMBERS else None


def context(**fields: object) -> Context:
    return replace(Context(ReportSettings(), sanitize("vm"), fact=fact), **fields)  # type: ignore[arg-type]


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("berlin")
def test_times() -> None:
    """The period is told by the local clock with its zone, and by UTC, with dates where they differ."""
    ticket = compose(snapshots.healthy(), [], context())
    assert "2026-11-22 00:14 to 00:15 CET (2026-11-21 23:14 to 23:15 UTC)" in ticket.title


def test_loss() -> None:
    """Loss is told with its verdict, place, routers and their networks, and why it is no rate limit."""
    snapshot = lab_world(Lab("lossy"), TraceSettings(rounds=400), detail=True).run()
    (text,) = ticket_texts([snapshot], context())
    assert text.startswith("Loss on the path: www.example.org (192.0.2.80), ")
    flat = " ".join(text.split())
    assert "Hop 6: 203.0.113.6, AS64501." in flat
    assert "ICMP probes (" in flat
    assert "it is not one router's rate limit" in flat
    assert "return path" in flat
    assert "Also seen, no fault: Hop 3: rate-limits its replies" in flat
    assert "Measured with hopscope " in flat
    assert sum(line.startswith("HOST: vm") for line in text.splitlines()) == 1


@pytest.mark.parametrize(("kind", "told"), [("confirmed", True), ("back", False)])
def test_a_rise_that_stays(kind: ShiftStatus, told: bool) -> None:
    """RTTs that rose long ago and are still up are what the ticket is about; those that are back are not."""
    healthy = snapshots.healthy()
    began_us = healthy.time_us - 600_000_000
    shift = RttShift(1, began_us, 4_400, 18_400, 3, 3, kind, began_us)
    (text,) = ticket_texts([replace(healthy, rtt_shift=shift)], context())
    assert ("RTT rose by 14.0 ms at 2026-11-21 23:0" in text) is told
    assert ("UTC, from hop 3 on, and is still up." in " ".join(text.split())) is told
    assert ("No fault found" in text) is not told


def test_figures_of_the_latest_rounds_say_so() -> None:
    """The median of a trace longer than its history is that of the last rounds, and called so."""
    healthy = snapshots.healthy()
    known = len(healthy.hops[-1].rtts_us)
    (text,) = ticket_texts([replace(healthy, rounds=known + 1)], context())
    assert f"RTT to the target in the last {known} rounds: median " in text
    assert "in the last" not in ticket_texts([replace(healthy, rounds=known)], context())[0]


def test_what_was_tried_beside() -> None:
    """A check of TCP that is done is told with its loss, or that the target did not answer it."""
    plan = CheckPlan(CheckKind.TARGET_ALONE, 12, (), "?", "!")
    answered = ArmResult("TCP 443", sent=50, answered=46, lost=4, from_target=46)
    silent = ArmResult("TCP 443", sent=5, answered=0, lost=5)
    for result, said in (
        (answered, "TCP 443 at the same time: 8.0 % of 50 probes lost."),
        (silent, "TCP 443 at the same time: the target did not answer."),
    ):
        check = Check(plan, "done", (result,), 0, 1, 0, 1)
        (text,) = ticket_texts([replace(snapshots.healthy(), checks=(check,))], context())
        assert said in text


def test_privacy() -> None:
    """What privacy hides is not in a ticket: neither this host's address nor the first hops."""
    shown = replace(snapshots.healthy(), local_address="192.0.2.77")
    assert "192.0.2.77" in ticket_texts([shown], context())[0]
    hidden = Privacy(2).snapshot(shown)
    text = ticket_texts([hidden], context(local_host=sanitize("(hidden)")))[0]
    assert "192.0.2.77" not in text
    assert f"{shown.hops[0].address} " not in text


def test_notes_and_markdown() -> None:
    """A note stands in it; in Markdown all that would format is escaped."""
    note = sanitize("since *Monday* <b>`x`</b>")
    assert "Note: since *Monday* <b>`x`</b>" in ticket_texts([snapshots.lossy()], context(note=note))[0]
    (text,) = ticket_markdowns([snapshots.lossy()], context(note=note))
    assert r"Note: since \*Monday\* \<b\>\`x\`\</b\>" in text
    assert sum(line.startswith("| ") for line in text.splitlines()) == 2 + len(snapshots.lossy().hops)


@pytest.mark.parametrize("make", [snapshots.nothing_answered, snapshots.just_started, snapshots.silent])
def test_traces_without_answers(make: Callable[[], Snapshot]) -> None:
    """A trace in which nothing answers makes a ticket as well."""
    (text,) = ticket_texts([make()], context())
    assert "was not reached" in text or "Lost to the target" in text


def test_both_directions() -> None:
    """Of a host that is traced from both ends there is one ticket, with both tables."""
    one, back = snapshots.lossy(), snapshots.healthy()
    forward = replace(one, target=replace(one.target, direction="forward"))
    backward = replace(back, target=replace(back.target, direction="return"))
    (text,) = ticket_texts([forward, backward], context())
    assert sum(line.startswith("HOST: ") for line in text.splitlines()) == 2
