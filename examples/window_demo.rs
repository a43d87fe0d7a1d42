//! A small window for trying the hosts by hand and from outside: `cargo run --example window_demo -- [cpu|gpu]`.

use a365_password_tool::platform::process_hardening::keep_memory_out_of_crash_dumps;
use a365_password_tool::window::{GpuTrial, Icon, Renderer, WindowApp, WindowError, WindowOptions, run};

/// Every kind of widget that the real app uses.
#[derive(Default)]
struct Demo {
    name: String,
    address: String,
    secret: String,
    note: String,
    presses: usize,
    close: Closing,
}

#[derive(Default, PartialEq)]
enum Closing {
    #[default]
    Free,
    Refused,
}

impl WindowApp for Demo {
    fn logic(&mut self, ctx: &egui::Context) {
        if self.close == Closing::Refused && ctx.input(|input| input.viewport().close_requested()) {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.note = "Closing refused".to_owned();
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui) {
        egui::CentralPanel::default().show_inside(ui, |ui| {
            ui.heading("Window demo");
            field(ui, "Name", &mut self.name, |text| egui::TextEdit::singleline(text));
            field(ui, "Address", &mut self.address, |text| egui::TextEdit::singleline(text));
            field(ui, "Secret", &mut self.secret, |text| egui::TextEdit::singleline(text).password(true));
            ui.horizontal(|ui| {
                if ui.button("Press me").clicked() {
                    self.presses += 1;
                    self.note = format!("Pressed {} times", self.presses);
                }
                if ui.button("Refuse closing").clicked() {
                    self.close = Closing::Refused;
                    self.note = "Closing will be refused".to_owned();
                }
                if ui.button("Allow closing").clicked() {
                    self.close = Closing::Free;
                    self.note = "Closing is allowed".to_owned();
                }
            });
            ui.label(format!("Secret has {} characters", self.secret.chars().count()));
            ui.label(&self.note);
            ui.separator();
            egui::ScrollArea::vertical().auto_shrink(false).show_rows(ui, 18.0, 10_000, |ui, rows| {
                for row in rows {
                    ui.label(format!("Row {row} of the list, with some words to draw"));
                }
            });
        });
    }

    fn moved(&mut self, ctx: &egui::Context) {
        set_up(ctx);
    }

    fn on_exit(&mut self) {
        println!("closed: name={:?} address={:?} secret_length={}", self.name, self.address, self.secret.len());
    }
}

fn field<'t>(
    ui: &mut egui::Ui,
    name: &str,
    text: &'t mut String,
    edit: impl FnOnce(&'t mut String) -> egui::TextEdit<'t>,
) {
    ui.horizontal(|ui| {
        let label = ui.label(name);
        ui.add(edit(text).desired_width(280.0)).labelled_by(label.id);
    });
}

fn main() -> Result<(), WindowError> {
    // As the real program does it: neither screen readers nor drivers may suffer from it.
    if let Err(error) = keep_memory_out_of_crash_dumps() {
        eprintln!("crash dumps stay as they are: {error}");
    }
    let renderer = match std::env::args().nth(1).as_deref() {
        Some("gpu") => Renderer::Gpu,
        _ => Renderer::Cpu,
    };
    let options = WindowOptions {
        title: "Window demo".to_owned(),
        size: [900.0, 620.0],
        min_size: [400.0, 300.0],
        renderer,
        icon: Some(Icon::product()),
        ..WindowOptions::default()
    };
    let start_over = Box::new(|| eprintln!("the graphics card hangs"));
    let trial = GpuTrial { mark: None, circumstances: String::new(), start_over };
    run(
        options,
        trial,
        Box::new(|ctx| {
            set_up(ctx);
            Box::new(Demo::default())
        }),
    )
}

fn set_up(ctx: &egui::Context) {
    ctx.set_fonts(fonts());
    ctx.all_styles_mut(|style| {
        style.visuals.text_cursor.blink = false;
        style.animation_time = 0.0;
    });
}

fn fonts() -> egui::FontDefinitions {
    let mut fonts = egui::FontDefinitions::empty();
    let inter = egui::FontData::from_static(include_bytes!("../resources/fonts/Inter-Regular.otf"));
    fonts.font_data.insert("Inter".to_owned(), inter.into());
    for family in [egui::FontFamily::Proportional, egui::FontFamily::Monospace] {
        fonts.families.insert(family, vec!["Inter".to_owned()]);
    }
    fonts
}
