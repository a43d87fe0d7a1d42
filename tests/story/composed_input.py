#!/usr/bin/python3
"""Characters that no key types alone: dead keys of three layouts, the Compose key, and a real input method.

    composed_input.py --program target/debug/a365-password-tool --cli target/debug/a365-password-cli [--input-method]

Each is typed with real key presses under X11 into every kind of field: visible ones, those for secrets, the one of several
lines, the search and the command palette; what was kept is read by the command line. With --input-method, Korean is typed with
Fcitx and Japanese with IBus (Debian: fcitx5 fcitx5-hangul ibus ibus-anthy). Secrets are made at run time.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys

from desktop import Desktop, until

PREFIX = "four words "
LAYOUTS = [
    (["us", "-variant", "intl"], ["p", "dead_circumflex", "a", "dead_tilde", "n", "dead_acute", "e", "s", "dead_acute", "space"], "pâñés'"),
    (["de"], ["dead_acute", "e", "dead_grave", "a", "dead_circumflex", "o", "udiaeresis", "ssharp"], "éàôüß"),
    (["cz"], ["ecaron", "rcaron", "zcaron", "uring", "dead_acute", "o", "dead_caron", "d", "dead_diaeresis", "u"], "ěřžůóďü"),
    (["fr"], ["dead_circumflex", "e", "dead_diaeresis", "i", "eacute", "dead_circumflex", "space"], "êïé^"),
]
COMPOSE = (["us", "-option", "compose:menu"], ["Multi_key", "e", "equal", "Multi_key", "1", "2", "Multi_key", "o", "c", "Multi_key", "s", "s"], "€½©ß")
# A syllable is committed by the first letter of the next one, the last syllable by the space bar.
HANGUL = (["us"], [*"gksrmf", "space", "BackSpace"], "한글")
# The space bar turns the sounds into characters, Return commits them.
KANJI = (["us"], [*"nihongo", "space", "Return"], "日本語")


class Story:
    def __init__(self, desktop, arguments):
        self.desktop, self.arguments = desktop, arguments
        self.played = 0
        # Turns the input method on or off.
        self.compose = lambda on: None

    def cli(self, *words, text):
        done = subprocess.run([self.arguments.cli, *words], input=text, text=True, capture_output=True)
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout

    def enter(self, app, label, keys, right, has_keyboard=False):
        """Types into the field of that name, and looks that it has as many characters as it should."""
        role = until(lambda: f"a field named {label}", lambda: next(
            (role for role in ("entry", "password text", "text") if app.find(role, label)), None))

        def has(count):
            # An input method answers in its own time.
            until(lambda: f"{count} characters in {label}: {app.text_of(app.find(role, label))!r}",
                  lambda: len(app.text_of(app.find(role, label))) == count)

        if not has_keyboard:
            app.focus(role, label)
        app.press("ctrl+a", "Delete")
        has(0)
        self.compose(False)
        app.type_keys(PREFIX)
        has(len(PREFIX))
        self.compose(True)
        app._xdotool("key", "--delay", "60", *keys)
        has(len(PREFIX + right))
        self.compose(False)

    def play(self, name, layout, keys, right, env=None):
        """A vault made in the window, with a profile; its passphrase, a name and a secret typed in this way."""
        subprocess.run(["setxkbmap", "-option", ""], check=True)
        subprocess.run(["setxkbmap", *layout], check=True)
        vault = os.path.join(self.desktop.folder, f"{name}.a365vault")
        app = self.desktop.start([self.arguments.program, "--vault", vault], title="A365 Password Tool",
                                 env={"LC_ALL": "C.UTF-8", **(env or {})})
        passphrase = PREFIX + right
        for label in ("Passphrase", "Confirm passphrase"):
            self.enter(app, label, keys, right)
        app.click("push button", self.create_button(app))
        # The recovery key is offered at once.
        until("the offer", lambda: app.find_by_start("Create a recovery key"))
        app.press("Escape")
        app.click("push button", "Close the setup guide")
        app.press("ctrl+n")
        app.click_widget(until("the rest of the form", lambda: app.find_by_start("Tenant, tags and notes")))
        for label in ("Client secret", "Tags", "Notes", "Profile name"):
            self.enter(app, label, keys, right)
        app.press("ctrl+s")
        opened = lambda: self.cli("profile", "list", "--json", "--vault", vault, "--passphrase-stdin", text=passphrase + "\n")
        until("the profile to be saved", lambda: passphrase in opened())
        shown = json.loads(self.cli("profile", "show", passphrase, "--json", "--reveal", "--vault", vault,
                                    "--passphrase-stdin", text=passphrase + "\n"))
        assert shown["client_secret"] == passphrase, "the client secret is not what was typed"
        assert (shown["tags"], shown["notes"]) == ([passphrase], passphrase), (shown["tags"], shown["notes"])
        self.enter(app, "Search profiles", keys, right)
        app.says("1 profile found")
        app.press("ctrl+k")
        # It has the keyboard, while a screen reader hears the command that Enter would give.
        app.wait_for("entry", "Find")
        self.enter(app, "Find", keys, right, has_keyboard=True)
        app.press("Escape")
        app.ask_to_close()
        app.wait_closed()
        self.played += 1
        print(f"{name}: {right} in a passphrase, a client secret and a name", flush=True)

    def create_button(self, app):
        return next(name for _, role, name in app.widgets() if role == "push button" and name.startswith("Create"))

    def ibus(self):
        # Without this its engine begins with Latin letters.
        subprocess.run(["gsettings", "set", "org.freedesktop.ibus.engine.anthy.common", "input-mode", "0"], check=True)
        # Its engines are written in the system's own Python.
        path = f"/usr/bin:{os.environ['PATH']}"
        self.desktop._background(["ibus-daemon", "--xim", "--panel", "disable", "--emoji-extension", "disable"],
                                 env={**os.environ, "PATH": path})
        self.serves_x_clients("ibus")
        self.compose_with_ibus(True)
        until("the engine", lambda: "/usr/share/ibus-anthy/engine/main.py" in self.desktop._output(["ps", "-eo", "args"]))
        self.compose = self.compose_with_ibus
        self.play("ibus-anthy", *KANJI, {"XMODIFIERS": "@im=ibus"})
        subprocess.run(["ibus", "exit"], check=True)

    def fcitx(self):
        folder = os.path.join(os.environ["XDG_CONFIG_HOME"], "fcitx5")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "profile"), "w") as profile:
            profile.write("[Groups/0]\nName=Default\nDefault Layout=us\nDefaultIM=hangul\n\n[Groups/0/Items/0]\nName=keyboard-us\n\n"
                          "[Groups/0/Items/1]\nName=hangul\n\n[GroupOrder]\n0=Default\n")
        self.desktop._background(["fcitx5", "--disable", "wayland,waylandim"])
        self.serves_x_clients("fcitx")
        self.compose = self.compose_with_fcitx
        self.play("fcitx-hangul", *HANGUL, {"XMODIFIERS": "@im=fcitx"})
        subprocess.run(["fcitx5-remote", "-e"], check=True)

    def serves_x_clients(self, name):
        """An input method's server for X clients is there once it owns this selection."""
        servers = lambda: self.desktop._output(["xprop", "-root", "XIM_SERVERS"])
        until(lambda: f"{name} among {servers()}", lambda: f"@server={name}" in servers())

    def compose_with_fcitx(self, on):
        name = "hangul" if on else "keyboard-us"
        until(f"{name} to be chosen", lambda: self.desktop._output(["fcitx5-remote", "-s", name]) == ""
              and self.desktop._output(["fcitx5-remote", "-n"]).strip() == name)

    def compose_with_ibus(self, on):
        name = "anthy" if on else "xkb:us::eng"
        until(f"{name} to be chosen", lambda: self.desktop._output(["ibus", "engine", name]) is not None
              and self.desktop._output(["ibus", "engine"]).strip() == name)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--cli", required=True)
    parser.add_argument("--input-method", action="store_true")
    arguments = parser.parse_args()
    arguments.program, arguments.cli = os.path.abspath(arguments.program), os.path.abspath(arguments.cli)
    with Desktop(1400, 950) as desktop:
        story = Story(desktop, arguments)
        try:
            for layout, keys, right in LAYOUTS:
                story.play("-".join(word for word in layout if not word.startswith("-")), layout, keys, right)
            story.play("compose", *COMPOSE)
            if arguments.input_method:
                story.ibus()
                story.fcitx()
        except BaseException:
            desktop.screenshot("composed-input-failed.png")
            shutil.copy(desktop.log, "composed-input-failed.log")
            raise
    print(f"{story.played} passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
