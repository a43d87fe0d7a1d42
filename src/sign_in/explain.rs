//! Explains a code that a person reads off Microsoft's sign-in page: most failures never reach the program.

use uuid::Uuid;

use super::error::{SignInError, nothing};
use crate::cloud::Cloud;
use crate::connection_check::{Diagnosis, Failure, Subject};
use crate::profile::ClientId;

/// What the code in `text` means for a person who signs in. `text` may be the code, its number alone, or the whole sentence of
/// the page; `None` when there is no code in it.
pub fn explain_code(text: &str, cloud: Cloud, tenant: Option<Uuid>, client: Option<ClientId>) -> Option<Diagnosis> {
    let upper = text.to_ascii_uppercase();
    let (number, words) = match upper.find("AADSTS") {
        Some(at) => digits(&text[at + "AADSTS".len()..]),
        None => digits(text.trim()),
    }?;
    let (tenant, client) = (tenant.map(|id| id.to_string()), client.map(|id| id.to_string()));
    let about = Subject { cloud: Some(cloud), tenant: tenant.as_deref(), client_id: client.as_deref(), ..nothing() };
    let failure = Failure::new(format!("AADSTS{number}"), cloud.sign_in_host()).saying(words);
    Some(*SignInError::about(&failure, &about, &[]).0)
}

/// The digits that `text` begins with, and what follows. Microsoft's numbers have four to eight digits.
fn digits(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    let is_end = rest.chars().next().is_none_or(|c| !c.is_alphanumeric() && c != '-');
    (is_end && (4..=8).contains(&number.len())).then(|| (number, rest.trim_start_matches([':', ' ']).trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Option<String> {
        explain_code(text, Cloud::Commercial, None, None).map(|found| found.code)
    }

    #[test]
    fn a_code_is_found_however_it_is_copied() {
        for text in [
            "AADSTS50011",
            " aadsts50011 ",
            "50011",
            "AADSTS50011: The redirect URI 'http://localhost:1' specified in the request does not match.",
            "Error Code: AADSTS50011\r\nRequest Id: 1",
        ] {
            assert_eq!(code(text).as_deref(), Some("AADSTS50011"), "{text}");
        }
        for text in ["", "AADSTS", "hello", "123", "11112222-aaaa-3333-bbbb-4444cccc5555", "AADSTSx50011"] {
            assert_eq!(code(text), None, "{text}");
        }
    }

    #[test]
    fn the_explanation_is_the_persons_and_the_clouds() {
        let client = ClientId::parse("11112222-aaaa-3333-bbbb-4444cccc5555").ok();
        let found = explain_code("AADSTS53003", Cloud::GccHigh, Some(Uuid::from_u128(7)), client).expect("a code");
        assert!(
            found.what.contains("00000000-0000-0000-0000-000000000007") && found.fix[0].contains("portal.azure.us")
        );
        let unknown = explain_code("AADSTS4242: Something new.", Cloud::China, None, None).expect("a code");
        assert!(unknown.what.contains("Something new.") && unknown.fix[0].contains("login.partner.microsoftonline.cn"));
    }
}
