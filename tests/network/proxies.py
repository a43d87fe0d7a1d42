#!/usr/bin/env python3
"""Real proxies in a network of their own, with the simulator of Microsoft's services behind them: squid with Basic, Digest, a rule, and
TLS inspection; dante with and without a password.

    tests/network/proxies.py --program target/release/a365-password-cli --simulator target/debug/examples/simulator

Needs root (namespaces, port 443) and the Debian packages squid-openssl and dante-server. Where they are missing it prints NOT DONE and
ends with 0. Besides how each check ends, it looks for the client secret and the proxy's password in everything that the proxies wrote.
"""

import argparse
import base64
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

HOSTS = ["login.microsoftonline.com", "graph.microsoft.com"]
TOOLS = ["squid", "danted", "openssl", "ip", "unshare", "mount"]
HELPERS = "/usr/lib/squid"


class Lab:
    def __init__(self, folder, program, simulator):
        self.folder, self.program = folder, program
        self.password = secrets.token_urlsafe(18)
        self.started = []
        self.simulator = self.start([simulator, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        world = json.loads(self.simulator.stdout.readline())
        self.case = next(case for case in world["cases"] if case["name"] == "passes")
        self.behind = tuple(world["proxy"].removeprefix("http://").split(":"))

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def start(self, command, **more):
        process = subprocess.Popen(command, **more)
        self.started.append(process)
        return process

    def stop(self):
        for process in reversed(self.started):
            process.terminate()
        for process in self.started:
            process.wait(timeout=20)

    def name_hosts(self):
        """Each host gets an address of its own, whose port 443 leads to the simulator."""
        hosts = [self.case["environment_url"].removeprefix("https://"), *HOSTS]
        lines = ["127.0.0.1 localhost proxy.corp.example"]
        for number, host in enumerate(hosts, 2):
            address = f"127.0.9.{number}"
            lines.append(f"{address} {host}")
            server = socket.create_server((address, 443))
            threading.Thread(target=self.forward, args=(server, host), daemon=True).start()
        subprocess.run(["mount", "--bind", self.write("hosts", "\n".join(lines) + "\n"), "/etc/hosts"], check=True)

    def forward(self, server, host):
        while True:
            client, _ = server.accept()
            upstream = socket.create_connection(self.behind)
            upstream.sendall(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += upstream.recv(1)
            for source, sink in [(client, upstream), (upstream, client)]:
                threading.Thread(target=self.pump, args=(source, sink), daemon=True).start()

    @staticmethod
    def pump(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def squid(self, port, more, listen=""):
        name = f"squid-{port}"
        self.write(f"{name}.log", "")
        self.write(f"{name}.cache.log", "")
        config = f"""
http_port 127.0.0.1:{port} {listen}
pid_filename {self.path(name)}.pid
access_log stdio:{self.path(name)}.log
cache_log {self.path(name)}.cache.log
cache deny all
coredump_dir {self.folder}
visible_hostname proxy.corp.example
shutdown_lifetime 0 seconds
hosts_file /etc/hosts
debug_options ALL,1 29,9 11,2
{more}
"""
        subprocess.run(["chmod", "-R", "a+rwX", self.folder], check=True)
        path = self.write(f"{name}.conf", config)
        out = open(self.path(f"{name}.out"), "wb")
        self.start(["squid", "-N", "-f", path], stdout=out, stderr=out)
        self.wait_for(port)

    def wait_for(self, port):
        for _ in range(200):
            try:
                return socket.create_connection(("127.0.0.1", port)).close()
            except OSError:
                time.sleep(0.05)
        for name in (f"squid-{port}.out", f"dante-{port}.out"):
            if os.path.exists(self.path(name)):
                print(open(self.path(name), encoding="utf-8", errors="replace").read(), file=sys.stderr)
        raise SystemExit(f"nothing listens at port {port}")

    def dante(self, port, method):
        config = f"""
logoutput: stderr
internal: 127.0.0.1 port = {port}
external: 127.0.0.1
socksmethod: {method}
clientmethod: none
user.privileged: root
user.unprivileged: nobody
client pass {{
 from: 0.0.0.0/0 to: 0.0.0.0/0
 log: connect error
}}
socks pass {{
 from: 0.0.0.0/0 to: 0.0.0.0/0
 protocol: tcp
 log: connect error
}}
"""
        out = open(self.path(f"dante-{port}.out"), "wb")
        path = self.write(f"dante-{port}.conf", config)
        self.start(["danted", "-f", path, "-p", self.path(f"dante-{port}.pid")], stdout=out, stderr=out)
        self.wait_for(port)

    def check(self, proxy, trusted="ca.pem"):
        environment = {"PATH": os.environ["PATH"], "HTTPS_PROXY": proxy, "SSL_CERT_FILE": self.path(trusted)}
        for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
            environment[name] = self.folder
        case = self.case
        command = [self.program, "check", "--url", case["environment_url"], "--client-id", case["client_id"], "--json"]
        command += ["--secret-stdin", "--expires", "2999-12-31"]
        done = subprocess.run(command, env=environment, input=case["client_secret"] + "\n", capture_output=True, text=True, check=False)
        return json.loads(done.stdout)

    def run(self):
        self.name_hosts()
        passwords = self.write("passwords", f"ada:{self.password}\n")
        hashed = subprocess.run(["openssl", "passwd", "-apr1", "-stdin"], input=self.password, capture_output=True, text=True, check=True)
        basic = self.write("basic", f"ada:{hashed.stdout.strip()}\n")
        need = "acl known proxy_auth REQUIRED\nhttp_access deny !known\nhttp_access allow all\n"
        self.squid(3128, "http_access allow all\n")
        self.squid(3129, f"auth_param basic program {HELPERS}/basic_ncsa_auth {basic}\nauth_param basic realm corp\n{need}")
        self.squid(3130, f"auth_param digest program {HELPERS}/digest_file_auth {passwords}\nauth_param digest realm corp\n{need}")
        self.squid(3131, "acl sign_in dstdomain .microsoftonline.com\nhttp_access deny sign_in\nhttp_access allow all\n")
        company = "/C=NL/O=Contoso B.V./CN=Contoso TLS Inspection CA"
        extensions = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign"]
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", company, *extensions]
        subprocess.run([*command, "-keyout", self.path("co.key"), "-out", self.path("co.crt")], check=True, capture_output=True)
        with open(self.path("both.pem"), "w", encoding="ascii") as both:
            for name in ("ca.pem", "co.crt"):
                both.write(open(self.path(name), encoding="ascii").read())
        self.write("co.pem", open(self.path("co.key")).read() + open(self.path("co.crt")).read())
        store = self.path("ssl_db")
        subprocess.run([f"{HELPERS}/security_file_certgen", "-c", "-s", store, "-M", "4MB"], check=True, capture_output=True)
        inspecting = f"ssl-bump tls-cert={self.path('co.pem')} generate-host-certificates=on dynamic_cert_mem_cache_size=4MB"
        rules = f"""sslcrtd_program {HELPERS}/security_file_certgen -s {store} -M 4MB
acl step1 at_step SslBump1
ssl_bump peek step1
ssl_bump bump all
tls_outgoing_options cafile={self.path('ca.pem')}
http_access allow all
"""
        self.squid(3135, rules, inspecting)
        self.dante(1080, "none")

        mine = f"ada:{self.password}@"
        squid = "http://{}127.0.0.1:{}"
        cases = [
            ("squid, open", squid.format("", 3128), "ca.pem", None, []),
            ("squid, open, a password that nobody asks for", squid.format(mine, 3128), "ca.pem", None, []),
            ("squid, Basic", squid.format(mine, 3129), "ca.pem", None, []),
            ("squid, Basic, without a password", squid.format("", 3129), "ca.pem", "proxy_auth_required", ["Basic"]),
            ("squid, Basic, wrong", squid.format("ada:wrong@", 3129), "ca.pem", "proxy_auth_required", ["rejected", "ada"]),
            ("squid, Digest", squid.format(mine, 3130), "ca.pem", None, []),
            ("squid, Digest, wrong", squid.format("ada:wrong@", 3130), "ca.pem", "proxy_auth_required", ["rejected", "Digest"]),
            ("squid, a rule", squid.format("", 3131), "ca.pem", "proxy_refused", ["403", "login.microsoftonline.com"]),
            ("squid, inspection, trusted", squid.format("", 3135), "both.pem", None, ["Contoso TLS Inspection CA"]),
            ("squid, inspection, not trusted", squid.format("", 3135), "ca.pem", "tls_untrusted", ["Contoso TLS Inspection CA"]),
            ("dante", "socks5h://127.0.0.1:1080", "ca.pem", None, []),
            ("nothing there", squid.format("", 9), "ca.pem", "dropped", ["127.0.0.1:9"]),
        ]
        failed = 0
        for name, proxy, trusted, code, words in cases:
            answer = self.check(proxy, trusted)
            text = json.dumps(answer, ensure_ascii=False)
            right = answer["code"] == code and all(word in text for word in words) and self.password not in text
            failed += not right
            print(f"{'ok  ' if right else 'FAIL'} {name}: {answer['code'] or 'passed'} {'' if right else text}")
        pair = base64.b64encode(f"ada:{self.password}".encode()).decode()
        own = ("passwords", "basic")
        # The proxy that asks for Basic is the one that may know it, and it writes down what its helper is asked.
        its_own = (*own, "squid-3129.cache.log")
        wanted_nowhere = [
            (self.case["client_secret"], "client secret", own),
            (self.password, "proxy's password", its_own),
            (pair, "proxy's password in base64", its_own),
        ]
        for wanted, what, own in wanted_nowhere:
            holders = [
                file
                for file in os.listdir(self.folder)
                if file not in own and os.path.isfile(self.path(file)) and wanted.encode() in open(self.path(file), "rb").read()
            ]
            failed += bool(holders)
            print(f"{'FAIL' if holders else 'ok  '} the {what} in what the proxies wrote: {', '.join(holders) or 'nowhere'}")
        return 1 if failed else 0


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--program", required=True)
    arguments.add_argument("--simulator", required=True)
    arguments.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.inside:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            os.chmod(folder, 0o777)
            lab = Lab(folder, os.path.abspath(chosen.program), os.path.abspath(chosen.simulator))
            try:
                return lab.run()
            finally:
                lab.stop()
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if os.geteuid() != 0 or missing:
        print(f"NOT DONE: real proxies were not tested (root is needed; missing: {', '.join(missing) or 'nothing'}).")
        return 0
    again = [sys.executable, __file__, "--program", chosen.program, "--simulator", chosen.simulator, "--inside"]
    return subprocess.run(["unshare", "--net", "--mount", *again], check=False).returncode


sys.exit(main())
