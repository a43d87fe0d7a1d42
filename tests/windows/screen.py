"""A window that is seen and used as a person does: its text is read from the screen, the mouse clicks on words.

Wine has no accessibility interface that another program could ask, so the words come from a screenshot (tesseract).
"""

import os
import subprocess
import sys
import time

from wine import until

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "story"))
from desktop import Desktop  # noqa: E402,F401  (for whoever uses a Window)

# The screenshot is read at so many times its size at 100 %; small print is not recognised otherwise. One after the other, because
# a word that is overlooked at one size is read at another.
ENLARGED = (2.5, 3.0, 2.0)


class Window:
    """A program's window on a `Desktop`; `scale` is how many pixels are a point there. Without a command it is the window of a program
    that somebody else has started."""

    def __init__(self, desktop, windows, command, title="A365 Password Tool", env=None, scale=1.0):
        self.desktop, self.windows, self.scale = desktop, windows, scale
        self.looks = 0
        self.process = command and windows.start(command, env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.id = until(f"a window called {title!r}", lambda: self._find(title), 60)
        self._leave()

    def _find(self, title):
        if self.process and self.process.poll() not in (None, 0):
            raise AssertionError(f"the program ended with {self.process.returncode}")
        found = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--name", title], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ).stdout.split()
        return found[-1] if found else None

    # Looking

    def picture(self, path):
        """The window's inside as a picture."""
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        subprocess.run(["import", "-silent", "-window", self.id, path], check=True)

    def words(self):
        """Every word on the screen as (text, left, top, width, height), line by line as `lines`."""
        return [word for line in self.lines() for word in line]

    def lines(self):
        """The screen's lines of words."""
        picture = os.path.join(self.desktop.folder, "look.png")
        enlarged = ENLARGED[self.looks % len(ENLARGED)] / self.scale
        # The text of the button that comes next is light on dark, which is read better turned round.
        turned = ["-negate"] if self.looks // len(ENLARGED) % 2 else []
        self.looks += 1
        enlarge = ["-resize", f"{enlarged * 100}%", "-colorspace", "Gray", *turned]
        subprocess.run(["import", "-silent", "-window", self.id, *enlarge, picture], check=True)
        read = ["tesseract", picture, "-", "--psm", "11", "tsv"]
        environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
        table = subprocess.run(read, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment).stdout
        lines = {}
        for row in table.splitlines()[1:]:
            cells = row.split("\t")
            if len(cells) == 12 and cells[11].strip():
                left, top, width, height = (int(cell) / enlarged for cell in cells[6:10])
                lines.setdefault(tuple(cells[1:5]), []).append((cells[11], left, top, width, height))
        return list(lines.values())

    def find(self, text):
        """The box (left, top, width, height) of words in a row, without what ends a sentence, now; None where they are not on the
        screen."""
        wanted = text.split()
        for line in self.lines():
            for at in range(len(line) - len(wanted) + 1):
                if [word[0].rstrip(".,:;") for word in line[at : at + len(wanted)]] == wanted:
                    first, last = line[at], line[at + len(wanted) - 1]
                    return first[1], first[2], last[1] + last[3] - first[1], max(first[4], last[4])
        return None

    def says(self, text, seconds=40.0):
        """Waits until the words are on the screen; their box."""
        return until(lambda: f"the words {text!r} on the screen; there are:\n{self.text()}", lambda: self.find(text), seconds)

    def text(self):
        """All words, line by line."""
        return "\n".join(" ".join(word[0] for word in line) for line in self.lines())

    # Doing

    def click(self, text, beside=0):
        """Clicks on the words, or that many points to the right of them (the field behind a label)."""
        left, top, width, height = self.says(text)
        x = left + width + beside * self.scale if beside else left + width / 2
        self._xdotool("mousemove", "--window", self.id, round(x), round(top + height / 2))
        self._xdotool("click", 1)
        self._leave()

    def scroll_up(self):
        """Turns the wheel over the form until it is at its top."""
        self._xdotool("mousemove", "--window", self.id, round(760 * self.scale), round(400 * self.scale))
        self._xdotool("click", "--repeat", 30, 4)
        self._leave()

    def _leave(self):
        """Moves the pointer into the corner: the words under it are drawn in a frame, and not read."""
        self._xdotool("mousemove", "--window", self.id, 1, 1)

    def type_into(self, label, text, beside=60):
        """Replaces what the field behind a label holds."""
        self.click(label, beside)
        self.press("ctrl+a")
        self.type_keys(text)

    def type_keys(self, text):
        """Hits the keys of `text` (ASCII); through standard input, so that no secret is in the list of programs."""
        self._xdotool("windowfocus", "--sync", self.id)
        subprocess.run(["xdotool", "type", "--delay", "12", "--file", "-"], input=text, text=True, check=True)

    def press(self, *keys):
        """Hits keys by their X names."""
        self._xdotool("windowfocus", "--sync", self.id)
        self._xdotool("key", "--delay", 12, *keys)

    def resize(self, width, height):
        """Makes the window's inside that large."""
        self._xdotool("windowsize", "--sync", self.id, width, height)

    def gone(self, seconds=30.0):
        """Waits until the window has closed."""
        search = ["xdotool", "search", "--onlyvisible", "--name", "A365 Password Tool"]
        until("the window to close", lambda: not subprocess.run(search, stdout=subprocess.PIPE).stdout.strip(), seconds)

    def _xdotool(self, *arguments):
        subprocess.run(["xdotool", *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


def play(desktop, chapters):
    """Plays one after the other; a screenshot stays of the one that fails."""
    for chapter in chapters:
        began = time.monotonic()
        try:
            chapter()
        except BaseException:
            desktop.screenshot("story-failed.png")
            raise
        print(f"{chapter.__name__} ({time.monotonic() - began:.1f} s)", flush=True)
