//! `check`: runs the connection check for one connection or for many, and keeps how each ended.

use std::sync::mpsc;
use std::thread;

use tokio::runtime::Runtime;
use uuid::Uuid;

use super::arguments::{CheckArguments, ExportFile, ExportForm};
use super::check_output as output;
use super::failure::{Exit, Failure};
use super::session::{Session, find};
use crate::connection_check::many::{
    ManyProgress, NamedRequest, ProfileResult, SIDE_BY_SIDE, check_many, report_csv, report_html,
};
use crate::connection_check::{CheckReport, CheckRequest, Network, NetworkSettings, Progress, ReadExpiry, check};
use crate::platform::file_system;
use crate::profile::{ClientSecret, LastCheck, Profile, ProxyCredentials, SecretText};
use crate::vault::{Vault, VaultError};

pub(super) fn run(session: &mut Session<'_, '_>, arguments: CheckArguments) -> Result<Exit, Failure> {
    let read_expiry = if arguments.read_expiry { ReadExpiry::FromGraph } else { ReadExpiry::No };
    if let (Some(url), Some(client_id)) = (&arguments.typed.url, &arguments.typed.client_id) {
        let request = CheckRequest {
            environment_url: url.clone(),
            client_id: client_id.clone(),
            client_secret: session.console.secret(arguments.typed.secret_stdin.into())?,
            tenant: arguments.tenant.unwrap_or_default(),
            known_tenant: None,
            secret_expires: arguments.expires,
            read_expiry,
        };
        let report = check_one(session, None, request)?;
        output::one(session, None, &report);
        return Ok(exit_of([&report]));
    }
    let mut vault = session.open_vault(arguments.passphrase)?;
    let profiles = chosen(&vault, &arguments)?;
    let proxy_credentials = vault.contents().proxy_credentials().cloned();
    let request = |profile: &Profile| request_of(profile, arguments.tenant.as_deref(), read_expiry);
    if let ([profile], false, None) = (profiles.as_slice(), arguments.all, &arguments.export) {
        let report = check_one(session, proxy_credentials, request(profile))?;
        output::one(session, Some(&profile.name), &report);
        keep_results(session, &mut vault, &[(profile.id, last_check(session, &report))]);
        return Ok(exit_of([&report]));
    }
    let requests =
        profiles.iter().map(|profile| NamedRequest { name: profile.name.clone(), request: request(profile) });
    let results = check_all(session, proxy_credentials, requests.collect())?;
    let kept: Vec<_> =
        profiles.iter().zip(&results).map(|(profile, it)| (profile.id, last_check(session, &it.report))).collect();
    keep_results(session, &mut vault, &kept);
    if let Some(file) = &arguments.export {
        export(session, file, &results)?;
    }
    output::many(session, &results);
    Ok(exit_of(results.iter().map(|result| &result.report)))
}

/// Writes the results into a file, in the form that its name asks for.
fn export(session: &mut Session<'_, '_>, file: &ExportFile, results: &[ProfileResult]) -> Result<(), Failure> {
    let text = match file.form {
        ExportForm::Csv => report_csv(results),
        ExportForm::Html => report_html(results, session.console.now()),
    };
    file_system::write_named(&file.path, text.as_bytes()).map_err(|error| {
        let path = file.path.display();
        Failure::broken("export_failed", format!("The results could not be written to {path}: {error}."))
    })
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
    let typed_tenant = || profile.tenant.as_ref().map(ToString::to_string);
    CheckRequest {
        environment_url: profile.environment_url.as_ref().map(ToString::to_string).unwrap_or_default(),
        client_id: profile.client_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        client_secret: profile
            .client_secret
            .as_ref()
            .map(ClientSecret::expose)
            .map(SecretText::from)
            .unwrap_or_default(),
        tenant: tenant.map(str::to_owned).or_else(typed_tenant).unwrap_or_default(),
        known_tenant: tenant_found(profile),
        secret_expires: profile.secret_expires,
        read_expiry,
    }
}

/// The tenant that the last passed check found. Should it be another one by now, the check finds that out.
fn tenant_found(profile: &Profile) -> Option<Uuid> {
    profile.last_check.as_ref().filter(|check| check.passed)?.tenant_id
}

/// Checks one connection and shows each stage as it ends.
fn check_one(
    session: &mut Session<'_, '_>,
    proxy_credentials: Option<ProxyCredentials>,
    request: CheckRequest,
) -> Result<CheckReport, Failure> {
    let (network, runtime) = set_up(session, proxy_credentials)?;
    let now = session.console.now();
    let run = |tell: &mut (dyn FnMut(Progress) + Send)| runtime.block_on(check(&network, &request, now, tell));
    let report = run_beside(run, |progress| match progress {
        Progress::Finished(stage) => output::stage(session, &stage),
        Progress::Waiting { seconds, why, .. } => output::waiting(session, None, seconds, &why),
        Progress::Started(_) => {}
    });
    Ok(report.unwrap_or_else(|_| CheckReport::internal_failure(now)))
}

/// Checks many connections side by side; the results come back in the order of the requests.
fn check_all(
    session: &mut Session<'_, '_>,
    proxy_credentials: Option<ProxyCredentials>,
    requests: Vec<NamedRequest>,
) -> Result<Vec<ProfileResult>, Failure> {
    let (network, runtime) = set_up(session, proxy_credentials)?;
    let now = session.console.now();
    let names: Vec<String> = requests.iter().map(|one| one.name.clone()).collect();
    let run = |tell: &mut (dyn FnMut(ManyProgress) + Send)| {
        runtime.block_on(check_many(&network, requests, SIDE_BY_SIDE, now, tell))
    };
    let results = run_beside(run, |progress| match progress {
        ManyProgress::Finished(place, report) => output::line(session, &names[place], &report),
        ManyProgress::Profile(place, Progress::Waiting { seconds, why, .. }) => {
            output::waiting(session, Some(&names[place]), seconds, &why);
        }
        ManyProgress::Profile(..) => {}
    });
    results.map_err(|_| Failure::broken("internal", "The run of checks failed by a defect of this program."))
}

/// Runs `work` on a thread of its own and shows, on this one, what it tells meanwhile. An error: it panicked.
fn run_beside<P: Send, T: Send>(
    work: impl FnOnce(&mut (dyn FnMut(P) + Send)) -> T + Send,
    show: impl FnMut(P),
) -> thread::Result<T> {
    let (send, receive) = mpsc::channel();
    thread::scope(|scope| {
        let work = scope.spawn(move || {
            work(&mut |progress| {
                // Nobody listens any more when the program is ending.
                let _ = send.send(progress);
            })
        });
        receive.into_iter().for_each(show);
        work.join()
    })
}

/// The network by the settings; `proxy_credentials` are the open vault's.
fn set_up(
    session: &Session<'_, '_>,
    proxy_credentials: Option<ProxyCredentials>,
) -> Result<(Network, Runtime), Failure> {
    let network = Network::new(&NetworkSettings {
        proxy: (&session.settings.proxy).into(),
        proxy_credentials,
        clouds: session.clouds.clone(),
        ..NetworkSettings::default()
    })?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::broken("runtime", format!("The check could not be started: {error}.")))?;
    Ok((network, runtime))
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
    match saved {
        Ok(()) => session.saved(vault),
        Err(error) => session.console.tell(&format!("The result of the check was not kept in the vault. {error}")),
    }
}
