"""Packets that nobody may cut into fragments, and what this host's own interface takes.

Sources: IP_MTU_DISCOVER in ip(7), IPV6_MTU_DISCOVER in ipv6(7), IPV6_DONTFRAG in RFC 3542 section 11.2. In the mode
PROBE the kernel ignores the path MTU that it has learnt, so that sizes can be tried anew.
"""

import errno
from _socket import AF_INET, AF_INET6, SOCK_CLOEXEC, SOCK_DGRAM
from _socket import socket as Socket  # noqa: N812 - a class

from ..limits import HEADER_BYTES
from . import ancillary
from . import constants as c
from .sockets import bind_to_device, interface_index, report_errors, socket_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..wire import ProbeRequest

DISCARD_PORT = 9
ERRORS_MAX = 4


def set_fragmenting(sock: Socket, version: int, *, allowed: bool) -> None:
    """Let the socket's packets be fragmented where need be, or refuse and mark them so that they are not."""
    if version == 4:
        sock.setsockopt(c.SOL_IP, c.IP_MTU_DISCOVER, c.PMTUDISC_OMIT if allowed else c.PMTUDISC_PROBE)
    else:
        sock.setsockopt(c.SOL_IPV6, c.IPV6_MTU_DISCOVER, c.PMTUDISC_DONT if allowed else c.PMTUDISC_PROBE)
        sock.setsockopt(c.SOL_IPV6, c.IPV6_DONTFRAG, int(not allowed))


def interface_mtu(request: "ProbeRequest") -> "int | None":
    """What the interface takes, in bytes of a whole packet, that has just refused a probe as too big.

    The kernel says so on the error queue, which not every kind of probe's socket has; so a datagram of the same size
    is offered on one that has, and refused in the same way. None: the kernel did not say.
    """
    version = request.version
    sock = Socket(AF_INET if version == 4 else AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC)
    try:
        sock.setblocking(False)  # noqa: FBT003 - the socket's own interface
        report_errors(sock, version)
        set_fragmenting(sock, version, allowed=False)
        bind_to_device(sock, interface_index(request.local_device))
        if request.local_address:
            sock.bind((request.local_address, 0))
        sock.sendto(bytes(request.size - HEADER_BYTES[version]), socket_address(request.host, DISCARD_PORT))
    except OSError as error:
        return _refused_at(sock) if error.errno == errno.EMSGSIZE else None
    finally:
        sock.close()
    return None


def _refused_at(sock: Socket) -> "int | None":
    for _ in range(ERRORS_MAX):
        try:
            _, messages, _, _ = sock.recvmsg(0, ancillary.SPACE_BYTES, c.MSG_ERRQUEUE)
        except OSError:
            return None
        data, _, _ = ancillary.read(messages)
        error = ancillary.ExtendedError(data) if data else None
        if error is not None and error.origin == c.ORIGIN_LOCAL and error.number == errno.EMSGSIZE:
            mtu: int = error.info
            return mtu
    return None
