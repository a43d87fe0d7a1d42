#!/usr/bin/env python3
"""Attacks vaults with a second writer (`writer.py`), and looks whether the program holds.

    attacker.py --program a365-password-cli --open-vault examples/open_vault [PART OF AN ATTACK'S NAME]

Who attacks can write the vault's folder. He has no credential (a stranger), had one (a former member), or has one (a
member). The victims are the command line and a vault that stays open (`examples/open_vault.rs`), each with a home of its
own and so with what that account has seen. An attack succeeds when the attacker reads what is saved after he was removed,
when something that does not prove itself is taken over without a word, or when a save leaves a vault that does not open.
Exit code 1: one succeeded. Needs what `reader.py` needs.
"""
import argparse
import base64
import copy
import functools
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import reader
import writer

ALICE, BOB, FRANK = b"alice_has_this_passphrase", b"bob_has_this_passphrase", b"frank_has_this_passphrase"
ATTACKS = []


def attack(function):
    ATTACKS.append((function.__name__, function))
    return function


def attack_with(*values):
    """One attack, in a world of its own, for each of the values."""
    def register(function):
        for value in values:
            ATTACKS.append((f"{function.__name__}: {value}", functools.partial(function, value=value)))
        return function
    return register


class Account:
    """An account on a computer of its own: its home holds what it has seen."""

    def __init__(self, world, name, passphrase):
        self.world, self.passphrase, self.home = world, passphrase.decode(), world.folder / f"home of {name}"
        data = self.home / ".local" / "share"
        data.mkdir(parents=True)
        (self.home / "run").mkdir(mode=0o700)
        self.seen = data / "a365passwordtool" / "seen"
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(self.home), "XDG_DATA_HOME": str(data),
                            "XDG_CONFIG_HOME": str(self.home / ".config"), "XDG_RUNTIME_DIR": str(self.home / "run")}

    def cli(self, *arguments, lines=()):
        """The exit code, the answer as JSON, and what was said beside it."""
        done = subprocess.run(
            [PROGRAM, *arguments, "--vault", self.world.vault, "--json"], env=self.environment, text=True,
            capture_output=True, timeout=300, input="".join(line + "\n" for line in (self.passphrase, *lines)))
        try:
            answer = json.loads(done.stdout)
        except ValueError:
            answer = {}
        return done.returncode, answer, done.stderr.strip()

    def names(self):
        """The profiles' names, or why there are none; and whether something was said about it."""
        code, answer, said = self.cli("profile", "list", "--passphrase-stdin")
        if code:
            return answer.get("error", {}).get("code") or f"exit code {code}", said
        return [profile["name"] for profile in answer["profiles"]], said

    def save(self, name, secret):
        """None when it was saved, else why not."""
        code, answer, _ = self.cli("profile", "add", name, "--url", "https://contoso.crm4.dynamics.com",
                                   "--client-id", "66667777-bbbb-4888-9ccc-9999dddd0000",
                                   "--passphrase-stdin", "--secret-stdin", lines=[secret])
        return answer.get("error", {}).get("code", "broken") if code else None

    def open(self):
        return Open(self)


