"""How often the sentence is right, in worlds that know nothing of the rules.

Run as ``cd tests && python -m bench.score --seed N``: worlds of all kinds are drawn anew from the committed ranges
(``bench.worlds.draw``), traced by the real engine in virtual time (hours by its rhythm: ``bench.worlds.drive``), and
the answer is read after every round.
``--only KIND`` (several by commas), ``--worlds`` a kind, ``--hours`` clean hours, ``--long`` loss that begins after 10
minutes and an hour (``--eight`` after eight hours too), ``--show`` each wrong answer with its truth, ``--turns N`` the
answers of each world in which they changed as often, ``--world KIND:SEED`` one world, told round by round where the
answer changes.
"""

from __future__ import annotations

import argparse
import itertools
import re
import sys
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

from bench.worlds.drive import Trace
from bench.worlds.grade import Grade, Mark, grade, names, placed
from bench.worlds.kinds import KINDS, LONG, draw
from bench.worlds.oracle import Oracle
from bench.worlds.truth import FOREVER_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.worlds.draw import World
    from bench.worlds.observed import Observed
    from bench.worlds.truth import Trouble

JUDGED = (30, 100, 300)
CALM_FROM = 10
SHORT = 10  # the rounds of a report, unless others are asked for
NEAR = 1.5  # a share that is off by no more than this factor is about right
ALARMS = frozenset({"fault", "warning", "changed"})
MARKS: tuple[Mark, ...] = ("right", "undecided", "wrong")


@dataclass
class Result:
    """What one world came to."""

    kind: str
    seed: str
    grades: dict[int, Grade] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)
    truth: str = ""
    changes: int | None = (
        None  # of class or place in rounds 10 to 300; None: the world itself changes, or its path does
    )
    turns: list[str] = field(default_factory=list)  # the answers of those rounds in which class or place changed
    told_s: float | None = None  # after how long what began later was told; None: not
    told_as: str = ""
    share_off: float | None = None  # by which factor the share that was told first was off
    oracle_off: float | None = None  # and that which an oracle would have told that knows where it began, and when
    forgot_s: float | None = None
    began: bool = False  # whether there was something to tell
    ended: bool = False
    alarms: int = 0  # separate stretches of a fault or warning where nothing is wrong
    alarmed: str = ""
    addressed: bool | None = None  # after ten rounds: whether what the table shows is spoken of; None: it shows nothing
    short: str = ""  # what is said then
    crash: str = ""  # the traceback, where the program broke off
    unread: str = ""  # a sentence that the bench does not understand
    wall_s: float = 0.0


def run(kind: str, seed: str) -> Result:
    """Trace one world and grade its answers."""
    began = time.perf_counter()
    world = draw(kind, seed)
    rounds = world.rounds
    is_long = rounds > max(JUDGED)
    trace = Trace(world, plain=is_long)
    result = Result(kind, seed, truth=describe(world))
    keys: list[object] = []
    later = next((one for one in world.truth.troubles if one.since_s > 0), None)
    alarm = False
    for number in range(5, rounds + 1):
        if is_long and not _worth_reading(later, number):
            continue
        read = trace.read(number)
        at_s = trace.at_s
        if number in JUDGED and not is_long:
            result.grades[number] = grade(world, read, at_s)
            result.texts[number] = read.text
        if number == SHORT:
            result.addressed, result.short = trace.addressed(read), read.text
        if number >= CALM_FROM:
            if not keys or keys[-1] != read.key:
                result.turns.append(f"{number:>4} {read.severity:8}{read.text}")
            keys.append(read.key)
        if later is not None:
            _time(result, later, read, at_s, Oracle(world))
        result.unread = result.unread or re.sub(r"[\d.]+", "N", read.odd)
        if not world.truth.troubles and "jitter" not in world.truth.harmless:
            if read.severity in ALARMS and not alarm:
                result.alarms += 1
                result.alarmed = result.alarmed or f"round {number}: {read.text}"
            alarm = read.severity in ALARMS
    if world.truth.constant and not world.turns_us and not is_long:
        result.changes = sum(one != other for one, other in itertools.pairwise(keys))
    result.wall_s = time.perf_counter() - began
    return result


