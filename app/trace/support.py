"""What of the settings the probe process can do, and what stands in for the rest; without I/O."""

from __future__ import annotations

from ..errors import ALLOW_ICMP, UnsupportedError
from ..protocols import PROTOCOLS, SCTP

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ..settings import TraceSettings
    from .events import ChangeKind

    # Fields of the settings that change, of which kind the change is, and what is said of it.
    Change = tuple[dict[str, object], ChangeKind, str]

NO_FLOWS = "Probes cannot be kept in one flow this way: each has its own."


def check_support(supports: Mapping[str, bool], settings: TraceSettings, versions: Iterable[int], program: str) -> None:
    """See whether the probe process can send at all, to these versions of IP, as the settings want.

    ``supports`` are its answers to the start-up questions, ``program`` is what it is called.

    Raises:
        UnsupportedError: it cannot.
    """
    if not supports.get("send-probe"):
        raise UnsupportedError(f"{program} cannot send probes")
    for version in sorted(set(versions)):
        if not supports.get(f"ip-{version}"):
            raise UnsupportedError(f"IPv{version} probes cannot be sent on this system")
    if settings.mark and not supports.get("mark"):
        raise UnsupportedError("packets cannot be marked: that takes root, or the right to set marks")


def stand_ins(
    supports: Mapping[str, bool], settings: TraceSettings, *, explicit: bool, flows_explicit: bool
) -> Iterator[Change]:
    """The changes of the settings to what can be had: ICMP that is not allowed gives way to UDP, flows to none.

    ``explicit``: the protocol was asked for by name, and nothing stands in for it; ``flows_explicit``: flows were.

    Raises:
        UnsupportedError: the protocol cannot be had, and nothing stands in for it.
    """
    protocol = settings.protocol
    if not supports.get(protocol):
        title, stand_in = PROTOCOLS[protocol].title, PROTOCOLS[protocol].stand_in
        if stand_in is None:
            remedy = "root, or CAP_NET_RAW, can send them" if protocol == SCTP.name else ""
            raise UnsupportedError(f"{title} probes cannot be sent by this user on this system", remedy=remedy)
        if explicit or not supports.get(stand_in.name):
            raise UnsupportedError(
                f"{title} is not allowed for this user; {stand_in.option} tries {stand_in.title}. {ALLOW_ICMP}"
            )
        protocol = stand_in.name
        yield (
            {"protocol": protocol},
            "fallback",
            f"{title} is not allowed for this user, using {stand_in.title}. {ALLOW_ICMP}",
        )
    if settings.flows:
        yield from _without_flows(supports, settings.flows, protocol, explicit=flows_explicit)


def _without_flows(supports: Mapping[str, bool], asked: int, protocol: str, *, explicit: bool) -> Iterator[Change]:
    """Give flows up where probes cannot keep to one; what is not our own probe process may know UDP alone."""
    ours, can = supports.get("hopscope", False), PROTOCOLS[protocol]
    knows = ours or (explicit and not can.flow_needs_own_process)
    keeps = bool(can.flow_field) and knows and (asked > 1 or not can.one_probe_a_flow)
    if not keeps and explicit:
        yield {"flows": 0}, "fallback", NO_FLOWS
    elif not ours and not keeps:
        yield {"flows": 0}, "", ""