class Open:
    """A vault that stays open."""

    def __init__(self, account):
        self.process = subprocess.Popen([OPEN_VAULT, account.world.vault, account.seen], env=account.environment, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        account.world.processes.append(self.process)
        self.opened = self.tell(account.passphrase)

    def tell(self, *words):
        try:
            self.process.stdin.write(" ".join(words) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return {"error": "the program ended"}
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"error": "the program ended"}

    def ok(self, *words):
        answer = self.tell(*words)
        if "error" in answer:
            raise RuntimeError(f"{words[0]}: {answer['error']}")
        return answer["ok"]

    def save(self, name, secret):
        return self.tell("save", name, secret).get("error")


class World:
    """A folder with a vault that Alice created and that Bob and Frank open as well."""

    def __init__(self, members=(("Bob", BOB), ("Frank", FRANK))):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="attacker-"))
        self.share = self.folder / "share"
        self.share.mkdir()
        self.vault, self.processes, self.told = self.share / "v.a365vault", [], []
        self.privates, self.origins, self.data_keys = {}, set(), set()
        self.alice, self.bob = Account(self, "alice", ALICE), Account(self, "bob", BOB)
        code, *answer = self.alice.cli("vault", "create", "--memory-mib", "19", "--passes", "2", "--lanes", "1",
                                       "--passphrase-stdin")
        assert code == 0, answer
        window = self.alice.open()
        window.ok("save", "One", "the-first-secret")
        for label, passphrase in members:
            window.ok("add", label, passphrase.decode())
        window.process.stdin.close()

    def read(self):
        return self.vault.read_bytes()

    def put(self, data):
        """As a synchronising program does: in one step."""
        beside = self.share / "put"
        beside.write_bytes(data)
        beside.replace(self.vault)

    def learn(self, passphrase, data=None):
        """What somebody keeps who opens the file now."""
        found = reader.unseal(data or self.read(), "passphrase", passphrase)
        self.privates[found["slot"]["public_key"]] = found["private_key"]
        self.data_keys.add(found["data_key"])
        self.origins |= {found["origin_key"]}
        self.origins |= {base64.b64decode(it["key"]) for it in found.get("roster", {}).get("origins", [])}
        return found

    def reads(self, secret):
        """Whether the attacker finds the secret in any file of the folder with any key that he has."""
        for path in [path for path in self.share.rglob("*") if path.is_file()]:
            try:
                version, line, rest = reader.split(path.read_bytes())
                header = reader.parse(line)
                payload, _, _ = reader.parts(version, header, rest)
            except reader.Refused:
                continue
            keys = set(self.data_keys)
            for slot in header["slots"]:
                private = self.privates.get(slot["public_key"])
                for origin in self.origins if private else ():
                    info = f"a365vault v{version} data key|{header['vault_id']}|{slot['kind']}|{slot['public_key']}"
                    try:
                        keys.add(reader.hpke_open_psk(private, base64.b64decode(slot["sealed_data_key"]), info.encode(),
                                                      origin, header["vault_id"].encode()))
                    except (reader.InvalidTag, ValueError):
                        pass
            for key in keys:
                derived = writer.HKDF(writer.hashes.SHA256(), 32, base64.b64decode(header["payload"]["salt"]),
                                      b"a365vault v1 payload key").derive(key)
                try:
                    text = writer.AESGCM(derived).decrypt(writer.NONCE, payload, line)
                except reader.InvalidTag:
                    continue
                if writer.base64_of(secret.encode()).encode() in text:
                    return True
        return False

    def still_opens(self, passphrase=ALICE):
        """Why a right reader refuses the vault; None when it opens."""
        try:
            reader.unseal(self.read(), "passphrase", passphrase)
        except reader.Refused as error:
            return str(error)
        return None

    def hidden(self, data_key, origin, kind="x-token", **own):
        """A slot of the attacker's own, as the header has it."""
        slot, private = writer.new_slot(self.vault_id(), kind, b"hidden passphrase", origin, data_key, **own)
        self.privates[slot["public_key"]] = private
        return slot

    def vault_id(self):
        return json.loads(self.read().partition(b"\n")[0])["vault_id"]

    def end(self):
        for process in self.processes:
            process.kill()
            process.wait()
        shutil.rmtree(self.folder)


def fresh_secret():
    return f"made-{os.urandom(8).hex()}"


def told(world, name, held, what):
    world.told.append((held, name, what.replace(f"{world.share}/", "")))


def victims_meet(world, name, data, victims, said_is_enough=False):
    """Puts the file in place of the vault. No victim may save into it what the attacker reads, or take it over silently."""
    good = world.read()
    for label, victim in victims.items():
        world.put(data)
        secret, heard = fresh_secret(), ""
        if isinstance(victim, Account):
            names, heard = victim.names()
            took = isinstance(names, list)
            why = victim.save(f"after {secret}", secret)
        else:
            answer = victim.tell("refresh")
            took, names = "ok" in answer, answer.get("error", answer.get("ok"))
            why = victim.save(f"after-{secret}", secret)
            heard = victim.tell("standing").get("ok", "")
        read = why is None and world.reads(secret)
        held = not read and (not took or bool(heard) or said_is_enough)
        told(world, f"{name}; {label}", held, f"{names} | {'saved' if why is None else 'not saved'}"
             f"{' | said: ' + heard if heard and took else ''}{' | THE ATTACKER READS IT' if read else ''}")
        world.put(good)


