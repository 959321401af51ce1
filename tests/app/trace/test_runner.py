"""The runner with a real probe process at the other end of real pipes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hopscope.app.clock import monotonic_us
from hopscope.app.errors import ProbeProcessError, UnsupportedError
from hopscope.app.path.recorder import Recorder
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target, TraceSettings
from hopscope.app.trace import events as happened
from hopscope.app.trace.child import Child, start_child
from hopscope.app.trace.runner import Runner
from support import packet_double
from support.need import need_tool

if TYPE_CHECKING:
    from collections.abc import Callable

    from hopscope.app.path.snapshot import Snapshot
    from hopscope.app.protocols import ProtocolName
    from support.netns import Chain

TARGET = Target(sanitize("target.example"), "192.0.2.99", 4)
QUICK = TraceSettings(rounds=3, interval_us=50_000, gracetime_us=500_000)
PATIENCE_S = 20.0


def double(*arguments: str) -> list[str]:
    return [sys.executable, "-I", packet_double.__file__, *arguments]


class Trace:
    """A runner with its recorder, and a way to wait for what is to happen."""

    def __init__(
        self,
        command: list[str],
        settings: TraceSettings = QUICK,
        target: Target = TARGET,
        *,
        explicit: bool = False,
        flows_explicit: bool = False,
        prompt: bool = True,
    ) -> None:
        self.recorder = Recorder([target], settings)
        self.runner = Runner(
            command,
            [target],
            settings,
            self.recorder.record,
            explicit=explicit,
            flows_explicit=flows_explicit,
            prompt=prompt,
        )

    def run(self) -> Snapshot:
        """Trace to the end."""
        self.runner.start()
        assert self.runner.wait(PATIENCE_S)
        self.runner.stop()
        return self.snapshot()

    def snapshot(self) -> Snapshot:
        """The trace as it is now."""
        return self.recorder.snapshots()[0]

    def until(self, condition: Callable[[Snapshot], bool]) -> Snapshot:
        """Wait until a condition holds."""
        give_up_s = time.monotonic() + PATIENCE_S
        while not condition(self.snapshot()):
            assert time.monotonic() < give_up_s, self.snapshot()
            self.runner.wait(0.005)
        return self.snapshot()


def alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_gone(pid: int) -> None:
    give_up_s = time.monotonic() + PATIENCE_S
    while alive(pid):
        assert time.monotonic() < give_up_s
        time.sleep(0.005)


def test_a_trace_through_a_probe_process() -> None:
    """Three rounds through a probe process show its path, without loss."""
    snapshot = Trace(double("--hops", "4")).run()
    assert [hop.address for hop in snapshot.hops] == ["10.0.0.1", "10.0.0.2", "10.0.0.3", TARGET.address]
    assert {(hop.sent, hop.received) for hop in snapshot.hops} == {(3, 3)}
    assert snapshot.state == "finished"


def test_words_of_the_newer_dialect_are_understood() -> None:
    """An unreachable in the words of mtr-packet 0.96 is an answer."""
    snapshot = Trace(double("--hops", "4", "--words", "0.96")).run()
    assert [(hop.address, hop.error) for hop in snapshot.hops] == [("10.0.0.1", ""), ("10.0.0.2", "no-route")]


@pytest.mark.parametrize("known", [True, False])
def test_extensions_are_sent_only_where_they_are_known(tmp_path: Path, known: bool) -> None:
    """``detail`` goes to a probe process that says it knows hopscope, and to no other."""
    log = tmp_path / "log"
    Trace(double("--log", str(log), *([] if known else ["--no", "hopscope"]))).run()
    sent = [line for line in log.read_text(encoding="ascii").splitlines() if "send-probe ip-4" in line]
    assert sent
    assert all(line.endswith("detail 1") == known for line in sent)


def test_icmp_that_is_not_allowed_gives_way_to_udp(tmp_path: Path) -> None:
    """Without ICMP the trace is made with UDP, and a note says so with the remedy."""
    log = tmp_path / "log"
    snapshot = Trace(double("--no", "icmp", "--log", str(log))).run()
    assert snapshot.settings.protocol == "udp"
    assert "ICMP is not allowed for this user, using UDP" in snapshot.note
    assert "net.ipv4.ping_group_range" in snapshot.note
    assert "fallback" in [entry.kind for entry in snapshot.log_entries]
    assert "protocol icmp" not in log.read_text(encoding="ascii")


@pytest.mark.parametrize(
    ("protocol", "flows", "ours", "named", "held", "noted"),
    [
        ("icmp", 1, True, False, True, False),
        ("icmp", 1, False, False, False, False),
        ("icmp", 1, False, True, False, True),
        ("udp", 1, True, False, True, False),
        ("udp", 1, False, False, False, False),
        ("udp", 1, False, True, True, False),
        ("tcp", 1, True, False, False, False),
        ("tcp", 1, True, True, False, True),
        ("tcp", 4, True, True, True, False),
        ("tcp", 4, False, True, False, True),
    ],
)
def test_flows_that_cannot_be_held(
    tmp_path: Path, protocol: ProtocolName, flows: int, ours: bool, named: bool, held: bool, noted: bool
) -> None:
    """Each probe has its own flow where none can be held, and that is said to who asked for flows, and to no other."""
    log = tmp_path / "log"
    settings = replace(QUICK, protocol=protocol, flows=flows)
    command = double("--log", str(log), *([] if ours else ["--no", "hopscope"]))
    snapshot = Trace(command, settings, flows_explicit=named).run()
    sent = [line for line in log.read_text(encoding="ascii").splitlines() if "send-probe ip-4" in line]
    assert sent
    assert any("local-port" in line or "icmp-checksum" in line for line in sent) is held
    assert ("cannot be kept in one flow" in snapshot.note) is noted
    assert ("fallback" in [entry.kind for entry in snapshot.log_entries]) is noted


@pytest.mark.parametrize(
    ("arguments", "settings", "explicit"),
    [
        (["--no", "icmp"], QUICK, True),
        (["--no", "icmp", "--no", "udp"], QUICK, False),
        (["--no", "sctp"], TraceSettings(protocol="sctp"), True),
        (["--no", "mark"], TraceSettings(mark=5), False),
        (["--no", "ip-4"], QUICK, False),
    ],
)
def test_what_cannot_be_had_is_an_error(arguments: list[str], settings: TraceSettings, explicit: bool) -> None:
    """What the probe process may not do ends the trace with one sentence."""
    trace = Trace(double(*arguments), settings, explicit=explicit)
    snapshot = trace.run()
    assert isinstance(trace.runner.error, UnsupportedError)
    assert "\n" not in str(trace.runner.error)
    assert snapshot.state == "failed"


def test_a_probe_process_that_dies_is_replaced(tmp_path: Path) -> None:
    """After a death the counts go on, nothing is lost, and the gap is in the log of events."""
    log = tmp_path / "log"
    trace = Trace(double("--log", str(log)), TraceSettings(interval_us=20_000))
    trace.runner.start()
    trace.until(lambda snapshot: snapshot.rounds > 3)
    os.kill(int(log.read_text(encoding="ascii").split()[1]), signal.SIGKILL)
    snapshot = trace.until(lambda snapshot: snapshot.restarted_us is not None)
    rounds = snapshot.rounds
    snapshot = trace.until(lambda snapshot: snapshot.rounds > rounds + 3 and snapshot.hops[0].received > rounds)
    trace.runner.stop()
    assert trace.runner.error is None
    assert sum(hop.dropped for hop in snapshot.hops) == 0
    [restart] = [entry for entry in snapshot.log_entries if entry.kind == "restarted"]
    assert restart.text.startswith("probe restarted, ")
    assert "not measured" in restart.text


def test_a_probe_process_that_stands_still_loses_nothing(tmp_path: Path) -> None:
    """Nothing is lost while the probe process stands still; no burst follows, and the gap is in the log of events."""
    log = tmp_path / "log"
    trace = Trace(double("--log", str(log)), TraceSettings(interval_us=100_000, timeout_s=2))
    trace.runner.start()
    trace.until(lambda snapshot: snapshot.rounds > 3)
    process = int(log.read_text(encoding="ascii").split()[1])
    os.kill(process, signal.SIGSTOP)
    written = _rounds_that_have_begun(trace)
    time.sleep(5.0)  # the time of standing still is what is tested, and longer than the timeout
    assert _rounds_that_have_begun(trace) - written < 42
    os.kill(process, signal.SIGCONT)
    told = "the probe process stood still"
    snapshot = trace.until(lambda snapshot: any(told in entry.text for entry in snapshot.log_entries))
    rounds = snapshot.rounds
    snapshot = trace.until(lambda snapshot: snapshot.rounds > rounds + 15)
    trace.runner.stop()
    assert trace.runner.error is None
    assert sum(hop.dropped for hop in snapshot.hops) == 0
    # A machine that is busy enough may have this process stand still as well.
    [stall] = [entry for entry in snapshot.log_entries if entry.text.startswith("the probe process stood still, ")]
    assert stall.text.endswith(" s not measured")


def test_this_program_standing_still_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn of the loop that took far longer than it was to wait is told, and the trace goes on without loss."""
    trace = Trace(double("--hops", "3"), TraceSettings(interval_us=50_000))
    ahead_us = 0
    monkeypatch.setattr("hopscope.app.trace.runner.monotonic_us", lambda: monotonic_us() + ahead_us)
    trace.runner.start()
    trace.until(lambda snapshot: snapshot.rounds > 3)
    ahead_us = 30_000_000
    snapshot = trace.until(lambda snapshot: "stalled" in [entry.kind for entry in snapshot.log_entries])
    rounds = snapshot.rounds
    snapshot = trace.until(lambda snapshot: snapshot.rounds > rounds + 3)
    trace.runner.stop()
    assert sum(hop.dropped for hop in snapshot.hops) == 0
    told = [entry.text for entry in snapshot.log_entries if entry.kind == "stalled"]
    assert any(text.startswith("hopscope itself stood still, 3") for text in told)


