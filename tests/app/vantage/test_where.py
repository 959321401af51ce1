"""Where probes may be sent from, as typed, and the command that leads there."""

from __future__ import annotations

import pytest
from hopscope.app.errors import UsageError
from hopscope.app.options.model import read_options
from hopscope.app.vantage.far_program import FarProgram
from hopscope.app.vantage.where import parse_where

SSH_END = ("--", "web1")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("docker:web", ["docker", "exec", "-i", "web"]),
        ("podman:web_1.x", ["podman", "exec", "-i", "web_1.x"]),
        ("netns:blue", ["ip", "netns", "exec", "blue"]),
        ("vrf:red", ["ip", "vrf", "exec", "red"]),
        ("kubectl:prod/web-0", ["kubectl", "--namespace=prod", "exec", "-i", "web-0", "--"]),
        (
            "kubectl:prod/web-0/app@arn:aws:eks/x@y",
            [
                "kubectl",
                "--context=arn:aws:eks/x@y",
                "--namespace=prod",
                "exec",
                "-i",
                "web-0",
                "--container=app",
                "--",
            ],
        ),
        ("exec:nsenter -t 1 -n --", ["nsenter", "-t", "1", "-n", "--"]),
        ("exec:'/opt/my tools/enter' a", ["/opt/my tools/enter", "a"]),
    ],
)
def test_each_kind_becomes_words_of_a_command(text: str, command: list[str]) -> None:
    """The program that leads there and its words, then a shell that looks for Python; no shell is built of the text."""
    far = FarProgram(1024)
    assert parse_where(text).command(far) == [*command, "sh", "-c", far.script]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ssh:web1", ["--", "web1"]),
        ("ssh:admin@web1", ["-l", "admin", "--", "web1"]),
        ("ssh:admin@web1:2222", ["-p", "2222", "-l", "admin", "--", "web1"]),
        ("ssh:[2001:db8::1]:22", ["-p", "22", "--", "2001:db8::1"]),
        ("ssh:2001:db8::1", ["--", "2001:db8::1"]),
        ("ssh:[fe80::1%eth0]", ["--", "fe80::1%eth0"]),
    ],
)
def test_ssh_has_no_terminal_and_no_command_of_the_configuration(text: str, words: list[str]) -> None:
    """The command is one word for a login shell; without anybody to ask, ssh asks for no password."""
    far = FarProgram(1024)
    command = parse_where(text).command(far)
    assert command[:2] == ["ssh", "-T"]
    assert {"RemoteCommand=none", "RequestTTY=no", "ServerAliveInterval=5"} < set(command)
    assert command[-len(words) - 1 :] == [*words, far.line]
    assert "BatchMode=yes" not in command
    assert "BatchMode=yes" in parse_where(text).command(far, alone=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "web1",
        "ssh:",
        "ssh:-oProxyCommand=x",
        "ssh:a@-b",
        "ssh:-a@b",
        "ssh:web 1",
        "ssh:web1;id",
        "ssh:$(id)",
        "ssh:web1:",
        "ssh:web1:0",
        "ssh:web1:65536",
        "ssh:web1:x",
        "ssh:[2001:db8::1",
        "ssh:[2001:db8::1]x",
        "docker:-x",
        "docker:a/b",
        "docker:a b",
        "kubectl:web",
        "kubectl:a/b/c/d",
        "kubectl:a/-b",
        "kubectl:a/b@",
        "netns:../x",
        "netns:-n",
        "vrf:",
        "exec:",
        "exec:'",
        "exec:-x",
        "exec: ",
        "local:x",
        "lxc:web",
        "ssh:web\x1b[2J",
        "ssh:web\n",
        f"ssh:{'w' * 5000}",
    ],
)
def test_what_is_none_of_the_forms_is_refused(text: str) -> None:
    """In one line that names the option and what was expected; nothing that a program takes for an option gets by."""
    with pytest.raises(UsageError, match=r"option --from: invalid value .*, expected") as caught:
        read_options(["--from", text, "host"], {})
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize("words", [("--packet", "mtr-packet"), ("--demo",), ("--demo=flap",)])
def test_the_probe_process_there_is_our_own_on_a_real_network(words: tuple[str, ...]) -> None:
    """Another probe process, or a simulated network, excludes other places."""
    with pytest.raises(UsageError, match=f"options --from and {words[0].partition('=')[0]} exclude each other"):
        read_options(["--from", "ssh:web1", *words, "host"], {})


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("sh:web1", "did you mean ssh?"),
        ("kubctl:a/b", "did you mean kubectl?"),
        ("web1", "ssh:web1"),
        ("locl", "did you mean local?"),
    ],
)
def test_the_nearest_form_is_offered(text: str, remedy: str) -> None:
    """A kind that is misspelled, or a host's name alone."""
    with pytest.raises(UsageError, match="option --from") as caught:
        read_options(["--from", text, "host"], {})
    assert caught.value.remedy.endswith(remedy)
