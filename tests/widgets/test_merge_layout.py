"""Paths that meet and part, laid out and drawn."""

from __future__ import annotations

import pytest
from hopscope.widgets.glyphs import ASCII, UNICODE, Glyphs
from hopscope.widgets.line import TEXT
from hopscope.widgets.merge_layout import Graph, Row, drawn, fold, rows
from hopscope.widgets.merged_path import MergedPathView, MergedPicture, NodeText, columns
from hypothesis import given
from hypothesis import strategies as st


def graph(*paths: str, apart: str = "", losing: frozenset[tuple[int, int]] = frozenset()) -> Graph:
    """Paths whose nodes are named by letters."""
    names = sorted(set("".join(paths)))
    numbered = tuple(tuple(names.index(one) for one in path) for path in paths)
    lanes = tuple(tuple(lane for lane, path in enumerate(paths) if name in path) for name in names)
    return Graph(lanes, numbered, frozenset(names.index(one) for one in apart), losing)


def shown(made: Graph, *, beside: bool = True, pitch: int = 2, glyphs: Glyphs = UNICODE) -> list[str]:
    """The picture, nodes by their letters where they are not joined."""
    at = [pitch * lane for lane in range(len(made.paths))]
    signs = dict.fromkeys(range(len(made.nodes)), glyphs.stop)
    return [drawn(row, at, signs, glyphs).text for row in rows(made, beside=beside)]


def test_three_lanes_meet() -> None:
    """What each comes through alone stands side by side, what several do at the leftmost of them."""
    assert shown(graph("adet", "bft", "cft"), pitch=4) == [
        "●   ●   ●",
        "●   │   │",
        "●   │   │",
        "│   ●───╯",
        "●───╯",
    ]


def test_lanes_part_and_meet_again() -> None:
    """Each goes back to its own column; a line that is only passed is drawn through."""
    assert shown(graph("adgjt", "beht", "cdgkt")) == [
        "● ● ●",
        "│ ● │",
        "│ ● │",
        "●─│─╯",
        "● │",
        "├─│─╮",
        "● │ ●",
        "●─┴─╯",
    ]


def test_each_node_has_its_own_row_where_there_is_no_room() -> None:
    """Sources too."""
    assert shown(graph("act", "bct"), beside=False) == ["●", "│ ●", "●─╯", "●"]


def test_a_rule_joins_lanes_that_do_not_meet() -> None:
    """They go on side by side."""
    assert shown(graph("anxt", "bt", "cnyt", apart="n"), pitch=3) == [
        "●  ●  ●",
        "╞══│══╡",
        "●  │  ●",
        "●──┴──╯",
    ]


def test_lines_that_lose_are_heavy() -> None:
    """From the node before the loss on; what others bring to the same row is not."""
    made = graph("adt", "bt", "ct", losing=frozenset({(1, 1)}))
    assert shown(made) == ["● ● ●", "● ┃ │", "●━┻─╯"]
    assert shown(made, glyphs=ASCII) == ["o o o", "o # |", "o##-+"]


def test_two_nodes_each_before_the_other_are_refused() -> None:
    """Such a graph has no picture."""
    with pytest.raises(ValueError, match="each before the other"):
        rows(Graph(((0,), (1,), (0, 1), (0, 1)), ((0, 2, 3), (1, 3, 2))), beside=True)


def test_long_runs_of_one_lane_are_folded() -> None:
    """But for nodes that are to be shown; what several lanes come through stays."""
    made = graph("acdefgt", "bt")
    folded = fold(rows(made, beside=False), made, {0, 1, 3})
    assert [(row.nodes[0][1], row.folded) for row in folded] == [
        (0, ()),
        (2, ()),
        (3, ()),
        (4, (5, 6)),
        (1, ()),
        (7, ()),
    ]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Graphs without circles: nodes in one order, of which each lane comes through some."""
    lanes = draw(st.integers(1, 10))
    between = draw(st.integers(0, 30))
    paths: list[list[int]] = [[lane] for lane in range(lanes)]
    apart = set()
    for node in range(lanes, lanes + between):
        through = draw(st.sets(st.integers(0, lanes - 1), min_size=1, max_size=lanes))
        for lane in through:
            paths[lane].append(node)
        if len(through) > 1 and draw(st.integers(0, 5)) == 0:
            apart.add(node)
    for path in paths:
        path.append(lanes + between)
    losing = draw(st.sets(st.tuples(st.integers(0, lanes - 1), st.integers(1, 30))))
    nodes = tuple(tuple(lane for lane, path in enumerate(paths) if node in path) for node in range(lanes + between + 1))
    return Graph(nodes, tuple(map(tuple, paths)), frozenset(apart), frozenset(losing))


def followed(made: list[Row], lane: int) -> list[set[int]]:
    """The nodes that an eye may come to which follows a lane's line from its source: of each row with some, which."""
    at = {lane}
    found = []
    begun = False
    for row in made:
        nodes = dict(row.nodes)
        if not begun and lane not in nodes:
            continue
        begun = True
        if row.begun:
            if row.stem in at:
                at |= set(row.begun)
            continue
        here = {nodes[column] for column in at if column in nodes}
        if row.ruled:
            here = {row.nodes[0][1]} if at & set(row.ruled) else set()
        elif at & set(row.ended):
            here.add(row.nodes[0][1])
            at = at - set(row.ended) | {row.nodes[0][0]}
        if here:
            found.append(here)
    return found


@given(graphs(), st.booleans())
def test_whatever_the_graph(made: Graph, beside: bool) -> None:
    """Each node stands once; whoever follows a lane's line comes to its nodes in order; no two pieces share a cell."""
    picture = rows(made, beside=beside)
    assert sorted(node for row in picture for _, node in row.nodes) == list(range(len(made.nodes)))
    for lane, path in enumerate(made.paths):
        choices = followed(picture, lane)
        at = 0
        for node in path:
            while node not in choices[at]:
                at += 1
            at += 1
    for row in picture:
        taken = [column for column, _ in row.nodes if not row.ruled]
        taken += [*row.passing, *row.ended, *row.begun, *row.ruled, *([row.stem] if row.begun else [])]
        assert len(taken) == len(set(taken))


@given(graphs(), st.sampled_from([60, 80, 120, 200]))
def test_no_words_cross_a_line(made: Graph, width: int) -> None:
    """Where a line passes, its own character stands, at every width."""
    view = MergedPathView()
    words = tuple(
        NodeText((0, 1), f"{at}/{at}", "host" * 12, TEXT, aside="AS64501", words=("loss",), loss="9.9", times=("9.9",))
        for at in range(len(made.nodes))
    )
    view.show(MergedPicture(made, words))
    lines = [line.text().ljust(width - 1) for line in view.draw(width, 500)[1:]]
    beside, pitch, end, _ = columns(width, len(made.paths))
    picture = rows(made, beside=beside)
    assert len(lines) == len(picture)
    for row, line in zip(picture, lines, strict=True):
        for column in row.passing:
            heavy = column in row.heavy
            assert line[2 + pitch * column] == (UNICODE.heavy_lane if heavy else UNICODE.lane)
        assert line[end - 1] == " "
        assert len(line) == width - 1
