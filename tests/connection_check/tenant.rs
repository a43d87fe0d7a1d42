//! The second stage of a connection check: which challenges are followed, and that nothing follows a bad one.

use crate::support::checking::{asked_for, request, run, verdict, warning_codes};
use crate::support::simulator::{At, Canned, EnvironmentHandle, Simulator, Trouble};
use a365_password_tool::connection_check::CheckReport;
use uuid::Uuid;

const HOST: &str = "contoso.crm4.dynamics.com";

/// Checks an environment whose challenge stage was prepared; panics unless exactly one request was sent.
async fn stopped_at_challenge(prepare: impl FnOnce(&EnvironmentHandle)) -> CheckReport {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    prepare(&contoso);
    let report = run(&simulator, &request(&contoso)).await;
    assert_eq!(asked_for(&simulator), [format!("{HOST}/api/data/v9.2/")], "only the question itself was sent");
    assert_eq!(simulator.connections(), [HOST], "nobody else was even connected to");
    report
}

async fn code_for_challenge(authority: &str, resource: &str) -> String {
    verdict(&stopped_at_challenge(|contoso| contoso.challenge_naming(authority, resource)).await)
}

#[tokio::test]
async fn a_foreign_authority_ends_the_check_before_anything_secret_is_sent() {
    for authority in [
        "https://login.evil.example/{tenant}/oauth2/authorize",
        "http://login.microsoftonline.com/{tenant}/oauth2/authorize",
        "https://login.microsoftonline.com:8443/{tenant}/oauth2/authorize",
        "https://login.microsoftonline.com@login.evil.example/{tenant}/oauth2/authorize",
        "https://adfs.example.com/adfs/oauth2/authorize",
    ] {
        let verdict = code_for_challenge(authority, "https://contoso.crm4.dynamics.com/").await;
        assert_eq!(verdict, "tenant authority_untrusted", "{authority}");
    }
}

#[tokio::test]
async fn the_authority_of_another_cloud_ends_the_check() {
    for host in ["login.microsoftonline.us", "login.partner.microsoftonline.cn"] {
        let authority = format!("https://{host}/{{tenant}}/oauth2/authorize");
        let verdict = code_for_challenge(&authority, "https://contoso.crm4.dynamics.com/").await;
        assert_eq!(verdict, "tenant cloud_mismatch", "{host}");
    }
}

#[tokio::test]
async fn a_token_for_another_organization_is_refused() {
    let authority = "https://login.microsoftonline.com/{tenant}/oauth2/authorize";
    for resource in ["https://fabrikam.crm4.dynamics.com/", "https://contoso.crm4.dynamics.com.evil.example/"] {
        assert_eq!(code_for_challenge(authority, resource).await, "tenant resource_mismatch", "{resource}");
    }
}

#[tokio::test]
async fn a_foreign_authority_is_refused_even_with_a_typed_tenant() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    contoso.challenge_naming("https://login.evil.example/{tenant}/x", "https://contoso.crm4.dynamics.com/");
    let mut form = request(&contoso);
    form.tenant = contoso.tenant.to_string();
    assert_eq!(verdict(&run(&simulator, &form).await), "tenant authority_untrusted");
    assert_eq!(simulator.connections(), [HOST]);
}

#[tokio::test]
async fn unusable_answers_are_told_apart() {
    let status = Canned::status;
    let cases = [
        (status(401), "challenge_missing"),
        (status(401).header("WWW-Authenticate", "Negotiate").header("WWW-Authenticate", "NTLM"), "challenge_missing"),
        (status(200).body("{}"), "challenge_missing"),
        (status(401).header("WWW-Authenticate", "Bearer"), "challenge_malformed"),
        (status(401).header("WWW-Authenticate", "Bearer authorization_uri=?"), "challenge_malformed"),
        (Canned::html(200, "Guest network"), "html_instead_of_401"),
        (Canned::html(511, "Guest network"), "html_instead_of_401"),
        (Canned::html(403, "Blocked by policy"), "html_instead_of_401"),
        (Canned::redirect("https://guest.example/login?session=1"), "redirected"),
        (status(404), "http_404"),
        (status(503), "http_503"),
        (Canned::html(502, "Bad gateway"), "http_502"),
        (status(407), "proxy_auth_required"),
        (status(418), "http_418"),
        (Canned::dataverse_error(403, "0x80095ffe", "Access to your IP is blocked."), "0x80095ffe"),
        (Canned::throttled("9999"), "throttled"),
    ];
    for (canned, code) in cases {
        let shown = format!("{canned:?}");
        let report = stopped_at_challenge(|contoso| contoso.trouble(At::Challenge, Trouble::Answer(canned))).await;
        assert_eq!(verdict(&report), format!("tenant {code}"), "{shown}");
        assert!(!report.to_text().contains("session=1"), "the address of a redirect may hold a session");
    }
}

