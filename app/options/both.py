"""``--both``: what it means for other options, and which of them do not go with it."""

from __future__ import annotations

from ..errors import UsageError
from ..vantage.where import LOCAL, Where
from .places import named_places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .configuration import Configuration

# Fields of options that make no sense beside it, and their options.
_EXCLUDED = {
    "vantages": "--from",
    "lanes": "--lanes",
    "packet": "--packet",
    "demo": "--demo",
    "path_mtu": "--mtu",
    "serial": "--serial",
    "filenames": "-F",
    "all_addresses": "--all-addresses",
    "local_address": "-a",  # of which of the two hosts?
    "local_device": "-I",
}


def settle_both(found: dict[str, object], targets: Sequence[str], configuration: Configuration) -> None:
    """Have probes leave from here and from there.

    Raises:
        UsageError: another option does not go with it, or the place is not one other host.
        ConfigurationError: with raised rights it is one of the configuration, which may not name programs.
    """
    where = found.get("both")
    if not isinstance(where, Where):
        raise UsageError("option --return-address: it goes with --both alone")
    for name, option in _EXCLUDED.items():
        if found.get(name) not in {None, False, ()}:
            raise UsageError(f"options --both and {option} exclude each other")
    if len(targets) > 1:
        raise UsageError("option --both: at most one target, the address of that host")
    places = named_places([where], configuration, "--both")
    if len(places) != 1:
        raise UsageError(f"option --both: {where.text} is {len(places)} places, expected one")
    if places[0].is_local:
        raise UsageError("option --both: expected another host than this one")
    found["both"] = places[0]
    found["vantages"] = (Where(LOCAL, LOCAL), places[0])
