"""``--both``: which address is traced from here, which one from there back to here, and how both are counted one way.

The host at the other end knows this one by the address that ssh came from; where it was not reached by ssh, this host's
address towards it is taken. Both may be another's: of a host in between (ProxyJump), or of NAT. What is known of that
is said, and what the user names always counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..errors import ResolveError, UsageError
from ..host.source import source_address
from ..sanitize import sanitize
from ..trace.one_way import EndSettings
from .targets import resolve_targets, target_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..options.model import Options
    from ..settings import Target
    from ..vantage.point import VantagePoint
    from ..vantage.ssh_route import SshRoute
    from .target_names import TypedTarget

HERE, THERE = "here", "at the other end"
# Of RFC 5737 and RFC 3849: they lead wherever the default route does. Nothing is sent to them.
ANYWHERE = {4: "192.0.2.1", 6: "2001:db8::1"}
# Of the kinds of places whose host is this one, or beside it: it reaches this host by the address that this host has
# towards it.
NEAR_KINDS = frozenset({"netns", "vrf", "docker", "podman", "exec"})
NAME_RETURN = "--return-address ADDRESS names it"
NAME_TARGET = "give its address as the target"


@dataclass(frozen=True, slots=True)
class BothWays:
    """Two traces, each from one of two hosts to the other."""

    targets: tuple[Target, Target]
    """From here to there, and from there to here."""
    ends: tuple[EndSettings, EndSettings]
    """Of the one-way count between them."""
    notes: tuple[str, ...] = ()
    """What the user should know of the addresses, a sentence each without its full stop."""


def both_ways(point: VantagePoint, typed: TypedTarget | None, options: Options) -> BothWays:
    """The two traces to a vantage point and back.

    Args:
        point: it runs already.
        typed: the target, where one was given: that host's address.
        options: what the user asked for.

    Raises:
        ResolveError: an address is not known, with how to name it.
        UsageError: the two addresses cannot be traced with each other.
    """
    found = _Addresses(point, typed, options)
    forward = replace(found.forward, vantage=sanitize("local"), direction="forward")
    settings = options.settings
    back = target_of(found.back, [found.back], forward.version, None)
    back = replace(back, vantage=point.name, direction="return", source=point.source_for(back, settings))
    near_address = settings.local_address or forward.source
    near = EndSettings(
        HERE,
        forward.address,
        near_address,
        translated=near_address != back.address,
        tos=settings.tos,
        mark=settings.mark,
    )
    far = EndSettings(THERE, back.address, found.far_address or back.source, tos=settings.tos)
    return BothWays((forward, back), (near, far), tuple(found.notes))


class _Addresses:
    """Finds the address of each end as the other one reaches it."""

    def __init__(self, point: VantagePoint, typed: TypedTarget | None, options: Options) -> None:
        self._point = point
        self._options = options
        self.notes: list[str] = []
        ssh = point.ssh_connection()
        self._client, self._server = ssh or ("", "")
        self._route: SshRoute | None = None
        if point.where.kind == "ssh":
            from ..vantage.ssh_route import ssh_route

            self._route = ssh_route(point.where)
        given = options.return_address
        version = options.family or (_version(given) if given else 0)
        self.forward = self._resolved(typed.host, version, typed.port) if typed is not None else self._forward(version)
        self.back = given or self._back()
        if _version(self.back) != self.forward.version:
            raise UsageError(
                f"{point.name}: traced by IPv{self.forward.version}, and back to {self.back}",
                remedy=f"-{_version(self.back)} may help, or --return-address",
            )
        # The address that its packets leave from: the one that it is reached at, where that is its own.
        own = self._server.partition("%")[0]
        self.far_address = own if own and _version(own) == self.forward.version else ""

    def _forward(self, version: int) -> Target:
        """The address of the other host, where the user did not name it."""
        server, route = self._server, self._route
        if version and server and _version(server) != version:
            server = ""
        if route is None:
            return self._own_address(version)
        if route.through or not route.host:
            if not server:
                raise ResolveError(f"{self._point.name}: its address is not known", remedy=NAME_TARGET)
            self.notes.append(
                f"{self._point.name} is reached by way of another host: traced is {server}, which it has itself;"
                " a target names another address"
            )
            return self._target([server])
        reached = self._resolved(route.host, version, None)
        if server and server not in (reached.address, *reached.others):
            self.notes.append(
                f"{self._point.name} has the address {server} (NAT): traced is {reached.address}, where it is reached"
            )
        elif server and server != reached.address:
            return self._target([server])
        return reached

    def _own_address(self, version: int) -> Target:
        """The address that the other host has towards this one, or else towards anywhere."""
        towards = self._options.return_address or self._client or ANYWHERE[version or 4]
        address = self._point.source_towards(towards)
        if not address:
            raise ResolveError(f"{self._point.name}: its address is not known", remedy=NAME_TARGET)
        return self._target([address])

    def _back(self) -> str:
        """This host's address, as the other one reaches it."""
        name = self._point.name
        if self._route is not None and self._route.through:
            raise ResolveError(
                f"{name}: reached by way of another host, it cannot tell this one's address", remedy=NAME_RETURN
            )
        if self._client and _version(self._client) == self.forward.version:
            return self._client
        if self._point.where.kind in NEAR_KINDS and self.forward.source:
            return self.forward.source
        raise ResolveError(f"{name}: it does not know this host's address", remedy=NAME_RETURN)

    def _resolved(self, name: str, version: int, port: int | None) -> Target:
        [found] = resolve_targets([name], version, [port])
        if not isinstance(found, ResolveError):
            return found
        raise found

    def _target(self, addresses: Sequence[str]) -> Target:
        """That of an address, by the name of the place."""
        where = self._point.where
        name = where.prefix[-1] if where.kind == "ssh" else where.text.partition(":")[2] or where.text
        [first, *_] = addresses
        made = target_of(name, addresses, _version(first), None)
        zone = f"%{made.zone}" if made.zone else ""
        return replace(made, source=source_address(f"{made.address}{zone}"))


def _version(address: str) -> int:
    return 6 if ":" in address else 4
