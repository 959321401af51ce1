"""Targets: from what the user typed to addresses, by the system's own resolver.

getaddrinfo knows cluster names, mDNS, search domains and /etc/hosts.
"""

from __future__ import annotations

import socket
from dataclasses import replace

from ..errors import ResolveError
from ..host.source import source_address
from ..protocols import NO_PORTS, USE_PORTS
from ..sanitize import composed, sanitize
from ..settings import Target
from .look_ups import LookUps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_FAMILIES = {0: socket.AF_UNSPEC, 4: socket.AF_INET, 6: socket.AF_INET6}
_UNANSWERED = "the name servers do not answer, or answer with a failure (see /etc/resolv.conf)"
GIVEN_UP = "given up, since the name servers did not answer for other names"
_REASONS = {
    socket.EAI_AGAIN: _UNANSWERED,
    socket.EAI_FAIL: "the name servers failed",
}
_MAPPED = "::ffff:"  # RFC 4291 section 2.5.5.2


def resolve_targets(
    names: Sequence[str], version: int = 0, ports: Sequence[int | None] = (), device: str = ""
) -> list[Target | ResolveError]:
    """The targets of names and addresses, all at once, in their order.

    A name that is not known, has no address of the family, or whose resolver does not answer gives its error and spoils
    no other; but where nobody answers for many names, the rest is given up.

    Args:
        names: host names or numeric addresses, with a zone (``fe80::1%eth0``) where they need one.
        version: 4 or 6 forces the family; 0 takes the first address that the system offers.
        ports: handed on to the targets; those that are not given have none.
        device: the interface of link-local addresses that name none; empty: they need one.
    """
    given = [ports[index] if index < len(ports) else None for index in range(len(names))]

    def look_up(index: int) -> Target | ResolveError:
        try:
            return _resolve(with_zone(names[index], device), version, given[index])
        except ResolveError as error:
            return error

    found = {index: look_up(index) for index, name in enumerate(names) if is_numeric(name)}  # needs no thread
    found |= LookUps(look_up, lambda one: isinstance(one, ResolveError) and one.what.endswith(_UNANSWERED)).run(
        index for index in range(len(names)) if index not in found
    )
    return [
        found.get(index) or ResolveError(f"cannot resolve {sanitize(names[index])}: {GIVEN_UP}")
        for index in range(len(names))
    ]


def each_address(target: Target) -> tuple[Target, ...]:
    """A target for each address of a name, told apart by the address after the name."""
    if not target.others:
        return (target,)
    return tuple(
        replace(
            target,
            name=composed(f"{target.name} ({address})"),
            address=address,
            version=6 if ":" in address else 4,
            others=(),
            zone="",
            source="" if target.vantage else source_address(address),
        )
        for address in (target.address, *target.others)
    )


def is_numeric(name: str) -> bool:
    """Whether a name is an address, without a zone."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, name)
        except (OSError, ValueError, UnicodeError):
            continue
        return True
    return False


def with_zone(name: str, device: str = "") -> str:
    """An IPv6 address with its zone, also where that is written as in URLs, ``%25eth0`` (RFC 6874 section 2).

    A link-local address without one gets ``device``. Any other name stays as it is.
    """
    host, percent, zone = name.partition("%")
    if ":" not in host or not is_numeric(host):
        return name
    if not percent:
        return f"{host}%{device}" if device and host.lower().startswith("fe80:") else name
    is_of_url = zone.startswith("25") and _is_interface(zone[2:]) and not _is_interface(zone)
    return f"{host}%{zone[2:]}" if is_of_url else name


def _is_interface(name: str) -> bool:
    try:
        return bool(socket.if_nametoindex(name))
    except (OSError, ValueError):
        return False


def _resolve(name: str, version: int, port: int | None) -> Target:
    if not name.strip():
        raise ResolveError("cannot resolve an empty name: give a host name or an address")
    shown = sanitize(name)
    try:
        answers = socket.getaddrinfo(name, None, _FAMILIES[version], socket.SOCK_DGRAM)
    except socket.gaierror as error:
        raise ResolveError(f"cannot resolve {shown}: {_reason(name, version, error.errno)}") from None
    except (UnicodeError, ValueError):  # a label of more than 63 bytes, an empty one, a NUL
        raise ResolveError(f"cannot resolve {shown}: this cannot be a host name") from None
    except OSError as error:
        raise ResolveError(f"cannot resolve {shown}: {error.strerror or error}") from None
    addresses: list[str] = []
    for _, _, _, _, sockaddr in answers:
        address = _unmapped(str(sockaddr[0]), version)
        if len(sockaddr) == 4 and sockaddr[3]:  # Python leaves the zone out of the text
            address += "%" + socket.if_indextoname(int(sockaddr[3]))
        if address not in addresses:
            addresses.append(address)
    target = target_of(name, addresses, version, port)
    zone = f"%{target.zone}" if target.zone else ""
    return replace(target, source=source_address(f"{target.address}{zone}"))


def target_of(name: str, addresses: Sequence[str], version: int, port: int | None) -> Target:
    """The target that a name means which has these addresses, with their zones.

    Raises:
        ResolveError: none of them can be traced.
    """
    shown = sanitize(name)
    if not addresses:
        raise ResolveError(f"cannot resolve {shown}: it has no {f'IPv{version} ' if version else ''}address")
    if addresses[0].lower().startswith(_MAPPED) and "." in addresses[0]:
        raise ResolveError(f"cannot trace {shown}: this is an IPv4 address in IPv6 form", remedy="leave -6 out")
    first, _, zone = addresses[0].partition("%")
    if first in ("0.0.0.0", "::"):
        raise ResolveError(f"cannot trace {shown}: {first} is not a specific host")
    if first.lower().startswith("fe80:") and not zone:
        raise ResolveError(f"cannot trace {shown}: a link-local address needs its interface, as in {first}%eth0")
    others = tuple(address for address in addresses[1:] if address not in ("0.0.0.0", "::") and "%" not in address)
    return Target(shown, first, 6 if ":" in first else 4, port, others, zone)


def _unmapped(address: str, version: int) -> str:
    """An IPv4-mapped IPv6 address as the IPv4 address it is, unless IPv6 was asked for."""
    if version != 6 and address.lower().startswith(_MAPPED) and "." in address:
        return address[len(_MAPPED) :]
    return address


def _is_known(name: str) -> bool:
    """Whether the name has an address of any family."""
    try:
        return bool(socket.getaddrinfo(name, None, 0, socket.SOCK_DGRAM))
    except OSError:
        return False


def _reason(name: str, version: int, code: int | None) -> str:
    """The resolver's error code as half a sentence for people."""
    if version:
        other = 10 - version
        try:
            socket.inet_pton(_FAMILIES[other], name.partition("%")[0])
        except (OSError, ValueError, UnicodeError):
            pass
        else:
            return f"it is an IPv{other} address, and IPv{version} was asked for (-{version})"
    _, percent, zone = name.partition("%")
    if percent and zone:
        try:
            socket.if_nametoindex(zone)
        except (OSError, ValueError):
            return f"no interface {sanitize(zone)}"
    host, colon, port = name.partition(":")
    if host and colon and port.isdecimal():  # with other protocols it would have been taken off
        return f"{NO_PORTS}; {USE_PORTS}"
    if code == socket.EAI_NONAME:
        return f"it has no IPv{version} address" if version and _is_known(name) else "name not known"
    if code in (socket.EAI_NODATA, socket.EAI_ADDRFAMILY):
        return f"it has no {f'IPv{version} ' if version else ''}address"
    return _REASONS.get(code or 0, "the system's resolver failed")
