"""The configuration file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hopscope.app.actions import ACTIONS
from hopscope.app.errors import ConfigurationError, UsageError
from hopscope.app.options.config import config_path, read_configuration
from hopscope.app.options.config_file import parse_configuration
from hopscope.app.options.config_text import print_config
from hopscope.app.options.model import read_options
from hopscope.app.options.parse import parse
from hopscope.app.options.table import OPTIONS
from hopscope.widgets.tokens import TOKENS

if TYPE_CHECKING:
    from pathlib import Path

    from hopscope.app.options.option import Option


def written(folder: Path, text: str) -> dict[str, str]:
    """An environment whose configuration file holds a text."""
    (folder / "hopscope").mkdir()
    (folder / "hopscope" / "config.toml").write_text(text)
    return {"XDG_CONFIG_HOME": str(folder)}


def test_where_it_is() -> None:
    """XDG_CONFIG_HOME where it is an absolute path, else ~/.config."""
    assert config_path({"XDG_CONFIG_HOME": "/x", "HOME": "/h"}) == "/x/hopscope/config.toml"
    assert config_path({"XDG_CONFIG_HOME": "x", "HOME": "/h"}) == "/h/.config/hopscope/config.toml"
    assert config_path({"HOME": "/h"}) == "/h/.config/hopscope/config.toml"


def test_no_file_is_no_error(tmp_path: Path) -> None:
    """Most have none."""
    assert read_configuration({"XDG_CONFIG_HOME": str(tmp_path)}).words == ()


def test_options_are_defaults(tmp_path: Path) -> None:
    """The file is the weakest, then MTR_OPTIONS, then the command line."""
    environ = written(tmp_path, '[options]\ninterval = 0.5\nudp = true\npsize = 100\nno-dns = true\ntheme = "nord"\n')
    options = read_options(["-s", "200", "host"], {**environ, "MTR_OPTIONS": "-i 2"})
    assert options.settings.interval_us == 2_000_000
    assert options.settings.size_bytes == 200
    assert options.settings.protocol == "udp"
    assert not options.lookups.names
    assert options.look.theme == "nord"


def test_keys_and_themes_reach_the_screen(tmp_path: Path) -> None:
    """They are handed on as they stand."""
    environ = written(tmp_path, '[keys]\nexport = "F2"\n[themes.mine]\ndark = false\naccent = "#112233"\n')
    look = read_options(["host"], environ).look
    assert look.keys == (("export", "F2"),)
    assert look.themes == (("mine", (("dark", False), ("accent", "#112233"))),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[options]\n\ninterval = 0\n", "c.toml:3: options.interval: "),
        ("[options]\nspeed = 1\n", "c.toml:2: options.speed: no such option"),
        ("[options]\nhelp = true\n", "c.toml:2: options.help: no such option"),
        ("[options]\npsize = true\n", "c.toml:2: options.psize: expected BYTES"),
        ("[option]\n", "c.toml:1: option: unknown table; did you mean options?"),
        ("[zone]\n", "c.toml:1: zone: unknown table; expected one of options, keys, themes"),
        ('[themes.mine]\nacent = "#ff0000"\n', "c.toml:2: themes.mine.acent: unknown colour; did you mean accent?"),
        ('\ntheme = "dark"\n', "c.toml:2: theme: an option, which belongs below a line [options]"),
        ("[keys]\nexport = 3\n", "c.toml:2: keys.export: expected a text"),
        ('[keys]\nexport = "F2, foo bar"\n', "c.toml:2: keys.export: no such key 'foo bar'; expected a character"),
        ('[keys]\nexport = "Hoem"\n', "c.toml:2: keys.export: no such key 'Hoem'; did you mean home?"),
        ('[keys]\nfly = "x"\n', "c.toml:2: keys.fly: no such action"),
        ("[options]\nintervall = 1\n", "c.toml:2: options.intervall: no such option; did you mean interval?"),
        ('[keys]\nexprot = "x"\n', "c.toml:2: keys.exprot: no such action; did you mean export?"),
        ('[themes.mine]\naccent = "blue"\n', "c.toml:2: themes.mine.accent: expected a colour"),
        ('[themes.mine]\nred = "#ff0000"\n', "c.toml:2: themes.mine.red: unknown colour"),
        ("[options\n", "c.toml: "),
        ("options = 3\n", "c.toml:1: options: expected a table"),
        ("\n[vantage.x]\nwhere=3\n", "c.toml:3: vantage.x.where: expected a text"),
        ("\n[vantage.x]\n", "c.toml:2: vantage.x: expected a table with where"),
        ("\nvantage.x.where = 3\n", "c.toml:2: vantage.x.where: "),
        ('[vantage.x]\nwhere = "ssh:h"\n\n"a\\u0062c" = 3\n', "c.toml:4: vantage.x.abc: unknown key"),
        ('# "\n["opt\\u0069ons"]\r\n\'interval\' = true\n', "c.toml:3: options.interval: expected SECONDS"),
        ('[themes."a.b"]\ndark = true\n[keys]\nfly = "x"\n', "c.toml:4: keys.fly: "),
        ('[themes."a.b"]\nred = "#ff0000"\n', "c.toml:2: themes.a.b.red: "),
        ('[options]\npacket = """\n[keys]\nfly = 1\n"""\n[keys]\nfly = "x"\n', "c.toml:7: keys.fly: "),
        ('[options]\nfrom = [\n  "local",\n  "nowhere:x",\n]\nmtu = 1\n', "c.toml:2: options.from: "),
        (f"[options]\nmmdb = [{chr(10) * 300}3]\nmtu = 1\n", "c.toml:1: options.mtu: "),
    ],
)
def test_errors_name_file_line_and_key(text: str, message: str) -> None:
    """One line says where to look and what is wrong there."""
    with pytest.raises(ConfigurationError) as caught:
        parse_configuration(text, "c.toml")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("from = 3", ()),
        ('theme = "nrod"', ()),
        ("first-ttl = 9\nmax-ttl = 3", ()),
        ("first-ttl = 9", ("-m", "3")),
        ("mtu = true", ("--tcp",)),
    ],
)
def test_what_is_wrong_together_names_the_file_that_has_a_part_in_it(
    tmp_path: Path, text: str, words: tuple[str, ...]
) -> None:
    """Each value may be right by itself; what comes right without the file is told of the file."""
    environ = written(tmp_path, f"[options]\n{text}\n")
    with pytest.raises(ConfigurationError, match=r"hopscope/config\.toml: option"):
        read_options([*words, "host"], environ)


def test_what_is_wrong_elsewhere_does_not_name_the_file(tmp_path: Path) -> None:
    """The command line, or MTR_OPTIONS, which is named in its place."""
    environ = written(tmp_path, "[options]\ninterval = 2\n")
    with pytest.raises(UsageError, match=r"^option --theme"):
        read_options(["--theme", "nrod", "host"], environ)
    with pytest.raises(UsageError, match=r"^MTR_OPTIONS: option -f/--first-ttl"):
        read_options(["host"], {**environ, "MTR_OPTIONS": "-f 9 -m 3"})


def test_the_printed_file_is_understood() -> None:
    """All comments: it changes nothing; and it names every action and colour."""
    text = print_config()
    assert parse_configuration(text, "c.toml").words == ()
    for action in ACTIONS:
        assert f"# {action.name} = " in text
    for token in TOKENS:
        assert f"# {token} = " in text


@pytest.mark.parametrize("option", [one for one in OPTIONS if one.in_files], ids=lambda option: option.long)
def test_every_printed_option_can_be_taken_as_it_stands(option: Option) -> None:
    """Without its comment sign each line is a default, which changes nothing, or an example that is accepted."""
    printed, _, _ = print_config().partition("[keys]")
    (line,) = [one for one in printed.splitlines() if one.startswith(f"# {option.long} = ")]
    found = parse_configuration(f"[options]\n{line[2:]}\n", "c.toml").words
    assert [one for one, _ in parse(found)] == ([option] if option.metavar else [])
    if option.default:
        assert read_options([*found, "host"], {}) == read_options(["host"], {})


@pytest.mark.parametrize(
    ("text", "message"),
    [("a = " + "[" * 100_000, "nested too deeply"), ("a = " + "1" * 5000, "a number is too long")],
    ids=["nested", "digits"],
)
def test_limits_of_the_reader_are_errors_of_the_file(text: str, message: str) -> None:
    """What Python's reader of TOML cannot take is wrong in the file, and said in one line."""
    with pytest.raises(ConfigurationError, match=message):
        parse_configuration(text, "c.toml")


@pytest.mark.parametrize("what", ["pipe", "device", "folder"])
def test_what_is_no_file_is_said_at_once(tmp_path: Path, what: str) -> None:
    """A pipe that nobody writes to, a device that never ends, a folder."""
    place = tmp_path / "hopscope" / "config.toml"
    place.parent.mkdir()
    if what == "pipe":
        os.mkfifo(place)
    elif what == "device":
        place.symlink_to("/dev/zero")
    else:
        place.mkdir()
    with pytest.raises(ConfigurationError, match="not a regular file"):
        read_configuration({"XDG_CONFIG_HOME": str(tmp_path)})
