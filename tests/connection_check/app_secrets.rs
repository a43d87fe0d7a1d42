//! An app's client secrets at Microsoft Graph: made and removed once, by order, at the right host, and nothing else.

use crate::support::checking::{asked_for, request, run_with, settings, verdict};
use crate::support::simulator::{At, Canned, EnvironmentHandle, Simulator, Trouble, hash_of};
use a365_password_tool::connection_check::{
    AppSecretsError, Network, Removed, list_app_secrets, listed_as, make_app_secret, remove_app_secret,
};
use a365_password_tool::profile::{ClientSecret, SecretText};
use chrono::{Duration, NaiveDate, Utc};
use uuid::Uuid;

const HOST: &str = "contoso.crm4.dynamics.com";

fn in_half_a_year() -> NaiveDate {
    Utc::now().date_naive() + Duration::days(180)
}

async fn contoso() -> (Simulator, EnvironmentHandle, Network) {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    contoso.app(|app| app.may_change_itself = true);
    let network = Network::new(&settings(&simulator)).expect("a network");
    (simulator, contoso, network)
}

fn count(contoso: &EnvironmentHandle) -> usize {
    let mut count = 0;
    contoso.app(|app| count = app.secrets.len());
    count
}

async fn make(
    contoso: &EnvironmentHandle,
    network: &Network,
) -> Result<a365_password_tool::connection_check::MadeSecret, AppSecretsError> {
    make_app_secret(network, &request(contoso), "A365 Password Tool 2026-11-23", in_half_a_year(), Utc::now()).await
}

#[tokio::test]
async fn a_new_secret_is_made_and_works() {
    let (simulator, contoso, network) = contoso().await;
    let made = make(&contoso, &network).await.expect("made");
    assert_eq!(made.expires, in_half_a_year());
    let mut form = request(&contoso);
    form.client_secret = SecretText::from(made.secret.expose());
    assert_eq!(verdict(&run_with(&settings(&simulator), &form).await), "passed");
    let list = list_app_secrets(&network, &request(&contoso), Utc::now()).await.expect("listed");
    assert_eq!(list.len(), 2);
    let row = listed_as(&list, &made.secret, None).expect("it is there");
    assert_eq!((row.key_id, row.name.as_str()), (made.key_id, "A365 Password Tool 2026-11-23"));
    assert!(!format!("{made:?} {list:?}").contains(made.secret.expose()), "it never prints");
}

#[tokio::test]
async fn the_old_secret_is_removed_by_the_new_one() {
    let (simulator, contoso, network) = contoso().await;
    let old = ClientSecret::parse(&contoso.secret()).expect("a secret");
    let made = make(&contoso, &network).await.expect("made");
    let mut with_new = request(&contoso);
    with_new.client_secret = SecretText::from(made.secret.expose());
    let list = list_app_secrets(&network, &with_new, Utc::now()).await.expect("listed");
    let key = listed_as(&list, &old, None).expect("it is there").key_id;
    simulator.forget();
    assert_eq!(remove_app_secret(&network, &with_new, key, Utc::now()).await, Ok(Removed::Now));
    let signed_in: Vec<_> = simulator.requests().into_iter().filter_map(|sent| sent.secret_sha256).collect();
    assert_eq!(signed_in, [hash_of(made.secret.expose())], "it signs in with the new secret");
    assert_eq!(remove_app_secret(&network, &with_new, key, Utc::now()).await, Ok(Removed::Before), "a second time");
    let mut with_old = request(&contoso);
    with_old.client_secret = SecretText::from(old.expose());
    assert_eq!(verdict(&run_with(&settings(&simulator), &with_old).await), "sign_in AADSTS7000215");
}

