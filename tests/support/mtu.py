"""Searches for the path MTU in virtual time."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target, TraceSettings
from hopscope.app.trace.mtu.survey import MtuSurvey
from support.engines import World
from support.virtual import Lab

if TYPE_CHECKING:
    from hopscope.app.trace.mtu.path_mtu import PathMtu
    from support.engines import Network

SETTINGS = TraceSettings(size_bytes=9000, rounds=5)
REACHED = Target(sanitize("target.example"), "203.0.113.80", 4)


def scenario(*hops: str, mtu: int = 1500) -> str:
    """A path of routers with these further keys, and the target behind them."""
    rows = [
        f'{{ address = "198.51.100.{ttl}", address6 = "2001:db8:1::{ttl}", rtt_ms = {ttl}, {more} }},'
        for ttl, more in enumerate(hops, 1)
    ]
    last = len(hops) + 1
    rows.append(f'{{ address = "203.0.113.80", address6 = "2001:db8:2::80", rtt_ms = {last} }}')
    rows = [row.replace(",  }", " }").replace(", }", " }") for row in rows]
    return f'title = "a path"\nmtu = {mtu}\nhop = [\n' + "\n".join(rows) + "\n]\n"


def survey(
    network: Network, targets: tuple[Target, ...] = (REACHED,), settings: TraceSettings = SETTINGS, seed: int = 1
) -> tuple[MtuSurvey, World]:
    """A survey that has run to its end, and the world it ran in."""
    made = MtuSurvey(targets, settings, detail=True, randomness=random.Random(seed))
    world = World(network, made.settings, targets, group=made)
    world.run()
    assert made.finished
    return made, world


def find(text: str, version: int = 4, settings: TraceSettings = SETTINGS, seed: int | None = None) -> PathMtu:
    """What is found on a scenario."""
    lab = Lab(text, seed)
    made, _ = survey(lab, (lab.target(version),), settings)
    (result,) = made.results()
    assert result.state == "finished"
    return result


def sizes(result: PathMtu) -> list[int | None]:
    """The path MTU of each hop."""
    return [hop.mtu for hop in result.hops]
