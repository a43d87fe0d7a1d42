//! Testing again automatically while Microsoft Entra ID may not know a new secret yet: a person begins it, sees the
//! countdown, and can stop it.

use super::{AppState, CheckView, Page, Repeating};
use crate::connection_check::{CheckReport, may_become_known};

impl CheckView {
    /// Whether this test ended in a way that may be another one in a minute.
    pub fn is_worth_repeating(&self) -> bool {
        self.report().and_then(CheckReport::code).is_some_and(may_become_known)
    }

    /// Whether it waits to be repeated, or runs for that.
    pub fn is_being_repeated(&self) -> bool {
        self.repeating.as_ref().is_some_and(|repeating| self.is_running() || repeating.next.is_some())
    }
}

impl AppState {
    /// The test on the page that is shown.
    fn check_shown(&mut self) -> Option<&mut CheckView> {
        let vault = self.open_vault_mut()?;
        match vault.page {
            Page::Renewal(id) => vault.renewal_forms.get_mut(&id)?.check.as_mut(),
            Page::Profiles => vault.checks.get_mut(&vault.draft.as_ref()?.id),
            _ => None,
        }
    }

    pub(super) fn repeat_test(&mut self) {
        let seconds = self.seconds;
        let Some(check) = self.check_shown().filter(|check| check.is_worth_repeating()) else { return };
        let last = check.report().and_then(|report| report.diagnosis.clone());
        check.repeating = last.map(|last| Repeating::begin(seconds, last));
    }

    /// Ends what waits to be repeated and is not shown any more, and begins the test that is due.
    pub(super) fn look_at_repeated_tests(&mut self) {
        let seconds = self.seconds;
        let shown = self.check_shown().map(|check| check.ticket);
        let Some(vault) = self.open_vault_mut() else { return };
        let of_renewals = vault.renewal_forms.values_mut().filter_map(|form| form.check.as_mut());
        for check in vault.checks.values_mut().chain(of_renewals) {
            if Some(check.ticket) != shown {
                check.repeating = None;
            }
        }
        let Some(check) = self.check_shown().filter(|check| !check.is_running()) else { return };
        let due = check.repeating.as_ref().is_some_and(|repeating| repeating.next.is_some_and(|next| seconds >= next));
        if !due {
            return;
        }
        let (series, repeating) = (check.series, check.repeating.take());
        match self.open_vault().map(|vault| vault.page) {
            Some(Page::Renewal(_)) => self.test_new_secret(),
            // Values that somebody is changing are tested when they say so.
            _ if self.form_differs_from_test() => return,
            _ => self.test(),
        }
        if let Some(check) = self.check_shown().filter(|check| check.is_running()) {
            (check.series, check.repeating) = (series, repeating);
        }
    }

    fn form_differs_from_test(&self) -> bool {
        let Some(vault) = self.open_vault() else { return true };
        let Some(draft) = &vault.draft else { return true };
        vault.checks.get(&draft.id).is_none_or(|check| !check.is_of(draft))
    }

    /// Whether a test waits to be repeated, so that its countdown is shown.
    pub(super) fn is_counting_down(&self) -> bool {
        self.open_vault().is_some_and(|vault| {
            let of_renewals = vault.renewal_forms.values().filter_map(|form| form.check.as_ref());
            vault.checks.values().chain(of_renewals).any(CheckView::is_being_repeated)
        })
    }
}
