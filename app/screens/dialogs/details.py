"""The details of a hop: what answered, how often, how fast, and what the answers say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....widgets.ink import Ink
from ....widgets.line import Line, cut
from ....widgets.numbers import grouped
from ....widgets.overlay import DIALOG, DIALOG_MUTED, Overlay, boxed, hint_line
from ...insight import refusals
from ...path.flow_map import epoch_start, hop_flows, is_parted
from ...path.interfaces import whole
from ...path.minutes import MINUTE_US
from ...path.return_path import hops_back
from ...protocols import UDP
from ...resolve.facts import AS_NAME, AS_NUMBER, FACTS
from ...statistics.exact_tests import percentile, proportion_interval, unseen_bound
from ..present import events, table
from ..present.clock import clock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    from ...path.snapshot import Hop, Responder, Snapshot
    from ..judge import Assess

    class DetailsHost(Protocol):
        """What the details need of the screen that they lie over."""

        @property
        def snapshot(self) -> Snapshot:
            """The newest snapshot of the target that is shown."""

        def chosen_hop(self, snapshot: Snapshot) -> Hop | None:
            """The selected hop, or the target's."""

        def look(self) -> table.Look:
            """How hosts are written now."""

        def walk_hops(self, step: int) -> None:
            """Select the hop above or below."""

        def copy_to_clipboard(self, text: str) -> None:
            """Hand a text to the terminal."""

        def say(self, text: str) -> None:
            """Show a toast."""


WIDE, HIGH = 96, 23
OTHERS_SHOWN = 3
MINUTES_SHOWN = 5  # the latest in which probes were lost
PAGE = 10  # lines
NETWORK_FACTS = sorted(FACTS, key=lambda one: one.number not in {AS_NUMBER, AS_NAME})  # those first
LABEL_CELLS = 14
# How the path MTU of a hop is known.
HOW = {
    "tested": "answered at that size",
    "implied": "forwards packets of that size",
    "shared": "as on the path to another target",
    "silent": "not known: it never answers",
    "unclear": "not known: too many probes were lost",
    "untested": "not known",
}


def field(label: str, text: str) -> Line:
    """A labelled line."""
    return Line(DIALOG).add(label, DIALOG_MUTED).pad(LABEL_CELLS).add(text)


def _answers(hop: Hop) -> Iterator[Line]:
    """How many probes were answered, and how many duplicate replies there were."""
    low, high = (100 * share for share in proportion_interval(hop.dropped, hop.completed))
    none_lost = hop.dropped == 0
    sure = f"below {100 * unseen_bound(hop.completed):.1f} %" if none_lost else f"{low:.1f}-{high:.1f} %"
    percent = 100 * hop.dropped / hop.completed if hop.completed else 0.0
    yield field("answers", f"{grouped(hop.received)} of {grouped(hop.completed)}, loss {percent:.1f} % (95 %: {sure})")
    if hop.duplicates:
        yield field("duplicates", f"{grouped(hop.duplicates)} duplicate replies; each probe is counted once")


def _reports(snapshot: Snapshot, hop: Hop) -> Iterator[Line]:
    """What routers that answer here reported of the target, the latest first."""
    latest_first = sorted(hop.unreachables, key=lambda one: -one.last_us)
    for at, one in enumerate(latest_first[:OTHERS_SHOWN]):
        what = refusals.name(one.word, one.icmp_type, one.icmp_code)
        last = clock(one.last_us, snapshot.clock_offset_us)
        yield field("" if at else "reports", f"{what} {grouped(one.count)} times, last {last}, by {one.address}")
    if hop.cut_off:
        yield field("cut off", f"{grouped(hop.cut_off)} probes, by a router before this hop")
    if hop.failed:
        who = "the vantage point" if snapshot.target.vantage else "this host"
        yield field("not sent", f"{grouped(hop.failed)} probes, by {who}")


def _lost_by_minute(snapshot: Snapshot, hop: Hop) -> Iterator[Line]:
    """The latest minutes in which probes were lost, each with how many: what a wide cell of the strip stands for."""
    lost = [(at, count) for at, count in enumerate(hop.minute_lost.tolist()) if count]
    if not lost or len(hop.minute_lost) < 2:
        return
    texts = []
    for at, count in lost[: -MINUTES_SHOWN - 1 : -1]:
        began_us = snapshot.minutes_from_us + (snapshot.first_minute + at) * MINUTE_US
        texts.append(f"{clock(began_us, snapshot.clock_offset_us)[:5]} {grouped(count)}")
    more = len(lost) - len(texts)
    yield field("lost a minute", ", ".join(texts) + (f", and {more} minutes before" if more else ""))