def _worth_reading(later: Trouble | None, number: int) -> bool:
    """Of hours in which nothing changes, the answer is read now and then alone."""
    if later is not None:
        return number >= later.since_s - 5 and (number <= later.since_s + 120 or number % 5 == 0)
    return number < 60 or number % 10 == 0


def _off(share: float, true: float) -> float:
    """By which factor a share is off, 1 or more."""
    return max(share / true, true / share) if share else float("inf")


def _time(result: Result, trouble: Trouble, read: Observed, at_s: float, oracle: Oracle) -> None:
    placed_claims = [one for one in read.claims if one.kinds & trouble.names and placed(one, trouble)]
    claims = [one for one in placed_claims if one.status != "ended"]
    if trouble.lasts(at_s):
        result.began = True
        if claims and result.told_s is None:
            result.told_s, result.told_as = at_s - trouble.since_s, read.text
            share = claims[0].share
            if share and trouble.kind == "loss":
                result.share_off = _off(share, trouble.figure)
                result.oracle_off = _off(oracle.share(trouble, at_s), trouble.figure)
    elif trouble.has_ended(at_s):
        if result.told_s is None:
            # What lasts some seconds alone may be over before its losses are known: then it is told as ended.
            if placed_claims:
                result.told_s, result.told_as = at_s - trouble.since_s, read.text
            return
        result.ended = True
        present = [one for one in read.claims if names(one, trouble) and one.status != "ended"]
        if not present and result.forgot_s is None:
            result.forgot_s = at_s - trouble.until_s
        elif present:
            result.forgot_s = None


def describe(world: World) -> str:
    """The truth of a world in a line."""
    parts = [
        f"{one.kind} at {one.first_hop}"
        + (f"-{one.last_hop}" if one.last_hop != one.first_hop else "")
        + (f" ({one.figure:.3g}, {one.direction})" if one.figure else "")
        + (f" from {one.since_s:.0f} s" if one.since_s else "")
        + (f" to {one.until_s:.0f} s" if one.until_s != FOREVER_S else "")
        for one in world.truth.troubles
    ]
    drawn = ", ".join(f"{name} {value:.3g}" for name, value in world.drawn.items())
    return f"{'; '.join(parts) or 'nothing is wrong'} [{drawn}]"


# ---- printing ------------------------------------------------------------------------------------------------------


def _shares(grades: Iterable[Grade]) -> str:
    counts = Counter(one.mark for one in grades)
    total = max(counts.total(), 1)
    return " /".join(f"{100 * counts[mark] / total:6.1f}" for mark in MARKS)


def _quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def _near(off: Sequence[float]) -> str:
    return f"{sum(one <= NEAR for one in off)} of {len(off)}, median {median(off):.2f}"


def _changes(values: Sequence[int]) -> str:
    if not values:
        return f"{'-':>17}"
    return f"{median(values):>5.3g} /{_quantile(values, 0.9):>4} /{max(values):>4}"


def _times(values: Sequence[float | None]) -> str:
    told = sorted(float("inf") if value is None else value for value in values)
    if not told:
        return f"{'-':>17}"
    count = sum(one < float("inf") for one in told)
    return f"{_quantile(told, 0.5):>5.0f} /{_quantile(told, 0.9):>4.0f} ({count}/{len(told)})"


