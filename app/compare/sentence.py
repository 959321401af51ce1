"""What two traces say together, in words: one sentence on top, a word or two for each row, and what limits them."""

from __future__ import annotations

from ..insight import wording
from ..insight.assessment import capitalized
from ..insight.place import hop_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..insight.place import Place
    from .comparison import Comparison, Row
    from .trace import ComparedTrace

FEW_PROBES = 100
ALONE = " (this router alone)"
CORRECTED = (
    "Tests that give the p-values: {tests}; those of the end of the path corrected for these two, those of hops for the"
    " number of all (Holm), at 5 %."
)


def sentence(made: Comparison) -> str:
    """What differs and from where on; or that nothing does, and by how many probes that was looked for."""
    clauses = [clause for clause in (_reach(made), _delay(made), _loss(made), _path(made)) if clause]
    if not clauses:
        clauses = ["same: neither the path nor RTT nor loss differs by more than chance makes"]
    return " ".join([f"{capitalized('; '.join(clauses))}.", *_unchanged(made)])


def against(made: Comparison, when: str) -> str:
    """The same as one clause each that names the earlier one: ``slower than on Monday: +14.0 ms from hop 5 on``."""
    clauses = [_reach(made)] if _reach(made) else []
    if made.slower and made.end is not None and made.end.delay is not None:
        word = "slower" if made.slower > 0 else "faster"
        clauses.append(f"{word} than {when}: {wording.change(made.end.delay.step_us)}{_from(made.delay_place)}")
    if made.lossier:
        word = "more loss" if made.lossier > 0 else "less loss"
        clauses.append(f"{word} than {when}: {_loss(made).partition(': ')[2]}")
    if made.other_path:
        clauses.append(f"another path than {when}: {_path(made).replace('the path ', 'it ', 1)}")
    if not clauses:
        clauses = [f"as {when}: neither the path nor RTT nor loss differs by more than chance makes"]
    return f"{capitalized('; '.join(clauses))}."


def _reach(made: Comparison) -> str:
    if made.reached_again:
        return "the target is reached again"
    if not made.no_longer_reached:
        return ""
    last = made.second.last
    what = f"hop {last.ttl} is the last one that answers" if last is not None else "nothing answers"
    return f"the target is no longer reached: {what}"


def _delay(made: Comparison) -> str:
    if not made.slower or made.end is None or made.end.delay is None:
        return ""
    word = "slower" if made.slower > 0 else "faster"
    return f"{word}: {wording.change(made.end.delay.step_us)}{_from(made.delay_place)}"


def _loss(made: Comparison) -> str:
    if not made.lossier or made.end is None or made.end.loss is None:
        return ""
    (lost, total), (other_lost, other_total) = made.end.loss.first, made.end.loss.second
    word = "more loss" if made.lossier > 0 else "less loss"
    before, after = wording.percent(lost / total), wording.percent(other_lost / other_total)
    return f"{word}: {after} % instead of {before} %{_from(made.loss_place)}"


def _from(place: Place | None) -> str:
    return f" from {place.onset} on" if place is not None else ""


def _path(made: Comparison) -> str:
    if not made.other_path:
        return ""
    told = []
    networks = list(dict.fromkeys(_new_networks(made)))
    others = tuple(row.ttl for row in made.rows if row.pair.kind == "other")
    if networks:
        told.append(f"now goes by {wording_list(networks)}")
    longer = len(made.second.hops) - len(made.first.hops) if made.first.reached and made.second.reached else 0
    if longer:
        told.append(f"is {wording.hops_longer(longer)}")
    if told:
        return f"the path {' and '.join(told)}"
    if others:
        return f"other routers at {hop_list(others)}" if len(others) > 1 else f"another router at hop {others[0]}"
    return "the path has other hops"


def _new_networks(made: Comparison) -> Iterator[str]:
    """The networks that the second path has where they differ, and the first one has nowhere."""
    known = {hop.network for hop in made.first.hops}
    for row in made.rows:
        hop = row.pair.second
        if hop is not None and row.pair.kind in {"other", "new"} and hop.network and hop.network not in known:
            yield hop.network


