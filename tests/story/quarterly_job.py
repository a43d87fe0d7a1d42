#!/usr/bin/python3
"""The job that brings an administrator here once a quarter, from a cold start until the UCC has the new string: by keyboard
alone in at most 15 keys that are neither typed text nor a paste, then by mouse in at most 10 clicks.

    quarterly_job.py --program target/release/a365-password-tool --cli target/release/a365-password-cli \\
        --simulator target/debug/examples/simulator

Nothing here knows where anything is by an accessible name except to look what has the keyboard and where to click. Entra ID
and Dataverse are the simulator; secrets are made at run time.
"""

import argparse
import datetime
import functools
import json
import os
import secrets
import subprocess
import sys

from desktop import Desktop, play, until
from simulator import Simulator

PASSPHRASE = f"four words {secrets.token_hex(6)}"
KEYS, CLICKS = 15, 10
OTHERS = ["Adventure Works", "Fabrikam", "Northwind Traders", "Wingtip Toys"]
CUSTOMERS = ["Contoso Germany", "Contoso Sweden"]


def in_days(days):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).date().isoformat()


class Story:
    def __init__(self, desktop, arguments, simulator):
        self.desktop, self.arguments, self.simulator = desktop, arguments, simulator
        self.case = simulator.cases["renewal"]
        self.new = self.case["second_secret"]
        self.vault = os.path.join(desktop.folder, "quarterly.a365vault")
        self.app, self.keys, self.clicks = None, [], []

    def cli(self, *words, secret=""):
        command = [self.arguments.cli, *words, "--vault", self.vault, "--passphrase-stdin"]
        typed = f"{PASSPHRASE}\n{secret}"
        return subprocess.run(command, input=typed, text=True, check=True, stdout=subprocess.PIPE).stdout

    def kept(self, name):
        return json.loads(self.cli("profile", "show", name, "--json", "--reveal"))

    def given(self):
        self.cli("vault", "create", "--memory-mib", "19", "--passes", "2", "--lanes", "1")
        for name in OTHERS + CUSTOMERS:
            words = ["--url", self.case["environment_url"], "--client-id", self.case["client_id"]]
            expires = in_days(12 if name in CUSTOMERS else 400)
            self.cli("profile", "add", name, *words, "--secret-stdin", "--expires", expires, secret=self.case["client_secret"])

    def start(self):
        """A cold start: nothing of the program runs, and all that is known is the vault's place."""
        command = [self.arguments.program, "--vault", self.vault]
        self.app = self.desktop.start(command, title="A365 Password Tool", env=self.simulator.environment())
        self.app.wait_for("push button", "Unlock")

    # What a person does

    def key(self, *keys):
        for key in keys:
            self.app.press(key)
            self.keys.append(key)

    def tab_to(self, name):
        while not self.has_keyboard(name):
            before = self.app.focused()
            self.key("Tab")
            until(f"the keyboard to go on from {before!r}", lambda: self.app.focused() != before)
            assert len(self.keys) <= KEYS, f"{name} is out of reach: {self.keys}"

    def click(self, name):
        self.app.click_named(name)
        self.clicks.append(name)

    def paste(self, text):
        self.desktop.copy(text)
        self.app.press("ctrl+v")

    def has_keyboard(self, name):
        return self.app.focused() == name

    def waits_for_keyboard(self, name):
        until(lambda: f"the keyboard in {name!r}, not in {self.app.focused()!r}", lambda: self.has_keyboard(name))

    def is_copied(self):
        right = (f"AuthType=ClientSecret;Url={self.case['environment_url']};ClientId={self.case['client_id']};"
                 f"ClientSecret={self.new}")
        until("the connection string on the clipboard", lambda: self.desktop.clipboard() == right)

    def is_done(self, name):
        until("the UCC's confirmation in the vault", lambda: "is not finished" not in self.app.listing()
              and self.kept(name)["renewal"] is None)
        kept = self.kept(name)
        assert kept["client_secret"] == self.new and kept["expires"] == in_days(720), "the new secret and its date"

    # The chapters

    def by_keyboard(self, name):
        self.start()
        app = self.app
        self.waits_for_keyboard("Passphrase")
        app.type_keys(PASSPHRASE)
        self.key("Return")
        app.wait_for("push button", "New profile")
        self.key("ctrl+f") if self.app.focused() != "Search profiles" else None
        app.type_keys(name.lower())
        app.says("1 profile found")
        self.key("Return", "ctrl+k")
        # A screen reader hears the command that Enter would give.
        app.wait_for("entry", "Find")
        app.type_keys("renew client")
        self.waits_for_keyboard("Renew client secret")
        self.key("Return")
        self.waits_for_keyboard("New client secret")
        self.paste(self.new)
        self.tab_to("Expires on")
        app.type_keys(in_days(720))
        self.tab_to("Save and continue")
        self.key("Return")
        self.waits_for_keyboard("Test the new secret")
        self.key("Return")
        self.waits_for_keyboard("Switch to the new secret")
        self.key("Return")
        self.waits_for_keyboard("Copy connection string")
        self.key("Return")
        self.is_copied()
        self.tab_to("The UCC has the new string")
        self.key("Return")
        self.is_done(name)
        print(f"by keyboard: {len(self.keys)} keys: {' '.join(self.keys)}", flush=True)
        assert len(self.keys) <= KEYS, self.keys

    def by_mouse(self, name):
        self.start()
        app = self.app
        app.type_keys(PASSPHRASE)
        self.click("Unlock")
        self.click(until("the row", lambda: self.row(name)))
        self.click("Renew…")
        app.wait_for("password text", "New client secret")
        self.paste(self.new)
        self.click("Expires on")
        app.type_keys(in_days(720))
        self.click("Save and continue")
        self.click("Test the new secret")
        self.click("Switch to the new secret")
        self.click("Copy connection string")
        self.is_copied()
        self.click("The UCC has the new string")
        self.is_done(name)
        print(f"by mouse: {len(self.clicks)} clicks: {', '.join(self.clicks)}", flush=True)
        assert len(self.clicks) <= CLICKS, self.clicks

    def row(self, name):
        found = self.app.find_by_start(f"{name}, ")
        return found.name if found else None

    def close(self):
        self.app.ask_to_close()
        assert self.app.wait_closed() == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--cli", required=True)
    parser.add_argument("--simulator", required=True)
    arguments = parser.parse_args()
    arguments.program, arguments.cli = os.path.abspath(arguments.program), os.path.abspath(arguments.cli)
    with Desktop(1280, 900) as desktop:
        simulator = Simulator(os.path.abspath(arguments.simulator), desktop.folder)
        try:
            story = Story(desktop, arguments, simulator)
            chapters = [
                story.given,
                functools.partial(story.by_keyboard, CUSTOMERS[0]),
                story.close,
                functools.partial(story.by_mouse, CUSTOMERS[1]),
                story.close,
            ]
            play(desktop, story, chapters, "quarterly-job")
        finally:
            simulator.close()


if __name__ == "__main__":
    sys.exit(main())
