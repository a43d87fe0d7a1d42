//! Which host comes first, and what follows when one fails: the graphics card for those who chose it, the processor always.

use a365_password_tool::escape::visible;

use super::hosted_app::Status;
use super::{Drawing, GpuTrial, HostedApp, Renderer, Rescue, WindowError};

/// A host: shows the app until it is closed.
pub(super) type RunHost<'r> = &'r mut dyn FnMut(&HostedApp) -> Result<(), WindowError>;

/// Shows `hosted` by the first host that can, moving it on when one fails while the window is open.
pub(super) fn run_with_fallback(
    first: Renderer,
    hosted: &HostedApp,
    trial: GpuTrial,
    gpu: RunHost<'_>,
    cpu: RunHost<'_>,
) -> Result<(), WindowError> {
    // A start without the card that follows a hang gets the reason as well.
    let mut instead = trial.refusal();
    if first == Renderer::Gpu && instead.is_none() {
        hosted.will_be_drawn(Drawing { by: Renderer::Gpu, instead: None });
        let ended = trial.run(hosted, gpu);
        match hosted.status() {
            Status::Closed => return Ok(()),
            Status::AtFault => return Err(stopped(hosted, ended)),
            Status::NotStarted | Status::Open => {}
        }
        let why = why_not(hosted.status(), &ended);
        eprintln!("{}", visible(&why.to_string()));
        instead = Some(why);
    }
    hosted.will_be_drawn(Drawing { by: Renderer::Cpu, instead });
    let ended = cpu(hosted);
    match (hosted.status(), ended) {
        (Status::Closed, _) => Ok(()),
        (Status::NotStarted, ended) => ended,
        (Status::Open | Status::AtFault, ended) => Err(stopped(hosted, ended)),
    }
}

/// Why the processor draws in place of the graphics card.
fn why_not(status: Status, ended: &Result<(), WindowError>) -> String {
    match (status, ended) {
        (Status::NotStarted, Err(error)) => format!("{error}. Using software rendering instead."),
        (Status::NotStarted, Ok(())) => {
            "The graphics card could not be used. Using software rendering instead.".to_owned()
        }
        _ => "The graphics card, or its driver, stopped while the window was open. Using software rendering until \
              the next start."
            .to_owned(),
    }
}

