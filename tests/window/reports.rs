//! Reports of checks as the check gives them, with times and ids that stand still.

use std::time::Duration;

use a365_password_tool::cloud::Cloud;
use a365_password_tool::connection_check::{
    CheckReport, Depth, Detail, Diagnosis, Need, PortalLink, PrivilegeReport, PrivilegeState, Stage, StageReport,
    StageResult, Warning,
};
use uuid::Uuid;

use crate::harness::today;

/// A stage that ended.
pub fn stage(stage: Stage, result: StageResult, summary: &str) -> StageReport {
    let details = match result {
        StageResult::Skipped => Vec::new(),
        _ => vec![Detail { label: "Request id".to_owned(), value: "0f0e0d0c-0000-4000-8000-000000000001".to_owned() }],
    };
    StageReport { stage, result, elapsed: Duration::from_millis(120), summary: summary.to_owned(), details }
}

fn report(stages: Vec<StageReport>) -> CheckReport {
    CheckReport {
        passed: true,
        failed_stage: None,
        diagnosis: None,
        warnings: Vec::new(),
        stages,
        privileges: Vec::new(),
        cloud: Some(Cloud::Commercial),
        environment_url: Some("https://contoso.crm4.dynamics.com".to_owned()),
        client_id: Some("11112222-aaaa-3333-bbbb-4444cccc5555".to_owned()),
        tenant_id: Some(Uuid::from_u128(7)),
        user_id: Some(Uuid::from_u128(8)),
        organization_id: Some(Uuid::from_u128(9)),
        secret_expires: None,
        proxy: "direct".to_owned(),
        certificates: Vec::new(),
        started: today(),
        elapsed: Duration::from_millis(640),
    }
}

/// A connection that works, with a right that would be nice to have.
pub fn passed() -> CheckReport {
    let right = |name, label, need, state| PrivilegeReport { name, label, need, state };
    let held = PrivilegeState::Held(Depth::Global);
    CheckReport {
        warnings: vec![Warning {
            code: "optional_missing:prvWriteLead".to_owned(),
            text: "The application user may not write leads. That is needed only from bundle DC2022.03 on.".to_owned(),
        }],
        privileges: vec![
            right("prvReadAccount", "Read accounts", Need::Required, held),
            right("prvReadContact", "Read contacts", Need::Required, held),
            right("prvReadIncident", "Read cases", Need::Required, held),
            right("prvReadLead", "Read leads", Need::Optional, held),
            right("prvReadActivity", "Read activities", Need::Optional, held),
            right("prvWriteLead", "Write leads", Need::Optional, PrivilegeState::Missing),
            right("prvWriteActivity", "Write activities", Need::Optional, PrivilegeState::Unknown),
        ],
        ..report(vec![
            stage(Stage::Address, StageResult::Passed, "The form is complete"),
            stage(Stage::Tenant, StageResult::Passed, "Tenant 00000000-0000-0000-0000-000000000007"),
            stage(Stage::SignIn, StageResult::Passed, "Signed in at login.microsoftonline.com"),
            stage(Stage::WhoAmI, StageResult::Passed, "The application user is known to the environment"),
            stage(Stage::Privileges, StageResult::Warned, "All required rights are held"),
            stage(Stage::SecretExpiry, StageResult::Passed, "The secret lapses on 2028-01-01"),
        ])
    }
}

/// A connection whose secret is wrong.
pub fn wrong_secret() -> CheckReport {
    CheckReport {
        passed: false,
        failed_stage: Some(Stage::SignIn),
        diagnosis: Some(Diagnosis {
            code: "AADSTS7000215".to_owned(),
            what: "The client secret is wrong.".to_owned(),
            why:
                "Microsoft Entra ID knows the app, but this is not one of its secrets. Usual causes: the Secret ID was \
                  copied in place of the Value, the secret was deleted, or it belongs to another app."
                    .to_owned(),
            fix: vec![
                "Open the Azure portal > Microsoft Entra ID > App registrations > the app with ID \
                 11112222-aaaa-3333-bbbb-4444cccc5555 > Certificates & secrets > New client secret."
                    .to_owned(),
                "Copy the column Value (not Secret ID) at once and paste it into the field Client secret.".to_owned(),
                "Test again, then write the new connection string.".to_owned(),
            ],
            link: Some(PortalLink {
                text: "Open the app's secrets".to_owned(),
                url: "https://portal.azure.com/#view/x".to_owned(),
            }),
        }),
        ..report(vec![
            stage(Stage::Address, StageResult::Passed, "The form is complete"),
            stage(Stage::Tenant, StageResult::Passed, "Tenant 00000000-0000-0000-0000-000000000007"),
            stage(Stage::SignIn, StageResult::Failed, "AADSTS7000215"),
            stage(Stage::WhoAmI, StageResult::Skipped, "Not run"),
            stage(Stage::Privileges, StageResult::Skipped, "Not run"),
            stage(Stage::SecretExpiry, StageResult::Skipped, "Not run"),
        ])
    }
}
