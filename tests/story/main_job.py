#!/usr/bin/python3
"""The main job, from first start to lock and re-open, with the release program in a real window.

    main_job.py --program target/release/a365-password-tool --simulator target/debug/examples/simulator [--pictures DIR]

The program reaches Microsoft's host names through its ordinary settings: HTTPS_PROXY leads to the simulator, and
SSL_CERT_FILE holds the simulator's throw-away authority. Every secret is made at run time.
"""

import argparse
import functools
import os
import re
import secrets
import sys
import time

from desktop import Desktop, play, until
from memory_image import found_in, memory_image
from simulator import Simulator

SIZES = [(1024, 700), (1280, 800)]
# Cases of the simulator, one of each kind of failure.
BROKEN = ["wrong-secret", "expired-secret", "unknown-app", "not-a-member", "missing-privileges", "foreign-authority", "tls-untrusted", "guest-network"]
PASSPHRASE = f"four words {secrets.token_hex(6)}"


class Story:
    def __init__(self, desktop, arguments, simulator):
        self.desktop, self.arguments, self.simulator = desktop, arguments, simulator
        self.app = None
        self.typed_secrets = [PASSPHRASE]

    def start(self, *more):
        self.app = self.desktop.start(
            [self.arguments.program, *more], title="A365 Password Tool", env=self.simulator.environment()
        )

    def picture(self, name):
        """The screen in both sizes."""
        if not self.arguments.pictures:
            return
        os.makedirs(self.arguments.pictures, exist_ok=True)
        for width, height in SIZES:
            self.app.resize(width, height)
            time.sleep(0.3)  # for the eye only; nothing is asserted on pictures
            self.app.screenshot(f"{self.arguments.pictures}/{name}_{width}x{height}.png")

    def says(self, text, seconds=30.0):
        """Waits until a text on the screen holds `text`."""
        pattern = re.compile(re.escape(text))
        until(
            lambda: f"the text {text!r}; there are:\n{self.app.listing()}",
            lambda: any(pattern.search(name) for _, _, name in self.app.widgets()),
            seconds,
        )

    def field(self, name):
        app = self.app
        return app.text_of(app.wait_for("entry", name))

    # The chapters

    def first_start(self):
        self.start()
        self.says("Welcome to A365 Password Tool")
        self.picture("first_start")
        self.app.type_into("Passphrase", PASSPHRASE)
        self.app.type_into("Confirm passphrase", PASSPHRASE)
        self.says("The passphrases match.")
        self.app.click("push button", "Create vault")
        self.says("Create a recovery key")
        self.app.click("push button", "Cancel")
        self.says("Create your first profile")
        self.picture("setup_guide")
        self.app.click("push button", "Close the setup guide")

    def type_profile(self, name, case, delay_ms, expires):
        """Types four fields in one burst of keys, as an auto-type program does."""
        app = self.app
        self.typed_secrets.append(case["client_secret"])
        app.press("ctrl+n")
        app.wait_for("entry", "Profile name")
        app.focus("entry", "Profile name")
        app.type_keys(
            "\t".join([name, case["environment_url"], case["client_id"], case["client_secret"]]), delay_ms
        )
        until(
            lambda: f"the whole secret in its field; there are:\n{app.listing()}",
            lambda: app.text_of(app.find("password text", "Client secret")) == "•" * len(case["client_secret"]),
        )
        # Every text in its own field, to the letter: no part of the secret anywhere it could be read.
        assert self.field("Profile name") == name, self.field("Profile name")
        assert self.field("Environment URL") == case["environment_url"], self.field("Environment URL")
        assert self.field("Client ID") == case["client_id"], "the client ID differs"
        for node, role, label in app.widgets():
            assert case["client_secret"] not in label, role
            if role == "entry":
                assert case["client_secret"][:6] not in app.text_of(node), label
        app.type_into("Secret expires", expires)

    def working_profile(self, delay_ms):
        app, case = self.app, self.simulator.cases["passes"]
        name = f"Contoso {delay_ms} ms"
        self.type_profile(name, case, delay_ms, "2099-12-31")
        if delay_ms == 2:
            self.picture("new_profile")
        app.click("push button", "Test connection")
        self.says("The connection works", 40)
        self.says("Open the environment: passed")
        if delay_ms == 2:
            self.picture("passed_check")
        app.click("push button", "Save")
        self.says(f"Saved “{name}”.")
        app.click("push button", "Copy value")
        expected = (
            f"AuthType=ClientSecret;Url={case['environment_url']};ClientId={case['client_id']};"
            f"ClientSecret={case['client_secret']}"
        )
        until("the connection string on the clipboard", lambda: self.desktop.clipboard() == expected)
        for button, text in [("Copy setting", "ConnectionString"), ("Copy scope", "CrmService")]:
            app.click("push button", button)
            until(f"{text} on the clipboard", lambda: self.desktop.clipboard() == text)

    def broken_profiles(self):
        app = self.app
        for name in BROKEN:
            case = self.simulator.cases[name]
            stage, code = case["expect"].split(" ")
            self.type_profile(name, case, 2, "2099-12-31")
            app.click("push button", "Test connection")
            self.says("The connection does not work", 40)
            self.says(f"Code {code}")
            self.picture(f"failed_check_{stage}_{code}")
            app.click("push button", "Copy report")
            # By its code: the report of the case before may still be there.
            until("the report on the clipboard", lambda: f"Code: {code}" in (self.desktop.clipboard() or ""))
            assert case["client_secret"] not in self.desktop.clipboard(), "the report holds the secret"
            app.click("push button", "Save")
            self.says(f"Saved “{name}”.")

    def all_profiles(self):
        """Every profile in one run, with the failing ones on top; a row leads to its profile."""
        app, total = self.app, 3 + len(BROKEN)
        app.click("push button", "Test all")
        app.click("push button", f"Test {total} profiles")
        self.says(f"{total} of {total} tested, {len(BROKEN)} failed", 60)
        self.picture("test_all")
        app.click("push button", re.compile("^wrong-secret, Sign in to Microsoft Entra ID"))
        self.says("Code AADSTS7000215")

    def what_expires(self):
        app = self.app
        soon = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 10 * 86400))
        app.type_into("Secret expires", soon)
        self.says("10 days left. Create a new client secret.")
        app.press("ctrl+s")
        self.says("1 client secret expires within 60 days.")
        app.click("label" if app.find("label", "Show them") else "link", "Show them")
        self.picture("profiles")

    def other_pages(self):
        app = self.app
        for page in ("Settings", "About", "Setup guide", "Profiles"):
            app.click("push button", page)
            self.picture(page.lower().replace(" ", "_") + "_page")

    def unsaved_changes(self):
        app = self.app
        app.type_into("Profile name", "Renamed and not saved")
        app.ask_to_close()
        self.says("Save the changes first?")
        self.picture("unsaved_dialog")
        app.click("push button", "Cancel")
        app.click("push button", "Discard changes")
        app.wait_gone("push button", "Discard changes")

    def lock_and_reopen(self):
        app = self.app
        app.click("push button", "Copy value")
        until("a secret on the clipboard", lambda: "ClientSecret=" in (self.desktop.clipboard() or ""))
        app.press("ctrl+l")
        self.says("Unlock the vault")
        until("an empty clipboard", lambda: not self.desktop.clipboard())
        self.picture("unlock")
        app.type_into("Passphrase", "not the passphrase")
        app.press("Return")
        self.says("The passphrase is wrong.")
        app.type_into("Passphrase", PASSPHRASE)
        app.press("Return")
        self.says("Contoso 2 ms")
        # Killed, not closed: what was saved is there all the same.
        app.process.kill()
        app.process.wait()
        self.start("--profile", "Contoso 12 ms")
        self.says("Unlock the vault")
        self.app.type_into("Passphrase", PASSPHRASE)
        self.app.press("Return")
        until("the profile asked for", lambda: self.field("Profile name") == "Contoso 12 ms")
        self.says("client secret expires within")

    def nothing_in_memory(self):
        """After lock no secret is left in the program's memory, though it was typed, tested, shown and copied."""
        app = self.app
        app.click("push button", "Show client secret")
        app.click("push button", "Hide client secret")
        app.click("push button", "Test connection")
        self.says("The connection works", 40)
        # Copied, but read by nobody: a program that reads it gets it through the X server's connection.
        app.click("push button", "Copy connection string")
        self.says("Copied: connection string")
        held = self.copies_in_memory()
        app.press("ctrl+l")
        self.says("Unlock the vault")
        if held is not None:
            assert held > 0, "an open vault holds its secrets, else this check cannot fail"
            until(lambda: f"no secret in memory, not {self.copies_in_memory()}", lambda: self.copies_in_memory() == 0)
        app.type_into("Passphrase", PASSPHRASE)
        app.press("Return")
        app.wait_for("push button", "New profile")

    def copies_in_memory(self):
        """How many secrets of this story stand in the program's memory; None where that cannot be looked at."""
        image = memory_image(self.app.process.pid)
        return None if image is None else sum(found_in(image, self.typed_secrets).values())

    def dark(self):
        """Every screen once more in the dark theme."""
        app = self.app
        app.click("push button", "Settings")
        # The list of themes is opened and walked by keyboard.
        app.focus("combo box", "Theme")
        app.press("Return")
        app.wait_for("toggle button", "Dark")
        app.click("toggle button", "Dark")
        self.picture("settings_dark")
        for page in ("About", "Setup guide", "Profiles"):
            app.click("push button", page)
            self.picture(page.lower().replace(" ", "_") + "_dark")
        app.click_widget(until("the profile's row", lambda: app.find_by_start("Contoso 12 ms, ")))
        app.click("push button", "Test connection")
        self.says("The connection works", 40)
        self.picture("passed_check_dark")
        app.click("push button", "Copy connection string")
        app.press("ctrl+l")
        self.says("Unlock the vault")
        self.picture("unlock_dark")

    def nothing_leaked(self):
        """No secret in any file that the program wrote, and none sent to any host but the sign-in host."""
        for folder, _, files in os.walk(self.desktop.folder):
            for file in files:
                path = os.path.join(folder, file)
                if not os.path.isfile(path):
                    continue
                with open(path, "rb") as opened:
                    content = opened.read()
                for secret in self.typed_secrets:
                    for spelling in (secret.encode(), secret.encode("utf-16-le")):
                        assert spelling not in content, f"a secret in {path}"
        sent = self.simulator.requests()
        with_secret = {request["host"] for request in sent if request.get("secret_sha256")}
        assert with_secret == {"login.microsoftonline.com"}, with_secret

    def close(self):
        self.app.ask_to_close()
        assert self.app.wait_closed() == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--simulator", required=True)
    parser.add_argument("--pictures")
    arguments = parser.parse_args()
    arguments.program = os.path.abspath(arguments.program)
    with Desktop(1400, 950) as desktop:
        simulator = Simulator(os.path.abspath(arguments.simulator), desktop.folder)
        try:
            story = Story(desktop, arguments, simulator)
            chapters = [
                story.first_start,
                functools.partial(story.working_profile, 2),
                functools.partial(story.working_profile, 12),
                functools.partial(story.working_profile, 30),
                story.broken_profiles,
                story.all_profiles,
                story.what_expires,
                story.other_pages,
                story.unsaved_changes,
                story.lock_and_reopen,
                story.nothing_in_memory,
                story.dark,
                story.close,
                story.nothing_leaked,
            ]
            play(desktop, story, chapters, "story")
        finally:
            simulator.close()


if __name__ == "__main__":
    sys.exit(main())
