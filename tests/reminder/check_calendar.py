"""The second half of check_calendar.sh."""

import datetime
import subprocess
import sys
import tempfile

import icalendar
import vobject

PROGRAM, LIBICAL = sys.argv[1:]
PASSPHRASE = "four random words here"
LONG = "Größe, Überlänge; \\ und „Zitate“ 老虎 👩 " + "x" * 70
CLIENT_ID = "11112222-aaaa-3333-bbbb-4444cccc5555"
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
        "--client-id", CLIENT_ID, "--secret-stdin", *more, secret="made;now",
    )


def libical(raw):
    """What libical complains of."""
    with tempfile.NamedTemporaryFile(suffix=".ics") as file:
        file.write(raw)
        file.flush()
        done = subprocess.run([LIBICAL, file.name], capture_output=True, text=True)
    return done.stdout.strip() or (None if done.returncode == 0 else f"exit code {done.returncode}")


class Calendar:
    """What a calendar program holds: one event per UID, the highest SEQUENCE wins (RFC 5546, 2.1.5)."""

    def __init__(self):
        self.events = {}

    def take_in(self, raw):
        assert b"\r\n" in raw and all(len(line) <= 75 for line in raw.split(b"\r\n")), "lines of 75 octets"
        for line in raw.split(b"\r\n"):
            line.decode()  # no fold inside a character
        assert libical(raw) is None, libical(raw)
        calendar = icalendar.Calendar.from_ical(raw)
        second = {event.uid.value: event for event in vobject.readOne(raw.decode()).contents.get("vevent", [])}
        for event in calendar.walk("VEVENT"):
            assert not event.errors, event.errors
            uid, known = str(event["UID"]), self.events.get(str(event["UID"]))
            assert second.pop(uid).summary.value == str(event["SUMMARY"]), "two parsers read one text"
            if known is not None and int(event["SEQUENCE"]) < int(known["SEQUENCE"]):
                continue
            if str(calendar.get("METHOD", "")) == "CANCEL":
                assert str(event["ORGANIZER"]).startswith("mailto:"), "RFC 5546, 3.2.5"
                assert str(event["STATUS"]) == "CANCELLED"
                self.events.pop(uid, None)
            else:
                assert len(event.walk("VALARM")) <= 1, "Outlook keeps one alarm"
                self.events[uid] = event
        assert not second, second

    def dates(self):
        """The expiry dates: all-day events."""
        events = self.events.values()
        days = {str(event["SUMMARY"]): event.decoded("DTSTART") for event in events}
        return {title: day for title, day in days.items() if not isinstance(day, datetime.datetime)}

    def alarms(self, name):
        """When the calendar reminds of this secret, on the reader's clock."""
        times = []
        for event in self.events.values():
            if str(event["SUMMARY"]).endswith(f": {name}"):
                start = event.decoded("DTSTART")
                if not isinstance(start, datetime.datetime):
                    start = datetime.datetime.combine(start, datetime.time())
                assert start.tzinfo is None, "a time on any reader's clock"
                times += [start + alarm.decoded("TRIGGER") for alarm in event.walk("VALARM")]
        return sorted(times)


def at_nine(day, days):
    return datetime.datetime.combine(day, datetime.time(9)) - datetime.timedelta(days=days)


def main():
    open_vault("vault", "create", "--memory-mib", "64")
    add("Contoso", "--expires", "2028-02-29")
    add(LONG, "--expires", "2030-12-31")
    soon = datetime.datetime.now().date() + datetime.timedelta(days=5)
    add("Soon", "--expires", soon.isoformat())
    add("Undated")
    mine = Calendar()
    mine.take_in(open_vault("calendar", "--all"))
    wanted = {
        "Client secret expires: Contoso": datetime.date(2028, 2, 29),
        f"Client secret expires: {LONG}": datetime.date(2030, 12, 31),
        "Client secret expires: Soon": soon,
    }
    assert mine.dates() == wanted, mine.dates()
    for name, day in ("Contoso", datetime.date(2028, 2, 29)), (LONG, datetime.date(2030, 12, 31)):
        assert mine.alarms(name) == [at_nine(day, days) for days in DAYS], mine.alarms(name)
    assert mine.alarms("Soon") == [at_nine(soon, 3), at_nine(soon, 1)], "what is past is not there"
    for event in mine.events.values():
        start, end = event.decoded("DTSTART"), event.decoded("DTEND")
        if not isinstance(start, datetime.datetime):
            assert end - start == datetime.timedelta(days=1), "an all-day event"
        alarms = event.walk("VALARM")
        assert all(str(alarm["ACTION"]) == "DISPLAY" and alarm["DESCRIPTION"] for alarm in alarms)
        text = str(event["DESCRIPTION"])
        page = f"https://portal.azure.com/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Credentials/appId/{CLIENT_ID}"
        for part in "https://contoso.crm4.dynamics.com", CLIENT_ID, page:
            assert part in text, (part, text)
        assert str(event["URL"]).startswith(page)

    before = len(mine.events)
    mine.take_in(open_vault("calendar", "--all"))
    assert (mine.dates(), len(mine.events)) == (wanted, before), "taken in again it is the same"

    open_vault("profile", "set", "Contoso", "--expires", "2030-02-28", "--rename", "Contoso renewed")
    mine.take_in(cli("calendar", "Contoso renewed"))
    del wanted["Client secret expires: Contoso"]
    wanted["Client secret expires: Contoso renewed"] = datetime.date(2030, 2, 28)
    assert (mine.dates(), len(mine.events)) == (wanted, before), "a renewal moves its events"
    assert mine.alarms("Contoso") == []
    assert mine.alarms("Contoso renewed") == [at_nine(datetime.date(2030, 2, 28), days) for days in DAYS]

    open_vault("profile", "remove", LONG)
    mine.take_in(cli("calendar", "--cancel"))
    del wanted[f"Client secret expires: {LONG}"]
    assert (mine.dates(), mine.alarms(LONG)) == (wanted, []), "a removed profile is cancelled"

    mine.take_in(cli("calendar", "--all", "--cancel"))
    assert mine.events == {}, "all are cancelled"

    # What libical has to refuse: the same files with a rule of iTIP broken.
    good, cancelled = cli("calendar", "--all"), cli("calendar", "--all", "--cancel")
    organizer = next(line for line in cancelled.split(b"\r\n") if line.startswith(b"ORGANIZER"))
    for broken in (
        good.replace(b"CALSCALE:GREGORIAN\r\n", b"CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n"),
        cancelled.replace(organizer, b"X-NOBODY:x"),
        cancelled.replace(b"\r\nUID:", b"\r\nX-UID:", 1),
        good.replace(b"DTSTART;VALUE=DATE:2", b"DTSTART;VALUE=DATE:x", 1),
    ):
        assert libical(broken) is not None, broken
    print(f"calendar files are right, by libical, icalendar {icalendar.__version__} and vobject {vobject.VERSION}")


main()
