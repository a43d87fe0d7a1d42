//! One case for each answer that a server can give: Microsoft Entra ID's codes, Dataverse's codes, and what broken
//! networks put in their place. The answers are recorded ones where records exist.

use std::time::Duration;

use super::simulator::{At, Canned, Trouble};

/// A check that meets one answer, and how it ends.
pub struct AnswerCase {
    /// The name, which is also the organization's.
    pub name: String,
    /// The failed stage and the code.
    pub expect: String,
    pub at: At,
    pub trouble: Trouble,
}

/// Code, HTTP status, OAuth's word and the first sentence.
const ENTRA: &[(u64, u16, &str, &str)] = &[
    (
        7000215,
        401,
        "invalid_client",
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app 'x'.",
    ),
    (7000222, 401, "invalid_client", "The provided client secret keys for app 'x' are expired."),
    (
        7000216,
        401,
        "invalid_client",
        "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
    ),
    (
        7000218,
        401,
        "invalid_client",
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ),
    (700016, 400, "unauthorized_client", "Application with identifier 'x' was not found in the directory 'contoso'."),
    (7000229, 401, "invalid_client", "The client application x is missing service principal in the tenant y."),
    (7000112, 400, "unauthorized_client", "Application 'x'(A365) is disabled."),
    (700027, 401, "invalid_client", "Client assertion failed signature validation."),
    (
        90002,
        400,
        "invalid_request",
        "Tenant 'x' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.",
    ),
    (
        900023,
        400,
        "invalid_request",
        "Specified tenant identifier 'x' is neither a valid DNS name, nor a valid external domain.",
    ),
    (
        50059,
        400,
        "invalid_request",
        "No tenant-identifying information found in either the request or implied by any provided credentials.",
    ),
    (9001023, 400, "invalid_request", "The grant type isn't supported over the /common or /consumers endpoints."),
    (
        500011,
        400,
        "invalid_resource",
        "The resource principal named https://x was not found in the tenant named contoso.",
    ),
    (
        500014,
        400,
        "invalid_resource",
        "The service principal for resource '00000007-0000-0000-c000-000000000000' is disabled.",
    ),
    (
        501051,
        400,
        "invalid_grant",
        "Application 'x'(A365) is not assigned to a role for the application 'y'(Dataverse).",
    ),
    (65001, 400, "invalid_grant", "The user or administrator has not consented to use the application with ID 'x'."),
    (1002012, 400, "invalid_scope", "The provided value for scope x is not valid."),
    (70011, 400, "invalid_scope", "The provided value for the input parameter 'scope' is not valid."),
    (900144, 400, "invalid_request", "The request body must contain the following parameter: 'scope'."),
    (9002313, 400, "invalid_request", "Invalid request. Request is malformed or invalid."),
    (900561, 400, "invalid_request", "The endpoint only accepts POST requests. Received a GET request."),
    (70003, 400, "unsupported_grant_type", "The app requested an unsupported grant type."),
    (
        53003,
        400,
        "invalid_grant",
        "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
    ),
    (50196, 400, "invalid_grant", "The server terminated an operation because it encountered a client request loop."),
    (90033, 503, "temporarily_unavailable", "A transient error has occurred. Please try again."),
    (90006, 503, "temporarily_unavailable", "External server returned a transient error."),
    (90024, 503, "temporarily_unavailable", "RequestBudgetExceededError - A transient error has occurred."),
    (50033, 503, "temporarily_unavailable", "A transient error has occurred. Please try again."),
    (90055, 400, "temporarily_unavailable", "There are too many incoming requests for the tenant."),
    (900382, 400, "invalid_request", "Confidential Client is not supported in Cross Cloud request."),
    (
        90038,
        400,
        "invalid_request",
        "Tenant 'x' request is being redirected to the National Cloud 'MicrosoftOnline.COM'.",
    ),
    (900439, 400, "invalid_request", "USGClientNotSupportedOnPublicEndpoint."),
    (1002016, 400, "invalid_request", "You are using TLS version 1.0, 1.1 and/or 3DES cipher which are deprecated."),
    (50034, 400, "invalid_grant", "The user account does not exist in the directory."),
    (130507, 400, "invalid_grant", "An access pass could not be found or verified for the user."),
    (500021, 403, "invalid_request", "Access to 'Fabrikam' tenant is denied."),
    (500022, 403, "invalid_request", "Access to 'Fabrikam' tenant is denied."),
    (
        5000211,
        403,
        "invalid_request",
        "A tenant restrictions policy added to this request by a device or network administrator does not allow access to 'Fabrikam'.",
    ),
    (5000224, 400, "interaction_required", "We are sorry, this resource is not available."),
    (
        5000225,
        400,
        "interaction_required",
        "This tenant has been blocked due to inactivity. To learn more about tenant lifecycle policies, see https://aka.ms/TenantLifecycle.",
    ),
    (
        650052,
        400,
        "invalid_client",
        "The app needs access to a service ('https://x') that your organization 'Fabrikam' has not subscribed to or enabled.",
    ),
    (
        700025,
        401,
        "invalid_client",
        "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
    ),
    (999999, 400, "invalid_request", "Something that nobody has listed."),
];