def table(results: Sequence[Result]) -> list[str]:
    """Right / undecided / wrong by kind and in total, calm, and times."""
    head = "".join(f"{f'{number} rounds':>26}" for number in JUDGED)
    lines = [f"{'right / undecided / wrong, %':26}{head}   changes med/p90/max   told s med/p90   forgotten s"]
    by_kind: dict[str, list[Result]] = {}
    for one in results:
        by_kind.setdefault(one.kind, []).append(one)
    for kind, some in [*by_kind.items(), ("all", list(results))]:
        cells = "".join(f"{_shares(one.grades[number] for one in some):>26}" for number in JUDGED)
        changes = _changes([one.changes for one in some if one.changes is not None])
        told = _times([one.told_s for one in some if one.began]) if kind != "all" else ""
        forgot = _times([one.forgot_s for one in some if one.ended]) if kind != "all" else ""
        lines.append(f"{kind:26}{cells}   {changes:>18}   {told:>15}   {forgot}")
    return lines


def goals(results: Sequence[Result], long: Sequence[Result]) -> list[str]:
    """The figures that are aimed at, each beside what was measured."""
    lines = [f"\n{'figure, over all worlds':58}{'measured':>34}   goal"]

    def line(name: str, measured: str, goal: str) -> None:
        lines.append(f"{name:58}{measured:>34}   {goal}")

    for number, goal in ((300, ">= 97 / <= 1 %"), (100, ">= 90 / <= 3 %"), (30, "wrong <= 3 %")):
        if not results:
            break
        counts = Counter(one.grades[number].mark for one in results)
        total = max(counts.total(), 1)
        line(
            f"right / wrong at {number} rounds",
            f"{100 * counts['right'] / total:.1f} / {100 * counts['wrong'] / total:.1f} %",
            goal,
        )
    changes = [one.changes for one in results if one.changes is not None]
    shown = [one.addressed for one in results if one.addressed is not None]
    if shown:
        line("10 rounds: speaks of what the table shows", f"{sum(shown)} of {len(shown)}", "all")
    if changes:
        line("changes of the sentence, rounds 10-300 (median / p90 / worst)", _changes(changes), "<= 1 / <= 2 / <= 4")
    for kind in LONG:
        some = [one for one in long if one.kind == kind]
        if not some:
            continue
        if kind == "clean-hour":
            line(
                "clean hours with any fault or warning",
                f"{sum(one.alarms > 0 for one in some)} of {len(some)}",
                "<= 1 of 200",
            )
            continue
        off = [one.share_off for one in some if one.share_off is not None]
        best = [one.oracle_off for one in some if one.oracle_off is not None]
        as_ = f", off by {median(off):.2f}" if off else ""
        goal = (
            "<= 180 s"
            if kind.startswith("2")
            else "as its own losses carry"
            if "last" in kind
            else "<= 60 s, within 1.5"
        )
        line(f"{kind}: told after s (median / p90)", _times([one.told_s for one in some]) + as_, goal)
        if off:
            line(
                f"{kind}: share within {NEAR} when first told; an oracle's",
                f"{_near(off)}; {_near(best)}",
                "as the oracle",
            )
        line(f"{kind}: called ended after s", _times([one.forgot_s for one in some]), "<= 60 s at 5 % on a middle link")
    shifts = [one.told_s for one in results if one.kind == "shift" and one.began]
    if shifts:
        line("shift of 10-60 ms: told after s (median / p90)", _times(shifts), "<= 30 s")
    return lines


def show(results: Sequence[Result]) -> list[str]:
    """Each answer that was wrong, with its truth."""
    lines = []
    for one in results:
        wrong = {number: each for number, each in one.grades.items() if each.mark == "wrong"}
        if wrong:
            lines.append(f"\n--world {one.kind}:{one.seed}   {one.truth}")
            lines += [f"   {number:>4}: {one.texts[number]}\n         {each.why}" for number, each in wrong.items()]
        if one.addressed is False:
            lines.append(f"\n--world {one.kind}:{one.seed}   after ten rounds it speaks of something else: {one.short}")
        if one.alarms:
            lines.append(f"\n--world {one.kind}:{one.seed}   false alarm in {one.alarmed}")
    return lines


