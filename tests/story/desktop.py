#!/usr/bin/python3
"""A desktop of its own to drive a program from outside, as a user with a keyboard or a screen reader would.

    with Desktop() as desktop:
        app = desktop.start(["target/debug/a365-password-tool"])
        app.type_into("Client secret", secret)
        app.click("push button", "Test connection")
        app.wait_for("label", "Connected")

The desktop is Xvfb, openbox, a private D-Bus and AT-SPI, all in a temporary folder that is also the program's home;
nothing of the user's own session is read or changed, and everything is gone at exit. It needs the system's python3
with pyatspi (Debian: xvfb openbox xdotool imagemagick at-spi2-core python3-pyatspi dbus-x11).
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from gi.repository import GLib

DEADLINE = 60.0
"""Seconds to wait for anything to appear."""


ALIKE = {
    "label": ("label", "heading"),
    "push button": ("push button", "page tab", "list item"),
}
"""What stands for a text, or for something to press, whatever part of the window it is."""


PRESSED = ("push button", "toggle button", "check box", "radio button", "link", "label")
"""What people press. A screen reader hears some links as labels."""


class NotFound(AssertionError):
    """Nothing of that role and name appeared in time; the message lists what is there."""


def until(what, check, seconds=DEADLINE):
    """Calls `check` until it returns something true, and returns that. A widget that goes while it is asked is no answer yet."""
    end = time.monotonic() + seconds
    while True:
        try:
            result = check()
        except GLib.Error:
            result = None
        if result:
            return result
        if time.monotonic() > end:
            raise NotFound(f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(0.02)


class Desktop:
    """Screen, window manager and buses. Only one per process, because pyatspi binds to the environment."""

    def __init__(self, width=1280, height=900):
        self.size = (width, height)
        self.programs = []
        self.folder = tempfile.mkdtemp(prefix="story-")

    def __enter__(self):
        try:
            self._open()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def _open(self):
        folders = {
            "HOME": "home",
            "XDG_CONFIG_HOME": "home/.config",
            "XDG_DATA_HOME": "home/.local/share",
            "XDG_CACHE_HOME": "home/.cache",
            "XDG_RUNTIME_DIR": "run",
        }
        for name, folder in folders.items():
            path = os.path.join(self.folder, folder)
            os.makedirs(path, mode=0o700, exist_ok=True)
            os.environ[name] = path
        for name in ("WAYLAND_DISPLAY", "AT_SPI_BUS_ADDRESS", "DBUS_SESSION_BUS_ADDRESS", "NO_AT_BRIDGE"):
            os.environ.pop(name, None)
        self._start_screen()
        self._start_bus()
        self._start_window_manager()

    def _start_window_manager(self):
        is_there = lambda: "window id" in self._output(["xprop", "-root", "_NET_SUPPORTING_WM_CHECK"])
        self._background(["openbox", "--sm-disable"])
        until("a window manager", is_there)

    def _start_screen(self):
        read, write = os.pipe()
        width, height = self.size
        # Without -noreset the screen throws everybody out when its only program ends, such as one that looks for another.
        options = ["-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset"]
        self._background(["Xvfb", "-displayfd", str(write), *options], pass_fds=[write])
        os.close(write)
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start; see " + self.log)
        os.environ["DISPLAY"] = ":" + number

    def _start_bus(self):
        read, write = os.pipe()
        self._background(
            ["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--print-address={write}"], pass_fds=[write]
        )
        os.close(write)
        with os.fdopen(read) as answer:
            os.environ["DBUS_SESSION_BUS_ADDRESS"] = answer.readline().strip()
        launcher = next(
            path
            for path in ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")
            if os.path.exists(path)
        )
        self._background([launcher, "--launch-immediately"])
        until("the accessibility bus", lambda: "unix:" in self._call("org.a11y.Bus.GetAddress"))
        # Which of the two a toolkit listens to depends on its age.
        for name in ("IsEnabled", "ScreenReaderEnabled"):
            self._call("org.freedesktop.DBus.Properties.Set", "org.a11y.Status", name, "<true>")

    def _call(self, method, *arguments):
        return self._output(
            ["gdbus", "call", "--session", "--dest", "org.a11y.Bus", "--object-path", "/org/a11y/bus"]
            + ["--method", method, *arguments]
        )

    @property
    def log(self):
        """What everything that was started wrote."""
        return os.path.join(self.folder, "log.txt")

    def _output(self, command):
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout

    def _background(self, command, **options):
        with open(self.log, "ab") as log:
            program = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **options
            )
        self.programs.append(program)
        return program

    def start(self, command, title=None, env=None):
        """Starts the program under test and waits for its window (any window, or the one of that title)."""
        return App(self, command, title, env)

    def screenshot(self, path):
        """The whole screen as a picture; its kind follows from the ending of `path`."""
        subprocess.run(["import", "-silent", "-window", "root", path], check=True)

    def clipboard(self):
        """Text on the clipboard, as another program would get it; None when there is none, or whoever has it does not answer."""
        command = ["xclip", "-selection", "clipboard", "-out"]
        try:
            program = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=10)
        except subprocess.TimeoutExpired:
            return None
        return program.stdout if program.returncode == 0 else None

    def path_with_file_dialog(self):
        """A PATH on which the file dialog (zenity) is a program that answers at once with what `chosen_next` said."""
        folder = os.path.join(self.folder, "bin")
        os.makedirs(folder)
        with open(os.path.join(folder, "zenity"), "w") as file:
            file.write(f'#!/bin/sh\nexec cat "{self.folder}/chosen"\n')
        os.chmod(os.path.join(folder, "zenity"), 0o755)
        return f"{folder}:{os.environ['PATH']}"

    def chosen_next(self, path):
        """What the file dialog that comes next answers."""
        with open(os.path.join(self.folder, "chosen"), "w") as file:
            file.write(path)

    def middle_of(self, window):
        """Where on the screen the middle of a window is."""
        lines = self._output(["xdotool", "getwindowgeometry", "--shell", window]).split()
        place = {name: int(value) for name, value in (line.split("=") for line in lines if "=" in line)}
        return place["X"] + place["WIDTH"] // 2, place["Y"] + place["HEIGHT"] // 2

    def copy(self, text):
        """Puts a text on the clipboard, as another program would."""
        command = ["xclip", "-selection", "clipboard", "-in"]
        # It stays in the background for as long as the text is its own, so nothing may wait for its output.
        subprocess.run(command, input=text, text=True, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def close(self):
        """Ends everything, the newest first."""
        for program in reversed(self.programs):
            stop(program)
        self.programs.clear()
        shutil.rmtree(self.folder, ignore_errors=True)


def stop(program):
    """Ends a program and all that it started, if it still runs."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(program.pid, sign)
        except ProcessLookupError:
            pass
        try:
            program.wait(timeout=3)
            return
        except subprocess.TimeoutExpired:
            continue


