#!/usr/bin/python3
"""After lock no secret is left in the program's memory, whatever was done with it before.

    memory.py --program target/release/a365-password-tool --cli target/release/a365-password-cli \\
              --examples target/debug/examples [--profiles 1000] [--pictures DIR]

Every profile of a vault is opened in a real window, its secret revealed and copied, its connection tested against the
simulator, and its change saved; then all are tested once more in one run, and the vault is locked. The program's whole
memory is searched before and after. Before, every secret has to be found: a search that finds nothing proves nothing.

The window is driven by mouse and keyboard at places that are learnt from the first profile. That each step
happened is read where it shows outside: the clipboard, the count of saves in the vault's header, and at the end the
vault's contents. Needs an administrator's rights, because the program keeps its memory from others.
"""

import argparse
import itertools
import json
import os
import secrets
import subprocess
import sys
import time

from desktop import Desktop, until
from memory_image import found_in, memory_image, own_parts, places_of, resident
from simulator import Simulator

PASSPHRASE = f"four words {secrets.token_hex(8)}"
RSS_SLACK = 5.0
"""MiB of the program's own memory that may stay after lock, beyond the unlock screen's at start: what the heaps of the
screen reader's and the window system's threads keep, and pages that hold little."""


class Vault:
    """The vault file, from outside."""

    def __init__(self, path, cli):
        self.path, self.cli = path, cli

    def fill(self, maker, profiles):
        lines = [PASSPHRASE, *(json.dumps(profile) for profile in profiles)]
        subprocess.run([maker, self.path], input="\n".join(lines), text=True, check=True, stdout=subprocess.DEVNULL)

    def saves(self):
        """How often it was saved, from the header's line, which anyone can read."""
        with open(self.path, "rb") as file:
            return json.loads(file.readline())["generation"]

    def profiles(self):
        command = [self.cli, "profile", "list", "--json", "--vault", self.path, "--passphrase-stdin"]
        run = subprocess.run(command, input=PASSPHRASE + "\n", text=True, check=True, stdout=subprocess.PIPE)
        return {profile["name"]: profile for profile in json.loads(run.stdout)["profiles"]}


