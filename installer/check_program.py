#!/usr/bin/env python3
"""Checks the Windows programs for what protects the people who start them, and fails where something is missing.

    check_program.py PROGRAM...      a table of what was found, exit code 1 when anything is wrong
    check_program.py --version PROGRAM

Control Flow Guard is not offered by the GNU toolchain, so it is shown and not asked for.
"""

import os
import sys

from portable_executable import PortableExecutable

# Libraries that every Windows 10 and Server 2016 has. All but a few are "known DLLs" or API sets, which Windows never takes from
# the program's own folder.
OF_WINDOWS = {
    "advapi32.dll", "bcrypt.dll", "bcryptprimitives.dll", "cfgmgr32.dll", "combase.dll", "comctl32.dll", "comdlg32.dll", "crypt32.dll", "cryptnet.dll",
    "dwmapi.dll", "dwrite.dll", "gdi32.dll", "imm32.dll", "iphlpapi.dll", "kernel32.dll", "msvcrt.dll", "ncrypt.dll", "ntdll.dll",
    "ole32.dll", "oleaut32.dll", "opengl32.dll", "powrprof.dll", "propsys.dll", "rpcrt4.dll", "secur32.dll", "shell32.dll",
    "shlwapi.dll", "uiautomationcore.dll", "user32.dll", "userenv.dll", "uxtheme.dll", "winhttp.dll", "winmm.dll",
    "winspool.drv", "ws2_32.dll", "wtsapi32.dll",
}
PROTECTIONS = ["DYNAMIC_BASE", "HIGH_ENTROPY_VA", "NX_COMPAT"]
IN_MANIFEST = {
    "PerMonitorV2": "sharp on every monitor",
    "<activeCodePage xmlns=\"http://schemas.microsoft.com/SMI/2019/WindowsSettings\">UTF-8": "UTF-8 code page",
    "<longPathAware xmlns=\"http://schemas.microsoft.com/SMI/2016/WindowsSettings\">true": "long paths",
    "level=\"asInvoker\"": "no administrator rights",
    "{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}": "Windows 10 and later",
}
ICONS = [16, 20, 24, 32, 40, 48, 64, 128, 256]
WRITABLE, EXECUTABLE = 0x80000000, 0x20000000
SUBSYSTEMS = {2: "window", 3: "console"}


def faults_of(path, program):
    """What is wrong, in words."""
    for name in PROTECTIONS:
        if name not in program.protections:
            yield f"{name} is off"
    for name in program.imports():
        if name.lower() not in OF_WINDOWS and not name.lower().startswith(("api-ms-win-", "ext-ms-win-")):
            yield f"it needs {name}, which Windows does not have"
    for name, _, _, _, flags in program.sections:
        if flags & WRITABLE and flags & EXECUTABLE:
            yield f"section {name} can be written and executed"
    manifests = [manifest.decode("utf-8") for manifest in program.resources("manifest")]
    if len(manifests) != 1:
        yield f"it has {len(manifests)} manifests"
    for word, meaning in IN_MANIFEST.items():
        if not all(word in manifest for manifest in manifests):
            yield f"the manifest lacks: {meaning}"
    missing = [size for size in ICONS if size not in program.icon_sizes()]
    if missing:
        yield f"icon sizes missing: {missing}"
    if program.version() is None or "ProductName" not in program.version_texts():
        yield "it has no version information"
    # Without base relocations nothing could be moved, whatever the flags say.
    if not program.directories[5][1]:
        yield "it has no base relocations"
    expected = "console" if "cli" in os.path.basename(path) else "window"
    if SUBSYSTEMS.get(program.subsystem) != expected:
        yield f"it is a {SUBSYSTEMS.get(program.subsystem)} program, not a {expected} program"


def main():
    paths = sys.argv[1:]
    if paths and paths[0] == "--version":
        print(".".join(map(str, PortableExecutable(paths[1]).version())))
        return 0
    wrong = 0
    for path in paths:
        program = PortableExecutable(path)
        print(f"{path}: {len(program.data) / 1e6:.2f} MB, {SUBSYSTEMS.get(program.subsystem)} program")
        print(f"  version {'.'.join(map(str, program.version() or ()))} {program.version_texts()}")
        print(f"  on: {', '.join(sorted(program.protections))}; Control Flow Guard: {'on' if 'GUARD_CF' in program.protections else 'not offered by this toolchain'}")
        print(f"  icons: {program.icon_sizes()}; time stamp {program.timestamp}")
        print(f"  imports: {', '.join(program.imports())}")
        for fault in faults_of(path, program):
            print(f"  WRONG: {fault}")
            wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
