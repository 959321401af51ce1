"""How large the numbers of the line protocol may be; options and prompts of hopscope take no others.

Apart from ``wire`` so that the command line can be read before the protocol is loaded.
"""

SIZE_MAX_BYTES = 9000  # of a whole IP packet; mtr-packet's limit
HEADER_BYTES = {4: 28, 6: 48}  # of IP, by version, and of ICMP or UDP (RFC 791, 8200, 792, 4443, 768)
SIZE_MIN_BYTES = HEADER_BYTES[4]
TTL_MAX = 255
PORT_MAX = 65535
CONNECT_PORT = 80  # of TCP and SCTP, where none is named: hardly ever filtered
LOCAL_PORT_MIN = 1024  # below stand the services of this host
MARK_MAX = 2**32 - 1
# So many answered probes are remembered, in case that a duplicate reply comes: those of the last seconds of a trace.
ANSWERED_MAX = 512
IN_FLIGHT_MAX = 1024  # probes that may be unanswered where no other number is chosen, as mtr-packet has it
IN_FLIGHT_LIMIT = 30_000  # that may be chosen: every range of identifiers has more room
SECRET_BYTES = 8  # random ones of a process, by which it knows a reply to its own echo request
