//! When the program itself is at fault: a report without secrets in a known folder, and words for the person.
//!
//! In: a panic, on any thread. Out: a file that a person can send, and a [`Fault`] for the caller of [`catch`]. A report
//! holds version, system, place and names of functions. A panic's own text is in it only when it is part of the
//! program; a text that was made from data could hold a secret.

mod kept;
mod text;

use std::cell::{Cell, RefCell};
use std::io::{self, Write as _};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

use crate::platform::{message_box, wall_clock};

/// Where reports go, and which of our programs this is.
struct Watch {
    folder: Option<PathBuf>,
    program: &'static str,
}

static WATCH: OnceLock<Watch> = OnceLock::new();

type Listener = Box<dyn Fn(&Fault) + Send>;

/// Who hears of a fault on a thread that nobody watches over.
static LISTENER: Mutex<Option<Listener>> = Mutex::new(None);

/// Threads of other people's code whose panic only says that something is missing, see [`expecting`]: the one that lists
/// the system's fonts, where there are none.
const MAY_PANIC: [&str; 1] = ["egui_system_font_provider"];

thread_local! {
    static CATCHING: Cell<u32> = const { Cell::new(0) };
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
    static LAST: RefCell<Option<Fault>> = const { RefCell::new(None) };
}

/// A fault in the program itself, and where its report is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// File and line in the program's source.
    pub place: String,
    /// The report's file, or why there is none.
    pub report: Result<PathBuf, String>,
}

impl Fault {
    /// Where the report is, as sentences.
    pub fn where_report_is(&self) -> String {
        match &self.report {
            Ok(path) => format!(
                "A report without secrets was saved to {}. Please send it to your support contact.",
                path.display()
            ),
            Err(why) => format!(
                "A report could not be saved ({why}). Please give your support contact this location: {}.",
                self.place
            ),
        }
    }
}

/// From now on every panic of this process leaves a report in `folder`, in place of the usual text on standard error,
/// which may hold data. To be called once, at the start.
pub fn watch(program: &'static str, folder: Option<PathBuf>) {
    if WATCH.set(Watch { folder, program }).is_err() {
        return;
    }
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let may_panic = thread::current().name().is_some_and(|name| MAY_PANIC.contains(&name));
        if EXPECTED.get() || may_panic { usual(info) } else { on_panic(info) }
    }));
}

/// `tell` hears, on the thread at fault, of every fault that no [`catch`] deals with. It replaces who heard before.
pub fn listen(tell: impl Fn(&Fault) + Send + 'static) {
    *LISTENER.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(tell));
}

/// Does `work`; a panic in it ends here.
pub fn catch<T>(work: impl FnOnce() -> T) -> Result<T, Fault> {
    CATCHING.set(CATCHING.get() + 1);
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    CATCHING.set(CATCHING.get() - 1);
    outcome.map_err(|_| {
        let unknown = || Fault { place: "an unknown location".to_owned(), report: Err("nobody watched".to_owned()) };
        LAST.take().unwrap_or_else(unknown)
    })
}

/// Does `work` of somebody else's that tells by a panic what is missing. No report: `None` when it panicked.
pub fn expecting<T>(work: impl FnOnce() -> T) -> Option<T> {
    EXPECTED.set(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    EXPECTED.set(false);
    outcome.ok()
}

/// Runs where the panic is, before anything unwinds. Must not panic itself.
fn on_panic(info: &PanicHookInfo<'_>) {
    let Some(watch) = WATCH.get() else { return };
    let place =
        info.location().map_or_else(|| "an unknown location".to_owned(), |at| format!("{}:{}", at.file(), at.line()));
    let message = info.payload().downcast_ref::<&'static str>().copied();
    let now = wall_clock::now();
    let report = text::report(&text::Facts {
        program: watch.program,
        now,
        place: &place,
        message,
        thread: thread::current().name(),
        backtrace: &std::backtrace::Backtrace::force_capture().to_string(),
    });
    let kept = match &watch.folder {
        Some(folder) => kept::keep(folder, now, &report).map_err(|error| error.to_string()),
        None => Err("this account has no folder for it".to_owned()),
    };
    let fault = Fault { place, report: kept };
    // There is nowhere to report that reporting failed.
    let _ = writeln!(
        io::stderr(),
        "{} had an internal error at {}. {}",
        watch.program,
        fault.place,
        fault.where_report_is()
    );
    if message.is_some_and(is_the_last) {
        return tell_last(fault);
    }
    if CATCHING.get() == 0
        && let Some(tell) = &*LISTENER.lock().unwrap_or_else(PoisonError::into_inner)
    {
        tell(&fault);
    }
    LAST.set(Some(fault));
}

/// Whether the process ends when the panic's hook returns: one within another, or in code that cannot unwind. The
/// standard library's words for these, of which a test knows.
fn is_the_last(message: &str) -> bool {
    ["panic in a destructor during cleanup", "panic in a function that cannot unwind"].contains(&message)
}

/// Tells the person on a thread of its own, because a window's thread cannot show anything in the middle of a fault.
fn tell_last(fault: Fault) {
    let text = format!("A365 Password Tool stopped because of an internal error. {}", fault.where_report_is());
    if let Ok(telling) = thread::Builder::new().spawn(move || message_box::show_error("A365 Password Tool", &text)) {
        let _ = telling.join();
    }
}