#[tokio::test]
async fn without_the_permission_it_is_said_which_one_and_nothing_is_made() {
    let (_simulator, contoso, network) = contoso().await;
    contoso.app(|app| (app.may_change_itself, app.may_read_applications) = (false, true));
    assert_eq!(make(&contoso, &network).await, Err(AppSecretsError::NotAllowed));
    let text = AppSecretsError::NotAllowed.to_string();
    assert!(text.contains("Application.ReadWrite.OwnedBy") && text.contains("Grant admin consent"), "{text}");
    let removed = remove_app_secret(&network, &request(&contoso), Uuid::new_v4(), Utc::now()).await;
    assert_eq!(removed, Err(AppSecretsError::NotAllowed));
    assert_eq!(count(&contoso), 1);
}

#[tokio::test]
async fn an_order_is_sent_once_whatever_the_answer() {
    let policy = |code: &str| {
        let error = serde_json::json!({"error": {"code": code, "message": "As per assigned policy 'x'."}});
        Trouble::Answer(Canned::json(400, &error))
    };
    let cases = [
        (policy("CredentialTypeNotAllowedAsPerAppPolicy"), AppSecretsError::ForbiddenByPolicy),
        (policy("CredentialInvalidLifetimeAsPerAppPolicy"), AppSecretsError::TooLongForPolicy),
        (Trouble::Answer(Canned::throttled("0")), AppSecretsError::Throttled),
        (Trouble::Drop, AppSecretsError::Unclear { cause: "dropped".to_owned() }),
        (
            Trouble::Answer(Canned::status(503).header("Retry-After", "0")),
            AppSecretsError::Unclear { cause: "status 503".to_owned() },
        ),
        (
            Trouble::Answer(Canned::html(200, "x")),
            AppSecretsError::Unclear { cause: "the response cannot be read".to_owned() },
        ),
    ];
    for (trouble, expected) in cases {
        let (simulator, contoso, network) = contoso().await;
        contoso.trouble(At::Graph, trouble);
        assert_eq!(make(&contoso, &network).await, Err(expected));
        let orders = asked_for(&simulator).into_iter().filter(|path| path.ends_with("/addPassword")).count();
        assert_eq!(orders, 1);
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_an_expired_secret_is_explained() {
    let (simulator, contoso, network) = contoso().await;
    contoso.trouble_times(At::Graph, Trouble::Answer(Canned::redirect("https://login.evil.example/")), 1);
    assert!(matches!(make(&contoso, &network).await, Err(AppSecretsError::NotReached(it)) if it.code == "redirected"));
    assert!(!simulator.connections().iter().any(|host| host.contains("evil")));
    contoso.app(|app| app.secrets[0].ends = Utc::now() - Duration::days(1));
    let error = make(&contoso, &network).await.expect_err("it has expired");
    assert!(matches!(&error, AppSecretsError::NotReached(it) if it.code == "AADSTS7000222"), "{error}");
    assert!(!error.to_string().contains(&contoso.secret()));
    assert_eq!(count(&contoso), 1);
}

#[tokio::test]
async fn the_secret_goes_to_the_sign_in_host_and_the_token_to_graph_of_the_same_cloud() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment("contoso.crm.microsoftdynamics.us");
    contoso.app(|app| app.may_change_itself = true);
    let network = Network::new(&settings(&simulator)).expect("a network");
    make(&contoso, &network).await.expect("made");
    for sent in simulator.requests() {
        assert!(!sent.carries_secret || sent.host == "login.microsoftonline.us", "{}", sent.host);
        assert!(!sent.carries_token || sent.host == "graph.microsoft.us", "{}", sent.host);
    }
}

#[tokio::test]
async fn a_form_that_cannot_be_used_sends_nothing() {
    let (simulator, contoso, network) = contoso().await;
    let mut form = request(&contoso);
    form.environment_url = "https://contoso.crm4.dynamics.com.evil.example/".to_owned();
    let made = make_app_secret(&network, &form, "x", in_half_a_year(), Utc::now()).await;
    assert!(matches!(made, Err(AppSecretsError::NotReached(it)) if it.code == "url_not_dataverse"));
    assert!(simulator.connections().is_empty());
}
