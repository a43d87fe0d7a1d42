#!/usr/bin/python3
"""Two writers at one vault: every change that was acknowledged is there at the end.

    two_writers.py --program target/release/a365-password-tool --cli target/release/a365-password-cli [--saves 500]

First two runs of the command line at once, then the window and the command line. Each adds profiles and changes
profiles of its own, and each change counts from the moment at which its writer said that it is saved: exit code 0, or
the window's "Saved". With --same-profile both also change one profile, each in a field of its own, all the time.
With --locks refused the vault is on a share without locks, with --locks unshared on one whose locks reach no other
writer (`no_locks.c`, which gcc makes a library of). Claims have to keep the writers apart there.
Where keepassxc-cli is installed, two of it do the like and their count is printed beside.
"""

import argparse
import collections
import datetime
import json
import os
import secrets
import shutil
import subprocess
import sys
import threading
import time

from desktop import Desktop, until

PASSPHRASE = f"four words {secrets.token_hex(8)}"
SHARED = "Shared by both"
MERGED = "Their changes were saved along with yours."
"""How the window's answer ends when it saved a profile that somebody else had changed in another field."""


class Share:
    """What makes a program take a folder for a share without locks, as environment variables."""

    def __init__(self, folder, locks):
        self.folder, self.locks, self.environment = os.path.join(folder, "share"), locks, {}
        self.log = os.path.join(folder, "answered")
        os.mkdir(self.folder)
        if locks == "shared":
            return
        library = os.path.join(folder, "no_locks.so")
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "no_locks.c")
        subprocess.run(["gcc", "-shared", "-fPIC", "-O2", "-o", library, source], check=True)
        self.environment = {"LD_PRELOAD": library, "NO_LOCKS_FOLDER": self.folder, "NO_LOCKS": locks, "NO_LOCKS_LOG": self.log}

    def was_asked(self):
        """Whether programs really asked for locks, and for the kind of disk, and heard the share's answer."""
        if self.locks == "shared":
            return True
        with open(self.log) as log:
            counts = collections.Counter(line.strip() for line in log)
        print(f"  the share answered: {dict(sorted(counts.items()))}", flush=True)
        return counts["flock"] > 0 and counts["fstatfs"] + counts["statfs"] > 0


class Vault:
    """One vault through the command line."""

    def __init__(self, cli, path, environment=None):
        self.cli, self.path, self.environment = cli, path, {**os.environ, **(environment or {})}
        # The cheapest key derivation, where the program still makes such vaults: it is not what is tried here.
        if self.run("vault", "create", "--memory-mib", "19", "--passes", "2", "--lanes", "1").returncode:
            self.must("vault", "create")

    def run(self, *words, secret=None):
        wanted = [self.cli, *words, "--vault", self.path, "--passphrase-stdin"]
        text = PASSPHRASE + "\n"
        if secret:
            wanted.append("--secret-stdin")
            text += secret
        return subprocess.run(wanted, input=text, text=True, capture_output=True, env=self.environment)

    def must(self, *words, secret=None):
        done = self.run(*words, secret=secret)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def profiles(self):
        return {profile["name"]: profile for profile in json.loads(self.must("profile", "list", "--json"))["profiles"]}


class Acknowledged:
    """What a writer was told is saved: the last value of each (profile, field)."""

    def __init__(self, writer):
        self.writer, self.values, self.count, self.refused = writer, {}, 0, []

    def took(self, change):
        self.values[change.name, change.field] = change.value
        self.count += 1

    def faults(self, found):
        """What is not in the vault, or was refused, in words; prints the count."""
        lost = []
        for (name, field), value in self.values.items():
            profile = found.get(name)
            if profile is None:
                lost.append(f"{name} is gone")
            elif profile[field] != value:
                lost.append(f"{name}: {field} is {profile[field]}, not {value}")
        print(f"{self.writer}: {self.count} acknowledged, {len(lost)} lost, {len(self.refused)} refused", flush=True)
        return lost + self.refused


Change = collections.namedtuple("Change", "kind name field value")


