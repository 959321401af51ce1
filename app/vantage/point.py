"""A vantage point while it is in use: its probe process now, and what it says of its host."""

from __future__ import annotations

import os
import socket

from ..sanitize import sanitize
from .connection import await_told, start_far
from .far_names import FarNames
from .far_program import FarProgram

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Protocol

    from ..sanitize import Text
    from ..settings import Target, TraceSettings
    from ..trace.child import Pairs, Start
    from ..trace.far_child import FarChild
    from .where import Where

    class Tracer(Protocol):
        """A ``Runner``."""

        @property
        def is_over(self) -> bool:
            """Whether nothing is traced any more."""

        def ask(self, text: str, wait_s: float) -> Pairs | None:
            """Ask the probe process; from any thread."""


ASK_S = 6.0  # the far side gives a name five seconds
OF_NAME = "resolve name "
# Questions that may be asked before anybody waits for their answers: the far side looks up no more names at once, and
# no more answers are kept.
NAMES_AHEAD_MAX, QUESTIONS_AHEAD_MAX = 16, 128
# What the far resolver says of a name, as the local one would.
REASONS = {
    "unknown": "name not known",
    "timeout": "the name servers do not answer",
    "failed": "the system's resolver failed",
}


class VantagePoint:
    """One place to probe from, which is not this host as it is.

    Args:
        where: what the user named.
        in_flight_max: how many probes may be unanswered there.
        allow_mark: packets are marked there.
    """

    def __init__(self, where: Where, in_flight_max: int, *, allow_mark: bool = False) -> None:
        self.where = where
        self._program = FarProgram(in_flight_max, allow_mark=allow_mark)
        # What starts it once this process has given up its rights; None: this process itself.
        self.launch: Start | None = None
        self.name: Text = sanitize(where.text)
        self.child: FarChild | None = None
        self._untaken: FarChild | None = None
        self._tracer: Tracer | None = None
        # Asked ahead, by their texts.
        self._asked: dict[str, tuple[FarChild, int]] = {}
        # Packets to the targets leave from these addresses of its.
        self._addresses: set[str] = set()
        self.names = FarNames(lambda: self.child)
        """Reverse names as its own resolver has them."""
        self.discards = 0
        """Whether its host hears what routers say of sizes: net.ipv4.ip_no_pmtu_disc, 0 where it does."""

    def begin(self, *, alone: bool) -> FarChild:
        """Begin to reach it; see ``start_far``."""
        self._tracer = None
        self._untaken = self._start(alone=alone)
        return self._untaken

    def end(self) -> None:
        """End its probe process: nothing is traced from there."""
        child, self.child, self._untaken = self.child, None, None
        if child is not None:
            child.end()

    def end_unused(self) -> None:
        """End its probe process if nobody has taken it."""
        if self._untaken is not None:
            self.end()

    def connect(self) -> FarChild:
        """Begin to reach it again, while nobody can answer prompts.

        Raises:
            ProbeProcessError: the program that leads there cannot be run.
        """
        return self._start(alone=True)

    @property
    def command(self) -> list[str]:
        """What reaches it while nobody can answer prompts."""
        return self.where.command(self._program, alone=True)

    def _start(self, *, alone: bool) -> FarChild:
        self.child = start_far(self.where, self._program, alone=alone, launch=self.launch if alone else None)
        return self.child

    def traced_by(self, tracer: Tracer) -> None:
        """What traces from there, and from then on alone talks to its probe process."""
        self._tracer = tracer
        self._asked.clear()

    @property
    def is_over(self) -> bool:
        """Whether no probe process is left there: all that was traced from there has ended."""
        return self.child is None if self._tracer is None else self._tracer.is_over

    def take_child(self) -> FarChild | None:
        """Its probe process that runs and that nobody has yet; None: it is to be reached again."""
        child, self._untaken = self._untaken, None
        return child

    def ask_ahead(self, questions: Iterable[str]) -> None:
        """Ask what will be asked for: all together takes one round trip of what leads there, not one each.

        At the start they travel behind the probe process itself, and take none.
        """
        child = self.child
        if child is None or self._tracer is not None:
            return
        names = sum(is_of_name(text) for text in self._asked)
        for text in questions:
            names += is_of_name(text)
            if len(self._asked) >= QUESTIONS_AHEAD_MAX or names > NAMES_AHEAD_MAX:
                break
            if text not in self._asked:
                self._asked[text] = child, child.question(text)
        child.flush()

    def is_own(self, address: str) -> bool:
        """Whether an address is one that its probes leave from."""
        return address in self._addresses

    def resolve(self, name: str, version: int) -> list[str] | str:
        """The addresses that its resolver has for a name, with their zones; a text: why there are none."""
        told = self._ask(name_question(name))
        if told is None:
            return "the vantage point does not answer"
        word, pairs = told
        if word != "resolved":
            reason = next((value for pair, value in pairs if pair == "reason"), "")
            return REASONS.get(reason, "the vantage point cannot resolve names")
        found = [value for pair, value in pairs if pair in {"ip-4", "ip-6"} and _is_address(value)]
        return [address for address in found if not version or (":" in address) == (version == 6)]

    def source_for(self, target: Target, settings: TraceSettings) -> str:
        """The address that packets to a target leave from there; empty: unknown."""
        told = self._ask(host_question(target, settings))
        if told is None:
            return ""
        facts = dict(told[1])
        discards = facts.get("discards-sizes", "0")
        self.discards = int(discards) if discards.isdecimal() and len(discards) < 3 else 0
        return self.own_address(facts)

    def own_address(self, facts: Mapping[str, Text]) -> Text:
        """The address that packets leave from there by its answer, its own from then on; empty: it does not say."""
        source = facts.get("source", sanitize(""))
        if not _is_address(source):
            return sanitize("")
        self._addresses.add(source)
        return source

    def ssh_connection(self) -> tuple[str, str] | None:
        """The addresses of ssh's connection as that host sees it: the other side's, and its own.

        None: it was not reached by ssh, or says nothing of it. Zones of link-local addresses are that host's.
        """
        facts = self._host("")
        words = facts.get("ssh", "").split(",")
        if len(words) != 4 or ",".join(os.environ.get("SSH_CONNECTION", "").split()) == facts["ssh"]:
            return None  # of this process it is inherited by what runs on this host
        client, server = words[0], words[2]
        return (client, server) if _is_address(client) and _is_address(server) else None

    def source_towards(self, address: str) -> str:
        """The address that packets to another leave from there; empty: unknown."""
        source = self._host(f" ip-{6 if ':' in address else 4} {address}").get("source", "")
        return source if _is_address(source) else ""

    def _host(self, pairs: str) -> dict[str, Text]:
        told = self._ask(f"host{pairs}")
        return dict(told[1]) if told is not None and told[0] == "host" else {}

    def _ask(self, text: str) -> Pairs | None:
        child = self.child
        if self._tracer is not None:
            return self._tracer.ask(text, ASK_S)
        if child is None:
            return None
        asked, token = self._asked.pop(text, (None, 0))
        return await_told(child, token if asked is child else child.question(text), ASK_S)


