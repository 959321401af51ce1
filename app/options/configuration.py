"""The configuration as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..vantage.where import Where


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A vantage point that the file names."""

    name: str
    """What ``--from`` calls it."""
    where: Where
    """Where it is."""
    groups: tuple[str, ...] = ()
    """The groups that it belongs to, without their ``@``."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the configuration file says; empty where there is none."""

    path: str = ""
    """Where the file was found; empty: there is none."""
    trusted: bool = True
    """Whether it may name programs and files: with raised rights only a file of the user whose rights they are."""
    words: tuple[str, ...] = ()
    """Its options, as words of the command line."""
    keys: tuple[tuple[str, str], ...] = ()
    """Keys of actions, by the names of actions."""
    themes: tuple[tuple[str, tuple[tuple[str, object], ...]], ...] = ()
    """Themes by name, and their colours by token."""
    places: tuple[NamedPlace, ...] = ()
    """Vantage points by name."""
