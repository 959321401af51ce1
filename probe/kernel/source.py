"""The address that probes leave from, where the kernel chooses it."""

import errno
from _socket import SOCK_CLOEXEC, SOCK_DGRAM, inet_pton
from _socket import socket as Socket  # noqa: N812 - a class
from sys import byteorder

from . import constants as c
from .sockets import FAMILY, bind_to_device, socket_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .template import Template


def source_address(template: "Template") -> str:
    """The address that a request's packets leave from: the one that it asks for, if that is ours.

    Raises:
        OSError: there is no route to the target, or the address is not one of this host's (EADDRNOTAVAIL).
    """
    request = template.request
    if not request.local_address:
        return route_source(template)
    sock = Socket(FAMILY[request.version], SOCK_DGRAM | SOCK_CLOEXEC)
    try:
        bind_to_device(sock, template.device)
        sock.bind((request.local_address, 0))
    finally:
        sock.close()
    return request.local_address


def source_is_gone(template: "Template") -> bool:
    """Whether a request asks for a source address that does not belong to this host (any more)."""
    if not template.request.local_address:
        return False
    try:
        source_address(template)
    except OSError as error:
        return error.errno == errno.EADDRNOTAVAIL
    return False


def route_source(template: "Template") -> str:
    """The address that the kernel would choose for a request's packets.

    Raises:
        OSError: there is no route to the target.
    """
    sock = Socket(FAMILY[template.request.version], SOCK_DGRAM | SOCK_CLOEXEC)
    try:
        bind_to_device(sock, template.device)
        if template.request.mark:
            sock.setsockopt(c.SOL_SOCKET, c.SO_MARK, template.request.mark)
        sock.connect(socket_address(template.request.host, 9))
        name: str = sock.getsockname()[0]
        return name
    finally:
        sock.close()


def packet_info(template: "Template") -> "list[tuple[int, int, bytes]]":
    """The control message that gives packets the source address and the interface that a request asks for, if any.

    Sources: IP_PKTINFO in ip(7), RFC 3542 section 6.2.

    Raises:
        OSError: the address is not one of this host's (EADDRNOTAVAIL); or of IPv6, not the one that the kernel would
            choose for the interface: where both are given, it takes the interface as a mere wish.
    """
    request = template.request
    version, source = request.version, request.local_address
    if not source and not template.device:
        return []
    if source:
        source = source_address(template)
        if version == 6 and template.device:
            if source != route_source(template):
                raise OSError(errno.EADDRNOTAVAIL, "not the source of this interface")
            source = ""
    packed = inet_pton(FAMILY[version], source or ("0.0.0.0" if version == 4 else "::"))
    index = template.device.to_bytes(4, byteorder)
    if version == 4:
        return [(c.SOL_IP, c.IP_PKTINFO, index + packed + bytes(4))]
    return [(c.SOL_IPV6, c.IPV6_PKTINFO, packed + index)]
