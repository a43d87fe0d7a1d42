//! The loop of the vault's thread: it owns the open vault and its keys, and handles one request after the other.

use std::sync::mpsc::Receiver;

use uuid::Uuid;

use super::{
    Answer, Part, Postbox, VaultReminderRequest, VaultRequest, vault::OpenVault, vault_file, vault_thread::VaultWork,
};
use crate::{
    cloud::Overrides,
    crash_report,
    platform::{heap, wiping_stack},
    reminder::{Places, index},
    vault::{Access, Vault, VaultInfo},
};

/// Owns the open vault; ends when the window does.
pub(super) fn serve(requests: &Receiver<VaultWork>, postbox: &Postbox, clouds: &Overrides, reminders: Option<&Places>) {
    let access = Access::remembering_in(reminders.map(Places::seen_vaults));
    // The vault whose reminders somebody ended: saving it does not bring them back.
    let mut stopped: Option<Uuid> = None;
    serve_each(requests, postbox, |work, open| {
        if let VaultWork::Open(VaultRequest::Reminders(VaultReminderRequest::StopReminding(id))) = &work {
            stopped = Some(*id).filter(|id| is_open(open, *id)).or(stopped);
        }
        let before = open.as_ref().map(|open| open.vault.info());
        match work {
            VaultWork::File(request) => vault_file::handle(request, open, postbox, clouds, &access, reminders),
            VaultWork::Open(request) => {
                if let Some(open) = open {
                    open.handle(request, reminders, postbox);
                }
            }
        }
        if let (Some(places), Some(open)) = (reminders, open) {
            if before.is_none() {
                stopped = None;
            }
            update_reminders(places, &open.vault, before.as_ref(), stopped, postbox);
            if before.is_none() {
                super::reminders::post_own(places, &open.vault, postbox);
            }
        }
    });
}

/// Takes one request after the other. A fault of the program's own in one of them ends that one: what it left half done is
/// never saved, the window gets the error, and the thread goes on.
fn serve_each(
    requests: &Receiver<VaultWork>,
    postbox: &Postbox,
    mut handle: impl FnMut(VaultWork, &mut Option<OpenVault>),
) {
    let mut open: Option<OpenVault> = None;
    while let Ok(work) = requests.recv() {
        // Until the next request this thread waits, perhaps for days: nothing of the payload stays on its stack.
        let outcome = wiping_stack::leaving_nothing(|| crash_report::catch(|| handle(work, &mut open)));
        if let Err(fault) = outcome {
            open = None;
            heap::give_back_unused();
            postbox.post(Answer::Fault(Part::Vault, fault.where_report_is()));
        }
        postbox.finished();
    }
}

fn is_open(open: &Option<OpenVault>, id: Uuid) -> bool {
    open.as_ref().is_some_and(|open| open.vault.info().vault_id == id)
}

/// Updates the reminder index after a vault was opened, saved or read again.
fn update_reminders(
    places: &Places,
    vault: &Vault,
    before: Option<&VaultInfo>,
    stopped: Option<Uuid>,
    postbox: &Postbox,
) {
    let info = vault.info();
    let updated = match before {
        Some(before) if *before == info => return,
        // In the index again only where a rule was set for one of its profiles meanwhile.
        Some(_) if stopped == Some(info.vault_id) => index::refresh(places, &vault.into()),
        Some(_) | None => index::update(places, &vault.into()),
    };
    if let Err(error) = updated {
        postbox.post(Answer::RemindersNotUpdated(format!("The reminders could not be updated. {error}")));
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::mpsc::channel;

    use super::*;
    use crate::app::tasks::{SaveReason, VaultFileRequest};
    use crate::platform::wall_clock;
    use crate::profile::{Profile, SecretText};
    use crate::reminder::index::Index;
    use crate::vault::{Credential, KdfParameters, Trust};

    #[test]
    fn a_fault_in_one_request_is_reported_and_the_next_one_is_handled() {
        let (sender, requests) = channel();
        let (answers_in, answers) = channel();
        let postbox = Postbox::new(answers_in, (&egui::Context::default()).into());
        let (done, waiting) = channel();
        for work in
            [VaultWork::Open(VaultRequest::ReadHistory), VaultWork::File(VaultFileRequest::SignalWhenDone(done))]
        {
            sender.send(work).expect("the thread listens");
        }
        drop(sender);
        serve_each(&requests, &postbox, |work, open| match work {
            VaultWork::Open(_) => panic!("made to fail"),
            VaultWork::File(request) => {
                vault_file::handle(request, open, &postbox, &Overrides::none(), &Access::default(), None);
            }
        });
        assert!(matches!(answers.try_recv(), Ok(Answer::Fault(Part::Vault, _))));
        assert!(answers.try_recv().is_err());
        // The other end was dropped: the second request was handled.
        assert!(waiting.recv().is_err());
    }

    /// What the index holds after a session in which a vault is opened and then this is asked of it.
    fn indexed_after(path: &Path, places: &Places, asked: Vec<VaultRequest>) -> usize {
        let (sender, requests) = channel();
        let (answers_in, answers) = channel();
        let postbox = Postbox::new(answers_in, (&egui::Context::default()).into());
        let open = VaultFileRequest::Open(path.to_owned(), Credential::Passphrase(passphrase()), Trust::Proven);
        sender.send(VaultWork::File(open)).expect("it is read below");
        for request in asked {
            sender.send(VaultWork::Open(request)).expect("it is read below");
        }
        drop(sender);
        serve(&requests, &postbox, &Overrides::none(), Some(places));
        let failed = |answer: &Answer| matches!(answer, Answer::NotSaved(..) | Answer::VaultNotOpened(_));
        assert!(!answers.try_iter().any(|answer| failed(&answer)));
        Index::read(places).0.vaults.len()
    }

    fn passphrase() -> SecretText {
        SecretText::from("four words of test")
    }

    #[test]
    fn reminders_that_were_ended_stay_so_until_the_vault_is_opened_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, places) = (folder.path().join("x.a365vault"), Places::in_folder(folder.path()));
        let vault = Vault::create(&path, &passphrase(), KdfParameters::minimum()).expect("a vault");
        let id = vault.info().vault_id;
        drop(vault);
        let stop = || VaultRequest::Reminders(VaultReminderRequest::StopReminding(id));
        let save = || {
            let id = Uuid::new_v4();
            let profile = Box::new(Profile::new(id, &id.to_string(), wall_clock::now()));
            VaultRequest::PutProfile(profile, None, SaveReason::Requested)
        };
        assert_eq!(indexed_after(&path, &places, vec![]), 1, "it is enough to open it");
        assert_eq!(indexed_after(&path, &places, vec![stop(), save()]), 0);
        assert_eq!(indexed_after(&path, &places, vec![save()]), 1);
        let other = VaultRequest::Reminders(VaultReminderRequest::StopReminding(Uuid::new_v4()));
        assert_eq!(indexed_after(&path, &places, vec![other, save()]), 1, "another vault's reminders were ended");
    }
}
