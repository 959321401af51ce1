"""Inputs that nobody meant, for all that reads what others wrote: a corpus, what is made of it, and who must take it.

Each reader gives what it read, or raises the one error that it is documented to raise; anything else is a fault.
"""

from __future__ import annotations

import contextlib
import random
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import dns.exception
import dns.message
import dns.rdtypes.ANY.PTR
import dns.rdtypes.ANY.TXT
from hopscope.app.errors import ConfigurationError
from hopscope.app.options.config_file import parse_configuration
from hopscope.app.reading.picture import snapshot_of
from hopscope.app.reading.read import reports_of
from hopscope.app.resolve.origin import parse_origins
from hopscope.app.sanitize import name_of_labels
from hopscope.probe import icmp_meaning, wire
from hopscope.probe.lab import scenario
from hopscope.probe.lab.schema import ScenarioError
from hopscope.probe.packet import extension, icmp, ip, sctp, tcp, udp
from hopscope.probe.packet.checksum import internet_checksum
from hopscope.probe.packet.cursor import PacketError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CORPUS = Path(__file__).parents[1] / "corpus"
SAMPLES = Path(__file__).parents[1] / "samples"
LENGTH_MAX = 20_000
EDGES = (b"\0", b"\xff", b"\x7f", b"\x80", b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\x04", b"\x20\0")
TEXTS = (
    *(b"[", b"[[", b"]", b"{", b"}", b'"', b"'", b"=", b".", b",", b"\n", b"#", b" ", b"-1", b"1e400", b"nan", b"inf"),
    *(b"1" * 4400, b"[" * 3000, b"{" * 3000, b"9" * 20, b"true", b"null", b"\xc2\x85", b"\xe2\x80\xa8", b"\xff"),
)


class Reader(NamedTuple):
    """Who reads."""

    read: Callable[[bytes], None]  # raises nothing but what counts as an answer
    words: Sequence[bytes]  # that mean something to it
    seeds: Callable[[], list[bytes]]  # what is right, in a fixed order


def _packets(data: bytes) -> None:
    """A packet of any protocol, of either version, as it is and with the right checksums; its parts as packets too."""
    for one in (data, repaired(data)):
        _packet(one)


def repaired(data: bytes) -> bytes:
    """An IPv4 packet whose header, and ICMP message if it has one, are summed up right; another as it is."""
    header = (data[0] & 15) * 4 if data else 0
    if not 20 <= header <= len(data) or data[0] >> 4 != 4:
        return data
    whole = bytearray(data)
    whole[10:12] = bytes(2)
    whole[10:12] = internet_checksum(bytes(whole[:header])).to_bytes(2, "big")
    if whole[9] == ip.ICMP and len(whole) >= header + 4:
        whole[header + 2 : header + 4] = bytes(2)
        whole[header + 2 : header + 4] = internet_checksum(bytes(whole[header:])).to_bytes(2, "big")
    return bytes(whole)


def _packet(data: bytes) -> None:
    """It is whole or quoted, and what is told of it fits our line protocol."""
    for parse in (ip.parse, icmp.parse, udp.parse, tcp.parse, tcp.parse_quoted, sctp.parse, sctp.parse_quoted):
        try:
            parse(data)
        except PacketError:
            continue
    try:
        payload = ip.parse(data, quoted=True).payload
    except PacketError:
        payload = data
    for version in (4, 6):
        for part in (data, payload):
            for message in (icmp_meaning.icmp_message(version, part), part):
                if len(message) >= 8:  # as all that hear
                    icmp_meaning.heard(version, message)
            _told(version, part)
    answer = wire.Answer(wire.TTL_EXPIRED, "192.0.2.1", 1)
    extension.tell(answer, data)
    _line(answer)


def _told(version: int, part: bytes) -> None:
    try:
        message = icmp.parse(part)
    except PacketError:
        return
    with contextlib.suppress(PacketError):
        icmp.quoted_packet(version, message)
    answer = wire.Answer(wire.TTL_EXPIRED, "192.0.2.1", 1)
    extension.tell(answer, extension.structure_of(version, message))
    _line(answer)


def _line(answer: wire.Answer) -> None:
    line = wire.format_answer(7, 4, answer, detail=True)
    assert line.endswith("\n")
    assert line.count("\n") == 1
    assert line.isascii()
    assert wire.parse_answer(line.encode()) is not None, line


def _answers(data: bytes) -> None:
    """A line of the probe process, which may be another program."""
    for line in data.split(b"\n"):
        wire.parse_answer(line)


def _dns(data: bytes) -> None:
    """A name server's answer: names and networks are harmless, or it is no message."""
    try:
        message = dns.message.from_wire(data)
    except (dns.exception.DNSException, ValueError):
        return
    for rrset in message.answer:
        for record in rrset:
            if isinstance(record, dns.rdtypes.ANY.PTR.PTR):
                assert name_of_labels(record.target.labels).isprintable()
            if isinstance(record, dns.rdtypes.ANY.TXT.TXT):
                origin = parse_origins((b"".join(record.strings).decode("utf-8", "replace"),))
                assert origin is None or all((origin.fact(kind) or "").isprintable() for kind in range(7))


def _configuration(data: bytes) -> None:
    try:
        parse_configuration(data.decode("utf-8", "replace"), "c.toml")
    except ConfigurationError:
        return


def _scenario(data: bytes) -> None:
    try:
        scenario.parse(data.decode("utf-8", "replace"), "s.toml")
    except ScenarioError:
        return


def _report(data: bytes) -> None:
    try:
        found = reports_of(data.decode("utf-8", "replace"), "r")
    except ConfigurationError:
        return
    for one in found:
        snapshot_of(one)


def _committed(name: str) -> Callable[[], list[bytes]]:
    return lambda: [path.read_bytes() for path in sorted((CORPUS / name).iterdir())]


def _texts(folder: Path, name: str) -> Callable[[], list[bytes]]:
    further = _committed(name)
    return lambda: [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()] + further()


READERS = {
    "packets": Reader(_packets, EDGES, _committed("packets")),
    "answers": Reader(_answers, (*TEXTS, b" mpls ", b" ip-4 ", b" round-trip-time "), _committed("answers")),
    "dns": Reader(_dns, (*EDGES, b"\xc0\x0c", b"|", b" | "), _committed("dns")),
    "configuration": Reader(
        _configuration, (*TEXTS, b"[options]", b"[keys]", b"[themes.a]"), _committed("configuration")
    ),
    "scenario": Reader(_scenario, (*TEXTS, b"[[hop]]", b"[change.hop.1]"), _texts(scenario.FOLDER, "scenario")),
    "report": Reader(_report, (*TEXTS, b"|--", b"<HUB", b"Loss%", b"Snt"), _texts(SAMPLES, "report")),
}


def mutated(source: random.Random, seeds: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    """A seed with some changes: bytes replaced, dropped, doubled or put in, words of the reader, parts of others."""
    data = bytearray(source.choice(seeds))
    for _ in range(source.randrange(1, 6)):
        at = source.randrange(len(data) + 1)
        end = min(len(data), at + source.choice((1, 1, 2, 4, 16, 200)))
        kind = source.randrange(7)
        if kind == 0 and at < len(data):
            data[at] = source.randrange(256)
        elif kind == 1 and at < len(data):
            data[at] ^= 1 << source.randrange(8)
        elif kind == 2:
            del data[at:end]
        elif kind == 3:
            data[at:at] = data[at:end] * source.randrange(1, 5)
        elif kind == 4:
            data[at:at] = source.choice(words)
        elif kind == 5:
            data[at:end] = source.choice(words)
        else:
            other = source.choice(seeds)
            begin = source.randrange(len(other) + 1)
            data[at:] = other[begin:]
    return bytes(data[:LENGTH_MAX])


def run(name: str, count: int, seed: int) -> None:
    """Have a reader read its corpus and so many inputs; what it raises names the input.

    Raises:
        AssertionError: it is at fault.
    """
    reader, source = READERS[name], random.Random(seed)
    seeds = reader.seeds()
    for number in range(len(seeds) + count):
        data = seeds[number] if number < len(seeds) else mutated(source, seeds, reader.words)
        try:
            reader.read(data)
        except Exception as error:
            raise AssertionError(f"{name}, seed {seed}, input {number}: {error!r} by {data[:300]!r}") from error
