#!/usr/bin/python3
"""What is typed and not saved survives a crash: the program is killed (SIGKILL) two seconds after the last key, started
again and unlocked, and the form is there. What is kept meanwhile is looked for in the clear, in every file.

    drafts.py --program target/release/a365-password-tool --cli target/release/a365-password-cli [--pictures DIR]

Every secret is made at run time.
"""

import argparse
import json
import os
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import time

from desktop import Desktop, play, until
from memory_image import found_in, memory_image, spellings

PROMISED = 2.0
"""Seconds after the last key, by which it is kept."""


class Story:
    def __init__(self, desktop, arguments):
        self.desktop, self.arguments = desktop, arguments
        self.team = os.path.join(desktop.folder, "team")
        os.mkdir(self.team)
        self.vault = os.path.join(self.team, "drafts.a365vault")
        self.folder_of_drafts = None
        self.passphrase = f"four words {secrets.token_hex(6)}"
        self.secrets = [self.passphrase]
        self.app = None

    # Steps

    def cli(self, *words, secret=None):
        command = [self.arguments.cli, *words, "--vault", self.vault, "--passphrase-stdin"]
        run = subprocess.run(command, input=f"{self.passphrase}\n{secret or ''}", text=True, capture_output=True)
        assert run.returncode == 0, f"{words}: {run.stderr}"
        return run.stdout

    def profile(self, name):
        """As the vault has it."""
        return json.loads(self.cli("profile", "show", name, "--json", "--reveal"))

    def new_secret(self):
        self.secrets.append(f"n3W8Q{'~'}{secrets.token_urlsafe(30)[:34]}")
        return self.secrets[-1]

    def start(self):
        self.app = self.desktop.start([self.arguments.program, "--vault", self.vault], title="A365 Password Tool")
        self.unlock()

    def unlock(self):
        self.app.type_into("Passphrase", self.passphrase)
        self.app.press("Return")
        self.app.wait_for("push button", "Lock")

    def kill(self):
        self.app.process.send_signal(signal.SIGKILL)
        self.app.process.wait()

    def kill_after_the_last_key(self):
        """The promise itself: not earlier, and without any further event."""
        time.sleep(PROMISED)
        self.kill()

    def says(self, text, seconds=30.0):
        self.app.says(text, seconds)

    def never_says(self, text):
        assert not any(text in name for _, _, name in self.app.widgets()), self.app.listing()

    def field(self, name):
        return self.app.text_of(self.app.wait_for("entry", name))

    def open_notes(self):
        """The fold that is closed at the start."""
        if not self.notes():
            self.app.click("toggle button", "Tenant, tags and notes")
            until("the notes", self.notes)

    def notes(self):
        return next((it for role in ("entry", "text") if (it := self.app.find(role, "Notes"))), None)

    def note(self):
        self.open_notes()
        return self.app.text_of(self.notes())

    def show(self, name):
        self.app.click_widget(until(f"the row of {name}", lambda: self.app.find_by_start(f"{name}, ")))
        until("its form", lambda: self.field("Profile name") == name)

    def drafts(self):
        found = [os.path.join(folder, file) for folder, _, files in os.walk(self.desktop.folder) for file in files]
        return [path for path in found if path.endswith(".draft")]

    def no_draft(self):
        until(lambda: f"no draft, not {self.drafts()}", lambda: not self.drafts())

    def picture(self, name):
        if self.arguments.pictures:
            os.makedirs(self.arguments.pictures, exist_ok=True)
            time.sleep(0.3)  # for the eye only; nothing is asserted on pictures
            self.app.screenshot(f"{self.arguments.pictures}/drafts_{name}.png")

    def nothing_is_readable(self, *texts):
        """No file anywhere holds a secret or one of these texts, in any spelling."""
        looked_at = 0
        for folder, _, files in os.walk(self.desktop.folder):
            for path in (os.path.join(folder, file) for file in files):
                if os.path.isfile(path):
                    with open(path, "rb") as opened:
                        content = opened.read()
                    looked_at += 1
                    for text in [*self.secrets, *texts]:
                        found = [kind for kind, bytes_ in spellings(text).items() if bytes_ in content]
                        assert not found, f"{path}: {found}"
        assert looked_at > 3, "else this check cannot fail"

    # The chapters

    def a_new_profile(self):
        self.cli("vault", "create", "--memory-mib", "19", "--passes", "2", "--lanes", "1")
        self.start()
        self.app.click("push button", "Close the setup guide")
        before = sorted(os.listdir(self.team))
        secret, note = self.new_secret(), f"a note that stays here {secrets.token_hex(8)}"
        self.app.press("ctrl+n")
        self.app.type_into("Profile name", "Fabrikam")
        self.open_notes()
        self.app.type_into("Notes", note)
        self.app.type_into("Client secret", secret)
        self.kill_after_the_last_key()
        [draft] = self.drafts()
        assert draft.startswith(os.environ["XDG_DATA_HOME"]), draft
        self.folder_of_drafts = os.path.dirname(draft)
        assert stat.S_IMODE(os.stat(draft).st_mode) == 0o600, oct(os.stat(draft).st_mode)
        assert stat.S_IMODE(os.stat(os.path.dirname(draft)).st_mode) == 0o700
        assert sorted(os.listdir(self.team)) == before, "nothing beside the vault"
        self.nothing_is_readable(note)
        self.start()
        self.says("Unsaved changes to “Fabrikam” from ")
        self.picture("recovered")
        assert (self.field("Profile name"), self.note()) == ("Fabrikam", note)
        assert "Fabrikam" not in self.cli("profile", "list"), "it is not saved before somebody does"
        # Killed again without another key: it is offered again.
        self.kill()
        self.start()
        self.says("Unsaved changes to “Fabrikam” from ")
        self.app.press("ctrl+s")
        self.says("Saved “Fabrikam”.")
        self.app.click("push button", "Close the setup guide")
        kept = self.profile("Fabrikam")
        assert (kept["client_secret"], kept["notes"]) == (secret, note)
        self.no_draft()

    def changes_that_meet_those_of_others(self):
        """A profile that somebody else saved meanwhile: the usual rules, field by field."""
        self.show("Fabrikam")
        self.app.type_into("Profile name", "Fabrikam Europe")
        self.kill_after_the_last_key()
        self.cli("profile", "set", "Fabrikam", "--notes", "theirs")
        self.start()
        self.says("Unsaved changes to “Fabrikam Europe” from ")
        assert (self.field("Profile name"), self.note()) == ("Fabrikam Europe", "theirs")
        self.app.press("ctrl+s")
        self.says("Saved “Fabrikam Europe”.")
        assert self.profile("Fabrikam Europe")["notes"] == "theirs"
        self.no_draft()

    def discarded(self):
        self.show("Fabrikam Europe")
        self.app.type_into("Profile name", "Something else")
        self.kill_after_the_last_key()
        self.start()
        self.says("Unsaved changes to “Something else” from ")
        self.app.click("push button", "Discard changes")
        until("the saved name", lambda: self.field("Profile name") == "Fabrikam Europe")
        self.no_draft()
        self.kill()
        self.start()
        self.never_says("were recovered")

    def closed_in_order(self):
        self.app.press("ctrl+n")
        self.app.type_into("Profile name", "Not wanted")
        until("a draft", self.drafts)
        self.app.ask_to_close()
        self.app.click("push button", "Don't save")
        assert self.app.wait_closed() == 0
        assert not self.drafts()
        self.start()
        self.never_says("were recovered")

    def a_session_that_ends(self):
        """The changes are in the vault then, and not offered a second time."""
        self.app.press("ctrl+n")
        self.app.type_into("Profile name", "Session")
        until("a draft", self.drafts)
        self.app.process.send_signal(signal.SIGTERM)
        assert self.app.wait_closed() == 0
        assert not self.drafts()
        self.start()
        until("what was typed", lambda: self.app.find_by_start("Session (unsaved changes)"))
        self.never_says("were recovered")

    def a_new_secret_for_a_renewal(self):
        self.cli("profile", "set", "Fabrikam Europe", "--url", "https://fabrikam.crm4.dynamics.com")
        self.cli("profile", "set", "Fabrikam Europe", "--client-id", "11112222-aaaa-3333-bbbb-4444cccc5555")
        self.cli("profile", "set", "Fabrikam Europe", "--expires", "2020-05-31")
        self.kill()
        self.start()
        self.show("Fabrikam Europe")
        self.app.click("push button", "Renew…")
        self.says("Renew the client secret of Fabrikam Europe")
        secret = self.new_secret()
        self.app.type_into("New client secret", secret)
        self.kill_after_the_last_key()
        self.nothing_is_readable()
        self.start()
        self.says("An unsaved new client secret for “Fabrikam Europe” from ")
        self.picture("new_secret")
        self.app.click("push button", "Save and continue")
        until("it in the vault", lambda: (self.profile("Fabrikam Europe")["renewal"] or {}).get("new_secret") == secret)
        self.no_draft()

    def other_keys(self):
        """Somebody else changed who opens the vault: what is kept cannot be read any more, which is said once."""
        self.app.click("push button", "Profiles")
        self.app.press("ctrl+n")
        self.app.type_into("Profile name", "Under former keys")
        self.kill_after_the_last_key()
        assert self.drafts()
        new = f"other words {secrets.token_hex(6)}"
        self.cli("vault", "set-passphrase", "--new-passphrase-stdin", secret=f"{new}\n")
        self.passphrase = new
        self.secrets.append(new)
        self.start()
        self.says("because the vault's keys have changed since then")
        self.picture("other_keys")
        self.no_draft()

    def a_folder_that_cannot_be_written(self):
        """Said once, and typing goes on."""
        folder = os.path.dirname(self.folder_of_drafts)
        shutil.rmtree(self.folder_of_drafts)
        assert os.path.isdir(folder)
        with open(self.folder_of_drafts, "w"):
            pass  # a file is in the way: refused for root too
        self.app.press("ctrl+n")
        self.app.type_into("Profile name", "Typed")
        self.says("Unsaved changes would be lost in a crash, because ")
        self.picture("not_kept")
        self.open_notes()
        self.app.type_into("Notes", "and typed on")
        assert self.note() == "and typed on"
        os.remove(self.folder_of_drafts)
        self.app.type_into("Notes", "and on")
        until("a draft all the same", self.drafts)

    def after_the_lock(self):
        """Memory holds nothing of what was kept."""
        secret = self.new_secret()
        self.app.type_into("Client secret", secret)
        time.sleep(PROMISED)
        if memory_image(self.app.process.pid) is not None:
            assert self.copies() > 0, "an open form holds its secret, else this check cannot fail"
        self.app.press("ctrl+l")
        self.app.click("push button", "Don't save")
        self.says("Unlock the vault")
        self.no_draft()
        if memory_image(self.app.process.pid) is not None:
            until(lambda: f"no secret in memory, not {self.copies()}", lambda: self.copies() == 0)
        self.nothing_is_readable()

    def copies(self):
        return sum(found_in(memory_image(self.app.process.pid), self.secrets).values())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, type=os.path.abspath)
    parser.add_argument("--cli", required=True, type=os.path.abspath)
    parser.add_argument("--pictures")
    arguments = parser.parse_args()
    with Desktop(1024, 900) as desktop:
        story = Story(desktop, arguments)
        chapters = [
            story.a_new_profile,
            story.changes_that_meet_those_of_others,
            story.discarded,
            story.closed_in_order,
            story.a_session_that_ends,
            story.a_new_secret_for_a_renewal,
            story.other_keys,
            story.a_folder_that_cannot_be_written,
            story.after_the_lock,
        ]
        play(desktop, story, chapters, "drafts")


if __name__ == "__main__":
    sys.exit(main())
