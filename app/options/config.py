"""Where the configuration file is, and that most have none: ``$XDG_CONFIG_HOME/hopscope/config.toml``."""

from __future__ import annotations

from ..errors import ConfigurationError
from .configuration import Configuration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def config_path(environ: Mapping[str, str]) -> str:
    """Where the file is looked for."""
    home = environ.get("XDG_CONFIG_HOME") or ""
    base = home if home.startswith("/") else f"{environ.get('HOME') or ''}/.config"
    return f"{base}/hopscope/config.toml"


def read_configuration(environ: Mapping[str, str]) -> Configuration:
    """The configuration; an empty one where there is no file.

    Raises:
        ConfigurationError: the file cannot be read, is not TOML, or says what is not understood.
    """
    path = config_path(environ)
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - pathlib costs milliseconds at every start
            text = file.read()
    except (FileNotFoundError, NotADirectoryError, PermissionError):  # PermissionError: not our home
        return Configuration()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise ConfigurationError(f"cannot read {path}: {reason}") from None
    from .config_file import parse_configuration

    return parse_configuration(text, path)
