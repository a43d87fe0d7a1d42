//! Devices that answer in a server's place within the secure connection: what they say of themselves is passed on, and nothing
//! is said that is true of another device only.

use crate::support::checking::{assert_said, request, run, run_by, said, settings, verdict};
use crate::support::device::Device;
use crate::support::simulator::{At, Canned, Simulator, Trouble};
use a365_password_tool::connection_check::CheckReport;
use rcgen::ExtendedKeyUsagePurpose;
use serde_json::json;

const HOST: &str = "contoso.crm4.dynamics.com";
const SIGN_IN: &str = "login.microsoftonline.com";

async fn with_answer(at: At, answer: Canned) -> CheckReport {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    contoso.trouble(at, Trouble::Answer(answer));
    run(&simulator, &request(&contoso)).await
}

#[tokio::test]
async fn a_block_page_within_the_connection_is_passed_on_with_its_status_and_title() {
    let page = |status| Canned::html(status, "Contoso Web Gateway - Access denied");
    let title = "with the page “Contoso Web Gateway - Access denied”";
    for at in [At::Token, At::WhoAmI] {
        for (answer, code, words) in [
            (page(403), "html_instead_of_json", &["“403 Forbidden”", title][..]),
            (page(200), "html_instead_of_json", &["“200 OK”", title]),
            (page(502), "http_502", &["“502 Bad Gateway”", title, "could not get an answer"]),
            (page(504).header("Server", "squid/6.6"), "http_504", &[title, "names itself “squid/6.6”"]),
            (page(431).header("Via", "1.1 gw (squid)"), "http_431", &[title, "came through “1.1 gw (squid)”", "16 KB"]),
            (
                Canned::json(451, &json!({"error": "blocked", "category": "cloud"})),
                "http_451",
                &["“451 Unavailable For Legal Reasons”", "\"category\":\"cloud\""],
            ),
        ] {
            let report = with_answer(at, answer).await;
            assert!(verdict(&report).ends_with(&format!(" {code}")), "{code}: {}", verdict(&report));
            assert_said(&report, words, &["No further details"]);
        }
    }
    let report = with_answer(At::Challenge, page(403)).await;
    assert_eq!(verdict(&report), "tenant html_instead_of_401");
    assert_said(&report, &["“403 Forbidden”", title], &[]);
}

#[tokio::test]
async fn a_text_that_is_too_long_to_show_is_not_shown_in_part() {
    let report = with_answer(At::Token, Canned::status(400).body("word ".repeat(50))).await;
    assert_said(&report, &["“400 Bad Request”"], &["word word"]);
}

#[tokio::test]
async fn a_header_that_is_too_long_is_called_so_in_both_versions_of_http() {
    for protocols in [&["h2"][..], &["http/1.1"]] {
        let simulator = Simulator::start_speaking(protocols).await;
        let contoso = simulator.environment(HOST);
        let long = Canned::status(200).header("X-Long", &"a".repeat(70_000));
        contoso.trouble(At::WhoAmI, Trouble::Answer(long));
        let report = run(&simulator, &request(&contoso)).await;
        assert_eq!(verdict(&report), "who_am_i too_large", "{protocols:?}");
    }
}

#[tokio::test]
async fn a_sign_in_demanded_inside_the_connection_is_not_answered_with_the_proxys_password() {
    for at in [At::Challenge, At::Token, At::WhoAmI] {
        let report = with_answer(at, Canned::html(407, "Sign in to Contoso")).await;
        assert!(verdict(&report).ends_with(" proxy_auth_required"));
        let words = ["inside the secure connection", "Sign in to Contoso", "exempt"];
        assert_said(&report, &words, &["vault proxy", "Settings > Proxy sign-in"]);
    }
}

#[tokio::test]
async fn a_question_that_was_lost_twice_is_said_to_have_been_asked_twice() {
    for (times, verdict_of) in [(1, "passed"), (2, "who_am_i dropped")] {
        let simulator = Simulator::start().await;
        let contoso = simulator.environment(HOST);
        contoso.trouble_times(At::WhoAmI, Trouble::Reset, times);
        let report = run(&simulator, &request(&contoso)).await;
        assert_eq!(verdict(&report), verdict_of);
        if times == 2 {
            assert_said(&report, &["It was tried twice"], &[]);
        }
    }
}

#[tokio::test]
async fn a_demanded_certificate_is_said_to_have_come_too_late_where_the_request_was_on_its_way() {
    for (host, stage) in [(HOST, "tenant"), (SIGN_IN, "sign_in")] {
        for (version, is_sent) in [(&rustls::version::TLS12, false), (&rustls::version::TLS13, true)] {
            let device = Device::demanding_a_certificate(host, version).await;
            let simulator = Simulator::start().await;
            let contoso = simulator.environment(HOST);
            let mut settings = settings(&simulator);
            settings.resolve.retain(|(known, _)| known != host);
            settings.resolve.push((host.to_owned(), device.address));
            settings.extra_roots_pem.push(device.authority.clone().into_bytes());
            let report = run_by(&simulator, &settings, &request(&contoso)).await;
            assert_eq!(verdict(&report), format!("{stage} tls_client_certificate"));
            let said = said(&report);
            assert_eq!(said.contains("Nothing was sent"), !is_sent, "{said}");
            assert_eq!(said.contains("may have read it"), is_sent, "{said}");
            assert_eq!(said.contains("create a new client secret"), is_sent && host == SIGN_IN, "{said}");
        }
    }
}

/// A check whose environment is this device, whose authority is trusted or not.
async fn at_device(device: &Device, is_trusted: bool) -> CheckReport {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let mut settings = settings(&simulator);
    settings.resolve = vec![(HOST.to_owned(), device.address)];
    if is_trusted {
        settings.extra_roots_pem.push(device.authority.clone().into_bytes());
    }
    run_by(&simulator, &settings, &request(&contoso)).await
}

// Windows decides by rules and words of its own.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_certificate_that_breaks_a_rule_is_not_answered_with_an_authority_to_install() {
    let device = Device::with_certificate(HOST, |it| {
        it.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    })
    .await;
    let report = at_device(&device, true).await;
    assert_eq!(verdict(&report), "tenant tls_untrusted");
    assert_said(&report, &["breaks a rule", "extended key usage"], &["certlm.msc", "not installed"]);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn where_only_the_servers_certificate_came_a_missing_intermediate_is_named_too() {
    let device = Device::with_certificate(HOST, |_| {}).await;
    let report = at_device(&device, false).await;
    assert_eq!(verdict(&report), "tenant tls_untrusted");
    assert_said(
        &report,
        &["sent only its own certificate", "intermediate", "certlm.msc", "update-ca-certificates"],
        &[],
    );
}