#[tokio::test]
async fn a_challenge_is_enough_even_with_an_endless_body() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let header =
        format!("Bearer authorization_uri=https://login.microsoftonline.com/{}/oauth2/authorize", contoso.tenant);
    let canned = Canned::status(401).header("WWW-Authenticate", &header).body(vec![b' '; 3 * 1024 * 1024]);
    contoso.trouble(At::Challenge, Trouble::Answer(canned));
    assert_eq!(verdict(&run(&simulator, &request(&contoso)).await), "passed");
}

#[tokio::test]
async fn an_unusual_but_clear_challenge_is_followed() {
    for shape in [
        "bearer AUTHORIZATION_URI=\"{a}\" RESOURCE_ID=\"{r}\"",
        "Negotiate, Bearer resource_id={r},authorization_uri={a}",
        "Bearer authorization_uri={a}",
    ] {
        let simulator = Simulator::start().await;
        let contoso = simulator.environment(HOST);
        let authority = format!("https://login.windows.net/{}/oauth2/authorize", contoso.tenant);
        contoso.challenge(&shape.replace("{a}", &authority).replace("{r}", &format!("https://{HOST}/")));
        assert_eq!(verdict(&run(&simulator, &request(&contoso)).await), "passed", "{shape}");
        assert!(
            !simulator.connections().contains(&"login.windows.net".to_owned()),
            "the token comes from our own host"
        );
    }
}

#[tokio::test]
async fn the_environments_tenant_wins_over_a_typed_one() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let fabrikam = simulator.environment("fabrikam.crm4.dynamics.com");
    let other = Uuid::new_v4().to_string();
    for typed in [other.as_str(), "nonsense", "common", fabrikam.domain.as_str(), "nobody.onmicrosoft.com"] {
        let mut form = request(&contoso);
        form.tenant = typed.to_owned();
        let report = run(&simulator, &form).await;
        assert_eq!((verdict(&report).as_str(), warning_codes(&report)), ("passed", vec!["tenant_mismatch"]), "{typed}");
        assert_eq!(report.tenant_id, Some(contoso.tenant));
    }
}

#[tokio::test]
async fn a_typed_tenant_that_agrees_is_no_warning() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    for typed in [contoso.tenant.to_string().to_uppercase(), contoso.domain.clone()] {
        let mut form = request(&contoso);
        form.tenant = typed;
        let report = run(&simulator, &form).await;
        assert_eq!((verdict(&report).as_str(), warning_codes(&report)), ("passed", vec![]));
    }
}

#[tokio::test]
async fn a_typed_tenant_helps_where_the_environment_tells_none() {
    for by_domain in [false, true] {
        let simulator = Simulator::start().await;
        let contoso = simulator.environment(HOST);
        contoso.trouble(At::Challenge, Trouble::Answer(Canned::status(401)));
        let mut form = request(&contoso);
        form.tenant = if by_domain { contoso.domain.clone() } else { contoso.tenant.to_string() };
        let report = run(&simulator, &form).await;
        assert_eq!(verdict(&report), "passed");
        assert_eq!(warning_codes(&report), ["tenant_not_discovered"]);
        assert_eq!(report.tenant_id, Some(contoso.tenant));
        let token = format!("login.microsoftonline.com/{}/oauth2/v2.0/token", form.tenant);
        assert!(asked_for(&simulator).contains(&token), "the typed tenant goes into the address as it is");
    }
}
