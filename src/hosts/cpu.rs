//! The host that draws on the processor: one window, winit for events, egui for the frame, [`Painter`] for pixels.
//!
//! It sleeps until something happens and runs at most one frame per [`FRAME_INTERVAL`]. A hidden window still runs
//! frames that were asked for, more slowly and without drawing: its timers, its focus and its accessibility tree
//! stay alive.

use std::rc::Rc;
use std::time::{Duration, Instant};

use egui::{ViewportCommand, ViewportEvent, ViewportId, ViewportInfo};
use egui_winit::{ActionRequested, accesskit_winit};
use winit::application::ApplicationHandler;
use winit::dpi::PhysicalPosition;
use winit::event::{StartCause, WindowEvent};
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoop, EventLoopProxy};
use winit::window::{Window, WindowId};

use a365_password_tool::platform::work_area::{Area, WorkAreas};

use super::paint::Painter;
use super::placement::{Monitor, fit};
use super::wake::UserEvent;
use super::{FocusSplitter, HostedApp, Maximised, WindowError, WindowOptions, guard};

/// Shortest time between the starts of two frames.
const FRAME_INTERVAL: Duration = Duration::from_millis(16);
/// How long Windows may take over a redraw that it was asked for; a window that nobody can see may never get it,
/// and the app's timers must run on.
const REDRAW_PATIENCE: Duration = Duration::from_millis(500);
/// The same as [`FRAME_INTERVAL`] for a window that nobody sees.
const HIDDEN_INTERVAL: Duration = Duration::from_millis(100);

/// Opens the window on `event_loop` and returns when it is closed.
pub(super) fn run(
    event_loop: &mut EventLoop<UserEvent>,
    options: &WindowOptions,
    hosted: &HostedApp,
) -> Result<(), WindowError> {
    let proxy = event_loop.create_proxy();
    let mut host = Host { options, hosted, proxy, open: None, failed: None };
    guard::run(event_loop, &mut host)?;
    host.failed.map_or(Ok(()), Err)
}

struct Host<'h> {
    options: &'h WindowOptions,
    hosted: &'h HostedApp,
    proxy: EventLoopProxy<UserEvent>,
    open: Option<OpenWindow>,
    failed: Option<WindowError>,
}

impl Host<'_> {
    /// Ends the loop when `result` is an error, and keeps it for the caller.
    fn note(&mut self, event_loop: &ActiveEventLoop, result: Result<(), WindowError>) {
        if let Err(error) = result {
            self.failed = Some(error);
            self.open = None;
            event_loop.exit();
        } else if self.open.as_ref().is_some_and(|open| open.closing) {
            self.close(event_loop);
        }
    }

    /// The window goes while the loop still runs, so that the system hears of it in order.
    fn close(&mut self, event_loop: &ActiveEventLoop) {
        if let Some(open) = self.open.take() {
            open.hosted.close();
        }
        event_loop.exit();
    }
}

impl ApplicationHandler<UserEvent> for Host<'_> {
    fn resumed(&mut self, event_loop: &ActiveEventLoop) {
        if self.open.is_some() {
            return;
        }
        match OpenWindow::new(event_loop, self.options, &self.proxy, self.hosted.clone()) {
            Ok(mut open) => {
                let first = open.first_frame();
                self.open = Some(open);
                self.note(event_loop, first);
            }
            Err(error) => self.note(event_loop, Err(error)),
        }
    }

    fn new_events(&mut self, _: &ActiveEventLoop, _: StartCause) {}

    fn window_event(&mut self, event_loop: &ActiveEventLoop, id: WindowId, event: WindowEvent) {
        let Some(open) = self.open.as_mut().filter(|open| open.window.id() == id) else { return };
        let result = open.on_window_event(&event);
        self.note(event_loop, result);
    }

    fn user_event(&mut self, event_loop: &ActiveEventLoop, event: UserEvent) {
        let Some(open) = self.open.as_mut() else { return };
        let result = match event {
            UserEvent::RequestRepaint { when, cumulative_pass_nr, .. } => {
                open.on_repaint_request(when, cumulative_pass_nr);
                // Windows does not come to the end of a round while a border is dragged.
                if cfg!(windows) { open.run_if_due() } else { Ok(()) }
            }
            UserEvent::AccessKitActionRequest(event) if event.window_id == open.window.id() => {
                open.on_accesskit_event(event.window_event)
            }
            // Of a former host's window.
            UserEvent::AccessKitActionRequest(_) => Ok(()),
        };
        self.note(event_loop, result);
    }

    fn about_to_wait(&mut self, event_loop: &ActiveEventLoop) {
        let Some(open) = self.open.as_mut() else { return };
        let result = open.run_if_due();
        self.note(event_loop, result);
        let next = self.open.as_ref().and_then(OpenWindow::next_frame_at);
        event_loop.set_control_flow(next.map_or(ControlFlow::Wait, ControlFlow::WaitUntil));
    }
}

