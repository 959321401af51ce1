"""Which ICMP errors are taken for answers: forged ones are not, and labels are read from those that are."""

from __future__ import annotations

import contextlib
import random
import socket
import subprocess
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest
from hopscope.probe import launch, wire
from hopscope.probe.packet import extension, icmp, ip, udp
from hopscope.probe.wire import Label
from support.netns import Chain, User, chain, inside
from support.sniff import Sniffer, sniffer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.kernel

# Nobody answers for it: frames to it go to a hardware address that nobody has.
SILENT = {4: "203.0.113.7", 6: "2001:db8:113::7"}
NOBODY = "02:00:00:00:00:03"
ROUTER = {4: "198.51.100.1", 6: "2001:db8:51::1"}
FORGER = {4: "198.51.100.66", 6: "2001:db8:51::66"}
FUZZED = 300
LABELS = (Label(24015, 5, 0, 1), Label(1048575, 0, 1, 255))
FLOWS = ("icmp", "udp", "udp port 53", "udp local-port 4000", "udp port 53 local-port 4000", "tcp port 443", "sctp")
# Packet too big, as version, type and code; what every link takes (RFC 791 section 3.2, RFC 8200 section 5).
TOO_BIG = {(4, 3, 4), (6, 2, 0)}
LINK_MIN_BYTES = {4: 68, 6: 1280}
PROTOCOLS = {"icmp": {1, 58}, "udp": {17}, "tcp": {6}, "sctp": {132}}


class Stage:
    """A probe process, the wire that its probes leave by, and somebody who answers them with packets made up."""

    def __init__(self, made: Chain, sniffed: Sniffer, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.made = made
        self.sniffed = sniffed
        self._token = 0
        # Tokens of probes that were told to have a second answer.
        self._doubled: list[int] = []
        # The kind of each probe, and those kinds of which fuzzed errors have come: they may name any probe of the kind
        # that was sent so far, by another port.
        self._kinds: dict[int, tuple[int, str]] = {}
        self._fuzzed: set[tuple[int, str]] = set()

    def inject(self, version: int, packets: list[bytes]) -> None:
        """Send packets from the far end to the probe process's host."""

        def send() -> None:
            family = socket.AF_INET if version == 4 else socket.AF_INET6
            with socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW) as sock:
                for packet in packets:
                    sock.sendto(packet, (self.made.sources[version], 0))

        inside(self.made.names[1], send)

    def answer(
        self, version: int, flow: str, forge: Callable[[ip.Packet], list[bytes]], *, fuzzed: bool = False
    ) -> wire.Answer:
        """The answer to a probe to the silent address, after the packets that ``forge`` makes of it have arrived.

        ``fuzzed``: several of them may be answers.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._token += 1
        kind = self._kinds[self._token] = (version, flow.split(maxsplit=1)[0])
        if fuzzed:
            self._fuzzed.add(kind)
        target = packed(SILENT[version])
        self.process.stdin.write(f"{self._token} send-probe ip-{version} {SILENT[version]} protocol {flow} detail 1\n")
        self.process.stdin.flush()
        numbers = PROTOCOLS[kind[1]]
        (probe,) = self.sniffed.take(lambda packet: packet.protocol in numbers and packet.destination == target, 1)
        self.inject(version, forge(probe))
        while True:
            parsed = wire.parse_answer(self.process.stdout.readline().encode())
            assert parsed is not None
            token, answer = parsed
            if answer.word != wire.DUPLICATE:
                assert token == self._token
                return answer
            self._take_double(token)

    def _take_double(self, token: int) -> None:
        """A probe has a second answer: once, and only if fuzzed errors may have been taken for it."""
        assert self._kinds[token] in self._fuzzed
        assert token not in self._doubled
        self._doubled.append(token)

    def end(self) -> None:
        """End the process: nothing is left to be said but of second answers, once each and of what may have them."""
        rest = [wire.parse_answer(line.encode()) for line in self.process.communicate(timeout=20)[0].splitlines()]
        for parsed in rest:
            assert parsed is not None
            assert parsed[1].word == wire.DUPLICATE
            self._take_double(parsed[0])


@contextlib.contextmanager
def stage(made: Chain) -> Iterator[Stage]:
    """A probe process in the first of two namespaces; at the end nothing forged has been taken for an answer."""
    with sniffer(made.names[0], "near") as sniffed:
        process = subprocess.Popen(
            made.command(launch.command()), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        try:
            staged = Stage(made, sniffed, process)
            yield staged
            staged.end()
        finally:
            process.kill()
            process.wait()


@pytest.fixture(scope="module", params=[True, False], ids=["ping", "raw"])
def staged(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """The stage with ping sockets, and with raw ones."""
    with chain(2, ping_open=request.param) as made:
        for version in (4, 6):
            way, silent = ["ip", f"-{version}"], SILENT[version]
            made.run([*way, "route", "add", silent, "dev", "near"])
            made.run([*way, "neigh", "add", silent, "lladdr", NOBODY, "dev", "near", "nud", "permanent"])
        with stage(made) as opened:
            yield opened


def packed(address: str) -> bytes:
    return ip_address(address).packed


def error(probe: ip.Packet, sender: dict[int, str], *, quote: bytes | None = None, structure: bytes = b"") -> bytes:
    """A time-exceeded message about a probe, as an IP packet."""
    version = probe.version
    quoted = ip.build(probe)[:128] if quote is None else quote
    kind = icmp.TIME_EXCEEDED if version == 4 else icmp.V6_TIME_EXCEEDED
    message = icmp.error(version, kind, 0, quoted, extension=structure)
    return carry(probe, sender, message)


def carry(probe: ip.Packet, sender: dict[int, str], message: icmp.Message, *, spoil: bool = False) -> bytes:
    """An ICMP message on its way to the probe's source."""
    source, destination = packed(sender[probe.version]), probe.source
    data = icmp.build(message, source, destination) if probe.version == 6 else icmp.build(message)
    if spoil:
        data = data[:2] + bytes((data[2] ^ 0xFF,)) + data[3:]
    return ip.build(ip.Packet(source, destination, ip.ICMP if probe.version == 4 else ip.ICMPV6, data))


