"""The table of options: mtr's of 0.95 and of newer versions, and our own.

This module and the parser stand between exec and ``--version`` or ``--help``: nothing costly is imported here, neither
dataclasses nor enum nor regular expressions.
"""

from __future__ import annotations

from . import values as v
from .option import MTR_NEWER, OWN, Option

OUTPUT = "output"  # the field of options that choose what is written

# A table is read by its rows, so the formatter leaves it alone.
# fmt: off
GROUPS: tuple[tuple[str, tuple[Option, ...]], ...] = (
    ("Targets", (
        Option("F", "filename", "filenames", "read targets from FILE, one a line; - is standard input",
               metavar="FILE", convert=v.not_empty("a path, or - for standard input"), many=True),
        Option("4", "inet", "family", "use IPv4 alone", constant=4),
        Option("6", "inet6", "family", "use IPv6 alone", constant=6),
        Option("", "all-addresses", "all_addresses", "trace every address of a name, not the first alone", origin=OWN),
        Option("", "serial", "serial", "in reports, trace one target after the other", origin=OWN),
    )),
    ("Probes", (
        Option("", "icmp", "protocol", "send ICMP echo requests, and nothing else if these are not allowed",
               constant="icmp", origin=OWN),
        Option("u", "udp", "protocol", "send UDP datagrams", constant="udp"),
        Option("T", "tcp", "protocol", "open TCP connections", constant="tcp"),
        Option("S", "sctp", "protocol", "send SCTP INIT chunks", constant="sctp"),
        Option("P", "port", "port", "port of the target (default: 80 with TCP and SCTP)",
               metavar="PORT", convert=v.integer(1, 65535, what="a port")),
        Option("L", "localport", "local_port", "source port of UDP probes",
               metavar="PORT", convert=v.integer(1024, 65535, what="a port")),
        Option("s", "psize", "size_bytes", "size of the IP packet; negative: random up to that (default: 64)",
               metavar="BYTES", convert=v.size_bytes),
        Option("B", "bitpattern", "bit_pattern", "byte to fill packets with; -1: a random one each round",
               metavar="NUMBER", convert=v.integer(-1, 255)),
        Option("Q", "tos", "tos", "type of service byte (DSCP and ECN)", metavar="NUMBER", convert=v.integer(0, 255)),
        Option("M", "mark", "mark", "firewall mark of each packet", metavar="MARK", convert=v.integer(0, 2**32 - 1)),
        Option("I", "interface", "local_device", "send by this interface, from its address",
               metavar="NAME", convert=v.not_empty("the name of an interface")),
        Option("a", "address", "local_address", "send from this address", metavar="ADDRESS", convert=v.address),
    )),
    ("Path", (
        Option("f", "first-ttl", "first_ttl", "first TTL to probe (default: 1)",
               metavar="TTL", convert=v.integer(1, 255, clamp=True)),
        Option("m", "max-ttl", "max_ttl", "last TTL to probe (default: 30)",
               metavar="TTL", convert=v.integer(1, 255, clamp=True)),
        Option("D", "due-ttl", "due_ttl", "go on to this TTL even beyond the target",
               metavar="TTL", convert=v.integer(1, 255), origin=MTR_NEWER),
        Option("U", "max-unknown", "max_unknown", "end a round after more silent hops than this (default: 12)",
               metavar="COUNT", convert=v.integer(1, 255, clamp=True)),
        Option("", "mtu", "path_mtu", "find the path MTU of each hop, and where larger packets vanish; -s is the"
               " largest size to try (default: 9000), -c how often (5 to 15)", origin=OWN),
        Option("", "flow", "flows", "fixed: hold all probes in one flow, which keeps to one path where routers share"
               " the load (default with ICMP and UDP); varied: each probe in its own, as in mtr",
               metavar="WORD", convert=v.flow, choices=tuple(v.FLOW_WORDS), origin=OWN),
        Option("", "flows", "flows", "probe in up to COUNT flows side by side, until all routers that share the load"
               " are found (95 % confidence); auto: as many as that takes",
               metavar="COUNT", convert=v.flows, origin=OWN),
        Option("E", "max-display-path", "max_display_path", "addresses to show of one hop (default: 8)",
               metavar="COUNT", convert=v.integer(1, 128), origin=MTR_NEWER),
    )),
    ("Rounds", (
        Option("c", "report-cycles", "rounds", "number of rounds (default: 10 in reports, else no end)",
               metavar="COUNT", convert=v.integer(1, v.INT_MAX)),
        Option("i", "interval", "interval_us", "seconds of a round, 0.01 or more (default: 1)",
               metavar="SECONDS", convert=v.microseconds(0.01)),
        Option("G", "gracetime", "gracetime_us", "seconds to wait after the last round, at most (default: 5)",
               metavar="SECONDS", convert=v.microseconds(0.000001)),
        Option("Z", "timeout", "timeout_s", "seconds after which a probe is given up (default: 10)",
               metavar="SECONDS", convert=v.integer(1, 2147, what="whole seconds")),
        Option("", "cache", "cache_s", "do not probe a hop again that answered less than SECONDS ago",
               metavar="SECONDS", convert=v.integer(1, 86_400, what="whole seconds"), origin=MTR_NEWER),
    )),
    ("Outputs (the last one counts; by default the screen, and a report where there is no terminal)", (
        Option("t", "curses", OUTPUT, "the screen", constant="screen"),
        Option("g", "gtk", OUTPUT, "the screen, too: there is no other window", constant="screen"),
        Option("r", "report", OUTPUT, "a report as text", constant="report"),
        Option("w", "report-wide", OUTPUT, "a report that does not cut names", constant="wide"),
        Option("j", "json", OUTPUT, "JSON", constant="json"),
        Option("x", "xml", OUTPUT, "XML", constant="xml"),
        Option("C", "csv", OUTPUT, "comma separated values", constant="csv"),
        Option("l", "raw", OUTPUT, "a line for each probe and answer as it happens", constant="raw"),
        Option("p", "split", OUTPUT, "a line for each hop as it changes", constant="split"),
        Option("", "markdown", OUTPUT, "a table to paste into a ticket", constant="markdown", origin=OWN),
        Option("", "dot", OUTPUT, "the graph of all paths seen, for Graphviz", constant="dot", origin=OWN),
        Option("", "json-full", OUTPUT, "JSON with everything that was seen", constant="json-full", origin=OWN),
        Option("", "jsonl", OUTPUT, "a JSON object a line for each event as it happens", constant="jsonl", origin=OWN),
        Option("", "layout", "layout", "write as mtr 0.95 does (the default), as 0.96, or as its sources after that",
               metavar="VERSION", choices=("0.95", "0.96", "next"), origin=OWN),
    )),
    ("What is shown", (
        Option("n", "no-dns", "no_dns", "do not look up names"),
        Option("b", "show-ips", "show_ips", "names and addresses"),
        Option("e", "mpls", "mpls", "MPLS labels"),
        Option("", "explain", "explain", "say below a text report what its numbers mean", origin=OWN),
        Option("z", "aslookup", "ipinfo", "the AS number of each hop", constant=(0,)),
        Option("y", "ipinfo", "ipinfo",
               "of each hop's network: 0 AS number, 1 prefix, 2 country, 3 registry, 4 date, 5 AS name, 6 city; "
               "several: 0,2", metavar="N[,N...]", convert=v.ipinfo),
        Option("", "ipinfo_provider4", "provider_4",
               "DNS zone that knows the AS of IPv4 addresses (default: origin.asn.cymru.com)",
               metavar="ZONE", convert=v.zone, origin=MTR_NEWER),
        Option("", "ipinfo_provider6", "provider_6", "the same for IPv6 (default: origin6.asn.cymru.com)",
               metavar="ZONE", convert=v.zone, origin=MTR_NEWER),
        Option("", "mmdb", "databases",
               "take AS, country and city from this MaxMind or IPinfo file instead of the DNS; may be repeated",
               metavar="FILE", convert=v.not_empty("a path"), origin=OWN, many=True),
        Option("", "dns-server", "servers", "ask this name server about addresses, not the system's; may be repeated",
               metavar="ADDRESS[:PORT]", convert=v.server, origin=OWN, many=True),
        Option("", "privacy", "privacy_hops", "hide the first COUNT hops and this host: addresses, names, AS",
               metavar="COUNT", convert=v.integer(0, 255), origin=OWN),
        Option("o", "order", "fields",
               "columns, in this order (default: 'LS NABWV'): L loss, D drop, R received, S sent, N last, B best, A "
               "average, W worst, V deviation, G geometric mean, J jitter, M its mean, X its worst, I interarrival "
               "jitter", metavar="LETTERS", convert=v.fields),
    )),
    ("Screen", (
        Option("", "displaymode", "displaymode", "0 table, 1 and 2 chart, 3 graph",
               metavar="MODE", convert=v.integer(0, 3)),
        Option("", "compact", "compact", "begin with the compact layout", origin=MTR_NEWER),
        Option("", "scale", "scale", "thresholds of the chart: fast, average, slow, or 9 milliseconds joined by ':'",
               metavar="SCALE", convert=v.scale, origin=MTR_NEWER),
        Option("", "report-on-exit", "report_on_exit", "print a report when the screen is left", origin=MTR_NEWER),
        Option("", "theme", "theme",
               "colours: hopscope-dark, hopscope-light, hopscope-ansi (those of the terminal), or one of Textual's",
               metavar="NAME", convert=v.not_empty("a theme's name"), origin=OWN),
        Option("", "ascii", "ascii", "plain characters alone", origin=OWN),
        Option("", "no-mouse", "no_mouse", "leave the mouse to the terminal", origin=OWN),
    )),
    ("Program", (
        Option("", "packet", "packet", "probe process to use instead of our own, such as mtr-packet",
               metavar="COMMAND", convert=v.not_empty("a command"), origin=OWN),
        Option("", "demo", "demo", "trace a simulated network, without privilege or network",
               metavar="SCENARIO", origin=OWN, optional=True),
        Option("", "manual", "manual", "show a chapter of the manual; list: which there are",
               metavar="CHAPTER", origin=OWN, optional=True),
        Option("", "print-completion", "completion", "print what makes a shell complete these options",
               metavar="SHELL", choices=("bash", "zsh", "fish"), origin=OWN),
        Option("", "print-config", "print-config", "print a configuration file, all of it commented", origin=OWN),
        Option("h", "help", "help", "show this text and exit"),
        Option("v", "version", "version", "show the version and exit; twice: what is built in"),
    )),
)
# fmt: on

OPTIONS: tuple[Option, ...] = tuple(option for _, group in GROUPS for option in group)
