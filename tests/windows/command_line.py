#!/usr/bin/python3
"""The command line under Wine: a vault, profiles, checks against the simulator, what lapses, and exit codes.

    command_line.py --dist FOLDER --simulator target/debug/examples/simulator
"""

import argparse
import json
import os
import secrets
import sys
import tempfile
import time

from wine import Windows

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "story"))
from simulator import Simulator  # noqa: E402

# With letters beyond ASCII, which a wrong code page would spoil.
PASSPHRASE = f"vier Wörter für łódź {secrets.token_hex(6)}"


class CommandLine:
    """a365-password-cli.exe on one computer."""

    def __init__(self, windows, dist, env=None):
        self.windows, self.env = windows, env
        self.program = windows.windows_path(os.path.join(dist, "a365-password-cli.exe"))

    def run(self, *arguments, stdin="", expect=0):
        """Its answer; fails when the exit code is another."""
        answer = self.windows.run([self.program, *arguments], stdin=stdin, env=self.env)
        assert answer.returncode == expect, f"{arguments}: exit code {answer.returncode}, not {expect}\n{answer.stdout}\n{answer.stderr}"
        return answer

    def ask(self, *arguments, stdin="", expect=0):
        """The JSON object it answers with."""
        return json.loads(self.run(*arguments, "--json", stdin=stdin, expect=expect).stdout)


def a_vault_with_profiles(cli, simulator):
    """Made in the account's own place, with names that need Unicode."""
    cli.run("vault", "create", "--passphrase-stdin", stdin=PASSPHRASE + "\n")
    vault = cli.windows.user_folder("AppData", "Roaming", "A365 Password Tool", "data", "profiles.a365vault")
    assert os.path.isfile(vault), f"no vault at {vault}"
    soon = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 10 * 86400))
    for name, case, expires in [("Żółw & Söhne", "passes", "2099-12-31"), ("wrong", "wrong-secret", soon)]:
        case = simulator.cases[case]
        cli.run(
            "profile", "add", name, "--url", case["environment_url"], "--client-id", case["client_id"], "--expires", expires,
            "--passphrase-stdin", "--secret-stdin", stdin=f"{PASSPHRASE}\n{case['client_secret']}",
        )
    cli.run("vault", "create", "--passphrase-stdin", stdin=PASSPHRASE + "\n", expect=2)
    listed = cli.ask("profile", "list", "--passphrase-stdin", stdin=PASSPHRASE + "\n")["profiles"]
    assert sorted(profile["name"] for profile in listed) == ["wrong", "Żółw & Söhne"], listed
    cli.run("profile", "list", "--passphrase-stdin", stdin="another\n", expect=1)


def a_connection_string(cli, simulator):
    """To the letter, as Linux writes it."""
    case = simulator.cases["passes"]
    written = cli.run("connection-string", "write", "Żółw & Söhne", "--passphrase-stdin", stdin=PASSPHRASE + "\n").stdout
    secret = case["client_secret"]
    expected = f"AuthType=ClientSecret;Url={case['environment_url']};ClientId={case['client_id']};ClientSecret={secret}"
    assert written.rstrip("\r\n") == expected, "the connection string differs"


def checks(cli, simulator):
    """Through the proxy of the environment and Windows' own trust store."""
    answer = cli.ask("check", "Żółw & Söhne", "--passphrase-stdin", stdin=PASSPHRASE + "\n")
    assert answer["passed"], answer
    answer = cli.ask("check", "wrong", "--passphrase-stdin", stdin=PASSPHRASE + "\n", expect=1)
    assert (answer["stage"], answer["code"]) == tuple(simulator.cases["wrong-secret"]["expect"].split(" ")), answer
    answer = cli.ask("check", "--all", "--passphrase-stdin", stdin=PASSPHRASE + "\n", expect=1)
    assert sorted(result["passed"] for result in answer["results"]) == [False, True], answer


def what_lapses(cli):
    """From the vault, and without a passphrase from the index that the saves left."""
    for arguments, stdin in [(["--passphrase-stdin"], PASSPHRASE + "\n"), (["--from-index"], "")]:
        answer = cli.ask("expiring", *arguments, stdin=stdin, expect=1)
        assert [profile["name"] for profile in answer["profiles"]] == ["wrong"], answer
        assert answer["profiles"][0]["days_left"] in (9, 10), answer
    nagios = cli.run("expiring", "--format", "nagios", "--from-index", "--within", "5d").stdout
    assert nagios.startswith(("OK", "A365")) or "OK" in nagios.splitlines()[0], nagios


def wrong_use(cli):
    """Exit codes that a script can trust."""
    assert "a365-password-cli" in cli.run("--help").stdout
    cli.run("no-such-command", expect=2)
    cli.run("vault", "info", "--vault", r"C:\nowhere\x.a365vault", expect=3)


def an_unknown_authority(dist, simulator, template):
    """Another computer does not trust the simulator's authority, and says so. Wine names the revocation first, because it cannot
    check a list whose issuer it does not know; Windows names the root."""
    case = simulator.cases["passes"]
    with Windows(template) as windows:
        cli = CommandLine(windows, dist, {"HTTPS_PROXY": simulator.proxy})
        answer = cli.ask(
            "check", "--url", case["environment_url"], "--client-id", case["client_id"], "--secret-stdin",
            stdin=case["client_secret"], expect=1,
        )
        assert answer["code"] in ("tls_untrusted", "tls_revocation_unknown"), answer


def nothing_leaked(windows, simulator):
    """No file of the computer holds a secret or the passphrase."""
    known = [PASSPHRASE] + [case["client_secret"] for case in simulator.cases.values()]
    spellings = [text.encode(form) for text in known for form in ("utf-8", "utf-16-le")]
    for folder, _, files in os.walk(os.path.join(windows.prefix, "drive_c", "users")):
        for file in files:
            with open(os.path.join(folder, file), "rb") as opened:
                content = opened.read()
            assert not any(spelling in content for spelling in spellings), f"a secret in {folder}/{file}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dist", required=True)
    parser.add_argument("--simulator", required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Windows() as windows:
        simulator = Simulator(os.path.abspath(arguments.simulator), folder)
        try:
            before = Windows(windows)
            windows.trust(simulator.ca)
            cli = CommandLine(windows, arguments.dist, {"HTTPS_PROXY": simulator.proxy})
            a_vault_with_profiles(cli, simulator)
            a_connection_string(cli, simulator)
            checks(cli, simulator)
            what_lapses(cli)
            wrong_use(cli)
            an_unknown_authority(arguments.dist, simulator, before)
            before.close()
            windows.settle()
            nothing_leaked(windows, simulator)
        finally:
            simulator.close()
    print("7 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
