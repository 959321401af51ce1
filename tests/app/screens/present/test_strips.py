"""What the cells of strips hold, at every zoom."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hopscope.app.insight.assessment import Assessment, HopJudgement
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.path.snapshot import PENDING, UNANSWERED, UNREACHABLE, LogEntry, Snapshot
from hopscope.app.screens.present.strips import ZOOMS, grouped, history
from hopscope.app.settings import TraceSettings
from hopscope.probe import wire
from hopscope.widgets.glyphs import UNICODE
from hopscope.widgets.strip import CHANGE_COLUMN, GAP_COLUMN, draw
from support.engines import TARGET, World, steady
from support.snapshots import START_US, hop, snapshot
from support.virtual import Lab, lab_world

if TYPE_CHECKING:
    from hopscope.app.path.snapshot import EntryKind

BASE = 10_000
ROUND, TEN_ROUNDS, MINUTE, TEN_MINUTES = ZOOMS


def trace(values: list[int], *entries: LogEntry) -> Snapshot:
    """One hop, the target, with a history."""
    return replace(snapshot(TARGET, [hop(1, values, TARGET.address)]), log_entries=entries)


def entry(kind: EntryKind, round_number: int, first: int = 0, last: int = 0) -> LogEntry:
    """Something that happened in a round."""
    return LogEntry(START_US + round_number * 1_000_000, round_number, kind, "", first, last)


def test_a_cell_a_round_is_the_history_itself() -> None:
    """Values are handed on as they are."""
    made = history(trace([BASE, UNANSWERED, PENDING]), Assessment())
    assert [list(track.rtts_us) for track in made.tracks] == [[BASE, UNANSWERED, PENDING]]
    assert made.interval_us == 1_000_000


def test_what_cut_the_target_off_stands_at_the_hop_that_reported_it() -> None:
    """Router 3 reports for four rounds: there it has a sign of its own, and what is beyond has lost its probes."""
    sound = steady(5)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if 4_000_000 <= now_us < 8_000_000 and request.ttl > 3:
            return BASE, wire.Answer("no-route", "10.0.0.3", BASE, icmp_type=3, icmp_code=1)
        return sound(now_us, request)

    seen = World(network, TraceSettings(rounds=10)).run()
    tracks = history(seen, Assessment()).tracks
    assert list(tracks[1].rtts_us) == [BASE] * 10
    assert list(tracks[2].rtts_us) == [BASE] * 4 + [UNREACHABLE] * 4 + [BASE] * 2
    assert list(tracks[3].rtts_us) == list(tracks[4].rtts_us) == [BASE] * 4 + [UNANSWERED] * 4 + [BASE] * 2
    assert list(history(seen, Assessment(), TEN_ROUNDS).tracks[2].rtts_us) == [UNREACHABLE]


def test_the_base_is_the_best_of_the_whole_session() -> None:
    """After a reroute that costs 14 ms the strip stays at its step."""
    values = [BASE] * 5 + [BASE + 14_000] * 5
    made = history(trace(values, entry("path-changed", 5, 1, 1)), Assessment())
    assert draw(made, 20, UNICODE, lan=False)[0].text() == "▁▁▁▁▁│▄▄▄▄▄"


def test_a_flap_shows_each_of_its_changes() -> None:
    """Every change has its column, at its hops in the colour of a change; of many rounds a cell only its beginning."""
    seen = lab_world(Lab("flap"), TraceSettings()).run(until_s=34.5)
    made = history(seen, verdicts(seen))
    strips = draw(made, 60, UNICODE, lan=False)
    level, raised = "▁▁▁▁▁", "▂▂▂▂▂"
    whole = "│".join([level, raised] * 3 + [level])
    assert [strip.text()[: len(whole) - 1] for strip in strips[2:5]] == [whole[:-1]] * 3
    assert strips[0].text().startswith("│".join([level] * 6))
    inks = [[ink.fg for text, ink in strip.runs if "│" in text] for strip in strips]
    assert inks[0] == ["rule"] * 6
    assert inks[2] == ["change"] * 6
    zoomed = draw(history(seen, verdicts(seen), TEN_ROUNDS), 60, UNICODE, lan=False)[2].text()
    assert zoomed.count("│") <= 3


def test_a_group_shows_its_worst() -> None:
    """A loss before all, else the highest time, else what is pending; groups begin at multiples of their length."""
    values = [1, 5, 2, UNANSWERED, 9, 9, 7, PENDING]
    assert grouped(values, 0, 3, harmless=False) == [5, UNANSWERED, 7]
    assert grouped(values, 1, 3, harmless=False) == [5, UNANSWERED, 9]
    assert grouped([PENDING], 3, 3, harmless=False) == [PENDING]


def test_harmless_silence_does_not_hide_times() -> None:
    """What hurts nobody is shown only where nothing at all was answered."""
    assert grouped([1, UNANSWERED, UNANSWERED, UNANSWERED], 0, 2, harmless=True) == [1, UNANSWERED]


def test_ten_rounds_a_cell() -> None:
    """Cells, changes and pauses stand where they were, and the title's span grows."""
    values = [BASE] * 34
    values[12], values[25] = UNANSWERED, BASE + 60_000
    seen = trace(values, entry("path-changed", 20, 1, 1), entry("paused", 5))
    made = history(seen, Assessment(), TEN_ROUNDS)
    assert made.interval_us == 10_000_000
    assert made.markers == ((1, GAP_COLUMN), (2, CHANGE_COLUMN))
    assert draw(made, 20, UNICODE, lan=False)[0].text() == "▁┊×│▆▁"  # noqa: RUF001


