from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import dns.message
import dns.rcode
import dns.rdatatype
import dns.reversename
import dns.rrset
import pytest
from hopscope.app.resolve.lookups import IN_FLIGHT_MAX, Asker, LookupTable
from hopscope.app.resolve.names import Names, is_asked
from support.dns_server import DnsServer, Query, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LONG_S = 30  # of a wait that ends as soon as the thing awaited is there


@pytest.fixture
def server() -> Iterator[DnsServer]:
    with running(DnsServer()) as server:
        yield server


@pytest.fixture
def asker(server: DnsServer) -> Iterator[Asker]:
    asker = Asker([(server.address, server.port)], head_start_s=0)
    yield asker
    asker.close()


@pytest.fixture
def names(asker: Asker) -> Names:
    return Names(asker=asker, hosts=None)


def look_up(names: Names, *addresses: str) -> list[str | None]:
    """What the names are once they are known."""
    for address in addresses:
        names.name(address)
    names.wait(LONG_S)
    return [names.name(address) for address in addresses]


def test_names_come_in_the_background(server: DnsServer, names: Names) -> None:
    """A reader gets None at once, and the name when it has come, by one PTR query for each address."""
    server.ptr("192.0.2.1", "gw.example.")
    server.ptr("2001:db8::1", "six.example.")
    assert names.name("192.0.2.1") is None
    assert look_up(names, "192.0.2.1", "2001:db8::1", "192.0.2.3") == ["gw.example", "six.example", None]
    look_up(names, "192.0.2.1", "2001:db8::1", "192.0.2.3")
    assert [query.kind for query in server.queries] == ["PTR"] * 3
    assert server.queries[0] == Query("1.2.0.192.in-addr.arpa.", "PTR", "udp")


def test_the_hosts_file_comes_first(server: DnsServer, asker: Asker, tmp_path: Path) -> None:
    """An address that the hosts file names is never asked for; fixed names stand above it."""
    hosts = tmp_path / "hosts"
    hosts.write_text("192.0.2.1 listed.example alias\n2001:db8::1 six.example\n192.0.2.2 other\n")
    names = Names(asker=asker, hosts=hosts, fixed={"192.0.2.2": "fixed.example"})
    assert names.name("192.0.2.1") == "listed.example"
    assert names.name("2001:db8::1") == "six.example"
    assert names.name("192.0.2.2") == "fixed.example"
    assert server.queries == []
    assert not asker.is_running


def test_without_an_asker_nothing_is_asked() -> None:
    """In a simulated network only the fixed names name anything."""
    names = Names(fixed={"192.0.2.1": "core1.lab\x1b[31m"}, hosts=None)
    assert names.name("192.0.2.1") == "core1.lab?[31m"
    assert look_up(names, "192.0.2.2") == [None]
    names.set_on(on=False)
    assert names.name("192.0.2.1") is None


def test_off_asks_nothing(server: DnsServer, asker: Asker) -> None:
    """While names are off nothing is asked and nothing shown; on again, they are."""
    server.ptr("192.0.2.1", "gw.example.")
    names = Names(on=False, asker=asker, hosts=None)
    assert look_up(names, "192.0.2.1") == [None]
    assert not asker.is_running
    assert server.queries == []
    names.set_on(on=True)
    assert look_up(names, "192.0.2.1") == ["gw.example"]
    names.set_on(on=False)
    assert names.name("192.0.2.1") is None


def test_off_stops_queries_at_once(server: DnsServer, names: Names) -> None:
    """What waits to be asked is forgotten when names are turned off, and asked when they are on again."""
    server.delay_s = 60
    addresses = [f"192.0.2.{number}" for number in range(1, 31)]
    for address in addresses:
        names.name(address)
    while len(server.queries) < IN_FLIGHT_MAX:
        threading.Event().wait(0.005)
    names.set_on(on=False)
    names.wait(LONG_S)
    server.delay_s = 0
    server.ptr("192.0.2.99", "other.example.")
    names.set_on(on=True)
    assert look_up(names, "192.0.2.99") == ["other.example"]
    assert len({query.name for query in server.queries}) == IN_FLIGHT_MAX + 1


def test_a_few_queries_at_a_time(server: DnsServer, names: Names) -> None:
    """Thirty hops do not become thirty queries at once."""
    server.delay_s = 0.02
    look_up(names, *(f"192.0.2.{number}" for number in range(1, 31)))
    assert len(server.queries) == 30
    assert 2 <= server.peak <= IN_FLIGHT_MAX


