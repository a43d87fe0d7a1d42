//! The filters: one button for each state of a profile, with how many there are, and what else narrows the list.

use egui::{Button, Id, Popup, PopupCloseBehavior, RichText, Role, ScrollArea, Ui, WidgetInfo, vec2};

use crate::app::{
    listing::{Filter, Listing, TagCount, filter_name, same_tag},
    state::{Command, ListCommand, OpenVault, ProfileCommand},
    theme::tokens,
    widgets::{Vocabulary, mark_menu_button, return_focus, ring_in_menu, shown_line},
};
use crate::counted::counted;
use crate::settings::EXPIRING_WITHIN;

/// Below this width of the list, the button of the menu is short, in points.
const NARROW: f32 = 240.0;
/// The choices of how many days count as expiring soon.
const DAYS: [u16; 6] = [7, 14, 30, EXPIRING_WITHIN, 90, 180];

/// The buttons, and below them what else hides profiles, to be removed one by one or all at once.
pub(super) fn show(
    ui: &mut Ui,
    vault: &OpenVault,
    listing: &Listing,
    is_offered: impl Fn(Filter) -> bool,
    commands: &mut Vec<Command>,
) {
    ui.horizontal_wrapped(|ui| {
        make_room(ui);
        for filter in Filter::ALL.into_iter().filter(|filter| is_offered(*filter)) {
            let chosen = vault.filter == filter;
            let name = filter_name(filter, vault.expiring_within);
            let count = listing.count(filter);
            // Of the text's own colour, which can be read on every ground that a desktop may ask for.
            let text = RichText::new(format!("{name} {count}")).color(tokens(ui).text);
            let response = ui.add(Button::selectable(chosen, text).min_size(vec2(0.0, 26.0)));
            response.widget_info(|| {
                let name = format!("{name}, {}", counted(count, "profile"));
                WidgetInfo::selected(Role::Button, true, chosen, name)
            });
            if response.clicked() {
                commands.push(Command::Profiles(ProfileCommand::Filter(filter)));
            }
        }
        menu(ui, vault, listing, commands);
    });
    if vault.is_filtered() {
        ui.horizontal_wrapped(|ui| {
            make_room(ui);
            for tag in &vault.tags {
                if removable(ui, &shown_line(tag)) {
                    commands.push(Command::List(ListCommand::ToggleTag(tag.clone())));
                }
            }
            if vault.filter == Filter::Expiring && vault.expiring_within != EXPIRING_WITHIN {
                let days = counted(usize::from(vault.expiring_within), "day");
                if removable(ui, &format!("Within {days}")) {
                    commands.push(Command::List(ListCommand::ExpiringWithin(EXPIRING_WITHIN)));
                }
            }
            if ui.link_button("Clear filters").clicked() {
                commands.push(Command::List(ListCommand::ClearFilters));
            }
        });
    }
}

fn make_room(ui: &mut Ui) {
    ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
    ui.spacing_mut().button_padding.x = 6.0;
    ui.spacing_mut().interact_size.y = 26.0;
}

/// A filter that is in force; whether it is to be removed.
fn removable(ui: &mut Ui, name: &str) -> bool {
    let text = RichText::new(format!("{name}  ×")).color(tokens(ui).text);
    let response = ui.add(Button::selectable(true, text).min_size(vec2(0.0, 26.0)).truncate());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Remove the filter “{name}”")));
    response.on_hover_text("Remove this filter").clicked()
}

/// The menu with tags and days. It stays open until somebody presses beside it or Esc, so that choices can be combined.
fn menu(ui: &mut Ui, vault: &OpenVault, listing: &Listing, commands: &mut Vec<Command>) {
    // In the narrowest list the word would take a line of its own.
    let text = if ui.max_rect().width() < NARROW { "…" } else { "Filters…" };
    let opener = ui.add(Button::new(RichText::new(text).color(tokens(ui).text)).min_size(vec2(26.0, 26.0)));
    opener.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Filters…"));
    mark_menu_button(&opener, Popup::is_id_open(ui.ctx(), Popup::default_response_id(&opener)));
    let opener = opener.on_hover_text("Tags, and how many days count as expiring");
    let menu = Popup::menu(&opener).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    menu.show(|ui| {
        ui.set_min_width(220.0);
        ring_in_menu(ui);
        ui.spacing_mut().interact_size.y = 26.0;
        ui.hint("Expiring within");
        for days in DAYS {
            let chosen = vault.filter == Filter::Expiring && vault.expiring_within == days;
            let text = counted(usize::from(days), "day");
            let response = ui.radio(chosen, &text);
            response.widget_info(|| {
                WidgetInfo::selected(Role::RadioButton, true, chosen, format!("Expiring within {text}"))
            });
            if response.clicked() {
                commands.push(Command::List(ListCommand::ExpiringWithin(days)));
            }
        }
        ui.separator();
        ui.hint("Tags");
        tags(ui, vault, listing.tag_counts(&vault.profiles), commands);
    });
    return_focus(&opener, Popup::default_response_id(&opener));
}

fn tags(ui: &mut Ui, vault: &OpenVault, counts: Vec<TagCount>, commands: &mut Vec<Command>) {
    let is_chosen = |tag: &str| vault.tags.iter().any(|chosen| same_tag(chosen, tag));
    // What nobody has together with the rest stays, to be taken back.
    let is_counted = |tag: &str| counts.iter().any(|it| same_tag(&it.title, tag));
    let lost = vault.tags.iter().filter(|tag| !is_counted(tag)).cloned().map(|title| TagCount { title, count: 0 });
    let all: Vec<TagCount> = lost.chain(counts.iter().cloned()).collect();
    if all.is_empty() {
        return drop(ui.hint("None of these profiles has a tag."));
    }
    ScrollArea::vertical().id_salt(Id::unique("tags to filter by")).max_height(260.0).show(ui, |ui| {
        ui.set_min_width(200.0);
        for TagCount { title, count } in all {
            let mut chosen = is_chosen(&title);
            let name = shown_line(&title).into_owned();
            let response = ui.checkbox(&mut chosen, format!("{name} {count}"));
            response.widget_info(|| {
                let name = format!("Tag {name}, {}", counted(count, "profile"));
                WidgetInfo::selected(Role::CheckBox, true, chosen, name)
            });
            if response.gained_focus() {
                response.scroll_to_me(None);
            }
            if response.changed() {
                commands.push(Command::List(ListCommand::ToggleTag(title)));
            }
        }
    });
}