@attack
def stranger_adds_slots(world):
    good = world.read()
    line, _, rest = good.partition(b"\n")
    header = json.loads(line)
    key, origin = os.urandom(32), os.urandom(32)
    bodies = {kind: world.hidden(key, origin, kind, **own) for kind, own in {
        "x-token": {}, "passphrase": {}, "recovery-key": {}, "os-account": {"keeper": "dpapi", "blob": ""}}.items()}
    window = world.alice.open()
    for kind, slot in bodies.items():
        for author in (header["author"], slot["salt"]):
            changed = header | {"slots": [*header["slots"], slot], "author": author}
            body = json.dumps(changed, separators=(",", ":")).encode() + b"\n" + rest[:-32]
            victims_meet(world, f"a slot of kind {kind} in the header", writer.with_checksum(body),
                         {"command line": world.alice, "open": window})
    for title, change in {"version 1 in the header": lambda h: {
            name: ([{n: v for n, v in slot.items() if n != "origin"} for slot in value] if name == "slots" else value)
            for name, value in (h | {"version": 1}).items() if name not in ("author", "roster_length")},
            "another author": lambda h: h | {"author": h["slots"][-1]["salt"]}}.items():
        body = json.dumps(change(header), separators=(",", ":")).encode() + b"\n"
        body += rest[:header["payload"]["length"]] if title.startswith("version") else rest[:-32]
        victims_meet(world, title, writer.with_checksum(body), {"command line": world.alice, "open": window})


def forgeries(world, known, current):
    """Files by somebody who opened `known` and was removed since; `current` is the file that is there now."""
    header, roster, me = known["header"], known["roster"], known["slot"]
    vault_id, last = header["vault_id"], roster["records"][-1]
    generation, key, origin = current["generation"] + 5, os.urandom(32), os.urandom(32)
    world.data_keys.add(key)
    world.origins.add(origin)
    payload = known["payload"] | {"saves": [os.urandom(8).hex() for _ in range(256)]}
    hidden = world.hidden(key, known["origin_key"])
    slots = [writer.seal_to(slot, vault_id, key, known["origin_key"]) for slot in header["slots"]]
    origins = writer.origins_of(known["origin_key"])
    alice = next(slot for slot in slots if slot["salt"] != me["salt"])

    def file(records, slots, author=me["salt"], **other):
        return writer.save_again(known, generation=other.pop("generation", generation), slots=slots, data_key=key,
                                 payload=payload, roster={"origins": other.pop("origins", origins), "records": records},
                                 author=author, **other)

    def record(before, members, by=me["salt"], **other):
        return writer.next_record(vault_id, before, by, known["private_key"], key, other.pop("with_origin", known["origin_key"]),
                                  members, **other)

    with_hidden = [*last["members"], writer.member_of(hidden, me["salt"])]
    record_of_his = record(last, with_hidden)
    yield "a record of his own after the last that he knew", file([*roster["records"], record_of_his], [*slots, hidden])
    far = generation + 1000
    yield "the same, far ahead", file([*roster["records"], record_of_his], [*slots, hidden], generation=far)
    yield "only a record of his own", file([record(last, with_hidden)], [*slots, hidden])
    yield "only a record with a high number", file(
        [record(None, with_hidden, number=999, previous=writer.base64_of(os.urandom(32)))], [*slots, hidden])
    chain = [record(None, with_hidden, number=900, previous=writer.base64_of(os.urandom(32)))]
    for _ in range(63):
        chain.append(record(chain[-1], with_hidden))
    yield "64 records of his own", file(chain, [*slots, hidden])
    first = record(None, with_hidden)
    yield "a record number 1 of his own", file([first], [*slots, hidden])
    same = [record(None, last["members"], number=current["records"] - 1, previous=writer.base64_of(os.urandom(32)))]
    same.append(record(same[0], with_hidden))
    yield "the number of the present record used again", file(same, [*slots, hidden])
    as_alice = writer.next_record(vault_id, last, alice["salt"], known["private_key"], key, known["origin_key"],
                                  [*last["members"], writer.member_of(hidden, alice["salt"])])
    yield "signed as somebody else", file([*roster["records"], as_alice], [*slots, hidden], author=alice["salt"])
    only_two = [slot for slot in slots if slot["salt"] in (me["salt"], alice["salt"])] + [hidden]
    others_gone = record(last, [member for member in with_hidden if member["slot"] in {s["salt"] for s in only_two}],
                         with_origin=origin)
    yield "the others dropped", file([*roster["records"], others_gone], only_two,
                                     origins=writer.origins_of(known["origin_key"], origin))
    # A slot with another member's salt and a public key of his own.
    victim = slots[-2]
    double = world.hidden(key, known["origin_key"], victim["kind"], salt=base64.b64decode(victim["salt"]))
    changed = [double if slot is victim else slot for slot in slots]
    members = [member | ({"public_key": double["public_key"]} if member["slot"] == victim["salt"] else {})
               for member in last["members"]]
    yield "another's salt with a key of his own", file([*roster["records"], record(last, members)], changed)
    cut = record(None, members, number=700, previous=writer.base64_of(os.urandom(32)))
    signed = writer.next_record(vault_id, cut, victim["salt"], world.privates[double["public_key"]], key,
                                known["origin_key"], members)
    yield "the same in a cut roster, signed with that key", file(
        [cut, signed], changed, author=victim["salt"], private_key=world.privates[double["public_key"]])
    # A public key of small order verifies a signature that anybody can write.
    for name, u in (("0", 0), ("1", 1), ("-1", writer.P - 1), ("p", writer.P)):
        weak = {"slot": writer.base64_of(os.urandom(32)), "kind": "x-token", "public_key": writer.base64_of(
            u.to_bytes(32, "little")), "origin": me["origin"], "by": me["salt"], "at": writer.now()}
        one = record(None, [*last["members"], weak], number=800, previous=writer.base64_of(os.urandom(32)))
        two = record(one, [*one["members"], writer.member_of(hidden, weak["slot"])], by=weak["slot"])
        two["signature"] = writer.base64_of(bytes([1]) + bytes(63))
        header_slot = hidden | {"salt": weak["slot"], "public_key": weak["public_key"]}
        yield f"a public key of small order, {name}", file([one, two], [*slots, header_slot, hidden])
    # Version 1 knows no proof.
    old = []
    for slot in [*header["slots"], hidden]:
        plain = {name: value for name, value in slot.items() if name != "origin"}
        old.append(writer.seal_to(plain, vault_id, key, known["origin_key"], version=1))
    yield "a version-1 file", writer.build(vault_id, generation, old, key, payload)
    named = record(last, with_hidden, data_key=current["data_key"])
    yield "the name of the present data key for another key", file([*roster["records"], named], [*slots, hidden])


