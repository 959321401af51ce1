"""The wait for a screen that has nothing left to do."""

from __future__ import annotations

import asyncio

import pytest
from support import settle


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No thread of another test is asked about, and no wait is given up."""
    monkeypatch.setattr(settle, "_threads_work", lambda: False)
    monkeypatch.setattr(settle, "GIVE_UP_S", 1e9)


async def in_steps(pauses_s: list[float], done: list[float]) -> None:
    for pause_s in pauses_s:
        await asyncio.sleep(pause_s)
        done.append(pause_s)


@pytest.mark.parametrize("pauses_s", [[0.0] * 50, [0.02], [0.0, 0.01, 0.0, 0.02]])
async def test_what_is_to_run_now_or_soon_is_waited_for(pauses_s: list[float]) -> None:
    """Steps that follow each other at once, or by short timers, are all taken."""
    done: list[float] = []
    async with asyncio.TaskGroup() as group:
        group.create_task(in_steps(pauses_s, done))
        await settle.settle()
        assert done == pauses_s


async def test_what_comes_later_is_not_waited_for() -> None:
    """A long timer holds nobody up, nor one that was cancelled."""
    later = asyncio.create_task(asyncio.sleep(3600))
    asyncio.get_running_loop().call_later(0.01, later.done).cancel()
    await settle.settle()
    assert not later.done()
    later.cancel()


async def test_waits_side_by_side_end() -> None:
    """Waits do not take each other for work."""
    done: list[float] = []
    waits = [settle.settle() for _ in range(4)]
    await asyncio.wait_for(asyncio.gather(in_steps([0.0] * 20, done), *waits), 60)
    assert len(done) == 20
