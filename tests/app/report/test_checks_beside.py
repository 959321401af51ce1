"""What a ticket tries beside its trace, from end to end on simulated networks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from hopscope.app import defaults
from hopscope.app.options.model import read_options
from hopscope.app.options.terminal import settle_output

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))


def test_a_ticket_says_first_what_it_sends_and_tells_what_came_of_it() -> None:
    """TCP and the path MTU are announced with how long it takes, tried while the trace runs, and told."""
    done = subprocess.run(
        [HOPSCOPE, "--demo", "narrow-links", "-c", "24", "-i", "1", "--ticket", "-n"],
        capture_output=True,
        text=True,
        env={**os.environ, "TZ": "UTC"},
        timeout=150,
        check=True,
    )
    assert done.stderr.startswith(
        "hopscope: the ticket takes about 24 s; beside the trace it sends up to 14 TCP probes to port 443 and probes"
        " of up to 1,500 bytes that find the path MTU\n"
    )
    assert "TCP 443 at the same time: 0.0 % of 14 probes lost." in done.stdout
    assert "The path MTU to www.example.org is 1400 bytes." in " ".join(done.stdout.split())


def test_a_ticket_takes_longer_than_a_report_and_names_networks() -> None:
    """It has more rounds, and asks for networks, but not where no names are looked up."""
    options = settle_output(read_options(["--ticket", "192.0.2.1"], {}))
    assert options.settings.rounds == defaults.TICKET_ROUNDS
    assert options.lookups.origins
    assert not read_options(["--ticket", "-n", "192.0.2.1"], {}).lookups.origins
    assert not read_options(["-r", "192.0.2.1"], {}).lookups.origins
