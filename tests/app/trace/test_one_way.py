"""A one-way count between two probe processes' own counters, over the loopback, in time that the tests make."""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING

import pytest
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target, TraceSettings
from hopscope.app.trace.events import OneWayCounted, WayCount
from hopscope.app.trace.one_way import ANSWER_US, CLOSING_MAX_US, TIMEOUT_US, EndSettings, OneWayCount
from hopscope.app.trace.runner import Runner
from hopscope.probe import one_way
from hopscope.probe.launch import command
from hopscope.probe.one_way import OneWay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hopscope.app.trace.child import Pairs

HERE = "127.0.0.1"
STEP_US = 10_000


class Wire(socket.socket):
    """A socket that loses, or refuses, what ``fate`` says."""

    fate: Callable[[int], str] = staticmethod(lambda _number: "")

    def send(self, data: bytes, *_: object) -> int:  # type: ignore[override]
        """Send it, unless its fate is another."""
        fate = self.fate(int.from_bytes(data[:4], "big"))
        if fate == "refused":
            raise OSError(errno.EPERM, "no")
        return len(data) if fate == "lost" else super().send(data)


class Process:
    """A probe process that answers at once, or not at all."""

    def __init__(self, fate: Callable[[int], str]) -> None:
        self.served = OneWay()
        self.knows = True
        self.answers = True
        self.asked: list[str] = []
        self._fate = fate
        self._told: dict[int, Pairs] = {}

    def question(self, text: str) -> int:
        """See ``Child.question``."""
        self.asked.append(text)
        token = len(self.asked)
        word, *words = text.encode().split()
        line = f"{token} unknown-command"
        if self.knows:
            line = self.served.command(token, word.decode(), list(zip(words[::2], words[1::2], strict=True)))
        if isinstance(self.served._socket, Wire):
            self.served._socket.fate = self._fate
        _, told, *pairs = line.split()
        if self.answers:
            self._told[token] = told, [(n, sanitize(v)) for n, v in zip(pairs[::2], pairs[1::2], strict=True)]
        return token

    def told(self, token: int) -> Pairs | None:
        """See ``Child.told``."""
        return self._told.pop(token, None)


class World:
    """Both ends, and what their runners do with them."""

    def __init__(self, forward: Callable[[int], str] | None = None, back: Callable[[int], str] | None = None) -> None:
        self.now_us = 1_000_000
        self.events: list[OneWayCounted] = []
        self.processes = [Process(forward or (lambda _number: "")), Process(back or (lambda _number: ""))]

    def begin(self, interval_us: int = 1_000_000, *, translated: bool = False) -> OneWayCount:
        """A count between them."""
        self.count = OneWayCount(
            EndSettings("here", HERE, HERE, translated=translated),
            EndSettings("at fra", HERE, HERE),
            interval_us,
            self.events.append,
        )
        self.ends = (self.count.near, self.count.far)
        return self.count

    def run(self, duration_us: int) -> None:
        """Let time pass."""
        end_us = self.now_us + duration_us
        while self.now_us < end_us:
            self.now_us += STEP_US
            for end, process in zip(self.ends, self.processes, strict=True):
                end.step(process, self.now_us)
                list(process.served.lines())

    def finish(self) -> None:
        """Both traces come to their end; the count has its time."""
        for end in self.ends:
            end.finish(self.now_us)
        begun_us = self.now_us
        while not all(end.finished for end in self.ends):
            self.run(STEP_US)
            assert self.now_us - begun_us < 2 * TIMEOUT_US

    @property
    def totals(self) -> tuple[WayCount, WayCount]:
        """What all rounds add up to, forward and back."""
        forward = back = WayCount()
        for one in self.events:
            forward, back = forward.plus(one.forward), back.plus(one.back)
        return forward, back


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., World]]:
    """Makes one; sockets are lossy, and the clock is the world's."""
    made: list[World] = []

    def make(**fates: Callable[[int], str]) -> World:
        made.append(World(**fates))
        monkeypatch.setattr(one_way, "monotonic_ns", lambda: made[-1].now_us * 1000)
        return made[-1]

    monkeypatch.setattr("hopscope.probe.one_way.socket.socket", Wire)
    yield make
    for one in made:
        for process in one.processes:
            process.served.close()


def every(third: int) -> Callable[[int], str]:
    """Every third packet, or the like, is lost."""
    return lambda number: "lost" if number % third == 0 else ""


