"""Reverse names as the vantage point's own resolver has them."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.netns import Chain

pytestmark = pytest.mark.kernel

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
# What another's hosts file, or name server, may say.
HOSTILE = "a\x1b]0;owned\x07b\u202e.example"
LIKE_AN_ADDRESS = "198.51.100.99"


@pytest.fixture(scope="module")
def place(namespace_chain: Chain) -> Iterator[str]:
    """A namespace of the chain with a hosts file of its own, laid over this host's (ip-netns(8))."""
    name = namespace_chain.names[0]
    folder = Path("/etc/netns") / name
    had = folder.parent.exists()
    folder.mkdir(parents=True)
    first, second, third, *_ = namespace_chain.hops[4]
    hosts = f"{first} r1.inside.example\n{second} {HOSTILE}\n{third} {LIKE_AN_ADDRESS}\n"
    hosts += f"{namespace_chain.hops[6][0]} r1-six.inside.example\n"
    (folder / "hosts").write_text(hosts)
    (folder / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    yield name
    shutil.rmtree(folder)
    if not had:
        folder.parent.rmdir()


def names(path: Chain, place: str, *words: str, version: int = 4) -> list[str | None]:
    """What the hops are called in a report that is traced from the place."""
    target = path.target(version)
    done = path.run([HOPSCOPE, "--from", f"netns:{place}", *words, "-c", "2", "-i", "0.1", "--json-full", target])
    assert (done.returncode, done.stderr) == (0, "")
    [trace] = json.loads(done.stdout)
    return [hop["addresses"][0]["name"] for hop in trace["hops"]]


def test_names_are_looked_up_there_where_asked_for(namespace_chain: Chain, place: str) -> None:
    """Its hosts file names the first router; what is hostile is harmless, and no name shows another address."""
    first, second, third, *rest = names(namespace_chain, place, "--names-at", "vantage")
    assert first == "r1.inside.example"
    assert second is not None
    assert re.fullmatch(r"[!-~]+", second)
    assert second.startswith("a?]0;owned?b")
    assert [third, *rest] == [None] * (1 + len(rest))
    assert names(namespace_chain, place, "--names-at", "vantage", version=6)[0] == "r1-six.inside.example"


def test_by_default_and_without_names_nothing_is_asked_there(namespace_chain: Chain, place: str) -> None:
    """This host's own resolver knows none of these, and ``-n`` asks nobody."""
    assert set(names(namespace_chain, place)) == {None}
    assert set(names(namespace_chain, place, "--names-at", "local")) == {None}
    assert set(names(namespace_chain, place, "-n", "--names-at", "vantage")) == {None}


def test_hidden_hops_are_asked_for_by_nobody(namespace_chain: Chain, place: str) -> None:
    """With ``--privacy`` the first hop has no name, wherever names are looked up."""
    assert "r1.inside.example" not in names(namespace_chain, place, "--names-at", "vantage", "--privacy", "2")