/// The window and all that lives as long as it does.
struct OpenWindow {
    // First, so that it goes first: it holds on to the window's display connection.
    input: egui_winit::State,
    painter: Painter,
    window: Rc<Window>,
    ctx: egui::Context,
    hosted: HostedApp,
    splitter: FocusSplitter,
    info: ViewportInfo,
    wanted: Vec<ActionRequested>,
    /// When the next frame was asked for; pacing comes on top.
    due: Option<Instant>,
    last_frame: Instant,
    /// When we asked the system for a redraw, as opposed to one that it wants because it lost our pixels.
    asked_for_redraw: Option<Instant>,
    closing: bool,
    /// To be done once the window shows: before, some systems would show it empty.
    maximise: Maximised,
}

impl OpenWindow {
    fn new(
        event_loop: &ActiveEventLoop,
        options: &WindowOptions,
        proxy: &EventLoopProxy<UserEvent>,
        hosted: HostedApp,
    ) -> Result<OpenWindow, WindowError> {
        let ctx = egui::Context::default();
        // Hidden until the first frame is drawn; the accessibility adapter also insists on it.
        let mut viewport = options.viewport().with_visible(false);
        let work_areas = WorkAreas::now();
        let monitors: Vec<_> = event_loop.available_monitors().map(|it| monitor(&it, &work_areas)).collect();
        let place = options.place.and_then(|place| place.on(&monitors));
        let home = event_loop.primary_monitor().map(|it| monitor(&it, &work_areas));
        let fitted = fit(options.size, options.min_size, place, home, &monitors);
        viewport = viewport.with_inner_size(fitted.size).with_min_inner_size(fitted.min_size);
        let window = Rc::new(create_window(&ctx, event_loop, &viewport, fitted.corner)?);
        let painter = Painter::new(event_loop.owned_display_handle(), window.clone())?;
        let mut input = egui_winit::State::new(
            ctx.clone(),
            ViewportId::ROOT,
            &window,
            Some(window.scale_factor() as f32),
            event_loop.system_theme(),
            None,
        );
        input.init_accesskit(event_loop, &window, proxy.clone());
        let mut info = ViewportInfo::default();
        egui_winit::update_viewport_info(&mut info, &ctx, &window, true);
        let repaint = proxy.clone();
        ctx.set_request_repaint_callback(move |request| {
            // Fails only when the loop is gone, and then there is nothing left to repaint.
            let _ = repaint.send_event(UserEvent::RequestRepaint {
                viewport_id: request.viewport_id,
                when: Instant::now() + request.delay,
                cumulative_pass_nr: request.current_cumulative_pass_nr,
            });
        });
        hosted.enter(&ctx);
        Ok(OpenWindow {
            input,
            painter,
            window,
            ctx,
            hosted,
            splitter: FocusSplitter::default(),
            info,
            wanted: Vec::new(),
            due: None,
            last_frame: Instant::now(),
            asked_for_redraw: None,
            closing: false,
            maximise: place.map_or(Maximised::No, |place| place.maximised),
        })
    }

    /// Draws before the window is shown, so that nobody sees an empty one.
    fn first_frame(&mut self) -> Result<(), WindowError> {
        self.frame()?;
        self.window.set_visible(true);
        if self.maximise == Maximised::Yes {
            self.window.set_maximized(true);
        }
        Ok(())
    }

