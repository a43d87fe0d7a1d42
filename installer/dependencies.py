"""The crates that are linked into the Windows programs, as Cargo resolves them. Used by licences.py and bill_of_materials.py."""

import json
import subprocess

TARGET = "x86_64-pc-windows-gnu"


class Crate:
    """One crate at one version."""

    def __init__(self, package):
        self.id, self.name, self.version = package["id"], package["name"], package["version"]
        self.licence = (package["license"] or "").replace("/", " OR ")
        self.folder = package["manifest_path"].rsplit("/", 1)[0]
        self.authors, self.repository = package["authors"], package["repository"]
        self.description = (package["description"] or "").strip()
        self.needs = []


def names_in_tree():
    """(name, version) of all that is linked. `cargo tree` leaves out what only tests ask for, which `cargo metadata` mixes in."""
    command = ["cargo", "tree", "--locked", "--target", TARGET, "--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"]
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return {(line.split(" ")[0], line.split(" ")[1].lstrip("v")) for line in lines if line}


def linked_crates():
    """(our own crate, the others by name and version). What only builds or tests them is not linked: build
    dependencies, development dependencies, procedural macros and what those need."""
    linked = names_in_tree()
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", TARGET]
    metadata = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    crates = {package["id"]: Crate(package) for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    root = crates[metadata["resolve"]["root"]]
    seen, pending = {root.id}, [root]
    while pending:
        crate = pending.pop()
        for dependency in nodes[crate.id]["deps"]:
            other = crates[dependency["pkg"]]
            if (other.name, other.version) not in linked or not any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                continue
            crate.needs.append(other)
            if other.id not in seen:
                seen.add(other.id)
                pending.append(other)
    others = [crates[id] for id in seen if id != root.id]
    return root, sorted(others, key=lambda crate: (crate.name, crate.version))


def checksums():
    """SHA-256 of each crate's archive by (name, version), from Cargo.lock."""
    found, block = {}, {}
    with open("Cargo.lock", encoding="utf-8") as lock:
        for line in [*lock, "[[package]]"]:
            if line.startswith("[[package]]"):
                if "checksum" in block:
                    found[block["name"], block["version"]] = block["checksum"]
                block = {}
            elif " = " in line:
                key, value = line.strip().split(" = ", 1)
                block[key] = value.strip('"')
    return found
