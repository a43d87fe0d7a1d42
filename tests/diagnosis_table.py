#!/usr/bin/env python3
"""Prints, as a Markdown table, what the command line says in every case of the simulator.

usage: tests/diagnosis_table.py SIMULATOR CLI      (the built example and program)

One row for each case: the diagnosis' stage and code as expected, the case, and what `a365-password-cli check --json`
printed: stage and code, and the first sentence of the diagnosis. Ends with an error when one differs.
"""
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile

simulator, cli = (os.path.abspath(path) for path in sys.argv[1:3])
GUID = "11112222-aaaa-3333-bbbb-4444cccc5555"


def check(environment, case):
    command = [cli, "check", "--json", "--url", case["environment_url"], "--client-id", case["client_id"],
               "--secret-stdin", "--expires", "2999-12-31"]
    if case["name"].startswith(("passes-graph", "expires-soon", "secret-on-service-principal")):
        command += ["--read-expiry"]
    answer = subprocess.run(command, input=case["client_secret"], env=environment, capture_output=True, text=True)
    return json.loads(answer.stdout)


with tempfile.TemporaryDirectory() as folder:
    process = subprocess.Popen([simulator, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    world = json.loads(process.stdout.readline())
    plain = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    plain |= {"SSL_CERT_FILE": world["ca"], "HOME": folder, "XDG_CONFIG_HOME": folder, "XDG_DATA_HOME": folder}
    through = plain | {"HTTPS_PROXY": world["proxy"]}
    good = next(case for case in world["cases"] if case["name"] == "passes")
    jobs = [(through, case, "simulator case " + case["name"]) for case in world["cases"]]

    def form(expect, how, environment=through, **changed):
        jobs.append((environment, good | {"name": "form", "expect": expect} | changed, how))

    form("address url_invalid", "form: no address", environment_url="")
    form("address url_not_https", "form: http", environment_url=good["environment_url"].replace("https", "http"))
    form("address url_not_dataverse", "form: a look-alike", environment_url="https://contoso.crm4.dynamics.com.evil.example")
    form("address client_id_not_guid", "form: a name as client ID", client_id="my app")
    form("address secret_missing", "form: no secret", client_secret="")
    form("address secret_is_guid", "form: the Secret ID", client_secret=GUID)
    form("address secret_unusable", "form: a line end inside", client_secret="first\nsecond")
    form("tenant dns", "a name that does not exist, without a proxy", plain,
         environment_url="https://no-such-organization.crm4.dynamics.com")
    form("tenant proxy_refused", "a proxy that does not find the name",
         environment_url="https://no-such-organization.crm4.dynamics.com")
    form("tenant proxy_auth_required", "a proxy that wants a password",
         plain | {"HTTPS_PROXY": world["proxy_wanting_a_password"]})
    form("tenant dropped", "a proxy that is not there", plain | {"HTTPS_PROXY": "http://127.0.0.1:9"})

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda job: check(job[0], job[1]), jobs))
    process.stdin.close()
    process.wait()

print("| diagnosis | case | printed stage and code | first sentence, or warnings |\n|---|---|---|---|")
wrong = 0
for (_, case, how), answer in sorted(zip(jobs, answers), key=lambda pair: pair[0][1]["expect"]):
    printed = "passed" if answer["passed"] else f"{answer['stage']} {answer['code']}"
    words = answer["diagnosis"]["what"] if answer["diagnosis"] else ", ".join(answer["warnings"])
    same = printed == case["expect"]
    wrong += not same
    print(f"| {case['expect']} | {how} | {printed}{'' if same else ' **differs**'} | {words.replace('|', '/')} |")
sys.exit(f"{wrong} differ" if wrong else 0)
