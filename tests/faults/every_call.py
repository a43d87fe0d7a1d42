#!/usr/bin/env python3
"""Spoils every system call of a vault's save, one after the other: it fails (no room, an error of the disk, no right,
interrupted, no locks), takes half of its bytes, or the program is killed before or after it. Whatever happens, the vault
is the old or the new one, whole; what was acknowledged is there; exit code and message fit; the next save goes well.

usage: every_call.py --program target/debug/a365-password-cli [--long]

Linux with gcc. The short form spoils the calls of a first and of a later save in three ways; the long one those of all
five commands in every way. Says at the end what it did.
"""

import argparse
import errno
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import preload

HERE = Path(__file__).resolve().parent
PASSPHRASE = secrets.token_urlsafe(24)
CHEAP = ["--memory-mib", "19", "--passes", "2", "--lanes", "1"]
CONNECTION = ["--url", "https://contoso.crm4.dynamics.com", "--client-id", "11112222-aaaa-3333-bbbb-4444cccc5555"]
GOOD, BAD_NEWS, WRONG_USE, BROKEN = range(4)
ERRORS = {name: str(getattr(errno, name)) for name in ["ENOSPC", "EIO", "EACCES", "EINTR", "EDQUOT", "EROFS", "ENOLCK"]}
KINDS = {**ERRORS, "short": "short", "full": "full", "kill-before": "kill-before", "kill-after": "kill-after"}
# How a failure is to be called.
CODES = {"ENOSPC": "disk_full", "EDQUOT": "disk_full", "full": "disk_full", "EACCES": "permission_denied",
         "EROFS": "permission_denied", "EIO": "vault_error", "ENOLCK": "vault_error"}
SHORT_FORM = ["ENOSPC", "full", "kill-before"]


class Program:
    def __init__(self, path, shim):
        self.path, self.shim = Path(path).resolve(), shim

    def run(self, folder, words, more="", fault=None):
        environment = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
        if fault:
            environment.update({"LD_PRELOAD": str(self.shim), "FAULT_FOLDER": str(folder), **fault})
        command = [self.path, "--vault", folder / "v.a365vault", *words, "--json"]
        done = subprocess.run(command, input=f"{PASSPHRASE}\n{more}", capture_output=True, text=True, timeout=60,
                              env=environment)
        return done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr

    def add(self, folder, name, fault=None):
        words = ["profile", "add", name, *CONNECTION, "--secret-stdin", "--passphrase-stdin"]
        return self.run(folder, words, secrets.token_urlsafe(24), fault)

    def names(self, folder):
        code, answer, message = self.run(folder, ["profile", "list", "--passphrase-stdin"])
        assert code == GOOD, f"the vault does not open: {message}"
        return [profile["name"] for profile in answer["profiles"]]

    def backups(self, folder):
        code, answer, message = self.run(folder, ["vault", "backups"])
        assert code == GOOD, message
        return answer["backups"]


class Command:
    """A command that saves: how to run it, and what is there after it was done and after it was not."""

    def __init__(self, name, run, done, undone):
        self.name, self.run, self.done, self.undone = name, run, done, undone


def damage(folder):
    vault = folder / "v.a365vault"
    vault.write_bytes(vault.read_bytes()[:-100])


def commands(program):
    oldest = ["vault", "restore", "--backup", "1", "--passphrase-stdin"]
    newest = ["vault", "restore", "--passphrase-stdin"]
    create = ["vault", "create", *CHEAP, "--passphrase-stdin"]
    start = ["A", "B", "C"]
    return [
        # Makes the folder of backups.
        Command("first save", lambda folder, fault: program.add(folder, "New", fault), ["New"], []),
        # Thins them: there are ten already.
        Command("later save", lambda folder, fault: program.add(folder, "New", fault), [*start, "New"], start),
        Command("restore", lambda folder, fault: program.run(folder, oldest, fault=fault), [], start),
        Command("create", lambda folder, fault: program.run(folder, create, fault=fault), [], None),
        Command("restore over a damaged vault", lambda folder, fault: program.run(folder, newest, fault=fault), start,
                "damaged"),
    ]


