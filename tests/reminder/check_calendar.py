"""The second half of check_calendar.sh."""

import datetime
import subprocess
import sys

import icalendar

PROGRAM = sys.argv[1]
PASSPHRASE = "four random words here"
LONG = "Größe, Überlänge; \\ und „Zitate“ 老虎 " + "x" * 70
DAYS = [60, 30, 14, 7, 3, 1]


def cli(*arguments, text=""):
    done = subprocess.run([PROGRAM, *arguments], input=text.encode(), capture_output=True)
    assert done.returncode == 0, (arguments, done)
    return done.stdout


def open_vault(*arguments, secret=""):
    return cli(*arguments, "--passphrase-stdin", text=f"{PASSPHRASE}\n{secret}")


def add(name, *more):
    open_vault(
        "profile", "add", name, "--url", "https://contoso.crm4.dynamics.com",
        "--client-id", "11112222-aaaa-3333-bbbb-4444cccc5555", "--secret-stdin", *more, secret="made;now",
    )


class Calendar:
    """What a calendar program holds: one event per UID, the highest SEQUENCE wins (RFC 5546, 2.1.5)."""

    def __init__(self):
        self.events = {}

    def take_in(self, raw):
        assert b"\r\n" in raw and all(len(line) <= 75 for line in raw.split(b"\r\n")), "lines of 75 octets"
        calendar = icalendar.Calendar.from_ical(raw)
        for event in calendar.walk("VEVENT"):
            assert not event.errors, event.errors
            uid, known = str(event["UID"]), self.events.get(str(event["UID"]))
            if known is not None and int(event["SEQUENCE"]) < int(known["SEQUENCE"]):
                continue
            if str(calendar.get("METHOD", "")) == "CANCEL":
                assert str(event["ORGANIZER"]).startswith("mailto:"), "RFC 5546, 3.2.5"
                assert str(event["STATUS"]) == "CANCELLED"
                self.events.pop(uid, None)
            else:
                self.events[uid] = event

    def dates(self):
        return {str(event["SUMMARY"]): event.decoded("DTSTART") for event in self.events.values()}


def main():
    open_vault("vault", "create", "--memory-mib", "64")
    add("Contoso", "--expires", "2028-02-29")
    add(LONG, "--expires", "2030-12-31")
    add("Undated")
    mine = Calendar()
    mine.take_in(cli("calendar", "--all"))
    wanted = {
        "Client secret lapses: Contoso": datetime.date(2028, 2, 29),
        f"Client secret lapses: {LONG}": datetime.date(2030, 12, 31),
    }
    assert mine.dates() == wanted, mine.dates()
    for event in mine.events.values():
        start, end = event.decoded("DTSTART"), event.decoded("DTEND")
        assert end - start == datetime.timedelta(days=1), "an all-day event"
        alarms = event.walk("VALARM")
        # Nine in the morning, so many days before.
        at = [datetime.timedelta(hours=9) - datetime.timedelta(days=days) for days in DAYS]
        assert [alarm.decoded("TRIGGER") for alarm in alarms] == at, alarms
        assert all(str(alarm["ACTION"]) == "DISPLAY" and alarm["DESCRIPTION"] for alarm in alarms)

    mine.take_in(cli("calendar", "--all"))
    assert mine.dates() == wanted, "taken in again it is the same"

    open_vault("profile", "set", "Contoso", "--expires", "2030-02-28", "--rename", "Contoso renewed")
    mine.take_in(cli("calendar", "Contoso renewed"))
    del wanted["Client secret lapses: Contoso"]
    wanted["Client secret lapses: Contoso renewed"] = datetime.date(2030, 2, 28)
    assert mine.dates() == wanted, "a renewal moves its event"

    open_vault("profile", "remove", LONG)
    mine.take_in(cli("calendar", "--cancel"))
    del wanted[f"Client secret lapses: {LONG}"]
    assert mine.dates() == wanted, "a removed profile is called off"

    mine.take_in(cli("calendar", "--all", "--cancel"))
    assert mine.dates() == {}, "all are called off"
    print(f"calendar files are right, by icalendar {icalendar.__version__}")


main()
