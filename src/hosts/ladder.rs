//! Which host comes first, and what follows when one fails: the graphics card for those who chose it, the processor always.

use a365_password_tool::escape::visible;

use super::guest::Stay;
use super::{Drawing, GpuTrial, Guest, Renderer, Rescue, WindowError};

/// A host: shows the app until it is closed.
pub(super) type Rung<'r> = &'r mut dyn FnMut(&Guest) -> Result<(), WindowError>;

/// Shows `guest` by the first host that can, moving it on when one fails while the window is open.
pub(super) fn climb(
    first: Renderer,
    guest: &Guest,
    trial: GpuTrial,
    gpu: Rung<'_>,
    cpu: Rung<'_>,
) -> Result<(), WindowError> {
    // A start without the card that follows a hang is told why as well.
    let mut instead = trial.refusal();
    if first == Renderer::Gpu && instead.is_none() {
        guest.will_be_drawn(Drawing { by: Renderer::Gpu, instead: None });
        let ended = trial.run(guest, gpu);
        match guest.stay() {
            Stay::Closed => return Ok(()),
            Stay::AtFault => return Err(stopped(guest, ended)),
            Stay::NotBegun | Stay::Open => {}
        }
        let why = why_not(guest.stay(), &ended);
        eprintln!("{}", visible(&why.to_string()));
        instead = Some(why);
    }
    guest.will_be_drawn(Drawing { by: Renderer::Cpu, instead });
    let ended = cpu(guest);
    match (guest.stay(), ended) {
        (Stay::Closed, _) => Ok(()),
        (Stay::NotBegun, ended) => ended,
        (Stay::Open | Stay::AtFault, ended) => Err(stopped(guest, ended)),
    }
}

/// Why the processor draws in place of the graphics card.
fn why_not(stay: Stay, ended: &Result<(), WindowError>) -> String {
    match (stay, ended) {
        (Stay::NotBegun, Err(error)) => format!("{error}. The processor draws instead."),
        (Stay::NotBegun, Ok(())) => "The graphics card could not be used. The processor draws instead.".to_owned(),
        _ => "The graphics card, or its driver, stopped while the window was open. The processor draws until the next start."
            .to_owned(),
    }
}

/// The window is gone and nobody closed it: what was typed is kept as far as possible.
fn stopped(guest: &Guest, ended: Result<(), WindowError>) -> WindowError {
    let why = match ended {
        Ok(()) => "The desktop took the window away".to_owned(),
        Err(error) => error.to_string(),
    };
    let typed = match guest.rescue() {
        Rescue::NothingTyped => String::new(),
        Rescue::KeptAs(name) => {
            format!("\n\nWhat was typed and not saved is in the vault, as the profile “{name}”.")
        }
        Rescue::Lost => "\n\nWhat was typed and not saved could not be kept.".to_owned(),
    };
    WindowError::Stopped { why, typed }
}

