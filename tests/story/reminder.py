#!/usr/bin/python3
"""The reminder with the app closed and locked, played from outside: a notification of a real daemon, its click, its
button for later.

    tests/story/reminder.py --program target/release/a365-password-tool [--pictures FOLDER]

Needs what desktop.py needs, and dunst (Debian: dunst dbus-bin).
"""

import argparse
import datetime
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import App, Desktop, until  # noqa: E402

PASSPHRASE = "four random words here"

DUNST = """
[global]
    monitor = 0
    width = 420
    height = 300
    origin = top-right
    offset = 20x20
    frame_width = 2
    font = Monospace 11
    mouse_left_click = do_action, close_current
    dmenu = {folder}/choose
[urgency_normal]
    timeout = 0
[urgency_critical]
    timeout = 0
"""

CHOOSE = """#!/bin/sh
grep -m 1 "Remind me in a week"
"""


class Opened(App):
    """The app that the notification started: found on the desktop instead of started."""

    def __init__(self, desktop):
        import pyatspi

        self.atspi = pyatspi
        self.desktop = desktop
        self.window = until("a window of the app", self._window)
        self.process = Process(int(desktop._output(["xdotool", "getwindowpid", self.window])))
        self.root = until("the program on the accessibility bus", self._find_root)
        until("the program's widgets", lambda: sum(1 for _ in self.widgets()) > 2)

    def _window(self):
        found = self.desktop._output(["xdotool", "search", "--onlyvisible", "--name", "A365 Password Tool"]).split()
        return found[0] if found and found[0].isdigit() else None


class Process:
    """As much of a subprocess as App needs, of one that somebody else started."""

    def __init__(self, pid):
        self.pid = pid
        self.returncode = 0

    def poll(self):
        try:
            with open(f"/proc/{self.pid}/stat") as stat:
                return 0 if stat.read().rsplit(")", 1)[1].split()[0] == "Z" else None
        except FileNotFoundError:
            return 0


