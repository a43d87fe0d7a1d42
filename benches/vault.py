"""Measures the vault beside KeePassXC's; benches/vault.sh prepares and runs it.

Two programs, each as a whole process from start to end: a365-password-cli and keepassxc-cli. Each round runs all
kinds one after the other, so that a busy machine is as busy for each, and the least of all rounds counts: other work
on the machine can only add. Processor time is what matters; wall time on a shared machine says little.

Everything is measured twice: with a passphrase, where both derive a key at the same cost, and without that cost. For
ours that is the same vault opened by its recovery key, which needs no derivation; for KeePassXC a database with the
cheapest it takes (Argon2d, 1 MiB, 1 pass).
"""

import argparse
import datetime
import glob
import json
import os
import random
import shutil
import string
import subprocess
import sys
import tempfile
import uuid

import kdbx

PASSPHRASE = "four words to measure"
PROMISE = 0.1
NEW = {"client_id": "11111111-2222-4333-8444-555555555555", "url": "https://orgnew.crm4.dynamics.com", "name": "Env new"}


def made_up(count):
    """Profiles of the usual size: 40 characters of secret, 200 of notes; the same ones every time."""
    chance = random.Random(42)
    letters, words = string.ascii_letters + string.digits + "._-", "lorem ipsum dolor sit amet consectetur".split()

    def one(number):
        days = chance.randint(-90, -1) if chance.random() < 0.03 else chance.randint(1, 730)
        secret = "".join(chance.choice(letters) for _ in range(37))
        return {
            "name": f"Env {number:05} {chance.choice(['Dev', 'Test', 'UAT', 'Prod'])}",
            "client_id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            "client_secret": secret[:3] + "8Q" + "~" + secret[3:],
            "url": f"https://org{number:05}.crm4.dynamics.com",
            "expires": (datetime.date(2026, 12, 1) + datetime.timedelta(days)).isoformat(),
            "notes": " ".join(chance.choices(words, k=40))[:200],
        }

    return [one(number) for number in range(count)]


