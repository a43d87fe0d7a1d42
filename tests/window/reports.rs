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
        expiry_not_read: None,
        offline: false,
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
            stage(
                Stage::SecretExpiry,
                StageResult::Passed,
                "The expiry date of the client secret is 1 Jan 2028 (404 days left).",
            ),
        ])
    }
}

/// A connection whose secret is wrong, or was created a moment ago.
pub fn wrong_secret() -> CheckReport {
    CheckReport {
        passed: false,
        failed_stage: Some(Stage::SignIn),
        diagnosis: Some(Diagnosis {
            code: "AADSTS7000215".to_owned(),
            what: "The client secret is wrong, or not active yet.".to_owned(),
            why: "A new secret can take a few minutes to become active on every Microsoft Entra ID server. Until then the \
                  response is the same as for a wrong one."
                .to_owned(),
            fix: vec![
                "Wait a minute and test again. Do not create another secret yet: it would be refused in the same way."
                    .to_owned(),
                "If the result stays the same, check that the Value column was copied (not Secret ID), in full, and from \
                 the app 11112222-aaaa-3333-bbbb-4444cccc5555."
                    .to_owned(),
                "Only then create another one: Azure portal (https://portal.azure.com) > Microsoft Entra ID > App \
                 registrations > All applications > the app with ID 11112222-aaaa-3333-bbbb-4444cccc5555 > Certificates & \
                 secrets > Client secrets > New client secret."
                    .to_owned(),
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

/// A test on a computer that is offline.
pub fn offline() -> CheckReport {
    let skipped = |of| stage(of, StageResult::Skipped, "Not run because an earlier stage failed.");
    let mut stages = vec![
        stage(Stage::Address, StageResult::Passed, "Everything is filled in and can be read."),
        stage(Stage::Tenant, StageResult::Failed, "This computer seems to be offline."),
    ];
    stages.extend([Stage::SignIn, Stage::WhoAmI, Stage::Privileges, Stage::SecretExpiry].map(skipped));
    let fix = [
        "Connect this computer to the network or VPN. Open any website in a browser to see whether it is online, then \
         test again.",
        "If browsers on this computer need a proxy, choose it in this program's settings under Proxy.",
    ];
    CheckReport {
        passed: false,
        offline: true,
        failed_stage: Some(Stage::Tenant),
        diagnosis: Some(Diagnosis {
            code: "dns".to_owned(),
            what: "This computer seems to be offline.".to_owned(),
            why: "It has no route to the internet. Nothing was sent, so this says nothing about the connection."
                .to_owned(),
            fix: fix.map(str::to_owned).into(),
            link: None,
        }),
        tenant_id: None,
        user_id: None,
        organization_id: None,
        ..report(stages)
    }
}
