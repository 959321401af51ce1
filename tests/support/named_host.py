"""A host with public addresses of its own and a name server of its own, for programs that ask the system for names.

    unshare -n -m python named_host.py FOLDER -- COMMAND... -- COMMAND...

Runs in private network and mount namespaces: the loopback interface gets two public addresses, /etc/resolv.conf
names the server, /etc/hosts one address. The commands run side by side; the standard output of each is printed, a
line ``--`` behind it.
"""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

from support.dns_server import DnsServer, running

ADDRESSES = ("5.6.7.8", "2a00:db8::8")
LISTED = "5.6.7.9"


def main() -> None:
    """Set the host up and run the commands."""
    folder, *words = Path(sys.argv[1]), *sys.argv[2:]
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for address in (*ADDRESSES, LISTED):
        add = [f"{address}/128", "nodad"] if ":" in address else [f"{address}/32"]
        subprocess.run(["ip", "address", "add", add[0], "dev", "lo", *add[1:]], check=True)
    (folder / "resolv.conf").write_text("nameserver 127.0.0.53\n")
    (folder / "hosts").write_text(f"{LISTED} listed.example alias.example\n127.0.0.1 localhost\n")
    for name in ("resolv.conf", "hosts"):
        subprocess.run(["mount", "--bind", str(folder / name), f"/etc/{name}"], check=True)
    with running(DnsServer("127.0.0.53", 53)) as server:
        for address in ADDRESSES:
            server.ptr(address, "gw.example.")
        server.txt("8.7.6.5.origin.asn.cymru.com.", "64500 | 5.6.0.0/16 | US | arin | 2008-01-01")
        server.txt("9.7.6.5.origin.asn.cymru.com.", "64501 | 5.6.7.0/24 | DE | ripencc | 2011-12-13")
        six = "0" + ".0" * 7 + ".8.b.d.0.0.0.a.2"
        server.txt(f"{six}.origin6.asn.cymru.com.", "64502 | 2a00:db8::/32 | EU | ripencc |")
        commands = [list(group) for is_command, group in groupby(words, lambda word: word != "--") if is_command]
        with ThreadPoolExecutor(4) as pool:
            for output in pool.map(_run, commands):
                print(output, end="--\n")


def _run(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout


if __name__ == "__main__":
    main()
