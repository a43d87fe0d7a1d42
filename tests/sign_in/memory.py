#!/usr/bin/python3
"""After a sign-in no token is left in the program's memory.

    memory.py --cli target/release/a365-password-cli --simulator target/debug/examples/simulator

`inventory` reads a large tenant, and its answer is not read: the program waits in the middle of writing it, when the sign-in is
over. Its whole memory is searched for every code and token that the simulator gave out. While the list is being read the access
token has to be found: a search that finds nothing proves nothing. Needs an administrator's rights, because the program keeps its
memory from others.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "story"))

from memory_image import memory_image  # noqa: E402
from scripted_browser import Browser, People  # noqa: E402


def found_in(image, texts):
    """How many of the texts are in the image, whole or as a piece from their middle."""
    return sum(text.encode() in image or text[len(text) // 2 : len(text) // 2 + 16].encode() in image for text in texts)


def until(what, holds, limit=30):
    ends = time.monotonic() + limit
    while not holds():
        if time.monotonic() > ends:
            raise SystemExit(f"waited in vain for {what}")
        time.sleep(0.02)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--cli", required=True)
    arguments.add_argument("--simulator", required=True)
    arguments = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        people = People(arguments.simulator, folder, registrations=5000, delay=150)
        world = people.world
        environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        environment |= people.environment() | {"HOME": folder, "BROWSER": "true"}
        program = subprocess.Popen(
            [arguments.cli, "inventory", "--json", "--without-vault", "--tenant", world["tenant_id"],
             "--sign-in-client", world["sign_in_client"]],
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        try:
            address = next(line.strip() for line in program.stderr if line.startswith("https://login."))
            signing_in = threading.Thread(target=lambda: Browser(people).sign_in(address))
            signing_in.start()
            listed = lambda: any(r["path"].startswith("/v1.0/applications") for r in people.ask("requests")["requests"])
            until("the first page of the list", listed)
            given = people.ask("given")["given"]
            during = memory_image(program.pid)
            if during is None:
                raise SystemExit("NOT DONE: only an administrator may look into the program's memory")
            signing_in.join()
            # The answer is longer than a pipe holds, so the program stands still in it.
            wait = lambda: open(f"/proc/{program.pid}/wchan").read()
            until("the program to write its answer", lambda: "pipe" in wait() or open(
                f"/proc/{program.pid}/syscall").read().split()[0] == "1")
            after = memory_image(program.pid)
            given_later = people.ask("given")["given"]
            print(f"{len(given)} codes and tokens given; in memory while the list is read: {found_in(during, given)}, "
                  f"after the sign-in: {found_in(after, given_later)}")
            if found_in(during, given) == 0:
                raise SystemExit("the search finds nothing even while the token is in use")
            if found_in(after, given_later) != 0:
                raise SystemExit("a token is left in memory")
            program.stdout.read()
            if program.wait(timeout=20) != 0:
                raise SystemExit("inventory failed")
        finally:
            program.kill()
            people.close()


main()
