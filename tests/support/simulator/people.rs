//! Microsoft Entra ID towards people: the sign-in page in the browser, device codes, and the token endpoint for public
//! clients, with the texts of the real one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Utc;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::entra::{check_app, check_resource, error, find_app, find_tenant};
use super::server::Asked;
use super::trouble::{Answer, At, Canned};
use super::world::{Tenant, Token, World};

/// A person's account.
#[derive(Clone)]
pub struct Person {
    /// The sign-in name.
    pub upn: String,
    pub id: Uuid,
    /// Whether the directory lets this account read it.
    pub reads_directory: bool,
    /// Whether it may consent to what needs an administrator.
    pub is_administrator: bool,
}

impl Person {
    pub fn new(upn: &str) -> Person {
        Person { upn: upn.to_owned(), id: Uuid::new_v4(), reads_directory: true, is_administrator: true }
    }
}

/// What makes an app registration a client that people sign in with.
#[derive(Clone)]
pub struct PublicClient {
    pub redirect_uris: Vec<String>,
    /// “Allow public client flows”.
    pub allows_device_code: bool,
    pub consent: Consent,
    /// Whether it holds the delegated permission Application.Read.All.
    pub reads_applications: bool,
}

impl Default for PublicClient {
    fn default() -> PublicClient {
        PublicClient {
            redirect_uris: vec!["http://localhost".to_owned()],
            allows_device_code: true,
            consent: Consent::Given,
            reads_applications: true,
        }
    }
}

/// Who has consented to the client.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// Everybody who had to.
    Given,
    /// Nobody yet, and only an administrator can.
    NeedsAdministrator,
}

/// A tenant's policies about the sign-ins of people.
#[derive(Clone, Default)]
pub struct SignInRules {
    /// Sign-in in the browser ends at a page with this code.
    pub blocked_in_browser: Option<u64>,
    pub device_code: DeviceRule,
    /// Services for which a session that a device code began gets no token.
    pub device_session_blocked_for: BTreeSet<String>,
    /// Refreshing a session ends with this code.
    pub refresh_refused: Option<u64>,
}

/// What becomes of device codes.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum DeviceRule {
    #[default]
    Allowed,
    /// A policy refuses the token.
    BlockedAtToken,
}

/// What is wrong with the answers.
#[derive(Clone)]
pub enum Lie {
    /// The ID token is of another tenant, client or issuer, or has another nonce.
    IdTenant(Uuid),
    IdClient(Uuid),
    IdIssuer(String),
    IdNonce,
    NoIdToken,
    /// The access token says that it is for somebody else.
    Audience(String),
    /// The access token cannot be read, and its permissions are another service's.
    Scope(String),
    /// The access token cannot be read.
    Opaque,
    /// The list of registrations goes on here.
    NextLink(String),
}

/// What people's sign-ins have been given.
#[derive(Default)]
pub struct Granted {
    codes: HashMap<String, Code>,
    used_codes: BTreeSet<String>,
    refresh: HashMap<String, Refresh>,
    replaced: BTreeSet<String>,
    devices: BTreeMap<String, Device>,
    access: BTreeSet<String>,
}

#[derive(Clone)]
struct Code {
    person: String,
    tenant: Uuid,
    client: Uuid,
    redirect: String,
    challenge: Option<String>,
    nonce: Option<String>,
}

#[derive(Clone)]
struct Refresh {
    person: String,
    tenant: Uuid,
    client: Uuid,
    by_device: bool,
}

struct Device {
    tenant: Uuid,
    client: Uuid,
    decision: Decision,
    /// The next question is told to slow down.
    hurries: bool,
}

enum Decision {
    Pending,
    Accepted(String),
    Declined,
}

impl Granted {
    /// Every code and token.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let codes = self.codes.keys().chain(&self.used_codes).chain(self.refresh.keys()).chain(&self.replaced);
        codes.chain(self.devices.keys()).chain(&self.access).map(String::as_str)
    }

    /// Lets a person accept the only device code, or decline it.
    pub fn decide_device_code(&mut self, person: Option<&str>) {
        for device in self.devices.values_mut() {
            device.decision = person.map_or(Decision::Declined, |person| Decision::Accepted(person.to_owned()));
        }
    }
}

