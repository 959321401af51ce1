"""What the program says about itself: help, version, manual, rules, completion."""

from __future__ import annotations

from ...probe.version import VERSION
from ..process.streams import write
from ..sanitize import document, own_document

FEATURES = ("ipv6", "curses", "braille", "json", "ipinfo", "mark")
MISSING = ("gtk",)


def answer_question(program: str, question: str, value: object) -> None:
    """Print the answer to a question that the program is asked instead of tracing.

    ``value`` is how often ``--version`` was given, the shell of ``--print-completion``, or the chapter of ``--manual``.

    Raises:
        UsageError: there is no such chapter.
    """
    if question == "help":
        from .help import help_text

        write(own_document(help_text(program)))
    elif question == "version":
        write(document([f"mtr 0.95 (hopscope {VERSION})" if program == "mtr" else f"hopscope {VERSION}"]))
        if isinstance(value, int) and value > 1:
            features = [(name, "yes") for name in FEATURES] + [(name, "no") for name in MISSING]
            write(document(["features:", *(f"  {name}: {answer}" for name, answer in features)]))
    elif question == "manual":
        import os

        from ..manual.show import show_manual

        show_manual(str(value), os.environ)
    elif question == "rules":
        from ..insight.rules import text

        write(own_document(text()))
    elif question == "print-config":
        from .config_text import print_config

        write(own_document(print_config()))
    else:
        from .completion import completion

        write(own_document(completion(str(value))))
