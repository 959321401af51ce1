"""Vantage points by the names that the configuration gives them: one by its name, a group of them as ``@GROUP``."""

from __future__ import annotations

from dataclasses import replace

from ..errors import ConfigurationError, UsageError
from ..nearest import did_you_mean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..vantage.where import Where
    from .configuration import Configuration


def named_places(given: Sequence[Where], configuration: Configuration, option: str = "--from") -> tuple[Where, ...]:
    """The vantage points that are meant, each once, in the order given; named ones are called by their names.

    Raises:
        UsageError: the configuration has no such name or group.
        ConfigurationError: with raised rights it is one that may not name programs.
    """
    found: dict[Where, None] = {}
    for where in given:
        if not where.is_named:
            found[where] = None
            continue
        group = where.text.removeprefix("@") if where.text.startswith("@") else ""
        mine = [one for one in configuration.places if (group in one.groups if group else one.name == where.text)]
        if not mine:
            raise _unknown(where.text, configuration, option)
        if not configuration.trusted:
            raise ConfigurationError(
                f"{configuration.path}: vantage.{mine[0].name} names a program: refused under sudo or with other raised"
                " rights",
                remedy="give its WHERE on the command line",
            )
        for one in mine:
            found[replace(one.where, text=one.name)] = None
    return tuple(found)


def _unknown(text: str, configuration: Configuration, option: str) -> UsageError:
    from ..vantage.where import FORMS, near_kind

    names = [one.name for one in configuration.places]
    groups = sorted({f"@{group}" for one in configuration.places for group in one.groups})
    if text.startswith("@"):
        known = f", whose groups are {', '.join(groups)}" if groups else ""
        made = f'groups = ["{text[1:]}"] below [vantage.NAME] in the configuration puts NAME there'
        what = f"option {option}: no vantage point of the configuration is in {text}{known}"
        return UsageError(what, remedy=did_you_mean(text, groups) or made)
    known = f"{', '.join([*names, *groups])} of the configuration, " if names else ""
    remedy = did_you_mean(text, [*names, *groups]) or near_kind(text)
    return UsageError(f"option {option}: invalid value {text!r}, expected {known}{FORMS}", remedy=remedy)
