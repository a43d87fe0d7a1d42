//! The command line of A365 Password Tool; everything it does is in the library's `cli`.

use std::io::{self, IsTerminal as _, Read};
use std::process::ExitCode;

use a365_password_tool::cli::{self, Io, StdinIs, StdoutIs};
use a365_password_tool::crash_report;
use a365_password_tool::platform::{
    browser, dll_search, heap, process_hardening, terminal, wiping_allocator::WipingAllocator,
};
use a365_password_tool::profile::SecretText;
use a365_password_tool::reminder;
use a365_password_tool::settings::{Places, default_settings_path};

#[global_allocator]
static ALLOCATOR: WipingAllocator = WipingAllocator;

fn main() -> ExitCode {
    heap::keep_all();
    dll_search::only_of_the_system();
    crash_report::watch("a365-password-cli", Places::of_this_program().map(Places::reports));
    // One wall less when it fails, and no reason to stop.
    let _ = process_hardening::keep_memory_out_of_crash_dumps();
    let stdin_is = if io::stdin().is_terminal() { StdinIs::Terminal } else { StdinIs::Piped };
    // A person can be asked at the terminal even while a secret is piped in.
    let somebody_is_there = stdin_is == StdinIs::Terminal || io::stderr().is_terminal();
    let mut ask = |question: &str| terminal::ask_unseen(question).map(SecretText::new);
    let mut stdin: Box<dyn Read> = match (stdin_is, unbuffered_stdin()) {
        (StdinIs::Piped, Ok(stdin)) => Box::new(stdin),
        _ => Box::new(io::stdin()),
    };
    cli::run(
        std::env::args_os(),
        Io {
            stdin: &mut stdin,
            stdout: &mut io::stdout(),
            stderr: &mut io::stderr(),
            ask: if somebody_is_there { Some(&mut ask) } else { None },
            stdin_is,
            stdout_is: if io::stdout().is_terminal() { StdoutIs::Terminal } else { StdoutIs::Elsewhere },
            open_page: &mut browser::open,
            now: &a365_password_tool::platform::wall_clock::now,
            settings_path: default_settings_path(),
            reminders: reminder::Places::of_account(),
        },
    )
}

/// Standard input without the standard library's buffer, in which a piped secret would stay.
#[cfg(unix)]
fn unbuffered_stdin() -> io::Result<std::fs::File> {
    use std::os::fd::AsFd;
    Ok(io::stdin().as_fd().try_clone_to_owned()?.into())
}

/// Standard input without the standard library's buffer, in which a piped secret would stay.
#[cfg(windows)]
fn unbuffered_stdin() -> io::Result<std::fs::File> {
    use std::os::windows::io::AsHandle;
    Ok(io::stdin().as_handle().try_clone_to_owned()?.into())
}
