#!/usr/bin/python3
"""A helpdesk with 300 tenants: find one, filter, select, test the selection, tag it, export it; once by keyboard alone and once
by mouse.

    many_tenants.py --program target/release/a365-password-tool --cli target/release/a365-password-cli \\
        --simulator target/debug/examples/simulator --filler target/debug/examples/fill_vault [--pictures DIR]

Entra ID and Dataverse are the simulator; secrets are made at run time.
"""

import argparse
import csv
import json
import os
import re
import secrets
import subprocess
import sys
import time

from desktop import Desktop, play, until
from simulator import Simulator

PASSPHRASE = f"four words {secrets.token_hex(6)}"
COUNT = 300
CITIES = ["Berlin", "Bologna", "Gdansk", "Porto", "Utrecht", "Malmo"]


class Story:
    def __init__(self, desktop, arguments, simulator):
        self.desktop, self.arguments, self.simulator = desktop, arguments, simulator
        self.vault = os.path.join(desktop.folder, "tenants.a365vault")
        self.app = None
        self.secrets = [case["client_secret"] for case in simulator.many]

    def cli(self, *words):
        command = [self.arguments.cli, *words, "--vault", self.vault, "--passphrase-stdin"]
        return subprocess.run(command, input=PASSPHRASE + "\n", text=True, check=True, stdout=subprocess.PIPE).stdout

    def listed(self):
        return json.loads(self.cli("profile", "list", "--json"))["profiles"]

    def given(self):
        assert len(self.simulator.many) == COUNT
        lines = [PASSPHRASE]
        for number, case in enumerate(self.simulator.many):
            city = CITIES[number % len(CITIES)]
            lines.append(json.dumps({
                "name": f"{city} {number:03}",
                "url": case["environment_url"],
                "client_id": case["client_id"],
                "client_secret": case["client_secret"],
                "expires": f"2099-01-{1 + number % 28:02}",
                "tags": [["production", "test"][number // len(CITIES) % 2]],
                "notes": f"ticket {number}",
            }))
        subprocess.run([self.arguments.filler, self.vault], input="\n".join(lines), text=True, check=True,
                       stdout=subprocess.DEVNULL)

    def start(self):
        env = {**self.simulator.environment(), "PATH": self.desktop.path_with_file_dialog()}
        self.app = self.desktop.start([self.arguments.program, "--vault", self.vault], title="A365 Password Tool", env=env)
        self.app.wait_for("push button", "Unlock")
        self.app.type_keys(PASSPHRASE)
        self.app.press("Return")
        self.app.wait_for("push button", "New profile")

    def picture(self, name):
        if self.arguments.pictures:
            os.makedirs(self.arguments.pictures, exist_ok=True)
            time.sleep(0.3)  # for the eye only; nothing is asserted on pictures
            self.app.screenshot(f"{self.arguments.pictures}/many_tenants_{name}.png")

    # What a person does

    def keyboard_is_in(self, name):
        until(lambda: f"the keyboard in {name!r}, not in {self.app.focused()!r}", lambda: (self.app.focused() or "").startswith(name))

    def tab_to(self, name, back=False):
        for _ in range(40):
            before = self.app.focused()
            if (before or "").startswith(name):
                return
            self.app.press("shift+Tab" if back else "Tab")
            until(f"the keyboard to go on from {before!r}", lambda: self.app.focused() != before)
        raise AssertionError(f"{name} is out of reach; the keyboard is in {self.app.focused()!r}")

    def click(self, start, *keys):
        """Clicks what is shown under a name that begins so."""
        self.app.click_named(re.compile(f"^{re.escape(start)}"), *keys)

    def tested(self, city):
        """How many of a city's profiles have a test that passed."""
        return sum(1 for profile in self.listed() if profile["name"].startswith(city)
                   and (profile["last_check"] or {}).get("passed"))

    def tagged(self, tag):
        return sorted(profile["name"] for profile in self.listed() if tag in profile["tags"])

    def exported(self, path, count):
        until("the file", lambda: os.path.exists(path))
        with open(path, encoding="utf-8-sig", newline="") as file:
            text = file.read()
        rows = list(csv.DictReader(text.splitlines(), delimiter=";" if ";" in text.splitlines()[0] else ","))
        assert len(rows) == count, (len(rows), count)
        assert not any(secret in text for secret in self.secrets), "a secret in an export without secrets"

    def says(self, text, seconds=60.0):
        self.app.says(text, seconds)

    def says_tested(self, count):
        self.says(f"{count} of {count} tested", 120)

    # The chapters

    def by_keyboard(self):
        app = self.app
        app.press("ctrl+f")
        self.keyboard_is_in("Search profiles")
        app.type_keys("berlin")
        self.says("50 profiles found")
        app.press("Down")
        self.keyboard_is_in("Berlin ")
        app.press("ctrl+a")
        self.says("50 profiles selected")
        self.picture("selected")
        self.tab_to("Test 50 profiles")
        app.press("Return")
        self.says_tested(50)
        self.picture("tested")
        app.press("ctrl+1")
        self.says("50 profiles selected")
        self.tab_to("Add tags")
        app.type_keys("checked by keyboard")
        app.press("Return")
        self.says("Added the tag “checked by keyboard” to 50 profiles.")
        file = os.path.join(self.desktop.folder, "berlin.csv")
        self.desktop.chosen_next(file)
        self.tab_to("Export…", back=True)
        app.press("Return")
        self.says("Export 50 profiles")
        self.tab_to("Export 50 profiles…")
        app.press("Return")
        self.exported(file, 50)
        until("the results in the vault", lambda: self.tested("Berlin") == 50)
        assert len(self.tagged("checked by keyboard")) == 50
        app.press("ctrl+f", "Escape")
        self.says("300 profiles")

    def by_mouse(self):
        app = self.app
        self.click("Search profiles")
        app.type_keys("porto")
        self.says("50 profiles found")
        self.click("Porto 003")
        self.click("Porto 009", "ctrl")
        self.click("Porto 021", "shift")
        self.says("3 profiles selected")
        self.click("Test 3 profiles")
        self.says_tested(3)
        self.click("Profiles")
        self.says("3 profiles selected")
        self.click("Add tags")
        app.type_keys("checked by mouse")
        self.click("Add to all")
        self.says("Added the tag “checked by mouse” to 3 profiles.")
        assert self.tagged("checked by mouse") == ["Porto 009", "Porto 015", "Porto 021"], self.tagged("checked by mouse")
        file = os.path.join(self.desktop.folder, "porto.csv")
        self.desktop.chosen_next(file)
        self.click("Export…")
        self.says("Export 3 profiles")
        self.click("Export 3 profiles…")
        self.exported(file, 3)
        assert self.tested("Porto") == 3

    def close(self):
        self.app.ask_to_close()
        assert self.app.wait_closed() == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("program", "cli", "simulator", "filler"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--pictures")
    arguments = parser.parse_args()
    for name in ("program", "cli", "simulator", "filler"):
        setattr(arguments, name, os.path.abspath(getattr(arguments, name)))
    with Desktop(1280, 900) as desktop:
        simulator = Simulator(arguments.simulator, desktop.folder, many=COUNT)
        try:
            story = Story(desktop, arguments, simulator)
            play(desktop, story, [story.given, story.start, story.by_keyboard, story.by_mouse, story.close], "many-tenants")
        finally:
            simulator.close()


if __name__ == "__main__":
    sys.exit(main())
