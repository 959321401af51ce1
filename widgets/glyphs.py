"""The characters of the screen: one set for Unicode terminals, one of plain ASCII."""

from __future__ import annotations

from typing import NamedTuple


class Glyphs(NamedTuple):
    """Every character that is not plain text; a cell wide each, where nothing else is said."""

    ramp: str  # the eight levels of a history strip, lowest first
    lost: str  # a lost probe
    unanswered: str  # a probe without an answer that hurts no traffic
    unreachable: str  # a router reports that it cannot reach the target
    pending: str  # a probe that may still be answered
    change: str  # column of a strip before which the path changed
    gap: str  # column of a strip before which nothing was measured; hops left out of a map
    fault: str  # mark of the severity
    warning: str  # mark of the severity
    changed: str  # mark of the severity
    note: str  # mark of the severity
    fine: str  # mark of the severity
    selected: str  # before the row that is chosen
    ellipsis: str  # for what is cut off
    before: str  # how many are hidden on the left
    after: str  # how many are hidden on the right
    arrow: str  # from this host to the target; one cell or two
    rule: str  # piece of a horizontal line
    bar: str  # piece of a vertical line
    tick: str  # piece of a vertical axis with a number beside it
    corner: str  # where the axes of a graph meet
    axis: str  # piece of a horizontal axis
    axis_tick: str  # piece of a horizontal axis with a time below it
    up: str  # the key
    down: str  # the key
    left: str  # the key; one cell or a word
    right: str  # the key; one cell or a word
    enter: str  # the key; one cell or a word
    branch: str  # before a further address of a hop
    last_branch: str  # before the last further address of a hop
    running: str  # state of a trace
    paused: str  # state of a trace
    stopped: str  # state of a trace: finished, failed, or the network is down
    restarted: str  # state of a trace: its probe process was started anew
    playing: str  # state of a replay
    radio_on: str  # before the choice that is made
    radio_off: str  # before a choice that is not made
    full: str  # piece of a horizontal bar
    # A frame's corners (left top, right top, left bottom, right bottom), its horizontal and its vertical piece.
    box: str
    stop: str  # an address on a map
    lane: str  # piece of a path on a map that passes by
    # Where lanes of a map meet a rule: that go on, begin, end; each at its left end, within it, at its right end.
    joints: str
    heavy_lane: str  # a piece of a path that loses traffic
    heavy_axis: str  # a piece of a rule that such a path takes
    heavy_joints: str  # as ``joints``, of such a path
    # A rule that joins paths which do not meet: a piece of it, where it meets the first, one within it, the last.
    network_rule: str
    band: str  # a cell of a graph where RTTs lay before

    def mark(self, severity: str) -> str:
        """The shape of a severity: ``fault``, ``warning``, ``changed``, ``note``, ``fine``; a blank for none."""
        return getattr(self, severity) if severity else " "

    def rise(self, at: int, milliseconds: float) -> str:
        """One entry of a strip's legend: a glyph of the ramp, and the rise from which on it is drawn.

        In plain ASCII the number comes first: ``-10`` and ``.2`` would be read as other numbers.
        """
        parts = self.ramp[at], f"{milliseconds:g}"
        return "".join(parts[::-1] if self.ramp.isascii() else parts)


UNICODE = Glyphs(
    ramp="▁▂▃▄▅▆▇█",
    lost="×",  # noqa: RUF001 - the design's sign for a lost probe
    unanswered="-",
    unreachable="!",
    pending=".",
    change="│",
    gap="┊",
    fault="■",
    warning="▲",
    changed="◆",
    note="○",
    fine="✓",
    selected="▌",
    ellipsis="…",
    before="←",
    after="→",
    arrow="→",
    rule="─",
    bar="│",
    tick="┤",
    corner="╰",
    axis="─",
    axis_tick="┴",
    up="↑",
    down="↓",
    left="←",
    right="→",
    enter="↵",
    branch="├",
    last_branch="└",
    running="●",
    paused="‖",
    stopped="■",
    restarted="▲",
    playing="▶",
    radio_on="◉",
    radio_off="○",
    full="█",
    box="╭╮╰╯─│",
    stop="●",
    lane="│",
    joints="├┼┤╭┬╮╰┴╯",
    heavy_lane="┃",
    heavy_axis="━",
    heavy_joints="┣╋┫┏┳┓┗┻┛",
    network_rule="═╞╪╡",
    band="░",
)

# No glyph of the ramp means anything else in a strip.
ASCII = Glyphs(
    ramp="_.:-=+&#",
    lost="x",
    unanswered=",",
    unreachable="!",
    pending=" ",
    change="|",
    gap="/",
    fault="X",
    warning="!",
    changed="@",
    note="o",
    fine="+",
    selected=">",
    ellipsis="~",
    before="<",
    after=">",
    arrow="->",
    rule="-",
    bar="|",
    tick="+",
    corner="+",
    axis="-",
    axis_tick="+",
    up="^",
    down="v",
    left="Left",
    right="Right",
    enter="Enter",
    branch="|",
    last_branch="`",
    running="*",
    paused="=",
    stopped="X",
    restarted="!",
    playing=">",
    radio_on="*",
    radio_off=" ",
    full="#",
    box="++++-|",
    stop="o",
    lane="|",
    joints="+++++++++",
    heavy_lane="#",
    heavy_axis="#",
    heavy_joints="#########",
    network_rule="=|||",
    band=".",
)


def to_ascii(text: str) -> str:
    """A text that speaks of the characters of the screen, as a screen of plain ASCII has them."""
    pairs = [(wide, plain) for wide, plain in zip(UNICODE, ASCII, strict=True) if len(wide) == len(plain)]
    table = {ord(one): other for wide, plain in pairs for one, other in zip(wide, plain, strict=True)}
    return text.translate(table).encode("ascii", "replace").decode("ascii")