class DetailsBox(Overlay):
    """Up and Down walk the hops, Ctrl-Y copies the text, Esc goes back."""

    def __init__(self, host: DetailsHost, assess: Assess) -> None:
        super().__init__()
        self._host = host
        self._assess = assess
        self._first = 0  # of the lines that are shown, where not all fit

    def frame(self, width: int, height: int) -> list[Line]:
        """A dialog of at most 96 by 23; the whole screen below 80 cells."""
        snapshot = self._host.snapshot
        hop = self._host.chosen_hop(snapshot)
        wide, high = (WIDE, HIGH) if width > WIDE else (width, HIGH)
        if width < 80:
            high = height
        high = min(high, height)
        if hop is None:
            return boxed("no hop", [], wide, 5, self.glyphs)
        body = list(self._body(snapshot, hop, wide - 4))
        room = high - 3
        up, down = self.glyphs.up, self.glyphs.down
        hints = [("Up Down" if up.isascii() else up + down, "other hops"), ("Ctrl-Y", "copy"), ("Esc", "back")]
        self._first = max(0, min(self._first, len(body) - room))
        if len(body) > room:
            hints.insert(1, ("PgUp PgDn", f"{len(body) - room} more lines"))
        body = body[self._first : self._first + room]
        last = hint_line(hints)
        body += [Line(DIALOG)] * (room - len(body))
        return boxed(f"hop {hop.ttl}", [*body, last], wide, high, self.glyphs)

    def _body(self, snapshot: Snapshot, hop: Hop, width: int) -> Iterator[Line]:
        yield from self._role(snapshot, hop)
        yield from _answers(hop)
        yield from _lost_by_minute(snapshot, hop)
        counts: dict[str, int] = {}
        for responder in hop.responders:
            for word, icmp_type, icmp_code, count in responder.kinds:
                text = refusals.name(word, icmp_type, icmp_code)
                counts[text] = counts.get(text, 0) + count
        if counts:
            yield field("ICMP seen", ", ".join(f"{text} {grouped(count)}" for text, count in counts.items()))
        yield from _reports(snapshot, hop)
        latest = hop.responders[hop.latest] if hop.latest >= 0 else None
        if latest is not None and latest.reply_ttl is not None:
            back = hops_back(latest.reply_ttl)
            same = "as many as forward" if back == hop.ttl else f"the forward path has {hop.ttl}"
            yield field("reply TTL", f"{latest.reply_ttl}, so {back} hop{'s' * (back != 1)} back: {same}")
        if latest is not None and latest.quoted_ttl is not None:
            tos = f", TOS 0x{latest.quoted_tos:02x}" if latest.quoted_tos is not None else ""
            yield field("quoted", f"TTL {latest.quoted_ttl}{tos}")
        yield from _path_mtu(snapshot, hop.ttl)
        yield Line(DIALOG)
        yield from self._addresses(hop, width)
        yield Line(DIALOG)
        if latest is not None:
            yield from self._network(latest)
        assessment = self._assess(snapshot)
        found = [one for one in assessment.verdicts if one.first_ttl <= hop.ttl <= one.last_ttl]
        for at, one in enumerate(found):
            text = "  ".join(part for part in (one.title, one.brief) if part)
            yield field("" if at else "verdict", text)
        if latest is not None:
            yield field("first seen", self._seen(snapshot, hop))
        for entry in events.entries(snapshot, self._host.look(), assessment):
            for ttl, now, was in entry.changes:
                if ttl == hop.ttl:
                    yield field("changed", f"{entry.clock}  now {_named(now)}")
                    yield field("", f"{' ' * len(entry.clock)}  was {_named(was)}")

    def _role(self, snapshot: Snapshot, hop: Hop) -> Iterator[Line]:
        count = len(hop.responders)
        if hop is snapshot.hops[-1] and snapshot.reached:
            yield field("role", "the target")
            if snapshot.target.others:
                yield field("also at", _others(snapshot.target.others))
        elif count == 0:
            yield field("role", "never answered")
        else:
            how = self._assess(snapshot).hop(hop.ttl).balance
            shared = f", load balancing per {how}" if how else ""
            yield field("role", f"{count} addresses{shared}" if count > 1 else "router")
        sharing = _sharing(snapshot, hop)
        if sharing:
            yield field("flows", sharing)

    def _addresses(self, hop: Hop, width: int) -> Iterator[Line]:
        numbers = ("share", "answers", "best", "p50", "p99")
        narrow = width < 76
        end = width - 1
        title = Line(DIALOG_MUTED).add("address")
        if not narrow:
            title.pad(17).add("name")
        yield title.pad(end - 8 * len(numbers)).add("".join(name.rjust(8) for name in numbers))
        total = sum(one.statistics.answers for one in hop.responders) or 1
        for at, responder in enumerate(hop.responders):
            name = self._host.look().name(responder.address) or ""
            line = Line(DIALOG).add(responder.address)
            if narrow and name:
                yield line.add("  " + cut(name, max(4, width - line.width - 3), self.glyphs.ellipsis))
                line = Line(DIALOG)
            elif name:
                line.pad(max(17, line.width + 2))
                line.add(cut(name, max(4, end - 8 * len(numbers) - line.width - 1), self.glyphs.ellipsis))
            values = sorted(
                value for value, who in zip(hop.rtts_us, hop.answered_by, strict=True) if who == at and value >= 0
            )
            middle, high = (percentile(values, share) if values else 0 for share in (0.5, 0.99))
            times = [responder.statistics.best, middle, high]
            share = f"{100 * responder.statistics.answers / total:.0f} %"
            cells = [share, grouped(responder.statistics.answers), *(f"{value / 1000:.3f}" for value in times)]
            yield line.pad(max(line.width, end - 8 * len(numbers))).add("".join(cell.rjust(8) for cell in cells))
            for label in responder.labels:
                bottom = "yes" if label.bottom else "no"
                text = f"MPLS label {label.label}  tc {label.tc}  bottom {bottom}  ttl {label.ttl}"
                yield Line(DIALOG).pad(0 if narrow else 17).add(text, Ink("note-words", "dlg"))
            for interface in responder.interfaces:
                yield (
                    Line(DIALOG).pad(0 if narrow else 17).add(f"interface {whole(interface)}", Ink("note-words", "dlg"))
                )

        if hop.others:
            yield Line(DIALOG_MUTED).add(f"and {grouped(hop.others)} answers of further addresses, counted together")

    def _network(self, responder: Responder) -> Iterator[Line]:
        origin = self._host.look().origin(responder.address)
        if origin is None:
            return
        known = ((one, origin.fact(one.number)) for one in NETWORK_FACTS)
        text = "  ".join(f"{one.prefix}{said}" for one, said in known if said)
        if text:
            yield field("network", text)

    def _seen(self, snapshot: Snapshot, hop: Hop) -> str:
        first = min(one.first_us for one in hop.responders)
        last = max(one.last_us for one in hop.responders)
        offset = snapshot.clock_offset_us
        return f"{clock(first, offset)}, last answer {clock(last, offset)}"

    def text(self) -> str:
        """The box as plain text."""
        snapshot = self._host.snapshot
        hop = self._host.chosen_hop(snapshot)
        if hop is None:
            return ""
        title = f"hop {hop.ttl}  {table.host(hop, table.Look(self._host.look().name))}"
        return "\n".join([title, *(line.text().rstrip() for line in self._body(snapshot, hop, WIDE))]) + "\n"

    def key(self, key: str, character: str | None) -> bool:  # noqa: ARG002
        """Walk, copy, or close."""
        if key in {"up", "down"}:
            self._first = 0
            self._host.walk_hops(-1 if key == "up" else 1)
            self.repaint()
            return True
        if key in {"pageup", "pagedown"}:
            self._first += PAGE if key == "pagedown" else -PAGE
            self.repaint()
            return True
        if key == "ctrl+y":
            self._host.copy_to_clipboard(self.text())
            self._host.say("Details copied (terminal permitting)")
            return True
        return key not in {"escape", "enter", "q"}


