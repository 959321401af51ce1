"""The answer in words where it is about loss: how much, where, since when; wordings of each, longest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import rules, wording
from .place import link, place

if TYPE_CHECKING:
    from .answer import Answer
    from .assessment import Sentences

# So many of the last hops are the end of the path; of more the range is told.
END_HOPS = 2
LIMITS = ", or rate-limited replies"


def seen_at(*, at_target: bool, pooled_from: int, end_ttl: int) -> str:
    """Where loss was counted: ``at the target``, ``at hop 8`` or ``over hops 6-8``."""
    if pooled_from:
        return f"over {place(pooled_from, end_ttl)}"
    return "at the target" if at_target else f"at hop {end_ttl}"


def loss(answer: Answer) -> Sentences:
    """Loss that is there, with a queue at its place where there is one."""
    if not answer.number("queue_us", 0):
        return _lost(answer)
    wait = wording.up_to(int(answer.number("queue_us")), answer.number("queue_share"))
    return (*_lost(answer, f", with queueing there ({wait})"), *_lost(answer))


def loss_ended(answer: Answer) -> Sentences:
    """Loss that is over."""
    ago, length = (wording.duration(answer.number(name) / 1e6) for name in ("ago_us", "duration_us"))
    first, last = int(answer.number("after_ttl")), int(answer.number("from_ttl"))
    share = f"{wording.percent(answer.number('share'))} %"
    where = f" from hop {last} on" if last - first <= 1 else f", beginning {_within(answer.host, first, last)}"
    lead = f"Loss ended {ago} ago:"
    return ((lead, f"{share} for {length}{where}."), (lead, f"{share} for {length}."))


def _lost(answer: Answer, beside: str = "") -> Sentences:
    """Where what is lost; ``beside`` follows the place."""
    at_target, end_ttl = answer.holds("at_target"), int(answer.number("end_ttl"))
    lossy = wording.of(int(answer.number("lost")), int(answer.number("completed")))
    share = f"{wording.percent(answer.number('share'))} %"
    pooled_from = int(answer.number("pooled_from"))
    if end_lost := int(answer.number("end_lost", 0)):
        # As the table has it; what all hops together come to is in the evidence.
        completed, pooled_from = int(answer.number("end_completed")), 0
        share, lossy = f"{wording.percent(end_lost / completed)} %", wording.of(end_lost, completed)
    lead, tail, limits = _lead_and_place(answer)
    alone = answer.rules[0] not in {rules.PATH_LOSS, rules.LOCAL_LOSS} and answer.holds("alone")
    seen = "" if alone else f" {seen_at(at_target=at_target, pooled_from=pooled_from, end_ttl=end_ttl)}"
    if answer.holds("early"):
        # Of few losses the range says more than the figure.
        low, high = wording.about(answer.number("low")), wording.about(answer.number("high"))
        share = f"about {wording.about(answer.number('share'))} %"
        told, about = _told(share, tail), f"{share} ({low}-{high} %) {tail}"
    else:
        told = about = _told(share, tail)
    if answer.number("further_from_ttl", 0):
        told = about = _two_places(answer)
    return _wordings(answer, lead, (f"{about}{limits}{beside}", f"{told}{limits}{beside}"), f"{lossy}{seen}")


def _told(share: str, tail: str) -> str:
    return f"{share}, {tail}" if tail.startswith("beginning") else f"{share} {tail}"


def _lead_and_place(answer: Answer) -> tuple[str, str, str]:
    """How the sentence begins, where the loss is, and what else it may be."""
    first, last = int(answer.number("after_ttl")), int(answer.number("from_ttl"))
    rule, end_ttl = answer.rules[0], int(answer.number("end_ttl"))
    tail = f"from hop {last} on" if last - first <= 1 else f"beginning {_within(answer.host, first, last)}"
    if rule is rules.LOCAL_LOSS:
        beyond = " and beyond" if answer.number("further_from_ttl", 0) else ""
        return f"Loss on the local network{beyond}:", f"already at hop {last}", ""
    if answer.holds("early"):
        return "Loss on the path, confirming:", tail, ""
    if rule is not rules.PATH_LOSS:
        limits = LIMITS if rule.undecided else ", by other protocols too"
        if answer.holds("alone"):
            return (
                "Loss at the target:" if answer.holds("at_target") else f"Loss at hop {end_ttl}:",
                ("on the last link"),
                limits,
            )
        if answer.number("last_hops", END_HOPS) <= END_HOPS:
            return "Loss at the end of the path:", f"from {answer.onset} on", limits
        where = f" at {place(first + 1, end_ttl)}" if rule.undecided else ""
        return "Loss on the path:", tail, f"{limits}{where}"
    lead = "Loss on the path, in bursts:" if answer.number("bursts", default=0) else "Loss on the path:"
    return lead, tail, LIMITS if answer.holds("perhaps_limits", "no") else ""


def _wordings(answer: Answer, lead: str, tells: tuple[str, str], counts: str) -> Sentences:
    """Wordings of what is told, in two lengths, and of the counts that it rests on."""
    about, told = tells
    lossy = counts.partition(" at ")[0]  # of several hops together the counts are never told without these
    by = f" ({answer.network})" if answer.network else ""
    last: Sentences = (
        ("Loss:", f"{told}."),
        ("Loss:", f"{told.partition(LIMITS)[0]}{LIMITS if LIMITS in told else ''}."),
    )
    if LIMITS in told:
        last = (*last, ("Loss:", f"{told.partition(' %')[0]} %{LIMITS}."))
    if answer.number("silent_beyond"):
        seen = f"; nothing answers beyond hop {int(answer.number('silent_beyond'))}"
        return ((lead, f"{told}{by}; {lossy}{seen}."), (lead, f"{told}{seen}."), ("Loss:", f"{told}{seen}."), *last)
    if answer.number("ago_us", 0):
        began = f" in the last {wording.duration(answer.number('ago_us') / 1e6)}"
        former = wording.of(int(answer.number("before_lost", 0)), int(answer.number("before_completed", 0)))
        before = f"; before: {former}" if answer.number("before_completed", 0) else ""
        return (
            (lead, f"{about}{by}{began}: {counts}{before}."),
            (lead, f"{about}{by}{began}{before}."),
            (lead, f"{told}{by}{began}{before}."),
            (lead, f"{told}{began}{before}."),
            (lead, f"{told}{began}."),
            ("Loss:", f"{told}{began}."),
            *last,
        )
    interval = f" ({wording.interval(answer.number('low'), answer.number('high'))})"
    return (
        (lead, f"{told}{by}; {counts}{'' if answer.number('end_lost', 0) else interval}."),
        (lead, f"{told}{by}; {lossy}."),
        (lead, f"{told}{by}."),
        (lead, f"{told}."),
        *last,
    )


def _within(host: str, after_ttl: int, ttl: int) -> str:
    """Where loss begins: ``between hops 3 and 6``, or ``between this host and hop 4`` where no hop is before it."""
    return link(after_ttl, ttl) if after_ttl else f"between {host} and hop {ttl}"


def _two_places(answer: Answer) -> str:
    """Loss that begins at two places: how much from each."""
    near, far = (f"{wording.percent(answer.number(name))} %" for name in ("first_share", "further_share"))
    ends = (("after_ttl", "from_ttl"), ("further_after_ttl", "further_from_ttl"))
    first, second = (
        f"from hop {last}"
        if last - after <= 1
        else f"within {place(after, last)}"
        if after
        else _within(answer.host, after, last)
        for after, last in ((int(answer.number(one)), int(answer.number(other))) for one, other in ends)
    )
    limits = " (or rate-limited replies)" if answer.holds("further_perhaps_limits") else ""
    return f"{near} {first}, {far} more {second}{limits}"
