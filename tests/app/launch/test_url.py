"""URLs as targets."""

from __future__ import annotations

import json

import pytest
from hopscope.app.errors import UsageError
from hopscope.app.launch.target_names import TypedTarget, typed_targets
from hopscope.app.launch.url import bare, host_and_port, is_url
from hopscope.app.options.model import read_options
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target, TraceSettings
from support.program import command, run
from support.pty import PtyProgram


@pytest.mark.parametrize(
    ("url", "host", "port", "said"),
    [
        ("https://host.example:8443/x", "host.example", 8443, True),
        ("https://host.example/a:b@c", "host.example", 443, False),
        ("HTTP://192.0.2.1", "192.0.2.1", 80, False),
        ("ssh://user@host.example", "host.example", 22, False),
        ("https://user:pass@word@host.example:444?x=/", "host.example", 444, True),
        ("https://[2001:db8::1]:8443/x", "2001:db8::1", 8443, True),
        ("https://[2001:db8::1]", "2001:db8::1", 443, False),
        ("http://[fe80::1%25eth0]:8080/", "fe80::1%eth0", 8080, True),
        ("https://host.example:/x", "host.example", 443, False),
        ("https://host.example#top", "host.example", 443, False),
        ("gopher+x://host.example/", "host.example", None, False),
    ],
)
def test_host_and_port(url: str, host: str, port: int | None, said: bool) -> None:
    """The host is what stands between the scheme or the ``@`` and the path; the port is the URL's or the scheme's."""
    assert is_url(url)
    assert host_and_port(url) == (host, port, said)


@pytest.mark.parametrize("text", ["host.example", "2001:db8::1", "host:443", "//host/x", "://host", "a b://c", ""])
def test_what_is_no_url(text: str) -> None:
    """Nothing without a scheme is taken for a URL."""
    assert not is_url(text)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("https:///x", "target https://: this URL names no host"),
        ("file:///etc/hosts", "target file://: this URL names no host"),
        ("https://me:secret@h:0/x", "target https://h:0: invalid port '0', expected a port from 1 to 65535"),
        ("https://h:http", "target https://h:http: invalid port 'http', expected a port from 1 to 65535"),
    ],
)
def test_wrong_urls(url: str, message: str) -> None:
    """A URL that names no host, or no port, is said in one line, without the password in it."""
    with pytest.raises(UsageError) as caught:
        host_and_port(url)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("host.example", "host.example"),
        ("host.example.", "host.example."),
        ("//host.example/x", "host.example"),
        ("host.example/x?y#z", "host.example"),
        ("host.example:8443/x", "host.example:8443"),
        ("user:secret@host.example", "host.example"),
        ("user@host.example:22", "host.example:22"),
        ("git@host.example:a/b.git", "host.example"),
        ("user@[2001:db8::1]:22", "[2001:db8::1]:22"),
        ("2001:db8::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1%eth0"),
        ("ssh", "ssh"),
        ("redis:6379", "redis:6379"),
        ("192.0.2.1/x", "192.0.2.1"),
    ],
)
def test_what_is_pasted_without_a_scheme(text: str, host: str) -> None:
    """User, password, path and query are left out; neither a name server nor a screen sees them."""
    assert bare(text) == host


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("192.0.2.0/24", "target 192.0.2.0/24: a network, not a host; name one address of it"),
        ("2001:db8::/32", "target 2001:db8::/32: a network, not a host; name one address of it"),
        ("https:host.example", "target https:host.example: this is no URL; did you mean https://host.example?"),
        ("http:/h", "target http:/h: this is no URL; did you mean http://h?"),
        ("https//h/x", "target https//h/x: this is no URL; did you mean https://h/x?"),
    ],
)
def test_what_is_neither_host_nor_url(text: str, message: str) -> None:
    """A network, or a URL with a wrong beginning, is said, and nothing else is traced in its place."""
    with pytest.raises(UsageError) as caught:
        bare(text)
    assert str(caught.value) == message


def test_signs_around_a_target_are_left_out() -> None:
    """As where it is taken out of a text."""
    words = ["<https://h.example/>", '"h.example",', "(192.0.2.1)", " h.example;"]
    found = typed_targets(read_options(["--", *words], {"XDG_CONFIG_HOME": "/none"}), {})
    assert [one.host for one in found] == ["h.example", "h.example", "192.0.2.1", "h.example"]


@pytest.mark.parametrize(
    ("line", "target"),
    [
        ("https://h:8443/x", TypedTarget("h", url_port=8443)),
        ("-u https://h/x", TypedTarget("h", url_port=443)),
        ("-T https://h/x", TypedTarget("h", 443)),
        ("-T -P 22 https://h/x", TypedTarget("h")),
        ("-P 22 https://h/x", TypedTarget("h")),
        ("-T -P 22 https://h:8443/x", TypedTarget("h", 8443)),
        ("-T gopher://h/x", TypedTarget("h")),
    ],
)
def test_the_port_is_used_by_tcp(line: str, target: TypedTarget) -> None:
    """TCP probes the port of the URL, other protocols never; -P wins over a port that the scheme alone implies."""
    assert typed_targets(read_options(line.split(), {"XDG_CONFIG_HOME": "/none"}), {}) == [target]


URL = "https://www.example.org:443/x"


def test_tcp_begun_later_takes_the_port_of_the_url() -> None:
    """A trace that goes over to TCP probes the port that was typed; by other protocols the port plays no part."""
    target = Target(sanitize("h"), "192.0.2.1", 4, tcp_port=8443)
    assert target.port_by(TraceSettings(protocol="tcp", port=80)) == 8443
    assert target.port_by(TraceSettings(protocol="udp")) == target.port_by(TraceSettings()) == 0
    assert Target(sanitize("h"), "192.0.2.1", 4, 22, tcp_port=8443).port_by(TraceSettings(protocol="tcp")) == 22


def test_a_url_is_traced() -> None:
    """The host of a URL is the target, and with -T its port; nothing is said where nobody watches."""
    traced = run("--json-full", "--demo", "-n", "-c", "1", "-i", "0.1", "-T", URL)
    [report] = json.loads(traced.stdout)
    assert (traced.stderr, report["target"]["name"], report["target"]["port"]) == ("", "www.example.org", 443)
    assert report["reached"]


def test_the_port_is_offered() -> None:
    """Whoever watches is told that TCP would probe the port."""
    line = b"hopscope: www.example.org: traced by ICMP; -T probes TCP port 443 of the URL"
    words = command("-r", "-n", "-c", "1", "-i", "0.1", "--demo", "steady", URL)
    with PtyProgram(words) as shown:
        assert line in shown.read_until(line)
        shown.read_until(b"www.example.org (")
        assert shown.wait() == 0
