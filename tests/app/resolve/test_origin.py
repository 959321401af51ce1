from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hopscope.app.resolve.lookups import Asker
from hopscope.app.resolve.origin import Origin, as_question, is_public, parse_as_name, parse_origins, question
from hopscope.app.resolve.origins import Origins
from hypothesis import given
from hypothesis import strategies as st
from support.dns_server import DnsServer, running

if TYPE_CHECKING:
    from collections.abc import Iterator

LONG_S = 30


@pytest.mark.parametrize(
    ("texts", "origin"),
    [
        (
            ("64500 | 5.6.0.0/16 | US | arin | 2008-01-01",),
            Origin((64500,), "5.6.0.0/16", "US", "arin", "2008-01-01"),
        ),
        (
            ("64500 64501 | 5.6.0.0/16 | US | arin | 2008-01-01",),
            Origin((64500, 64501), "5.6.0.0/16", "US", "arin", "2008-01-01"),
        ),
        (
            ("64502 | 5.0.0.0/8 | DE | ripencc | ", "64500 | 5.6.0.0/16 | US | arin | 2008-01-01"),
            Origin((64500, 64502), "5.6.0.0/16", "US", "arin", "2008-01-01"),
        ),
        (("64500|2a00:DB8::/32|EU|ripencc|",), Origin((64500,), "2a00:db8::/32", "EU", "ripencc")),
        (("NA | NA | NA | NA | NA",), None),
        (("64500",), Origin((64500,))),
        (("garbage",), None),
        (("| | | |",), None),
        (("", "|", "x" * 3000), None),
        (("99999999999 | 5.6.0.0/99 | two words | arin\x1b[31m | x",), Origin((), "", "", "arin?[31m", "x")),
        (("6٤500 | 5.6.0.0/16",), Origin((), "5.6.0.0/16")),
        ((), None),
    ],
)
def test_texts_of_origins(texts: tuple[str, ...], origin: Origin | None) -> None:
    """The most specific prefix leads, all its origins count, and what is malformed is unknown."""
    assert parse_origins(texts) == origin


@given(st.lists(st.text(), max_size=3))
def test_any_text_is_survived(texts: list[str]) -> None:
    """Whatever a TXT record says, reading it raises nothing and yields no control character."""
    origin = parse_origins(tuple(texts))
    if origin is not None:
        for kind in range(7):
            assert (origin.fact(kind) or "").isprintable()
    assert (parse_as_name(tuple(texts)) or "").isprintable()


def test_texts_of_as_names() -> None:
    """The fifth field is the name."""
    assert parse_as_name(("64500 | US | arin | 2008-01-01 | EXAMPLE-AS - Example, US",)) == "EXAMPLE-AS - Example, US"
    assert parse_as_name(("64500 | US", "", "1|2|3|4|")) is None


def test_facts_by_number() -> None:
    """Facts go by mtr's numbers; several AS numbers are one word."""
    origin = Origin((64500, 64501), "5.6.0.0/16", "US", "arin", "2008-01-01", "EXAMPLE", "Boston")
    facts = [origin.fact(kind) for kind in range(7)]
    assert facts == ["64500/64501", "5.6.0.0/16", "US", "arin", "2008-01-01", "EXAMPLE", "Boston"]
    assert Origin().fact(0) is None


def test_questions() -> None:
    """Octets and nibbles are asked for in reverse below the provider's zone."""
    assert question("5.6.7.8") == "8.7.6.5.origin.asn.cymru.com."
    assert question("2a00:db8::1") == "0" + ".0" * 7 + ".8.b.d.0.0.0.a.2.origin6.asn.cymru.com."
    assert question("5.6.7.8", "asn.example") == "8.7.6.5.asn.example."
    assert as_question(64500) == "AS64500.asn.cymru.com."
    assert as_question(64500, "asn.example") is None


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.1.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "0.0.0.0",
        "::",
        "::1",
        "fe80::1",
        "fd00::1",
        "2001:db8::1",
        "ff02::1",
        "no-address",
        "hidden",
    ],
)
def test_private_and_reserved_addresses_have_no_origin(address: str) -> None:
    """No question about an address that cannot be in the table of the Internet leaves."""
    assert not is_public(address)