def turns(results: Sequence[Result], at_least: int) -> list[str]:
    """The answers of each world in which nothing changes, and class or place of the answer does so often."""
    lines = []
    for one in results:
        if one.changes is not None and one.changes >= at_least:
            lines.append(f"\n--world {one.kind}:{one.seed}   {one.changes} changes   {one.truth}")
            lines += [f"   {turn}" for turn in one.turns]
    return lines


def tell(kind: str, seed: str) -> None:
    """Print one world's answers as they change."""
    world = draw(kind, seed)
    trace = Trace(world)
    print(describe(world))
    before: object = None
    for number in range(5, world.rounds + 1):
        read = trace.read(number)
        if read.key != before or number in JUDGED:
            one = grade(world, read, trace.at_s)
            print(
                f"{number:>5} {one.mark:9} {read.severity:8} {read.text}   ({one.why})"
                if one.why
                else f"{number:>5} {one.mark:9} {read.severity:8} {read.text}"
            )
        before = read.key


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=None, help="of all worlds; drawn from the clock if not given")
    parser.add_argument("--only", default="", metavar="KIND[,KIND]")
    parser.add_argument("--worlds", type=int, default=6, help="of each kind")
    parser.add_argument("--hours", type=int, default=0, help="clean hours")
    parser.add_argument("--long", type=int, default=0, help="worlds of each kind in which loss begins late")
    parser.add_argument("--eight", action="store_true", help="with --long: after eight hours too")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--turns", type=int, default=0, metavar="N", help="show worlds with as many changes")
    parser.add_argument("--world", default="", metavar="KIND:SEED")
    options = parser.parse_args()
    if options.world:
        tell(*options.world.split(":", 1))
        return 0
    seed = options.seed if options.seed is not None else time.time_ns() % 1_000_000
    kinds = options.only.split(",") if options.only else list(KINDS)
    orders = [(kind, f"{seed}.{index}") for kind in kinds if kind in KINDS for index in range(options.worlds)]
    for kind in LONG:
        count = options.hours if kind == "clean-hour" else options.long
        wanted = kind in kinds or (not options.only and (options.eight or "8-h" not in kind))
        orders += [(kind, f"{seed}.{index}") for index in range(count)] if wanted else []
    began = time.perf_counter()
    with ProcessPoolExecutor(options.jobs) as pool:
        results = list(pool.map(partial(_run), orders, chunksize=4))
    short = [one for one in results if one.kind in KINDS]
    long = [one for one in results if one.kind in LONG]
    print(f"seed {seed}, {len(results)} worlds")
    print("\n".join([*(table(short) if short else []), *goals(short, long)]))
    clean = [one for one in short if one.alarms]
    print(f"\nclean worlds of 300 rounds with a false alarm: {len(clean)}")
    unread = sorted({one.unread for one in results if one.unread})
    if unread:
        print(
            "\nanswers of which words and fields differ, or that are not understood (bench/worlds/observed.py):",
            *unread,
            sep="\n  ",
        )
    for one in results:
        if one.crash:
            print(f"\nthe program broke off in --world {one.kind}:{one.seed}: {one.crash.strip().splitlines()[-1]}")
    if options.show:
        print("\n".join(show(results)))
    if options.turns:
        print("\n".join(turns(short, options.turns)))
    print(f"({time.perf_counter() - began:.0f} s)")
    return 0


def _run(order: tuple[str, str]) -> Result:
    try:
        return run(*order)
    except Exception:  # noqa: BLE001 - a program that breaks off gives no answer, which is as wrong as can be
        crash = traceback.format_exc()
        wrong = dict.fromkeys(JUDGED, Grade("wrong", "the program broke off"))
        return Result(*order, grades=wrong, texts=dict.fromkeys(JUDGED, crash), crash=crash)


if __name__ == "__main__":
    sys.exit(main())
