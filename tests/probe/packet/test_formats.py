"""Packets that we build are what other programs read, and what we read is what we built."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from hopscope.probe import wire
from hopscope.probe.interface import Interface
from hopscope.probe.packet import checksum, dns, extension, icmp, ip, quic, sctp, tcp, udp
from hopscope.probe.packet.cursor import Cursor, PacketError
from hopscope.probe.wire import Answer, Label
from hypothesis import given
from hypothesis import strategies as st
from icmplib.sockets import ICMPSocket
from support.need import need_tool

if TYPE_CHECKING:
    from pathlib import Path

A4, B4 = socket.inet_aton("192.0.2.1"), socket.inet_aton("198.51.100.7")
A6, B6 = socket.inet_pton(socket.AF_INET6, "2001:db8::1"), socket.inet_pton(socket.AF_INET6, "2001:db8:7::7")
LABELS = (Label(24001, 5, 0, 1), Label(1048575, 0, 1, 255))
INTERFACES = (Interface("incoming", "ae3.100", index=526, mtu=9100),)


def told(version: int, message: icmp.Message) -> Answer:
    """What the extension of an error says."""
    answer = Answer(wire.TTL_EXPIRED)
    extension.tell(answer, extension.structure_of(version, message))
    return answer


def _packets(source: bytes, destination: bytes) -> dict[str, bytes]:
    version = 4 if len(source) == 4 else 6
    protocol = ip.ICMP if version == 4 else ip.ICMPV6
    probe = ip.build(
        ip.Packet(source, destination, ip.UDP, udp.build(udp.Datagram(40000, 33434, b"x" * 11), source, destination))
    )
    messages = {
        "echo": icmp.echo_request(version, 0x1234, 7, b"odd"),
        "reply": icmp.echo_reply(version, icmp.echo_request(version, 0x1234, 7, b"odd")),
        "expired": icmp.error(
            version, icmp.TIME_EXCEEDED if version == 4 else icmp.V6_TIME_EXCEEDED, 0, probe,
            extension=extension.build(LABELS, INTERFACES),
        ),
    }  # fmt: skip
    built = {
        name: ip.Packet(source, destination, protocol, icmp.build(message, source, destination), ttl=9, tos=0x28)
        for name, message in messages.items()
    }
    built["udp"] = ip.parse(probe)
    for name, port, data in (
        ("dns", 53, dns.root_query(0xBEEF)),
        ("quic", 443, quic.initial(b"our wish", b"our name")),
    ):
        datagram = udp.build(udp.Datagram(40000, port, data), source, destination)
        built[name] = ip.Packet(source, destination, ip.UDP, datagram)
    syn = tcp.Segment(40001, 443, sequence=99)
    for name, segment in (("syn", syn), ("rst", tcp.answer(syn, accept=False)), ("ack", tcp.answer(syn, accept=True))):
        built[name] = ip.Packet(source, destination, ip.TCP, tcp.build(segment, source, destination))
    init = sctp.init(40002, 80, 77)
    chunks = {"init": init, "abort": sctp.answer(init, accept=False), "initack": sctp.answer(init, accept=True)}
    for name, chunk in chunks.items():
        built[name] = ip.Packet(source, destination, ip.SCTP, sctp.build(chunk))
    return {name: ip.build(packet) for name, packet in built.items()}


def _dissect(packets: list[bytes], path: Path) -> list[dict[str, Any]]:
    """What tshark reads in packets, checksums verified."""
    raw_ip = 101
    pcap = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, raw_ip)
    for data in packets:
        pcap += struct.pack("<IIII", 0, 0, len(data), len(data)) + data
    path.write_bytes(pcap)
    options = [f"{name}:TRUE" for name in ("ip.check_checksum", "udp.check_checksum", "tcp.check_checksum")]
    done = subprocess.run(
        ["tshark", "-n", "-r", path, "-T", "json", *(word for option in options for word in ("-o", option)),
         "-o", "sctp.checksum:CRC 32c"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [entry["_source"]["layers"] for entry in json.loads(done.stdout)]


def test_tshark_reads_what_we_build(tmp_path: Path) -> None:
    """Every builder's packet is dissected by tshark with right checksums, fields, MPLS labels and interfaces."""
    need_tool("tshark")
    names: list[tuple[int, str]] = []
    packets: list[bytes] = []
    for version, ends in ((4, (A4, B4)), (6, (A6, B6))):
        for name, data in _packets(*ends).items():
            names.append((version, name))
            packets.append(data)
    layers = dict(zip(names, _dissect(packets, tmp_path / "built.pcap"), strict=True))
    text = json.dumps(list(layers.values()))
    assert '.checksum.status": "0"' not in text, "tshark found a bad checksum"
    assert "_ws.malformed" not in text
    for version, protocol in ((4, "icmp"), (6, "icmpv6")):
        for name in ("echo", "reply", "expired"):
            assert layers[version, name][protocol][f"{protocol}.checksum.status"] == "1"
        for name in ("syn", "rst", "ack"):
            assert layers[version, name]["tcp"]["tcp.checksum.status"] == "1"
        for name in ("init", "abort", "initack"):
            assert layers[version, name]["sctp"]["sctp.checksum.status"] == "1"
        assert layers[version, "udp"]["udp"]["udp.checksum.status"] == "1"
        query = layers[version, "dns"]["dns"]
        assert (query["dns.id"], query["dns.flags"], list(query["Queries"])) == (
            "0xbeef", "0x0000", ["<Root>: type NS, class IN"],
        )  # fmt: skip
        initial = layers[version, "quic"]["quic"]
        assert "_ws.expert" not in json.dumps(query)
        assert {name: initial[f"quic.{name}"] for name in ("version", "fixed_bit", "long.packet_type", "length")} == {
            "version": "0x1a2a3a4a", "fixed_bit": "1", "long.packet_type": "0", "length": "1174",
        }  # fmt: skip
        assert (initial["quic.dcid"], initial["quic.scid"]) == (b"our wish".hex(":"), b"our name".hex(":"))
        # Nothing is wrong with it but that it is not encrypted, as for nobody's version it cannot be.
        assert json.dumps(initial).count("_ws.expert.message") == json.dumps(initial).count("Decryption failed: ") == 1
        expired = json.dumps(layers[version, "expired"][protocol])
        assert '"24001"' in expired
        assert '"1048575"' in expired
        assert '"526"' in expired
        assert "ae3.100" in expired
    assert layers[4, "echo"]["ip"]["ip.ttl"] == "9"
    assert layers[6, "echo"]["ipv6"]["ipv6.hlim"] == "9"


