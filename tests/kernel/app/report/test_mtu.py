"""``--mtu`` on kernel routers with narrow links, as every kind of user, beside tracepath and tcpdump."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.need import need_tool
from support.netns import USERS, Chain, User, chain, command, need_namespaces, set_sysctls
from support.tun import tun_lab

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.kernel

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
MTUS = [1500, 1500, 1400, 1280, 1280]
# In the namespace of a router: what it says of packets that are too big does not get out.
HOLE = """
table inet hole {
  chain output {
    type filter hook output priority 0;
    icmp type destination-unreachable icmp code frag-needed drop
    icmpv6 type packet-too-big drop
  }
}
"""


@pytest.fixture(scope="module")
def narrow_chain() -> Iterator[Chain]:
    """Five hops: behind the second a link of 1400 bytes, behind the third one of 1280."""
    need_namespaces()
    with chain(mtus={2: 1400, 3: 1280}) as made:
        yield made


@pytest.fixture(scope="module")
def black_hole() -> Iterator[Chain]:
    """Four hops: behind the second a link of 1400 bytes, and a router that keeps silent about it."""
    need_namespaces()
    need_tool("nft")
    with chain(5, mtus={2: 1400}) as made:
        subprocess.run(command(made.names[2], ["nft", "-f", "-"]), input=HOLE, text=True, check=True)
        yield made


def find(path: Chain, *words: str, user: User = "root", version: int = 4) -> dict[str, Any]:
    """The JSON of a search to the end of the chain, whose routers are asked faster than by default."""
    done = path.run([HOPSCOPE, "--mtu", "-j", "-n", "-i", "0.2", *words, path.target(version)], user)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("protocol", [(), ("-u",)], ids=["icmp", "udp"])
@pytest.mark.parametrize("user", USERS)
def test_narrow_links_are_found_at_their_hops(
    narrow_chain: Chain, user: User, protocol: tuple[str, ...], version: int
) -> None:
    """Each hop has its path MTU, and each fall the router before the link, to the byte, for every user and protocol."""
    found = find(narrow_chain, *protocol, user=user, version=version)
    hops = narrow_chain.hops[version]
    assert [hop["mtu"] for hop in found["hops"]] == MTUS
    assert [hop["address"] for hop in found["hops"]] == list(hops)
    assert (found["path_mtu"], found["interface_mtu"], found["reached"]) == (1280, 1500, True)
    falls = [(fall["after_ttl"], fall["ttl"], fall["larger"], fall["smaller"]) for fall in found["falls"]]
    assert falls == [(2, 3, 1500, 1400), (3, 4, 1400, 1280)]
    assert [(fall["cause"], fall["reporter"]) for fall in found["falls"]] == [
        ("reported", hops[1]),
        ("reported", hops[2]),
    ]
    assert found["tcp_mss"] == (1240 if version == 4 else 1220)


@pytest.mark.parametrize("user", ["root", "bare"])
def test_with_raw_sockets_or_without_icmp(user: User) -> None:
    """Where ping sockets are closed, root has raw ones, and others use UDP: the result is the same."""
    need_namespaces()
    with chain(ping_open=False, mtus={2: 1400, 3: 1280}) as made:
        done = made.run([HOPSCOPE, "--mtu", "-j", "-n", "-i", "0.2", made.target()], user)
        found = json.loads(done.stdout)
    assert done.returncode == 0
    assert ("using UDP" in done.stderr) is (user == "bare")
    assert found["protocol"] == ("icmp" if user == "root" else "udp")
    assert [hop["mtu"] for hop in found["hops"]] == MTUS


@pytest.mark.parametrize("version", [4, 6])
def test_as_tracepath_finds_it(narrow_chain: Chain, version: int) -> None:
    """tracepath, which needs no privilege either, has the same hops and the same sizes, where nothing is known yet.

    It believes what the kernel has learnt before, which is forgotten here first; ours then meets what tracepath taught.
    """
    need_tool("tracepath")
    narrow_chain.run(["ip", f"-{version}", "route", "flush", "cache"])
    text = narrow_chain.run(["tracepath", "-n", f"-{version}", narrow_chain.target(version)]).stdout
    mtu, theirs = 0, {}
    for line in text.splitlines():
        match = re.match(r" *(\d+)[:?]+ +(\S+)", line)
        size = re.search(r"pmtu (\d+)", line)
        mtu = int(size[1]) if size else mtu
        if match and "LOCALHOST" not in line and not size:
            theirs[int(match[1])] = (match[2], mtu)
    found = find(narrow_chain, version=version)
    assert theirs == {hop["ttl"]: (hop["address"], hop["mtu"]) for hop in found["hops"]}
    assert f"Resume: pmtu {found['path_mtu']} " in text


@pytest.mark.parametrize("protocol", [(), ("-u",)], ids=["icmp", "udp"])
def test_sizes_and_dont_fragment_on_the_wire(narrow_chain: Chain, protocol: tuple[str, ...], tmp_path: Path) -> None:
    """Tcpdump sees packets of the sizes that are tried, whole and with Don't Fragment set, and none that is larger."""
    need_tool("tcpdump")
    file = tmp_path / "seen.pcap"
    words = ["tcpdump", "-i", "far", "-n", "-U", "--immediate-mode", "-w", str(file), "dst", narrow_chain.target()]
    with subprocess.Popen(narrow_chain.command(words, position=1), stderr=subprocess.PIPE, text=True) as dump:
        assert dump.stderr is not None
        assert any("listening on" in line for line in dump.stderr)
        found = find(narrow_chain, *protocol)
        dump.terminate()
        dump.communicate()
    text = subprocess.run(["tcpdump", "-n", "-v", "-r", file], capture_output=True, text=True, check=True).stdout
    seen = re.findall(r"flags \[(\w+)\], proto \w+ \(\d+\), length (\d+)", text)
    assert {int(length) for _, length in seen} == {64, 1500, 1400, 1280}
    large = [(flag, int(length)) for flag, length in seen if int(length) > 64]
    assert {flag for flag, _ in large} == {"DF"}
    assert len(large) < found["probes"]  # the interface refuses the first one


