"""The same command lines given to stock mtr 0.95 and to hopscope, on the same simulated path, print the same.

Text is compared byte for byte with its measured numbers masked, JSON by keys, order and types, XML and CSV by
structure, live lines by their kinds; everything by exit status and by whether there is a message on stderr.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.need import need_tool
from support.tun import TunLab, tun_lab

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.kernel

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
SCENARIO = """
title = "Every kind of hop that a report shows"
hop = [
    { address = "192.0.2.1", address6 = "2001:db8::1", rtt_ms = 3 },
    { address = "198.51.100.1", address6 = "2001:db8:1::1", rtt_ms = 6 },
    { address = "198.51.100.5", address6 = "2001:db8:1::5", rtt_ms = 7, silent = true },
    { address = "198.51.100.9", address6 = "2001:db8:1::9", rtt_ms = 9, labels = [24001, 24002], carried_to = 5 },
    { address = "198.51.100.13", address6 = "2001:db8:1::13", rtt_ms = 14, labels = [{ label = 24003, tc = 5 }] },
    { address = "198.51.100.17", address6 = "2001:db8:1:2:3:4:5:17", rtt_ms = 21 },
    { address = "203.0.113.80", address6 = "2001:db8:2::80", rtt_ms = 125, open_ports = [80] },
]

[[target]]
after = 2
hop = [{ address = "203.0.113.22", rtt_ms = 30, open_ports = [80] }]

[[target]]
after = 2
hop = [{ address = "203.0.113.33", rtt_ms = 30, silent = true }]

[[target]]
after = 2
hop = [
    { address = "198.51.100.66", rtt_ms = 20, block = "prohibited" },
    { address = "203.0.113.44", rtt_ms = 30 },
]

[[target]]
after = 2
hop = [
    { address = "198.51.100.70", rtt_ms = 20, block = "host-unreachable" },
    { address = "203.0.113.55", rtt_ms = 30 },
]
"""
# Each target has these hops to itself, so that every run meets their addresses from the first one on.
BALANCED = """
[[target]]
after = 2

[[target.hop]]
address = ["198.51.100.21", "198.51.100.22"]
address6 = ["2001:db8:3::21", "2001:db8:3::22"]
balance = "turn"
rtt_ms = 8

[[target.hop]]
address = ["198.51.100.25", "198.51.100.26"]
address6 = ["2001:db8:3::25", "2001:db8:3::26"]
balance = "turn"
rtt_ms = 9
labels = [24001, 24002]

[[target.hop]]
address = "198.51.100.29"
address6 = "2001:db8:3::29"
rtt_ms = 11
silent = true

[[target.hop]]
address = ["198.51.100.33", "198.51.100.34", "198.51.100.35"]
address6 = ["2001:db8:3::33", "2001:db8:3::34", "2001:db8:3::35"]
balance = "turn"
rtt_ms = 13

