"""Events in little memory: some thousand of them together, column by column, deflated.

A block is read by whom it was made, in the same program: it is no format, and nothing in it is checked. Columns of
numbers that hardly change deflate to almost nothing; what is rare stands beside them, whole.
"""

from __future__ import annotations

import pickle
import zlib
from array import array
from typing import TYPE_CHECKING

from ..trace.events import ProbeAnswered, ProbeLost, ProbeSent, RoundStarted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..recording.event_lines import Told

ROUND, SENT, ANSWERED, LOST, RARE = range(5)
COMMON = 7  # the fields of ``ProbeAnswered`` from ``labels`` on are of the answer, not of the probe
_LEVEL = 6
_ITEM = array("q").itemsize


class _Columns:
    """The numbers of a block: each column holds how a number differs from the one before it in the column."""

    def __init__(self) -> None:
        self.kinds = bytearray()
        self.indices = array("q")  # of the targets
        self.times_us = array("q")
        self.rounds = array("q")
        self.seqs = array("q")
        self.ttls = bytearray()
        self.flows = array("q")  # of what was sent
        self.answers = array("q")  # what an answer has in common with others, by its number
        self.rtts_us = array("q")

    def numbers(self) -> tuple[array[int], ...]:
        return self.indices, self.times_us, self.rounds, self.seqs, self.flows, self.answers, self.rtts_us


def pack(told: Sequence[Told]) -> bytes:
    """A block of these events."""
    try:
        held = _in_columns(told)
    except (OverflowError, ValueError):  # numbers that no trace has, and a file may
        nothing = _planes(array("q"))
        held = bytes((RARE,)) * len(told), b"", (nothing,) * len(_Columns().numbers()), (), list(told)
    return zlib.compress(pickle.dumps(held, 5), _LEVEL)


def _in_columns(told: Sequence[Told]) -> tuple[bytes, bytes, tuple[bytes, ...], tuple[object, ...], list[Told]]:
    """Kinds, TTLs, the columns of numbers, what answers have in common, and what is rare."""
    columns = _Columns()
    rare: list[Told] = []
    commons: dict[tuple[object, ...], int] = {}
    kinds, ttls = columns.kinds, columns.ttls
    index = time_us = round_number = seq = 0
    for one in told:
        if isinstance(one, tuple):
            at, event = one
            if isinstance(event, ProbeAnswered):
                common = (event.word, event.address, *event[COMMON:])
                number = commons.setdefault(common, len(commons))
                kinds.append(ANSWERED)
                columns.answers.append(number)
                columns.rtts_us.append(event.rtt_us)
            elif isinstance(event, ProbeSent):
                kinds.append(SENT)
                columns.flows.append(event.flow)
            elif isinstance(event, ProbeLost):
                kinds.append(LOST)
            elif isinstance(event, RoundStarted):
                kinds.append(ROUND)
            else:
                kinds.append(RARE)
                rare.append(one)
                continue
            columns.indices.append(at - index)
            columns.times_us.append(event.time_us - time_us)
            columns.rounds.append(event.round - round_number)
            index, time_us, round_number = at, event.time_us, event.round
            if not isinstance(event, RoundStarted):
                columns.seqs.append(event.seq - seq)
                ttls.append(event.ttl)
                seq = event.seq
        else:
            kinds.append(RARE)
            rare.append(one)
    return bytes(kinds), bytes(ttls), tuple(map(_planes, columns.numbers())), tuple(commons), rare


def unpack(block: bytes) -> list[Told]:
    """The events of a block."""
    kinds, ttls, planes, commons, rare = pickle.loads(zlib.decompress(block))  # noqa: S301 - this program made it
    indices, times_us, rounds, seqs, flows, answers, rtts_us = (iter(_column(one)) for one in planes)
    ttl_of, others = iter(ttls), iter(rare)
    made: list[Told] = []
    index = time_us = round_number = seq = 0
    for kind in kinds:
        if kind == RARE:
            made.append(next(others))
            continue
        index += next(indices)
        time_us += next(times_us)
        round_number += next(rounds)
        if kind == ROUND:
            made.append((index, RoundStarted(time_us, round_number)))
            continue
        seq += next(seqs)
        ttl = next(ttl_of)
        if kind == SENT:
            made.append((index, ProbeSent(time_us, round_number, ttl, seq, next(flows))))
        elif kind == LOST:
            made.append((index, ProbeLost(time_us, round_number, ttl, seq)))
        else:
            word, address, *rest = commons[next(answers)]
            rtt_us = next(rtts_us)
            made.append((index, ProbeAnswered(time_us, round_number, ttl, seq, word, address, rtt_us, *rest)))
    return made


def _planes(column: array[int]) -> bytes:
    """The first bytes of all numbers, then the second ones, and so on: most of these are alike."""
    data = column.tobytes()
    return b"".join(data[at::_ITEM] for at in range(_ITEM))


def _column(planes: bytes) -> array[int]:
    data, length = bytearray(len(planes)), len(planes) // _ITEM
    for at in range(_ITEM):
        data[at::_ITEM] = planes[at * length : (at + 1) * length]
    column = array("q")
    column.frombytes(data)
    return column
