"""The addresses of two hosts that are traced from each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from hopscope.app.errors import HopscopeError, ResolveError, UsageError
from hopscope.app.launch import both_ways as module
from hopscope.app.launch.both_ways import BothWays, both_ways
from hopscope.app.launch.target_names import TypedTarget
from hopscope.app.options.model import read_options
from hopscope.app.sanitize import sanitize
from hopscope.app.trace.one_way import EndSettings
from hopscope.app.vantage.ssh_route import SshRoute
from hopscope.app.vantage.where import Where, parse_where

if TYPE_CHECKING:
    from hopscope.app.sanitize import Text
    from hopscope.app.settings import Target, TraceSettings

# What the other host's routes give as source, by what they lead to; and this host's.
SOURCES = {"192.0.2.1": "10.0.0.5", "198.51.100.7": "198.51.100.99", "172.17.0.1": "172.17.0.2"}
OWN_SOURCES = {"203.0.113.8": "192.168.1.2", "10.0.0.5": "10.0.0.1", "198.51.100.99": "198.51.100.7"}


@dataclass
class Point:
    """A vantage point that answers what a test says."""

    where: Where
    ssh: tuple[str, str] | None = None
    sources: dict[str, str] = field(default_factory=lambda: dict(SOURCES))

    @property
    def name(self) -> Text:
        """See ``VantagePoint``."""
        return sanitize(self.where.text)

    def ssh_connection(self) -> tuple[str, str] | None:
        """See ``VantagePoint``."""
        return self.ssh

    def source_towards(self, address: str) -> str:
        """See ``VantagePoint``."""
        return self.sources.get(address, "")

    def source_for(self, target: Target, _settings: TraceSettings) -> str:
        """See ``VantagePoint``."""
        return self.source_towards(target.address)


@pytest.fixture(autouse=True)
def routes(monkeypatch: pytest.MonkeyPatch) -> dict[str, SshRoute]:
    """What ssh here says of hosts; this host's routes."""
    found = {
        "web1": SshRoute("203.0.113.8", through=False),
        "inside": SshRoute("web1.internal", through=True),
        "strange": SshRoute("", through=False),
    }
    monkeypatch.setattr("hopscope.app.vantage.ssh_route.ssh_route", lambda where: found[where.prefix[-1]])
    for place in (module, "hopscope.app.launch.targets"):
        name = f"{place}.source_address" if isinstance(place, str) else f"{module.__name__}.source_address"
        monkeypatch.setattr(name, lambda address, *_, **__: OWN_SOURCES.get(address, ""))
    return found


def found(where: str, *words: str, ssh: tuple[str, str] | None = None, target: str = "") -> BothWays:
    """What comes of a place, options and a target."""
    options = read_options(["--both", where, *words], {})
    typed = TypedTarget(target) if target else None
    return both_ways(Point(parse_where(where), ssh), typed, options)  # type: ignore[arg-type]


def addresses(pair: BothWays) -> tuple[str, str]:
    """Those that are traced, forward and back."""
    return pair.targets[0].address, pair.targets[1].address


def test_ssh_without_anything_in_between() -> None:
    """The server's address, and this host's as the server sees it; packets are counted between the two."""
    pair = found("ssh:web1", "-Q", "8", ssh=("192.168.1.2", "203.0.113.8"))
    forward, back = pair.targets
    assert (forward.name, forward.address, forward.vantage, forward.direction) == (
        "203.0.113.8",
        "203.0.113.8",
        "local",
        "forward",
    )
    assert (back.address, back.vantage, back.direction) == ("192.168.1.2", "ssh:web1", "return")
    assert pair.ends == (
        EndSettings("here", "203.0.113.8", "192.168.1.2", tos=8),
        EndSettings("at the other end", "192.168.1.2", "203.0.113.8", tos=8),
    )
    assert pair.notes == ()


def test_this_host_behind_nat() -> None:
    """It is traced back to NAT's address, and the port that NAT gives to packets has to be learnt."""
    pair = found("ssh:web1", ssh=("198.51.100.7", "203.0.113.8"))
    assert addresses(pair) == ("203.0.113.8", "198.51.100.7")
    assert pair.ends[0].translated
    assert not pair.ends[1].translated


