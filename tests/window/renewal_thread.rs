//! The vault's own thread takes the steps of a renewal, and forgets a former secret whose day has come when a vault opens.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use a365_password_tool::app::tasks::{
    Answer, Change, RenewalChange, Request, SaveReason, Tasks, VaultFileRequest, VaultRequest,
};
use a365_password_tool::cloud::Overrides;
use a365_password_tool::profile::{Profile, SecretText};
use a365_password_tool::renewal::{Act, Proof};
use a365_password_tool::vault::{Contents, Credential, KdfParameters, Surroundings, Trust, Vault};
use chrono::{TimeDelta, Utc};
use uuid::Uuid;

use crate::harness::profile;
use crate::renewal::{give, secret};
use crate::staged_machine::StagedMachine;

/// The real thread with a real vault of one profile, made and changed so many days ago.
struct Thread {
    tasks: Tasks,
    path: PathBuf,
    passphrase: SecretText,
    id: Uuid,
    _folder: tempfile::TempDir,
}

fn thread(age: i64, acts: impl IntoIterator<Item = Act>) -> Thread {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("v.a365vault");
    let passphrase = SecretText::new(format!("made-{}", Uuid::new_v4()));
    let days_ago = |days| Utc::now() - TimeDelta::days(days);
    let machine = Arc::new(StagedMachine::at(days_ago(age)));
    let mut vault = Vault::create_in(machine.clone(), &path, &passphrase, KdfParameters::minimum()).expect("a vault");
    // Without a date, so that the former secret is kept for thirty days.
    let contoso = profile(1, "Contoso", "", None);
    let id = contoso.id;
    vault.update(|contents| contents.put(contoso)).expect("saved");
    for act in acts {
        vault.update(|contents: &mut Contents| contents.renew(id, act, machine.now())).expect("allowed");
    }
    drop(vault);
    // Saved now and then since, so that the vault believes the clock.
    for days in (1..age).rev().filter(|days| days % 6 == 0) {
        machine.set(days_ago(days));
        let mut vault = Vault::open_in(machine.clone(), &path, &passphrase).expect("opened");
        vault.update(|_| Ok::<_, a365_password_tool::vault::VaultError>(())).expect("saved");
    }
    let tasks = Tasks::start(&egui::Context::default(), Overrides::none(), None);
    Thread { tasks, path, passphrase, id, _folder: folder }
}

impl Thread {
    fn open(&mut self) -> Vec<Profile> {
        let credential = Credential::Passphrase(self.passphrase.clone());
        self.tasks.begin(Request::VaultFile(VaultFileRequest::Open(self.path.clone(), credential, Trust::Proven)));
        let Answer::VaultOpened(_, profiles, _) = self.next() else { panic!("it opens") };
        profiles.iter().map(|profile| Profile::clone(profile)).collect()
    }

    fn next(&mut self) -> Answer {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            match self.tasks.next_answer() {
                Some(Answer::Slots(_)) => continue,
                Some(answer) => return answer,
                None => {}
            }
            assert!(Instant::now() < end, "an answer within a minute");
            // egui wakes a window only while it draws frames, and here none does.
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn take(&mut self, act: Act) -> Answer {
        self.tasks.begin(Request::Vault(VaultRequest::Renew(self.id, Box::new(act), SaveReason::Requested)));
        self.next()
    }

    /// The profile as the file has it.
    fn kept(&self) -> Profile {
        Vault::open(&self.path, &self.passphrase).expect("opened").contents().profiles()[0].clone()
    }
}

fn replaced() -> [Act; 3] {
    let give = Act::Give { secret: secret("a new one"), expires: None, key_id: None };
    [Act::Begin, give, Act::Switch(Proof::WithoutTest)]
}

#[test]
fn each_step_is_saved_and_a_refused_one_is_shown() {
    let mut thread = thread(0, []);
    thread.open();
    for (act, taken) in [
        (Act::Begin, RenewalChange::Begun),
        (give(), RenewalChange::Given),
        (Act::Switch(Proof::WithoutTest), RenewalChange::Switched),
    ] {
        let Answer::Profiles(profiles, change) = thread.take(act) else { panic!("it is saved") };
        assert_eq!((change, &*profiles[0]), (Change::Renewed(thread.id, taken), &thread.kept()));
    }
    let Answer::NotSaved(refusal, change) = thread.take(Act::Switch(Proof::Tested)) else { panic!("it is refused") };
    assert_eq!(change, Change::Renewed(thread.id, RenewalChange::Switched));
    assert!(refusal.text.contains("Start it again"), "{}", refusal.text);
}

#[test]
fn a_former_secret_whose_day_has_come_is_forgotten_when_the_vault_opens() {
    let mut thread = thread(31, replaced());
    assert!(thread.kept().former_secret.is_some(), "nobody has opened it since");
    assert!(thread.open()[0].former_secret.is_some());
    let Answer::Profiles(profiles, Change::Read) = thread.next() else { panic!("the window is told") };
    assert!(profiles[0].former_secret.is_none() && thread.kept().former_secret.is_none());
}

#[test]
fn one_whose_day_has_not_come_stays_and_nothing_is_saved() {
    let mut thread = thread(29, replaced());
    let before = std::fs::read(&thread.path).expect("the file");
    thread.open();
    thread.tasks.begin(Request::Vault(VaultRequest::ReadHistory));
    assert!(matches!(thread.next(), Answer::History(_)), "nothing else comes first");
    assert_eq!(std::fs::read(&thread.path).expect("the file"), before);
    assert!(thread.kept().former_secret.is_some());
}
