"""What is expected of a path, as a user writes it, and whether a trace meets it.

reached                    the target answers
hops <= 12                 the path to the target is no longer; also <, =, >= and >
path via AS64501           an address of the path is in that network
path via 192.0.2.1         it answers; also a name
path not via AS64501       no address that answers is in it
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from ipaddress import ip_address

from ..errors import UsageError
from ..nearest import did_you_mean
from ..resolve.facts import AS_NUMBER
from ..sanitize import NOTHING, Text, composed, sanitize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal, Protocol

    from ..path.snapshot import Snapshot

    Kind = Literal["reached", "hops", "via", "not via"]

    class Known(Protocol):
        """What is known of addresses."""

        def name(self, address: str) -> Text | None:
            """The reverse name; None: not known."""

        def fact(self, address: str, kind: int) -> Text | None:
            """A fact of its network, by its number in ``FACTS``; None: not known."""


COMPARE: dict[str, Callable[[int, int], bool]] = {
    "<=": operator.le,
    "<": operator.lt,
    "=": operator.eq,
    "==": operator.eq,
    ">=": operator.ge,
    ">": operator.gt,
}
GRAMMAR = "'reached', 'hops <= COUNT', 'path via AS64501', 'path via HOST' or 'path not via ...'"
TTL_MAX = 255
NUMBER_MAX = 1 << 32  # of an AS (RFC 6793)


@dataclass(frozen=True, slots=True)
class Expectation:
    """One of them."""

    text: Text
    """As the user gave it, with single blanks."""
    kind: Kind
    """What is looked at."""
    compare: str = ""
    """Of hops: which of ``COMPARE``."""
    hops: int = 0
    """Of hops: how many, 1 to 255."""
    number: int | None = None
    """The AS that is meant; None: none is."""
    host: str = ""
    """The address or the name in lower case that is meant; empty: an AS is."""

    @property
    def needs_networks(self) -> bool:
        """Whether the AS of each address must be known."""
        return self.number is not None

    @property
    def needs_names(self) -> bool:
        """Whether the name of each address must be known."""
        return bool(self.host) and _address(self.host) is None


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether it is met."""

    met: bool
    """Whether it is."""
    found: Text
    """What was found instead, a clause; empty where it is met."""


def parse_expectation(text: str) -> Expectation:
    """The expectation that a text is.

    Raises:
        UsageError: it is none.
    """
    for sign in sorted(COMPARE, key=len, reverse=True):
        if sign in text:
            text = text.replace(sign, f" {sign} ", 1)
            break
    named = sanitize(" ".join(text.split()))
    match named.lower().split():
        case ["reached"]:
            return Expectation(named, "reached")
        case ["hops", sign, count] if sign in COMPARE and _whole(count, 1, TTL_MAX) is not None:
            return Expectation(named, "hops", sign, int(count))
        case ["path", "via", where]:
            return _via(named, "via", where)
        case ["path", "not", "via", where]:
            return _via(named, "not via", where)
        case [first, *_]:
            kinds = ("reached", "hops", "path")
            remedy = "" if first in kinds else did_you_mean(first, kinds)
            raise UsageError(f"--expect '{named}' is no expectation", remedy=remedy or f"use {GRAMMAR}")
    raise UsageError("--expect: an expectation is missing", remedy=f"use {GRAMMAR}")


def judge(expectation: Expectation, snapshot: Snapshot, known: Known) -> Judgement:
    """Whether a trace meets an expectation; names and networks of its addresses have been waited for."""
    if expectation.kind == "reached":
        return _judgement(snapshot.reached, "the target did not answer")
    if expectation.kind == "hops":
        if not snapshot.reached:
            return Judgement(
                met=False, found=composed("the target did not answer, so the length of the path is not known")
            )
        hops = snapshot.hops[-1].ttl
        met = COMPARE[expectation.compare](hops, expectation.hops)
        return _judgement(met, f"the path has {hops} hop{'' if hops == 1 else 's'}")
    return _judge_via(expectation, snapshot, known)


def _via(named: Text, kind: Literal["via", "not via"], where: str) -> Expectation:
    if where.startswith("as") and (number := _whole(where[2:], 0, NUMBER_MAX - 1)) is not None:
        return Expectation(named, kind, number=number)
    return Expectation(named, kind, host=_address(where) or where.rstrip("."))


def _judge_via(expectation: Expectation, snapshot: Snapshot, known: Known) -> Judgement:
    found, unknown = [], 0
    for hop in snapshot.hops:
        for one in hop.responders:
            fits = _is_meant(expectation, one.address, known)
            if fits:
                found.append((hop.ttl, one.address))
            unknown += fits is None
    where = f"AS{expectation.number}" if expectation.number is not None else expectation.host
    if expectation.kind == "not via":
        if not found:
            return Judgement(met=True, found=NOTHING)
        within = f", in {where}" if expectation.number is not None else ""
        return Judgement(met=False, found=composed(f"hop {found[0][0]} is {found[0][1]}{within}"))
    silent = [hop.ttl for hop in snapshot.hops if not hop.responders]
    clause = f"no hop that answered is {'in ' if expectation.number is not None else ''}{where}"
    if unknown:
        clause += f"; the AS of {unknown} address{'' if unknown == 1 else 'es'} is not known"
    if silent:
        clause += f"; {len(silent)} hop{'' if len(silent) == 1 else 's'} did not answer"
    return _judgement(bool(found), clause)


def _is_meant(expectation: Expectation, address: str, known: Known) -> bool | None:
    """Whether an address is what is meant; None: that is not known."""
    if expectation.number is None:
        name = known.name(address)
        return expectation.host in {address, *([str(name).lower().rstrip(".")] if name is not None else [])}
    numbers = known.fact(address, AS_NUMBER)
    return None if not numbers else str(expectation.number) in numbers.replace("/", " ").split()


def _judgement(met: bool, found: str) -> Judgement:  # noqa: FBT001 - the one thing it is about
    return Judgement(met, NOTHING if met else composed(found))


def _whole(text: str, low: int, high: int) -> int | None:
    if not text.isascii() or not text.isdecimal() or len(text) > len(str(high)):
        return None
    return int(text) if low <= int(text) <= high else None


def _address(text: str) -> str | None:
    try:
        return str(ip_address(text))
    except ValueError:
        return None
