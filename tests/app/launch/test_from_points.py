"""Vantage points from the options."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, cast

import pytest
from hopscope.app.errors import ProbeProcessError
from hopscope.app.launch.from_points import first_questions, points_of, reach, targets_from
from hopscope.app.launch.target_names import TypedTarget
from hopscope.app.options.model import Options, read_options
from hopscope.app.process.raised import TRUSTED_PATH, home_of_rights
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target
from hopscope.app.vantage import connection
from hopscope.app.vantage.point import VantagePoint
from hopscope.app.vantage.where import parse_where

if TYPE_CHECKING:
    from hopscope.app.trace.child import Pairs
    from hopscope.app.trace.far_child import FarChild

RAISED = {"SUDO_UID": str(os.getuid()), "PATH": "/tmp/evil", "KUBECONFIG": "/tmp/evil/config"}


def test_this_host_and_repetitions_are_no_points() -> None:
    """Each place once; this host is traced from without one."""
    options = read_options(["--from", "local", "--from", "netns:a", "--from", "netns:a", "host"], {})
    assert [point.name for point in points_of(options, {})] == ["netns:a"]


def test_with_raised_rights_the_environment_says_nothing_there() -> None:
    """The program is looked for in system folders, and gets neither the caller's variables nor the caller's home."""
    options = read_options(["--from", "exec:env", "--from", "exec:/usr/bin/env x", "host"], {})
    points = points_of(options, RAISED)
    clean = ["/usr/bin/env", "-i", f"PATH={TRUSTED_PATH}", f"HOME={home_of_rights()}"]
    for point in points:
        assert point.command[:4] == clean
        assert point.command[4] == "/usr/bin/env"
    done = subprocess.run(points[0].command[:5], env=RAISED, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [word for word in clean if "=" in word]


def test_with_raised_rights_a_program_of_path_alone_is_refused() -> None:
    """It says where it was looked for, and that PATH does not count."""
    options = read_options(["--from", "exec:no-such-program-anywhere", "host"], {})
    with pytest.raises(ProbeProcessError, match=r"is in none of .*; PATH is ignored under sudo"):
        points_of(options, RAISED)


def test_what_cannot_be_reached_is_told_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    """One that can be reached is left; of several that cannot the last one's reason is the error."""
    words = ["--from", "exec:/no/such/program", "--from", "exec:env", "-c", "1", "127.0.0.1"]
    options = read_options(words, {})
    reached, unreached = reach("hopscope", options, points_of(options, {}))
    for point in reached:
        point.end()
    assert [point.name for point in reached] == ["exec:env"]
    assert [name for name, _ in unreached] == ["exec:/no/such/program"]
    assert "hopscope: exec:/no/such/program: cannot run /no/such/program" in capsys.readouterr().err
    options = read_options(words[:2] + words[4:], {})
    with pytest.raises(ProbeProcessError, match="cannot run /no/such/program"):
        reach("hopscope", options, points_of(options, {}))


class FarSide:
    """Stands in for a far probe: what was asked is answered when it is waited for, all of it in one turn."""

    eof = False

    def __init__(self) -> None:
        self.turns = 0
        self.asked: list[str] = []
        self._told: dict[int, Pairs] = {}

    def question(self, text: str) -> int:
        """See ``Child``."""
        self.asked.append(text)
        return len(self.asked) - 1

    def told(self, token: int) -> Pairs | None:
        """See ``Child``."""
        return self._told.pop(token, None)

    def flush(self) -> None:
        """See ``Child``."""

    def read_errors(self) -> bool:
        """See ``Child``."""
        return True

    def read_answers(self) -> None:
        """See ``Child``."""
        self.turns += 1
        for token, text in enumerate(self.asked):
            last = text.rpartition(" ")[2]
            if text.startswith("resolve"):
                self._told[token] = "resolved", [("ip-4", sanitize(f"203.0.113.{last.removeprefix('host')}"))]
            else:
                self._told[token] = "host", [("source", sanitize(f"192.0.2.{last.rpartition('.')[2]}"))]


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> FarSide:
    """One, whose pipes nobody has to look at."""
    monkeypatch.setattr(connection, "_wait", lambda _children: None)
    return FarSide()


def seen(far: FarSide, hosts: list[str], *ahead: str) -> tuple[list[str], list[str]]:
    """Addresses and sources of targets from a place where these questions were asked ahead."""
    place = VantagePoint(parse_where("ssh:web1"), 1024)
    place.child = cast("FarChild", far)
    place.ask_ahead(ahead)
    found = targets_from(place, [TypedTarget(host) for host in hosts], Options())
    targets = [one for one in found if isinstance(one, Target)]
    return [one.address for one in targets], [one.source for one in targets]


def test_what_many_addresses_need_is_asked_at_once(far: FarSide) -> None:
    """One round trip of the transport, each target with its own answer."""
    hosts = [f"203.0.113.{number}" for number in range(1, 41)]
    assert seen(far, hosts) == (hosts, [f"192.0.2.{number}" for number in range(1, 41)])
    assert far.turns == 1


def test_names_are_asked_for_as_many_at_once_as_the_far_side_takes(far: FarSide) -> None:
    """Sixteen, the rest, and then what all of them need."""
    addresses, sources = seen(far, [f"host{number}" for number in range(1, 21)])
    assert addresses == [f"203.0.113.{number}" for number in range(1, 21)]
    assert sources == [f"192.0.2.{number}" for number in range(1, 21)]
    assert far.turns == 3


def test_what_was_asked_at_the_start_is_not_asked_again(far: FarSide) -> None:
    """The question of the start is the one that is asked for later."""
    options = Options()
    ahead = list(first_questions([TypedTarget("203.0.113.7"), TypedTarget("host8"), TypedTarget("fe80::1")], options))
    seen(far, ["203.0.113.7", "host8"], *ahead)
    assert far.asked == ["host ip-4 203.0.113.7", "resolve name host8", "host ip-4 203.0.113.8"]


def test_both_ends_ask_what_the_host_is(far: FarSide) -> None:
    """Which address ssh came from is asked before any target."""
    options = Options(both=parse_where("ssh:web1"))
    assert list(first_questions([TypedTarget("203.0.113.7")], options)) == ["host"]
