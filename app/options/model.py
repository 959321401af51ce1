"""The command line as one frozen value, checked as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

from .. import ranges
from ..errors import ConfigurationError, UsageError
from ..protocols import ICMP, PROTOCOLS
from ..report.formats import FORMATS
from ..settings import KeepLimits, LookupSettings, ReportSettings, TraceSettings
from . import guard
from .configuration import Configuration
from .parse import VARIABLE, environment_source, environment_words, parse
from .table import OPTIONS, OUTPUT, WIDE
from .theme_names import check_theme

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Literal, TypeVar

    from ..alerts.expression import Expression
    from ..expect.expectation import Expectation
    from ..protocols import Protocol
    from ..report.formats import Format, FormatName
    from ..settings import LaneKind
    from ..vantage.where import Where
    from .guard import Source
    from .option import Option

    Made = TypeVar("Made")
    Output = Literal["", "screen"] | FormatName

TEXT = FORMATS["report"]
_PROTOCOL_OPTIONS = ", ".join(one.option for one in PROTOCOLS.values())
# What decides how is measured: of a session file that has been decided.
NOT_REPLAYED = frozenset(
    {
        *(one.name for one in fields(TraceSettings)),
        *(
            "filenames",
            "family",
            "all_addresses",
            "serial",
            "path_mtu",
            "doctor",
            "packet",
            "vantages",
            "demo",
            "alerts",
            "on_alert",
        ),
    }
)
BASELINE_OUTPUTS = frozenset({"report", "markdown"})
DOT_FLOWS = 16  # enough to tell load balancing over three routers from four, with 95 % confidence


@dataclass(frozen=True, slots=True)
class ScreenLook:
    """How the screen opens."""

    displaymode: int = 0
    """mtr's: 0 table, 1 and 2 chart, 3 graph."""
    compact: bool = False
    """It begins with the layout of fewer rows."""
    scale: tuple[int, ...] = ()
    """Rising thresholds of the chart in milliseconds; empty: chosen from what is measured."""
    report_on_exit: bool = False
    """A report is printed once the screen is left."""
    theme: str = ""
    """By name; empty: the usual one."""
    ascii: bool = False
    """Plain characters only, whatever the terminal can show."""
    no_mouse: bool = False
    """The mouse is left to the terminal."""
    keys: tuple[tuple[str, str], ...] = ()
    """Other keys, by the names of actions."""
    bell: bool = False
    """The terminal's bell rings with alerts."""
    themes: tuple[tuple[str, tuple[tuple[str, object], ...]], ...] = ()
    """The user's own, by name and token."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for."""

    targets: tuple[str, ...] = ()
    """As typed."""
    filenames: tuple[str, ...] = ()
    """Files of further targets, which come first."""
    output: Output = ""
    """Empty: what the terminal allows."""
    family: int = 0
    """4, 6, or 0 for either."""
    all_addresses: bool = False
    """Each address of a name is a target."""
    serial: bool = False
    """One target is traced after the other."""
    strict_protocol: bool = False
    """The protocol was named, so no other may stand in for it."""
    strict_flows: bool = False
    """Flows were named, so it is said where they cannot be had."""
    settings: TraceSettings = field(default_factory=TraceSettings)
    """How targets are probed."""
    report: ReportSettings = field(default_factory=ReportSettings)
    """What reports show, and how."""
    lookups: LookupSettings = field(default_factory=LookupSettings)
    """What is looked up about addresses."""
    look: ScreenLook = field(default_factory=ScreenLook)
    """How the screen opens."""
    path_mtu: bool = False
    """The path MTU is looked for, not RTTs."""
    doctor: bool = False
    """It is said what this host lets the program do; nothing is traced."""
    packet: str = ""
    """The command of the probe process; empty: our own."""
    vantages: tuple[Where, ...] = ()
    """Where probes leave from; empty: from this host."""
    lanes: tuple[LaneKind, ...] = ()
    """By which protocols and families each target is traced; empty: by the settings' alone."""
    both: Where | None = None
    """The host that is traced from here and from which is traced back, one of ``vantages``; None: no such thing."""
    return_address: str = ""
    """With ``both``, where it traces back to; empty: the address that the way to it shows."""
    demo: str | None = None
    """A scenario of the simulated network, empty for the usual one; None: the network is the real one."""
    alerts: tuple[Expression, ...] = ()
    """What is told when it is so; empty: nothing is."""
    on_alert: str = ""
    """The command that is run with alerts; empty: none."""
    expectations: tuple[Expectation, ...] = ()
    """What the paths must be like; empty: nothing is expected."""
    configuration: Configuration = field(default_factory=Configuration, compare=False)
    """What the configuration file says."""
    record: str = ""
    """The file that the session is recorded to; empty: none."""
    record_limit: int = 0
    """How large that may become, in bytes; 0: there is no limit."""
    keep: KeepLimits | None = field(default_factory=KeepLimits)
    """How much is kept of sessions of the screen; None: they are not."""
    sessions: bool = False
    """What is kept is listed; nothing is traced."""
    clean: bool = False
    """With ``sessions``: it is removed."""
    replay: str = ""
    """The session file that is reported; empty: something is measured."""
    between: str = ""
    """The part of it that is meant, as ``recording.span`` reads it; empty: all of it."""
    baseline: str = ""
    """The file, folder or pattern whose measurement the trace is held against; empty: none."""
    compare: bool = False
    """The two files, folders or patterns that ``targets`` holds are compared; nothing is traced."""
    follow: bool = False
    """The session file is still being written: what comes is waited for."""
    sources: Mapping[str, Source] = field(default_factory=dict, compare=False)
    """Where the values of fields were found last, by the options' fields; what is not in it is a default."""

    @property
    def is_screen(self) -> bool:
        """Whether this is to be the full-screen program."""
        return self.output == "screen"

    @property
    def is_live(self) -> bool:
        """Whether the output comes as things happen."""
        return self.format.is_live

    @property
    def format(self) -> Format:
        """What is written; of the screen, what is written when it is left."""
        return FORMATS.get(self.output) or TEXT


