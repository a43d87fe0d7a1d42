#!/usr/bin/python3
"""The reminders set up in the window, played from outside: the offer, the real schedule, the time line by keyboard, a
profile snoozed, the title's count while locked.

    tests/story/reminders_window.py --program target/release/a365-password-tool --cli target/release/a365-password-cli

Every secret is made at run time. Where no systemd runs the session, the schedule is a file for the desktop's autostart.
"""

import argparse
import datetime
import json
import os
import secrets
import subprocess
import sys

from desktop import Desktop, play, until

PASSPHRASE = f"four words {secrets.token_hex(6)}"
OFFER = "Reminders are off while the app is closed."


class Story:
    def __init__(self, desktop, arguments):
        self.desktop, self.arguments = desktop, arguments
        self.vault = os.path.join(desktop.folder, "team.a365vault")

    def cli(self, *words, typed=""):
        run = subprocess.run([self.arguments.cli, *words], input=typed, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert run.returncode == 0, f"{words}: {run.stderr}"
        return run.stdout

    def add(self, name, days):
        day = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).date().isoformat()
        words = ["--vault", self.vault, "--passphrase-stdin", "--secret-stdin", "--expires", day]
        words += ["--client-id", "11112222-aaaa-3333-bbbb-4444cccc5555"]
        url = f"https://{name.lower()}.crm4.dynamics.com"
        self.cli("profile", "add", name, "--url", url, *words, typed=f"{PASSPHRASE}\n{secrets.token_urlsafe(30)}\n")

    def says(self, text, seconds=30.0):
        self.app.says(text, seconds)

    def silent_about(self, text):
        until(f"{text!r} to go", lambda: not any(text in name for _, _, name in self.app.widgets()))

    def press(self, name):
        self.app.press_by_mouse(name)

    def title(self):
        return self.desktop._output(["xdotool", "getwindowname", self.app.window]).strip()

    def is_titled(self, title):
        until(lambda: f"the title {title!r}; it is {self.title()!r}", lambda: self.title() == title)

    def schedule(self):
        return json.loads(self.cli("remind", "--status", "--json"))["schedule"]

    # The chapters

    def the_offer(self):
        self.cli("vault", "create", "--vault", self.vault, "--passphrase-stdin", "--memory-mib", "19", "--passes", "2",
                 "--lanes", "1", typed=f"{PASSPHRASE}\n")
        for name, days in [("Contoso", 12), ("Fabrikam", 400), ("Wingtip", -3)]:
            self.add(name, days)
        assert self.schedule() == "off"
        self.app = self.desktop.start([self.arguments.program, "--vault", self.vault], title="A365 Password Tool")
        self.is_titled("team - A365 Password Tool: 2 secrets need attention")
        self.unlock()
        self.says(OFFER)
        self.press("Turn on")
        self.says("Reminders are on, even when the app is closed.")
        self.silent_about(OFFER)
        assert self.schedule() == "on"

    def unlock(self):
        self.app.type_into("Passphrase", PASSPHRASE)
        self.app.click("push button", "Unlock")

    def the_switch(self):
        self.press("Settings")
        switch = "Remind me when the app is closed"
        self.says("The check runs at sign-in")
        self.app.click("check box", switch)
        self.says("Off: no reminders while the app is closed.")
        assert self.schedule() == "off"
        self.app.click("check box", switch)
        self.says("The check runs at sign-in")
        assert self.schedule() == "on"

    def the_time_line(self):
        self.press("Renewals")
        self.says("1 expired, 1 within 30 days, 1 within 90")
        row = until("a row", lambda: self.app.find_by_start("Wingtip, expired 3 days ago"))
        row.queryComponent().grabFocus()
        until("the row to get the keyboard", lambda: self.app.is_focused(row))
        self.app.press("Down")
        until("the next row to get the keyboard", lambda: self.app.is_focused(self.app.find_by_start("Contoso, Urgent, in 12 days")))
        if self.arguments.pictures:
            os.makedirs(self.arguments.pictures, exist_ok=True)
            self.app.screenshot(f"{self.arguments.pictures}/renewals.png")
        self.app.press("Return")
        self.says("Next reminder: ")

    def put_off(self):
        self.app.click_at(until("the fold", lambda: self.app.find_by_start("Next reminder: ")))
        self.press("For a week")
        self.says("are snoozed until")
        told = json.loads(self.cli("remind", "--profile", "Contoso", "--vault", self.vault, "--json"))
        week = (datetime.date.today() + datetime.timedelta(days=7)).isoformat()
        assert told["snoozed_until"] == week, told

    def the_title(self):
        self.app.press("ctrl+l")
        self.says("Unlock the vault")
        self.is_titled("team - A365 Password Tool: 2 secrets need attention")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, type=os.path.abspath)
    parser.add_argument("--cli", required=True, type=os.path.abspath)
    parser.add_argument("--pictures")
    arguments = parser.parse_args()
    with Desktop(1180, 760) as desktop:
        story = Story(desktop, arguments)
        chapters = [story.the_offer, story.the_switch, story.the_time_line, story.put_off, story.the_title]
        play(desktop, story, chapters, "reminders-window")
    return 0


if __name__ == "__main__":
    sys.exit(main())
