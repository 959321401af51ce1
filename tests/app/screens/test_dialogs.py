"""Prompts, boxes and toasts, each driven by its keys."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hopscope.app.actions import ACTIONS, remapped
from hopscope.app.screens.export import FORMATS, file_name, situation
from hopscope.app.settings import TraceSettings
from hopscope.probe import wire
from support.engines import World, steady
from support.lab_source import LabSource
from support.moving import MovingSource, SeveralTargets
from support.screen import screen, text
from textual import events


def files(folder: Path) -> list[Path]:
    """What is in a folder."""
    return list(folder.iterdir())


@pytest.mark.parametrize(
    ("keys", "change"),
    [
        ("s 1 0 0 enter", {"size_bytes": 100}),
        ("s minus 2 0 0 enter", {"size_bytes": -200}),
        ("i 0 full_stop 5 enter", {"interval_us": 500_000}),
        ("Q 1 6 enter", {"tos": 16}),
        ("b minus 1 enter", {"bit_pattern": -1}),
        ("f 2 enter", {"first_ttl": 2}),
        ("m 9 enter", {"max_ttl": 9}),
        ("u", {"protocol": "udp"}),
        ("t", {"protocol": "tcp"}),
    ],
)
async def test_settings_take_effect_at_once(keys: str, change: dict[str, object]) -> None:
    """What is typed reaches the measurement, and is said."""
    source = MovingSource()
    async with screen(source) as (app, pilot):
        await pilot.press(*keys.split())
        await pilot.pause()
        assert source.calls == [("change", change)]
        assert app.typing is None


@pytest.mark.parametrize(
    "keys", ["s 7 0 0 0 0", "s 2 7", "i 0", "i x", "Q 2 5 6", "b minus 2", "f 0", "m 2 5 6", "o Z"]
)
async def test_what_is_out_of_range_is_refused(keys: str) -> None:
    """Enter does nothing, the range stands there as an error; Escape leaves all as it was."""
    source = MovingSource()
    async with screen(source) as (app, pilot):
        await pilot.press(*keys.split(), "enter")
        await pilot.pause()
        assert "■" in text(app).splitlines()[-1]
        await pilot.press("escape")
        await pilot.pause()
        assert app.typing is None
        assert source.calls == []
        assert "Help" in text(app).splitlines()[-1]


async def test_letters_in_a_prompt_are_no_keys() -> None:
    """q, p and the like are typed, not acted upon."""
    source = MovingSource()
    async with screen(source) as (app, pilot):
        await pilot.press("slash", "q", "p", "u")
        await pilot.pause()
        assert app.is_running
        assert source.calls == []
        assert "Find: qpu" in text(app).splitlines()[-1]


async def test_finding_a_host() -> None:
    """The first match is selected as one types; an empty search goes on to the next one."""
    async with screen(MovingSource()) as (app, pilot):
        await pilot.press("slash", *"cdn", "enter")
        await pilot.pause()
        assert app.view.selected == 9
        await pilot.press("slash", "enter")
        await pilot.pause()
        assert app.view.selected == 10


async def test_choosing_columns_shows_what_letters_mean() -> None:
    """The panel lists the letters while the prompt is open, and the table takes them."""
    async with screen(MovingSource()) as (app, pilot):
        await pilot.press("o", *"LSX")
        await pilot.pause()
        assert "worst jitter" in text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert "Loss%   Snt  Jmax" in text(app)


async def test_help_closes_and_lets_the_key_act() -> None:
    """Escape only closes; a key of mtr acts after the help is closed."""
    source = MovingSource()
    async with screen(source, (120, 40)) as (app, pilot):
        await pilot.press("question_mark")
        await pilot.pause()
        assert "next display mode" in text(app)
        await pilot.press("escape")
        await pilot.pause()
        assert "next display mode" not in text(app)
        await pilot.press("h", "p")
        await pilot.pause()
        assert source.calls == [("pause", None)]
        assert app.top_overlay is None


async def test_help_names_every_action() -> None:
    """It is made of the table of bindings: nothing that a key does is missing."""
    async with screen(MovingSource(), (200, 55)) as (app, pilot):
        await pilot.press("f1")
        await pilot.pause()
        shown = text(app)
        for action in ACTIONS:
            assert (action.family or action.does) in shown, action.name
            assert action.keys or f"none      {action.does}" in shown, action.name


async def test_details_walk_the_hops() -> None:
    """Down and Up show the other hops, Escape goes back to the table."""
    async with screen(MovingSource(), (120, 40)) as (app, pilot):
        await pilot.press("down", "enter")
        await pilot.pause()
        assert "─ hop 1 ─" in text(app)
        await pilot.press("down")
        await pilot.pause()
        await pilot.pause()
        assert "─ hop 2 ─" in text(app)
        await pilot.press("escape")
        await pilot.pause()
        assert app.top_overlay is None
        assert app.view.selected == 2


async def test_details_say_what_came_twice() -> None:
    """The hop that answers twice says how often, and a hop beside it nothing of the kind."""
    twice = """
