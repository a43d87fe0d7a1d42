//! `check`: runs the connection check for one connection or for many, and keeps how each ended.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::arguments::CheckArguments;
use super::check_output as output;
use super::failure::{Exit, Failure};
use super::session::{Session, find};
use crate::connection_check::{
    CheckReport, CheckRequest, Diagnosis, Network, NetworkSettings, Progress, ProxyChoice, ReadExpiry, check,
};
use crate::profile::{ClientSecret, LastCheck, Profile, SecretText};
use crate::settings::ProxySetting;
use crate::vault::{Vault, VaultError};

/// How many connections are checked at a time: enough to hide the network's delay, few enough for a proxy.
const SIDE_BY_SIDE: usize = 32;

pub(super) fn run(session: &mut Session<'_, '_>, arguments: CheckArguments) -> Result<Exit, Failure> {
    let read_expiry = if arguments.read_expiry { ReadExpiry::FromGraph } else { ReadExpiry::No };
    if let (Some(url), Some(client_id)) = (&arguments.typed.url, &arguments.typed.client_id) {
        let request = CheckRequest {
            environment_url: url.clone(),
            client_id: client_id.clone(),
            client_secret: session.console.secret(arguments.typed.secret_stdin.into())?,
            tenant: arguments.tenant.unwrap_or_default(),
            secret_expires: arguments.expires,
            read_expiry,
        };
        let report = check_one(session, request)?;
        output::one(session, None, &report);
        return Ok(exit_of([&report]));
    }
    let mut vault = session.open_vault(arguments.passphrase)?;
    let profiles = chosen(&vault, &arguments)?;
    let request = |profile: &Profile| request_of(profile, arguments.tenant.as_deref(), read_expiry);
    if let ([profile], false) = (profiles.as_slice(), arguments.all) {
        let report = check_one(session, request(profile))?;
        output::one(session, Some(&profile.name), &report);
        keep_results(session, &mut vault, &[(profile.id, last_check(session, &report))]);
        return Ok(exit_of([&report]));
    }
    let requests: Vec<_> = profiles.iter().map(request).collect();
    let names: Vec<_> = profiles.iter().map(|profile| profile.name.as_str()).collect();
    let reports = check_many(session, &names, requests)?;
    output::many(session, &names, &reports);
    let results: Vec<_> =
        profiles.iter().zip(&reports).map(|(profile, report)| (profile.id, last_check(session, report))).collect();
    keep_results(session, &mut vault, &results);
    Ok(exit_of(&reports))
}

fn exit_of<'a>(reports: impl IntoIterator<Item = &'a CheckReport>) -> Exit {
    if reports.into_iter().all(|report| report.passed) { Exit::Good } else { Exit::BadNews }
}

/// The profiles that the arguments name, each once.
fn chosen(vault: &Vault, arguments: &CheckArguments) -> Result<Vec<Profile>, Failure> {
    if arguments.all {
        return Ok(vault.contents().profiles().to_vec());
    }
    let mut profiles: Vec<Profile> = Vec::new();
    for name in &arguments.names {
        let profile = find(vault.contents(), name)?;
        if !profiles.iter().any(|known| known.id == profile.id) {
            profiles.push(profile.clone());
        }
    }
    Ok(profiles)
}

/// A profile as the check takes it. What the profile lacks is empty, which is the check's first finding.
fn request_of(profile: &Profile, tenant: Option<&str>, read_expiry: ReadExpiry) -> CheckRequest {
    let known_tenant = || profile.tenant.as_ref().map(ToString::to_string);
    CheckRequest {
        environment_url: profile.environment_url.as_ref().map(ToString::to_string).unwrap_or_default(),
        client_id: profile.client_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        client_secret: profile
            .client_secret
            .as_ref()
            .map(ClientSecret::expose)
            .map(SecretText::from)
            .unwrap_or_default(),
        tenant: tenant.map(str::to_owned).or_else(known_tenant).unwrap_or_default(),
        secret_expires: profile.secret_expires,
        read_expiry,
    }
}