def test_cells_of_many_rounds_stand_still() -> None:
    """A round more changes the last cell alone, or adds one."""
    for length in range(95, 130):
        before, after = (
            list(history(trace(list(range(BASE, BASE + rounds))), Assessment(), TEN_ROUNDS).tracks[0].rtts_us)
            for rounds in (length, length + 1)
        )
        assert after[: len(before) - 1] == before[:-1]
        assert len(after) - len(before) == (length % 10 == 0)


def test_minutes_reach_behind_the_history_of_rounds() -> None:
    """An hour of rounds is kept, but a day of minutes."""
    world = World(steady(2), TraceSettings(interval_us=20_000_000))
    seen = world.run(until_s=7_199)
    made = history(seen, Assessment(), MINUTE)
    assert len(made.tracks[0].rtts_us) == 120
    assert made.interval_us == 60_000_000
    wide = history(seen, Assessment(), TEN_MINUTES)
    assert list(wide.tracks[1].rtts_us) == [10_000] * 12
    assert wide.interval_us == 600_000_000


def test_a_minute_with_a_loss_is_lost() -> None:
    """As for rounds; a harmless hop shows its times instead."""
    world = World(
        lambda now_us, request: None if now_us // 1_000_000 == 70 else steady(1)(now_us, request), TraceSettings()
    )
    seen = world.run(until_s=179)
    assert list(history(seen, Assessment(), MINUTE).tracks[0].rtts_us) == [10_000, UNANSWERED, 10_000]
    harmless = Assessment(hops=(HopJudgement(1, "note", "harmless"),))
    assert list(history(seen, harmless, MINUTE).tracks[0].rtts_us) == [10_000] * 3


def test_judgements_colour_what_is_lost() -> None:
    """Path loss is a fault, a reply limit harmless, and the rest not judged yet."""
    seen = trace([BASE, UNANSWERED])
    for loss, expected in (("path", (False, True)), ("harmless", (True, False)), ("unjudged", (False, False))):
        track = history(seen, Assessment(hops=(HopJudgement(1, "", loss),))).tracks[0]  # type: ignore[arg-type]
        assert (track.harmless, track.fault) == expected
