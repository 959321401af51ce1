"""Whether name servers answer, asked for real on loopback."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from hopscope.app.doctor.finding import Status
from hopscope.app.doctor.names import names
from hopscope.app.settings import LookupSettings
from support.dns_server import DnsServer, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def server() -> Iterator[DnsServer]:
    """A name server."""
    with running(DnsServer()) as one:
        yield one


def closed_port() -> int:
    """A port of UDP that nobody listens at."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def test_a_server_that_answers(server: DnsServer) -> None:
    """An answer of any kind counts, and has its time."""
    found = names(LookupSettings(servers=(("127.0.0.1", server.port),)))
    assert found.status is Status.OK
    assert found.text.startswith("--dns-server: 127.0.0.1 answers in ")


def test_one_of_two_that_answers(server: DnsServer) -> None:
    """The one that does not is named; where none does, the remedy is to do without names."""
    closed = ("127.0.0.1", closed_port())
    found = names(LookupSettings(servers=(closed, ("127.0.0.1", server.port))))
    assert (found.status, found.remedy) == (Status.NOTE, "take out what does not answer")
    assert found.text.startswith("--dns-server: 127.0.0.1 cannot be asked (Connection refused), 127.0.0.1 answers in ")
    assert names(LookupSettings(servers=(closed,))).remedy.startswith("-n traces without names")


def test_a_server_that_stays_silent(server: DnsServer) -> None:
    """What never answers is waited for a short time, and said to be silent."""
    server.drop = 10
    found = names(LookupSettings(servers=(("127.0.0.1", server.port),)))
    assert found.text == "--dns-server: 127.0.0.1 does not answer within 2 s"


def test_a_server_that_sends_rubbish(server: DnsServer) -> None:
    """Bytes that are no answer to the question do not count as one."""
    server.forge = lambda _: [b"rubbish"]
    found = names(LookupSettings(servers=(("127.0.0.1", server.port),)))
    assert (found.status, found.text) == (Status.NOTE, "--dns-server: 127.0.0.1 answers what is no answer")


def test_names_that_are_off(tmp_path: Path) -> None:
    """With -n no server is asked."""
    found = names(LookupSettings(names=False), tmp_path / "none")
    assert (found.status, found.text) == (Status.OK, "not looked up (-n)")


def test_the_file_that_names_servers(tmp_path: Path) -> None:
    """Servers are those of the resolver's file; text that is no address is said as it is, made safe."""
    path = tmp_path / "resolv.conf"
    path.write_text("nameserver not\x1ban-address\n")
    found = names(LookupSettings(), path)
    assert found.status is Status.NOTE
    assert found.text == "resolv.conf: not?an-address cannot be asked (Name or service not known)"
