"""What stands in the place of an address where a hop told of an error, by the probe process's word for it."""

from __future__ import annotations

HOP_ERRORS = {
    "no-route": "(no route to host)",
    "no-route-host": "(no route to host)",
    "no-route-network": "(no route to network)",
    "network-down": "(network is down)",
    "host-down": "(host is down)",
}
