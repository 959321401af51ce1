"""Vantage points by the names of the configuration."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hopscope.app.errors import ConfigurationError, UsageError
from hopscope.app.options.model import read_options

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """
[vantage.paris]
where = "ssh:ops@paris1"
groups = ["europe", "dc"]

[vantage.oslo]
where = "ssh:oslo1:2222"
groups = ["europe"]

[vantage.pod]
where = "kubectl:prod/api-0"
"""


def environment(folder: Path, text: str = TEXT) -> dict[str, str]:
    """An environment whose configuration file says this."""
    (folder / "hopscope").mkdir(exist_ok=True)
    (folder / "hopscope" / "config.toml").write_text(text)
    return {"XDG_CONFIG_HOME": str(folder)}


def places(environ: dict[str, str], *given: str) -> list[tuple[str, str]]:
    """What each place is called, and the last word of the command that leads there."""
    words = [word for one in given for word in ("--from", one)]
    return [(one.text, one.prefix[-1]) for one in read_options([*words, "host"], environ).vantages]


def test_a_name_stands_for_its_place(tmp_path: Path) -> None:
    """It is called by that name, and forms stand beside names in the order given."""
    environ = environment(tmp_path)
    assert places(environ, "oslo", "ssh:web1") == [("oslo", "oslo1"), ("ssh:web1", "web1")]


def test_a_group_stands_for_all_of_it(tmp_path: Path) -> None:
    """In the order of the file, each place once however often it is named."""
    environ = environment(tmp_path)
    assert places(environ, "@europe", "paris") == [("paris", "paris1"), ("oslo", "oslo1")]
    assert places(environ, "@dc") == [("paris", "paris1")]


def test_the_file_may_name_them_for_every_trace(tmp_path: Path) -> None:
    """As an option of the file, in a list."""
    environ = environment(tmp_path, f'[options]\nfrom = ["@dc", "oslo"]\n{TEXT}')
    assert places(environ) == [("paris", "paris1"), ("oslo", "oslo1")]


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("pari", "did you mean paris?"),
        ("web9", "of a host that ssh reaches: ssh:web9"),
    ],
)
def test_an_unknown_name_is_refused(tmp_path: Path, name: str, remedy: str) -> None:
    """With the names that there are, and what was probably meant."""
    with pytest.raises(UsageError, match=r"option --from: invalid value .*, expected paris, oslo, pod, @dc, @europe"):
        places(environment(tmp_path), name)
    with pytest.raises(UsageError, match="option --from") as caught:
        places(environment(tmp_path), name)
    assert caught.value.remedy == remedy


@pytest.mark.parametrize(
    ("text", "name", "said", "remedy"),
    [
        (TEXT, "@europa", ", whose groups are @dc, @europe", "did you mean @europe?"),
        (TEXT, "@x", ", whose groups are @dc, @europe", 'groups = ["x"] below [vantage.NAME] in the configuration'),
        ("", "@dc", "", 'groups = ["dc"] below [vantage.NAME] in the configuration puts NAME there'),
    ],
)
def test_a_group_without_members_is_refused(tmp_path: Path, text: str, name: str, said: str, remedy: str) -> None:
    """With the groups that there are, and how one is made."""
    with pytest.raises(UsageError) as caught:
        places(environment(tmp_path, text), name)
    assert caught.value.what == f"option --from: no vantage point of the configuration is in {name}{said}"
    assert caught.value.remedy.startswith(remedy)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[vantage.paris]\nwhere = "paris1"\n', ":2: vantage.paris.where: invalid value 'paris1', expected a place"),
        ('[vantage.paris]\nwhere = "shh:x"\n', ":2: vantage.paris.where: invalid value 'shh:x', expected local, ssh:"),
        ("[vantage.paris]\n", ":1: vantage.paris: expected a table with where"),
        ("[vantage.paris]\nwhere = 5\n", "vantage.paris.where: expected a text"),
        ('[vantage]\nparis = "ssh:x"\n', "vantage.paris: expected a table with where"),
        ('[vantage.local]\nwhere = "ssh:x"\n', "vantage.local: expected a name"),
        ('[vantage."a b"]\nwhere = "ssh:x"\n', "expected a name of letters"),
        (
            '[vantage.paris]\nwhere = "ssh:x"\ngroup = ["a"]\n',
            ":3: vantage.paris.group: unknown key; did you mean groups?",
        ),
        ('[vantage.paris]\nwhere = "ssh:x"\ngroups = "a"\n', ":3: vantage.paris.groups: expected a list of names"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    """With file, line and key, whether the place is asked for or not."""
    with pytest.raises(ConfigurationError) as caught:
        read_options(["host"], environment(tmp_path, text))
    assert said in str(caught.value)


def test_with_raised_rights_another_users_file_names_no_place(tmp_path: Path) -> None:
    """What leads there is a program: refused when it is asked for, and nothing else of the file is."""
    environ = {**environment(tmp_path), "SUDO_UID": str(os.getuid())}
    with pytest.raises(ConfigurationError, match=r"config.toml: vantage.paris names a program: refused under sudo"):
        places(environ, "paris")
    assert places(environ, "ssh:web1") == [("ssh:web1", "web1")]
