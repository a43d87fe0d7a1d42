//! What a merge did, in words for a person.

use crate::wording::first_few;

/// What a merge did, for telling a person. Names, never values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MergeSummary {
    /// Profiles that the other version added, changed or removed.
    pub from_other_version: usize,
    /// Profiles with a new conflict.
    pub conflicts: Vec<String>,
    /// Profiles that one side removed and the other changed: they are kept.
    pub revived: Vec<String>,
    /// Profiles that got another name because two had the same: the former and the new one.
    pub renamed: Vec<(String, String)>,
    /// Both sides set the proxy's sign-in differently: the newer one stays.
    pub proxy_sign_in_replaced: bool,
}

impl MergeSummary {
    /// In sentences, for a notice.
    pub fn describe(&self) -> String {
        let mut sentences = vec!["The vault was also saved elsewhere; both versions were merged.".to_owned()];
        let quoted = |names: &[String]| first_few(names.iter().map(|name| format!("“{name}”")), 3);
        let were = |names: &[String]| if names.len() == 1 { "was" } else { "were" };
        if !self.conflicts.is_empty() {
            sentences.push(format!(
                "{} {} changed on both sides. Review the conflicts; nothing is lost.",
                quoted(&self.conflicts),
                were(&self.conflicts)
            ));
        }
        if !self.revived.is_empty() {
            sentences.push(format!(
                "{} {} deleted on one side and changed on the other. The changed version was kept.",
                quoted(&self.revived),
                were(&self.revived)
            ));
        }
        for (former, name) in self.renamed.iter().take(3) {
            sentences.push(format!("Two profiles were named “{former}”; one of them is now “{name}”."));
        }
        if self.proxy_sign_in_replaced {
            sentences.push(
                "The user name and password for the proxy were changed on both sides; the newer ones are used."
                    .to_owned(),
            );
        }
        sentences.join(" ")
    }

    /// Adds what a further merge did.
    pub(in crate::vault) fn add(&mut self, mut further: MergeSummary) {
        self.from_other_version += further.from_other_version;
        self.conflicts.append(&mut further.conflicts);
        self.revived.append(&mut further.revived);
        self.renamed.append(&mut further.renamed);
        self.proxy_sign_in_replaced |= further.proxy_sign_in_replaced;
    }
}