def wording_list(words: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _unchanged(made: Comparison) -> Iterator[str]:
    """What the end of the path does not show."""
    end = made.end
    if end is None or made.no_longer_reached or made.reached_again:
        return
    if not made.lossier and end.loss is not None:
        yield f"Loss {_is_same(end)} ({wording.of(*end.loss.first)}, {wording.of(*end.loss.second)})."
    if not made.slower and end.delay is not None:
        pair = " and ".join(f"{wording.milliseconds(one)} ms" for one in (end.delay.first_us, end.delay.second_us))
        yield f"RTT {'does not differ by more than chance makes' if end.delay.is_large else 'is the same'} ({pair})."


def _is_same(end: Row) -> str:
    assert end.loss is not None
    lost, of = end.loss.first
    other_lost, other_of = end.loss.second
    same = abs(lost / of - other_lost / other_of) < 0.005
    return "is the same" if same else "does not differ by more than chance makes"


def row_words(made: Comparison, row: Row) -> str:
    """What of a hop differs; ``=`` where nothing does."""
    word = {"other": "other router", "new": "new", "gone": "gone"}.get(row.pair.kind, "")
    if row.pair.kind == "silent" and row.pair.first is not None and row.pair.second is not None:
        if row.pair.first.received or row.pair.second.received:
            return "answers now" if row.pair.second.received else "no answer"
        return "="
    words = [word] if word else []
    if row.takes_differently and row.delay is not None:
        words.append(
            f"{wording.change(row.delay.step_us)}{_alone(row, made.delay_place, made.slower * row.delay.step_us)}"
        )
    if row.loses_differently and row.loss is not None:
        points = 100 * row.loss.points
        words.append(f"loss {points:+.1f} points{_alone(row, made.loss_place, made.lossier * row.loss.points)}")
    return ", ".join(words) or "="


def _alone(row: Row, place: Place | None, along: float) -> str:
    """Whether a difference does not last to the end; ``along`` is above 0 where it goes in the direction of that."""
    return "" if place is not None and row.ttl >= place.last_ttl and along > 0 else ALONE


def row_chance(row: Row) -> str:
    """The least p-value of what a row shows; empty where it shows nothing."""
    shown = [row.delay_p] * row.takes_differently + [row.loss_p] * row.loses_differently
    return wording.chance(min(shown)) if shown else ""


def notes(made: Comparison) -> list[str]:
    """What a reader should know of how this was found, a sentence each."""
    first, second = made.first, made.second
    told = []
    if first.address and second.address and first.address != second.address:
        told.append(f"Different targets: {first.address} and {second.address}.")
    if first.source and second.source and first.source != second.source:
        told.append(f"Measured from different hosts: {first.source} and {second.source}.")
    if first.protocol and second.protocol and first.protocol != second.protocol:
        told.append(f"Measured by different protocols: {first.protocol} and {second.protocol}.")
    if min(first.rounds, second.rounds) < FEW_PROBES:
        probes = f"{wording.count(first.rounds)} and {wording.count(second.rounds)} probes a hop"
        told.append(f"With {probes}, only large differences show.")
    told += [
        f"The path changed {wording.plural(one.changes, 'time')} while {one.label} was measured."
        for one in (first, second)
        if one.changes
    ]
    if made.other_path and not made.slower and not made.lossier:
        told.append("Under load balancing (ECMP) two traces may take different paths at the same time.")
    told.append(CORRECTED.format(tests=wording_list(_tests(made))))
    if made.by_totals:
        told.append(
            "Of at least one of both only totals are known: RTTs were compared by means, and losses as if each were"
            " independent of the others."
        )
    return told


def _tests(made: Comparison) -> list[str]:
    used = [row.delay.basis for row in made.rows if row.delay is not None]
    tests = ["Fisher's for loss"]
    tests += ["Mann and Whitney's for RTT"] * ("samples" in used) + ["Welch's for mean RTTs"] * ("totals" in used)
    return tests


def measured(trace: ComparedTrace, when: str) -> str:
    """Of what a trace was made: ``mon: 2026-11-28 21:04 to 21:14 CET, 600 probes a hop by ICMP, from host``."""
    parts = [f"{wording.count(trace.rounds)} probes a hop{f' by {trace.protocol}' if trace.protocol else ''}"]
    if trace.source:
        parts.append(f"from {trace.source}")
    return f"{trace.label}: {', '.join(part for part in (when, *parts) if part)}"
