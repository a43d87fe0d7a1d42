"""The first check of benches/connection_check.sh, written with Microsoft's msal and with requests.

It sends what `a365-password-cli check` sends, the same calls one after the other as such scripts do: the question
without a token, the sign-in through msal, WhoAmI, the privileges, the organization. It prints the median of the
rounds in milliseconds; imports are not counted.
"""
import json
import os
import re
import statistics
import sys
import time

world = json.load(open(sys.argv[1]))
os.environ["HTTPS_PROXY"] = world["proxy"]
os.environ["REQUESTS_CA_BUNDLE"] = sys.argv[2]

import msal  # noqa: E402
import requests  # noqa: E402

PRIVILEGES = ["prvReadAccount", "prvReadContact", "prvReadIncident", "prvReadLead", "prvReadActivity",
              "prvWriteLead", "prvWriteActivity"]
case = next(case for case in world["cases"] if case["name"] == "passes")
api = case["environment_url"] + "/api/data/v9.2/"


def check():
    session = requests.Session()
    challenge = session.get(api, allow_redirects=False).headers["WWW-Authenticate"]
    authority = re.search(r"authorization_uri=(https://[^/]+/[^/]+)/", challenge).group(1)
    app = msal.ConfidentialClientApplication(
        case["client_id"], authority=authority, client_credential=case["client_secret"], http_client=session)
    answer = app.acquire_token_for_client([case["environment_url"] + "/.default"])
    session.headers.update({"Authorization": "Bearer " + answer["access_token"], "Accept": "application/json",
                            "OData-Version": "4.0", "OData-MaxVersion": "4.0"})

    def get(path):
        found = session.get(api + path, allow_redirects=False)
        found.raise_for_status()
        return found.json()

    user = get("WhoAmI")["UserId"]
    names = json.dumps(PRIVILEGES, separators=(",", ":"))
    held = get(f"systemusers({user})/Microsoft.Dynamics.CRM.RetrieveUserSetOfPrivilegesByNames(PrivilegeNames=@p)"
               f"?@p={names}")
    assert len(held["RolePrivileges"]) == len(PRIVILEGES)
    get("RetrieveCurrentOrganization(AccessType=Microsoft.Dynamics.CRM.EndpointAccessType'Default')")


times = []
for _ in range(7):
    began = time.perf_counter()
    check()
    times.append((time.perf_counter() - began) * 1000)
print(json.dumps({"first": statistics.median(times), "msal": msal.__version__, "requests": requests.__version__}))