def removed(world):
    """Frank is removed by Alice in a window that stays open; what he knows, and what may be known of the present file."""
    known = world.learn(FRANK)
    before = world.read()
    window = world.alice.open()
    window.ok("remove", "Frank")
    assert world.bob.save("by Bob", "b-secret") is None, world.bob.names()
    bobs = world.bob.open()
    window.ok("refresh")
    assert world.alice.names()[1] == ""
    now = reader.unseal(world.read(), "passphrase", ALICE)
    return known, before, window, bobs, {"generation": now["header"]["generation"], "now": now,
                                         "records": len(now["roster"]["records"]),
                                         "data_key": now["roster"]["records"][-1]["data_key"]}


@attack
def former_member_forges(world):
    older = [world.read()]
    known, before, window, bobs, current = removed(world)
    older.append(before)
    victims = {"Alice's command line": world.alice, "Alice's window": window, "Bob's window": bobs}
    for name, data in forgeries(world, known, current):
        victims_meet(world, name, data, victims)
    for data in older:
        victims_meet(world, "an old file again", data, victims)
    # Under the key that he knew: a save by him, and one that says it is Alice's.
    victims_meet(world, "a save of his under the old keys", writer.save_again(known), victims)
    other = next(slot for slot in known["header"]["slots"] if slot["salt"] != known["slot"]["salt"])
    victims_meet(world, "a save as Alice under the old keys", writer.save_again(known, author=other["salt"]), victims)