def changed(packet: ip.Packet, **fields: object) -> bytes:
    """The probe's bytes with something else in it."""
    kept = {name: getattr(packet, name) for name in packet.__slots__ if name not in {"version", "length"}} | fields
    return ip.build(ip.Packet(**kept))[:128]


def flipped(payload: bytes, at: int) -> bytes:
    return payload[:at] + bytes((payload[at] ^ 0x55,)) + payload[at + 1 :]


def forgeries(flow: str, probe: ip.Packet) -> list[bytes]:
    """Errors about packets that were never sent, and malformed ones about the one that was."""
    header_bytes = len(ip.build(probe)) - len(probe.payload)
    # ICMP: type, code, identifier, sequence number; else: the ports.
    places = (0, 4, 5, 6, 7) if flow == "icmp" else (0, 1, 2, 3)
    # As root a UDP source that a translator has left in the quote does no harm, but the number behind it must be ours.
    spoilt = flipped(probe.payload, 8) if flow.startswith("udp") else probe.payload
    quotes = [changed(probe, payload=flipped(spoilt if at < 2 else probe.payload, at)) for at in places]
    quotes += [
        changed(probe, destination=packed(FORGER[probe.version])),
        changed(probe, protocol=47),
        ip.build(probe)[: header_bytes + 3],
        ip.build(probe)[: header_bytes - 5],
        b"",
    ]
    forged = [error(probe, FORGER, quote=quote) for quote in quotes]
    time_exceeded = icmp.error(probe.version, 11 if probe.version == 4 else 3, 0, ip.build(probe)[:128])
    forged.append(carry(probe, FORGER, time_exceeded, spoil=True))
    if flow == "icmp":  # replies from somebody else who has not seen the probe, and with another identifier
        reply = icmp.ECHO_REPLY if probe.version == 4 else icmp.V6_ECHO_REPLY
        request = icmp.parse(probe.payload)
        bodies = (*(flipped(request.body, at) for at in range(8)), request.body[:7], b"")
        forged += [carry(probe, FORGER, icmp.Message(reply, 0, request.rest, body)) for body in bodies]
        forged.append(carry(probe, SILENT, icmp.Message(reply, 0, flipped(request.rest, 0), request.body)))
    return forged


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("flow", FLOWS)
def test_forged_errors_are_ignored(staged: Stage, flow: str, version: int) -> None:
    """Wrong protocol, address, port, identifier, sequence number, checksum or length: the true answer alone counts.

    Behind it they are no second answer either.
    """

    def forge(probe: ip.Packet) -> list[bytes]:
        forged = forgeries(flow, probe)
        return [*forged, error(probe, ROUTER), *forged]

    answer = staged.answer(version, flow, forge)
    assert (answer.word, answer.address) == (wire.TTL_EXPIRED, ROUTER[version])


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize(
    ("flow", "taken"),
    [("icmp", FORGER), ("icmp icmp-checksum 77", FORGER), ("icmp bit-pattern 7", SILENT), ("icmp size 28", SILENT)],
)
def test_a_reply_from_another_address(staged: Stage, flow: str, taken: dict[int, str], version: int) -> None:
    """It counts where it brings back the random bytes of the probe; without such bytes only the target's own does."""

    def forge(probe: ip.Packet) -> list[bytes]:
        request = icmp.parse(probe.payload)
        message = icmp.Message(icmp.ECHO_REPLY if version == 4 else icmp.V6_ECHO_REPLY, 0, request.rest, request.body)
        replies = [carry(probe, sender, message) for sender in (FORGER, SILENT)]
        return replies if taken is SILENT else replies[:1]

    answer = staged.answer(version, flow, forge)
    assert (answer.word, answer.address) == (wire.REPLY, taken[version])


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("flow", ["icmp", "udp", "tcp port 443", "sctp"])
@pytest.mark.parametrize("form", ["announced", "unannounced", "without checksum"])
def test_labels(staged: Stage, flow: str, version: int, form: str) -> None:
    """A label stack is read where the length field says, or where old routers put it."""
    structure = extension.build(LABELS)

    def forge(probe: ip.Packet) -> list[bytes]:
        quote = ip.build(probe)[:128].ljust(128, b"\0")
        if form == "unannounced":
            return [error(probe, ROUTER, quote=quote + structure)]
        return [error(probe, ROUTER, quote=quote, structure=structure if form == "announced" else unchecked(structure))]

    assert staged.answer(version, flow, forge).labels == LABELS


