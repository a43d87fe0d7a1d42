#!/usr/bin/python3
"""Both installers: an older version, used, upgraded, refused as a downgrade, uninstalled; and what they leave behind.

    installers.py --dist FOLDER

The older version is the same programs packed as 0.0.9. What counts is files and registry: exit codes tell little under Wine.
"""

import argparse
import glob
import os
import re
import secrets
import subprocess
import sys
import tempfile

from screen import Desktop, Window
from wine import Windows, until

HERE = os.path.dirname(os.path.abspath(__file__))
PASSPHRASE = f"four words {secrets.token_hex(6)}"
NAME = "A365 Password Tool"
ARP = r"Software\Microsoft\Windows\CurrentVersion\Uninstall"
TASKS = r"C:\windows\system32\tasks"
# What Wine itself writes when programs run, whatever they do; and the uninstaller's copy of itself, which Windows removes at the
# next restart.
NOT_OURS = re.compile(
    r"windows/(temp|Installer|inf|system32/winmd|system32/tasks)|ProgramData/Microsoft|users/[^/]+/(AppData/Local/)?Temp(/~nsu|$)"
)


class Installed:
    """A computer before anything was installed, and the programs once they are."""

    def __init__(self, windows, folder):
        self.windows, self.folder = windows, folder
        self.files, self.registry = windows.files(), windows.registry()

    def file(self, name):
        return os.path.join(self.windows.path(self.folder), name)

    def is_there(self):
        return all(os.path.isfile(self.file(name)) for name in ("a365-password-tool.exe", "a365-password-cli.exe", "LICENCES.txt"))

    def cli(self, *arguments, stdin="", expect=0):
        answer = self.windows.run([self.folder + r"\a365-password-cli.exe", *arguments], stdin=stdin)
        assert answer.returncode == expect, f"{arguments}: {answer.returncode}\n{answer.stdout}\n{answer.stderr}"
        return answer.stdout

    def left_behind(self):
        """Files, keys and values that were not there before: (files, registry)."""
        registry = self.windows.registry()
        files = sorted(path for path in self.windows.files() - self.files if not NOT_OURS.match(path))
        keys = []
        for key, values in registry.items():
            before = self.registry.get(key)
            if before is None:
                keys.append(key)
            keys += [f"{key} : {name}" for name, value in values.items() if (before or {}).get(name) != value]
        return files, sorted(keys)


def versions(windows, root):
    """The versions of the program in the list of installed programs."""
    keys = windows.registry()
    return [values.get("DisplayVersion") for key, values in keys.items()
            if key.startswith(f"{root}\\{ARP}") and values.get("DisplayName") == NAME]


def is_associated(windows, root, installed):
    """A vault opens with the installed program."""
    keys = windows.registry()
    command = keys.get(root + r"\Software\Classes\A365PasswordTool.Vault\shell\open\command", {}).get("", "")
    icon = keys.get(root + r"\Software\Classes\A365PasswordTool.Vault\DefaultIcon", {}).get("", "")
    program = installed.folder + r"\a365-password-tool.exe"
    assert command == f'"{program}" --vault "%1"', command
    assert icon == f'"{program}",0', icon
    assert keys[root + r"\Software\Classes\.a365vault"][""] == "A365PasswordTool.Vault"


def start_menu(windows):
    """The Start menu's links of the program, for this account and for all."""
    return [path for path in windows.files() if "Start Menu" in path and os.path.basename(path) == f"{NAME}.lnk"]


def double_click(root, installed, vault):
    """The command that a double click on the vault runs. Wine looks for it among those of the computer only, and not among the
    account's, where Windows looks first."""
    if root == "HKLM":
        return ["start", "/wait", vault]
    return [installed.folder + r"\a365-password-tool.exe", "--vault", vault]


def opens_a_vault(desktop, windows, root, installed):
    """A double click on a vault opens the window on it; so does the Start menu."""
    vault = r"C:\vaults\Kunde Ä.a365vault"
    os.makedirs(windows.path(r"C:\vaults"), exist_ok=True)
    installed.cli("vault", "create", "--vault", vault, "--passphrase-stdin", stdin=PASSPHRASE + "\n")
    window = Window(desktop, windows, double_click(root, installed, vault))
    window.says("Unlock the vault")
    until("the vault's name", lambda: "Kunde" in window.text())
    window.press("alt+F4")
    window.gone()
    (link,) = start_menu(windows)
    window = Window(desktop, windows, ["start", "/unix", os.path.join(windows.prefix, "drive_c", link)])
    window.says("Welcome to A365")
    window.press("alt+F4")
    window.gone()
    windows.settle()


def tasks(windows):
    """Names of the scheduled tasks."""
    folder = windows.path(TASKS)
    return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


