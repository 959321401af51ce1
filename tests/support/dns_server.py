"""A real name server on loopback, for UDP and TCP, that can be slow, lossy, lying, or unwilling."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.ANY.PTR
import dns.rdtypes.ANY.TXT
import dns.reversename
import dns.rrset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Labels = tuple[bytes, ...]


@dataclass(frozen=True)
class Query:
    """A question that came."""

    name: str
    kind: str
    transport: str


@dataclass
class DnsServer:
    """Answers what it was told, NXDOMAIN (with an SOA record of 60 s) otherwise.

    ``delay_s`` holds every answer back; ``drop`` leaves so many datagrams unanswered first; ``rcode`` answers all with
    that code; ``truncate`` sends everybody to TCP; ``forge`` turns an answer into the datagrams that are sent instead.
    """

    address: str = "127.0.0.1"
    port: int = 0
    delay_s: float = 0.0
    drop: int = 0
    rcode: dns.rcode.Rcode | None = None
    truncate: bool = False
    forge: Callable[[dns.message.Message], list[bytes]] | None = None
    queries: list[Query] = field(default_factory=list)
    open: int = 0  # datagrams not yet answered, now ...
    peak: int = 0  # ... and at most
    _records: dict[tuple[dns.name.Name, dns.rdatatype.RdataType], dns.rrset.RRset] = field(default_factory=dict)

    def ptr(self, address: str, *names: str | Labels, ttl_s: int = 300) -> None:
        """Give an address names: as text, or as labels of any bytes."""
        owner = dns.reversename.from_address(address)
        self._add(
            owner,
            dns.rdatatype.PTR,
            ttl_s,
            *(
                dns.rdtypes.ANY.PTR.PTR(  # type: ignore[no-untyped-call]
                    dns.rdataclass.IN,
                    dns.rdatatype.PTR,
                    dns.name.from_text(name) if isinstance(name, str) else dns.name.Name((*name, b"")),
                )
                for name in names
            ),
        )

    def cname(self, name: str, target: str, ttl_s: int = 300) -> None:
        """Make a name an alias."""
        owner = dns.name.from_text(name)
        self._add(owner, dns.rdatatype.CNAME, ttl_s, dns.rdata.from_text("IN", "CNAME", target))

    def txt(self, name: str, *texts: str | bytes, ttl_s: int = 300) -> None:
        """Give a name TXT records of one string each."""
        self._add(
            dns.name.from_text(name),
            dns.rdatatype.TXT,
            ttl_s,
            *(dns.rdtypes.ANY.TXT.TXT(dns.rdataclass.IN, dns.rdatatype.TXT, [text]) for text in texts),
        )

    def _add(self, owner: dns.name.Name, kind: dns.rdatatype.RdataType, ttl_s: int, *records: dns.rdata.Rdata) -> None:
        self._records[owner, kind] = dns.rrset.from_rdata(owner, ttl_s, *records)

    def respond(self, wire: bytes, transport: str) -> list[bytes]:
        """The messages that answer one."""
        query = dns.message.from_wire(wire)
        question = query.question[0]
        self.queries.append(Query(question.name.to_text(), dns.rdatatype.to_text(question.rdtype), transport))
        if transport == "udp" and self.drop > 0:
            self.drop -= 1
            return []
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        if self.rcode is not None:
            response.set_rcode(self.rcode)
        elif self.truncate and transport == "udp":
            response.flags |= dns.flags.TC
        else:
            self._fill(response, question.name, question.rdtype)
        return self.forge(response) if self.forge else [response.to_wire()]

    def _fill(self, response: dns.message.Message, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> None:
        for _ in range(8):
            if found := self._records.get((name, kind)):
                response.answer.append(found)
                return
            alias = self._records.get((name, dns.rdatatype.CNAME))
            if alias is None:
                break
            response.answer.append(alias)
            name = dns.name.from_text(alias[0].to_text())
        response.set_rcode(dns.rcode.NXDOMAIN)
        response.authority.append(
            dns.rrset.from_text(name.parent(), 60, "IN", "SOA", "ns.example. root.example. 1 3600 600 86400 60")
        )


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: DnsServer) -> None:
        self._server = server
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)  # Python 3.11's is no subclass

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._server.open += 1
        self._server.peak = max(self._server.peak, self._server.open)
        answers = self._server.respond(data, "udp")
        asyncio.get_running_loop().call_later(self._server.delay_s, self._finish)
        for answer in answers:
            asyncio.get_running_loop().call_later(self._server.delay_s, self._send, answer, addr)

    def _finish(self) -> None:
        self._server.open -= 1

    def _send(self, answer: bytes, addr: tuple[str, int]) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(answer, addr)


async def _serve(server: DnsServer, udp: socket.socket, tcp: socket.socket, stop: asyncio.Event) -> None:
    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            (length,) = struct.unpack("!H", await reader.readexactly(2))
            for answer in server.respond(await reader.readexactly(length), "tcp"):
                await asyncio.sleep(server.delay_s)
                writer.write(struct.pack("!H", len(answer)) + answer)
                await writer.drain()
        writer.close()

    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(server), sock=udp)
    streams = await asyncio.start_server(connection, sock=tcp)
    await stop.wait()
    transport.close()
    streams.close()
    await streams.wait_closed()


@contextlib.contextmanager
def running(server: DnsServer) -> Iterator[DnsServer]:
    """Run the server in a thread of its own, on a free port unless it has one."""
    family = socket.AF_INET6 if ":" in server.address else socket.AF_INET
    udp, tcp = _sockets(family, server)
    server.port = udp.getsockname()[1]
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(_serve(server, udp, tcp, stop)), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


def _sockets(family: socket.AddressFamily, server: DnsServer) -> tuple[socket.socket, socket.socket]:
    """A UDP and a TCP socket on one port: of the ports that the kernel offers for one, some are taken for the other."""
    for _ in range(20):
        udp = socket.socket(family, socket.SOCK_DGRAM)
        udp.bind((server.address, server.port))
        tcp = socket.socket(family, socket.SOCK_STREAM)
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tcp.bind((server.address, udp.getsockname()[1]))
        except OSError:
            udp.close()
            tcp.close()
            continue
        return udp, tcp
    raise OSError("no port is free for UDP and TCP alike")
