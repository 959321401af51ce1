"""What a user reads in the answer: the one place where the bench meets the words of the program."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from hopscope.app.insight.assessment import Assessment
    from hopscope.app.path.snapshot import Snapshot

    from bench.worlds.truth import Kind

Status = Literal["", "provisional", "confirmed", "ended"]


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that the answer says."""

    kinds: frozenset[Kind]  # what it leaves open
    first_hop: int = 0  # the hops at which it says that this may begin; 0: it does not say where
    last_hop: int = 0
    status: Status = ""
    since_s: float | None = None  # seconds from the start of the trace; None: it does not say
    since_off_s: float = 0.0  # by how much that may be off, since it is rounded
    share: float | None = None  # from 0 to 1
    between: bool = False  # it begins somewhere between both hops, so the nearer one may be well

    @property
    def width(self) -> int:
        """How many places it leaves open; 0: it names none."""
        return max(1, self.last_hop - self.first_hop + (not self.between)) if self.first_hop else 0


@dataclass(frozen=True, slots=True)
class Observed:
    """The answer as it is read."""

    claims: tuple[Claim, ...]
    severity: str
    text: str
    odd: str = ""  # where the words and the fields of the answer say different things, or neither is understood

    @property
    def kinds(self) -> frozenset[Kind]:
        """All that is named."""
        return frozenset().union(*(claim.kinds for claim in self.claims))

    @property
    def key(self) -> tuple[object, ...]:
        """What is the same as long as the answer says the same: class and place, not figures or status.

        "Fine so far", "too early to tell" and "no fault found" are all one; so are the harmless things told beside, and
        loss with and without the queue that drops it.
        """
        calm = {"fine", "early", "limiter", "slow-router", "balance"}
        if "fine" in self.kinds or self.kinds <= {"early"}:
            return ("fine",)
        said = {(tuple(sorted(one.kinds)), one.first_hop, one.last_hop) for one in self.claims if one.kinds - calm}
        lost_at = {place for kinds, *place_ in said if "loss" in kinds for place in (tuple(place_),)}
        said = {one for one in said if not (one[0] == ("queue",) and one[1:] in lost_at)}
        return tuple(sorted(said))  # which of two things is said first is neither class nor place


# Patterns of the lead and the rest together, in the order in which they are tried, and the kinds that they leave open.
_KINDS: tuple[tuple[str, tuple[Kind, ...]], ...] = (
    (r"^Too early|has not answered yet", ("early",)),
    (r"^(Fine so far|Target fine so far|No fault found|No loss)", ("fine",)),
    (r"its own limit|rate-limited replies|or the target.*limit", ("loss", "limiter")),
    (r"^(A )?[Rr]outing loop", ("loop",)),
    (r"^(Outage|Nothing (came|comes) through|Down for|Broken since)|stopped answering", ("outage",)),
    (r"^Path ends|^Nothing answers beyond", ("path-ends",)),
    (
        r"no onward route|reported (no route|it (unreachable|prohibited))|unreachable|cannot reach|prohibits",
        ("unreachable",),
    ),
    (r"does not answer", ("silent-target",)),
    (r"[Ff]laps", ("flap",)),
    (r"^Path (seems to have )?changed", ("change",)),
    (r"^RTT .*(longer|shorter) path,? or a queue", ("shift", "queue")),
    (r"^RTT (rose|fell|was|seems)", ("shift",)),
    (r"^(Looks like )?([Qq]ueue|[Bb]ufferbloat)", ("queue",)),
    (r"^Jitter", ("jitter",)),
    (r"[Ll]oss (on|at|begins|between|from|ended)|^Loss:|^[\d.]+ % lost|lost in the last", ("loss",)),
    (r"shares? the load|balanc", ("balance",)),
    (r"answers? slowly", ("slow-router",)),
    (r"limits? (its|their)", ("limiter",)),
)
_BETWEEN = re.compile(r"(?:within|between) hops? (\d+)(?:-| and (?:hop )?)(\d+)")
# The same by the identifiers of the rules that an answer rests on; those that are not here name nothing that is graded.
_RULES: dict[str, tuple[Kind, ...]] = {
    "no-answers": ("path-ends",),
    "target-silent": ("silent-target", "path-ends"),
    "protocol-filtered": ("silent-target",),
    "path-ends": ("path-ends",),
    "target-stopped": ("outage",),
    "prohibited": ("unreachable",),
    "unreachable": ("unreachable",),
    "outage": ("outage",),
    "local-loss": ("loss",),
    "path-loss": ("loss",),
    "last-link-loss": ("loss",),
    "target-loss-or-limit": ("loss", "limiter"),
    "last-hop-loss-or-limit": ("loss", "limiter"),
    "reply-limit": ("limiter",),
    "reply-limit-confirmed": ("limiter",),
    "target-reply-limit": ("limiter",),
    "target-reply-limit-confirmed": ("limiter",),
    "last-hop-reply-limit": ("limiter",),
    "last-hop-reply-limit-confirmed": ("limiter",),
    "loss-ended": ("loss",),
    "no-loss": ("fine",),
    "loss-not-excluded": ("fine",),
    "loss-undecided": ("early",),
    "queueing": ("queue",),
    "bufferbloat": ("queue",),
    "jitter": ("jitter",),
    "latency-shift": ("shift",),
    "slow-replies": ("slow-router",),
    "unequal-cost-paths": ("balance",),
    "path-change": ("change",),
    "path-flap": ("flap",),
    "routing-loop": ("loop",),
    "load-balancing": ("balance",),
}
_UNITS_S = {"s": 1, "min": 60, "h": 3600}
_DURATION = r"(\d+(?:\.\d+)?) (s|min|h)\b"


