#!/usr/bin/env python3
"""Writes LICENCES.txt: our own licence and those of everything that is linked into the programs, with their texts.

    licences.py OUTPUT

Fails for a crate under a licence that is not on the list below. A crate under several licences to choose from is used
under the first of them on this list.
"""

import os
import re
import sys

from dependencies import linked_crates

ACCEPTED = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Zlib", "0BSD", "BSL-1.0",
            "CC0-1.0", "Unlicense", "Unicode-3.0", "OFL-1.1", "CDLA-Permissive-2.0", "Ubuntu-font-1.0",
            "MPL-2.0"]
LICENCE_FILE = re.compile(r"^(licen[cs]e|copying|copyright|notice|unlicen[cs]e)", re.IGNORECASE)
NAMES_IN_FILES = {"MIT": "mit", "Apache-2.0": "apache", "BSD-2-Clause": "bsd", "BSD-3-Clause": "bsd", "Zlib": "zlib",
                  "ISC": "isc", "Unlicense": "unlicense", "CC0-1.0": "cc0", "BSL-1.0": "boost", "0BSD": "0bsd"}

BESIDE_CRATES = """\
Rust's standard library: MIT OR Apache-2.0, Copyright (c) The Rust Project Contributors.
The start-up code and import libraries of mingw-w64: public domain and Zope Public License 2.1; no warranty of any kind.
winpthreads of mingw-w64: MIT, Copyright (c) 2011 mingw-w64 project.
libgcc: GPL-3.0-or-later WITH GCC-exception-3.1, which lets programs that are linked with it have any licence.
The fonts Inter and JetBrains Mono: SIL Open Font License 1.1 (below).
"""


def chosen(expression):
    """The licences of one way to fulfil an SPDX expression, or None where no way is accepted."""
    expression = expression.strip()
    pieces = split(expression, " OR ")
    if len(pieces) > 1:
        ways = [way for way in map(chosen, pieces) if way]
        return min(ways, key=lambda way: max(map(ACCEPTED.index, way)), default=None)
    pieces = split(expression, " AND ")
    if len(pieces) > 1:
        ways = list(map(chosen, pieces))
        return sorted(set(sum(ways, []))) if all(ways) else None
    if expression.startswith("(") and expression.endswith(")"):
        return chosen(expression[1:-1])
    return [expression] if expression in ACCEPTED else None


def split(expression, word):
    """The parts around `word` outside of brackets."""
    parts, depth, begin, at = [], 0, 0, 0
    while at < len(expression):
        depth += {"(": 1, ")": -1}.get(expression[at], 0)
        if depth == 0 and expression.startswith(word, at):
            parts.append(expression[begin:at])
            at += len(word)
            begin = at
        else:
            at += 1
    return parts + [expression[begin:]]


def texts_of(crate, licences):
    """The texts of a crate's licence files that belong to `licences`; of all of them where the names do not tell."""
    names = sorted(name for name in os.listdir(crate.folder) if LICENCE_FILE.match(name))
    names = [name for name in names if os.path.isfile(os.path.join(crate.folder, name))]
    words = [NAMES_IN_FILES.get(licence.split(" ")[0], licence.lower()) for licence in licences]
    fitting = [name for name in names if any(word in name.lower() for word in words) or name.lower().startswith("notice")]
    for name in fitting or names:
        with open(os.path.join(crate.folder, name), encoding="utf-8", errors="replace") as file:
            yield "\n".join(line.rstrip() for line in file.read().strip().splitlines())


def main():
    root, crates = linked_crates()
    by_text, without, refused, lines = {}, [], [], []
    for crate in crates:
        licences = chosen(crate.licence)
        if licences is None:
            refused.append(f"{crate.name} {crate.version}: {crate.licence or 'no licence named'}")
            continue
        lines.append(f"{crate.name} {crate.version}: {' AND '.join(licences)}")
        texts = list(texts_of(crate, licences))
        if not texts:
            without.append(crate)
        for text in texts:
            by_text.setdefault(text, []).append(crate)
    if refused:
        sys.exit("Not on the list of accepted licences (installer/licences.py):\n  " + "\n  ".join(refused))
    with open(sys.argv[1], "w", encoding="utf-8", newline="\r\n") as out:
        out.write(f"{root.name} {root.version} is under MIT OR Apache-2.0, as you like. Both texts are at the end.\n\n")
        out.write("It is linked with what follows; each with the licence under which it is used.\n\n")
        out.write("The source of each crate, unchanged, is in the Rust package registry under its name and version.\n")
        out.write(BESIDE_CRATES + "\n" + "\n".join(lines) + "\n")
        if without:
            out.write("\nThese have no file with the text; their authors as they name themselves:\n")
            for crate in without:
                out.write(f"  {crate.name} {crate.version}: {', '.join(crate.authors) or crate.repository or 'unnamed'}\n")
        for text, users in sorted(by_text.items(), key=lambda item: item[1][0].name):
            out.write("\n" + "=" * 100 + "\n")
            out.write(", ".join(f"{crate.name} {crate.version}" for crate in users) + "\n\n" + text + "\n")
        for title, path in [("The fonts", "resources/fonts/LICENSE-OFL.txt"), (root.name, "LICENSE-MIT"), (root.name, "LICENSE-APACHE")]:
            with open(path, encoding="utf-8") as file:
                out.write("\n" + "=" * 100 + f"\n{title}\n\n{file.read().strip()}\n")
    print(f"{len(crates)} crates, {len(without)} without a licence file")


if __name__ == "__main__":
    main()
