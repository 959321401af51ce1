"""Which lanes are slower than the fastest one, and from where on.

What a router answers quickly lies before what is slow: the best RTT of a hop and all later ones bounds the path up to
it. Two lanes from one place are laid side by side hop by hop, and where they cross one router by that.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from .. import rules, wording
from ..place import Place, place
from .answer import LanesVerdict
from .pairs import median_us
from .shared import at_hop, crosses_all, parted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..evidence.network import Shown
    from .facts import Lane
    from .pairs import Pairs

# Of the difference at the target a hop has little, or most; and the base RTTs tell of it where they have half of it.
LITTLE, MOST, HALF = 0.25, 0.75, 0.5
# A place of more hops than these is no place.
HOPS_MAX = 3


def about_delay(lanes: Sequence[Lane], pairs: Pairs, shown: Shown) -> list[LanesVerdict]:
    """How much slower lanes are than the fastest one, the slowest first."""
    timed = [lane for lane in lanes if lane.rtts_us]
    if len(timed) < 2:
        return []
    fastest = min(timed, key=median_us)
    at = {lane: index for index, lane in enumerate(lanes)}
    slower = [lane for lane in timed if pairs.is_slower(at[lane], at[fastest])]
    return [_told(lane, fastest, shown) for lane in sorted(slower, key=median_us, reverse=True)]


def _told(lane: Lane, fastest: Lane, shown: Shown) -> LanesVerdict:
    more_us = median_us(lane) - median_us(fastest)
    limits, meaning, brief = _where(lane, fastest, more_us, shown)
    return LanesVerdict(
        rules.LANES_SLOWER,
        "note",
        (lane.name,),
        (fastest.name,),
        f"{lane.name} is {wording.milliseconds(more_us)} ms slower than {fastest.name}",
        meaning,
        place=limits,
        reasons=(
            _medians(lane, fastest),
            "This is not chance (Mann and Whitney's test, with Holm's correction over all comparisons).",
        ),
        numbers=(
            ("more_us", more_us),
            ("median_us", median_us(lane)),
            ("other_median_us", median_us(fastest)),
            ("answers", len(lane.rtts_us)),
            ("other_answers", len(fastest.rtts_us)),
        ),
        brief=brief,
    )


def _medians(lane: Lane, other: Lane) -> str:
    mine, others = (wording.milliseconds(median_us(one)) for one in (lane, other))
    return f"Medians of the latest answers: {mine} ms of {len(lane.rtts_us)}, {others} ms of {len(other.rtts_us)}."


def _where(lane: Lane, fastest: Lane, more_us: int, shown: Shown) -> tuple[Place | None, str, str]:
    """From where on a lane is slower: a place on its path, in words, in few words; nothing where that is not known."""
    assert lane.end is not None
    assert fastest.end is not None
    if lane.bases_us[lane.end.ttl] - fastest.bases_us[fastest.end.ttl] < HALF * more_us:
        return None, "its best answers are not, so its delay comes and goes", "it comes and goes"
    together = {ttl: fastest.ttls[address] for address, ttl in lane.ttls.items() if address in fastest.ttls}
    if lane.vantage == fastest.vantage:
        limits, words = _from_one_place(lane, fastest, more_us, together)
        return limits, words, words.partition(",")[0]
    return _from_two_places(lane, fastest, more_us, together, shown)


def _from_two_places(
    lane: Lane, fastest: Lane, more_us: int, together: dict[int, int], shown: Shown
) -> tuple[Place | None, str, str]:
    """From where on, of two paths that begin at different places."""
    assert lane.end is not None
    assert fastest.end is not None
    first_ttl = min((ttl for ttl in together if ttl != lane.end.ttl), default=0)
    if not first_ttl or first_ttl not in lane.bases_us or together[first_ttl] not in fastest.bases_us:
        limits, words = _own_steps(lane, lane.end.ttl, fastest, fastest.end.ttl, more_us)
        return limits, words and f"{words}; its path shares no router with that of {fastest.name}", words
    there_us = lane.bases_us[first_ttl] - fastest.bases_us[together[first_ttl]]
    meeting = f"before its path meets that of {fastest.name} at {shown(at_hop(lane, first_ttl)[0])}"
    if there_us >= MOST * more_us:
        limits, words = _own_steps(lane, first_ttl, fastest, together[first_ttl], more_us)
        return limits or Place(0, first_ttl), f"{words}, {meeting}" if words else meeting, words or meeting
    if there_us > LITTLE * more_us:
        part = f"{wording.milliseconds(there_us)} ms of it {meeting}"
        return None, f"{part}, the rest beyond that", part
    if there_us < -LITTLE * more_us:
        return None, "", ""
    limits, words = _beyond_meeting(lane, fastest, more_us, first_ttl, shown)
    return limits, words, words.partition(",")[0]


def _own_steps(lane: Lane, last_ttl: int, fastest: Lane, its_ttl: int, more_us: int) -> tuple[Place | None, str]:
    """The one or two steps of a path up to a hop that are as large as the difference: ``+18.0 ms at hop 3``.

    Nothing where there are none, or where the faster path has steps as large: then these may be what both have.
    """
    mine, its = _steps(lane, last_ttl), _steps(fastest, its_ttl)
    if mine and its:  # what both take to their first router is no difference
        both_us = min(mine[0][0], its[0][0])
        mine[0], its[0] = (mine[0][0] - both_us, *mine[0][1:]), (its[0][0] - both_us, *its[0][1:])
    for count, least in ((1, MOST), (2, LITTLE)):
        largest = sorted((step for step in mine if step[0] <= more_us / MOST), reverse=True)[:count]
        if len(largest) < count or any(least * more_us <= step_us <= more_us / MOST for step_us, *_ in its):
            continue
        if sum(step[0] for step in largest) >= MOST * more_us and largest[-1][0] >= least * more_us:
            largest.sort(key=itemgetter(2))
            words = [f"+{wording.milliseconds(each)} ms at {place(near + 1, far)}" for each, near, far in largest]
            limits = Place(largest[0][1], largest[0][2]) if count == 1 else None
            return limits, " and ".join(words)
    return None, ""


def _steps(lane: Lane, last_ttl: int) -> list[tuple[int, int, int]]:
    """By how much the best RTT rises from one hop that answers to the next, with both; first from the vantage point."""
    made, before_us, before_ttl = [], 0, 0
    for ttl, base_us in lane.bases_us.items():
        if ttl <= last_ttl:
            made.append((base_us - before_us, before_ttl, ttl))
            before_us, before_ttl = base_us, ttl
    return made


def _beyond_meeting(lane: Lane, fastest: Lane, more_us: int, first_ttl: int, shown: Shown) -> tuple[Place | None, str]:
    """From where on, of two paths that have met, whether they go together from there to the target or not.

    A router that both cross has the difference there. What lies between two such is compared with both of them: its
    time on the other path would be no less than the first one's and no more than the second one's.
    """
    assert lane.end is not None
    if crosses_all(lane, first_ttl, lane.end.ttl, fastest):
        meeting = shown(at_hop(lane, first_ttl)[0])
        return None, f"beyond {meeting}, where its path meets that of {fastest.name}, so look at its return path"
    timed = [(ttl, fastest.ttls[address]) for address, ttl in lane.ttls.items() if address in fastest.ttls]
    timed = [(ttl, its) for ttl, its in timed if ttl in lane.bases_us and its in fastest.bases_us]
    near_ttl, far_ttl = 0, 0
    for ttl, base_us in lane.bases_us.items():
        least = max((each for each in timed if each[0] <= ttl), default=None)
        most = min((each for each in timed if each[0] >= ttl), default=None)
        if least is None or most is None:
            continue
        if base_us - fastest.bases_us[least[1]] <= LITTLE * more_us:
            near_ttl, far_ttl = ttl, 0
        elif base_us - fastest.bases_us[most[1]] >= MOST * more_us:
            far_ttl = far_ttl or ttl
        else:
            far_ttl = 0
    if not near_ttl or not far_ttl or far_ttl - near_ttl > HOPS_MAX:
        return None, ""
    if crosses_all(lane, near_ttl, far_ttl, fastest):
        router = shown(at_hop(lane, near_ttl)[0])
        return None, f"beyond {router}, which {fastest.name} crosses as well, so look at its return path"
    has_left = any(parted(lane, near_ttl, far_ttl, (fastest,)))
    where = f", where its path has left that of {fastest.name}" if has_left else ""
    return Place(near_ttl, far_ttl), f"{_from(near_ttl, far_ttl)}{where}, or on its return path"


def _from_one_place(lane: Lane, fastest: Lane, more_us: int, together: dict[int, int]) -> tuple[Place | None, str]:
    """From where on, of two paths that begin at one place."""
    assert lane.end is not None
    assert fastest.end is not None
    near_ttl, far_ttl = 0, 0
    for ttl, base_us in lane.bases_us.items():
        other_ttl = fastest.end.ttl if ttl == lane.end.ttl else together.get(ttl, ttl)
        other_us = fastest.bases_us.get(other_ttl)
        if other_us is None:
            continue
        if base_us - other_us <= LITTLE * more_us:
            near_ttl, far_ttl = ttl, 0
        elif base_us - other_us >= MOST * more_us:
            far_ttl = far_ttl or ttl
        else:
            far_ttl = 0
    if not far_ttl or far_ttl - near_ttl > HOPS_MAX:
        return None, ""
    words = _from(near_ttl, far_ttl)
    shared = max((ttl for ttl in together if ttl != lane.end.ttl), default=0)
    if shared and near_ttl <= shared < far_ttl and not any(ttl >= far_ttl for ttl in together if ttl != lane.end.ttl):
        words += f", where its path leaves that of {fastest.name}"
    return Place(near_ttl, far_ttl), words


def _from(near_ttl: int, far_ttl: int) -> str:
    """``from hop 5 on``, ``from hop 4 or 5 on``, ``from hops 4-6 on``."""
    if far_ttl - near_ttl == 2:
        return f"from hop {near_ttl + 1} or {far_ttl} on"
    return f"from {place(near_ttl + 1, far_ttl)} on"