def observed(assessment: Assessment, snapshot: Snapshot) -> Observed:
    """Read an assessment as a user does: the first sentence, and what its fields say to programs.

    Class and place are those of the words, since people read them there; status and time are the fields' where the
    answer has them, and so is the class where the words are not understood.
    """
    if not assessment.sentences:
        return Observed((Claim(frozenset({"early"})),), assessment.severity, "")
    text = " ".join(assessment.sentences[0]).strip()
    now_s = (snapshot.time_us - snapshot.started_us) / 1e6
    claims = read_sentence(text, snapshot.hops[-1].ttl if snapshot.hops else 0, now_s)
    odd = f"not understood: {text}" if "other" in claims[0].kinds else ""
    answer = assessment.answer
    rules = [rule.id for rule in answer.rules]
    named = next((_RULES[one] for one in rules if one in _RULES), None)
    if named is None:
        return Observed(tuple(claims), assessment.severity, text, odd)
    understood = "other" not in claims[0].kinds
    if understood and not claims[0].kinds & {*named, "fine", "early"}:
        odd = f"{rules[0]} is told as: {text}"
    claims[0] = replace(
        claims[0],
        kinds=claims[0].kinds if understood else frozenset(named),
        status="ended" if claims[0].status == "ended" else answer.status.value,
        since_s=claims[0].since_s if answer.since_us is None else (answer.since_us - snapshot.started_us) / 1e6,
    )
    return Observed(tuple(claims), assessment.severity, text, odd)


