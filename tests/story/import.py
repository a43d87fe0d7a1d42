#!/usr/bin/python3
"""Import and export in the window, played from outside: an XrmToolBox file with a conflict, a KeePass database, an Excel workbook with
German headings and dates, a table pasted from a spreadsheet, and a database to hand over.

    import.py --program target/release/a365-password-tool --cli target/release/a365-password-cli \
        --simulator target/debug/examples/simulator [--pictures DIR]

The system's file dialog is played by a program named zenity, which is what the window asks where the desktop has no portal. Every
secret and every file is made at run time.
"""

import argparse
import json
import os
import secrets
import stat
import subprocess
import sys
import zipfile

from desktop import Desktop, play, stop, until
from memory_image import found_in, memory_image
from simulator import Simulator

PASSPHRASE = f"four words {secrets.token_hex(6)}"
FILE_PASSWORD = f"file words {secrets.token_hex(6)}"
CLIENT_ID = "11112222-aaaa-3333-bbbb-4444cccc{:04d}"

# The smallest workbook that Excel opens; dates are numbers with format 14, which each country shows in its own way.
WORKBOOK = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Kunden" sheetId="1" r:id="s1"/>'
    "</sheets></workbook>",
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
    'Id="s1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>",
    "xl/styles.xml": '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs><xf numFmtId="0"/>'
    '<xf numFmtId="14"/></cellXfs></styleSheet>',
}


def workbook(path, rows):
    """Writes rows of texts and numbers; a number is a date."""

    def cell(value):
        return f'<c s="1"><v>{value}</v></c>' if isinstance(value, int) else f'<c t="inlineStr"><is><t>{value}</t></is></c>'

    lines = "".join(f'<row r="{n}">{"".join(map(cell, row))}</row>' for n, row in enumerate(rows, 1))
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{lines}</sheetData></worksheet>'
    with zipfile.ZipFile(path, "w") as file:
        for name, text in {**WORKBOOK, "xl/worksheets/sheet1.xml": sheet}.items():
            file.writestr(name, text)


