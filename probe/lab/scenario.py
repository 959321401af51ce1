"""A simulated network, read from TOML: a path of hops, what changes on it and when, and further targets.

    title = "..."                   one line that says what is to be seen
    source = "192.0.2.2"            and source6: the address that traces start from
    mtu = 1500                      what its interface takes (packets that may be fragmented pass whole)
    seed = 1                        of every random choice
    repeat_s = 60                   time starts anew then, so changes come again

    [[hop]]                         the path; the last hop is the target (keys: hop.py)

    [[change]]                      from at_s on (to until_s) the path is another
    at_s = 20
    length = 9                      cut or lengthened to so many hops
    loop = [4, 5]                   after the second of these hops follows the first
    [change.hop.5]                  replaces keys of that hop

    [[target]]                      a further target
    after = 3                       hops shared with the path
    [[target.hop]]                  and those of its own

Times count from the first packet. Shipped scenarios are the TOML files beside this module; programs that only list
them, or resolve their names, need this module alone.
"""

import errno
import math
import os
import socket
import stat
import tomllib
from pathlib import Path

from ..record import Record
from .hop import Hop
from .schema import (
    NETWORK_UNREACHABLE,
    ScenarioError,
    UnknownScenario,
    address,
    check_table,
    listed,
    number,
    table_of,
    text,
    where,
    whole,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

FOLDER = Path(__file__).parent / "scenarios"
DEFAULT = "steady"
SIZE_MAX_BYTES = 1 << 20
HOPS_MAX = 64
ELSEWHERE = b""  # the destination of all packets that no route is for: the first hop says that there is none
_SOURCE_V4 = socket.inet_pton(socket.AF_INET, "192.0.2.2")
_SOURCE_V6 = socket.inet_pton(socket.AF_INET6, "2001:db8::2")


class Route(Record):
    """The hops that packets to one destination pass; ``loop`` is the index that follows the last one, -1 for none."""

    __slots__ = ("hops", "loop")

    def __init__(self, hops: "tuple[Hop, ...]", loop: int = -1) -> None:
        self.hops = hops
        self.loop = loop


class Phase(Record):
    """The network between two moments: routes by packed destination, times in microseconds from the start."""

    __slots__ = ("from_us", "routes", "until_us")

    def __init__(self, from_us: float, until_us: float, routes: "dict[bytes, Route]") -> None:
        self.from_us = from_us
        self.until_us = until_us
        self.routes = routes


class Scenario(Record):
    """A whole scenario; ``phases`` are in the order of their precedence, the lasting state last."""

    __slots__ = ("mtu", "name", "phases", "repeat_us", "seed", "sources", "title")

    def __init__(
        self,
        name: str,
        title: str,
        *,
        seed: int,
        sources: "dict[int, bytes]",
        phases: "tuple[Phase, ...]",
        repeat_us: float,
        mtu: int,
    ) -> None:
        self.name = name
        self.title = title
        self.seed = seed
        self.sources = sources
        self.phases = phases
        self.repeat_us = repeat_us
        self.mtu = mtu

    def routes_at(self, time_us: float) -> "dict[bytes, Route]":
        """The routes that hold at a time since the start."""
        if self.repeat_us:
            time_us %= self.repeat_us
        for phase in self.phases:
            if phase.from_us <= time_us < phase.until_us:
                return phase.routes
        return self.phases[-1].routes

    def target(self, version: "int | None" = None) -> str:
        """The target's address; without a version that of IPv4 where the scenario has it.

        Raises:
            ScenarioError: the scenario has no target of that version.
        """
        addresses = _last_route(self).hops[-1].addresses
        version = version or min(addresses)
        if version not in addresses:
            raise ScenarioError(f"scenario {self.name}: has no IPv{version} target")
        return _text(addresses[version][0])

    def source(self, version: int) -> str:
        """The address that traces of this version start from; empty where there are none."""
        return _text(self.sources[version]) if version in self.sources else ""

    def own_bytes(self, time_us: float) -> "int | None":
        """What the host's own traffic has carried by a time since the start; None where no queue is filled by it.

        It rises and falls with the queue (journey.py): this is the integral of its rate.
        """
        queue = next((hop.queue for hop in _last_route(self).hops if hop.queue.get("own_mbit")), None)
        if queue is None:
            return None
        time_s, period_s = time_us / 1e6, queue["period_s"]
        full_s = time_s / 2 - period_s * math.sin(2 * math.pi * time_s / period_s) / (4 * math.pi)
        return int(queue["own_mbit"] * 1e6 / 8 * full_s)

    @property
    def target_name(self) -> str:
        """The target's name, or its address where it has none."""
        names = _last_route(self).hops[-1].names
        return names[0] if names else self.target()

    def hops(self) -> "list[Hop]":
        """Every hop of every phase and target."""
        return [hop for phase in self.phases for route in phase.routes.values() for hop in route.hops]

    def names(self) -> "dict[str, str]":
        """Names by address, what reverse DNS would say."""
        return {
            _text(address): hop.names[min(at, len(hop.names) - 1)]
            for hop in self.hops()
            if hop.names
            for addresses in hop.addresses.values()
            for at, address in enumerate(addresses)
        }

    def origins(self) -> "dict[str, tuple[int, str]]":
        """Autonomous system number and name by address, what a routing table would say."""
        return {
            _text(address): (hop.asn, hop.as_name)
            for hop in self.hops()
            if hop.asn
            for addresses in hop.addresses.values()
            for address in addresses
        }


def _text(packed: bytes) -> str:
    return socket.inet_ntop(socket.AF_INET if len(packed) == 4 else socket.AF_INET6, packed)


def _last_route(scenario: Scenario) -> Route:
    """The main path of the lasting state: the one whose target was given first."""
    return next(iter(scenario.phases[-1].routes.values()))


def shipped() -> "list[str]":
    """The names of the scenarios that come with the package, the default one first."""
    return sorted((path.stem for path in FOLDER.glob("*.toml")), key=lambda name: (name != DEFAULT, name))


def describe() -> "list[tuple[str, str]]":
    """Name and title of every shipped scenario."""
    return [(name, load(name).title) for name in shipped()]


def load(name_or_file: str) -> Scenario:
    """A shipped scenario by name, or one from a file (a name with a dot or a slash).

    Raises:
        UnknownScenario: none has the name.
        ScenarioError: it cannot be read; the message is one line that names the file.
    """
    return parse(text_of(name_or_file), name_or_file)


def text_of(name_or_file: str, open_file: "Callable[[str], int] | None" = None) -> str:
    """The TOML text of a scenario, see ``load``; ``open_file`` gives a descriptor of a file, in place of ``os.open``.

    Raises:
        UnknownScenario: none has the name.
        ScenarioError: it cannot be read; the message is one line that names the file.
    """
    is_file = "/" in name_or_file or "." in name_or_file
    path = name_or_file if is_file else f"{FOLDER}/{name_or_file}.toml"
    try:
        return _read((open_file or _open)(path))
    except FileNotFoundError:
        if is_file:
            raise ScenarioError(f"{path}: no such scenario file") from None
        raise UnknownScenario(f"no scenario {name_or_file!r}; there are: {', '.join(shipped())}") from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ScenarioError(f"{path}: {reason}") from None


def _open(path: str) -> int:
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)


