"""Changes of settings in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hopscope.app.path.settings_text import differences
from hopscope.app.settings import TraceSettings

BEFORE = TraceSettings()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ""),
        ({"interval_us": 500_000}, "interval: 0.5 s"),
        ({"protocol": "udp"}, "protocol: UDP"),
        ({"size_bytes": -1000}, "packet size: random up to 1000 bytes"),
        ({"bit_pattern": -1, "tos": 16}, "bit pattern: random, type of service: 16"),
        ({"first_ttl": 3, "max_ttl": 12}, "first TTL: 3, max TTL: 12"),
        ({"local_port": 4000}, "local port: 4000"),
        ({"size_bytes": 128, "flows": 57}, "packet size: 128 bytes, flows: 57"),
    ],
)
def test_what_is_different(changes: dict[str, Any], words: str) -> None:
    """Only what is different is named, with its unit."""
    assert differences(BEFORE, replace(BEFORE, **changes)) == words