#[cfg(test)]
pub(super) mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::super::{MakeApp, WindowApp};
    use super::*;

    /// What an app went through.
    #[derive(Default)]
    pub(in super::super) struct Diary {
        typed: String,
        hosts: Vec<Drawing>,
        exits: usize,
        rescues: usize,
        contexts: Vec<egui::Context>,
    }

    /// An app with one text.
    pub(in super::super) struct App(Rc<RefCell<Diary>>);

    impl App {
        pub(in super::super) fn guest() -> (Guest, Rc<RefCell<Diary>>) {
            let diary = Rc::new(RefCell::new(Diary::default()));
            let app = App(Rc::clone(&diary));
            let make: MakeApp = Box::new(move |ctx| {
                app.0.borrow_mut().contexts.push(ctx.clone());
                Box::new(app)
            });
            (Guest::new(make), diary)
        }
    }

    impl WindowApp for App {
        fn logic(&mut self, _: &egui::Context) {}

        fn ui(&mut self, ui: &mut egui::Ui) {
            let typed = ui.input(|input| input.events.clone());
            for event in typed {
                if let egui::Event::Text(text) = event {
                    assert_ne!(text, "!", "an app at fault");
                    self.0.borrow_mut().typed.push_str(&text);
                }
            }
        }

        fn moved(&mut self, ctx: &egui::Context) {
            self.0.borrow_mut().contexts.push(ctx.clone());
        }

        fn drawn(&mut self, drawing: Drawing) {
            self.0.borrow_mut().hosts.push(drawing);
        }

        fn rescue(&mut self) -> Rescue {
            self.0.borrow_mut().rescues += 1;
            Rescue::KeptAs("Contoso (unsaved changes)".to_owned())
        }

        fn on_exit(&mut self) {
            self.0.borrow_mut().exits += 1;
        }
    }

    pub(in super::super) fn frame(guest: &Guest, ctx: &egui::Context) {
        events(guest, ctx, Vec::new());
    }

    fn events(guest: &Guest, ctx: &egui::Context, events: Vec<egui::Event>) {
        let input = egui::RawInput { events, ..Default::default() };
        let _ = ctx.run_ui(input, |ui| {
            guest.logic(ui.ctx());
            guest.ui(ui);
        });
    }

    fn type_in(guest: &Guest, ctx: &egui::Context, text: &str) {
        events(guest, ctx, vec![egui::Event::Text(text.to_owned())]);
    }

    fn trial() -> GpuTrial {
        GpuTrial { mark: None, circumstances: String::new(), start_over: Box::new(|| ()) }
    }

    /// A host in which somebody types `text` and closes the window.
    fn works(text: &'static str) -> impl FnMut(&Guest) -> Result<(), WindowError> {
        move |guest| {
            let ctx = egui::Context::default();
            guest.enter(&ctx);
            type_in(guest, &ctx, text);
            guest.close();
            Ok(())
        }
    }

    fn never(_: &Guest) -> Result<(), WindowError> {
        panic!("this host is not asked for")
    }

    #[test]
    fn the_processor_comes_first_and_alone() {
        let (guest, diary) = App::guest();
        assert!(climb(Renderer::Cpu, &guest, trial(), &mut never, &mut works("a")).is_ok());
        let diary = diary.borrow();
        assert_eq!((&*diary.typed, diary.exits, diary.rescues), ("a", 1, 0));
        assert_eq!(diary.hosts, [Drawing { by: Renderer::Cpu, instead: None }]);
    }

    #[test]
    fn a_card_that_cannot_start_is_replaced_and_the_app_is_told_why() {
        let (guest, diary) = App::guest();
        let ended = climb(Renderer::Gpu, &guest, trial(), &mut |_| Err(WindowError::NoOpenGl), &mut works("a"));
        assert!(ended.is_ok());
        let diary = diary.borrow();
        let [Drawing { by: Renderer::Cpu, instead: Some(why) }] = diary.hosts.as_slice() else { panic!("one host") };
        assert!(why.contains("OpenGL") && why.contains("processor draws instead"), "{why}");
    }

    #[test]
    fn a_card_lost_with_the_window_open_loses_nothing_that_was_typed() {
        let ends: [fn() -> Result<(), WindowError>; 2] = [|| Ok(()), || Err(WindowError::NoOpenGl)];
        for lost in ends {
            let (guest, diary) = App::guest();
            let mut gpu = |guest: &Guest| {
                let ctx = egui::Context::default();
                guest.enter(&ctx);
                type_in(guest, &ctx, "typed before");
                lost()
            };
            assert!(climb(Renderer::Gpu, &guest, trial(), &mut gpu, &mut works(", and after")).is_ok());
            let diary = diary.borrow();
            assert_eq!((&*diary.typed, diary.exits, diary.rescues), ("typed before, and after", 1, 0));
            let by: Vec<_> = diary.hosts.iter().map(|host| host.by).collect();
            assert_eq!(by, [Renderer::Gpu, Renderer::Cpu]);
            assert!(diary.hosts[1].instead.as_ref().is_some_and(|why| why.contains("while the window was open")));
            assert!(diary.contexts[0] != diary.contexts[1], "the app knows the window it is in");
        }
    }

    #[test]
    fn a_closed_window_is_not_opened_again() {
        let (guest, diary) = App::guest();
        assert!(climb(Renderer::Gpu, &guest, trial(), &mut works("a"), &mut never).is_ok());
        assert_eq!(diary.borrow().exits, 1);
    }

    #[test]
    fn an_app_at_fault_moves_to_no_other_host_but_what_was_typed_is_kept() {
        for first in [Renderer::Gpu, Renderer::Cpu] {
            let (guest, diary) = App::guest();
            let mut at_fault = |guest: &Guest| {
                let ctx = egui::Context::default();
                let outcome = a365_password_tool::crash_report::catch(|| {
                    guest.enter(&ctx);
                    type_in(guest, &ctx, "!");
                });
                Err(WindowError::AtFault(outcome.expect_err("a panic")))
            };
            let ended = match first {
                Renderer::Gpu => climb(first, &guest, trial(), &mut at_fault, &mut never),
                Renderer::Cpu => climb(first, &guest, trial(), &mut never, &mut at_fault),
            };
            let told = ended.expect_err("told").to_string();
            assert!(told.contains("fault in itself") && told.contains("Contoso (unsaved changes)"), "{told}");
            assert_eq!((diary.borrow().rescues, diary.borrow().exits), (1, 0));
        }
    }

    #[test]
    fn without_any_window_the_reason_is_told_and_there_is_nothing_to_rescue() {
        let (guest, diary) = App::guest();
        let fails = |_: &Guest| Err(WindowError::NoLibrary);
        let ended = climb(Renderer::Gpu, &guest, trial(), &mut { fails }, &mut { fails });
        assert!(matches!(ended, Err(WindowError::NoLibrary)));
        assert_eq!(diary.borrow().rescues, 0);
    }
}
