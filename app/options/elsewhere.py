"""What options of other tools are called here: those of ping, traceroute, tracepath, nexttrace, trippy and fping."""

from __future__ import annotations

from ..nearest import did_you_mean
from ..report.formats import FORMATS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

# Names that mean one of ours, by what ours is called.
_NAMES = {
    "report-cycles": ("count", "cycles", "rounds", "queries", "probes", "num-probes", "q"),
    "no-dns": ("numeric", "no-resolve", "no-rdns", "no-names", "nodns"),
    "inet": ("ipv4", "v4"),
    "inet6": ("ipv6", "v6"),
    "max-ttl": ("max-hops", "maxhops", "hops", "ttl"),
    "first-ttl": ("first-hop", "min-ttl", "start-ttl"),
    "max-unknown": ("max-inflight-unknown", "max-silent"),
    "address": ("source", "source-address", "src", "source-ip", "bind"),
    "interface": ("device", "source-device", "iface"),
    "tos": ("dscp", "ecn", "qos", "traffic-class"),
    "psize": ("size", "packet-size", "packetlen", "length"),
    "port": ("target-port", "dest-port", "dst-port", "dport", "tcp-port", "udp-port"),
    "localport": ("source-port", "src-port", "sport"),
    "timeout": ("wait", "waittime", "max-wait", "read-timeout"),
    "interval": ("period", "delay", "sleep", "min-round-duration"),
    "gracetime": ("grace-duration",),
    "aslookup": ("asn", "as-lookup", "as-path-lookups", "lookup-as", "A"),
    "mmdb": ("geoip", "geoip-mmdb-file", "geo"),
    "dns-server": ("resolver", "nameserver", "dns-resolve-method"),
    "flow": ("paris", "multipath-strategy"),
    "flows": ("ecmp", "dublin", "multipath"),
    "mtu": ("path-mtu", "pmtu", "pmtud"),
    "filename": ("targets", "input"),
    "report-wide": ("wide",),
    "curses": ("tui", "screen", "interactive"),
    "raw": ("stream",),
    "report": ("text", "pretty", "silent"),
    "order": ("columns", "fields", "tui-custom-columns"),
    "theme": ("colors", "colours", "color", "tui-theme-colors"),
    "privacy": ("tui-privacy-max-ttl", "hide"),
    "bitpattern": ("pattern", "payload-pattern"),
    "all-addresses": ("dns-resolve-all",),
    "print-completion": ("generate", "completion"),
    "print-config": ("print-config-template",),
}
# Names whose argument is an option here.
_CHOICES = {
    "output": FORMATS,
    "format": FORMATS,
    "out": FORMATS,
    "mode": FORMATS,
    "protocol": ("icmp", "udp", "tcp", "sctp"),
    "proto": ("icmp", "udp", "tcp", "sctp"),
    "module": ("icmp", "udp", "tcp", "sctp"),
}


def meant(name: str, argument: str, choices: Iterable[str]) -> str:
    """What was probably meant by the name of an option that does not exist, as a remedy; empty: nothing known.

    ``argument`` is what was given with it, ``choices`` are the names that exist.
    """
    words = _CHOICES.get(name)
    if words is not None:
        *first, last = [f"--{word}" for word in list(words)[:4]]
        return did_you_mean(argument, words, f"use {', '.join(first)} or {last}", before="--")
    for ours, others in _NAMES.items():
        if name in others:
            return f"did you mean --{ours}?"
    return did_you_mean(name, choices, before="--")