def test_a_truncated_answer_is_fetched_by_tcp(server: DnsServer, names: Names) -> None:
    """An answer too large for a datagram comes by TCP (RFC 7766)."""
    server.truncate = True
    server.ptr("192.0.2.1", "gw.example.")
    assert look_up(names, "192.0.2.1") == ["gw.example"]
    assert [query.transport for query in server.queries] == ["udp", "tcp"]


def test_aliases_are_followed(server: DnsServer, names: Names) -> None:
    """Reverse zones smaller than an octet are delegated by CNAME (RFC 2317)."""
    server.cname("5.2.0.192.in-addr.arpa.", "5.0-15.2.0.192.in-addr.arpa.")
    server._records[dns.name.from_text("5.0-15.2.0.192.in-addr.arpa."), dns.rdatatype.PTR] = dns.rrset.from_text(
        "5.0-15.2.0.192.in-addr.arpa.", 300, "IN", "PTR", "five.example."
    )
    assert look_up(names, "192.0.2.5") == ["five.example"]


@pytest.mark.parametrize("rcode", [dns.rcode.SERVFAIL, dns.rcode.REFUSED, dns.rcode.FORMERR, dns.rcode.NOTIMP])
def test_an_unwilling_server_is_asked_again_later(server: DnsServer, asker: Asker, rcode: dns.rcode.Rcode) -> None:
    """A server that fails or refuses leaves the address without a name, and is asked again after 5 s, then 10 s."""
    now_s = 0.0
    table = LookupTable(asker, _ptr, now_s=lambda: now_s)
    server.rcode = rcode

    def ask() -> str | None:
        table.get("192.0.2.1")
        table.wait(LONG_S)
        return table.get("192.0.2.1")

    assert ask() is None
    asked = len(server.queries)
    now_s = 4.9
    assert ask() is None
    assert len(server.queries) == asked
    now_s = 5.1
    assert ask() is None
    assert len(server.queries) == 2 * asked
    server.rcode = None
    server.ptr("192.0.2.1", "gw.example.")
    now_s = 15.0
    assert ask() is None
    now_s = 15.2
    assert ask() == "gw.example"


def test_answers_are_renewed_when_their_time_is_over(server: DnsServer, asker: Asker) -> None:
    """An old name is shown until the new one is there; a negative answer is kept as long as its SOA record says."""
    now_s = 0.0
    table = LookupTable(asker, _ptr, now_s=lambda: now_s)
    server.ptr("192.0.2.1", "old.example.", ttl_s=100)
    for address in ("192.0.2.1", "192.0.2.2"):
        table.get(address)
    table.wait(LONG_S)
    now_s = 59.9
    assert (table.get("192.0.2.1"), table.get("192.0.2.2")) == ("old.example", None)
    table.wait(LONG_S)
    assert len(server.queries) == 2
    now_s = 60.1  # the negative answer's 60 s
    server.ptr("192.0.2.1", "new.example.")
    server.ptr("192.0.2.2", "late.example.")
    table.get("192.0.2.2")
    table.wait(LONG_S)
    assert table.get("192.0.2.2") == "late.example"
    assert len(server.queries) == 3
    now_s = 100.1
    assert table.get("192.0.2.1") == "old.example"
    table.wait(LONG_S)
    assert table.get("192.0.2.1") == "new.example"


async def _ptr(client: object, address: str) -> tuple[str | None, float]:
    found = await client.ptr(address)  # type: ignore[attr-defined]
    return (found.texts[0] if found.texts else None), found.ttl_s


def _wrong_id(response: dns.message.Message) -> list[bytes]:
    right = response.to_wire()
    return [bytes([right[0] ^ 1]) + right[1:], right]


def _wrong_question(response: dns.message.Message) -> list[bytes]:
    lie = dns.message.make_response(dns.message.make_query("9.2.0.192.in-addr.arpa.", "PTR", id=response.id))
    lie.answer.append(dns.rrset.from_text("9.2.0.192.in-addr.arpa.", 300, "IN", "PTR", "lie.example."))
    return [lie.to_wire(), response.to_wire()]


def _garbage(response: dns.message.Message) -> list[bytes]:
    right = response.to_wire()
    return [b"", b"\0", right[:2] + b"\xff" * 40, response.to_wire()[:-3], right]


@pytest.mark.parametrize("forge", [_wrong_id, _wrong_question, _garbage])
def test_forged_datagrams_are_passed_over(
    server: DnsServer, names: Names, forge: Callable[[dns.message.Message], list[bytes]]
) -> None:
    """A datagram that answers another question, or is no answer at all, does not take the true one's place."""
    server.forge = forge
    server.ptr("192.0.2.1", "gw.example.")
    assert look_up(names, "192.0.2.1") == ["gw.example"]


