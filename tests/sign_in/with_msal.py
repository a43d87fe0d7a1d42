#!/usr/bin/env python3
"""Microsoft's own msal signs in at the project's simulator, so that the simulator is not shaped to our client alone.

    with_msal.py --simulator target/debug/examples/simulator

Interactive with a scripted browser, a second service by the refresh token, the list of app registrations, Cancel, a wrong account,
and a device code. Ends with an error where msal does not take what the simulator says.
"""

import argparse
import os
import tempfile
import threading
import webbrowser

from scripted_browser import Browser, People


def check(what, holds):
    print(("ok      " if holds else "WRONG   ") + what)
    if not holds:
        raise SystemExit(1)


class Scripted(webbrowser.BaseBrowser):
    """What msal opens in place of a browser."""

    def __init__(self, browser):
        super().__init__("scripted")
        self.browser, self.button, self.seen = browser, "accept", []

    def open(self, url, new=0, autoraise=True):
        self.seen.append(url)
        threading.Thread(target=lambda: self.browser.sign_in(url, self.button), daemon=True).start()
        return True


def story(people):
    import msal
    import requests

    world, browser = people.world, Scripted(Browser(people))
    webbrowser.register("scripted", None, browser, preferred=True)
    authority = "https://login.microsoftonline.com/" + world["tenant_id"]

    def client():
        return msal.PublicClientApplication(world["sign_in_client"], authority=authority)

    graph, environment = ["https://graph.microsoft.com/.default"], [world["environment_url"] + "/.default"]
    app = client()
    answer = app.acquire_token_interactive(graph, prompt="select_account", timeout=20)
    check("msal signs in with a browser: " + str(answer.get("error_description")), "access_token" in answer)
    claims = answer["id_token_claims"]
    check("the ID token names tenant, client and account",
          (claims["tid"], claims["aud"], claims["preferred_username"])
          == (world["tenant_id"], world["sign_in_client"], world["account"]))
    check("it asked for a posted form", "response_mode=form_post" in browser.seen[-1])
    accounts = app.get_accounts()
    check("msal knows one account", len(accounts) == 1)
    other = app.acquire_token_silent_with_error(environment, accounts[0]) or {}
    check("a token for the environment by the refresh token", "access_token" in other)
    check("it is another token", other["access_token"] != answer["access_token"])
    again = app.acquire_token_silent_with_error(environment, accounts[0], force_refresh=True) or {}
    check("the refresh token was replaced by the new one", "access_token" in again)

    page, apps = "https://graph.microsoft.com/v1.0/applications?$select=id,appId,displayName,passwordCredentials&$top=999", []
    while page:
        found = requests.get(page, headers={"Authorization": "Bearer " + answer["access_token"]}, timeout=20)
        found.raise_for_status()
        apps += found.json()["value"]
        page = found.json().get("@odata.nextLink")
    check(f"Graph lists {len(apps)} registrations in pages", len(apps) == 1202)

    browser.button = "cancel"
    answer = client().acquire_token_interactive(graph, prompt="select_account", timeout=20)
    check("Cancel reaches msal", answer.get("error") == "access_denied" and "AADSTS65004" in answer["error_description"])

    app = client()
    # The pauses between two questions are not what is tried here.
    msal.oauth2cli.oauth2.time.sleep = lambda seconds: None
    flow = app.initiate_device_flow(graph)
    check("msal gets a device code", flow.get("user_code") == "SIMUL4TOR")
    asked = []

    def never(_flow):
        asked.append(1)
        if len(asked) == 3:
            people.ask("accept " + world["account"])
        return False

    answer = app.acquire_token_by_device_flow(flow, exit_condition=never)
    check("msal signs in with the device code: " + str(answer.get("error_description")), "access_token" in answer)
    answer = app.acquire_token_by_device_flow(flow, exit_condition=lambda _: False)
    check("a device code is good once", "access_token" not in answer)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--simulator", required=True)
    arguments = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        people = People(arguments.simulator, folder, registrations=1200)
        try:
            for name in list(os.environ):
                if "proxy" in name.lower():
                    del os.environ[name]
            os.environ |= people.environment() | {"REQUESTS_CA_BUNDLE": people.ca}
            story(people)
        finally:
            people.close()


main()
