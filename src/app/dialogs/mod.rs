//! Questions that need an answer, one at a time, in front of everything else. Each has a file of its own.

mod damaged;
mod delete;
mod delete_imported;
mod export;
mod focus;
mod mail;
mod other_slots;
mod palette;
mod passphrase;
mod paste;
mod proxy_sign_in;
mod recovery_key;
mod remove_slot;
mod renewal;
mod restore;
mod shortcuts;
mod trust;
mod unsaved;

use egui::{Frame, Id, Modal, RichText, ScrollArea, Ui};

use super::{
    state::{AppState, Command, Dialog, Screen},
    theme::section_heading,
    widgets::{
        self, Enabled, Vocabulary, mark_dialog, scroll_to_focus, scroll_with_page_keys, take_first_focus,
        withdraw_first_focus,
    },
};

/// Shows the dialog in front, if there is one.
pub fn show(ctx: &egui::Context, state: &mut AppState, commands: &mut Vec<Command>) {
    let (now, local, clouds) = (state.now, state.local, state.clouds.clone());
    let webhook = state.settings.reminders.webhook.is_some();
    let found = match state.dialogs.front() {
        Some(Dialog::Palette(form)) => palette::found(ctx, state, &form.typed),
        _ => Vec::new(),
    };
    focus::follow(ctx, state.dialogs.front());
    let draft = match &state.screen {
        Screen::Open(vault) => vault.draft.as_ref(),
        _ => None,
    };
    let Some(dialog) = state.dialogs.front_mut() else { return };
    let frame = Frame::popup(&ctx.global_style()).inner_margin(20);
    let window = ctx.content_rect().size();
    let modal = Modal::new(Id::unique("dialog")).frame(frame).show(ctx, |ui| {
        ui.set_width(window.x.min(600.0) - 60.0);
        let mut content = |ui: &mut Ui| match dialog {
            Dialog::Unsaved(next) => unsaved::show(ui, *next, commands),
            Dialog::Delete(profiles) => delete::show(ui, profiles, commands),
            Dialog::Palette(form) => palette::show(ui, form, &found, commands),
            Dialog::Shortcuts => shortcuts::show(ui, commands),
            Dialog::Export(form) => export::show(ui, form, commands),
            Dialog::DeleteImported(file) => delete_imported::show(ui, file, commands),
            Dialog::Paste(form) => paste::show(ui, form, draft, &clouds, commands),
            Dialog::ChangePassphrase(form) => passphrase::show(ui, form, local, commands),
            Dialog::ProxySignIn(form) => proxy_sign_in::show(ui, form, commands),
            Dialog::Mail(form) => {
                mail::show(ui, form, if webhook { HasWebhook::Yes } else { HasWebhook::No }, commands)
            }
            Dialog::RecoveryKey(form) => recovery_key::show(ui, form, local, commands),
            Dialog::RemoveSlot(form) => remove_slot::show(ui, form, local, commands),
            Dialog::TrustVault(why) => trust::ask(ui, why, commands),
            Dialog::PutBack(why) => trust::put_back(ui, why, commands),
            Dialog::Restore(backup) => restore::show(ui, backup, local, commands),
            Dialog::Renewal(question) => renewal::ask(ui, *question, commands),
            Dialog::CreateSecret(form) => renewal::make(ui, form, now.date_naive(), commands),
            Dialog::RemoveSecret(form) => renewal::remove(ui, form, commands),
            Dialog::Damaged(form) => damaged::show(ui, form, now, local, commands),
        };
        // In a small window, or with large text, it scrolls. Else it is as high as what is in it, also when that grows.
        ui.set_max_height(window.y - 60.0);
        ScrollArea::vertical().max_height(window.y - 60.0).auto_shrink([false, true]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 8.0;
            content(ui);
            scroll_to_focus(ui);
            scroll_with_page_keys(ui);
        });
    });
    withdraw_first_focus(ctx);
    // What has grown or shrunk since the last frame is centred by the next one.
    let (size, last_size) = (modal.response.rect.size(), Id::unique("dialog size"));
    if ctx.data(|data| data.get_temp(last_size)) != Some(size) {
        ctx.data_mut(|data| data.insert_temp(last_size, size));
        ctx.request_repaint();
    }
    // Escape closes; a click beside the dialog does not, because it may have been meant for what was there before.
    if modal.should_close() && !modal.backdrop_response.clicked() {
        commands.push(Command::CloseDialog);
    }
}

/// A long text or a list in a dialog, at most `most` points high, so that the buttons below it stay. In a small window, or with
/// large text, the whole dialog scrolls instead.
fn long_part(ui: &mut Ui, most: f32, content: impl FnOnce(&mut Ui)) {
    let window = ui.ctx().content_rect().height();
    if window < 480.0 {
        return content(ui);
    }
    ScrollArea::vertical().max_height(most.min(window - 220.0)).auto_shrink([false, true]).show(ui, |ui| {
        content(ui);
        scroll_to_focus(ui);
        scroll_with_page_keys(ui);
    });
}

/// Whether the settings name a webhook.
#[derive(Clone, Copy, PartialEq, Eq)]
enum HasWebhook {
    Yes,
    No,
}

fn heading(ui: &mut Ui, text: &str) {
    mark_dialog(ui, text);
    widgets::heading(ui, RichText::new(text).text_style(section_heading()), 1);
}

fn cancel(ui: &mut Ui, commands: &mut Vec<Command>) {
    let button = ui.secondary_button("Cancel", Enabled::Yes);
    take_first_focus(&button);
    if button.clicked() {
        commands.push(Command::CloseDialog);
    }
}
