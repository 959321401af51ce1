"""The simulated network of ``--demo``: its targets, and what its addresses are called and belong to."""

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
    from .options.model import Options


def demo_network(options: Options) -> tuple[list[Target], dict[str, str], dict[str, Origin]]:
    """The targets in the scenario of ``--demo``, its own where none is named; names and networks of its addresses.

    Raises:
        ConfigurationError: the scenario does not exist or cannot be read.
        ResolveError: the scenario has no such target.
    """
    try:
        scenario = load(options.demo or DEFAULT_SCENARIO)
        names = {address: sanitize_name(name) for address, name in scenario.names().items()}
        known = scenario.origins().items()
        origins = {address: Origin((number,), as_name=sanitize(as_name)) for address, (number, as_name) in known}
        if not options.targets:
            address = scenario.target(options.family or None)
            return [Target(names.get(address, address), address, _version(address))], names, origins
    except ScenarioError as error:
        raise ConfigurationError(str(error)) from None
    return [_target(name, names, options.family) for name in options.targets], names, origins


def _target(name: str, names: dict[str, str], family: int) -> Target:
    addresses = [name] if name in names else [address for address, own in names.items() if own == name]
    for address in addresses:
        if family in {0, _version(address)}:
            return Target(name, address, _version(address))
    raise ResolveError(f"cannot resolve {name}: the simulated network has no such host")


def _version(address: str) -> int:
    return 6 if ":" in address else 4
