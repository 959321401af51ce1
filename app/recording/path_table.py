"""What a path knows at a moment, as a checkpoint holds it: all but what the lines before the checkpoint tell anyway.

The histories of rounds are made of those lines (``columns``); the minutes and the log of what each checkpoint adds to
the one before (``Added``). All else stands in the table below: by class the attributes and their types. Attributes
that lead back to other parts of the path are none of them. ``tests/app/recording/test_path_state.py`` finds one that
the table lacks.
"""

from __future__ import annotations

import functools
import zlib
from collections import Counter, deque
from typing import Any, get_args

from ...probe.interface import Interface
from ...probe.wire import Label
from ..path import (
    bursts,
    change_watch,
    changes,
    far_clock,
    loss_changes,
    loss_watch,
    losses,
    minutes,
    one_way,
    raised_alerts,
    refused,
    rtt_level,
    rtt_statistics,
    snapshot,
    stretches,
    traffic,
)
from ..path.hop import LiveHop, LiveResponder
from ..path.level_watch import LevelWatch
from ..path.path import HISTORY_ROUNDS, Path
from ..path.path_watch import PathWatch
from ..path.stretch_watch import StretchWatch
from ..ranges import ADDRESSES_MAX
from ..settings import TraceSettings
from ..trace import checks, events
from ..trace.far_clock import ClockOffset
from .codec import BITS, COUNT, INDEX, ROUND, SUM, TTL, Items, Maybe, Row, Table, field_hints
from .values import NAMES, plain_fields

KEPT_MAX = 2 * HISTORY_ROUNDS + 1