class Story:
    def __init__(self, desktop, program, pictures):
        self.desktop = desktop
        self.tool = os.path.abspath(program)
        self.cli = os.path.join(os.path.dirname(self.tool), "a365-password-cli")
        self.pictures = pictures

    def run_cli(self, arguments, text="", codes=(0,)):
        done = subprocess.run([self.cli, *arguments], input=text, capture_output=True, text=True)
        assert done.returncode in codes, (arguments, done)
        return done.stdout

    def add(self, name, days):
        day = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).date().isoformat()
        self.run_cli(
            ["profile", "add", name, "--url", "https://contoso.crm4.dynamics.com", "--expires", day]
            + ["--client-id", "11112222-aaaa-3333-bbbb-4444cccc5555", "--passphrase-stdin", "--secret-stdin"],
            f"{PASSPHRASE}\nnot-a-real-one-{days}\n",
        )

    def start_daemon(self):
        folder = self.desktop.folder
        with open(os.path.join(folder, "dunstrc"), "w") as file:
            file.write(DUNST.format(folder=folder))
        choose = os.path.join(folder, "choose")
        with open(choose, "w") as file:
            file.write(CHOOSE)
        os.chmod(choose, 0o755)
        self.desktop._background(["dunst", "-conf", os.path.join(folder, "dunstrc")])
        # Asking it anything before it has its name would start another one, by the bus and with other settings.
        until("dunst", self.has_daemon)
        assert self.displayed() is not None
        self.heard = os.path.join(folder, "heard.txt")
        with open(self.heard, "wb") as file:
            self.desktop.programs.append(
                subprocess.Popen(
                    ["dbus-monitor", "--session", "interface='org.freedesktop.Notifications'"],
                    stdout=file, stderr=subprocess.DEVNULL, start_new_session=True,
                )
            )
        until("the listener", lambda: os.path.getsize(self.heard) > 0)

    def has_daemon(self):
        """Whether notifications are shown by anybody. Asks the bus itself, which starts nobody."""
        asked = ["dbus-send", "--session", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"]
        answer = self.desktop._output([*asked, "org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.Notifications"])
        return "true" in answer

    def displayed(self):
        """How many notifications are on the screen; None without a daemon."""
        words = self.desktop._output(["dunstctl", "count", "displayed"]).split()
        return int(words[0]) if words and words[0].isdigit() else None

    def hears(self, text):
        def check():
            with open(self.heard, errors="replace") as file:
                return text in file.read()

        until(f"{text!r} on the bus", check)

    def remind(self):
        return self.desktop._background([self.tool, "--remind"])

    def click_notification(self):
        window = until("dunst's window", lambda: self.desktop._output(
            ["xdotool", "search", "--onlyvisible", "--class", "Dunst"]).split())[0]
        subprocess.run(
            ["xdotool", "mousemove", "--window", window, "60", "30", "click", "1"], check=True, stdout=subprocess.DEVNULL
        )

    def picture(self, name):
        if self.pictures:
            os.makedirs(self.pictures, exist_ok=True)
            self.desktop.screenshot(os.path.join(self.pictures, name))

    def play(self):
        self.run_cli(["vault", "create", "--passphrase-stdin", "--memory-mib", "64"], PASSPHRASE + "\n")
        self.add("Fabrikam", 200)
        self.add("Contoso live", 12)
        self.add("Wingtip", 55)
        self.start_daemon()

        print("the app is closed and locked: one notification for two secrets")
        check = self.remind()
        until("the notification", lambda: self.displayed() == 1)
        self.hears("2 client secrets expire soon")
        self.hears("Contoso live in 12 days, Wingtip in 55 days")
        self.picture("reminder_notification.png")
        assert check.poll() is None, "it waits for a click"

        print("a second check says nothing")
        second = self.remind()
        assert second.wait(timeout=20) == 0
        assert self.displayed() == 1

        print("a click opens the app on the most urgent profile, after unlocking")
        self.click_notification()
        app = Opened(self.desktop)
        assert check.wait(timeout=20) == 0
        app.type_into("Passphrase", PASSPHRASE)
        app.press("Return")
        field = until("the profile's form", lambda: app.find("entry", "Profile name") or app.find("text", "Profile name"))
        until("the right profile", lambda: app.text_of(field) == "Contoso live")
        self.picture("reminder_opened.png")
        app.ask_to_close()
        app.wait_closed()

        print("the button for later puts it off for a week")
        self.add("Adatum", 5)
        check = self.remind()
        until("the notification", lambda: self.displayed() == 1)
        self.hears("Adatum: the client secret expires in 5 days")
        subprocess.run(["dunstctl", "context"], check=True)
        assert check.wait(timeout=20) == 0
        answer = json.loads(self.run_cli(["remind", "--profile", "Adatum", "--json"]))
        week = (datetime.date.today() + datetime.timedelta(days=7)).isoformat()
        assert answer["snoozed_until"] == week, answer
        answer = json.loads(self.run_cli(["remind", "--json", "--wait", "0"]))
        assert answer["notification"]["result"] == "nothing_due", answer

        print("without a desktop's bus the check fails, and tells later")
        self.add("Northwind", 3)
        nowhere = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": "unix:path=" + os.path.join(self.desktop.folder, "none")}
        failed = subprocess.run([self.tool, "--remind"], env=nowhere, capture_output=True, text=True)
        assert failed.returncode == 3 and "cannot show notifications" in failed.stderr, failed
        answer = json.loads(self.run_cli(["remind", "--json", "--wait", "0"]))
        assert answer["notification"] == {"result": "told", "count": 1, "message": None}, answer


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the desktop program; the command line lies beside it")
    parser.add_argument("--pictures", help="a folder for screenshots")
    arguments = parser.parse_args()
    with Desktop() as desktop:
        try:
            Story(desktop, arguments.program, arguments.pictures).play()
        except BaseException:
            with open(desktop.log, errors="replace") as log:
                print(log.read()[-3000:], file=sys.stderr)
            raise
    print("the reminder's story is right")


if __name__ == "__main__":
    main()