title = "A router that answers twice"
hop = [
    { address = "192.0.2.1", rtt_ms = 1 },
    { address = "198.51.100.1", rtt_ms = 2, duplicate_percent = 100 },
    { address = "203.0.113.80", rtt_ms = 4 },
]
"""
    async with screen(LabSource(twice, rounds=20), (120, 40)) as (app, pilot):
        await pilot.press("down", "down", "enter")
        while "─ hop 2 ─" not in text(app):
            await pilot.pause(0.02)
        assert "duplicates    20 duplicate replies; each probe is counted once" in text(app)
        assert "verdict       Some probes answered twice" in text(app)
        await pilot.press("down")
        while "─ hop 3 ─" not in text(app):
            await pilot.pause(0.02)
        assert "duplicate replies" not in text(app)
        assert "verdict       Some probes answered twice" not in text(app)


async def test_details_that_do_not_fit_scroll() -> None:
    """In a low terminal PgDn and PgUp go through the lines, and another hop begins at its first."""
    async with screen(MovingSource(60, change_at=50), (80, 12)) as (app, pilot):
        await pilot.press("end", "up", "up", "up", "up", "up", "up", "enter")
        while "hop 6 " not in text(app):
            await pilot.pause(0.02)
        assert "role" in text(app)
        assert "more lines" in text(app)
        await pilot.press("pagedown")
        await pilot.pause()
        assert "role" not in text(app)
        assert "changed" in text(app)
        await pilot.press("up")
        while "hop 5 " not in text(app):
            await pilot.pause(0.02)
        assert "role" in text(app)


async def test_commands_run_what_is_found() -> None:
    """Typing narrows the list, Enter runs the first."""
    source = MovingSource()
    async with screen(source) as (app, pilot):
        await pilot.press("ctrl+p", *"reset", "enter")
        await pilot.pause()
        await pilot.pause()
        assert source.calls == [("reset", None)]
        await pilot.press("ctrl+p", *"hopscope-light", "enter")
        await pilot.pause()
        assert app.theme == "hopscope-light"


@pytest.mark.parametrize(
    ("rounds", "counted", "answered"),
    [
        ((334, 334), "2 fine", "✓ 2 targets, none in trouble."),
        ((334, 3), "1 fine  ○ 1 fine so far", "○ 2 targets, none in trouble: 1 fine so far."),
        ((3, 3), "0 fine  ○ 2 fine so far", "○ Fine so far: no trouble at any of 2 targets."),
    ],
)
async def test_what_is_not_known_yet_is_not_called_fine(rounds: tuple[int, int], counted: str, answered: str) -> None:
    """Targets with few probes are counted apart in the overview, and marked as notes."""
    first, second = (MovingSource(one, spikes=0) for one in rounds)
    async with screen(SeveralTargets(a=first, b=second), (120, 40)) as (app, pilot):
        await pilot.press("0")
        await pilot.pause()
        lines = text(app).splitlines()
        assert lines[2].strip() == counted
        assert lines[3].strip() == answered
        assert [line[2] for line in lines[6:8]] == ["✓" if one > 100 else "○" for one in rounds]


async def test_overview_and_targets() -> None:
    """0 shows all targets, Enter opens the selected one, brackets go round."""
    source = SeveralTargets(one=MovingSource(), two=MovingSource(loss_from=3), three=MovingSource())
    async with screen(source, (120, 40)) as (app, pilot):
        assert "two" in text(app).splitlines()[0]
        await pilot.press("0", "down", "enter")
        await pilot.pause()
        assert (app.view.view, app.view.target) == ("table", 1)
        await pilot.press("right_square_bracket", "right_square_bracket")
        await pilot.pause()
        assert app.view.target == 0


@pytest.mark.parametrize(("at", "ending"), list(enumerate(one.ending for one in FORMATS)))
async def test_every_format_is_written(at: int, ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Enter accepts what is proposed; a toast says where it went."""
    monkeypatch.chdir(tmp_path)
    async with screen(MovingSource()) as (app, pilot):
        await pilot.press("x", *["down"] * at, "enter")
        await pilot.pause()
        await pilot.pause()
        (file,) = files(tmp_path)
        assert file.name.startswith("hopscope-www.example.net-")
        assert file.suffix == f".{ending}"
        assert file.stat().st_size > 100
        assert "Wrote" in text(app)
        if ending == "json":
            json.loads(file.read_text())


