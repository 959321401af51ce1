"""The history strip: heights, colours, glyphs, and that it stands still."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hopscope.widgets.glyphs import ASCII, UNICODE
from hopscope.widgets.strip import (
    CHANGE_COLUMN,
    GAP_COLUMN,
    History,
    Track,
    draw,
    felt,
    jump,
    level,
    rises,
    span,
    title,
    visible,
)

if TYPE_CHECKING:
    from hopscope.widgets.glyphs import Glyphs
    from hopscope.widgets.line import Line

BASE = 10_000
LOST, NOT_SENT, PENDING, FAILED, UNREACHABLE = -1, -2, -3, -4, -5


def one(values: list[int], *, markers: tuple[tuple[int, int], ...] = (), last_round: int | None = None) -> History:
    """A history of one hop."""
    base = min((value for value in values if value >= 0), default=0)
    last = len(values) - 1 if last_round is None else last_round
    return History((Track(values, base),), last, 1_000_000, markers)


def risen(rises_ms: list[float]) -> History:
    """A history of one hop by the rises above its best."""
    return History((Track([BASE + int(rise * 1000) for rise in rises_ms], BASE),), len(rises_ms) - 1, 1_000_000)


def text(history: History, width: int, glyphs: Glyphs = UNICODE, *, lan: bool = False) -> list[str]:
    """The strips as characters."""
    return [line.text() for line in draw(history, width, glyphs, lan=lan)]


def inks(line: Line) -> list[tuple[str, str, bool]]:
    """Character, colour and weight of each cell."""
    return [(char, ink.fg, ink.bold) for run, ink in line.runs for char in run]


def test_heights_are_a_fixed_logarithmic_scale() -> None:
    """Each level begins at 2, 5, 10, 20, 50, 100 and 200 ms above the hop's best."""
    edges = [0, 1_999, 2_000, 4_999, 5_000, 10_000, 20_000, 50_000, 100_000, 199_999, 200_000, 5_000_000]
    assert [level(rise) for rise in edges] == [1, 1, 2, 2, 3, 4, 5, 6, 7, 7, 8, 8]


def test_within_a_building_the_scale_is_a_tenth() -> None:
    """There 0.2 to 20 ms are told apart."""
    assert [level(rise, lan=True) for rise in (199, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000)] == list(range(1, 9))


@pytest.mark.parametrize(
    ("rises_ms", "drawn"),
    [
        ([1, 15, 25, 49, 60, 90, 100, 140, 199], "▁▄▅▅▆▆▇▇▇"),
        ([0, 0.3, 4.3, 4.3, 4.3, 0, 0.2, 4.3], "▁▁▂▂▂▁▁▂"),
        ([0.3] * 5 + [14.3] * 5, "▁▁▁▁▁▄▄▄▄▄"),
        ([0, 1.5, 3, 5.5, 2.2, 0.4], "▁▁▂▃▂▁"),
        ([0.3, 0.2, 0.1, 0.0], "▁▁▁▁"),
        ([210, 1, 210], "█▁█"),
    ],
    ids=["bufferbloat", "flap", "reroute", "cable", "healthy", "worst"],
)
def test_what_trouble_looks_like(rises_ms: list[float], drawn: str) -> None:
    """A queue is a wall, a flap a battlement, a reroute a step that stays, and a healthy path a flat line."""
    assert text(risen(rises_ms), 40) == [drawn]


def test_nothing_is_drawn_anew_for_what_comes_later() -> None:
    """However high a later rise, the cells before it stay what they were."""
    early = [3.0, 12, 30, 1]
    assert text(risen([*early, 900]), 10)[0][:4] == text(risen(early), 10)[0] == "▂▄▅▁"


def test_the_strip_stands_still_until_it_is_full() -> None:
    """New cells are written at the right; a full strip moves left by a twelfth of its width at once."""
    width = 48
    starts = [visible(one([1_000] * count), width)[0] for count in range(1, 58)]
    assert starts == [0] * 48 + [4] * 4 + [8] * 4 + [12]
    assert jump(width) == 4
    assert jump(130) == 10


