"""The catalogue of verdict rules: one record a rule, and the only place where a rule has a name.

Code refers to a record (``rules.PATH_LOSS``), never to an identifier; JSON carries the identifier. ``catalogue`` is all
records in the order of this page, ``text()`` is what ``hopscope --rules`` prints, ``markdown()`` the manual's chapter
on the rules, which ``python -m hopscope.app.insight.rules`` prints too.

To add a rule: a record here, a verdict that refers to it (``subjects``), its sentence if it may be the answer
(``sentences``), and a scenario that produces it (``tests/app/insight/test_rules.py`` asks for one).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from ..trace.checks import CheckKind

Severity = Literal["fault", "warning", "changed", "note", "fine", ""]
Group = Literal["Reach", "Loss", "Delay", "Path", "Headers", "MTU", "Both directions", "Lanes", "This trace"]


class Rank(IntEnum):
    """Which verdict gives the answer: the smallest rank that is there."""

    STATE = 0  # the trace itself cannot go on, or has not begun
    LOCAL = 1  # this host or its own network
    LOOP = 2  # before a target that does not answer: the loop is why
    UNREACHED = 3
    OUTAGE = 4
    LOSS = 5
    QUEUE = 6
    CHANGE = 7
    DETOUR = 8
    HARMLESS = 9  # worth a word, and no fault
    HEALTHY = 10
    EARLY = 11


# One record a rule, so that a rule is compared by identity and costs nothing to look up.
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Rule:
    """A verdict rule."""

    id: str  # unique, readable, stable: JSON carries it
    group: Group  # what it is about
    severities: tuple[Severity, ...]  # those that its verdicts can have, the gravest first
    rank: Rank  # its place among the rules when one is to give the answer
    meaning: str  # what it says, in one sentence
    settle: str = ""  # what would make it certain, or what to do next; empty: nothing is open
    source: str = ""  # where the rule, or the fact that it rests on, is described; empty: hopscope's own
    outcome_of: CheckKind | None = None  # the check whose outcome this rule tells
    undecided: bool = False  # loss that may be on the path or a rate limit: neither is claimed
    cuts_off: bool = False  # the hop it names is where the path to the target ends

    def __repr__(self) -> str:
        """The identifier, as a reader of a failed test wants it."""
        return f"<{self.id}>"


_CLOPPER_PEARSON = "Clopper and Pearson, Biometrika 26 (1934)"
_FISHER = "Fisher's exact test; McNemar, Psychometrika 12 (1947)"
_HOLM = "Holm, Scandinavian Journal of Statistics 6 (1979)"
_LANES = f"Fisher's exact test; {_HOLM}"
_ICMP_LIMIT = "RFC 1812 section 4.3.2.8; RFC 4443 section 2.4 (f)"
_REVERSE = "--both counts one way, and tells forward from return loss."
_OTHER_PROTOCOLS = "A check on the screen probes the target by other protocols at the same time."
_HALF_RATE = "A check on the screen probes the hop at half the rate."
_PARIS = "Augustin et al., IMC 2006 (Paris traceroute)"
_MDA = "Augustin, Friedman and Teixeira, E2EMON 2007 (multipath detection)"

# ---- Reach ---------------------------------------------------------------------------------------------------------

NO_ANSWERS = Rule(
    "no-answers", "Reach", ("fault",), Rank.UNREACHED,
    "No hop at all answers.",
    "Check for a local firewall, a route and the first link; try another protocol.",
    cuts_off=True,
)  # fmt: skip
TARGET_SILENT = Rule(
    "target-silent", "Reach", ("fault",), Rank.UNREACHED,
    "The target has never answered, and hops before it do: it is down, or these probes are filtered.",
    "A check on the screen tries other protocols at the target.", "RFC 1122 section 3.2.2.6",
    outcome_of=CheckKind.OTHER_PROTOCOLS, cuts_off=True,
)  # fmt: skip
PROTOCOL_FILTERED = Rule(
    "protocol-filtered", "Reach", ("note",), Rank.UNREACHED,
    "The target answers another protocol: the host is up, and the trace's own probes are filtered.",
    outcome_of=CheckKind.OTHER_PROTOCOLS, cuts_off=True,
)  # fmt: skip
OTHER_PROTOCOLS_REFUSED = Rule(
    "other-protocols-refused", "Reach", ("fault",), Rank.UNREACHED,
    "The target is silent, and a router refuses the other protocols that were tried.",
    "Ask the network that operates that router.", "RFC 792; RFC 1812 section 5.2.7.1; RFC 4443 section 3.1",
    outcome_of=CheckKind.OTHER_PROTOCOLS, cuts_off=True,
)  # fmt: skip
PATH_ENDS = Rule(
    "path-ends", "Reach", ("fault",), Rank.UNREACHED,
    "No protocol gets an answer from beyond a hop: the target is down, or everything to it is dropped there.",
    "Ask the network beyond the last hop that answers.",
    outcome_of=CheckKind.OTHER_PROTOCOLS, cuts_off=True,
)  # fmt: skip
TARGET_STOPPED = Rule(
    "target-stopped", "Reach", ("fault",), Rank.UNREACHED,
    "The target answered before and does not any more.",
    _REVERSE, cuts_off=True,
)  # fmt: skip
PROHIBITED = Rule(
    "prohibited", "Reach", ("fault",), Rank.UNREACHED,
    "A router reports that the packets are administratively prohibited.",
    "Ask the network that operates that router.", "RFC 1812 section 5.2.7.1; RFC 4443 section 3.1",
    cuts_off=True,
)  # fmt: skip
UNREACHABLE = Rule(
    "unreachable", "Reach", ("fault",), Rank.UNREACHED,
    "A router reports that it has no onward route, or cannot reach the target.",
    "Ask the network that operates that router.", "RFC 792; RFC 1812 section 5.2.7.1; RFC 4443 section 3.1",
    cuts_off=True,
)  # fmt: skip
OUTAGE = Rule(
    "outage", "Reach", ("fault", "note"), Rank.OUTAGE,
    "The target did not answer for several rounds in a row, more than its other losses explain; it answers again.",
    _REVERSE,
)  # fmt: skip

# ---- Loss ----------------------------------------------------------------------------------------------------------

LOCAL_LOSS = Rule(
    "local-loss", "Loss", ("fault", "warning"), Rank.LOCAL,
    "Every hop loses alike from the first on: this host, its LAN or Wi-Fi, or the first router.",
    "Probe the first router alone; try a cable in place of Wi-Fi.", _CLOPPER_PEARSON,
)  # fmt: skip
PATH_LOSS = Rule(
    "path-loss", "Loss", ("fault", "warning"), Rank.LOSS,
    "Packets are lost on the path: all hops from some hop on lose alike, to the end.",
    _REVERSE, _CLOPPER_PEARSON,
)  # fmt: skip
LAST_LINK_LOSS = Rule(
    "last-link-loss", "Loss", ("fault", "warning"), Rank.LOSS,
    "Only the far end loses, by other protocols too: packets are lost on the last link.",
    _REVERSE, _CLOPPER_PEARSON,
    outcome_of=CheckKind.TARGET_ALONE,
)  # fmt: skip
TARGET_LOSS_OR_LIMIT = Rule(
    "target-loss-or-limit", "Loss", ("warning",), Rank.LOSS,
    "Only the last hops lose: on the last links, or rate-limited replies. One protocol cannot tell.",
    _OTHER_PROTOCOLS, _CLOPPER_PEARSON,
    outcome_of=CheckKind.TARGET_ALONE, undecided=True,
)  # fmt: skip
LAST_HOP_LOSS_OR_LIMIT = Rule(
    "last-hop-loss-or-limit", "Loss", ("warning",), Rank.LOSS,
    "Only the last hop that answers loses, and the target is silent: the last link, or a rate limit on replies.",
    _HALF_RATE, _CLOPPER_PEARSON,
    outcome_of=CheckKind.HALF_RATE, undecided=True,
)  # fmt: skip
REPLY_LIMIT = Rule(
    "reply-limit", "Loss", ("note",), Rank.HARMLESS,
    "A router leaves probes unanswered while packets get through it: ICMP rate limiting, and no loss of traffic.",
    _HALF_RATE, f"{_ICMP_LIMIT}; {_FISHER}",
    outcome_of=CheckKind.HALF_RATE,
)  # fmt: skip
REPLY_LIMIT_CONFIRMED = Rule(
    "reply-limit-confirmed", "Loss", ("note",), Rank.HARMLESS,
    "As reply-limit; its losses are too evenly spaced for chance, or fewer at half the rate.",
    source=f"{_ICMP_LIMIT}; {_FISHER}", outcome_of=CheckKind.HALF_RATE,
)  # fmt: skip
TARGET_REPLY_LIMIT = Rule(
    "target-reply-limit", "Loss", ("warning",), Rank.HARMLESS,
    "The target probably rate-limits its replies: only it loses, and too evenly spaced for chance."
    " A periodic drop looks the same.",
    _OTHER_PROTOCOLS, _ICMP_LIMIT,
    outcome_of=CheckKind.TARGET_ALONE,
)  # fmt: skip
TARGET_REPLY_LIMIT_CONFIRMED = Rule(
    "target-reply-limit-confirmed", "Loss", ("note",), Rank.HARMLESS,
    "The target rate-limits its replies: it loses by the trace's protocol, and another one gets through meanwhile.",
    source=f"{_ICMP_LIMIT}; {_FISHER}", outcome_of=CheckKind.TARGET_ALONE,
)  # fmt: skip
LAST_HOP_REPLY_LIMIT = Rule(
    "last-hop-reply-limit", "Loss", ("warning",), Rank.HARMLESS,
    "The last hop that answers probably rate-limits its replies: only it loses, and too evenly spaced for chance."
    " A periodic drop looks the same.",
    _HALF_RATE, _ICMP_LIMIT,
    outcome_of=CheckKind.HALF_RATE,
)  # fmt: skip
LAST_HOP_REPLY_LIMIT_CONFIRMED = Rule(
    "last-hop-reply-limit-confirmed", "Loss", ("note",), Rank.HARMLESS,
    "The last hop that answers rate-limits its replies: it leaves fewer probes unanswered at half the rate.",
    source=f"{_ICMP_LIMIT}; {_FISHER}", outcome_of=CheckKind.HALF_RATE,
)  # fmt: skip
SILENT_HOP = Rule(
    "silent-hop", "Loss", ("note",), Rank.HARMLESS,
    "A router never answers, and later hops do: it forwards, and is not a fault.",
    source="RFC 1812 section 4.3.2.8",
)  # fmt: skip
LOSS_ENDED = Rule(
    "loss-ended", "Loss", ("note",), Rank.LOSS,
    "Packets were lost on the path for a while; so many have been answered since then that chance cannot explain it.",
    _REVERSE,
)  # fmt: skip
NO_LOSS = Rule(
    "no-loss", "Loss", ("fine",), Rank.HEALTHY,
    "The target has answered almost every probe, and enough of them to exclude 5 % loss.",
    "More rounds exclude less loss.", _CLOPPER_PEARSON,
)  # fmt: skip
LOSS_NOT_EXCLUDED = Rule(
    "loss-not-excluded", "Loss", ("note",), Rank.EARLY,
    "The target has answered every probe, and they are too few to exclude loss.",
    "More rounds.", _CLOPPER_PEARSON,
)  # fmt: skip
LOSS_UNDECIDED = Rule(
    "loss-undecided", "Loss", ("note",), Rank.EARLY,
    "A few probes to the target were lost, too few to tell from chance or from the target rate-limiting its replies.",
    "More rounds.", _CLOPPER_PEARSON,
)  # fmt: skip

# ---- Delay ---------------------------------------------------------------------------------------------------------

QUEUEING = Rule(
    "queueing", "Delay", ("warning", "note"), Rank.QUEUE,
    "RTT rises above its best at every hop from some hop on, now and then or all the time: queueing delay.",
    _REVERSE, _FISHER,
)  # fmt: skip
BUFFERBLOAT = Rule(
    "bufferbloat", "Delay", ("warning", "note"), Rank.QUEUE,
    "RTT rises above its best at every hop from the access link on: bufferbloat.",
    "Find what fills the link; smart queue management on its router helps.", "RFC 7567; RFC 8290",
)  # fmt: skip
JITTER = Rule(
    "jitter", "Delay", ("warning",), Rank.QUEUE,
    "RTT to the target differs so much from one round to the next that calls and games suffer.",
    source="RFC 3393",
)  # fmt: skip
LATENCY_SHIFT = Rule(
    "latency-shift", "Delay", ("warning", "note"), Rank.CHANGE,
    "RTT has moved to another level from some hop on, and the same routers answer.",
    _REVERSE, "Page, Biometrika 41 (1954)",
)  # fmt: skip
LATENCY_STEP = Rule(
    "latency-step", "Delay", ("warning", "note"), Rank.DETOUR,
    "The best RTT rises by much at one hop and stays so to the target: distance, or a detour. A warning where no"
    " distance on the ground is so large: a queue that never drains, or a satellite.",
    source="about 100 km of fibre for 1 ms of RTT",
)  # fmt: skip
SLOW_REPLIES = Rule(
    "slow-replies", "Delay", ("note",), Rank.HARMLESS,
    "A router answers slowly, and later hops do not: its control plane is busy, traffic is not slowed.",
    source="Mann and Whitney, Annals of Mathematical Statistics 18 (1947)",
)  # fmt: skip
UNEQUAL_COST_PATHS = Rule(
    "unequal-cost-paths", "Delay", ("note",), Rank.HARMLESS,
    "RTT goes with the address that answers: unequal-cost paths under load balancing, and not jitter.",
    source="Mann and Whitney, Annals of Mathematical Statistics 18 (1947)",
)  # fmt: skip

# ---- Path ----------------------------------------------------------------------------------------------------------

ROUTING_LOOP = Rule(
    "routing-loop", "Path", ("fault", "warning"), Rank.LOOP,
    "The same routers answer in turn to the end, and the target is not reached: a routing loop. It seems to have formed"
    " when routers answer again where the target did, and the target no longer answers.",
    "Only the networks that operate these routers can fix it.",
)  # fmt: skip
TTL_LOWERED = Rule(
    "ttl-lowered", "Path", ("fault",), Rank.LOOP,
    "One router answers for every hop from its own to the end, and the target is not reached: packets run out of TTL"
    " there whatever they began with. A device before it lowers their TTL, or the router sends them to itself.",
    "The operator of that router, or of the device before it, can say which.",
)  # fmt: skip
PATH_CHANGE = Rule(
    "path-change", "Path", ("changed",), Rank.CHANGE,
    "Other routers have answered since some round, at one hop or several: the path changed, or seems to have.",
)  # fmt: skip
PATH_FLAP = Rule(
    "path-flap", "Path", ("warning", "note"), Rank.CHANGE,
    "The path alternates between the same routers, at least three changes in ten minutes: it flaps.",
    "The networks that operate these routers can tell why.",
    "RFC 2439; Fisher's exact test; Wald and Wolfowitz, Annals of Mathematical Statistics 11 (1940)",
)  # fmt: skip
LOAD_BALANCING = Rule(
    "load-balancing", "Path", ("note",), Rank.HARMLESS,
    "Several routers answer at one hop: load balancing (ECMP), per flow or per packet.",
    "Several flows (--flows) find all routers.", f"RFC 2992; {_PARIS}",
)  # fmt: skip
ADDRESSES_BY_TURNS = Rule(
    "addresses-by-turns", "Path", ("note",), Rank.HARMLESS,
    "Two addresses of one hop answer by turns: a router with two addresses, or load balancing packet by packet.",
)  # fmt: skip
SEVERAL_ADDRESSES = Rule(
    "several-addresses", "Path", ("note",), Rank.HARMLESS,
    "Several addresses answered at one hop of a report without the order of answers: load balancing, or the path"
    " changed meanwhile.",
    "A trace of your own tells which.",
)  # fmt: skip
ALL_ADDRESSES_FOUND = Rule(
    "all-addresses-found", "Path", ("note",), Rank.HARMLESS,
    "The flows have met every address of every hop, with 95 % confidence.",
    source=_MDA,
)  # fmt: skip
MORE_ADDRESSES_POSSIBLE = Rule(
    "more-addresses-possible", "Path", ("note",), Rank.HARMLESS,
    "Too few flows have answered to know every address.",
    "More rounds, or more flows (--flows).", _MDA,
)  # fmt: skip
PER_PROBE_PORTS = Rule(
    "per-probe-ports", "Path", ("note",), Rank.HARMLESS,
    "Some hops are probed outside the one flow, because their routers quote too little of a probe.",
    "Run hopscope as root.", _PARIS,
)  # fmt: skip
REPEATED_ROUTER = Rule(
    "repeated-router", "Path", ("note",), Rank.HARMLESS,
    "One router answers at two hops in a row: it forwards packets whose TTL has run out, or it is a NAT. Not a loop.",
    source=_PARIS,
)  # fmt: skip
TARGET_TOO_NEAR = Rule(
    "target-too-near", "Path", ("note",), Rank.HARMLESS,
    "The target's address answers a few times from far before the target: a forged or a stray reply.",
)  # fmt: skip
REPLY_FROM_ELSEWHERE = Rule(
    "reply-from-elsewhere", "Path", ("note",), Rank.HARMLESS,
    "The end of the path replies from another address than the one probed: anycast, or a host with several addresses.",
)  # fmt: skip
GATEWAY_WITH_TARGET_ADDRESS = Rule(
    "gateway-with-target-address", "Path", ("note",), Rank.HARMLESS,
    "A gateway says in the target's name that a probe's TTL expired there: it translates addresses, the path goes on.",
)  # fmt: skip
TARGET_AT_TWO_DISTANCES = Rule(
    "target-at-two-distances", "Path", ("note",), Rank.HARMLESS,
    "The target answers often at two hops: paths of two lengths, by load balancing or as the route changes.",
    source=_PARIS,
)  # fmt: skip
DUPLICATE_REPLIES = Rule(
    "duplicate-replies", "Path", ("note",), Rank.HARMLESS,
    "Some probes were answered twice.",
)  # fmt: skip

# ---- Headers -------------------------------------------------------------------------------------------------------

MPLS_TUNNEL = Rule(
    "mpls-tunnel", "Headers", ("note",), Rank.HARMLESS,
    "Routers answer with MPLS labels: a tunnel, whose hops may all show the RTT of its far end.",
    source="RFC 4950; RFC 3032",
)  # fmt: skip
HIDDEN_TUNNEL = Rule(
    "hidden-tunnel", "Headers", ("note",), Rank.HARMLESS,
    "One hop forward is several hops back, with a step in RTT: possibly a tunnel that does not lower the TTL.",
    source="RFC 3443; Vanaubel et al., IMC 2017",
)  # fmt: skip
DOUBLE_NAT = Rule(
    "double-nat", "Headers", ("note",), Rank.HARMLESS,
    "The first two hops have private IPv4 addresses, and the target has none: possibly one NAT router after another.",
    source="RFC 1918",
)  # fmt: skip
CARRIER_NAT = Rule(
    "carrier-nat", "Headers", ("note",), Rank.HARMLESS,
    "A hop near this host has an address of carrier-grade NAT: customers share public addresses.",
    source="RFC 6598",
)  # fmt: skip
NAT = Rule(
    "nat", "Headers", ("note",), Rank.HARMLESS,
    "From some hop on routers quote another address, port or checksum than was sent: NAT.",
    source="RFC 5508; RFC 3022",
)  # fmt: skip
IP_ID_REWRITTEN = Rule(
    "ip-id-rewritten", "Headers", ("note",), Rank.HARMLESS,
    "From some hop on routers quote another IP ID than was sent: a firewall or NAT rewrites it.",
    source="RFC 6864",
)  # fmt: skip
ASYMMETRIC_RETURN_PATH = Rule(
    "asymmetric-return-path", "Headers", ("note",), Rank.HARMLESS,
    "The reply TTL shows another number of hops back than forward: an asymmetric return path.",
    _REVERSE, "Paxson, IEEE/ACM Transactions on Networking 5 (1997)",
)  # fmt: skip
TOS_REWRITTEN = Rule(
    "tos-rewritten", "Headers", ("note",), Rank.HARMLESS,
    "Routers quote another type of service (DSCP, ECN) than was sent: marked traffic loses its class.",
    source="RFC 2474; RFC 3168",
)  # fmt: skip
TTL_REWRITTEN = Rule(
    "ttl-rewritten", "Headers", ("note",), Rank.HARMLESS,
    "A router quotes a TTL other than 1: a device before it rewrites the TTL, or forwards packets with none left.",
    source=_PARIS,
)  # fmt: skip
TCP_PROXY = Rule(
    "tcp-proxy", "Headers", ("note",), Rank.HARMLESS,
    "The TCP handshake is done long before the hop before the target could answer: possibly a transparent proxy.",
    source="RFC 3135",
)  # fmt: skip

# ---- MTU -----------------------------------------------------------------------------------------------------------

MTU_BLACK_HOLE = Rule(
    "mtu-black-hole", "MTU", ("fault",), Rank.QUEUE,
    "Large packets vanish, small ones get through, and no router reports it: a path MTU black hole.",
    "The network at that link can tell what drops the ICMP message; until then clamp the TCP MSS.",
    "RFC 2923 section 2.1; RFC 4821", outcome_of=CheckKind.PATH_MTU,
)  # fmt: skip
MTU_UNREPORTED = Rule(
    "mtu-unreported", "MTU", ("warning",), Rank.HARMLESS,
    "A router reports that packets are too big, and gives no usable size.",
    source="RFC 1191 section 5",
)  # fmt: skip
MTU_DROP = Rule(
    "mtu-drop", "MTU", ("note",), Rank.HARMLESS,
    "The path MTU falls at a link, and its router reports it: hosts adapt.",
    source="RFC 1191; RFC 8201",
)  # fmt: skip
PATH_MTU = Rule(
    "path-mtu", "MTU", ("note",), Rank.HARMLESS,
    "The largest packet that reaches the target whole.",
    source="RFC 1191; RFC 8201", outcome_of=CheckKind.PATH_MTU,
)  # fmt: skip

# ---- Both directions: what the one-way count of --both says beside the two traces -----------------------------------

_ONE_WAY = "RFC 7680; RFC 8762; Clopper and Pearson, Biometrika 26 (1934); Fisher's exact test"
ONE_WAY_LOSS = Rule(
    "one-way-loss", "Both directions", ("fault", "warning"), Rank.LOSS,
    "Packets are lost in one direction: the one-way count loses there, and less or nothing in the other.",
    source=_ONE_WAY,
)  # fmt: skip
BOTH_WAYS_LOSS = Rule(
    "both-ways-loss", "Both directions", ("fault", "warning"), Rank.LOSS,
    "Packets are lost in both directions, as the one-way count says.",
    source=_ONE_WAY,
)  # fmt: skip
DIRECTION_OPEN = Rule(
    "direction-open", "Both directions", ("warning",), Rank.LOSS,
    "The one-way count loses packets, too few yet to tell in which direction.",
    "More rounds.", _ONE_WAY, undecided=True,
)  # fmt: skip
ONE_WAY_BLOCKED = Rule(
    "one-way-blocked", "Both directions", ("warning", "note"), Rank.HARMLESS,
    "Packets of the one-way count have never come through in some direction: NAT, a filter, or loss of all. It names no"
    " direction of loss.",
    "Let UDP between the two hosts through.", undecided=True,
)  # fmt: skip
ONE_WAY_NOT_COUNTED = Rule(
    "one-way-not-counted", "Both directions", ("note",), Rank.HARMLESS,
    "Packets cannot be counted one way: the reason is named, and the direction of loss is not known.",
    undecided=True,
)  # fmt: skip
ONE_WAY_EARLY = Rule(
    "one-way-early", "Both directions", ("",), Rank.EARLY,
    "Too few packets have been counted one way.",
    "More rounds.",
)  # fmt: skip
NOT_LOST_ONE_WAY = Rule(
    "not-lost-one-way", "Both directions", ("note",), Rank.HARMLESS,
    "A trace loses its probes where the one-way count loses nothing: rate-limited replies, or loss that other packets"
    " do not meet.",
    source=_ONE_WAY,
)  # fmt: skip
NO_ONE_WAY_LOSS = Rule(
    "no-one-way-loss", "Both directions", ("fine",), Rank.HEALTHY,
    "The one-way count loses nothing to speak of in either direction.",
    source=_CLOPPER_PEARSON,
)  # fmt: skip

# ---- Lanes: several traces of one target together --------------------------------------------------------------------

LANES_UNREACHED = Rule(
    "lanes-unreached", "Lanes", ("fault",), Rank.UNREACHED,
    "Some lanes do not reach a target that others reach at the same time.",
    "Look where the path of the one that does not arrive leaves that of the others.", _LANES,
)  # fmt: skip
LANES_PROTOCOL_FILTERED = Rule(
    "lanes-protocol-filtered", "Lanes", ("note",), Rank.UNREACHED,
    "The target answers one protocol and not another from the same place: that one is filtered.",
    "", _LANES,
)  # fmt: skip
LANES_ALL_LOSE = Rule(
    "lanes-all-lose", "Lanes", ("fault", "warning", "note"), Rank.LOSS,
    "Several lanes lose, and one router lies within the range of each: the loss is from that router on.",
    _REVERSE, _LANES,
)  # fmt: skip
LANES_LOSE_APART = Rule(
    "lanes-lose-apart", "Lanes", ("fault", "warning"), Rank.LOSS,
    "Every lane loses, and no other shows the routers where this one does: a fault of its own, or one that they share.",
    _REVERSE, _LANES,
)  # fmt: skip
LANES_SOME_LOSE = Rule(
    "lanes-some-lose", "Lanes", ("fault", "warning"), Rank.LOSS,
    "Some places lose and others do not: the loss is where their paths are apart, or on a return path.",
    _REVERSE, _LANES,
)  # fmt: skip
LANES_RETURN_LOSS = Rule(
    "lanes-return-loss", "Lanes", ("fault", "warning"), Rank.LOSS,
    "One place loses at routers that another crosses, all of them, without loss: its return path is what differs.",
    _REVERSE, _LANES,
)  # fmt: skip
LANES_PROTOCOL_LIMIT = Rule(
    "lanes-protocol-limit", "Lanes", ("note",), Rank.HARMLESS,
    "One protocol goes unanswered at the target at times, and another does not: the target rate-limits its replies.",
    "", f"{_ICMP_LIMIT}; {_LANES}",
)  # fmt: skip
LANES_PROTOCOL_LOSS = Rule(
    "lanes-protocol-loss", "Lanes", ("fault", "warning"), Rank.LOSS,
    "One protocol loses and another does not, from the same place: a filter or policer, or another path of a balancer.",
    "Run both with --flows auto, to see whether they take the same routers.", _LANES,
)  # fmt: skip
LANES_FAMILY_LOSS = Rule(
    "lanes-family-loss", "Lanes", ("fault", "warning"), Rank.LOSS,
    "One family of IP loses and the other does not, from the same place.",
    _REVERSE, _LANES,
)  # fmt: skip
LANES_SLOWER = Rule(
    "lanes-slower", "Lanes", ("note",), Rank.DETOUR,
    "The answers of one lane take longer than those of the fastest one.",
    "", f"Mann and Whitney, Annals of Mathematical Statistics 18 (1947); {_HOLM}",
)  # fmt: skip

# ---- This trace ----------------------------------------------------------------------------------------------------

PROBE_PROCESS_FAILED = Rule(
    "probe-process-failed", "This trace", ("fault",), Rank.STATE,
    "The probe process has ended: nothing is measured any more.",
    "Start hopscope again.",
)  # fmt: skip
NETWORK_DOWN = Rule(
    "network-down", "This trace", ("fault",), Rank.STATE,
    "This host's network is down; probing goes on when it is back.",
)  # fmt: skip
WAITING = Rule(
    "waiting", "This trace", ("",), Rank.STATE,
    "The first seconds, before any answer.",
)  # fmt: skip
NO_ANSWER_YET = Rule(
    "no-answer-yet", "This trace", ("warning",), Rank.STATE,
    "No hop has answered for five seconds or more.",
    "Check for a local firewall and a route; try another protocol.",
)  # fmt: skip
NOTHING_TO_JUDGE = Rule(
    "nothing-to-judge", "This trace", ("",), Rank.EARLY,
    "Hops answer, and the target has not yet.",
    "More rounds.",
)  # fmt: skip
NOT_SENT = Rule(
    "not-sent", "This trace", ("warning", "note"), Rank.LOCAL,
    "This host did not send some probes; they count in no loss.",
    "The cause is on this host or its link: see the error that is named.",
)  # fmt: skip
ICMP_NOT_ALLOWED = Rule(
    "icmp-not-allowed", "This trace", ("note",), Rank.HARMLESS,
    "This user may not send ICMP, so the trace uses UDP over the same path.",
    "Give the probe process the privilege that is named.",
)  # fmt: skip

catalogue: tuple[Rule, ...] = tuple(one for one in list(globals().values()) if isinstance(one, Rule))

_SEVERITY_WORDS = {"": "none yet"}
_WIDTH = 79


def text() -> str:
    """The catalogue in 79 columns, group by group: identifier and severities, then what the rule says."""
    from textwrap import wrap

    lines = ["The verdicts of hopscope. In each group the rules are named as JSON names them."]
    group = ""
    for rule in catalogue:
        if rule.group != group:
            group = rule.group
            lines += ["", group.upper()]
        lines += ["", f"  {rule.id.ljust(34)}{_severities(rule)}"]
        parts = (rule.meaning, rule.settle and f"To settle: {rule.settle}", rule.source and f"Source: {rule.source}.")
        for part in filter(None, parts):
            lines += wrap(part, _WIDTH, initial_indent="      ", subsequent_indent="      ", break_on_hyphens=False)
    return "".join(f"{line}\n" for line in lines)


def markdown() -> str:
    """The catalogue as a chapter of the manual: a section a group, a paragraph a rule."""
    lines = [
        "# Verdict rules",
        "",
        (
            "Each verdict rests on one rule; JSON and `hopscope --rules` name it as this page does."
            " Where several rules apply, the one with the smallest rank gives the answer."
            " `hopscope --demo NAME` shows verdicts on simulated paths."
            " How to read them is in [reading a trace](reading-a-trace.md)."
        ),
    ]
    group = ""
    for rule in catalogue:
        if rule.group != group:
            group = rule.group
            lines += ["", f"## {group}"]
        lines += ["", f"### `{rule.id}`", "", f"{rule.meaning}", ""]
        lines.append(f"- Severity: {_severities(rule)}. Rank in the answer: {int(rule.rank)}.")
        lines += [f"- To settle: {rule.settle}"] if rule.settle else []
        lines += [f"- Source: {rule.source}."] if rule.source else []
    return "".join(f"{line}\n" for line in lines)


def _severities(rule: Rule) -> str:
    return ", ".join(_SEVERITY_WORDS.get(one, one) for one in rule.severities)


if __name__ == "__main__":
    from sys import stdout

    stdout.write(markdown())
