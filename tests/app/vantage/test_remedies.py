"""What helps where a vantage point could not be reached."""

from __future__ import annotations

import pytest
from hopscope.app.vantage.remedies import remedy

BY_HAND = "see whether the same command works by hand"


@pytest.mark.parametrize(
    ("kind", "words", "part"),
    [
        ("ssh", "ops@web1: Permission denied (publickey,password).", "ssh-add"),
        ("ssh", "Host key verification failed.", "connect once by hand"),
        ("ssh", "ssh: connect to host 10.0.0.1 port 22: Connection refused", "ssh:HOST:PORT"),
        ("ssh", "ssh: connect to host 10.0.0.1 port 22: Connection timed out", "ProxyJump"),
        ("ssh", "kex_exchange_identification: Connection closed by remote host", "MaxStartups"),
        ("ssh", "This account is currently not available.", "allowed to run commands"),
        ("netns", 'Cannot open network namespace "x": No such file or directory', "ip netns list"),
        ("netns", "mount of /sys failed: Operation not permitted", "sudo"),
        ("vrf", "Invalid VRF name", "ip vrf show"),
        ("docker", "Error response from daemon: No such container: x", "docker ps"),
        ("kubectl", 'Error from server (NotFound): pods "x" not found', "kubectl get pods"),
        ("exec", "ended with exit status 0 before a probe process ran there", "stand before a command"),
        ("ssh", "something new", BY_HAND),
        ("local", "", BY_HAND),
    ],
)
def test_each_failure_has_a_way_out(kind: str, words: str, part: str) -> None:
    """By the program's own words; what is not known is tried by hand."""
    assert part in remedy(kind, words)
