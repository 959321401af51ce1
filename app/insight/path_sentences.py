"""The answer in words where it is about delay, the path or its MTU: wordings of each, longest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import rules, wording
from .answer import Status
from .place import link, place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .answer import Answer
    from .assessment import Sentences

NAMED_MAX = 3  # routers of a loop


def queue(answer: Answer) -> Sentences:
    """RTT above its best: a queue, or bufferbloat; with since when, where it was not there before, or as ended."""
    bloat = answer.rules[0] is rules.BUFFERBLOAT
    lasted_us = answer.number("lasted_us", 0)
    length = f" for {wording.duration(lasted_us / 1e6)}" if lasted_us else ""
    excess = wording.up_to(int(answer.number("excess_us")), answer.number("excess_share"))
    if answer.number("lost_share", 0):
        excess += f" and {wording.percent(answer.number('lost_share'))} % loss"
    if answer.status is Status.ENDED:
        return _queue_ended(answer, "Bufferbloat" if bloat else "Queueing", excess, length)
    title = f"Bufferbloat{length}, grade {answer.word('grade')}:" if bloat else f"Queueing{length}:"
    if answer.status is Status.PROVISIONAL:
        title = "Looks like bufferbloat:" if bloat else "Looks like queueing:"
        if answer.number("times_best"):
            excess = f"RTT is {answer.number('times_best'):.0f} times its best"
    bare = title if answer.status is Status.PROVISIONAL else "Bufferbloat:" if bloat else "Queueing:"
    if answer.holds("end_alone"):
        return (
            (title, f"{excess} at the last link, or the target itself is slow."),
            (title, f"{excess} at the last link or the target."),
            (bare, "at the last link or the target."),
        )
    where = f"{excess} from {answer.onset}"
    by = f" ({answer.network})" if answer.network else ""
    ends = [f"{by} on.", " on."]
    if answer.holds("loaded", "no"):
        filled = f", filled by {answer.host}'s own traffic."
        ends = [f"{by}{filled}", filled, f", filled by {answer.host}.", " on."]
    told = [(title, f"{where}{end}") for end in ends]
    if answer.holds("loaded", "no"):
        # By whom says more than the grade, and more than how much, which the table shows.
        begins = f"from {answer.onset} on"
        told[-1:-1] = [
            (bare, f"{where}{ends[-2]}"),
            (bare, f"{begins}{filled}"),
            (bare, f"{begins}{ends[-2]}"),
            (bare, f"filled by {answer.host}'s own traffic."),
        ]
    return (*told, (bare, f"{where} on."), (bare, f"from {answer.onset} on."))


def _queue_ended(answer: Answer, what: str, excess: str, length: str) -> Sentences:
    title = f"{what} ended {wording.duration(answer.number('ago_us') / 1e6)} ago:"
    if answer.holds("end_alone"):
        return (
            (title, f"{excess}{length} at the last link, or the target itself was slow."),
            (title, f"{excess} at the last link or the target."),
            (title, "at the last link or the target."),
        )
    where = f"from {answer.onset} on."
    return ((title, f"{excess}{length} {where}"), (title, f"{excess} {where}"), (title, where))


def jitter(answer: Answer) -> Sentences:
    """RTT that varies."""
    size, base = (wording.milliseconds(int(answer.number(name))) for name in ("jitter_us", "base_us"))
    return (("Jitter:", f"{size} ms end to end on a base of {base} ms."),)


def step(answer: Answer) -> Sentences:
    """A rise at one hop that no distance on the ground explains."""
    lead = f"RTT rises by {wording.milliseconds(int(answer.number('rise_us')))} ms"
    where = link(answer.place.first_ttl, answer.place.last_ttl) if answer.place else ""
    return (
        (f"{lead} {where}:", "too much for distance; a queue that never drains, a detour, or a satellite."),
        (f"{lead} {where}:", "too much for distance."),
        (f"{lead} {where}.", ""),
    )


def shift(answer: Answer) -> Sentences:
    """RTT at another level: provisional, for good, or over."""
    rose = answer.number("shift_us") > 0
    size = f"{wording.milliseconds(abs(int(answer.number('shift_us'))))} ms"
    ago = f"{wording.duration(answer.number('ago_us') / 1e6)} ago"
    where = f"from {answer.onset} on"
    if answer.status is Status.ENDED:
        lead = (
            f"RTT was {size} {'lower' if rose else 'higher'} for {wording.duration(answer.number('lasted_us') / 1e6)}"
        )
        return (
            (f"{lead}, until {ago}:", f"a longer path or a queue, {where}."),
            (f"{lead}, until {ago}.", ""),
            (f"{lead}.", ""),
        )
    cause = "a longer path, or a queue" if rose else "a shorter path, or a queue that is gone"
    if answer.status is Status.PROVISIONAL:
        lead = f"RTT seems to have {'risen' if rose else 'fallen'} by {size} {ago}"
        return ((f"{lead},", f"{where}: {cause}."), (f"{lead},", f"{where}."), (f"{lead}.", ""))
    before, after = (wording.milliseconds(int(answer.number(name))) for name in ("before_us", "after_us"))
    lead = f"RTT {'rose' if rose else 'fell'} by {size} {ago}"
    return (
        (f"{lead},", f"{where}: {cause} ({before} to {after} ms, same visible path)."),
        (f"{lead},", f"{where}: {cause}."),
        (f"{lead},", f"{where}."),
        (f"{lead}.", ""),
    )


def changed(answer: Answer) -> Sentences:
    """Other routers answer."""
    where = answer.where
    if answer.status is Status.PROVISIONAL:
        if answer.holds("over", "no"):
            return ((f"Path seems to have changed at {where}", "just before the trace ended."),)
        return ((f"Path seems to have changed at {where}", "(confirming)."),)
    ago = f"{max(0, int(answer.number('ago_us'))) // 1_000_000} s ago at {where}"
    if answer.holds("circles", "no"):
        return ((f"A routing loop began {ago}.", ""),)
    lead = f"Path changed {ago}"
    new, old = int(answer.number("routers")), int(answer.number("routers_before"))
    rise_us = int(answer.number("rise_us"))
    rise = [wording.change(rise_us)] if answer.holds("rise_told") else []
    longer = [wording.hops_longer(new - old)] if new != old else []
    what = f"{wording.plural(old, 'router')} replaced" if min(new, old) else ""
    if answer.holds("returned"):
        what = "back on an earlier path"
    elif answer.network:
        what = f"{'detour' if new > old or rise_us > 0 else 'now'} via {answer.network}"
    wordings = [[what, *longer, *rise], [what, *rise], [*longer, *rise], [what], rise]
    told = [", ".join(part for part in parts if part) for parts in wordings]
    return (*((f"{lead}:", f"{one}.") for one in told if one), (f"{lead}.", ""))


def flap(answer: Answer) -> Sentences:
    """The path alternates between routes, or did."""
    where, changes = answer.where, wording.plural(int(answer.number("changes")), "change")
    length = wording.duration(answer.number("duration_us") / 1e6)
    if answer.status is Status.ENDED:
        lead, ago = "Path flaps ended", wording.duration(answer.number("ago_us") / 1e6)
        return ((lead, f"{ago} ago: {changes} at {where} in {length}."), (lead, f"{ago} ago at {where}."))
    lead = f"The path flaps at {where}:"
    latest = wording.duration(answer.number("latest_us") / 1e6)
    return (
        (lead, f"{changes} in {length}, the latest {latest} ago."),
        (lead, f"{changes} in {length}."),
        (lead, "it alternates between routes."),
    )


def loop(answer: Answer) -> Sentences:
    """Packets circle."""
    first_ttl, last_ttl = (answer.place.first_ttl, answer.place.last_ttl) if answer.place else (0, 0)
    if answer.status is Status.PROVISIONAL:
        return (
            (f"A routing loop seems to have formed at hop {first_ttl}", "(confirming)."),
            (f"A routing loop seems to be at hop {first_ttl}", "(confirming)."),
        )
    duration_us = answer.number("duration_us", 0)
    lasts = f" for {wording.duration(duration_us / 1e6)}" if duration_us else ""
    lead, begin = f"Routing loop{lasts}:", f"from hop {first_ttl} on packets circle"
    members = int(answer.number("members"))
    turn = place(first_ttl, first_ttl + members - 1)
    return (
        *(((lead, f"{begin} between {_listed(answer.addresses[:members])}."),) if members <= NAMED_MAX else ()),
        (lead, f"{turn} repeat{'' if members > 1 else 's'} up to hop {last_ttl}."),
        (lead, f"{begin}."),
    )


def _listed(names: Sequence[str]) -> str:
    """``a, b and c``."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""


def ttl_lowered(answer: Answer) -> Sentences:
    """One router answers for all hops behind it."""
    ttl = answer.place.first_ttl if answer.place else 0
    lead, who = f"Packets end at hop {ttl}:", f"{answer.addresses[0]} answers for every hop beyond"
    return (
        (lead, f"{who}; a device before it lowers the TTL."),
        (lead, f"{who}."),
        (lead, "a device before it lowers the TTL."),
        (lead, "the TTL is lowered."),
    )


def black_hole(answer: Answer) -> Sentences:
    """Large packets vanish."""
    lead = f"Packets above {int(answer.number('smaller'))} bytes vanish"
    where = link(int(answer.number("after_ttl")), int(answer.number("ttl")))
    return ((f"{lead} {where}.", "No router reports it."), (f"{lead}.", ""))
