"""The command line as one frozen value, checked as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from ..errors import UsageError
from ..settings import LookupSettings, ReportSettings, TraceSettings
from .parse import environment_words, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Literal, TypeVar

    from .option import Option

    Made = TypeVar("Made")
    Output = Literal[
        "", "screen", "report", "json", "xml", "csv", "raw", "split", "markdown", "dot", "json-full", "jsonl"
    ]

LIVE: frozenset[str] = frozenset({"raw", "split", "jsonl"})
CONNECTED_PORT = 80
MTU_OUTPUTS = frozenset({"report", "json", "json-full", "markdown"})
MTU_TRIES = 5
MTU_SIZE_MIN_BYTES = 68  # what every link takes (RFC 791)
SIZE_MAX_BYTES = 9000  # of mtr-packet's protocol
DOT_FLOWS = 16  # enough to tell three routers that share the load from four, with 95 % confidence


@dataclass(frozen=True, slots=True)
class ScreenLook:
    """How the screen opens: mtr's display mode, compact or not, and thresholds of the chart in milliseconds.

    ``keys`` are other keys by the names of actions, ``themes`` the user's own, by name and token.
    """

    displaymode: int = 0
    compact: bool = False
    scale: tuple[int, ...] = ()
    report_on_exit: bool = False
    theme: str = ""
    ascii: bool = False
    no_mouse: bool = False
    keys: tuple[tuple[str, str], ...] = ()
    themes: tuple[tuple[str, tuple[tuple[str, object], ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for.

    ``targets`` are as typed, ``filenames`` hold further ones, which come first. ``family`` is 4, 6 or 0.
    ``strict_protocol``: the protocol was named, so no other may stand in for it; ``strict_flows``: so were flows.
    ``packet`` is the command of the probe process, empty for our own; ``demo`` a scenario (empty: the usual one), None
    when the network is the real one. ``all_addresses``: each address of a name is a target.
    ``serial``: one target after the other. ``path_mtu``: the path MTU is looked for, not round-trip times.
    """

    targets: tuple[str, ...] = ()
    filenames: tuple[str, ...] = ()
    output: Output = ""
    family: int = 0
    all_addresses: bool = False
    serial: bool = False
    strict_protocol: bool = False
    strict_flows: bool = False
    settings: TraceSettings = field(default_factory=TraceSettings)
    report: ReportSettings = field(default_factory=ReportSettings)
    lookups: LookupSettings = field(default_factory=LookupSettings)
    look: ScreenLook = field(default_factory=ScreenLook)
    path_mtu: bool = False
    packet: str = ""
    demo: str | None = None

    @property
    def is_screen(self) -> bool:
        """Whether this is to be the full-screen program."""
        return self.output == "screen"

    @property
    def is_live(self) -> bool:
        """Whether the output comes as things happen."""
        return self.output in LIVE


def read_options(arguments: Sequence[str], environ: Mapping[str, str], program: str = "hopscope") -> Options:
    """The options of the configuration file, MTR_OPTIONS and the command line; what is later wins.

    Under the name of mtr each probe has a flow of its own by default, as there.

    Raises:
        UsageError: an option or its value is wrong, or two of them exclude each other.
        ConfigurationError: the configuration file is wrong.
    """
    from .config import read_configuration

    configuration = read_configuration(environ)
    found: dict[str, object] = {"keys": configuration.keys, "themes": configuration.themes}
    targets: list[str] = []
    for source in (configuration.words, environment_words(environ), arguments):
        named: set[object] = set()
        for option, value in parse(source):
            if option is None:
                targets.append(str(value))
                continue
            if option.field == "protocol":
                named.add(value)
                if len(named) > 1:
                    raise UsageError("options -u, -T, -S and --icmp exclude each other")
            _take(found, option, value)
    found["strict_flows"] = "flows" in found
    if found.get("output") == "dot":
        found.setdefault("flows", DOT_FLOWS)
    found.setdefault("flows", 0 if program == "mtr" else 1)
    return _options(found, tuple(targets))


def _take(found: dict[str, object], option: Option, value: object) -> None:
    if value == "wide":
        found["wide"] = True
        value = "report"
    if option.many:
        earlier = found.get(option.field, ())
        assert isinstance(earlier, tuple)
        value = (*earlier, value)
    found[option.field] = value


def _options(found: dict[str, object], targets: tuple[str, ...]) -> Options:
    protocol = found.get("protocol", "icmp")
    if protocol in {"tcp", "sctp"}:
        found.setdefault("port", CONNECTED_PORT)
    if found.get("path_mtu"):
        _settle_mtu(found)
    found["strict_protocol"] = "protocol" in found
    found["names"] = "no_dns" not in found
    found["origins"] = bool(found.get("ipinfo"))
    options = _filled(
        Options,
        found,
        targets=targets,
        settings=_filled(TraceSettings, found),
        report=_filled(ReportSettings, found),
        lookups=_filled(LookupSettings, found),
        look=_filled(ScreenLook, found),
    )
    _check_ttls(options.settings)
    return options


def _settle_mtu(found: dict[str, object]) -> None:
    """What ``--mtu`` implies.

    Raises:
        UsageError: another option does not go with it.
    """
    if found.get("protocol") in {"tcp", "sctp"}:
        raise UsageError("option --mtu: TCP and SCTP probes have one size alone; use ICMP, or UDP (-u)")
    if found.setdefault("output", "report") not in MTU_OUTPUTS:
        raise UsageError("option --mtu: the result is written as text (-r, -w), JSON (-j, --json-full) or --markdown")
    if found.get("strict_flows") and found["flows"] not in {0, 1}:
        raise UsageError("option --flows: --mtu keeps to one flow, so that all sizes take the same path")
    size_bytes = found.setdefault("size_bytes", SIZE_MAX_BYTES)
    if isinstance(size_bytes, int) and size_bytes < MTU_SIZE_MIN_BYTES:
        raise UsageError(f"option -s/--psize: with --mtu it is the largest size to try, {MTU_SIZE_MIN_BYTES} or more")
    found.setdefault("rounds", MTU_TRIES)


def _check_ttls(settings: TraceSettings) -> None:
    """first-ttl <= due-ttl <= max-ttl.

    Raises:
        UsageError: they are not in this order.
    """
    first, due, last = settings.first_ttl, settings.due_ttl, settings.max_ttl
    if first > last:
        raise UsageError(f"option -f/--first-ttl: invalid value '{first}', expected a TTL up to the last one, {last}")
    if due and not first <= due <= last:
        raise UsageError(f"option -D/--due-ttl: invalid value '{due}', expected a TTL from {first} to {last}")


def _filled(kind: type[Made], found: Mapping[str, object], **given: object) -> Made:
    """A dataclass made of what was found under the names of its fields; each converter made its field's type."""
    names = (one.name for one in fields(kind))  # type: ignore[arg-type]
    return kind(**{name: found[name] for name in names if name in found}, **given)
