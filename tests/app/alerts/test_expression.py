"""Expressions of alerts: what they mean, and where exactly a wrong one is wrong."""

from __future__ import annotations

import pytest
from hopscope.app.alerts.expression import Clear, Expression, ExpressionError, Window, duration, parse_expression
from hopscope.app.sanitize import sanitize


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("loss > 2% over 100", Expression(sanitize("loss > 2% over 100"), "loss", 0.02, window=Window(probes=100))),
        (
            "loss>5%   for 30s",
            Expression(sanitize("loss > 5% for 30s"), "loss", 0.05, window=Window(length_us=30_000_000)),
        ),
        (
            "RTT p95 > 80ms for 1m",
            Expression(sanitize("RTT p95 > 80ms for 1m"), "rtt", 80_000, 0.95, Window(length_us=60_000_000)),
        ),
        (
            "rtt > 0.5s over 50 clear < 400ms for 5m",
            Expression(
                sanitize("rtt > 0.5s over 50 clear < 400ms for 5m"),
                "rtt",
                500_000,
                0.5,
                Window(probes=50),
                Clear(400_000, 300_000_000),
            ),
        ),
        ("path changed", Expression(sanitize("path changed"), "path")),
        (
            "unreachable for 10s",
            Expression(sanitize("unreachable for 10s"), "unreachable", window=Window(length_us=10_000_000)),
        ),
    ],
)
def test_what_an_expression_means(text: str, expression: Expression) -> None:
    """Levels become shares and microseconds, windows probes or microseconds; blanks and capitals do not matter."""
    assert parse_expression(text) == expression


@pytest.mark.parametrize(
    ("text", "word", "said"),
    [
        ("", "", "it begins with loss, rtt, path or unreachable"),
        ("los > 2% over 100", "los", "did you mean loss?"),
        ("loss 2% over 100", "2%", "loss is followed by >"),
        ("loss > 2 over 100", "2", "a share such as 2%"),
        ("loss > 0% over 100", "0%", "a share such as 2%"),
        ("loss > 2%", "", "'over' with a count"),
        ("loss > 2% ovr 100", "ovr", "did you mean over?"),
        ("loss > 2% over 1000000000", "1000000000", "from 1 to 100000"),
        ("loss > 2% for 3d", "3d", "at most 24h"),
        ("loss > 2% over 100 clear < 3% for 1m", "3%", "below the level"),
        ("rtt p100 > 80ms for 1m", "p100", "percentile such as p95"),
        ("rtt q95 > 80ms for 1m", "q95", "percentile such as p95"),
        ("rtt > 80 for 1m", "80", "a time such as 80ms"),
        ("rtt > 1e3ms for 1m", "1e3ms", "a time such as 80ms"),
        ("path changes", "changes", "did you mean changed?"),
        ("path changed now", "now", "ends before this word"),
        ("unreachable 10s", "10s", "followed by for"),
        ("loss > ٢% over 100", "٢%", "a share such as 2%"),
    ],
)
def test_a_wrong_word_is_marked(text: str, word: str, said: str) -> None:
    """The mark stands below the word that is wrong, or behind the end where one is missing, above the grammar."""
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text)
    assert said in str(caught.value)
    _, line, mark, *lines = caught.value.below
    begin = mark.index("^")
    assert line[begin : begin + mark.count("^")].strip() == word
    assert any(line.strip().startswith("unreachable for") for line in lines)


def test_a_hostile_expression_is_shown_safely() -> None:
    """What a terminal would obey is replaced in the message, and what is endless is cut."""
    for text in ("loss > 2% \x1b[31m over", "loss " * 10_000):
        with pytest.raises(ExpressionError) as caught:
            parse_expression(text)
        assert "\x1b" not in "".join([str(caught.value), *caught.value.below])
        assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("length_us", "text"), [(30_000_000, "30s"), (90_000_000, "90s"), (60_000_000, "1m"), (500_000, "500ms")]
)
def test_a_time_is_said_as_it_is_written(length_us: int, text: str) -> None:
    """A time stands in the largest unit that it is a whole number of."""
    assert duration(length_us) == text
