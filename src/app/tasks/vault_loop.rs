//! The loop of the vault's thread: it owns the open vault and its keys, and handles one request after the other.

use std::sync::mpsc::Receiver;

use super::{Answer, Part, Postbox, vault::OpenVault, vault_file, vault_thread::VaultWork};
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
    serve_each(requests, postbox, |work, open| {
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
            update_reminders(places, &open.vault, before.as_ref(), postbox);
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

/// Updates the reminder index after a save, and after opening or reading again a vault that it knows.
fn update_reminders(places: &Places, vault: &Vault, before: Option<&VaultInfo>, postbox: &Postbox) {
    let updated = match before {
        Some(before) if *before == vault.info() => return,
        Some(_) => index::update(places, &vault.into()),
        None if vault.info().generation == 1 => index::update(places, &vault.into()),
        None => index::refresh(places, &vault.into()),
    };
    if let Err(error) = updated {
        postbox.post(Answer::RemindersNotUpdated(format!("The reminders could not be updated. {error}")));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;
    use crate::app::tasks::{VaultFileRequest, VaultRequest};

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
}
