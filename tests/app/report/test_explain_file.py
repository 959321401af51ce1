"""Reports that others published, with the reading of those who know how to read them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.reading.picture import snapshot_of
from hopscope.app.reading.read import read_reports, reports_of
from hopscope.app.report.explain_file import LIMITS, explained

if TYPE_CHECKING:
    from hopscope.app.insight.assessment import Assessment

PUBLISHED = Path(__file__).parents[2] / "samples" / "published"
SCREEN = """
                             My traceroute  [v0.95]
laptop (192.0.2.20) -> 203.0.113.9 (203.0.113.9)            2026-11-20T10:00:00+0000
 Host                                Loss%   Snt   Last   Avg  Best  Wrst StDev
 1. 192.0.2.1                         0.0%   101    0.5   0.6   0.3   1.2   0.3
 2. (waiting for reply)
 3. 198.51.100.5                      0.0%   100   10.5  10.6  10.3  11.2   0.3
    198.51.100.6
 4. {target}
"""
ANSWERS = "203.0.113.9                       0.0%   100   12.5  12.6  12.3  13.2   0.3"
SAYS_LOSS = {rules.PATH_LOSS, rules.LOCAL_LOSS, rules.LAST_LINK_LOSS}
LIMITERS = {rules.REPLY_LIMIT, rules.REPLY_LIMIT_CONFIRMED}


def judged(name: str) -> Assessment:
    (report,) = read_reports(str(PUBLISHED / f"{name}.txt"))
    return verdicts(snapshot_of(report))


@pytest.mark.parametrize(
    "name",
    ["clean", "rate-limit-one-hop", "silent-routers-target-fine", "slow-control-plane", "one-lost-of-ten",
     "two-limiters-target-fine", "winmtr", "ocean-crossing"],
)  # fmt: skip
def test_where_the_target_answers_all_no_loss_is_claimed(name: str) -> None:
    """However much a router in the middle seems to lose, nothing is lost: no fault, and no warning."""
    assessment = judged(name)
    assert assessment.answer.severity in {"note", "fine"}
    assert not SAYS_LOSS & set(assessment.answer.rules)


def totals(lost: list[int], sent: list[int]) -> str:
    """A report of mtr with so many lost of so many sent, hop by hop."""
    lines = ["HOST: here                        Loss%   Snt   Last   Avg  Best  Wrst StDev"]
    for ttl, (gone, of) in enumerate(zip(lost, sent, strict=True), 1):
        share = 100 * gone / of
        lines.append(
            f"  {ttl}.|-- 192.0.2.{ttl:<20} {share:.1f}%  {of:4}    {ttl}.0   {ttl}.0   {ttl}.0   {ttl}.5   0.1"
        )
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("lost", "sent"),
    [
        ([0, 0, 4, 3, 3, 0], [60] * 6),
        ([0, 0, 0, 1, 2, 1, 0], [30] * 7),
        ([0, 2, 2, 2, 0], [40] * 5),
        ([0, 4, 8, 5, 0, 0], [60] * 6),
        ([0, 5, 2, 2, 0, 0], [30] * 6),
        ([0, 0, 0, 0, 2, 3, 2, 0], [40, 27, 28, 28, 28, 28, 28, 40]),
        ([0, 0, 5, 4, 6, 1], [100] * 6),
        ([3, 2, 3, 2, 0], [50] * 5),
        ([0, 0, 60, 70, 60, 65, 5], [1000] * 7),
    ],
)
def test_hops_that_lose_alone_lose_nothing_on_the_path(lost: list[int], sent: list[int]) -> None:
    """However many of them lose alike: what the path loses is missing at its end, and at about their rate."""
    (report,) = reports_of(totals(lost, sent), "report")
    assessment = verdicts(snapshot_of(report))
    assert {verdict.severity for verdict in assessment.verdicts} <= {"note", "fine"}
    assert not [verdict for verdict in assessment.verdicts if verdict.rule in SAYS_LOSS]


@pytest.mark.parametrize("lost", [[0, 0, 5, 4, 6, 2], [0, 0, 5, 4, 6, 3], [0, 0, 4, 5, 4, 5]])
def test_hops_that_lose_as_the_end_does_show_a_loss_on_the_path(lost: list[int]) -> None:
    """The end alone has lost too few to tell, and what all of them have lost is no chance."""
    (report,) = reports_of(totals(lost, [100] * 6), "report")
    assert verdicts(snapshot_of(report)).answer.rules[0] is rules.PATH_LOSS


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [("loss-to-the-end", 2, 3), ("middle-link-loss", 3, 4), ("quoted-ticket", 3, 4)],
)
def test_loss_that_goes_on_to_the_target_is_on_the_path(name: str, first: int, last: int) -> None:
    """It begins between the last hop that loses nothing and the first that does."""
    answer = judged(name).answer
    assert answer.rules[0] is rules.PATH_LOSS
    assert answer.place is not None
    assert answer.place.first_ttl <= first
    assert answer.place.last_ttl == last


@pytest.mark.parametrize("name", ["middle-link-loss", "quoted-ticket", "loss-at-first-hop"])
def test_totals_do_not_tell_what_a_loss_looks_like(name: str) -> None:
    """Scattered or in bursts is a matter of order, and totals have none."""
    answer = judged(name).answer
    assert answer.number("lost") >= 8
    assert answer.word("kind") == ""


def test_loss_from_the_first_hop_on_is_local() -> None:
    """A laptop on Wi-Fi: every hop loses alike."""
    assert judged("loss-at-first-hop").answer.rules[0] is rules.LOCAL_LOSS


def test_limiters_are_named_as_harmless() -> None:
    """A router that rate-limits its replies is said to, in a clause of the answer or in a verdict."""
    for name, ttls in (("two-limiters-target-fine", {3, 5}), ("rate-limit-one-hop", {2}), ("winmtr", {4})):
        found = {verdict.last_ttl for verdict in judged(name).verdicts if verdict.rule in LIMITERS}
        assert found <= ttls
        if name != "rate-limit-one-hop":  # ten probes hardly carry it
            assert found == ttls


@pytest.mark.parametrize("name", ["destination-firewalled", "nothing-beyond-hop-4", "loss-and-silent-target"])
def test_a_silent_target_is_said_to_be_silent(name: str) -> None:
    """It does not answer; whether it is down is not known from that."""
    assert rules.TARGET_SILENT in {verdict.rule for verdict in judged(name).verdicts}
    assert judged(name).answer.rules[0] is not rules.NO_LOSS


def test_loss_at_the_end_alone_is_left_open() -> None:
    """The last link loses packets, or the target rate-limits its replies: never a fault."""
    answer = judged("target-alone-loses").answer
    assert answer.rules[0].undecided
    assert answer.severity == "warning"


def test_a_loop_comes_before_the_silence_that_it_makes() -> None:
    """Two routers in turn to the end of the report."""
    answer = judged("loop").answer
    assert answer.rules[0] is rules.ROUTING_LOOP
    assert answer.severity == "fault"


@pytest.mark.parametrize(
    ("circle", "lost", "rule"),
    [
        (["203.0.113.1", "203.0.113.9"], 0, rules.ROUTING_LOOP),
        (["203.0.113.1", "203.0.113.9"], 1, rules.ROUTING_LOOP),
        (["203.0.113.1", "203.0.113.9", "203.0.113.17"], 0, rules.ROUTING_LOOP),
        (["east.example", "west.example (203.0.113.9)"], 0, rules.ROUTING_LOOP),
        (["203.0.113.1"], 0, rules.TTL_LOWERED),
    ],
)
def test_a_loop_up_to_the_last_row_is_no_target_that_answers(circle: list[str], lost: int, rule: rules.Rule) -> None:
    """A report has no row beyond hop 30, and the router there is not the target."""
    hosts = ["10.0.0.1", "198.51.100.1"] + [circle[at % len(circle)] for at in range(28)]
    figures = "   10  5.0  5.1  5.0  5.5   0.4"
    rows = [f"{ttl:3}.|-- {host:28}{0 if ttl % 3 else 10 * lost}.0% {figures}\n" for ttl, host in enumerate(hosts, 1)]
    text = f"HOST: gw                          Loss%   Snt   Last   Avg  Best  Wrst StDev\n{''.join(rows)}"
    [report] = reports_of(text, "a test")
    answer = verdicts(snapshot_of(report)).answer
    assert (answer.rules[0], answer.severity) == (rule, "fault")
    assert answer.place is not None
    assert (answer.place.first_ttl, answer.place.last_ttl) == (3, 30)


def test_an_average_far_above_the_best_is_likely_a_queue() -> None:
    """Totals do not tell when it was full, so it is provisional and no fault."""
    assessment = judged("bufferbloat-home")
    assert assessment.answer.rules[0] is rules.BUFFERBLOAT
    assert assessment.answer.severity == "note"
    assert assessment.answer.place is not None
    assert (assessment.answer.place.first_ttl, assessment.answer.place.last_ttl) == (1, 2)
    assert "hop 2" in assessment.sentence


def test_delay_of_a_router_and_of_the_path_are_told_apart() -> None:
    """Slow at one hop alone: its own replies. Slow from a hop on to the end: a step of the path."""
    slow = [verdict for verdict in judged("slow-control-plane").verdicts if verdict.rule is rules.SLOW_REPLIES]
    assert [verdict.last_ttl for verdict in slow] == [5]
    for name, ttls in (("slow-from-hop-4", [4]), ("ocean-crossing", [4])):
        steps = [verdict for verdict in judged(name).verdicts if verdict.rule is rules.LATENCY_STEP]
        assert [verdict.last_ttl for verdict in steps] == ttls, name


@pytest.mark.parametrize("path", sorted(PUBLISHED.glob("*.txt")), ids=lambda path: path.stem)
def test_what_is_printed(path: Path) -> None:
    """Who was traced, the answer, its reasons, and what totals cannot say, within 79 columns."""
    text = explained(str(path))
    assert all(len(line) < 80 for line in text.splitlines())
    assert " hops, " in text.splitlines()[0]
    assert text.rstrip().endswith(LIMITS.split(";")[1].split()[-1])
    assert "Fisher" not in text.splitlines()[1]


def screen(target: str) -> Assessment:
    """A pasted screen whose fourth row is ``target``, judged."""
    (report,) = reports_of(SCREEN.replace("{target}", target), "screen")
    return verdicts(snapshot_of(report))


def test_a_pasted_screen_says_as_much_as_a_report() -> None:
    """A hop that waits for a reply has been probed as often as those beyond it; a second address is told."""
    silent, several = rules.SILENT_HOP, rules.SEVERAL_ADDRESSES
    told = {one.rule: one for one in screen(ANSWERS).verdicts}
    assert (told[silent].last_ttl, dict(told[silent].numbers)["completed"]) == (2, 100)
    assert (told[several].last_ttl, told[several].figures) == (3, "198.51.100.5, 198.51.100.6")
    assert rules.TARGET_SILENT in {one.rule for one in screen("(waiting for reply)").verdicts}


@pytest.mark.parametrize(
    "target", [ANSWERS, "(waiting for reply)", "203.0.113.9  40.0%  200  12.5  12.6  12.3  13.2  0.3"]
)
def test_how_a_report_was_made_is_not_told(target: str) -> None:
    """Neither the size nor the protocol of its probes, nor how long a round lasted: no text report has them."""
    assessment = screen(target)
    texts = [assessment.sentence]
    for one in assessment.verdicts:
        texts += [one.sentence, *one.reasons, one.settle]
    told = " ".join(texts)
    assert "packets only" not in told
    assert "ICMP" not in told
    assert "rounds (" not in told


@pytest.mark.parametrize(("rise_ms", "warned"), [(180.0, False), (341.0, True), (620.0, True)])
def test_a_step_that_no_distance_explains_is_the_answer(rise_ms: float, warned: bool) -> None:
    """More than half the Earth takes at one hop: no fine answer stands before it."""
    rows = "".join(
        f"{ttl:3}.|-- 10.0.{ttl}.1{'':16}0.0%    30 {rtt:6.1f} {rtt:6.1f} {rtt:6.1f} {rtt:6.1f}   0.2\n"
        for ttl, rtt in ((1, 0.8), (2, 1.8), (3, 1.8 + rise_ms), (4, 2.9 + rise_ms))
    )
    text = f"HOST: a                           Loss%   Snt   Last   Avg  Best  Wrst StDev\n{rows}"
    [report] = reports_of(text, "a test")
    answer = verdicts(snapshot_of(report)).answer
    assert (answer.rules[0] is rules.LATENCY_STEP, answer.severity == "warning") == (warned, warned)
    assert judged("slow-from-hop-4").answer.rules[0] is rules.LATENCY_STEP


def test_a_report_in_which_nothing_answers_says_so() -> None:
    """A report of mtr has one row without a name where no hop answers: that is this host's firewall, or its route."""
    (report,) = reports_of(
        "HOST: here                        Loss%   Snt   Last   Avg  Best  Wrst StDev\n"
        "  1.|-- ???                       100.0    10    0.0   0.0   0.0   0.0   0.0\n",
        "report",
    )
    assessment = verdicts(snapshot_of(report))
    assert assessment.answer.rules == (rules.NO_ANSWERS,)
    assert assessment.sentence.startswith("No hop ")
    assert any("firewall" in reason for one in assessment.verdicts for reason in one.reasons)
