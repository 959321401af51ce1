"""Targets to which the kernel's own routes let nothing go."""

from __future__ import annotations

import pytest
from hopscope.app.errors import ResolveError
from hopscope.app.host.forbidding import permitted
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target, TraceSettings
from support import netns
from support.netns import inside, namespaces

pytestmark = pytest.mark.kernel


def test_broadcast_and_prohibited_targets_are_told_before_anything_is_sent() -> None:
    """Each by what it is; any other target stays, also one without a route, which may get one."""
    addresses = ("192.0.2.255", "198.51.100.1", "2001:db8:66::1", "192.0.2.7", "203.0.113.1")
    targets = [Target(sanitize(address), address, 6 if ":" in address else 4) for address in addresses]
    with namespaces(1, {}) as [name]:
        lines = (
            "link add out type veth peer name unused",
            "addr add 192.0.2.1/24 dev out",
            "link set out up",
            "route add prohibit 198.51.100.0/24",
            "route add prohibit 2001:db8:66::/48",
        )
        netns.ip_batch(lines, name)
        found = inside(name, lambda: permitted(targets, TraceSettings()))
    broadcast, *prohibited = found[:3]
    assert isinstance(broadcast, ResolveError)
    assert broadcast.what == "cannot trace 192.0.2.255: 192.0.2.255 is a broadcast address"
    for one, target in zip(prohibited, targets[1:3], strict=True):
        assert isinstance(one, ResolveError)
        assert one.what == f"cannot trace {target.name}: a route of this host prohibits it (type prohibit)"
    assert found[3:] == targets[3:]
