"""Lanes that come and go while others are traced: a real session over loopback, and what is said of wishes in vain."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from hopscope.app.errors import UsageError
from hopscope.app.launch.more_lanes import MoreLanes, why_refused
from hopscope.app.launch.prepare import prepare
from hopscope.app.launch.probe_command import probe_command
from hopscope.app.options.model import read_options
from hopscope.app.sanitize import sanitize
from hopscope.app.trace.child import start_child
from hopscope.app.vantage.where import parse_where

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hopscope.app.additions import Addition
    from hopscope.app.launch.plan import Plan
    from hopscope.app.session import Session

PATIENCE_S = 60.0
QUICK = ("-n", "-i", "0.1")


@contextmanager
def running(*arguments: str) -> Iterator[tuple[Session, Plan]]:
    """A session as the screen has it, which traces these targets."""
    options = read_options([*QUICK, *arguments], {})
    command, _ = probe_command(options, {})
    plan = prepare("hopscope", options, {}, start_child(command))
    session = plan.session(finder=lambda: MoreLanes(plan, dict(os.environ)))
    session.attach(plan.directory)
    session.start()
    try:
        yield session, plan
    finally:
        session.close()


def until(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds."""
    give_up_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < give_up_s
        time.sleep(0.01)  # polling: what is waited for happens in other threads


def names(session: Session) -> list[str]:
    """What is traced."""
    return [one.target.lane for one in session.snapshots()]


def done(addition: Addition) -> Addition:
    """An addition, once it is over."""
    assert addition.wait(PATIENCE_S), addition.progress
    return addition


def test_a_target_is_added_by_every_lane_and_the_others_go_on() -> None:
    """It comes last, and its figures begin; those of the others stay."""
    with running("--lanes", "icmp,udp", "127.0.0.1") as (session, _):
        until(lambda: session.rounds_begun() >= 3)
        before = session.snapshots()[0]
        added = done(session.add("127.0.0.2"))
        assert (added.added, added.errors, added.over, added.progress) == (2, (), True, "")
        assert not session.additions
        assert names(session) == [
            *("127.0.0.1 by ICMP", "127.0.0.1 by UDP"),
            *("127.0.0.2 by ICMP", "127.0.0.2 by UDP"),
        ]
        until(lambda: all(one.rounds > 1 and one.reached for one in session.snapshots()))
        assert session.snapshots()[0].rounds > before.rounds
        assert session.snapshots()[0].started_us == before.started_us


def test_a_lane_is_added_to_every_target() -> None:
    """Beside what is traced without a lane."""
    with running("127.0.0.1", "127.0.0.2") as (session, _):
        assert done(session.add(lane="udp")).added == 2
        assert names(session) == ["127.0.0.1", "127.0.0.2", "127.0.0.1 by UDP", "127.0.0.2 by UDP"]
        until(lambda: all(one.reached for one in session.snapshots()))
        assert [one.settings.protocol for one in session.snapshots()][2:] == ["udp", "udp"]


def test_a_vantage_point_is_added_to_every_target() -> None:
    """It is reached by a program of this process's own, and named by what was typed."""
    with running("127.0.0.1") as (session, _):
        addition = session.add(where="exec:env")
        assert addition.asked == "from exec:env"
        assert done(addition).errors == ()
        assert names(session) == ["127.0.0.1", "exec:env to 127.0.0.1"]
        until(lambda: all(one.reached for one in session.snapshots()))
        done(session.add("127.0.0.2"))  # from here and from there
        assert names(session)[2:] == ["127.0.0.2", "exec:env to 127.0.0.2"]
        until(lambda: all(one.reached for one in session.snapshots()))


