#!/usr/bin/env python3
"""Writes a CycloneDX 1.5 bill of materials of the Windows programs: every crate that is linked into them.

    bill_of_materials.py OUTPUT [PROGRAM...]     (SOURCE_DATE_EPOCH: the time it bears)

The programs are named with their SHA-256. Equal input gives equal bytes.
"""

import hashlib
import json
import os
import sys
import time
import uuid

from dependencies import checksums, linked_crates

# Names the serial number is derived from; any constant would do.
NAMESPACE = uuid.UUID("5c8b1e0a-6b0f-4c1b-9c37-2d0e6b6d3a65")


def purl(crate):
    """The package URL, which is the component's reference as well."""
    return f"pkg:cargo/{crate.name}@{crate.version}"


def component(crate, sums):
    """A linked crate as a component."""
    entry = {"type": "library", "bom-ref": purl(crate), "name": crate.name, "version": crate.version,
             "scope": "required", "purl": purl(crate)}
    if crate.description:
        entry["description"] = crate.description
    if crate.licence:
        entry["licenses"] = [{"expression": crate.licence}]
    if (crate.name, crate.version) in sums:
        entry["hashes"] = [{"alg": "SHA-256", "content": sums[crate.name, crate.version]}]
    if crate.repository:
        entry["externalReferences"] = [{"type": "vcs", "url": crate.repository}]
    return entry


def main():
    output, programs = sys.argv[1], sys.argv[2:]
    root, crates = linked_crates()
    sums = checksums()
    moment = time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time())))
    parts = []
    for path in programs:
        with open(path, "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        name = os.path.basename(path)
        parts.append({"type": "file", "bom-ref": f"file:{name}", "name": name, "hashes": [{"alg": "SHA-256", "content": digest}]})
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", moment),
            "component": {"type": "application", "bom-ref": purl(root), "name": root.name, "version": root.version,
                          "description": root.description, "licenses": [{"expression": root.licence}], "purl": purl(root),
                          "components": parts},
        },
        "components": [component(crate, sums) for crate in crates],
        "dependencies": [{"ref": purl(crate), "dependsOn": sorted({purl(other) for other in crate.needs})}
                         for crate in [root, *crates]],
    }
    content = json.dumps(bill, sort_keys=True)
    bill["serialNumber"] = f"urn:uuid:{uuid.uuid5(NAMESPACE, content)}"
    with open(output, "w", encoding="utf-8", newline="\n") as out:
        json.dump(bill, out, indent=1)
        out.write("\n")
    print(f"{len(crates)} components")


if __name__ == "__main__":
    main()
