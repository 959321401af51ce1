"""Follows the routers of all hops: when the path changes, returns to an earlier one, or flaps between some.

A change is what load balancing would make with a chance below CHANCE_MAX. What several hops say of the same rounds
counts together, since a balancer sends each probe where it likes, and a change moves all of them at once; not where
flows take turns, which move together too. Paths are remembered as the sides of their changes: by hop, the addresses
that answer on this one and not on the other. The first answer of an earlier side's router confirms the return to it.

A path flaps where it has changed CHANGES_MIN times within WITHIN_US, RETURNS_MIN of them back to an earlier side. What
goes to and fro too fast for a change to be seen is found by how the hops move together: see ``alternation``.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import comb, prod

from .alternation import alternation
from .changes import ANSWERS_MIN, Change, HopChanges
from .snapshot import PathFlap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .hop import LiveHop

CHANCE_MAX = 1e-4
# From this chance on a change is told as one that seems to be; from a smaller one in proportion where the path that is
# left was seen in fewer answers. Routers that balance do so from the first probe on, but few routes change in the first
# seconds of a trace.
SEEMING_MAX, SEEMING_ANSWERS = 0.03, 60
# So many rounds apart, changes at several hops are one event.
ROUNDS_APART_MAX = 2
SIDES_MAX = 8
CHANGES_MIN, RETURNS_MIN, WITHIN_US = 3, 2, 600_000_000
# Of the changes of a flap so many are kept, the latest; and those alone before which a path lasted for so many rounds:
# what goes to and fro faster has no picture of its own.
ROUNDS_MAX, SHORTEST_STAY = 64, 3
# A flap is over when so long, and so many times its longest stay, nothing has changed.
CALM_US, CALM_STAYS = 60_000_000, 2.5
# Every so many rounds one looks whether hops move together, in so many of the latest.
LOOK_ROUNDS, LOOKED_BACK = 4, 64

Side = dict[int, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Switch:
    """The path in use became another one."""

    round: int  # the first in which a router of the other path answered
    time_us: int  # when it answered, monotonic
    parts: tuple[Change, ...]  # by hop, as far as their order shows it; empty: known by an earlier change
    ttls: tuple[int, ...]  # the hops that are known to differ, in order
    returned: bool  # to a path that was in use before


@dataclass(slots=True)
class WatchState:
    """What a reset forgets."""

    hops: dict[int, HopChanges] = field(default_factory=dict)  # by TTL
    sides: list[Side] = field(default_factory=list)  # the path in use is the last one
    latest: Switch | None = None  # the last change of the path; None: there was none
    left_sent_us: int = 0  # answers to probes sent before say nothing of the path in use
    switches: deque[tuple[int, int, bool]] = field(default_factory=deque)  # time, round, whether it was a return
    flap: PathFlap | None = None  # the latest one; None: there was none
    longest_us: int = 0  # the longest stay on one side while it flaps


class ChangeWatch:
    """Watches all hops of one path."""

    def __init__(self) -> None:
        self._state = WatchState()

    @property
    def flap(self) -> PathFlap | None:
        """The latest flap, while it goes on and when it is over; None: there was none."""
        return self._state.flap

    @property
    def flaps(self) -> bool:
        """Whether the path flaps now."""
        return self._state.flap is not None and self._state.flap.ended_us is None

    def reset(self) -> None:
        """Nothing is known any more."""
        self._state = WatchState()

    def forget(self, ttl: int) -> None:
        """A hop is counted anew."""
        self._state.hops.pop(ttl, None)
        for side in self._state.sides:
            side.pop(ttl, None)

    def forget_orders(self) -> None:
        """Probes take other flows from here on: an order that began before says nothing, nor does an earlier path."""
        self._state.hops.clear()
        self._state.sides.clear()

    def answered(
        self, ttl: int, responder: int, round_number: int, time_us: int, sent_us: int, *, pooled: bool
    ) -> Switch | None:
        """Take an answer; the change that it confirms is returned once.

        ``pooled``: hops may be taken together, because each probe may be sent another way.
        """
        state = self._state
        hop = state.hops.get(ttl)
        if hop is None:
            hop = state.hops[ttl] = HopChanges(ttl)
        if state.sides and sent_us <= state.left_sent_us and ttl in state.sides[-1]:
            return None  # it left before the path changed
        side = self._earlier(ttl, responder, hop)
        if side is not None:
            return self._returned(side, round_number, time_us, sent_us, (ttl, responder))
        hop.answered(responder, round_number, time_us)
        mine = hop.likeliest
        if mine is None:
            return None
        group = self._alike(mine)
        alone = mine.chance < CHANCE_MAX and mine.answers >= ANSWERS_MIN
        if not alone and not (pooled and self._together(group) < CHANCE_MAX):
            return None
        return self._changed([mine] if not mine.whole else group)

    def seeming(self, *, pooled: bool) -> tuple[Change, ...]:
        """A change that is likely and not yet confirmed, by hop; empty: there is none."""
        likely = [found for hop in self._state.hops.values() if (found := hop.likeliest) is not None and found.whole]
        if not likely or self.flaps:
            return ()
        newest = max(likely, key=lambda one: one.round)
        group = self._alike(newest)
        several = sum(len(hop.responders) > 1 for hop in self._state.hops.values())
        if pooled and 2 * len(group) <= several:
            return ()  # most hops with several routers show no order: they balance, and so may these
        chance = prod(one.chance for one in group) * comb(several, len(group)) if pooled else newest.chance
        # Which of the two sides is the old one is known here.
        most = SEEMING_MAX * min(1, newest.start / SEEMING_ANSWERS)
        return tuple(group) if chance / 2 < most else ()

    def round_started(
        self, number: int, time_us: int, hops: Mapping[int, LiveHop], first_kept: int, *, pooled: bool
    ) -> PathFlap | None:
        """A round begins; a flap that it shows to have begun, or to be over, is returned once."""
        state = self._state
        if state.flap is not None and state.flap.ended_us is None:
            last_us, last_round, _ = state.switches[-1]
            if time_us - last_us <= max(CALM_US, CALM_STAYS * state.longest_us):
                return None
            state.flap = replace(state.flap, ended_us=last_us, last_round=last_round)
            state.switches.clear()
            return state.flap
        if number % LOOK_ROUNDS or not pooled:
            return None
        several = [ttl for ttl, hop in state.hops.items() if len(hop.responders) > 1]
        if not several:
            return None
        watched = {ttl: hops[ttl] for ttl in sorted(several) if ttl in hops}
        return self._alternates(watched, hops, number, time_us, first_kept)

    # ---- changes ----------------------------------------------------------------------------------------------

    def _alike(self, change: Change) -> list[Change]:
        """The changes of all hops that seem to have come with one."""
        found = [one for hop in self._state.hops.values() if (one := hop.likeliest) is not None and one.whole]
        alike = [one for one in found if abs(one.round - change.round) <= ROUNDS_APART_MAX]
        return sorted(alike if change.whole else [*alike, change], key=lambda one: one.ttl)

    def _together(self, group: list[Change]) -> float:
        """The chance that load balancing makes the orders of all these hops; 1 where they are too few answers."""
        if len(group) < 2 or sum(one.answers for one in group) < ANSWERS_MIN or max(one.answers for one in group) < 2:
            return 1.0
        several = sum(len(hop.responders) > 1 for hop in self._state.hops.values())
        return prod(one.chance for one in group) * comb(several, len(group))

    def _changed(self, parts: list[Change]) -> Switch:
        state = self._state
        for part in parts:
            state.hops[part.ttl].take(part)
        first = min(parts, key=lambda one: one.time_us)
        ttls = tuple(one.ttl for one in parts)
        latest = state.latest
        if latest is not None and abs(latest.round - first.round) <= ROUNDS_APART_MAX and state.sides:
            # More hops of a change that is known: the sides learn of them.
            if len(state.sides) > 1:
                self._learn(state.sides[-2], parts, new=False)
            self._learn(state.sides[-1], parts, new=True)
            known = {part.ttl: part for part in (*latest.parts, *parts)}
            state.latest = replace(latest, parts=tuple(known.values()), ttls=tuple(sorted({*latest.ttls, *ttls})))
            return state.latest
        if not state.sides:
            state.sides.append({})
        self._learn(state.sides[-1], parts, new=False)
        side: Side = {}
        self._learn(side, parts, new=True)
        state.sides = [*state.sides, side][-SIDES_MAX:]
        state.left_sent_us = first.time_us
        switch = Switch(first.round, first.time_us, tuple(parts), ttls, returned=False)
        self._note(switch)
        return switch

    def _learn(self, side: Side, parts: list[Change], *, new: bool) -> None:
        for part in parts:
            side[part.ttl] = side.get(part.ttl, frozenset()) | frozenset(part.new if new else part.old)

    def _earlier(self, ttl: int, responder: int, hop: HopChanges) -> int | None:
        """The index of the earlier side, the latest first, that an address belongs to and the one in use does not."""
        sides = self._state.sides
        if len(sides) < 2 or responder in sides[-1].get(ttl, ()) or responder in hop.responders:
            return None
        return next((at for at in range(len(sides) - 2, -1, -1) if responder in sides[at].get(ttl, ())), None)

    def _returned(self, at: int, round_number: int, time_us: int, sent_us: int, by: tuple[int, int]) -> Switch:
        state = self._state
        left, side = state.sides[-1], state.sides[at]
        for ttl in left:
            if ttl in state.hops:
                left[ttl] |= state.hops[ttl].responders - side.get(ttl, frozenset())
        ttls = tuple(sorted({*left, *side}))
        for ttl in ttls:
            if ttl in state.hops:
                state.hops[ttl].restart()
        state.hops[by[0]].answered(by[1], round_number, time_us)
        state.sides.append(state.sides.pop(at))
        switch = Switch(round_number, time_us, (), ttls, returned=True)
        state.left_sent_us = sent_us
        self._note(switch)
        return switch

    # ---- flaps ------------------------------------------------------------------------------------------------

    def _note(self, switch: Switch) -> None:
        """Count a change; with enough of them the path flaps."""
        state = self._state
        state.latest = switch
        before_us, before, _ = state.switches[-1] if state.switches else (None, switch.round, False)
        told = (switch.round,) if switch.round - before >= SHORTEST_STAY else ()
        state.switches.append((switch.time_us, switch.round, switch.returned))
        if self.flaps:
            assert state.flap is not None
            if before_us is not None:
                state.longest_us = max(state.longest_us, switch.time_us - before_us)
            ttls = (state.flap.first_ttl, state.flap.last_ttl, *switch.ttls)
            state.flap = replace(
                state.flap,
                changes=state.flap.changes + 1,
                latest_us=switch.time_us,
                first_ttl=min(ttls),
                last_ttl=max(ttls),
                rounds=(*state.flap.rounds, *told)[-ROUNDS_MAX:],
            )
            while len(state.switches) > CHANGES_MIN:
                state.switches.popleft()
            return
        while state.switches and switch.time_us - state.switches[0][0] > WITHIN_US:
            state.switches.popleft()
        if len(state.switches) >= CHANGES_MIN and sum(back for *_, back in state.switches) >= RETURNS_MIN:
            times = [time_us for time_us, *_ in state.switches]
            state.longest_us = max(after - before for before, after in pairwise(times))
            ttls = tuple(ttl for side in state.sides for ttl in side) or switch.ttls
            first_us, first_round, _ = state.switches[0]
            state.flap = PathFlap(
                first_round, first_us, min(ttls), max(ttls), len(state.switches), state.switches[-1][0], rounds=told
            )

    def _alternates(
        self,
        hops: Mapping[int, LiveHop],
        all_hops: Mapping[int, LiveHop],
        number: int,
        time_us: int,
        first_kept: int,
    ) -> PathFlap | None:
        """A flap that is too fast for its changes to be told one by one."""
        end = number - first_kept
        began = self._state.latest.round if self._state.latest is not None else 0
        begin = max(0, end - LOOKED_BACK, began - first_kept)
        later = next((all_hops[ttl] for ttl in sorted(all_hops) if ttl > max(hops) and all_hops[ttl].received), None)
        beyond_us = later.history(begin, end)[0] if later is not None else ()
        found = alternation({ttl: hop.history(begin, end)[1] for ttl, hop in hops.items()}, beyond_us)
        if found is None:
            return None
        state = self._state
        first_round = first_kept + begin + found.first
        old = {ttl: frozenset((pair[0],)) for ttl, pair in found.sides.items()}
        new = {ttl: frozenset((pair[1],)) for ttl, pair in found.sides.items()}
        state.sides = [old, new]
        state.left_sent_us = 0
        for ttl in found.sides:
            state.hops[ttl].restart()
        began_us = min(
            (hop.responders[by].first_us for ttl, hop in hops.items() for by in found.sides.get(ttl, ())[1:]),
            default=time_us,
        )
        state.switches = deque([(began_us, first_round, False), (time_us, number - 1, True)])
        state.longest_us = 0
        state.flap = PathFlap(first_round, began_us, min(found.sides), max(found.sides), found.changes, time_us)
        return state.flap