    fn on_window_event(&mut self, event: &WindowEvent) -> Result<(), WindowError> {
        match event {
            WindowEvent::RedrawRequested => return self.on_redraw(),
            WindowEvent::CloseRequested => self.info.events.push(ViewportEvent::Close),
            WindowEvent::Occluded(occluded) => {
                self.info.occluded = Some(*occluded);
                self.painter.forget_screen();
            }
            WindowEvent::Focused(_) | WindowEvent::ScaleFactorChanged { .. } => self.painter.forget_screen(),
            _ => {}
        }
        let response = self.input.on_window_event(&self.window, event);
        if response.repaint {
            self.schedule(Instant::now());
        }
        // While a border is dragged Windows expects the new picture before the handler returns.
        if cfg!(windows) && matches!(event, WindowEvent::Resized(size) if size.width > 0 && size.height > 0) {
            return self.frame();
        }
        Ok(())
    }

    fn on_redraw(&mut self) -> Result<(), WindowError> {
        let ours = self.asked_for_redraw.take().is_some();
        if self.next_frame_at().is_some_and(|at| at <= Instant::now()) {
            self.frame()?;
        }
        if ours { Ok(()) } else { self.painter.present_all(&self.ctx) }
    }

    fn on_repaint_request(&mut self, when: Instant, asked_at_pass: u64) {
        let pass = self.ctx.cumulative_pass_nr();
        if pass == asked_at_pass || pass == asked_at_pass + 1 {
            self.schedule(when);
        }
    }

    fn on_accesskit_event(&mut self, event: accesskit_winit::WindowEvent) -> Result<(), WindowError> {
        match event {
            accesskit_winit::WindowEvent::InitialTreeRequested => {
                self.ctx.enable_accesskit();
                // The asker sees an empty window until the first tree is there.
                self.frame()
            }
            accesskit_winit::WindowEvent::ActionRequested(request) => {
                self.input.on_accesskit_action_request(request);
                self.schedule(Instant::now());
                Ok(())
            }
            accesskit_winit::WindowEvent::AccessibilityDeactivated => {
                self.ctx.disable_accesskit();
                Ok(())
            }
        }
    }

    fn schedule(&mut self, when: Instant) {
        self.due = Some(self.due.map_or(when, |due| due.min(when)));
    }

    /// When the next frame may start, if one is wanted at all.
    fn next_frame_at(&self) -> Option<Instant> {
        if let Some(asked) = self.asked_for_redraw {
            return Some(asked + REDRAW_PATIENCE);
        }
        let interval = if self.is_visible() { FRAME_INTERVAL } else { HIDDEN_INTERVAL };
        self.due.map(|due| due.max(self.last_frame + interval))
    }

    fn run_if_due(&mut self) -> Result<(), WindowError> {
        if self.next_frame_at().is_none_or(|at| at > Instant::now()) {
            return Ok(());
        }
        if cfg!(windows) && self.asked_for_redraw.take().is_none() && self.is_visible() {
            // Windows sorts a redraw behind all waiting input, and keeps sending it while a border is dragged.
            self.asked_for_redraw = Some(Instant::now());
            self.window.request_redraw();
            return Ok(());
        }
        self.frame()
    }

    /// Whether the system will redraw the window when asked.
    fn is_visible(&self) -> bool {
        if cfg!(windows) && (self.window.is_minimized() == Some(true) || self.window.is_visible() == Some(false)) {
            return false;
        }
        self.info.visible().unwrap_or(true)
    }

    /// Lets the app answer all input that is waiting, then draws the outcome.
    fn frame(&mut self) -> Result<(), WindowError> {
        self.last_frame = Instant::now();
        self.due = None;
        egui_winit::update_viewport_info(&mut self.info, &self.ctx, &self.window, false);
        let close_requested = take_close(&mut self.info);
        let mut drawn = egui::FullOutput::default();
        loop {
            let mut input = self.input.take_egui_input(&self.window);
            let mut info = self.info.take();
            input = self.splitter.next_frame(input);
            let last = !self.splitter.is_waiting();
            if close_requested && last {
                // What was typed before the close button was pressed is heard before it.
                info.events.push(ViewportEvent::Close);
            }
            input.viewports = std::iter::once((ViewportId::ROOT, info)).collect();
            let mut output = self.run_app(input);
            self.input.handle_platform_output(&self.window, std::mem::take(&mut output.platform_output));
            let commands = take_commands(&mut output);
            if close_requested && last {
                self.closing = !commands.contains(&ViewportCommand::CancelClose);
            }
            egui_winit::process_viewport_commands(&self.ctx, &mut self.info, commands, &self.window, &mut self.wanted);
            drawn.append(output);
            if last {
                break;
            }
        }
        if !self.info.events.is_empty() {
            // The app itself asked to close: hear the close request in a frame of its own.
            self.schedule(Instant::now());
        }
        self.paint(drawn)?;
        self.do_what_is_wanted();
        Ok(())
    }