class Bench:
    def __init__(self, arguments, folder):
        self.folder, self.cost = folder, os.path.abspath(arguments.cost)
        # As a package would install it: a file that a linker has just written lies in small pieces of the disk's cache,
        # which costs a fifth of a millisecond.
        self.ours = shutil.copy(os.path.join(arguments.programs, "a365-password-cli"), folder)
        self.passphrase = PASSPHRASE
        self.filler, self.rounds = os.path.abspath(arguments.filler), arguments.rounds
        os.environ.update(QT_QPA_PLATFORM="offscreen", HOME=folder, XDG_CONFIG_HOME=folder, XDG_DATA_HOME=folder)

    def place(self, *names):
        return os.path.join(self.folder, *names)

    def file(self, name, text):
        with open(self.place(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.place(name)

    def run(self, command, stdin):
        """Wall ms, processor ms, peak MiB."""
        done = subprocess.run([self.cost, stdin, *command], stdout=subprocess.PIPE, text=True, check=True)
        wall, processor, peak, code = done.stdout.split()
        if code != "0":
            sys.exit(f"{' '.join(command)} ended with {code}")
        return float(wall), float(processor), int(peak) / 1024

    def answer(self, path, *words):
        """What our program says of the vault, as JSON."""
        command = [self.ours, "vault", *words, "--json", "--vault", path]
        done = subprocess.run(command, input=PASSPHRASE + "\n", text=True, check=True, stdout=subprocess.PIPE)
        return json.loads(done.stdout)

    def prepare(self, profiles):
        """The same profiles in our vault and in two of KeePassXC's."""
        lines = "\n".join([PASSPHRASE, *map(json.dumps, profiles)])
        count = len(profiles)
        path = self.place(f"{count}.a365vault")
        subprocess.run([self.filler, path], input=lines, text=True, check=True, stdout=subprocess.DEVNULL)
        [slot] = [slot["kdf"] for slot in self.answer(path, "info")["slots"] if slot["kdf"]]
        same = kdbx.Kdf(kdbx.ARGON2ID, slot["memory_kib"], slot["passes"], slot["lanes"])
        kdbx.write(self.place(f"cheapest-{count}.kdbx"), PASSPHRASE, profiles, kdbx.CHEAPEST)
        kdbx.write(self.place(f"equal-{count}.kdbx"), PASSPHRASE, profiles, same)
        recovery_key = self.answer(path, "add-recovery-key", "--passphrase-stdin")["recovery_key"]
        return f"Argon2id {same.memory_kib // 1024} MiB, passes {same.passes}, lanes {same.lanes}", recovery_key

    def jobs(self, profiles, recovery_key):
        """(what, kind, command, standard input, vault to copy first) of everything that is measured."""
        count, wanted = len(profiles), profiles[len(profiles) // 2]["name"]
        passphrase = self.file("passphrase", PASSPHRASE + "\n")
        vault, copy = self.place(f"{count}.a365vault"), self.place("copy", "copy")
        ours = [self.ours, "profile"]
        add = ["add", NEW["name"], "--url", NEW["url"], "--client-id", NEW["client_id"], "--secret-stdin"]
        for kind, opened_with, way in (
            ("ours, equal", PASSPHRASE, "--passphrase-stdin"),
            ("ours, without", recovery_key, "--recovery-key-stdin"),
        ):
            stdin = self.file(kind, f"{opened_with}\n{profiles[0]['client_secret']}\n")
            opening = ["--vault", vault, way]
            yield "open and list", kind, [*ours, "list", *opening], stdin, None
            yield "show one", kind, [*ours, "show", wanted, "--reveal", *opening], stdin, None
            yield "search", kind, [*ours, "list", "--search", wanted, *opening], stdin, None
            yield "add and save", kind, [*ours, *add, "--vault", copy, way], stdin, vault
        for kind in ("cheapest", "equal"):
            database = self.place(f"{kind}-{count}.kdbx")
            keepass = ["keepassxc-cli"]
            yield "open and list", kind, [*keepass, "ls", "-q", "-R", "-f", database], passphrase, None
            yield "show one", kind, [*keepass, "show", "-q", "-s", database, wanted], passphrase, None
            yield "search", kind, [*keepass, "search", "-q", database, wanted], passphrase, None
            add = ["add", "-q", "-g", "-u", NEW["client_id"], "--url", NEW["url"], copy, NEW["name"]]
            yield "add and save", kind, [*keepass, *add], passphrase, database

    def lay_out(self, original):
        """A copy to be changed, in a folder where a save was before, as on every day but the first."""
        for backup in glob.glob(self.place("copy", "copy.backups", "*")):
            os.remove(backup)
        os.makedirs(self.place("copy"), exist_ok=True)
        shutil.copy(original, self.place("copy", "new"))
        os.replace(self.place("copy", "new"), self.place("copy", "copy"))

    def measure(self, profiles, recovery_key):
        """The least of all rounds by what and kind: (wall, processor, peak)."""
        runs = {}
        for round_number in range(-1, self.rounds):
            for what, kind, command, stdin, original in self.jobs(profiles, recovery_key):
                if original:
                    self.lay_out(original)
                result = self.run(command, stdin)
                if round_number >= 0:  # the first round warms the disk's cache
                    runs.setdefault((what, kind), []).append(result)
        return {key: tuple(map(min, zip(*results))) for key, results in runs.items()}


def table(count, costs, derivation):
    """Prints one size, and gives back the ratios."""
    print(f"\n{count} profiles; key derivation {derivation}")
    print(f"{'':14}| {'a365-password-cli':^35} | {'keepassxc-cli':^35} | ratio of the")
    columns = f"{'equal KDF':>9} {'without':>9} {'peak':>7} {'wall':>7}"
    print(f"{'processor ms':14}| {columns} | {columns} | two “without”")
    ratios = {}
    for what in ("open and list", "show one", "search", "add and save"):
        ours, without, equal, cheapest = (
            costs[what, kind] for kind in ("ours, equal", "ours, without", "equal", "cheapest")
        )
        ratios[what] = without[1] / cheapest[1]
        cells = (
            f"{whole[1]:9.1f} {bare[1]:9.1f} {bare[2]:5.1f}Mi {bare[0]:7.0f}"
            for whole, bare in ((ours, without), (equal, cheapest))
        )
        print(f"{what:14}| {' | '.join(cells)} | {ratios[what]:.3f}", flush=True)
    return ratios


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cost", required=True)
    parser.add_argument("--filler", required=True)
    parser.add_argument("--programs", required=True, help="the folder of the release programs")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--profiles", default="10,1000,10000")
    parser.add_argument("--window", action="store_true", help="measure the window, too")
    parser.add_argument("--pictures")
    arguments = parser.parse_args()
    ratios = {}
    with tempfile.TemporaryDirectory(prefix="vault-bench-") as folder:
        bench = Bench(arguments, folder)
        version = subprocess.run(["keepassxc-cli", "--version"], stdout=subprocess.PIPE, text=True).stdout.strip()
        print(f"keepassxc-cli {version}; the least of {arguments.rounds} rounds; load {os.getloadavg()[0]:.1f}")
        for count in map(int, arguments.profiles.split(",")):
            profiles = made_up(count)
            derivation, recovery_key = bench.prepare(profiles)
            of_this_size = table(count, bench.measure(profiles, recovery_key), derivation)
            ratios |= {f"{what} ({count})": ratio for what, ratio in of_this_size.items()}
        if arguments.window:
            import vault_window

            vault_window.measure(bench, arguments, count, profiles[count // 2]["name"])
    broken = [what for what, ratio in ratios.items() if ratio > PROMISE]
    return f"broken promise: more than {PROMISE} of keepassxc-cli's time for {', '.join(broken)}" if broken else 0


if __name__ == "__main__":
    sys.exit(main())
