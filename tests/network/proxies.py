#!/usr/bin/env python3
"""Real proxies in a network of their own, with the simulator of Microsoft's services behind them: squid with Basic, Digest, Kerberos
(a realm of MIT's), a rule, and TLS inspection; dante; and a proxy with NTLM.

    tests/network/proxies.py --program target/release/a365-password-cli --simulator target/debug/examples/simulator

Needs root (namespaces, port 443) and the Debian packages squid-openssl, dante-server, krb5-kdc, krb5-admin-server, krb5-user and
gss-ntlmssp; NTLM is the proxy in ntlm_proxy.py, run by the Python that .ci/crypto-python prints. Where they are missing it prints NOT DONE and
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
TOOLS = ["squid", "danted", "openssl", "ip", "unshare", "mount", "krb5kdc", "kdb5_util", "kadmin.local", "kinit"]
HELPERS = "/usr/lib/squid"


class Lab:
    def __init__(self, folder, program, simulator, ntlm_python):
        self.folder, self.program, self.ntlm_python = folder, program, ntlm_python
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

    def ntlm(self, port, accounts):
        out = open(self.path(f"ntlm-{port}.out"), "wb")
        self.start([self.ntlm_python, os.path.join(os.path.dirname(os.path.abspath(__file__)), "ntlm_proxy.py"), str(port), accounts], stdout=out, stderr=out)
        self.wait_for(port)

    def realm(self):
        """A Kerberos realm with the user ada and the proxy; ada's ticket is in the file `ticket`."""
        client = self.write("krb5.conf", """
[libdefaults]
default_realm = CORP.EXAMPLE
dns_lookup_kdc = false
dns_lookup_realm = false
rdns = false
dns_canonicalize_hostname = false
udp_preference_limit = 1
[realms]
CORP.EXAMPLE = {
kdc = 127.0.0.1:88
}
[domain_realm]
.corp.example = CORP.EXAMPLE
""")
        server = self.write("kdc.conf", f"""
[kdcdefaults]
kdc_listen = 127.0.0.1:88
kdc_tcp_listen = 127.0.0.1:88
[realms]
CORP.EXAMPLE = {{
database_name = {self.path("principal")}
key_stash_file = {self.path("stash")}
acl_file = {self.write("acl", "")}
}}
""")
        environment = {**os.environ, "KRB5_CONFIG": client, "KRB5_KDC_PROFILE": server}

        def run(*command, text=None):
            subprocess.run(command, env=environment, input=text, text=True, check=True, stdout=subprocess.DEVNULL)

        master = secrets.token_urlsafe(18)
        run("kdb5_util", "create", "-s", "-r", "CORP.EXAMPLE", text=f"{master}\n{master}\n")
        run("kadmin.local", text=f"addprinc ada\n{self.password}\n{self.password}\n")
        run("kadmin.local", "-q", "addprinc -randkey HTTP/proxy.corp.example")
        run("kadmin.local", "-q", f"ktadd -k {self.path('http.keytab')} HTTP/proxy.corp.example")
        out = open(self.path("kdc.out"), "wb")
        self.start(["krb5kdc", "-n"], env=environment, stdout=out, stderr=out)
        self.wait_for(88)
        run("kinit", "-c", f"FILE:{self.path('ticket')}", "ada", text=self.password + "\n")

    def check(self, proxy, trusted="ca.pem", account=None):
        """`account` is what proves who runs the program, as environment variables."""
        environment = {"PATH": os.environ["PATH"], "HTTPS_PROXY": proxy, "SSL_CERT_FILE": self.path(trusted)}
        environment |= {"KRB5CCNAME": "FILE:" + self.path("no-ticket"), "KRB5_CONFIG": self.path("krb5.conf")} | (account or {})
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
        self.realm()
        proves = f"KRB5_CONFIG={self.path('krb5.conf')} KRB5_KTNAME={self.path('http.keytab')} {HELPERS}/negotiate_kerberos_auth"
        kerberos = f"auth_param negotiate program /usr/bin/env {proves} -s HTTP/proxy.corp.example@CORP.EXAMPLE\n"
        self.squid(3132, kerberos + need)
        ticket = {"KRB5CCNAME": "FILE:" + self.path("ticket")}
        # As gss-ntlmssp reads them: domain, user, password.
        right, wrong = (self.write(f"ntlm-{name}", f"CORP:ada:{password}\n") for name, password in [("right", self.password), ("wrong", "no")])
        self.ntlm(3133, right)
        right, wrong = {"NTLM_USER_FILE": right}, {"NTLM_USER_FILE": wrong}
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
            ("squid, Kerberos", "http://proxy.corp.example:3132", "ca.pem", None, [], ticket),
            ("squid, Kerberos, no ticket", "http://proxy.corp.example:3132", "ca.pem", "proxy_auth_required", ["Negotiate", "credentials"]),
            ("squid, Kerberos, by its address", squid.format("", 3132), "ca.pem", "proxy_auth_required", ["Negotiate"], ticket),
            ("NTLM", "http://proxy.corp.example:3133", "ca.pem", None, [], right),
            ("NTLM, another password", "http://proxy.corp.example:3133", "ca.pem", "proxy_auth_required", ["NTLM", "did not accept"], wrong),
            ("NTLM, nobody signed in", "http://proxy.corp.example:3133", "ca.pem", "proxy_auth_required", ["NTLM"]),
            ("dante", "socks5h://127.0.0.1:1080", "ca.pem", None, []),
            ("nothing there", squid.format("", 9), "ca.pem", "dropped", ["127.0.0.1:9"]),
        ]
        failed = 0
        for name, proxy, trusted, code, words, *account in cases:
            answer = self.check(proxy, trusted, *account)
            text = json.dumps(answer, ensure_ascii=False)
            right = answer["code"] == code and all(word in text for word in words) and self.password not in text
            failed += not right
            print(f"{'ok  ' if right else 'FAIL'} {name}: {answer['code'] or 'passed'} {'' if right else text}")
        pair = base64.b64encode(f"ada:{self.password}".encode()).decode()
        own = ("passwords", "basic", "ntlm-right")
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
    arguments.add_argument("--inside", metavar="NTLM_PYTHON", help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.inside:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            os.chmod(folder, 0o777)
            lab = Lab(folder, os.path.abspath(chosen.program), os.path.abspath(chosen.simulator), chosen.inside)
            try:
                return lab.run()
            finally:
                lab.stop()
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if os.geteuid() != 0 or missing:
        print(f"NOT DONE: real proxies were not tested (root is needed; missing: {', '.join(missing) or 'nothing'}).")
        return 0
    # Found before the network is left: it may have to be installed.
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    ntlm_python = subprocess.run(["bash", ".ci/crypto-python"], cwd=root, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    again = [sys.executable, __file__, "--program", chosen.program, "--simulator", chosen.simulator, "--inside", ntlm_python]
    return subprocess.run(["unshare", "--net", "--mount", *again], check=False).returncode


sys.exit(main())