/// The window is gone and nobody closed it: what was typed is kept as far as possible.
fn stopped(hosted: &HostedApp, ended: Result<(), WindowError>) -> WindowError {
    let why = match ended {
        Ok(()) => "The desktop closed the window".to_owned(),
        Err(error) => error.to_string(),
    };
    let typed = match hosted.rescue() {
        Rescue::NothingTyped => String::new(),
        Rescue::KeptAs(name) => {
            format!("\n\nUnsaved input was saved in the vault as the profile “{name}”.")
        }
        Rescue::Lost => "\n\nUnsaved input could not be saved.".to_owned(),
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
        pub(in super::super) fn hosted() -> (HostedApp, Rc<RefCell<Diary>>) {
            let diary = Rc::new(RefCell::new(Diary::default()));
            let app = App(Rc::clone(&diary));
            let make: MakeApp = Box::new(move |ctx| {
                app.0.borrow_mut().contexts.push(ctx.clone());
                Box::new(app)
            });
            (HostedApp::new(make), diary)
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

    pub(in super::super) fn frame(hosted: &HostedApp, ctx: &egui::Context) {
        events(hosted, ctx, Vec::new());
    }

    fn events(hosted: &HostedApp, ctx: &egui::Context, events: Vec<egui::Event>) {
        let input = egui::RawInput { events, ..Default::default() };
        ctx.run_ui(input, |ui| {
            hosted.logic(ui.ctx());
            hosted.ui(ui);
        })
        .drop_without_applying_deltas();
    }

    fn type_in(hosted: &HostedApp, ctx: &egui::Context, text: &str) {
        events(hosted, ctx, vec![egui::Event::Text(text.to_owned())]);
    }

    fn trial() -> GpuTrial {
        GpuTrial { mark: None, circumstances: String::new(), start_over: Box::new(|| ()) }
    }

    /// A host in which somebody types `text` and closes the window.
    fn works(text: &'static str) -> impl FnMut(&HostedApp) -> Result<(), WindowError> {
        move |hosted| {
            let ctx = egui::Context::default();
            hosted.enter(&ctx);
            type_in(hosted, &ctx, text);
            hosted.close();
            Ok(())
        }
    }

    fn never(_: &HostedApp) -> Result<(), WindowError> {
        panic!("this host is not asked for")
    }

    #[test]
    fn the_processor_comes_first_and_alone() {
        let (hosted, diary) = App::hosted();
        assert!(run_with_fallback(Renderer::Cpu, &hosted, trial(), &mut never, &mut works("a")).is_ok());
        let diary = diary.borrow();
        assert_eq!((&*diary.typed, diary.exits, diary.rescues), ("a", 1, 0));
        assert_eq!(diary.hosts, [Drawing { by: Renderer::Cpu, instead: None }]);
    }

    #[test]
    fn a_card_that_cannot_start_is_replaced_and_the_app_learns_why() {
        let (hosted, diary) = App::hosted();
        let ended =
            run_with_fallback(Renderer::Gpu, &hosted, trial(), &mut |_| Err(WindowError::NoOpenGl), &mut works("a"));
        assert!(ended.is_ok());
        let diary = diary.borrow();
        let [Drawing { by: Renderer::Cpu, instead: Some(why) }] = diary.hosts.as_slice() else { panic!("one host") };
        assert!(why.contains("OpenGL") && why.contains("Using software rendering instead"), "{why}");
    }

    #[test]
    fn a_card_lost_with_the_window_open_loses_nothing_that_was_typed() {
        let ends: [fn() -> Result<(), WindowError>; 2] = [|| Ok(()), || Err(WindowError::NoOpenGl)];
        for lost in ends {
            let (hosted, diary) = App::hosted();
            let mut gpu = |hosted: &HostedApp| {
                let ctx = egui::Context::default();
                hosted.enter(&ctx);
                type_in(hosted, &ctx, "typed before");
                lost()
            };
            assert!(run_with_fallback(Renderer::Gpu, &hosted, trial(), &mut gpu, &mut works(", and after")).is_ok());
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
        let (hosted, diary) = App::hosted();
        assert!(run_with_fallback(Renderer::Gpu, &hosted, trial(), &mut works("a"), &mut never).is_ok());
        assert_eq!(diary.borrow().exits, 1);
    }

    #[test]
    fn an_app_at_fault_moves_to_no_other_host_but_what_was_typed_is_kept() {
        for first in [Renderer::Gpu, Renderer::Cpu] {
            let (hosted, diary) = App::hosted();
            let mut at_fault = |hosted: &HostedApp| {
                let ctx = egui::Context::default();
                let outcome = a365_password_tool::crash_report::catch(|| {
                    hosted.enter(&ctx);
                    type_in(hosted, &ctx, "!");
                });
                Err(WindowError::AtFault(outcome.expect_err("a panic")))
            };
            let ended = match first {
                Renderer::Gpu => run_with_fallback(first, &hosted, trial(), &mut at_fault, &mut never),
                Renderer::Cpu => run_with_fallback(first, &hosted, trial(), &mut never, &mut at_fault),
            };
            let text = ended.expect_err("an error").to_string();
            assert!(text.contains("internal error") && text.contains("Contoso (unsaved changes)"), "{text}");
            assert_eq!((diary.borrow().rescues, diary.borrow().exits), (1, 0));
        }
    }

    #[test]
    fn without_any_window_the_reason_is_given_and_there_is_nothing_to_rescue() {
        let (hosted, diary) = App::hosted();
        let fails = |_: &HostedApp| Err(WindowError::NoLibrary);
        let ended = run_with_fallback(Renderer::Gpu, &hosted, trial(), &mut { fails }, &mut { fails });
        assert!(matches!(ended, Err(WindowError::NoLibrary)));
        assert_eq!(diary.borrow().rescues, 0);
    }
}
