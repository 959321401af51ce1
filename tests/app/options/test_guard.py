"""What sources of options may say when the program has another user's rights."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hopscope.app.errors import ConfigurationError, UsageError
from hopscope.app.options import config
from hopscope.app.options.model import read_options
from hopscope.app.options.option import FILE, PROGRAM
from hopscope.app.options.parse import first_question
from hopscope.app.options.table import OPTIONS
from hopscope.app.process import raised
from support.folders import open_to_all
from support.program import run

if TYPE_CHECKING:
    from pathlib import Path

    from hopscope.app.options.option import Option

NOBODY = str(65534)
RAISED = {"SUDO_UID": NOBODY, "SUDO_GID": NOBODY}
NAMING = [one for one in OPTIONS if one.names]
WORDS_OF_NAMES = ("file", "path", "folder", "program", "command", "process to use")
# Their help has such a word, and their argument names neither.
OTHERS = {"max-display-path", "explain", "mtu"}


def test_every_option_that_names_a_program_or_a_file_says_so() -> None:
    """An option whose argument or help speaks of files or programs has the field, or stands in a list of others."""
    for option in OPTIONS:
        if not option.metavar or option.long in OTHERS or option.choices:
            continue
        speaks = option.metavar in {"FILE", "FOLDER", "PATH", "COMMAND", "PROGRAM"} or any(
            word in option.help.lower().split() for word in WORDS_OF_NAMES
        )
        assert bool(option.names) or not speaks, option.long
    assert {one.long: one.names for one in NAMING} == {
        "filename": FILE,
        "baseline": FILE,
        "mmdb": FILE,
        "packet": PROGRAM,
        "on-alert": PROGRAM,
        "from": PROGRAM,
        "both": PROGRAM,
        "record": FILE,
        "replay": FILE,
        "demo": FILE,
        "explain-file": FILE,
    }


@pytest.mark.parametrize("option", NAMING, ids=lambda option: option.long)
def test_mtr_options_may_not_name_them_with_raised_rights(option: Option) -> None:
    """The variable is the caller's: refused in one line; without raised rights it is taken."""
    words = f"--{option.long} {evil(option)}"
    with pytest.raises(
        UsageError, match=r"MTR_OPTIONS: option .* names a (program|file): refused under sudo"
    ) as caught:
        _read(option, {"MTR_OPTIONS": words, **RAISED})
    assert "give it on the command line" in str(caught.value)
    _read(option, {"MTR_OPTIONS": words})


def evil(option: Option) -> str:
    """An argument that names something of an attacker's."""
    return "exec:/tmp/evil" if option.long in {"from", "both"} else "/tmp/evil"


def _read(option: Option, environ: dict[str, str]) -> None:
    if option.answers:
        first_question(environ, [])
    else:
        read_options([] if option.long == "replay" else ["host"], environ)


@pytest.mark.parametrize("option", [one for one in NAMING if one.in_files], ids=lambda option: option.long)
def test_a_file_of_another_user_may_not_name_them(option: Option, tmp_path: Path) -> None:
    """A configuration file below the caller's XDG_CONFIG_HOME or kept HOME is refused; other options of it hold."""
    open_to_all(tmp_path)
    (tmp_path / ".config" / "hopscope").mkdir(parents=True)
    file = tmp_path / ".config" / "hopscope" / "config.toml"
    for environ in ({"HOME": str(tmp_path)}, {"XDG_CONFIG_HOME": str(tmp_path / ".config")}):
        file.write_text(f'[options]\n{option.long} = "{evil(option)}"\n')
        with pytest.raises(ConfigurationError, match=r"config.toml: option .* names a (program|file): refused"):
            read_options(["host"], {**environ, **RAISED})
        assert read_options(["host"], environ).sources[option.field].name == str(file)
        file.write_text('[options]\ntheme = "nord"\n')
        assert read_options(["host"], {**environ, **RAISED}).look.theme == "nord"


def test_the_file_of_the_raised_user_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the home that the user database names, owned by the user whose rights these are, and closed to others."""
    open_to_all(tmp_path)
    (tmp_path / ".config" / "hopscope").mkdir(parents=True)
    file = tmp_path / ".config" / "hopscope" / "config.toml"
    file.write_text('[options]\npacket = "/opt/packet"\n')
    monkeypatch.setattr(raised, "home_of_rights", lambda: str(tmp_path))
    environ = {"HOME": str(tmp_path), **RAISED}
    assert read_options(["host"], environ).packet == "/opt/packet"
    file.chmod(0o666)
    with pytest.raises(ConfigurationError, match="refused"):
        read_options(["host"], environ)


@pytest.mark.skipif(os.geteuid() != 0, reason="a file that its caller may not read, as root")
def test_a_file_that_the_caller_may_not_read_says_nothing(tmp_path: Path) -> None:
    """A link to a secret of root's shows nothing of it in messages."""
    open_to_all(tmp_path)
    (tmp_path / "secret").write_text("[password]\nhunter2 = 1\n")
    (tmp_path / "secret").chmod(0o600)
    (tmp_path / "hopscope").mkdir()
    (tmp_path / "hopscope" / "config.toml").symlink_to(tmp_path / "secret")
    environ = {"XDG_CONFIG_HOME": str(tmp_path)}
    assert config.read_configuration({**environ, **RAISED}).words == ()
    with pytest.raises(ConfigurationError, match="password"):
        config.read_configuration(environ)


def test_the_command_line_names_what_it_likes() -> None:
    """Whoever may give root's command line may name root's files; it is the last source and recorded as such."""
    options = read_options(["--packet", "/opt/packet", "host"], {"MTR_OPTIONS": "-i 2", **RAISED})
    assert options.packet == "/opt/packet"
    assert {field: source.name for field, source in options.sources.items()} == {
        "interval_us": "MTR_OPTIONS",
        "packet": "",
    }


def test_the_program_refuses_in_one_line(tmp_path: Path) -> None:
    """What the variable names is not run."""
    evil = tmp_path / "evil"
    evil.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    evil.chmod(0o755)
    refused = run("-r", "-c1", "127.0.0.1", MTR_OPTIONS=f"--packet {evil}", SUDO_UID=NOBODY)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.count("\n") == 1
    assert refused.stderr.startswith("hopscope: MTR_OPTIONS: option --packet names a program: refused under sudo")
    assert not (tmp_path / "ran").exists()
