"""The lanes of ``--lanes``: by which protocols and families one target is traced side by side.

A lane is a protocol with a port where it has ports, a family, or both: ``icmp``, ``tcp:443``, ``ipv6``,
``tcp:443/ipv6``. Several are joined by commas.
"""

from __future__ import annotations

from ..nearest import nearest
from ..protocols import PROTOCOLS
from ..ranges import PORT
from ..settings import LaneKind

FAMILIES = {"ipv4": 4, "ipv6": 6}
WORDS = (*PROTOCOLS, *FAMILIES)
FORM = "PROTOCOL[:PORT][/FAMILY] or FAMILY"
_PROTOCOLS = ", ".join(name if not one.has_ports else f"{name}[:PORT]" for name, one in PROTOCOLS.items())
_FAMILIES = " or ".join(FAMILIES)
PORT_DIGITS_MAX = 5
LANES_MAX = 16


def parse_lanes(text: str) -> tuple[LaneKind, ...]:
    """The lanes that are meant, each once, in the order given.

    Raises:
        ValueError: the text is of another form; the message is a phrase for what was expected.
    """
    lanes = tuple(dict.fromkeys(parse_lane(word) for word in text.split(",")))
    if len(lanes) > LANES_MAX:
        raise ValueError(f"up to {LANES_MAX} lanes")
    return lanes


def parse_lane(word: str) -> LaneKind:
    """One lane.

    Raises:
        ValueError: as ``parse_lanes``.
    """
    first, slash, family = word.partition("/")
    if not slash and first in FAMILIES:
        return LaneKind(version=FAMILIES[first])
    name, colon, port = first.partition(":")
    if name not in PROTOCOLS:
        raise ValueError(f"{_PROTOCOLS}, {_FAMILIES}, joined by commas{_not(word, name)}")
    if slash and family not in FAMILIES:
        raise ValueError(f"{_FAMILIES} after the /{_not(word, family)}")
    protocol = PROTOCOLS[name]
    if colon and not protocol.has_ports:
        raise ValueError(f"{name} without a port{_not(word, port)}")
    if colon and not (port.isascii() and port.isdecimal() and len(port) <= PORT_DIGITS_MAX and int(port) in PORT):
        raise ValueError(f"{PORT.expected} after {name}:{_not(word, port)}")
    return LaneKind(protocol.name, int(port) if colon else 0, FAMILIES[family] if slash else 0)


def near_lanes(text: str) -> str:
    """What was probably meant by a text that names no lanes, as a remedy; empty: it is not known."""
    meant = [_meant(word.strip()) for word in text.split(",")]
    return f"did you mean {','.join(meant)}?" if all(meant) and ",".join(meant) != text else ""


def _meant(word: str) -> str:
    """The lane that was probably meant by a word; empty: none is like it."""
    first, slash, family = word.partition("/")
    name, colon, port = first.partition(":")
    name, family = _word(name), _word(family)
    if name in FAMILIES and family in PROTOCOLS:
        name, family = family, name
    if name in PROTOCOLS and not PROTOCOLS[name].has_ports:
        colon = port = ""
    elif port and not port.isdecimal():
        port = _port(port)
    made = f"{name}{colon}{port}{slash}{family}"
    try:
        parse_lane(made)
    except ValueError:
        return ""
    return made


def _word(word: str) -> str:
    """The protocol or family that was probably meant; empty: none."""
    if word.lower().lstrip("-ipv") in {"4", "6"}:
        return f"ipv{word[-1]}"
    return nearest(word, WORDS)


def _port(service: str) -> str:
    """The port of a service (services(5)); empty: it is none."""
    import socket

    try:
        return str(socket.getservbyname(service))
    except (OSError, ValueError):
        return ""


def _not(word: str, part: str) -> str:
    """Which part of a longer text is wrong."""
    return f", not {part!r} in {word!r}" if part != word else f", not {part!r}"
