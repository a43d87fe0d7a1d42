#!/usr/bin/python3
"""One vault on several computers and accounts: made on Linux and opened on Windows, the other way round, and opened by the
Windows account (DPAPI) where it was added and nowhere else.

    accounts.py --dist FOLDER --linux target/release/a365-password-cli
"""

import argparse
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile

from command_line import CommandLine
from wine import Windows

PASSPHRASE = f"quatre mots très longs {secrets.token_hex(6)}"
SECRET = f"not-a-real-secret;={secrets.token_hex(8)}"
CLIENT_ID = "11112222-aaaa-3333-bbbb-4444cccc5555"


class Linux:
    """The command line of this system, with a home of its own."""

    def __init__(self, program, home):
        self.program = os.path.abspath(program)
        names = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")
        self.env = {**os.environ, **{name: home for name in names}}

    def run(self, *arguments, stdin=""):
        answer = subprocess.run([self.program, *arguments], input=stdin.encode(), env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert answer.returncode == 0, f"{arguments}: {answer.returncode}\n{answer.stderr.decode()}"
        return answer.stdout.decode()

    def ask(self, *arguments, stdin=""):
        return json.loads(self.run(*arguments, "--json", stdin=stdin))


def add_profile(cli, vault, name):
    cli.run(
        "profile", "add", name, "--url", "https://contoso.crm4.dynamics.com", "--client-id", CLIENT_ID, "--expires", "2099-12-31",
        "--notes", "Żółw", "--vault", vault, "--passphrase-stdin", "--secret-stdin", stdin=f"{PASSPHRASE}\n{SECRET}",
    )


def profiles(cli, vault):
    """{name: (secret, notes)}"""
    listed = cli.ask("profile", "list", "--vault", vault, "--passphrase-stdin", "--reveal", stdin=PASSPHRASE + "\n")["profiles"]
    return {profile["name"]: (profile["client_secret"], profile["notes"]) for profile in listed}


def made_on_linux(linux, windows_cli, folder):
    """Opened and changed on Windows, read again on Linux."""
    vault = os.path.join(folder, "from-linux.a365vault")
    linux.run("vault", "create", "--vault", vault, "--passphrase-stdin", stdin=PASSPHRASE + "\n")
    add_profile(linux, vault, "Łódź")
    on_windows = windows_cli.windows.windows_path(vault)
    assert profiles(windows_cli, on_windows) == {"Łódź": (SECRET, "Żółw")}
    add_profile(windows_cli, on_windows, "Söhne")
    assert profiles(linux, vault) == {"Łódź": (SECRET, "Żółw"), "Söhne": (SECRET, "Żółw")}


def made_on_windows(linux, windows_cli):
    """Read on Linux, as a copy."""
    windows = windows_cli.windows
    vault = r"C:\vaults\from-windows.a365vault"
    os.makedirs(windows.path(r"C:\vaults"))
    windows_cli.run("vault", "create", "--vault", vault, "--passphrase-stdin", stdin=PASSPHRASE + "\n")
    add_profile(windows_cli, vault, "Contoso")
    assert profiles(linux, windows.path(vault)) == {"Contoso": (SECRET, "Żółw")}
    return vault


def opened_by_the_account(windows_cli, vault):
    """Without a passphrase, once that was allowed."""
    list_it = ["profile", "list", "--vault", vault, "--this-account"]
    windows_cli.run(*list_it, expect=1)
    windows_cli.run("vault", "add-account", "--vault", vault, "--passphrase-stdin", stdin=PASSPHRASE + "\n")
    assert [profile["name"] for profile in windows_cli.ask(*list_it)["profiles"]] == ["Contoso"]
    kinds = {slot["kind"]: slot["this_account"] for slot in windows_cli.ask("vault", "slots", "--vault", vault, "--this-account")["slots"]}
    assert kinds == {"passphrase": False, "os-account": True}, kinds


def not_by_another(windows_cli, vault, template, dist):
    """A copy at another user's asks for the passphrase, and that opens it."""
    with Windows(template, user="another") as windows:
        other = CommandLine(windows, dist)
        os.makedirs(windows.path(r"C:\vaults"), exist_ok=True)
        shutil.copy(windows_cli.windows.path(vault), windows.path(vault))
        other.run("profile", "list", "--vault", vault, "--this-account", expect=1)
        assert profiles(other, vault) == {"Contoso": (SECRET, "Żółw")}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dist", required=True)
    parser.add_argument("--linux", required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Windows() as windows:
        linux = Linux(arguments.linux, folder)
        fresh = Windows(windows)
        cli = CommandLine(windows, arguments.dist)
        made_on_linux(linux, cli, folder)
        vault = made_on_windows(linux, cli)
        opened_by_the_account(cli, vault)
        not_by_another(cli, vault, fresh, arguments.dist)
        fresh.close()
    print("4 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