@attack
def first_opening(world):
    """Frank is removed and Alice changes her passphrase; on new computers, which have seen nothing, she meets Frank's files."""
    known = world.learn(FRANK)
    window = world.alice.open()
    window.ok("remove", "Frank")
    new = b"alice_has_a_newer_passphrase"
    code, answer, _ = world.alice.cli("vault", "set-passphrase", "--reviewed", "--passphrase-stdin", "--new-passphrase-stdin",
                                      lines=[new.decode()])
    assert code == 0, answer
    now = reader.unseal(world.read(), "passphrase", new)
    files = dict(forgeries(world, known, {"generation": now["header"]["generation"], "records": len(now["roster"]["records"]),
                                          "data_key": now["roster"]["records"][-1]["data_key"]}))
    files["his own file of before"] = writer.save_again(known)
    # The present slots, which anybody can read, with a data key of his own sealed to them.
    vault_id, key = known["header"]["vault_id"], os.urandom(32)
    for whose, origin in (("the origin key that he knew", known["origin_key"]), ("a stranger's origin key", os.urandom(32))):
        for named in ("as they were", "renamed"):
            slots = [writer.seal_to(slot, vault_id, key, origin) for slot in now["header"]["slots"]]
            if named == "renamed":
                slots = [slot | {"origin": reader.origin_name(origin)} for slot in slots]
            hidden, private = writer.new_slot(vault_id, "passphrase", FRANK, origin, key)
            members = [writer.member_of(slot, hidden["salt"]) for slot in [*slots, hidden]]
            record = writer.next_record(vault_id, None, hidden["salt"], private, key, origin, members)
            origins = writer.origins_of(now["origin_key"], origin) if named == "as they were" else writer.origins_of(origin)
            files[f"the present slots under {whose}, {named}"] = writer.build(
                vault_id, now["header"]["generation"] + 1, [*slots, hidden], key, writer.with_save(known["payload"]),
                roster={"origins": origins, "records": [record]}, author=hidden["salt"], private_key=private)
    good = world.read()
    for number, (name, data) in enumerate(files.items()):
        world.put(data)
        computer = Account(world, f"new computer {number}", new)
        names, said = computer.names()
        told(world, f"a new computer meets {name}", not isinstance(names, list), f"{names} {said[:60]}")
        world.put(good)
    # What the threat model says that a first opening cannot know: with the former passphrase a former state opens.
    world.put(writer.save_again(known))
    names, _ = Account(world, "a computer with the former passphrase", ALICE).names()
    told(world, "the former passphrase opens the former state and no later one", names == ["One"], str(names))


@attack
def account_has_seen_what_its_window_has_not(world):
    """Alice removes Frank with the command line; her window has not looked at the file since."""
    known = world.learn(FRANK)
    window = world.alice.open()
    slots = world.alice.cli("vault", "slots", "--passphrase-stdin")[1]["slots"]
    frank = next(slot["id"] for slot in slots if slot["label"] == "Frank")
    code, answer, _ = world.alice.cli("vault", "remove-slot", frank, "--passphrase-stdin")
    assert code == 0, answer
    now = reader.unseal(world.read(), "passphrase", ALICE)
    current = {"generation": now["header"]["generation"], "records": len(now["roster"]["records"]),
               "data_key": now["roster"]["records"][-1]["data_key"]}
    name, data = next(forgeries(world, known, current))
    victims_meet(world, name, data, {"Alice's window of before": window})


@attack
def former_member_in_a_record_that_was_set_back(world):
    """The addition of Frank is set back and made again; the file of the first addition comes after his removal."""
    window = world.alice.open()
    nobody = world.read()
    window.ok("add", "Gina", "gina_has_this_passphrase")
    first = world.read()
    world.learn(b"gina_has_this_passphrase", first)
    world.put(nobody)
    # Alice is told that it is an older copy, and accepts it.
    code, answer, _ = world.alice.cli("vault", "trust", "--passphrase-stdin")
    assert code == 0, answer
    again = world.alice.open()
    again.ok("add", "Gina", "gina_has_another_passphrase")
    world.bob.names()
    bobs = world.bob.open()
    again.ok("remove", "Gina")
    bobs.ok("refresh")
    # Alice signed that file: what is in it may be merged, and Gina still reads nothing.
    victims_meet(world, "an addition that was set back", first, {"Bob's window": bobs, "Bob's command line": world.bob},
                 said_is_enough=True)


@attack
def rollback(world):
    """A stranger puts an older file of the same keys in place."""
    older = world.read()
    opened = world.alice.open()
    assert world.alice.save("Two", "second") is None
    assert world.alice.save("Three", "third") is None
    opened.ok("refresh")
    saver = world.alice.open()
    saver.ok("save", "Four", "fourth")
    opened.ok("refresh")
    victims_meet(world, "an older file", older, {"command line": world.alice, "a window that saved": saver,
                                                 "a window that did not save": opened})


