from __future__ import annotations

import pytest
from hopscope.app.resolve.servers import parse_server


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("192.0.2.1", ("192.0.2.1", 53)),
        ("192.0.2.1:5353", ("192.0.2.1", 5353)),
        ("2001:db8::53", ("2001:db8::53", 53)),
        ("[2001:db8::53]:5353", ("2001:db8::53", 5353)),
        ("[::1]", ("::1", 53)),
        ("fe80::53%lo", ("fe80::53%lo", 53)),
        ("[fe80::53%lo]:5353", ("fe80::53%lo", 5353)),
    ],
)
def test_servers(text: str, server: tuple[str, int]) -> None:
    """An address, with or without a port; an IPv6 address with a port stands in brackets."""
    assert parse_server(text) == server


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "dns.example",
        "192.0.2.1:",
        "192.0.2.1:0",
        "192.0.2.1:65536",
        "192.0.2.1:x",
        "[::1",
        "[::1]53",
        "fe80::53%none0",
        "fe80::53%",
        "192.0.2.1%none0",
    ],
)
def test_what_is_no_server(text: str) -> None:
    """Names and bad ports are refused with what was expected."""
    with pytest.raises(ValueError, match="the address of a name server"):
        parse_server(text)