    fn run_app(&mut self, input: egui::RawInput) -> egui::FullOutput {
        let hosted = &self.hosted;
        self.ctx.run_ui(input, |ui| {
            hosted.logic(ui.ctx());
            hosted.ui(ui);
        })
    }

    fn paint(&mut self, mut drawn: egui::FullOutput) -> Result<(), WindowError> {
        let size = self.window.inner_size();
        // Not `is_visible`: the first frame is drawn before the window is shown.
        if self.info.visible() == Some(false) || size.width == 0 || size.height == 0 {
            self.painter.keep_textures(&mut drawn.textures_delta);
            return Ok(());
        }
        self.painter.paint(&self.ctx, size, drawn.shapes, &mut drawn.textures_delta, drawn.pixels_per_point)
    }

    /// Screenshots and clipboard actions that the app asked for by command. The clipboard's answer comes in the next frame.
    fn do_what_is_wanted(&mut self) {
        for wanted in std::mem::take(&mut self.wanted) {
            let event = match wanted {
                ActionRequested::Screenshot(callback) => {
                    if let Some(image) = self.painter.picture() {
                        callback.complete(image.into());
                    }
                    None
                }
                ActionRequested::Cut => Some(egui::Event::Cut),
                ActionRequested::Copy => Some(egui::Event::Copy),
                ActionRequested::Paste => {
                    self.input.clipboard_text().map(|text| egui::Event::Paste(text.replace("\r\n", "\n")))
                }
                // Frames that were asked for run while the window is hidden, too.
                ActionRequested::PaintWhileHidden => None,
            };
            if let Some(event) = event {
                self.input.egui_input_mut().events.push(event);
                self.schedule(Instant::now());
            }
        }
    }
}

/// Takes the close request out of `info`, and says whether there was one.
fn take_close(info: &mut ViewportInfo) -> bool {
    let requested = info.close_requested();
    info.events.retain(|event| *event != ViewportEvent::Close);
    requested
}

fn take_commands(output: &mut egui::FullOutput) -> Vec<ViewportCommand> {
    output.viewport_output.get_mut(&ViewportId::ROOT).map(|root| std::mem::take(&mut root.commands)).unwrap_or_default()
}

fn create_window(
    ctx: &egui::Context,
    event_loop: &ActiveEventLoop,
    viewport: &egui::ViewportBuilder,
    corner: Option<(i32, i32)>,
) -> Result<Window, winit::error::OsError> {
    let attributes = egui_winit::create_winit_window_attributes(ctx, viewport.clone());
    // In pixels, unlike egui's: points mean another place on monitors of another density.
    let attributes = match corner {
        Some((left, top)) => attributes.with_position(PhysicalPosition::new(left, top)),
        None => attributes,
    };
    // egui-winit sets the application's name on Wayland only.
    #[cfg(target_os = "linux")]
    let attributes = winit::platform::x11::WindowAttributesExtX11::with_name(attributes, super::APP_ID, super::APP_ID);
    // The program's own resource has the icon in every size; the options' picture has but one.
    #[cfg(windows)]
    let attributes = {
        use winit::platform::windows::{IconExtWindows, WindowAttributesExtWindows};
        match winit::window::Icon::from_resource(1, None) {
            Ok(icon) => attributes.with_window_icon(Some(icon.clone())).with_taskbar_icon(Some(icon)),
            Err(_) => attributes,
        }
    };
    let window = event_loop.create_window(attributes)?;
    egui_winit::apply_viewport_builder_to_window(ctx, &window, viewport);
    Ok(window)
}

fn monitor(handle: &winit::monitor::MonitorHandle, work_areas: &WorkAreas) -> Monitor {
    let (corner, size) = (handle.position(), handle.size());
    let whole = Area { left: corner.x, top: corner.y, width: size.width, height: size.height };
    let middle = |start: i32, length: u32| start.saturating_add_unsigned(length / 2);
    let work = work_areas.at(middle(whole.left, whole.width), middle(whole.top, whole.height));
    let free = work.and_then(|work| work.common(whole)).unwrap_or(whole);
    Monitor { whole, free, scale: handle.scale_factor() }
}