def test_positions_fall_when_one_is_removed() -> None:
    """Events and checks of the others keep to theirs, and the last one is not removed."""
    with running("127.0.0.1", "127.0.0.2", "127.0.0.3") as (session, _):
        until(lambda: all(one.reached for one in session.snapshots()))
        session.remove(1)
        assert [one.address for one in session.targets] == ["127.0.0.1", "127.0.0.3"] == names(session)
        rounds = [one.rounds for one in session.snapshots()]
        until(lambda: all(one.rounds > more + 2 for one, more in zip(session.snapshots(), rounds, strict=True)))
        session.remove(0)
        with pytest.raises(UsageError, match="this is the only target"):
            session.remove(0)
        assert done(session.add("127.0.0.1")).added == 1
        assert names(session) == ["127.0.0.3", "127.0.0.1"]
        until(lambda: session.snapshots()[1].reached)


def test_a_place_that_has_nothing_left_is_reached_anew() -> None:
    """Its last target is removed, and another one added: a new probe process there."""
    with running("127.0.0.1") as (session, plan):
        done(session.add(where="exec:env"))
        point = plan.point(session.targets[1].vantage)
        assert point is not None
        until(lambda: session.snapshots()[1].reached)
        first = point.child
        session.remove(1)
        done(session.add(where="exec:env"))
        assert names(session) == ["127.0.0.1", "exec:env to 127.0.0.1"]
        until(lambda: session.snapshots()[1].reached)
        assert point.child is not first


def test_a_place_is_asked_by_what_traces_from_there() -> None:
    """Its answers to probes are nobody else's: while many questions are put to it no probe is told as lost."""
    with running("127.0.0.1") as (session, plan):
        done(session.add(where="exec:env"))
        until(lambda: session.snapshots()[1].reached)
        point = plan.point(session.targets[1].vantage)
        assert point is not None
        rounds = session.rounds_begun()
        asked = 0
        while session.rounds_begun() < rounds + 10:
            assert point.resolve("localhost", 4) == ["127.0.0.1"]
            assert point.source_towards("127.0.0.5") == "127.0.0.1"
            asked += 1
        assert asked > 0
        until(lambda: session.snapshots()[1].rounds > 10)
        assert session.snapshots()[1].hops[0].dropped == 0


def test_a_place_that_knows_no_such_target_keeps_no_probe_process() -> None:
    """It was reached in vain: what runs there ends, and it is reached again when it is asked for again."""
    with running("127.0.0.1") as (session, plan):
        [error] = done(session.add("0.0.0.0", where="exec:env")).errors
        assert "not a specific host" in str(error)
        point = plan.point(sanitize("exec:env"))
        assert point is not None
        assert point.is_over
        assert point.child is None
        assert done(session.add("127.0.0.2", where="exec:env")).added == 1


def test_a_name_is_looked_up_where_all_had_ended() -> None:
    """Once the last target from there is removed, the place is reached again before it is asked for a name."""
    with running("127.0.0.1") as (session, plan):
        done(session.add(where="exec:env"))
        point = plan.point(session.targets[1].vantage)
        assert point is not None
        session.remove(1)
        until(lambda: point.is_over)
        addition = done(session.add("localhost", where="exec:env"))
        assert (addition.added, addition.errors) == (1, ())
        until(lambda: session.snapshots()[1].reached)


