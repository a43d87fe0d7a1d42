"""Entra ID, Dataverse and Graph, played by the project's own simulator (examples/simulator.rs)."""

import json
import subprocess


class Simulator:
    """The running simulator. `cases` are by name, `many` are those that differ in nothing but their values."""

    def __init__(self, program, folder, many=0):
        self.process = subprocess.Popen(
            [program, folder, "--many", str(many)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        started = json.loads(self.process.stdout.readline())
        self.proxy, self.ca = started["proxy"], started["ca"]
        self.cases = {case["name"]: case for case in started["cases"]}
        self.many = [case for case in started["cases"] if case["name"] == "many"]

    def requests(self):
        """What clients sent, as the simulator recorded it."""
        self.process.stdin.write("requests\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())["requests"]

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=5)

    def environment(self):
        """What leads a program to the simulator, through its ordinary settings."""
        return {"HTTPS_PROXY": self.proxy, "SSL_CERT_FILE": self.ca, "NO_PROXY": ""}
