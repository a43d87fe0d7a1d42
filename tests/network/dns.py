#!/usr/bin/env python3
"""DNS servers that fail, in a network of their own: what `diagnose network` says, and that it says it in time; and that
`check` finds the computer offline.

    tests/network/dns.py --program target/release/a365-password-cli

Needs Linux with namespaces for this account (or root). Where they cannot be made it prints NOT DONE and ends with 0, because
nothing was found to be wrong. Nothing leaves the namespace: it has a loopback device and nothing else.
"""

import argparse
import json
import os
import secrets
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

SERVER = "127.0.0.53"
# Mode of the server, the code that is expected, and the most seconds for the two hosts of one cloud: 10 for each connection.
CASES = [
    ("nxdomain", "dns", 3),
    ("nodata", "dns", 3),
    ("servfail", "dns_failed", 6),
    ("refused", "dns_failed", 6),
    ("drop", "dns_timeout", 22),
    ("loopback", "dropped", 3),
    # Answers about IPv4 alone: what is known counts.
    ("silent about IPv6", "dropped", 3),
]


def question(packet):
    """The end of the question, and its type."""
    place = 12
    while packet[place]:
        place += packet[place] + 1
    return place + 5, struct.unpack(">H", packet[place + 1 : place + 3])[0]


def answer(packet, mode):
    end, kind = question(packet)
    code = {"nxdomain": 3, "servfail": 2, "refused": 5}.get(mode, 0)
    with_address = mode in ("loopback", "silent about IPv6") and kind == 1
    head = packet[:2] + struct.pack(">HHHHH", 0x8180 | code, 1, 1 if with_address else 0, 0, 0) + packet[12:end]
    return head + (b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + socket.inet_aton("127.0.0.1") if with_address else b"")


def serve(server, mode):
    while True:
        packet, client = server.recvfrom(4096)
        ipv6 = 28
        if mode[0] != "drop" and not (mode[0] == "silent about IPv6" and question(packet)[1] == ipv6):
            server.sendto(answer(packet, mode[0]), client)


def inside(program):
    """Runs within the namespace."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in [("resolv.conf", f"nameserver {SERVER}\n"), ("nsswitch.conf", "hosts: files dns\n")]:
            path = os.path.join(folder, name)
            with open(path, "w", encoding="ascii") as file:
                file.write(text)
            subprocess.run(["mount", "--bind", path, f"/etc/{name}"], check=True)
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.bind((SERVER, 53))
        mode = ["nxdomain"]
        threading.Thread(target=serve, args=(server, mode), daemon=True).start()
        plain = {"PATH": os.environ["PATH"], "HOME": folder, "XDG_CONFIG_HOME": folder, "XDG_DATA_HOME": folder}
        plain["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent"
        failed = 0
        for mode[0], wanted, most in CASES:
            began = time.monotonic()
            command = [program, "diagnose", "network", "--cloud", "commercial", "--json"]
            done = subprocess.run(command, env=plain, capture_output=True, text=True, timeout=120, check=False)
            took = time.monotonic() - began
            hosts = json.loads(done.stdout)["hosts"]
            codes = {host["code"] for host in hosts}
            whole = " ".join(str(host[part]) for host in hosts for part in ("what", "why", "fix"))
            right = codes == {wanted} and took < most and done.returncode == 1 and "deleted" not in whole
            failed += not right
            print(f"{'ok  ' if right else 'FAIL'} {mode[0]}: {', '.join(map(str, codes))} after {took:.1f} s (at most {most})")
        # Without a network a test says nothing about the connection, whatever the DNS server says.
        for mode[0] in ["nxdomain", "servfail", "loopback"]:
            command = [program, "check", "--url", "contoso.crm4.dynamics.com", "--client-id"]
            command += ["11112222-aaaa-3333-bbbb-4444cccc5555", "--secret-stdin", "--json"]
            done = subprocess.run(command, env=plain, input=secrets.token_urlsafe(30), capture_output=True, text=True, timeout=120, check=False)
            report = json.loads(done.stdout)
            right = report["offline"] and "online" in report["diagnosis"]["fix"][0] and done.returncode == 1
            failed += not right
            print(f"{'ok  ' if right else 'FAIL'} offline, {mode[0]}: {report['code']}: {report['diagnosis']['what']}")
        return 1 if failed else 0


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--program", required=True)
    arguments.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    program = os.path.abspath(chosen.program)
    if chosen.inside:
        return inside(program)
    namespace = ["unshare", "--map-root-user", "--net", "--mount"]
    try:
        possible = subprocess.run([*namespace, "ip", "link"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        possible = False
    if not possible:
        print("NOT DONE: this account cannot make network namespaces, so DNS was not tested.")
        return 0
    return subprocess.run([*namespace, sys.executable, __file__, "--program", program, "--inside"], check=False).returncode


sys.exit(main())