@pytest.mark.parametrize("ends", [(A4, B4), (A6, B6)])
def test_reading_gives_back_what_was_built(ends: tuple[bytes, bytes]) -> None:
    """Parsers and builders are inverse for every protocol."""
    version = 4 if len(ends[0]) == 4 else 6
    packets = {name: ip.parse(data) for name, data in _packets(*ends).items()}
    for name, packet in packets.items():
        assert (packet.source, packet.destination) == ends, name
    assert udp.parse(packets["udp"].payload).destination_port == 33434
    assert tcp.parse(packets["syn"].payload).sequence == 99
    assert tcp.parse(packets["rst"].payload).acknowledgment == 100
    assert sctp.parse(packets["initack"].payload).tag == 77
    assert sctp.verify(packets["init"].payload)
    expired = icmp.parse(packets["expired"].payload)
    assert icmp.verify(packets["expired"].payload, *(ends if version == 6 else ()))
    assert told(version, expired).labels == LABELS
    assert told(version, expired).interfaces == INTERFACES
    quoted = icmp.quoted_packet(version, expired)
    assert (quoted.source, quoted.destination) == ends
    assert udp.parse(quoted.payload).source_port == 40000


def test_checksum_agrees_with_icmplib() -> None:
    """An echo request has the bytes that icmplib makes for it."""
    payload = bytes(range(56))
    packet = ICMPSocket._create_packet(_V4Oracle(), 0x1234, 7, payload)
    assert icmp.build(icmp.echo_request(4, 0x1234, 7, payload)) == packet


class _V4Oracle(ICMPSocket):  # type: ignore[misc]  # icmplib has no types
    """icmplib's packet builder without a socket."""

    _ICMP_ECHO_REQUEST = 8

    def __init__(self) -> None:
        pass

    def __del__(self) -> None:
        pass


def test_crc32c_check_value() -> None:
    """CRC32c of the digits is the published check value."""
    assert checksum.crc32c(b"123456789") == 0xE3069283


