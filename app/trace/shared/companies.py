"""Which of several targets share hops: those that are probed alike, each such company with a sharing of its own."""

from __future__ import annotations

from .sharing import Sharing
from .target_deferral import TargetDeferral, alike

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ....probe import wire
    from ...settings import Target
    from ..deferral import Deferral
    from ..engine import Engine
    from .target_deferral import Alike


class Companies:
    """The sharings of a group of targets. Indices are those of targets; times are monotonic microseconds.

    Lanes share with those of their own kind alone: what one protocol gets answered says nothing of another.
    """

    def __init__(self, targets: Sequence[Target], interval_us: int) -> None:
        self._interval_us = interval_us
        self._sharing: dict[Alike, Sharing] = {}
        # Of each target what it is alike in with its company; None: it shares with nobody.
        self._of: list[Alike | None] = []
        self.settle(targets)

    def __bool__(self) -> bool:
        """Whether any two share."""
        return bool(self._sharing)

    def settle(self, targets: Sequence[Target | None]) -> None:
        """Begin anew with these targets; None in the place of one that is traced no more."""
        traced = [None if target is None else alike(target) for target in targets]
        often: dict[Alike, int] = {}
        for one in traced:
            if one is not None:
                often[one] = often.get(one, 0) + 1
        several = sum(often.values()) > 1
        self._of = [
            one if one is not None and several and (one[1] is None or often[one] > 1) else None for one in traced
        ]
        self._sharing.clear()
        self.forget()

    def forget(self) -> None:
        """Begin anew with the same targets."""
        present = dict.fromkeys(one for one in self._of if one is not None)
        for company in sorted(present, key=lambda one: one[0]):
            self._sharing[company] = Sharing(self._interval_us)

    def set_interval(self, interval_us: int) -> None:
        """Rounds follow each other after another time."""
        self._interval_us = interval_us
        for sharing in self._sharing.values():
            sharing.interval_us = interval_us

    def deferral(self, index: int, target: Target) -> Deferral | None:
        """What a target asks before it sends a probe; None: it shares with nobody."""
        return None if self._of[index] is None else TargetDeferral(self._sharing, index, target)

    def due_us(self, now_us: int) -> list[int | None]:
        """When each sharing has something to do; None: not before something comes."""
        return [sharing.due_us(now_us) for sharing in self._sharing.values()]

    def step(self, looked_at: Sequence[int], engines: Sequence[Engine], now_us: int) -> None:
        """Do what is due, after these engines have done what was due for them."""
        for index in looked_at:
            company, engine = self._of[index], engines[index]
            if company is None:
                continue
            if not engine.exploring:
                self._sharing[company].explored(index)
            if engine.over:
                self._sharing[company].over(index, now_us)
        for sharing in self._sharing.values():
            sharing.step(now_us)

    def answered(self, index: int, token: int, answer: wire.Answer, now_us: int) -> bool:
        """A target's probe has an outcome; whether that may settle what others deferred."""
        company = self._of[index]
        if company is None:
            return False
        self._sharing[company].answered(token, answer, now_us)
        return True

    @property
    def sharings(self) -> Iterable[Sharing]:
        """All of them."""
        return self._sharing.values()