def _sharing(snapshot: Snapshot, hop: Hop) -> str:
    """How many flows met a hop, and whether they have met all addresses; empty where there is but one flow."""
    if not snapshot.settings.flows:
        return ""
    if snapshot.settings.protocol == UDP.name and is_parted(hop):
        return "per-probe ports: too little is quoted to tell"
    shared = hop_flows(hop, epoch_start(snapshot))
    if len(shared.by_flow) < 2:
        return ""
    known = "all found with 95 % confidence" if shared.complete else "there may be more"
    count = f"{shared.found} address{'es' * (shared.found > 1)}"
    return f"{count} in {len(shared.by_flow)} flows, {known}"


def _path_mtu(snapshot: Snapshot, ttl: int) -> Iterator[Line]:
    """What gets to a hop whole, where that was looked for."""
    if not any(check.mtu for check in snapshot.checks):
        return
    from ...insight.evidence.gather import gather
    from ...insight.subjects.path_mtu import found

    result = found(gather(snapshot))
    known = next((hop for hop in result.hops if hop.ttl == ttl), None) if result is not None else None
    if known is not None:
        yield field("path MTU", HOW[known.how] if known.mtu is None else f"{known.mtu} bytes, {HOW[known.how]}")


def _others(addresses: tuple[str, ...]) -> str:
    """Further addresses of the target's name, a few of them."""
    shown = ", ".join(addresses[:OTHERS_SHOWN])
    more = len(addresses) - OTHERS_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _named(who: tuple[str, str, str] | None) -> str:
    """A router of a path before or after a change."""
    if who is None:
        return "no such hop"
    address, name, _ = who
    return name or address or "no answer"