def _other_records(response: dns.message.Message) -> list[bytes]:
    owner = response.question[0].name
    response.answer = [
        dns.rrset.from_text(owner, 300, "IN", "A", "192.0.2.66"),
        dns.rrset.from_text("elsewhere.example.", 300, "IN", "PTR", "lie.example."),
    ]
    return [response.to_wire()]


def _loop(response: dns.message.Message) -> list[bytes]:
    owner = response.question[0].name
    response.answer = [dns.rrset.from_text(owner, 300, "IN", "CNAME", owner.to_text())]
    return [response.to_wire()]


@pytest.mark.parametrize("forge", [_other_records, _loop])
def test_a_lying_server_names_nothing(
    server: DnsServer, names: Names, forge: Callable[[dns.message.Message], list[bytes]]
) -> None:
    """Records of another kind or owner, and aliases that lead in a circle, give no name and do no harm."""
    server.forge = forge
    assert look_up(names, "192.0.2.1") == [None]
    server.forge = None
    server.ptr("192.0.2.2", "gw.example.")
    assert look_up(names, "192.0.2.2") == ["gw.example"]


HOSTILE: list[tuple[tuple[bytes, ...], str]] = [
    ((b"\x1b]0;PWNED\x07\x1b[31m", b"example"), "?]0;PWNED??[31m.example"),
    ((b"evil[red]host[/]",), "evil[red]host[/]"),
    ((b"x[@click=app.quit]y",), "x[@click=app?quit]y"),
    ((b"a\nb\rc\0d", b"e"), "a?b?c?d.e"),
    (("a\u202eb\u200b".encode(),), "a???b???"),
    ((b"\xff\xfe\x9b31m",), "???31m"),
    ((b"a.b c", b"d"), "a?b?c.d"),
    ((b"x" * 63, b"y"), "x" * 63 + ".y"),
    ((b"a" * 63, b"b" * 63, b"c" * 63, b"d" * 61), ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 61])),
    ((b"\\a", b'"<&>,='), '\\a."<&>,='),
    ((b"xn--mnchen-3ya", b"de"), "xn--mnchen-3ya.de"),
]


@pytest.mark.parametrize(("labels", "shown"), HOSTILE)
def test_hostile_names_are_made_safe(server: DnsServer, names: Names, labels: tuple[bytes, ...], shown: str) -> None:
    """Whatever bytes a PTR record holds, visible ASCII comes out."""
    server.ptr("192.0.2.1", labels)
    assert look_up(names, "192.0.2.1") == [shown]


def test_an_empty_name_is_no_name(server: DnsServer, names: Names) -> None:
    """The root as a name names nothing; of several names the first in order counts, in every run the same."""
    server.ptr("192.0.2.1", ())
    server.ptr("192.0.2.2", "z.example.", "b.example.", "m.example.")
    assert look_up(names, "192.0.2.1", "192.0.2.2") == [None, "b.example"]


def test_a_dead_resolver_holds_up_nothing(server: DnsServer, names: Names, asker: Asker) -> None:
    """Where no answer comes, names are None, waiting ends when its time is over, and closing does not wait."""
    server.delay_s = 60
    assert look_up_briefly(names, "192.0.2.1") is None
    asker.close()
    assert names.name("192.0.2.7") is None
    names.wait(LONG_S)  # nothing is asked any more, so nothing is waited for
    while asker.is_running:
        threading.Event().wait(0.005)


def look_up_briefly(names: Names, address: str) -> str | None:
    names.name(address)
    names.wait(0.05)
    return names.name(address)


def test_several_servers_are_tried_in_turn(server: DnsServer) -> None:
    """A server that refuses is passed over for the next one."""
    with running(DnsServer(rcode=dns.rcode.REFUSED)) as unwilling:
        asker = Asker([(unwilling.address, unwilling.port), (server.address, server.port)], head_start_s=0)
        server.ptr("192.0.2.1", "gw.example.")
        assert look_up(Names(asker=asker, hosts=None), "192.0.2.1") == ["gw.example"]
        assert len(unwilling.queries) == 1
        asker.close()


@pytest.mark.parametrize("listens", [False, True], ids=["nothing listens", "it never answers"])
def test_a_dead_first_server_costs_no_name(server: DnsServer, listens: bool) -> None:
    """The second of two servers is heard within the two seconds of a report, and asked first from then on."""
    with running(DnsServer(delay_s=LONG_S)) as silent:
        dead = (silent.address, silent.port) if listens else ("127.83.14.1", 53)
        asker = Asker([dead, (server.address, server.port)], head_start_s=0)
        names = Names(asker=asker, hosts=None)
        server.ptr("192.0.2.1", "gw.example.")
        server.ptr("192.0.2.2", "core.example.")
        names.name("192.0.2.1")
        assert names.wait()
        assert names.name("192.0.2.1") == "gw.example"
        asked = len(silent.queries)
        assert look_up(names, "192.0.2.2") == ["core.example"]
        assert len(silent.queries) == asked
        asker.close()


