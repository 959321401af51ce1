from __future__ import annotations

from hopscope.app.resolve.cache import RETRY_MAX_S, TTL_MAX_S, TTL_MIN_S, Cache


def test_answers_are_kept_for_their_time_to_live() -> None:
    """A positive or negative answer is due again when its time is over, and is handed out until a new one is there."""
    cache: Cache[str] = Cache()
    assert cache.is_due("a", 0)
    cache.store("a", "name", 100, 0)
    cache.store("b", None, 100, 0)
    assert not cache.is_due("a", 99)
    assert not cache.is_due("b", 99)
    assert cache.is_due("a", 100)
    entry = cache.get("a")
    assert entry is not None
    assert entry.value == "name"


def test_times_to_live_have_bounds() -> None:
    """A time to live of nothing, or of years, is brought within half a minute and a day."""
    cache: Cache[str] = Cache()
    cache.store("a", "x", 0, 0)
    assert not cache.is_due("a", TTL_MIN_S - 1)
    cache.store("a", "x", 1e12, 0)
    assert cache.is_due("a", TTL_MAX_S)


def test_failures_back_off() -> None:
    """After each failure the next question waits twice as long, five minutes at most; an old value stays."""
    cache: Cache[str] = Cache()
    cache.store("a", "old", 100, 0)
    now_s = 100.0
    waits = []
    for _ in range(10):
        cache.fail("a", now_s)
        entry = cache.get("a")
        assert entry is not None
        assert entry.value == "old"
        waits.append(entry.expires_s - now_s)
        now_s = entry.expires_s
    assert waits == [5, 10, 20, 40, 80, 160, RETRY_MAX_S, RETRY_MAX_S, RETRY_MAX_S, RETRY_MAX_S]
    cache.store("a", "new", 100, now_s)
    cache.fail("a", now_s)
    entry = cache.get("a")
    assert entry is not None
    assert entry.expires_s - now_s == 5


def test_size_is_bounded() -> None:
    """What was stored longest ago makes room."""
    cache: Cache[int] = Cache(limit=3)
    for number in range(5):
        cache.store(str(number), number, 100, 0)
    assert len(cache) == 3
    assert cache.get("1") is None
    assert cache.get("2") is not None