def test_a_link_that_is_lost_is_told_until_it_is_set_up_again() -> None:
    """Since when, and when it is tried again or that it is being tried; the snapshot knows of it until it holds."""
    told: list[happened.Event] = []
    begun: list[Child] = []

    def connect() -> Child:
        if len(begun) == 1 and sum(isinstance(one, happened.LinkLost) for one in told) < 3:
            raise ProbeProcessError("no way there")
        begun.append(start_child(double("--hops", "3")))
        return begun[-1]

    settings = replace(QUICK, rounds=None)
    trace = Trace(double(), settings)

    def take(index: int, event: happened.Event) -> None:
        trace.recorder.record(index, event)
        told.append(event)

    trace.runner = Runner(["far"], [TARGET], settings, take, connect=connect)
    trace.runner.start()
    trace.until(lambda snapshot: snapshot.rounds > 1)
    begun[0].kill()
    lost = trace.until(lambda snapshot: snapshot.link_lost is not None).link_lost
    assert lost is not None
    assert lost.since_us <= lost.time_us < lost.again_us
    again = trace.until(lambda snapshot: snapshot.restarted_us is not None)
    trace.runner.stop()
    assert again.link_lost is None
    seen = [one for one in told if isinstance(one, happened.LinkLost)]
    assert {one.since_us for one in seen} == {lost.since_us}
    assert [bool(one.again_us) for one in seen] == [True, False] * (len(seen) // 2)


def _rounds_that_have_begun(trace: Trace) -> int:
    return trace.recorder.snapshots()[0].last_round


def test_a_probe_process_that_keeps_dying_ends_the_trace() -> None:
    """The third death within ten seconds ends the trace with the last words of the probe process."""
    trace = Trace(double("--die-after", "4", "--say", "no more"), TraceSettings(interval_us=10_000))
    snapshot = trace.run()
    assert isinstance(trace.runner.error, ProbeProcessError)
    assert str(trace.runner.error) == "the probe process died 3 times in 10 s: no more"
    assert snapshot.state == "failed"
    assert snapshot.hops[0].received > 0


def test_a_command_that_is_not_there() -> None:
    """A probe process that cannot be run is one clear error."""
    with pytest.raises(ProbeProcessError, match="cannot run the probe process /nonexistent/packet: No such file"):
        Trace(["/nonexistent/packet"]).runner.start()


def test_a_command_that_is_no_probe_process() -> None:
    """A program that ends at once is an error that quotes it."""
    trace = Trace([sys.executable, "-c", "import sys; sys.exit('wrong program')"])
    assert trace.run().state == "failed"
    assert "ended at once: wrong program" in str(trace.runner.error)


def test_stop_ends_a_probe_process_that_will_not(tmp_path: Path) -> None:
    """Stopping kills a probe process that takes no notice of the end of its input."""
    log = tmp_path / "log"
    trace = Trace(double("--ignore-eof", "--log", str(log)), TraceSettings())
    trace.runner.start()
    trace.until(lambda snapshot: bool(snapshot.hops))
    trace.runner.stop()
    trace.runner.stop()
    assert not alive(int(log.read_text(encoding="ascii").split()[1]))


def test_stop_before_the_probe_process_answers() -> None:
    """A trace can be stopped while the probe process has not said a word."""
    trace = Trace(double("--mute"))
    trace.runner.start()
    trace.runner.stop()
    assert trace.runner.wait(0)
    assert trace.runner.error is None


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_the_probe_process_ends_with_its_parent(tmp_path: Path, number: signal.Signals) -> None:
    """However hopscope ends, the end of input ends the probe process."""
    log = tmp_path / "log"
    program = textwrap.dedent(
        f"""
        from hopscope.app.settings import Target, TraceSettings
        from hopscope.app.trace.runner import Runner
        runner = Runner({double("--log", str(log))!r}, [Target("t", "192.0.2.99", 4)], TraceSettings(),
                        lambda index, event: print(event, flush=True))
        runner.start()
        runner.wait()
        """
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline()
        child = int(log.read_text(encoding="ascii").split()[1])
        assert alive(child)
        parent.send_signal(number)
        parent.wait(PATIENCE_S)
        wait_gone(child)


@pytest.mark.parametrize("prompt", [True, False])
def test_commands_reach_the_measuring(prompt: bool) -> None:
    """Pause, resume, reset and a change of settings act on the running trace, and are told, however patient it is."""
    trace = Trace(double(), TraceSettings(interval_us=20_000), prompt=prompt)
    trace.runner.start()
    trace.until(lambda snapshot: snapshot.rounds > 2)
    trace.runner.pause()
    trace.until(lambda snapshot: snapshot.state == "paused")
    trace.runner.reset()
    assert trace.until(lambda snapshot: not snapshot.hops).rounds == 0
    trace.runner.resume()
    trace.runner.change(max_ttl=2, protocol="udp")
    snapshot = trace.until(lambda snapshot: snapshot.rounds > 2 and len(snapshot.hops) == 2)
    assert snapshot.settings.protocol == "udp"
    with pytest.raises(TypeError, match="no setting is named colour"):
        trace.runner.change(colour="red")
    trace.runner.stop()


def test_what_the_listener_raises_comes_back_to_the_caller() -> None:
    """An error of the callable that takes the events ends the trace and is raised where it is waited for."""

    def listener(_index: int, event: happened.Event) -> None:
        if isinstance(event, happened.ProbeAnswered):
            raise BrokenPipeError

    runner = Runner(double(), [TARGET], QUICK, listener)
    runner.start()
    with pytest.raises(BrokenPipeError):
        runner.wait(PATIENCE_S)
    runner.stop()


def test_stock_mtr_packet_finds_real_routers(namespace_chain: Chain) -> None:
    """Through stock mtr-packet, each router of a chain of namespaces is found in order, over IPv4 and IPv6."""
    need_tool("mtr-packet")
    for version in (4, 6):
        target = Target(sanitize("end"), namespace_chain.target(version), version)
        trace = Trace(namespace_chain.command(["mtr-packet"]), QUICK, target)
        snapshot = trace.run()
        assert trace.runner.error is None
        assert tuple(hop.address for hop in snapshot.hops) == namespace_chain.hops[version]
        assert {(hop.sent, hop.received) for hop in snapshot.hops} == {(3, 3)}


@pytest.mark.parametrize("prompt", [True, False])
def test_answers_that_wait_for_the_next_probe_are_counted_like_those_told_at_once(tmp_path: Path, prompt: bool) -> None:
    """A runner that need not be prompt wakes up once for two probes and the answers before them, and loses none."""
    settings = TraceSettings(rounds=12, interval_us=60_000, gracetime_us=5_000_000)
    recorder = Recorder([TARGET], settings)
    log = tmp_path / "log"
    command = double("--hops", "5", "--log", str(log))
    runner = Runner(command, [TARGET], settings, recorder.record, prompt=prompt)
    rests: list[float] = []
    rest = runner._waiting.rest
    runner._waiting.rest = lambda wait_s: (rests.append(wait_s), rest(wait_s))[1]  # type: ignore[method-assign,func-returns-value]
    runner.start()
    assert runner.wait(PATIENCE_S)
    runner.stop()
    [snapshot] = recorder.snapshots()
    assert [(hop.sent, hop.received) for hop in snapshot.hops] == [(12, 12)] * 5
    held = [line for line in log.read_text(encoding="ascii").splitlines() if line.endswith(" hold 60")]
    assert not held if prompt else len(held) >= 50
    assert not rests if prompt else 0 < len(rests) <= 40  # for 55 probes of a known path


@pytest.mark.parametrize("answer", ["ambiguous", "reply ip-4 10.0.0.9991 round-trip-time 5", "ttl-expired odd"])
def test_answers_that_cannot_be_read_are_no_loss_and_no_endless_trace(tmp_path: Path, answer: str) -> None:
    """Words out of place, addresses that are none: each probe counts nowhere, once, and the trace is an error."""
    script = tmp_path / "packet"
    script.write_text(
        "import sys\n"
        "for line in sys.stdin:\n"
        "    token, word = line.split()[:2]\n"
        "    support = 'no' if 'hopscope' in line else 'ok'\n"
        "    said = f'feature-support support {support}' if word == 'check-support' else "
        f"{answer!r}\n"
        "    print(token, said, flush=True)\n"
    )
    trace = Trace([sys.executable, "-I", str(script)])
    trace.runner.start()
    assert trace.runner.wait(PATIENCE_S)
    trace.runner.stop()
    snapshot = trace.snapshot()
    assert isinstance(trace.runner.error, ProbeProcessError)
    assert "answers what cannot be read" in str(trace.runner.error)
    assert {word for word, *_ in snapshot.refused} == {"unreadable"}
    assert not any(hop.received or hop.dropped for hop in snapshot.hops)


def test_answers_without_end_end_the_trace(tmp_path: Path) -> None:
    """Replies to one probe again and again, and never an answer to what is asked: no probe could be judged."""
    script = tmp_path / "packet"
    script.write_text(
        "import sys\n"
        "for line in sys.stdin:\n"
        "    token, word = line.split()[:2]\n"
        "    if word == 'check-support':\n"
        "        print(token, 'feature-support support ok', flush=True)\n"
        "        continue\n"
        "    while True:\n"
        "        print((token + ' reply ip-4 192.0.2.99 round-trip-time 5\\n') * 1000, end='')\n"
    )
    trace = Trace([sys.executable, "-I", str(script)])
    trace.runner.start()
    assert trace.runner.wait(3 * PATIENCE_S)
    trace.runner.stop()
    assert "answers without end" in str(trace.runner.error)
