"""Names and networks in the whole program: which questions leave, and what a bad name server does to a trace."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING

import dns.rcode
import pytest
from hopscope.app.options.table import OPTIONS, OUTPUT
from support import scripted_packet
from support.dns_server import DnsServer, running
from support.program import ENVIRONMENT, command, run
from support.pty import PtyProgram

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = sorted(
    {
        f"--{option.long}"
        for option in OPTIONS
        if option.field == OUTPUT and option.constant != "screen" and not option.metavar
    }
)
PATH = ("5.6.7.1", "-", "5.6.7.3", "5.6.7.4")


def arguments(server: DnsServer, tmp_path: Path, *options: str) -> list[str]:
    packet = scripted_packet.command(tmp_path, 0, *PATH)
    return ["--packet", packet, "--dns-server", f"127.0.0.1:{server.port}", *options, PATH[-1]]


@pytest.mark.parametrize(
    ("options", "kinds"), [(["-n"], set()), (["-n", "-z"], {"TXT"}), ([], {"PTR"}), (["-y", "2"], {"PTR", "TXT"})]
)
def test_no_question_leaves_that_was_not_asked(tmp_path: Path, options: list[str], kinds: set[str]) -> None:
    """-n asks for no names, and only -z and -y ask for networks; addresses themselves are never asked for."""
    with running(DnsServer()) as server:
        assert run("-r", "-c", "1", "-G", "0.2", *arguments(server, tmp_path, *options)).returncode == 0
        assert {query.kind for query in server.queries} == kinds


@pytest.mark.parametrize("server", [DnsServer(delay_s=600), DnsServer(rcode=dns.rcode.SERVFAIL)])
def test_a_bad_name_server_costs_a_report_its_names_alone(tmp_path: Path, server: DnsServer) -> None:
    """Whether it is silent or fails, the report is written with addresses, and ends well."""
    with running(server):
        ended = run("-j", "-z", "-c", "2", "-i", "0.1", "-G", "0.2", *arguments(server, tmp_path))
    assert (ended.returncode, ended.stderr) == (0, "")
    hubs = json.loads(ended.stdout)["report"]["hubs"]
    assert [hub["host"] for hub in hubs] == ["5.6.7.1", "???", "5.6.7.3", "5.6.7.4"]
    assert {hub["ASN"] for hub in hubs} == {"AS???"}
    assert server.queries


TRIES = 5


def unexpected(errors: str) -> list[str]:
    """What standard error says, but for what a ticket says before it is made, and for what a busy host is told."""
    return [
        line
        for line in errors.splitlines()
        if not line.startswith("hopscope: the ticket takes about ") and not line.endswith(" s not measured")
    ]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("form", FORMATS)
def test_a_signal_while_names_are_waited_for_loses_no_report(
    tmp_path: Path, form: str, number: signal.Signals, status: int
) -> None:
    """What has been measured is written at once, with the names that are known, and the status tells of the signal."""
    for _ in range(TRIES):
        with running(DnsServer(delay_s=600)) as server:
            line = command(form, "-c", "1", "-G", "0.1", *arguments(server, tmp_path))
            with subprocess.Popen(
                line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
            ) as ours:
                while len(server.queries) < 3 and ours.poll() is None:  # of those who answered
                    time.sleep(0.01)
                ended_before = ours.poll() is not None
                ours.send_signal(number)
                output, errors = ours.communicate(timeout=20)
        if not ended_before:  # as one does that waits no longer on a machine that is too busy to look
            break
    assert (ours.returncode, unexpected(errors)) == (status, [])
    assert "5.6.7.1" in output
    assert "5.6.7.3" in output
    assert form != "--jsonl" or '"event":"end"' in output


def test_a_silent_name_server_does_not_hold_up_the_screen(tmp_path: Path) -> None:
    """The table fills with addresses while questions are open, and q ends the program at once."""
    with (
        running(DnsServer(delay_s=600)) as server,
        PtyProgram(
            command(*arguments(server, tmp_path)), environment={**ENVIRONMENT, "TERM": "xterm", "LC_ALL": "C.UTF-8"}
        ) as program,
    ):
        program.read_until_shown("5.6.7.3")
        while not server.queries:
            program.read_for(0.02)
        program.write(b"q")
        program.read_until(b"\x1b[?1049l")
        assert program.wait() == 0


def test_hidden_hops_are_neither_shown_nor_asked_for(tmp_path: Path) -> None:
    """--privacy leaves no trace of the first hops in a report, and asks nobody about them."""
    with running(DnsServer()) as server:
        server.ptr("5.6.7.3", "third.example.")
        ended = run("-j", "-b", "-z", "-c", "1", "-G", "0.2", *arguments(server, tmp_path, "--privacy", "2"))
        asked = {query.name for query in server.queries}
    report = json.loads(ended.stdout)["report"]
    assert report["mtr"]["src"] == "hidden"
    assert [hub["host"] for hub in report["hubs"]] == ["hidden-1", "???", "third.example (5.6.7.3)", "5.6.7.4"]
    assert "5.6.7.1" not in ended.stdout
    assert not [name for name in asked if name.startswith("1.7.6.5.")]


@pytest.mark.parametrize("form", FORMATS)
def test_hidden_hops_are_in_no_output(form: str) -> None:
    """Neither addresses, names nor AS of the first hops, nor the local host, stand in any format."""
    ended = run(form, "-b", "-z", "-e", "-c", "2", "-i", "0.2", "--privacy", "2", "--demo", "steady")
    assert (ended.returncode, unexpected(ended.stderr)) == (0, [])
    assert "agg1.fra.isp" in ended.stdout
    no_secret(ended.stdout)


@pytest.mark.parametrize("form", [*FORMATS, "--report-wide --explain"])
def test_a_hidden_target_is_in_no_output(form: str) -> None:
    """Where the whole path is hidden, no format names the target, nor does standard error, nor any other hop."""
    ended = run(*form.split(), "-b", "-z", "-c", "1", "-i", "0.02", "--privacy", "12", "--demo", "steady")
    assert (ended.returncode, unexpected(ended.stderr)) == (0, [])
    assert "hidden" in ended.stdout or form == "--csv"
    assert not re.search(r'example|EXAMPLE|AS\d|"6450\d"|192\.0\.2|198\.51\.100|203\.0\.113', ended.stdout)


def test_event_lines_name_a_target_at_the_end_where_it_may_show() -> None:
    """With hidden hops the start line names no target; the end line does, if the target lies behind them."""
    for hops, name in ((11, "www.example.org"), (12, "hidden-target")):
        ended = run("--jsonl", "-c", "1", "--privacy", str(hops), "--demo", "steady")
        lines = [json.loads(line) for line in ended.stdout.splitlines()]
        assert lines[0]["target_host"]["name"] == lines[0]["target_host"]["address"] == "hidden-target"
        assert (lines[-1]["event"], lines[-1]["target_host"]["name"]) == ("end", name)
    lines = [json.loads(line) for line in run("--jsonl", "-c", "1", "--demo", "steady").stdout.splitlines()]
    assert lines[0]["target_host"] == lines[-1]["target_host"]
    assert lines[0]["target_host"]["name"] == "www.example.org"


def test_hidden_hops_are_not_on_the_screen() -> None:
    """Nor do they stand in table, header, details and events, before and after names and networks are turned on."""
    with PtyProgram(
        command("-n", "--privacy", "2", "--demo", "steady"),
        columns=160,
        rows=40,
        environment={**ENVIRONMENT, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"},
    ) as program:
        data = program.read_until_shown("192.0.2.80")
        program.write(b"nz")
        data += program.read_until_shown("agg1.fra.isp")
        program.write(b"\x1b[B\r")
        data += program.read_until_shown("first seen")
        program.write(b"qq")
        data += program.read_until(b"\x1b[?1049l")
        assert program.wait() == 0
    assert b"hidden-1" in data
    no_secret(data.decode())


def no_secret(text: str) -> None:
    """What --privacy 2 hides of the scenario "steady" does not show."""
    for secret in ("192.168.1.1", "192.168.1.20", "gateway.home", "198.51.100.1 ", "198.51.100.1)", "bras3.access"):
        assert secret not in text
    assert not re.search(rf"\b{re.escape(socket.gethostname())}\b", text)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--mmdb", "/nowhere.mmdb"], "cannot read /nowhere.mmdb: No such file or directory"),
        (
            ["--dns-server", "dns.example"],
            (
                "option --dns-server: invalid value 'dns.example', expected the address of a name server,"
                " followed by :PORT where that is not 53"
            ),
        ),
        (
            ["--ipinfo_provider4", "a b"],
            (
                "option --ipinfo_provider4: invalid value 'a b', expected the name of a DNS zone,"
                " such as origin.asn.cymru.com"
            ),
        ),
        (["--privacy", "-1"], "option --privacy: invalid value '-1', expected a whole number from 0 to 255"),
    ],
)
def test_bad_values_are_one_line(options: list[str], message: str) -> None:
    """Whatever is wrong about look-ups is said in one line."""
    ended = run("-r", *options, "127.0.0.1")
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", f"hopscope: {message}\n")
