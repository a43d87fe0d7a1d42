"""What a running program has in its memory, looked at from outside, and how much memory that is.

A secret is looked for as a person would write it and in the spellings in which it passes through a program:
UTF-8 (also what X11 and HTTPS carry), UTF-16 (what Windows and some toolkits keep), base64 (how the vault's
payload holds it), and as a piece of 16 characters, for copies of which a part was overwritten.
"""

import base64
import os

PAGE = 4096
PIECE = 16
"""Characters of a piece. 16 of a secret's letters do not stand anywhere by chance."""


def spellings(secret):
    """The byte strings by which a secret can be recognised, by the spelling's name."""
    middle = max(0, (len(secret) - PIECE) // 2)
    return {
        "UTF-8": secret.encode(),
        "UTF-16": secret.encode("utf-16-le"),
        "base64": base64.b64encode(secret.encode()),
        "a piece": secret[middle : middle + PIECE].encode(),
        "a piece in UTF-16": secret[middle : middle + PIECE].encode("utf-16-le"),
    }


def stacks(pid):
    """Where each thread's stack is right now, as (address, the thread's name)."""
    found = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{thread}/syscall") as call, open(f"/proc/{pid}/task/{thread}/comm") as name:
                found.append((int(call.read().split()[-2], 16), name.read().strip()))
        except (OSError, ValueError, IndexError):  # it runs, or is gone
            continue
    return found


def parts(pid):
    """All that the process can write to, as (what it is, its address, its bytes).

    Only an administrator may look, because the program keeps others out.
    """
    known_stacks = stacks(pid)
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            place, rights, *_, name = (line.rstrip("\n") + " ").split(" ", 5)
            if not rights.startswith("rw"):
                continue
            begin, end = (int(side, 16) for side in place.split("-"))
            owner = next((f"the stack of {name}" for top, name in known_stacks if begin <= top < end), None)
            try:
                memory.seek(begin)
                yield owner or name.strip() or "memory", begin, memory.read(end - begin)
            except (OSError, ValueError, OverflowError):
                continue


def memory_image(pid):
    """All that the process can write to, in one byte string; None where that may not be looked at.

    Pages of zeros are left out: they hold nothing, and most of a large program's memory is of that kind.
    """
    zeros, pieces = bytes(PAGE), []
    try:
        for _, _, content in parts(pid):
            kept = -1
            for page in range(0, len(content), PAGE):
                if content[page : page + PAGE] == zeros:
                    continue
                if kept != page:
                    pieces.append(b"\0")
                pieces.append(content[page : page + PAGE])
                kept = page + PAGE
    except PermissionError:
        return None
    return b"".join(pieces)


def found_in(image, secrets):
    """How many of the secrets stand in the image, by spelling."""
    found = {}
    for secret in secrets:
        for name, bytes_of_it in spellings(secret).items():
            found[name] = found.get(name, 0) + (bytes_of_it in image)
    return found


def places_of(pid, secrets, around=160):
    """Where secrets stand and what is around them, each itself left out: to find out who holds them."""
    for what, begin, content in parts(pid):
        for secret in secrets:
            for name, wanted in spellings(secret).items():
                start = content.find(wanted)
                while start >= 0:
                    before = content[max(0, start - around) : start]
                    after = content[start + len(wanted) : start + len(wanted) + around]
                    yield f"{name} in {what} at {begin + start:#x}: …{before!r} [it] {after!r}…"
                    start = content.find(wanted, start + 1)


def resident(pid):
    """Resident memory in MiB: (all of it, what is the program's own and in no file)."""
    values = {}
    with open(f"/proc/{pid}/status") as status:
        for line in status:
            name, _, value = line.partition(":")
            if name in ("VmRSS", "RssAnon"):
                values[name] = int(value.split()[0]) / 1024
    return values["VmRSS"], values["RssAnon"]


def own_parts(pid):
    """The program's own resident memory in MiB, by what it is: the heap, threads' heaps, stacks, other pages."""
    found, what = {}, None
    with open(f"/proc/{pid}/smaps") as smaps:
        for line in smaps:
            name, *rest = line.split()
            if not name.endswith(":"):
                begin, end = (int(side, 16) for side in name.split("-"))
                what = kind_of(begin, end, rest[4] if len(rest) > 4 else "")
            elif name == "Anonymous:":
                found[what] = found.get(what, 0) + int(rest[0]) / 1024
    return found


def kind_of(begin, end, file):
    """What a mapping is for. glibc lays each further heap of a thread at a multiple of 64 MiB."""
    if file:
        return file
    if begin % (64 << 20) == 0:
        return "a thread's heap"
    return "other pages, 1 MiB or more each" if end - begin >= 1 << 20 else "other pages, small"
