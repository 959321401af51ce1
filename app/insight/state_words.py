"""What is said while there is nothing to judge: the trace begins, waits, or cannot go on.

The screen says it before the rules are loaded, so this module needs none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import wording

if TYPE_CHECKING:
    from .assessment import Sentences

# So long nobody wonders that no answer has come.
EARLY_US = 5_000_000
STARTING: Sentences = (("Starting.", ""),)
PAUSED = "Paused: nothing is measured yet."


def measuring(answered: int, completed: int, average_us: int) -> Sentences:
    """The first answers, while the rules are not loaded yet; ``answered`` 0: the target has not."""
    if not answered:
        return (("Measuring.", "The target has not answered yet."),)
    told = f"{wording.of(answered, completed)} answered at the target, {wording.milliseconds(average_us)} ms."
    return (("Measuring:", told),)


def waiting(target: str) -> Sentences:
    """The first seconds."""
    return ((f"Waiting for the first answer from {target} ...", ""), ("Waiting for the first answer ...", ""))


def no_answer(elapsed_us: int = 0) -> Sentences:
    """Nobody has answered since measuring began, so long ago; 0: it is over."""
    ago = f" for {wording.duration(elapsed_us / 1e6)}" if elapsed_us else ""
    return ((f"No hop has answered{ago}.", "A local firewall, or no route?"),)


def nothing_came(sent: int) -> Sentences:
    """Of so many probes none was answered, by any hop; 0: it is not known how many were sent."""
    if not sent:
        return no_answer()
    lead = f"No hop has answered any of {wording.plural(sent, 'probe')}."
    return (
        (lead, "Check this host's firewall, its route, and the first link."),
        (lead, "Local firewall, or no route?"),
        ("No hop has answered.", "A local firewall, or no route?"),
    )


def network_down(down_us: int, times: int = 1) -> Sentences:
    """This host has no way to the target, so long already; it went down so many times, with short returns between."""
    lead, goes_on = f"Network down for {wording.duration(down_us / 1e6)}", "Probing goes on when it is back."
    if times > 1:
        returns = f"with {wording.plural(times - 1, 'short return')}."
        return ((f"{lead},", f"{returns} {goes_on}"), (f"{lead},", returns), (f"{lead}.", ""))
    return ((f"{lead}.", goes_on), (f"{lead}.", ""))


def failed(reason: str) -> Sentences:
    """The probe process is gone for good. A reason may have any length, and is told whole or not at all."""
    told = (reason or "the probe process is gone").rstrip(".")
    return ((f"{told[:1].upper()}{told[1:]}.", ""), ("Probing has stopped.", ""))