@pytest.fixture
def server() -> Iterator[DnsServer]:
    with running(DnsServer()) as server:
        server.txt("8.7.6.5.origin.asn.cymru.com.", "64500 | 5.6.0.0/16 | US | arin | 2008-01-01")
        server.txt("0" + ".0" * 7 + ".8.b.d.0.0.0.a.2.origin6.asn.cymru.com.", "64500 | 2a00:db8::/32 | | |")
        server.txt("AS64500.asn.cymru.com.", "64500 | US | arin | 2008-01-01 | EXAMPLE\x1b]0;x")
        yield server


@pytest.fixture
def asker(server: DnsServer) -> Iterator[Asker]:
    asker = Asker([(server.address, server.port)], head_start_s=0)
    yield asker
    asker.close()


def test_origins_come_in_the_background(server: DnsServer, asker: Asker) -> None:
    """IPv4 and IPv6 origins are asked for once each, the AS's name only where it is wanted, and once for all."""
    origins = Origins(asker=asker)
    assert origins.origin("5.6.7.8") is None
    for address in ("2a00:db8::1", "5.6.7.9", "192.168.1.1"):
        origins.origin(address)
    origins.wait(LONG_S)
    assert origins.origin("5.6.7.8") == Origin((64500,), "5.6.0.0/16", "US", "arin", "2008-01-01")
    assert origins.origin("2a00:db8::1") == Origin((64500,), "2a00:db8::/32")
    assert origins.origin("5.6.7.9") is None
    assert [query.kind for query in server.queries] == ["TXT"] * 3
    for _ in range(2):
        for address in ("5.6.7.8", "2a00:db8::1"):
            origins.origin(address, with_name=True)
        origins.wait(LONG_S)
    named = origins.origin("5.6.7.8", with_name=True)
    assert named is not None
    assert named.as_name == "EXAMPLE?]0;x"
    assert [query.name for query in server.queries[3:]] == ["AS64500.asn.cymru.com."]


def test_one_wait_is_enough_for_the_name(asker: Asker) -> None:
    """Who waits for an origin with its AS's name gets both, though the second question follows from the first."""
    origins = Origins(asker=asker)
    origins.origin("5.6.7.8", with_name=True)
    origins.wait(LONG_S)
    named = origins.origin("5.6.7.8", with_name=True)
    assert named is not None
    assert named.as_name


def test_other_providers_and_off(server: DnsServer, asker: Asker) -> None:
    """Another zone is asked where one is named; off asks nothing."""
    server.txt("8.7.6.5.asn.example.", "64509")
    origins = Origins(on=False, asker=asker, provider_4="asn.example")
    assert origins.origin("5.6.7.8") is None
    assert not asker.is_running
    origins.set_on(on=True)
    origins.origin("5.6.7.8", with_name=True)
    origins.wait(LONG_S)
    assert origins.origin("5.6.7.8", with_name=True) == Origin((64509,))
    assert [query.name for query in server.queries] == ["8.7.6.5.asn.example."]
    origins.set_on(on=False)
    assert origins.origin("5.6.7.8") is None


def test_a_text_in_pieces_and_in_bad_utf8(server: DnsServer, asker: Asker) -> None:
    """Invalid UTF-8 is replaced, and an answer without texts is none."""
    server.txt("9.7.6.5.origin.asn.cymru.com.", b"64500 | \xff\xfe | \x9b1m | a\x00b | ")
    origins = Origins(asker=asker)
    origins.origin("5.6.7.9")
    origins.wait(LONG_S)
    assert origins.origin("5.6.7.9") == Origin((64500,), "", "\N{REPLACEMENT CHARACTER}1m", "a?b")
