//! The profiles on the left: search, filters with their counts, and a table that has the more columns the wider it is drawn.

mod columns;
mod filters;
mod ground;
mod group_heading;
mod heads;
mod row;
mod row_menu;
mod rows;
mod table;
mod view_menu;

use std::collections::HashSet;
use std::sync::Arc;

use egui::{Key, RichText, Role, TextEdit, Ui, WidgetInfo, vec2};
use uuid::Uuid;

use table::Table;

use crate::app::{
    listing::{Filter, ListQuery, Listing},
    state::{AppState, Command, ImportCommand, ProfileCommand, Screen, Selection, SelectionCommand},
    theme::{CONTROL_HEIGHT, icons::Icon, tokens},
    widgets::{Content, Enabled, Vocabulary, equip, name_part},
};
use crate::counted::counted;
use crate::profile::Profile;

pub(in crate::app) use rows::focused_profile;

pub(super) fn show(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    let now = state.now;
    let Screen::Open(vault) = &mut state.screen else { return };
    name_part(ui, "List of profiles");
    ui.spacing_mut().item_spacing.y = 6.0;
    // In a row of their own only where the list is narrow: with large text there are few rows.
    let on_one_row = ui.available_width() > 460.0;
    if !on_one_row {
        ui.horizontal(|ui| ways_in(ui, commands));
    }
    let (keys, view) = ui
        .horizontal(|ui| {
            if on_one_row {
                ways_in(ui, commands);
            }
            ui.spacing_mut().item_spacing.x = 6.0;
            let width = ui.available_width() - view_menu::WIDTH - 6.0;
            let keys = search(ui, width, &mut vault.search, &mut vault.focus_search);
            (keys, view_menu::button(ui))
        })
        .inner;
    let query = ListQuery {
        search: &vault.search,
        filter: vault.filter,
        expiring_within: vault.expiring_within,
        tags: &vault.tags,
        sort: vault.sort,
        favorites: &state.settings.list.favorites,
        favorites_first: state.settings.list.favorites_first,
        group_by: state.settings.list.group_by,
        recent: &vault.recent,
        collapsed: &vault.collapsed,
    };
    let listing = vault.list_memory.listing(&vault.profiles, &query, now);
    view_menu::show(ui, &view, &state.settings.list, &listing, commands);
    let favorites = &state.settings.list.favorites;
    // Of what is in the vault and not of what is found, so that the row of filters stays as it is while somebody types.
    let has_favorites = !favorites.is_empty() && vault.profiles.iter().any(|profile| favorites.contains(&profile.id));
    let has_undated = vault.profiles.iter().any(|profile| profile.expires().is_none());
    let is_offered = |filter| match filter {
        Filter::Favorites => has_favorites || vault.filter == filter,
        Filter::NoDate => has_undated || vault.filter == filter,
        _ => true,
    };
    filters::show(ui, vault, &listing, is_offered, commands);
    if listing.found.is_empty() {
        ui.add_space(12.0);
        let is_plain = vault.search.trim().is_empty() && vault.tags.is_empty();
        let text = match (vault.profiles.is_empty(), is_plain, vault.filter) {
            (true, ..) => {
                "No profiles yet. Select “New profile”, or open the setup guide if you are still in the Azure portal."
            }
            (_, true, Filter::Failing) => "No test has failed. “Test all” tests every connection.",
            (_, true, Filter::Expiring) => {
                &format!("No client secret expires within {}.", counted(usize::from(vault.expiring_within), "day"))
            }
            (_, true, Filter::NoDate) => "Every client secret has an expiry date.",
            (_, true, Filter::Favorites) => "No favorites. Right-click a profile to add it, or press Ctrl+B.",
            (_, true, Filter::NotTested) => "Every connection has been tested.",
            _ => "No matching profiles. Clear the search or the filters.",
        };
        ui.hint(text);
        return;
    }
    if !vault.search.trim().is_empty() || vault.filter != Filter::All || !vault.tags.is_empty() {
        found(ui, &listing, &vault.profiles, commands);
    }
    forget_what_is_not_shown(&vault.selection, &listing, &vault.profiles, commands);
    let current = vault.draft.as_ref().map(|draft| draft.id);
    let list = &state.settings.list;
    let (profiles, search, selection) = (&vault.profiles, &vault.search, &vault.selection);
    let clock_is_behind = vault.clock_behind(now).is_some();
    let table = Table { profiles, listing: &listing, search, current, selection, list, now, clock_is_behind };
    heads::show(ui, vault.sort, &table, commands);
    rows::show(ui, &table, keys, commands);
}

