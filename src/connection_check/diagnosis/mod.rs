//! What is wrong, why, and how to fix it: the text of every known failure, written once.
//!
//! In: a public code and the `Subject` it is about. Out: a [`Diagnosis`], which window, command line and report
//! all show. Each file holds the table of one subject; `{words}` in a text are filled from the subject.

mod address;
mod challenge;
mod dataverse;
mod dataverse_codes;
mod entra;
mod entra_service;
mod entra_tenant;
mod network;
mod new_secret;
mod offline;
mod page;
mod person;
mod proxy;
mod steps;
mod subject;
mod tls;

use super::SecretAge;
pub(super) use offline::OFFLINE;
use page::Page;
pub(crate) use person::PERSON;
pub(crate) use subject::Subject;

/// What failed and what to do about it, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// The public code: the server's (`AADSTS7000215`, `0x80072560`) or the product's own (`dns`).
    pub code: String,
    /// One sentence: what is wrong.
    pub what: String,
    /// One or two sentences: why that happens.
    pub why: String,
    /// The steps that fix it, in order.
    pub fix: Vec<String>,
    /// The portal page where the fix begins, for the environment's own cloud.
    pub link: Option<PortalLink>,
}

/// A page to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortalLink {
    /// The page's name.
    pub text: String,
    /// Its https address.
    pub url: String,
}

/// One known failure.
struct Entry {
    /// The public code. `AADSTS*`, `0x*` and `http_*` stand for every code that has no entry of its own. Behind a slash
    /// the step or circumstance that this text is for.
    code: &'static str,
    what: &'static str,
    why: &'static str,
    fix: &'static [&'static str],
    page: Page,
}

/// The families of codes whose members need no entry of their own.
const FAMILIES: [(&str, &str); 3] = [("AADSTS", "AADSTS*"), ("0x", "0x*"), ("http_", "http_*")];

/// The variant of a text for Microsoft's fixed hosts, where the general one speaks of environments. It may stand behind
/// another variant.
const FIXED: &str = "fixed";

/// Every code that has a text of its own, with the three families at their places.
pub fn codes() -> impl Iterator<Item = &'static str> {
    entries().map(|entry| entry.code).filter(|code| !code.contains('/'))
}

/// Every sentence that a diagnosis may show, with its places for values unfilled.
pub fn texts() -> impl Iterator<Item = &'static str> {
    entries()
        .chain(new_secret::ENTRIES)
        .chain([&offline::ENTRY])
        .flat_map(|entry| [entry.what, entry.why].into_iter().chain(entry.fix.iter().copied()))
}

fn entries() -> impl Iterator<Item = &'static Entry> {
    [
        address::ENTRIES,
        network::ENTRIES,
        proxy::ENTRIES,
        steps::ENTRIES,
        tls::ENTRIES,
        challenge::ENTRIES,
        entra::ENTRIES,
        entra_service::ENTRIES,
        entra_tenant::ENTRIES,
        person::ENTRIES,
        dataverse::ENTRIES,
        dataverse_codes::ENTRIES,
    ]
    .into_iter()
    .flatten()
}

/// The text of one code for one step or circumstance.
fn variant(code: &str, variant: &str) -> Option<&'static Entry> {
    entries().find(|entry| entry.code.split_once('/') == Some((code, variant)))
}

