//! What needs somebody today: one sentence above the list and the form, with a way to it. It is always there and says so when
//! nothing does, so that what lies below keeps its place when a secret is replaced or a test passes.

use std::sync::Arc;

use egui::{Color32, Frame, Id, Margin, Panel, ScrollArea, TextStyle, Ui};

use super::is_short;

use crate::app::{
    listing,
    state::{
        AppState, Command, OpenVault, Page, ProfileCommand, ProfilesPage, RenewalCommand, TrustCommand,
        VaultPageCommand, VaultTab,
    },
    tasks::name_of,
    widgets::{Tone, Vocabulary, banner, compact_banner, name_part, own_scope, scroll_to_focus},
};
use crate::counted::counted;
use crate::escape::visible;
use crate::profile::Profile;
use crate::settings::EXPIRING_WITHIN;

/// How much of a short window a matter gets, in points; the rest of it can be scrolled to.
const SHORT: f32 = 84.0;

/// Something that needs somebody.
struct Matter {
    /// How bad it is.
    tone: Tone,
    text: String,
    /// The same in fewer words, for a narrow window.
    short: Option<String>,
    /// What can be done about it.
    ways: Vec<(&'static str, Command)>,
}

/// The strip: the worst matter, beside it the others as far as there is room, and the rest when somebody asks for it.
pub(super) fn strip(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let mut matters = matters(state);
    if state.profiles_page() != ProfilesPage::Both {
        for matter in &mut matters {
            matter.text = matter.short.take().unwrap_or(std::mem::take(&mut matter.text));
        }
    }
    let shown_all = Id::unique("all that needs attention is shown");
    let mut all: bool = ui.data(|data| data.get_temp(shown_all)).unwrap_or_default();
    let margin = Margin { left: 12, right: 12, top: 8, bottom: 0 };
    Panel::top("attention").show_separator_line(false).frame(Frame::new().inner_margin(margin)).show(ui, |ui| {
        own_scope(ui, "attention", |ui| {
            name_part(ui, "Needs attention");
            ui.spacing_mut().item_spacing.y = 4.0;
            if matters.is_empty() {
                return banner(ui, Tone::Info, "Nothing needs your attention.", |_| {});
            }
            let beside = fitting(ui, &matters);
            let rest = matters.len() - beside.max(1);
            if all && rest > 0 {
                for (place, matter) in matters.iter().enumerate() {
                    one_below_the_other(ui, matter, commands, |ui| {
                        if place == 0 && ui.link_button("Show less").clicked() {
                            all = false;
                        }
                    });
                }
            } else if beside == 0 {
                let mut first =
                    |ui: &mut Ui| one_below_the_other(ui, &matters[0], commands, |ui| all |= more(ui, rest));
                if is_short(ui) {
                    // The list below needs some of the room.
                    let area = ScrollArea::vertical().min_scrolled_height(SHORT).max_height(SHORT);
                    area.auto_shrink([false, true]).show(ui, |ui| {
                        first(ui);
                        scroll_to_focus(ui);
                    });
                } else {
                    first(ui);
                }
            } else {
                ui.horizontal(|ui| {
                    for matter in &matters[..beside] {
                        side_by_side(ui, matter, commands);
                    }
                    all |= more(ui, rest);
                });
            }
        });
    });
    ui.data_mut(|data| data.insert_temp(shown_all, all));
}

/// How many matters stand side by side; 0 where not even the first fits in one line.
fn fitting(ui: &Ui, matters: &[Matter]) -> usize {
    let wide = |text: &str| {
        let font = TextStyle::Body.resolve(ui.style());
        ui.fonts_mut(|fonts| fonts.layout_no_wrap(text.to_owned(), font, Color32::PLACEHOLDER).size().x)
    };
    let gap = ui.spacing().item_spacing.x;
    let mut left = ui.available_width();
    let mut count = 0;
    for (place, matter) in matters.iter().enumerate() {
        let ways: f32 = matter.ways.iter().map(|(way, _)| wide(way) + gap).sum();
        left -= 24.0 + 18.0 + gap + wide(&visible(&matter.text)) + ways + gap;
        let is_last = place + 1 == matters.len();
        if left < if is_last { 0.0 } else { wide("10 more") + gap } {
            break;
        }
        count += 1;
    }
    count
}

fn more(ui: &mut Ui, rest: usize) -> bool {
    rest > 0 && ui.link_button(&format!("{rest} more")).clicked()
}

fn one_below_the_other(ui: &mut Ui, matter: &Matter, commands: &mut Vec<Command>, end: impl FnOnce(&mut Ui)) {
    banner(ui, matter.tone, &matter.text, |ui| {
        ways(ui, matter, commands);
        end(ui);
    });
}

fn side_by_side(ui: &mut Ui, matter: &Matter, commands: &mut Vec<Command>) {
    compact_banner(ui, matter.tone, &matter.text, |ui| ways(ui, matter, commands));
}

fn ways(ui: &mut Ui, matter: &Matter, commands: &mut Vec<Command>) {
    for (way, command) in &matter.ways {
        if ui.link_button(way).clicked() {
            commands.push(command.clone());
        }
    }
}

/// The worst first.
fn matters(state: &AppState) -> Vec<Matter> {
    let Some(vault) = state.open_vault() else { return Vec::new() };
    let mut matters = Vec::new();
    matters.extend(clock(state, vault));
    matters.extend(standing(state, vault));
    matters.extend(conflicts(vault));
    matters.extend(renewal(state, vault));
    matters.extend(expiry(state, vault));
    matters.extend(failing(vault));
    matters.sort_by_key(|matter| match matter.tone {
        Tone::Danger => 0,
        Tone::Warning => 1,
        Tone::Success | Tone::Info => 2,
    });
    matters
}

/// The clock is behind: what is said about days is wrong.
fn clock(state: &AppState, vault: &OpenVault) -> Option<Matter> {
    let behind = vault.clock_behind(state.now)?;
    Some(Matter {
        tone: Tone::Danger,
        text: behind.describe(|time| state.local.date(time)),
        short: None,
        ways: Vec::new(),
    })
}

/// The vault is not what this account has seen of it.
fn standing(state: &AppState, vault: &OpenVault) -> Option<Matter> {
    Some(Matter {
        tone: Tone::Danger,
        text: vault.standing.as_ref()?.notice(|at| state.local.describe(at)),
        short: None,
        ways: vec![
            ("View backups", Command::Show(Page::Vault(VaultTab::Backups))),
            ("Accept this vault", Command::Trust(TrustCommand::Accept)),
        ],
    })
}

/// What a synchronising program left waits to be merged, and what two people changed at once waits for a choice.
fn conflicts(vault: &OpenVault) -> impl Iterator<Item = Matter> {
    let copy = vault.copies.first().map(|copy| Matter {
        tone: Tone::Warning,
        text: format!(
            "A sync client left a conflicting copy, {}, with changes that are not in this vault.",
            name_of(copy)
        ),
        short: None,
        ways: vec![("Merge it", Command::VaultPage(VaultPageCommand::MergeCopy(copy.clone())))],
    });
    let text = match vault.conflicts.len() {
        0 => None,
        1 => Some("Two people changed a profile at the same time. Both versions are kept.".to_owned()),
        count => Some(format!("Two people changed {count} profiles at the same time. Both versions are kept.")),
    };
    let conflict = text.map(|text| Matter {
        tone: Tone::Warning,
        text,
        short: None,
        ways: vec![("Choose", Command::Show(Page::Vault(VaultTab::Conflicts)))],
    });
    copy.into_iter().chain(conflict)
}

fn expiry(state: &AppState, vault: &OpenVault) -> Option<Matter> {
    let count = listing::expiring(&vault.profiles, state.now);
    let soon = |count: usize| {
        let expire = if count == 1 { "expires" } else { "expire" };
        format!("{} {expire} within 60 days.", counted(count, "client secret"))
    };
    let expired = |count: usize| match count {
        1 => "1 client secret has expired: this connection no longer works.".to_owned(),
        count => format!("{count} client secrets have expired: these connections no longer work."),
    };
    let (tone, text) = match (count.expired, count.soon) {
        (0, 0) => return None,
        (0, more) => (Tone::Warning, soon(more)),
        (gone, 0) => (Tone::Danger, expired(gone)),
        (gone, more) => (Tone::Danger, format!("{} {}", expired(gone), soon(more))),
    };
    let short = (count.expired > 0).then(|| match (count.expired, count.soon) {
        (1, 0) => "1 client secret has expired.".to_owned(),
        (1, 1) => "1 client secret has expired, 1 expires soon.".to_owned(),
        (1, soon) => format!("1 client secret has expired, {soon} expire soon."),
        (gone, 0) => format!("{gone} client secrets have expired."),
        (gone, 1) => format!("{gone} client secrets have expired, 1 expires soon."),
        (gone, soon) => format!("{gone} client secrets have expired, {soon} expire soon."),
    });
    Some(Matter { tone, text, short, ways: only(vault, listing::Filter::Expiring, listing::SortBy::Expiry) })
}

fn failing(vault: &OpenVault) -> Option<Matter> {
    let text = match listing::failing(&vault.profiles) {
        0 => return None,
        1 => "1 connection failed its last test.".to_owned(),
        count => format!("{count} connections failed their last test."),
    };
    let ways = only(vault, listing::Filter::Failing, listing::SortBy::LastTest);
    Some(Matter { tone: Tone::Danger, text, short: None, ways })
}

/// A way to the profiles of a filter, where the list does not show them already.
fn only(vault: &OpenVault, filter: listing::Filter, sort: listing::SortBy) -> Vec<(&'static str, Command)> {
    let show = Command::Profiles(ProfileCommand::ShowOnly(filter, sort));
    let is_shown = vault.filter == filter && vault.expiring_within == EXPIRING_WITHIN && vault.tags.is_empty();
    if is_shown { Vec::new() } else { vec![("Show them", show)] }
}

/// A renewal that somebody began and has not ended; it ends when the UCC has the new connection string.
fn renewal(state: &AppState, vault: &OpenVault) -> Option<Matter> {
    let is_open = |profile: &&Arc<Profile>| profile.renewal.is_some() || profile.ucc_behind().is_some();
    let mut begun = vault.profiles.iter().filter(is_open);
    let first = begun.next()?;
    let text = match begun.count() {
        0 if first.renewal.is_none() => {
            let behind = first.ucc_behind().map(|behind| behind.describe(state.now)).unwrap_or_default();
            format!("“{}”: {behind}", first.name)
        }
        0 => format!("The renewal of the client secret of “{}” is not finished.", first.name),
        more => {
            let others = counted(more, "other client secret");
            format!("The renewals of “{}” and {others} are not finished.", first.name)
        }
    };
    let ways = vec![("Continue", Command::Renewal(RenewalCommand::Open(first.id)))];
    Some(Matter { tone: Tone::Warning, text, short: None, ways })
}
