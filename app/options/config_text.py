"""The text of ``--print-config``: everything that a configuration file may hold, as comments."""

from __future__ import annotations

from ...widgets.tokens import TOKENS
from ..actions import ACTIONS, key_shown
from .table import GROUPS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .option import Option


def print_config() -> str:
    """A configuration file with everything in it as a comment."""
    lines = [
        "# hopscope's configuration: $XDG_CONFIG_HOME/hopscope/config.toml, usually ~/.config/hopscope/config.toml.",
        "# It changes defaults; MTR_OPTIONS and the command line win over it.",
        "",
        "[options]",
        "# The long names of the command line; options without an argument are true or false.",
        "# Each line shows the default, or an example of what has none.",
    ]
    for title, options in GROUPS:
        shown = [one for one in options if one.in_files]
        if shown:
            lines += ["", f"# {title}"]
        for one in shown:
            lines += [f"# {one.help}", f"# {one.long} = {sample(one)}"]
    lines += ["", "[keys]", '# Keys of an action, joined by commas: "x", "F2", "Ctrl-E", "PgDn".']
    lines += [f'# {action.name} = "{", ".join(_written(action.keys))}"  # {action.does}' for action in ACTIONS]
    lines += ["", "# Places to probe from by names of your own: --from paris, or a group of them: --from @europe."]
    lines += ["# [vantage.paris]", '# where = "ssh:ops@paris1"', '# groups = ["europe"]']
    lines += ["", "# A theme of your own, chosen by options.theme; what it leaves out is as in the built-in one."]
    lines += ["# [themes.mine]", "# dark = true", *(f'# {token} = "#..."' for token in TOKENS), ""]
    return "\n".join(lines)


def sample(option: Option) -> str:
    """The default of an option as the file has it, or an example, marked as one, where it has none."""
    if not option.metavar:
        return "false"
    shown = option.default or option.example
    value = shown if shown.lstrip("-").isdecimal() else f'"{shown}"'
    return value if option.default else f"{value}  # an example"


def _written(keys: tuple[str, ...]) -> list[str]:
    return [key_shown(key) for key in keys]
