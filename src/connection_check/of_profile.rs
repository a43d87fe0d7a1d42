//! From a saved profile to its check, and from the check's report to what the profile remembers of it.

use chrono::{DateTime, Utc};

use super::{CheckReport, CheckRequest, ReadExpiry, SecretAge};
use crate::profile::{ClientSecret, GuidSecret, LastCheck, Profile, SecretText};

impl CheckRequest {
    /// The check of a profile at this time, with its own values. What it lacks is empty, which is the check's first
    /// finding.
    pub fn of_profile(profile: &Profile, read_expiry: ReadExpiry, now: DateTime<Utc>) -> CheckRequest {
        let secret = profile.client_secret.as_ref().map(ClientSecret::expose).map(SecretText::from);
        CheckRequest {
            environment_url: profile.environment_url.as_ref().map(ToString::to_string).unwrap_or_default(),
            client_id: profile.client_id.as_ref().map(ToString::to_string).unwrap_or_default(),
            client_secret: secret.unwrap_or_default(),
            guid_secret: GuidSecret::Accepted,
            tenant: profile.tenant.as_ref().map(ToString::to_string).unwrap_or_default(),
            // Should it be another one by now, the check finds that out.
            known_tenant: profile.last_check.as_ref().filter(|check| check.passed).and_then(|check| check.tenant_id),
            secret_expires: profile.secret_expires,
            read_expiry,
            secret_age: SecretAge::of_profile(profile, now),
        }
    }
}

impl LastCheck {
    /// What a profile remembers of a check that ended at this time; `None` where it goes on remembering the check before,
    /// because this one tested nothing.
    pub fn of(report: &CheckReport, at: DateTime<Utc>) -> Option<LastCheck> {
        (!report.offline).then(|| LastCheck {
            at,
            passed: report.passed,
            stage: report.failed_stage.map(|stage| stage.id().to_owned()),
            code: report.code().map(str::to_owned),
            tenant_id: report.tenant_id,
        })
    }
}
