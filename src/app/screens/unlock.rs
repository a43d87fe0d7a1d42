//! The screen of a locked vault.

use egui::{Label, Response, RichText, Role, Ui, WidgetInfo};

use super::{lead, title};
use crate::app::{
    state::{
        AppState, Command, FirstStartCommand, RecentVault, Screen, TrustCommand, Unlock, UnlockCommand, UnlockMethod,
    },
    theme::tokens,
    widgets::{
        Enabled, FieldNote, Shown, Tone, Vocabulary, banner, card, centred_column, describe, keep_silent, own_scope,
        passphrase_field, row_with_end, secret_field, section, shown_line, tooltip_in_full,
    },
};
use crate::reminder::policy::VaultPlace;

pub(super) fn show(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    let wait = state.seconds_to_wait().map(|seconds| format!("Too many failed attempts. Try again in {seconds} s."));
    let asks = !state.dialogs.is_empty();
    let recent = state.recent_vaults();
    let Screen::Unlock(form) = &mut state.screen else { return };
    ui.add_space(ui.available_height() * 0.12);
    centred_column(ui, 620.0, |ui| {
        title(ui, "Unlock the vault");
        let path = form.path.display().to_string();
        lead(ui, &path);
        if let Some(kept) = &form.kept {
            banner(ui, Tone::Warning, kept, |_| {});
        }
        card(ui, |ui| {
            let field = key_field(ui, form, wait.as_deref());
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            let unfocused = !form.is_working() && !asks && ui.memory(|memory| memory.focused().is_none());
            if entered || unfocused {
                field.request_focus();
            }
            trouble(ui, form, commands);
            ui.add_space(4.0);
            ui.horizontal_wrapped(|ui| {
                let text = if form.is_working() { "Unlocking…" } else { "Unlock" };
                if ui.primary_button(text, may_unlock(form, wait.as_deref())).clicked() || entered {
                    commands.push(Command::Unlock(UnlockCommand::Unlock));
                }
                if form.look.this_account && form.method == UnlockMethod::Passphrase {
                    let enabled = if form.is_working() { Enabled::No("Unlocking…") } else { Enabled::Yes };
                    if ui.secondary_button("Unlock with this account", enabled).clicked() {
                        commands.push(Command::Unlock(UnlockCommand::WithThisAccount));
                    }
                }
                if ui.secondary_button("Open another vault…", Enabled::Yes).clicked() {
                    commands.push(Command::Unlock(UnlockCommand::ChooseVault));
                }
                if ui.secondary_button("New vault…", Enabled::Yes).clicked() {
                    commands.push(Command::FirstStart(FirstStartCommand::Show));
                }
            });
            other_method(ui, form, commands);
        });
        if !recent.is_empty() {
            ui.add_space(8.0);
            let may_leave = !form.is_working();
            own_scope(ui, "recent vaults", |ui| recent_vaults(ui, &recent, may_leave, commands));
        }
    });
}

fn key_field(ui: &mut Ui, form: &mut Unlock, wait: Option<&str>) -> Response {
    let refused = match (wait, form.trouble()) {
        (Some(wait), _) => FieldNote::Refused(wait.to_owned()),
        (None, Some(refusal)) if refusal.is_wrong_credential() => FieldNote::Refused(refusal.text.clone()),
        _ => FieldNote::None,
    };
    match form.method {
        UnlockMethod::Passphrase => passphrase_field(ui, "Passphrase", &mut form.passphrase, &mut form.shown, &refused),
        UnlockMethod::RecoveryKey => {
            let note = if matches!(refused, FieldNote::None) { form.recovery_note() } else { refused };
            let example = if form.shown == Shown::Revealed { "8 groups of 4 letters and digits" } else { "" };
            secret_field(ui, "Recovery key", &mut form.recovery_key, &mut form.shown, example, &note)
        }
    }
}

fn trouble(ui: &mut Ui, form: &Unlock, commands: &mut Vec<Command>) {
    let Some(refusal) = form.trouble().filter(|refusal| !refusal.is_wrong_credential()) else { return };
    banner(ui, Tone::Danger, &refusal.text, |ui| {
        if form.may_be_repaired() && ui.link_button("Repair the file").clicked() {
            commands.push(Command::Unlock(UnlockCommand::Repair));
        }
        if form.may_need_backup() && ui.link_button("Use a backup…").clicked() {
            commands.push(Command::Unlock(UnlockCommand::AskRestore));
        }
        if form.may_be_trusted() && ui.link_button("Trust this file…").clicked() {
            commands.push(Command::Trust(TrustCommand::Ask));
        }
    });
}

fn may_unlock<'a>(form: &Unlock, wait: Option<&'a str>) -> Enabled<'a> {
    match (form.is_working(), wait, form.method) {
        (true, ..) => Enabled::No("Unlocking…"),
        (false, Some(wait), _) => Enabled::No(wait),
        (false, None, UnlockMethod::Passphrase) if form.passphrase.is_empty() => {
            Enabled::No("Enter the passphrase first.")
        }
        (false, None, UnlockMethod::RecoveryKey) if form.read_recovery_key().is_err() => {
            Enabled::No("Enter the complete recovery key first.")
        }
        _ => Enabled::Yes,
    }
}

/// The vaults that were opened before, each to be unlocked instead.
fn recent_vaults(ui: &mut Ui, recent: &[RecentVault], may_leave: bool, commands: &mut Vec<Command>) {
    section(ui, "Recent vaults", |ui| {
        for vault in recent {
            let removed = row_with_end(
                ui,
                ("recent vault", &vault.path),
                |ui| recent_vault(ui, vault, may_leave, commands),
                |ui| {
                    let remove =
                        ui.quiet_button("Remove").on_hover_text("Removes it from this list. The file is kept.");
                    let name = format!("Remove {} from the list", vault.name);
                    remove.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
                    remove.clicked()
                },
            );
            if removed {
                commands.push(Command::Unlock(UnlockCommand::ForgetRecent(vault.path.clone())));
            }
        }
    });
}

fn recent_vault(ui: &mut Ui, vault: &RecentVault, may_leave: bool, commands: &mut Vec<Command>) {
    let (quiet, warning) = (tokens(ui).text_quiet, tokens(ui).warning);
    let path = vault.path.display().to_string();
    let link = ui.add_enabled_ui(may_leave, |ui| ui.link_button(&vault.name)).inner;
    // Two vaults may have the same name, and a long path is cut.
    describe(&link, &path);
    if link.clicked() {
        commands.push(Command::Unlock(UnlockCommand::ShowRecent(vault.path.clone())));
    }
    if vault.place == VaultPlace::Missing {
        ui.label(RichText::new("Missing").small().color(warning)).on_hover_text("The file was moved or deleted.");
    }
    let shown = ui.add(Label::new(RichText::new(shown_line(&path)).small().color(quiet)).truncate());
    keep_silent(&tooltip_in_full(shown, &path));
}

/// The link to the other way of opening, where the vault has one.
fn other_method(ui: &mut Ui, form: &Unlock, commands: &mut Vec<Command>) {
    let (text, method) = match form.method {
        UnlockMethod::Passphrase if form.look.recovery_key => {
            ("Forgot the passphrase? Use the recovery key", UnlockMethod::RecoveryKey)
        }
        UnlockMethod::Passphrase => return,
        UnlockMethod::RecoveryKey => ("Use the passphrase instead", UnlockMethod::Passphrase),
    };
    ui.add_space(4.0);
    if ui.link_button(text).clicked() {
        commands.push(Command::Unlock(UnlockCommand::ChooseMethod(method)));
    }
}
