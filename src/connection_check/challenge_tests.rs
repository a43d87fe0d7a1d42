//! Tests of the challenge reader and of its judge.

use proptest::prelude::*;

use super::*;

const TENANT: &str = "66667777-dddd-8888-eeee-9999ffff0000";

fn contoso() -> EnvironmentUrl {
    EnvironmentUrl::parse("https://contoso.crm4.dynamics.com").expect("a test's own address")
}

fn read(lines: &[&str]) -> Result<String, &'static str> {
    tenant_of(lines.iter().map(|line| line.as_bytes()), &contoso())
        .map(|tenant| tenant.to_string())
        .map_err(|error| error.code())
}

fn authority() -> String {
    format!("https://login.microsoftonline.com/{TENANT}/oauth2/authorize")
}

#[test]
fn every_spelling_of_a_challenge_is_read() {
    let a = authority();
    let r = "https://contoso.crm4.dynamics.com/";
    for lines in [
        vec![format!("Bearer authorization_uri={a}, resource_id={r}")],
        vec![format!("BeArEr AUTHORIZATION_URI={a}, reSoUrCe_ID={r}")],
        vec![format!("Bearer authorization_uri=\"{a}\" resource_id=\"{r}\"")],
        vec![format!("Bearer authorization_uri=\"{a}\",resource_id=\"{r}\"")],
        vec![format!("bearer resource_id={r},authorization_uri={a}")],
        vec![format!("Bearer  authorization_uri = \"{a}\" , resource_id = {r}")],
        vec![format!("Bearer authorization_uri={a}")],
        vec!["Negotiate".to_owned(), "NTLM".to_owned(), format!("Bearer authorization_uri={a}, resource_id={r}")],
        vec![format!("Negotiate, Basic realm=\"a, b\", Bearer authorization_uri={a}, resource_id={r}")],
        vec![format!("Bearer error=\"invalid_token\", authorization_uri={a}, resource_id={r}")],
        vec![format!("Bearer authorization_uri={a}, resource_id=https://contoso.api.crm4.dynamics.com/")],
        vec![format!("Bearer authorization_uri=https://login.windows.net/{TENANT}/oauth2/authorize")],
        vec![format!("Bearer authorization_uri=https://login.microsoftonline.com:443/{TENANT}/oauth2/authorize")],
        vec![format!("Bearer authorization_uri=HTTPS://LOGIN.MicrosoftOnline.com/{TENANT}/oauth2/authorize")],
    ] {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        assert_eq!(read(&lines).as_deref(), Ok(TENANT), "{lines:?}");
    }
}

#[test]
fn what_may_not_be_followed_is_refused() {
    let cases = [
        (format!("https://login.evil.example/{TENANT}/oauth2/authorize"), "authority_untrusted"),
        (format!("http://login.microsoftonline.com/{TENANT}/oauth2/authorize"), "authority_untrusted"),
        (format!("https://login.microsoftonline.com:8443/{TENANT}/oauth2/authorize"), "authority_untrusted"),
        (format!("https://login.microsoftonline.com@evil.example/{TENANT}/x"), "authority_untrusted"),
        (format!("https://a:b@login.microsoftonline.com/{TENANT}/x"), "authority_untrusted"),
        (format!("https://login.microsoftonline.com.evil.example/{TENANT}/x"), "authority_untrusted"),
        (format!("https://login.microsoftonline.com./{TENANT}/x"), "authority_untrusted"),
        (format!("https://192.0.2.1/{TENANT}/x"), "authority_untrusted"),
        ("https://adfs.example.com/adfs/oauth2/authorize".to_owned(), "authority_untrusted"),
        (format!("https://login.microsoftonline.us/{TENANT}/oauth2/authorize"), "cloud_mismatch"),
        (format!("https://login.partner.microsoftonline.cn/{TENANT}/oauth2/authorize"), "cloud_mismatch"),
        (format!("\"https://login.micro\tsoftonline.com/{TENANT}/x\""), "authority_untrusted"),
        (format!("https://login%2emicrosoftonline.com/{TENANT}/x"), "authority_untrusted"),
        (format!("https:login.microsoftonline.com/{TENANT}/x"), "authority_untrusted"),
        ("https://login.microsoftonline.com/common/oauth2/authorize".to_owned(), "challenge_malformed"),
        ("https://login.microsoftonline.com/contoso.com/oauth2/authorize".to_owned(), "challenge_malformed"),
        ("https://login.microsoftonline.com/".to_owned(), "challenge_malformed"),
        ("nonsense".to_owned(), "challenge_malformed"),
        (String::new(), "challenge_malformed"),
    ];
    for (authority, code) in cases {
        let line = format!("Bearer authorization_uri={authority}, resource_id=https://contoso.crm4.dynamics.com/");
        assert_eq!(read(&[&line]), Err(code), "{authority}");
    }
    for resource in [
        "https://fabrikam.crm4.dynamics.com/",
        "https://contoso.crm4.dynamics.com.evil.example/",
        "http://contoso.crm4.dynamics.com/",
        "x",
    ] {
        let line = format!("Bearer authorization_uri={}, resource_id={resource}", authority());
        assert_eq!(read(&[&line]), Err("resource_mismatch"), "{resource}");
    }
}

#[test]
fn a_second_foreign_authority_is_not_passed_over() {
    let good = format!("Bearer authorization_uri={}", authority());
    let evil = format!("Bearer authorization_uri=https://login.evil.example/{TENANT}/x");
    assert_eq!(read(&[&good, &evil]), Err("authority_untrusted"));
    assert_eq!(read(&[&evil, &good]), Err("authority_untrusted"));
    let other = "Bearer authorization_uri=https://login.microsoftonline.com/11112222-aaaa-3333-bbbb-4444cccc5555/x";
    assert_eq!(read(&[&good, other]), Err("challenge_malformed"));
}

#[test]
fn no_bearer_challenge_and_an_empty_one_are_told_apart() {
    assert_eq!(read(&[]), Err("challenge_missing"));
    assert_eq!(read(&["Negotiate", "NTLM"]), Err("challenge_missing"));
    assert_eq!(read(&["Basic realm=\"Bearer authorization_uri=x\""]), Err("challenge_missing"));
    assert_eq!(read(&["Bearer"]), Err("challenge_malformed"));
    assert_eq!(read(&["Bearer resource_id=https://contoso.crm4.dynamics.com/"]), Err("challenge_malformed"));
}

proptest! {
    #[test]
    fn no_header_makes_the_reader_panic(line in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = tenant_of([line.as_slice()], &contoso());
    }

    #[test]
    fn nothing_but_the_own_sign_in_host_is_followed(
        prefix in "(Bearer |bearer\t|NTLM, Bearer )",
        host in "[a-z.@:/\\\\]{0,30}",
        quote in "\"?",
    ) {
        prop_assume!(!host.is_empty());
        let line = format!("{prefix}authorization_uri={quote}https://{host}login.microsoftonline.com.x/{TENANT}/x{quote}");
        prop_assert!(tenant_of([line.as_bytes()], &contoso()).is_err());
    }
}
