"""What the interfaces have carried that lead to the targets, by their byte counters (rtnetlink(7)).

Asked of the kernel by netlink, which any user may, because what /sys/class/net shows may be another network
namespace's: it shows that in which it was mounted.
"""

from __future__ import annotations

import socket
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..settings import Target, TraceSettings

# linux/rtnetlink.h, linux/if_link.h
RTM_NEWROUTE, RTM_GETROUTE, RTM_NEWSTATS, RTM_GETSTATS = 24, 26, 92, 94
RTA_DST, RTA_SRC, RTA_OIF, RTA_MARK = 1, 2, 4, 16
IFLA_STATS_LINK_64 = 1
NLM_F_REQUEST = 1
REPLY_BYTES = 16384
# The route may come to lead elsewhere: it is asked for again after so many readings.
ROUTE_READINGS = 10

_HEADER = struct.Struct("=IHHII")  # struct nlmsghdr: length, type, flags, sequence number, port
_ROUTE = struct.Struct("=8BI")  # struct rtmsg: family, destination and source length, six more, flags
_STATS = struct.Struct("=BxxxII")  # struct if_stats_msg: family, interface, mask of what is wanted
_ATTRIBUTE = struct.Struct("=HH")  # struct rtattr: length with this header, type
_COUNTERS = struct.Struct("=QQQQ")  # struct rtnl_link_stats64 begins so: packets in and out, bytes in and out


class OwnTraffic:
    """Reads the counters of the interfaces by which probes to each of the targets leave.

    Where the system has no netlink, or an older one, nothing is ever read.
    """

    def __init__(self, targets: Sequence[Target], settings: TraceSettings) -> None:
        self._targets = tuple(targets)
        self._settings = settings
        self._sequence = 0
        # By target: number and name of its interface, and how often that is still to be taken without asking.
        self._known: dict[int, tuple[int, str, int]] = {}
        self._socket: socket.socket | None = None
        try:
            self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, 0)
            self._socket.setblocking(False)  # noqa: FBT003 - the socket's own interface
        except (AttributeError, OSError):
            return

    def read(self, index: int) -> tuple[str, int] | None:
        """The interface that leads to the target with this index, and the bytes it has carried, in and out.

        None where that cannot be known. It takes some tens of microseconds.
        """
        if self._socket is None:
            return None
        number, name, left = self._known.pop(index, (0, "", 0))
        try:
            if not left:
                number, left = self._interface(index), ROUTE_READINGS
                name = socket.if_indextoname(number)
            carried = self._carried(number)
        except (OSError, ValueError, struct.error):
            return None
        self._known[index] = (number, name, left - 1)
        return name, carried

    def close(self) -> None:
        """Ask no more."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _interface(self, index: int) -> int:
        """The number of the interface that probes to a target leave by.

        Raises:
            OSError: there is none.
        """
        target, settings = self._targets[index], self._settings
        bound = settings.local_device or target.zone
        if bound:
            return socket.if_nametoindex(bound)
        family = socket.AF_INET if target.version == 4 else socket.AF_INET6
        destination = socket.inet_pton(family, target.address)
        source = socket.inet_pton(family, settings.local_address) if settings.local_address else b""
        body = _ROUTE.pack(family, 8 * len(destination), 8 * len(source), settings.tos & 0x1C, 0, 0, 0, 0, 0)
        body += _attribute(RTA_DST, destination)
        if source:
            body += _attribute(RTA_SRC, source)
        if settings.mark:
            body += _attribute(RTA_MARK, struct.pack("=I", settings.mark))
        answer = self._ask(RTM_GETROUTE, body, RTM_NEWROUTE)
        return int(struct.unpack("=I", _find(answer[_ROUTE.size :], RTA_OIF)[:4])[0])

    def _carried(self, number: int) -> int:
        """Bytes in and out of an interface since it came up.

        Raises:
            OSError: there is no such interface.
        """
        answer = self._ask(RTM_GETSTATS, _STATS.pack(0, number, 1 << (IFLA_STATS_LINK_64 - 1)), RTM_NEWSTATS)
        _, _, bytes_in, bytes_out = _COUNTERS.unpack_from(_find(answer[_STATS.size :], IFLA_STATS_LINK_64))
        return int(bytes_in + bytes_out)

    def _ask(self, kind: int, body: bytes, answer_kind: int) -> bytes:
        """The body of the kernel's answer to a question.

        Raises:
            OSError: it refuses, or answers something else.
        """
        assert self._socket is not None
        self._sequence += 1
        self._socket.sendto(
            _HEADER.pack(_HEADER.size + len(body), kind, NLM_F_REQUEST, self._sequence, 0) + body, (0, 0)
        )
        while True:  # the answer is there when the question has been sent; what is older goes
            data = self._socket.recv(REPLY_BYTES)
            length, got, _, sequence, _ = _HEADER.unpack_from(data)
            if sequence == self._sequence:
                break
        if got != answer_kind or length > len(data):
            raise OSError(f"netlink message {kind} is answered by {got}")
        return data[_HEADER.size : length]


def _attribute(kind: int, value: bytes) -> bytes:
    return _ATTRIBUTE.pack(_ATTRIBUTE.size + len(value), kind) + value + bytes(-len(value) % 4)


def _find(data: bytes, kind: int) -> bytes:
    """The value of the first attribute of a kind.

    Raises:
        ValueError: there is none.
    """
    while len(data) >= _ATTRIBUTE.size:
        length, this = _ATTRIBUTE.unpack_from(data)
        if length < _ATTRIBUTE.size:
            break
        if this == kind:
            return data[_ATTRIBUTE.size : length]
        data = data[(length + 3) & ~3 :]
    raise ValueError(f"no attribute {kind}")
