//! Keeps a host's panic from unwinding through the event loop, which could not be run again afterwards.

use winit::application::ApplicationHandler;
use winit::event::{DeviceEvent, DeviceId, StartCause, WindowEvent};
use winit::event_loop::{ActiveEventLoop, EventLoop};
use winit::platform::run_on_demand::EventLoopExtRunOnDemand;
use winit::window::WindowId;

use super::WindowError;
use super::wake::UserEvent;
use a365_password_tool::crash_report::{self, Fault};

/// Runs `host` on `event_loop` until it ends; its panic is an error.
pub(super) fn run(
    event_loop: &mut EventLoop<UserEvent>,
    host: &mut impl ApplicationHandler<UserEvent>,
) -> Result<(), WindowError> {
    let mut guarded = Guarded { host, fault: None };
    event_loop.run_app_on_demand(&mut guarded)?;
    guarded.fault.map_or(Ok(()), |fault| Err(WindowError::AtFault(fault)))
}

struct Guarded<'h, H> {
    host: &'h mut H,
    fault: Option<Fault>,
}

impl<H> Guarded<'_, H> {
    /// After a fault the host, which may be in any state, is asked nothing more.
    fn watch(&mut self, event_loop: &ActiveEventLoop, work: impl FnOnce(&mut H)) {
        if self.fault.is_some() {
            return;
        }
        if let Err(fault) = crash_report::catch(|| work(self.host)) {
            self.fault = Some(fault);
            event_loop.exit();
        }
    }
}

impl<H: ApplicationHandler<UserEvent>> ApplicationHandler<UserEvent> for Guarded<'_, H> {
    fn new_events(&mut self, event_loop: &ActiveEventLoop, cause: StartCause) {
        self.watch(event_loop, |host| host.new_events(event_loop, cause));
    }

    fn resumed(&mut self, event_loop: &ActiveEventLoop) {
        self.watch(event_loop, |host| host.resumed(event_loop));
    }

    fn user_event(&mut self, event_loop: &ActiveEventLoop, event: UserEvent) {
        self.watch(event_loop, |host| host.user_event(event_loop, event));
    }

    fn window_event(&mut self, event_loop: &ActiveEventLoop, id: WindowId, event: WindowEvent) {
        self.watch(event_loop, |host| host.window_event(event_loop, id, event));
    }

    fn device_event(&mut self, event_loop: &ActiveEventLoop, id: DeviceId, event: DeviceEvent) {
        self.watch(event_loop, |host| host.device_event(event_loop, id, event));
    }

    fn about_to_wait(&mut self, event_loop: &ActiveEventLoop) {
        self.watch(event_loop, |host| host.about_to_wait(event_loop));
    }

    fn suspended(&mut self, event_loop: &ActiveEventLoop) {
        self.watch(event_loop, |host| host.suspended(event_loop));
    }

    fn exiting(&mut self, event_loop: &ActiveEventLoop) {
        self.watch(event_loop, |host| host.exiting(event_loop));
    }
}