def read_sentence(text: str, end: int, now_s: float) -> list[Claim]:
    """What a sentence says of a path that ends at hop ``end``, read ``now_s`` seconds after the start."""
    text, also, second = text.partition("; also ")
    beside = read_sentence(_as_leading(second), end, now_s) if also else []
    kinds: tuple[Kind, ...] = next((kinds for pattern, kinds in _KINDS if re.search(pattern, text)), ("other",))
    more = re.search(r", ([\d.]+) % more (?:from hop|within hops) [\d-]+", text)
    text = text.replace(more[0], "") if more else text
    first, last = _place(text, end)
    share = re.search(r"([\d.]+) %", text) if "loss" in kinds else None
    since_s = _since(text, now_s)
    rounded_s = 0.5 * max((_UNITS_S[unit] for _, unit in re.findall(_DURATION, text)), default=0)
    ended = re.search(r"\b(over since|ended)\b", text) is not None
    provisional = re.search(r"looks like|confirming|seems", text) is not None
    status: Status = "ended" if ended else "provisional" if provisional else ""
    share_lost = float(share[1]) / 100 if share else None
    between = _BETWEEN.search(text) is not None
    claims = [Claim(frozenset(kinds), first, last, status, since_s, rounded_s, share_lost, between)]
    if kinds == ("fine",):
        if re.search(r"[Tt]he target (?:probably )?(?:rate-)?limits", text):
            claims = [Claim(frozenset({"limiter"}), end, end)]
        if "since the path changed" in text:
            claims.append(Claim(frozenset({"change"})))
    elif "does not answer" in text and re.search(r"\d % lost", text):
        claims.append(Claim(frozenset({"silent-target"})))
    if "loss" in kinds and "with queueing there" in text:
        claims.append(Claim(frozenset({"queue"}), first, last, between=between))
    dropped = re.search(r"and ([\d.]+) % loss", text)
    if "queue" in kinds and dropped:
        claims.append(Claim(frozenset({"loss"}), first, last, status, since_s, rounded_s, float(dropped[1]) / 100))
    beyond = re.search(r"nothing answers beyond hop (\d+)", text)
    if beyond:
        claims.append(Claim(frozenset({"path-ends"}), int(beyond[1]), int(beyond[1]) + 1))
    if more:
        at, until = _place(more[0], end)
        wide = _BETWEEN.search(more[0]) is not None
        claims.append(Claim(frozenset({"loss"}), at, until, "", share=float(more[1]) / 100, between=wide))
    return claims + beside


# How a second clause begins, and as what a sentence it would be.
_SECOND = (
    (r"^the path", "Path"),
    (r"^a routing loop", "A routing loop"),
    (r"^an outage( of [\d.]+ (?:s|min|h))? ended", r"Outage ended\1"),
    (r"^([\d.]+ %) lost on the local", r"Loss on the local network: \1"),
    (r"^([\d.]+ %) lost", r"Loss on the path: \1"),
    (r"^loss ", "Loss "),
    (r"^jitter", "Jitter"),
    (r"^(queue|bufferbloat)", lambda found: found[0].capitalize()),
)


def _as_leading(clause: str) -> str:
    """A second clause as the sentence that it would be alone."""
    for pattern, put in _SECOND:
        if re.search(pattern, clause):
            return re.sub(pattern, put, clause)
    return clause


def _place(text: str, end: int) -> tuple[int, int]:
    if re.search(r"already at hop 1|local network|first link", text):
        return 1, 1
    if re.search(r"the last link|at the target:", text):
        return end, end
    between = _BETWEEN.search(text)
    if between:
        return int(between[1]), int(between[2])
    from_host = re.search(r"between this host and hop (\d+)", text)
    if from_host:
        return 1, int(from_host[1])
    found = re.search(
        r"(?:at|from|from one of|reached:|off:|Outage:|loop:|for [^:]*:) hops? (\d+)(?:(?:-| to | or )(\d+))?", text
    )
    if found:
        return int(found[1]), int(found[2] or found[1])
    beyond = re.search(r"(?:up to|beyond|after) hop (\d+)", text)
    return (int(beyond[1]), int(beyond[1]) + 1) if beyond else (0, 0)


def _since(text: str, now_s: float) -> float | None:
    def seconds(found: re.Match[str]) -> float:
        return float(found[1]) * _UNITS_S[found[2]]

    changed = re.search(rf"{_DURATION} ago", text)
    over = re.search(rf"over since {_DURATION}", text)
    lasted = re.search(rf"for {_DURATION}", text)
    if over:
        return now_s - seconds(over) - (seconds(lasted) if lasted else 0)
    if changed:
        return now_s - seconds(changed)
    within = re.search(rf"(?:in the last|[Dd]own for|loop for) {_DURATION}", text)
    if within:
        number, unit = within[1], within[2]
        return now_s - float(number) * _UNITS_S[unit]
    return None
