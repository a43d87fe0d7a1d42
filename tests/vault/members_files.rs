//! What a sync client and an attacker do to the files of the [model of members](super::members_model).

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use a365_password_tool::vault::{Access, Credential, Trust, Vault};

use super::members_people::Account;
use super::members_world::{PEOPLE, World};
use super::{add, names};

impl World {
    /// The other place gets what is in this one. Whoever has the other copy open merges what is only there; what nobody has
    /// open is not overwritten, as a sync client keeps both.
    pub(super) fn synchronise(&mut self, from: usize) {
        let to = 1 - from;
        let is_right = (0..2).all(|place| self.disk.get(&self.places[place]).as_ref() == Some(&self.right[place]));
        if !self.apart || !is_right {
            return;
        }
        let there: BTreeSet<String> = self.names_in(to);
        let here: BTreeSet<String> = self.names_in(from);
        let holders: Vec<usize> = (0..PEOPLE)
            .filter(|who| self.place_of(*who) == to && self.is_attacker != Some(*who))
            .filter(|who| {
                self.people[*who]
                    .open
                    .as_ref()
                    .is_some_and(|vault| there.difference(&here).all(|name| names(vault.contents()).contains(name)))
            })
            .collect();
        if !there.is_subset(&here) && holders.is_empty() {
            return;
        }
        let former = self.right[to].clone();
        self.disk.put(&self.places[to], &self.right[from]);
        self.copy_backups(from, to);
        for who in holders {
            let Some(mut vault) = self.people[who].open.take() else { continue };
            if vault.refresh().is_ok() {
                self.people[who].open = Some(vault);
            }
        }
        let bytes = self.disk.get(&self.places[to]).expect("the vault");
        self.right[to] = bytes.clone();
        self.files.push(bytes);
        if there.is_subset(&self.names_in(to)) {
            self.join(to);
        } else {
            // Nobody could merge: both changed who can open it, and do not know each other.
            self.disk.put(&self.places[to], &former);
            self.right[to] = former;
        }
    }

    /// The profiles in what is right in a place, as somebody who can open it sees them.
    pub(super) fn names_in(&self, place: usize) -> BTreeSet<String> {
        (0..PEOPLE).map(|who| self.reads(&self.people[who].kept, &self.right[place])).fold(
            BTreeSet::new(),
            |mut all, names| {
                all.extend(names);
                all
            },
        )
    }

    pub(super) fn forge(&mut self, from: usize, place: usize, how: u8) {
        if self.is_attacker.is_none() || self.files.is_empty() {
            return;
        }
        // Newest first: what he could open last is worth most.
        let chosen = self.files.len() - 1 - (from % self.files.len());
        // Every other time with a program of his own.
        if how >= 128 {
            self.he_learns();
            let count = self.files.len();
            let mut learnt = self.learnt.borrow_mut();
            // From the chosen one, or from the one before it that he can go on from.
            let from = |back: usize| &self.files[(chosen + count - back) % count];
            let forged = (0..count).find_map(|back| learnt.forge(from(back), how >> 4 & 7));
            drop(learnt);
            if let Some(bytes) = forged {
                self.disk.put(&self.places[place], &bytes);
                self.files.push(bytes);
                self.forged.set(self.forged.get() + 1);
            }
            return;
        }
        let path = PathBuf::from("workshop/v.a365vault");
        self.disk.put(&path, &self.files[chosen]);
        let keeper =
            Arc::new(Account { name: format!("hidden {from}"), kept: Arc::clone(&self.attacker), helper: None });
        let access = Access { surroundings: self.disk.clone(), keeper, ..Access::default() };
        let Ok(mut his) = Vault::open_as(&access, &path, &Credential::ThisAccount, Trust::Proven) else { return };
        for bit in 0..5 {
            if how >> bit & 1 == 0 {
                continue;
            }
            let done = match bit {
                0 => add(&mut his, &format!("forged {from} {how}")),
                1 => his.add_this_account().map(drop),
                2 => his.add_recovery_key().and_then(|_| his.add_recovery_key()).map(drop),
                3 => {
                    let others = his.slots().into_iter().find(|slot| !slot.opened_with).map(|slot| slot.id);
                    others.map_or(Ok(()), |id| his.remove_slot(id))
                }
                _ => (0..3).try_for_each(|number| add(&mut his, &format!("more {from} {number}"))),
            };
            let _ = done;
        }
        let bytes = self.disk.get(&path).expect("his file");
        let folder = PathBuf::from("workshop/v.a365vault.backups");
        self.disk.files.lock().expect("files").retain(|path, _| path.parent() != Some(&folder));
        self.disk.put(&self.places[place], &bytes);
        self.files.push(bytes);
    }
}
