"""After a change the path before stands beside the new one on the map."""

from __future__ import annotations

from functools import partial

import pytest
from hopscope.app.path.flow_map import flow_map
from hopscope.app.screens.present import hop_marks
from hopscope.app.screens.present.path_map import map_lines
from hopscope.app.settings import TraceSettings
from hopscope.probe import wire
from hopscope.widgets.glyphs import UNICODE
from hopscope.widgets.overlay import DIALOG_MUTED
from support.engines import World, steady

HOPS = 6


def detoured(now_us: int, request: wire.ProbeRequest, *, longer: int) -> tuple[int, wire.Answer] | None:
    """Hops 3 and 4 give way to others after 20 s; the path is then so much longer."""
    if now_us < 20_000_000 or request.ttl < 3:
        return steady(HOPS)(now_us, request)
    if request.ttl <= 4 + longer:
        return 9_000, wire.Answer("ttl-expired", f"10.9.0.{request.ttl}", 9_000)
    if request.ttl >= HOPS + longer:
        return 9_000, wire.Answer("reply", request.address, 9_000)
    return 9_000, wire.Answer("ttl-expired", f"10.0.0.{request.ttl - longer}", 9_000)


def drawn(longer: int, second: int) -> tuple[list[str], list[str]]:
    """The lines of the map, and those of the routers before."""
    snapshot = World(partial(detoured, longer=longer), TraceSettings()).run(until_s=second)
    change = hop_marks.recent_change(snapshot, snapshot.time_us)
    lines = map_lines(flow_map(snapshot, 300), str, 76, 40, UNICODE, change=change)
    muted = [line for line in lines if any(ink == DIALOG_MUTED and "10.0" in text for text, ink in line.runs)]
    return [line.text().rstrip() for line in lines], [line.text() for line in muted]


@pytest.mark.parametrize("longer", [-1, 0, 1, 2])
def test_the_path_before_stands_beside_the_new_one(longer: int) -> None:
    """For a minute it is drawn muted, in a lane of its own, which leaves the path and comes back to it."""
    texts, muted = drawn(longer, 40)
    assert [text.split()[-2:] for text in muted] == [["10.0.0.3", "before"], ["10.0.0.4", "before"]]
    both = "\n".join(texts)
    assert "├─╮" in both
    assert "├─╯" in both
    for ttl in range(3, 5 + longer):
        assert f"10.9.0.{ttl}" in both


def test_the_path_before_comes_back_to_where_both_meet() -> None:
    """Where the path has become shorter it meets at a nearer hop, which stands below the routers of before."""
    texts, _ = drawn(-1, 40)
    assert texts == [
        "  1   ●    10.0.0.1",
        "  2   ●    10.0.0.2",
        "      ├─╮",
        "  3 a ● │  10.9.0.3",
        "    b │ ●  10.0.0.3            before",
        "  4   │ ●  10.0.0.4            before",
        "      ├─╯",
        "  4   ●    10.0.0.5",
        "  5   ●    192.0.2.99",
    ]


def test_it_goes_after_a_minute() -> None:
    """Then the map shows the present path alone."""
    texts, muted = drawn(1, 85)
    assert muted == []
    assert "├─╮" not in "\n".join(texts)


@pytest.mark.parametrize(("width", "shown"), [(76, True), (48, False)])
def test_interfaces_stand_after_their_router(width: int, shown: bool) -> None:
    """Where there is room the map says which interface a router names."""
    paths = flow_map(World(steady(HOPS), TraceSettings()).run(until_s=5), 300)

    def told(ttl: int, _address: str) -> str:
        return "ae3.100 in" if ttl == 3 else ""

    lines = [line.text().rstrip() for line in map_lines(paths, str, width, 40, UNICODE, interface=told)]
    assert ["10.0.0.3  ae3.100 in" in line for line in lines] == [shown and at == 2 for at in range(HOPS)]
