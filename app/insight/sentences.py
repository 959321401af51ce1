"""The answer in words: one place where its sentence is made, in three lengths, from the facts alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...probe import wire
from ..trace.refusals import cause
from . import loss_sentences, path_sentences, reach_sentences, rules, state_words, wording
from .assessment import capitalized
from .place import hop_list
from .second_clause import with_second

if TYPE_CHECKING:
    from collections.abc import Callable

    from .answer import Answer, Clause
    from .assessment import Sentences
    from .rules import Rule

LENGTHS = (116, 76, 56)
FINE = "No fault found."
BOUND_MIN = 5
HARMLESS, NOT_SLOWED = " (harmless)", ", traffic is not slowed"
_COUNTER = re.compile(r"(?<![\d.,])\d(?= s\b| of \d)|(?<=\d of )\d(?!\d)")  # seconds and counts of one digit


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
            if _room(f"{lead} {rest}".strip()) <= length:
                if (lead, rest) not in chosen:
                    chosen.append((lead, rest))
                break
    return tuple(chosen)


def _room(text: str) -> int:
    """The cells of a wording when its counters have two digits: what is told must not change with the tenth second."""
    return len(text) + len(_COUNTER.findall(text))


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
    if end_ttl := int(answer.number("new_end_ttl", 0)):  # the target has answered, but not as often where it is now
        told = f"hop {end_ttl} is its end now, {probes} so far."
        return (("The path seems to have changed:", told), ("The path seems to have changed.", ""))
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
    since, unclear = _since(answer), _unclear(answer)
    completed = int(answer.number("completed"))
    rtt = f", {wording.milliseconds(int(answer.number('rtt_us')))} ms" if answer.number("rtt_us") else ""
    answered = f"{wording.count(completed)} of {wording.count(completed)} answered{since}"
    # Of fewer probes a bound says nothing.
    bound = wording.bound(answer.number("not_excluded"))
    most = f"; loss could still be as high as {bound} %" if completed >= BOUND_MIN else ""
    # What a slow router does not answer is its own, as its times are.
    slow = {ttl for one in answer.clauses if one.rule is rules.SLOW_REPLIES for ttl in one.ttls}
    unclear = tuple(ttl for ttl in unclear if ttl not in slow)
    # Of a table that shows loss nobody says that all is fine.
    lead = "Target fine so far:" if unclear else "Fine so far:"
    beside = [_clause(one, short=True) for one in answer.clauses[:1]]
    if unclear:
        lossy = f"{hop_list(unclear)} {'lose' if len(unclear) > 1 else 'loses'} some"
        joined = ["; ".join([lossy, *beside]), f"{lossy}, too early to tell why", lossy]
    else:
        joined = beside
    few = f"{wording.count(completed)} of {wording.count(completed)}"
    return (
        *(
            (lead, f"{said}.")
            for one in joined
            for said in (f"{answered}{rtt}; {one}{most}", f"{answered}; {one}{most}", f"{answered}; {one}")
        ),
        *((lead, f"{few}; {said}.") for one in joined for said in (one, _barely(one))),
        (lead, f"{answered}{rtt}{most}."),
        (lead, f"{answered}{most}."),
        (lead, f"{few} answered."),
    )


def _barely(clause: str) -> str:
    """A clause without what it means, where there is no room for that."""
    return clause.removesuffix(HARMLESS).removesuffix(NOT_SLOWED)


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
        what = f"{who} {'never answer' if several else 'never answers'}"
        return f"{what}{HARMLESS}" if short else f"{what}, which is harmless"
    if clause.rule is rules.SLOW_REPLIES:
        return f"{who} {'answer' if several else 'answers'} slowly{NOT_SLOWED}"
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
    rules.LOCAL_LOSS: loss_sentences.loss,
    rules.PATH_LOSS: loss_sentences.loss,
    rules.LAST_LINK_LOSS: loss_sentences.loss,
    rules.TARGET_LOSS_OR_LIMIT: loss_sentences.loss,
    rules.LAST_HOP_LOSS_OR_LIMIT: loss_sentences.loss,
    rules.TARGET_REPLY_LIMIT: _probably_limits,
    rules.LAST_HOP_REPLY_LIMIT: _probably_limits,
    rules.LOSS_ENDED: loss_sentences.loss_ended,
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
