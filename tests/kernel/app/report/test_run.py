"""The program on a path of real kernel routers: reports, as every kind of user, beside stock mtr."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.need import need_tool
from support.netns import CLOSED_PORT, OPEN_PORT, Chain, User, chain, need_namespaces

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

pytestmark = pytest.mark.kernel

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
REMEDY = 'sysctl -w net.ipv4.ping_group_range="0 2147483647"'


def addresses(report: str) -> list[str]:
    """The addresses of the rows of a report, in order."""
    return re.findall(r"^ *\d+\.\|-- (\S+)", report, re.MULTILINE)


def trace(path: Chain, *words: str, user: User = "root", version: int = 4) -> subprocess.CompletedProcess[str]:
    """A report of one round to the end of the chain."""
    return path.run([HOPSCOPE, "-r", "-n", "-c", "1", *words, path.target(version)], user)


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize(
    "protocol",
    [(), ("-u",), ("-T", "-P", str(OPEN_PORT)), ("-T", "-P", str(CLOSED_PORT))],
    ids=["icmp", "udp", "tcp-open", "tcp-closed"],
)
@pytest.mark.parametrize("user", ["root", "bare"])
def test_report_names_every_router_in_order(
    namespace_chain: Chain, protocol: tuple[str, ...], version: int, user: User
) -> None:
    """Each protocol finds every router and the target, as root and without any capability."""
    done = trace(namespace_chain, *protocol, user=user, version=version)
    assert (done.returncode, done.stderr) == (0, "")
    assert tuple(addresses(done.stdout)) == namespace_chain.hops[version]
    assert done.stdout.count(" 0.0% ") == len(namespace_chain.hops[version])


@pytest.mark.parametrize("version", [4, 6])
def test_report_shows_what_stock_mtr_shows(namespace_chain: Chain, version: int) -> None:
    """Stock mtr, hopscope, and hopscope on stock mtr-packet name the same addresses in the same layout."""
    need_tool("mtr", "mtr-packet")
    target = namespace_chain.target(version)
    stock = namespace_chain.run(["mtr", "-r", "-n", "-c", "1", "-G", "1", target])
    own = trace(namespace_chain, version=version)
    on_stock_packet = trace(namespace_chain, "--packet", "mtr-packet", version=version)
    assert addresses(own.stdout) == addresses(stock.stdout) == addresses(on_stock_packet.stdout)

    def shape(report: str) -> list[str]:
        # With the blanks before it: a busy machine gives stock mtr, which stamps late, a round trip of more digits.
        return [re.sub(r" *\d+\.\d(?=[ %]|$)", " #.#", line) for line in report.splitlines()[1:]]

    assert shape(own.stdout) == shape(stock.stdout) == shape(on_stock_packet.stdout)


def test_json_has_the_keys_and_types_of_stock_mtr(namespace_chain: Chain) -> None:
    """The JSON of hopscope and of stock mtr agree in keys, their order, and types."""
    need_tool("mtr")
    words = ["-j", "-n", "-c", "1", "-G", "1", namespace_chain.target()]

    def shape(value: object) -> object:
        if isinstance(value, dict):
            return [(key, shape(inner)) for key, inner in value.items()]
        if isinstance(value, list):
            return [shape(inner) for inner in value]
        return type(value).__name__

    own = json.loads(namespace_chain.run([HOPSCOPE, *words]).stdout)
    stock = json.loads(namespace_chain.run(["mtr", *words]).stdout)
    assert shape(own) == shape(stock)
    assert own["report"]["mtr"] == stock["report"]["mtr"]


def test_mtr_packet_variable_names_the_probe_process(namespace_chain: Chain) -> None:
    """MTR_PACKET is followed, but not under sudo, where it is named in a warning."""
    need_tool("mtr-packet")
    command = [HOPSCOPE, "-r", "-n", "-c", "1", namespace_chain.target()]
    followed = namespace_chain.run(command, env={"MTR_PACKET": "/nonexistent/mtr-packet"})
    assert followed.returncode == 1
    assert "/nonexistent/mtr-packet" in followed.stderr
    ignored = namespace_chain.run(command, env={"MTR_PACKET": "/nonexistent/mtr-packet", "SUDO_UID": "1000"})
    assert ignored.returncode == 0
    assert "MTR_PACKET is ignored" in ignored.stderr
    assert tuple(addresses(ignored.stdout)) == namespace_chain.hops[4]


@pytest.fixture(scope="module")
def closed_chain() -> Iterator[Chain]:
    """A chain whose routers limit their errors as the kernel does by default, and where ping sockets are closed."""
    need_namespaces()
    with chain(rate_limited=True, ping_open=False) as made:
        yield made


def test_icmp_that_is_not_allowed_gives_way_to_udp(closed_chain: Chain) -> None:
    """Without capabilities and with ping sockets closed the trace goes by UDP, and the remedy is shown."""
    done = trace(closed_chain, user="bare")
    assert done.returncode == 0
    assert tuple(addresses(done.stdout)) == closed_chain.hops[4]
    assert "using UDP" in done.stderr
    assert REMEDY in done.stderr


def test_icmp_asked_for_by_name_is_not_replaced(closed_chain: Chain) -> None:
    """With --icmp there is no fallback: one line, with the remedy, and exit status 1."""
    done = trace(closed_chain, "--icmp", user="bare")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert REMEDY in done.stderr


def test_root_traces_icmp_where_ping_sockets_are_closed(closed_chain: Chain) -> None:
    """Root falls back on raw sockets, and nothing needs saying."""
    done = trace(closed_chain)
    assert (done.returncode, done.stderr) == (0, "")
    assert tuple(addresses(done.stdout)) == closed_chain.hops[4]


@pytest.mark.parametrize("version", [4, 6])
def test_rounds_a_second_apart_lose_nothing_to_default_rate_limits(closed_chain: Chain, version: int) -> None:
    """Three rounds through routers that send one error a second after a burst of six show no loss."""
    done = trace(closed_chain, "-u", "-c", "3", user="bare", version=version)
    assert tuple(addresses(done.stdout)) == closed_chain.hops[version]
    assert done.stdout.count(" 0.0% ") == len(closed_chain.hops[version])


FORMATS = ("-r", "-w", "-j", "-x", "-C", "-l", "-p", "--markdown", "--dot", "--json-full", "--jsonl")
NOT_SENT = re.compile(r"hopscope: (\d+) of (\d+) probes to \S+ were not sent by this host: ")


@pytest.mark.parametrize("protocol", [(), ("-u",), ("-T",)], ids=["icmp", "udp", "tcp"])
@pytest.mark.parametrize("form", FORMATS)
def test_network_that_is_down_is_named(closed_chain: Chain, form: str, protocol: tuple[str, ...]) -> None:
    """Where no probe can be sent, one line on stderr says so and why, in every format, and the status is 1."""
    words = [HOPSCOPE, form, "-n", "-c", "1", "-G", "0.1", *protocol, closed_chain.target()]
    done = closed_chain.run(["unshare", "--net", *words])
    found = NOT_SENT.match(done.stderr)
    assert found, done.stderr
    assert found[1] == found[2]
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


def test_network_that_goes_down_is_told() -> None:
    """What was sent before the route went shows no loss, and one line says how many probes were not sent."""
    need_namespaces()
    with chain(3) as path:
        # The route goes once a dozen answers came, however long the program takes to start.
        answers = "$(awk '/^Icmp: [0-9]/ {print $2}' /proc/net/snmp)"
        away = f"(until [ {answers} -ge 12 ]; do sleep 0.1; done; ip route del default) & "
        away += f"exec {HOPSCOPE} -r -n -c 25 -i 0.2 {path.target()}"
        done = path.run(["sh", "-c", away])
    found = NOT_SENT.match(done.stderr)
    assert found, done.stderr
    assert 0 < int(found[1]) < int(found[2])
    assert (done.returncode, done.stderr.count("\n")) == (0, 1)
    assert done.stdout.count(" 0.0% ") == 2
