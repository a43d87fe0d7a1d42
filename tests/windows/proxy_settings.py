#!/usr/bin/python3
"""Which proxy Windows' own settings lead to, under Wine: a script (PAC) that answers, is missing, broken or slow; a script that is set in
the program; a proxy typed for this account; a policy for the whole computer.

    proxy_settings.py --dist FOLDER
"""

import argparse
import http.server
import json
import os
import shutil
import socket
import sys
import tempfile
import threading
import time

from wine import Windows

KEY = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"
POLICY = r"HKLM\Software\Policies\Microsoft\Windows\CurrentVersion\Internet Settings"


class ScriptServer(http.server.BaseHTTPRequestHandler):
    """Serves the script in the way that its path names."""

    proxy = ""

    def do_GET(self):
        text = f'function FindProxyForURL(url, host) {{ return "PROXY {self.proxy}"; }}'
        if self.path == "/missing":
            return self.send_error(404)
        if self.path == "/slow":
            time.sleep(20)
        if self.path == "/broken":
            text = "function FindProxyForURL(url, host) { return PROXY oops"
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ns-proxy-autoconfig")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        try:
            self.wfile.write(text.encode())
        except OSError:
            pass  # the client has given up, as it should

    def log_message(self, *_):
        pass


def refusing_proxy(asked):
    """A proxy that notes what it is asked and refuses; its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            client, _ = listener.accept()
            asked.append(client.recv(4096).split(b"\r\n")[0].decode())
            client.sendall(b"HTTP/1.1 403 Not today\r\nContent-Length: 0\r\n\r\n")
            client.close()

    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dist", required=True)
    arguments = parser.parse_args()
    asked = []
    proxy = f"127.0.0.1:{refusing_proxy(asked)}"
    ScriptServer.proxy = proxy
    scripts = http.server.ThreadingHTTPServer(("127.0.0.1", 0), ScriptServer)
    threading.Thread(target=scripts.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{scripts.server_port}"
    failed = 0
    with Windows() as windows:
        program = windows.windows_path(os.path.join(arguments.dist, "a365-password-cli.exe"))

        def registry(*words):
            done = windows.run(["reg", *words])
            assert done.returncode == 0, (words, done.stderr)

        def diagnose(name, code, words, most):
            nonlocal failed
            asked.clear()
            began = time.monotonic()
            done = windows.run([program, "diagnose", "network", "--cloud", "commercial", "--json"], env={"HTTPS_PROXY": ""})
            took = time.monotonic() - began
            hosts = json.loads(done.stdout)["hosts"]
            text = json.dumps(hosts, ensure_ascii=False)
            through = code == "proxy_refused"
            right = {host["code"] for host in hosts} == {code} and all(word in text for word in words) and took < most
            right = right and bool(asked) == through
            failed += not right
            print(f"{'ok  ' if right else 'FAIL'} {name} ({took:.1f} s, {len(asked)} asked){'' if right else ': ' + text}")

        script = ["add", rf"HKCU\{KEY}", "/v", "AutoConfigURL", "/t", "REG_SZ", "/f", "/d"]
        registry(*script, f"{address}/right")
        diagnose("a script", "proxy_refused", [f"proxy http://{proxy} (Windows script)", "403 Not today"], 20)
        for path, most in [("missing", 20), ("broken", 20), ("slow", 25)]:
            registry(*script, f"{address}/{path}")
            diagnose(f"a script that is {path}", "proxy_setting", ["automatic configuration script of Windows"], most)
        registry("delete", rf"HKCU\{KEY}", "/v", "AutoConfigURL", "/f")
        with tempfile.TemporaryDirectory() as folder:
            # A portable program has its settings beside it.
            os.mkdir(os.path.join(folder, "data"))
            shutil.copy(os.path.join(arguments.dist, "a365-password-cli.exe"), folder)
            installed, program = program, windows.windows_path(os.path.join(folder, "a365-password-cli.exe"))
            given = "script in this program's settings"
            for path, code, words, most in [
                ("right", "proxy_refused", [f"proxy http://{proxy} ({given})", "403 Not today"], 20),
                ("missing", "proxy_setting", ["configuration script set in this program's settings"], 20),
                ("slow", "proxy_setting", ["configuration script set in this program's settings"], 25),
            ]:
                with open(os.path.join(folder, "data", "settings.toml"), "w") as settings:
                    settings.write(f'proxy = "pac+{address}/{path}"\n')
                diagnose(f"a script that is set in the program ({path})", code, words, most)
            program = installed
        for root, said in [("HKCU", "Windows settings"), ("HKLM", "Windows policy")]:
            if root == "HKLM":
                registry("add", rf"HKCU\{KEY}", "/v", "ProxyEnable", "/t", "REG_DWORD", "/d", "0", "/f")
                registry("add", POLICY, "/v", "ProxySettingsPerUser", "/t", "REG_DWORD", "/d", "0", "/f")
            registry("add", rf"{root}\{KEY}", "/v", "ProxyEnable", "/t", "REG_DWORD", "/d", "1", "/f")
            registry("add", rf"{root}\{KEY}", "/v", "ProxyServer", "/t", "REG_SZ", "/d", proxy, "/f")
            diagnose(f"a typed proxy ({root})", "proxy_refused", [f"proxy http://{proxy} ({said})"], 20)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
