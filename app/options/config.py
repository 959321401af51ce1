"""Where the configuration file is, and that most have none: ``$XDG_CONFIG_HOME/hopscope/config.toml``."""

from __future__ import annotations

import os

from ..errors import ConfigurationError
from ..process.small_file import open_regular, read_bounded
from .configuration import Configuration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


SIZE_MAX_BYTES = 1 << 20


def config_path(environ: Mapping[str, str]) -> str:
    """Where the file is looked for."""
    home = environ.get("XDG_CONFIG_HOME") or ""
    base = home if home.startswith("/") else f"{environ.get('HOME') or ''}/.config"
    return f"{base}/hopscope/config.toml"


def read_configuration(environ: Mapping[str, str]) -> Configuration:
    """The configuration; an empty one where there is no file, or with raised rights none that the caller may read.

    Raises:
        ConfigurationError: the file cannot be read, is not TOML, or says what is not understood.
    """
    path = config_path(environ)
    try:
        descriptor, trusted = _opened(path, environ)
        try:
            text = read_bounded(descriptor, SIZE_MAX_BYTES).decode("utf-8")
        finally:
            os.close(descriptor)
    except (FileNotFoundError, NotADirectoryError, PermissionError):  # PermissionError: not our home
        return Configuration()
    except (OSError, UnicodeDecodeError) as error:
        reason = str(error.strerror) if isinstance(error, OSError) else "not UTF-8"
        raise ConfigurationError(f"cannot read {path}: {reason}") from None
    from .config_file import parse_configuration

    return parse_configuration(text, path, trusted=trusted)


def _opened(path: str, environ: Mapping[str, str]) -> tuple[int, bool]:
    """A configuration file, opened, and whether it may name programs and files.

    Raises:
        OSError: it cannot be opened, or with raised rights only by them.
    """
    from ..process import raised

    if not raised.is_raised(environ):
        return open_regular(path), True
    if path == config_path({"HOME": raised.home_of_rights()}):
        descriptor = open_regular(path)
        if raised.is_ours(descriptor):
            return descriptor, True
        os.close(descriptor)
    return raised.open_for_caller(path, environ, open_regular), False