def read_options(arguments: Sequence[str], environ: Mapping[str, str], program: str = "hopscope") -> Options:
    """The options of the configuration file, MTR_OPTIONS and the command line; what is later wins.

    Under the name of mtr each probe has a flow of its own by default, and no output names interfaces, as there.

    Raises:
        UsageError: an option or its value is wrong, or two of them exclude each other.
        ConfigurationError: the configuration file is wrong, or what it says together with the other options.
        Either: with raised rights a source that is not trusted names a program or a file.
    """
    from .config import read_configuration

    configuration = read_configuration(environ)
    environment = environment_words(environ)
    try:
        return _read(configuration, environment, environ, arguments, program)
    except UsageError as error:
        if configuration.words and _is_right(replace(configuration, words=()), environment, environ, arguments):
            raise ConfigurationError(f"{configuration.path}: {error.what}", remedy=error.remedy) from None
        mark = f"{VARIABLE}: "
        if environment and not error.what.startswith(mark) and _is_right(configuration, [], environ, arguments):
            raise UsageError(f"{mark}{error.what}", remedy=error.remedy) from None
        raise


def _is_right(
    configuration: Configuration, environment: Sequence[str], environ: Mapping[str, str], arguments: Sequence[str]
) -> bool:
    """Whether nothing is wrong with the options of these sources."""
    try:
        _read(configuration, environment, environ, arguments)
    except (UsageError, ConfigurationError):
        return False
    return True


def _read(
    configuration: Configuration,
    environment: Sequence[str],
    environ: Mapping[str, str],
    arguments: Sequence[str],
    program: str = "hopscope",
) -> Options:
    """The options of these sources, as ``read_options`` has them."""
    found: dict[str, object] = {"keys": configuration.keys, "themes": configuration.themes}
    targets: list[str] = []
    sources: dict[str, Source] = {}
    for words, source in (
        (configuration.words, guard.Source(configuration.path, trusted=configuration.trusted, is_file=True)),
        (environment, environment_source(environ)),
        (arguments, guard.COMMAND_LINE),
    ):
        named: set[object] = set()
        ends: set[object] = set()
        for option, value in parse(words):
            if option is None:
                targets.append(str(value))
                continue
            if option.field == "protocol":
                named.add(value)
                if len(named) > 1:
                    raise UsageError(f"options {_PROTOCOL_OPTIONS} exclude each other")
            if option.field == "both":
                ends.add(value)
                if len(ends) > 1:
                    raise UsageError("option --both: given twice, expected one other host")
            guard.check(option, value, source)
            sources[option.field] = source
            _take(found, option, value)
    if found.get("vantages"):
        from .places import named_places

        given = found["vantages"]
        assert isinstance(given, tuple)
        found["vantages"] = named_places(given, configuration)
    if found.get("both") or found.get("return_address"):
        from .both import settle_both

        settle_both(found, targets, configuration)
    found["sources"] = sources
    found["configuration"] = configuration
    found["strict_flows"] = "flows" in found
    if found.get("output") == "dot":
        found.setdefault("flows", DOT_FLOWS)
    found.setdefault("flows", 0 if program == "mtr" else 1)
    found["interfaces"] = program != "mtr"
    return _options(found, tuple(targets))