def name_question(name: str) -> str:
    """The question what addresses a name has at a vantage point."""
    return f"{OF_NAME}{_a_label(name)}"


def is_of_name(question: str) -> bool:
    """Whether a question is one for a name."""
    return question.startswith(OF_NAME)


def host_question(target: Target | None = None, settings: TraceSettings | None = None) -> str:
    """The question what a vantage point's host is to a target; without one, what it is at all."""
    if target is None or settings is None:
        return "host"
    pairs = [f"host ip-{target.version} {target.address}"]
    for name, value in (
        (f"local-ip-{target.version}", settings.local_address),
        ("local-device", settings.local_device),
        ("zone", target.zone),
        ("tos", settings.tos),
        ("mark", settings.mark),
    ):
        if value:
            pairs.append(f"{name} {value}")
    return " ".join(pairs)


def _a_label(name: str) -> str:
    """A name as resolvers have it on the wire (RFC 5890)."""
    try:
        return name if name.isascii() else name.encode("idna").decode("ascii")
    except UnicodeError:
        return "?"


def _is_address(text: str) -> bool:
    host, percent, zone = text.partition("%")
    if percent and not (zone.isascii() and zone.isprintable() and zone and " " not in zone):
        return False
    try:
        socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host)
    except (OSError, ValueError):
        return False
    return True
