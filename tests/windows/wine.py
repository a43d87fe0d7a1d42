"""A Windows computer to try programs on: a Wine prefix of its own, its registry and its files.

    with Windows() as windows:
        answer = windows.run([r"C:\\a365-password-cli.exe", "vault", "info"])

Nothing of the user's own Wine is read or changed. Programs do not end by themselves when Wine hangs, so every call has a limit.
"""

import hashlib
import os
import re
import shutil
import ssl
import struct
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
LIMIT = 120.0
"""Seconds that one program may take."""


class Windows:
    """One Wine prefix: new, or a copy of another. `user` is whoever is signed in, else the one who runs this."""

    def __init__(self, template=None, user=None):
        self.folder = tempfile.mkdtemp(prefix="windows-")
        self.prefix = os.path.join(self.folder, "prefix")
        self.user = user
        if template:
            template.settle()
            shutil.copytree(template.prefix, self.prefix, symlinks=True)
        else:
            self._create()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _create(self):
        self.start(["wineboot", "-i"]).communicate(timeout=LIMIT)
        # Wine 8 plays Windows 7 otherwise, which the installers refuse.
        self.start(["winecfg", "-v", "win10"]).communicate(timeout=LIMIT)
        self.settle()
        # Wine 10 has the library; Wine 8 lacks it.
        system = self.path(r"C:\windows\system32")
        if not os.path.isfile(os.path.join(system, "ucrtbase.dll")):
            raise RuntimeError("Wine did not make its prefix; is the package wine64 installed?")
        if not os.path.isfile(os.path.join(system, "bcryptprimitives.dll")):
            library = os.path.join(system, "bcryptprimitives.dll")
            source = os.path.join(HERE, "bcryptprimitives.c")
            compiler = ["x86_64-w64-mingw32-gcc", "-shared", "-O2", "-s", "-o", library, source, "-ladvapi32"]
            subprocess.run(compiler, check=True)

    # Running

    def environment(self, more=None):
        """What programs of this computer get."""
        environment = {**os.environ, **(more or {})}
        environment.update(WINEPREFIX=self.prefix, WINEDEBUG="-all", WINEDLLOVERRIDES="mscoree,mshtml,winemenubuilder.exe=")
        for name in ("WINEARCH", "WINELOADER", "WINESERVER"):
            environment.pop(name, None)
        if self.user:
            environment.update(USER=self.user, LOGNAME=self.user)
        return environment

    def start(self, command, env=None, **options):
        """Starts a program, `command[0]` by a Windows path, a path of this system or a name that Wine knows."""
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        return subprocess.Popen(["wine", *command], env=self.environment(env), start_new_session=True, **options)

    def run(self, command, stdin="", env=None, limit=LIMIT):
        """Runs a program to its end: an object with `returncode`, `stdout` and `stderr` (text)."""
        program = self.start(command, env, stdin=subprocess.PIPE)
        try:
            out, err = program.communicate(stdin.encode(), timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(program.pid, 9)
            raise AssertionError(f"{command[0]} did not end within {limit} s")
        return subprocess.CompletedProcess(command, program.returncode, out.decode("utf-8"), err.decode("utf-8", "replace"))

    def settle(self, limit=60.0):
        """Waits until every program has ended; only then is the registry in its files."""
        subprocess.run(["wineserver", "-w"], env=self.environment(), timeout=limit, check=False)

    def stop(self):
        """Ends every program at once."""
        subprocess.run(["wineserver", "-k"], env=self.environment(), timeout=60, check=False)
        self.settle()

    def close(self):
        """Ends and removes everything."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    # Files

    def path(self, windows_path):
        r"""Where `C:\…` lies on this system. Upper and lower case have to be right."""
        return os.path.join(self.prefix, "drive_c", *windows_path.split("\\")[1:])

    def user_folder(self, *names):
        r"""A path below C:\users\NAME."""
        users = os.path.join(self.prefix, "drive_c", "users")
        name = next(name for name in sorted(os.listdir(users)) if name != "Public")
        return os.path.join(users, name, *names)

    def windows_path(self, path):
        """What programs of this computer call a path below its drive C, or any other path (drive Z)."""
        drive = os.path.join(self.prefix, "drive_c") + os.sep
        path = os.path.abspath(path)
        if path.startswith(drive):
            return "C:\\" + path[len(drive) :].replace("/", "\\")
        return "Z:" + path.replace("/", "\\")

    def files(self):
        """Every file and folder of drive C; what lies behind links out of it is not looked at."""
        found = set()
        drive = os.path.join(self.prefix, "drive_c")
        for folder, folders, files in os.walk(drive):
            found.update(os.path.relpath(os.path.join(folder, name), drive) for name in [*folders, *files])
        return found

    # Registry

    def registry(self):
        """{key: {name: value}} of the whole registry, as Wine's files tell it. Settles first."""
        self.settle()
        keys = {}
        for file, root in (("system.reg", "HKLM"), ("user.reg", "HKCU")):
            with open(os.path.join(self.prefix, file), encoding="latin-1") as lines:
                keys.update(read_registry(lines, root))
        return keys

    def trust(self, pem_path):
        """Puts a certificate among the roots that every program trusts."""
        with open(pem_path, encoding="ascii") as file:
            der = ssl.PEM_cert_to_DER_cert(file.read())
        # A store's entry is a list of properties: the hash (3) and the certificate itself (32), each with its length.
        digest = hashlib.sha1(der).digest()
        blob = b"".join(struct.pack("<III", kind, 1, len(value)) + value for kind, value in ((3, digest), (32, der)))
        self.import_registry(
            r"[HKEY_LOCAL_MACHINE\Software\Microsoft\SystemCertificates\Root\Certificates" + f"\\{digest.hex().upper()}]",
            '"Blob"=hex:' + ",".join(f"{byte:02x}" for byte in blob),
        )

    def scale(self, percent):
        """Makes everything so large, as Settings, Display, Scale does; for programs that start afterwards."""
        self.import_registry(r"[HKEY_CURRENT_USER\Control Panel\Desktop]", f'"LogPixels"=dword:{96 * percent // 100:08x}')

    def import_registry(self, *lines):
        """Imports lines in the form of a .reg file."""
        path = os.path.join(self.folder, "import.reg")
        with open(path, "w", encoding="utf-16", newline="\r\n") as file:
            file.write("\n".join(["Windows Registry Editor Version 5.00", "", *lines, ""]))
        answer = self.run(["regedit", "/S", self.windows_path(path)])
        assert answer.returncode == 0, answer.stderr
        os.remove(path)


def read_registry(lines, root):
    """{key: {name: value}} from one of Wine's registry files. Names and values stay as they are written there."""
    keys, values = {}, None
    for line in lines:
        line = line.rstrip("\n")
        if line.startswith("["):
            key = line[1 : line.index("]")].replace("\\\\", "\\")
            values = keys.setdefault(f"{root}\\{key}", {})
        elif values is not None and re.match(r'^(@|"(?:[^"\\]|\\.)*")=', line):
            name, value = re.match(r'^(@|"(?:[^"\\]|\\.)*")=(.*)$', line).groups()
            value = value[1:-1] if value.startswith('"') and value.endswith('"') else value
            values["" if name == "@" else unescape(name[1:-1])] = unescape(value)
    return keys


def unescape(text):
    """A text as it was before Wine wrote it into its file."""
    return re.sub(r'\\(["\\])', r"\1", text)


def until(what, check, seconds=60.0):
    """Calls `check` until it returns something true, and returns that."""
    end = time.monotonic() + seconds
    while True:
        result = check()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(0.1)