class Window:
    """The program's window, by the places of its controls on the screen."""

    def __init__(self, desktop, app):
        self.desktop, self.app, self.places = desktop, app, {}

    def learn(self, name, widget):
        """Remembers where a control is; one as high as a row is enough to hit all of them."""
        box = widget.queryComponent().getExtents(self.app.atspi.DESKTOP_COORDS)
        self.places[name] = (box.x + min(box.width // 2, 120), box.y + box.height // 2)

    def click(self, name, times=1):
        x, y = self.places[name]
        self.app._xdotool("mousemove", x, y, "click", "--repeat", times, "--delay", 20, 1)

    def type_over(self, text):
        """Replaces what is in the field that has the keyboard."""
        self.app._xdotool("key", "ctrl+a")
        subprocess.run(["xdotool", "type", "--delay", "1", "--file", "-"], input=text, text=True, check=True)


def name_of(number):
    # A letter that no client ID has, so that the search finds just this one.
    return f"Tenant n{number:04}"


def open_profile(app, number, ending=""):
    """By the search field, as somebody with many profiles does."""
    app.press("ctrl+f")
    app.type_into("Search profiles", name_of(number))
    row = until("the profile's row", lambda: app.find_by_start(name_of(number) + ending + ","))
    app.click_widget(row)
    until("the profile's form", lambda: app.text_of(app.wait_for("entry", "Profile name")) == name_of(number) + ending)
    return row


def learn_places(desktop, app):
    window = Window(desktop, app)
    window.learn("row", open_profile(app, 0))
    for role, name in [
        ("entry", "Search profiles"),
        ("entry", "Profile name"),
        ("password text", "Client secret"),
        ("push button", "Show client secret"),
        ("push button", "Copy secret"),
    ]:
        window.learn(name, app.wait_for(role, name))
    return window


def use_profile(window, vault, number, case):
    """Opens, reveals, copies, tests and saves one profile."""
    app = window.app
    window.click("Search profiles")
    window.type_over(name_of(number))
    secret = case["client_secret"]

    def copied():
        # The row is there a moment after the search; until then these clicks are for the profile before.
        window.click("row")
        window.click("Copy secret")
        time.sleep(0.05)
        return window.desktop.clipboard() == secret

    until(f"the secret of {name_of(number)} on the clipboard", copied)
    window.click("Show client secret")
    if number % 10 == 0:
        # Typed once more, so that it also passes through the keyboard.
        window.click("Client secret")
        window.type_over(secret)
    if number % 50 == 0:
        app.wait_for("push button", "Hide client secret")
    saves = vault.saves()
    window.click("Profile name")
    window.type_over(name_of(number) + " used")
    app._xdotool("key", "ctrl+s")
    until(f"the change of {name_of(number)} in the vault", lambda: vault.saves() > saves)
    # Last, because the window then scrolls to the result.
    saves = vault.saves()
    app._xdotool("key", "F5")
    until(f"the test's result of {name_of(number)} in the vault", lambda: vault.saves() > saves)


def test_all(app, count):
    app.click("push button", "Test all")
    app.click("push button", f"Test {count} profiles")
    wanted = f"{count} of {count} tested"
    until(lambda: f"{wanted}; there are:\n{app.listing()}", lambda: app.find_by_start(wanted), 300)


def describe(found, count):
    return ", ".join(f"{number} of {count} in {name}" for name, number in found.items())


def settled(pid):
    """The resident memory once the window is at rest."""
    last = None
    while (now := resident(pid)) != last:
        last = now
        time.sleep(0.5)
    return now


def story(desktop, arguments, simulator):
    cases = simulator.many
    vault = Vault(os.path.join(desktop.folder, "memory.a365vault"), arguments.cli)
    values = ("environment_url", "client_id", "client_secret")
    vault.fill(
        os.path.join(arguments.examples, "fill_vault"),
        [
            {"name": name_of(number), "url": case[values[0]], "client_id": case[values[1]], "client_secret": case[values[2]],
             "expires": "2099-12-31"}
            for number, case in enumerate(cases)
        ],
    )
    app = desktop.start(
        [arguments.program, "--vault", vault.path], title="A365 Password Tool", env=simulator.environment()
    )
    pid, all_secrets = app.process.pid, [case["client_secret"] for case in cases]
    app.wait_for("password text", "Passphrase")
    # First, so that the same screen at the same size is compared: a window's pixels are its own memory too.
    app.resize(1300, 1100)
    at_start, parts_at_start = settled(pid), own_parts(pid)

    app.type_into("Passphrase", PASSPHRASE)
    if memory_image(pid) is None:
        sys.exit("this needs an administrator's rights: the program keeps its memory from others")
    # A typed passphrase is in memory, else this check could not fail.
    typed = until(
        "the typed passphrase in memory",
        lambda: (found := found_in(memory_image(pid), [PASSPHRASE])) and found["UTF-8"] and found,
    )
    app.press("Return")
    app.wait_for("push button", "New profile")
    print(f"before lock: the passphrase while it is typed: {describe(typed, 1)}", flush=True)

    began = time.monotonic()
    window = learn_places(desktop, app)
    for number, case in enumerate(cases):
        use_profile(window, vault, number, case)
        if number % 100 == 99:
            print(f"{number + 1} profiles used ({time.monotonic() - began:.0f} s)", flush=True)
    print(f"opened, revealed, copied, tested and saved: {len(cases)} profiles in {time.monotonic() - began:.0f} s")
    in_vault = vault.profiles()
    for number in range(len(cases)):
        profile = in_vault.get(name_of(number) + " used")
        assert profile, f"the change of {name_of(number)} is not in the vault"
        assert profile["last_check"] and profile["last_check"]["passed"], f"{name_of(number)} was not tested well"
    test_all(app, len(cases))
    if arguments.pictures:
        os.makedirs(arguments.pictures, exist_ok=True)
        app.screenshot(f"{arguments.pictures}/memory_tested.png")
    app.click("push button", "Profiles")
    open_profile(app, len(cases) - 1, " used")
    app.click("push button", "Copy secret")

    image = memory_image(pid)
    held, unlocked = found_in(image, all_secrets), resident(pid)
    print(f"before lock: {describe(held, len(cases))} ({len(image) >> 20} MiB searched)")
    assert held["UTF-8"] == len(cases), "an open vault holds its secrets, else this check cannot fail"

    app.press("ctrl+l")
    app.wait_for("push button", "Unlock")
    if arguments.pictures:
        app.screenshot(f"{arguments.pictures}/memory_locked.png")
    time.sleep(3)  # two seconds after a lock the program hands memory back once more
    after_lock = settled(pid)
    image = memory_image(pid)
    left, passphrase_left = found_in(image, all_secrets), found_in(image, [PASSPHRASE])
    print(f"after lock:  {describe(left, len(cases))} ({len(image) >> 20} MiB searched)")
    print(f"after lock:  the passphrase: {describe(passphrase_left, 1)}")
    for what, (all_of_it, own) in [("unlock screen at start", at_start), ("open", unlocked), ("locked", after_lock)]:
        print(f"resident, {what}: {all_of_it:.1f} MiB, {own:.1f} MiB of it the program's own")
    print("the program's own, in MiB at start and locked:")
    for what, after in sorted(own_parts(pid).items(), key=lambda part: -part[1])[:8]:
        print(f"  {parts_at_start.get(what, 0):5.1f} {after:5.1f}  {what}")
    if any([*left.values(), *passphrase_left.values()]):
        for place in itertools.islice(places_of(pid, [PASSPHRASE, *all_secrets]), 20):
            print(f"  left: {place}")
    found_in_files(desktop.folder, all_secrets)
    return sum(left.values()) + sum(passphrase_left.values()), after_lock[1] - at_start[1]


def found_in_files(folder, all_secrets):
    """No secret in any file that the program wrote: settings, logs, temporary files, the vault and beside it."""
    for place, _, files in os.walk(folder):
        for file in files:
            path = os.path.join(place, file)
            if os.path.isfile(path):
                with open(path, "rb") as opened:
                    found = found_in(opened.read(), [PASSPHRASE, *all_secrets])
                assert not any(found.values()), f"secrets in {path}: {found}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, type=os.path.abspath)
    parser.add_argument("--cli", required=True, type=os.path.abspath)
    parser.add_argument("--examples", required=True, type=os.path.abspath, help="where simulator and fill_vault are")
    parser.add_argument("--profiles", type=int, default=20)
    parser.add_argument("--pictures")
    arguments = parser.parse_args()
    with Desktop(1400, 1200) as desktop:
        simulator = Simulator(os.path.join(arguments.examples, "simulator"), desktop.folder, arguments.profiles)
        try:
            left, grown = story(desktop, arguments, simulator)
        except BaseException:
            desktop.screenshot("memory-failed.png")
            raise
        finally:
            simulator.close()
    if left:
        return f"{left} secrets are left in memory after lock"
    if grown > RSS_SLACK:
        return f"{grown:.1f} MiB stay after lock, more than {RSS_SLACK:.0f}"
    print("no secret is left")
    return 0


if __name__ == "__main__":
    sys.exit(main())