/// Checks one connection and shows each stage as it ends.
fn check_one(session: &mut Session<'_, '_>, request: CheckRequest) -> Result<CheckReport, Failure> {
    let (network, runtime) = set_up(session)?;
    let now = session.console.now();
    let (send, receive) = mpsc::channel();
    let check = runtime.spawn(async move {
        let mut tell = |progress| {
            // Nobody listens any more when the program is ending.
            let _ = send.send(progress);
        };
        check(&network, &request, now, &mut tell).await
    });
    for progress in receive {
        if let Progress::Finished(stage) = progress {
            output::stage(session, &stage);
        }
    }
    Ok(runtime.block_on(check).unwrap_or_else(|_| crashed(now)))
}

/// Checks many connections side by side; the reports come back in the order of the requests.
fn check_many(
    session: &mut Session<'_, '_>,
    names: &[&str],
    requests: Vec<CheckRequest>,
) -> Result<Vec<CheckReport>, Failure> {
    let (network, runtime) = set_up(session)?;
    let now = session.console.now();
    let turns = Arc::new(Semaphore::new(SIDE_BY_SIDE));
    let (send, receive) = mpsc::channel();
    for (place, request) in requests.into_iter().enumerate() {
        let (network, turns, send) = (network.clone(), turns.clone(), send.clone());
        runtime.spawn(async move {
            // A task of its own, so that a crash ends this check alone.
            let check = tokio::spawn(async move {
                let turn = turns.acquire_owned().await;
                let report = check(&network, &request, now, &mut |_| {}).await;
                drop(turn);
                report
            });
            let report = check.await.unwrap_or_else(|_| crashed(now));
            let _ = send.send((place, report));
        });
    }
    drop(send);
    let mut reports: Vec<Option<CheckReport>> = names.iter().map(|_| None).collect();
    for (place, report) in receive {
        output::line(session, names[place], &report);
        reports[place] = Some(report);
    }
    Ok(reports.into_iter().map(|report| report.unwrap_or_else(|| crashed(now))).collect())
}

fn set_up(session: &Session<'_, '_>) -> Result<(Network, Runtime), Failure> {
    let proxy = match &session.settings.proxy {
        ProxySetting::System => ProxyChoice::System,
        ProxySetting::None => ProxyChoice::None,
        ProxySetting::Manual(address) => ProxyChoice::Manual(address.clone()),
    };
    let network = Network::new(&NetworkSettings { proxy, ..NetworkSettings::default() })?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::broken("runtime", format!("The check could not be started: {error}.")))?;
    Ok((network, runtime))
}

/// The report of a check that ended by a defect of this program.
fn crashed(now: DateTime<Utc>) -> CheckReport {
    CheckReport {
        passed: false,
        failed_stage: None,
        diagnosis: Some(Diagnosis {
            code: "internal".to_owned(),
            what: "The check itself failed.".to_owned(),
            why: "This is a defect of this program, not of the connection.".to_owned(),
            fix: vec!["Run the check again. If it happens again, report it.".to_owned()],
            link: None,
        }),
        warnings: Vec::new(),
        stages: Vec::new(),
        privileges: Vec::new(),
        cloud: None,
        environment_url: None,
        client_id: None,
        tenant_id: None,
        user_id: None,
        organization_id: None,
        secret_expires: None,
        proxy: String::new(),
        started: now,
        elapsed: Duration::ZERO,
    }
}

fn last_check(session: &Session<'_, '_>, report: &CheckReport) -> LastCheck {
    LastCheck {
        at: session.console.now(),
        passed: report.passed,
        stage: report.failed_stage.map(|stage| stage.id().to_owned()),
        code: report.code().map(str::to_owned),
        tenant_id: report.tenant_id,
    }
}

/// Saves how the checks ended. A vault that cannot be written does not spoil the answer.
fn keep_results(session: &mut Session<'_, '_>, vault: &mut Vault, results: &[(Uuid, LastCheck)]) {
    if results.is_empty() {
        return;
    }
    let saved = vault.update(|contents| {
        for (id, last_check) in results {
            // Somebody may have removed the profile while it was checked.
            if let Some(mut profile) = contents.get(*id).cloned() {
                profile.last_check = Some(last_check.clone());
                contents.put(profile)?;
            }
        }
        Ok::<_, VaultError>(())
    });
    if let Err(error) = saved {
        session.console.tell(&format!("The result of the check was not kept in the vault. {error}"));
    }
}