def test_nothing_lost(world: Callable[..., World]) -> None:
    """Ten packets a second and direction, all counted at the end, and none before its time is up."""
    made = world()
    made.begin()
    made.run(TIMEOUT_US)
    assert [one.state for one in made.events] == ["starting"]
    made.run(10_000_000 - TIMEOUT_US)
    made.finish()
    forward, back = made.totals
    assert forward.sent == forward.arrived
    assert back.sent == back.arrived
    assert 98 <= forward.sent <= 101
    assert 98 <= back.sent <= 101
    rounds = [one for one in made.events if one.round >= 0]
    assert [one.round for one in rounds] == list(range(len(rounds)))
    assert {one.state for one in rounds} == {"counting"}
    assert all(one.forward.sent in range(9, 12) for one in rounds[1:6])
    assert all(one.back.sent in range(9, 12) for one in rounds[1:6])


@pytest.mark.parametrize(("lossy", "sound"), [(0, 1), (1, 0)], ids=["forward", "return"])
def test_loss_is_of_the_direction_that_loses(world: Callable[..., World], lossy: int, sound: int) -> None:
    """A fifth of one direction is lost, and nothing of the other."""
    made = world(**{("forward", "back")[lossy]: every(5)})
    made.begin()
    made.run(20_000_000)
    made.finish()
    totals = made.totals
    assert totals[lossy].lost == -(-totals[lossy].sent // 5) >= 39
    assert totals[sound].lost == 0
    assert totals[sound].sent >= 198


def test_a_short_interval_is_no_flood(world: Callable[..., World]) -> None:
    """A packet in 50 ms at most, whatever the interval; and one in half a second where rounds are long."""
    for interval_us, packets in ((10_000, 20), (100_000, 20), (60_000_000, 2)):
        made = world()
        made.begin(interval_us)
        made.run(10_000_000)
        made.finish()
        assert made.totals[0].sent <= 10 * packets + 1
        assert made.totals[0].sent >= 10 * packets - 12


def test_what_comes_late_is_no_loss(world: Callable[..., World], monkeypatch: pytest.MonkeyPatch) -> None:
    """A packet that took longer than the timeout is told in a later round."""
    kept: list[tuple[Wire, bytes]] = []
    made = world(forward=lambda number: "lost" if number == 3 else "")
    made.begin()
    original = Wire.send

    def send(self: Wire, data: bytes, *_: object) -> int:
        if int.from_bytes(data[:4], "big") == 3 and self.fate(3):
            kept.append((self, data))
        return original(self, data)

    monkeypatch.setattr(Wire, "send", send)
    made.run(5_000_000)
    assert made.totals[0].lost == 1
    ((wire, data),) = kept
    wire.sendall(data)
    made.run(2_000_000)
    made.finish()
    assert (made.totals[0].lost, made.totals[0].late) == (0, 1)


def test_nat_and_nothing_arrives(world: Callable[..., World]) -> None:
    """Where no packet reaches the far end, it does not know where to send: that direction counts nothing."""
    made = world(forward=lambda _number: "lost")
    made.begin(translated=True)
    made.run(6_000_000)
    made.finish()
    forward, back = made.totals
    assert forward.sent == forward.lost >= 58
    assert back == WayCount()


def test_nat_and_packets_arrive(world: Callable[..., World]) -> None:
    """The first packet opens the way back."""
    made = world()
    made.begin(translated=True)
    assert "peer-port 0" not in made.processes[1].asked
    made.run(6_000_000)
    made.finish()
    assert "one-way peer-port 0" in made.processes[1].asked
    assert made.totals[1].sent == made.totals[1].arrived >= 55


def test_a_probe_process_that_is_replaced_loses_nothing(world: Callable[..., World]) -> None:
    """What was under way is not counted; both ends begin anew, with another key."""
    made = world()
    made.begin()
    made.run(8_000_000)
    first = made.processes[1]
    made.processes[1] = Process(lambda _number: "")
    made.run(8_000_000)
    first.served.close()
    made.finish()
    for way in made.totals:
        assert way.lost == 0
        assert way.sent >= 120
    keys = {text.split("key ")[1].split()[0] for text in made.processes[0].asked if "key " in text}
    assert len(keys) >= 2
    assert [one.state for one in made.events if one.round < 0] == ["starting", "starting"]


def test_an_answer_that_is_lost_is_not_waited_for_for_ever(world: Callable[..., World]) -> None:
    """After its time the ends begin anew."""
    made = world()
    made.begin()
    made.run(5_000_000)
    made.processes[1].answers = False
    made.run(3_000_000)
    made.processes[1].answers = True
    made.run(ANSWER_US + 5_000_000)
    made.finish()
    assert made.totals[0].lost == made.totals[1].lost == 0
    assert made.totals[1].sent >= 60


def test_a_pause_sends_nothing(world: Callable[..., World]) -> None:
    """And no packet of before it is lost by it."""
    made = world()
    count = made.begin()
    made.run(5_000_000)
    count.pause()
    made.run(2_000_000)
    sent = [process.served._sent for process in made.processes]
    made.run(5_000_000)
    assert [process.served._sent for process in made.processes] == sent
    count.resume()
    made.run(3_000_000)
    made.finish()
    assert made.totals[0].lost == made.totals[1].lost == 0
    assert 75 <= made.totals[0].sent <= 95


@pytest.mark.parametrize(("side", "place"), [(0, "here"), (1, "at fra")])
def test_who_cannot_count_says_so(world: Callable[..., World], side: int, place: str) -> None:
    """A probe process without the command, such as mtr-packet: nobody is asked any more, and the traces go on."""
    made = world()
    made.begin()
    made.processes[side].knows = False
    made.run(2_000_000)
    assert made.events[-1].state == "off"
    assert made.events[-1].reason == f"the probe process {place} cannot count one way"
    assert all(end.finished for end in made.ends)
    asked = len(made.processes[1 - side].asked)
    made.run(2_000_000)
    assert len(made.processes[1 - side].asked) == asked
    assert all(end.due_us(made.now_us) is None for end in made.ends)


def test_a_host_that_refuses_to_send_says_so(world: Callable[..., World]) -> None:
    """Its packets are not sent, so that they are not lost."""
    made = world(back=lambda _number: "refused")
    made.begin()
    made.run(5_000_000)
    assert made.events[-1].reason == "packets are refused at fra: Operation not permitted"
    made.finish()
    assert made.totals[1] == WayCount()
    assert made.totals[0].sent == made.totals[0].arrived >= 48


@pytest.mark.parametrize(
    ("name", "lie"),
    [
        ("port", "0"),
        ("port", "70000"),
        ("port", "-1"),
        ("sent", "-5"),
        ("sent", "0"),
        ("sent", "1000"),
        ("sent", str(10**30)),
        ("refused", "1000"),
        ("arrived", "1000"),
        ("arrived", "-5"),
        ("late", "1000"),
        ("strange", "x"),
        ("overflown", "-1"),
        ("errno", str(10**20)),
    ],
)
def test_a_far_side_that_counts_what_cannot_be_ends_the_count(world: Callable[..., World], name: str, lie: str) -> None:
    """Whatever it says after that, or has said before, is of no worth; the traces go on."""
    made = world()
    made.begin()
    if name != "port":
        made.run(4_000_000)
    honest = made.processes[1].served.command

    def lying(token: int, word: str, arguments: list[tuple[bytes, bytes]]) -> str:
        words = honest(token, word, arguments).split()
        words[words.index(name) + 1] = lie
        return " ".join(words)

    made.processes[1].served.command = lying  # type: ignore[method-assign,assignment]
    made.run(3_000_000)
    told = made.events[-1]
    assert (told.state, told.reason) == ("off", "the probe process at fra counts what cannot be")
    assert told.void
    assert all(end.finished and end.due_us(made.now_us) is None for end in made.ends)
    asked = [len(process.asked) for process in made.processes]
    made.run(2_000_000)
    assert [len(process.asked) for process in made.processes] == asked


def test_an_error_that_no_system_knows_is_not_named(world: Callable[..., World]) -> None:
    """Its number may be one that no C integer holds."""
    made = world()
    made.begin()
    made.processes[1].served.command = lambda token, *_: f"{token} not-counted errno 99999999999"  # type: ignore[method-assign]
    made.run(1_000_000)
    assert made.events[-1].reason == "the probe process at fra cannot count one way"


def test_the_wait_at_the_end_is_bounded(world: Callable[..., World]) -> None:
    """An end that answers nothing about the count any more, or begins anew for ever, keeps no report waiting."""
    made = world()
    made.begin()
    made.run(4_000_000)
    made.processes[1].answers = False
    for end in made.ends:
        end.finish(made.now_us)
    due_us = made.now_us + CLOSING_MAX_US
    made.run(CLOSING_MAX_US - STEP_US)
    assert not any(end.finished for end in made.ends)
    waits = made.ends[1].due_us(made.now_us)
    assert waits is not None
    assert waits <= due_us + 1
    made.run(3 * STEP_US)
    assert all(end.finished for end in made.ends)
    assert made.events[-1].reason == "the count did not come to its end"


@pytest.mark.parametrize("figure", ["_overflown", "_strange"])
def test_a_flooded_end_counts_nothing_meanwhile(world: Callable[..., World], figure: str) -> None:
    """Packets that this host had no room for are none that the path lost; that there were foreign ones is told."""
    made = world(forward=every(2))
    made.begin()
    made.run(4_000_000)
    before = made.totals[0]
    assert before.foreign == 0
    far = made.processes[1].served
    for _ in range(4):
        setattr(far, figure, getattr(far, figure) + 700)
        made.run(1_000_000)
    assert made.totals[0].sent - before.sent <= 12
    assert made.totals[0].foreign == 2800
    made.run(8_000_000)
    assert made.totals[0].sent - before.sent >= 30
    assert made.totals[1].foreign == 0


def test_what_left_before_a_flood_ended_is_not_counted(world: Callable[..., World]) -> None:
    """Packets that a short flood has crowded out are lost on no path, although they are judged only after it."""
    flooded = False
    made = world(forward=lambda _number: "lost" if flooded else "")
    made.begin()
    made.run(4_000_000)
    flooded = True
    made.run(700_000)
    flooded = False
    made.processes[1].served._strange += 20_000
    made.run(8_000_000)
    made.finish()
    assert made.totals[0].lost == 0
    assert made.totals[0].foreign == 20_000
    assert made.totals[0].sent >= 60


def test_a_path_that_doubles_packets_is_no_flood(world: Callable[..., World]) -> None:
    """A copy of each packet is set aside, and the count goes on."""
    made = world()
    made.begin()
    made.run(200_000)
    for _ in range(80):
        made.processes[1].served._strange += 1
        made.run(100_000)
    made.finish()
    assert made.totals[0].foreign == 0
    assert made.totals[0].sent >= 70


def test_the_end_of_one_trace_is_not_the_end_of_the_count(world: Callable[..., World]) -> None:
    """Both are waited for; one that fails ends it, with the reason."""
    made = world()
    made.begin()
    made.run(4_000_000)
    made.count.near.finish(made.now_us)
    made.run(4_000_000)
    assert not any(end.finished for end in made.ends)
    made.count.far.gone(made.now_us, failed=True)
    assert all(end.finished for end in made.ends)
    assert made.events[-1] == OneWayCounted(made.now_us, "off", "the probe process at fra has ended")


def test_a_trace_that_is_stopped_says_nothing_of_it(world: Callable[..., World]) -> None:
    """What was counted until then stands; nobody waits any more."""
    made = world()
    made.begin()
    made.run(4_000_000)
    told = len(made.events)
    made.count.near.gone(made.now_us, failed=False)
    assert made.count.far.finished
    assert len(made.events) == told


def runners(events: list[OneWayCounted], rounds: int | None) -> tuple[Runner, Runner]:
    """Two traces of a simulated network, whose probe processes count over the loopback."""
    count = OneWayCount(EndSettings("here", HERE, HERE), EndSettings("at fra", HERE, HERE), 200_000, events.append)
    words = [*command(), "--lab", "steady", "--one-way"]
    settings = TraceSettings(rounds=rounds, interval_us=200_000)
    target = Target(sanitize("host"), "203.0.113.80", 4)

    def ignore(_index: int, _event: object) -> None:
        """The trace itself is not looked at."""

    near, far = (Runner(words, [target], settings, ignore, count=end) for end in (count.near, count.far))
    return near, far


def test_runners_wait_for_the_last_packets() -> None:
    """The traces end when all that was sent is counted, and nothing is lost on the way."""
    events: list[OneWayCounted] = []
    both = runners(events, 5)
    for one in both:
        one.start()
    for one in both:
        assert one.wait(60)
        assert one.error is None
        one.stop()
    for name in ("forward", "back"):
        ways = [getattr(event, name) for event in events]
        assert sum(way.lost for way in ways) == 0
        assert sum(way.sent for way in ways) >= 3
    assert events[-1].state == "counting"


def test_a_runner_that_is_stopped_ends_the_count_of_the_other() -> None:
    """It does not wait for an end that has gone, and the other trace goes on without it."""
    events: list[OneWayCounted] = []
    near, far = runners(events, None)
    near.start()
    far.start()
    while not any(event.round >= 0 for event in events):
        assert not near.wait(0.05)
    far.stop()
    told = len(events)
    assert not near.wait(0.5)
    near.stop()
    assert near.wait(0)
    assert len(events) <= told + 1
