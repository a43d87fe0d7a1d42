#!/usr/bin/python3
"""The renewal of a client secret, played from outside: the old one expires in five days, the new one is pasted, tested,
taken into use and given to the UCC, whose old secret counts until that is confirmed; the old one is kept and then forgotten;
the program is killed half-way and nothing is lost.

    renewal.py --program target/release/a365-password-tool --cli target/release/a365-password-cli \\
        --simulator target/debug/examples/simulator [--pictures DIR]

Entra ID, Dataverse and Microsoft Graph are the simulator. Every secret is made at run time.
"""

import argparse
import datetime
import hashlib
import json
import os
import secrets
import subprocess
import sys
import time
import uuid

from desktop import Desktop, play, until
from memory_image import found_in, memory_image
from simulator import Simulator

PASSPHRASE = f"four words {secrets.token_hex(6)}"


def in_days(days):
    """By UTC, as the program counts."""
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).date()


def shown(date):
    """As the window writes a day, e.g. 31 May 2027."""
    return f"{date.day} {date:%b %Y}"


class Story:
    def __init__(self, desktop, arguments, simulator):
        self.desktop, self.arguments, self.simulator = desktop, arguments, simulator
        self.vault = os.path.join(desktop.folder, "renewal.a365vault")
        self.case, self.by_graph = simulator.cases["renewal"], simulator.cases["renewal-by-graph"]
        self.old, self.new = self.case["client_secret"], self.case["second_secret"]
        self.secrets = [PASSPHRASE, self.old, self.new, self.by_graph["client_secret"]]
        soon, late = in_days(5), in_days(729)
        self.expires, self.new_expires = soon.isoformat(), late.isoformat()
        self.shown_expires, self.shown_new_expires = shown(soon), shown(late)
        self.app = None

    # Steps

    def cli(self, *words, secret=None):
        command = [self.arguments.cli, *words, "--vault", self.vault, "--passphrase-stdin"]
        typed = f"{PASSPHRASE}\n{secret or ''}"
        run = subprocess.run(command, input=typed, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert run.returncode == 0, f"{words}: {run.stderr}"
        return run.stdout

    def kept(self, name="Contoso"):
        """The profile as the file has it at this moment."""
        return json.loads(self.cli("profile", "show", name, "--json", "--reveal"))

    def add(self, name, case):
        words = ["profile", "add", name, "--url", case["environment_url"], "--client-id", case["client_id"]]
        self.cli(*words, "--secret-stdin", "--expires", self.expires, secret=case["client_secret"])

    def start(self):
        self.app = self.desktop.start(
            [self.arguments.program, "--vault", self.vault],
            title="A365 Password Tool",
            env=self.simulator.environment(),
        )
        self.app.type_into("Passphrase", PASSPHRASE)
        self.app.press("Return")
        self.app.wait_for("push button", "New profile")

    def kill(self):
        """As a power cut, for this program; then the next start."""
        self.app.process.kill()
        self.app.process.wait()
        self.start()

    def picture(self, name):
        if self.arguments.pictures:
            os.makedirs(self.arguments.pictures, exist_ok=True)
            time.sleep(0.3)  # for the eye only; nothing is asserted on pictures
            self.app.screenshot(f"{self.arguments.pictures}/renewal_{name}.png")

    def says(self, text, seconds=30.0):
        self.app.says(text, seconds)

    def press(self, name):
        """A button, or a link, which a screen reader hears as a label or a link."""
        found = until(
            lambda: f"{name!r} to press; there are:\n{self.app.listing()}",
            lambda: next(
                (
                    it
                    for role in ("push button", "link", "label")
                    if (it := self.app.find(role, name)) and self.app.can_be_pressed(it)
                ),
                None,
            ),
        )
        self.app.click_widget(found)

    def continue_renewal(self):
        self.says("is not finished.")
        self.press("Continue")
        self.says("Renew the client secret of Contoso")

    def show(self, name):
        self.app.click_widget(until(f"the row of {name}", lambda: self.app.find_by_start(f"{name}, ")))
        self.app.wait_for("entry", "Profile name")

    # The chapters

    def it_expires_in_five_days(self):
        self.cli("vault", "create", "--memory-mib", "19", "--passes", "2", "--lanes", "1")
        self.add("Contoso", self.case)
        self.start()
        self.says("1 client secret expires within 60 days.")
        self.show("Contoso")
        self.picture("1_entry")
        self.press("Renew…")
        self.says("Renew the client secret of Contoso")
        self.says(f"{self.shown_expires}: 5 days left")
        until("the begin in the vault", lambda: self.kept()["renewal"])

    def what_is_not_the_new_value_is_refused(self):
        self.app.type_into("New client secret", str(uuid.uuid4()))
        self.says("This looks like the Secret ID.")
        self.app.type_into("New client secret", self.old)
        self.says("The profile already uses this secret.")
        self.press("Save and continue")
        assert self.kept()["renewal"]["has_new_secret"] is False

    def a_kill_after_the_paste_loses_nothing(self):
        self.app.type_into("New client secret", self.new)
        self.app.type_into("Expires on", self.new_expires)
        self.says("729 days left")
        self.picture("2_new_secret")
        self.press("Save and continue")
        self.says(f"It expires on {self.shown_new_expires}.")
        kept = self.kept()
        assert (kept["client_secret"], kept["renewal"]["new_secret"]) == (self.old, self.new), "both are in the file"
        self.kill()
        self.continue_renewal()
        self.says("Saved in the vault.")
        assert self.app.find("password text", "New client secret") is None, "the flow is at the next step"

    def a_kill_after_the_test_loses_nothing(self):
        self.press("Test the new secret")
        self.says("The connection works", 40)
        self.says("It passed on")
        self.picture("3_tested")
        sent = {request.get("secret_sha256") for request in self.simulator.requests()} - {None}
        assert sent == {hashlib.sha256(self.new.encode()).hexdigest()}, "the test signed in with the new secret"
        until("the test in the vault", lambda: self.kept()["renewal"]["tested"])
        self.kill()
        self.continue_renewal()
        self.says("It passed on")

    def the_switch(self):
        self.press("Switch to the new secret")
        self.says("now uses the new client secret")
        self.says(f"stored in this profile until {self.shown_expires}")
        self.says("The UCC still uses the old client secret, which expires on")
        self.picture("4_switched")
        self.press("Copy connection string")
        expected = (
            f"AuthType=ClientSecret;Url={self.case['environment_url']};ClientId={self.case['client_id']};"
            f"ClientSecret={self.new}"
        )
        until("the new connection string on the clipboard", lambda: self.desktop.clipboard() == expected)
        kept = self.kept()
        assert (kept["client_secret"], kept["expires"], kept["renewal"]) == (self.new, self.new_expires, None), kept
        former = kept["former_secret"]
        assert (former["secret"], former["kept_until"]) == (self.old, self.expires), former
        self.kill()

    def until_the_ucc_has_it_the_old_date_counts(self):
        waits = {"done": False, "confirmed": None, "former_expires": self.expires}
        kept = self.kept()
        assert (kept["ucc_update"], kept["days_left"], kept["state"]) == (waits, 5, "urgent"), kept
        self.says("The UCC still uses the old client secret, which expires on")
        self.says("5 days left, UCC not updated")
        self.show("Contoso")
        self.picture("4_ucc_not_updated")
        self.press("Continue the renewal")
        self.press("The UCC has the new string")
        self.says("The UCC has the new connection string of “Contoso”.")
        self.says("Confirmed on")
        self.picture("4_ucc_updated")
        kept = self.kept()
        assert kept["ucc_update"]["done"] and kept["state"] == "fine", kept
        self.kill()
        assert not any("UCC not updated" in name for _, _, name in self.app.widgets())

    def back_and_forth(self):
        """The old secret still works: one can go back to it, and the new one is kept for another try."""
        self.show("Contoso")
        self.press("Old secret…")
        self.press("Go back to the old secret…")
        self.press("Go back")
        self.says("uses the old client secret again")
        kept = self.kept()
        assert (kept["client_secret"], kept["renewal"]["new_secret"]) == (self.old, self.new), "nothing is lost"
        self.press("Test the new secret")
        self.says("It passed on", 40)
        self.press("Switch to the new secret")
        self.says(f"stored in this profile until {self.shown_expires}")
        self.press("The UCC has the new string")
        self.says("Confirmed on")

    def a_pasted_secret_survives_the_lock(self):
        """Begun again; what is pasted and not kept is asked about before the vault locks."""
        self.press("Start another renewal")
        third = secrets.token_urlsafe(30)
        self.secrets.append(third)
        self.app.type_into("New client secret", third)
        self.app.press("ctrl+l")
        self.says("Save the changes first?")
        self.press("Save")
        self.says("Unlock the vault")
        assert self.kept()["renewal"]["new_secret"] == third
        self.app.type_into("Passphrase", PASSPHRASE)
        self.app.press("Return")
        self.says("Renew the client secret of Contoso")
        self.press("Cancel the renewal")
        self.says("is stored nowhere else")
        self.press("Cancel and discard")
        self.says("was canceled")
        assert self.kept()["renewal"] is None and self.kept()["client_secret"] == self.new

    def the_old_one_is_forgotten(self):
        self.press("Old secret…")
        self.press("Delete from the vault now…")
        self.press("Delete")
        self.says("The old secret has been deleted.")
        self.picture("5_forgotten")
        kept = self.kept()
        assert kept["former_secret"] is None and kept["client_secret"] == self.new
        history = self.cli("vault", "history")
        for text in ["Started to renew", "Replaced the client secret", "Confirmed that the UCC", "Went back to", "Deleted the old",
                     "Canceled"]:
            assert text in history, history
        assert not any(secret in history for secret in self.secrets)

    def made_and_removed_by_order(self):
        """Where the app may change itself: the new secret is made for the person, and the old one removed."""
        self.add("Fabrikam", self.by_graph)
        self.kill()
        self.show("Fabrikam")
        self.press("Renew…")
        self.press("Create the secret for me…")
        self.says("1 secret so far")
        self.picture("6_make")
        self.press("Create")
        self.says("Saved in the vault.")
        made = self.kept("Fabrikam")["renewal"]
        self.secrets.append(made["new_secret"])
        assert made["key_id"] and made["new_expires"], made
        self.press("Test the new secret")
        self.says("It passed on", 40)
        self.press("Switch to the new secret")
        self.press("Delete from Entra ID…")
        self.says("This cannot be undone.")
        self.says("Nobody has confirmed that the UCC has the new connection string.")
        self.picture("7_remove")
        self.press("Delete")
        self.says("The old secret has been deleted.")
        kept = self.kept("Fabrikam")
        assert kept["former_secret"] is None and kept["client_secret"] == made["new_secret"]
        assert (kept["ucc_update"]["done"], kept["state"]) == (False, "lapsed"), "the UCC has a secret that is gone"
        self.press("The UCC has the new string")
        self.says("Confirmed on")
        assert self.kept("Fabrikam")["state"] == "fine"
        orders = [it["path"] for it in self.simulator.requests() if it["method"] == "POST" and "graph" in it["host"]]
        assert [path.rsplit("/", 1)[1] for path in orders] == ["addPassword", "removePassword"], orders

    def nothing_in_memory_and_files(self):
        """At the lock the vault holds a present, a former and a new secret."""
        app = self.app
        self.press("Start another renewal")
        for number in (1, 2):
            self.secrets.append(secrets.token_urlsafe(30))
            app.type_into("New client secret", self.secrets[-1])
            self.press("Save and continue")
            self.says("Saved in the vault.")
            if number == 1:
                self.press("Switch without a test…")
                self.press("Switch without a test")
                self.press("Start another renewal")
        kept = self.kept("Fabrikam")
        assert kept["former_secret"] and kept["renewal"]["new_secret"] == self.secrets[-1]
        if memory_image(app.process.pid) is not None:
            assert self.copies() > 0, "an open vault holds its secrets, else this check cannot fail"
        app.press("ctrl+l")
        self.says("Unlock the vault")
        if memory_image(app.process.pid) is not None:
            until(lambda: f"no secret in memory, not {self.copies()}", lambda: self.copies() == 0)
        for folder, _, files in os.walk(self.desktop.folder):
            for path in (os.path.join(folder, file) for file in files):
                if os.path.isfile(path):
                    with open(path, "rb") as opened:
                        content = opened.read()
                    assert not any(secret.encode() in content for secret in self.secrets), path
        sent = self.simulator.requests()
        assert {it["host"] for it in sent if it.get("secret_sha256")} == {"login.microsoftonline.com"}
        assert not any(it["carries_secret"] for it in sent if not it["path"].endswith("/oauth2/v2.0/token"))

    def copies(self):
        return sum(found_in(memory_image(self.app.process.pid), self.secrets).values())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, type=os.path.abspath)
    parser.add_argument("--cli", required=True, type=os.path.abspath)
    parser.add_argument("--simulator", required=True, type=os.path.abspath)
    parser.add_argument("--pictures")
    arguments = parser.parse_args()
    with Desktop(1024, 900) as desktop:
        simulator = Simulator(arguments.simulator, desktop.folder)
        try:
            story = Story(desktop, arguments, simulator)
            chapters = [
                story.it_expires_in_five_days,
                story.what_is_not_the_new_value_is_refused,
                story.a_kill_after_the_paste_loses_nothing,
                story.a_kill_after_the_test_loses_nothing,
                story.the_switch,
                story.until_the_ucc_has_it_the_old_date_counts,
                story.back_and_forth,
                story.a_pasted_secret_survives_the_lock,
                story.the_old_one_is_forgotten,
                story.made_and_removed_by_order,
                story.nothing_in_memory_and_files,
            ]
            play(desktop, story, chapters, "renewal")
        finally:
            simulator.close()


if __name__ == "__main__":
    sys.exit(main())
