"""Numbers of the Linux socket interface that Python's socket module does not name (or not in every build)."""

SOL_IP = 0
SOL_SOCKET = 1
SOL_IPV6 = 41
SOL_ICMPV6 = 58
SOL_RAW = 255

# linux/in.h
IP_TOS = 1
IP_TTL = 2
IP_PKTINFO = 8
IP_MTU_DISCOVER = 10
IP_RECVERR = 11
IP_RECVTTL = 12
IP_BIND_ADDRESS_NO_PORT = 24
IP_RECVERR_RFC4884 = 26
PMTUDISC_DONT = 0
# Set Don't Fragment, refuse what is larger than the interface takes, and ignore the path MTU that was learnt before.
PMTUDISC_PROBE = 3
# Fragment what is larger than the interface takes, never set Don't Fragment, and hear of packets that were too big.
PMTUDISC_OMIT = 5

# linux/in6.h
IPV6_UNICAST_HOPS = 16
IPV6_MTU_DISCOVER = 23
IPV6_RECVERR = 25
IPV6_V6ONLY = 26
IPV6_RECVERR_RFC4884 = 31
IPV6_FLOWINFO_SEND = 33
IPV6_PKTINFO = 50
IPV6_RECVHOPLIMIT = 51
IPV6_HOPLIMIT = 52
IPV6_DONTFRAG = 62
IPV6_TCLASS = 67

# linux/icmp.h, linux/icmpv6.h: masks of the types to drop
ICMP_FILTER = 1
ICMP6_FILTER = 1

# asm-generic/socket.h
SO_REUSEADDR = 2
SO_ERROR = 4
SO_SNDBUF = 7
SO_RCVBUF = 8
SO_LINGER = 13
SO_RCVBUFFORCE = 33
SO_TIMESTAMPNS = 35
SO_MARK = 36
SO_TIMESTAMPING = 37
SO_BINDTOIFINDEX = 62

# linux/net_tstamp.h
TX_SOFTWARE = 2
RX_SOFTWARE = 8
SOFTWARE = 16
OPT_ID = 128
OPT_TSONLY = 2048

# linux/errqueue.h
ORIGIN_LOCAL = 1
ORIGIN_ICMP = 2
ORIGIN_ICMP6 = 3
ORIGIN_TIMESTAMPING = 4
RFC4884_FLAG_INVALID = 1

MSG_DONTWAIT = 0x40
MSG_ERRQUEUE = 0x2000

# linux/tcp.h
TCP_SYNCNT = 7
TCP_INFO = 11

# sys/epoll.h, poll.h: the same numbers
POLLIN = 1
POLLOUT = 4
POLLERR = 8

# linux/netlink.h, linux/rtnetlink.h, linux/neighbour.h
AF_NETLINK = 16
NETLINK_ROUTE = 0
NLM_F_REQUEST = 1
RTM_NEWROUTE = 24
RTM_GETROUTE = 26
RTM_NEWNEIGH = 28
RTM_GETNEIGH = 30
RTA_DST = 1
RTA_SRC = 2
RTA_OIF = 4
RTA_GATEWAY = 5
RTA_MARK = 16
RTA_VIA = 18
NDA_DST = 1
NDA_CACHEINFO = 3
NUD_INCOMPLETE = 1