@pytest.mark.parametrize("width", [8, 16, 23])
def test_the_newest_cell_of_a_narrow_strip_is_at_its_end(width: int) -> None:
    """Once it is full, it keeps its width, and every round moves it by one cell."""
    for rounds in range(width, 3 * width):
        shown = visible(one([1_000] * rounds, markers=((5, CHANGE_COLUMN),)), width)
        assert len(shown) == width
        assert shown[-1] == rounds - 1


def test_a_long_history_moves_in_the_same_steps() -> None:
    """The write head depends on all rounds since the start, not on those that are kept."""
    lengths = [len(visible(one([1_000] * 50, last_round=last), 48)) for last in range(100, 108)]
    assert sorted(set(lengths)) == [45, 46, 47, 48]


@pytest.mark.parametrize(
    ("value", "known", "unicode", "ascii_cell"),
    [
        (LOST, "fault", ("×", "bad", True), ("x", "bad", True)),  # noqa: RUF001
        (LOST, "", ("×", "warn", True), ("x", "warn", True)),  # noqa: RUF001
        (LOST, "harmless", ("-", "faint", False), (",", "faint", False)),
        (UNREACHABLE, "harmless", ("!", "bad", True), ("!", "bad", True)),
        (PENDING, "", (".", "muted", False), (" ", "muted", False)),
        (NOT_SENT, "", (" ", "strip", False), (" ", "strip", False)),
        (FAILED, "", (" ", "strip", False), (" ", "strip", False)),
    ],
    ids=["lost on the path", "lost, not judged", "harmless", "reported", "pending", "not sent", "refused"],
)
def test_what_is_no_time_has_a_glyph_of_its_own(
    value: int, known: str, unicode: tuple[str, str, bool], ascii_cell: tuple[str, str, bool]
) -> None:
    """Every row of the table of glyphs, in both sets of characters."""
    history = History((Track([BASE, value], BASE, harmless=known == "harmless", fault=known == "fault"),), 1, 1_000_000)
    for glyphs, expected in ((UNICODE, unicode), (ASCII, ascii_cell)):
        assert inks(draw(history, 10, glyphs, lan=False)[0])[1] == expected


def test_ascii_has_eight_heights_too() -> None:
    """No glyph of its ramp means anything else in a strip."""
    assert text(risen([0, 2, 5, 10, 20, 50, 100, 200]), 10, ASCII) == ["_.:-=+&#"]
    others = {ASCII.lost, ASCII.unanswered, ASCII.unreachable, ASCII.change, ASCII.pending}
    assert not others & set(ASCII.ramp)


def test_a_late_answer_takes_the_place_of_its_loss() -> None:
    """The history holds the time then, and the cell shows it."""
    assert text(one([BASE, LOST, BASE]), 10) == ["▁×▁"]  # noqa: RUF001
    assert text(one([BASE, BASE + 60_000, BASE]), 10) == ["▁▆▁"]


def test_a_path_change_is_a_column_through_all_rows() -> None:
    """Rounds stay aligned, and only the rows that changed are coloured."""
    tracks = (Track([1_000] * 4, 1_000), Track([2_000] * 4, 2_000, changed_rounds=frozenset({2})))
    history = History(tracks, 3, 1_000_000, ((2, CHANGE_COLUMN),))
    lines = draw(history, 10, UNICODE, lan=False)
    assert [line.text() for line in lines] == ["▁▁│▁▁", "▁▁│▁▁"]
    assert [inks(line)[2][1] for line in lines] == ["rule", "change"]
    assert [line.text() for line in draw(history, 10, ASCII, lan=False)] == ["__|__", "__|__"]


