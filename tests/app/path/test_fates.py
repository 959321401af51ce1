"""Tests of fates of probes as bytes."""

from __future__ import annotations

from array import array

from hopscope.app.path.fates import fate, fates
from hopscope.app.path.snapshot import FAILED, NOT_SENT, PENDING, UNANSWERED, UNREACHABLE


def test_each_value_without_a_time_has_a_byte_of_its_own() -> None:
    """What became of a probe is read back from its byte."""
    values = [UNANSWERED, NOT_SENT, PENDING, FAILED, UNREACHABLE]
    assert fates(array("i", values).tobytes()) == b"".join(map(fate, values))
    assert len({fate(value) for value in values}) == len(values)


def test_no_time_looks_like_a_fate() -> None:
    """Whatever the bytes of an RTT, its byte is below those of values below 0."""
    times = [0, 1, 0x7F, 0x80, 0xFF, 0xFFFF, 0xFF00FF, 0xFFFFFF, 0x7FFFFFFF]
    assert all(one < 0x80 for one in fates(array("i", times).tobytes()))


def test_no_history_has_no_fates() -> None:
    """Nothing is made of nothing."""
    assert fates(b"") == b""
