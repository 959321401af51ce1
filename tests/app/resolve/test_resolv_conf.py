from __future__ import annotations

from hopscope.app.resolve.resolv_conf import ResolvConf, parse_resolv_conf


def test_defaults_are_the_manual_pages() -> None:
    """An empty file means the local machine's server, 5 seconds, two attempts, no rotation."""
    assert parse_resolv_conf("") == ResolvConf(("127.0.0.1",), 5, 2, rotate=False)


def test_everything_that_matters_is_read() -> None:
    """Servers (three at most) and options are taken, comments and nonsense passed over."""
    text = """\
; comment
# nameserver 192.0.2.99
search a.example b.example
nameserver 192.0.2.1
nameserver 2001:db8::53
nameserver fe80::53%eth0 # trailing
nameserver 192.0.2.4
options timeout:2 attempts:3 rotate ndots:5
options edns0 use-vc timeout:x
nameserver
"""
    servers = ("192.0.2.1", "2001:db8::53", "fe80::53%eth0")
    assert parse_resolv_conf(text) == ResolvConf(servers, 5, 3, rotate=True, tcp=True)


def test_values_have_bounds() -> None:
    """Time-outs and attempts are held within what the system's own resolver allows."""
    conf = parse_resolv_conf("options timeout:0 attempts:99999999999999")
    assert (conf.timeout_s, conf.attempts) == (1, 5)
    assert parse_resolv_conf("options timeout:400").timeout_s == 30