[[target.hop]]
address = "203.0.113.{number}"
address6 = "2001:db8:2::{number}"
rtt_ms = 15
open_ports = [80]
"""
HOSTS = """
127.0.0.1 localhost
192.0.2.1 gateway.example
198.51.100.1 a-router-with-a-name-that-is-longer-than-the-column.isp.example
198.51.100.17 edge.example
203.0.113.80 www.example
203.0.113.22 two.example
198.51.100.22 second-of-two.example
198.51.100.33 a-balanced-router-with-a-name-that-is-very-long.isp.example
198.51.100.35 third.example
2001:db8:2::80 www6.example
"""
HOPS = 7
AGAIN_MAX = 5
LABELS = r" {7}\[MPLS: "
# What makes a run short, and the same for both.
QUICK = "-c2 -i0.3 -G1"
A, B, SILENT, PROHIBITED, UNREACHABLE = "203.0.113.80", "203.0.113.22", "203.0.113.33", "203.0.113.44", "203.0.113.55"
A6 = "2001:db8:2::80"


@dataclass(frozen=True)
class Case:
    """A command line, how its output is compared, and if it is to differ, why; ``but``: in which lines alone."""

    line: str
    compare: str
    differs: str = ""
    but: str = ""
    stdin: str | None = None
    env: tuple[tuple[str, str], ...] = ()


def _cases() -> Iterator[Case]:
    for line in (
        f"-r -n {A}", f"-r {A}", f"-r -b {A}", f"-w {A}", f"-w -b {A}", f"-w -n {A}", f"-w -n -b {A}", f"-r -n -b {A}",
        f"-r -n -o LDRSNBAWVGJMXI {A}",
        f"-w -n -o LDRSNBAWVGJMX {A}", f"-r -n -o SRL_NB {A}", f"-r -n -o 'LS BAWG' {A}",
        f"-r -n -z {A}", f"-w -z {A}", f"-r -n -y0 {A}", f"-r -n -y1 {A}", f"-r -n -y2 {A}", f"-r -n -y3 {A}",
        f"-w -n -y4 {A}", f"-r -n -f3 {A}", f"-r -n -m4 {A}", f"-r -n -f2 -m5 {A}", f"-r -n -s100 {A}",
        f"-r -n -s1400 {A}", f"-r -n -B255 {A}", f"-r -n -Q16 {A}", f"-r -n -U3 {A}", f"-r -n -Z2 {A}",
        f"-r -n -4 {A}", f"-6 -r -n {A6}", f"-r -6 {A6}", f"-r -6 -w {A6}",
        f"-r -n -u {A}", f"-r -n -u -P5353 {A}", f"-r -n -u -L4000 {A}", f"-6 -r -n -u {A6}",
        f"-r -n -T {A}", f"-r -n -T -P81 {A}", f"-6 -r -n -T {A6}",
        f"-r -n {A} {B}", f"-r -w {B} {A}", f"-r -n {SILENT}", f"-r -n {PROHIBITED}", f"-r -n {UNREACHABLE}",
        f"-r -n -u {PROHIBITED}", f"-r -n -a192.0.2.2 {A}", "-r -n 127.0.0.1", f"-r -n {B} -f2",
        f"--report --no-dns {A}", f"--report-wide --show-ips {A}", f"--report-w --no-d --ord LSRN {A}", f"-rnz {A}",
        f"-x -C -r -n {A}",
        f"-w -n -o 'LSDR NBAWVG JMXI' {A}", f"-r -n -c1 127.0.0.1 {A}", f"-r -n -c1 {SILENT}",
        f"-r -n -u -P80 {A}", f"-r -n -c1 -m2 {A}", f"-r -n -f3 -m6 {A} {B}",
        f"-r -n -c1 {A} {B} {SILENT} {PROHIBITED} {UNREACHABLE}", f"-r -n {SILENT} {A} {A}", f"-C -w -n -z {A}",
    ):  # fmt: skip
        yield Case(line, "text")
    yield Case(f"-n {A}", "text", env=(("MTR_OPTIONS", "-r -c1"),))
    yield Case("-r -n -F -", "text", stdin=f"{A}\n{B}\n")
    for line in (f"-r -n -e {A}", f"-6 -w -b -z -e {A6}"):
        yield Case(line, "text", differs="labels are shown of hops with one address too", but=LABELS)
    for line in (f"-j -n {A}", f"-j {A}", f"-j -b {A}", f"-j -n -z {A}", f"-j -n -o LDRSNBAWVGJMXI {A}",
                 f"-6 -j -n {A6}", f"-j -n -u {A}", f"-j -n -T {A}", f"-j -n {SILENT}", f"-j -n -f3 {A}",
                 f"-j -n -z -e -o LSDRNBAWVGJMXI {A}",
                 f"-n -s100 -B3 -Q16 -j {A}"):  # fmt: skip
        yield Case(line, "json")
    yield Case(f"-j -n {PROHIBITED} {UNREACHABLE} {SILENT}", "json")
    for line in (
        f"-x -n {A}",
        f"-x {A}",
        f"-x -n -z {A}",
        f"-x -n -o LSRDNBAWVGJMXI {A}",
        f"-6 -x -n {A6}",
        f"-x -b {A}",
        f"-x -n {SILENT}",
    ):
        yield Case(line, "xml")
    for line in (f"-C -n {A}", f"-C {A}", f"-w -C -n {A}", f"-C -n -z {A}", f"-C -n -o LSRDNBAWVGJMXI {A}",
                 f"-6 -C -n {A6}", f"-w -C -n -z {A}", f"-C -n {SILENT}"):  # fmt: skip
        yield Case(line, "csv")
    for line in (f"-l -n {A}", f"-l -n {SILENT}", f"-6 -l -n {A6}", f"-l -n -e {A}", f"-p -n {A}"):
        yield Case(line, "lines")
    for line in (f"-r -n -i0 {A}", f"-r -n -c x {A}", f"-r -n -m-1 {A}",
                 f"-r -n -o Q {A}", f"-r --no-such-option {A}", f"-r -u -T {A}",
                 f"-r -T -P0 {A}", f"-r -T -P70000 {A}", f"-r -a nonsense {A}", f"-r -y9 {A}", "-r -F /none/such",
                 f"-r -I none0 {A}", "-v", "-h"):  # fmt: skip
        yield Case(line, "status")
    yield Case("-r -n none.invalid", "status", differs="a name that cannot be resolved is a failure in every mode")
    yield from _balanced_cases()


def _balanced_cases() -> Iterator[Case]:
    """Lines for hops with several addresses; T stands for a target of the line's own."""
    once = "an extra address is printed once, with its network", r" {8}\S"
    labels = "labels stand below the address that they belong to, the row's own too", LABELS
    lines = [
        *((line, "text", ("", "")) for line in (
            "-r -n T", "-r -n -c1 T", "-r -n -c3 T", "-r -c4 T", "-r -b -c3 T", "-w -c4 T", "-w -b -c4 T",
            "-6 -r -n -c3 T", "-6 -w -n -c3 T", "-r -n -o LSRDNBAWVGJMXI -c3 T", "-r -n -f4 -c3 T", "-r -n -m4 -c3 T",
            "-w -n -c3 T", "-r -n -u -c3 T", "-r -n -T -c3 T",
        )),
        *((line, "text", once) for line in ("-r -n -z -c3 T", "-w -b -y2 -c3 T", "-6 -w -z -c3 T")),
        *((line, "text", labels) for line in ("-r -n -e -c3 T", "-w -n -e -c3 T", "-6 -w -n -e -c3 T")),
        *((line, "json", ("", "")) for line in ("-j -n -c3 T", "-j -b -c4 T", "-j -n -z -c3 T")),
        *((line, "xml", ("", "")) for line in ("-x -n -c3 T", "-x -b -c4 T")),
        *((line, "csv", ("", "")) for line in ("-C -n -c3 T", "-w -C -n -c3 T", "-w -C -b -c4 T", "-w -C -n -z -c3 T")),
        *((line, "lines", ("", "")) for line in ("-l -n -c3 T", "-l -n -e -c3 T", "-p -n -c3 T", "-p -n -b -c4 T")),
    ]  # fmt: skip
    for number, (line, compare, differs) in enumerate(lines, 100):
        address = f"2001:db8:2::{number}" if line.startswith("-6") else f"203.0.113.{number}"
        yield Case(re.sub(r"\bT$", address, line), compare, *differs)


