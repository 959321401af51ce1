"""The simulated network of ``--demo``: its targets, names and origins, and the host's own traffic in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...probe.lab.scenario import describe, shipped
from ...probe.lab.schema import ScenarioError, UnknownScenario
from ..errors import ConfigurationError, ResolveError
from ..nearest import nearest
from ..resolve.origin import Origin
from ..sanitize import document, sanitize, sanitize_name
from ..settings import Target
from .scenario_file import scenario_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ...probe.lab.scenario import Scenario
    from ..options.model import Options
    from ..sanitize import Document, Text
    from .target_names import TypedTarget

    Network = tuple[list[Target | ResolveError], dict[str, Text], dict[str, Origin]]


class DemoTraffic:
    """The counter of this host's interface in the simulated network, whose time began at ``began_us``."""

    def __init__(self, scenario: Scenario, now_us: Callable[[], int], began_us: int) -> None:
        self._scenario = scenario
        self._now_us = now_us
        self._began_us = began_us

    def read(self, index: int) -> tuple[str, int] | None:  # noqa: ARG002 - one interface leads to all targets
        """The interface and what it has carried; None where the scenario says nothing of it."""
        carried = self._scenario.own_bytes(self._now_us() - self._began_us)
        return None if carried is None else ("eth0", carried)

    def source(self, index: int) -> str:  # noqa: ARG002 - this host has no address in it
        """Nothing is known of it."""
        return ""

    def close(self) -> None:
        """Nothing is open."""


def demo_network(options: Options, typed: Sequence[TypedTarget]) -> Network:
    """The targets in the scenario of ``--demo`` (its own where none is named), and names and origins of its addresses.

    Raises:
        ConfigurationError: the scenario does not exist, cannot be read, or has no target of the family asked for.
    """
    try:
        scenario = scenario_of(options.demo or "")
        names = {address: sanitize_name(name) for address, name in scenario.names().items()}
        known = scenario.origins().items()
        origins = {address: Origin((number,), as_name=sanitize(as_name)) for address, (number, as_name) in known}
        if not typed:
            address = scenario.target(options.family or None)
            source = scenario.source(_version(address))
            target = Target(names.get(address, sanitize(address)), address, _version(address), source=source)
            return [target], names, origins
    except UnknownScenario as error:
        near = nearest(options.demo or "", shipped())
        raise ConfigurationError(
            f"no scenario {options.demo!r}; did you mean {near}?" if near else str(error)
        ) from None
    except ScenarioError as error:
        raise ConfigurationError(str(error)) from None
    return [_target(one, names, options.family) for one in typed], names, origins


def scenario_list() -> Document:
    """The scenarios by name, each with its title."""
    named = describe()
    wide = max(len(name) for name, _ in named)
    rows = [f"  {name:<{wide}}  {title}" for name, title in named]
    head = "Simulated networks; hopscope --demo NAME traces one, hopscope --manual scenarios tells how to write one:"
    return document([head, "", *rows])


def _target(typed: TypedTarget, names: dict[str, Text], family: int) -> Target | ResolveError:
    host = typed.host
    for address in [host] if host in names else [address for address, name in names.items() if name == host]:
        if family in {0, _version(address)}:
            return Target(sanitize(host), address, _version(address), typed.port)
    return ResolveError(f"cannot resolve {host}: the simulated network has no such host")


def _version(address: str) -> int:
    return 6 if ":" in address else 4
