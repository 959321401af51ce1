"""A map of branching paths, from top to bottom: a lane for each branch, a row for each address, rows that join them.

    3    ●      one address
         ├─╮
    4 a  ● │    two of them share the load,
      b  │ ●
         ├─╯
    5    ●      and their paths join again

A lane that another one's row crosses without touching is drawn through it. Where a joining row says too much, since not
each of its upper addresses leads to each of its lower ones, the rows below say ``from`` which they come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .glyphs import Glyphs

Key = tuple[int, int]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Stop(NamedTuple):
    """An address at a hop."""

    key: Key  # TTL and number
    host: str  # what it is called
    share: str = ""  # of all probes that meet it, empty: it is alone
    aside: str = ""  # what is said of the hop, at the first of its addresses
    muted: bool = False  # it is no longer on the path
    interface: str = ""  # of the router, after the host where there is room


class LaneRow(NamedTuple):
    """A row of the map: an address, or where lanes join."""

    lanes: str  # the drawing
    ttl: str = ""  # at the first address of a hop
    letter: str = ""  # tells the addresses of a hop apart
    stop: Stop | None = None  # the address, None where the row only joins lanes
    origins: str = ""  # where the address is reached from, if the drawing does not say


class _Join(NamedTuple):
    """Addresses above and below that one row joins."""

    upper: tuple[Key, ...]
    lower: tuple[Key, ...]


def rows(
    hops: Sequence[tuple[int, Sequence[Stop]]],
    links: Iterable[tuple[Key, Key]],
    glyphs: Glyphs,
    lower_by: Mapping[int, int] | None = None,
) -> list[LaneRow]:
    """The rows of a map.

    ``hops`` are TTLs with their addresses, none where nothing answers; ``links`` join addresses of one hop with those
    of a later one. ``lower_by``: of hops that stand so much lower than their TTL says.
    """
    return _Map(links, glyphs, lower_by or {}).rows(hops)


class _Map:
    def __init__(self, links: Iterable[tuple[Key, Key]], glyphs: Glyphs, lower_by: Mapping[int, int]) -> None:
        self._glyphs = glyphs
        self._lower_by = lower_by
        self._after: dict[Key, set[Key]] = {}
        self._before: dict[Key, set[Key]] = {}
        for upper, lower in links:
            self._after.setdefault(upper, set()).add(lower)
            self._before.setdefault(lower, set()).add(upper)
        self._lanes: dict[Key, int] = {}  # of addresses whose path goes on
        self._letters: dict[Key, str] = {}

    def rows(self, hops: Sequence[tuple[int, Sequence[Stop]]]) -> list[LaneRow]:
        made: list[LaneRow] = []
        for ttl, stops in hops:
            if not stops:
                lanes = self._draw(dict.fromkeys(self._lanes.values(), self._glyphs.gap) or {0: self._glyphs.gap})
                made.append(LaneRow(lanes, self._ttl(ttl), stop=Stop((ttl, 0), "no reply (silent)")))
                continue
            made += self._hop(ttl, stops)
        return made

    def _ttl(self, at: int) -> str:
        return str(at - self._lower_by.get(at, 0))

    def _hop(self, ttl: int, stops: Sequence[Stop]) -> list[LaneRow]:
        goes_by = {key for key in self._lanes if any(lower[0] > ttl for lower in self._after.get(key, ()))}
        lanes = self._assign([stop.key for stop in stops], goes_by)
        joins = _joins([stop.key for stop in stops], self._before)
        made = self._join_rows(joins, lanes, goes_by)
        passing = {self._lanes[key] for key in goes_by}
        ordered = sorted(stops, key=lambda stop: lanes[stop.key])
        if len(stops) > 1:
            self._letters.update((stop.key, letter) for stop, letter in zip(ordered, LETTERS, strict=False))
        for at, stop in enumerate(ordered):
            cells = dict.fromkeys(passing, self._glyphs.lane)
            for other in ordered[:at]:
                if self._after.get(other.key):
                    cells[lanes[other.key]] = self._glyphs.lane
            for other in ordered[at + 1 :]:
                if self._before.get(other.key):
                    cells[lanes[other.key]] = self._glyphs.lane
            cells[lanes[stop.key]] = self._glyphs.stop
            letter, origins = self._letters.get(stop.key, ""), self._origins(stop.key, joins)
            made.append(LaneRow(self._draw(cells), "" if at else self._ttl(ttl), letter, stop, origins))
        kept = {key: lane for key, lane in self._lanes.items() if key in goes_by}
        self._lanes = {**kept, **{key: lane for key, lane in lanes.items() if self._after.get(key)}}
        return made

    def _assign(self, keys: list[Key], goes_by: set[Key]) -> dict[Key, int]:
        """A lane for each address: that of one that leads to it, if it is free, else a new one."""
        lanes: dict[Key, int] = {}
        for key in sorted(keys, key=lambda key: (min(self._upper_lanes(key), default=99), key)):
            for upper in sorted(self._before.get(key, ()), key=lambda one: self._lanes.get(one, 99)):
                if upper in self._lanes and upper not in goes_by and self._lanes[upper] not in lanes.values():
                    lanes[key] = self._lanes[upper]
                    break
        for key in keys:
            if key not in lanes:
                taken = {*lanes.values(), *self._lanes.values()}
                lanes[key] = next(lane for lane in range(len(taken) + 1) if lane not in taken)
        return lanes

    def _upper_lanes(self, key: Key) -> list[int]:
        return [self._lanes[upper] for upper in self._before.get(key, ()) if upper in self._lanes]

    def _join_rows(self, joins: list[_Join], lanes: dict[Key, int], goes_by: set[Key]) -> list[LaneRow]:
        made = []
        passing = set(self._lanes.values())
        for join in joins:
            upper = {self._lanes[key] for key in join.upper if key in self._lanes}
            lower = {lanes[key] for key in join.lower} | {self._lanes[key] for key in join.upper if key in goes_by}
            passing = passing - upper | lower
            goes_straight = len(upper | lower) == 1
            if upper and not goes_straight:
                made.append(LaneRow(self._joined(upper, lower, passing)))
        return made

    def _joined(self, upper: set[int], lower: set[int], passing: set[int]) -> str:
        """A row that joins lanes from above and below; others pass through it."""
        joined = upper | lower
        first, last = min(joined), max(joined)
        cells = dict.fromkeys(passing, self._glyphs.lane)
        corners = self._glyphs.joints
        for lane in joined:
            kind = 0 if lane in upper and lane in lower else 1 if lane in lower else 2
            side = 0 if lane == first else 2 if lane == last else 1
            cells[lane] = corners[3 * kind + side]
        return self._draw(cells, first, last)

    def _draw(self, cells: dict[int, str], first: int = 0, last: int = -1) -> str:
        """A row of lanes, with a rule between two of them."""
        text = ""
        for lane in range(max(cells, default=0) + 1):
            inside = first <= lane <= last
            text += cells.get(lane, self._glyphs.axis if inside else " ")
            text += self._glyphs.axis if inside and lane < last else " "
        return text.rstrip()

    def _origins(self, key: Key, joins: list[_Join]) -> str:
        """Which addresses lead to one, where the joining row does not say so."""
        join = next(join for join in joins if key in join.lower)
        before = self._before.get(key, set())
        if (
            len(join.upper) < 2
            or len(join.lower) < 2
            or all(self._before.get(lower, set()) >= set(join.upper) for lower in join.lower)
        ):
            return ""
        return "from " + " ".join(f"{self._ttl(one[0])}{self._letters.get(one, '')}" for one in sorted(before))


def _joins(keys: list[Key], before: dict[Key, set[Key]]) -> list[_Join]:
    """The addresses of a hop in groups, each with all that lead to it, directly or around."""
    groups: list[tuple[set[Key], set[Key]]] = []
    for key in keys:
        upper, lower = set(before.get(key, ())), {key}
        for group in [group for group in groups if group[0] & upper]:
            groups.remove(group)
            upper |= group[0]
            lower |= group[1]
        groups.append((upper, lower))
    return [_Join(tuple(sorted(upper)), tuple(sorted(lower))) for upper, lower in groups]
