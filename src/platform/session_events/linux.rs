//! The session's events on Linux: logind on the system's bus, the screen saver on the session's.
//!
//! logind tells `Lock` (the session is to be locked), a `LockedHint` that becomes true (it was), `Active` that becomes
//! false (another session is shown) and `PrepareForSleep`: <https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.login1.html>.
//! Desktops without logind tell `ActiveChanged` of their screen saver. Two threads, asleep until a signal arrives.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use zbus::blocking::{Connection, MessageIterator, connection, fdo::DBusProxy};
use zbus::message::Type;
use zbus::names::BusName;
use zbus::zvariant::{OwnedFd, OwnedObjectPath, OwnedValue};
use zbus::{MatchRule, Message};

use super::SessionEvent;

type Tell = Arc<dyn Fn(SessionEvent) + Send + Sync>;

const LOGIND: &str = "org.freedesktop.login1";
const MANAGER: &str = "org.freedesktop.login1.Manager";
const MANAGER_PATH: &str = "/org/freedesktop/login1";
const SESSION: &str = "org.freedesktop.login1.Session";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
/// Each desktop has its own; the first is the common name.
const SCREEN_SAVERS: [&str; 5] = [
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
    "org.xfce.ScreenSaver",
];
/// How long a bus may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn watch(tell: Tell) {
    let also = Arc::clone(&tell);
    // A bus that is not there tells nothing: the thread ends.
    begin("logind", move || watch_logind(&*tell));
    begin("screen-saver", move || watch_screen_savers(&*also));
}

fn begin(name: &str, work: impl FnOnce() -> zbus::Result<()> + Send + 'static) {
    let _ = thread::Builder::new().name(name.to_owned()).spawn(move || drop(work()));
}

fn watch_logind(tell: &dyn Fn(SessionEvent)) -> zbus::Result<()> {
    let bus = connection::Builder::system()?.method_timeout(PATIENCE).build()?;
    // Without one, there is no signal of its lock; there is one of the computer's sleep.
    let session = own_session(&bus).ok();
    let session = session.as_ref().map(|path| path.as_str());
    let names = DBusProxy::new(&bus)?;
    let signal = || MatchRule::builder().msg_type(Type::Signal).sender(LOGIND);
    let messages = MessageIterator::from(&bus);
    names.add_match_rule(signal()?.interface(MANAGER)?.member("PrepareForSleep")?.build())?;
    if let Some(path) = session {
        names.add_match_rule(signal()?.interface(SESSION)?.member("Lock")?.path(path)?.build())?;
        names.add_match_rule(signal()?.interface(PROPERTIES)?.path(path)?.build())?;
    }
    let mut delay = delay_sleep(&bus);
    for message in messages {
        let message = message?;
        let Some(told) = read_logind(&message, session) else { continue };
        if !is_from(&names, &message, LOGIND) {
            continue;
        }
        match told {
            LogindSignal::Event(event) => tell(event),
            LogindSignal::PreparesForSleep => {
                tell(SessionEvent::Sleeping);
                // Now the computer may sleep.
                delay = None;
            }
            LogindSignal::WokeUp => delay = delay.or_else(|| delay_sleep(&bus)),
        }
    }
    Ok(())
}

fn watch_screen_savers(tell: &dyn Fn(SessionEvent)) -> zbus::Result<()> {
    let bus = connection::Builder::session()?.method_timeout(PATIENCE).build()?;
    let names = DBusProxy::new(&bus)?;
    let messages = MessageIterator::from(&bus);
    for saver in SCREEN_SAVERS {
        let rule = MatchRule::builder().msg_type(Type::Signal).sender(saver)?.interface(saver)?;
        names.add_match_rule(rule.member("ActiveChanged")?.build())?;
    }
    for message in messages {
        let message = message?;
        let Some(saver) = screen_saver_came_on(&message) else { continue };
        if is_from(&names, &message, saver) {
            tell(SessionEvent::Locked);
        }
    }
    Ok(())
}

/// The session that this program belongs to. A program that the user's systemd began belongs to none; "auto" is then
/// the session that is shown.
fn own_session(bus: &Connection) -> zbus::Result<OwnedObjectPath> {
    let by_name = |name: &str| -> zbus::Result<OwnedObjectPath> {
        let answer = bus.call_method(Some(LOGIND), MANAGER_PATH, Some(MANAGER), "GetSession", &name)?;
        answer.body().deserialize()
    };
    match std::env::var("XDG_SESSION_ID").ok().filter(|name| !name.is_empty()).map(|name| by_name(&name)) {
        Some(Ok(session)) => Ok(session),
        _ => by_name("auto"),
    }
}

