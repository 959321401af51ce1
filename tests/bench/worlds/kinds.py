"""All kinds of worlds by name, and how one is drawn again from its name and seed."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import TYPE_CHECKING

from bench.worlds import kinds_delay as delay
from bench.worlds import kinds_loss as loss
from bench.worlds import kinds_several as several
from bench.worlds import kinds_shape as shape

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.worlds.draw import World

_FUNCTIONS: tuple[Callable[[Random], World], ...] = (
    delay.clean,
    delay.silent_routers,
    delay.slow_routers,
    delay.asymmetric,
    loss.limiter_middle,
    loss.limiter_several,
    loss.limiter_target,
    loss.limiter_last_two,
    loss.loss_steady,
    loss.loss_bursts,
    loss.loss_return,
    loss.loss_first_link,
    loss.loss_last_link,
    loss.loss_two_links,
    loss.loss_and_limiter,
    loss.loss_after_silence,
    loss.loss_periodic,
    loss.loss_comes_and_goes,
    delay.queue_access,
    delay.queue_middle,
    delay.queue_last_link,
    delay.queue_after_slow_router,
    delay.queue_wifi,
    delay.queue_comes_and_goes,
    delay.congestion,
    delay.shift,
    shape.change_longer,
    shape.change_shorter,
    shape.change_same,
    shape.flap,
    shape.balance_packet,
    shape.balance_unequal,
    shape.balance_flow,
    shape.outage_silent,
    shape.outage_unreachable,
    shape.outage_target,
    shape.silent_target,
    shape.silent_tail,
    shape.silent_with_loss,
    several.loss_and_queue,
    several.loss_and_change,
    several.loss_and_outage,
)
KINDS: dict[str, Callable[[Random], World]] = {one.__name__.replace("_", "-"): one for one in _FUNCTIONS}
# Worlds that take long: they are scored by time alone.
LONG: dict[str, Callable[[Random], World]] = {
    "clean-hour": delay.clean_hour,
    "5-percent-after-10-min": partial(loss.loss_later, after_s=600, share=0.05),
    "5-percent-after-1-h": partial(loss.loss_later, after_s=3600, share=0.05),
    "2-percent-after-1-h": partial(loss.loss_later, after_s=3600, share=0.02),
    "last-link-5-percent-after-1-h": partial(loss.loss_later, after_s=3600, share=0.05, last_link=True),
    "5-percent-after-8-h": partial(loss.loss_later, after_s=28_800, share=0.05),
}


def draw(name: str, seed: str) -> World:
    """The world of a kind that a seed draws: the same one each time."""
    return {**KINDS, **LONG}[name](Random(f"{name} {seed}"))
