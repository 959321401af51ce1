"""What a report is told beside the trace itself: how to show it, and what addresses are called."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..path.interfaces import listed
from ..resolve.facts import AS_NAME, AS_NUMBER, FACTS, owner
from ..sanitize import NOTHING, composed, sanitize, sanitize_name
from ..settings import ReportSettings
from ..trace.refusals import at_hop
from .layouts import LAYOUTS, Layout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..path.snapshot import Hop, Responder, Snapshot
    from ..sanitize import Text
    from ..settings import Target
    from ..trace.mtu.path_mtu import PathMtu

    MtuFound = tuple[PathMtu, Snapshot]  # a path MTU, and the trace that it was found beside

UNKNOWN = sanitize("???")
LOCALHOST = sanitize_name("localhost")


def _nothing(_address: str) -> Text | None:
    return None


def _no_fact(_address: str, _kind: int) -> Text | None:
    return None


@dataclass(frozen=True, slots=True)
class Context:
    """How to show a trace."""

    settings: ReportSettings = field(default_factory=ReportSettings)
    """What the report shows, and how."""
    local_host: Text = LOCALHOST
    """The name of this host."""
    name: Callable[[str], Text | None] = _nothing
    """Gives the reverse name of an address, sanitized; None: not known."""
    fact: Callable[[str, int], Text | None] = _no_fact
    """Gives a fact of an address's network by its number in ``FACTS``, sanitized; None: not known."""

    note: Text = NOTHING
    """What the user adds to a ticket; empty: nothing."""

    picture: str = ""
    """The screen as an SVG document, for pages; empty: there is none."""

    @property
    def layout(self) -> Layout:
        """What sets the chosen version of mtr's outputs apart."""
        return LAYOUTS[self.settings.layout]

    def source(self, target: Target) -> Text:
        """What the host is called that a target is traced from: the vantage point, or this host."""
        return target.vantage or self.local_host

    def beginning(self, target: Target) -> Text:
        """The same, and by which protocol or family it is traced where that was named."""
        source = self.source(target)
        return source if target.kind is None else composed(f"{source} by {target.kind.words}")

    def host(self, address: str | None) -> Text:
        """An address as it is shown: by name where it has one, followed by the address if that is asked for."""
        if address is None:
            return UNKNOWN
        name = self.name(address)
        if name is None or name == address:
            return composed(address)
        return composed(f"{name} ({address})") if self.settings.show_ips else name

    def hop_host(self, hop: Hop) -> Text:
        """How a hop is called; newer layouts show an error in place of the address that told of it."""
        if self.layout.errors_named and (error := at_hop(hop.error)):
            return composed(error)
        return self.host(hop.address)

    def as_fact(self, address: str | None, number: int) -> Text:
        """A fact of an address's network as it is read alone, such as ``AS64501``, or question marks."""
        return composed(FACTS[number].prefix + ((address is not None and self.fact(address, number)) or UNKNOWN))

    def owner(self, address: str) -> str | None:
        """The network of an address as one says it, such as ``AS64501 transit.example``; None where it is not known."""
        return owner(self.fact(address, AS_NUMBER), self.fact(address, AS_NAME))

    def interfaces(self, responder: Responder) -> Text:
        """All that a router says of its interfaces, where that is shown; empty: nothing."""
        return listed(responder.interfaces) if self.settings.interfaces and responder.interfaces else NOTHING

    def hop_interfaces(self, hop: Hop) -> Text:
        """The same of the router that answered last; empty also where an error stands in its place."""
        return self.interfaces(hop.responders[hop.latest]) if hop.latest >= 0 and not hop.error else NOTHING

    def other_responders(self, hop: Hop) -> tuple[Responder, ...]:
        """The addresses of a hop beside the one that answered last, in the order of their first answer."""
        others = tuple(one for index, one in enumerate(hop.responders) if index != hop.latest)
        return others[: max(0, self.settings.max_display_path - 1)]