/// Code, HTTP status and sentence.
const DATAVERSE: &[(&str, u16, &str)] = &[
    ("0x80072560", 403, "The user is not a member of the organization."),
    (
        "0x80040220",
        403,
        "Principal user (Id=x, type=8), is missing prvReadAccount privilege (Id=y) on OTC=1 for entity 'account'.",
    ),
    ("0x80042f09", 403, "RetrievePrivilegeForUser: The user with id x has not been assigned any roles."),
    (
        "0x80040225",
        403,
        "The specified user(Id = {0}) is disabled. Consider enabling this user. Additional Details: {1}",
    ),
    ("0x8004a104", 403, "The Dynamics 365 organization you are attempting to access is currently disabled."),
    ("0x80095ffe", 403, "The request you are trying to make is rejected as access to your IP is blocked."),
    ("0x80095ffc", 403, "Access to Dataverse API is restricted for this application Id : 'x'."),
    ("0x80072322", 429, "Number of requests exceeded the limit of 6000 over time window of 300 seconds."),
    (
        "0x80072321",
        429,
        "Combined execution time of incoming requests exceeded limit of 1,200,000 milliseconds over time window of 300 seconds.",
    ),
    ("0x80072326", 429, "Number of concurrent requests exceeded the limit of 52."),
    ("0x80060888", 404, "Resource not found for the segment 'WhoAmI'."),
    ("0x80040217", 404, "Entity 'systemuser' With Id = x Does Not Exist"),
    ("0x8badf00d", 500, "Something that nobody has listed."),
];

/// Every case.
pub fn answer_cases() -> Vec<AnswerCase> {
    let case = |name: String, expect: String, at, trouble| AnswerCase { name, expect, at, trouble };
    let mut cases = Vec::new();
    for (code, status, word, sentence) in ENTRA {
        let answer = Trouble::Answer(Canned::entra_error(*status, word, *code, sentence));
        cases.push(case(format!("aadsts{code}"), format!("sign_in AADSTS{code}"), At::Token, answer));
    }
    for (code, status, sentence) in DATAVERSE {
        let canned = Canned::dataverse_error(*status, code, sentence).header("REQ_ID", "6a0f3f0e-request");
        let canned = if *status == 429 { canned.header("Retry-After", "300") } else { canned };
        cases.push(case(format!("dv-{code}"), format!("who_am_i {code}"), At::WhoAmI, Trouble::Answer(canned)));
    }
    let stages =
        [(At::Challenge, "tenant"), (At::Token, "sign_in"), (At::WhoAmI, "who_am_i"), (At::Privileges, "privileges")];
    for (at, stage) in stages {
        let json = |body: &str| Canned::status(200).header("Content-Type", "application/json").body(body);
        let mut answers = vec![
            ("redirected", Trouble::Answer(Canned::redirect("https://guest.example/login"))),
            ("throttled", Trouble::Answer(Canned::throttled("300"))),
            ("http_404", Trouble::Answer(Canned::status(404))),
            ("http_503", Trouble::Answer(Canned::html(503, "Our services aren't available right now"))),
            ("http_418", Trouble::Answer(Canned::status(418))),
            ("dropped", Trouble::Reset),
            ("timeout", Trouble::Drip(Duration::from_millis(200))),
        ];
        if at != At::Challenge {
            answers.push(("html_instead_of_json", Trouble::Answer(Canned::html(200, "Welcome to the guest network"))));
            answers.push(("bad_json", Trouble::Answer(json("{\"token_type\":"))));
            answers.push(("too_large", Trouble::Answer(json(&"[".repeat(2_000_000)))));
        }
        // Where the privileges cannot be asked for, the tables are read instead.
        answers.retain(|(code, _)| at != At::Privileges || *code != "http_404");
        for (code, trouble) in answers {
            let name = format!("{}-{}", stage.replace('_', ""), code.replace('_', "-"));
            cases.push(case(name, format!("{stage} {code}"), at, trouble));
        }
    }
    let challenge = |header: &str| Trouble::Answer(Canned::status(401).header("WWW-Authenticate", header));
    let tenant =
        |name: &str, code: &str, trouble| case(name.to_owned(), format!("tenant {code}"), At::Challenge, trouble);
    cases.push(tenant("ch-malformed", "challenge_malformed", challenge("Bearer authorization_uri=?")));
    cases.push(tenant(
        "ch-plain-http",
        "authority_untrusted",
        challenge("Bearer authorization_uri=http://login.microsoftonline.com/66667777-dddd-8888-eeee-9999ffff0000/x"),
    ));
    cases.push(tenant("ch-look-alike", "authority_untrusted", challenge("Bearer authorization_uri=https://login.microsoftonline.com.evil.example/66667777-dddd-8888-eeee-9999ffff0000/x")));
    cases.push(case(
        "who-401".to_owned(),
        "who_am_i http_401".to_owned(),
        At::WhoAmI,
        Trouble::Answer(Canned::status(401)),
    ));
    cases.push(case(
        "token-gzip".to_owned(),
        "sign_in bad_json".to_owned(),
        At::Token,
        Trouble::Answer(Canned::status(200).header("Content-Encoding", "gzip").body(vec![0x1f, 0x8b, 8, 0])),
    ));
    cases
}