def _read(descriptor: int) -> str:
    """The text of an opened file, which neither waits for a writer nor goes on for ever; it is closed."""
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        data = file.read(SIZE_MAX_BYTES + 1)
    if len(data) > SIZE_MAX_BYTES:
        raise OSError(errno.EFBIG, f"larger than {SIZE_MAX_BYTES >> 20} MiB")
    return data.decode("utf-8")


def parse(source: str, name: str = "scenario") -> Scenario:
    """Read a scenario from TOML text; ``name`` is what messages call it.

    Raises:
        ScenarioError: it is no TOML (the message has line and column), or a key is wrong (the message names it).
    """
    try:
        table = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"scenario {name}: {error}") from None
    except RecursionError:
        raise ScenarioError(f"scenario {name}: tables or lists are nested too deeply") from None
    except ValueError:  # Python's limit of digits
        raise ScenarioError(f"scenario {name}: a number is too long") from None
    with where(f"scenario {name}"):
        return _scenario(table, name)


def _tables(value: "Any") -> "list[dict[str, Any]]":
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise ScenarioError("must be an array of tables")
    return value


_SCENARIO: "dict[str, Callable[[Any], Any]]" = {
    "title": text,
    "source": address(socket.AF_INET),
    "source6": address(socket.AF_INET6),
    "mtu": lambda value: whole(value, 68, 65535),
    "seed": lambda value: whole(value, 0, 1 << 32),
    "repeat_s": lambda value: number(value, 0.001),
    "hop": _tables,
    "change": _tables,
    "target": _tables,
}


def _scenario(table: "dict[str, Any]", name: str) -> Scenario:
    value = check_table(table, _SCENARIO, ("title", "hop"))
    hop_tables: list[dict[str, Any]] = value["hop"]
    targets = value.get("target", [])
    phases = []
    for at, change in enumerate(value.get("change", []), 1):
        with where(f"change {at}"):
            phases.append(_changed(change, hop_tables, targets))
    # Of two changes that hold, the later one wins.
    phases.sort(key=lambda phase: -phase.from_us)
    phases.append(Phase(0, float("inf"), _routes(hop_tables, -1, targets)))
    return Scenario(
        name,
        value["title"],
        seed=value.get("seed", 1),
        sources={4: value.get("source", _SOURCE_V4), 6: value.get("source6", _SOURCE_V6)},
        phases=tuple(phases),
        repeat_us=value.get("repeat_s", 0) * 1e6,
        mtu=value.get("mtu", 1500),
    )


