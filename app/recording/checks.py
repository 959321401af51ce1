"""What a trace cannot have been, whatever a file says."""

from __future__ import annotations

from .values import Unfit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..settings import Target, TraceSettings

TTL_MAX = 255


def check_settings(settings: TraceSettings) -> None:
    """Raise ``Unfit`` where a trace cannot have had such settings."""
    if not 1 <= settings.first_ttl <= settings.max_ttl <= TTL_MAX:
        raise Unfit("settings: first_ttl and max_ttl are not from 1 to 255")
    if settings.interval_us <= 0 or settings.timeout_s <= 0:
        raise Unfit("settings: interval_us and timeout_s must be above 0")


def check_target(target: Target) -> None:
    """Raise ``Unfit`` where there can be no such target."""
    if target.version not in (4, 6):
        raise Unfit("target: version is neither 4 nor 6")
