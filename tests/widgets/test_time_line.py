"""The time line: the moment always, the rest where there is room."""

from __future__ import annotations

from hopscope.widgets.glyphs import ASCII, UNICODE
from hopscope.widgets.time_line import Mark, TimeLine, bar, labels

SHOWN = TimeLine(
    at=0.5,
    now="02:47:31",
    began="02:10",
    ended="04:00",
    marks=(
        Mark("change", 0.1, 0.1, "path changed"),
        Mark("loss", 0.3, 0.4, "02:31-02:36 loss"),
        Mark("gap", 0.9, 1, ""),
    ),
)


def test_the_line_has_its_marks_where_they_belong() -> None:
    """Spans are filled, points are points, and the cursor lies over all."""
    assert bar(SHOWN, 32, UNICODE).text() == " ├──◆─────■■■■─┃───────────┊──┊"
    assert bar(SHOWN, 32, ASCII).text().isascii()
    assert bar(SHOWN._replace(at=0.3), 32, UNICODE).text().count("■") == 3


def test_labels_never_touch() -> None:
    """The moment stands below the cursor; others are left out where they would touch it or each other."""
    for width in range(30, 140):
        text = labels(SHOWN, width).text()
        assert "02:47:31" in text
        assert len(text) <= width - 1
        for one in ("02:10", "04:00", "path changed", "02:31-02:36 loss"):
            at = text.find(one)
            assert at < 0 or (text[:at].endswith("  ") or at <= 1)
    assert all(one in labels(SHOWN, 120).text() for one in ("02:10", "path changed", "02:31-02:36 loss", "04:00"))


def test_the_cursor_at_an_end_takes_its_label() -> None:
    """The moment is told rather than the end at which it stands."""
    assert labels(SHOWN._replace(at=1.0, marks=()), 40).text() == " 02:10" + " " * 25 + "02:47:31"
