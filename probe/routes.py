"""Which interface leads to an address, and what it has carried, by the kernel's tables (rtnetlink(7)).

Asked by netlink, which any user may, because what /sys/class/net shows may be another network namespace's: it shows
that in which it was mounted.
"""

import os
import socket
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

# linux/rtnetlink.h, linux/if_link.h
RTM_NEWROUTE, RTM_GETROUTE, RTM_NEWSTATS, RTM_GETSTATS = 24, 26, 92, 94
RTA_DST, RTA_SRC, RTA_OIF, RTA_MARK = 1, 2, 4, 16
IFLA_STATS_LINK_64 = 1
NLMSG_ERROR, NLM_F_REQUEST = 2, 1
RTN_BROADCAST, RTN_PROHIBIT = 3, 8
REPLY_BYTES = 16384

_HEADER = struct.Struct("=IHHII")  # struct nlmsghdr: length, type, flags, sequence number, port
_ROUTE = struct.Struct("=8BI")  # struct rtmsg: family, destination and source length, six more, flags
_STATS = struct.Struct("=BxxxII")  # struct if_stats_msg: family, interface, mask of what is wanted
_ATTRIBUTE = struct.Struct("=HH")  # struct rtattr: length with this header, type
_COUNTERS = struct.Struct("=QQQQ")  # struct rtnl_link_stats64 begins so: packets in and out, bytes in and out


class Routes:
    """Asks the kernel about its routes and interfaces. Each answer takes some tens of microseconds.

    Raises:
        OSError: the system has no netlink.
    """

    def __init__(self) -> None:
        family = getattr(socket, "AF_NETLINK", None)
        if family is None:
            raise OSError("no netlink")
        self._sequence = 0
        self._socket = socket.socket(family, socket.SOCK_RAW | socket.SOCK_CLOEXEC, 0)
        self._socket.setblocking(False)  # noqa: FBT003 - the socket's own interface

    def close(self) -> None:
        """Ask no more."""
        self._socket.close()

    def interface(self, address: str, *, source: str = "", tos: int = 0, mark: int = 0) -> int:
        """The number of the interface that packets to an address leave by.

        Raises:
            OSError: there is none.
        """
        found = _find(self._route(address, source, tos, mark)[_ROUTE.size :], RTA_OIF)
        if len(found) < 4:
            _lacks(RTA_OIF)
        return int(struct.unpack("=I", found[:4])[0])

    def kind(self, address: str, *, source: str = "", tos: int = 0, mark: int = 0) -> int:
        """What kind of route leads to an address: ``RTN_BROADCAST``, ``RTN_PROHIBIT`` or another one (rtnetlink(7)).

        Raises:
            OSError: there is none; EACCES: one that prohibits all packets.
        """
        answer = self._route(address, source, tos, mark)
        return int(_ROUTE.unpack_from(answer)[7]) if len(answer) >= _ROUTE.size else 0

    def _route(self, address: str, source: str, tos: int, mark: int) -> bytes:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        to, from_ = socket.inet_pton(family, address), socket.inet_pton(family, source) if source else b""
        body = _ROUTE.pack(family, 8 * len(to), 8 * len(from_), tos & 0x1C, 0, 0, 0, 0, 0) + _attribute(RTA_DST, to)
        if source:
            body += _attribute(RTA_SRC, from_)
        if mark:
            body += _attribute(RTA_MARK, struct.pack("=I", mark))
        return self._ask(RTM_GETROUTE, body, RTM_NEWROUTE)

    def carried(self, number: int) -> int:
        """Bytes in and out of an interface since it came up.

        Raises:
            OSError: there is no such interface, or the system does not count.
        """
        answer = self._ask(RTM_GETSTATS, _STATS.pack(0, number, 1 << (IFLA_STATS_LINK_64 - 1)), RTM_NEWSTATS)
        found = _find(answer[_STATS.size :], IFLA_STATS_LINK_64)
        if len(found) < _COUNTERS.size:
            _lacks(IFLA_STATS_LINK_64)
        _, _, bytes_in, bytes_out = _COUNTERS.unpack_from(found)
        return int(bytes_in + bytes_out)

    def _ask(self, kind: int, body: bytes, answer_kind: int) -> bytes:
        """The body of the kernel's answer to a question.

        Raises:
            OSError: it refuses, or answers something else.
        """
        self._sequence += 1
        self._socket.sendto(
            _HEADER.pack(_HEADER.size + len(body), kind, NLM_F_REQUEST, self._sequence, 0) + body, (0, 0)
        )
        while True:  # the answer is there when the question has been sent; what is older goes
            data = self._socket.recv(REPLY_BYTES)
            if len(data) < _HEADER.size:
                raise OSError("netlink: a short message")
            length, got, _, sequence, _ = _HEADER.unpack_from(data)
            if sequence == self._sequence:
                break
        if got == NLMSG_ERROR and len(data) >= _HEADER.size + 4:  # struct nlmsgerr begins with the negative errno
            number = -struct.unpack_from("=i", data, _HEADER.size)[0]
            raise OSError(number, os.strerror(number))
        if got != answer_kind or length > len(data):
            raise OSError(f"netlink message {kind} is answered by {got}")
        return data[_HEADER.size : length]


def _attribute(kind: int, value: bytes) -> bytes:
    return _ATTRIBUTE.pack(_ATTRIBUTE.size + len(value), kind) + value + bytes(-len(value) % 4)


def _find(data: bytes, kind: int) -> bytes:
    """The value of the first attribute of a kind.

    Raises:
        OSError: there is none.
    """
    while len(data) >= _ATTRIBUTE.size:
        length, this = _ATTRIBUTE.unpack_from(data)
        if length < _ATTRIBUTE.size:
            break
        if this == kind:
            return data[_ATTRIBUTE.size : length]
        data = data[(length + 3) & ~3 :]
    return _lacks(kind)


def _lacks(kind: int) -> "NoReturn":
    raise OSError(f"netlink: no attribute {kind}")
