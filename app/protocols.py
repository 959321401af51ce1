"""The table of protocols that probes can be sent with, over that of the probe process: adding one is a record in each.

Names are those of the line protocol, of options and of JSON; ``title`` is for prose. Imported before ``--help`` is
answered, so nothing costly is.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from ..probe.protocols import Protocol as Sent

    ProtocolName = Literal["icmp", "udp", "tcp", "sctp"]
    FlowField = Literal["", "checksum", "ports", "source-port"]


class Protocol:
    """What sets the probes of one protocol apart."""

    __slots__ = (
        "flow_field",
        "flow_needs_own_process",
        "has_ports",
        "name",
        "one_probe_a_flow",
        "option",
        "stand_in",
        "title",
        "window_max",
    )

    name: ProtocolName
    title: str
    """As prose has it: upper case."""
    option: str
    """How the command line asks for it, for messages: ``-u``."""
    has_ports: bool
    window_max: int
    """How many probes may be in flight at most in the round that discovers the path."""
    flow_field: FlowField
    """What keeps probes in one flow, by the field that the request sets; empty: nothing does.

    ``checksum``: of ICMP, in the place of ports. ``ports``: both. ``source-port``: the target's is the user's.
    """
    flow_needs_own_process: bool
    """Whether only our own probe process can hold it in one flow; stock mtr-packet cannot."""
    one_probe_a_flow: bool
    """Whether the system lets one probe at a time have a flow, so that a round cannot be probed in one flow."""
    stand_in: Protocol | None
    """What is probed with instead where this user may not send it, unless it was asked for by name; None: nothing."""

    def __init__(
        self,
        name: ProtocolName,
        option: str,
        *,
        has_ports: bool = True,
        window_max: int = 8,
        flow_field: FlowField = "",
        flow_needs_own_process: bool = True,
        one_probe_a_flow: bool = False,
        stand_in: Protocol | None = None,
    ) -> None:
        self.name = name
        self.title = name.upper()
        self.option = option
        self.has_ports = has_ports
        self.window_max = window_max
        self.flow_field = flow_field
        self.flow_needs_own_process = flow_needs_own_process
        self.one_probe_a_flow = one_probe_a_flow
        self.stand_in = stand_in

    @property
    def default_port(self) -> int:
        """The target's port where the user names none; 0: each flow has its own, or there are no ports."""
        return self._sent.default_port

    @property
    def any_size(self) -> bool:
        """Whether a probe can be as large as is asked for, which a search for the path MTU needs."""
        return self._sent.sized

    @property
    def replies_in_icmp(self) -> bool:
        """Whether the target answers by ICMP (echo reply, port unreachable), which hosts limit in rate."""
        return self._sent.replies_in_icmp

    @property
    def _sent(self) -> Sent:
        from ..probe.protocols import PROTOCOLS as SENT

        return SENT[self.name]


UDP = Protocol(
    "udp",
    "-u",
    window_max=6,  # these are answered by errors, of which a host sends about six in a burst (icmp_ratelimit)
    flow_field="ports",
    flow_needs_own_process=False,
)
ICMP = Protocol("icmp", "--icmp", has_ports=False, flow_field="checksum", stand_in=UDP)
TCP = Protocol("tcp", "-T", flow_field="source-port", one_probe_a_flow=True)
SCTP = Protocol("sctp", "-S")

PROTOCOLS: dict[str, Protocol] = {one.name: one for one in (ICMP, UDP, TCP, SCTP)}

# What is said where a port was given to a protocol that has none, and what to do.
NO_PORTS = f"{ICMP.title} has no ports"
*_SOME, _LAST = (one.option for one in PROTOCOLS.values() if one.has_ports)
USE_PORTS = f"use {', '.join(_SOME)} or {_LAST}"
