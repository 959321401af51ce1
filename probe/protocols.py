"""The protocols that probes are sent with, by name: adding one begins with a record here, and a transport."""

from .limits import CONNECT_PORT
from .packet import ip
from .record import Record


class Protocol(Record):
    """What sets the probes of one protocol apart.

    ``numbers`` are those of IPv4 and IPv6, by version. ``default_port`` is the target's where a request names none, 0
    where there are no ports, or each probe has its own. ``sized``: probes can be of any size, and so be kept whole.
    ``replies_in_icmp``: the target itself answers by ICMP. ``payload_min_bytes`` is the least that follows the header.
    """

    __slots__ = ("default_port", "name", "numbers", "payload_min_bytes", "replies_in_icmp", "sized")

    def __init__(
        self,
        name: str,
        numbers: "dict[int, int]",
        *,
        default_port: int = 0,
        sized: bool = False,
        replies_in_icmp: bool = False,
        payload_min_bytes: int = 0,
    ) -> None:
        self.name = name
        self.numbers = numbers
        self.default_port = default_port
        self.sized = sized
        self.replies_in_icmp = replies_in_icmp
        self.payload_min_bytes = payload_min_bytes


ICMP = Protocol("icmp", {4: ip.ICMP, 6: ip.ICMPV6}, sized=True, replies_in_icmp=True)
UDP = Protocol("udp", {4: ip.UDP, 6: ip.UDP}, sized=True, replies_in_icmp=True, payload_min_bytes=4)
TCP = Protocol("tcp", {4: ip.TCP, 6: ip.TCP}, default_port=CONNECT_PORT)
SCTP = Protocol("sctp", {4: ip.SCTP, 6: ip.SCTP}, default_port=CONNECT_PORT)

PROTOCOLS = {one.name: one for one in (ICMP, UDP, TCP, SCTP)}
BY_NUMBER = {number: one for one in PROTOCOLS.values() for number in one.numbers.values()}
