"""The ranges of numbers that a user may set."""

from __future__ import annotations

import math

import pytest
from hopscope.app.errors import UsageError
from hopscope.app.options.model import read_options
from hopscope.app.ranges import BIT_PATTERN, INTERVAL_S, LOCAL_PORT, PORT, SIZE, TOS, TTL, Range
from hopscope.probe.commands import Refused, parse_request


def test_both_ends_belong_to_it() -> None:
    """And it says itself in words, whole or not."""
    assert 28 in SIZE
    assert 9000 in SIZE
    assert 27 not in SIZE
    assert 9001 not in SIZE
    assert math.nan not in INTERVAL_S  # noqa: PLW0177 - what is compared is the range
    assert SIZE.text == "28 to 9000"
    assert INTERVAL_S.expected == "seconds from 0.01 to 86400"


@pytest.mark.parametrize(
    ("option", "within"),
    [("-s", SIZE), ("-P", PORT), ("-L", LOCAL_PORT), ("-B", BIT_PATTERN), ("-Q", TOS), ("-D", TTL)],
)
def test_options_take_what_is_within(option: str, within: Range) -> None:
    """And refuse the next number beyond."""
    read_options([option, str(within.high), "-m", "255", "host"], {})
    with pytest.raises(UsageError, match=f"from {within.text}"):
        read_options([option, str(int(within.high) + 1), "host"], {})


def test_the_largest_size_is_the_largest_that_the_probe_process_takes() -> None:
    """What options accept is never refused by the wire."""
    pairs = [(b"ip-4", b"192.0.2.1"), (b"size", b"9000")]
    assert parse_request(pairs).size == SIZE.high
    with pytest.raises(Refused):
        parse_request([pairs[0], (b"size", b"9001")])
