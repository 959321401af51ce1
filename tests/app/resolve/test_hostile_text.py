"""What strangers write into the DNS, shown in a real terminal and in every report."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hopscope.app.options.table import OPTIONS, OUTPUT
from support import scripted_packet
from support.dns_server import DnsServer, running
from support.program import ENVIRONMENT, command, run
from support.pty import PtyProgram

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES: tuple[tuple[bytes, ...], ...] = (
    (b"\x1b]0;PWNED\x07\x1b[31mred", b"example"),
    (b"evil[red]host[/]",),
    (b"x[@click=app.quit]y[/", b"a[/b]c"),
    (b"line\nbreak\r\x08\x7f\0", b"example"),
    ("bidi\u202eword\u200b\u2028".encode(), b"example"),
    (b"\xff\xfe\x9b31mc1\xc2\x9b31m",),
    (b'=cmd|"calc"!A1,', b"<b>&amp;]]>'"),
    (b"x" * 63, b"example"),
    (b"a" * 63, b"b" * 63, b"c" * 63, b"d" * 61),
    (),
    (b"\\", b" blank "),
    (b"xn--mnchen-3ya", b"example"),
    (b"+1-1", b"@SUM(A1)"),
    (b"{name}%s%n$(id)`id`",),
    (b"target", b"example"),
)
ADDRESSES = tuple(f"5.6.7.{number}" for number in range(1, len(NAMES) + 1))
FORMATS = sorted(
    {
        f"--{option.long}"
        for option in OPTIONS
        if option.field == OUTPUT and option.constant != "screen" and not option.metavar
    }
)


@pytest.fixture(scope="module")
def server() -> Iterator[DnsServer]:
    with running(DnsServer()) as server:
        for number, (address, labels) in enumerate(zip(ADDRESSES, NAMES, strict=True), 1):
            server.ptr(address, labels)
            text = b"|".join((b"64%d" % number, b"5.6.0.0/16", *labels, b"", b"", b"")[:5])[:255]
            server.txt(f"{number}.7.6.5.origin.asn.cymru.com.", text)
            server.txt(f"AS64{number}.asn.cymru.com.", b"1|2|3|4|" + b".".join(labels)[:200])
        server.txt("4.7.6.5.origin.asn.cymru.com.", b"6\x1b[31m4 | \x1b]0;PWNED\x07 | \n | \x9b | [red]")
        yield server


def arguments(server: DnsServer, tmp_path: Path) -> list[str]:
    packet = scripted_packet.command(tmp_path, 0, *ADDRESSES)
    return ["--packet", packet, "--dns-server", f"127.0.0.1:{server.port}", "-z"]


def no_control(text: str) -> None:
    """Nothing but printable characters and line feeds."""
    for character in text:
        assert character == "\n" or unicodedata.category(character)[0] not in "CZ" or character == " ", repr(character)


@pytest.mark.parametrize("form", FORMATS)
def test_no_report_lets_a_control_byte_out(server: DnsServer, tmp_path: Path, form: str) -> None:
    """Whatever names and AS texts hold, every format stays well-formed, printable, and free of formulas."""
    facts = "0,1,2,4,5"
    ended = run(form, *arguments(server, tmp_path), "-b", "-y", facts, "-c", "1", "-G", "0.2", ADDRESSES[-1])
    said = [line for line in ended.stderr.splitlines() if not line.startswith("hopscope: the ticket takes about ")]
    assert (ended.returncode, said) == (0, [])
    no_control(ended.stdout)
    assert "?]0;PWNED??" in ended.stdout.replace("\\]", "]") or form == "--report"  # it cuts names
    if form == "--json":
        json.loads(ended.stdout)
    elif form == "--xml":
        ET.fromstring(ended.stdout)
    elif form == "--csv":
        rows = list(csv.reader(io.StringIO(ended.stdout)))
        assert len({len(row) for row in rows[1:]}) == 1
        assert not [cell for row in rows for cell in row if re.match(r"[=+@]|-\D", cell)]


def test_no_control_byte_reaches_the_terminal(server: DnsServer, tmp_path: Path) -> None:
    """The screen shows the names as plain text: no escape sequence, markup or direction mark of theirs takes effect."""
    with PtyProgram(
        command(*arguments(server, tmp_path), ADDRESSES[-1]),
        columns=200,
        rows=50,
        environment={**ENVIRONMENT, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"},
    ) as program:
        data = program.read_until_shown("blank")
        program.write(b"n")
        data += program.read_until_shown("5.6.7.14")
        program.write(b"n")
        for text in (
            "?]0;PWNED??[31mred.example",
            "evil[red]host[/]",
            "x[@click=app?quit]y[/.a[/b]c",
            "xn--mnchen-3ya",
        ):
            data += program.read_until_shown(text)
        data += program.read_until_shown("{name}%s%n$(id)")
        program.write(b"\x1b[B\r")  # details of the first hop, with the name of its AS
        data += program.read_until_shown("AS641  ?]0;PWNED??[31mred.example")
        program.write(b"\x1b[B")
        data += program.read_until_shown("AS642  evil[red]host[/]")
        program.write(b"qq")  # the details, then the program
        status = program.wait()
        assert status == 0
    for payload in (b"\x1b]0;PWNED", b"\x1b[31mred", b"PWNED\x07", b"\x9b31m", b"\xc2\x9b", "\u202e".encode()):
        assert payload not in data
    assert data.count(b"\x07") == data.count(b"\x1b]22;")  # the pointer's shape, by the toolkit
    for mark in ("\u200b", "\u2028"):
        assert mark.encode() not in data
    assert "PWNED" not in program.screen.title
