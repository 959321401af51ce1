"""The documents at the top and the manual: no dead link, no file or option that is not there, every command tried."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from hopscope.app.manual.markdown import Code, Heading, Paragraph, blocks, spans
from hopscope.app.options.table import OPTIONS
from hopscope.probe import options as packet
from support.program import run

ROOT = Path(__file__).resolve().parent.parent
TOP = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
FILES = [ROOT / name for name in TOP if (ROOT / name).exists()] + sorted((ROOT / "app" / "manual").glob("*.md"))
README_LINES_MAX = 120
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`]+)`")
PATH = re.compile(r"(?:app|probe|widgets|styles|tests|screenshots|\.dev|\.ci)/[\w./*-]*")
LONG_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9_-]*")
# Options of other programs that are named, and tables of the probe process.
FOREIGN = {"--image", "--no-verify", "--collect-only", "--dist", "--all-files", "--all", "--seed", "--as-told"}


def named(path: Path) -> str:
    """How a test of a file is called."""
    return path.relative_to(ROOT).as_posix()


def slug(heading: str) -> str:
    """The anchor of a heading, as repositories make it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("file", FILES, ids=named)
def test_no_link_is_dead(file: Path) -> None:
    """Each link leads to a file that is there, and to a heading in it; so does each picture."""
    for target in LINK.findall(file.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        leads = file.parent / path if path else file
        assert leads.exists(), target
        if anchor:
            anchors = {slug(one.text) for one in blocks(leads.read_text(encoding="utf-8")) if isinstance(one, Heading)}
            assert anchor in anchors, target


@pytest.mark.parametrize("file", [one for one in FILES if one.name != "CHANGELOG.md"], ids=named)
def test_files_and_options_that_are_named_are_there(file: Path) -> None:
    """What a text names in code, file or option, exists."""
    text = file.read_text(encoding="utf-8")
    code = [*CODE.findall(text), *(line for one in blocks(text) if isinstance(one, Code) for line in one.lines)]
    known = {f"--{option.long}" for option in OPTIONS} | set(LONG_OPTION.findall(packet.usage())) | FOREIGN
    for piece in code:
        for path in PATH.findall(piece):
            assert list(ROOT.glob(path.rstrip("/."))), (piece, path)
        for option in LONG_OPTION.findall(piece):
            assert option in known, (piece, option)


def test_the_readme_is_short() -> None:
    """Whoever comes new reads it in two minutes."""
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= README_LINES_MAX


def test_the_readme_leads_to_every_chapter() -> None:
    """No chapter is forgotten."""
    links = set(LINK.findall((ROOT / "README.md").read_text(encoding="utf-8")))
    assert {f"app/manual/{path.name}" for path in (ROOT / "app" / "manual").glob("*.md")} <= links


def examples(*files: str) -> list[str]:
    """The command lines of hopscope that documents show, without what follows them."""
    found: dict[str, None] = {}
    for file in files:
        for block in blocks((ROOT / file).read_text(encoding="utf-8")):
            if isinstance(block, Code):
                for line in block.lines:
                    if line.startswith(("hopscope -", "hopscope example")):
                        found.setdefault(line.partition(" #")[0].partition(" |")[0].partition(" >")[0].strip())
    return list(found)


EXAMPLES = examples("README.md", "app/manual/examples.md", "app/manual/configuration.md")


def test_examples_are_found() -> None:
    """Nobody tests an empty list."""
    assert len(EXAMPLES) >= 17


@pytest.mark.parametrize("line", EXAMPLES)
def test_examples_work(line: str, tmp_path: Path) -> None:
    """Each command line that is shown runs, with a simulated network in the place of the real one."""
    (tmp_path / "hosts.txt").write_text("192.0.2.80\nwww.example.org\n")
    words = [str(tmp_path / "hosts.txt") if word == "hosts.txt" else word for word in shlex.split(line)[1:]]
    if "--doctor" in words:
        words = ["--doctor", "-n"]  # it looks at this host, whatever is simulated
    elif "--both" in words:  # this host at both ends
        words = [
            "--both",
            "exec:env",
            "--return-address",
            "127.0.0.1",
            "-n",
            "-r",
            "-c",
            "2",
            "-i",
            "0.05",
            "127.0.0.1",
        ]
    elif "--from" in words:
        words = [word for word in words if ":" not in word and word not in {"--from", "local", "example.net"}]
        words += ["--from", "local", "-n", "-r", "-c", "2", "-i", "0.05", "127.0.0.1"]
    elif any("example.net" in word for word in words) or "-F" in words:
        demo = [] if "--demo" in words else ["--demo", "ipv6" if "-6" in words else "steady"]
        rounds = [] if "--mtu" in words else ["-c", "2"]
        words = [*(word for word in words if "example.net" not in word), *demo, "-i", "0.05", *rounds]
    elif "--demo" in words:
        words += ["-i", "0.05", "-c", "2"]
    done = run(*words)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") >= 3


def test_every_paragraph_of_the_manual_is_text_that_can_be_shown() -> None:
    """No mark of Markdown is left over: the manual keeps to the part that its viewers know."""
    for file in (ROOT / "app" / "manual").glob("*.md"):
        for block in blocks(file.read_text(encoding="utf-8")):
            if isinstance(block, Paragraph):
                rest = "".join(one.text for one in spans(block.text) if one.kind == "text")
                assert not set(rest) & set("`*[]<>"), (file.name, block.text)