@pytest.mark.parametrize(
    ("version", "protocol", "user"), [(4, ("-u",), "nobody"), (6, (), "bare")], ids=["v4-udp", "v6-icmp"]
)
def test_black_hole_is_found_to_the_byte(
    black_hole: Chain, version: int, protocol: tuple[str, ...], user: User
) -> None:
    """Where a router drops large packets without a word, hop and size are found, with the evidence of P8."""
    found = find(black_hole, *protocol, "-Z", "1", user=user, version=version)
    assert [hop["mtu"] for hop in found["hops"]] == [1500, 1500, 1400, 1400]
    (fall,) = found["falls"]
    assert (fall["cause"], fall["after_ttl"], fall["ttl"], fall["smaller"]) == ("black-hole", 2, 3, 1400)
    assert fall["large_lost"] == fall["large_sent"] >= 5
    assert fall["small_sent"] - fall["small_lost"] >= 4
    assert fall["p_value"] < 0.01
    (verdict,) = found["verdicts"]
    assert (verdict["rule"], verdict["severity"], verdict["first_ttl"], verdict["last_ttl"]) == (
        "mtu-black-hole",
        "fault",
        2,
        3,
    )


def test_host_that_drops_what_routers_say(narrow_chain: Chain) -> None:
    """Where a setting of this host keeps reports from being heard, that is said, and not the network blamed alone."""
    source = narrow_chain.names[0]
    causes = {}
    for setting in (1, 3):
        set_sysctls(source, {"net.ipv4.ip_no_pmtu_disc": setting})
        try:
            found = find(narrow_chain, "-Z", "1", "-s", "1500", "-m", "3", user="nobody")
        finally:
            set_sysctls(source, {"net.ipv4.ip_no_pmtu_disc": 0})
        assert [hop["mtu"] for hop in found["hops"]] == MTUS[:3]
        assert f'net.ipv4.ip_no_pmtu_disc=0" (now {setting})' in found["caveat"]
        assert found["caveat"] in found["verdicts"][0]["reasons"]
        causes[setting] = [fall["cause"] for fall in found["falls"]]
    assert causes == {1: ["unsaid"], 3: ["black-hole"]}
    assert find(narrow_chain)["caveat"] is None


def test_rate_limited_routers_are_no_black_hole() -> None:
    """Default routers, which answer six probes and then one a second, do not look like holes."""
    need_namespaces()
    with chain(rate_limited=True, mtus={2: 1400}) as made:
        for _ in range(3):  # the later ones meet empty buckets
            found = find(made, "-i", "1", user="nobody")
            assert [hop["mtu"] for hop in found["hops"]] == [1500, 1500, 1400, 1400, 1400]
            assert [fall["cause"] for fall in found["falls"]] == ["reported"]


@pytest.mark.parametrize("version", [4, 6])
def test_simulated_path_behind_a_device(version: int, tmp_path: Path) -> None:
    """The real sockets find in a simulated network what its scenario says: two links, and who reports them."""
    with tun_lab("narrow-links", tmp_path) as lab:
        done = lab.run([HOPSCOPE, "--mtu", "-j", "-n", "-u", lab.target(version)], "nobody")
        assert (done.returncode, done.stderr) == (0, "")
        found = json.loads(done.stdout)
        assert [hop["mtu"] for hop in found["hops"]] == [1500, 1500, 1492, 1492, 1400, 1400]
        fates = [(entry["ttl"], entry["hop"], entry["fate"]) for entry in lab.log()]
    assert (6, 2, "answered") in fates  # the report of hop 2 about a packet for hop 6


def test_several_targets_and_the_loopback(narrow_chain: Chain) -> None:
    """Targets are searched one by one, and what they share once; on loopback everything that is tried passes."""
    hops = narrow_chain.hops[4]
    words = [HOPSCOPE, "--mtu", "-n", "-i", "0.2", "--json-full", hops[4], hops[3], "127.0.0.1"]
    done = narrow_chain.run(words, "nobody")
    assert (done.returncode, done.stderr) == (0, "")
    far, near, loopback = json.loads(done.stdout)
    assert [hop["mtu"] for hop in far["hops"]] == MTUS
    assert [hop["mtu"] for hop in near["hops"]] == MTUS[:4]
    assert [hop["how"] for hop in near["hops"]] == ["shared"] * 3 + ["tested"]
    assert (loopback["path_mtu"], loopback["interface_mtu"]) == (9000, None)
    assert not loopback["falls"]
    one_by_one = narrow_chain.run([*words, "--serial"], "nobody")
    assert one_by_one.returncode == 0
    far, near, loopback = json.loads(one_by_one.stdout)
    assert [hop["mtu"] for hop in near["hops"]] == MTUS[:4]
    assert "shared" not in {hop["how"] for hop in near["hops"]}