# By class: its attributes with their types. A class of this table among them is filled in where it stands.
STATE: dict[type, dict[str, Any]] = {
    Path: {
        "settings": TraceSettings,
        "version": COUNT,
        "_started_us": int,
        "_time_us": int,
        "_state": NAMES["State"],
        "_reason": str,
        "_note": str,
        "_icmp_refused": bool,
        "_rounds": ROUND,
        "_last_round": ROUND,
        "_first_kept_round": ROUND,
        "_round_us": int,
        "_restarted_us": int | None,
        "_link_lost": events.LinkLost | None,
        "_source": str,
        "_checks": tuple[checks.Check, ...],
        "_refused": refused.RefusedProbes,
        "_traffic": traffic.LiveTraffic,
        "_minutes": minutes.LiveMinutes,
        "_one_way": one_way.LiveOneWay,
        "_far_clock": far_clock.LiveFarClock,
        "_alerts": raised_alerts.LiveAlerts,
    },
    refused.RefusedProbes: {"_causes": Table(Row((str, str)), Row((COUNT, int)))},
    traffic.LiveTraffic: {"interface": str, "_before": events.TrafficRead | None},
    minutes.LiveMinutes: {"started_us": int, "first": ROUND, "_kept": ROUND},
    one_way.LiveOneWay: {
        "_rounds": Items(one_way.OneWayRound, deque),
        "_forward": events.WayCount,
        "_back": events.WayCount,
        "_state": Maybe(NAMES["CountState"]),
        "_reason": str,
    },
    far_clock.LiveFarClock: {"known": ClockOffset | None},
    raised_alerts.LiveAlerts: {"_raised": tuple[snapshot.RaisedAlert, ...]},
    LiveHop: {
        "others": COUNT,
        "duplicates": COUNT,
        "duplicates_elsewhere": COUNT,
        "_latest_is_kept": bool,
        "sent": int,
        "received": COUNT,
        "pending": int,
        "shared": bool,
        "statistics": rtt_statistics.RunningStatistics,
        "responders": Items(LiveResponder, most=ADDRESSES_MAX + 1),
        "latest": INDEX,
        "error": str,
        "waiting": bool,
        "_shared_seqs": Items(int, set),
        "_latest_of": Table(int, INDEX),
        "_base_us": int,
        "cut_off": COUNT,
        "failed": COUNT,
        "_unreachables": Table(Row((str, str, int | None, int | None)), Row((COUNT, int, int))),
    },
    LiveResponder: {
        "address": str,
        "first_us": int,
        "last_us": int,
        "statistics": rtt_statistics.RunningStatistics,
        "labels": tuple[Label, ...],
        "interfaces": tuple[Interface, ...],
        "latest": events.ProbeAnswered | None,
        "_kinds": Table(Row((str, int | None, int | None)), COUNT, Counter),
        "rewrites": snapshot.Rewrites,
    },
    rtt_statistics.RunningStatistics: {
        "answers": COUNT,
        "last": COUNT,
        "best": COUNT,
        "worst": COUNT,
        "_sum": SUM,
        "_square_sum": SUM,
        "_log_sum": float,
        "_jitter": COUNT,
        "_jitter_sum": SUM,
        "_jitter_worst": COUNT,
        "_jitter_interarrival_16": int,
    },
    PathWatch: {
        "pooled": bool,
        "kept_from": ROUND,
        "_last_round": ROUND,
        "_changes": change_watch.ChangeWatch,
        "_unlogged": Maybe(Row((change_watch.Switch, ROUND))),
        "_epochs": tuple[snapshot.Epoch, ...],
        "_path_round": ROUND,
        "_before_round": ROUND,
        "_flapping": bool,
        "_flap_changes": COUNT,
        "_loss": loss_watch.LossWatch,
        "_stretches": StretchWatch,
        "_levels": LevelWatch,
    },
    change_watch.ChangeWatch: {"_state": change_watch.WatchState},
    change_watch.WatchState: {
        "hops": Table(TTL, changes.HopChanges),
        "sides": Items(Table(TTL, Items(INDEX, frozenset)), most=change_watch.SIDES_MAX),
        "latest": change_watch.Switch | None,
        "left_sent_us": int,
        "switches": Items(Row((int, ROUND, bool)), deque),
        "flap": snapshot.PathFlap | None,
        "longest_us": int,
    },
    changes.HopChanges: {
        "ttl": TTL,
        "_total": COUNT,
        "_forgotten": bool,
        "_seen": Table(INDEX, changes.Seen, most=changes.WATCHED_MAX),
        "_likeliest": changes.Change | None,
    },
    changes.Seen: {"count": COUNT, "first": COUNT, "last": int, "first_round": ROUND, "first_us": int},
    loss_watch.LossWatch: {"_loss": losses.TargetLoss, "_next": Maybe(ROUND), "_end_ttl": TTL},
    losses.TargetLoss: {
        "_run": ROUND,
        "_run_from": ROUND,
        "_outage": bool,
        "_lossy": bool,
        "_sum": float,
        "_since": ROUND,
        "_probes": COUNT,
        "_lost": COUNT,
        "_clean": COUNT,
    },
    StretchWatch: {
        "_changes": loss_changes.LossChanges,
        "_bursts": bursts.Bursts,
        "_next": ROUND,
        "_doubtful": Items(Row((ROUND, BITS, BITS, TTL))),
        "_outage": bool,
        "_end_ttl": TTL,
        "_end_lost": ROUND,
        "_end_rounds": ROUND,
        "_stretches": Items(stretches.Stretch),
        "_base": Table(TTL, Row((int, int))),
    },
    loss_changes.LossChanges: {
        "_end": TTL,
        "_heard": BITS,
        "_limiters": BITS,
        "_rounds": ROUND,
        "_lossy": Items(loss_changes.LossyRound, most=loss_changes.LOSSY_MAX),
        "_older": Items(COUNT),
        "_spaces": Row((ROUND, ROUND, ROUND)),
        "_silence": Maybe(Row((TTL, ROUND, ROUND, ROUND))),
        "_lost": Table(TTL, COUNT),
        "_ever": Table(TTL, COUNT),
        "_began": bool,
        "_before": Row((Table(TTL, int), ROUND)),
        "_course": Row((ROUND, ROUND)),
        "_carry_until": ROUND,
    },
    loss_changes.LossyRound: {"at": ROUND, "round": ROUND, "hops": BITS},
    bursts.Bursts: {
        "_kept": tuple[bursts.Burst, ...],
        "_rounds": ROUND,
        "_lost": Table(TTL, COUNT),
        "_from": ROUND,
        "_to": ROUND,
        "_count": ROUND,
        "_in_burst": Table(TTL, COUNT),
        "_latest": Items(Row((ROUND, BITS)), deque, bursts.LATE_MAX),
        "_since_us": int,
    },
    LevelWatch: {
        "_level": rtt_level.RttLevel,
        "_end_ttl": TTL,
        "_next": Maybe(ROUND),
        "_seeming": rtt_level.Level | None,
        "_levels": Items(ROUND),
        "_since_us": int,
        "shift": snapshot.RttShift | None,
    },
    rtt_level.RttLevel: {
        "_known": Items(COUNT, deque, rtt_level.KEPT),
        "_sides": Row((rtt_level.LevelSide, rtt_level.LevelSide)),
        "_longest": ROUND,
        "_calm": COUNT,
        "_last": rtt_level.Level | None,
        "excursion": rtt_level.Excursion | None,
    },
    rtt_level.LevelSide: {
        "excess": int,
        "last_beyond": ROUND,
        "rounds": Items(ROUND),
        "times_us": Items(COUNT),
        "seeming": rtt_level.Level | None,
        "seemed": bool,
    },
}
# What is made of other things: of the header, the lines, what checkpoints add, or other attributes; or anew.
MADE: dict[type, frozenset[str]] = {
    Path: frozenset(
        {"target", "_clock_offset_us", "_history_rounds", "_hops", "_events", "_cuts", "_watch", "_snapshot", "_trace"}
    ),
    traffic.LiveTraffic: frozenset({"_rates"}),
    minutes.LiveMinutes: frozenset({"_minute_of", "_hops"}),
    LiveHop: frozenset({"ttl", "_target", "_index", "_rtts_us", "_answered_by", "_flows"}),
    LiveResponder: frozenset({"frozen"}),
    PathWatch: frozenset({"_target", "_hops", "_events"}),
    loss_watch.LossWatch: frozenset({"_target", "_hops", "_cuts"}),
    StretchWatch: frozenset({"_target", "_hops", "_cuts", "_times"}),
    LevelWatch: frozenset({"_target", "_hops", "_begins_us"}),
    loss_changes.LossyRound: frozenset({"sums", "time_us"}),
    rtt_level.RttLevel: frozenset({"_ordered"}),
}


@functools.cache
def layout() -> int:
    """A number that changes with the table, and with the fields of all records in it."""
    seen: set[Any] = set()
    words: list[str] = []

    def look(hint: Any) -> None:
        if hint in seen:
            return
        seen.add(hint)
        if isinstance(hint, type) and (hint in STATE or plain_fields(hint) is not None):
            words.append(hint.__name__)
            for name, one in (STATE.get(hint) or field_hints(hint)).items():
                words.append(f"{name}:{one}")
                look(one)
            return
        parts = get_args(hint) if not isinstance(hint, Maybe | Items | Table | Row) else _parts(hint)
        for one in parts:
            look(one)

    for kind in STATE:
        look(kind)
    return zlib.crc32(" ".join(words).encode())


def _parts(hint: Any) -> tuple[Any, ...]:
    if isinstance(hint, Table):
        return hint.keys, hint.values
    return hint.of if isinstance(hint, Row) else (hint.of,)
