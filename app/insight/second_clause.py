"""The second clause of the answer: another trouble that is there at the same time, or was just before.

The answer leads with the gravest trouble. Who reads of it alone looks for the other one in vain: two faults at once are
both in the sentence, as ``Loss on the path: 12.0 % from hop 3 on; also queueing from hop 6 on (up to +80.0 ms).``
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import rules, wording
from .answer import Status
from .place import link

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .answer import Answer
    from .assessment import Sentences, Verdict
    from .rules import Rule

TROUBLES = frozenset({"fault", "warning", "changed"})
# What has ended is told beside what goes on for so long.
ENDED_US = 120_000_000
# While the target is not reached, or packets circle, a change of the path may be why; the rest does not matter.
CUT_OFF = frozenset({rules.Rank.STATE, rules.Rank.LOOP, rules.Rank.UNREACHED})
OF_LOSS = frozenset({rules.PATH_LOSS, rules.LOCAL_LOSS, rules.LAST_LINK_LOSS})
OF_QUEUES = frozenset({rules.QUEUEING, rules.BUFFERBLOAT})
OF_WAITS = OF_QUEUES | {rules.LATENCY_SHIFT}  # a queue that fills is what the RTT rose by


def second_of(first: Verdict, found: Sequence[Verdict], *, queue_told: bool) -> Verdict | None:
    """The gravest trouble beside the one that leads; None: there is none that is sure and of another kind.

    ``found`` is in the order of rank. ``queue_told``: what leads tells of a queue at its place, which is why RTT rises.
    """
    if first.severity not in TROUBLES:
        return None
    for one in found:
        if one is first or one.rule not in CLAUSES or not one.headline or one.rule.group == first.rule.group:
            continue
        if first.rank in CUT_OFF and one.rule.group != "Path":
            continue
        if (queue_told and one.rule.group == "Delay") or not _is_told(one):
            continue
        if one.rule is rules.OUTAGE and dict(first.numbers).get("kind") == "bursts":
            continue  # a burst that is longer than the others is no news beside them
        return one
    return None


def _is_told(one: Verdict) -> bool:
    """Whether it is sure, and is there or was just before."""
    if one.status is Status.ENDED:
        told = one.rule in {rules.OUTAGE, rules.LOSS_ENDED}
        return told and float(dict(one.numbers).get("ago_us", 0)) < ENDED_US
    return one.status is Status.CONFIRMED and one.severity in TROUBLES


def with_second(wordings: Sentences, second: Answer) -> Sentences:
    """Wordings of the answer, longest first, each with the second clause, and then without."""
    made = []
    for clause in CLAUSES[second.rules[0]](second):
        for lead, rest in wordings:
            told = rest or lead
            joined = f"{told[:-1]}; also {clause}." if told.endswith((".", ":")) else f"{told}; also {clause}."
            made.append((lead, joined) if rest else (joined, ""))
    return (*made, *wordings)


# ---- clauses, longest first ----------------------------------------------------------------------------------------


def _loss(answer: Answer) -> tuple[str, ...]:
    share = f"{wording.percent(answer.number('share'))} %"
    first, last = int(answer.number("after_ttl")), int(answer.number("from_ttl"))
    if answer.rules[0] is rules.LOCAL_LOSS:
        return (f"{share} lost on the local network", "loss on the local network")
    if answer.rules[0] is rules.LAST_LINK_LOSS:
        return (f"{share} lost from {answer.onset} on", f"loss from {answer.onset} on")
    if last - first > 1:
        where = link(first, last) if first else f"between {answer.host} and hop {last}"
        return (f"{share} lost, beginning {where}", f"loss {where}")
    return (f"{share} lost from hop {last} on", f"loss from hop {last} on")


def _queue(answer: Answer) -> tuple[str, ...]:
    what = "bufferbloat" if answer.rules[0] is rules.BUFFERBLOAT else "queueing"
    excess = f"({wording.up_to(int(answer.number('excess_us')), answer.number('excess_share'))})"
    where = "at the last link or the target" if answer.holds("end_alone") else f"from {answer.onset} on"
    return (f"{what} {where} {excess}", f"{what} {where}", what)


def _jitter(answer: Answer) -> tuple[str, ...]:
    return (f"jitter of {wording.milliseconds(int(answer.number('jitter_us')))} ms end to end", "jitter")


def _shift(answer: Answer) -> tuple[str, ...]:
    rose = "rose" if answer.number("shift_us") > 0 else "fell"
    what = f"RTT {rose} by {wording.milliseconds(abs(int(answer.number('shift_us'))))} ms"
    return (f"{what} {_ago(answer)} from {answer.onset} on", f"{what} {_ago(answer)}", what)


def _changed(answer: Answer) -> tuple[str, ...]:
    if answer.holds("circles", "no"):
        when, short = f"a routing loop began {_ago(answer)}", "a routing loop"
    else:
        when, short = f"the path changed {_ago(answer)}", "a path change"
    return (f"{when} at {answer.where}", when, short)


def _flap(answer: Answer) -> tuple[str, ...]:
    return (f"the path flaps at {answer.where}", "the path flaps")


def _outage(answer: Answer) -> tuple[str, ...]:
    length = wording.duration(answer.number("duration_us") / 1e6)
    return (f"an outage of {length} ended {_ago(answer)}", f"an outage ended {_ago(answer)}", "an outage")


def _loss_ended(answer: Answer) -> tuple[str, ...]:
    share, length = wording.percent(answer.number("share")), wording.duration(answer.number("duration_us") / 1e6)
    return (f"loss ended {_ago(answer)} ({share} % for {length})", f"loss ended {_ago(answer)}")


def _ago(answer: Answer) -> str:
    return f"{wording.duration(max(0.0, answer.number('ago_us')) / 1e6)} ago"


# Of each rule that may be told second.
CLAUSES: dict[Rule, Callable[[Answer], tuple[str, ...]]] = {
    **dict.fromkeys(OF_LOSS, _loss),
    **dict.fromkeys(OF_QUEUES, _queue),
    rules.JITTER: _jitter,
    rules.LATENCY_SHIFT: _shift,
    rules.PATH_CHANGE: _changed,
    rules.PATH_FLAP: _flap,
    rules.OUTAGE: _outage,
    rules.LOSS_ENDED: _loss_ended,
}
