"""A scripted browser: follows the simulator's sign-in page as a person's browser would, and posts the answer to the program's
port."""

import html
import json
import re
import subprocess
import urllib.parse
import urllib.request


class People:
    """The simulator (examples/simulator.rs) with a tenant in which people sign in."""

    def __init__(self, program, folder, registrations=0, delay=0):
        command = [program, folder, "--registrations", str(registrations), "--delay", str(delay)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started = json.loads(self.process.stdout.readline())
        self.proxy, self.ca, self.world = started["proxy"], started["ca"], started["people"]

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=5)

    def environment(self):
        """What leads a program to the simulator, through its ordinary settings."""
        return {"HTTPS_PROXY": self.proxy, "SSL_CERT_FILE": self.ca, "NO_PROXY": "localhost,127.0.0.1"}


class Browser:
    def __init__(self, people):
        import ssl

        context = ssl.create_default_context(cafile=people.ca)
        proxied = urllib.request.ProxyHandler({"https": people.proxy})
        self.opener = urllib.request.build_opener(proxied, urllib.request.HTTPSHandler(context=context))
        self.account = people.world["account"]

    def _page(self, address, fields=None):
        data = urllib.parse.urlencode(fields).encode() if fields is not None else None
        with self.opener.open(address, data, timeout=20) as answer:
            return answer.read().decode()

    def sign_in(self, address, button="accept"):
        """Returns the page that the program shows at the end, or Microsoft's with its code."""
        page = self._page(address)
        for more in ({"login": self.account, "button": button}, {}):
            form = re.search(r'<form method="POST" action="([^"]*)">(.*?)</form>', page, re.DOTALL)
            if not form:
                return page
            inputs = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form.group(2))
            fields = {html.unescape(name): html.unescape(value) for name, value in inputs} | more
            page = self._page(html.unescape(form.group(1)), fields)
        return page