const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Which request of a person's sign-in it is; `None` for the others.
pub(super) fn place_of(asked: &Asked) -> Option<At> {
    if asked.path.ends_with("/oauth2/v2.0/authorize") || asked.path.ends_with("/login") {
        return Some(At::SignInPage);
    }
    if asked.path.ends_with("/oauth2/v2.0/devicecode") {
        return Some(At::DeviceCode);
    }
    let grant = asked.field("grant_type")?;
    matches!(grant, "authorization_code" | "refresh_token" | DEVICE_GRANT).then_some(At::PersonToken)
}

/// The answer to a request of a person's sign-in; `None` for the others.
pub(super) fn answer(world: &mut World, asked: &Asked) -> Option<Answer> {
    let at = place_of(asked)?;
    let tenant = asked.path.split('/').nth(1)?.to_owned();
    let outcome = match at {
        At::SignInPage if asked.path.ends_with("/login") => login(world, asked, &tenant),
        At::SignInPage => authorize(world, asked, &tenant),
        At::DeviceCode => device_code(world, asked, &tenant),
        _ => token(world, asked, &tenant),
    };
    let canned = outcome.unwrap_or_else(|refusal| match at {
        // What the browser is shown.
        At::SignInPage => page_of(&refusal),
        _ => refusal,
    });
    Some(canned.into_answer())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

/// A form that the browser posts, `fields` hidden in it.
fn form(action: &str, fields: &[(&str, &str)]) -> Canned {
    let inputs: String = fields
        .iter()
        .map(|(name, value)| format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value)))
        .collect();
    let page = format!(
        "<!DOCTYPE html>\n<html><head><title>Sign in to your account</title></head><body><form method=\"POST\" \
         action=\"{}\">{inputs}</form></body></html>",
        escape(action)
    );
    Canned::status(200).header("Content-Type", "text/html; charset=utf-8").body(page)
}

/// An error as the sign-in page shows it.
fn page_of(refusal: &Canned) -> Canned {
    let json: Value = serde_json::from_slice(&refusal.body).unwrap_or_default();
    let words = json["error_description"].as_str().unwrap_or("Something went wrong.").to_owned();
    let page = format!(
        "<!DOCTYPE html>\n<html><head><title>Sign in to your account</title></head><body>Sorry, but we're having trouble \
         signing you in. {}</body></html>",
        escape(&words)
    );
    Canned::status(200).header("Content-Type", "text/html; charset=utf-8").body(page)
}

/// The request of the sign-in page, as it was first asked for.
struct Wanted(HashMap<String, String>);

