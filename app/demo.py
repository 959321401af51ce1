"""The simulated network of ``--demo``: its targets, names and origins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..probe.lab.checks import ScenarioError
from ..probe.lab.scenario import load
from .errors import ConfigurationError, ResolveError
from .probe_command import DEFAULT_SCENARIO
from .resolve.origin import Origin
from .resolve.sanitize import sanitize, sanitize_name
from .settings import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .options.model import Options
    from .target_names import TypedTarget

    Network = tuple[list[Target | ResolveError], dict[str, str], dict[str, Origin]]


def demo_network(options: Options, typed: Sequence[TypedTarget]) -> Network:
    """The targets in the scenario of ``--demo`` (its own where none is named), and names and origins of its addresses.

    Raises:
        ConfigurationError: the scenario does not exist, cannot be read, or has no target of the family asked for.
    """
    try:
        scenario = load(options.demo or DEFAULT_SCENARIO)
        names = {address: sanitize_name(name) for address, name in scenario.names().items()}
        known = scenario.origins().items()
        origins = {address: Origin((number,), as_name=sanitize(as_name)) for address, (number, as_name) in known}
        if not typed:
            address = scenario.target(options.family or None)
            source = scenario.source(_version(address))
            target = Target(names.get(address, address), address, _version(address), source=source)
            return [target], names, origins
    except ScenarioError as error:
        raise ConfigurationError(str(error)) from None
    return [_target(one, names, options.family) for one in typed], names, origins


def _target(typed: TypedTarget, names: dict[str, str], family: int) -> Target | ResolveError:
    host = typed.host
    for address in [host] if host in names else [address for address, name in names.items() if name == host]:
        if family in {0, _version(address)}:
            return Target(host, address, _version(address), typed.port)
    return ResolveError(f"cannot resolve {host}: the simulated network has no such host")


def _version(address: str) -> int:
    return 6 if ":" in address else 4