def test_the_other_host_behind_nat() -> None:
    """It is traced where it is reached, which is said; its packets leave from the address that it has."""
    pair = found("ssh:web1", ssh=("192.168.1.2", "10.1.2.3"))
    assert addresses(pair) == ("203.0.113.8", "192.168.1.2")
    assert pair.ends[1].address == "10.1.2.3"
    assert pair.notes == ("ssh:web1 has the address 10.1.2.3 (NAT): traced is 203.0.113.8, where it is reached",)


def test_by_way_of_another_host() -> None:
    """What it sees of this host is the host in between, so the user has to name the way back."""
    with pytest.raises(ResolveError, match="cannot tell this one's address; --return-address ADDRESS names it"):
        found("ssh:inside", ssh=("10.9.9.9", "198.51.100.99"))
    pair = found("ssh:inside", "--return-address", "198.51.100.7", ssh=("10.9.9.9", "198.51.100.99"))
    assert addresses(pair) == ("198.51.100.99", "198.51.100.7")
    assert "by way of another host: traced is 198.51.100.99" in pair.notes[0]


def test_what_the_user_names_counts() -> None:
    """A target is the other host's address, and --return-address this one's, whatever ssh says."""
    words = ("--return-address", "198.51.100.7")
    assert addresses(found("ssh:inside", *words, ssh=("10.9.9.9", "10.9.9.8"), target="203.0.113.8")) == (
        "203.0.113.8",
        "198.51.100.7",
    )
    assert addresses(found("ssh:web1", *words, ssh=("192.168.1.2", "203.0.113.8"))) == ("203.0.113.8", "198.51.100.7")


def test_a_namespace_or_container() -> None:
    """Its own address by its routes, and this host's towards it."""
    pair = found("netns:blue")
    assert (addresses(pair), pair.targets[0].name) == (("10.0.0.5", "10.0.0.1"), "blue")
    pair = found("docker:web", "--return-address", "198.51.100.7")
    assert addresses(pair) == ("198.51.100.99", "198.51.100.7")


@pytest.mark.parametrize(
    ("where", "words", "ssh", "target", "error", "message"),
    [
        ("ssh:web1", (), None, "", ResolveError, "ssh:web1: it does not know this host's address; --return-address"),
        ("ssh:strange", (), None, "", ResolveError, "ssh:strange: its address is not known; give its address as the t"),
        ("kubectl:prod/api", (), None, "", ResolveError, "it does not know this host's address; --return-address"),
        ("netns:blue", ("-6",), None, "", ResolveError, "netns:blue: its address is not known"),
        ("netns:blue", (), None, "127.0.0.1", ResolveError, "does not know this host's address"),
        (
            "ssh:web1",
            ("--return-address", "2001:db8::7"),
            ("192.168.1.2", "203.0.113.8"),
            "",
            HopscopeError,
            "IPv",
        ),
        ("netns:blue", ("--return-address", "2001:db8::7"), None, "10.0.0.5", HopscopeError, "IPv4"),
    ],
)
def test_what_is_not_known_is_said_with_the_way_out(
    where: str,
    words: tuple[str, ...],
    ssh: tuple[str, str] | None,
    target: str,
    error: type[HopscopeError],
    message: str,
) -> None:
    """One line."""
    with pytest.raises(error, match=message) as caught:
        found(where, *words, ssh=ssh, target=target)
    assert "\n" not in str(caught.value)


def test_the_families_are_the_same() -> None:
    """A name that has both takes that of the way back."""
    with pytest.raises(UsageError, match="traced by IPv4, and back to 2001:db8::7"):
        both_ways(
            Point(parse_where("ssh:web1"), ("2001:db8::7", "203.0.113.8")),  # type: ignore[arg-type]
            None,
            read_options(["--both", "ssh:web1", "--return-address", "2001:db8::7", "-4"], {}),
        )
