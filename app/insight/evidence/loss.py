"""Loss on the path: what the looks have found, with the figures of now.

The hops are sorted by ``reply_limits``; among the sound ones ``onset`` tells where the loss begins.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...path.stretches import Beginning
from ...statistics.exact_tests import CONFIDENCE, fisher_greater, proportion_interval, surely_above, surely_below
from ..checks.results import others_lose_alike
from .burst_place import placed_by_bursts
from .counts import Row
from .course import NOTHING, Found, course, has_histories
from .findings import NO_FINDINGS, Further, Limited, LossFindings, PathLoss
from .loss_began import BEGAN_ROUNDS, before_proof, is_kept, loss_begun, place_at_first
from .onset import onset
from .onsets import two_onsets
from .patterns import rate_limit_pattern
from .reply_limits import FIRST_ALPHA, KEEP_TIMES, open_from, sort_hops, sound_hops
from .told_place import NOWHERE, PERHAPS_LIMITS, Range, Told, first_ends, kind, narrowest, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...statistics.regularity import Evenness
    from .gather import Evidence
    from .told_place import Ends

# A loss is real from this lower bound of its 95 % interval on, with so many lost.
REAL_SHARE = 0.005
REAL_COUNT = 3
# Loss is a fault from this share on, and then as long as it is not below the second.
BAD_SHARE, STILL_BAD_SHARE = 0.01, 0.007
# Loss that an earlier look has found is kept down to this confidence; that no look has found is told from this one on.
KEEP_CONFIDENCE, CLEAR_CONFIDENCE = 0.75, 0.999
# Before so many rounds the next look is half a minute away at most, and what is clear by the counts of one round may
# not be by those of the next.
SOON_ROUNDS = 200
# A place of more hops than these is told from so many losses on.
WIDE, PLACED_COUNT = 3, 24
# So many are enough where the place is narrow, but it is open whether they are limits on replies.
KNOWN_COUNT = 16
# The end loses less than the hops before it where its share is below theirs with this confidence; and where they were
# told to lose alike.
BELOW, STILL_BELOW = 0.95, 0.998
# Hops lose more than the end does where so large a difference has less than this chance; and where they were told to
# lose alike.
LESS_P, STILL_LESS_P = 0.1, FIRST_ALPHA
# Two places of loss are told where the logarithm of their likelihood, against one place, exceeds the first, and are
# kept as long as it exceeds the second; from the third on they are possible, and one place has the first of both.
# Of simulated hours of loss at one place, looked at all the time, one in a hundred reaches 7
# (tests/app/insight/evidence/test_onsets.py); looked at once, at the end of a trace or as totals, one in a thousand
# reaches the last.
SECOND_GAIN, SECOND_KEPT, SECOND_OPEN, SECOND_ONCE = 8.0, 4.0, 3.0, 6.0


def find_loss(evidence: Evidence) -> LossFindings:
    """Sort the hops and find path loss.

    Loss that the far end alone shows may be a rate limit: it is one where its losses are too even for chance. The hops
    before it are then judged without it, and also where they may lose less than it.
    """
    end = evidence.end_row
    if end is None:
        return NO_FINDINGS
    known = _known(evidence, end)
    found = _with_figures(evidence, end, known)
    if found.path is None or len(found.sound) < 2:
        return found
    before = found.sound[-2]
    alone = found.path.after_ttl == before.ttl
    even = _own_limit(evidence, end) if alone or known.end_more else None
    if even is None and not alone:
        return found
    hop = next(hop for hop in evidence.snapshot.hops if hop.ttl == before.ttl)
    nearer = replace(evidence, end=hop, end_row=before)
    path = _with_figures(nearer, before, _known(nearer, before)).path
    if even is not None:
        return replace(found, path=path, limited=Limited(end, before, even))
    return found if path is None else replace(found, path=path, last_link=found.path)


def _own_limit(evidence: Evidence, end: Row) -> Evenness | None:
    """How even the far end's losses are, where they are too even for chance.

    With flows by turns, an even pattern may also be one of them that does not get through.
    """
    if evidence.snapshot.settings.flows > 1:
        return None
    if others_lose_alike(evidence, end.ttl):
        return None
    return rate_limit_pattern(evidence, end.ttl)


def _known(evidence: Evidence, end: Row) -> Found:
    """What the latest look found."""
    if not has_histories(evidence):
        return _at_once(evidence, end)
    first = place_at_first(evidence, end.ttl)
    if not first:
        return course(evidence, end.ttl, _look)
    # Loss may have been told before it was proved that it began or grew: then its place stays what it was.
    span = before_proof(evidence)
    told_then = course(evidence, end.ttl, _look, span=span).place if span is not None else NOWHERE
    kept = bool(told_then) and is_kept(evidence, end.ttl, told_then.ends)
    place = replace(told_then, open_ttl=first.open_ttl, rounds=0) if kept else first
    return course(evidence, end.ttl, _look, Found(frozenset(), place, known=kept))


def _with_figures(evidence: Evidence, end: Row, found: Found) -> LossFindings:
    """What was found, with the figures of now."""
    if not end.judged:
        return loss_begun(evidence, end, found) or NO_FINDINGS
    before = {row.ttl: row for row in evidence.before}
    whole = tuple(row.plus(before.get(row.ttl)) for row in evidence.rows)
    _, reply_side = sort_hops(whole, end.plus(before.get(end.ttl)), found.limited)
    limited = tuple(entry for entry in reply_side if entry.row.ttl in found.limited)
    if found.sound:
        sound = [row for row in evidence.rows if row.ttl in found.sound and row.completed]
    else:
        sound = sound_hops(evidence.rows, end, found.limited)
    if not found.place:
        began = loss_begun(evidence, end, found)
        path = began.path if began is not None else None
        # Several bursts are no strays, however little they lose in the long run; and what is clear waits for no look
        # where none comes soon.
        soon = evidence.snapshot.state != "finished" and end.completed < SOON_ROUNDS
        clear = not soon and _is_real(end, CLEAR_CONFIDENCE, REAL_SHARE)
        if path is None and (evidence.bursts or clear):
            answering = [row.ttl for row in evidence.rows if row.answers and row.ttl <= end.ttl]
            path = _seen(sound, end, CONFIDENCE, answering, least=0.0 if evidence.bursts else REAL_SHARE)
        path = None if path is None else placed_by_bursts(evidence, sound, path)
        return LossFindings(limited, path, tuple(sound))
    # The end alone has few probes yet, and was looked at since some were lost: all hops together are nearer the truth.
    young = evidence.stretch is not None and evidence.stretch.begun_by is Beginning.LOSS_BEGAN
    young = young and end.completed < BEGAN_ROUNDS
    if evidence.snapshot.state == "finished":
        found = _at_last(evidence, sound, end, found)
    path = _figures(sound, end, found.place, pooled=young)
    if path is not None and found.further and not young:
        path = _with_further(sound, path, found.further.ends)
    if path is not None and found.sound:  # as the latest look found it, not by the counts of every round
        path = replace(path, bad=found.bad)
    path = None if path is None else placed_by_bursts(evidence, sound, path)
    return LossFindings(limited, path, tuple(sound))


def _at_last(evidence: Evidence, sound: Sequence[Row], end: Row, found: Found) -> Found:
    """What was found, as the counts of a trace that is over have it: nothing changes any more.

    Each place is as narrow as is likely, and a second one is told that no look before was sure of.
    """
    answering = [row.ttl for row in evidence.rows if row.answers and row.ttl <= end.ttl]
    needed = SECOND_KEPT if found.further else SECOND_ONCE
    place, further = _places(sound, onset(sound).place, answering, needed)
    if further is None:
        return found if found.further else replace(found, place=narrowest(place, found.place))
    if found.further:
        return replace(found, place=narrowest(place, found.place), further=narrowest(further, found.further))
    near = Told(place.ends, min(answering[-2:], default=0), end.completed)
    return replace(found, place=near, further=Told(further.ends, rounds=end.completed))


def _look(rows: tuple[Row, ...], before: tuple[Row, ...], then: Found) -> Found:
    """What a look finds, and what it holds of the look before."""
    end = rows[-1]
    if not end.judged:
        return then
    earlier = {row.ttl: row for row in before}
    whole = tuple(row.plus(earlier.get(row.ttl)) for row in rows)
    _, reply_side = sort_hops(whole, whole[-1], then.limited)
    limited = frozenset(entry.row.ttl for entry in reply_side)
    sound = sound_hops(rows, end, limited, then.left_out)
    ttls = tuple(row.ttl for row in sound)
    left_out = frozenset(row.ttl for row in rows if row.judged and row.ttl not in ttls) - limited
    found = Found(limited, left_out=left_out, sound=ttls, known=then.known)
    if not _is_lossy(sound, end, KEEP_CONFIDENCE if then.place else CONFIDENCE, kept=bool(then.place)):
        return found
    one = onset(sound)
    answering = [row.ttl for row in rows if row.answers]
    open_ttl = open_from(answering, sound, one.place.ends[0], told=_is_decided(then.place, end.ttl))
    likely = first_ends(one.place, end.completed)
    if not then.place and _is_vague(likely, kind(likely, open_ttl, end.ttl), sound):
        return found
    place, further = _places(
        sound, one.place, answering, SECOND_KEPT if then.further else SECOND_GAIN, kept=bool(then.further)
    )
    then_place = _on_sound(then.place, ttls)
    if further is not None and not then.further and not _follow(then.place.ends, further.ends):
        then_place = NOWHERE  # what was told as one place was between the two
    if further is not None:
        open_ttl = min(answering[-2:])
    two = further is not None
    second = NOWHERE if further is None else told(further, then.further, 0, end.ttl, end.completed, several=two)
    place_told = told(place, then_place, open_ttl, end.ttl, end.completed, several=two)
    path = _figures(sound, end, place_told, pooled=False)
    bad = path is not None and path.share >= (STILL_BAD_SHARE if then.bad else BAD_SHARE)
    return replace(found, place=place_told, further=second, end_more=_loses_more(sound, kept=then.end_more), bad=bad)


def _is_decided(place: Told, end_ttl: int) -> bool:
    """Whether a place was told that lies before the hops where loss may be limits."""
    return bool(place) and kind(place.ends, place.open_ttl, end_ttl) == 0


def _loses_more(sound: Sequence[Row], *, kept: bool) -> bool:
    """Whether the end loses more than the sound hop before it, or, where that was so, still may."""
    if len(sound) < 2:
        return False
    before, end = sound[-2:]
    level = FIRST_ALPHA * (KEEP_TIMES if kept else 1)
    return fisher_greater(end.lost, end.completed, before.lost, before.completed, level) < level


def _on_sound(place: Told, ttls: Sequence[int]) -> Told:
    """A place whose farther end may be a limiter now: the next sound hop is the first that surely feels the loss."""
    if not place or place.ends[1] in ttls:
        return place
    beyond = next((ttl for ttl in ttls if ttl > place.ends[1]), place.ends[1])
    return replace(place, ends=(place.ends[0], beyond))


def _follow(place: Ends, further: Ends) -> bool:
    """Whether a second place lies beyond one that was told alone."""
    return further[0] >= place[1]


def _is_vague(likely: Ends, what: int, sound: Sequence[Row]) -> bool:
    """Whether so little is lost that where, or what, is not known yet: another look will say it better."""
    needed = PLACED_COUNT if likely[1] - likely[0] > WIDE else KNOWN_COUNT if what == PERHAPS_LIMITS else 0
    return sum(row.lost for row in sound if row.ttl > likely[0]) < needed


def _places(
    sound: Sequence[Row], place: Range, answering: Sequence[int], needed: float, *, kept: bool = False
) -> tuple[Range, Range | None]:
    """Where loss begins, and where more of it does, None where nothing clearly does; ``place`` is that of one loss.

    Two places are told where their likelihood gains as much as is ``needed``; ``kept``: they were at the look before.
    The last two hops may be limiters: a second place among them is told as that, too, where the hops before it show the
    first without them. Where the end alone seems to lose, the hops before it are judged without it anyway.
    """
    two = two_onsets(sound)
    if two is None or two.gain < SECOND_OPEN:
        return place, None
    sure = two.gain >= needed
    # One hop between the two places may as well be a limiter: several show that they lose alike.
    sure = sure and (kept or sum(two.near.ends[1] <= row.ttl <= two.far.ends[0] and row.lost > 0 for row in sound) > 1)
    if two.far.ends[1] >= min(answering[-2:], default=0):
        if len(sound) > 1 and place.ends[0] == sound[-2].ttl:
            return place, None
        nearer = [row for row in sound if row.ttl <= two.far.ends[0]]
        open_ttl = open_from([ttl for ttl in answering if ttl <= two.far.ends[0]], nearer, two.near.ends[0])
        sure = sure and (kept or two.near.ends[1] < open_ttl)
    if sure:
        return two.near, two.far
    ends = min(place.ends[0], two.near.ends[0]), place.ends[1]
    return (place if ends == place.ends else Range(ends, ends, place.close, alone=False)), None


def _with_further(sound: Sequence[Row], path: PathLoss, far: Ends) -> PathLoss:
    """A loss with the further one that begins beyond it, where the counts of now still show more there."""
    between = [row for row in sound if path.from_ttl <= row.ttl <= far[0]]
    beyond = [row for row in sound if row.ttl >= far[1]]
    first, both = (
        sum(row.lost for row in some) / max(1, sum(row.completed for row in some)) for some in (between, beyond)
    )
    if not 0 < first < both < 1:
        return path
    return replace(path, first_share=first, further=Further(*far, (both - first) / (1 - first)))


def _at_once(evidence: Evidence, end: Row) -> Found:
    """What totals alone come to: one look, after which none will say it better."""
    if not end.judged or not any(row.lost for row in evidence.rows):
        return NOTHING
    rows = tuple(row for row in evidence.rows if row.ttl <= end.ttl)
    _, reply_side = sort_hops(rows, end, frozenset(), looks=1)
    limited = frozenset(entry.row.ttl for entry in reply_side)
    sound = sound_hops(rows, end, limited)
    if not _is_lossy(sound, end, CONFIDENCE):
        return Found(limited)
    answering = [row.ttl for row in rows if row.answers]
    place, further = _places(sound, onset(sound).place, answering, SECOND_ONCE)
    second = NOWHERE if further is None else Told(further.ends)
    open_ttl = open_from(answering, sound, place.ends[0]) if further is None else min(answering[-2:])
    path = _figures(sound, end, Told(place.ends, open_ttl), pooled=False)
    bad = path is not None and path.bad
    return Found(limited, Told(place.ends, open_ttl), second, _loses_more(sound, kept=False), bad=bad)


def _is_lossy(
    sound: Sequence[Row], end: Row, confidence: float, least: float = REAL_SHARE, *, kept: bool = False
) -> bool:
    """Whether the path loses packets: its end alone, or it and the hops that seem to share its loss.

    ``kept``: that was so at the look before.
    """
    if _is_real(end, confidence, least):
        return True
    if not end.lost:
        return False  # what the path loses is missing at its end, too: hops that lose alone answer seldom
    found = onset(sound)
    # From the likeliest first hop on; what was told is kept where that is so from the nearest on that it may be.
    return any(
        _is_felt([row for row in sound if first <= row.ttl < end.ttl], end, confidence, least, kept=kept)
        for first in (found.best_ttl, *((found.place.ends[0] + 1,) if kept else ()))
    )


def _is_felt(others: Sequence[Row], end: Row, confidence: float, least: float, *, kept: bool) -> bool:
    """Whether hops lose as the end does, and together so much that it is no chance."""
    together = _together(others)
    if not together.lost:
        return False
    level = STILL_LESS_P if kept else LESS_P
    if fisher_greater(together.lost, together.completed, end.lost, end.completed, level) < level:
        return False
    if surely_below(end.lost, end.completed, together.share, STILL_BELOW if kept else BELOW):
        return False
    return _is_real(together.plus(end), confidence, least)


def _is_real(row: Row, confidence: float, least: float) -> bool:
    """Whether so many are lost that it is no chance."""
    return row.lost >= REAL_COUNT and surely_above(row.lost, row.completed, least, confidence)


def _seen(sound: Sequence[Row], end: Row, confidence: float, answering: Sequence[int], least: float) -> PathLoss | None:
    """The loss and its place by the counts of now alone."""
    if not _is_lossy(sound, end, confidence, least):
        return None
    ends = onset(sound).place.ends
    return _figures(sound, end, Told(ends, open_from(answering, sound, ends[0])), pooled=False)


def place_of(rows: tuple[Row, ...]) -> Ends | None:
    """The last hop before a loss, and the last at which it may begin, by counts alone; None: they show none."""
    answering = [row for row in rows if row.answers]
    if not answering or not any(row.lost for row in answering):
        return None
    # Of a short loss no hop can be judged by itself: all of them tell its place.
    sound = sound_hops(answering, answering[-1], frozenset()) if answering[-1].judged else answering
    return onset(sound).place.ends


def _figures(sound: Sequence[Row], end: Row, place: Told, *, pooled: bool) -> PathLoss | None:
    """The loss of a place that is known: the far end's, or, where that is too little alone, of all from there on."""
    after_ttl, from_ttl = place.ends
    counted, first_ttl = end, from_ttl
    if pooled and any(row.lost for row in sound):  # of few probes each hop that is likely to feel it counts
        first_ttl = max(after_ttl + 1, min(from_ttl, onset(sound).best_ttl))
    pooled_from = first_ttl if first_ttl < end.ttl else 0
    if _is_real(end, KEEP_CONFIDENCE, REAL_SHARE) and not pooled:
        pooled_from = 0
    else:
        counted = _together([row for row in sound if row.ttl >= first_ttl])
    if not counted.lost:
        return None
    low, high = proportion_interval(counted.lost, counted.completed, CONFIDENCE)
    clean = _together([row for row in sound if row.ttl <= after_ttl])
    bad = counted.share >= BAD_SHARE
    return PathLoss(
        after_ttl,
        from_ttl,
        counted.lost,
        counted.completed,
        pooled_from,
        low,
        high,
        clean,
        end.ttl,
        place.open_ttl,
        bad=bad,
    )


def _together(rows: Sequence[Row]) -> Row:
    """The counts of several hops as one."""
    return Row(0, sum(row.lost for row in rows), sum(row.completed for row in rows))
