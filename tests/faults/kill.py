#!/usr/bin/env python3
"""Kills a program (SIGKILL) at random instants while it saves, and looks after each kill whether the vault opens and holds
everything that was acknowledged before.

usage: kill.py --writer target/debug/examples/vault_writer [--rounds 50] [--profiles 100] [--seed N]

The long form, by hand on an optimised build: --rounds 1000 --profiles 1000. Says at the end what it did, and exits with 1
when anything was lost.
"""

import argparse
import random
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def start(writer, vault, profiles, passphrase):
    child = subprocess.Popen([writer, vault, str(profiles)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True)
    child.stdin.write(passphrase + "\n")
    child.stdin.close()
    return child


def found(child):
    """What the program found in the vault: a number for each name."""
    numbers = {}
    for line in child.stdout:
        word, *rest = line.split()
        if word == "ready":
            return numbers
        numbers[rest[0]] = int(rest[1])
    raise SystemExit(f"FAILED: the vault does not open: {child.stderr.read()}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--writer", required=True)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--profiles", type=int, default=100)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1 << 32))
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    passphrase = secrets.token_urlsafe(24)
    with tempfile.TemporaryDirectory() as folder:
        vault = Path(folder) / "v.a365vault"
        made = start(arguments.writer, vault, arguments.profiles, passphrase)
        if made.wait() != 0:
            raise SystemExit(made.stderr.read())
        acknowledged = {f"customer-{number}": 0 for number in range(arguments.profiles)}
        saves, further, beside, durations = 0, 0, 0, []
        for round in range(5 * arguments.rounds + 1):
            # The last time it is only looked. A script that never kills in the middle of a save shows nothing: it goes on
            # until it has.
            last = round == 5 * arguments.rounds or (round >= arguments.rounds and (beside or further))
            child = start(arguments.writer, vault, arguments.profiles, passphrase)
            now = found(child)
            lost = {name: (number, now.get(name)) for name, number in acknowledged.items() if now.get(name, -1) < number}
            if lost or len(now) != arguments.profiles:
                print(f"FAILED: round {round}, seed {arguments.seed}: {len(now)} profiles; acknowledged and found: {lost}",
                      file=sys.stderr)
                return 1
            further += now != acknowledged
            acknowledged = now
            if not last:
                began = time.monotonic()
                for _ in range(1 + round % 3):
                    _, name, number = child.stdout.readline().split()
                    acknowledged[name], saves = int(number), saves + 1
                durations.append((time.monotonic() - began) / (1 + round % 3))
                # Anywhere within the next save or the one after it.
                time.sleep(chance.uniform(0, 2 * sorted(durations)[len(durations) // 2]))
            child.kill()
            for line in child.stdout:
                if line.endswith("\n") and line.startswith("saved "):
                    _, name, number = line.split()
                    acknowledged[name], saves = int(number), saves + 1
            child.wait()
            if round % 100 == 99:
                print(f"{round + 1} kills, nothing lost so far", file=sys.stderr)
            beside += any(vault.parent.glob(vault.name + ".*.new"))
            if last:
                break
        size = vault.stat().st_size
    middle = sorted(durations)[len(durations) // 2] * 1000
    print(f"{round} kills, {arguments.profiles} profiles ({size} bytes), {saves} acknowledged saves "
          f"(median {middle:.1f} ms each), 0 lost. After {beside} kills a half-made file lay beside the vault, after "
          f"{further} a save was done and not acknowledged any more. Seed {arguments.seed}.")
    if not (beside or further):
        print("FAILED: no kill fell into a save", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
