"""The answer in words: one place where its sentence is made, in three lengths, from the facts alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...probe import wire
from ..trace.refusals import cause
from . import path_sentences, reach_sentences, rules, state_words, wording
from .assessment import capitalized
from .place import hop_list, link, place
from .second_clause import with_second

if TYPE_CHECKING:
    from collections.abc import Callable

    from .answer import Answer, Clause
    from .assessment import Sentences
    from .rules import Rule

LENGTHS = (116, 76, 56)
FINE = "No fault found."


def sentences(answer: Answer) -> Sentences:
    """The answer in up to three lengths, longest first; empty where nothing is judged yet."""
    if not answer.rules:
        return ()
    wordings = WORDS[answer.rules[0]](answer)
    if answer.second is not None:
        wordings = with_second(wordings, answer.second)
    return wordings if answer.rules[0] is rules.PROBE_PROCESS_FAILED else fitting(wordings)


def fitting(wordings: Sentences) -> Sentences:
    """Of several wordings, longest first: for each length of the answer line the longest that fits, without repeats."""
    chosen: list[tuple[str, str]] = []
    for length in LENGTHS:
        for lead, rest in wordings:
            if len(f"{lead} {rest}".strip()) <= length:
                if (lead, rest) not in chosen:
                    chosen.append((lead, rest))
                break
    return tuple(chosen)


# ---- this trace ----------------------------------------------------------------------------------------------------


def _failed(answer: Answer) -> Sentences:
    return state_words.failed(answer.quoted)


def _network_down(answer: Answer) -> Sentences:
    return state_words.network_down(int(answer.number("duration_us")), int(answer.number("times")))


def _waiting(answer: Answer) -> Sentences:
    return state_words.waiting(answer.quoted)


def _no_answer_yet(answer: Answer) -> Sentences:
    return state_words.no_answer(int(answer.number("elapsed_us")))


def _nothing_to_judge(answer: Answer) -> Sentences:
    probes = wording.plural(int(answer.number("completed")), "probe")
    lead, unclear = "The target has not answered yet", _unclear(answer)
    if not unclear:
        return ((f"{lead}.", f"{probes} so far."),)
    beside = f"{hop_list(unclear)} {'lose' if len(unclear) > 1 else 'loses'} some."
    return ((f"{lead};", beside), ("No answer yet;", beside), (f"{lead}.", ""))


def _not_sent(answer: Answer) -> Sentences:
    refused, ago_us = int(answer.number("refused")), int(answer.number("ago_us"))
    of_all = wording.of(refused, refused + int(answer.number("sent")))
    unread = answer.word("cause") == wire.UNREADABLE
    lead = f"{of_all} probes count nowhere" if unread else f"{capitalized(answer.host)} did not send {of_all} probes"
    why = f"{cause(answer.word('cause'), answer.word('errno'))}."
    if ago_us:
        latest = f"{lead}, the last {wording.duration(ago_us / 1_000_000)} ago"
        return ((f"{latest}:", why), (f"{latest}.", ""))
    return ((f"{lead}:", why), (f"{lead}.", ""))


# ---- loss ----------------------------------------------------------------------------------------------------------


def seen_at(*, at_target: bool, pooled_from: int, end_ttl: int) -> str:
    """Where loss was counted: ``at the target``, ``at hop 8`` or ``over hops 6-8``."""
    if pooled_from:
        return f"over {place(pooled_from, end_ttl)}"
    return "at the target" if at_target else f"at hop {end_ttl}"


def _loss(answer: Answer) -> Sentences:
    if not answer.number("queue_us", 0):
        return _lost(answer)
    wait_ms = wording.milliseconds(int(answer.number("queue_us")))
    return (*_lost(answer, f", with queueing there (up to +{wait_ms} ms)"), *_lost(answer))


def _lost(answer: Answer, beside: str = "") -> Sentences:
    """Where what is lost; ``beside`` follows the place."""
    first, last = int(answer.number("after_ttl")), int(answer.number("from_ttl"))
    at_target, end_ttl = answer.holds("at_target"), int(answer.number("end_ttl"))
    lossy = wording.of(int(answer.number("lost")), int(answer.number("completed")))
    interval = f"({wording.interval(answer.number('low'), answer.number('high'))})"
    share = f"{wording.percent(answer.number('share'))} %"
    by = f" ({answer.network})" if answer.network else ""
    pooled_from = int(answer.number("pooled_from"))
    if end_lost := int(answer.number("end_lost", 0)):
        # As the table has it; what all hops together come to is in the evidence.
        completed, pooled_from = int(answer.number("end_completed")), 0
        share, lossy = f"{wording.percent(end_lost / completed)} %", wording.of(end_lost, completed)
    seen = f" {seen_at(at_target=at_target, pooled_from=pooled_from, end_ttl=end_ttl)}"
    rule = answer.rules[0]
    lead, tail = "Loss on the path:", f"from hop {last} on"
    if answer.number("bursts", default=0):
        lead = "Loss on the path, in bursts:"
    if rule is rules.LOCAL_LOSS:
        lead, tail = "Loss on the local network:", f"already at hop {last}"
    elif rule is not rules.PATH_LOSS and answer.holds("alone"):
        lead, seen = "Loss at the target:" if at_target else f"Loss at hop {end_ttl}:", ""
        tail = "on the last link, " + ("or rate-limited replies" if rule.undecided else "by other protocols too")
    elif rule is not rules.PATH_LOSS:
        lead, tail = "Loss at the end of the path:", f"from {answer.onset} on"
        tail += ", or rate-limited replies" if rule.undecided else ", by other protocols too"
    elif last - first > 1:
        tail = f"beginning {_within(answer.host, first, last)}"
    if answer.holds("early"):
        lead = "Loss on the path, confirming:"
    elif answer.holds("perhaps_limits", "no"):
        tail += ", or rate-limited replies"
    told = f"{share}, {tail}" if tail.startswith("beginning") else f"{share} {tail}"
    if answer.number("further_from_ttl", 0):
        told = _two_places(answer)
        lead = "Loss on the local network and beyond:" if rule is rules.LOCAL_LOSS else lead
    told += beside
    if answer.number("silent_beyond"):
        seen = f"; nothing answers beyond hop {int(answer.number('silent_beyond'))}"
        return (
            (lead, f"{told}{by}; {lossy}{seen}."),
            (lead, f"{told}{seen}."),
            ("Loss:", f"{told}{seen}."),
            ("Loss:", f"{told}."),
        )
    if answer.number("ago_us", 0):
        began = f" in the last {wording.duration(answer.number('ago_us') / 1e6)}"
        former = wording.of(int(answer.number("before_lost", 0)), int(answer.number("before_completed", 0)))
        before = f"; before: {former}" if answer.number("before_completed", 0) else ""
        return (
            (lead, f"{told}{by}{began}: {lossy}{seen}{before}."),
            (lead, f"{told}{by}{began}{before}."),
            (lead, f"{told}{began}{before}."),
            (lead, f"{told}{began}."),
            ("Loss:", f"{told}{began}."),
            ("Loss:", f"{told}."),
        )
    return (
        (lead, f"{told}{by}; {lossy}{seen}{'' if end_lost else f' {interval}'}."),
        (lead, f"{told}{by}; {lossy}."),
        (lead, f"{told}{by}."),
        (lead, f"{told}."),
        ("Loss:", f"{told}."),
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


def _loss_ended(answer: Answer) -> Sentences:
    ago, length = (wording.duration(answer.number(name) / 1e6) for name in ("ago_us", "duration_us"))
    first, last = int(answer.number("after_ttl")), int(answer.number("from_ttl"))
    share = f"{wording.percent(answer.number('share'))} %"
    where = f" from hop {last} on" if last - first <= 1 else f", beginning {_within(answer.host, first, last)}"
    lead = f"Loss ended {ago} ago:"
    return ((lead, f"{share} for {length}{where}."), (lead, f"{share} for {length}."))


def _probably_limits(answer: Answer) -> Sentences:
    who = "The target" if answer.rules[0] is rules.TARGET_REPLY_LIMIT else capitalized(answer.where)
    told = f"{who} answers only some probes"
    lost = wording.of(int(answer.number("lost")), int(answer.number("completed")))
    either = "rate-limited replies, or a periodic drop"
    return (
        (f"{told} ({lost} lost, evenly spaced):", f"{either}."),
        (f"{told}:", f"{either}."),
        (f"{told}:", "rate-limited replies or periodic drops."),
        (f"{who}:", f"{either}."),
    )


def _undecided(answer: Answer) -> Sentences:
    lead, since = "Too early to tell:", _since(answer)
    lost = wording.of(int(answer.number("lost")), int(answer.number("completed")))
    interval = wording.interval(answer.number("low"), answer.number("high"))
    unclear, too = _unclear(answer), ", too" if answer.number("lost") else ""
    beside = [f"{hop_list(unclear)} {'lose' if len(unclear) > 1 else 'loses'} some{too}"] if unclear else []
    beside += [_clause(one, short=True) for one in answer.clauses[:1]]
    joined = ["; ".join(beside), *beside] if len(beside) > 1 else beside
    return (
        # What the table shows is worth more than the interval.
        *(
            (lead, f"{lost} lost at the target{said}; {one}.")
            for one in joined
            for said in (f"{since} ({interval})", since)
        ),
        (lead, f"{lost} lost at the target{since} ({interval})."),
        (lead, f"{lost} lost at the target{since}."),
        (lead, f"{lost} lost."),
    )


def _unclear(answer: Answer) -> tuple[int, ...]:
    """The hops that lose without anyone knowing why yet."""
    return tuple(map(int, answer.word("unclear_ttls", "").split()))


def _not_excluded(answer: Answer) -> Sentences:
    lead, since = "Fine so far:", _since(answer)
    completed = int(answer.number("completed"))
    rtt = f", {wording.milliseconds(int(answer.number('rtt_us')))} ms" if answer.number("rtt_us") else ""
    answered = f"{wording.count(completed)} of {wording.count(completed)} answered{since}"
    most = f"loss could still be as high as {wording.bound(answer.number('not_excluded'))} %"
    beside = [_clause(one, short=True) for one in answer.clauses[:1]]
    if unclear := _unclear(answer):
        beside.insert(0, f"{hop_list(unclear)} may only rate-limit {'their' if len(unclear) > 1 else 'its'} replies")
    joined = ["; ".join(beside), *beside] if len(beside) > 1 else beside
    return (
        *(
            (lead, f"{said}.")
            for one in joined
            for said in (f"{answered}{rtt}; {one}; {most}", f"{answered}; {one}; {most}", f"{answered}; {one}")
        ),
        (lead, f"{answered}{rtt}; {most}."),
        (lead, f"{answered}; {most}."),
        (lead, f"{wording.count(completed)} of {wording.count(completed)} answered."),
    )


def _since(answer: Answer) -> str:
    return " since the path changed" if answer.holds("since_change") else ""


def _fine(answer: Answer) -> Sentences:
    clauses = [_clause(one) for one in answer.clauses]
    wordings = [_joined([*clauses[:count]]) for count in range(min(len(clauses), 3), 0, -1)]
    # Which hop it is about is worth more than a second clause where both do not fit.
    wordings += [_joined([_clause(one, short=True)]) for one in answer.clauses[:1]]
    lost = wording.of(int(answer.number("lost")), int(answer.number("completed")))
    most = wording.bound(answer.number("not_excluded"))
    wordings += [
        f"{lost} lost{_since(answer)}; loss above {most} % is excluded (95 %).",
        f"{lost} lost; loss above {most} % excluded.",
        f"{lost} lost.",
    ]
    return tuple((FINE, one) for one in wordings)


def _joined(clauses: list[str]) -> str:
    return f"{capitalized('; '.join(clauses))}."


def _clause(clause: Clause, *, short: bool = False) -> str:
    """A clause of a path without fault; ``short``: only what is harmless, not why."""
    several = len(clause.ttls) > 1
    who = hop_list(clause.ttls)
    if clause.rule in {rules.TARGET_REPLY_LIMIT, rules.TARGET_REPLY_LIMIT_CONFIRMED}:
        return "the target rate-limits its replies"
    if clause.rule is rules.SILENT_HOP:
        return f"{who} {'never answer' if several else 'never answers'}, which is harmless"
    if clause.rule is rules.SLOW_REPLIES:
        return f"{who} {'answer' if several else 'answers'} slowly, traffic is not slowed"
    if clause.rule is rules.LOAD_BALANCING:
        return f"{who} balance load" if several else f"{who} balances load over {clause.addresses} routers"
    if clause.rule is rules.ADDRESSES_BY_TURNS:
        return f"{who} {'answer' if several else 'answers'} from two addresses by turns"
    what = f"{who} {'rate-limit their' if several else 'rate-limits its'} replies"
    return what if short else f"{what}; nothing is lost beyond {'them' if several else 'it'}"


# Of each rule that may lead: a figure that it asks for and that no verdict of the rule has is an error.
WORDS: dict[Rule, Callable[[Answer], Sentences]] = {
    rules.PROBE_PROCESS_FAILED: _failed,
    rules.NETWORK_DOWN: _network_down,
    rules.WAITING: _waiting,
    rules.NO_ANSWER_YET: _no_answer_yet,
    rules.NOTHING_TO_JUDGE: _nothing_to_judge,
    rules.NOT_SENT: _not_sent,
    rules.NO_ANSWERS: reach_sentences.no_answers,
    rules.PROHIBITED: reach_sentences.refused,
    rules.UNREACHABLE: reach_sentences.refused,
    rules.TARGET_STOPPED: reach_sentences.target_stopped,
    rules.TARGET_SILENT: reach_sentences.target_silent,
    rules.PROTOCOL_FILTERED: reach_sentences.filtered,
    rules.OTHER_PROTOCOLS_REFUSED: reach_sentences.others_refused,
    rules.PATH_ENDS: reach_sentences.path_ends,
    rules.OUTAGE: reach_sentences.outage,
    rules.LOCAL_LOSS: _loss,
    rules.PATH_LOSS: _loss,
    rules.LAST_LINK_LOSS: _loss,
    rules.TARGET_LOSS_OR_LIMIT: _loss,
    rules.LAST_HOP_LOSS_OR_LIMIT: _loss,
    rules.TARGET_REPLY_LIMIT: _probably_limits,
    rules.LAST_HOP_REPLY_LIMIT: _probably_limits,
    rules.LOSS_ENDED: _loss_ended,
    rules.LOSS_UNDECIDED: _undecided,
    rules.LOSS_NOT_EXCLUDED: _not_excluded,
    rules.NO_LOSS: _fine,
    rules.QUEUEING: path_sentences.queue,
    rules.BUFFERBLOAT: path_sentences.queue,
    rules.JITTER: path_sentences.jitter,
    rules.LATENCY_SHIFT: path_sentences.shift,
    rules.LATENCY_STEP: path_sentences.step,
    rules.PATH_CHANGE: path_sentences.changed,
    rules.PATH_FLAP: path_sentences.flap,
    rules.ROUTING_LOOP: path_sentences.loop,
    rules.TTL_LOWERED: path_sentences.ttl_lowered,
    rules.MTU_BLACK_HOLE: path_sentences.black_hole,
}
