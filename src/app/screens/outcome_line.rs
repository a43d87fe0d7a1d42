//! One outcome of a test on a line: how it went, of what, in a few words, and a way to its details.

use egui::{Align, Color32, Label, Layout, RichText, Role, Ui, WidgetInfo, vec2};

use crate::app::{
    theme::{icons::Icon, tokens},
    widgets::{Vocabulary, keep_silent, mark_expanded, row_with_end, shown_line},
};

/// Where a line is narrower, what there is to say stands below it, in points.
const TWO_LINES: f32 = 460.0;

/// What a line shows.
pub(super) struct OutcomeLine<'a> {
    pub(super) icon: Icon,
    pub(super) color: Color32,
    /// How it went, as a screen reader says it.
    pub(super) state: &'a str,
    /// What was tested.
    pub(super) title: &'a str,
    /// The width of the titles, in points.
    pub(super) title_width: f32,
    pub(super) text: &'a str,
}

impl OutcomeLine<'_> {
    /// Draws the line, and below it the `details` where somebody has unfolded them.
    pub(super) fn show(self, ui: &mut Ui, details: Option<impl FnOnce(&mut Ui)>) {
        let unfolded = ui.scope_id().with(("details", self.title));
        let mut is_unfolded = ui.data(|data| data.get_temp::<bool>(unfolded)).unwrap_or(false);
        let has_details = details.is_some();
        if ui.available_width() < TWO_LINES {
            let start = |ui: &mut Ui| {
                self.mark(ui);
                self.name(ui);
            };
            let end = |ui: &mut Ui| has_details && self.toggle(ui, is_unfolded);
            is_unfolded ^= row_with_end(ui, ("outcome", unfolded), start, end);
            if !self.text.is_empty() {
                self.say(ui);
            }
        } else {
            is_unfolded ^= self.on_one_line(ui, has_details, is_unfolded);
        }
        ui.data_mut(|data| data.insert_temp(unfolded, is_unfolded));
        if let Some(details) = details.filter(|_| is_unfolded) {
            ui.indent(unfolded, details);
        }
    }

    fn on_one_line(&self, ui: &mut Ui, has_details: bool, is_unfolded: bool) -> bool {
        /// The room for the way to the details, in points.
        const TOGGLE: f32 = 60.0;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().interact_size.y = 24.0;
            self.mark(ui);
            ui.allocate_ui_with_layout(vec2(self.title_width, 18.0), Layout::left_to_right(Align::TOP), |ui| {
                ui.set_min_width(self.title_width);
                self.name(ui);
            });
            let width = (ui.available_width() - TOGGLE).max(40.0);
            ui.allocate_ui_with_layout(vec2(width, 18.0), Layout::top_down(Align::LEFT), |ui| {
                ui.set_min_width(width);
                if !self.text.is_empty() {
                    self.say(ui);
                }
            });
            has_details && self.toggle(ui, is_unfolded)
        })
        .inner
    }

    fn mark(&self, ui: &mut Ui) {
        ui.state_icon(self.icon, self.color, self.state);
    }

    /// The title. A screen reader has it with how it went.
    fn name(&self, ui: &mut Ui) {
        keep_silent(&ui.add(Label::new(&*shown_line(self.title)).wrap()));
    }

    fn say(&self, ui: &mut Ui) {
        let text = RichText::new(&*shown_line(self.text)).color(tokens(ui).text_quiet);
        ui.add(Label::new(text).wrap().selectable(true));
    }

    fn toggle(&self, ui: &mut Ui, is_unfolded: bool) -> bool {
        let text = RichText::new(if is_unfolded { "Hide" } else { "Details" }).small().color(tokens(ui).link);
        let link = ui.bare_button(text, vec2(44.0, 24.0));
        link.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Details of {}", self.title)));
        mark_expanded(&link, is_unfolded);
        link.clicked()
    }
}
