"""The history strip: heights, colours, and that it stands still."""

from __future__ import annotations

from hopscope.widgets.glyphs import ASCII, UNICODE
from hopscope.widgets.strip import CHANGE_COLUMN, History, Scale, Track, draw, jump, level, title, visible


def one(values: list[int], *, markers: tuple[tuple[int, int], ...] = (), last_round: int | None = None) -> History:
    """A history of one hop."""
    base = min((value for value in values if value >= 0), default=0)
    last = len(values) - 1 if last_round is None else last_round
    return History((Track(values, base),), last, 1_000_000, markers)


def text(history: History, width: int, glyphs: object = UNICODE) -> list[str]:
    """The strips as characters."""
    return [line.text() for line in draw(history, width, Scale(), glyphs, 0, lan=False)]  # type: ignore[arg-type]


def test_levels_are_squares() -> None:
    """Level k is the smallest with rise <= top * (k/8)^2, and all that is quiet is level 1."""
    assert [level(rise, 1_000, 20_000) for rise in (0, 900, 1_100, 1_251, 5_000, 20_000, 90_000)] == [
        1,
        1,
        2,
        3,
        4,
        8,
        8,
    ]


def test_a_quiet_path_is_a_flat_line() -> None:
    """Small changes far above nothing do not move the line, whatever the distance."""
    assert text(one([90_000, 90_400, 90_100, 90_900]), 10) == ["▁▁▁▁"]


def test_the_strip_stands_still_until_it_is_full() -> None:
    """New cells are written at the right; a full strip moves left by a quarter of its width at once."""
    width = 16
    starts = [visible(one([1_000] * count), width)[0] for count in range(1, 26)]
    assert starts == [0] * 16 + [4] * 4 + [8] * 4 + [12]
    assert jump(width) == 4


def test_a_long_history_moves_in_the_same_steps() -> None:
    """The write head depends on all rounds since the start, not on those that are kept."""
    lengths = [len(visible(one([1_000] * 50, last_round=last), 16)) for last in range(100, 108)]
    assert sorted(set(lengths)) == [13, 14, 15, 16]


def test_missing_answers_have_glyphs_of_their_own() -> None:
    """Lost, pending and not sent are told apart without colour."""
    assert text(one([1_000, -1, -3, -2]), 10) == ["▁×. "]  # noqa: RUF001
    assert text(one([1_000, -1, -3, -2]), 10, ASCII) == ["_x. "]


def test_silence_that_hurts_nothing_is_a_dash() -> None:
    """An unanswered probe of a harmless hop is no lost probe."""
    history = History((Track([-1, -1], 0, harmless=True),), 1, 1_000_000)
    assert text(history, 10) == ["--"]


def test_a_path_change_is_a_column_through_all_rows() -> None:
    """Rounds stay aligned, and only the rows that changed are coloured."""
    tracks = (Track([1_000] * 4, 1_000), Track([2_000] * 4, 2_000, changed_rounds=frozenset({2})))
    lines = draw(History(tracks, 3, 1_000_000, ((2, CHANGE_COLUMN),)), 10, Scale(), UNICODE, 0, lan=False)
    assert [line.text() for line in lines] == ["▁▁│▁▁", "▁▁│▁▁"]
    assert [line.runs[1][1].fg for line in lines] == ["rule", "change"]


def test_colour_says_what_traffic_felt() -> None:
    """A slow answer of one router stays plain; slow answers of all later hops are coloured."""
    calm, slow = [10_000] * 4, [10_000, 10_000, 70_000, 10_000]
    alone = History((Track(slow, 10_000), Track(calm, 10_000)), 3, 1_000_000)
    both = History((Track(slow, 10_000), Track(slow, 10_000)), 3, 1_000_000)
    first_alone = draw(alone, 10, Scale(), UNICODE, 0, lan=False)[0]
    first_both = draw(both, 10, Scale(), UNICODE, 0, lan=False)[0]
    assert {ink.fg for _, ink in first_alone.runs} == {"strip"}
    assert {ink.fg for _, ink in first_both.runs} == {"strip", "bad"}


def test_the_scale_grows_at_once_and_shrinks_late() -> None:
    """It shrinks after 60 s below half of it, or at a settle moment."""
    scale = Scale()
    assert scale.follow([5_000], 0, lan=False) == 20_000
    assert scale.follow([80_000], 1, lan=False) == 100_000
    assert scale.follow([5_000], 2, lan=False) == 100_000
    assert scale.follow([5_000], 59_000_000, lan=False) == 100_000
    assert scale.follow([5_000], 60_000_002, lan=False) == 20_000
    scale.follow([80_000], 61_000_000, lan=False)
    assert scale.follow([5_000], 62_000_000, lan=False, settle=True) == 20_000


def test_titles_say_the_scale() -> None:
    """Wide strips say how far back they reach as well."""
    assert title(38, 20_000, 1_000_000, UNICODE) == "last 38 s, 0–20 ms above best"  # noqa: RUF001
    assert title(10, 20_000, 1_000_000, ASCII) == "  +0-20 ms"