@attack
def rollback_by_a_planted_backup(world):
    """A member lays a file of his among the backups; whoever removes him seals and signs it with the new keys."""
    known = world.learn(FRANK)
    evil = known["payload"] | {"saves": [os.urandom(8).hex() for _ in range(256)], "profiles": [
        writer.profile("Planted", "p")]}
    planted = writer.save_again(known, generation=2**40, payload=evil, signature=bytes(64))
    backups = world.share / "v.a365vault.backups"
    digest = hashlib.sha256(planted[:-32]).hexdigest()[:8]
    name = f"20200101T000000Z-{2**40:010}-{world.vault_id()[:8]}-{digest}.a365vault"
    (backups / name).write_bytes(planted)
    window = world.alice.open()
    window.ok("remove", "Frank")
    window.ok("save", "After", "after")
    assert world.bob.names()[1] == ""
    found = [path for path in backups.iterdir() if f"-{2**40:010}-" in path.name]
    if not found:
        return told(world, "a planted backup", True, "it is gone")
    victims_meet(world, "a backup that was planted and sealed again", found[0].read_bytes(),
                 {"Bob's command line": world.bob, "Alice's command line": world.alice, "Alice's window": window})


@attack
def rollback_takes_the_own_slot(world):
    """A stranger puts a file in place from before the slot was added that a window was opened with."""
    older = world.read()
    world.alice.open().ok("add", "Alice-again", "alice_has_a_second_passphrase")
    second = Account(world, "second", b"alice_has_a_second_passphrase")
    for saved_before in (False, True):
        window = second.open()
        if saved_before:
            window.ok("save", "mine", "m")
        newest = world.read()
        world.put(older)
        refused = window.save("after", "a")
        told(world, f"the own slot is missing; {'saved' if saved_before else 'not saved'} before", world.still_opens() is None,
             f"{refused or 'saved'}; the file: {world.still_opens() or 'opens'}")
        world.put(newest)


@attack
def honest_fork_under_one_key(world):
    """Two people add ways to open the vault at the same time (no attacker): the merge must open."""
    common = world.read()
    alices = world.alice.open()
    world.put(common)
    bobs = world.bob.open()
    alices.ok("add", "Alice-again", "alice_has_a_second_passphrase")
    second = Account(world, "second", b"alice_has_a_second_passphrase").open()
    second.ok("save", "by-second", "s")
    seconds = world.read()
    world.put(common)
    bobs.ok("recovery-key")
    bobs.ok("save", "by-Bob", "b")
    theirs = world.read()
    for name, window, data in (("the slot that signs is in one branch", second, theirs), ("the other", bobs, seconds)):
        world.put(data)
        refused = window.tell("refresh").get("error") or window.save("after", "a")
        told(world, f"both added a slot: {name}", world.still_opens() is None,
             f"{refused or 'merged and saved'}; the file: {world.still_opens() or 'opens'}")


@attack_with("x-token", "passphrase")
def member_hides_a_slot(world, value):
    """A member adds a way in of his own and is then removed, by somebody who does not want to keep it."""
    known = world.learn(FRANK)
    header, me, last = known["header"], known["slot"]["salt"], known["roster"]["records"][-1]
    hidden = world.hidden(known["data_key"], known["origin_key"], value)
    record = writer.next_record(header["vault_id"], last, me, known["private_key"], known["data_key"], known["origin_key"],
                                [*last["members"], writer.member_of(hidden, me)])
    world.put(writer.save_again(known, slots=[*header["slots"], hidden], roster=known["roster"] | {
        "records": [*known["roster"]["records"], record]}))
    remove_frank(world, "the hidden slot")


