"""Packets counted one way, over the loopback, in time that the tests make."""

from __future__ import annotations

import errno
import hashlib
import hmac
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest
from hopscope.probe import one_way
from hopscope.probe.launch import command
from hopscope.probe.one_way import GAP_MIN_MS, PACKET_BYTES, SEND_MAX, WINDOW, OneWay

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "5a" * 32
HERE = "127.0.0.1"


class Clock:
    """A clock that the test moves."""

    now_us = 5_000_000

    def __call__(self) -> int:
        """Now, in nanoseconds."""
        return self.now_us * 1000


class End:
    """One end, asked as the probe process asks it."""

    def __init__(self, clock: Clock) -> None:
        self.one_way = OneWay()
        self._clock = clock

    def ask(self, text: str = "") -> dict[str, str]:
        """The pairs of the answer by name, its word under ``word``."""
        words = text.encode().split()
        line = self.one_way.command(7, "one-way", list(zip(words[::2], words[1::2], strict=True)))
        token, word, *pairs = line.split()
        assert token == "7"
        return {"word": word, **dict(zip(pairs[::2], pairs[1::2], strict=True))}

    def number(self, name: str, text: str = "") -> int:
        """One figure of the answer."""
        return int(self.ask(text)[name])

    def run(self, duration_us: int = 60_000_000) -> None:
        """Let time pass, with a look whenever something is due."""
        end_us = self._clock.now_us + duration_us
        while (due_us := self.one_way.due_us()) is not None and due_us <= end_us:
            self._clock.now_us = max(due_us, self._clock.now_us)
            assert not list(self.one_way.lines())
        self._clock.now_us = end_us


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Instead of the system's."""
    made = Clock()
    monkeypatch.setattr(one_way, "monotonic_ns", made)
    return made


@pytest.fixture(params=[HERE, "::1"])
def address(request: pytest.FixtureRequest) -> str:
    """Of both ends."""
    return str(request.param)


@pytest.fixture
def ends(clock: Clock, address: str) -> Iterator[tuple[End, End]]:
    """Two ends that know each other's ports."""
    first, second = End(clock), End(clock)
    ports = [end.number("port", begin(side, address)) for side, end in enumerate((first, second))]
    first.ask(f"peer-port {ports[1]}")
    second.ask(f"peer-port {ports[0]}")
    yield first, second
    first.one_way.close()
    second.one_way.close()


def begin(side: int, address: str = HERE, key: str = KEY) -> str:
    """What opens an end."""
    family = 6 if ":" in address else 4
    return f"ip-{family} {address} local-ip-{family} {address} key {key} side {side}"


def packet(number: int, side: int, key: str = KEY) -> bytes:
    """A packet as RFC 2104 and the module's text have it, made by Python's own HMAC."""
    body = number.to_bytes(4, "big")
    return body + hmac.new(bytes.fromhex(key), bytes((side,)) + body, hashlib.sha256).digest()[:16]


def test_each_direction_is_counted_by_itself(ends: tuple[End, End]) -> None:
    """What one end sends arrives at the other, which need not send as much."""
    near, far = ends
    near.ask("send 30 gap 20")
    far.ask("send 5 gap 20")
    near.run()
    far.run()
    assert near.number("sent") == 30
    assert far.number("sent") == 5
    assert far.ask("before 30") | {"port": "", "sent": ""} == {
        "word": "one-way",
        "port": "",
        "sent": "",
        "refused": "0",
        "errno": "0",
        "arrived": "30",
        "late": "0",
        "strange": "0",
        "overflown": "0",
    }
    assert near.number("arrived", "before 5") == 5


def test_what_is_missing_has_not_arrived_until_it_comes_late(clock: Clock) -> None:
    """Packets that are no longer waited for are late, once each."""
    end = End(clock)
    port = end.number("port", begin(0))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind((HERE, 0))
        end.ask(f"peer-port {other.getsockname()[1]}")
        for number in (0, 1, 3, 9):
            other.sendto(packet(number, 1), (HERE, port))
        assert end.number("arrived", "before 5") == 3
        for number in (2, 2, 4, 3):
            other.sendto(packet(number, 1), (HERE, port))
        found = end.ask("before 10")
        assert (found["arrived"], found["late"], found["strange"]) == ("4", "2", "2")
    end.one_way.close()