def the_setup(desktop, template, older, newer):
    """For one account."""
    with Windows(template) as windows:
        installed = Installed(windows, windows.windows_path(windows.user_folder("AppData", "Local", "Programs", NAME)))
        run = lambda setup, *more: windows.run([windows.windows_path(setup), "/S", *more])
        run(older)
        assert installed.is_there() and versions(windows, "HKCU") == ["0.0.9"], versions(windows, "HKCU")
        is_associated(windows, "HKCU", installed)
        assert len(start_menu(windows)) == 1
        assert tasks(windows) == [], "a silent set-up turns on no check that was not asked for"
        assert installed.cli("--version").startswith("a365-password-cli ")
        opens_a_vault(desktop, windows, "HKCU", installed)
        installed.cli("vault", "create", "--passphrase-stdin", stdin=PASSPHRASE + "\n")

        run(newer, "/REMINDERS=yes")
        (version,) = versions(windows, "HKCU")
        assert version != "0.0.9" and installed.is_there(), version
        assert len(tasks(windows)) == 1 and NAME in tasks(windows)[0], tasks(windows)
        assert r"HKCU\Software\Classes\a365-password-tool\shell\open\command" in windows.registry()

        assert run(older).returncode == 3
        assert versions(windows, "HKCU") == [version], "a downgrade was not refused"

        # A program that is open cannot be replaced; the set-up says so and changes nothing.
        window = Window(desktop, windows, [installed.folder + r"\a365-password-tool.exe"])
        assert run(newer).returncode == 3
        window.press("alt+F4")
        window.gone()

        windows.run([installed.folder + r"\uninstall.exe", "/S"])
        windows.settle()
        until("the uninstaller to end", lambda: not os.path.exists(installed.file("uninstall.exe")))
        left(installed, "HKCU", tasks(windows))


def the_package(desktop, template, older, newer):
    """For all accounts."""
    with Windows(template) as windows:
        installed = Installed(windows, rf"C:\Program Files\{NAME}")
        run = lambda *words: (windows.run(["msiexec", *words, "/qn"]), windows.settle())[0]
        run("/i", windows.windows_path(older), "REMINDERS=1")
        assert installed.is_there() and versions(windows, "HKLM") == ["0.0.9"], versions(windows, "HKLM")
        is_associated(windows, "HKLM", installed)
        assert len(start_menu(windows)) == 1
        signed_in = lambda: windows.registry()[r"HKLM\Software\Microsoft\Windows\CurrentVersion\Run"].get(f"{NAME} reminders")
        assert signed_in() == rf'"{installed.folder}\a365-password-tool.exe" --remind', signed_in()
        opens_a_vault(desktop, windows, "HKLM", installed)
        installed.cli("vault", "create", "--passphrase-stdin", stdin=PASSPHRASE + "\n")

        run("/i", windows.windows_path(newer))
        (version,) = versions(windows, "HKLM")
        assert version != "0.0.9" and installed.is_there(), (version, os.listdir(windows.path(installed.folder)))
        assert signed_in(), "the choice of the installation before is forgotten"

        run("/i", windows.windows_path(older))
        assert versions(windows, "HKLM") == [version], "a downgrade was not refused"

        run("/x", windows.windows_path(newer))
        left(installed, "HKLM", tasks(windows))


def left(installed, root, its_tasks):
    """Only the vault and what the program keeps for the account may be left."""
    files, keys = installed.left_behind()
    data = os.path.relpath(installed.windows.user_folder("AppData"), os.path.join(installed.windows.prefix, "drive_c"))
    of_account = [path for path in files if f"/{NAME}" in path and path.startswith(data) and "/Programs/" not in path]
    vaults = [path for path in files if path.startswith("vaults")]
    others = [path for path in files if path not in of_account and path not in vaults]
    ours = [key for key in keys if "a365" in key.lower()]
    print(f"  kept: {len(of_account)} files and folders of the account, {len(vaults)} of the vault elsewhere")
    print(f"  other files that were not there before: {others or 'none'}")
    print(f"  tasks: {its_tasks or 'none'}; registry entries with the program's name: {ours or 'none'}; "
          f"other entries, written by Wine: {len(keys) - len(ours)}")
    assert any(path.endswith("profiles.a365vault") for path in of_account), "the vault is gone"
    assert not versions(installed.windows, root) and not start_menu(installed.windows)
    assert not others and not ours and not its_tasks, (others, ours, its_tasks)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dist", required=True)
    arguments = parser.parse_args()
    one = lambda folder, ending: glob.glob(os.path.join(os.path.abspath(folder), f"*{ending}"))[0]
    with tempfile.TemporaryDirectory() as folder, Desktop(1280, 860) as desktop, Windows() as template:
        pack = [os.path.join(HERE, "..", "..", "installer", "package-windows.sh"), arguments.dist, "0.0.9", folder]
        subprocess.run(["bash", *pack], check=True, stdout=subprocess.DEVNULL)
        for chapter, ending in [(the_setup, "-setup.exe"), (the_package, ".msi")]:
            print(chapter.__name__, flush=True)
            chapter(desktop, template, one(folder, ending), one(arguments.dist, ending))
    print("2 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
