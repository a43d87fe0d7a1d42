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
import secrets
import subprocess
import sys
import time

from desktop import PRESSED, Desktop, play, until
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
        command = [self.arguments.program, "--vault", self.vault]
        self.app = self.desktop.start(command, title="A365 Password Tool", env=self.simulator.environment())
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

    def focused(self):
        return next((name for widget, _, name in self.app.widgets() if self.app.is_focused(widget)), None)

    def keyboard_is_in(self, name):
        until(lambda: f"the keyboard in {name!r}, not in {self.focused()!r}", lambda: (self.focused() or "").startswith(name))

    def tab_to(self, name, back=False):
        for _ in range(40):
            before = self.focused()
            if (before or "").startswith(name):
                return
            self.app.press("shift+Tab" if back else "Tab")
            until(f"the keyboard to go on from {before!r}", lambda: self.focused() != before)
        raise AssertionError(f"{name} is out of reach; the keyboard is in {self.focused()!r}")

    def click(self, start, *keys):
        """Clicks what is shown under a name that begins so, with these keys held."""
        roles = (*PRESSED, "entry", "list item", "table cell")

        def there():
            named = (widget for widget, role, name in self.app.widgets() if name.startswith(start) and role in roles)
            return next((widget for widget in named if self.app.is_enabled(widget)), None)

        widget = until(lambda: f"{start!r} to click; there are:\n{self.app.listing()}", there)
        for key in keys:
            self.app._xdotool("keydown", key)
        self.app.click_at(widget)
        for key in reversed(keys):
            self.app._xdotool("keyup", key)

    def tested(self, city):
        """How many of a city's profiles have a test that passed."""
        return sum(1 for profile in self.listed() if profile["name"].startswith(city)
                   and (profile.get("last_check") or {}).get("result") == "passed")

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
