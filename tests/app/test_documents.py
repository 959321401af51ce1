"""Documents that are made of tables are shipped as they are made, and men can read them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hopscope.app.actions import ACTIONS
from hopscope.app.documents import documents
from hopscope.app.manual import FOLDER, NAMES, chapters, text
from hopscope.app.manual.markdown import Heading, blocks
from hopscope.app.options.table import OPTIONS
from hopscope.probe import options as packet
from support.need import need_tool

MADE = dict(documents())
PAGES = [name for name in MADE if name.endswith(".1")]


@pytest.mark.parametrize("name", MADE)
def test_what_is_shipped_is_what_is_made(name: str) -> None:
    """Each document is up to date (python -m hopscope.app.documents writes them anew)."""
    assert Path(FOLDER, name).read_text(encoding="utf-8") == MADE[name]


def test_every_chapter_file_is_listed() -> None:
    """The folder holds the chapters that are named, no other, each with one title that no other one has."""
    assert {path.stem for path in Path(FOLDER).glob("*.md")} == set(NAMES)
    titles = [title for _, title in chapters()]
    assert len(set(titles)) == len(titles)
    for name in NAMES:
        levels = [block.level for block in blocks(text(name)) if isinstance(block, Heading)]
        assert levels[0] == 1
        assert levels.count(1) == 1


def test_the_chapter_of_keys_has_every_action() -> None:
    """Every key and every name that the configuration knows."""
    for action in ACTIONS:
        assert f"| {action.does} | `{action.name}` |" in MADE["keys.md"]


@pytest.mark.parametrize("name", PAGES)
def test_man_pages_are_clean(name: str, tmp_path: Path) -> None:
    """Neither mandoc nor groff has anything to say about them; both would say something of a broken page."""
    need_tool("mandoc")
    need_tool("man")
    need_tool("groff")
    page = Path(FOLDER, name)
    broken = tmp_path / "broken.1"
    broken.write_text(page.read_text().replace(".SH NAME", ".SH NAME\n.NOSUCH", 1))
    for tool in (["mandoc", "-T", "lint"], ["man", "--warnings", "-l"]):
        said = [
            subprocess.run([*tool, str(one)], capture_output=True, text=True, check=False, timeout=60)
            for one in (page, broken)
        ]
        complaints = [one.stdout + one.stderr if tool[0] == "mandoc" else one.stderr for one in said]
        assert complaints[0] == ""
        assert "NOSUCH" in complaints[1]


def test_man_pages_name_every_option() -> None:
    """Each option of both programs stands in its page."""
    page = MADE["man/hopscope.1"]
    for option in OPTIONS:
        assert "\\-\\-" + option.long.replace("-", "\\-") in page
    for one in packet.OPTIONS:
        assert one.name.replace("-", "\\-") in MADE["man/hopscope-packet.1"]
