"""The doctor's lines are true: what it tells of is turned on and off in a namespace, and each line follows."""

from __future__ import annotations

import json
import sys
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from support import netns
from support.tun import tun_lab
from support.two_ways import OURS, ROUTERS, TARGET, two_ways

if TYPE_CHECKING:
    from support.netns import User

pytestmark = pytest.mark.kernel

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
SCHEMA = json.loads(resources.files("hopscope.app.doctor").joinpath("doctor.schema.json").read_text("utf-8"))
REMEDY = 'sysctl -w net.ipv4.ping_group_range="0 2147483647"'


def doctor(
    place: netns.Source, *words: str, user: User = "root", status: int = 0, before: tuple[str, ...] = ()
) -> dict[str, dict[str, Any]]:
    """The findings by name; the exit status is the one expected, and the JSON is by the schema."""
    done = place.run([*before, HOPSCOPE, "--doctor", "-n", "-j", *words], user)
    assert (done.returncode, done.stderr) == (status, "")
    told = json.loads(done.stdout)
    jsonschema.Draft202012Validator(SCHEMA).validate(told)
    assert told["able"] is (status == 0)
    return {one["name"]: one for one in told["findings"]}


@pytest.mark.parametrize(
    ("user", "ping_open", "status", "text"),
    [
        ("bare", True, "ok", "allowed without root (ping_group_range 0-2147483647)"),
        ("bare", False, "note", "not allowed for this user (ping_group_range 1-0): traces use UDP"),
        ("root", False, "ok", "allowed by raw sockets, not by ping_group_range 1-0"),
    ],
)
def test_icmp(user: User, ping_open: bool, status: str, text: str) -> None:
    """Whether ICMP is allowed follows the ping range and the rights; a trace by the same user agrees."""
    with netns.namespaces(1, {}, ping_open=ping_open) as [namespace]:
        place = netns.Source(namespace)
        found = doctor(place, user=user)["icmp"]
        traced = place.run([HOPSCOPE, "-r", "-n", "-c", "1", "127.0.0.1"], user)
    assert (found["status"], found["text"]) == (status, text)
    assert (REMEDY in (found["remedy"] or "")) is (status == "note")
    assert ("ICMP is not allowed for this user" in traced.stderr) is (status == "note")


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ((), "root, with CAP_NET_ADMIN and CAP_NET_RAW"),
        (netns.SETPRIV["bare"], "root, without CAP_NET_ADMIN and CAP_NET_RAW"),
        (("setpriv", "--bounding-set=-net_admin"), "root, with CAP_NET_RAW"),
        (("env", "SUDO_UID=1000"), "root, with CAP_NET_ADMIN and CAP_NET_RAW, raised"),
    ],
    ids=["root", "bare", "one", "sudo"],
)
def test_rights(before: tuple[str, ...], words: str) -> None:
    """User and capabilities are those of the process, and it is said where they are raised."""
    with netns.namespaces(1, {}) as [namespace]:
        found = doctor(netns.Source(namespace), before=before)["rights"]
    assert (found["text"], found["status"]) == (words, "note" if words.endswith("raised") else "ok")


@pytest.mark.parametrize(("user", "status", "heard"), [("root", "ok", " and a raw socket"), ("bare", "note", "")])
def test_raw_sockets(user: User, status: str, heard: str) -> None:
    """Raw sockets follow the rights, and with them what is heard of errors."""
    with netns.namespaces(1, {}) as [namespace]:
        found = doctor(netns.Source(namespace), user=user)
    assert found["raw-sockets"]["status"] == status
    assert (found["icmp-errors"]["status"], found["icmp-errors"]["text"]) == ("ok", f"heard by the error queue{heard}")
    assert (found["time-stamps"]["status"], found["probe-process"]["text"]) == ("ok", "hopscope's own")


def test_without_loopback() -> None:
    """Where this host does not reach itself, nothing is said of what could not be tried."""
    with netns.namespaces(1, {}) as [namespace]:
        netns.ip_batch(["link set lo down"], namespace)
        found = doctor(netns.Source(namespace))
    for name, text in (
        ("icmp-errors", "not tried: no probe can be sent to 127.0.0.1"),
        ("time-stamps", "not tried: 127.0.0.1 does not answer"),
    ):
        assert (found[name]["status"], found[name]["text"]) == ("note", text)
        assert found[name]["remedy"].startswith("see that the interface lo is up")


