"""Vantage points from the options."""

from __future__ import annotations

import os
import subprocess

import pytest
from hopscope.app.errors import ProbeProcessError
from hopscope.app.launch.from_points import points_of, reach
from hopscope.app.options.model import read_options
from hopscope.app.process.raised import TRUSTED_PATH, home_of_rights

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
