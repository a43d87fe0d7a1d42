#!/usr/bin/python3
"""The Windows window starts anywhere: both hosts, a graphics driver that is absent, crashes, hangs or is lost; and what is told in a
message box. (Without a screen Wine makes windows that nobody sees, so that case is played on Linux alone.)

    hosts.py --dist FOLDER

The driver is Mesa's behind Wine's OpenGL, spoilt from outside by tests/story/gl_shim.c. There is no Vulkan in it: the program
asks for OpenGL alone.
"""

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
import time

from command_line import CommandLine
from screen import Desktop, Window, play
from wine import Windows, until

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "faults"))
import preload  # noqa: E402

PASSPHRASE = f"four words {secrets.token_hex(6)}"
VAULT = r"C:\vaults\hosts.a365vault"


class Story:
    def __init__(self, desktop, windows, dist, shim):
        self.desktop, self.windows, self.shim = desktop, windows, shim
        self.program = windows.windows_path(os.path.join(dist, "a365-password-tool.exe"))
        self.cli = CommandLine(windows, dist)
        self.lost_when = os.path.join(desktop.folder, "lost")
        self.mark = os.path.join(windows.user_folder("AppData", "Local"), "A365 Password Tool", "data", "gpu.trying")
        os.makedirs(windows.path(r"C:\vaults"))
        self.cli.run("vault", "create", "--vault", VAULT, "--passphrase-stdin", stdin=PASSPHRASE + "\n")

    def spoilt(self, fault=None):
        environment = {"LD_PRELOAD": self.shim, "GL_BY": "glx", "LIBGL_ALWAYS_SOFTWARE": "1", "GL_LOST_WHEN": self.lost_when}
        return {**environment, "GL_FAULT": fault} if fault else environment

    def start(self, *words, fault=None):
        command = [self.program, VAULT, *words]
        window = Window(self.desktop, self.windows, command, env=self.spoilt(fault))
        window.says("Unlock the vault")
        return window

    def unlock(self, window):
        window.type_keys(PASSPHRASE)
        window.press("Return")
        window.says("Create your first profile")

    def who_draws(self, window, *words):
        """What the page About says of it."""
        window.click("About")
        for one in words:
            window.says(one)

    def close(self, window):
        window.press("alt+F4")
        window.gone()
        self.windows.settle()

    # Chapters

    def the_processor_is_the_usual_way(self):
        """A driver that would crash is not touched."""
        window = self.start(fault="crash")
        self.unlock(window)
        self.who_draws(window, "Software rendering")
        self.close(window)

    def the_card_for_those_who_choose_it(self):
        window = self.start("--renderer", "gpu")
        self.unlock(window)
        self.who_draws(window, "Graphics card (OpenGL)")
        assert not os.path.exists(self.mark), "the mark goes with the first picture"
        self.close(window)

    def without_opengl(self):
        window = self.start("--renderer", "gpu", fault="absent")
        assert not os.path.exists(self.mark), "a start that fails in order is no crash"
        self.unlock(window)
        self.who_draws(window, "OpenGL could not be started")
        self.close(window)

    def a_crash_before_the_first_picture(self):
        crashed = self.windows.run([self.program, VAULT, "--renderer", "gpu"], env=self.spoilt("crash"))
        assert crashed.returncode != 0, crashed
        assert os.path.exists(self.mark), "the next start has to know"
        window = self.start("--renderer", "gpu", fault="crash")
        self.unlock(window)
        self.who_draws(window, "before the first frame")
        self.close(window)
        os.remove(self.mark)

    def a_hang_before_the_first_picture(self):
        """After 20 seconds the program starts itself anew, without the card."""
        began = time.monotonic()
        window = Window(self.desktop, self.windows, [self.program, VAULT, "--renderer", "gpu"], env=self.spoilt("hang"))
        until("the hanging program to end", lambda: window.process.poll() is not None)
        assert window.process.returncode == 1, window.process.returncode
        print(f"  left after {time.monotonic() - began:.0f} s", flush=True)
        window = Window(self.desktop, self.windows, None)
        window.says("Unlock the vault")
        assert os.path.exists(self.mark), "the next start is not to hang again"
        self.close(window)
        os.remove(self.mark)

    def a_lost_device(self):
        """The same program goes on in another window, and what was typed is there."""
        window = self.start("--renderer", "gpu", fault="lost")
        self.unlock(window)
        window.press("ctrl+n")
        window.says("Environment URL")
        secret = secrets.token_urlsafe(24)
        window.click("Profile name", beside=60)
        window.type_keys("typed-before\thttps://contoso.crm4.dynamics.com\t11112222-aaaa-3333-bbbb-4444cccc5555\t" + secret)
        window.says("typed-before")
        with open(self.lost_when, "w", encoding="ascii"):
            pass
        # Something that is drawn differently under the pointer, and so a picture, which fails.
        for x in range(300, 700, 40):
            subprocess.run(["xdotool", "mousemove", str(x), "300"], check=True)
        old, first = window.id, window.process
        window = until("the processor's window", lambda: self.another_window(old))
        window.says("typed-before")
        assert first.poll() is None, "the same process"
        window.click("Profile name", beside=60)
        window.press("End")
        window.type_keys("-and-after")
        window.press("ctrl+s")
        # The message that says so may be gone before the screen is read; the count behind it stays.
        window.says("1 profile")
        self.close(window)
        os.remove(self.lost_when)
        answer = self.cli.ask(
            "profile", "list", "--vault", VAULT, "--reveal", "--passphrase-stdin", stdin=PASSPHRASE + "\n")
        kept = {profile["name"]: profile["client_secret"] for profile in answer["profiles"]}
        assert kept == {"typed-before-and-after": secret}, list(kept)

    def another_window(self, old):
        window = Window(self.desktop, self.windows, None)
        return window if window.id != old else None

    def a_wrong_command_line(self):
        """A message box, because the program has no terminal."""
        box = Window(self.desktop, self.windows, [self.program, "--no-such-option"])
        box.says("unexpected argument")
        box.press("Return")
        assert box.process.wait(timeout=60) == 2, box.process.returncode

    def chapters(self):
        return [
            self.the_processor_is_the_usual_way,
            self.the_card_for_those_who_choose_it,
            self.without_opengl,
            self.a_crash_before_the_first_picture,
            self.a_hang_before_the_first_picture,
            self.a_lost_device,
            self.a_wrong_command_line,
        ]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dist", required=True, type=os.path.abspath)
    parser.add_argument("--only", help="play one chapter")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Desktop(1280, 860) as desktop, Windows() as windows:
        shim = preload.built(os.path.join(HERE, "..", "story", "gl_shim.c"), folder)
        story = Story(desktop, windows, arguments.dist, shim)
        chapters = [chapter for chapter in story.chapters() if arguments.only in (None, chapter.__name__)]
        play(desktop, chapters)
    print(f"{len(chapters)} passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