@pytest.mark.parametrize(
    "forged",
    [
        b"",
        b"x" * PACKET_BYTES,
        packet(1, 1)[:-1],
        packet(1, 1) + b"x",
        packet(1, 1)[:-1] + b"\x00",
        packet(1, 1, key="00" * 32),
        packet(1, 0),
        packet(WINDOW, 1),
        packet(2**32 - 1, 1),
        packet(0, 1),
    ],
    ids=["empty", "noise", "short", "long", "changed", "other key", "reflected", "far ahead", "last", "replayed"],
)
@pytest.mark.parametrize("port_known", [True, False])
def test_forged_packets_do_not_count(clock: Clock, forged: bytes, port_known: bool) -> None:
    """Whatever is not a new packet of the other end's changes no figure but that of strange ones."""
    end = End(clock)
    port = end.number("port", begin(0))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind((HERE, 0))
        end.ask(f"peer-port {other.getsockname()[1] if port_known else 0}")
        other.sendto(packet(0, 1), (HERE, port))
        assert end.ask()["strange"] == "0"
        other.sendto(forged, (HERE, port))
        found = end.ask("before 100")
        assert (found["arrived"], found["late"], found["strange"]) == ("1", "0", "1")
    end.one_way.close()


def test_strangers_are_not_heard_and_get_no_answer(ends: tuple[End, End], address: str) -> None:
    """Not even with a packet that would count: it takes no room, and nothing is sent to them."""
    near, far = ends
    port = far.number("port")
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.setblocking(False)
        stranger.bind((address, 0))
        for number in range(10):
            stranger.sendto(packet(number, 0), (address, port))
        far.ask("send 5 gap 20")
        far.run()
        found = far.ask("before 10")
        assert (found["arrived"], found["strange"]) == ("0", "0")
        with pytest.raises(BlockingIOError):
            stranger.recv(100)
    assert near.number("arrived", "before 5") == 5


def test_a_port_behind_nat_is_learnt_from_a_packet_that_counts(clock: Clock) -> None:
    """Nothing is sent before; forged packets and other addresses teach nothing; later senders change nothing."""
    end = End(clock)
    port = end.number("port", begin(0))
    end.ask("peer-port 0 send 5 gap 20")
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as liar,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as elsewhere,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer,
    ):
        for one, its in ((liar, HERE), (elsewhere, "127.0.0.2"), (peer, HERE)):
            one.setblocking(False)
            one.bind((its, 0))
        liar.sendto(packet(0, 1, key="00" * 32), (HERE, port))
        elsewhere.sendto(packet(0, 1), (HERE, port))
        end.run()
        assert end.ask()["sent"] == "0"
        peer.sendto(packet(0, 1), (HERE, port))
        end.ask("send 5 gap 20")
        end.run()
        assert end.ask()["sent"] == "5"
        liar.sendto(packet(1, 1), (HERE, port))
        end.ask("send 5 gap 20")
        end.run()
        assert [peer.recv(100) for _ in range(10)] == [packet(number, 0) for number in range(10)]
        for silent in (liar, elsewhere):
            with pytest.raises((BlockingIOError, ConnectionRefusedError)):
                silent.recv(100)
        assert end.number("arrived", "before 2") == 1
    end.one_way.close()


def test_the_rate_and_the_number_have_bounds(clock: Clock, ends: tuple[End, End]) -> None:
    """However much is asked for: 100 packets a command, one in 20 ms, and none of an earlier command."""
    near, _ = ends
    near.ask("send 1000000 gap 0")
    begun_us = clock.now_us
    near.run(1_000_000)
    assert near.number("sent") == 1_000 // GAP_MIN_MS + 1
    near.run()
    assert near.number("sent") == SEND_MAX
    near.ask("send 100 gap 20")
    near.ask("send 3 gap 20")
    near.run()
    assert near.number("sent") == SEND_MAX + 3
    assert near.one_way.due_us() is None
    assert clock.now_us > begun_us


def test_commands_in_a_row_do_not_quicken_it(clock: Clock, ends: tuple[End, End]) -> None:
    """A packet asked for at once after another waits for the gap."""
    near, _ = ends
    for _ in range(50):
        near.ask("send 1 gap 20")
        assert not list(near.one_way.lines())
        clock.now_us += 1_000
    assert near.number("sent") == 3


def test_a_flood_that_fills_the_buffer_is_told(ends: tuple[End, End]) -> None:
    """What there was no room for may have been the other end's: then the count is worth nothing."""
    near, far = ends
    opened = near.one_way._socket
    assert opened is not None
    sent = 0
    while far.number("overflown") == 0:
        for _ in range(5000):
            opened.send(b"x" * PACKET_BYTES)
        sent += 5000
        assert sent < 1_000_000
    assert int(far.ask()["strange"]) > 0


