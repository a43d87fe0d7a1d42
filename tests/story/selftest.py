#!/usr/bin/python3
"""Proves the driver on the window demo: selftest.py PATH-TO-window_demo [cpu|gpu] [SCREENSHOT-FOLDER]"""

import re
import secrets
import sys

from desktop import Desktop, until


def main(program, renderer="cpu", pictures=None):
    def picture(name):
        if pictures:
            app.screenshot(f"{pictures}/{renderer}-{name}.png")

    secret = secrets.token_hex(12)
    with Desktop() as desktop:
        app = desktop.start([program, renderer], title="Window demo")
        print(app.listing())

        # Three fields in one burst of keys: each text in its own field.
        app.focus("entry", "Name")
        app.type_keys(f"my id\thttps://example.org\t{secret}")
        app.wait_for("label", f"Secret has {len(secret)} characters")
        assert app.text_of(app.find("entry", "Name")) == "my id", app.listing()
        assert app.text_of(app.find("entry", "Address")) == "https://example.org", app.listing()
        shown = app.text_of(app.find("password text", "Secret"))
        assert shown == "•" * len(secret), shown
        picture("typed")

        app.click("push button", "Press me")
        app.wait_for("label", "Pressed 1 times")
        app.click_at(app.find("push button", "Press me"))
        app.wait_for("label", "Pressed 2 times")

        app.type_into("Name", "other")
        until("the new name", lambda: app.text_of(app.find("entry", "Name")) == "other")

        before = len(app.find_all("label", re.compile("^Row ")))
        app.resize(700, 400)
        until("fewer rows", lambda: len(app.find_all("label", re.compile("^Row "))) < before)
        picture("small")
        app.resize(1000, 800)
        until("more rows", lambda: len(app.find_all("label", re.compile("^Row "))) > before)
        picture("large")

        app.minimise()
        app.restore()
        app.click("push button", "Refuse closing")
        app.wait_for("label", "Closing will be refused")
        app.ask_to_close()
        app.wait_for("label", "Closing refused")
        app.click("push button", "Allow closing")
        app.wait_for("label", "Closing is allowed")
        picture("restored")
        app.ask_to_close()
        assert app.wait_closed() == 0
        with open(desktop.log) as log:
            last = [line for line in log if line.startswith("closed:")]
        assert last and "secret_length=24" in last[0] and secret not in "".join(last), last
    print("the driver and the window work")


if __name__ == "__main__":
    main(*sys.argv[1:])