def test_the_configuration_file_is_heeded(root: None, tmp_path: Path) -> None:
    """Servers, time-outs and attempts come from resolv.conf, which is read again when it changes."""
    configuration = tmp_path / "resolv.conf"
    configuration.write_text("nameserver no-address\nnameserver 127.83.12.1\noptions timeout:1 attempts:2\nbad\xff\n")
    asker = Asker(configuration=configuration, head_start_s=0)
    names = Names(asker=asker, hosts=None)
    with running(DnsServer("127.83.12.1", 53, drop=1)) as first, running(DnsServer("127.83.12.2", 53)) as second:
        first.ptr("192.0.2.1", "one.example.")
        second.ptr("192.0.2.2", "two.example.")
        assert look_up(names, "192.0.2.1") == ["one.example"]
        assert len(first.queries) >= 2  # the first was lost
        configuration.write_text("nameserver 127.83.12.2 # moved\n")
        assert look_up(names, "192.0.2.2") == ["two.example"]
    configuration.write_text("nameserver nowhere\n")
    assert look_up(names, "192.0.2.3") == [None]
    asker.close()


def test_rotation_and_tcp_are_heeded(root: None, tmp_path: Path) -> None:
    """With "rotate" both servers get questions; with "use-vc" all go by TCP."""
    configuration = tmp_path / "resolv.conf"
    configuration.write_text("nameserver 127.83.13.1\nnameserver 127.83.13.2\noptions rotate use-vc\n")
    asker = Asker(configuration=configuration, head_start_s=0)
    with running(DnsServer("127.83.13.1", 53)) as first, running(DnsServer("127.83.13.2", 53)) as second:
        look_up(Names(asker=asker, hosts=None), *(f"192.0.2.{number}" for number in range(40)))
        assert first.queries  # by chance alone one of them is passed over once in 2**39 runs
        assert second.queries
        assert {query.transport for query in first.queries + second.queries} == {"tcp"}
    asker.close()


def test_a_name_server_of_ipv6() -> None:
    """A server is asked by IPv6 as by IPv4."""
    with running(DnsServer("::1")) as server:
        server.ptr("192.0.2.1", "gw.example.")
        asker = Asker([(server.address, server.port)], head_start_s=0)
        assert look_up(Names(asker=asker, hosts=None), "192.0.2.1") == ["gw.example"]
        asker.close()


def test_what_is_asked() -> None:
    """Addresses that have no name in the DNS are not asked for; private ones are, since local servers know them."""
    asked = ["192.0.2.1", "10.1.2.3", "100.64.0.1", "2001:db8::1", "fd00::1"]
    passed_over = ["fe80::1", "169.254.1.1", "0.0.0.0", "::", "no-address", ""]
    assert [address for address in [*asked, *passed_over] if is_asked(address)] == asked


def test_dnspython_is_loaded_by_the_first_question_alone() -> None:
    """Neither starting nor running without names pays for loading dnspython."""
    code = """
import sys
from hopscope.app import sanitize
from hopscope.app.launch import targets
from hopscope.app.resolve import lookups, names
asker = lookups.Asker()
service = names.Names(on=False, asker=asker)
service.name("192.0.2.1")
asker.close()
assert not {"dns", "asyncio", "textual"} & set(sys.modules), sorted(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_unforeseen_failure_is_a_failure_like_any_other(server: DnsServer, asker: Asker) -> None:
    """Whatever a look-up raises, its key is not asked for again at once, and others are still looked up."""
    asked = 0

    async def broken(_client: object, _key: str) -> tuple[str | None, float]:
        nonlocal asked
        asked += 1
        raise RuntimeError("a defect")

    table = LookupTable(asker, broken)
    for _ in range(3):
        assert table.get("x") is None
        assert table.wait(LONG_S)
    assert asked == 1
    server.ptr("192.0.2.1", "gw.example.")
    assert look_up(Names(asker=asker, hosts=None), "192.0.2.1") == ["gw.example"]


def test_without_dnspython_there_are_no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the library cannot be loaded, or no socket be had, names are unknown and nobody waits for them."""
    monkeypatch.setitem(sys.modules, "hopscope.app.resolve.client", None)
    asker = Asker(head_start_s=0)
    names = Names(asker=asker, hosts=None)
    assert names.name("192.0.2.1") is None
    while asker.is_running:
        threading.Event().wait(0.005)
    names.wait(0.01)
    assert names.name("192.0.2.2") is None
    asker.close()