def _take(found: dict[str, object], option: Option, value: object) -> None:
    if option.field == OUTPUT and value == WIDE:
        found["wide"] = True
        value = TEXT.name
    if option.many:
        earlier = found.get(option.field, ())
        assert isinstance(earlier, tuple)
        value = (*earlier, value)
    found[option.field] = value


def _options(found: dict[str, object], targets: tuple[str, ...]) -> Options:
    found.setdefault("port", 0 if found.get("lanes") else _protocol(found).default_port)
    if found.get("lanes") and found.get("path_mtu"):
        raise UsageError("options --lanes and --mtu exclude each other")
    if found.get("path_mtu"):
        _settle_mtu(found)
    if found.get("vantages") and (found.get("packet") or found.get("demo") is not None):
        other = "--packet" if found.get("packet") else "--demo"
        raise UsageError(f"options --from and {other} exclude each other")
    _check_recording(found, targets)
    _check_baseline(found)
    _check_expectations(found)
    chosen = FORMATS.get(str(found.get(OUTPUT, "")))
    found["strict_protocol"] = "protocol" in found
    found["names"] = "no_dns" not in found
    named = chosen is not None and chosen.is_ticket and bool(found["names"])  # it says whose the networks are
    found["origins"] = bool(found.get("ipinfo")) or named or _expects(found, "needs_networks")
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
    _check_alerts(options)
    check_theme(options.look.theme, (name for name, _ in options.look.themes))
    return options


def _protocol(found: Mapping[str, object]) -> Protocol:
    return PROTOCOLS[str(found.get("protocol", ICMP.name))]


def _settle_mtu(found: dict[str, object]) -> None:
    """What ``--mtu`` implies.

    Raises:
        UsageError: another option does not go with it.
    """
    protocol = _protocol(found)
    if not protocol.any_size:
        sized = " or ".join(one.option for one in PROTOCOLS.values() if one.any_size)
        raise UsageError(f"option --mtu: {protocol.title} probes have only one size", remedy=f"use {sized}")
    chosen = FORMATS.get(str(found.setdefault(OUTPUT, TEXT.name)))
    if chosen is None or not chosen.has_mtu:
        *some, last = (f"--{one.name}" for one in FORMATS.values() if one.has_mtu)
        raise UsageError(f"option --mtu: the result is written as {', '.join(some)} or {last}")
    if found.get("strict_flows") and found["flows"] not in {0, 1}:
        raise UsageError("option --flows: --mtu keeps to one flow, so that all sizes take the same path")
    size_bytes = found.setdefault("size_bytes", ranges.MTU_SIZE.high)
    if isinstance(size_bytes, int) and size_bytes < ranges.MTU_SIZE.low:
        raise UsageError(f"option -s/--psize: with --mtu it is the largest size to try, {ranges.MTU_SIZE.low} or more")
    found.setdefault("rounds", ranges.MTU_TRIES.low)


def _check_recording(found: dict[str, object], targets: tuple[str, ...]) -> None:
    """``--record`` needs something that is measured as one session, ``--replay`` something that is not measured.

    Raises:
        UsageError: another option does not go with them.
    """
    output = FORMATS.get(str(found.get(OUTPUT, "")))
    if "record" in found:
        alone = "--serial" if found.get("serial") else ""
        if output is not None and not output.targets_together:
            alone = f"--{output.name}" if len(targets) > 1 or found.get("filenames") else ""
        other = alone or ("--mtu" if found.get("path_mtu") else "--doctor" if found.get("doctor") else "")
        if other:
            raise UsageError(f"options --record and {other} exclude each other")
    if "clean" in found and "sessions" not in found:
        raise UsageError("option --clean: it removes kept sessions", remedy="use it with --sessions")
    if "record_limit" in found and "record" not in found:
        raise UsageError("option --record-limit: nothing is recorded", remedy="use it with --record")
    if found.get("compare"):
        settle_compare(found, targets)
        return
    _check_replay(found, targets)