def changes(writer, count, shared_field=None):
    """A new profile, a change of it, and, with a field of the shared profile that is this writer's, a change there."""
    for number in range(count):
        kind = ("add", "change", "share")[number % (3 if shared_field else 2)]
        if kind != "share":
            begun = number - (kind == "change")
            yield Change(kind, f"{writer} {begun:04}", "client_id", f"66667777-bbbb-4888-9ccc-{number:012x}")
        elif shared_field == "expires":
            day = datetime.date(2030, 1, 1) + datetime.timedelta(number)
            yield Change(kind, SHARED, shared_field, day.isoformat())
        else:
            yield Change(kind, SHARED, shared_field, f"66667777-bbbb-4888-9ccc-{number:012x}")


URL = "https://contoso.crm4.dynamics.com"


def write_by_cli(vault, writer, wanted, pace):
    acknowledged = Acknowledged(writer)
    for change in wanted:
        pace(acknowledged.count)
        if change.kind == "add":
            words = ["profile", "add", change.name, "--url", URL, "--client-id", change.value]
            done = vault.run(*words, secret=secrets.token_urlsafe(30))
        else:
            option = {"client_id": "--client-id", "expires": "--expires"}[change.field]
            done = vault.run("profile", "set", change.name, option, change.value)
        if done.returncode == 0:
            acknowledged.took(change)
        else:
            acknowledged.refused.append(done.stderr.strip())
    return acknowledged


