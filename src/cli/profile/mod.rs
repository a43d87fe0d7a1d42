//! `profile …`: the profiles in a vault.

mod answer;
mod change;
mod view;

use clap::Subcommand;

use super::deferred::Deferred;
use super::failure::{Exit, Failure};
use super::flags::{Passphrase, Reveal};
use super::session::{Session, find};
use crate::profile::Search;
use change::{AddArguments, SetArguments};

#[derive(Debug, Subcommand)]
pub(super) enum ProfileCommand {
    /// List the profiles
    List {
        /// Only profiles with all of these words in their name, address, client ID, tenant or tags
        #[arg(long, value_name = "WORDS", default_value = "", hide_default_value = true)]
        search: String,
        #[command(flatten)]
        passphrase: Passphrase,
        #[command(flatten)]
        reveal: Reveal,
    },
    /// Show one profile
    Show {
        /// The profile's name
        name: String,
        #[command(flatten)]
        passphrase: Passphrase,
        #[command(flatten)]
        reveal: Reveal,
    },
    /// Add a profile; the name must not be in use
    Add(Deferred<AddArguments>),
    /// Change a profile; anything you do not name stays as it is
    Set(Deferred<SetArguments>),
    /// Delete a profile
    Remove {
        /// The profile's name
        name: String,
        #[command(flatten)]
        passphrase: Passphrase,
    },
}

pub(super) fn run(session: &mut Session<'_, '_>, command: ProfileCommand) -> Result<Exit, Failure> {
    match command {
        ProfileCommand::List { search, passphrase, reveal } => {
            let vault = session.open_vault(passphrase)?;
            view::list(session, &vault, &Search::new(&search), reveal);
            Ok(Exit::Success)
        }
        ProfileCommand::Show { name, passphrase, reveal } => {
            let vault = session.open_vault(passphrase)?;
            let profile = find(vault.contents(), &name)?;
            view::show(session, profile, reveal);
            Ok(Exit::Success)
        }
        ProfileCommand::Add(Deferred(arguments)) => change::add(session, arguments),
        ProfileCommand::Set(Deferred(arguments)) => change::set(session, arguments),
        ProfileCommand::Remove { name, passphrase } => change::remove(session, &name, passphrase),
    }
}
