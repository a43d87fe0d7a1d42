//! The page that carries a person through the renewal of a client secret, one step after the other.

mod entry;
mod kept;
mod steps;

pub(super) use entry::entry;

use egui::{RichText, Ui};

use super::{check_panel, lead};
use crate::{
    app::{
        dates::{LocalTime, day},
        state::{
            AppSecretsCommand, AppState, Command, Page, ProfileCommand, Question, RenewalCommand, RenewalForm, Screen,
        },
        theme::{icons::Icon, section_heading, tokens},
        widgets::{
            Enabled, Tone, Vocabulary, arriving_at_step, at_most, banner, card, mark_heading, row_with_end, section,
            shown_line,
        },
    },
    profile::{MadeBy, Profile, Renewed},
    renewal::Step,
};

/// The button by which a person says so.
const UCC_CONFIRMED: &str = "The UCC has the new string";

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
    local: LocalTime,
    seconds: f64,
    step: Step,
}

pub(super) fn show(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    at_most(ui, 1000.0, |ui| page(ui, state, commands));
}

fn page(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    let (now, local, seconds, clouds) = (state.now, state.local, state.seconds, state.clouds.clone());
    let Screen::Open(vault) = &mut state.screen else { return };
    let Page::Renewal(id) = vault.page else { return };
    let Some(profile) = vault.profiles.by_id(id) else {
        return banner(ui, Tone::Warning, "This profile was deleted by someone else.", |_| {});
    };
    let Some(form) = vault.renewal_forms.get_mut(&id) else { return };
    let shown = Shown { profile, now, local, seconds, step: Step::of(profile) };
    header(ui, &shown, form, commands);
    lead(ui, &leading(&shown));
    if let Some(trouble) = form.attempt.trouble() {
        banner(ui, Tone::Danger, trouble, |ui| {
            if form.made.is_some() && !form.attempt.is_under_way() && ui.link_button("Save to the vault").clicked() {
                commands.push(Command::Renewal(RenewalCommand::AppSecrets(AppSecretsCommand::KeepCreated)));
            }
        });
    }
    arriving_at_step(ui, (id, shown.step), |ui| match shown.step {
        Step::Ucc | Step::Kept => kept::show(ui, &shown, form, &clouds, commands),
        Step::NotBegun if !profile.renewals.is_empty() => kept::show(ui, &shown, form, &clouds, commands),
        _ => steps::show(ui, &shown, form, commands),
    });
    if !profile.renewals.is_empty() {
        section(ui, "Renewal history", |ui| {
            for renewed in profile.renewals.iter().rev() {
                ui.add(egui::Label::new(in_words(renewed, local)).wrap());
            }
        });
    }
}

/// Where things stand, in a sentence.
fn leading(shown: &Shown<'_>) -> String {
    let expires = match shown.profile.secret_expiry() {
        Some(expiry) => {
            format!("The current secret expires on {}: {}.", day(expiry.date()), expiry.describe(shown.now))
        }
        None => "The expiry date of the current secret is not known.".to_owned(),
    };
    match shown.step {
        Step::Ucc | Step::Kept | Step::NotBegun => expires,
        _ => format!(
            "{expires} It keeps working alongside the new one. Every finished step is saved, so you can stop and \
             continue at any time."
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
            mark_heading(&ui.add(egui::Label::new(heading).wrap()), 2);
        });
        content(ui);
    });
}

fn in_words(renewed: &Renewed, local: LocalTime) -> String {
    let by = match &renewed.made_by {
        MadeBy::Portal => "created in the portal",
        MadeBy::Graph => "created by this program",
        MadeBy::Other(_) => "created elsewhere",
    };
    let at = local.describe(renewed.at);
    match renewed.expires {
        Some(date) => format!("{at}: new secret, {by}, expires on {}", day(date)),
        None => format!("{at}: new secret, {by}, without an expiry date"),
    }
}

/// The title, and the ways back to the profile and out of the renewal.
fn header(ui: &mut Ui, shown: &Shown<'_>, form: &RenewalForm, commands: &mut Vec<Command>) {
    let title = format!("Renew the client secret of {}", shown.profile.name);
    row_with_end(
        ui,
        "renewal",
        |ui| {
            let shown = ui.add(egui::Label::new(RichText::new(shown_line(&title)).heading()).wrap());
            mark_heading(&shown, 1);
        },
        |ui| {
            if ui.secondary_button("Back to the profile", Enabled::Yes).clicked() {
                commands.push(Command::Profiles(ProfileCommand::Select(shown.profile.id)));
            }
            if shown.profile.renewal.is_some()
                && !form.is_creating()
                && ui.danger_button("Cancel the renewal").clicked()
            {
                commands.push(Command::Renewal(RenewalCommand::Cancel));
            }
        },
    );
}

/// What is asked before the former secret is dropped.
fn forget_question(profile: &Profile) -> Question {
    match profile.ucc_behind() {
        Some(_) => Question::ForgetBeforeUcc,
        None => Question::Forget,
    }
}

/// A button for a question.
fn ask(ui: &mut Ui, text: &str, question: Question, commands: &mut Vec<Command>) {
    if ui.secondary_button(text, Enabled::Yes).clicked() {
        commands.push(Command::Renewal(RenewalCommand::Ask(question)));
    }
}
