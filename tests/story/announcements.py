#!/usr/bin/python3
"""What a screen reader says without being asked: a wrong passphrase, why a test failed, that one passed, messages. Nothing is said
twice, and nothing that is secret.

    announcements.py --program target/release/a365-password-tool --simulator target/debug/examples/simulator \\
        --filler target/debug/examples/fill_vault

The announcements are AT-SPI's own (object:announcement), which Orca speaks from version 45 on. Entra ID and Dataverse are the
simulator; secrets are made at run time.
"""

import argparse
import json
import os
import secrets
import subprocess
import sys

from gi.repository import GLib

from desktop import Desktop, play, until
from simulator import Simulator

PASSPHRASE = f"four words {secrets.token_hex(6)}"


class Story:
    def __init__(self, desktop, arguments, simulator):
        self.desktop, self.arguments, self.simulator = desktop, arguments, simulator
        self.app, self.heard = None, []

    def start(self):
        vault = os.path.join(self.desktop.folder, "heard.a365vault")
        profiles = [{"name": name, "url": case["environment_url"], "client_id": case["client_id"],
                     "client_secret": case["client_secret"], "expires": "2099-12-31"}
                    for name, case in (("Contoso", self.simulator.cases["wrong-secret"]), ("Fabrikam", self.simulator.cases["passes"]))]
        lines = "\n".join([PASSPHRASE, *map(json.dumps, profiles)])
        subprocess.run([self.arguments.filler, vault], input=lines, text=True, check=True, stdout=subprocess.DEVNULL)
        command = [self.arguments.program, "--vault", vault]
        self.app = self.desktop.start(command, title="A365 Password Tool", env=self.simulator.environment())
        self.app.atspi.Registry.registerEventListener(self.hear, "object:announcement")
        self.app.wait_for("push button", "Unlock")
        self.app.type_keys(PASSPHRASE)
        self.app.press("Return")
        self.app.wait_for("push button", "New profile")

    def hear(self, event):
        """One announcement: 1 is polite, 2 interrupts."""
        self.heard.append((event.detail1, str(event.any_data)))

    def hears(self, text):
        """Waits for an announcement with that text; out: how urgent it is."""
        def found():
            while GLib.MainContext.default().iteration(False):
                pass
            return next((urgency for urgency, heard in self.heard if text in heard), None)

        return until(lambda: f"{text!r} among {self.heard}", found)

    def test(self, name):
        self.heard.clear()
        self.app.click_widget(until(f"the row of {name}", lambda: self.app.find_by_start(f"{name}, ")))
        self.app.press("F5")

    def a_wrong_passphrase_is_heard(self):
        self.app.press("ctrl+l")
        self.app.wait_for("push button", "Unlock")
        self.heard.clear()
        self.app.type_keys("not the passphrase")
        self.app.press("Return")
        assert self.hears("The passphrase is wrong.") == 1, self.heard
        self.app.type_into("Passphrase", PASSPHRASE)
        self.app.press("Return")
        self.app.wait_for("push button", "New profile")

    def a_failed_test_is_heard_with_its_cause(self):
        self.test("Contoso")
        assert self.hears("The client secret is wrong, or not active yet.") == 2, self.heard
        self.each_once()

    def a_passed_test_is_heard(self):
        self.test("Fabrikam")
        assert self.hears("The connection works") == 1, self.heard
        self.each_once()

    def a_message_is_heard(self):
        self.heard.clear()
        self.app.press("ctrl+shift+c")
        assert self.hears("Copied: connection string") == 1, self.heard
        self.each_once()

    def each_once(self):
        texts = [text for _, text in self.heard]
        print("\n".join(f"  heard ({urgency}): {text}" for urgency, text in self.heard), flush=True)
        assert len(texts) == len(set(texts)), "something was said twice"
        for case in self.simulator.cases.values():
            assert not any(case["client_secret"] in text for text in texts if case["client_secret"]), "a secret was said"

    def close(self):
        self.app.ask_to_close()
        assert self.app.wait_closed() == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("program", "simulator", "filler"):
        parser.add_argument(f"--{name}", required=True)
    arguments = parser.parse_args()
    for name in ("program", "simulator", "filler"):
        setattr(arguments, name, os.path.abspath(getattr(arguments, name)))
    with Desktop(1280, 900) as desktop:
        simulator = Simulator(arguments.simulator, desktop.folder)
        try:
            story = Story(desktop, arguments, simulator)
            chapters = [
                story.start,
                story.a_wrong_passphrase_is_heard,
                story.a_failed_test_is_heard_with_its_cause,
                story.a_passed_test_is_heard,
                story.a_message_is_heard,
                story.close,
            ]
            play(desktop, story, chapters, "announcements")
        finally:
            simulator.close()


if __name__ == "__main__":
    sys.exit(main())