def prepare(command, pristine, folder):
    if command.name == "first save":
        shutil.copytree(pristine.with_name("empty"), folder)
    elif command.undone is None:
        folder.mkdir()
    else:
        shutil.copytree(pristine, folder)
    if command.undone == "damaged":
        damage(folder)


def state_of(program, command, folder):
    """What is there now: names, "damaged", or None for no vault."""
    if not (folder / "v.a365vault").exists():
        return None
    code, answer, _ = program.run(folder, ["profile", "list", "--passphrase-stdin"])
    if code == GOOD:
        return [profile["name"] for profile in answer["profiles"]]
    if command.undone == "damaged" and answer["error"]["code"] == "vault_damaged":
        return "damaged"
    raise AssertionError(f"neither old nor new: {answer}")


def spoil(program, command, pristine, folder, number, kind):
    """Runs the command with call `number` spoilt. Out: whether that call came at all, and whether it was acknowledged."""
    prepare(command, pristine, folder)
    kept_before = len(program.backups(folder))
    log = folder.with_suffix(".log")
    fault = {"FAULT_AT": str(number), "FAULT_KIND": KINDS[kind], "FAULT_LOG": str(log)}
    code, answer, message = command.run(folder, fault)
    calls = log.read_text().splitlines()
    log.unlink()
    which = calls[number - 1] if number <= len(calls) else "-"
    try:
        now = state_of(program, command, folder)
        killed = code == -signal.SIGKILL
        assert now in (command.done, command.undone), f"now {now}"
        assert code != GOOD or now == command.done, "acknowledged and not there"
        if kind in ("short", "EINTR"):
            assert code == GOOD, f"not a failure, yet code {code}: {message}"
        elif not killed and code != GOOD:
            assert code == BROKEN, f"code {code}: {message}"
            error = answer["error"]
            assert error["code"] == CODES[kind], f"misleading: {error}"
            assert error["message"] in message and len(error["message"].split()) > 8, f"no message: {message!r}"
            assert now == command.undone, "refused and yet done"
        assert all(backup["state"] == "whole" for backup in program.backups(folder)), "a damaged backup"
        assert len(program.backups(folder)) >= kept_before, "a backup is lost"
        if now not in (None, "damaged"):
            code, _, message = program.add(folder, "Afterwards")
            assert code == GOOD, f"the next save fails: {message}"
            assert sorted(program.names(folder)) == sorted([*now, "Afterwards"])
            left = [path.name for path in folder.rglob("*.new*")]
            assert not left, f"left behind: {left}"
    except AssertionError as problem:
        print(f"FAILED: {command.name}, {kind} at call {number} ({which}): {problem}", file=sys.stderr)
        raise
    finally:
        shutil.rmtree(folder)
    return number <= len(calls), code == GOOD, which


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--long", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name).resolve()
        shim = preload.built(HERE / "shim.c", place)
        program = Program(arguments.program, shim)
        pristine = place / "pristine"
        pristine.mkdir()
        code, _, message = program.run(pristine, ["vault", "create", *CHEAP, "--passphrase-stdin"])
        assert code == GOOD, message
        shutil.copytree(pristine, place / "empty")
        for name in ["A", "B", "C"]:
            code, _, message = program.add(pristine, name)
            assert code == GOOD, message
        for number in range(9):
            code, _, message = program.run(pristine, ["profile", "set", "A", "--notes", str(number), "--passphrase-stdin"])
            assert code == GOOD, message
        assert len(program.backups(pristine)) == 10
        kinds = list(KINDS) if arguments.long else SHORT_FORM
        for command in commands(program)[: None if arguments.long else 2]:
            total = 0
            seen = set()
            for kind in kinds:
                number = 1
                while True:
                    came, _, which = spoil(program, command, pristine, place / "try", number, kind)
                    if not came:
                        break
                    seen.add(which.split()[0])
                    total += 1
                    number += 1
            assert total >= 15 * len(kinds), f"only {total} calls were spoilt: does the shim see them?"
            print(f"{command.name}: {total} spoilt calls ({', '.join(kinds)}), nothing lost; calls: {', '.join(sorted(seen))}")


if __name__ == "__main__":
    main()
