"""What lanes say together of real kernels: a target that drops one protocol, and a place whose path is slower."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.need import need_tool
from support.netns import OPEN_PORT, Source, chain, need_namespaces
from support.tun import need_tun, tun_lab

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.netns import Chain

pytestmark = pytest.mark.kernel

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
QUICK = ("-n", "--json-full", "-i", "0.2", "-c")
# A third of the echo requests; connections are let through.
DROPPING = (
    "table inet t { chain there { type filter hook input priority 0;"
    " ip protocol icmp icmp type echo-request numgen random mod 100 < 30 drop;"
    " icmpv6 type echo-request numgen random mod 100 < 30 drop; }; }"
)
SCENARIO = """
title = "one of two places"
hop = [
    {{ address = "192.0.2.1", rtt_ms = 1 }},
    {{ address = "198.51.100.1", rtt_ms = {near} }},
    {{ address = "198.51.100.9", rtt_ms = {far} }},
    {{ address = "203.0.113.80", rtt_ms = {end}, open_ports = [80] }},
]
"""


def traced(place: Source, *words: str) -> list[dict[str, Any]]:
    """The traces of a report that is made there."""
    done = place.run([HOPSCOPE, *QUICK, *words], timeout_s=180)
    assert done.stderr == ""
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def dropping() -> Iterator[Chain]:
    """Two routers, and a target that drops a part of ICMP."""
    need_namespaces()
    need_tool("nft")
    with chain(3) as made:
        where = len(made.names) - 1
        loaded = subprocess.run(
            made.command(["nft", DROPPING], position=where), capture_output=True, text=True, check=False
        )
        if loaded.returncode:
            pytest.skip(f"this kernel cannot drop by chance: {loaded.stderr.splitlines()[0]}")
        yield made


@pytest.mark.parametrize("version", [4, 6])
def test_a_target_that_drops_icmp_alone(dropping: Chain, version: int) -> None:
    """TCP gets through to it at the same time: it limits ICMP, and nothing is wrong with the path."""
    lanes = ("--lanes", f"icmp,tcp:{dropping.open_port}")
    icmp, tcp = traced(dropping, "60", *lanes, dropping.target(version))
    assert (icmp["target"]["lane"], tcp["target"]["lane"]) == ("ICMP", f"TCP {OPEN_PORT}")
    assert tcp["hops"][-1]["lost"] == 0
    assert icmp["lanes"] == tcp["lanes"]
    assert icmp["lanes"]["severity"] == "note"
    (verdict,) = [one for one in icmp["lanes"]["verdicts"] if one["rule"] == "lanes-protocol-limit"]
    assert verdict["sentence"].endswith(f" % at the target, TCP {OPEN_PORT} nothing: the target rate-limits ICMP.")
    assert verdict["numbers"]["other_lost"] == 0
    assert 5 <= verdict["numbers"]["lost"] <= 35  # of 60, in more than 999 of 1,000 runs


def test_both_families_of_one_name_arrive(dropping: Chain, tmp_path: Path) -> None:
    """Each in a lane of its own, by the addresses of a name in the file of hosts."""
    hosts = tmp_path / "hosts"
    hosts.write_text("".join(f"{dropping.target(version)} both.example\n" for version in (4, 6)), encoding="ascii")
    private = ["unshare", "--mount", "sh", "-c", f'mount --bind {hosts} /etc/hosts && exec "$@"', "sh"]
    words = [HOPSCOPE, *QUICK, "3", "--lanes", f"tcp:{dropping.open_port}/ipv4,tcp:{dropping.open_port}/ipv6"]
    done = dropping.run([*private, *words, "both.example"], timeout_s=120)
    assert done.stderr == ""
    lanes = json.loads(done.stdout)
    assert [one["target"]["ip_version"] for one in lanes] == [4, 6]
    assert [one["target"]["address"] for one in lanes] == [dropping.target(4), dropping.target(6)]
    assert all(one["reached"] for one in lanes)


def test_a_place_whose_path_is_slower(tmp_path: Path) -> None:
    """Two namespaces, each behind routers of its own, one of which are 30 ms slower from the second on."""
    need_tun()
    (tmp_path / "near").mkdir()
    (tmp_path / "far").mkdir()
    quick, slow = SCENARIO.format(near=2, far=3, end=4), SCENARIO.format(near=32, far=33, end=34)
    with tun_lab(quick, tmp_path / "near") as near, tun_lab(slow, tmp_path / "far") as far:
        words = ("--from", f"netns:{near.namespace}", "--from", f"netns:{far.namespace}")
        first, second = traced(Source(near.namespace), "40", *words, near.target(4))
        assert first["lanes"] == second["lanes"]
        (verdict,) = first["lanes"]["verdicts"]
        assert (verdict["rule"], verdict["severity"]) == ("lanes-slower", "note")
        assert verdict["lanes"] == [f"netns:{far.namespace}"]
        assert verdict["others"] == [f"netns:{near.namespace}"]
        assert verdict["numbers"]["more_us"] > 2_000
