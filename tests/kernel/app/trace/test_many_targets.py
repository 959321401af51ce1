"""Many targets at once through real kernel routers that limit their ICMP errors as Linux does by default."""

from __future__ import annotations

import pytest
from hopscope.app.path.recorder import Recorder
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target, TraceSettings
from hopscope.app.trace.runner import Runner
from hopscope.probe.launch import command
from support.netns import chain, ip_batch, need_namespaces

pytestmark = pytest.mark.kernel

COUNT = 50


def test_no_loss_of_our_own_making_behind_limited_routers() -> None:
    """Fifty targets behind three routers with the default rate limit show each its own way, without loss."""
    need_namespaces()
    with chain(5, rate_limited=True) as routers:
        addresses = [f"198.51.100.{number + 1}" for number in range(COUNT)]
        ip_batch([f"addr add {address}/32 dev lo" for address in addresses], routers.names[-1])
        targets = [Target(sanitize(address), address, 4) for address in addresses]
        settings = TraceSettings(rounds=4)
        recorder = Recorder(targets, settings)
        runner = Runner(routers.command(command()), targets, settings, recorder.record)
        runner.start()
        try:
            assert runner.wait(60)
        finally:
            runner.stop()
        assert runner.error is None
        for snapshot in recorder.snapshots():
            assert [hop.address for hop in snapshot.hops] == [*routers.hops[4][:-1], snapshot.target.address]
            assert sum(hop.dropped for hop in snapshot.hops) == 0
            assert min(hop.sent for hop in snapshot.hops) >= 3
