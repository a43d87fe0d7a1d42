//! What a report says.

use chrono::{DateTime, Utc};

use crate::platform::system;

/// The most lines of a backtrace; a recursion without end has many.
const BACKTRACE_LINES: usize = 200;

/// What is known of a panic.
pub(super) struct Facts<'a> {
    pub program: &'a str,
    pub now: DateTime<Utc>,
    pub place: &'a str,
    /// The panic's text when it is part of the program; none when it was made from data.
    pub message: Option<&'static str>,
    pub thread: Option<&'a str>,
    pub backtrace: &'a str,
}

/// The report as a text file.
pub(super) fn report(facts: &Facts<'_>) -> String {
    let Facts { program, now, place, message, thread, backtrace } = facts;
    let left_out = "(left out, because it was made from data and could contain secrets)";
    format!(
        "A365 Password Tool: an internal error\n\
         This report contains no secrets and nothing from a vault.\n\n\
         Program:  {program} {version}\n\
         System:   {system}\n\
         When:     {when}\n\
         Thread:   {thread}\n\
         Location: {place}\n\
         Message:  {message}\n\n\
         Call stack, innermost first:\n{functions}\n",
        version = env!("CARGO_PKG_VERSION"),
        system = system::describe(),
        when = now.format("%Y-%m-%d %H:%M:%S UTC"),
        thread = thread.unwrap_or("(without a name)"),
        message = message.unwrap_or(left_out),
        functions = functions(backtrace),
    )
}

fn functions(backtrace: &str) -> String {
    let known = |line: &&str| !line.trim_end().ends_with("<unknown>");
    let lines: Vec<&str> = backtrace.lines().filter(known).take(BACKTRACE_LINES).collect();
    if lines.is_empty() { "(this build has no function names)".to_owned() } else { lines.join("\n") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts<'a>() -> Facts<'a> {
        Facts {
            program: "a365-password-tool",
            now: "2026-11-26T06:10:33Z".parse().expect("a time"),
            place: "src/vault/merge.rs:12",
            message: Some("a profile without an id"),
            thread: Some("vault"),
            backtrace: "   0: core::panicking\n   1: <unknown>\n   2: a365::merge",
        }
    }

    #[test]
    fn a_report_tells_version_system_place_thread_and_functions() {
        let text = report(&facts());
        let version = concat!("a365-password-tool ", env!("CARGO_PKG_VERSION"));
        let system = system::describe();
        let expected = [
            version,
            &system,
            "2026-11-26 06:10:33 UTC",
            "vault",
            "merge.rs:12",
            "a profile without an id",
            "a365::merge",
        ];
        for part in expected {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains("<unknown>"));
    }

    #[test]
    fn what_is_not_known_is_said() {
        let text = report(&Facts { message: None, thread: None, backtrace: "   0: <unknown>\n", ..facts() });
        for part in ["left out", "without a name", "no function names"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}
