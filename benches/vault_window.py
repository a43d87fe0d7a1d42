"""The window with many profiles, beside KeePassXC's: from the passphrase to the drawn list, searching, locking.

Both are started under Xvfb on the same profiles with the same key derivation, and are driven by the same keys. What
an action costs is the process's own processor time until it is at rest again; how long it took is when that was.
"""

import os
import subprocess
import sys
import time

REST = 0.5
"""Seconds without work after which a program is at rest."""
NOTHING = 0.0015
"""Processor seconds in that time that are no work."""


class Screen:
    def __init__(self, folder):
        self.programs = []
        read, write = os.pipe()
        self.start(["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x900x24", "-nolisten", "tcp"], pass_fds=[write])
        os.close(write)
        with os.fdopen(read) as answer:
            os.environ["DISPLAY"] = ":" + answer.readline().strip()
        for name in ("WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "QT_QPA_PLATFORM"):
            os.environ.pop(name, None)
        os.environ["XDG_RUNTIME_DIR"] = folder
        self.start(["openbox", "--sm-disable"])

    def start(self, command, **options):
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.programs.append(subprocess.Popen(command, **quiet, **options))
        return self.programs[-1]

    def end(self):
        """Ends what was started last."""
        program = self.programs.pop()
        program.terminate()
        program.wait()

    def close(self):
        while self.programs:
            self.end()


def xdotool(*words, text=None):
    return subprocess.run(["xdotool", *map(str, words)], input=text, text=True, stdout=subprocess.PIPE).stdout.split()


def processor(pid):
    """Seconds of processor time of the whole process, its ended threads included (Linux: clock_getcpuclockid)."""
    return time.clock_gettime((~pid << 3) | 2)


class Program:
    def __init__(self, screen, command):
        self.pid = screen.start(command).pid
        while not (found := xdotool("search", "--onlyvisible", "--pid", self.pid)):
            time.sleep(0.01)
        self.window = found[-1]
        self.cost(lambda: None)

    def cost(self, action):
        """(seconds until it was at rest, processor milliseconds) of an action."""
        before = last = processor(self.pid)
        began = busy = time.monotonic()
        action()
        while time.monotonic() - busy < REST:
            time.sleep(0.005)
            now = processor(self.pid)
            if now - last > NOTHING:
                last, busy = now, time.monotonic()
        return busy - began, (processor(self.pid) - before) * 1e3

    def keys(self, *keys):
        xdotool("windowfocus", "--sync", self.window, "key", *keys)

    def type(self, text):
        xdotool("type", "--delay", 40, "--file", "-", text=text)

    def resident(self):
        with open(f"/proc/{self.pid}/status") as status:
            values = dict(line.split(":", 1) for line in status)
        return [int(values[name].split()[0]) / 1024 for name in ("VmRSS", "RssAnon")]

    def look(self):
        """The window's pixels: to see that something happened."""
        return subprocess.run(["import", "-silent", "-window", "root", "rgb:-"], stdout=subprocess.PIPE).stdout


def play(screen, command, passphrase, wanted, picture):
    program = Program(screen, command)
    looks = [program.look()]

    def step(what, action):
        result = program.cost(action)
        looks.append(program.look())
        if looks[-1] == looks[-2]:
            sys.exit(f"{command[0]}: nothing changed on the screen after: {what}")
        if picture:
            subprocess.run(["import", "-silent", "-window", "root", f"{picture}_{what}.png"], check=True)
        return result

    at_start = program.resident()
    xdotool("windowfocus", "--sync", program.window)
    step("typed", lambda: program.type(passphrase))
    unlock = step("unlocked", lambda: program.keys("Return"))
    program.cost(lambda: program.keys("ctrl+f"))
    search = step("searched", lambda: program.type(wanted))
    opened = program.resident()
    step("locked", lambda: program.keys("ctrl+l"))
    return unlock, search, (at_start, opened, program.resident())


def measure(bench, arguments, count, name):
    screen = Screen(bench.folder)
    wanted = name[:9]
    print(f"\nthe window with {count} profiles; the search is 9 letters, 40 ms apart; resident: all (own)")
    print(f"{'':14}| {'unlock to list':>20} | {'search':>10} | {'at start':>14} | {'open':>15} | {'locked':>15}")
    try:
        for label, command in [
            ("a365", [os.path.join(arguments.programs, "a365-password-tool"), "--vault", bench.place(f"{count}.a365vault")]),
            ("keepassxc", ["keepassxc", bench.place(f"equal-{count}.kdbx")]),
        ]:
            picture = arguments.pictures and os.path.join(arguments.pictures, f"window_{label}")
            (wall, unlock), (_, search), sizes = play(screen, command, bench.passphrase, wanted, picture)
            memory = " | ".join(f"{both:6.1f} ({own:5.1f})" for both, own in sizes)
            print(f"{label:14}| {wall * 1e3:6.0f} ms {unlock:5.0f} ms CPU | {search:5.0f} ms | {memory} MiB", flush=True)
            screen.end()
    finally:
        screen.close()