def unchecked(structure: bytes) -> bytes:
    return structure[:2] + b"\0\0" + structure[4:]


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("flow", ["icmp", "udp", "tcp port 443", "sctp"])
def test_broken_labels(staged: Stage, flow: str, version: int) -> None:
    """A wrong checksum, or none where nothing announces the structure, gives an answer without labels."""
    structure = extension.build(LABELS)
    spoiled = structure[:-1] + b"\x55"

    def unannounced(probe: ip.Packet) -> list[bytes]:
        return [error(probe, ROUTER, quote=ip.build(probe)[:128].ljust(128, b"\0") + unchecked(structure))]

    def announced(probe: ip.Packet) -> list[bytes]:
        return [error(probe, ROUTER, structure=spoiled)]

    for forge in (announced, unannounced):
        answer = staged.answer(version, flow, forge)
        assert (answer.word, answer.address, answer.labels) == (wire.TTL_EXPIRED, ROUTER[version], ())


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("flow", FLOWS)
def test_fuzzed_errors(staged: Stage, flow: str, version: int) -> None:
    """Hundreds of errors with bytes changed, cut off or put in leave the process well, and the probe has one answer."""
    source = random.Random(f"{flow} {version}")

    def spoilt(data: bytes) -> bytes:
        at = source.randrange(len(data))
        return data[:at] + source.randbytes(source.randrange(3)) + data[at + source.randrange(3) :]

    def forge(probe: ip.Packet) -> list[bytes]:
        structure = extension.build(LABELS)
        made = []
        for _ in range(FUZZED):
            quote = spoilt(ip.build(probe)[:128])[: source.choice((20, 28, 40, 48, 56, 128))]
            kind = source.choice((1, 2, 3, 4, 5, 11, 12))
            body = icmp.error(version, kind, source.randrange(16), quote, extension=source.choice((b"", structure)))
            if source.randrange(2):
                body.body = spoilt(body.body + b"\0")
            made.append(carry(probe, FORGER, body))
        return [*made, error(probe, ROUTER)]

    answer = staged.answer(version, flow, forge, fuzzed=True)
    assert answer.address in {FORGER[version], ROUTER[version]}


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("flow", FLOWS)
def test_eight_quoted_bytes_are_enough(staged: Stage, flow: str, version: int) -> None:
    """A router that quotes no more than it must is still credited to the one probe of its flow."""

    def forge(probe: ip.Packet) -> list[bytes]:
        return [error(probe, ROUTER, quote=ip.build(probe)[: len(ip.build(probe)) - len(probe.payload) + 8])]

    answer = staged.answer(version, flow, forge)
    assert (answer.word, answer.address) == (wire.TTL_EXPIRED, ROUTER[version])


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("user", ["root", "nobody"])
def test_eight_bytes_of_one_of_three_in_a_flow(staged: Stage, user: User, version: int) -> None:
    """Of three probes of one flow a router quotes eight bytes of the second: root knows which, others credit none."""
    text = f"send-probe ip-{version} {SILENT[version]} protocol udp port 53 local-port 4100 timeout 1"
    with subprocess.Popen(
        staged.made.command(launch.command(), user), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        process.stdin.write("".join(f"{token} {text}\n" for token in (1, 2, 3)))
        process.stdin.flush()
        target = packed(SILENT[version])
        probes = staged.sniffed.take(lambda packet: packet.protocol == 17 and packet.destination == target, 3)
        sent = probes[1]
        # Between namespaces nobody computes the checksum of a datagram; on a wire it would be there.
        sent.payload = udp.build(udp.parse(sent.payload), sent.source, sent.destination)
        quote = ip.build(sent)[: len(ip.build(sent)) - len(sent.payload) + 8]
        staged.inject(version, [error(sent, ROUTER, quote=quote)])
        out, _ = process.communicate(timeout=20)
    words = {line.split()[0]: line.split()[1] for line in out.splitlines()}
    assert words == {"1": "no-reply", "2": "ttl-expired" if user == "root" else "no-reply", "3": "no-reply"}


@pytest.mark.parametrize("version", [4, 6])
def test_a_lost_syn_is_not_sent_again(staged: Stage, version: int) -> None:
    """A TCP probe is one packet: before the kernel would repeat it the probe has ended without an answer."""
    sent: list[ip.Packet] = []

    def forge(probe: ip.Packet) -> list[bytes]:
        sent.append(probe)
        return []

    assert staged.answer(version, "tcp port 443", forge).word == wire.NO_REPLY
    target = sent[0].destination
    with pytest.raises(AssertionError, match="0 packets"):
        staged.sniffed.packets(lambda packet: packet.protocol == 6 and packet.destination == target, 1, timeout_s=0.4)


@pytest.mark.parametrize("flow", ["icmp", "udp", "tcp port 443", "sctp"])
def test_quoted_options(staged: Stage, flow: str) -> None:
    """A quoted header with options is as long as it says."""

    def forge(probe: ip.Packet) -> list[bytes]:
        return [error(probe, ROUTER, quote=changed(probe, options=b"\1" * 8))]

    answer = staged.answer(4, flow, forge)
    assert (answer.word, answer.address) == (wire.TTL_EXPIRED, ROUTER[4])


@pytest.mark.parametrize("flow", ["icmp", "udp", "tcp port 443", "sctp"])
def test_quoted_extension_headers(staged: Stage, flow: str) -> None:
    """In IPv6 the quoted upper-layer header may stand behind others."""

    def forge(probe: ip.Packet) -> list[bytes]:
        return [error(probe, ROUTER, quote=changed(probe, extension_headers=((60, b"\0\0\1\4\0\0\0\0"),)))]

    answer = staged.answer(6, flow, forge)
    assert (answer.word, answer.address) == (wire.TTL_EXPIRED, ROUTER[6])


@pytest.mark.parametrize(
    ("version", "kind", "code", "word"),
    [
        (4, 3, 0, "no-route"), (4, 3, 1, "no-route"), (4, 3, 4, "no-route"), (4, 3, 13, "no-route"), (4, 3, 3, "reply"),
        (4, 12, 0, "no-route"),
        (6, 1, 0, "no-route"), (6, 1, 1, "no-route"), (6, 1, 3, "no-route"), (6, 1, 4, "reply"), (6, 2, 0, "no-route"),
        (6, 4, 1, "no-route"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("flow", ["icmp", "udp", "tcp port 443", "sctp"])
def test_words_by_type_and_code(staged: Stage, flow: str, version: int, kind: int, code: int, word: str) -> None:
    """The word follows type and code, whatever errno the kernel makes of them, and the details name both."""

    def forge(probe: ip.Packet) -> list[bytes]:
        quote = ip.build(probe)[:128]
        message = carry(probe, ROUTER, icmp.error(version, kind, code, quote, info=1280 if kind in {2, 3} else 0))
        if flow.startswith("tcp") and (version, kind, code) in TOO_BIG:
            assert len(ip.build(probe)) <= LINK_MIN_BYTES[version]
            return [message, error(probe, FORGER)]
        return [message]

    answer = staged.answer(version, flow, forge)
    if flow.startswith("tcp") and (version, kind, code) in TOO_BIG:
        # Every link takes a SYN: nobody who says otherwise is believed, and the kernel does not pass it on.
        assert (answer.word, answer.address) == (wire.TTL_EXPIRED, FORGER[version])
        return
    assert (answer.word, answer.address, answer.icmp_type, answer.icmp_code) == (word, ROUTER[version], kind, code)
