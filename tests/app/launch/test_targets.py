from __future__ import annotations

import signal
import socket
import threading

import pytest
from hopscope.app.errors import ResolveError
from hopscope.app.launch.targets import resolve_targets
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target


def resolve_target(name: str, version: int = 0, port: int | None = None) -> Target:
    """The target of one name, or the error."""
    [result] = resolve_targets([name], version, [port])
    if isinstance(result, ResolveError):
        raise result
    return result


@pytest.mark.parametrize(
    ("name", "version", "target"),
    [
        ("192.0.2.1", 0, Target(sanitize("192.0.2.1"), "192.0.2.1", 4)),
        ("2001:DB8::1", 6, Target(sanitize("2001:DB8::1"), "2001:db8::1", 6)),
        ("127.1", 0, Target(sanitize("127.1"), "127.0.0.1", 4)),
        ("fe80::1%25lo", 0, Target(sanitize("fe80::1%lo"), "fe80::1", 6, zone="lo")),
        ("fe80::1%lo", 0, Target(sanitize("fe80::1%lo"), "fe80::1", 6, zone="lo")),
        ("::ffff:192.0.2.1", 0, Target(sanitize("::ffff:192.0.2.1"), "192.0.2.1", 4)),
    ],
)
def test_addresses_need_no_look_up(name: str, version: int, target: Target) -> None:
    """An address is its own answer, in the kernel's spelling, with its zone; a mapped one is the IPv4 one it is."""
    assert resolve_target(name, version) == target


@pytest.mark.parametrize(
    ("name", "version", "sentence"),
    [
        ("192.0.2.1", 6, "cannot resolve 192.0.2.1: it is an IPv4 address, and IPv6 was asked for (-6)"),
        ("::1", 4, "cannot resolve ::1: it is an IPv6 address, and IPv4 was asked for (-4)"),
        ("fe80::1%none", 0, "cannot resolve fe80::1%none: no interface none"),
        ("fe80::1", 0, "cannot trace fe80::1: a link-local address needs its interface, as in fe80::1%eth0"),
        ("0.0.0.0", 0, "cannot trace 0.0.0.0: 0.0.0.0 is not a specific host"),
        ("::ffff:127.0.0.1", 6, "cannot trace ::ffff:127.0.0.1: this is an IPv4 address in IPv6 form; leave -6 out"),
        ("", 0, "cannot resolve an empty name: give a host name or an address"),
        ("a..b", 0, "cannot resolve a..b: this cannot be a host name"),
        ("x" * 64 + ".example", 0, f"cannot resolve {'x' * 64}.example: this cannot be a host name"),
    ],
)
def test_what_cannot_be_a_target(name: str, version: int, sentence: str) -> None:
    """Each mistake has its own sentence, with the name made safe to show."""
    with pytest.raises(ResolveError) as error:
        resolve_target(name, version)
    assert str(error.value) == sentence


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (socket.EAI_NONAME, "name not known"),
        (socket.EAI_NODATA, "it has no address"),
        (socket.EAI_AGAIN, "the name servers do not answer, or answer with a failure (see /etc/resolv.conf)"),
        (socket.EAI_FAIL, "the name servers failed"),
        (socket.EAI_SYSTEM, "the system's resolver failed"),
    ],
)
def test_the_resolvers_errors(monkeypatch: pytest.MonkeyPatch, code: int, sentence: str) -> None:
    """Each of getaddrinfo's errors is one short sentence."""

    def fail(*_: object) -> None:
        raise socket.gaierror(code, "whatever the C library says")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(ResolveError) as error:
        resolve_target("x.example\x1b[31m")
    assert str(error.value) == f"cannot resolve x.example?[31m: {sentence}"


def test_several_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first address is the target's, the others are named, each once."""
    addresses = ["2001:db8::2", "192.0.2.7", "192.0.2.7", "192.0.2.8"]

    def answer(*_: object) -> list[tuple[int, int, int, str, tuple[object, ...]]]:
        return [(0, 0, 0, "", (address, 0, 0, 0) if ":" in address else (address, 0)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    assert resolve_target("x.example", port=443) == Target(
        sanitize("x.example"), "2001:db8::2", 6, 443, ("192.0.2.7", "192.0.2.8")
    )


def test_one_bad_name_spoils_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names are resolved together and answered in order, good or bad."""
    monkeypatch.setattr(socket, "getaddrinfo", _only_good)
    results = resolve_targets(["good1", "192.0.2.5", "bad", *["good2"] * 40])
    assert [getattr(result, "name", None) for result in results[:4]] == ["good1", "192.0.2.5", None, "good2"]
    assert isinstance(results[2], ResolveError)
    assert len(results) == 43


def _only_good(name: str, *_: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
    if name == "bad":
        raise socket.gaierror(socket.EAI_NONAME, "")
    return [(socket.AF_INET, 0, 0, "", (name if name[0].isdigit() else "192.0.2.1", 0))]


def test_an_interrupt_does_not_wait_for_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that never answers does not hold back Ctrl-C, nor the end of the program."""
    asked, release, ended = threading.Event(), threading.Event(), threading.Event()
    helpers: list[threading.Thread] = []

    def hang(name: str, *_: object) -> list[object]:
        if name == "slow.example":  # a thread of an earlier test may ask for another
            helpers.append(threading.current_thread())
            asked.set()
            release.wait(30)
            ended.set()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)

    def interrupt() -> None:
        asked.wait()
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        resolve_target("slow.example")
    [helper] = helpers
    assert helper.daemon
    # not is_alive(): a join() that a signal interrupts marks the thread as stopped (CPython 3.11)
    assert not ended.is_set()
    release.set()
    assert ended.wait(10)


def test_source_is_the_address_that_the_routes_give() -> None:
    """The local address of a target is what the kernel would send from; without a route there is none."""
    assert resolve_target("127.0.0.1").source == "127.0.0.1"
    assert resolve_target("::1").source == "::1"


def test_a_link_local_address_takes_the_interface_of_the_trace() -> None:
    """Only where it names none itself, and no other address does."""
    [link, own, other] = resolve_targets(["fe80::1", "fe80::1%lo", "::1"], device="lo")
    assert isinstance(link, Target)
    assert isinstance(own, Target)
    assert isinstance(other, Target)
    assert (link.zone, own.zone, other.zone) == ("lo", "lo", "")
