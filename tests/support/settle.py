"""The pilot's wait for a screen that has nothing left to do, by what its loop holds instead of by the processor's time.

Textual waits until the process has slept for 20 ms: twice for each key, and in vain on a machine that is busy with
something else. What a loop still has to do can be read from it.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import textual.app
import textual.pilot
import textual.screen
from textual._context import active_app
from textual._wait import wait_for_idle

if TYPE_CHECKING:
    from collections.abc import Iterator

# Textual moves on by timers of 1/60 s, the first time after up to two of these; the program's own are longer.
SOON_S = 0.04
# Those that began before any screen: of the test runner.
RUNNERS = {thread.ident for thread in threading.enumerate()}
POOL = "asyncio_"
# The waits that let the loop turn once more, each by an entry in what it has to run: screens may run side by side.
TURNING: set[object] = set()
# A screen that is never done is left to its test.
GIVE_UP_S = 10.0


async def settle(min_sleep: float = SOON_S, max_sleep: float = 1.0) -> None:
    """Return once the loop has nothing to run, now or within 40 ms.

    Where other threads work for the screen only the processor's time tells, as Textual has it.
    """
    if _threads_work():
        await wait_for_idle(min_sleep, max_sleep)
        return
    loop: Any = asyncio.get_running_loop()
    until_s = loop.time() + GIVE_UP_S
    app: Any = active_app.get(None)
    while loop.time() < until_s:
        await _turn()
        if len(loop._ready) > len(TURNING):
            continue
        if app is not None and app._screen_stack and app.screen._update_timer._active.is_set():
            app.screen._on_timer_update()  # as the pilot does after its wait
            continue
        rest_s = min(_due(loop), default=until_s) - loop.time()
        if rest_s > SOON_S:
            return
        await asyncio.sleep(max(0.0, rest_s))


async def _turn() -> None:
    mine = object()
    TURNING.add(mine)
    try:
        await asyncio.sleep(0)
    finally:
        TURNING.discard(mine)


def _due(loop: Any) -> Iterator[float]:
    return (handle.when() for handle in loop._scheduled if not handle.cancelled())


def _threads_work() -> bool:
    """Whether a worker of the application runs, or a thread that is none of the loop's pool, which waits for work."""
    app = active_app.get(None)
    if app is not None and any(not worker.is_finished for worker in app.workers):
        return True
    return any(
        thread.ident not in RUNNERS and thread is not threading.current_thread() and not thread.name.startswith(POOL)
        for thread in threading.enumerate()
    )


def install() -> None:
    """Let every pilot wait this way, and no screen wait for its next frame."""
    textual.screen.UPDATE_PERIOD = 0.001  # type: ignore[misc] # Final
    for module in (textual.app, textual.pilot):
        module.wait_for_idle = settle  # type: ignore[attr-defined]
