"""Reports that others made: what stands in them is what is read, whatever stands around."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hopscope.app.errors import ConfigurationError
from hopscope.app.reading import read
from hopscope.app.reading.counts import CountedHop
from hopscope.app.reading.read import read_reports, reports_of
from hopscope.app.sanitize import sanitize
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from hopscope.app.reading.counts import CountedReport

SAMPLES = Path(__file__).parents[2] / "samples"


def sample(name: str) -> list[CountedReport]:
    """A sample without the command line before it and the status after it."""
    text = (SAMPLES / name).read_text(encoding="utf-8")
    text = text.partition("\n")[2] if text.startswith("$ ") else text
    return reports_of(text.replace("[rc=0]", ""), name)


@pytest.mark.parametrize(
    ("name", "losses"),
    [
        ("report.txt", [0, 0, 3, 0, 0, 2, 0]),
        ("report-b.txt", [0, 0, 3, 0, 0, 2, 0]),
        ("report-z.txt", [0, 0, 3, 0, 0, 2, 0]),
        ("report-z-0.96.txt", None),
        ("wide.txt", [0, 0, 3, 0, 0, 1, 0]),
        ("wide-allfields.txt", [0, 0, 5, 0, 0, 0, 0]),
        ("report6.txt", [0, 0, 3, 0]),
        ("csv.txt", [0, 0, 3, 0, 0, 3, 0]),
        ("csv-z-0.96.txt", None),
        ("json.txt", None),
        ("json-n-z-e.txt", None),
        ("xml.txt", None),
        ("xml-b-0.96.txt", None),
        ("screen-mode-0.txt", [0, 0, 6, 0, 0, 5, 0]),
        ("lo.txt", [0]),
        ("tcp.txt", None),
        ("udp.txt", None),
    ],
)
def test_samples_of_mtr(name: str, losses: list[int] | None) -> None:
    """Every hop of mtr's reports is there, in order, with what it lost."""
    (report,) = sample(name)
    assert [hop.ttl for hop in report.hops] == list(range(1, len(report.hops) + 1))
    assert all(0 <= hop.received <= hop.sent for hop in report.hops)
    assert all(bool(hop.hosts) == bool(hop.received) for hop in report.hops)
    if losses is not None:
        assert [hop.sent - hop.received for hop in report.hops] == losses


def test_a_row_in_full() -> None:
    """Times become microseconds, further addresses of a hop stand beside the first, label stacks are left out."""
    (report,) = sample("wide-allfields.txt")
    assert report.source == "vm"
    assert report.hops[1] == CountedHop(
        2, tuple(map(sanitize, ("100.64.1.2", "100.64.1.3", "100.64.1.1"))), 5, 5, 5300, 5200, 5300, 5600, 100
    )  # fmt: skip
    assert report.hops[2] == CountedHop(3, (), 5, 0)


def test_the_target_is_that_of_the_report() -> None:
    """JSON, CSV, XML and the screen name it; a text report does not."""
    assert {sample(name)[0].target for name in ("json.txt", "csv.txt", "xml.txt", "screen-mode-0.txt")} == {
        "203.0.113.9"
    }
    assert sample("report.txt")[0].target == ""


def test_several_reports_in_one_file() -> None:
    """One after the other, as mtr writes several targets."""
    assert [len(report.hops) for report in sample("two.txt")] == [1, 7]
    (one,) = sample("json.txt")
    text = (SAMPLES / "json.txt").read_text(encoding="utf-8").partition("\n")[2].replace("[rc=0]", "")
    assert reports_of(text + "\n" + text, "twice") == [one, one]


@pytest.mark.parametrize("name", ["json-noreply.txt", "noreply-xml.txt"])
def test_a_report_without_hops(name: str) -> None:
    """It says that nobody answered, which is something."""
    (report,) = sample(name)
    assert report.hops == ()


def test_quoted_in_a_ticket() -> None:
    """Quote marks and the words around the report do not matter."""
    (report,) = read_reports(str(SAMPLES / "published" / "quoted-ticket.txt"))
    assert [hop.received for hop in report.hops] == [60, 60, 60, 47, 49, 48]
    assert report.source == "desk"


def test_winmtr() -> None:
    """WinMTR's table: hops are counted, silent ones too."""
    (report,) = read_reports(str(SAMPLES / "published" / "winmtr.txt"))
    assert [(hop.sent, hop.received) for hop in report.hops] == [(214, 214), (214, 214), (43, 0), (108, 75), (214, 214)]
    assert report.hops[3].hosts == ("198.51.100.9",)
    assert (report.hops[3].best_us, report.hops[3].average_us, report.hops[3].worst_us) == (18_000, 20_000, 66_000)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no report found"),
        ("hello\nworld\n", "no report found"),
        ("{", "not JSON"),
        ('{"a": 1}', "no report found"),
        ("[" * 100_000, "no report found"),
        ('{"report":' * 50_000, "not JSON: too deeply nested"),
        ("<MTR", "not XML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><MTR>&b;</MTR>', "document type"),
        ("<html></html>", "no report found"),
    ],
)
def test_what_is_no_report(text: str, words: str) -> None:
    """One line says what was expected, and in which file."""
    with pytest.raises(ConfigurationError, match=words) as caught:
        reports_of(text, "FILE")
    assert str(caught.value).startswith("FILE: ")


def test_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing file, a folder, and a file without end are told."""
    for path, words in ((tmp_path / "none", "no such file"), (tmp_path, "directory"), (Path("/dev/zero"), "larger")):
        with pytest.raises(ConfigurationError, match=words):
            read_reports(str(path))
    monkeypatch.setattr(read, "SIZE_MAX", 10)
    (tmp_path / "long").write_text("x" * 11)
    with pytest.raises(ConfigurationError, match="larger"):
        read_reports(str(tmp_path / "long"))


def test_hostile_text_is_made_safe() -> None:
    """Names from a file hold nothing that a terminal would obey."""
    row = "  1.|-- evil\x1b]0;x\x07\u202eman   0.0%  10  0.3 0.6 0.3 1.2 0.3\n"
    (report,) = reports_of(row, "FILE")
    assert report.hops[0].hosts == ("evil?]0;x??man",)


@given(st.text())
def test_any_text(text: str) -> None:
    """Whatever stands in a file, it is read or refused."""
    for start in ("", "{", "<", "Hop,Snt\n", "  1.|-- a  0.0%  10  1 1 1 1 1\n"):
        try:
            found = reports_of(start + text, "FILE")
        except ConfigurationError:
            continue
        assert all(1 <= hop.ttl <= 255 for report in found for hop in report.hops)
