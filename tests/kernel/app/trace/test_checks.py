"""Checks on a path of real kernel routers: what the real probe process meets there."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.netns import chain, ip_batch
from support.tmux import Terminal
from support.udp_servers import DNS_PORT, QUIC_PORT, name_server, quic_server, udp_server

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.netns import User

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))

pytestmark = [pytest.mark.kernel, pytest.mark.tmux]


@pytest.mark.parametrize("user", ["root", "nobody"])
def test_a_host_that_ignores_pings_is_found_up(user: User) -> None:
    """Its kernel ignores echo requests; what it sends for other protocols shows that it is up."""
    with chain(sysctls={"net.ipv4.icmp_echo_ignore_all": 1}) as made:
        words = [HOPSCOPE, "-n", "-i", "0.2", made.target()]
        with Terminal(made.command(words, user), width=100, height=40) as terminal:
            terminal.wait_for("Target silent", "To settle: press !")
            terminal.keys("!")
            terminal.wait_for("Run it?", "TCP 443")
            terminal.keys("y")
            shown = terminal.wait_for("The target is up: it answers ", "; ICMP is filtered")
            assert " 5 ○ no reply (silent)" in shown.replace("  5", " 5")
            terminal.keys("q")
            assert terminal.wait_exit() == 0


@pytest.mark.parametrize(("port", "serve"), [(DNS_PORT, name_server), (QUIC_PORT, quic_server)])
def test_a_server_that_answers_nothing_but_questions_is_found_up(
    port: int, serve: Callable[[bytes], bytes | None]
) -> None:
    """A host that lets out neither echo replies nor errors nor TCP answers what its server is asked."""
    with chain() as made, udp_server(made.names[-1], port, serve):
        rules = [f"rule add pref {at} ipproto {name} blackhole" for at, name in ((10, "icmp"), (11, "tcp"))]
        # The rules that find our own addresses come later, so that the rest is heard as ever.
        ip_batch(["rule add pref 5 iif far lookup local", *rules], made.names[-1])
        words = [HOPSCOPE, "-n", "-i", "0.2", made.target()]
        with Terminal(made.command(words, "nobody"), width=100, height=40) as terminal:
            terminal.wait_for("Target silent", "To settle: press !")
            terminal.keys("!")
            terminal.wait_for("Run it?")
            terminal.keys("y")
            terminal.wait_for(f"The target is up: it answers UDP {port}; ICMP is filtered.")
            terminal.keys("q")
            assert terminal.wait_exit() == 0


@pytest.mark.parametrize("user", ["root", "nobody"])
def test_the_path_mtu_is_found_beside_the_trace(user: User) -> None:
    """A narrow link that a kernel router reports is found from the screen, and shown where the hop is."""
    with chain(mtus={3: 1400}) as made:
        words = [HOPSCOPE, "-n", "-i", "0.2", made.target()]
        with Terminal(made.command(words, user), width=100, height=40) as terminal:
            terminal.wait_for("answered")
            terminal.keys("!")
            terminal.wait_for("Find the path MTU.", "Run it?")
            terminal.keys("y")
            terminal.wait_for(
                "hops 3-4    Path MTU falls from 1500 to 1400 bytes",
                f"{made.hops[4][2]} reports",
                "Path MTU 1400 bytes",
            )
            terminal.keys("End", "Enter")
            terminal.wait_for("path MTU      1400 bytes, answered at that size")
            terminal.keys("q", "q")
            assert terminal.wait_exit() == 0


def test_a_kernel_that_limits_its_errors_is_found_to_limit_them() -> None:
    """At an error every 300 ms at most, a third of five probes a second goes unanswered, and none at half the rate."""
    with chain(rate_limited=True, sysctls={"net.ipv4.icmp_ratelimit": 300}) as made:
        words = [HOPSCOPE, "-n", "-i", "0.2", made.target()]
        with Terminal(made.command(words), width=100, height=40) as terminal:
            terminal.wait_for("rate-limit", "To settle: press ! to probe hop", timeout_s=60)
            terminal.keys("!")
            terminal.wait_for("Run it?")
            terminal.keys("y")
            terminal.wait_for("Check of hop")
            terminal.wait_for("it is a rate limit.", timeout_s=90)
            terminal.keys("q")
            assert terminal.wait_exit() == 0
