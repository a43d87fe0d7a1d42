//! What helps a vault that is damaged.

/// What helps a vault that is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// An earlier save.
    Backup,
    /// Something took the file for text, and its bytes can be put back ([`crate::vault::repair`]).
    Repair,
    /// Something took the file for text, and bytes of it are lost: an earlier save.
    BackupOfText,
    /// Something took the file for text, and what it was before cannot be told for certain: an earlier save.
    BackupOfUnclear,
}

impl Remedy {
    /// What to do about the vault at `path`, in words.
    pub(in crate::vault) fn words(self, path: &str) -> String {
        let backup = format!(
            "Restore one of its backups in the window or with “vault restore” on the command line. They are in the \
             folder {path}.backups. If there are none, restore the file from your own backup."
        );
        let as_it_is =
            "A vault is not text: copy it in binary mode, and in git add “*.a365vault binary” to .gitattributes.";
        match self {
            Remedy::Backup => backup,
            Remedy::Repair => format!(
                "It can be repaired: choose “Repair the file” in the window, or run “vault repair” on the command \
                 line. {as_it_is}"
            ),
            Remedy::BackupOfUnclear => format!("This tool cannot put it back exactly. {backup} {as_it_is}"),
            Remedy::BackupOfText => format!("Some of its bytes are lost. {backup} {as_it_is}"),
        }
    }
}
