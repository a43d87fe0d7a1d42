#!/usr/bin/python3
"""The window on small screens and at large scales: never larger than the screen less its task bar, and every button of the
form within reach by scrolling.

    tests/story/small_screen.py --program target/release/a365-password-tool --cli target/release/a365-password-cli

Every secret is made at run time.
"""

import argparse
import os
import re
import secrets
import subprocess
import sys
import time

from desktop import Desktop, until

PASSPHRASE = f"four words {secrets.token_hex(6)}"
# Width and height of the screen in pixels, its scale, and the height of the task bar.
SCREENS = [
    (1366, 768, 1.5, 0),
    (1366, 768, 1.5, 60),
    (1366, 768, 1.0, 40),
    (1920, 1080, 2.0, 0),
    (1920, 1080, 2.0, 80),
    (1280, 720, 1.5, 0),
    (1024, 768, 1.25, 0),
    (1920, 1080, 1.0, 40),
]
BUTTONS = ["Paste…", "Test connection", "Copy connection string", "Copy secret"]


class SmallDesktop(Desktop):
    """A desktop whose window manager keeps the lower edge free, as for a task bar."""

    def __init__(self, width, height, bar):
        super().__init__(width, height)
        self.bar = bar

    def _start_window_manager(self):
        folder = os.path.join(os.environ["XDG_CONFIG_HOME"], "openbox")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "rc.xml"), "w") as file:
            file.write(
                '<?xml version="1.0"?><openbox_config xmlns="http://openbox.org/3.4/rc">'
                f"<margins><top>0</top><bottom>{self.bar}</bottom><left>0</left><right>0</right></margins>"
                "</openbox_config>"
            )
        super()._start_window_manager()


def cli(arguments, *words, typed):
    run = subprocess.run([arguments.cli, *words], input=typed, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert run.returncode == 0, f"{words}: {run.stderr}"


def vault_with_a_profile(arguments, folder):
    vault = os.path.join(folder, "team.a365vault")
    cli(arguments, "vault", "create", "--vault", vault, "--passphrase-stdin", "--memory-mib", "19", "--passes", "2",
        "--lanes", "1", typed=f"{PASSPHRASE}\n")
    cli(arguments, "profile", "add", "Contoso", "--vault", vault, "--passphrase-stdin", "--secret-stdin",
        "--url", "https://contoso.crm4.dynamics.com", "--client-id", "11112222-aaaa-3333-bbbb-4444cccc5555",
        typed=f"{PASSPHRASE}\n{secrets.token_urlsafe(30)}\n")
    return vault


class Window:
    def __init__(self, desktop, app):
        self.desktop, self.app = desktop, app

    def inside(self):
        """Left, top, width and height of the window's inside, in pixels of the screen."""
        told = self.desktop._output(["xwininfo", "-id", self.app.window])
        names = ("Absolute upper-left X", "Absolute upper-left Y", "Width", "Height")
        return [int(re.search(rf"{name}: +(-?\d+)", told).group(1)) for name in names]

    def box(self, name):
        widget = next((found for role in ("push button", "link") if (found := self.app.find(role, name))), None)
        if widget is None:
            return None
        box = widget.queryComponent().getExtents(self.app.atspi.DESKTOP_COORDS)
        return box.x, box.y, box.width, box.height

    def scroll(self, clicks):
        left, top, width, height = self.inside()
        button = 5 if clicks > 0 else 4
        self.app._xdotool("mousemove", left + width * 3 // 4, top + height * 2 // 3)
        self.app._xdotool("click", "--repeat", abs(clicks), "--delay", 5, button)

    def reach(self, name):
        """Scrolls until the whole button lies inside the window, and below the bar of tabs."""
        left, top, width, height = self.inside()
        where = None

        def is_inside():
            nonlocal where
            where = self.box(name)
            if where is None:
                return False
            x, y, w, h = where
            if left <= x and x + w <= left + width and top + 44 <= y and y + h <= top + height:
                return True
            self.scroll(2 if y + h > top + height else -2)
            time.sleep(0.1)  # a wheel's turn takes some frames
            return False

        until(lambda: f"{name!r} in the window {left, top, width, height}; it is at {where}", is_inside)


def play(arguments):
    width, height, scale, bar = arguments.screen
    with SmallDesktop(width, height, bar) as desktop:
        vault = vault_with_a_profile(arguments, desktop.folder)
        scaled = {"WINIT_X11_SCALE_FACTOR": str(scale)}
        app = desktop.start([arguments.program, "--vault", vault], title="A365 Password Tool", env=scaled)
        window = Window(desktop, app)

        def fits():
            left, top, inner_width, inner_height = window.inside()
            return 0 <= left and 0 <= top and left + inner_width <= width and top + inner_height <= height - bar

        until(lambda: f"a window on the screen; it is {window.inside()}", fits, 5.0)
        size = window.inside()
        app.type_into("Passphrase", PASSPHRASE)
        app.press("Return")
        row = until("the profile", lambda: app.find_by_start("Contoso"))
        app.click_widget(row)
        for button in BUTTONS:
            window.reach(button)
        if arguments.pictures:
            os.makedirs(arguments.pictures, exist_ok=True)
            desktop.screenshot(f"{arguments.pictures}/{width}x{height}_{scale}_{bar}.png")
        # Nobody can make it larger than it needs, and it stays as small as the screen.
        assert window.inside()[3] <= height - bar, window.inside()
        print(f"{width}x{height} at {scale:.0%}, task bar {bar}: the window is {size[2]}x{size[3]} at {size[0]},{size[1]}",
              flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, type=os.path.abspath)
    parser.add_argument("--cli", required=True, type=os.path.abspath)
    parser.add_argument("--pictures")
    parser.add_argument("--screen", nargs=4, type=float, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.screen:
        width, height, scale, bar = arguments.screen
        arguments.screen = (int(width), int(height), scale, int(bar))
        play(arguments)
        return 0
    # A process each, because the accessibility bus is bound once.
    for screen in SCREENS:
        subprocess.run([sys.executable, *sys.argv, "--screen", *map(str, screen)], check=True)
    print(f"{len(SCREENS)} passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
