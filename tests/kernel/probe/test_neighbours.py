"""Attempts at a connection while the gateway does not tell its link-layer address."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from hopscope.probe import launch, wire
from support.netns import chain, ip_batch
from support.packet import answers, converse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.netns import Chain, User

pytestmark = pytest.mark.kernel

VERSIONS = (4, 6)


@pytest.fixture(scope="module")
def path() -> Iterator[Chain]:
    """A source, a router, and a target."""
    with chain(3) as made:
        yield made


def attempts(path: Chain, user: User, detail: str = " detail 1") -> list[wire.Answer]:
    """What becomes of an attempt by each IP version to reach the target."""
    texts = [f"ip-{version} {path.target(version)} protocol tcp ttl 9{detail} timeout 3" for version in VERSIONS]
    lines = converse(path.command(launch.command(), user), [f"{at} send-probe {one}" for at, one in enumerate(texts)])
    found = answers(lines)
    return [found[at] for at in range(len(texts))]


@pytest.mark.parametrize("user", ["root", "nobody"])
def test_an_attempt_whose_packet_never_left(path: Chain, user: User) -> None:
    """It is told as not sent, well before the kernel gives the gateway up; to mtr it is lost, as by mtr-packet."""
    try:
        ip_batch(["link set far arp off"], path.names[1])
        ip_batch(["neigh flush all"], path.names[0])
        told = attempts(path, user)
        assert [(answer.word, answer.address) for answer in told] == [(wire.HOST_DOWN, None)] * 2
        assert [answer.word for answer in attempts(path, user, detail="")] == [wire.NO_REPLY] * 2
    finally:
        ip_batch(["link set far arp on"], path.names[1])
        ip_batch(["neigh flush all"], path.names[0])  # else the question goes on as it began


def test_attempts_that_waited_and_were_answered(path: Chain) -> None:
    """Those that leave when the gateway answers at last have no RTT: it would be how long they waited."""
    text = f"ip-4 {path.target()} protocol tcp port {path.open_port} ttl 9 detail 1 timeout 3"
    ip_batch(["link set far arp off"], path.names[1])
    ip_batch(["neigh flush all"], path.names[0])
    found = []
    with subprocess.Popen(
        path.command(launch.command()), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for token in range(30):
            process.stdin.write(f"{token} send-probe {text}\n")
            time.sleep(0.1)  # the interval of sending, no wait for something
            if token == 14:
                ip_batch(["link set far arp on"], path.names[1])
        process.stdin.close()
        for line in process.stdout:
            parsed = wire.parse_answer(line.encode())
            assert parsed is not None
            found.append(parsed[1])
    words = [answer.word for answer in found]
    assert len(words) == 30
    assert set(words) == {wire.HOST_DOWN, wire.REPLY}
    # Those that began after the kernel's table was looked at last, before the gateway answered, are not known to wait.
    assert sum((answer.rtt_us or 0) > 100_000 for answer in found) <= 3


def test_an_attempt_that_nobody_answers(path: Chain) -> None:
    """Where the gateway has told it, no answer is no answer."""
    back = ["route replace blackhole 192.0.2.0/30", "route replace blackhole 2001:db8:1::/64"]
    ip_batch(back, path.names[2])
    assert [answer.word for answer in attempts(path, "root")] == [wire.NO_REPLY] * 2
