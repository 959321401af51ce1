"""What a router says of its interfaces (RFC 5837), in words: short beside its name, whole in its details."""

from __future__ import annotations

from ...probe.interface import INCOMING, NEXT_HOP, OUTGOING, SUB_IP, Interface
from ..sanitize import NOTHING, composed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..sanitize import Text

# How an interface has to do with the probe, after its name.
ROLE_WORDS = {INCOMING: "in", SUB_IP: "in, below IP", OUTGOING: "out", NEXT_HOP: "next hop"}


def brief(interfaces: Sequence[Interface]) -> Text:
    """The interface that says most of where a probe went, such as ``ae3.100 in``; empty where none has a name.

    The incoming one comes first: it is the end of the link that the probe took. The part below IP comes last.
    """
    for role in (INCOMING, OUTGOING, NEXT_HOP, SUB_IP):
        for one in interfaces:
            if one.role == role and one.name:
                return composed(f"{one.name} {ROLE_WORDS[role]}")
    return NOTHING


def listed(interfaces: Sequence[Interface]) -> Text:
    """All that is said of all interfaces, such as ``ae3.100 in, index 526; next hop, 203.0.113.1``; empty: nothing."""
    return composed("; ".join(whole(one, ", ") for one in interfaces))


def whole(one: Interface, between: str = "  ") -> Text:
    """All that is said of an interface, such as ``ae3.100 in  index 526  198.51.100.9  MTU 9000``."""
    parts = [f"{one.name} {ROLE_WORDS[one.role]}" if one.name else ROLE_WORDS[one.role]]
    if one.index is not None:
        parts.append(f"index {one.index}")
    if one.address:
        parts.append(one.address)
    if one.mtu is not None:
        parts.append(f"MTU {one.mtu}")
    return composed(between.join(parts))
