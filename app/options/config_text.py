"""The text of ``--print-config``: everything that a configuration file may hold, as comments."""

from __future__ import annotations

from ..actions import ACTIONS, key_shown
from .config_file import NOT_IN_FILES, TOKENS
from .table import GROUPS


def print_config() -> str:
    """A configuration file with everything in it as a comment."""
    lines = [
        "# hopscope's configuration: $XDG_CONFIG_HOME/hopscope/config.toml, usually ~/.config/hopscope/config.toml.",
        "# What stands here are defaults; MTR_OPTIONS and the command line win over it.",
        "",
        "[options]",
        "# The long names of the command line; options without an argument are true or false.",
    ]
    for title, options in GROUPS:
        shown = [one for one in options if one.long not in NOT_IN_FILES]
        if shown:
            lines += ["", f"# {title.partition(' (')[0]}"]
        for one in shown:
            lines += [f"# {one.help}", f"# {one.long} = {_example(one.metavar)}"]
    lines += ["", "[keys]", '# Keys of an action, joined by commas: "x", "F2", "Ctrl-E", "PgDn".']
    lines += [f'# {action.name} = "{", ".join(_written(action.keys))}"  # {action.does}' for action in ACTIONS]
    lines += ["", "# A theme of your own, chosen by options.theme; what it leaves out is as in the built-in one."]
    lines += ["# [themes.mine]", "# dark = true", *(f'# {token} = "#..."' for token in TOKENS), ""]
    return "\n".join(lines)


def _example(metavar: str) -> str:
    if not metavar:
        return "true"
    return "1" if metavar in {"NUMBER", "SECONDS", "COUNT", "TTL", "BYTES", "PORT", "MODE", "MARK"} else f'"{metavar}"'


def _written(keys: tuple[str, ...]) -> list[str]:
    return [key_shown(key) for key in keys]
