"""What to do where a vantage point could not be reached: by the words of the program that leads there."""

from __future__ import annotations

# Of each transport what its program says, in lower case, and what helps. The first that is found holds.
_REMEDIES = {
    "ssh": (
        ("permission denied", "add a key with ssh-add, or name one (IdentityFile) in ~/.ssh/config"),
        ("host key verification failed", "connect once by hand, so that its key is known"),
        ("host identification has changed", "connect once by hand, and see whether its new key is right"),
        ("could not resolve hostname", "see whether its name is right, here or as a Host in ~/.ssh/config"),
        ("connection refused", "is sshd running there? ssh:HOST:PORT names another port"),
        ("timed out", "a host between may lead there: ProxyJump in ~/.ssh/config"),
        ("no route to host", "a host between may lead there: ProxyJump in ~/.ssh/config"),
        ("network is unreachable", "a host between may lead there: ProxyJump in ~/.ssh/config"),
        # What sshd does beyond MaxStartups and MaxSessions.
        ("connection closed", "it may refuse so many connections at once: MaxStartups in its sshd_config"),
        ("connection reset", "it may refuse so many connections at once: MaxStartups in its sshd_config"),
        ("exceeded maxstartups", "it refuses so many connections at once: MaxStartups in its sshd_config"),
        ("not allowed", "the account there must be allowed to run commands"),
        ("not available", "the account there must be allowed to run commands"),
    ),
    "docker": (
        ("cannot connect to the docker daemon", "docker info says more"),
        ("no such container", "docker ps lists those that run"),
        ("is not running", "docker ps lists those that run"),
    ),
    "podman": (
        ("no such container", "podman ps lists those of this user that run"),
        ("no container with name", "podman ps lists those of this user that run"),
    ),
    "kubectl": (
        ("was refused", "see whether kubectl get pods works, and name a context: kubectl:NAMESPACE/POD@CONTEXT"),
        ("not found", "kubectl get pods -n NAMESPACE lists those that are there"),
        ("forbidden", "the account needs the right to create pods/exec in that namespace"),
        ("context", "kubectl config get-contexts lists those that are there"),
    ),
    "netns": (
        ("cannot open network namespace", "ip netns list names those that are there"),
        ("operation not permitted", "it needs root: run hopscope with sudo"),
        ("permission denied", "it needs root: run hopscope with sudo"),
    ),
    "vrf": (
        ("invalid vrf", "ip vrf show names those that are there"),
        ("operation not permitted", "it needs root: run hopscope with sudo"),
        ("permission denied", "it needs root: run hopscope with sudo"),
    ),
}
_EXEC = "exec: takes the words that stand before a command, as in exec:chroot /srv or exec:sudo -u ops"


def remedy(kind: str, words: str) -> str:
    """What to do about a failure.

    Args:
        kind: the kind of the vantage point.
        words: the last words of the program that leads there, or how it ended.
    """
    lower = words.lower()
    found = next((what for said, what in _REMEDIES.get(kind, ()) if said in lower), "")
    return found or (_EXEC if kind == "exec" else "see whether the same command works by hand")
