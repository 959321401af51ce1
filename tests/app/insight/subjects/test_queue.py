"""R6 and R7: queues, how bad they are, and whether this host's own traffic fills them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.sentences import LENGTHS
from hopscope.app.insight.subjects.traffic import LOADED_CHANCE, LOADED_RHO
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.path.privacy import Privacy
from hopscope.app.settings import TraceSettings
from hopscope.app.statistics.exact_tests import lasting_correlation
from support.engines import Network, World, steady

if TYPE_CHECKING:
    from collections.abc import Callable

    from hopscope.app.insight.assessment import Assessment, Verdict
    from hopscope.probe import wire

PERIOD_S = 12
LINE = 2_500_000  # bytes a second: 20 Mbit/s


def is_busy(second: int) -> bool:
    """Whether somebody sends in this second."""
    return second % PERIOD_S < PERIOD_S // 3


def queue(at: int, peak_us: int = 120_000, hops: int = 8) -> Network:
    """A queue before hop ``at`` that is long while somebody sends."""
    noise = random.Random(3)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        found = steady(hops)(now_us, request)
        assert found is not None
        rtt_us, answer = found
        if request.ttl >= at and is_busy(now_us // 1_000_000):
            rtt_us += round(peak_us * noise.uniform(0.9, 1))
        else:
            rtt_us += noise.randrange(200)
        answer.rtt_us = rtt_us
        return rtt_us, answer

    return network


def carrying(rate: Callable[[int], float]) -> Callable[[int], int]:
    """Bytes carried until a time, at so many bytes a second in each second; no two seconds are quite alike."""
    noise = random.Random(5)
    totals = [0.0]

    def carried(now_us: int) -> int:
        while len(totals) <= now_us // 1_000_000 + 1:
            totals.append(totals[-1] + rate(len(totals) - 1) * noise.uniform(0.9, 1.1))
        second, rest = divmod(now_us, 1_000_000)
        return int(totals[second] + (totals[second + 1] - totals[second]) * rest / 1_000_000)

    return carried


def judge(network: Network, carried: Callable[[int], int] | None, rounds: int = 100) -> tuple[Verdict, Assessment]:
    """The verdict on the queue, and all of them."""
    assessment = verdicts(World(network, TraceSettings(rounds=rounds), carried=carried).run())
    for (lead, rest), length in zip(assessment.sentences, LENGTHS, strict=False):
        assert len(f"{lead} {rest}") <= length
    [verdict] = [one for one in assessment.verdicts if one.rule in {rules.QUEUEING, rules.BUFFERBLOAT}]
    assert verdict.sentence.isascii()
    return verdict, assessment


@pytest.mark.parametrize(
    ("peak_us", "grade"),
    [(29_000, "B"), (59_000, "C"), (65_000, "D"), (190_000, "D"), (230_000, "F")],
)
def test_grades(peak_us: int, grade: str) -> None:
    """R7: by how much the 95th percentile exceeds the base: below 30 ms B, 60 C, 200 D, else F."""
    verdict, _ = judge(queue(2, peak_us), None)
    assert (verdict.rule, verdict.title) == (rules.BUFFERBLOAT, f"Bufferbloat, grade {grade}")
    excess_us = dict(verdict.numbers)["excess_us"]
    assert isinstance(excess_us, int)
    assert 0.9 * peak_us <= excess_us <= peak_us + 200
    assert dict(verdict.numbers)["excess_share"] == 0.95
    assert verdict.brief.startswith(f"mostly up to +{excess_us / 1000:.1f} ms")


def test_less_than_5_ms_is_no_queue() -> None:
    """R7: grade A is no finding: such a rise is below what R6 asks for."""
    assessment = verdicts(World(queue(2, 4_900), TraceSettings(rounds=100)).run())
    assert not {rules.QUEUEING, rules.BUFFERBLOAT} & {one.rule for one in assessment.verdicts}


@pytest.mark.parametrize("at", [1, 2])
def test_own_traffic_that_fills_the_line_is_named(at: int) -> None:
    """R7, loaded: the rounds in which this host sends are the slow ones."""
    verdict, assessment = judge(queue(at), carrying(lambda second: LINE if is_busy(second) else 20_000))
    numbers = dict(verdict.numbers)
    assert (verdict.rule, numbers["loaded"], numbers["interface"]) == (rules.BUFFERBLOAT, "yes", "eth0")
    assert isinstance(numbers["traffic_rho"], float)
    assert numbers["traffic_rho"] >= 0.5
    assert float(numbers["traffic_p_value"]) < 0.01
    assert numbers["traffic_rounds"] == 98  # before the first one nothing is known, and the last one is not over
    assert 0.9 * LINE <= float(numbers["traffic_busy_bytes_per_s"]) <= 1.1 * LINE
    assert 18_000 <= float(numbers["traffic_calm_bytes_per_s"]) <= 22_000
    assert f"it rises with this host's own traffic (correlation {numbers['traffic_rho']:.2f})" in verdict.sentence
    assert any("this host fills the line" in reason for reason in verdict.reasons)
    assert any("in the slow rounds: " in reason and "Mbit/s; " in reason for reason in verdict.reasons)
    assert assessment.sentence.startswith("Bufferbloat, grade D: mostly up to +")
    assert assessment.sentence.endswith(f" ms from hop {at}, filled by this host's own traffic.")
    assert any(rest.endswith(f" ms from hop {at}, filled by this host.") for _, rest in assessment.sentences)
    assert all("filled by this host" in rest for _, rest in assessment.sentences)  # however few cells there are


def test_two_that_last_and_do_not_belong_together_are_told_apart() -> None:
    """R7: where queue and own traffic come and go by themselves, every 20 to 60 s, less than 1 in 100 is blamed."""
    blamed = 0
    for seed in range(200):
        chance = random.Random(seed)
        lasting_s = chance.uniform(20, 60)
        queue_us, rates = (switched(chance, lasting_s) for _ in range(2))
        times = [int(100_000 * on * chance.uniform(0.5, 1) + chance.uniform(0, 300)) for on in queue_us]
        carried = [LINE if on else 20_000 for on in rates]
        rho, p_value = lasting_correlation(times, carried)
        blamed += rho >= LOADED_RHO and p_value < LOADED_CHANCE
    assert blamed <= 2


def switched(chance: random.Random, mean_s: float, rounds: int = 120) -> list[bool]:
    """On and off in turn, for times of which only the mean is known."""
    states: list[bool] = []
    on = chance.random() < 0.5
    while len(states) < rounds:
        states += [on] * (1 + int(chance.expovariate(1 / mean_s)))
        on = not on
    return states[:rounds]


@pytest.mark.parametrize("seed", range(20))
def test_traffic_at_other_times_is_not_blamed(seed: int) -> None:
    """R7: somebody else fills the line, and this host's traffic comes and goes by itself."""
    chance = random.Random(seed)
    verdict, assessment = judge(queue(2), carrying(lambda _: LINE if chance.random() < 0.3 else 20_000))
    numbers = dict(verdict.numbers)
    assert (numbers["loaded"], verdict.rule) == ("no", rules.BUFFERBLOAT)
    assert "own traffic" not in verdict.sentence
    assert any(reason.startswith("It does not rise with this host's own traffic") for reason in verdict.reasons)
    assert "filled" not in assessment.sentence


