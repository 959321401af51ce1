"""``--compare``: the program from end to end, on simulated networks and on files of other programs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
from hopscope.app.compare.sentence import sentence
from hopscope.app.errors import HopscopeError
from hopscope.app.launch.compared_files import labels
from hopscope.app.options.model import read_options
from hopscope.app.report.compared.run import comparisons

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
FOREIGN = Path(__file__).parents[3] / "samples" / "foreign"
SAME, ERROR, DIFFERS = 0, 1, 3


def hopscope(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [HOPSCOPE, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "TZ": "UTC"},
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two recordings of one world, one of another path to the same target, and a full report."""
    folder = tmp_path_factory.mktemp("recordings")
    for name, scenario, output in (
        ("mon.hops", "steady", "-r"),
        ("tue.hops.gz", "steady", "-r"),
        ("wed.hops", "path-change", "-r"),
    ):
        done = hopscope("--demo", scenario, "-c", "20", "-i", "0.1", output, "--record", str(folder / name))
        assert done.returncode == 0, done.stderr
    full = hopscope("--replay", str(folder / "mon.hops"), "--json-full")
    (folder / "mon.json").write_text(full.stdout, encoding="utf-8")
    (folder / "notes.txt").write_text("nothing of the kind\n", encoding="utf-8")
    return folder


def test_same(recordings: Path) -> None:
    """Two recordings of one world are the same, with status 0, and stand side by side."""
    done = hopscope("--compare", str(recordings / "mon.hops"), str(recordings / "tue.hops.gz"))
    assert (done.returncode, done.stderr) == (SAME, "")
    assert done.stdout.startswith("Same: ")
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("  12 www.example.org")]
    assert line.split()[:3] == ["12", "www.example.org", "AS64502"]
    assert line.endswith("=")


def test_differs(recordings: Path) -> None:
    """Another path differs, with status 3."""
    done = hopscope("--compare", str(recordings / "mon.hops"), str(recordings / "wed.hops"))
    assert done.returncode == DIFFERS
    assert "from hop" in done.stdout
    assert "Different targets: 192.0.2.80 and 203.0.113.180." in done.stdout


def test_samples_beside_totals(recordings: Path) -> None:
    """A report that has totals alone is compared by means, and that is said."""
    done = hopscope("--compare", str(recordings / "mon.json"), str(recordings / "tue.hops.gz"))
    assert done.returncode == SAME
    assert "Avg ms" in done.stdout
    assert "only totals are known" in done.stdout


def test_json(recordings: Path) -> None:
    """The JSON is as the schema lays down, and says the same as the status."""
    done = hopscope("--compare", str(recordings / "mon.hops"), str(recordings / "wed.hops"), "-j")
    made = json.loads(done.stdout)
    file = resources.files("hopscope.app.report") / "schemas" / "compare.schema.json"
    jsonschema.Draft202012Validator(json.loads(file.read_text(encoding="utf-8"))).validate(made)
    assert made[0]["differs"] is True
    assert made[0]["slower"] == -1
    assert {hop["router"] for hop in made[0]["hops"]} >= {"same", "other", "gone"}


def test_markdown(recordings: Path) -> None:
    """The Markdown has a table with a row a hop, and escapes what would format."""
    done = hopscope("--compare", str(recordings / "mon.hops"), str(recordings / "tue.hops.gz"), "--markdown")
    assert done.stdout.startswith("**www.example.org**: Same")
    assert sum(line.startswith("| ") for line in done.stdout.splitlines()) == 2 + 12
    assert "probes a hop by ICMP" in done.stdout


@pytest.mark.parametrize("name", sorted(one.name for one in FOREIGN.iterdir()))
def test_files_of_other_programs(name: str) -> None:
    """A file of another program is the same as itself."""
    file = str(FOREIGN / name)
    (made,) = comparisons("hopscope", read_options(["--compare", file, file], {}))
    assert not made.differs
    assert sentence(made).startswith("Same: ")


def test_the_latest_of_a_folder_counts(recordings: Path) -> None:
    """Of a folder the latest trace of each target counts; what is no trace is left out, and named."""
    done = hopscope("--compare", str(recordings / "mon.hops"), str(recordings / "[mt]*.hops*"))
    assert done.returncode == SAME, done.stdout
    assert "\ntue: " in done.stdout
    folder = hopscope("--compare", str(recordings / "mon.hops"), str(recordings))
    assert "there is no trace in it: notes.txt" in folder.stderr


def test_privacy(recordings: Path) -> None:
    """Hidden hops stay hidden in both, whichever kind of file they come from."""
    done = hopscope("--compare", str(recordings / "mon.json"), str(recordings / "tue.hops.gz"), "--privacy", "2")
    assert "gateway.home" not in done.stdout
    assert "bras3" not in done.stdout
    assert os.uname().nodename not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--compare", "a"], "one operand, expected two"),
        (["--compare", "a", "b", "c"], "3 operands, expected two"),
        (["--compare", "/nonexistent/a", "/nonexistent/b"], "/nonexistent/a: cannot be read: no such file"),
        (["--compare", "/nonexistent/*.hops", "b"], "/nonexistent/*.hops: there is no file"),
        (["--compare", "a", "b", "-x"], "it is written as --report, --json or --markdown"),
        (["--compare", "a", "b", "--replay", "c"], "exclude each other"),
        (["--compare", "a", "b", "-u"], "exclude each other"),
    ],
)
def test_errors(arguments: list[str], said: str) -> None:
    """What cannot be compared is refused in one line."""
    with pytest.raises(HopscopeError, match=re.escape(said)) as caught:
        comparisons("hopscope", read_options(arguments, {}))
    assert caught.value.exit_status == ERROR


def test_labels() -> None:
    """Both are called by their files, without folder and ending; where that is the same, as they were named."""
    assert labels("x/mon.hops.gz", "y/tue.json") == ("mon", "tue")
    assert labels("mon/a.hops", "tue/a.hops") == ("mon/a.hops", "tue/a.hops")
    assert labels("a", "a") == ("first", "second")
