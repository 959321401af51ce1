"""Cached answers: bounded, aware of time to live, negative answers included."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")

ENTRIES_MAX = 4096
TTL_MIN_S = 30  # an answer that says "do not keep me" is still cached for as long as a reader looks at it
TTL_MAX_S = 86_400
RETRY_FIRST_S = 5.0  # after a failure: no answer, or one that says that the server could not
RETRY_MAX_S = 300.0


@dataclass(frozen=True, slots=True)
class Entry(Generic[Value]):
    """What is known under a key."""

    value: Value | None
    """None: there is none, or it could not be learnt."""
    expires_s: float
    """When to ask again, in seconds of the monotonic clock."""
    failures: int = 0
    """How often in a row it could not be learnt."""


class Cache(Generic[Value]):
    """Entries by key, at most ``limit``; the one that was stored longest ago goes first.

    An expired entry is still handed out, because an old name is better than none while a new answer is on its way:
    ``is_due`` says whether to ask again. All times are seconds of one monotonic clock, handed in. Reads are safe from
    any thread; writes belong to one.
    """

    def __init__(self, limit: int = ENTRIES_MAX) -> None:
        self._entries: OrderedDict[str, Entry[Value]] = OrderedDict()
        self._limit = limit

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: str) -> Entry[Value] | None:
        """The entry, expired or not."""
        return self._entries.get(key)

    def is_due(self, key: str, now_s: float) -> bool:
        """Whether nothing is known, or what is known has expired."""
        entry = self._entries.get(key)
        return entry is None or entry.expires_s <= now_s

    def store(self, key: str, value: Value | None, ttl_s: float, now_s: float) -> None:
        """Keep an answer, positive or negative, for its time to live, within half a minute and a day."""
        self._put(key, Entry(value, now_s + min(max(ttl_s, TTL_MIN_S), TTL_MAX_S)))

    def fail(self, key: str, now_s: float) -> None:
        """Note that nothing could be learnt: asked again after 5 s, 10 s, 20 s ... 5 min. An old value stays."""
        old = self._entries.get(key)
        failures = (old.failures if old else 0) + 1
        wait_s = min(RETRY_FIRST_S * 2 ** min(failures - 1, 10), RETRY_MAX_S)
        self._put(key, Entry(old.value if old else None, now_s + wait_s, failures))

    def _put(self, key: str, entry: Entry[Value]) -> None:
        self._entries[key] = entry
        self._entries.move_to_end(key)
        while len(self._entries) > self._limit:
            self._entries.popitem(last=False)
