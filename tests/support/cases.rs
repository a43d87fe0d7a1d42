//! Environments that make a connection check end in each of the common ways.

use chrono::{Duration as Days, Utc};
use uuid::Uuid;

use super::simulator::{
    App, AppSecret, Asking, At, Canned, CertificateKind, EnvironmentHandle, Simulator, Trouble, new_secret,
};

/// Changes an environment so that a check ends in a certain way.
pub type Prepare = fn(&Simulator, &EnvironmentHandle);

/// The cases: name, which is also the organization's; expected end; warnings; what to change.
pub const CASES: &[(&str, &str, &[&str], Prepare)] = &[
    ("passes", "passed", &[], |_, _| {}),
    ("passes-graph", "passed", &[], |_, it| it.app(|app| app.may_read_applications = true)),
    ("expires-soon", "passed", &["secret_expires_soon"], |_, it| {
        it.app(|app| {
            app.may_read_applications = true;
            app.secrets[0].ends = Utc::now() + Days::days(9);
        });
    }),
    ("secret-on-service-principal", "passed", &["secret_on_service_principal"], |_, it| {
        it.app(|app| {
            app.may_read_applications = true;
            // As “az ad sp credential reset” and older modules of PowerShell left them.
            let other = AppSecret::ending_in(Days::days(730));
            app.service_principal_secrets = std::mem::replace(&mut app.secrets, vec![other]);
        });
    }),
    ("renewal", "passed", &["secret_expires_soon"], |_, it| {
        it.app(|app| {
            app.may_read_applications = true;
            app.secrets[0].ends = Utc::now() + Days::days(5);
            app.secrets.push(AppSecret::ending_in(Days::days(730)));
        });
    }),
    ("renewal-by-graph", "passed", &["secret_expires_soon"], |_, it| {
        it.app(|app| {
            app.may_change_itself = true;
            app.secrets[0].ends = Utc::now() + Days::days(5);
        });
    }),
    ("basic-depth", "passed", &["basic_depth:prvReadAccount"], |_, it| {
        it.user(|user| user.privileges.insert("prvReadAccount".to_owned(), "Basic"));
    }),
    ("optional-missing", "passed", &["optional_missing:prvWriteLead"], |_, it| {
        it.user(|user| user.privileges.remove("prvWriteLead"));
    }),
    ("no-sales", "passed", &["table_missing:lead"], |_, it| {
        it.change(|environment| environment.tables.remove("lead"));
    }),
    ("probed", "passed", &["privileges_probed"], |_, it| it.change(|it| it.asking = Asking::Forbidden)),
    ("throttled", "passed", &["throttled"], |_, it| {
        it.trouble_times(At::Token, Trouble::Answer(Canned::throttled("1")), 1);
    }),
    ("wrong-secret", "sign_in AADSTS7000215", &[], |_, it| {
        it.app(|app| app.secrets[0].value = new_secret());
    }),
    ("expired-secret", "sign_in AADSTS7000222", &[], |_, it| {
        it.app(|app| app.secrets[0].ends = Utc::now() - Days::days(3));
    }),
    ("unknown-app", "sign_in AADSTS700016", &[], |_, it| {
        it.tenant(|tenant| tenant.apps = vec![App::new("Another app")]);
    }),
    ("unknown-tenant", "sign_in AADSTS90002", &[], |_, it| it.tenant(|tenant| tenant.id = Uuid::new_v4())),
    ("dataverse-off", "sign_in AADSTS500014", &[], |_, it| it.tenant(|tenant| tenant.dataverse_enabled = false)),
    ("blocked-by-policy", "sign_in AADSTS53003", &[], |_, it| {
        it.app(|app| app.blocked_by_conditional_access = true);
    }),
    ("not-a-member", "who_am_i 0x80072560", &[], |_, it| it.change(|it| it.users.clear())),
    ("disabled-user", "who_am_i 0x80040225", &[], |_, it| it.user(|user| user.enabled = false)),
    ("disabled-environment", "who_am_i 0x8004a104", &[], |_, it| it.change(|it| it.enabled = false)),
    ("admin-mode", "who_am_i admin_mode", &[], |_, it| it.change(|it| it.admin_mode = true)),
    ("limits", "who_am_i 0x80072322", &[], |_, it| {
        let message = "Number of requests exceeded the limit of 6000 over time window of 300 seconds.";
        let canned = Canned::dataverse_error(429, "0x80072322", message).header("Retry-After", "300");
        it.trouble(At::WhoAmI, Trouble::Answer(canned));
    }),
    ("ip-firewall", "tenant 0x80095ffe", &[], |_, it| it.change(|it| it.blocked_address = true)),
    ("no-roles", "privileges 0x80042f09", &[], |_, it| it.user(|user| user.has_roles = false)),
    ("missing-privileges", "privileges missing_privileges", &[], |_, it| {
        it.user(|user| user.privileges.retain(|name, _| name != "prvReadAccount" && name != "prvReadIncident"));
    }),
    ("no-cases", "privileges table_missing", &[], |_, it| it.change(|it| it.tables.remove("incident"))),
    ("foreign-authority", "tenant authority_untrusted", &[], |_, it| {
        it.challenge_naming("https://login.evil.example/{tenant}/oauth2/authorize", &it.url());
    }),
    ("other-cloud", "tenant cloud_mismatch", &[], |_, it| {
        it.challenge_naming("https://login.microsoftonline.us/{tenant}/oauth2/authorize", &it.url());
    }),
    ("foreign-resource", "tenant resource_mismatch", &[], |_, it| {
        let authority = "https://login.microsoftonline.com/{tenant}/oauth2/authorize";
        it.challenge_naming(authority, "https://fabrikam.crm4.dynamics.com/");
    }),
    ("no-challenge", "tenant challenge_missing", &[], |_, it| {
        it.trouble(At::Challenge, Trouble::Answer(Canned::status(401)));
    }),
    ("guest-network", "tenant html_instead_of_401", &[], |_, it| {
        it.trouble(At::Challenge, Trouble::Answer(Canned::html(200, "Welcome to the guest network")));
    }),
    ("redirected", "tenant redirected", &[], |_, it| {
        it.trouble(At::Challenge, Trouble::Answer(Canned::redirect("https://guest.example/login")));
    }),
    ("unavailable", "tenant http_503", &[], |_, it| {
        it.trouble(At::Challenge, Trouble::Answer(Canned::html(503, "Service Unavailable")));
    }),
    ("dropped", "tenant dropped", &[], |_, it| it.trouble(At::Challenge, Trouble::Drop)),
    ("hangs", "tenant timeout", &[], |_, it| it.trouble(At::Challenge, Trouble::Hang)),
    ("hangs-at-sign-in", "sign_in timeout", &[], |_, it| it.trouble(At::Token, Trouble::Hang)),
    ("tls-untrusted", "tenant tls_untrusted", &[], |simulator, it| {
        simulator.set_certificate(&it.host, CertificateKind::UnknownAuthority);
    }),
    ("tls-expired", "tenant tls_expired", &[], |simulator, it| {
        simulator.set_certificate(&it.host, CertificateKind::Expired);
    }),
    ("tls-wrong-host", "tenant tls_wrong_host", &[], |simulator, it| {
        simulator.set_certificate(&it.host, CertificateKind::WrongName);
    }),
];