def test_a_trickle_fills_no_line() -> None:
    """R7: what a terminal takes that shows this trace may rise with the times, and is not what fills a line."""
    verdict, _ = judge(queue(2), carrying(lambda second: 3_000 if is_busy(second) else 1_000))
    numbers = dict(verdict.numbers)
    assert float(numbers["traffic_rho"]) >= 0.5
    assert numbers["loaded"] == "no"
    assert any(reason.startswith("This host's own traffic is too little to fill it: 2") for reason in verdict.reasons)


def test_what_came_and_went_too_seldom_is_not_blamed_yet() -> None:
    """R7: one long rise with one long upload may be chance; that is said, and nothing that contradicts the figure."""
    noise = random.Random(2)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        found = steady(8)(now_us, request)
        assert found is not None
        rtt_us, answer = found
        queue_us = 3_000 * max(0, now_us // 1_000_000 - 20) * (request.ttl >= 2)
        answer.rtt_us = rtt_us = rtt_us + queue_us + noise.randrange(200)
        return rtt_us, answer

    verdict, assessment = judge(network, carrying(lambda second: 10_000 * max(1, second - 20)), rounds=50)
    numbers = dict(verdict.numbers)
    assert (verdict.rule, numbers["loaded"]) == (rules.BUFFERBLOAT, "no")
    assert float(numbers["traffic_rho"]) > 0.8
    assert float(numbers["traffic_p_value"]) >= 0.01
    assert any("has not come and gone often enough" in reason for reason in verdict.reasons)
    assert not any("does not rise" in reason for reason in verdict.reasons)
    assert "filled" not in assessment.sentence


def test_a_hidden_interface_is_not_named() -> None:
    """R7: with the near end hidden, the verdict is the same without the interface's name."""
    trace = World(
        queue(2), TraceSettings(rounds=100), carried=carrying(lambda second: LINE if is_busy(second) else 20_000)
    ).run()
    [verdict] = [one for one in verdicts(Privacy(2).snapshot(trace)).verdicts if one.rule is rules.BUFFERBLOAT]
    assert dict(verdict.numbers)["loaded"] == "yes"
    assert "interface" not in dict(verdict.numbers)
    assert any(one.startswith("It rises with this host's own traffic (rank") for one in verdict.reasons)


def test_too_few_rounds_say_nothing_of_own_traffic() -> None:
    """R7: fewer than thirty rounds in which both are known claim nothing."""

    def carried(now_us: int) -> int:
        second = now_us // 1_000_000
        return -second if second < 72 else carrying(lambda second: LINE if is_busy(second) else 0)(now_us)

    verdict, _ = judge(queue(2), carried)
    assert "loaded" not in dict(verdict.numbers)


def test_unknown_traffic_is_not_spoken_of() -> None:
    """R7: where the system tells nothing of its interfaces, the verdict is as before."""
    verdict, _ = judge(queue(2), None)
    assert set(dict(verdict.numbers)) == {
        *("excess_us", "excess_share", "base_us", "base_seen", "share", "rho", "p_value", "from_ttl", "grade"),
        *("end_alone", "times_best"),
    }
    assert not any("own traffic" in reason for reason in verdict.reasons)


def test_a_queue_farther_on_is_not_this_hosts() -> None:
    """R6: behind the first link own traffic is not looked at."""
    verdict, _ = judge(queue(5), carrying(lambda second: LINE if is_busy(second) else 20_000))
    assert verdict.rule is rules.QUEUEING
    assert "loaded" not in dict(verdict.numbers)


def waiting(least_us: int, *, from_s: int = 0) -> list[Verdict]:
    """The verdicts on a path whose answers from hop 3 on all wait, at least so long, from a second on."""
    noise = random.Random(3)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        found = steady(8)(now_us, request)
        assert found is not None
        rtt_us, answer = found
        if request.ttl >= 3 and now_us >= from_s * 1_000_000:
            rtt_us += least_us + round(60_000 * noise.random())
        answer.rtt_us = rtt_us
        return rtt_us, answer

    return list(verdicts(World(network, TraceSettings(rounds=100)).run()).verdicts)


def test_a_queue_that_was_there_from_the_first_probe_on_says_that_its_base_was_not_seen() -> None:
    """The best RTT is not called the base then, and the step where the queue begins is not called distance."""
    found = waiting(100_000)
    [told] = [one for one in found if one.rule is rules.QUEUEING]
    assert ("base_seen", "no") in told.numbers
    assert told.figures.startswith("best ")
    said = "The base was not seen, as hardly any answer came without a wait: it may be lower, and the queue longer."
    assert said in told.reasons
    [step] = [one for one in found if one.rule is rules.LATENCY_STEP]
    assert step.reasons == ("It may be the queue that begins there: its base was not seen.",)


def test_a_queue_that_came_later_has_its_base() -> None:
    """What was measured before it counts."""
    [told] = [one for one in waiting(40_000, from_s=50) if one.rule is rules.QUEUEING]
    assert ("base_seen", "yes") in told.numbers
    assert told.figures.startswith("base 10.0 ms, p95 ")
    assert not [reason for reason in told.reasons if "not seen" in reason]
