#!/usr/bin/python3
"""The window starts anywhere: hosts forced one by one, a graphics driver that is absent, crashes, hangs or is lost, and no
desktop at all.

    hosts.py --program target/release/a365-password-tool --cli target/release/a365-password-cli

The program has to be built with its OpenGL host (the default). The driver is Mesa's, spoilt from outside by gl_shim.c.
Every secret is made at run time.
"""

import argparse
import os
import pathlib
import re
import secrets
import subprocess
import sys
import tempfile
import time

from desktop import Desktop, stop, until

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "faults"))
import preload  # noqa: E402

PASSPHRASE = f"four words {secrets.token_hex(6)}"
TITLE = "A365 Password Tool"


class Story:
    def __init__(self, desktop, arguments, shim):
        self.desktop, self.arguments, self.shim = desktop, arguments, shim
        self.vault = os.path.join(desktop.folder, "hosts.a365vault")
        self.local = pathlib.Path(os.environ["XDG_DATA_HOME"]) / "a365passwordtool"
        self.mark = self.local / "gpu.trying"
        made = subprocess.run(
            [arguments.cli, "vault", "create", "--vault", self.vault, "--passphrase-stdin"],
            input=PASSPHRASE + "\n", text=True, capture_output=True,
        )
        assert made.returncode == 0, made.stderr

    def spoilt(self, fault=None):
        environment = {"LD_PRELOAD": str(self.shim), "LIBGL_ALWAYS_SOFTWARE": "1", "GL_LOST_WHEN": self.lost_when}
        return {**environment, "GL_FAULT": fault} if fault else environment

    @property
    def lost_when(self):
        return os.path.join(self.desktop.folder, "lost")

    def start(self, *words, fault=None):
        command = [self.arguments.program, self.vault, *words]
        app = self.desktop.start(command, title=TITLE, env=self.spoilt(fault))
        app.wait_for("push button", "Unlock")
        return app

    def is_drawn_by_the_card(self, app):
        """Mesa's rasteriser has been loaded for good."""
        maps = pathlib.Path(f"/proc/{app.process.pid}/maps").read_text()
        return "libEGL" in maps

    def unlock(self, app):
        app.type_into("Passphrase", PASSPHRASE)
        app.press("Return")
        app.wait_for("push button", "New profile")

    def close(self, app):
        app.ask_to_close()
        assert app.wait_closed() == 0

    def why(self, app):
        app.click("push button", "About")
        return app.wait_for("label", re.compile("[Ss]oftware rendering|[Gg]raphics card")).name

    # Chapters

    def the_processor_is_the_usual_way(self):
        app = self.start(fault="crash")
        self.close(app)

    def the_card_for_those_who_choose_it(self):
        app = self.start("--renderer", "gpu")
        assert self.is_drawn_by_the_card(app)
        until("the mark to go after the first picture", lambda: not self.mark.exists())
        self.close(app)

    def without_opengl(self):
        app = self.start("--renderer", "gpu", fault="absent")
        assert not self.mark.exists(), "a start that fails in order is no crash"
        self.unlock(app)
        why = self.why(app)
        assert "OpenGL could not be started" in why, why
        self.close(app)

    def a_crash_before_the_first_picture(self):
        command = [self.arguments.program, self.vault, "--renderer", "gpu"]
        crashed = subprocess.run(command, env={**os.environ, **self.spoilt("crash")}, capture_output=True, timeout=60)
        assert crashed.returncode < 0, crashed.returncode
        assert self.mark.exists()
        app = self.start("--renderer", "gpu", fault="crash")
        self.unlock(app)
        why = self.why(app)
        assert "before the first frame" in why, why
        self.close(app)
        self.mark.unlink()

    def a_hang_before_the_first_picture(self):
        command = [self.arguments.program, self.vault, "--renderer", "gpu"]
        hanging = self.desktop._background(command, env={**os.environ, **self.spoilt("hang")})
        assert hanging.wait(timeout=90) == 1
        find = lambda: self.desktop._output(["xdotool", "search", "--onlyvisible", "--name", TITLE]).split()
        until("the window of the program that was started anew", find)
        pids = self.desktop._output(["pgrep", "-f", f"{self.vault}.*--renderer=cpu"]).split()
        assert len(pids) == 1, pids
        assert self.mark.exists(), "the next start is not to hang again"
        os.kill(int(pids[0]), 15)
        until("it to end", lambda: not os.path.exists(f"/proc/{pids[0]}"))
        self.mark.unlink()

    def a_lost_device(self):
        app = self.start("--renderer", "gpu", fault="lost")
        self.unlock(app)
        app.press("ctrl+n")
        app.type_into("Profile name", "typed before")
        secret = secrets.token_urlsafe(24)
        app.type_into("Client secret", secret)
        # Keys that are still on their way when the window goes have no field to go to.
        field = lambda: app.text_of(app.wait_for("password text", "Client secret"))
        until("all of the secret in its field", lambda: len(field()) == len(secret))
        old = app.window
        pathlib.Path(self.lost_when).write_text("")
        for x in range(300, 700, 40):  # over things that change under the pointer: the next picture fails
            app._xdotool("mousemove", x, 300)
        app.window = until("the processor's window", lambda: next(
            (found for found in self.desktop._output(
                ["xdotool", "search", "--onlyvisible", "--name", TITLE]).split() if found != old), None))
        app.root = until("the program on the accessibility bus again", app._find_root)
        name = lambda: app.text_of(app.wait_for("entry", "Profile name"))
        until(lambda: f"the name, not {name()!r}", lambda: name() == "typed before")
        assert app.process.poll() is None, "the same process"
        app.focus("entry", "Profile name")
        app.press("End")
        app.type_keys(", and after")
        app.press("ctrl+s")
        app.wait_for("label", re.compile("typed before, and after"))
        os.unlink(self.lost_when)
        until("the save", lambda: "typed before, and after" in self.names())
        shown = subprocess.run(
            [self.arguments.cli, "profile", "show", "typed before, and after", "--vault", self.vault, "--reveal",
             "--passphrase-stdin"], input=PASSPHRASE + "\n", text=True, capture_output=True)
        assert secret in shown.stdout, "the secret typed before is saved after"
        self.close(app)

    def names(self):
        return subprocess.run(
            [self.arguments.cli, "profile", "list", "--vault", self.vault, "--passphrase-stdin"],
            input=PASSPHRASE + "\n", text=True, capture_output=True).stdout

    def a_window_opens_where_it_was(self):
        app = self.start()
        app.resize(900, 640)
        app._xdotool("windowmove", "--sync", app.window, 150, 120)
        time.sleep(0.3)
        before = self.place(app)
        self.close(app)
        app = self.start()
        after = self.place(app)
        assert all(abs(one - other) <= 40 for one, other in zip(before, after)), f"{before} {after}"
        self.close(app)

    def place(self, app):
        text = self.desktop._output(["xdotool", "getwindowgeometry", "--shell", app.window])
        return [int(line.split("=")[1]) for line in text.split() if line.split("=")[0] in ("X", "Y", "WIDTH", "HEIGHT")]

    def without_a_desktop(self):
        environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
        done = subprocess.run([self.arguments.program, self.vault], env=environment, capture_output=True, text=True)
        assert done.returncode == 1 and "a365-password-cli" in done.stderr, done

    def play(self):
        chapters = [
            self.the_processor_is_the_usual_way,
            self.the_card_for_those_who_choose_it,
            self.without_opengl,
            self.a_crash_before_the_first_picture,
            self.a_hang_before_the_first_picture,
            self.a_lost_device,
            self.a_window_opens_where_it_was,
            self.without_a_desktop,
        ]
        for chapter in chapters:
            begun = time.monotonic()
            chapter()
            print(f"{chapter.__name__.replace('_', ' ')}: {time.monotonic() - begun:.1f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, type=os.path.abspath)
    parser.add_argument("--cli", required=True, type=os.path.abspath)
    parser.add_argument("--only", help="play one chapter")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Desktop() as desktop:
        story = Story(desktop, arguments, preload.built(HERE / "gl_shim.c", folder))
        if arguments.only:
            return getattr(story, arguments.only)()
        story.play()


if __name__ == "__main__":
    sys.exit(main())
