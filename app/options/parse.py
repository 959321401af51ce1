"""Arguments to values, by the rules of getopt_long: bundled short options, abbreviated long ones, operands anywhere."""

from __future__ import annotations

from ..errors import UsageError
from .table import OPTIONS, VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .guard import Source
    from .option import Option

ARGUMENTS_MAX = 127  # of MTR_OPTIONS
VARIABLE = "MTR_OPTIONS"
LIST = "--help lists them all"

SHORT = {option.short: option for option in OPTIONS if option.short}
LONG = {option.long: option for option in OPTIONS}

Found = tuple["Option | None", object]


def parse(arguments: Sequence[str]) -> Iterator[Found]:
    """Each option with its value, in the order given; each operand with None.

    Raises:
        UsageError: an option is unknown or ambiguous, lacks its argument, has one too many, or a wrong one.
    """
    rest = list(reversed(arguments))
    while rest:
        word = rest.pop()
        if word == "--":
            for operand in reversed(rest):
                yield None, operand
            return
        if word.startswith("--"):
            yield _long(word, rest)
        elif word.startswith("-") and word != "-":
            yield from _bundle(word[1:], rest)
        else:
            yield None, word


def environment_words(environ: Mapping[str, str]) -> list[str]:
    """MTR_OPTIONS as arguments, by the quoting rules of a shell.

    Raises:
        UsageError: a quote is not closed, or there are too many words.
    """
    text = environ.get(VARIABLE, "")
    if not text.strip():
        return []
    import shlex

    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UsageError(f"{VARIABLE}: {str(error).lower()}") from None
    if len(words) > ARGUMENTS_MAX:
        raise UsageError(f"{VARIABLE}: {len(words)} words, expected up to {ARGUMENTS_MAX}")
    return words


def environment_source(environ: Mapping[str, str]) -> Source:
    """MTR_OPTIONS as a source of options."""
    from ..process.raised import is_raised
    from . import guard

    return guard.Source(VARIABLE, trusted=not is_raised(environ))


def first_question(environ: Mapping[str, str], arguments: Sequence[str]) -> tuple[str, object]:
    """What is asked about the program itself, in MTR_OPTIONS or in the arguments.

    ``help``, ``print-config``, ``rules``, ``version`` (with how often), ``completion`` (with the shell) or ``manual``
    (with the chapter). The first of them counts; ("", None) if there is none.

    Raises:
        UsageError: what stands before it is wrong, or MTR_OPTIONS may not ask it.
    """
    versions = 0
    words = environment_words(environ)
    try:
        for source in (words, arguments):
            for option, value in parse(source):
                if option is None:
                    continue
                if option is VERSION:
                    versions += 1
                elif option.answers and not versions:
                    if source is words:
                        from . import guard

                        guard.check(option, value, environment_source(environ))
                    return option.field, value
    except UsageError:
        if not versions:
            raise
    return (VERSION.field, versions) if versions else ("", None)


def _long(word: str, rest: list[str]) -> Found:
    name, equals, argument = word[2:].partition("=")
    option = _by_name(name, argument or (rest[-1] if rest else ""))
    if not option.metavar:
        if equals:
            raise UsageError(
                f"option --{option.long} takes no argument, but was given {argument!r}", remedy=_port(option, argument)
            )
        return option, option.constant
    if equals:
        return option, _convert(option, argument)
    if option.optional:
        return option, _convert(option, rest.pop()) if rest and not rest[-1].startswith("-") else ""
    if not rest:
        raise UsageError(f"option --{option.long} needs an argument: {option.metavar}")
    return option, _convert(option, rest.pop())


def _bundle(letters: str, rest: list[str]) -> Iterator[Found]:
    """Short options in one word; one that is wrong and reads as a long option with a single dash is said to be that."""
    long = f"did you mean --{letters}?" if letters in LONG else ""
    port = ""  # a remedy
    while letters:
        option = SHORT.get(letters[0])
        if option is None:
            raise UsageError(f"unknown option -{letters[0]}", remedy=long or port or _short_meant(letters[0]))
        letters = letters[1:]
        port = port or _port(option, letters)
        if not option.metavar:
            yield option, option.constant
            continue
        if not letters and not rest:
            raise UsageError(f"option -{option.short} needs an argument: {option.metavar}", remedy=long)
        yield option, _convert(option, letters or rest.pop(), long)
        return


def _short_meant(letter: str) -> str:
    from .elsewhere import meant

    return meant(letter, "", ()) or LIST


def _port(option: Option, argument: str) -> str:
    """How to name the port, where one was given to the option of a protocol; empty: none was."""
    if option.field == "protocol" and argument.isdecimal():
        return f"-P {argument} names the port"
    return ""


def _by_name(name: str, argument: str) -> Option:
    if name in LONG:
        return LONG[name]
    matches = [option for option in OPTIONS if option.long.startswith(name)]
    if not matches:
        from .elsewhere import meant

        raise UsageError(f"unknown option --{name}", remedy=meant(name, argument, LONG) or LIST)
    oldest = min(option.origin for option in matches)
    oldest_matches = [option for option in matches if option.origin == oldest]
    if len(oldest_matches) > 1:
        names = ", ".join(f"--{option.long}" for option in matches)
        raise UsageError(f"option --{name} is ambiguous: {names}")
    return oldest_matches[0]


def _convert(option: Option, argument: str, remedy: str = "") -> object:
    try:
        return option.convert(argument)
    except ValueError as error:
        what = f"option {option.spelled}: invalid value {argument!r}, expected {error}"
        if option.near is not None:
            remedy = remedy or option.near(argument)
        from ..nearest import did_you_mean

        raise UsageError(what, remedy=remedy or did_you_mean(argument, option.choices)) from None