def test_a_pause_is_a_muted_column() -> None:
    """It stands between the rounds that it divides, in all rows."""
    history = one([BASE] * 4, markers=((2, GAP_COLUMN),))
    assert inks(draw(history, 10, UNICODE, lan=False)[0])[2] == ("┊", "muted", False)
    assert inks(draw(history, 10, ASCII, lan=False)[0])[2] == ("/", "muted", False)


def test_colour_says_what_traffic_felt() -> None:
    """A slow answer of one router stays plain; slow answers of all later hops are coloured."""
    calm, slow = [BASE] * 4, [BASE, BASE, 70_000, BASE]
    alone = History((Track(slow, BASE), Track(calm, BASE)), 3, 1_000_000)
    both = History((Track(slow, BASE), Track(slow, BASE)), 3, 1_000_000)
    assert {ink.fg for _, ink in draw(alone, 10, UNICODE, lan=False)[0].runs} == {"strip"}
    assert {ink.fg for _, ink in draw(both, 10, UNICODE, lan=False)[0].runs} == {"strip", "bad"}


@pytest.mark.parametrize(
    ("rise_us", "base_us", "lan", "token"),
    [
        (9_999, BASE, False, "strip"),
        (10_000, BASE, False, "warn"),
        (50_000, BASE, False, "bad"),
        (29_999, 200_000, False, "strip"),
        (30_000, 200_000, False, "warn"),
        (149_999, 200_000, False, "warn"),
        (150_000, 200_000, False, "bad"),
        (2_000, 1_000, True, "warn"),
        (10_000, 1_000, True, "bad"),
    ],
)
def test_from_which_felt_rise_on_a_cell_is_coloured(rise_us: int, base_us: int, token: str, *, lan: bool) -> None:
    """From 10 ms and 15 % of the base on a warning, from 50 ms and 75 % on bad; within a building 2 and 10 ms."""
    history = History((Track([base_us + rise_us], base_us),), 0, 1_000_000)
    assert felt(history, [rises(history.tracks[0], [0])], lan=lan) == [[token]]


def test_a_later_hop_may_have_felt_it_a_round_before() -> None:
    """A round's probes leave one after the other: the last hop's of the round before is as near as that of the same."""
    tracks = (Track([BASE, BASE, 70_000, BASE], BASE), Track([BASE, 70_000, BASE, BASE], BASE))
    near = History(tracks, 3, 1_000_000)
    heights = [rises(track, range(4)) for track in tracks]
    assert felt(near, heights, lan=False) == [["strip", "strip", "bad", "strip"], ["strip", "bad", "strip", "strip"]]
    assert felt(near._replace(neighbours=False), heights, lan=False)[0] == ["strip"] * 4


def test_titles_are_the_legend() -> None:
    """Wide strips say how far back they reach as well; narrow ones name fewer heights."""
    whole = "▂2 ▃5 ▄10 ▅20 ▆50 ▇100 █200 ms"
    assert title(41, 1_000_000, UNICODE) == f"last 41 s  {whole}"
    assert title(38, 1_000_000, UNICODE) == f"38 s  {whole}"
    assert title(20, 1_000_000, UNICODE) == "▂2 ▄10 ▆50 █200 ms"
    assert title(16, 1_000_000, UNICODE) == "▂2 ▆50 █200 ms"
    assert title(12, 1_000_000, UNICODE) == "▂2 █200 ms"
    assert title(8, 1_000_000, UNICODE) == ""
    assert title(41, 1_000_000, UNICODE, lan=True) == "last 41 s  ▂0.2 ▃0.5 ▄1 ▅2 ▆5 ▇10 █20 ms"
    assert title(41, 1_000_000, ASCII) == "last 41 s  2. 5: 10- 20= 50+ 100& 200# ms"


def test_the_title_says_the_span_of_a_zoom() -> None:
    """Seconds, minutes and hours, as far as the cells reach."""
    assert [span(38 * cell_us) for cell_us in (1_000_000, 10_000_000, 60_000_000, 600_000_000)] == [
        "38 s",
        "380 s",
        "38 min",
        "6 h",
    ]
