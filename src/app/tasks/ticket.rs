//! What a piece of work on the network or on a file to import goes by. Its answers carry it, and it says who waits for them.

use uuid::Uuid;

/// One piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ticket {
    number: u64,
    owner: Owner,
}

/// Who waits for the answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// The test of this profile's form.
    Check(Uuid),
    /// The test of the new secret in the renewal of this profile.
    NewSecretCheck(Uuid),
    /// The test of all profiles.
    CheckAll,
    /// What Microsoft Graph is asked for the renewal of this profile.
    AppSecrets(Uuid),
    /// The test of the network.
    NetworkTest,
    /// The import.
    Import,
}

impl Ticket {
    /// The ticket with this number; no other one of the same window may have it.
    pub fn new(number: u64, owner: Owner) -> Ticket {
        Ticket { number, owner }
    }

    /// Who waits for the answers.
    pub fn owner(self) -> Owner {
        self.owner
    }
}

/// The tickets of one window.
#[derive(Debug, Default)]
pub struct Tickets {
    issued: u64,
}

impl Tickets {
    /// A ticket that nobody had before.
    pub fn issue(&mut self, owner: Owner) -> Ticket {
        self.issued += 1;
        Ticket::new(self.issued, owner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_ticket_is_issued_twice_and_each_one_knows_its_owner() {
        let mut tickets = Tickets::default();
        let first = tickets.issue(Owner::CheckAll);
        let second = tickets.issue(Owner::CheckAll);
        assert_ne!(first, second);
        assert_eq!(tickets.issue(Owner::Check(Uuid::nil())).owner(), Owner::Check(Uuid::nil()));
    }
}
