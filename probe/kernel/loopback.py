"""Probes to this host itself while its loopback interface is down: the kernel takes such packets and drops them.

A send to an address of IPv4 reports success then, and ::1 follows the default route out of this host. Whether the
interface is up is asked by netlink (rtnetlink(7)), whose sockets need no file.
"""

from _socket import SOCK_CLOEXEC, SOCK_RAW, inet_pton
from _socket import socket as Socket  # noqa: N812 - a class
from struct import Struct

from .. import wire
from ..wire import Answer
from .sockets import FAMILY
from .source import route_source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .template import Template

_NETLINK_FAMILY = 16
_RTM_NEWLINK, _RTM_GETLINK = 16, 18
_REQUEST_FLAG = 1
_UP = 1  # IFF_UP of netdevice(7)
_LOOPBACK_INDEX = 1  # the first interface of every network namespace
# struct nlmsghdr (length, type, flags, sequence number, port) and struct ifinfomsg (family, type, index, flags, mask).
_LINK = Struct("=IHHII BxHiII")
_ANSWER_BYTES = 32768


def leads_here(template: "Template") -> bool:
    """Whether packets of a request are for this host: to a loopback address, or to the one that they leave from."""
    request = template.request
    address = inet_pton(FAMILY[request.version], request.host.partition("%")[0])
    if address[0] == 127 if request.version == 4 else address == b"\0" * 15 + b"\1":
        return True
    try:
        source = route_source(template)
    except OSError:  # sending says so, too
        return False
    return inet_pton(FAMILY[request.version], source.partition("%")[0]) == address


def is_down() -> bool:
    """Whether the loopback interface is down; False where the kernel does not say."""
    try:
        asker = Socket(_NETLINK_FAMILY, SOCK_RAW | SOCK_CLOEXEC, 0)
    except OSError:
        return False
    try:
        asker.send(_LINK.pack(_LINK.size, _RTM_GETLINK, _REQUEST_FLAG, 0, 0, 0, 0, _LOOPBACK_INDEX, 0, 0))
        answer = asker.recv(_ANSWER_BYTES)  # the kernel has put it there by the time that send returns
    except OSError:
        return False
    finally:
        asker.close()
    if len(answer) < _LINK.size:
        return False
    _, kind, _, _, _, _, _, _, flags, _ = _LINK.unpack_from(answer)
    return kind == _RTM_NEWLINK and not flags & _UP


def checked(
    send: "Callable[[int, Template], Answer | None]",
) -> "Callable[[int, Template], Answer | None]":
    """A way to send that sends nothing while the loopback interface is down."""

    def send_checked(serial: int, template: "Template") -> "Answer | None":
        return Answer(wire.NETWORK_DOWN) if is_down() else send(serial, template)

    return send_checked