async def test_nothing_is_overwritten_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the file exists the dialog asks; n keeps it, y replaces it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").write_text("old")
    async with screen(MovingSource()) as (_, pilot):
        await pilot.press("x", "tab", "ctrl+u", "a", "enter")
        await pilot.pause()
        assert (tmp_path / "a").read_text() == "old"
        await pilot.press("n", "enter", "y")
        await pilot.pause()
        assert "HOST:" in (tmp_path / "a").read_text()
        assert [file.name for file in files(tmp_path)] == ["a"]


async def test_a_missing_folder_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The dialog stays open and says what is wrong; measuring goes on."""
    monkeypatch.chdir(tmp_path)
    async with screen(MovingSource()) as (app, pilot):
        await pilot.press("x", "tab", "ctrl+u", *"no", "slash", "a", "enter")
        await pilot.pause()
        assert "folder does not exist" in text(app)
        assert app.top_overlay is not None
        assert files(tmp_path) == []


def test_what_is_no_file_is_never_replaced(tmp_path: Path) -> None:
    """Devices, pipes, folders and impossible names are refused in words."""
    os.mkfifo(tmp_path / "pipe")
    refused = {
        Path("/dev/null"): "a device or a pipe, not a file",
        tmp_path / "pipe": "a device or a pipe, not a file",
        tmp_path: "a folder, not a file",
        tmp_path / "no" / "a": "folder does not exist",
        tmp_path / ("x" * 300): "file name too long",
    }
    for path, words in refused.items():
        assert situation(path)[:2] == (words, False), path
    assert situation(tmp_path / "new") == (f"new file in {tmp_path.resolve()}", True, False)


async def test_nonsense_for_a_file_name() -> None:
    """A user that does not exist and a name that is one letter too long are said, and Enter does nothing."""
    async with screen(MovingSource()) as (app, pilot):
        await pilot.press("x", "tab", "ctrl+u", "tilde", *"nosuchuser", "slash", "a", "enter")
        await pilot.pause()
        assert "folder does not exist" in text(app)
        await pilot.press("ctrl+u")
        app.post_message(events.Paste("y" * 255))  # as long as a name may be; key by key, it takes a long time
        while "new file in" not in text(app):
            await pilot.pause(0.02)
        await pilot.press("y", "enter")
        await pilot.pause()
        assert "file name too long" in text(app)
        assert app.top_overlay is not None


def test_file_names_are_harmless() -> None:
    """No target can name a path, an option or a hidden file."""
    assert file_name("../../etc/passwd", "txt", 0).startswith("hopscope-etc_passwd-")
    assert "/" not in file_name("[2001:db8::1]:80", "txt", 0)


async def test_other_keys_can_be_chosen() -> None:
    """A key of the configuration file takes the place of the usual one, in footer and help too."""
    source = MovingSource()
    async with screen(source, keys=(("pause", "F2"),)) as (app, pilot):
        assert "F2 Pause" in text(app).splitlines()[-1]
        await pilot.press("p")
        await pilot.pause()
        assert source.calls == []
        await pilot.press("f2")
        await pilot.pause()
        assert source.calls == [("pause", None)]


def test_a_key_that_is_taken_moves() -> None:
    """The action that had the key loses it, so that one key never means two things."""
    table = {action.name: action for action in remapped({"export": "p"})}
    assert table["export"].keys == ("p",)
    assert table["pause"].keys == ("ctrl+s",)


@pytest.mark.parametrize("height", range(10, 17))
async def test_the_export_asks_in_any_height(height: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where not all formats fit, the chosen one does, with the file and the question."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").write_text("old")
    async with screen(MovingSource(), (60, height)) as (app, pilot):
        await pilot.press("x", "up", "tab", "ctrl+u", "a")
        await pilot.pause()
        shown = text(app)
        assert "◉   SVG" in shown
        assert "File  a" in shown
        assert "exists: you are asked before it is replaced" in shown
        await pilot.press("enter")
        await pilot.pause()
        assert "Replace a?   y yes   n no" in text(app)


async def test_pasted_text_is_typed_where_text_is_wanted() -> None:
    """Its first line goes to the prompt, the file name, or the list of commands; elsewhere nothing of it is a key."""
    source = MovingSource()
    async with screen(source) as (app, pilot):
        app.post_message(events.Paste("q\nq"))
        await pilot.press("slash")
        app.post_message(events.Paste("be24\x1b90.ccr42\nq"))
        await pilot.pause()
        while "Find: be2490.ccr42" not in text(app):
            await pilot.pause(0.02)
        assert app.view.selected == 8
        await pilot.press("escape", "x", "tab", "ctrl+u")
        app.post_message(events.Paste("/tmp/a b.txt\r\n"))
        while "File  /tmp/a b.txt" not in text(app):
            await pilot.pause(0.02)
        await pilot.press("escape", "question_mark")
        app.post_message(events.Paste("qqq"))
        await pilot.pause()
        assert "─ Keys ─" in text(app)
        assert source.calls == []
        assert app.is_running


async def test_a_box_gives_way_to_the_word_that_the_terminal_is_too_small() -> None:
    """It is there again when there is room."""
    async with screen(MovingSource()) as (app, pilot):
        await pilot.press("question_mark")
        await pilot.pause()
        await pilot.resize_terminal(40, 8)
        await pilot.pause()
        while "Terminal too small" not in text(app):
            await pilot.pause(0.02)
        assert "Keys" not in text(app)
        await pilot.resize_terminal(80, 24)
        while "─ Keys ─" not in text(app):
            await pilot.pause(0.02)


async def test_a_terminal_that_is_too_small_says_so() -> None:
    """One line, and all comes back with the size."""
    async with screen(MovingSource()) as (app, pilot):
        await pilot.resize_terminal(50, 8)
        await pilot.pause()
        await pilot.pause()
        assert "Terminal too small (50x8): 60x10 needed." in text(app)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        await pilot.pause()
        assert "gw.lan" in text(app)


async def test_the_map_shows_where_paths_branch_and_join() -> None:
    """Key 5 opens it, its keys scroll it, and 5 or Escape closes it."""
    async with screen(LabSource("balanced", rounds=60, flows=57), (80, 24)) as (app, pilot):
        await pilot.press("5")
        await pilot.pause()
        assert "Paths to www.example.org" in text(app)
        assert "all addresses found (95 % confidence)" in text(app)
        assert "per packet" not in text(app)
        await pilot.press("end")
        await pilot.pause()
        assert "per packet, all" in text(app)
        await pilot.press("5")
        await pilot.pause()
        assert "Paths to" not in text(app)


async def test_the_map_asks_for_flows_side_by_side() -> None:
    """Key f probes in as many flows as may be needed, and in one again."""
    source = LabSource("balanced", rounds=10, flows=1)
    async with screen(source, (80, 24)) as (app, pilot):
        await pilot.press("5")
        await pilot.pause()
        assert "One flow; others may take other paths." in text(app)
        await pilot.press("f")
        await pilot.pause()
        await pilot.press("f", "escape")
        await pilot.pause()
        assert source.calls == [("change", {"flows": 57}), ("change", {"flows": 1})]
        assert "Paths to" not in text(app)


async def test_the_map_of_a_long_path_is_folded() -> None:
    """Runs of single routers lose their middle where the map does not fit."""
    async with screen(MovingSource(60, hops=30), (80, 24)) as (app, pilot):
        await pilot.press("5")
        await pilot.pause()
        assert "28 more hops" in text(app)


async def test_the_map_is_in_the_list_of_commands() -> None:
    """It is found by its words."""
    async with screen(MovingSource(), (80, 24)) as (app, pilot):
        await pilot.press("ctrl+p", *"map", "enter")
        await pilot.pause()
        assert "Paths to www.example.net" in text(app)


async def test_details_say_which_flows_met_a_hop() -> None:
    """How many flows met how many addresses, and whether these are all."""
    async with screen(LabSource("balanced", rounds=60, flows=57), (120, 40)) as (app, pilot):
        await pilot.press(*["down"] * 4, "enter")
        await pilot.pause()
        assert "2 addresses in 11 flows, all found with 95 % confidence" in text(app)


@pytest.mark.parametrize(("width", "beside"), [(160, True), (60, False)])
async def test_the_interface_of_a_router(width: int, beside: bool) -> None:
    """The interface that a probe came in by stands after the host where there is room; details tell of all."""
    async with screen(LabSource("datacentre", rounds=5), (width, 40)) as (app, pilot):
        assert ("spine.example  ae3.100 in" in text(app)) is beside
        assert "spine.example" in text(app)
        await pilot.press("down", "down", "down", "enter")
        await pilot.pause()
        shown = text(app)
        assert "interface ae3.100 in  index 526  198.51.100.9" in shown
        assert "interface et-0/0/7 in, below IP  index 518" in shown


async def test_details_count_what_was_lost_a_minute() -> None:
    """The latest minutes with losses, newest first, as the wide cells of a strip stand for them."""
    async with screen(LabSource("lossy", rounds=500), (120, 40)) as (app, pilot):
        hop = app.snapshot.hops[-1]
        await pilot.press("end", "enter")
        while "lost a minute" not in text(app):
            await pilot.pause(0.02)
        line = next(line for line in text(app).splitlines() if "lost a minute" in line)
        shown = re.findall(r"\d\d:\d\d (\d+)", line)
        lost = [count for count in hop.minute_lost.tolist() if count]
        assert [int(one) for one in shown] == lost[::-1][:5]
        assert len(lost) > 2


class CutSource(LabSource):
    """A path whose router 3 reported for five rounds that it could not reach the target."""

    def __init__(self) -> None:
        super().__init__("steady", rounds=1)
        sound = steady(5)

        def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
            if 4_000_000 <= now_us < 9_000_000 and request.ttl > 3:
                return 9_000, wire.Answer("no-route", "10.0.0.3", 9_000, icmp_type=3, icmp_code=1)
            return sound(now_us, request)

        self._seen = replace(World(network, TraceSettings(rounds=20)).run(), state="running")


async def test_details_say_who_cut_the_target_off() -> None:
    """At the router what it reported and how often; at later hops how many probes that cost; in the strip a sign."""
    async with screen(CutSource(), (120, 40)) as (app, pilot):
        await pilot.pause()
        assert "!!!!!" in text(app)
        await pilot.press("home", "down", "down", "enter")
        while "reports" not in text(app):
            await pilot.pause(0.02)
        assert re.search(r"reports +host unreachable \(3/1\) 10 times, last [0-9:]+, by 10\.0\.0\.3", text(app))
        await pilot.press("down")
        while "cut off" not in text(app):
            await pilot.pause(0.02)
        assert "5 probes, by a router before this hop" in text(app)
