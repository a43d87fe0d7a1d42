//! The values of a profile from outside: what holds for every input.

use a365_password_tool::cloud::{Cloud, environment_host};
use a365_password_tool::profile::{ClientId, ClientSecret, EnvironmentUrl, NAME_LENGTH_LIMIT, Tenant, parse_name};
use proptest::prelude::*;

/// The domains under which Microsoft runs environments, each with the dot that keeps look-alikes out.
const KNOWN_ENDS: [&str; 4] = [".dynamics.com", ".microsoftdynamics.us", ".appsplatform.us", ".dynamics.cn"];

/// Addresses that are nearly right: known pieces, look-alikes and any Unicode between them.
fn near_address() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => prop::sample::select(vec![
            "https://", "http://", "HTTPS:", "//", "contoso", ".", "crm", "crm4", "crm9", "api", "dynamics.com",
            "microsoftdynamics.us", "appsplatform.us", "dynamics.cn", "dynamics.com.evil.example", "@", ":443", ":",
            "/main.aspx?appid=1", "\\", "#", "%2e", "xn--", "。", "ｄynamics", "[::1]", "127.0.0.1", " ", "\"",
            ".crm4.dynamics.com", "contoso.crm4.dynamics.com",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => "[a-z0-9.-]{1,6}",
    ];
    prop::collection::vec(piece, 0..7).prop_map(|pieces| pieces.concat())
}

fn any_text() -> impl Strategy<Value = String> {
    prop::collection::vec(any::<char>(), 0..60).prop_map(String::from_iter)
}

fn is_known(host: &str) -> bool {
    KNOWN_ENDS.iter().any(|end| host.ends_with(end))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_accepted_address_is_one_origin_of_a_known_cloud(text in prop_oneof![near_address(), any_text()]) {
        let Ok(url) = EnvironmentUrl::parse(&text) else { return Ok(()) };
        prop_assert!(is_known(url.host()), "{} from {:?}", url.host(), text);
        let start = format!("{}.crm", url.organization());
        prop_assert!(url.host().starts_with(&start));
        prop_assert!(url.host().chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-'));
        prop_assert!(Cloud::ALL.contains(&url.cloud()));
        prop_assert_eq!(url.to_string(), format!("https://{}", url.host()));
        prop_assert_eq!(EnvironmentUrl::parse(&url.to_string()), Ok(url));
    }

    #[test]
    fn an_address_as_we_write_it_is_read_as_in_any_other_spelling(
        host in "([a-z0-9-]{1,6}|xn--[a-z0-9]{1,4}|make)(\\.api)?\\.crm[0-9]{0,3}\\.(dynamics\\.(com|cn)|appsplatform\\.us)"
    ) {
        let other = EnvironmentUrl::parse(&format!("HTTPS://{host}/"));
        prop_assert_eq!(EnvironmentUrl::parse(&format!("https://{host}")), other);
    }

    #[test]
    fn a_host_of_a_cloud_ends_in_its_domain(host in prop_oneof![near_address(), any_text()]) {
        if let Some(found) = environment_host(&host) {
            prop_assert!(is_known(&found.host), "{}", found.host);
            prop_assert!(is_known(&host.to_ascii_lowercase()), "{:?}", host);
            prop_assert_eq!(environment_host(&found.host), Some(found));
        }
    }

    #[test]
    fn only_a_sign_in_hosts_whole_name_is_one(host in any_text(), cloud in prop::sample::select(&Cloud::ALL[..])) {
        let known = cloud.sign_in_host();
        prop_assert!(cloud.is_sign_in_host(known));
        prop_assume!(!host.is_empty());
        let (after, before) = (format!("{known}.{host}"), format!("{host}{known}"));
        prop_assert!(!cloud.is_sign_in_host(&after));
        prop_assert!(!cloud.is_sign_in_host(&before));
    }

    #[test]
    fn no_value_panics_on_any_text_and_what_is_taken_is_taken_again(text in any_text()) {
        if let Ok(id) = ClientId::parse(&text) {
            prop_assert_eq!(ClientId::parse(&id.to_string()), Ok(id));
        }
        if let Ok(tenant) = Tenant::parse(&text) {
            prop_assert_eq!(Tenant::parse(&tenant.to_string()), Ok(tenant));
        }
        if let Ok(name) = parse_name(&text) {
            prop_assert!(name.chars().count() <= NAME_LENGTH_LIMIT);
            prop_assert_eq!(parse_name(&name), Ok(name));
        }
        if let Ok(secret) = ClientSecret::parse(&text) {
            secret.advice();
            prop_assert!(text.contains(secret.expose()), "only its ends go");
            prop_assert_eq!(ClientSecret::parse(secret.expose()), Ok(secret.clone()));
            prop_assert_eq!(ClientSecret::parse_exact(secret.expose()), Ok(secret));
        }
    }

    #[test]
    fn ids_are_read_in_every_case_and_with_blanks(bytes in any::<[u8; 16]>(), before in "[ \t\r\n]{0,3}") {
        let id = uuid::Uuid::from_bytes(bytes);
        prop_assume!(!id.is_nil());
        let typed = format!("{before}{}{before}", id.to_string().to_uppercase());
        prop_assert_eq!(ClientId::parse(&typed).map(|id| id.to_string()), Ok(id.to_string()));
        prop_assert!(ClientSecret::parse(&typed).is_err(), "a Secret ID is no secret");
        prop_assert_eq!(Tenant::parse(&typed), Ok(Tenant::Id(id)));
    }

    #[test]
    fn tenants_domains_are_read_again(domain in "[a-zA-Z0-9]{1,8}(\\.[a-z0-9]{1,8}){1,3}") {
        if let Ok(tenant) = Tenant::parse(&domain) {
            prop_assert_eq!(Tenant::parse(&tenant.to_string()), Ok(tenant));
        }
    }
}

#[test]
fn the_properties_meet_addresses_that_are_accepted() {
    // Without this the first property could pass by never finding an address.
    for text in ["contoso.crm4.dynamics.com", " HTTPS://Contoso.api.crm.dynamics.cn/x?y#z "] {
        assert!(EnvironmentUrl::parse(text).is_ok(), "{text}");
    }
}
