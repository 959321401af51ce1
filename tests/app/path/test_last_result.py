"""Results that are kept by their place."""

from __future__ import annotations

from hopscope.app.path.last_result import kept


def test_a_result_is_kept_until_what_it_was_made_of_changes() -> None:
    """Equal data at a place is not looked at again, other data is, and only the latest result is kept."""
    made: list[bytes] = []

    @kept(places=2)
    def length(data: bytes, more: int = 0) -> int:
        """How long."""
        made.append(data)
        return len(data) + more

    for place, data, expected, looked in [
        ("a", b"xx", 2, 1),
        ("a", b"x" + b"x", 2, 1),
        ("b", b"xx", 2, 2),
        ("a", b"yyy", 3, 3),
        ("a", b"xx", 2, 4),
        ("c", b"xx", 2, 5),  # for which the oldest place makes room
        ("b", b"xx", 2, 5),
        ("a", b"xx", 2, 6),
    ]:
        assert (length(place, data), len(made)) == (expected, looked)
    assert (length("a", b"xx", 5), len(made)) == (7, 7)
    assert (length("a", b"xx", more=6), len(made)) == (8, 8)
    assert (length("a", b"xx", more=7), len(made)) == (9, 9)
    assert length.__doc__ == "How long."