def remove_frank(world, name):
    """Alice removes Frank: she is asked about what he hid, or the file is refused. Then she removes all that is his."""
    slots = world.alice.cli("vault", "slots", "--passphrase-stdin")[1].get("slots", [])
    frank = next((slot["id"] for slot in slots if slot["label"] == "Frank"), "?")
    code, answer, said = world.alice.cli("vault", "remove-slot", frank, "--passphrase-stdin")
    asked = answer.get("error", {}).get("code", "") if code else ""
    told(world, name, asked in ("review_needed", "vault_tampered"), f"{asked or 'removed without a question'} {said[:50]}")
    if asked != "review_needed":
        return
    header = json.loads(world.read().partition(b"\n")[0])
    ids = [base64.b64decode(slot["salt"])[:4].hex() for slot in header["slots"] if slot["public_key"] in world.privates]
    also = [word for slot in ids if slot != frank for word in ("--also", slot)]
    code, answer, said = world.alice.cli("vault", "remove-slot", frank, *also, "--reviewed", "--passphrase-stdin")
    secret = fresh_secret()
    why = answer.get("error") if code else world.alice.save(f"after {secret}", secret)
    broken, read = world.still_opens(), world.reads(secret)
    told(world, f"{name}, removed as well", not (why or read or broken),
         f"{why or 'saved'} {broken or ''}{' | THE ATTACKER READS IT' if read else ''}")


@attack_with("in a cut roster", "added by one that is gone")
def member_hides_who_added_his_slot(world, value):
    """The same, but the slot is not to be recognised as Frank's."""
    known = world.learn(FRANK)
    header, me, records = known["header"], known["slot"]["salt"], known["roster"]["records"]
    vault_id, last, data_key, origin = header["vault_id"], records[-1], known["data_key"], known["origin_key"]
    hidden = world.hidden(data_key, origin, "passphrase")
    if value == "in a cut roster":
        # Nothing proves who added it: it says Alice.
        members = [*last["members"], writer.member_of(hidden, header["slots"][0]["salt"], "2026-01-01T00:00:00Z")]
        forged = writer.next_record(vault_id, None, me, known["private_key"], data_key, origin, members,
                                    number=last["number"] + 1, previous=writer.base64_of(os.urandom(32)))
        world.put(writer.save_again(known, slots=[*header["slots"], hidden],
                                    roster=known["roster"] | {"records": [forged]}))
    else:
        # Frank adds one, that one adds the hidden one, and is removed.
        first = world.hidden(data_key, origin, "passphrase")
        private = world.privates[first["public_key"]]
        one = writer.next_record(vault_id, last, me, known["private_key"], data_key, origin,
                                 [*last["members"], writer.member_of(first, me)])
        two = writer.next_record(vault_id, one, first["salt"], private, data_key, origin,
                                 [*one["members"], writer.member_of(hidden, first["salt"])])
        key, fresh = os.urandom(32), os.urandom(32)
        world.origins.add(fresh)
        three = writer.next_record(vault_id, two, me, known["private_key"], key, fresh,
                                   [member for member in two["members"] if member["slot"] != first["salt"]])
        slots = [writer.seal_to(slot, vault_id, key, origin) for slot in [*header["slots"], hidden]]
        world.put(writer.save_again(known, slots=slots, data_key=key, roster={
            "origins": writer.origins_of(origin, fresh), "records": [*records, one, two, three]}))
    remove_frank(world, "the hidden slot")


