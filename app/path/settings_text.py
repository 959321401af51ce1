"""What has become different in the settings of a trace, in words for the log and for who changed it."""

from __future__ import annotations

from dataclasses import fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..settings import TraceSettings

NAMES = {
    "size_bytes": "packet size",
    "tos": "type of service",
    "first_ttl": "first TTL",
    "max_ttl": "max TTL",
}


def differences(before: TraceSettings, after: TraceSettings) -> str:
    """What is different, as ``interval: 0.5 s, packet size: 128``; empty where nothing is."""
    names = [one.name for one in fields(after) if getattr(before, one.name) != getattr(after, one.name)]
    return in_words({name: getattr(after, name) for name in names})


def probing(settings: TraceSettings) -> str:
    """How a trace begins: ``ICMP, 64 bytes, every 1 s``."""
    from ..protocols import PROTOCOLS

    title = PROTOCOLS[settings.protocol].title
    return f"{title}, {abs(settings.size_bytes)} bytes, every {settings.interval_us / 1e6:g} s"


def in_words(values: Mapping[str, object]) -> str:
    """Fields of the settings with their values."""
    return ", ".join(_one(name, value) for name, value in values.items())


def _one(name: str, value: object) -> str:
    text = str(value)
    if name == "protocol":
        text = text.upper()
    elif name == "bit_pattern" and value == -1:
        text = "random"
    elif name == "size_bytes" and isinstance(value, int):
        text = f"{value} bytes" if value >= 0 else f"random up to {-value} bytes"
    elif name.endswith("_us") and isinstance(value, int):
        name, text = name[: -len("_us")], f"{value / 1e6:g} s"
    return f"{NAMES.get(name, name.replace('_', ' '))}: {text}"
