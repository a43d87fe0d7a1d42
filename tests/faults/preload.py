"""C code that comes between a program and its libraries, by LD_PRELOAD."""

import os
import pathlib
import subprocess


def built(source, folder):
    """The library made of a C file, in `folder`. Linux with gcc."""
    library = os.path.join(folder, pathlib.Path(source).stem + ".so")
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, source, "-ldl"], check=True)
    return library
