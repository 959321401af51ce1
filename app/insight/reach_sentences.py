"""The answer in words where it is about whether the target is reached: wordings of each, longest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import refusals, state_words, wording
from .place import link

if TYPE_CHECKING:
    from .answer import Answer
    from .assessment import Sentences


def no_answers(answer: Answer) -> Sentences:
    """Nobody answers at all."""
    return state_words.nothing_came(int(answer.number("sent", 0)))


def refused(answer: Answer) -> Sentences:
    """A router refuses the packets, or has cut the target off since some time."""
    says = refusals.meaning(int(answer.number("icmp_type")), int(answer.number("icmp_code")))
    lead, hop, address = "The target is not reached:", answer.where, answer.addresses[0]
    if answer.number("duration_us", 0):
        return _cut_off(answer)
    return (
        *(((lead, f"{hop}, {address} ({answer.network}), {says}."),) if answer.network else ()),
        (lead, f"{hop}, {address}, {says}."),
        (lead, f"{hop} {says}."),
        ("Not reached:", f"{hop} {says}."),
    )


def _cut_off(answer: Answer) -> Sentences:
    length = wording.duration(answer.number("duration_us") / 1e6)
    what = refusals.report(int(answer.number("icmp_type")), int(answer.number("icmp_code")), "it")
    lead, hop, address = "The target is cut off:", answer.where, answer.addresses[0]
    said = f"has reported {what} for {length}."
    return (
        *(((lead, f"{hop} ({address}, {answer.network}) {said}"),) if answer.network else ()),
        (lead, f"{hop} ({address}) {said}"),
        (lead, f"{hop} {said}"),
        ("Cut off:", f"{hop} {said}"),
    )


def target_stopped(answer: Answer) -> Sentences:
    """The target answered before."""
    after = int(answer.number("after_ttl"))
    where = f"; the path ends after hop {after}" if after else "; no hop answers now" if answer.holds("nobody") else ""
    length = wording.duration(answer.number("duration_us") / 1e6)
    return (("The target stopped answering", f"{length} ago{where}."), ("Target lost", f"{length} ago{where}."))


def target_silent(answer: Answer) -> Sentences:
    """Nothing answers beyond a hop."""
    protocol = answer.word("protocol").upper()
    probes_are = f"{protocol} is" if protocol else "these probes are"
    lead = f"Nothing answers beyond hop {int(answer.number('last_ttl'))}:"
    return (
        (lead, f"the path ends there, or everything beyond it filters {protocol or 'these probes'}."),
        (lead, f"the path ends, or {probes_are} filtered."),
    )


def filtered(answer: Answer) -> Sentences:
    """The target answers other protocols alone."""
    lead, names = "The target is up:", answer.word("answered")
    return (
        (lead, f"it answers {names}; {answer.word('protocol').upper()} is filtered."),
        (lead, f"it answers {answer.word('first_answered')}."),
    )


def others_refused(answer: Answer) -> Sentences:
    """A router refuses other protocols."""
    says = refusals.meaning(int(answer.number("icmp_type")), int(answer.number("icmp_code")))
    lead = "The target is not reached:"
    return ((lead, f"{answer.addresses[0]} {says}."), (lead, "a router refuses it."))


def path_ends(answer: Answer) -> Sentences:
    """No protocol gets an answer."""
    lead = f"The path ends after hop {int(answer.number('last_ttl'))}:"
    return ((lead, f"no protocol gets an answer ({int(answer.number('other_probes'))} probes)."), (lead, ""))


def outage(answer: Answer) -> Sentences:
    """All answers stopped for a while."""
    length = wording.duration(answer.number("duration_us") / 1e6)
    ago = wording.duration(answer.number("ago_us") / 1e6)
    after = int(answer.number("after_ttl"))
    told = f"nothing beyond hop {after} answered for {length}"
    if not after:
        told = f"no hop answered for {length}" if answer.holds("nobody") else f"the target did not answer for {length}"
    if after and answer.place is not None and answer.place.last_ttl - after > 1:
        told = f"the target did not answer for {length}, beginning {link(after, answer.place.last_ttl)}"
    if answer.addresses:
        what = refusals.report(int(answer.number("icmp_type")), int(answer.number("icmp_code")), "the target")
        told = f"hop {after} ({answer.addresses[0]}) reported {what} for {length}"
        return (
            ("Outage:", f"{told}; ended {ago} ago."),
            ("Outage:", f"hop {after} reported {what} for {length}; ended {ago} ago."),
            ("Outage:", f"{length} without an answer, ended {ago} ago."),
        )
    if answer.holds("target_alone"):
        told = f"the target did not answer for {length}, hop {after} answered"
    return (
        ("Outage:", f"{told}; ended {ago} ago."),
        ("Outage:", f"{length} without an answer, ended {ago} ago."),
    )
