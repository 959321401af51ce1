"""The address that probes leave from, where the kernel chooses it."""

from _socket import SOCK_CLOEXEC, SOCK_DGRAM
from _socket import socket as Socket  # noqa: N812 - a class

from .sockets import FAMILY, bind_to_device, socket_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .flight import Plan


def source_address(plan: "Plan") -> str:
    """The address that a request's packets leave from: the one that it asks for, if that is ours.

    Raises:
        OSError: there is no way to the target, or the address is not one of this host's (EADDRNOTAVAIL).
    """
    request = plan.request
    if not request.local_address:
        return route_source(plan)
    sock = Socket(FAMILY[request.version], SOCK_DGRAM | SOCK_CLOEXEC)
    try:
        bind_to_device(sock, plan.device)
        sock.bind((request.local_address, 0))
    finally:
        sock.close()
    return request.local_address


def route_source(plan: "Plan") -> str:
    """The address that the kernel would choose for a request's packets.

    Raises:
        OSError: there is no way to the target.
    """
    sock = Socket(FAMILY[plan.request.version], SOCK_DGRAM | SOCK_CLOEXEC)
    try:
        bind_to_device(sock, plan.device)
        sock.connect(socket_address(plan.request.host, 9))
        name: str = sock.getsockname()[0]
        return name
    finally:
        sock.close()
