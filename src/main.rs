//! The desktop app's start: reads the command line and the settings, opens the window.
#![windows_subsystem = "windows"]

mod hosts;

use std::{
    ffi::OsString,
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use a365_password_tool::{
    app::{
        App,
        dates::LocalTime,
        state::{Start, VaultFile},
    },
    cloud::Overrides,
    crash_report,
    escape::{visible, visible_line},
    platform::{
        app_id, dll_search, graphics, heap, message_box, process_hardening,
        single_instance::{self, Started},
        termination, wall_clock,
        wiping_allocator::WipingAllocator,
    },
    reminder::{self, background_check::Next, this_account},
    settings::{self, Places, RendererChoice, Settings},
    window::{Renderer, WindowApp},
};
use clap::{Parser, ValueEnum};
use hosts::{GpuTrial, Icon, Placement, StartOver, WindowOptions};
use uuid::Uuid;

#[global_allocator]
static ALLOCATOR: WipingAllocator = WipingAllocator;

const NAME: &str = "A365 Password Tool";

/// Creates, tests and stores Dataverse connection strings for Anywhere365's CRM Service.
#[derive(Parser)]
#[command(name = "a365-password-tool", version)]
struct Arguments {
    /// The vault to open, instead of the last one; used when you double-click a vault.
    #[arg(value_name = "FILE", conflicts_with = "vault")]
    file: Option<PathBuf>,
    /// The vault to open or create, instead of the last one.
    #[arg(long, value_name = "PATH")]
    vault: Option<PathBuf>,
    /// The profile to show after the vault is unlocked.
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// How to render the window, instead of the setting.
    #[arg(long, value_enum)]
    renderer: Option<RendererArgument>,
    /// Send reminders for expiring secrets and exit, without a window. Used at sign-in and daily.
    #[arg(long, conflicts_with_all = ["file", "vault", "profile", "renderer"])]
    remind: bool,
    /// Do what a notification's link asks for.
    #[arg(long, hide = true, value_name = "LINK", conflicts_with_all = ["file", "vault", "profile", "remind"])]
    link: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum RendererArgument {
    /// Software rendering: works in every session.
    Cpu,
    /// The graphics card, for very large screens.
    Gpu,
}

fn main() -> ExitCode {
    heap::keep_little();
    dll_search::only_of_the_system();
    let places = Places::of_this_program();
    crash_report::watch("a365-password-tool", places.map(Places::reports));
    match crash_report::catch(|| start(places)) {
        Ok(code) => code,
        Err(fault) => {
            let text = format!("It stopped because of an internal error. {}", fault.where_report_is());
            message_box::show_error(NAME, &text);
            ExitCode::FAILURE
        }
    }
}

fn start(places: Option<&'static Places>) -> ExitCode {
    let mut arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return explain(&error),
    };
    termination::listen();
    app_id::tell_the_system();
    // One wall less when it fails, and no reason to stop.
    let _ = process_hardening::keep_memory_out_of_crash_dumps();
    let mut troubles: Vec<String> =
        places.and_then(|places| places.prepare().err()).map(|error| error.to_string()).into_iter().collect();
    let (settings, warnings) = match places {
        Some(places) => Settings::load(&places.settings()),
        None => (Settings::default(), Vec::new()),
    };
    troubles.extend(warnings.iter().map(ToString::to_string));
    if arguments.remind {
        return remind(&settings);
    }
    if let Some(link) = &arguments.link {
        match followed(link) {
            Next::Open(at) => (arguments.vault, arguments.profile) = at.map(|at| (at.vault, at.profile)).unzip(),
            Next::PutOff(_) | Next::Nothing => return ExitCode::SUCCESS,
        }
    }
    let Some(wanted) = Wanted::of(&arguments, &settings, places) else {
        message_box::show_error(
            NAME,
            "This account has no folder for documents or app data, so there is no place for a vault. Start the app with \
             --vault and the path of the file to use.",
        );
        return ExitCode::FAILURE;
    };
    open_window(wanted, arguments, settings, places, troubles)
}

/// The vault to open, and what its absence means.
struct Wanted {
    vault: PathBuf,
    file: VaultFile,
}

impl Wanted {
    fn of(arguments: &Arguments, settings: &Settings, places: Option<&Places>) -> Option<Wanted> {
        // A path from here means nothing at the next start, from another folder.
        let named = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
        let opened = arguments.file.as_ref().map(named);
        let vault = opened.clone().or_else(|| arguments.vault.as_ref().map(named)).or_else(|| match places {
            Some(places) => Some(places.vault_to_open(settings.vault_path.as_deref())),
            None => settings.vault_path.clone(),
        })?;
        let was_opened_before = settings.vault_path.as_ref() == Some(&vault);
        let file = match vault.is_file() {
            true => VaultFile::There,
            // A person who opens a file expects that file, not a new one of its name.
            false if was_opened_before || opened.is_some() => VaultFile::Gone,
            false => VaultFile::NotYet,
        };
        Some(Wanted { vault, file })
    }
}

fn open_window(
    wanted: Wanted,
    arguments: Arguments,
    settings: Settings,
    places: Option<&'static Places>,
    mut troubles: Vec<String>,
) -> ExitCode {
    let profile = arguments.profile.as_deref().unwrap_or_default();
    let first =
        match places.map(|places| single_instance::start(&places.meeting_place(), &wanted.vault, profile.as_bytes())) {
            Some(Started::Again) => return ExitCode::SUCCESS,
            Some(Started::First(instance)) => Some(instance),
            Some(Started::Unknown) | None => None,
        };
    let renderer = match (arguments.renderer, &settings.renderer) {
        (Some(RendererArgument::Gpu), _) | (None, RendererChoice::Gpu) => Renderer::Gpu,
        (Some(RendererArgument::Cpu), _) | (None, RendererChoice::Cpu) => Renderer::Cpu,
    };
    let clouds = settings::load_cloud_overrides().unwrap_or_else(|error| {
        troubles.push(error.to_string());
        Overrides::none()
    });
    let trial = GpuTrial {
        mark: places.map(Places::gpu_mark),
        circumstances: format!("{} on {}", env!("CARGO_PKG_VERSION"), graphics::describe()),
        start_over: start_over(&wanted.vault, arguments.profile.as_deref()),
    };
    let start = Start {
        vault_file: wanted.file,
        clouds,
        reminders: reminder::Places::of_account(),
        vault_path: wanted.vault,
        settings,
        settings_path: places.map(Places::settings),
        settings_trouble: (!troubles.is_empty()).then(|| troubles.join(" ")),
        portable_folder: places.and_then(Places::portable_folder).map(Path::to_owned),
        show_profile: arguments.profile,
        now: wall_clock::now(),
        local: LocalTime::of_this_computer(),
        new_id: Uuid::new_v4,
    };
    let options = WindowOptions {
        title: NAME.to_owned(),
        size: [1180.0, 760.0],
        min_size: [800.0, 560.0],
        renderer,
        icon: Some(Icon::product()),
        place: places.and_then(|places| Placement::load(&places.window())),
        keep_place_in: places.map(Places::window),
    };
    let make = move |ctx: &egui::Context| {
        let app = App::new(ctx, start, wall_clock::now);
        Box::new(match first {
            Some(instance) => app.as_first(instance),
            None => app,
        }) as Box<dyn WindowApp>
    };
    match hosts::run(options, trial, Box::new(make)) {
        Ok(()) => ExitCode::SUCCESS,
        // `run` has already shown the person why.
        Err(_) => ExitCode::FAILURE,
    }
}

/// Leaves a graphics driver that hangs: starts the program again without it. Nothing is typed before the first picture.
fn start_over(vault: &Path, profile: Option<&str>) -> StartOver {
    let word = |option: &str, value: &Path| {
        let mut word = OsString::from(option);
        word.push(value);
        word
    };
    let mut words = vec![word("--vault=", vault), OsString::from("--renderer=cpu")];
    words.extend(profile.map(|name| word("--profile=", Path::new(name))));
    Box::new(move || {
        let started = std::env::current_exe().and_then(|program| Command::new(program).args(words).spawn());
        if let Err(error) = started {
            let text = format!(
                "The graphics driver is not responding, and the app could not be restarted without it ({error}). Start \
                 it with --renderer cpu."
            );
            message_box::show_error(NAME, &text);
        }
        termination::end_now(1)
    })
}

/// The check with the app closed. What went wrong goes to the system's log; it is tried again with the next check.
fn remind(settings: &Settings) -> ExitCode {
    let Some(places) = reminder::Places::of_account() else { return ExitCode::from(3) };
    let troubles = this_account::remind(&places, settings, this_account::PATIENCE);
    for trouble in &troubles {
        eprintln!("{}", visible_line(trouble));
    }
    if troubles.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(3) }
}

/// What a click on a notification asks for.
fn followed(link: &str) -> Next {
    let Some(places) = reminder::Places::of_account() else { return Next::Open(None) };
    this_account::follow_link(&places, link).unwrap_or_else(|trouble| {
        message_box::show_error(NAME, &trouble);
        Next::Nothing
    })
}

/// Shows what the command line got wrong, or the help it asked for: on the terminal, or in a box where there is none.
fn explain(error: &clap::Error) -> ExitCode {
    let text = error.render().to_string();
    let text = visible(&text);
    // Goes nowhere when there is no terminal, and then the box says it.
    let _ = match error.use_stderr() {
        true => io::stderr().write_all(text.as_bytes()),
        false => io::stdout().write_all(text.as_bytes()),
    };
    if cfg!(windows) {
        message_box::show_error(NAME, &text);
    }
    ExitCode::from(if error.use_stderr() { 2 } else { 0 })
}
