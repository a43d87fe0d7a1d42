//! Notifications by the Desktop Notifications Specification 1.2/1.3 (specifications.freedesktop.org/notification-spec).

use std::collections::HashMap;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use zbus::MatchRule;
use zbus::blocking::{Connection, MessageIterator, connection};
use zbus::message::Type;
use zbus::zvariant::Value;

use crate::escape::markup;

use super::{Answer, Notification, NotificationDuration, NotificationError, Picture};

const SERVICE: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// A service that is only being started may take a moment; one that hangs must not hold the check.
const CALL_TIME: Duration = Duration::from_secs(10);
/// More signals than this while waiting are other programs' notifications.
const QUEUE: usize = 64;

/// A notification on the screen.
pub(super) struct Shown {
    id: u32,
    /// Whether its service tells which button was pressed.
    answers: Option<MessageIterator>,
}

pub(super) fn show(notification: &Notification) -> Result<Shown, NotificationError> {
    let none = |error: zbus::Error| NotificationError::NoService(error.to_string());
    let connection = connection::Builder::session().and_then(|builder| builder.method_timeout(CALL_TIME).build());
    let connection = connection.map_err(none)?;
    let can = capabilities(&connection).map_err(none)?;
    let can = |what: &str| can.iter().any(|known| known == what);
    // Heard before it is shown, so that no click is missed.
    let answers = if can("actions") { Some(listen(&connection).map_err(none)?) } else { None };
    let actions: &[&str] = if answers.is_some() {
        &["default", &notification.open, "open", &notification.open, "later", &notification.later]
    } else {
        &[]
    };
    let body = if can("body-markup") { markup(&notification.body) } else { notification.body.clone() };
    let urgency: u8 = if notification.stays == NotificationDuration::UntilSeen { 2 } else { 1 };
    let Picture { width, height, rgba } = notification.picture;
    let (width, height) = (i32::from(width), i32::from(height));
    // Bytes in a row, whether there is alpha, bits of a colour, colours with alpha.
    let picture = (width, height, width * 4, true, 8i32, 4i32, rgba.to_vec());
    let hints: HashMap<&str, Value<'_>> = HashMap::from([
        ("urgency", Value::from(urgency)),
        ("image-data", Value::from(picture)),
        ("desktop-entry", Value::from("a365-password-tool")),
        ("category", Value::from("presence")),
    ]);
    let call = (
        "A365 Password Tool",
        0u32,
        "a365-password-tool",
        notification.title.as_str(),
        body.as_str(),
        actions,
        hints,
        // As long as the service sees fit.
        -1i32,
    );
    let reply = connection
        .call_method(Some(SERVICE), PATH, Some(SERVICE), "Notify", &call)
        .map_err(|error| NotificationError::Refused(error.to_string()))?;
    let id = reply.body().deserialize().map_err(|error| NotificationError::Refused(error.to_string()))?;
    Ok(Shown { id, answers })
}

impl Shown {
    pub(super) fn wait(self, at_most: Duration) -> Answer {
        let Shown { id, answers: Some(answers) } = self else { return Answer::Nothing };
        // The iterator takes no time limit. Its thread ends with the program, which is about to.
        let (send, receive) = mpsc::channel();
        let listening = std::thread::Builder::new().name("notification".to_owned()).spawn(move || {
            for answer in answers.flatten().filter_map(|message| read(&message, id)) {
                if send.send(answer).is_err() {
                    return;
                }
            }
        });
        if listening.is_err() {
            return Answer::Nothing;
        }
        let end = Instant::now() + at_most;
        receive.recv_timeout(end.saturating_duration_since(Instant::now())).unwrap_or(Answer::Nothing)
    }
}

fn capabilities(connection: &Connection) -> zbus::Result<Vec<String>> {
    let reply = connection.call_method(Some(SERVICE), PATH, Some(SERVICE), "GetCapabilities", &())?;
    reply.body().deserialize()
}

fn listen(connection: &Connection) -> zbus::Result<MessageIterator> {
    let rule = MatchRule::builder().msg_type(Type::Signal).sender(SERVICE)?.path(PATH)?.interface(SERVICE)?.build();
    MessageIterator::for_match_rule(rule, connection, Some(QUEUE))
}

/// What a signal says about the notification `ours`. A press comes before the close that it causes.
fn read(message: &zbus::Message, ours: u32) -> Option<Answer> {
    match message.header().member()?.as_str() {
        "ActionInvoked" => {
            let (id, action): (u32, String) = message.body().deserialize().ok()?;
            let answer = match action.as_str() {
                "default" | "open" => Answer::Open,
                "later" => Answer::Later,
                _ => Answer::Nothing,
            };
            (id == ours).then_some(answer)
        }
        "NotificationClosed" => {
            let (id, _reason): (u32, u32) = message.body().deserialize().ok()?;
            (id == ours).then_some(Answer::Nothing)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_notifications_presses_count() {
        let signal = |member: &str, body: (u32, &str)| {
            let builder = zbus::Message::signal(PATH, SERVICE, member).expect("a signal");
            builder.build(&body).expect("a message")
        };
        assert_eq!(read(&signal("ActionInvoked", (7, "default")), 7), Some(Answer::Open));
        assert_eq!(read(&signal("ActionInvoked", (7, "later")), 7), Some(Answer::Later));
        assert_eq!(read(&signal("ActionInvoked", (8, "default")), 7), None, "another program's");
        let closed = zbus::Message::signal(PATH, SERVICE, "NotificationClosed").expect("a signal");
        assert_eq!(read(&closed.build(&(7u32, 1u32)).expect("a message"), 7), Some(Answer::Nothing));
        assert_eq!(read(&signal("NotificationClosed", (7, "not a number")), 7), None, "a malformed one");
    }
}