fn find(subject: &Subject<'_>) -> Option<&'static Entry> {
    let code = subject.code;
    if subject.variant == OFFLINE {
        return Some(&offline::ENTRY);
    }
    if subject.secret_age == SecretAge::New
        && let Some(entry) = new_secret::ENTRIES.iter().find(|entry| entry.code == code)
    {
        return Some(entry);
    }
    let own = subject.variant;
    let for_fixed = || match own {
        _ if !subject.is_fixed_host() => None,
        "" | PERSON => variant(code, FIXED),
        own => variant(code, &format!("{own}/{FIXED}")),
    };
    let of_variant = match own {
        PERSON => person::find(code).or_else(for_fixed),
        own => for_fixed().or_else(|| variant(code, own)),
    };
    of_variant.or_else(|| entries().find(|entry| entry.code == code)).or_else(|| {
        let (_, family) = FAMILIES.iter().find(|(prefix, _)| code.starts_with(prefix))?;
        entries().find(|entry| entry.code == *family)
    })
}

/// The diagnosis of `code` for `subject`. A code without any text, which the check never creates, gets one that
/// says so, because a missing text must not hide a failure.
pub(crate) fn explain(code: &str, subject: &Subject<'_>) -> Diagnosis {
    let subject = &Subject { code, ..*subject };
    let Some(entry) = find(subject) else {
        return Diagnosis {
            code: code.to_owned(),
            what: format!("The test failed with “{code}”."),
            why: "This program has no explanation for this code.".to_owned(),
            fix: vec!["Copy the report and send it to the people who support this program.".to_owned()],
            link: None,
        };
    };
    Diagnosis {
        code: code.to_owned(),
        what: subject.fill(entry.what),
        why: subject.fill(entry.why),
        fix: entry.fix.iter().map(|step| subject.fill(step)).collect(),
        link: entry.page.link(subject),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::Cloud;
    use crate::profile::EnvironmentUrl;

    /// The public contract: every code that people's scripts may meet.
    const CONTRACT: &str = "url_invalid url_not_https url_not_dataverse client_id_not_guid secret_is_guid secret_missing \
        client_id_is_tenant_id secret_masked secret_placeholder secret_is_connection_string \
        dns dropped timeout tls_untrusted tls_expired tls_wrong_host tls_revocation_unknown proxy_auth_required \
        proxy_not_found proxy_tls proxy_setting dns_failed dns_timeout tls_client_certificate \
        tls_version tls_cipher tls_alert redirected proxy_refused http_404 http_431 http_502 http_503 http_504 http_418 challenge_missing challenge_malformed html_instead_of_401 \
        authority_untrusted cloud_mismatch resource_mismatch throttled html_instead_of_json bad_json too_large \
        AADSTS7000215 AADSTS7000222 AADSTS7000216 AADSTS7000218 AADSTS700016 AADSTS7000229 AADSTS7000112 \
        AADSTS700027 AADSTS90002 AADSTS900023 AADSTS50059 AADSTS9001023 AADSTS500011 AADSTS500014 AADSTS501051 \
        AADSTS65001 AADSTS1002012 AADSTS70011 AADSTS900144 AADSTS9002313 AADSTS900561 AADSTS70003 AADSTS53003 \
        AADSTS50196 AADSTS90033 AADSTS90006 AADSTS90024 AADSTS50033 AADSTS90055 AADSTS900382 AADSTS90038 \
        AADSTS900439 AADSTS1002016 AADSTS50034 AADSTS130507 AADSTS4242 AADSTS500021 AADSTS500022 AADSTS5000211 \
        AADSTS5000224 AADSTS5000225 AADSTS650052 AADSTS700025 \
        AADSTS65004 access_denied authorization_declined AADSTS90094 AADSTS90095 AADSTS65002 AADSTS50020 AADSTS16000 \
        AADSTS90072 AADSTS50105 AADSTS53000 AADSTS53001 AADSTS530033 AADSTS530032 AADSTS530035 AADSTS50072 AADSTS50074 \
        AADSTS50076 AADSTS50079 AADSTS50158 AADSTS500212 AADSTS500213 AADSTS50199 AADSTS50194 AADSTS50011 AADSTS650057 \
        AADSTS50057 AADSTS54005 AADSTS501481 AADSTS50173 AADSTS70043 AADSTS70008 AADSTS700082 expired_token AADSTS70018 \
        AADSTS70019 AADSTS70020 bad_verification_code no_answer loopback_unavailable sign_in_mismatch token_mismatch \
        foreign_next_link next_link_repeats graph_not_allowed graph_refused \
        0x80072560 0x80040220 0x80042f09 0x80040225 0x8004a104 0x80095ffe 0x80095ffc 0x80072322 0x80072321 \
        0x80072326 0x80060888 0x80040217 0x8badf00d admin_mode http_401 missing_privileges table_missing";

    #[test]
    fn a_policy_that_forbids_or_shortens_secrets_is_named() {
        let fix = explain("AADSTS7000222", &Subject::nobody()).fix.join(" ");
        for words in ["app management policy", "Application policies", "short lifetime"] {
            assert!(fix.contains(words), "{words}: {fix}");
        }
    }

    #[test]
    fn every_code_of_the_contract_has_a_text() {
        for code in CONTRACT.split_whitespace() {
            assert!(find(&Subject { code, ..Subject::nobody() }).is_some(), "{code}");
        }
    }

    #[test]
    fn every_variant_belongs_to_a_code_with_a_general_text() {
        for (code, _) in entries().filter_map(|entry| entry.code.split_once('/')) {
            assert!(codes().any(|known| known == code), "{code}");
        }
    }

    #[test]
    fn nobody_reads_that_a_fixed_host_of_microsofts_was_deleted() {
        for cloud in Cloud::ALL {
            for host in [cloud.sign_in_host(), cloud.graph_host()] {
                let general = ["dns", "http_404", "http_503", "redirected", "proxy_refused"].map(|code| (code, ""));
                for (code, variant) in general.into_iter().chain([("proxy_refused", "unreachable")]) {
                    let environment = EnvironmentUrl::parse(match cloud {
                        Cloud::China => "contoso.crm.dynamics.cn",
                        Cloud::GccHigh => "contoso.crm.microsoftdynamics.us",
                        Cloud::Dod => "contoso.crm.appsplatform.us",
                        _ => "contoso.crm4.dynamics.com",
                    });
                    let environment = environment.expect("a test's own address");
                    let subject = Subject { host, variant, environment: Some(&environment), ..Subject::nobody() };
                    let found = explain(code, &subject);
                    let text = format!("{} {} {}", found.what, found.why, found.fix.join(" "));
                    for word in ["deleted", "renamed", "moved", "Environment URL"] {
                        assert!(!text.contains(word), "{code} {host}: {text}");
                    }
                }
            }
        }
    }

    #[test]
    fn no_code_has_two_texts() {
        let mut codes: Vec<&str> = codes().collect();
        let all = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), all);
    }

    #[test]
    fn every_text_is_whole_in_every_cloud_with_and_without_a_subject() {
        for cloud in Cloud::ALL {
            let host = match cloud {
                Cloud::Commercial => "contoso.crm4.dynamics.com",
                Cloud::Gcc => "contoso.crm9.dynamics.com",
                Cloud::GccHigh => "contoso.crm.microsoftdynamics.us",
                Cloud::Dod => "contoso.crm.appsplatform.us",
                Cloud::China => "contoso.crm.dynamics.cn",
                Cloud::Extra(_) => unreachable!("not in the table"),
            };
            let environment = EnvironmentUrl::parse(host).expect("a test's own address");
            let full = Subject {
                environment: Some(&environment),
                client_id: Some("11112222-aaaa-3333-bbbb-4444cccc5555"),
                tenant: Some("66667777-dddd-8888-eeee-9999ffff0000"),
                ..Subject::nobody()
            };
            let variants = entries().filter_map(|entry| entry.code.split_once('/'));
            // A family is met as one of its members.
            let variants = variants
                .map(|(code, variant)| (if code == "AADSTS*" { "AADSTS4242" } else { code }, variant))
                .chain([("dns", OFFLINE)]);
            for (code, variant) in CONTRACT.split_whitespace().map(|code| (code, "")).chain(variants) {
                let new = Subject { secret_age: SecretAge::New, ..full };
                let step = Subject { variant, ..full };
                for subject in [&Subject::nobody(), &full, &new, &step] {
                    let found = explain(code, subject);
                    assert_eq!(found.code, code);
                    assert!(!found.fix.is_empty(), "{code}");
                    for text in found.fix.iter().chain([&found.what, &found.why]) {
                        assert!(text.len() > 10 && !text.contains(['{', '}', '*']), "{code}: {text}");
                        assert!(!text.contains("  ") && text.ends_with(['.', ')', '!']), "{code}: {text}");
                    }
                    let urls = found.link.iter().map(|link| &link.url);
                    assert!(urls.into_iter().all(|url| url.starts_with("https://") && !url.contains(['{', '}'])));
                }
            }
        }
    }

    #[test]
    fn a_missing_application_user_is_never_answered_with_consent() {
        let text = explain("0x80072560", &Subject::nobody());
        assert!(!format!("{text:?}").to_lowercase().contains("grant admin consent"));
        assert!(text.fix.iter().any(|step| step.contains("Application users")));
    }

    #[test]
    fn a_code_without_a_text_of_its_own_leads_to_its_page_at_the_clouds_own_sign_in_host() {
        for (host, page) in [
            ("contoso.crm4.dynamics.com", "https://login.microsoftonline.com/error?code=4242"),
            ("contoso.crm9.dynamics.com", "https://login.microsoftonline.com/error?code=4242"),
            ("contoso.crm.microsoftdynamics.us", "https://login.microsoftonline.us/error?code=4242"),
            ("contoso.crm.appsplatform.us", "https://login.microsoftonline.us/error?code=4242"),
            ("contoso.crm.dynamics.cn", "https://login.partner.microsoftonline.cn/error?code=4242"),
        ] {
            let environment = EnvironmentUrl::parse(host).expect("a test's own address");
            let found = explain("AADSTS4242", &Subject { environment: Some(&environment), ..Subject::nobody() });
            assert_eq!(found.link.map(|link| link.url).as_deref(), Some(page), "{host}");
            assert!(found.fix[0].ends_with(&format!("{page}.")), "{host}: {}", found.fix[0]);
        }
        let odd = explain("AADSTS*", &Subject::nobody()).link.map(|link| link.url);
        assert_eq!(odd.as_deref(), Some("https://login.microsoftonline.com/error"));
    }

    #[test]
    fn a_new_secret_is_waited_for_before_another_one_is_created() {
        for code in ["AADSTS7000215", "AADSTS7000222"] {
            let new = explain(code, &Subject { secret_age: SecretAge::New, ..Subject::nobody() });
            assert!(new.fix[0].starts_with("Wait a minute and test again."), "{}", new.fix[0]);
            let unknown = explain(code, &Subject::nobody());
            assert!(unknown.fix[0].contains("wait a minute and test again before you create another"));
            assert_eq!((new.code.as_str(), unknown.code.as_str()), (code, code));
        }
        let other = Subject { secret_age: SecretAge::New, ..Subject::nobody() };
        assert_eq!(explain("AADSTS700016", &other), explain("AADSTS700016", &Subject::nobody()));
    }

    #[test]
    fn each_code_of_a_tenant_or_a_network_that_says_no_has_a_text_of_its_own() {
        let own = [
            "AADSTS500021",
            "AADSTS500022",
            "AADSTS5000211",
            "AADSTS5000224",
            "AADSTS5000225",
            "AADSTS650052",
            "AADSTS700025",
            "AADSTS7000229",
            "AADSTS7000112",
            "AADSTS53003",
        ];
        for code in own {
            let entry = find(&Subject { code, ..Subject::nobody() }).expect("a text");
            assert_eq!(entry.code, code, "not the text of a family");
            let is_other = |other: &&Entry| {
                other.code != code && (other.what, other.why, other.fix) == (entry.what, entry.why, entry.fix)
            };
            let same: Vec<&str> = entries().filter(is_other).map(|other| other.code).collect();
            // Both say that a proxy lets through other tenants only: one by its version 1, one for personal accounts.
            let allowed: &[&str] = match code {
                "AADSTS500021" => &["AADSTS500022"],
                "AADSTS500022" => &["AADSTS500021"],
                _ => &[],
            };
            assert!(same.iter().all(|other| allowed.contains(other)), "{code} protocol as {same:?}");
        }
    }

    #[test]
    fn a_person_who_signs_in_never_reads_about_client_secrets() {
        let all = person::ENTRIES.iter().map(|entry| entry.code.split('/').next().unwrap_or_default());
        for code in all.chain(["AADSTS7000215", "AADSTS4242"]) {
            let found = explain(code, &Subject { variant: PERSON, ..Subject::nobody() });
            let text = format!("{found:?}").to_lowercase();
            assert!(!text.contains("client secret") && !text.contains("test again"), "{code}: {text}");
        }
        let app = explain("AADSTS65001", &Subject::nobody());
        let person = explain("AADSTS65001", &Subject { variant: PERSON, ..Subject::nobody() });
        assert_ne!(app.what, person.what);
        let network =
            explain("dns", &Subject { variant: PERSON, host: "login.microsoftonline.com", ..Subject::nobody() });
        assert!(!network.what.is_empty() && !network.why.contains("deleted"));
    }

    #[test]
    fn a_restricted_network_says_who_can_lift_the_restriction() {
        let tenant = "66667777-dddd-8888-eeee-9999ffff0000";
        for code in ["AADSTS500021", "AADSTS500022"] {
            let found = explain(code, &Subject { tenant: Some(tenant), ..Subject::nobody() });
            assert!(found.fix[0].contains("network or security team") && found.fix[0].contains(tenant));
            assert!(!format!("{found:?}").contains("New client secret"), "{code}");
        }
    }

    #[test]
    fn a_link_leads_to_the_environments_own_cloud() {
        let environment = EnvironmentUrl::parse("https://contoso.crm.microsoftdynamics.us").expect("GCC High");
        let subject = Subject { environment: Some(&environment), ..Subject::nobody() };
        let url = |code| explain(code, &subject).link.map(|link| link.url).unwrap_or_default();
        assert!(url("0x80072560").starts_with("https://high.admin.powerplatform.microsoft.us"));
        assert!(url("AADSTS7000222").starts_with("https://portal.azure.us"));
    }
}