def test_versions_of_ip() -> None:
    """IPv6 may be off, or lead nowhere; IPv4 too."""
    with netns.namespaces(1, {}) as [namespace]:
        place = netns.Source(namespace)
        nowhere = doctor(place)
        netns.set_sysctls(namespace, {"net.ipv6.conf.all.disable_ipv6": 1})
        off = doctor(place)
    assert nowhere["ipv4"]["text"] == "no route to public addresses: -4 does not leave this site"
    assert nowhere["ipv6"]["text"] == "no route to public addresses: -6 does not leave this site"
    assert (off["ipv6"]["status"], off["ipv6"]["text"]) == ("note", "off on this host")


def test_a_target_that_answers(tmp_path: Path) -> None:
    """A target that answers is told with how it is reached; packets to public addresses leave by the same route."""
    with tun_lab("steady", tmp_path) as lab:
        found = doctor(lab, lab.target(4), user="bare")
        source = netns.inside(lab.namespace, lambda: lab.scenario.source(4))
    assert found["ipv4"]["text"] == f"packets to public addresses leave from {source}"
    assert found["target"]["status"] == "ok"
    assert found["target"]["text"].startswith(f"{lab.target(4)}, from {source}; answers ICMP in ")


def test_targets_that_do_not_answer(tmp_path: Path) -> None:
    """A silent target is a note, one that no route leads to or that has no address makes the status 1."""
    with tun_lab("silent-target", tmp_path) as lab:
        silent = doctor(lab, lab.target(4))["target"]
    assert (silent["status"], silent["text"].partition("; ")[2]) == (
        "note",
        "answers neither ICMP nor UDP nor TCP 80 within 2 s",
    )
    with netns.namespaces(1, {}) as [namespace]:
        place = netns.Source(namespace)
        lost = doctor(place, "203.0.113.9", status=1)["target"]
        unknown = doctor(place, "name..invalid", status=1)["target"]
    assert (lost["status"], lost["text"]) == ("bad", "203.0.113.9: no route leads there")
    assert (unknown["status"], unknown["text"]) == (
        "bad",
        "cannot resolve name..invalid: this cannot be a host name",
    )


def test_what_is_tried_leaves_as_the_options_want() -> None:
    """A route for marked packets alone, an interface, an address: the doctor goes the way that a trace would."""
    second, target = OURS["second"][4], TARGET[4]
    with two_ways() as host:
        place = netns.Source(host.ours)
        netns.ip_batch(
            [
                *(f"route del default via {ROUTERS[name][4]} dev {name}" for name in ROUTERS),
                f"route add default via {ROUTERS['second'][4]} dev second table 77",
                "rule add fwmark 7 table 77",
            ],
            host.ours,
        )
        nowhere = doctor(place, target, status=1)
        marked = doctor(place, "-M", "7", target)
        forbidden = doctor(place, "-M", "7", target, user="bare", status=1)["target"]
        netns.ip_batch([f"route add default via {ROUTERS['first'][4]} dev first"], host.ours)
        first, by_second = (doctor(place, *words, target)["target"]["text"] for words in ((), ("-I", "second")))
        stranger = doctor(place, "-a", "192.0.2.77", target, status=1)["target"]["text"]
        no_device = doctor(place, "-I", "none0", target, status=1)["target"]["text"]
    assert nowhere["ipv4"]["text"].startswith("no route to public addresses")
    assert nowhere["target"]["text"] == f"{target}: no route leads there"
    assert marked["ipv4"]["text"] == f"packets to public addresses leave from {second}"
    assert marked["target"]["text"].startswith(f"{target}, from {second}; answers ICMP in ")
    assert forbidden["text"].startswith("packets cannot be marked")
    assert first.startswith(f"{target}, from {OURS['first'][4]}; answers neither ICMP")
    assert by_second.startswith(f"{target}, from {second}; answers ICMP in ")
    assert stranger == f"{target}: the source address does not belong to this host"
    assert no_device == "option -I/--interface: no such interface: 'none0'"


def test_open_files() -> None:
    """A hard limit that TCP probes would meet is told, and the remedy."""
    with netns.namespaces(1, {}) as [namespace]:
        found = doctor(netns.Source(namespace), before=("prlimit", "--nofile=100:100"))["open-files"]
    assert (found["status"], found["text"]) == ("note", "up to 100: too few for many TCP probes at once")
