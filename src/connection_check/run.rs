//! The check itself: its stages one after the other, within their deadlines.

use std::future::Future;
use std::pin::pin;

use chrono::{DateTime, Utc};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, timeout_at};

use super::address_stage::{Form, read_form, read_partly};
use super::certificates::{Seen, Trust};
use super::dataverse::who_am_i;
use super::diagnosis::{Subject, explain};
use super::exchange::{Wait, Wire};
use super::failure::{Failure, Found};
use super::network_failure::too_slow;
use super::offline::offline;
use super::privileges_stage::check_privileges;
use super::redaction::Redaction;
use super::secret_expiry::{judge, look_up};
use super::side_task::SideTask;
use super::sign_in::{SignedIn, sign_in, token_for};
use super::tenant_stage::{SignInTenant, find_tenant};
use super::tokens::Tokens;
use super::user_api::UserApi;
use super::{CheckReport, CheckRequest, Network, Progress, SecretAge, Stage, StageReport, StageResult, Warning};
use crate::cloud::Cloud;
use crate::profile::{ClientSecret, EnvironmentUrl, SecretText, Tenant};

/// Runs every stage of a check at `now` and tells `progress` about each. Whatever goes wrong is in the report.
///
/// It has to run on a tokio runtime with time and I/O. To cancel it, drop the future: what is under way is closed
/// at once.
pub async fn check(
    network: &Network,
    request: &CheckRequest,
    now: DateTime<Utc>,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> CheckReport {
    check_with(network, request, now, None, progress).await
}

/// As [`check`], with the tokens of a run over many profiles.
pub(super) async fn check_with(
    network: &Network,
    request: &CheckRequest,
    now: DateTime<Utc>,
    tokens: Option<&Tokens>,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> CheckReport {
    let (wire, waits) = Wire::new(network, now, tokens);
    let mut run = Run::new(network, request, now, waits, progress);
    // A stage that fails has put its diagnosis into the report already.
    let _ = run.stages(&wire, request, now).await;
    run.note_network(network);
    run.finish()
}

/// A stage failed; nothing after it runs.
struct Stopped;

/// A check under way.
struct Run<'a> {
    progress: &'a mut (dyn FnMut(Progress) + Send),
    waits: UnboundedReceiver<Wait>,
    report: CheckReport,
    environment: Option<EnvironmentUrl>,
    tenant: String,
    secret_age: SecretAge,
    redaction: Redaction,
    began: Instant,
    stage_limit: std::time::Duration,
    deadline: Instant,
}

impl<'a> Run<'a> {
    fn new(
        network: &Network,
        request: &CheckRequest,
        now: DateTime<Utc>,
        waits: UnboundedReceiver<Wait>,
        progress: &'a mut (dyn FnMut(Progress) + Send),
    ) -> Run<'a> {
        let began = Instant::now();
        let (environment, client_id) = read_partly(request, network.clouds());
        let mut redaction = Redaction::new(&request.client_secret);
        // What is sent is the secret without the quotes or the label around it.
        if let Ok(read) = ClientSecret::parse_pasted(request.client_secret.expose(), request.guid_secret) {
            redaction.add(&SecretText::from(read.value.expose()));
        }
        let report = CheckReport {
            passed: false,
            failed_stage: None,
            diagnosis: None,
            warnings: Vec::new(),
            stages: Vec::new(),
            privileges: Vec::new(),
            cloud: environment.as_ref().map(EnvironmentUrl::cloud),
            environment_url: environment.as_ref().map(ToString::to_string),
            client_id: client_id.map(|id| id.to_string()),
            tenant_id: None,
            user_id: None,
            organization_id: None,
            secret_expires: request.secret_expires,
            expiry_not_read: None,
            offline: false,
            proxy: network.route_to(environment.as_ref().map(EnvironmentUrl::host).unwrap_or_default()),
            certificates: Vec::new(),
            started: now,
            elapsed: std::time::Duration::ZERO,
        };
        Run {
            progress,
            waits,
            report,
            environment,
            tenant: String::new(),
            secret_age: request.secret_age,
            redaction,
            began,
            stage_limit: network.limits().stage,
            deadline: began + network.limits().whole_check,
        }
    }

    async fn stages(&mut self, wire: &Wire<'_>, request: &CheckRequest, now: DateTime<Utc>) -> Result<(), Stopped> {
        let form = self.stage(wire, Stage::Address, "", async { read_form(request, wire.clouds()) }).await?;
        let host = form.environment.host();
        // The secret goes to the sign-in host of the environment's cloud whatever the environment answers, so a token
        // may be asked for beside that question. It is used only when the answer names the same tenant.
        let known = request.known_tenant.filter(|known| form.client_id.differs_from(&Tenant::Id(*known)).is_ok());
        let mut early = known.map(|known| {
            let form = &form;
            SideTask::new(async move { token_for(wire, form, &known.to_string(), form.environment.host()).await })
        });
        let found = self.stage(wire, Stage::Tenant, host, find_tenant(wire, &form));
        let tenant = match &mut early {
            Some(early) => early.poll_during(found).await?,
            None => found.await?,
        };
        let early = early.filter(|_| tenant.id.is_some() && tenant.id == request.known_tenant);
        self.tenant.clone_from(&tenant.segment);
        self.report.tenant_id = tenant.id;
        let sign_in_host = form.environment.cloud().sign_in_host();
        let signed_in = self.stage(wire, Stage::SignIn, sign_in_host, sign_in(wire, &form, &tenant, early)).await?;
        self.report.tenant_id = signed_in.tenant;
        // Microsoft Graph is asked beside Dataverse, so that it costs no round trip of its own.
        let mut lookup = SideTask::new(look_up(wire, &form, &tenant.segment, request.read_expiry, now));
        lookup.poll_during(self.dataverse(wire, &form, &tenant, &signed_in)).await?;
        let judged = async { Ok(judge(lookup.finish().await, request.secret_expires, now)) };
        let judged = self.stage(wire, Stage::SecretExpiry, "", judged).await?;
        self.report.secret_expires = judged.date;
        self.report.expiry_not_read = judged.not_read.map(|reason| self.redaction.expiry_not_read(reason));
        Ok(())
    }

    /// The two stages that talk to Dataverse with the token.
    async fn dataverse(
        &mut self,
        wire: &Wire<'_>,
        form: &Form,
        tenant: &SignInTenant,
        signed_in: &SignedIn,
    ) -> Result<(), Stopped> {
        let host = form.environment.host();
        let token = &signed_in.token;
        debug_assert_eq!(self.tenant, tenant.segment);
        self.redaction.add(token);
        let caller = self.stage(wire, Stage::WhoAmI, host, who_am_i(wire, host, token)).await?;
        self.report.user_id = Some(caller.user);
        self.report.organization_id = Some(caller.organization);
        let api = UserApi { wire, host, token, user: caller.user };
        let mut reports = Vec::new();
        let outcome = self.stage(wire, Stage::Privileges, host, check_privileges(&api, &mut reports)).await;
        self.report.privileges = reports;
        outcome
    }

    /// Runs one stage within its deadline and reports how it ended.
    async fn stage<T>(
        &mut self,
        wire: &Wire<'_>,
        stage: Stage,
        host: &str,
        work: impl Future<Output = Result<Found<T>, Failure>>,
    ) -> Result<T, Stopped> {
        (self.progress)(Progress::Started(stage));
        let began = Instant::now();
        let deadline = self.deadline.min(began + self.stage_limit);
        let outcome = self.tell_waits(stage, timeout_at(deadline, work)).await;
        let outcome = outcome.unwrap_or_else(|_| Err(too_slow(wire.phase(), host)));
        let outcome = match outcome {
            Err(failure) => Err(self.unless_offline(wire.network(), failure).await),
            found => found,
        };
        if wire.take_waited() && !self.report.warnings.iter().any(|warning| warning.code == "throttled") {
            self.report.warnings.push(Warning::new(
                "throttled",
                "A server throttled requests because it received too many, so the test took longer. Another program \
                 may be signing in too often.",
            ));
        }
        let (result, summary, details, value) = match outcome {
            Ok(found) => {
                let result = if found.warnings.is_empty() { StageResult::Passed } else { StageResult::Warned };
                self.report.warnings.extend(found.warnings);
                (result, found.summary, found.details, Ok(found.value))
            }
            Err(failure) => {
                let summary = self.fail(stage, &failure);
                (StageResult::Failed, summary, failure.details.into_vec(), Err(Stopped))
            }
        };
        self.end_stage(StageReport { stage, result, elapsed: began.elapsed(), summary, details });
        value
    }

    /// `failure`, or what it is on a computer that is offline.
    async fn unless_offline(&mut self, network: &Network, failure: Failure) -> Failure {
        let cloud = self.environment.as_ref().map_or(Cloud::Commercial, EnvironmentUrl::cloud);
        let sign_in_host = cloud.sign_in_host();
        let other = match &self.environment {
            Some(environment) if *failure.host == *sign_in_host => environment.host(),
            _ => sign_in_host,
        };
        match offline(network, &failure, other).await {
            Some(offline) => {
                self.report.offline = true;
                offline
            }
            None => failure,
        }
    }

    /// Runs `work` to its end and tells of every wait meanwhile.
    async fn tell_waits<T>(&mut self, stage: Stage, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            tokio::select! {
                biased;
                outcome = &mut work => return outcome,
                Some(wait) = self.waits.recv() => {
                    let seconds = wait.length.as_secs() + u64::from(wait.length.subsec_nanos() > 0);
                    (self.progress)(Progress::Waiting { stage, until: wait.until, seconds, why: wait.why });
                }
            }
        }
    }

    /// Puts the diagnosis of `failure` into the report.
    fn fail(&mut self, stage: Stage, failure: &Failure) -> String {
        let diagnosis = explain(
            &failure.code,
            &Subject {
                code: &failure.code,
                variant: failure.variant,
                environment: self.environment.as_ref(),
                cloud: None,
                client_id: self.report.client_id.as_deref(),
                tenant: (!self.tenant.is_empty()).then_some(self.tenant.as_str()),
                secret_age: self.secret_age,
                host: &failure.host,
                proxy: failure.proxy.as_deref(),
                detail: &failure.detail,
                trace: &failure.trace,
            },
        );
        let summary = diagnosis.what.clone();
        self.report.failed_stage = Some(stage);
        self.report.diagnosis = Some(self.redaction.diagnosis(diagnosis));
        summary
    }

    fn end_stage(&mut self, report: StageReport) {
        let report = self.redaction.stage(report);
        self.report.stages.push(report.clone());
        (self.progress)(Progress::Finished(report));
    }

    /// Notes how the servers of this check were reached and who issued their certificates, and warns of TLS inspection.
    fn note_network(&mut self, network: &Network) {
        let Some(environment) = &self.environment else { return };
        let cloud = environment.cloud();
        self.report.proxy = network.route_to(environment.host());
        let mut inspected: Vec<(&str, String)> = Vec::new();
        for host in [environment.host(), cloud.sign_in_host(), cloud.graph_host()] {
            let Some(Seen { issuer, trust }) = network.certificate_of(host) else { continue };
            if trust == Trust::ThisComputer {
                inspected.push((host, issuer.clone()));
            }
            self.report.certificates.push((host.to_owned(), issuer));
        }
        if let Some((_, issuer)) = inspected.first() {
            let hosts: Vec<&str> = inspected.iter().map(|(host, _)| *host).collect();
            self.report.warnings.push(Warning::new("tls_inspected", inspection_words(&hosts, issuer)));
        }
    }

    /// Reports the stages that did not run, and closes the report.
    fn finish(mut self) -> CheckReport {
        for stage in Stage::ALL.into_iter().skip(self.report.stages.len()) {
            self.end_stage(StageReport {
                stage,
                result: StageResult::Skipped,
                elapsed: std::time::Duration::ZERO,
                summary: "Not run because an earlier stage failed.".to_owned(),
                details: Vec::new(),
            });
        }
        self.report.passed = self.report.failed_stage.is_none();
        self.report.warnings = self.redaction.warnings(self.report.warnings);
        self.report.elapsed = self.began.elapsed();
        self.report
    }
}

/// What it means that `issuer`, which is no public authority, issued the certificates of `hosts`.
fn inspection_words(hosts: &[&str], issuer: &str) -> String {
    format!(
        "The connection to {} is inspected. Its certificate was issued by “{issuer}”, which this computer trusts and \
         the public does not. A device of your network decrypts the traffic and can read the client secret. If you do \
         not know this issuer, create a new client secret and report it to your security team. Otherwise consider \
         asking the network team to exempt these hosts from inspection.",
        hosts.join(" and ")
    )
}