impl Wanted {
    fn of(query: &str) -> Wanted {
        Wanted(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    fn get(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }
}

fn authorize(world: &World, asked: &Asked, name: &str) -> Result<Canned, Canned> {
    let query = &asked.raw_query;
    let wanted = Wanted::of(query);
    let tenant = find_tenant(world, name, "invalid_request")?;
    let app = find_app(tenant, wanted.get("client_id"))?;
    check_app(tenant, app)?;
    let redirect = wanted.get("redirect_uri");
    let is_registered = app.public.as_ref().is_some_and(|public| {
        public.redirect_uris.iter().any(|known| without_port(redirect).trim_end_matches('/') == known.as_str())
    });
    if !is_registered {
        let sentence = format!(
            "The redirect URI '{redirect}' specified in the request does not match the redirect URIs configured for the \
             application '{}'. Make sure the redirect URI sent in the request matches one added to your application in the \
             Azure portal.",
            app.id
        );
        return Err(error(400, "invalid_request", 50011, &sentence));
    }
    if wanted.get("response_type") != "code" {
        return Err(error(400, "invalid_request", 900_144, "The request body must contain 'response_type'."));
    }
    Ok(form(&format!("https://{}/{name}/login", asked.host), &[("ctx", query)]))
}

/// A loopback address without its port, which Microsoft ignores.
fn without_port(redirect: &str) -> String {
    let url = url::Url::parse(redirect).ok().filter(|url| matches!(url.host_str(), Some("localhost" | "127.0.0.1")));
    match url {
        Some(mut url) => {
            let _ = url.set_port(None);
            url.to_string().trim_end_matches('/').to_owned()
        }
        None => redirect.to_owned(),
    }
}

/// The person has typed a name and pressed a button.
fn login(world: &mut World, asked: &Asked, name: &str) -> Result<Canned, Canned> {
    let wanted = Wanted::of(asked.field("ctx").unwrap_or_default());
    let (upn, button) = (asked.field("login").unwrap_or_default(), asked.field("button").unwrap_or_default());
    let tenant = find_tenant(world, name, "invalid_request")?;
    let back = |fields: &[(&str, &str)]| send_back(&wanted, fields);
    let refuse = |code: u64, sentence: &str| {
        let text =
            format!("AADSTS{code}: {sentence}\r\nTrace ID: {}\r\nTimestamp: 2026-01-01 00:00:00Z", Uuid::new_v4());
        Ok(back(&[("error", "access_denied"), ("error_description", &text), ("error_subcode", "cancel")]))
    };
    if button == "cancel" {
        return refuse(65004, "User declined to consent to access the app.");
    }
    let Some(person) = tenant.people.iter().find(|person| person.upn == upn) else {
        let sentence = format!(
            "User account '{upn}' from identity provider 'https://sts.windows.net/' does not exist in tenant '{}' and cannot \
             access the application there. The account needs to be added as an external user in the tenant first.",
            tenant.name
        );
        return Err(error(400, "invalid_request", 50020, &sentence));
    };
    if let Some(code) = tenant.sign_in_rules.blocked_in_browser {
        return Err(error(400, "access_denied", code, "Access has been blocked by Conditional Access policies."));
    }
    let app = find_app(tenant, wanted.get("client_id"))?;
    let public = app.public.as_ref().expect("the first page found it");
    if public.consent == Consent::NeedsAdministrator && !person.is_administrator {
        let sentence = "The grant requires admin permission.";
        if button == "return" {
            return refuse(90094, sentence);
        }
        return Err(error(400, "access_denied", 90094, sentence));
    }
    let some = |name: &str| Some(wanted.get(name)).filter(|text| !text.is_empty()).map(str::to_owned);
    let code = Code {
        person: upn.to_owned(),
        tenant: tenant.id,
        client: app.id,
        redirect: wanted.get("redirect_uri").to_owned(),
        challenge: some("code_challenge").filter(|_| wanted.get("code_challenge_method") == "S256"),
        nonce: some("nonce"),
    };
    let text = format!("0.{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    world.people.codes.insert(text.clone(), code);
    Ok(back(&[("code", &text), ("session_state", &Uuid::new_v4().to_string())]))
}

/// Sends the browser back to the program, in the way that it asked for.
fn send_back(wanted: &Wanted, fields: &[(&str, &str)]) -> Canned {
    let mut fields = fields.to_vec();
    fields.push(("state", wanted.get("state")));
    let redirect = wanted.get("redirect_uri");
    if wanted.get("response_mode") == "form_post" {
        return form(redirect, &fields);
    }
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    Canned::status(302).header("Location", &format!("{}/?{query}", redirect.trim_end_matches('/')))
}

fn device_code(world: &mut World, asked: &Asked, name: &str) -> Result<Canned, Canned> {
    let tenant = find_tenant(world, name, "invalid_request")?;
    let app = find_app(tenant, asked.field("client_id").unwrap_or_default())?;
    check_app(tenant, app)?;
    let device = Device { tenant: tenant.id, client: app.id, decision: Decision::Pending, hurries: true };
    let code = format!("D{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    world.people.devices.insert(code.clone(), device);
    let json = json!({
        "user_code": "SIMUL4TOR", "device_code": code, "verification_uri": "https://microsoft.com/devicelogin",
        "expires_in": 900, "interval": 5,
        "message": "To sign in, use a web browser to open the page https://microsoft.com/devicelogin and enter the code.",
    });
    Ok(Canned::json(200, &json))
}

/// Who gets tokens now, and what their ID token has to hold.
struct Grant {
    refresh: Refresh,
    nonce: Option<String>,
}

fn token(world: &mut World, asked: &Asked, name: &str) -> Result<Canned, Canned> {
    let tenant = find_tenant(world, name, "invalid_request")?;
    let app = find_app(tenant, asked.field("client_id").unwrap_or_default())?;
    check_app(tenant, app)?;
    let (tenant, client) = (tenant.id, app.id);
    if asked.field("client_secret").is_some() {
        let sentence = "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.";
        return Err(error(401, "invalid_client", 700_025, sentence));
    }
    let grant = match asked.field("grant_type") {
        Some("authorization_code") => by_code(world, asked)?,
        Some("refresh_token") => by_refresh(world, asked)?,
        _ => by_device(world, asked)?,
    };
    if (grant.refresh.tenant, grant.refresh.client) != (tenant, client) {
        return Err(error(400, "invalid_grant", 700_005, "Provided grant is for another client or tenant."));
    }
    give(world, asked, &grant)
}

fn by_code(world: &mut World, asked: &Asked) -> Result<Grant, Canned> {
    let text = asked.field("code").unwrap_or_default();
    if world.people.used_codes.contains(text) {
        return Err(error(400, "invalid_grant", 54005, "OAuth2 Authorization code was already redeemed."));
    }
    let Some(code) = world.people.codes.remove(text) else {
        return Err(error(
            400,
            "invalid_grant",
            70008,
            "The provided authorization code or refresh token has expired.",
        ));
    };
    world.people.used_codes.insert(text.to_owned());
    if asked.field("redirect_uri") != Some(code.redirect.as_str()) {
        return Err(error(400, "invalid_grant", 500_112, "The reply address does not match."));
    }
    let proof = asked.field("code_verifier").map(|text| URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes())));
    if code.challenge != proof {
        let sentence = "The Code_Verifier does not match the code_challenge supplied in the authorization request.";
        return Err(error(400, "invalid_grant", 501_481, sentence));
    }
    let refresh = Refresh { person: code.person, tenant: code.tenant, client: code.client, by_device: false };
    Ok(Grant { refresh, nonce: code.nonce })
}

fn by_refresh(world: &mut World, asked: &Asked) -> Result<Grant, Canned> {
    let text = asked.field("refresh_token").unwrap_or_default();
    let Some(refresh) = world.people.refresh.get(text).cloned() else {
        return Err(error(400, "invalid_grant", 70008, "The refresh token has expired or was replaced."));
    };
    let rules = tenant_of(world, refresh.tenant).sign_in_rules.clone();
    if let Some(code) = rules.refresh_refused {
        return Err(error(400, "invalid_grant", code, "The provided grant has expired due to it being revoked."));
    }
    if refresh.by_device && rules.device_session_blocked_for.iter().any(|host| scope_of(asked).contains(host.as_str()))
    {
        return Err(error(400, "invalid_grant", 53003, "Access has been blocked by Conditional Access policies."));
    }
    // Stricter than the real one, so that who goes on with an old one is found out.
    world.people.refresh.remove(text);
    world.people.replaced.insert(text.to_owned());
    Ok(Grant { refresh, nonce: None })
}

fn by_device(world: &mut World, asked: &Asked) -> Result<Grant, Canned> {
    let text = asked.field("device_code").unwrap_or_default().to_owned();
    let Some(device) = world.people.devices.get_mut(&text) else {
        return Err(error(400, "bad_verification_code", 70018, "The verification code is not correct."));
    };
    if std::mem::take(&mut device.hurries) {
        return Err(error(400, "slow_down", 70016, "OAuth 2.0 device flow error. Slow down."));
    }
    let person = match &device.decision {
        Decision::Pending => {
            let sentence = "OAuth 2.0 device flow error. Authorization is pending. Continue polling.";
            return Err(error(400, "authorization_pending", 70016, sentence));
        }
        Decision::Declined => {
            return Err(error(400, "authorization_declined", 65004, "User declined to consent to access the app."));
        }
        Decision::Accepted(person) => person.clone(),
    };
    let (tenant, client) = (device.tenant, device.client);
    let home = tenant_of(world, tenant);
    if home.sign_in_rules.device_code == DeviceRule::BlockedAtToken {
        return Err(error(400, "invalid_grant", 53003, "Access has been blocked by Conditional Access policies."));
    }
    let app = home.apps.iter().find(|app| app.id == client).and_then(|app| app.public.as_ref());
    if !app.is_some_and(|public| public.allows_device_code) {
        let sentence = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
        return Err(error(401, "invalid_client", 7_000_218, sentence));
    }
    world.people.devices.remove(&text);
    Ok(Grant { refresh: Refresh { person, tenant, client, by_device: true }, nonce: None })
}

fn tenant_of(world: &World, id: Uuid) -> &Tenant {
    world.tenants.iter().find(|tenant| tenant.id == id).expect("a grant is of a tenant")
}

/// The service's scope; a device's token request names none, and the one of Graph is meant.
fn scope_of(asked: &Asked) -> String {
    let scope = asked.field("scope").unwrap_or_default();
    let own = scope.split_whitespace().find(|scope| scope.starts_with("https://"));
    own.map_or_else(|| "https://graph.microsoft.com/.default".to_owned(), str::to_owned)
}

fn jwt(claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signature = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    format!("{}.{}.{signature}", part(&json!({"typ": "JWT", "alg": "RS256"})), part(claims))
}

fn give(world: &mut World, asked: &Asked, grant: &Grant) -> Result<Canned, Canned> {
    let Refresh { person, tenant, client, .. } = &grant.refresh;
    let home = tenant_of(world, *tenant);
    let app = find_app(home, &client.to_string())?;
    let scope = scope_of(asked);
    let (resource, _) = scope.rsplit_once('/').expect("a scope is a service and a permission");
    let resource = check_resource(world, home, app, resource)?;
    let account = home.people.iter().find(|known| known.upn == *person).expect("somebody signed in");
    let (now, lie) = (Utc::now().timestamp(), world.lie.clone());
    let mut id = json!({
        "aud": client, "iss": format!("https://{}/{tenant}/v2.0", asked.host), "iat": now, "nbf": now, "exp": now + 3600,
        "name": person, "preferred_username": person, "oid": account.id, "sub": Uuid::new_v4(), "tid": tenant, "ver": "2.0",
    });
    if let Some(nonce) = &grant.nonce {
        id["nonce"] = nonce.as_str().into();
    }
    let mut audience = format!("https://{resource}");
    let mut granted = format!("openid profile https://{resource}/.default");
    match &lie {
        Some(Lie::IdTenant(other)) => {
            id["tid"] = json!(other);
            id["iss"] = format!("https://{}/{other}/v2.0", asked.host).into();
        }
        Some(Lie::IdClient(other)) => id["aud"] = json!(other),
        Some(Lie::IdIssuer(other)) => id["iss"] = json!(other),
        Some(Lie::IdNonce) => id["nonce"] = "another".into(),
        Some(Lie::Audience(other)) => audience.clone_from(other),
        Some(Lie::Scope(other)) => granted.clone_from(other),
        Some(Lie::NoIdToken | Lie::Opaque | Lie::NextLink(_)) | None => {}
    }
    let access = match lie {
        Some(Lie::Opaque | Lie::Scope(_)) => format!("eyJ0eXAiOiJKV1QifQ.{}.x", Uuid::new_v4().simple()),
        _ => jwt(&json!({ "aud": audience, "upn": person, "tid": tenant, "exp": now + 3600 })),
    };
    let refresh = format!("1.{}{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple(), Uuid::new_v4().simple());
    let client_info = json!({ "uid": account.id, "utid": tenant }).to_string();
    let mut body = json!({
        "token_type": "Bearer", "scope": granted, "expires_in": 3599, "ext_expires_in": 3599, "access_token": access,
        "refresh_token": refresh, "client_info": URL_SAFE_NO_PAD.encode(client_info),
    });
    if !matches!(lie, Some(Lie::NoIdToken)) {
        body["id_token"] = jwt(&id).into();
    }
    let token = Token { app: *client, tenant: *tenant, resource, person: Some(person.clone()) };
    world.tokens.insert(access.clone(), token);
    world.people.access.insert(access);
    world.people.refresh.insert(refresh, grant.refresh.clone());
    Ok(Canned::json(200, &body).header("Cache-Control", "no-store, no-cache"))
}
