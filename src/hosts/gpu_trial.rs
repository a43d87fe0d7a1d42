//! Trying the graphics card without risk: a driver that crashes or hangs before the first frame does so once.
//!
//! Before the try a mark is written, after the first frame it goes. A mark that is there at a start says that the last
//! try never came so far; then the card is left alone until something has changed: the program's version, the computer,
//! its graphics driver, the kind of session, or a person's mind.

use std::fs;
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use a365_password_tool::app::dates::day;
use a365_password_tool::platform::{file_system, wall_clock};

use super::{HostedApp, WindowError};

/// How long the first frame may take. A cold driver on a slow disk needs a few seconds.
const PATIENCE: Duration = Duration::from_secs(20);
/// No honest mark is larger, in bytes.
const MARK_LIMIT: u64 = 4096;

/// What is done when the first frame does not come: starts the program again without the graphics card and ends this one.
pub type StartOver = Box<dyn FnOnce() + Send>;

/// How the graphics card is tried.
pub struct GpuTrial {
    /// Where the mark is kept; none tries without a mark.
    pub mark: Option<PathBuf>,
    /// What a change of makes another try worth while, such as the driver's version. One line.
    pub circumstances: String,
    /// How a hanging driver is left.
    pub start_over: StartOver,
}

impl GpuTrial {
    /// Why the card is left alone this time, in words.
    pub(super) fn refusal(&self) -> Option<String> {
        let text = file_system::read_text(self.mark.as_ref()?, MARK_LIMIT).ok()?;
        let (date, circumstances) = text.split_once('\n')?;
        // A mark that somebody else wrote is not shown.
        let when = date.parse().map_or_else(|_| "at an earlier start".to_owned(), |date| format!("on {}", day(date)));
        (circumstances == self.circumstances).then(|| {
            format!(
                "The graphics card is not used: {when} its driver stopped this program, or hung, before the first \
                 frame. To try again, choose software rendering and then the graphics card in Settings."
            )
        })
    }

    /// Lets `host` try; the mark is there until its first frame was shown or it ended in order.
    pub(super) fn run(
        self,
        hosted: &HostedApp,
        host: impl FnOnce(&HostedApp) -> Result<(), WindowError>,
    ) -> Result<(), WindowError> {
        self.run_with_patience(PATIENCE, hosted, host)
    }

    fn run_with_patience(
        self,
        patience: Duration,
        hosted: &HostedApp,
        host: impl FnOnce(&HostedApp) -> Result<(), WindowError>,
    ) -> Result<(), WindowError> {
        if let Some(mark) = &self.mark {
            let text = format!("{}\n{}", wall_clock::now().format("%Y-%m-%d"), self.circumstances);
            // Without a mark a bad driver is met at each start: no reason not to start.
            let _ = file_system::create_own_folder(mark.parent().unwrap_or(mark))
                .and_then(|()| file_system::replace_private(mark, text.as_bytes()));
        }
        let watching = watch(patience, self.start_over);
        let mark = self.mark.clone();
        let passed = move || {
            drop(watching);
            if let Some(mark) = &mark {
                let _ = fs::remove_file(mark);
            }
        };
        hosted.on_first_frame(passed);
        let ended = host(hosted);
        hosted.forget_first_frame();
        // An end in order is no crash, however early.
        if let Some(mark) = &self.mark {
            let _ = fs::remove_file(mark);
        }
        ended
    }
}

/// Calls `start_over` after that time, unless the answer is dropped before.
fn watch(patience: Duration, start_over: StartOver) -> Sender<()> {
    let (watching, end) = channel();
    let wait = move || {
        if end.recv_timeout(patience) == Err(RecvTimeoutError::Timeout) {
            start_over();
        }
    };
    // Without a thread nobody watches; the mark is still there.
    let _ = thread::Builder::new().name("first frame".to_owned()).spawn(wait);
    watching
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::super::fallback::tests::{App, frame};
    use super::*;

    fn trial(mark: PathBuf, circumstances: &str) -> GpuTrial {
        let start_over = Box::new(|| panic!("nothing hangs here"));
        GpuTrial { mark: Some(mark), circumstances: circumstances.to_owned(), start_over }
    }

    #[test]
    fn a_try_that_never_came_to_a_picture_is_not_repeated_until_something_changes() {
        let folder = tempfile::tempdir().expect("a folder");
        let mark = folder.path().join("not made yet/gpu.trying");
        assert_eq!(trial(mark.clone(), "driver 1").refusal(), None);
        let (hosted, _) = App::hosted();
        let crashed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            // As a crash of the whole process: nothing after it runs.
            let _ = trial(mark.clone(), "driver 1").run(&hosted, |_| std::panic::resume_unwind(Box::new(())));
        }));
        assert!(crashed.is_err());
        let why = trial(mark.clone(), "driver 1").refusal().expect("a refusal");
        assert!(why.contains("before the first frame") && why.contains(&day(wall_clock::now().date_naive())), "{why}");
        assert_eq!(trial(mark.clone(), "driver 2").refusal(), None);
        // A person chose the card again.
        fs::remove_file(&mark).expect("removed");
        assert_eq!(trial(mark, "driver 1").refusal(), None);
    }

    #[test]
    fn the_mark_goes_when_the_first_frame_was_shown() {
        let folder = tempfile::tempdir().expect("a folder");
        let mark = folder.path().join("gpu.trying");
        let (hosted, _) = App::hosted();
        let seen = trial(mark.clone(), "driver").run(&hosted, |hosted| {
            let ctx = egui::Context::default();
            hosted.enter(&ctx);
            frame(hosted, &ctx);
            assert!(mark.exists(), "drawn, but perhaps never shown");
            frame(hosted, &ctx);
            assert!(!mark.exists());
            Ok(())
        });
        assert!(seen.is_ok());
    }

    #[test]
    fn a_start_that_fails_in_order_leaves_no_mark() {
        let folder = tempfile::tempdir().expect("a folder");
        let mark = folder.path().join("gpu.trying");
        let (hosted, _) = App::hosted();
        let ended = trial(mark.clone(), "driver").run(&hosted, |_| {
            assert!(mark.exists());
            Err(WindowError::NoOpenGl)
        });
        assert!(ended.is_err() && !mark.exists());
    }

    #[test]
    fn a_driver_that_hangs_is_left_and_stays_marked() {
        let folder = tempfile::tempdir().expect("a folder");
        let mark = folder.path().join("gpu.trying");
        let (hosted, _) = App::hosted();
        let (leave, left) = mpsc::channel();
        let seen = mark.clone();
        let start_over = Box::new(move || leave.send(seen.exists()).expect("the host waits"));
        let trial = GpuTrial { mark: Some(mark), circumstances: String::new(), start_over };
        let ended = trial.run_with_patience(Duration::from_millis(1), &hosted, |_| {
            assert!(left.recv().expect("nobody left the hanging driver"), "the mark tells the next start");
            Err(WindowError::NoOpenGl)
        });
        assert!(ended.is_err());
    }
}
