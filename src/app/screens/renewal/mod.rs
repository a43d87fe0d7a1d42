//! The page that carries a person through the renewal of a client secret, one step after the other.

mod entry;
mod kept;
mod steps;

pub(super) use entry::entry;

use egui::{RichText, Ui};

use super::{check_panel, lead};
use crate::{
    app::{
        command::Command,
        state::{AppState, Question, RenewalCommand, RenewalForm, Screen},
        theme::{icons::Icon, section_heading, tokens},
        widgets::{Enabled, Tone, Vocabulary, banner, card, section, shown_line},
    },
    profile::{MadeBy, Profile, Renewed},
    renewal::Step,
};

/// How a step stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Done,
    Active,
    Open,
}

/// What the page is drawn from.
struct Shown<'a> {
    profile: &'a Profile,
    now: chrono::DateTime<chrono::Utc>,
    seconds: f64,
    step: Step,
}

pub(super) fn show(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    let (now, seconds, clouds) = (state.now, state.seconds, state.clouds.clone());
    let Screen::Open(vault) = &mut state.screen else { return };
    let crate::app::command::Page::Renewal(id) = vault.page else { return };
    let Some(profile) = vault.profiles.iter().find(|profile| profile.id == id) else {
        return banner(ui, Tone::Warning, "Somebody else has removed this profile.", |_| {});
    };
    let Some(form) = vault.renewal_forms.get_mut(&id) else { return };
    let shown = Shown { profile, now, seconds, step: Step::of(profile) };
    header(ui, &shown, form, commands);
    lead(ui, &leading(&shown));
    if let Some(trouble) = &form.trouble {
        banner(ui, Tone::Danger, trouble, |ui| {
            if form.made.is_some() && !form.working && ui.link("Keep it in the vault").clicked() {
                commands.push(Command::Renewal(RenewalCommand::KeepMade));
            }
        });
    }
    match shown.step {
        Step::Kept => kept::show(ui, &shown, form, &clouds, commands),
        Step::NotBegun if !profile.renewals.is_empty() => kept::show(ui, &shown, form, &clouds, commands),
        _ => steps::show(ui, &shown, form, commands),
    }
    if !profile.renewals.is_empty() {
        section(ui, "Renewals so far", |ui| {
            for renewed in profile.renewals.iter().rev() {
                ui.add(egui::Label::new(in_words(renewed)).wrap());
            }
        });
    }
}

/// Where things stand, in a sentence.
fn leading(shown: &Shown<'_>) -> String {
    let lapses = match shown.profile.expiry() {
        Some(expiry) => format!("{}: {}", expiry.date(), expiry.describe(shown.now)),
        None => "no date known".to_owned(),
    };
    match shown.step {
        Step::Kept | Step::NotBegun => format!("The secret in use lapses on {lapses}."),
        _ => format!(
            "The secret in use lapses on {lapses}. It goes on working beside the new one, and each finished step is kept \
             in the vault: you can stop and continue at any time."
        ),
    }
}

/// A step's heading, and what belongs to it while it is not only a heading.
fn step(ui: &mut Ui, number: usize, name: &str, progress: Progress, content: impl FnOnce(&mut Ui)) {
    let colors = tokens(ui);
    let (icon, color, state) = match progress {
        Progress::Done => (Icon::Check, colors.success, "done"),
        Progress::Active => (Icon::Dot, colors.accent, "now"),
        Progress::Open => (Icon::Ring, colors.text_quiet, "open"),
    };
    let text = if progress == Progress::Open { colors.text_quiet } else { colors.text };
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        ui.horizontal(|ui| {
            ui.state_icon(icon, color, &format!("Step {number}: {state}"));
            let heading = RichText::new(format!("{number}. {name}")).text_style(section_heading()).color(text);
            ui.add(egui::Label::new(heading).wrap());
        });
        content(ui);
    });
}

fn in_words(renewed: &Renewed) -> String {
    let by = match &renewed.made_by {
        MadeBy::Portal => "made in the portal",
        MadeBy::Graph => "made by this program",
        MadeBy::Other(_) => "made in another way",
    };
    match renewed.expires {
        Some(date) => {
            format!("{}: a new secret, {by}, which lapses on {date}", renewed.at.format("%Y-%m-%d %H:%M UTC"))
        }
        None => format!("{}: a new secret, {by}, without a date", renewed.at.format("%Y-%m-%d %H:%M UTC")),
    }
}

/// The title, and the ways back to the profile and out of the renewal.
fn header(ui: &mut Ui, shown: &Shown<'_>, form: &RenewalForm, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        let buttons = 340.0;
        let width = (ui.available_width() - buttons).max(120.0);
        ui.allocate_ui(egui::vec2(width, 32.0), |ui| {
            let title = format!("Renew the client secret of {}", shown.profile.name);
            ui.add(egui::Label::new(RichText::new(shown_line(&title)).heading()).truncate());
        });
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if shown.profile.renewal.is_some() && !form.is_making() && ui.danger_button("Cancel the renewal").clicked()
            {
                commands.push(Command::Renewal(RenewalCommand::Cancel));
            }
            if ui.secondary_button("Back to the profile", Enabled::Yes).clicked() {
                commands.push(Command::Select(shown.profile.id));
            }
        });
    });
}

/// A button for a question.
fn ask(ui: &mut Ui, text: &str, question: Question, commands: &mut Vec<Command>) {
    if ui.secondary_button(text, Enabled::Yes).clicked() {
        commands.push(Command::Renewal(RenewalCommand::Ask(question)));
    }
}
