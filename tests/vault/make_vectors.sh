#!/usr/bin/env bash
# Makes the test vectors of the newest format version anew, with what the independent reader finds in each beside it.
# For a version that was not released yet: vectors of a released one stay as they are for ever.
#     tests/vault/make_vectors.sh
# Look at the differences before they are committed. Needs what check_reader.sh needs.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${PYTHON:-python3}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
A365_TEST_VECTORS=$folder cargo test --quiet --no-default-features --test vault -- --exact vectors::the_maker_of_vectors --nocapture
rm -f "$folder"/*.lock "$folder"/*.bak
rm -rf "$folder"/*.backups
for vector in "$folder"/*.a365vault; do
    printf '%s\n' 'correct horse battery vector' | "$python" tests/vault/reader.py "$vector" | "$python" -c '
import json, sys
print(json.dumps(json.load(sys.stdin)["payload"], ensure_ascii=False, indent=1))' > "${vector%.a365vault}.json"
done
cp "$folder"/* tests/data/