CASES = list(_cases())
NETWORK = SCENARIO + "".join(BALANCED.format(number=100 + at) for at, _ in enumerate(_balanced_cases()))


@dataclass(frozen=True)
class Outcome:
    """What a run left."""

    status: int
    stdout: str
    stderr: str


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[Case, tuple[Outcome, Outcome]]:
    """Every case run by stock mtr and by hopscope.

    Stock mtr takes the answers to others' probes for its own where UDP or TCP is among them: those run one by one, in
    networks of their own. All of them mostly wait, so that many run at a time. Stock mtr stamps by a clock of its own,
    and a busy machine gives it times of 100 ms and more, which move its columns: where outputs differ, both programs
    run again, alone.
    """
    need_tool("mtr")
    folder = tmp_path_factory.mktemp("etc")
    (folder / "hosts").write_text(HOSTS, encoding="ascii")
    # Nobody listens there, so look-ups that the hosts file does not answer fail at once.
    (folder / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n", encoding="ascii")
    binds = " && ".join(f"mount --bind {folder}/{name} /etc/{name}" for name in ("hosts", "resolv.conf"))
    inside = ["unshare", "--mount", "--propagation", "private", "sh", "-c", f'{binds} && exec "$@"', "sh"]

    def run(lab: TunLab, program: str, case: Case) -> Outcome:
        words = [word.strip("'") for word in re.findall(r"'[^']*'|\S+", case.line)]
        # What the case says comes last, and so it counts.
        argv = [program, *([] if case.compare == "status" else QUICK.split()), *words]
        silent_fd, keyboard_fd = os.pipe()  # nothing is typed: at its end stock mtr -p would spin for ever
        try:
            done = subprocess.run(
                lab.command([*inside, *argv]),
                env={**os.environ, **dict(case.env)},
                input=case.stdin,
                stdin=silent_fd if case.stdin is None else None,
                capture_output=True,
                text=True,
                timeout=40,
                check=False,
            )
        except subprocess.TimeoutExpired as expired:
            return Outcome(-1, str(expired.stdout), "it did not end")
        finally:
            os.close(silent_fd)
            os.close(keyboard_fd)
        return Outcome(done.returncode, done.stdout, done.stderr)

    with (
        tun_lab(NETWORK, tmp_path_factory.mktemp("stock")) as stock_lab,
        tun_lab(NETWORK, tmp_path_factory.mktemp("lone")) as lone_lab,
        tun_lab(NETWORK, tmp_path_factory.mktemp("lone")) as other_lone_lab,
        tun_lab(NETWORK, tmp_path_factory.mktemp("own")) as own_lab,
        ThreadPoolExecutor(8) as own_pool,
        ThreadPoolExecutor(8) as stock_pool,
        ThreadPoolExecutor(1) as lone_pool,
        ThreadPoolExecutor(1) as other_lone_pool,
    ):
        stock = {}
        lone = cycle([(lone_pool, lone_lab), (other_lone_pool, other_lone_lab)])
        for case in CASES:
            alone = re.search(r" -[uT]\b", f" {case.line}")
            pool, lab = next(lone) if alone else (stock_pool, stock_lab)
            stock[case] = pool.submit(run, lab, "mtr", case)
        own = {case: own_pool.submit(run, own_lab, HOPSCOPE, case) for case in CASES}
        found = {case: (stock[case].result(), own[case].result()) for case in CASES}
    for _ in range(AGAIN_MAX):
        again = [case for case, (theirs, ours) in found.items() if not case.differs and not same(case, theirs, ours)]
        if not again:
            break
        with (
            tun_lab(NETWORK, tmp_path_factory.mktemp("stock")) as stock_lab,
            tun_lab(NETWORK, tmp_path_factory.mktemp("own")) as own_lab,
        ):
            for case in again:
                found[case] = (run(stock_lab, "mtr", case), run(own_lab, HOPSCOPE, case))
    return found


def text_shape(output: str) -> list[str]:
    """Lines with the start time, and numbers with a decimal point and the blanks before them, masked by length."""
    lines = [re.sub(r"^Start: .*", "Start:", line) for line in output.splitlines()]
    return [re.sub(r" *\d+\.\d+(?=[ %]|$)", lambda found: "~" * len(found[0]), line) for line in lines]


def json_shape(output: str) -> list[object]:
    """Keys in order, types, and the values that are not measured."""

    def shape(key: str, value: object) -> object:
        if isinstance(value, dict):
            return [(inner, shape(inner, value[inner])) for inner in value]
        if isinstance(value, list):
            return [shape(key, inner) for inner in value]
        return value if key in {"src", "dst", "host", "count", "Snt", "psize", "bitpattern", "tests", "tos"} else (
            type(value).__name__)  # fmt: skip

    decoder, values, at = json.JSONDecoder(), [], 0
    while at < len(output.rstrip()):
        value, at = decoder.raw_decode(output, at)
        values.append(shape("", value))
        at += len(output[at:]) - len(output[at:].lstrip())
    return values


def xml_shape(output: str) -> object:
    """Elements and attributes in order, and the values that are not measured."""

    def shape(element: ET.Element) -> object:
        name = re.sub(r"[^A-Za-z%]", "", element.tag)
        return name, {key: value.strip() for key, value in element.items()}, [shape(child) for child in element]

    return shape(ET.fromstring(_well_formed(output)))


def _well_formed(output: str) -> str:
    """Stock mtr names an element ``Loss%``, which no XML parser takes."""
    return re.sub(r"(</?)([A-Za-z]+)%", r"\1\2", output)


def csv_shape(output: str) -> list[list[str]]:
    """The fields, measured numbers and the time masked."""
    return [
        [re.sub(r"^\d+\.\d+$" if at != 1 else r"^\d{9,}$", "~", field) for at, field in enumerate(row)]
        for row in csv.reader(io.StringIO(output))
    ]


def lines_shape(output: str) -> set[tuple[str, ...]]:
    """The kinds of lines of the live outputs, with hop numbers and addresses and without numbers that are measured.

    How far beyond the target the first round goes is a matter of time: only the hops up to it are compared.
    """
    lines = [line.split() for line in output.splitlines()]
    return {
        tuple("~" if at >= 2 and re.fullmatch(r"\d+(\.\d+)?%?", word) else word for at, word in enumerate(words))
        for words in lines
        if not words[0].isalpha() or int(words[1]) < HOPS
    }


SHAPES: dict[str, Callable[[str], object]] = {
    "text": text_shape,
    "json": json_shape,
    "xml": xml_shape,
    "csv": csv_shape,
    "lines": lines_shape,
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.line)
def test_prints_what_mtr_prints(outcomes: dict[Case, tuple[Outcome, Outcome]], case: Case) -> None:
    """Output, exit status, and the presence of a message are those of stock mtr, or differ for the reason given."""
    stock, own = outcomes[case]
    if case.compare == "status":
        assert len(own.stderr.splitlines()) <= 1, own.stderr
    else:
        assert (own.status, own.stderr) == (stock.status, stock.stderr), own.stderr
        shape = SHAPES[case.compare]
        if case.but or not case.differs:
            assert shape(_without(case.but, own.stdout)) == shape(_without(case.but, stock.stdout))
    assert same(case, stock, own) == (not case.differs), (stock, own)


def same(case: Case, stock: Outcome, own: Outcome) -> bool:
    """Whether two outcomes are alike, as far as the case compares them."""
    if case.compare == "status":
        return (stock.status, bool(stock.stdout), bool(stock.stderr)) == (
            own.status, bool(own.stdout), bool(own.stderr))  # fmt: skip
    shape = SHAPES[case.compare]
    return (stock.status, stock.stderr) == (own.status, own.stderr) and shape(own.stdout) == shape(stock.stdout)


def _without(lines: str, output: str) -> str:
    return re.sub(rf"^{lines}.*\n", "", output, flags=re.MULTILINE) if lines else output


def test_enough_is_compared() -> None:
    """The comparison is a broad one."""
    assert len([case for case in CASES if not case.differs]) >= 60
