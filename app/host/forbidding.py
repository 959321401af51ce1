"""Which targets the kernel sends nothing to, and why: by its routes, before anything is sent."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from ...probe import routes
from ..errors import ResolveError
from ..settings import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..settings import TraceSettings


def permitted(found: Sequence[Target | ResolveError], settings: TraceSettings) -> list[Target | ResolveError]:
    """What was found, with an error in the place of each target to which this host sends no probe.

    Where the system has no netlink, or the probes leave by an interface of the user's choice, none is known.
    """
    if settings.local_device:
        return list(found)
    try:
        asked = routes.Routes()
    except OSError:
        return list(found)
    try:
        return [(_error(asked, one, settings) or one) if isinstance(one, Target) else one for one in found]
    finally:
        asked.close()


def _error(asked: routes.Routes, target: Target, settings: TraceSettings) -> ResolveError | None:
    try:
        kind = asked.kind(target.address, source=settings.local_address, tos=settings.tos, mark=settings.mark)
    except OSError as error:
        kind = routes.RTN_PROHIBIT if error.errno == errno.EACCES else 0
    if kind == routes.RTN_BROADCAST:
        return ResolveError(f"cannot trace {target.name}: {target.address} is a broadcast address")
    if kind == routes.RTN_PROHIBIT:
        return ResolveError(f"cannot trace {target.name}: a route of this host prohibits it (type prohibit)")
    return None
