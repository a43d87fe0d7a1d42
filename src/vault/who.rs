//! Who saves a vault: an account on a machine.

/// An account on a machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Who {
    /// The account's name as the operating system gives it, with its domain where it has one.
    pub account: String,
    /// The computer's name.
    pub machine: String,
}

impl Who {
    /// The account that this process runs under, on this machine. Empty texts where the system does not tell.
    pub fn of_this_process() -> Who {
        let (account, machine) = crate::platform::account::account_and_machine();
        Who { account, machine }
    }

    /// In words: `jan on JUMP01`.
    pub fn describe(&self) -> String {
        match (self.account.as_str(), self.machine.as_str()) {
            ("", "") => "somebody".to_owned(),
            ("", machine) => format!("someone on {machine}"),
            (account, "") => account.to_owned(),
            (account, machine) => format!("{account} on {machine}"),
        }
    }
}