/// Asks that the computer waits (logind: at most five seconds) until this is dropped before it sleeps, so that no key
/// is left in a hibernation file. Without the right to ask the lock may come a moment late.
fn delay_sleep(bus: &Connection) -> Option<OwnedFd> {
    let why = ("sleep", "A365 Password Tool", "Locking the vault before sleep", "delay");
    let answer = bus.call_method(Some(LOGIND), MANAGER_PATH, Some(MANAGER), "Inhibit", &why).ok()?;
    answer.body().deserialize().ok()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LogindSignal {
    Event(SessionEvent),
    PreparesForSleep,
    WokeUp,
}

/// What a signal of logind says, if it is one of ours.
fn read_logind(message: &Message, session: Option<&str>) -> Option<LogindSignal> {
    let header = message.header();
    let body = message.body();
    let ours = session.is_some() && header.path().map(|path| path.as_str()) == session;
    match (header.interface()?.as_str(), header.member()?.as_str()) {
        (MANAGER, "PrepareForSleep") => match body.deserialize::<bool>().ok()? {
            true => Some(LogindSignal::PreparesForSleep),
            false => Some(LogindSignal::WokeUp),
        },
        (SESSION, "Lock") if ours => Some(LogindSignal::Event(SessionEvent::Locked)),
        (PROPERTIES, "PropertiesChanged") if ours => {
            let (interface, changed, _): (String, std::collections::HashMap<String, OwnedValue>, Vec<String>) =
                body.deserialize().ok()?;
            let now = |name: &str| changed.get(name).and_then(|value| bool::try_from(value).ok());
            match (interface.as_str(), now("LockedHint"), now("Active")) {
                (SESSION, Some(true), _) => Some(LogindSignal::Event(SessionEvent::Locked)),
                (SESSION, _, Some(false)) => Some(LogindSignal::Event(SessionEvent::SwitchedAway)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The screen saver that says that it came on.
fn screen_saver_came_on(message: &Message) -> Option<&'static str> {
    let header = message.header();
    let saver = SCREEN_SAVERS.into_iter().find(|name| header.interface().is_some_and(|from| from.as_str() == *name))?;
    let on = header.member()?.as_str() == "ActiveChanged" && message.body().deserialize::<bool>().ok()?;
    on.then_some(saver)
}

/// Whether the owner of that name sent it. Match rules alone do not tell: anybody may send a signal straight to us.
fn is_from(names: &DBusProxy<'_>, message: &Message, name: &'static str) -> bool {
    let owner = BusName::try_from(name).ok().and_then(|name| names.get_name_owner(name).ok());
    owner.is_some_and(|owner| message.header().sender().is_some_and(|sender| *sender == *owner.inner()))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use zbus::zvariant::Value;

    use super::*;

    const OURS: &str = "/org/freedesktop/login1/session/c7";

    fn signal<B: serde::Serialize + zbus::zvariant::DynamicType>(
        path: &str,
        interface: &str,
        member: &str,
        body: &B,
    ) -> Message {
        Message::signal(path, interface, member).unwrap().build(body).unwrap()
    }

    fn changed(path: &str, property: &str, value: bool) -> Message {
        let changes = HashMap::from([(property, Value::from(value))]);
        signal(path, PROPERTIES, "PropertiesChanged", &(SESSION, changes, Vec::<&str>::new()))
    }

    #[test]
    fn lock_sleep_and_user_switch_are_told_apart() {
        let cases = [
            (signal(OURS, SESSION, "Lock", &()), Some(LogindSignal::Event(SessionEvent::Locked))),
            (changed(OURS, "LockedHint", true), Some(LogindSignal::Event(SessionEvent::Locked))),
            (changed(OURS, "LockedHint", false), None),
            (changed(OURS, "Active", false), Some(LogindSignal::Event(SessionEvent::SwitchedAway))),
            (changed(OURS, "Active", true), None),
            (changed(OURS, "IdleHint", true), None),
            (signal(MANAGER_PATH, MANAGER, "PrepareForSleep", &true), Some(LogindSignal::PreparesForSleep)),
            (signal(MANAGER_PATH, MANAGER, "PrepareForSleep", &false), Some(LogindSignal::WokeUp)),
            (signal(OURS, SESSION, "Unlock", &()), None),
        ];
        for (message, expected) in cases {
            assert_eq!(read_logind(&message, Some(OURS)), expected, "{message:?}");
        }
    }

    #[test]
    fn what_happens_to_other_sessions_is_not_ours() {
        let other = "/org/freedesktop/login1/session/c8";
        assert_eq!(read_logind(&signal(other, SESSION, "Lock", &()), Some(OURS)), None);
        assert_eq!(read_logind(&changed(other, "Active", false), Some(OURS)), None);
    }

    #[test]
    fn without_a_session_only_the_computers_sleep_is_heard() {
        assert_eq!(read_logind(&signal(OURS, SESSION, "Lock", &()), None), None);
        let sleep = signal(MANAGER_PATH, MANAGER, "PrepareForSleep", &true);
        assert_eq!(read_logind(&sleep, None), Some(LogindSignal::PreparesForSleep));
    }

    #[test]
    fn a_signal_of_the_wrong_shape_is_passed_over() {
        assert_eq!(read_logind(&signal(MANAGER_PATH, MANAGER, "PrepareForSleep", &"yes"), Some(OURS)), None);
        assert_eq!(read_logind(&signal(OURS, PROPERTIES, "PropertiesChanged", &7_u32), Some(OURS)), None);
    }

    #[test]
    fn a_screen_saver_locks_when_it_comes_on_and_not_when_it_goes() {
        for saver in SCREEN_SAVERS {
            let told = |on: bool| screen_saver_came_on(&signal("/ScreenSaver", saver, "ActiveChanged", &on));
            assert_eq!((told(true), told(false)), (Some(saver), None));
        }
        assert_eq!(screen_saver_came_on(&signal("/x", "org.example.Other", "ActiveChanged", &true)), None);
    }
}