@attack_with("save x y", "recovery-key", "remove Frank")
def member_leaves_a_trap(world, value):
    """A member writes what is in order, so that the next change by an honest program is not."""
    start = world.read()
    known = world.learn(FRANK)
    header, me, last = known["header"], known["slot"]["salt"], known["roster"]["records"][-1]
    own = (me, known["private_key"], known["data_key"], known["origin_key"])

    def record(before, members, **other):
        return writer.next_record(header["vault_id"], before, *own, members, **other)

    def cut(members, number):
        return [record(None, members, number=number, previous=writer.base64_of(os.urandom(32)))]

    def file(records, slots=header["slots"], **other):
        return writer.save_again(known, slots=slots, roster=known["roster"] | {"records": records}, **other)

    highest = [*cut(last["members"], 2**64 - 64)]
    for _ in range(63):
        highest.append(record(highest[-1], last["members"]))
    traps = {"the highest record number": file(cut(last["members"], 2**64 - 1)),
             "64 records up to the highest number": file(highest),
             "the highest generation": writer.save_again(known, generation=2**64 - 1)}
    for name, u in (("0", 0), ("1", 1), ("-1", writer.P - 1)):
        for kind in ("x-token", "passphrase"):
            weak = world.hidden(known["data_key"], known["origin_key"], kind) | {
                "public_key": writer.base64_of(u.to_bytes(32, "little"))}
            traps[f"a slot of kind {kind} with the public key {name}"] = file(
                [*known["roster"]["records"], record(last, [*last["members"], writer.member_of(weak, me)])],
                [*header["slots"], weak])
    for name, data in traps.items():
        shutil.rmtree(world.alice.seen, ignore_errors=True)
        shutil.rmtree(world.share / "v.a365vault.backups", ignore_errors=True)
        world.put(start)
        earlier = world.alice.open()
        world.put(data)
        for label, window in (("open before", earlier), ("opened", world.alice.open())):
            refused = window.opened.get("error") or window.tell(*value.split()).get("error")
            # A file of the attacker's own that is refused and left alone is no harm that the program has done.
            broken = world.still_opens() if world.read() != data else None
            told(world, f"{name}; {label}", broken is None, f"{refused or 'done'}; the file: {broken or 'opens'}")
            if broken:
                backups = list((world.share / "v.a365vault.backups").iterdir())
                told(world, f"{name}; backups", any(opens(path, ALICE) for path in backups), f"{len(backups)} looked at")
            shutil.rmtree(world.alice.seen, ignore_errors=True)
            world.put(data)
    # The slot of an open window is dropped or gets another key, under the same data key.
    alice, (_, public) = header["slots"][0], writer.key_pair()
    public = {"public_key": writer.base64_of(public)}
    dropped = file(cut(last["members"][1:], 50), header["slots"][1:])
    swapped = file(cut([last["members"][0] | public, *last["members"][1:]], 50), [alice | public, *header["slots"][1:]])
    for name, data in {"the window's slot is dropped": dropped, "the window's slot gets another key": swapped}.items():
        shutil.rmtree(world.alice.seen, ignore_errors=True)
        world.put(start)
        window = world.alice.open()
        world.put(data)
        refused = window.tell(*value.split()).get("error")
        broken = world.still_opens(BOB) if world.read() != data else None
        told(world, name, broken is None, f"{refused or 'done'}; the file: {broken or 'opens'}")


def opens(path, passphrase):
    try:
        reader.unseal(path.read_bytes(), "passphrase", passphrase)
    except reader.Refused:
        return False
    return True


@attack
def version_1_is_carried_over(world):
    """No attacker: the first save of a version-1 vault changes the slots."""
    for words in (("save", "x", "y"), ("recovery-key",), ("add", "Gina", "gina_has_this_passphrase"),
                  ("passphrase", "alice_has_this_passphrase", "alice_has_another_passphrase")):
        vault_id, origin, key = "0b6f1c9e-6f0e-4d0b-9f62-3c1d2e4f5a6b", os.urandom(32), os.urandom(32)
        slots = [writer.new_slot(vault_id, "passphrase", secret, origin, key, version=1)[0]
                 for secret in (b"alice_has_this_passphrase", b"bob_has_this_passphrase")]
        world.put(writer.build(vault_id, 7, slots, key, {"profiles": [writer.profile("One", "s")]}))
        window = Account(world, f"of {words[0]}", b"alice_has_this_passphrase").open()
        refused = window.tell(*words).get("error")
        broken = world.still_opens(b"bob_has_this_passphrase")
        told(world, f"version 1, then {words[0]}", broken is None and refused is None,
             f"{refused or 'done'}; the file: {broken or 'opens'}"[:160])


def main():
    global PROGRAM, OPEN_VAULT
    ask = argparse.ArgumentParser(usage=__doc__)
    ask.add_argument("--program", required=True, type=pathlib.Path)
    ask.add_argument("--open-vault", required=True, type=pathlib.Path)
    ask.add_argument("part", nargs="?", default="")
    args = ask.parse_args()
    PROGRAM, OPEN_VAULT = args.program.resolve(), args.open_vault.resolve()
    failed = 0
    for name, function in [(name, function) for name, function in ATTACKS if args.part in name]:
        world = World()
        print(name)
        try:
            function(world)
        finally:
            for held, name, what in world.told:
                print(f"  {'held     ' if held else 'SUCCEEDED'} {name}: {what}", flush=True)
                failed += not held
            world.end()
    sys.exit(f"{failed} attacks succeeded" if failed else 0)


if __name__ == "__main__":
    main()
