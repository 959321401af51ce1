"""The command line as one frozen value, checked as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from ..errors import UsageError
from ..settings import LookupSettings, ReportSettings, TraceSettings
from .parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Literal

    from .table import Option

    Output = Literal["", "screen", "report", "json"]

REPORT_ROUNDS = 10
TRACE_FIELDS = tuple(one.name for one in fields(TraceSettings))
REPORT_FIELDS = tuple(one.name for one in fields(ReportSettings))
LOOKUP_FIELDS = tuple(one.name for one in fields(LookupSettings))
CONNECTED_PORT = 80


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for.

    ``targets`` are as typed. ``output`` is empty where none was chosen. ``family`` is 4, 6 or 0. ``strict_protocol``:
    the protocol was named, so no other may stand in for it. ``packet`` is the command of the probe process, empty for
    our own; ``demo`` a scenario, None when the network is the real one. ``interface`` is empty when the kernel chooses.
    ``all_addresses``: each address of a name is a target.
    """

    targets: tuple[str, ...] = ()
    output: Output = ""
    family: int = 0
    strict_protocol: bool = False
    settings: TraceSettings = field(default_factory=TraceSettings)
    report: ReportSettings = field(default_factory=ReportSettings)
    lookups: LookupSettings = field(default_factory=LookupSettings)
    all_addresses: bool = False
    packet: str = ""
    demo: str | None = None
    interface: str = ""

    @property
    def is_screen(self) -> bool:
        """Whether this is to be the full-screen program."""
        return self.output == "screen"


def read_options(arguments: Sequence[str], environ: Mapping[str, str]) -> Options:
    """The options of MTR_OPTIONS and the command line, which wins by being later.

    Raises:
        UsageError: an option or its value is wrong, or two of them exclude each other.
    """
    found: dict[str, object] = {}
    targets: list[str] = []
    for source in (environ.get("MTR_OPTIONS", "").split(), arguments):
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
    trace = {name: found[name] for name in TRACE_FIELDS if name in found}
    if trace.get("protocol") in {"tcp", "sctp"}:
        trace.setdefault("port", CONNECTED_PORT)
    settings = TraceSettings(**trace)  # type: ignore[arg-type]  # each converter makes its field's type
    if settings.first_ttl > settings.max_ttl:
        raise UsageError(
            f"option -f/--first-ttl: {settings.first_ttl} is beyond the last TTL, {settings.max_ttl} (-m/--max-ttl)"
        )
    report = ReportSettings(**{name: found[name] for name in REPORT_FIELDS if name in found})  # type: ignore[arg-type]
    lookups = {name: found[name] for name in LOOKUP_FIELDS if name in found}
    lookups |= {"names": "no_dns" not in found, "origins": bool(report.ipinfo)}
    own = ("output", "family", "packet", "demo", "interface", "all_addresses")
    rest = {name: found[name] for name in own if name in found}
    return Options(
        targets=targets,
        strict_protocol="protocol" in found,
        settings=settings,
        report=report,
        lookups=LookupSettings(**lookups),  # type: ignore[arg-type]
        **rest,  # type: ignore[arg-type]
    )