def test_settings_that_were_changed_are_those_of_what_comes() -> None:
    """And it waits while all are paused."""
    with running("127.0.0.1") as (session, _):
        session.change(tos=8, protocol="udp", port=0)
        session.pause()
        until(lambda: session.snapshots()[0].state == "paused")
        done(session.add("127.0.0.2"))
        done(session.add("127.0.0.1", where="exec:env"))
        until(lambda: all(one.state == "paused" for one in session.snapshots()))
        assert {(one.settings.tos, one.settings.protocol) for one in session.snapshots()} == {(8, "udp")}
        session.resume()
        until(lambda: all(one.reached for one in session.snapshots()))


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"target": "127.0.0.1"}, "127.0.0.1 is traced already"),
        ({"target": "no such host"}, "cannot resolve no such host: "),
        ({"target": "127.0.0.1:80"}, "cannot resolve 127.0.0.1:80: ICMP has no ports"),
        ({"lane": "icpm"}, "lane 'icpm': expected icmp, udp[:PORT], tcp[:PORT], sctp[:PORT], ipv4 or ipv6"),
        ({"where": "web1"}, "invalid value 'web1', expected local, ssh:"),
        ({"where": "shh:web1"}, "'shh:web1': expected local, ssh:"),
        ({"where": "exec:/no/such/program"}, "exec:/no/such/program: cannot run /no/such/program: No such file"),
        ({"where": "exec:false"}, "exec:false: "),
        ({"where": "netns:blue"}, "netns:blue: needs root"),
    ],
)
def test_what_cannot_be_had_is_said_in_a_sentence(wish: dict[str, str], said: str) -> None:
    """It stays among the additions until it is dismissed, and nothing else changes."""
    with running("127.0.0.1") as (session, _):
        addition = done(session.add(**wish))
        assert addition.added == 0
        assert [str(error)[: len(said)] for error in addition.errors] == [said]
        assert list(session.additions) == [addition]
        addition.cancel()
        assert not session.additions
        assert names(session) == ["127.0.0.1"]


def test_what_is_cancelled_is_not_traced() -> None:
    """A place that hangs is let go at once; the process that was to lead there ends."""
    with running("127.0.0.1") as (session, _):
        addition = session.add(where="exec:sleep 600")
        until(lambda: addition.progress.startswith("Connecting to exec:sleep"))
        addition.cancel()
        assert not session.additions
        assert addition.wait(PATIENCE_S)
        assert names(session) == ["127.0.0.1"]


def test_the_only_other_places_are_those_that_need_no_rights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever started the screen, it has no root's rights; root's own may open no socket of this host's services."""
    for user, refused in ((1000, {"netns", "vrf"}), (0, {"netns", "vrf", "docker", "podman"})):
        monkeypatch.setattr(os, "geteuid", lambda user=user: user)
        texts = ("ssh:h", "docker:h", "podman:h", "kubectl:n/p", "netns:h", "vrf:h", "exec:h")
        assert {text.partition(":")[0] for text in texts if why_refused(parse_where(text)) is not None} == refused
    error = why_refused(parse_where("netns:h"))
    assert str(error) == "netns:h: needs root, which the screen has given up; start hopscope with --from netns:h"


def test_a_simulated_network_has_further_targets_but_no_other_places() -> None:
    """The scenario's own names."""
    with running("--demo", "steady") as (session, _):
        assert done(session.add(lane="tcp:443")).added == 1
        until(lambda: session.snapshots()[1].rounds > 1)
        error = done(session.add(where="ssh:web1")).errors[0]
        assert str(error) == "ssh:web1: other places do not go with --demo"


@pytest.mark.skipif(os.geteuid() != 0, reason="takes capabilities away, as root")
def test_a_new_place_that_cannot_trace_is_an_error_and_no_row() -> None:
    """Its probe process says that it cannot do what the lane asks for: that is said, and nothing is shown of it."""
    with running("127.0.0.1") as (session, _):
        addition = done(session.add(where="exec:setpriv --bounding-set=-all --inh-caps=-all", lane="sctp"))
        assert addition.added == 0
        assert ["SCTP" in str(error) for error in addition.errors] == [True]
        assert names(session) == ["127.0.0.1"]


def test_what_is_still_being_reached_ends_with_the_session() -> None:
    """A place that hangs while it is added leaves no process behind, whether its dialog was left or not."""
    with running("127.0.0.1") as (session, plan):
        hanging = [session.add(where=f"exec:env PLACE={name} sh -c 'exec sleep 600'") for name in "ab"]
        until(lambda: all(one.progress.startswith("Connecting") for one in hanging))
        hanging[0].cancel()
        del plan
    assert all(one.over and not one.added for one in hanging)