class Story:
    def __init__(self, desktop, arguments, simulator):
        self.desktop, self.arguments, self.simulator = desktop, arguments, simulator
        self.vault = os.path.join(desktop.folder, "team.a365vault")
        self.secrets = {name: secrets.token_urlsafe(30) for name in ("Contoso", "Contoso new", "Fabrikam", "Litware", "Tailspin")}

    def cli(self, *words, secret=None, vault=None, passphrase=PASSPHRASE):
        """The command line on the vault, or on another one."""
        command = [self.arguments.cli, *words, "--vault", vault or self.vault, "--passphrase-stdin"]
        typed = f"{passphrase}\n{secret or ''}"
        run = subprocess.run(command, input=typed, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert run.returncode == 0, f"{words}: {run.stderr}"
        return run.stdout

    def add(self, number, name, secret, vault=None):
        url = f"https://{name.lower()}.crm4.dynamics.com"
        words = ["profile", "add", name, "--url", url, "--client-id", CLIENT_ID.format(number), "--secret-stdin"]
        self.cli(*words, secret=secret, vault=vault)

    def profile(self, name):
        return json.loads(self.cli("profile", "show", name, "--reveal", "--json"))

    def path(self, name):
        return os.path.join(self.desktop.folder, name)

    def picture(self, name):
        if self.arguments.pictures:
            os.makedirs(self.arguments.pictures, exist_ok=True)
            self.app.screenshot(f"{self.arguments.pictures}/import_{name}.png")

    def says(self, text, seconds=30.0):
        self.app.says(text, seconds)

    def press(self, name):
        self.app.press_by_mouse(name)

    def press_where(self, begins):
        widget = until(lambda: f"{begins!r}; there are:\n{self.app.listing()}", lambda: self.app.find_by_start(begins))
        self.app.click_widget(widget)

    def import_file(self, path):
        self.press("Profiles")
        self.desktop.chosen_next(path)
        self.press("Import…")

    def start(self):
        env = {**self.simulator.environment(), "PATH": self.desktop.path_with_file_dialog()}
        words = [self.arguments.program, "--vault", self.vault]
        self.app = self.desktop.start(words, title="A365 Password Tool", env=env)
        self.app.type_into("Passphrase", PASSPHRASE)
        self.app.click("push button", "Unlock")

    # The chapters

    def prepare(self):
        kdf = ["--memory-mib", "19", "--passes", "2", "--lanes", "1"]
        self.cli("vault", "create", *kdf)
        self.add(1, "Contoso", self.secrets["Contoso"])
        other = self.path("other.a365vault")
        self.cli("vault", "create", *kdf, vault=other)
        for number, name, secret in [(1, "Contoso", "Contoso new"), (2, "Fabrikam", "Fabrikam"), (3, "Litware", "Litware")]:
            self.add(number, name, self.secrets[secret], vault=other)
        self.xrmtoolbox, self.kdbx = self.path("ConnectionsList.Default.xml"), self.path("handover.kdbx")
        self.cli("export", "--all", "--to", self.xrmtoolbox, "--format", "xrmtoolbox", "--with-secrets", vault=other)
        words = ["export", "Litware", "--to", self.kdbx, "--with-secrets", "--new-passphrase-stdin"]
        self.cli(*words, secret=f"{FILE_PASSWORD}\n{FILE_PASSWORD}", vault=other)
        self.start()

    def xrmtoolbox_with_a_conflict(self):
        before = os.stat(self.vault).st_mtime_ns
        self.import_file(self.xrmtoolbox)
        self.says("Import from ConnectionsList.Default.xml (XrmToolBox connection file)")
        self.says("2 new, 1 conflict. Nothing is saved before you select Import.")
        self.picture("xrmtoolbox")
        self.press_where("Litware, New")  # a screen reader's press ticks it off
        self.says("Litware, Left out")
        self.press_where("Details of Contoso")
        self.says("different")
        for _, _, name in self.app.widgets():
            assert not any(secret in name for secret in self.secrets.values()), name
        self.picture("conflict")
        self.app.click("radio button", "Update the profile")
        self.says("Contoso, Update")
        assert os.stat(self.vault).st_mtime_ns == before, "nothing is saved before the button"
        self.press("Import 2 profiles")
        self.says("Imported 2 profiles from ConnectionsList.Default.xml.")
        self.picture("outcome")
        assert self.profile("Contoso")["client_secret"] == self.secrets["Contoso new"]
        assert self.profile("Fabrikam")["client_secret"] == self.secrets["Fabrikam"]
        assert "ConnectionsList.Default.xml" in self.cli("vault", "history")
        assert "Litware" not in self.cli("profile", "list")

    def the_file_is_deleted(self):
        self.says("that anyone who has the file can read")
        self.press("Delete the file…")
        self.says("Another program may still use this file.")
        self.picture("delete_the_file")
        self.press("Delete file")
        self.says("Deleted ConnectionsList.Default.xml.")
        assert not os.path.exists(self.xrmtoolbox)

    def keepass_and_undo(self):
        self.import_file(self.kdbx)
        self.says("handover.kdbx is protected with a password")
        self.app.type_into("Password", "not the password")
        self.app.press("Return")
        self.says("The database could not be opened.")
        self.picture("wrong_password")
        self.app.type_into("Password", FILE_PASSWORD)
        self.app.press("Return")
        self.says("Import from handover.kdbx (KeePass database)")
        self.press("Import 1 profile")
        self.says("Imported 1 profile from handover.kdbx.")
        assert self.profile("Litware")["client_secret"] == self.secrets["Litware"]
        self.press("Undo")
        self.says("Import of 1 profile undone.")
        assert "Litware" not in self.cli("profile", "list")

    def german_workbook(self):
        path = self.path("Kunden.xlsx")
        heading = ["Kunde", "Umgebung", "Anwendungs-ID (Client)", "Geheimer Clientschlüssel", "Läuft ab am"]
        url = "https://{}.crm4.dynamics.com".format
        days = 46843  # 31 March 2028 as Excel counts days
        workbook(path, [
            heading,
            ["Contoso", url("contoso"), CLIENT_ID.format(1), self.secrets["Contoso"], days],
            ["Fabrikam", url("fabrikam"), CLIENT_ID.format(2), self.secrets["Fabrikam"], days],
            ["Tailspin", url("tailspin"), CLIENT_ID.format(9), self.secrets["Tailspin"], days],
        ])
        self.import_file(path)
        self.says("1 new, 1 to update, 1 conflict.")
        self.says("Tailspin, New, tailspin.crm4.dynamics.com, client secret present, expires 31 Mar 2028")
        self.picture("workbook")
        self.app.type_into("Tags for all", "Germany")
        self.press("Import 2 profiles")
        self.says("Imported 2 profiles from Kunden.xlsx.")
        fabrikam = self.profile("Fabrikam")
        assert (fabrikam["expires"], fabrikam["tags"]) == ("2028-03-31", ["Germany"]), fabrikam
        assert self.profile("Contoso")["client_secret"] == self.secrets["Contoso new"], "a conflict replaces nothing"

    def dropped_from_another_program(self):
        self.press("Profiles")
        self.app.wait_for("push button", "Import…")
        path = self.path("Liste für München.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"Name,URL,Client ID\nProseware,https://proseware.crm4.dynamics.com,{CLIENT_ID.format(7)}\n")
        source = self.app.drop(path)
        self.says("Import from Liste für München.csv")
        self.says("Proseware, New")
        stop(source)
        self.press("Cancel")
        assert "Proseware" not in self.cli("profile", "list")

    def pasted_table_is_tested(self):
        self.press("Profiles")
        self.app.wait_for("push button", "Import…")
        case = self.simulator.cases["passes"]
        row = ["Simulated", case["environment_url"], case["client_id"], case["client_secret"]]
        table = "\r\n".join("\t".join(line) for line in [["Name", "URL", "Client ID", "Secret"], row])
        subprocess.run(["xclip", "-selection", "clipboard", "-in"], input=table, text=True, check=True)
        self.app.press("ctrl+v")
        self.says("Import from the clipboard (table)")
        self.press("Import 1 profile")
        self.says("Imported 1 profile from the clipboard.")
        self.press("Test imported profiles")
        self.says("1 of 1 tested, none failed", 60)
        self.picture("tested")

    def locking_drops_it(self):
        """Nothing that was read, typed or shown of an import is left in the program's memory after lock."""
        self.press("Profiles")
        self.app.wait_for("push button", "Import…")
        path, seen = self.path("connections.txt"), secrets.token_urlsafe(30)
        with open(path, "w") as file:
            url = "https://northwind.crm4.dynamics.com"
            file.write(f"Northwind: AuthType=ClientSecret;Url={url};ClientId={CLIENT_ID.format(5)};ClientSecret={seen}\n")
        self.import_file(path)
        self.says("Northwind, New")
        self.press_where("Details of Northwind")
        self.press("Show")
        self.says(seen)
        self.desktop.chosen_next(self.kdbx)
        self.press("Add a file…")
        self.says("handover.kdbx is protected with a password")
        typed = f"typed {secrets.token_hex(12)}"
        self.app.type_into("Password", typed)
        image = memory_image(self.app.process.pid)
        if image is not None:
            assert sum(found_in(image, [seen, typed]).values()) > 0, "the page holds what it shows, else this check cannot fail"
        self.app.press("ctrl+l")
        self.says("Unlock the vault")
        if image is not None:
            left = lambda: found_in(memory_image(self.app.process.pid), [seen, typed])
            until(lambda: f"no secret in memory, not {left()}", lambda: not any(left().values()))
        self.app.type_into("Passphrase", PASSPHRASE)
        self.app.click("push button", "Unlock")
        self.says("The vault locked before anything was imported from connections.txt and handover.kdbx.")

    def export_to_hand_over(self):
        path = self.path("for-the-partner.kdbx")
        self.press("Vault")
        self.press("Export all…")
        self.says("Export 4 profiles")
        self.app.focus("combo box", "Format")
        self.app.press("Return")
        self.app.click("toggle button", "KeePass database (KDBX)")
        self.app.type_into("File password", FILE_PASSWORD)
        self.app.type_into("Confirm password", FILE_PASSWORD)
        self.app.click("check box", "Include 4 client secrets")
        self.picture("export")
        self.desktop.chosen_next(path)
        self.press("Export 4 profiles…")
        self.says("with 4 client secrets.")
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
        assert "for-the-partner.kdbx" in self.cli("vault", "history")
        command = [self.arguments.cli, "import", path, "--preview", "--reveal", "--json", "--password-stdin"]
        run = subprocess.run(command, input=f"{FILE_PASSWORD}\n", text=True, stdout=subprocess.PIPE, check=True)
        found = {profile["name"]: profile["client_secret"] for profile in json.loads(run.stdout)["profiles"]}
        assert found["Tailspin"] == self.secrets["Tailspin"] and len(found) == 4, sorted(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, type=os.path.abspath)
    parser.add_argument("--cli", required=True, type=os.path.abspath)
    parser.add_argument("--simulator", required=True, type=os.path.abspath)
    parser.add_argument("--pictures")
    arguments = parser.parse_args()
    with Desktop(1024, 700) as desktop:
        simulator = Simulator(arguments.simulator, os.path.join(desktop.folder, "simulator"))
        story = Story(desktop, arguments, simulator)
        chapters = [
            story.prepare, story.xrmtoolbox_with_a_conflict, story.the_file_is_deleted, story.keepass_and_undo,
            story.german_workbook, story.dropped_from_another_program, story.pasted_table_is_tested, story.locking_drops_it, story.export_to_hand_over,
        ]
        try:
            play(desktop, story, chapters, "import")
        finally:
            simulator.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
