//! Puts the expiry dates that Microsoft Graph tells into the profiles, by the rule of an import of such dates.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;
use uuid::Uuid;

use crate::cli::failure::Failure;
use crate::cli::session::Session;
use crate::counted::counted;
use crate::exchange::plan::{Action, Decisions, Existing, ExpiryRow, Place, Planner};
use crate::inventory::Inventory;
use crate::profile::Profile;
use crate::vault::Vault;

/// A date that was saved.
#[derive(Clone, Debug, Serialize)]
pub(super) struct SavedDate {
    profile: String,
    former: Option<NaiveDate>,
    expires: NaiveDate,
}

/// What the vault's history calls the source.
const SOURCE: &str = "Microsoft Graph";

/// Shows each old date with its new one, and saves them all at once. What is a guess is said and left as it is.
pub(super) fn save(
    session: &mut Session<'_, '_>,
    vault: &mut Vault,
    found: &Inventory,
) -> Result<Vec<SavedDate>, Failure> {
    let mut decisions = Decisions::for_all(Some(Existing::Update));
    let mut shown: HashMap<Uuid, &ExpiryRow> = HashMap::new();
    for row in &found.expiries {
        if row.action == Action::Same {
            continue;
        }
        if row.is_guess {
            decisions.single.insert(Place::Expiry(0, row.profile), Existing::Skip);
            session.console.note(&format!(
                "{}: the app has several client secrets that could be the profile's, so its date stays as it is.",
                row.name
            ));
            continue;
        }
        let former = row.former.map_or_else(|| "no date".to_owned(), |day| day.to_string());
        session.console.note(&format!("{}: {former} becomes {}", row.name, row.expires));
        shown.insert(row.profile, row);
    }
    if shown.is_empty() {
        session.console.note("Every profile has its date already. Nothing was saved.");
        return Ok(Vec::new());
    }
    let now = session.console.now();
    let saved = vault.update(|contents| {
        let profiles: Vec<Arc<Profile>> = contents.profiles().iter().cloned().map(Arc::new).collect();
        let planner = Planner { decisions: &decisions, tags: &[], now };
        let mut saved = Vec::new();
        for profile in planner.plan([(0, &found.dates)], &profiles).profiles {
            // Only what was shown: somebody else may have saved meanwhile.
            let former =
                contents.profiles().iter().find(|known| known.id == profile.id).and_then(|it| it.secret_expires);
            let is_shown = shown
                .get(&profile.id)
                .is_some_and(|row| row.former == former && Some(row.expires) == profile.secret_expires);
            let (true, Some(expires)) = (is_shown, profile.secret_expires) else { continue };
            saved.push(SavedDate { profile: profile.name.clone(), former, expires });
            contents.put(profile)?;
        }
        contents.record_import(SOURCE, u32::try_from(saved.len()).unwrap_or(u32::MAX));
        Ok::<_, Failure>(saved)
    })?;
    session.saved(vault);
    session.console.note(&format!("Saved {} in the vault.", counted(saved.len(), "expiry date")));
    Ok(saved)
}
