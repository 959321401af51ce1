"""Probes that may not be fragmented, on kernel routers with narrow links, as every user."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest
from hopscope.probe import wire
from support.netns import USERS, Chain, User, chain
from support.packet import ask

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.kernel

NARROW = {2: 1400, 3: 1280}
TOO_BIG = {4: (3, 4), 6: (2, 0)}


@pytest.fixture(scope="module", params=[True, False], ids=["ping", "raw"])
def narrow_chain(request: pytest.FixtureRequest) -> Iterator[Chain]:
    """Five hops: behind the second a link of 1400 bytes, behind the third one of 1280; with ping sockets or without."""
    with chain(ping_open=request.param, mtus=NARROW) as made:
        yield made


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("protocol", ["icmp", "udp", "udp port 9", "udp port 9 local-port 20123"])
@pytest.mark.parametrize("user", USERS)
def test_routers_say_what_is_too_big(
    narrow_chain: Chain, user: User, protocol: str, version: int, request: pytest.FixtureRequest
) -> None:
    """The router before a narrow link says what the link takes, and just that passes, again and again."""
    head = f"ip-{version} {narrow_chain.target(version)} protocol {protocol} detail 1 dont-fragment 1"
    if protocol == "icmp" and user != "root" and "raw" in request.node.callspec.id:
        assert [answer.word for answer in ask(narrow_chain, [head], user=user)] == [wire.PERMISSION_DENIED]
        return
    sizes = (1500, 1400, 1280, 1281, 1500, 1401, 64)
    hops = narrow_chain.hops[version]
    answers = ask(narrow_chain, [f"{head} ttl 5 size {size}" for size in sizes[:3]], user=user)
    answers += [ask(narrow_chain, [f"{head} ttl 5 size {size}"], user=user)[0] for size in sizes[3:]]
    assert [answer.mtu for answer in answers] == [1400, 1280, None, 1280, 1400, 1400, None]
    assert [answer.address for answer in answers] == [hops[1], hops[2], hops[4], hops[2], hops[1], hops[1], hops[4]]
    for answer in answers:
        if answer.mtu:
            assert (answer.word, answer.icmp_type, answer.icmp_code) == (wire.NO_ROUTE, *TOO_BIG[version])
        else:
            assert answer.word == wire.REPLY
    near = ask(narrow_chain, [f"{head} ttl {ttl} size 1500" for ttl in (1, 2)], user=user)
    assert [answer.word for answer in near] == [wire.TTL_EXPIRED] * 2


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("protocol", ["icmp", "udp"])
@pytest.mark.parametrize("user", USERS)
def test_own_interface_refuses_at_once(
    narrow_chain: Chain, user: User, protocol: str, version: int, request: pytest.FixtureRequest
) -> None:
    """What is larger than the interface takes is refused with its size; the probes around it are none the worse."""
    head = f"ip-{version} {narrow_chain.target(version)} protocol {protocol} detail 1 ttl 1"
    if protocol == "icmp" and user != "root" and "raw" in request.node.callspec.id:
        assert [answer.word for answer in ask(narrow_chain, [head], user=user)] == [wire.PERMISSION_DENIED]
        return
    texts = [
        "size 64",
        "dont-fragment 1 size 9000",
        "dont-fragment 1 size 1501",
        "dont-fragment 1 size 1500",
        "size 1501",
    ]
    answers = ask(narrow_chain, [f"{head} {text}" for text in texts], user=user)
    refused = (wire.UNEXPECTED_ERROR, str(errno.EMSGSIZE), 1500)
    assert [(answer.word, answer.reason, answer.mtu) for answer in answers] == [
        (wire.TTL_EXPIRED, None, None),
        refused,
        refused,
        (wire.TTL_EXPIRED, None, None),
        (wire.TTL_EXPIRED, None, None),
    ]


def test_only_asked_for_and_only_where_it_means_something(narrow_chain: Chain) -> None:
    """Without the argument large probes are fragmented as ever; with TCP the argument is refused."""
    target = narrow_chain.target()
    plain, tcp, without_details = ask(
        narrow_chain,
        [
            f"ip-4 {target} protocol udp size 3000 ttl 5 detail 1",
            f"ip-4 {target} protocol tcp port 8080 dont-fragment 1",
            f"ip-4 {target} protocol udp size 1500 ttl 5 dont-fragment 1",
        ],
    )
    assert (plain.word, plain.address) == (wire.REPLY, target)
    assert (tcp.word, tcp.reason) == (wire.INVALID_ARGUMENT, "protocol-not-supported")
    assert (without_details.word, without_details.mtu) == (wire.NO_ROUTE, None)
