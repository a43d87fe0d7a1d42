#!/usr/bin/python3
"""What happens around the window: the session is locked, sleeps, is left and ends; the program is started again.

    session.py --program target/release/a365-password-tool --cli target/release/a365-password-cli

logind is played by python-dbusmock on a bus of its own (Debian: python3-dbusmock); everything else is real. Every secret
is made at run time.
"""

import argparse
import os
import secrets
import signal
import subprocess
import sys
import time

from desktop import Desktop, play, stop, until

PASSPHRASE = f"four words {secrets.token_hex(6)}"
SESSION = "/org/freedesktop/login1/session/c7"
LOGIND = "org.freedesktop.login1"


class Logind:
    """logind of a computer on which this program's session is c7."""

    def __init__(self, desktop):
        read, write = os.pipe()
        self.bus = desktop._background(
            ["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--print-address={write}"], pass_fds=[write]
        )
        os.close(write)
        with os.fdopen(read) as answer:
            self.address = answer.readline().strip()
        os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = self.address
        os.environ["XDG_SESSION_ID"] = "c7"
        self.mock = desktop._background([sys.executable, "-m", "dbusmock", "--system", "--template", "logind"])
        until("logind", lambda: self.call("/org/freedesktop/login1", f"{LOGIND}.Manager.CanSuspend").returncode == 0)
        added = self.call(
            "/org/freedesktop/login1", "org.freedesktop.DBus.Mock.AddSession", "c7", "seat0", "1000", "somebody", "true"
        )
        assert added.returncode == 0, added.stdout

    def call(self, path, method, *arguments):
        return subprocess.run(
            ["gdbus", "call", "--address", self.address, "--dest", LOGIND, "--object-path", path]
            + ["--method", method, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def lock(self, path=SESSION):
        self.call(path, f"{LOGIND}.Session.Lock")

    def set(self, name, value):
        self.call(SESSION, "org.freedesktop.DBus.Mock.UpdateProperties", f"{LOGIND}.Session", f"{{'{name}': <{value}>}}")

    def prepare_for_sleep(self, begins):
        self.call(
            "/org/freedesktop/login1",
            "org.freedesktop.DBus.Mock.EmitSignal",
            f"{LOGIND}.Manager",
            "PrepareForSleep",
            "b",
            f"[<{begins}>]",
        )

    def delays(self):
        """Who asked that sleep waits for them."""
        return self.call("/org/freedesktop/login1", f"{LOGIND}.Manager.ListInhibitors").stdout.count("A365 Password Tool")


class Story:
    def __init__(self, desktop, arguments, logind):
        self.desktop, self.arguments, self.logind = desktop, arguments, logind
        self.vault = os.path.join(desktop.folder, "session.a365vault")
        self.secret = secrets.token_urlsafe(30)
        self.app = None

    # Steps

    def cli(self, *words, text):
        done = subprocess.run([self.arguments.cli, *words], input=text, text=True, capture_output=True)
        assert done.returncode == 0, words

    def start(self):
        self.app = self.desktop.start([self.arguments.program, "--vault", self.vault], title="A365 Password Tool")

    def unlock(self):
        self.app.type_into("Passphrase", PASSPHRASE)
        self.app.press("Return")
        self.app.wait_for("push button", "New profile")

    def wait_locked(self):
        self.app.wait_for("push button", "Unlock")

    def stays_open(self):
        """Long enough for a lock that was going to happen, had it been asked for."""
        time.sleep(0.7)
        assert self.app.find("push button", "New profile"), "the vault is still open"

    def type_new(self, name):
        """The name of a new profile, not saved."""
        self.app.press("ctrl+n")
        self.app.type_into("Profile name", name)
        until("the whole name", lambda: self.app.text_of(self.app.wait_for("entry", "Profile name")) == name)

    def settings(self, label):
        self.app.click("push button", "Settings")
        self.app.click("check box", label)
        self.app.click("push button", "Profiles")

    # Chapters

    def first_vault(self):
        self.cli("vault", "create", "--vault", self.vault, "--passphrase-stdin", text=PASSPHRASE + "\n")
        self.start()
        self.app.type_into("Passphrase", PASSPHRASE)
        self.app.press("Return")
        self.app.click("push button", "Close the setup guide")
        self.app.press("ctrl+n")
        self.app.type_into("Profile name", "Contoso")
        self.app.type_into("Client secret", self.secret)
        self.app.press("ctrl+s")
        until("the vault to be watched", lambda: self.logind.delays() == 1)

    def screen_lock(self):
        other = self.logind.call(
            "/org/freedesktop/login1", "org.freedesktop.DBus.Mock.AddSession", "c8", "seat0", "1001", "other", "true"
        )
        assert other.returncode == 0
        self.logind.lock("/org/freedesktop/login1/session/c8")
        self.stays_open()
        self.logind.lock()
        self.wait_locked()
        self.unlock()
        self.logind.set("LockedHint", "true")
        self.wait_locked()
        self.logind.set("LockedHint", "false")

    def user_switch(self):
        self.unlock()
        self.logind.set("Active", "false")
        self.wait_locked()
        self.logind.set("Active", "true")

    def screen_saver(self):
        """A desktop without logind: its screen saver on the session's bus, and somebody who only says to be one."""
        self.unlock()
        path, name = "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver"
        emit = ["gdbus", "emit", "--session", "--object-path", path, "--signal", f"{name}.ActiveChanged", "true"]
        subprocess.run(emit, check=True)
        self.stays_open()
        saver = self.desktop._background([sys.executable, "-m", "dbusmock", "--session", name, path, name])
        call = ["gdbus", "call", "--session", "--dest", name, "--object-path", path, "--method"]
        emit = [*call, "org.freedesktop.DBus.Mock.EmitSignal", name, "ActiveChanged", "b", "[<true>]"]
        until("the screen saver", lambda: subprocess.run(emit, capture_output=True).returncode == 0)
        self.wait_locked()
        stop(saver)

    def sleep(self):
        """Unsaved changes are kept, and the computer sleeps once the vault is locked, not before."""
        self.unlock()
        self.type_new("Half typed")
        assert self.logind.delays() == 1
        self.logind.prepare_for_sleep("true")
        until("the computer to be let asleep", lambda: self.logind.delays() == 0)
        assert not self.app.find("push button", "New profile"), "locked before the computer sleeps"
        self.wait_locked()
        self.logind.prepare_for_sleep("false")
        until("the next sleep to wait", lambda: self.logind.delays() == 1)
        self.unlock()
        until("what was typed", lambda: self.app.find_by_start("Half typed (unsaved changes)"))

    def switched_off(self):
        self.settings("When the screen locks, the computer sleeps or another user signs in")
        self.logind.lock()
        self.stays_open()
        self.settings("When the screen locks, the computer sleeps or another user signs in")

    def minimise(self):
        self.app.minimise()
        self.stays_open()
        self.app.restore()
        self.settings("When the window is minimized")
        self.app.minimise()
        self.wait_locked()
        self.app.restore()
        self.unlock()
        self.settings("When the window is minimized")

    def second_start(self):
        """It ends at once and well, and the first window comes to the front, minimised or behind another."""
        front = lambda: self.desktop._output(["xdotool", "getactivewindow"]).strip()
        # Another vault has a window of its own.
        other = os.path.join(self.desktop.folder, "other.a365vault")
        cover = self.desktop._background([self.arguments.program, "--vault", other])
        until("another window in front", lambda: front() != self.app.window)
        assert self.start_again() == 0
        until("the first window in front", lambda: front() == self.app.window)
        self.app.minimise()
        until("it to be minimised", lambda: front() != self.app.window)
        assert self.start_again("--profile", "contoso") == 0
        until("the first window in front", lambda: front() == self.app.window)
        until("the profile", lambda: self.app.text_of(self.app.wait_for("entry", "Profile name")) == "Contoso")
        stop(cover)
        self.app.press("ctrl+l")
        self.wait_locked()
        assert self.start_again("--profile", "Contoso") == 0
        self.unlock()
        until("the profile", lambda: self.app.text_of(self.app.wait_for("entry", "Profile name")) == "Contoso")

    def start_again(self, *words):
        return subprocess.run([self.arguments.program, "--vault", self.vault, *words], timeout=10).returncode

    def after_a_crash(self):
        """A window that was killed leaves its socket behind; the next start is a first one all the same."""
        self.app.process.kill()
        self.app.process.wait()
        self.start()
        self.unlock()
        assert self.start_again() == 0

    def copy(self):
        self.app.click_widget(until("the profile", lambda: self.app.find_by_start("Contoso, ")))
        self.app.click("push button", "Copy secret")
        until("the secret on the clipboard", lambda: self.desktop.clipboard() == self.secret)

    def clipboard(self):
        """Marked for KDE's clipboard history; emptied at lock and exit; what somebody else copied stays."""
        self.copy()
        hint = ["xclip", "-selection", "clipboard", "-out", "-target", "x-kde-passwordManagerHint"]
        assert subprocess.run(hint, stdout=subprocess.PIPE, text=True).stdout == "secret"
        self.logind.lock()
        self.wait_locked()
        until("an empty clipboard", lambda: not self.desktop.clipboard())
        self.unlock()
        self.copy()
        theirs = ["xclip", "-selection", "clipboard", "-in"]
        subprocess.run(theirs, input="somebody else's", text=True, check=True)
        self.app.press("ctrl+l")
        self.wait_locked()
        time.sleep(0.3)
        assert self.desktop.clipboard() == "somebody else's"
        self.unlock()
        self.copy()
        self.app.ask_to_close()
        assert self.app.wait_closed() == 0
        assert not self.desktop.clipboard(), "emptied when the window closed"

    def terminated(self):
        """SIGTERM: what was typed is kept, the clipboard emptied, the end in order."""
        for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            self.start()
            self.unlock()
            self.copy()
            name = f"Typed before {sign.name}"
            self.type_new(name)
            self.app.process.send_signal(sign)
            assert self.app.wait_closed(10) == 0
            assert not self.desktop.clipboard(), "emptied at the end"
            self.start()
            self.unlock()
            until("what was typed", lambda: self.app.find_by_start(f"{name} (unsaved changes)"))
            self.app.ask_to_close()
            assert self.app.wait_closed() == 0


def main():
    # Under nohup it is ignored from the start, and the program would rightly ignore it too.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--cli", required=True)
    arguments = parser.parse_args()
    arguments.program, arguments.cli = os.path.abspath(arguments.program), os.path.abspath(arguments.cli)
    with Desktop(1400, 950) as desktop:
        story = Story(desktop, arguments, Logind(desktop))
        chapters = [
            story.first_vault,
            story.screen_lock,
            story.user_switch,
            story.screen_saver,
            story.sleep,
            story.switched_off,
            story.minimise,
            story.second_start,
            story.after_a_crash,
            story.clipboard,
            story.terminated,
        ]
        play(desktop, story, chapters, "session")


if __name__ == "__main__":
    sys.exit(main())