def _check_replay(found: Mapping[str, object], targets: tuple[str, ...]) -> None:
    """``--replay`` measures nothing; with ``--record`` it writes a part of a file.

    Raises:
        UsageError: another option does not go with it.
    """
    if "between" in found and "replay" not in found:
        raise UsageError("option --between: it is a part of a session file", remedy="use it with --replay")
    if "follow" in found and ("replay" not in found or "between" in found or "record" in found):
        raise UsageError("option --follow: it goes with --replay, and with neither --between nor --record")
    if "replay" not in found:
        return
    if targets:
        raise UsageError(f"option --replay: it traces nothing, so {targets[0]} is one too many")
    if "record" in found and OUTPUT in found:
        raise UsageError("option --record: with --replay it writes the part that --between names, and no report")
    if "record_limit" in found:
        raise UsageError("option --record-limit: a part of a session file is written whole")
    measuring = _measuring(found)
    if measuring:
        raise UsageError(f"option --replay: what was recorded was measured, so {measuring} can do nothing")


def _check_baseline(found: Mapping[str, object]) -> None:
    """``--baseline`` is told where there is room for a sentence.

    Raises:
        UsageError: the output has none, or nothing is traced.
    """
    output = FORMATS.get(str(found.get(OUTPUT, "")))
    if "baseline" in found:
        if output is not None and output.name not in BASELINE_OUTPUTS:
            raise UsageError("option --baseline: it is told on the screen, in text (-r) and in --markdown")
        if found.get("compare"):
            raise UsageError("options --compare and --baseline exclude each other")


def _measuring(found: Mapping[str, object]) -> str:
    """An option of the command line that decides how is measured; empty: there is none."""
    sources = found["sources"]
    assert isinstance(sources, dict)
    for option in OPTIONS:
        if not option.metavar and option.constant != found.get(option.field):
            continue  # another word for the same, such as one of the protocols
        if option.field in NOT_REPLAYED and sources.get(option.field) is guard.COMMAND_LINE:
            return option.spelled
    return ""


def settle_compare(found: dict[str, object], targets: tuple[str, ...]) -> None:
    """``--compare`` has two operands, and nothing is measured.

    Raises:
        UsageError: there are others, or another option does not go with it.
    """
    if len(targets) != 2:
        found_them = "one operand" if len(targets) == 1 else f"{len(targets)} operands"
        raise UsageError(f"option --compare: {found_them}, expected two: files, folders or quoted patterns")
    other = "--replay" if "replay" in found else "--between" if "between" in found else _measuring(found)
    if other:
        raise UsageError(f"options --compare and {other} exclude each other")
    chosen = FORMATS.get(str(found.setdefault(OUTPUT, TEXT.name)))
    if chosen is None or not chosen.has_compared:
        *some, last = (f"--{one.name}" for one in FORMATS.values() if one.has_compared)
        raise UsageError(f"option --compare: it is written as {', '.join(some)} or {last}")


def _expects(found: Mapping[str, object], need: str) -> bool:
    expectations = found.get("expectations", ())
    assert isinstance(expectations, tuple)
    return any(getattr(one, need) for one in expectations)


def _check_expectations(found: Mapping[str, object]) -> None:
    """``--expect`` needs what it looks at.

    Raises:
        UsageError: another option does not go with it.
    """
    if not found.get("expectations"):
        return
    if found.get("path_mtu"):
        raise UsageError("options --expect and --mtu exclude each other")
    if found.get("no_dns") and _expects(found, "needs_names"):
        raise UsageError("option --expect: a name is expected, and names are not looked up", remedy="leave out -n")


def _check_alerts(options: Options) -> None:
    """Alerts that could never be raised, and a command that nothing would run, are mistakes.

    Raises:
        UsageError: there is one.
    """
    if not options.alerts and options.on_alert and options.sources.get("on_alert") is guard.COMMAND_LINE:
        raise UsageError("option --on-alert: there is no alert", remedy="use it with --alert")
    if not options.alerts:
        return
    if options.path_mtu:
        raise UsageError("options --alert and --mtu exclude each other")
    from ..alerts.watch import check

    for one in options.alerts:
        check(one, options.settings.interval_us)


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
