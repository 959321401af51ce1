"""Thousands of targets at once through the whole program: rows without figures, time, processor time, memory.

Run as ``python tests/bench/crowd.py [TARGETS [ROUNDS]]`` (1000, 1). The targets lie beyond eleven shared routers of a
simulated network that loses nothing, so every one of the twelve rows of each report must have figures, and no loss. The
simulated network's own processor time is part of what is shown; it runs in the probe process.
"""

from __future__ import annotations

import ipaddress
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROUTERS = 11
FIRST = int(ipaddress.ip_address("198.18.0.1"))
HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))


def _scenario(addresses: list[str]) -> str:
    """The network as TOML: each target is one hop beyond the routers."""
    routers = "".join(f'    {{ address = "192.0.2.{ttl}", rtt_ms = {ttl} }},\n' for ttl in range(1, ROUTERS + 1))
    ends = [f'{{ address = "{one}", name = "{one}.example", rtt_ms = {ROUTERS + 1} }}' for one in addresses]
    others = "".join(f"[[target]]\nafter = {ROUTERS}\nhop = [{end}]\n" for end in ends[1:])
    return f'title = "A crowd"\nhop = [\n{routers}    {ends[0]},\n]\n{others}'


def _reports(text: str) -> list[list[dict[str, Any]]]:
    """The rows of each of several JSON reports, one after the other."""
    found, at, decoder = [], 0, json.JSONDecoder()
    text = text.rstrip()
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        report, at = decoder.raw_decode(text, at)
        found.append(report["report"]["hubs"])
    return found


def main() -> None:
    """Print one line."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    rounds = sys.argv[2] if len(sys.argv) > 2 else "1"
    addresses = [str(ipaddress.ip_address(FIRST + number)) for number in range(count)]
    with tempfile.TemporaryDirectory() as name:
        scenario, targets = Path(name, "crowd.toml"), Path(name, "targets")
        scenario.write_text(_scenario(addresses), encoding="ascii")
        targets.write_text("\n".join(addresses), encoding="ascii")
        words = [HOPSCOPE, "--demo", str(scenario), "-j", "-n", "-c", rounds, "-F", str(targets)]
        began_s = time.monotonic()
        done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)
        elapsed_s = time.monotonic() - began_s
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    reports = _reports(done.stdout)
    rows = [row for report in reports for row in report]
    print(
        f"{count} targets, {rounds} round(s): status {done.returncode}, {len(reports)} reports, {len(rows)} rows, "
        f"{sum(not row['Snt'] for row in rows)} without figures, {sum(row['Loss%'] > 0 < row['Snt'] for row in rows)} "
        f"with loss, {sum(len(report) != ROUTERS + 1 for report in reports)} reports of another length; "
        f"{elapsed_s:.1f} s, processor {used.ru_utime + used.ru_stime:.1f} s, "
        f"the largest process {used.ru_maxrss / 1024:.0f} MB"
    )


if __name__ == "__main__":
    main()
