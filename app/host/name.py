"""What this host is called."""

from __future__ import annotations

import socket

from ..sanitize import Text, sanitize_name


def host_name() -> Text:
    """The name of this host (gethostname(2)), which its administrator may set to any bytes, safe to show."""
    return sanitize_name(socket.gethostname())


def short_host_name() -> Text:
    """The name up to its first dot."""
    return sanitize_name(host_name().partition(".")[0])
