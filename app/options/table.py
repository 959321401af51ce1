"""The table of options: mtr's of 0.95 and of newer versions, and our own.

This module and the parser stand between exec and ``--version`` or ``--help``: nothing costly is imported here, neither
dataclasses nor enum nor regular expressions.
"""

from __future__ import annotations

from ...probe.limits import CONNECT_PORT
from .. import defaults, ranges
from ..path.columns import COLUMNS
from ..protocols import ICMP, SCTP, TCP, UDP
from ..report.formats import FORMATS, Format
from ..resolve.facts import FACTS
from . import values as v
from .option import FILE, MTR_095, MTR_NEWER, OWN, PROGRAM, Option

# What --help says beside the title of a group.
NOTES = {"Outputs": "the last one counts; by default the screen, and a report where there is no terminal"}
OUTPUT = "output"  # the field of options that choose what is written
SHELLS = ("bash", "zsh", "fish")
WIDE = "wide"  # the text report, with names that are not cut


def _output(one: Format) -> Option:
    return Option(one.short, one.name, OUTPUT, one.option, constant=one.name, origin=MTR_095 if one.is_mtrs else OWN)


_FIRST_FORMAT, *_OTHER_FORMATS = FORMATS.values()
_COLUMNS = ", ".join(f"{one.letter} {one.help}" for one in COLUMNS.values() if one.help)
_FACTS = ", ".join(f"{one.number} {one.help}" for one in FACTS)

# Counted: twice, it says what is built in.
VERSION = Option("v", "version", "version", "show the version and exit; twice: what is built in", answers=True)