/// How profiles come into the list.
fn ways_in(ui: &mut Ui, commands: &mut Vec<Command>) {
    if ui.primary_button("New profile", Enabled::Yes).on_hover_text("Ctrl+N").clicked() {
        commands.push(Command::Profiles(ProfileCommand::New));
    }
    let hint = "From XrmToolBox, KeePass, Excel and others. You can also drop files on the window, or paste a table.";
    if ui.secondary_button("Import…", Enabled::Yes).on_hover_text(hint).clicked() {
        commands.push(Command::Import(ImportCommand::Ask));
    }
}

/// How many there are, and a way to select them all.
fn found(ui: &mut Ui, listing: &Listing, profiles: &[Arc<Profile>], commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.hint(&format!("{} found", counted(listing.found.len(), "profile")));
        let hint = match listing.groups.iter().all(|group| group.is_open) {
            true => "Ctrl+A in the list",
            false => "Ctrl+A in the list. Profiles in collapsed groups are not selected.",
        };
        if listing.found.len() > 1 && ui.link_button("Select all").on_hover_text(hint).clicked() {
            let all = listing.profiles_in_rows().map(|place| profiles[place].id).collect();
            commands.push(Command::Selection(SelectionCommand::Set(all)));
        }
    });
}

/// Nothing is done to a profile that nobody sees.
fn forget_what_is_not_shown(
    selection: &Selection,
    listing: &Listing,
    profiles: &[Arc<Profile>],
    commands: &mut Vec<Command>,
) {
    if selection.ids().is_empty() {
        return;
    }
    let shown = listing.profiles_in_rows().map(|place| profiles[place].id);
    // Not a list: a profile in several groups is one profile.
    let left: HashSet<Uuid> = shown.filter(|id| selection.holds(*id)).collect();
    if left.len() < selection.ids().len() {
        commands.push(Command::Selection(SelectionCommand::Set(left.into_iter().collect())));
    }
}

/// What the keys in the search field do to the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum SearchKey {
    None,
    /// To the first row.
    IntoTheList,
    /// Show the first profile that was found.
    OpenFirst,
}

fn search(ui: &mut Ui, width: f32, text: &mut String, take_focus: &mut bool) -> SearchKey {
    let quiet = tokens(ui).text_quiet;
    let field = TextEdit::singleline(text)
        .id_salt("search")
        .hint_text(RichText::new("Search profiles").color(quiet))
        .margin(egui::Margin { left: 28, right: 8, top: 7, bottom: 7 })
        // Without its margins.
        .desired_width(width - 36.0)
        .min_size(vec2(0.0, CONTROL_HEIGHT));
    let response = ui.add(field).on_hover_text("Ctrl+F. Finds names, addresses, IDs, tags and notes.");
    response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Search profiles"));
    equip(ui, &response, text.chars().count(), Content::Plain);
    if std::mem::take(take_focus) {
        response.request_focus();
    }
    let place = egui::Rect::from_min_size(response.rect.left_top() + vec2(8.0, 9.0), vec2(14.0, 14.0));
    Icon::Search.paint(ui.painter(), place, quiet);
    let pressed = |key| ui.input(|input| input.key_pressed(key));
    if response.has_focus() && pressed(Key::ArrowDown) {
        return SearchKey::IntoTheList;
    }
    if response.lost_focus() && pressed(Key::Escape) && !text.is_empty() {
        text.clear();
        response.request_focus();
    }
    if response.lost_focus() && pressed(Key::Enter) { SearchKey::OpenFirst } else { SearchKey::None }
}
