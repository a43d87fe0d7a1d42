//! All commands and all profiles, found by a few letters of their names.

use egui::{Button, Key, Modifiers, RichText, Role, ScrollArea, Ui, WidgetInfo, vec2};

use super::heading;
use crate::app::{
    actions::ACTIONS,
    state::{AppState, Command, Palette, ProfileCommand},
    theme::tokens,
    widgets::{FieldNote, Vocabulary, describe, mark_list, mark_place, mark_selected, shown_line, text_field},
};
use crate::profile::{Profile, compared_name};

/// How many profiles are shown at most.
const PROFILES: usize = 50;

/// Something that was found.
pub(super) struct Found {
    name: String,
    keys: String,
    command: Command,
}

/// What has all words of `typed` in its name: commands first, then profiles. Before anything is typed, the profiles used last
/// come first.
pub(super) fn found(ctx: &egui::Context, state: &AppState, typed: &str) -> Vec<Found> {
    let typed = compared_name(typed);
    let words: Vec<&str> = typed.split_whitespace().collect();
    let fits = |name: &str| {
        let name = compared_name(name);
        words.iter().all(|word| name.contains(word))
    };
    let of_profile = |profile: &Profile, what: &str| Found {
        name: profile.name.clone(),
        keys: what.to_owned(),
        command: Command::Profiles(ProfileCommand::Select(profile.id)),
    };
    let mut found = Vec::new();
    if let (Some(vault), true) = (state.open_vault(), words.is_empty()) {
        let shown = vault.draft.as_ref().map(|draft| draft.id);
        let recent = state.settings.list.recent.iter().filter(|id| Some(**id) != shown);
        found.extend(recent.filter_map(|id| vault.profile(*id)).map(|profile| of_profile(profile, "recent")));
    }
    for action in ACTIONS.iter().filter(|action| fits(action.name)) {
        let keys = action.keys_in_words(ctx).unwrap_or_default();
        // The palette is open already.
        let command = action.command(state, None).filter(|command| !matches!(command, Command::OpenPalette));
        found.extend(command.map(|command| Found { name: action.name.to_owned(), keys, command }));
    }
    if let (Some(vault), false) = (state.open_vault(), words.is_empty()) {
        let profiles = vault.profiles.iter().filter(|profile| fits(&profile.name)).take(PROFILES);
        found.extend(profiles.map(|profile| of_profile(profile, "profile")));
    }
    found
}

pub(super) fn show(ui: &mut Ui, form: &mut Palette, found: &[Found], commands: &mut Vec<Command>) {
    heading(ui, "All commands");
    // Before the field sees them: its cursor would move.
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let (up, down, enter) = (pressed(Key::ArrowUp), pressed(Key::ArrowDown), pressed(Key::Enter));
    let before = form.typed.clone();
    let field = text_field(ui, "Find", &mut form.typed, "lock, backups, Contoso…", &FieldNote::None);
    if form.typed != before {
        form.chosen = 0;
    }
    let last = found.len().saturating_sub(1);
    form.chosen = match (up, down) {
        (true, _) => form.chosen.saturating_sub(1),
        (_, true) => form.chosen + 1,
        _ => form.chosen,
    }
    .min(last);
    if found.is_empty() {
        ui.hint("No matching commands or profiles.");
    }
    let mut done = enter.then_some(form.chosen);
    // The field stays above them, so they scroll in every window.
    let height = (ui.ctx().content_rect().height() - 220.0).clamp(90.0, 320.0);
    ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        mark_list(ui, "Found", found.len());
        for (place, it) in found.iter().enumerate() {
            let is_chosen = place == form.chosen;
            let response = row(ui, it, is_chosen);
            mark_place(&response, place);
            if is_chosen {
                // The keyboard stays in the field, and a screen reader says what is chosen.
                field.ctx.accesskit_node_builder(field.id, |node| {
                    node.set_active_descendant(response.id.accesskit_id());
                });
            }
            if is_chosen && (up || down) {
                response.scroll_to_me(None);
            }
            if response.clicked() {
                done = Some(place);
            }
        }
    });
    if let Some(it) = done.and_then(|place| found.get(place)) {
        commands.push(Command::CloseDialog);
        commands.push(it.command.clone());
    }
}

fn row(ui: &mut Ui, found: &Found, is_chosen: bool) -> egui::Response {
    let name = shown_line(&found.name);
    let keys = RichText::new(&found.keys).small().color(tokens(ui).text_quiet);
    let button = Button::selectable(is_chosen, RichText::new(&*name).color(tokens(ui).text))
        .right_text(keys)
        .min_size(vec2(ui.available_width(), 28.0));
    // The arrows choose, so that the keyboard stays in the field.
    let response = ui.add(button.sense(egui::Sense::CLICK));
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, is_chosen, &*name));
    mark_selected(&response, is_chosen);
    if !found.keys.is_empty() {
        describe(&response, &found.keys);
    }
    response
}