@given(st.binary(max_size=64), st.integers(1, 65534))
def test_compensation_holds_the_checksum(payload: bytes, wanted: int) -> None:
    """A compensating word makes an echo request's checksum what was wanted."""
    message = icmp.build(icmp.echo_request(4, 1, 2, b"\0\0" + payload))
    word = checksum.compensation(message[:2] + b"\0\0" + message[4:], wanted)
    held = icmp.build(icmp.echo_request(4, 1, 2, word.to_bytes(2, "big") + payload))
    assert int.from_bytes(held[2:4], "big") == wanted


def test_labels_of_routers_without_length_field() -> None:
    """A label stack after 128 bytes of quote is found without a length, if its checksum stands."""
    structure = extension.build(LABELS)
    quote = bytes(icmp.QUOTE_MIN_BYTES)
    old = icmp.Message(icmp.TIME_EXCEEDED, 0, bytes(4), quote + structure)
    assert told(4, old).labels == LABELS
    broken = structure[:2] + b"\0\0" + structure[4:]
    assert told(4, icmp.Message(icmp.TIME_EXCEEDED, 0, bytes(4), quote + broken)).labels == ()
    # With the length field the structure announces itself, and may do without a checksum.
    assert told(4, icmp.Message(icmp.TIME_EXCEEDED, 0, b"\0\x20\0\0", quote + broken)).labels == LABELS


@pytest.mark.parametrize("damage", [b"\x30", b"\x20\0\xff\xff"])
def test_structures_with_wrong_version_or_checksum_are_ignored(damage: bytes) -> None:
    """Labels are believed only when version and checksum are right."""
    structure = damage + extension.build(LABELS)[len(damage) :]
    message = icmp.Message(icmp.TIME_EXCEEDED, 0, b"\0\x20\0\0", bytes(128) + structure)
    assert told(4, message).labels == ()


def test_ipv6_extension_headers_are_passed_over() -> None:
    """The upper-layer protocol is found behind destination options, routing and fragment headers."""
    headers = ((60, b"\0\0\1\4" + bytes(4)), (43, bytes(8)), (44, b"\0\0\0\1" + bytes(4)))
    parsed = ip.parse(ip.build(ip.Packet(A6, B6, ip.UDP, b"12345678", extension_headers=headers)))
    assert (parsed.protocol, parsed.payload, parsed.more_fragments) == (ip.UDP, b"12345678", True)
    assert [number for number, _ in parsed.extension_headers] == [60, 43, 44]


def test_ipv4_options_are_passed_over() -> None:
    """The payload begins after the options that the header length announces."""
    parsed = ip.parse(ip.build(ip.Packet(A4, B4, ip.UDP, b"12345678", options=b"\x94\4\0\0\1")))
    assert (parsed.payload, len(parsed.options)) == (b"12345678", 8)


@given(st.binary(max_size=200), st.sampled_from([b"", b"\x45\0", b"\x60\0\0\0", b"\x4f", b"\x60\0\0\0\0\0\x2c"]))
def test_no_bytes_break_a_parser(data: bytes, start: bytes) -> None:
    """Parsers read or raise PacketError, whatever the bytes."""
    data = start + data
    for quoted in (False, True):
        with contextlib.suppress(PacketError):
            ip.parse(data, quoted=quoted)
    for parse in (icmp.parse, udp.parse, tcp.parse, sctp.parse, tcp.parse_quoted, sctp.parse_quoted):
        with contextlib.suppress(PacketError):
            parse(data)
    for version in (4, 6):
        for type_ in (1, 3, 11):
            message = icmp.Message(type_, 0, data[:4].ljust(4, b"\0"), data)
            assert len(told(version, message).labels) <= extension.LABELS_MAX
            with contextlib.suppress(PacketError):
                icmp.quoted_packet(version, message)
    extension.tell(Answer(wire.TTL_EXPIRED), data)
    sctp.verify(data)


def test_cursor_never_reads_past_its_end() -> None:
    """A cursor with an end of its own treats what follows as absent."""
    cursor = Cursor(b"abcdef", 2, 4)
    assert cursor.take(2) == b"cd"
    with pytest.raises(PacketError):
        cursor.number(1)
    with pytest.raises(PacketError):
        cursor.take(-1)
