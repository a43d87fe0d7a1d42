//! Tests of the token form and of the reader of Entra's errors.

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// The fields of an app's sign-in.
fn parts<'a>(client_id: &'a str, secret: &'a str, scope: &'a str) -> [(&'static str, &'a str); 4] {
    [("client_id", client_id), ("scope", scope), ("client_secret", secret), ("grant_type", "client_credentials")]
}

#[test]
fn every_character_of_a_secret_survives_the_form() {
    let secret = "a+b&c=d%e f;g\"h'ä~._-";
    let body = form_body(&parts("id", secret, "https://contoso.crm4.dynamics.com/.default"));
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(&body).into_owned().collect();
    assert_eq!(pairs[2], ("client_secret".to_owned(), secret.to_owned()));
    assert_eq!(pairs[1].1, "https://contoso.crm4.dynamics.com/.default");
    assert_eq!(pairs.len(), 4);
}

#[test]
fn the_form_never_outgrows_its_first_buffer() {
    let secret = "%".repeat(500);
    let body = form_body(&parts("id", &secret, "s"));
    assert!(body.capacity() < 3 * 500 + 200, "grown to {}", body.capacity());
}

#[test]
fn a_recorded_error_is_read_whole() {
    let error = EntraError::read(&json!({
        "error": "invalid_client",
        "error_description": "AADSTS7000222: The provided client secret keys are expired.\r\nTrace ID: t1\r\nCorrelation ID: c1\r\nTimestamp: 2021-01-15 08:38:00Z",
        "error_codes": [7000222],
    }))
    .expect("an error");
    assert_eq!(error.number, Some(7_000_222));
    assert_eq!(error.sentence, "The provided client secret keys are expired.");
    assert_eq!((&*error.trace_id, &*error.correlation_id), ("t1", "c1"));
    assert_eq!(error.trace(), "Trace ID: t1, Time: 2021-01-15 08:38:00Z");
}

#[test]
fn the_number_is_found_without_the_list_and_in_one_line() {
    let error = EntraError::read(&json!({
        "error": "invalid_request",
        "error_description": "AADSTS90002: Tenant 'x' not found. Trace ID: t2 Correlation ID: c2 Timestamp: 2026-01-01 00:00:00Z",
    }))
    .expect("an error");
    assert_eq!(error.number, Some(90002));
    assert_eq!(error.sentence, "Tenant 'x' not found.");
    assert_eq!(error.trace_id, "t2");
}

/// As people have quoted them in public: in a list, in the sentence alone, with other numbers beside it.
#[test]
fn every_way_in_which_a_refusal_by_a_tenant_is_written_gives_its_number() {
    let tail = "Trace ID: t Correlation ID: c Timestamp: 2026-01-01 00:00:00Z";
    let cases = [
        (
            json!({"error": "invalid_request", "error_description": format!("AADSTS500021: Access to 'Fabrikam' tenant is denied. {tail}"), "error_codes": [500_021]}),
            500_021,
        ),
        (
            json!({"error": "invalid_request", "error_description": format!("AADSTS500021: Access to 'Fabrikam' tenant is denied.\r\n{tail}")}),
            500_021,
        ),
        (
            json!({"error": "access_denied", "error_description": "AADSTS500022: Access to 'x' tenant is denied.", "error_codes": []}),
            500_022,
        ),
        (json!({"error": "access_denied", "error_codes": [500_022]}), 500_022),
        (
            json!({"error": "invalid_request", "error_description": "AADSTS5000211: A tenant restrictions policy added to this request by a device or network administrator does not allow access to 'x'."}),
            5_000_211,
        ),
        (
            json!({"error": "interaction_required", "error_description": "AADSTS5000224: We are sorry, this resource is not available.", "error_codes": [5_000_224]}),
            5_000_224,
        ),
        (
            json!({"error": "interaction_required", "error_description": "  AADSTS5000225: This tenant has been blocked due to inactivity."}),
            5_000_225,
        ),
        (
            json!({"error": "invalid_client", "error_description": "AADSTS650052: The app is trying to access a service 'x' that your organization lacks a service principal for.", "suberror": "message_only"}),
            650_052,
        ),
        (
            json!({"error": "invalid_client", "error_description": "AADSTS700025: Client is public so neither 'client_assertion' nor 'client_secret' should be presented.", "error_uri": "https://login.microsoftonline.com/error?code=700025"}),
            700_025,
        ),
        (
            json!({"error": "invalid_client", "error_description": "AADSTS7000229: The client application 'x' is missing service principal in the tenant 'y'. See instructions here.", "error_codes": [7_000_229], "timestamp": "2026-01-01 00:00:00Z"}),
            7_000_229,
        ),
        (
            json!({"error": "invalid_client", "error_description": "AADSTS7000222: The provided client secret keys for app 'AADSTS500021' are expired."}),
            7_000_222,
        ),
    ];
    for (answer, number) in cases {
        assert_eq!(EntraError::read(&answer).and_then(|error| error.number), Some(number), "{answer}");
    }
}

#[test]
fn what_is_no_error_is_not_taken_for_one() {
    for json in [json!({}), json!([]), json!("x"), json!(null), json!({"error": {"code": "x"}})] {
        assert_eq!(EntraError::read(&json), None, "{json}");
    }
}

proptest! {
    #[test]
    fn no_description_makes_the_reader_panic(error in any::<String>(), description in any::<String>(), number in any::<u64>()) {
        let _ = EntraError::read(&json!({"error": error, "error_description": description, "error_codes": [number]}));
        let _ = EntraError::read(&json!({"error": error, "error_description": format!("AADSTS{description}")}));
    }
}
