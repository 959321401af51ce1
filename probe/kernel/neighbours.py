"""Whether the next hop to a target has told its link-layer address, asked of the kernel's tables (rtnetlink(7)).

Until it has (ARP, RFC 826; RFC 4861), packets to it wait in this host. The kernel gives it up after some three seconds
and tells then what waits; an attempt at a connection that is over before hears nothing, though its SYN never left.
"""

from _socket import AF_INET, AF_INET6, SOCK_CLOEXEC, SOCK_RAW, inet_pton
from _socket import socket as Socket  # noqa: N812 - a class
from struct import Struct

from . import constants as c
from .sockets import FAMILY, interface_index

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .template import Template

_HEADER = Struct("=IHHII")  # nlmsghdr: length, type, flags, sequence, port
_ROUTE = Struct("=8BI")  # rtmsg: family, lengths of destination and source, tos, table, protocol, scope, type; flags
_NEIGHBOUR = Struct("=BBHiHBB")  # ndmsg: family, padding, interface, state, flags, type
_ATTRIBUTE = Struct("=HH")  # rtattr: length, type
_NUMBER = Struct("=I")
_AGES = Struct("=IIII")  # nda_cacheinfo: since confirmed, used, updated; references
_TICK_US = 10_000  # ages are told in hundredths of a second (USER_HZ)
_ANSWER_BYTES = 4096
_TYPE_MASK = 0x3FFF  # without NLA_F_NESTED and NLA_F_NET_BYTEORDER
_ATTRIBUTES_AT = _HEADER.size + 12  # both kinds of message have a head of 12 bytes


def asked_for_us(template: "Template") -> "int | None":
    """For how long the kernel has been asking for the link-layer address of the next hop of a request's packets.

    In microseconds, to some ten thousand; None: it has it, needs none, or does not say.
    """
    try:
        sock = Socket(c.AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, c.NETLINK_ROUTE)
    except OSError:
        return None
    try:
        return _asked_for_us(sock, template)
    except OSError:
        return None
    finally:
        sock.close()


def _asked_for_us(sock: Socket, template: "Template") -> "int | None":
    request = template.request
    family = FAMILY[request.version]
    target = inet_pton(family, request.address)
    wanted = [(c.RTA_DST, target)]
    device = template.device or interface_index(request.zone)
    if device:
        wanted.append((c.RTA_OIF, _NUMBER.pack(device)))
    if request.local_address:
        wanted.append((c.RTA_SRC, inet_pton(family, request.local_address)))
    if request.mark:
        wanted.append((c.RTA_MARK, _NUMBER.pack(request.mark)))
    bits = 8 * len(target)
    head = _ROUTE.pack(int(family), bits, bits if request.local_address else 0, request.tos, 0, 0, 0, 0, 0)
    route = _ask(sock, c.RTM_GETROUTE, c.RTM_NEWROUTE, head, wanted)
    if route is None or c.RTA_OIF not in route[1]:
        return None
    (device,) = _NUMBER.unpack(route[1][c.RTA_OIF])
    next_hop = route[1].get(c.RTA_GATEWAY, target)
    if c.RTA_VIA in route[1]:  # a gateway of the other IP version
        next_hop = route[1][c.RTA_VIA][2:]
    family = AF_INET if len(next_hop) == 4 else AF_INET6
    head = _NEIGHBOUR.pack(int(family), 0, 0, device, 0, 0, 0)
    neighbour = _ask(sock, c.RTM_GETNEIGH, c.RTM_NEWNEIGH, head, [(c.NDA_DST, next_hop)])
    if neighbour is None or c.NDA_CACHEINFO not in neighbour[1]:
        return None
    state = _NEIGHBOUR.unpack(neighbour[0])[4]
    updated = _AGES.unpack_from(neighbour[1][c.NDA_CACHEINFO])[2]
    return updated * _TICK_US if state & c.NUD_INCOMPLETE else None


def _ask(
    sock: Socket, kind: int, answered: int, head: bytes, attributes: "list[tuple[int, bytes]]"
) -> "tuple[bytes, dict[int, bytes]] | None":
    """The head and the attributes of the answer to one question; None where the kernel has none.

    Raises:
        OSError: it cannot be asked.
    """
    body = head + b"".join(_ATTRIBUTE.pack(_ATTRIBUTE.size + len(data), what) + data for what, data in attributes)
    sock.sendto(_HEADER.pack(_HEADER.size + len(body), kind, c.NLM_F_REQUEST, 0, 0) + body, c.MSG_DONTWAIT, (0, 0))
    answer = sock.recv(_ANSWER_BYTES, c.MSG_DONTWAIT)
    length, got, _, _, _ = _HEADER.unpack_from(answer)
    if got != answered:
        return None
    found = {}
    at = _ATTRIBUTES_AT
    while at + _ATTRIBUTE.size <= min(length, len(answer)):
        size, what = _ATTRIBUTE.unpack_from(answer, at)
        if size < _ATTRIBUTE.size:
            break
        found[what & _TYPE_MASK] = answer[at + _ATTRIBUTE.size : at + size]
        at += (size + 3) & ~3
    return answer[_HEADER.size : _ATTRIBUTES_AT], found
