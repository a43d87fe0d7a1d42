#!/usr/bin/python3
"""The app's window under Wine: first start, a profile, a check that passes and one that fails, copy, lock, and open again.

    window.py --dist FOLDER --simulator target/debug/examples/simulator [--pictures FOLDER]
"""

import argparse
import os
import secrets
import sys
import tempfile
import time

from command_line import CommandLine
from screen import Desktop, Window, play
from wine import Windows, until

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "story"))
from simulator import Simulator  # noqa: E402

PASSPHRASE = f"four words {secrets.token_hex(6)}"


class Story:
    def __init__(self, desktop, windows, simulator, arguments, percent):
        self.desktop, self.windows, self.simulator, self.arguments = desktop, windows, simulator, arguments
        self.percent = percent
        self.program = windows.windows_path(os.path.join(arguments.dist, "a365-password-tool.exe"))
        self.environment = {"HTTPS_PROXY": simulator.proxy}
        self.window = None

    def start(self, *more):
        began = time.monotonic()
        command, scale = [self.program, *more], self.percent / 100
        self.window = Window(self.desktop, self.windows, command, env=self.environment, scale=scale)
        print(f"  window after {time.monotonic() - began:.2f} s", flush=True)

    def picture(self, name):
        if self.arguments.pictures:
            self.window.picture(os.path.join(self.arguments.pictures, f"windows_{name}_{self.percent}.png"))

    def first_start(self):
        self.start()
        self.window.says("Welcome to A365")
        self.picture("first_start")
        # The keyboard is in the first field already. Return makes the vault; white words on a blue button are not read.
        self.window.type_keys(f"{PASSPHRASE}\t{PASSPHRASE}")
        self.window.press("Return")
        self.window.says("Create a recovery key")
        self.window.press("Escape")
        self.window.says("Create your first profile")
        self.picture("setup_guide")

    def a_profile(self, name, case):
        """Typed in one burst, as an auto-type program does."""
        window = self.window
        window.press("ctrl+n")
        window.says("Environment URL")
        window.click("Profile name", beside=60)
        window.type_keys("\t".join([name, case["environment_url"], case["client_id"], case["client_secret"]]))
        window.type_into("Secret expires", "2099-12-31")

    def a_check_that_passes(self):
        window = self.window
        self.a_profile("Contoso", self.simulator.cases["passes"])
        window.press("F5")
        window.says("The connection works")
        self.picture("passed_check")
        window.press("ctrl+s")
        # The message that says so may be gone before the screen is read; the count behind it stays.
        window.says("1 profile")

    def copied(self):
        """What another program gets from the clipboard, to the letter."""
        case = self.simulator.cases["passes"]
        # By its keys: the button's light text on dark is not read at every scale.
        self.window.press("ctrl+shift+c")
        expected = (
            f"AuthType=ClientSecret;Url={case['environment_url']};ClientId={case['client_id']};"
            f"ClientSecret={case['client_secret']}"
        )
        until("the connection string on the clipboard", lambda: self.desktop.clipboard() == expected)

    def a_check_that_fails(self):
        window = self.window
        case = self.simulator.cases["wrong-secret"]
        self.a_profile("Fabrikam", case)
        window.press("F5")
        window.says("The connection does not work")
        window.says(case["expect"].split(" ")[1])
        self.picture("failed_check")
        window.press("ctrl+s")
        window.says("2 profiles")

    def renewals(self):
        window = self.window
        window.scroll_up()
        window.type_into("Secret expires", time.strftime("%Y-%m-%d", time.gmtime(time.time() + 10 * 86400)))
        window.press("ctrl+s")
        window.says("10 days left")
        window.click("Renewals")
        window.says("within 90")
        self.picture("renewals")
        window.click("Profiles")
        window.says("Copy connection string")

    def lock_and_open(self):
        window = self.window
        window.click("Copy connection string")
        until("a secret on the clipboard", lambda: "ClientSecret=" in (self.desktop.clipboard() or ""))
        window.press("ctrl+l")
        window.says("Unlock the vault")
        self.picture("locked")
        until("an empty clipboard", lambda: not self.desktop.clipboard())
        window.type_keys("not the passphrase")
        window.press("Return")
        window.says("The passphrase is wrong")
        window.press("ctrl+a")
        window.type_keys(PASSPHRASE)
        window.press("Return")
        window.says("Fabrikam")

    def closed_and_read_by_the_command_line(self):
        self.window.press("alt+F4")
        self.window.gone()
        cli = CommandLine(self.windows, self.arguments.dist)
        answer = cli.ask("profile", "list", "--passphrase-stdin", "--reveal", stdin=PASSPHRASE + "\n")
        kept = {profile["name"]: profile["client_secret"] for profile in answer["profiles"]}
        case = self.simulator.cases
        assert kept == {"Contoso": case["passes"]["client_secret"], "Fabrikam": case["wrong-secret"]["client_secret"]}, list(kept)

    def started_again(self):
        """At the profile that was asked for; a second start brings this window to the front and ends."""
        self.start("--profile", "Contoso")
        self.window.says("Unlock the vault")
        second = self.windows.run([self.program], env=self.environment)
        assert second.returncode == 0, second.returncode
        self.window.type_keys(PASSPHRASE)
        self.window.press("Return")
        self.window.says("Contoso")
        self.window.press("alt+F4")
        self.window.gone()

    def chapters(self):
        """Everything at 100 %; at another scale what is drawn and clicked differently."""
        drawn = [self.first_start, self.a_check_that_passes, self.copied, self.a_check_that_fails, self.renewals]
        others = [self.lock_and_open, self.closed_and_read_by_the_command_line, self.started_again]
        return drawn if self.percent != 100 else drawn + others


def at_scale(arguments, simulator, percent):
    """On a screen on which the window has its usual size."""
    width, height = (side * percent // 100 for side in (1280, 860))
    with Desktop(width, height) as desktop, Windows() as windows:
        windows.scale(percent)
        windows.trust(simulator.ca)
        story = Story(desktop, windows, simulator, arguments, percent)
        print(f"at {percent} %", flush=True)
        play(desktop, story.chapters())
        return len(story.chapters())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dist", required=True)
    parser.add_argument("--simulator", required=True)
    parser.add_argument("--pictures")
    arguments = parser.parse_args()
    arguments.dist = os.path.abspath(arguments.dist)
    with tempfile.TemporaryDirectory() as folder:
        simulator = Simulator(os.path.abspath(arguments.simulator), folder)
        try:
            passed = sum(at_scale(arguments, simulator, percent) for percent in (100, 150))
        finally:
            simulator.close()
    print(f"{passed} passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
