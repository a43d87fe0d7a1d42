#!/usr/bin/python3
"""The page about the vault, played from outside: recovery key, backups, history, a damaged file, a conflict.

    vault_page.py --program target/release/a365-password-tool --cli target/release/a365-password-cli [--pictures DIR]

Every secret is made at run time.
"""

import argparse
import os
import re
import secrets
import subprocess
import sys

from desktop import Desktop, play, until

PASSPHRASE = f"four words {secrets.token_hex(6)}"
NEW_PASSPHRASE = f"other words {secrets.token_hex(6)}"
GROUPS = re.compile(r"^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$")


class Story:
    def __init__(self, desktop, arguments):
        self.desktop, self.arguments = desktop, arguments
        self.vault = os.path.join(desktop.folder, "team.a365vault")
        self.passphrase = PASSPHRASE

    def cli(self, *words, secret=None):
        """The command line on the same vault."""
        command = [self.arguments.cli, *words, "--vault", self.vault, "--passphrase-stdin"]
        typed = f"{self.passphrase}\n{secret or ''}"
        run = subprocess.run(command, input=typed, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert run.returncode == 0, f"{words}: {run.stderr}"
        return run.stdout

    def add(self, name):
        url = f"https://{name.lower()}.crm4.dynamics.com"
        client_id = "11112222-aaaa-3333-bbbb-4444cccc5555"
        words = ["profile", "add", name, "--url", url, "--client-id", client_id, "--secret-stdin"]
        self.cli(*words, secret=secrets.token_urlsafe(30))

    def picture(self, name):
        if self.arguments.pictures:
            os.makedirs(self.arguments.pictures, exist_ok=True)
            self.app.screenshot(f"{self.arguments.pictures}/vault_{name}.png")

    def says(self, text, seconds=30.0):
        self.app.says(text, seconds)

    def press(self, name):
        self.app.press_by_mouse(name)

    def press_where(self, begins):
        self.app.click_at(until(lambda: f"{begins!r}; there are:\n{self.app.listing()}", lambda: self.app.find_by_start(begins)))

    def unlock(self, passphrase):
        self.app.type_into("Passphrase", passphrase)
        self.app.click("push button", "Unlock")

    # The chapters

    def recovery_key(self):
        self.cli("vault", "create", "--memory-mib", "19", "--passes", "2", "--lanes", "1")
        self.add("Contoso")
        self.app = self.desktop.start([self.arguments.program, "--vault", self.vault], title="A365 Password Tool")
        self.unlock(PASSPHRASE)
        self.press("Vault")
        self.says("There is no recovery key.")
        self.press("Create a recovery key…")
        self.press("Create key")
        rows = until(
            lambda: f"two rows of groups; there are:\n{self.app.listing()}",
            lambda: (rows := [name for _, _, name in self.app.widgets() if GROUPS.match(name)]) and len(rows) == 2 and rows,
        )
        self.key = "-".join(rows)
        self.picture("recovery_key")
        self.press("I have stored it safely")
        until("the key gone from the screen", lambda: not any(self.key[:9] in name for _, _, name in self.app.widgets()))
        self.picture("ways_to_open")

    def backups_and_history(self):
        self.add("Fabrikam")
        self.press("Backups")
        self.says("Select a backup to see what restoring it would change.")
        self.press_where("just now")
        self.says("What restoring it would change")
        self.picture("backups")
        self.press("History")
        self.says("Added an unlock method (recovery key).")
        self.says("Added “Fabrikam”.")  # by another program, meanwhile
        self.picture("history")

    def a_lost_passphrase(self):
        self.app.press("ctrl+l")
        self.says("Unlock the vault")
        self.press("Forgot the passphrase? Use the recovery key")
        typed = self.key.replace("-", " ").lower()
        wrong = ("p" if typed[0] != "p" else "q") + typed[1:]
        self.app.type_into("Recovery key", wrong)
        self.says("A typing error in group 1 was corrected.")
        self.picture("unlock_by_recovery_key")
        self.app.click("push button", "Unlock")
        self.says("Choose a new passphrase")
        self.app.type_into("New passphrase", NEW_PASSPHRASE)
        self.app.type_into("Confirm new passphrase", NEW_PASSPHRASE)
        self.app.click("push button", "Set passphrase")
        self.says("Passphrase changed.")
        self.passphrase = NEW_PASSPHRASE
        assert "Contoso" in self.cli("profile", "list")

    def a_conflict(self):
        self.press("Profiles")
        self.press_where("Contoso,")
        self.app.wait_for("entry", "Client ID")
        self.app.type_into("Client ID", "11112222-aaaa-3333-bbbb-4444cccc0001")
        self.cli("profile", "set", "Contoso", "--client-id", "11112222-aaaa-3333-bbbb-4444cccc0002")
        self.app.press("ctrl+s")
        self.says("Both versions are kept")
        self.picture("conflict_banner")
        self.press("Choose")
        self.says("In the vault now")
        self.picture("conflict")
        self.press("Client ID: as in the other version")
        self.press("Keep selected")
        self.says("There are no conflicts.")
        assert "cccc0002" in self.cli("profile", "show", "Contoso")

    def a_damaged_file(self):
        self.app.press("ctrl+l")
        self.says("Unlock the vault")
        with open(self.vault, "r+b") as file:
            file.seek(-100, os.SEEK_END)
            byte = file.read(1)[0]
            file.seek(-100, os.SEEK_END)
            file.write(bytes([byte ^ 1]))
        self.unlock(NEW_PASSPHRASE)
        self.says("is damaged")
        self.picture("damaged")
        self.press("Use a backup…")
        self.press("Use the latest backup")
        self.says("Backup restored")
        self.unlock(NEW_PASSPHRASE)
        self.says("Fabrikam")
        assert any(".damaged-" in name for name in os.listdir(self.desktop.folder)), os.listdir(self.desktop.folder)
        assert "Fabrikam" in self.cli("profile", "list")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, type=os.path.abspath)
    parser.add_argument("--cli", required=True, type=os.path.abspath)
    parser.add_argument("--pictures")
    arguments = parser.parse_args()
    with Desktop(1024, 700) as desktop:
        story = Story(desktop, arguments)
        chapters = [story.recovery_key, story.backups_and_history, story.a_lost_passphrase, story.a_conflict, story.a_damaged_file]
        play(desktop, story, chapters, "vault-page")
    return 0


if __name__ == "__main__":
    sys.exit(main())