class Window:
    """A person at the window who adds and changes profiles."""

    FIELDS = {"client_id": "Client ID", "expires": "Secret expires"}

    def __init__(self, desktop, program, vault, share):
        command = [program, "--vault", vault.path]
        self.app, self.places = desktop.start(command, title="A365 Password Tool", env=share.environment), {}
        self.app.resize(1300, 900)
        self.app.type_into("Passphrase", PASSPHRASE)
        self.app.press("Return")
        self.app.wait_for("push button", "New profile")
        if self.app.find("push button", "Close the setup guide"):
            self.app.click("push button", "Close the setup guide")

    def fill(self, role, name, text):
        """Types over what a field holds; where the field is, is looked up once: the form does not move."""
        if name not in self.places:
            box = self.app.wait_for(role, name).queryComponent().getExtents(self.app.atspi.DESKTOP_COORDS)
            self.places[name] = (box.x + min(box.width // 2, 60), box.y + box.height // 2)
        self.app._xdotool("mousemove", *self.places[name], "click", 1, "key", "ctrl+a")
        subprocess.run(["xdotool", "type", "--delay", "1", "--file", "-"], input=text, text=True, check=True)

    def save(self, name):
        """Saves the form that is shown; the window's answer to just this save."""
        app = self.app
        app.wait_for("label", "Not saved yet")
        app._xdotool("key", "ctrl+s")

        def answer():
            texts = {text for _, _, text in app.widgets()}
            refusal = next((text for text in texts if text.startswith("Not saved:")), None)
            # “Not saved yet” stands beside the form until the vault has said that it has the change.
            if not refusal and texts & {"Not saved yet", "Saving…"}:
                return None
            saved = next((text for text in texts if text.startswith(f"Saved “{name}”") or MERGED in text), None)
            return refusal or saved

        return until(lambda: f"an answer to saving {name}; there are:\n{app.listing()}", answer, 60)

    def open(self, name):
        self.fill("entry", "Search profiles", name)
        self.app.click_widget(until(f"the row of {name}", lambda: self.app.find_by_start(name + ",")))
        until("its form", lambda: self.app.text_of(self.app.wait_for("entry", "Profile name")) == name)

    def write(self, writer, wanted, pace):
        acknowledged = Acknowledged(writer)
        for change in wanted:
            pace(acknowledged.count)
            if change.kind == "add":
                self.app._xdotool("key", "ctrl+n")
                until("an empty form", lambda: self.app.text_of(self.app.wait_for("entry", "Profile name")) == "")
                self.fill("entry", "Profile name", change.name)
                self.fill("entry", "Environment URL", URL)
                self.fill("password text", "Client secret", secrets.token_urlsafe(30))
            elif change.kind == "share":
                self.open(change.name)
            self.fill("entry", self.FIELDS[change.field], change.value)
            said = self.save(change.name)
            if said.startswith("Saved") or MERGED in said:
                acknowledged.took(change)
            else:
                acknowledged.refused.append(said)
        return acknowledged


class Pace:
    """Keeps two writers within a few saves of each other, so that they stay side by side to the end."""

    AHEAD = 4

    def __init__(self):
        self.changed, self.counts = threading.Condition(), [0, 0]

    def of(self, place):
        def wait(count):
            with self.changed:
                self.counts[place] = count
                self.changed.notify_all()
                self.changed.wait_for(lambda: self.counts[place] - self.counts[1 - place] < self.AHEAD)

        return wait

    def done(self, place):
        with self.changed:
            self.counts[place] = sys.maxsize
            self.changed.notify_all()


def side_by_side(*writers):
    """Runs both at once; gives back what each was acknowledged."""
    results, pace = [None, None], Pace()

    def run(place, write):
        try:
            results[place] = write(pace.of(place))
        finally:
            pace.done(place)

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(results), "a writer broke off"
    return results


def compare_keepassxc(folder, saves):
    """Two keepassxc-cli that add entries to one database; it is opened and saved by each without a lock."""
    if not shutil.which("keepassxc-cli"):
        return
    database = os.path.join(folder, "two.kdbx")
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}

    def keepass(*words, text):
        return subprocess.run(
            ["keepassxc-cli", *words], input=text, text=True, capture_output=True, env=environment
        )

    made = keepass("db-create", "-q", "-p", "-t", "100", database, text=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    assert made.returncode == 0, made.stderr

    def write(writer):
        def run(pace):
            acknowledged = Acknowledged(f"keepassxc-cli {writer}")
            for number in range(saves):
                pace(number)
                name = f"{writer} {number:04}"
                if keepass("add", "-q", "-u", "user", database, name, text=PASSPHRASE + "\n").returncode == 0:
                    acknowledged.took(Change("add", name, "name", name))
                else:
                    acknowledged.refused.append("refused")
            return acknowledged

        return run

    results = side_by_side(write("one"), write("two"))
    listed = keepass("ls", "-q", "-f", "-R", database, text=PASSPHRASE + "\n").stdout.splitlines()
    for acknowledged in results:
        acknowledged.faults({name: {"name": name} for name in listed})


def try_out(vault, writers):
    began = time.monotonic()
    results = side_by_side(*writers)
    found = vault.profiles()
    faults = [fault for acknowledged in results for fault in acknowledged.faults(found)]
    saves = sum(acknowledged.count for acknowledged in results)
    print(f"  {saves} saves in {time.monotonic() - began:.0f} s, {len(found)} profiles", flush=True)
    for fault in faults[:10]:
        print(f"  {fault}")
    return len(faults)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, type=os.path.abspath)
    parser.add_argument("--cli", required=True, type=os.path.abspath)
    parser.add_argument("--saves", type=int, default=20, help="of each writer")
    parser.add_argument("--same-profile", action="store_true")
    parser.add_argument("--locks", choices=("shared", "refused", "unshared"), default="shared")
    arguments = parser.parse_args()
    saves, faults = arguments.saves, 0
    fields = ("client_id", "expires") if arguments.same_profile else (None, None)
    with Desktop(1400, 1000) as desktop:
        share = Share(desktop.folder, arguments.locks)
        for kind in ("cli", "window"):
            vault = Vault(arguments.cli, os.path.join(share.folder, f"{kind}.a365vault"), share.environment)
            if arguments.same_profile:
                first = ["--url", URL, "--client-id", "66667777-bbbb-4888-9ccc-ffffffffffff"]
                vault.must("profile", "add", SHARED, *first, secret=secrets.token_urlsafe(30))

            def by_cli(name, field):
                return lambda pace: write_by_cli(vault, name, changes(name, saves, field), pace)

            second = by_cli("second cli", fields[1])
            if kind == "window":
                window = Window(desktop, arguments.program, vault, share)
                second = lambda pace: window.write("window", changes("window", saves, fields[1]), pace)
            try:
                faults += try_out(vault, (by_cli("cli", fields[0]), second))
            except BaseException:
                desktop.screenshot("two-writers-failed.png")
                raise
        if not share.was_asked():
            return "the programs did not ask the share for a lock"
        if arguments.locks == "shared":
            compare_keepassxc(desktop.folder, min(saves, 50))
    if faults:
        return f"{faults} changes are lost or were refused"
    print("every acknowledged change is there")
    return 0


if __name__ == "__main__":
    sys.exit(main())
