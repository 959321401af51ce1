"""The path MTU as text, Markdown and JSON, from the command line on."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
import time
from importlib import resources
from typing import TYPE_CHECKING

import jsonschema
import pytest
from hopscope.app.errors import UsageError
from hopscope.app.options.model import read_options
from hopscope.probe import launch
from support import program

if TYPE_CHECKING:
    from pathlib import Path

NARROW = (
    "HOST: {host:<27}    MTU\n"
    "  1.|-- gateway.example             1500\n"
    "  2.|-- dsl.isp.example             1500\n"
    "        v 1492: dsl.isp.example says fragmentation needed, next-hop MTU 1492\n"
    "  3.|-- core.isp.example            1492\n"
    "  4.|-- tunnel.transit.example      1492\n"
    "        v 1400: tunnel.transit.example says fragmentation needed, next-hop MTU 1400\n"
    "  5.|-- border.transit.example      1400\n"
    "  6.|-- www.example.org             1400\n"
    "\n"
    "The path MTU to www.example.org is 1400 bytes.\n"
    "TCP fits with an MSS of 1360 (1400 less 40 for headers). Hosts find that out by\n"
    "themselves as long as nobody on the path drops ICMP type 3 code 4\n"
    "(fragmentation needed).\n"
)


def check(document: object) -> None:
    """Hold one result against the shipped schema."""
    file = resources.files("hopscope.app.report") / "schemas" / "mtu.schema.json"
    schema = json.loads(file.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document)


def test_text_is_a_report() -> None:
    """A row a hop with its path MTU, a line where it falls, and what follows."""
    done = program.run("--mtu", "--demo", "narrow-links", "--privacy", "0")
    assert (done.returncode, done.stderr) == (0, "")
    first, _, rest = done.stdout.partition("\n")
    assert first.startswith("Start: ")
    host = rest.partition("\n")[0].split()[1]
    assert rest == NARROW.format(host=host)


def test_text_explained_wide_and_with_networks() -> None:
    """--explain adds the verdicts; -w cuts no name; -b and -z work as in reports."""
    done = program.run("--mtu", "-w", "-b", "-z", "--explain", "--demo", "narrow-links")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    (row,) = [line for line in lines if line.startswith("  2. AS")]
    assert "dsl.isp.example (198.51.100.1) " in row
    assert row.endswith("   1500")
    assert max(map(len, lines)) <= 100
    assert any(line.startswith("- Hops 2-3: path MTU falls from 1500 to 1492 bytes") for line in lines)


def test_json_is_what_the_schema_says() -> None:
    """-j writes a document, --json-full an array of them, also of a target that nothing is known of."""
    one = json.loads(program.run("--mtu", "-j", "-6", "--demo", "narrow-links").stdout)
    check(one)
    assert (one["path_mtu"], one["tcp_mss"], one["falls"][0]["reported_mtu"]) == (1400, 1340, 1492)
    done = program.run("--mtu", "--json-full", "--demo", "silent-target", timeout_s=60)
    (document,) = json.loads(done.stdout)
    check(document)
    assert (document["reached"], document["path_mtu"], document["interface_mtu"]) == (False, None, 1500)


def test_markdown_hides_what_is_private() -> None:
    """The table has the falls beside the hops; hidden addresses are hidden in them too."""
    done = program.run("--mtu", "--markdown", "--privacy", "2", "--demo", "narrow-links")
    assert done.returncode == 0
    assert "| 2 | hidden-2 | 1500 |  |\n" in done.stdout
    assert (
        "| 3 | core.isp.example | 1492 | 1492: hidden-2 says fragmentation needed, next-hop MTU 1492 |\n" in done.stdout
    )
    assert "dsl.isp.example" not in done.stdout
    assert "198.51.100.1" not in done.stdout


def test_interrupted_search_prints_what_is_known(tmp_path: Path) -> None:
    """Ctrl-C in a long search prints the hops found so far, and ends by the signal's status."""
    log = tmp_path / "lab.log"
    log.touch()
    probe = shlex.join([*launch.command(), "--lab", "mtu-black-hole", "--lab-log", str(log)])
    words = program.command("--mtu", "-j", "-n", "--packet", probe, "203.0.113.80")
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        while "too-big" not in log.read_text(encoding="ascii"):
            assert running.poll() is None
            time.sleep(0.02)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=20)
    assert (running.returncode, err) == (130, "")
    document = json.loads(out)
    check(document)
    assert document["state"] == "unfinished"
    assert len(document["hops"]) == 5


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--mtu", "-T", "h"], "option --mtu: TCP probes have only one size; use --icmp or -u"),
        (["--mtu", "-S", "h"], "option --mtu: SCTP probes have only one size"),
        *(
            (
                ["--mtu", output, "h"],
                "option --mtu: the result is written as --report, --json, --markdown or --json-full",
            )
            for output in ("-l", "-p", "-x", "-C", "-t", "--dot", "--jsonl")
        ),
        (["--mtu", "-s", "-1400", "h"], "option -s/--psize: with --mtu it is the largest size to try, 68 or more"),
        (["--mtu", "--flows", "4", "h"], "option --flows: --mtu keeps to one flow"),
        (["--mtu", "-s", "64", "h"], "option -s/--psize: with --mtu"),
    ],
)
def test_what_does_not_go_together(words: list[str], message: str) -> None:
    """Options that make no sense together are told of in a line."""
    with pytest.raises(UsageError) as caught:
        read_options(words, {"HOME": "/nonexistent"})
    assert str(caught.value).startswith(message)


def test_sizes_and_tries_have_their_own_defaults() -> None:
    """The search begins with the largest size, and tries five times; -s and -c say otherwise."""
    usual = read_options(["--mtu", "h"], {"HOME": "/nonexistent"})
    assert (usual.path_mtu, usual.output, usual.settings.size_bytes, usual.settings.rounds) == (True, "report", 9000, 5)
    given = read_options(["--mtu", "-s", "1400", "-c", "10", "-j", "h"], {"HOME": "/nonexistent"})
    assert (given.output, given.settings.size_bytes, given.settings.rounds) == ("json", 1400, 10)


def test_stock_probe_process_is_told_of() -> None:
    """A probe process that knows no Don't Fragment is an error of one line."""
    done = program.run("--mtu", "--packet", "mtr-packet", "127.0.0.1")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "cannot set Don't Fragment" in done.stderr
