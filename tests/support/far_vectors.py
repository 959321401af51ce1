"""Wire and packet vectors, computed by the probe process's own modules: the standard library of Python 3.6 alone.

Imported, it computes them here; run as a program by another Python, it gets the modules and the vectors on standard
input (as they travel: name, whether it is a package, source), and prints what comes out different there.
"""

import json
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

ENDS = {4: (b"\xc0\0\2\1", b"\xc6\x33\x64\7"), 6: (b"\x20\x01\x0d\xb8" + bytes(11) + b"\1", b"\xfe" + bytes(15))}


def plain(value: "Any") -> "Any":
    """A value in terms of JSON."""
    if isinstance(value, (bytes, bytearray)):
        return {"hex": bytes(value).hex()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    slots = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
    if slots:
        return [type(value).__name__, {name: plain(getattr(value, name)) for name in sorted(slots)}]
    return value


def outcome(work: "Callable[..., object]", *arguments: object, **named: object) -> object:
    """What a call gives, or what it raises."""
    try:
        return plain(work(*arguments, **named))
    except ValueError as error:
        return ["raises", type(error).__name__]


def of_line(line: bytes) -> object:
    """What the far end makes of a command line."""
    from hopscope.probe import commands

    words = line.split(None, 2)
    token = outcome(commands.parse_token, words[0]) if words else None
    pairs = commands.split_arguments(words[2] if len(words) == 3 else b"")
    if pairs is None:
        return [token, None]
    try:
        return [token, plain(commands.parse_request(pairs))]
    except commands.Refused as refused:
        return [token, plain(refused.answer)]


def of_stream(data: bytes) -> object:
    """How bytes that come in portions are cut into lines."""
    from hopscope.probe import commands

    return [
        [len(line) for at in range(0, len(data), size) for line in buffer.feed(data[at : at + size])]
        for size, buffer in ((size, commands.LineBuffer()) for size in (1, 7, 4096, 100000))
    ]


def of_packet(data: bytes) -> object:
    """What is read in a packet, and in its parts; and what is written of it."""
    from hopscope.probe import icmp_meaning, wire
    from hopscope.probe.packet import checksum, extension, icmp, ip, sctp, tcp, udp

    found = [outcome(ip.parse, data), outcome(ip.parse, data, quoted=True)]
    try:
        packet = ip.parse(data, quoted=True)
        part, version = packet.payload, 4 if len(packet.source) == 4 else 6
        found.append(outcome(ip.build, packet))
    except ValueError:
        part, version = data, 4
    found += [outcome(read, part) for read in (icmp.parse, udp.parse, tcp.parse_quoted, sctp.parse_quoted)]
    found += [checksum.internet_checksum(data), checksum.crc32c(data), outcome(icmp.verify, part)]
    if len(part) >= 8:
        found.append(outcome(icmp_meaning.heard, version, part))
    try:
        message = icmp.parse(part)
    except ValueError:
        return found
    found.append(outcome(icmp.quoted_packet, version, message))
    answer = wire.Answer(wire.TTL_EXPIRED, "192.0.2.1", 1234)
    extension.tell(answer, extension.structure_of(version, message))
    found += [plain(answer), wire.format_answer(7, version, answer, detail=True)]
    return found


def of_builders(seed: bytes) -> object:
    """What is sent."""
    from hopscope.probe import confine
    from hopscope.probe.packet import dns, quic, sctp, udp

    return [
        plain(dns.root_query(seed[0])),
        plain(quic.initial(seed[:8].ljust(8, b"a"), seed[-8:].ljust(8, b"b"))),
        plain(sctp.build(sctp.init(40000, 80, seed[0]))),
        [plain(udp.build(udp.Datagram(40000, 33434, seed), *ENDS[version])) for version in (4, 6)],
        [plain(confine.instructions(name)) for name in ("x86_64", "aarch64", "other")],
    ]


KINDS = {"line": of_line, "stream": of_stream, "packet": of_packet, "builders": of_builders}


def computed(kind: str, data: bytes) -> object:
    """A vector's outcome, as JSON has it."""
    return json.loads(json.dumps(KINDS[kind](data)))


def main() -> None:
    """Compute all again, and print the differences."""
    given = json.load(sys.stdin)
    sources = {name: (package, text) for name, package, text in given["modules"]}

    class Finder:
        def find_spec(self, name: str, path: object = None, target: object = None) -> "Any":
            if name in sources:
                return type(sys.__spec__)(name, self, is_package=sources[name][0])  # type: ignore[arg-type]
            return None

        def create_module(self, spec: object) -> None:
            pass

        def exec_module(self, module: "ModuleType") -> None:
            exec(compile(sources[module.__name__][1], module.__name__, "exec"), module.__dict__)

    sys.meta_path.insert(0, Finder())
    for kind, data, expected in given["vectors"]:
        found = computed(kind, bytes.fromhex(data))
        if found != expected:
            print(kind, data[:200], json.dumps(found)[:400], json.dumps(expected)[:400])
    print(len(given["vectors"]), "vectors, {}.{}".format(*sys.version_info[:2]))


if __name__ == "__main__":
    main()