# A table is read by its rows, so the formatter leaves it alone.
# fmt: off
GROUPS: tuple[tuple[str, tuple[Option, ...]], ...] = (
    ("Targets", (
        Option("F", "filename", "filenames", "read targets from FILE, one a line; - is standard input",
               metavar="FILE", convert=v.not_empty("a path, or - for standard input"), many=True, in_files=False,
               names=FILE),
        Option("4", "inet", "family", "use IPv4 alone", constant=4),
        Option("6", "inet6", "family", "use IPv6 alone", constant=6),
        Option("", "all-addresses", "all_addresses", "trace every address of a name, not the first alone", origin=OWN),
        Option("", "serial", "serial", "in reports, trace one target after the other", origin=OWN),
    )),
    ("Probes", (
        Option("", "icmp", "protocol", "send ICMP echo requests, and nothing else if these are not allowed",
               constant=ICMP.name, origin=OWN),
        Option("u", "udp", "protocol", "send UDP datagrams", constant=UDP.name),
        Option("T", "tcp", "protocol", "open TCP connections", constant=TCP.name),
        Option("S", "sctp", "protocol", "send SCTP INIT chunks", constant=SCTP.name),
        Option("P", "port", "port", f"port of the target (default: {CONNECT_PORT} with TCP and SCTP)",
               metavar="PORT", convert=v.integer(ranges.PORT), near=v.port_of_service, example="443"),
        Option("L", "localport", "local_port", "source port of UDP probes",
               metavar="PORT", convert=v.integer(ranges.LOCAL_PORT), example="33000"),
        Option("s", "psize", "size_bytes", "size of the IP packet; negative: random up to that",
               metavar="BYTES", convert=v.size_bytes, default=defaults.SIZE_BYTES),
        Option("B", "bitpattern", "bit_pattern", "byte to fill packets with; -1: a random one each round",
               metavar="NUMBER", convert=v.integer(ranges.BIT_PATTERN), example="255"),
        Option("Q", "tos", "tos", "type of service byte (DSCP and ECN)", metavar="NUMBER",
               convert=v.integer(ranges.TOS), example="184"),
        Option("M", "mark", "mark", "firewall mark of each packet", metavar="MARK",
               convert=v.integer(ranges.MARK), example="1"),
        Option("I", "interface", "local_device", "send by this interface, from its address",
               metavar="NAME", convert=v.not_empty("the name of an interface"), example="eth0"),
        Option("a", "address", "local_address", "send from this address", metavar="ADDRESS", convert=v.address,
               example="192.0.2.1"),
    )),
    ("Path", (
        Option("f", "first-ttl", "first_ttl", "first TTL to probe",
               metavar="TTL", convert=v.integer(ranges.TTL, clamp=True), default=defaults.FIRST_TTL),
        Option("m", "max-ttl", "max_ttl", "last TTL to probe",
               metavar="TTL", convert=v.integer(ranges.TTL, clamp=True), default=defaults.MAX_TTL),
        Option("D", "due-ttl", "due_ttl", "go on to this TTL even beyond the target",
               metavar="TTL", convert=v.integer(ranges.TTL), origin=MTR_NEWER, example="20"),
        Option("U", "max-unknown", "max_unknown", "end a round after more silent hops than this",
               metavar="COUNT", convert=v.integer(ranges.UNKNOWN_HOPS, clamp=True), default=defaults.UNKNOWN_HOPS),
        Option("", "mtu", "path_mtu", "find the path MTU of each hop, and where larger packets vanish; -s is the"
               f" largest size to try (default: {ranges.MTU_SIZE.high}), -c how often ({ranges.MTU_TRIES.text})",
               origin=OWN),
        Option("", "flow", "flows", "fixed: keep all probes in one flow (Paris traceroute), which keeps to one path"
               " under load balancing (default with ICMP and UDP); varied: each probe in its own, as in mtr",
               metavar="WORD", convert=v.flow, choices=tuple(v.FLOW_WORDS), origin=OWN),
        Option("", "flows", "flows", "probe in up to COUNT flows side by side, until all paths of a load balancer"
               " (ECMP) are found (95 % confidence); auto: as many as that takes; 0: a new flow for each probe, as mtr",
               metavar="COUNT", convert=v.flows, near=v.flows_of_word, origin=OWN, example="auto"),
        Option("E", "max-display-path", "max_display_path", "addresses to show of one hop", metavar="COUNT",
               convert=v.integer(ranges.SHOWN_ADDRESSES), origin=MTR_NEWER, default=defaults.SHOWN_ADDRESSES),
    )),
    ("Rounds", (
        Option("c", "report-cycles", "rounds",
               f"number of rounds (default: {defaults.REPORT_ROUNDS} in reports, {defaults.TICKET_ROUNDS} in tickets,"
               " else no end)",
               metavar="COUNT", convert=v.integer(ranges.ROUNDS), example="100"),
        Option("i", "interval", "interval_us", f"seconds of a round, {ranges.INTERVAL_S.low:g} or more",
               metavar="SECONDS", convert=v.microseconds(ranges.INTERVAL_S),
               near=v.seconds_of(v.microseconds(ranges.INTERVAL_S)), default=defaults.INTERVAL_S),
        Option("G", "gracetime", "gracetime_us", "seconds to wait after the last round, at most",
               metavar="SECONDS", convert=v.microseconds(ranges.GRACETIME_S),
               near=v.seconds_of(v.microseconds(ranges.GRACETIME_S)), default=defaults.GRACETIME_S),
        Option("Z", "timeout", "timeout_s", "seconds to wait for an answer",
               metavar="SECONDS", convert=v.integer(ranges.TIMEOUT_S),
               near=v.seconds_of(v.integer(ranges.TIMEOUT_S)), default=defaults.TIMEOUT_S),
        Option("", "cache", "cache_s", "skip hops that answered within the last SECONDS",
               metavar="SECONDS", convert=v.integer(ranges.CACHE_S),
               near=v.seconds_of(v.integer(ranges.CACHE_S)), origin=MTR_NEWER, example="60"),
    )),
    ("Outputs", (
        Option("t", "curses", OUTPUT, "the screen", constant="screen"),
        Option("g", "gtk", OUTPUT, "same as --curses (no GTK window)", constant="screen"),
        _output(_FIRST_FORMAT),
        Option("w", "report-wide", OUTPUT, "a report that does not cut names", constant=WIDE),
        *map(_output, _OTHER_FORMATS),
        Option("", "expect", "expectations", "end with status 5 unless it is so: 'reached', 'hops <= COUNT', 'path via"
               " AS64501', 'path via HOST' or 'path not via ...'; may be repeated", metavar="EXPECTATION",
               convert=v.expectation, many=True, in_files=False, origin=OWN, example="hops <= 12"),
        Option("", "layout", "layout", "write as mtr 0.95 does (the default), as 0.96, or as its sources after that",
               metavar="VERSION", choices=("0.95", "0.96", "next"), origin=OWN, default=defaults.LAYOUT,
               says_default=True),
    )),
    ("Alerts", (
        Option("", "alert", "alerts", "tell when it is so end to end, and when it is over: 'loss > 2% over 100',"
               " 'loss > 5% for 30s', 'rtt p95 > 80ms for 1m', 'path changed', 'unreachable for 10s'; may be repeated;"
               " a report ends with status 4 then", metavar="ALERT", convert=v.alert, many=True, origin=OWN,
               example="loss > 2% over 100"),
        Option("", "on-alert", "on_alert", "run this when an alert is raised or cleared, without a shell, with what"
               " happened in HOPSCOPE_ variables", metavar="COMMAND", convert=v.not_empty("a command"), origin=OWN,
               names=PROGRAM, example="/usr/local/bin/page"),
        Option("", "bell", "bell", "ring the terminal's bell with an alert on the screen", origin=OWN),
    )),
    ("What is shown", (
        Option("n", "no-dns", "no_dns", "do not look up names"),
        Option("b", "show-ips", "show_ips", "names and addresses"),
        Option("e", "mpls", "mpls", "MPLS labels"),
        Option("", "explain", "explain", "say below a text report what its numbers mean", origin=OWN),
        Option("z", "aslookup", "ipinfo", "the AS number of each hop", constant=(0,)),
        Option("y", "ipinfo", "ipinfo",
               f"of each hop's network: {_FACTS}; several: 0,2",
               metavar="N[,N...]", convert=v.ipinfo, near=v.facts_of_words, example="0,2"),
        Option("", "ipinfo_provider4", "provider_4",
               "DNS zone that knows the AS of IPv4 addresses",
               metavar="ZONE", convert=v.zone, origin=MTR_NEWER, default=defaults.PROVIDER_4),
        Option("", "ipinfo_provider6", "provider_6", "the same for IPv6",
               metavar="ZONE", convert=v.zone, origin=MTR_NEWER, default=defaults.PROVIDER_6),
        Option("", "mmdb", "databases",
               "take AS, country and city from this MaxMind or IPinfo file instead of the DNS; may be repeated",
               metavar="FILE", convert=v.not_empty("a path"), origin=OWN, many=True, example="/var/lib/geo/asn.mmdb",
               names=FILE),
        Option("", "dns-server", "servers", "ask this name server about addresses, not the system's; may be repeated",
               metavar="ADDRESS[:PORT]", convert=v.server, origin=OWN, many=True, example="192.0.2.53"),
        Option("", "privacy", "privacy_hops", "hide the first COUNT hops and this host: addresses, names, AS",
               metavar="COUNT", convert=v.integer(ranges.PRIVACY_HOPS), origin=OWN, example="2"),
        Option("o", "order", "fields",
               f"columns, in this order (default: '{defaults.COLUMNS}'): {_COLUMNS}",
               metavar="LETTERS", convert=v.fields, near=v.letters_of_words, default=defaults.COLUMNS,
               says_default=True),
    )),
    ("Screen", (
        Option("", "displaymode", "displaymode", "0 table, 1 and 2 chart, 3 graph",
               metavar="MODE", convert=v.integer(ranges.DISPLAY_MODE), default=0),
        Option("", "compact", "compact", "begin with the compact layout", origin=MTR_NEWER),
        Option("", "scale", "scale", "thresholds of the chart: fast, average, slow, or 9 milliseconds joined by ':'",
               metavar="SCALE", convert=v.scale, near=v.scale_of_word, origin=MTR_NEWER, example="fast"),
        Option("", "report-on-exit", "report_on_exit", "print a report when the screen is left", origin=MTR_NEWER),
        Option("", "theme", "theme",
               "colours: hopscope-dark, hopscope-light, hopscope-ansi (those of the terminal), or one of Textual's",
               metavar="NAME", convert=v.not_empty("a theme's name"), origin=OWN, example="hopscope-light"),
        Option("", "ascii", "ascii", "plain characters alone", origin=OWN),
        Option("", "no-mouse", "no_mouse", "leave the mouse to the terminal", origin=OWN),
    )),
    ("Program", (
        Option("", "packet", "packet", "probe process to use instead of our own, such as mtr-packet",
               metavar="COMMAND", convert=v.not_empty("a command"), origin=OWN, example="mtr-packet",
               names=PROGRAM),
        Option("", "from", "vantages", "probe from there instead of from here (local), by the program that leads there:"
               " ssh:[USER@]HOST[:PORT], docker:NAME, podman:NAME, kubectl:NAMESPACE/POD[/CONTAINER][@CONTEXT],"
               " netns:NAME, vrf:NAME, exec:COMMAND; given again, from several places at once",
               metavar="WHERE", convert=v.where, near=v.near_where, many=True, origin=OWN,
               example="ssh:web1", names=PROGRAM),
        Option("", "names-at", "names_at", "look up the names of routers here (local), or with --from at each vantage"
               " point (vantage), whose name servers may know others", metavar="PLACE", choices=("local", "vantage"),
               default="local", origin=OWN),
        Option("", "lanes", "lanes", "trace each target by several protocols or families side by side: icmp, udp, tcp"
               " or sctp, each but icmp with :PORT, ipv4, ipv6, or both as tcp:443/ipv6",
               metavar="LANE[,LANE...]", convert=v.lanes, near=v.near_lanes, origin=OWN, example="icmp,tcp:443"),
        Option("", "both", "both", "trace to that host and from it back to here, and count packets one way in both"
               " directions, which tells where loss is; WHERE as in --from; with a target: the address of that host",
               metavar="WHERE", convert=v.where, near=v.near_where, origin=OWN, example="ssh:web1", names=PROGRAM),
        Option("", "return-address", "return_address", "with --both: the address of this host as that host reaches it",
               metavar="ADDRESS", convert=v.address_of("this host, as the other one reaches it"), origin=OWN,
               example="192.0.2.1"),
        Option("", "demo", "demo", "trace a simulated network, without privilege or network; list: which there are",
               metavar="SCENARIO", origin=OWN, optional=True, example="steady", names=FILE),
        Option("", "record", "record", "keep the session in a new file while it is measured; a name that ends in .gz is"
               " written compressed", metavar="FILE", convert=v.not_empty("a path"), origin=OWN, in_files=False,
               names=FILE, example="tuesday.hops.gz"),
        Option("", "record-limit", "record_limit", "end the recording before it is larger than this",
               metavar="BYTES", convert=v.amount, origin=OWN, in_files=False, example="100M"),
        Option("", "keep", "keep", "keep sessions of the screen for so many days, and so many bytes of them at most",
               metavar="DAYS,BYTES", convert=v.keep_limits, origin=OWN, default="7d,200M"),
        Option("", "no-keep", "keep", "do not keep sessions of the screen", constant=None, origin=OWN),
        Option("", "sessions", "sessions", "list the sessions of the screen that are kept", origin=OWN, in_files=False),
        Option("", "clean", "clean", "with --sessions: remove them all", origin=OWN, in_files=False),
        Option("", "replay", "replay", "report what a session file, or a kept session by its name, holds as if it were"
               " measured now; nothing is probed, and nothing looked up", metavar="FILE",
               convert=v.not_empty("a path"), origin=OWN, in_files=False, names=FILE, example="tuesday.hops.gz"),
        Option("", "follow", "follow", "with --replay: the file is still being written; go on until its recording ends",
               origin=OWN, in_files=False),
        Option("", "between", "between", "of a replayed session, only the rounds that began then: local times, times of"
               " RFC 3339, or how long before its end", metavar="FROM/TO", origin=OWN, in_files=False,
               convert=v.not_empty("two times joined by '/'"), example="02:10/02:30"),
        Option("", "compare", "compare", "compare two measurements, named instead of targets: session files,"
               " --json-full, mtr's reports, JSON of trippy, ttl, NTrace or Globalping; of a folder or a quoted"
               " pattern the latest of each target; status 3 says that they differ", origin=OWN, in_files=False),
        Option("", "baseline", "baseline", "say how the trace differs from the one in FILE, a session file or a report"
               " as for --compare: on the screen, in text and in Markdown", metavar="FILE",
               convert=v.not_empty("a path"), origin=OWN, in_files=False, names=FILE, example="monday.hops.gz"),
        Option("", "doctor", "doctor", "say what this host lets hopscope do, and what to do about the rest; with a"
               " target, whether it answers; with -j as JSON", origin=OWN, in_files=False),
        Option("", "manual", "manual", "show a chapter of the manual; list: which there are",
               metavar="CHAPTER", origin=OWN, optional=True, answers=True),
        Option("", "rules", "rules", "list the rules of the verdicts: what each says, and its source", origin=OWN,
               answers=True),
        Option("", "explain-file", "explain_file",
               "say what a report in FILE means: text, Markdown, JSON, CSV, XML, WinMTR's text, or JSON of trippy, ttl,"
               " NTrace or Globalping; - is standard input",
               metavar="FILE", convert=v.not_empty("a path, or - for standard input"), origin=OWN, answers=True,
               names=FILE),
        Option("", "print-completion", "completion", "print what makes a shell complete these options",
               metavar="SHELL", choices=SHELLS, origin=OWN, answers=True),
        Option("", "print-config", "print-config", "print a configuration file, all of it commented", origin=OWN,
               answers=True),
        Option("h", "help", "help", "show this text and exit", answers=True),
        VERSION,
    )),
)
# fmt: on

OPTIONS: tuple[Option, ...] = tuple(option for _, group in GROUPS for option in group)