def test_what_this_host_refuses_is_not_sent(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes no number, so that it is no loss; the latest error is told."""

    class Refusing(socket.socket):
        def send(self, *_: object) -> int:
            raise OSError(errno.EPERM, "no")

    monkeypatch.setattr("hopscope.probe.one_way.socket.socket", Refusing)
    end = End(clock)
    end.ask(begin(0))
    end.ask("peer-port 9 send 4 gap 20")
    end.run()
    found = end.ask()
    assert (found["sent"], found["refused"], found["errno"]) == ("0", "4", str(errno.EPERM))
    end.one_way.close()


def test_nobody_listens(clock: Clock) -> None:
    """The kernel's word that an earlier packet was refused keeps no later one from being sent."""
    end = End(clock)
    end.ask(begin(0))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
        closed.bind((HERE, 0))
        port = closed.getsockname()[1]
    end.ask(f"peer-port {port} send 10 gap 20")
    end.run()
    assert end.ask()["sent"] == "10"
    end.one_way.close()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "send 5",
        "key 00 side 0 ip-4 127.0.0.1",
        f"key {'zz' * 32} side 0 ip-4 127.0.0.1",
        f"key {KEY} side 2 ip-4 127.0.0.1",
        f"key {KEY} ip-4 127.0.0.1",
        f"key {KEY} side 0",
        f"key {KEY} side 0 ip-4 127.0.0.1 tos x",
    ],
)
def test_a_command_that_cannot_be_done_is_refused(clock: Clock, text: str) -> None:
    """One word, and nothing is counted."""
    end = End(clock)
    assert end.ask(text) == {"word": "invalid-argument"}
    assert end.one_way.due_us() is None
    end.one_way.close()


@pytest.mark.parametrize(
    "text", ["peer-port x", "peer-port 99999", "before -1", f"before {WINDOW + 1}", "send x", "gap x send 1"]
)
def test_numbers_out_of_range_are_refused(ends: tuple[End, End], text: str) -> None:
    """The count goes on as it was."""
    near, _ = ends
    assert near.ask(text) == {"word": "invalid-argument"}
    assert near.ask()["word"] == "one-way"


def test_an_address_that_is_none(clock: Clock) -> None:
    """It is said to be so."""
    end = End(clock)
    assert end.ask(f"key {KEY} side 0 ip-4 nonsense")["word"] == "not-counted"


def test_it_begins_anew(ends: tuple[End, End]) -> None:
    """Another key forgets what was counted, and packets under the old one do not count."""
    near, far = ends
    near.ask("send 5 gap 20")
    near.run()
    assert far.number("arrived", "before 5") == 5
    family = socket.AF_INET if near.one_way._peer == HERE else socket.AF_INET6
    found = far.ask(begin(1, near.one_way._peer, "11" * 32))
    assert (found["arrived"], found["sent"]) == ("0", "0")
    with socket.socket(family, socket.SOCK_DGRAM) as old:
        old.bind((near.one_way._peer, 0))
        old.sendto(packet(5, 0), (near.one_way._peer, int(found["port"])))
        assert far.ask("before 6")["arrived"] == "0"
        assert far.ask()["strange"] == "1"


def test_the_process_counts_under_its_filter_of_system_calls() -> None:
    """Two probe processes, asked over their pipes, with nothing but what they are started with."""
    with (
        subprocess.Popen([*command(), "--one-way"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as near,
        subprocess.Popen([*command(), "--vantage"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as far,
    ):

        def ask(process: subprocess.Popen[bytes], text: str) -> dict[str, str]:
            assert process.stdin
            assert process.stdout
            process.stdin.write(f"1 one-way {text}\n".encode())
            process.stdin.flush()
            words = process.stdout.readline().decode().split()
            assert words[:2] == ["1", "one-way"]
            return dict(zip(words[2::2], words[3::2], strict=True))

        near_port, far_port = ask(near, begin(0))["port"], ask(far, begin(1))["port"]
        ask(near, f"peer-port {far_port} send 3 gap 20")
        ask(far, f"peer-port {near_port} send 2 gap 20")
        while ask(near, "gap 0")["sent"] != "3" or ask(far, "gap 0")["sent"] != "2":
            pass
        assert ask(far, "before 3")["arrived"] == "3"
        assert ask(near, "before 2")["arrived"] == "2"
        for process in (near, far):
            assert process.stdin
            process.stdin.close()
            assert process.wait() == 0


def test_who_does_not_say_so_counts_nothing() -> None:
    """Without --one-way or --vantage the command is unknown, as in mtr-packet; with either the feature is there."""
    for options, expected in (
        ((), [b"1 unknown-command", b"2 feature-support support no"]),
        (("--one-way",), [b"1 invalid-argument", b"2 feature-support support ok"]),
        (("--vantage",), [b"1 invalid-argument", b"2 feature-support support ok"]),
    ):
        done = subprocess.run(
            [*command(), *options],
            input=b"1 one-way\n2 check-support feature one-way\n",
            capture_output=True,
            check=True,
        )
        assert done.stdout.splitlines() == expected