class App:
    """The program under test, by its widgets' roles and names (AT-SPI) and by its keyboard (X)."""

    def __init__(self, desktop, command, title=None, env=None):
        import pyatspi  # here, because it connects to the bus of the environment at import

        self.atspi = pyatspi
        self.desktop = desktop
        self.process = desktop._background(command, env={**os.environ, **(env or {})})
        self.window = until(lambda: f"a window of {command[0]}\n{self._log()}", lambda: self._find_window(title))
        self.root = until("the program on the accessibility bus", self._find_root)
        # The first tree arrives a moment after the program itself.
        until("the program's widgets", lambda: sum(1 for _ in self.widgets()) > 2)

    def _log(self):
        with open(self.desktop.log, errors="replace") as log:
            return log.read()[-2000:]

    def _find_window(self, title):
        if self.process.poll() is not None:
            raise NotFound(f"the program ended with {self.process.returncode}\n{self._log()}")
        # By title alone where there is one: a program started through a shell has another process id.
        match = ["--name", title] if title else ["--pid", str(self.process.pid)]
        found = self.desktop._output(["xdotool", "search", "--onlyvisible", *match]).split()
        return found[0] if found and found[0].isdigit() else None

    def _find_root(self):
        for program in self.atspi.Registry.getDesktop(0):
            try:
                if program is not None and program.get_process_id() == self.process.pid:
                    return program
            except Exception:  # it left the bus while we were looking
                continue
        return None

    # Looking

    def widgets(self):
        """All (accessible, role, name) there are now."""
        pending = [self.root]
        while pending:
            node = pending.pop()
            try:
                children = [node.getChildAtIndex(index) for index in range(node.childCount)]
                yield node, node.getRoleName(), node.name or ""
            except Exception:  # gone since
                continue
            pending.extend(child for child in reversed(children) if child is not None)

    def find_all(self, role, name=None):
        """Widgets of a role, named exactly `name`, or matching it when it is a compiled pattern, or all of them."""

        def fits(text):
            return name is None or (name.search(text) if isinstance(name, re.Pattern) else text == name)

        roles = ALIKE.get(role, (role,))
        return [node for node, its_role, its_name in self.widgets() if its_role in roles and fits(its_name)]

    def find(self, role, name=None):
        """The first of `find_all`, now; None when there is none."""
        return next(iter(self.find_all(role, name)), None)

    def find_by_start(self, start):
        """The first widget of any role whose name begins so, now; None when there is none."""
        return next((node for node, _, name in self.widgets() if name.startswith(start)), None)

    def says(self, text, seconds=DEADLINE):
        """Waits until some widget has the text in its name."""
        until(
            lambda: f"the text {text!r}; there are:\n{self.listing()}",
            lambda: any(text in name for _, _, name in self.widgets()),
            seconds,
        )

    def press_by_mouse(self, name):
        """Waits for something of that name that can be pressed, and presses it with the mouse."""
        self.click_at(until(
            lambda: f"{name!r} to press; there are:\n{self.listing()}",
            lambda: next((widget for role in PRESSED if (widget := self.find(role, name))), None),
        ))

    def wait_for(self, role, name=None, seconds=DEADLINE):
        """The first of `find_all` once there is one."""
        return until(lambda: f"{role} {name!r}; there are:\n{self.listing()}", lambda: self.find(role, name), seconds)

    def wait_gone(self, role, name=None, seconds=DEADLINE):
        """Returns when there is none (any more)."""
        until(lambda: f"{role} {name!r} to go", lambda: not self.find_all(role, name), seconds)

    def listing(self):
        """Roles and names, one widget per line."""
        return "\n".join(f"  {role} {name!r}" for _, role, name in self.widgets())

    def text_of(self, widget):
        """A field's text (bullets for a password), or a label's name."""
        try:
            text = widget.queryText()
            return text.getText(0, text.characterCount)
        except NotImplementedError:
            return widget.name

    def is_enabled(self, widget):
        """Whether it can be used."""
        return widget.getState().contains(self.atspi.STATE_ENABLED)

    def is_focused(self, widget):
        """Whether the keyboard goes to it."""
        return widget.getState().contains(self.atspi.STATE_FOCUSED)

    def focused(self):
        """The name of what has the keyboard, now; None where nothing has it."""
        return next((name for widget, _, name in self.widgets() if self.is_focused(widget)), None)

    # Doing

    def click(self, role, name=None):
        """Presses it the way an assistive program does: no mouse."""
        self.click_widget(self.wait_for(role, name))

    def can_be_pressed(self, widget):
        """A label may be a link to a screen reader, or a mere label."""
        # What can be done with it is remembered from when it appeared, perhaps disabled.
        widget.clear_cache()
        try:
            return widget.queryAction().nActions > 0
        except NotImplementedError:
            return False

    def click_widget(self, widget):
        """Presses it likewise."""
        widget.clear_cache()
        action = widget.queryAction()
        index = next(i for i in range(action.nActions) if action.getName(i) in ("click", "press", "activate"))
        action.doAction(index)

    def click_at(self, widget):
        """Presses it with the mouse, in its middle."""
        box = widget.queryComponent().getExtents(self.atspi.DESKTOP_COORDS)
        x, y = box.x + box.width // 2, box.y + box.height // 2
        self._xdotool("mousemove", x, y, "click", 1)

    def click_named(self, name, *keys):
        """Waits for something that is shown under that name (or pattern) and can be used, and clicks it with these keys held."""
        # A field before the label beside it.
        roles = ("entry", *PRESSED, "list item", "table cell")

        def there():
            named = [widget for role in roles for widget in self.find_all(role, name)]
            return next((widget for widget in named if self.is_enabled(widget)), None)

        widget = until(lambda: f"{name!r} to click; there are:\n{self.listing()}", there)
        for key in keys:
            self._xdotool("keydown", key)
        self.click_at(widget)
        for key in reversed(keys):
            self._xdotool("keyup", key)

    def focus(self, role, name=None):
        """Puts the keyboard into it."""
        widget = self.wait_for(role, name)
        widget.queryComponent().grabFocus()
        until(lambda: f"{role} {name!r} to get the keyboard", lambda: self.is_focused(widget))
        return widget

    def type_into(self, name, text, role=None):
        """Types into the field or password field of that name, replacing what it holds."""
        role = role or until(
            lambda: f"a field named {name!r}; there are:\n{self.listing()}",
            lambda: next((r for r in ("entry", "password text", "text") if self.find(r, name)), None),
        )
        self.focus(role, name)
        self.press("ctrl+a")
        self.type_keys(text)

    def type_keys(self, text, delay_ms=2):
        """Hits the keys of `text`; tabs and line ends are the keys of that name."""
        self._xdotool("windowfocus", "--sync", self.window)
        # Through stdin, so that no secret is ever in the list of running programs.
        subprocess.run(
            ["xdotool", "type", "--delay", str(delay_ms), "--file", "-"], input=text, text=True, check=True
        )

    def drop(self, *paths):
        """Drags files from a window of another program and drops them in the middle of this one."""
        here = os.path.dirname(os.path.abspath(__file__))
        source = self.desktop._background(["/usr/bin/python3", os.path.join(here, "drag_source.py"), *paths])
        find = ["xdotool", "search", "--onlyvisible", "--pid", str(source.pid), "--name", "^Files$"]
        window = until("a window to drag from", lambda: self.desktop._output(find).split())[0]
        self._xdotool("windowactivate", "--sync", window)
        (from_x, from_y), (to_x, to_y) = self.desktop.middle_of(window), self.desktop.middle_of(self.window)
        self._xdotool("mousemove", from_x, from_y, "mousedown", 1)
        # In steps, as a hand does it: a drag begins with a movement, and each window that is crossed is asked.
        for step in range(1, 21):
            self._xdotool("mousemove", from_x + (to_x - from_x) * step // 20, from_y + (to_y - from_y) * step // 20, "sleep", 0.05)
        self._xdotool("mouseup", 1)
        return source

    def press(self, *keys):
        """Hits keys by their X names: "Tab", "ctrl+a", "Return"."""
        self._xdotool("windowfocus", "--sync", self.window)
        self._xdotool("key", "--delay", 2, *keys)

    def resize(self, width, height):
        """Makes the window's inside that large."""
        self._xdotool("windowsize", self.window, width, height)
        until("the new size", lambda: f"WIDTH={width}" in self.desktop._output(
            ["xdotool", "getwindowgeometry", "--shell", self.window]))

    def minimise(self):
        self._xdotool("windowminimize", self.window)

    def restore(self):
        self._xdotool("windowmap", "--sync", self.window)
        self._xdotool("windowactivate", "--sync", self.window)

    def ask_to_close(self):
        """Presses the title bar's close button, in effect."""
        # The key is the window manager's: it has to know by then which window is the active one.
        self._xdotool("windowactivate", "--sync", self.window)
        self._xdotool("key", "alt+F4")

    def screenshot(self, path):
        """The window's inside as a picture."""
        subprocess.run(["import", "-silent", "-window", self.window, path], check=True)

    def wait_closed(self, seconds=DEADLINE):
        """The program's exit code once it has ended."""
        until("the program to end", lambda: self.process.poll() is not None, seconds)
        return self.process.returncode

    def _xdotool(self, *arguments):
        subprocess.run(["xdotool", *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


def play(desktop, story, chapters, name):
    """Plays the chapters one after the other. Of one that fails `name`-failed.png and `name`-failed.log stay."""
    for number, chapter in enumerate(chapters, 1):
        began = time.monotonic()
        try:
            chapter()
        except BaseException:
            desktop.screenshot(f"{name}-failed.png")
            shutil.copy(desktop.log, f"{name}-failed.log")
            app = getattr(story, "app", None)
            print(app and app.listing())
            raise
        title = getattr(chapter, "func", chapter).__name__
        print(f"chapter {number} of {len(chapters)}: {title} ({time.monotonic() - began:.1f} s)", flush=True)
    print(f"{len(chapters)} passed, 0 failed")


if __name__ == "__main__":
    sys.exit(__doc__)
