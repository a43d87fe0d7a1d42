//! The fourth stage: who the token's bearer is in Dataverse; and the reader of Dataverse's errors.

use hyper::StatusCode;
use serde_json::Value;
use uuid::Uuid;

use super::exchange::{Answer, Request, Wire};
use super::failure::{Failure, Found};
use super::stage::one_line;
use crate::profile::SecretText;

/// The application user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Caller {
    pub user: Uuid,
    pub organization: Uuid,
}

/// A GET of Dataverse's Web API with a token. `path` begins behind `/api/data/v9.2/`.
pub(super) fn web_api(host: &str, path: &str, token: &SecretText) -> Request {
    Request::get(host, &format!("/api/data/v9.2/{path}")).odata().bearer(token)
}

/// Asks who the token's bearer is.
pub(super) async fn who_am_i(wire: &Wire<'_>, host: &str, token: &SecretText) -> Result<Found<Caller>, Failure> {
    let answer = wire.send(&web_api(host, "WhoAmI", token)).await?;
    let json = expect_json(&answer)?;
    let id = |name: &str| json.get(name).and_then(Value::as_str).and_then(|text| Uuid::try_parse(text).ok());
    let (Some(user), Some(organization)) = (id("UserId"), id("OrganizationId")) else {
        return Err(answer.fail("bad_json").saying("It does not contain a user ID and an organization ID"));
    };
    Ok(Found::new(Caller { user, organization }, "The app is a user of this environment.")
        .with("Application user ID", user.to_string())
        .with("Organization ID", organization.to_string())
        .with("Request ID", request_id(&answer)))
}

/// The JSON of a success, or the failure that the answer means.
pub(super) fn expect_json(answer: &Answer) -> Result<Value, Failure> {
    answer.body()?;
    if !answer.status.is_success() {
        return Err(failure_of(answer));
    }
    answer.json().ok_or_else(|| answer.bare_status_failure())
}

/// The failure in an answer of Dataverse's that is no success.
pub(super) fn failure_of(answer: &Answer) -> Failure {
    error_of(answer).unwrap_or_else(|| {
        let mut failure =
            answer.bare_status_failure().with("Challenge", answer.challenge()).with("Request ID", request_id(answer));
        failure.trace = trace_of(answer).into();
        failure
    })
}

/// The failure that Dataverse itself describes in its answer, if it does.
pub(super) fn error_of(answer: &Answer) -> Option<Failure> {
    if answer.status.is_success() {
        return None;
    }
    let error = DataverseError::read(&answer.json()?)?;
    let lower = error.message.to_ascii_lowercase();
    let code = if lower.contains("admin only mode") || lower.contains("administration mode") {
        "admin_mode".to_owned()
    } else if answer.status == StatusCode::UNAUTHORIZED && error.code != Some(0x8007_2560) {
        "http_401".to_owned()
    } else {
        match error.code {
            Some(number) => format!("{number:#010x}"),
            None if answer.status == StatusCode::TOO_MANY_REQUESTS => "throttled".to_owned(),
            None => format!("http_{}", answer.status.as_u16()),
        }
    };
    let mut failure = answer
        .fail(code)
        .saying(&error.message)
        .with("Error code", &error.raw_code)
        .with("Dataverse says", &error.message)
        .with("Request ID", request_id(answer));
    failure.trace = trace_of(answer).into();
    Some(failure)
}

/// The ID by which Microsoft's support finds a request.
fn request_id(answer: &Answer) -> String {
    let header = |name: &str| answer.header(name).filter(|text| !text.is_empty());
    header("x-ms-service-request-id").or_else(|| header("req_id")).unwrap_or_default()
}

fn trace_of(answer: &Answer) -> String {
    let id = one_line(&request_id(answer));
    let date = one_line(&answer.header("date").unwrap_or_default());
    let parts = [("Request ID", id), ("Time", date)];
    let parts: Vec<String> =
        parts.iter().filter(|(_, value)| !value.is_empty()).map(|(label, value)| format!("{label}: {value}")).collect();
    parts.join(", ")
}

/// What Dataverse says when it refuses: `{"error":{"code":"0x80040220","message":"…"}}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DataverseError {
    /// The code as a number, when it is one.
    pub code: Option<u32>,
    raw_code: String,
    message: String,
}

impl DataverseError {
    /// Reads an error answer; `None` when it is none.
    pub(super) fn read(json: &Value) -> Option<DataverseError> {
        let error = json.get("error")?;
        let message = error.get("message").and_then(Value::as_str).unwrap_or_default();
        let raw = match error.get("code") {
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        if message.is_empty() && raw.is_empty() {
            return None;
        }
        Some(DataverseError { code: number_of(&raw), raw_code: one_line(&raw), message: one_line(message) })
    }

    #[cfg(test)]
    pub(super) fn texts(&self) -> [&str; 2] {
        [&self.raw_code, &self.message]
    }
}

/// `0x80040220`, or the same number as a signed decimal.
fn number_of(text: &str) -> Option<u32> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => u32::from_str_radix(digits, 16).ok(),
        Some(_) => None,
        None => text.parse::<i32>().ok().filter(|number| *number < 0).map(i32::cast_unsigned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn code(json: &Value) -> Option<u32> {
        DataverseError::read(json).and_then(|error| error.code)
    }

    #[test]
    fn codes_are_read_in_every_spelling() {
        for code_text in [json!("0x80072560"), json!("0X80072560"), json!("-2147015328"), json!(-2_147_015_328)] {
            assert_eq!(code(&json!({"error": {"code": code_text, "message": "m"}})), Some(0x8007_2560), "{code_text}");
        }
    }

    #[test]
    fn words_are_no_codes() {
        for text in ["", "Forbidden", "0x", "0xzz", "0x123456789", "+0x1", "5"] {
            assert_eq!(code(&json!({"error": {"code": text, "message": "m"}})), None, "{text}");
        }
        assert_eq!(DataverseError::read(&json!({"error": "invalid"})), None);
        assert_eq!(DataverseError::read(&json!(["error"])), None);
    }

    proptest! {
        #[test]
        fn no_error_makes_the_reader_panic(code in any::<String>(), message in any::<String>()) {
            let _ = DataverseError::read(&json!({"error": {"code": code, "message": message}}));
            let _ = DataverseError::read(&json!({"error": {"code": format!("0x{code}")}}));
        }
    }
}
