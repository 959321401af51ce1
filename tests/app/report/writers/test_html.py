"""The page that stands alone: what it may load, what it holds, and that hostile names stay texts."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from base64 import b64decode, b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hopscope.app.report.context import Context
from hopscope.app.report.writers.html import VALUES_MAX, data_text, html_page
from hopscope.app.sanitize import Text, composed
from hopscope.app.settings import ReportSettings
from support import snapshots

if TYPE_CHECKING:
    from pathlib import Path

ATTACK = "</script><img src=x onerror=\"document.documentElement.dataset.hacked='yes'\">&\u2028"


class Page(HTMLParser):
    """What a browser would find: elements with their attributes, and the text of some."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self.elements.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, _tag: str) -> None:
        """An element ends."""
        self._inside = ""

    def handle_data(self, data: str) -> None:
        """A piece of text."""
        self.texts.setdefault(self._inside, []).append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of each element of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]


def hostile(_address: str, _kind: int = 0) -> Text:
    return composed(ATTACK)


def attacked(picture: str = "<svg/>") -> str:
    """A page in which every name, AS, note and place is an attack."""
    context = Context(
        ReportSettings(), composed(ATTACK), name=hostile, fact=hostile, note=composed(ATTACK), picture=picture
    )
    one = snapshots.lossy()
    entries = tuple(replace(entry, text=ATTACK) for entry in one.log_entries)
    target = replace(one.target, name=composed(ATTACK), vantage=composed(ATTACK))
    return html_page([replace(one, target=target, log_entries=entries)], context)


def test_it_loads_nothing() -> None:
    """The policy allows the style and the script that stand in the page, by hash, pictures in it, and nothing else."""
    page = Page(attacked())
    policy = next(one for one in page.named("meta") if one.get("http-equiv"))["content"]
    (style,) = page.texts["style"]
    script = page.texts["script"][-1]
    hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in (style, script)]
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'"
    )
    loading = {name for _, attributes in page.elements for name in attributes} & {"href", "srcset", "action", "data"}
    assert not loading
    assert [str(one["src"])[:26] for one in page.named("img")] == ["data:image/svg+xml;base64,"]
    assert not any(name.startswith("on") or name == "style" for _, one in page.elements for name in one)


def test_hostile_names_stay_texts() -> None:
    """Names, AS, note, vantage point and log make no element; the data reads as JSON that holds them."""
    page = Page(attacked())
    plain = Page(html_page([snapshots.lossy()], Context(picture="<svg/>", note=composed("n"))))
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in plain.elements]
    data = json.loads(page.texts["script"][0])
    assert "</script><img src=x" in data[0]["hops"][0]["host"]
    assert not set("<>&") & set(page.texts["script"][0])


def test_data_ends_nothing() -> None:
    """What could end an element, a comment or a line of script is escaped, and comes back as it was."""
    text = data_text(["</script>", "<!--", "&lt;", "\u2028\u2029", "é"])
    assert not set("<>&\u2028\u2029é") & set(text)
    assert json.loads(text) == ["</script>", "<!--", "&lt;", "\u2028\u2029", "é"]


def test_histories() -> None:
    """The data has the RTTs of all hops, as they were measured."""
    snapshot = snapshots.lossy()
    (data,) = json.loads(Page(html_page([snapshot], Context())).texts["script"][0])
    assert [hop["rtts"] for hop in data["hops"]] == [list(hop.rtts_us) for hop in snapshot.hops]
    assert data["rounds"] == len(snapshot.hops[0].rtts_us)


def test_size() -> None:
    """1,000 rounds of 12 hops make a page below 400 KB, the picture of the screen with it; more are cut."""
    picture = "<svg>" + "x" * 120_000 + "</svg>"  # a screen of 120 columns and 40 rows has about 70 KB
    page = html_page([snapshots.healthy(1_000)], Context(picture=picture))
    assert len(page.encode()) < 400_000
    longer = html_page([snapshots.healthy(VALUES_MAX // 12 + 100)], Context())
    (data,) = json.loads(Page(longer).texts["script"][0])
    assert data["rounds"] == VALUES_MAX // 12
    assert "The latest 5,000 of 5,100 rounds are in this page." in longer


def test_picture() -> None:
    """The picture stands in the page as it was given."""
    found = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', attacked("<svg>é</svg>"))
    assert found is not None
    assert b64decode(found[1]).decode() == "<svg>é</svg>"


@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium, which takes 350 MB, is not installed")
def test_in_a_browser(tmp_path: Path) -> None:
    """A browser runs the script, which draws and tells of the hop, and nothing of an attack."""
    file = tmp_path / "page.html"
    file.write_text(attacked(), encoding="utf-8")
    done = subprocess.run(
        [
            "chromium",
            *("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile"),
            *("--virtual-time-budget=2000", "--dump-dom", file.as_uri()),
        ],
        capture_output=True,
        text=True,
        timeout=170,
        check=True,
    )
    page = Page(done.stdout)
    (root,) = page.named("html")
    assert root.get("data-ready") == "yes"
    assert "data-hacked" not in root
    told = done.stdout[done.stdout.index('class="told"') :]
    assert "lost in what is shown" in told
    assert not any(one.get("src") == "x" for one in page.named("img"))
    assert any(one.get("class") == "chosen" for one in page.named("tr"))