def _any(value: "Any") -> "Any":
    return value


_CHANGE: "dict[str, Callable[[Any], Any]]" = {
    "at_s": number,
    "until_s": number,
    "length": lambda value: whole(value, 1, HOPS_MAX),
    "loop": listed(lambda value: whole(value, 1, HOPS_MAX)),
    "hop": _any,
}
_TARGET: "dict[str, Callable[[Any], Any]]" = {"after": lambda value: whole(value, 0, HOPS_MAX), "hop": _tables}


def _changed(change: "dict[str, Any]", hop_tables: "list[dict[str, Any]]", targets: "list[dict[str, Any]]") -> Phase:
    value = check_table(change, _CHANGE, ("at_s",))
    length = value.get("length", len(hop_tables))
    # The target stays the last hop when the path is cut or lengthened.
    *routers, target = hop_tables
    tables = [*routers[: length - 1], *({} for _ in range(length - 1 - len(routers))), target]
    for key, override in table_of(value.get("hop", {}), "hop").items():
        if not (key.isascii() and key.isdecimal() and len(key) <= 3) or not 1 <= int(key) <= length:
            raise ScenarioError(f"hop.{key}: must be the number of a hop, from 1 to {length}")
        table_of(override, f"hop.{key}")
        tables[int(key) - 1] = {**tables[int(key) - 1], **override}
    loop = -1
    if "loop" in value:
        first, last = value["loop"][0], value["loop"][-1]
        if len(value["loop"]) != 2 or not first <= last < length:
            raise ScenarioError(f"loop: must be the first and the last hop of the loop, before hop {length}")
        loop = first - 1
        tables = [*tables[:last], tables[-1]]
    return Phase(value["at_s"] * 1e6, value.get("until_s", float("inf")) * 1e6, _routes(tables, loop, targets))


def _routes(tables: "list[dict[str, Any]]", loop: int, targets: "list[dict[str, Any]]") -> "dict[bytes, Route]":
    """Routes to the target, to further targets, to every router by its own address, and to elsewhere."""
    hops = _hops(tables)
    routes = {packed: Route(hops[:-1], loop) if loop >= 0 else Route(hops) for packed in _addresses(hops[-1])}
    for at, target in enumerate(targets, 1):
        with where(f"target {at}"):
            value = check_table(target, _TARGET, ("hop",))
            own = _hops([*tables[: value.get("after", 0)], *value["hop"]])
        for packed in _addresses(own[-1]):
            routes.setdefault(packed, Route(own))
    routes[ELSEWHERE] = Route(_hops([{**tables[0], "block": NETWORK_UNREACHABLE}, tables[0]]))
    for route in list(routes.values()):
        for end, hop in enumerate(route.hops, 1):
            for packed in _addresses(hop):
                routes.setdefault(packed, Route(route.hops[:end]))
    return routes


def _addresses(hop: Hop) -> "list[bytes]":
    return [packed for addresses in hop.addresses.values() for packed in addresses]


def _hops(tables: "list[dict[str, Any]]") -> "tuple[Hop, ...]":
    """Hops with the delays of their links and their balancers."""
    if not 1 <= len(tables) <= HOPS_MAX:
        raise ScenarioError(f"hop: there must be from 1 to {HOPS_MAX}")
    hops: list[Hop] = []
    for ttl, table in enumerate(tables, 1):
        with where(f"hop {ttl}"):
            hops.append(_hop(table, ttl, hops[-1] if hops else None, len(tables)))
    for hop in hops:
        if hop.carried_to:
            hop.carried_us = hops[hop.carried_to - 1].rtt_us - hop.rtt_us
    return tuple(hops)


def _hop(table: "dict[str, Any]", ttl: int, before: "Hop | None", length: int) -> Hop:
    hop = Hop(table)
    rtt_us = before.rtt_us if before else 0
    if hop.rtt_us < rtt_us:
        raise ScenarioError(f"rtt_ms: {hop.rtt_us / 1000:g} is less than {rtt_us / 1000:g} of the hop before")
    if hop.branches_us and len(hop.branches_us) != hop.width:
        raise ScenarioError(f"branch_ms: must have {hop.width} entries, one for each address")
    if hop.carried_to and not ttl <= hop.carried_to <= length:
        raise ScenarioError(f"carried_to: must be from {ttl} to {length}")
    hop.link_us = (hop.rtt_us - rtt_us) / 2
    if hop.width > 1:
        shared = before is not None and before.width == hop.width and before.balance == hop.balance
        hop.balancer = before.balancer if before is not None and shared else ttl
    return hop
