//! The desktop app's start: reads the command line and the settings, opens the window.
#![windows_subsystem = "windows"]

use std::{path::PathBuf, process::ExitCode};

use a365_password_tool::{
    app::{
        App,
        state::{Start, VaultFile},
    },
    cloud::Overrides,
    platform::{
        message_box, process_hardening,
        single_instance::{self, Started},
        termination,
        wiping_allocator::WipingAllocator,
    },
    reminder::{Places, background_check::Next, this_account},
    settings::{self, RendererChoice, Settings},
    window::{self, Icon, Renderer, WindowApp, WindowOptions},
};
use chrono::Utc;
use clap::{Parser, ValueEnum};
use uuid::Uuid;

#[global_allocator]
static ALLOCATOR: WipingAllocator = WipingAllocator;

/// Builds, tests and keeps the Dataverse connection strings of Anywhere365's CRM Service.
#[derive(Parser)]
#[command(name = "a365-password-tool", version)]
struct Arguments {
    /// The vault to open, instead of the one opened last.
    #[arg(long, value_name = "PATH")]
    vault: Option<PathBuf>,
    /// The profile to show once the vault is unlocked.
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Who draws the window, instead of what the settings say.
    #[arg(long, value_enum)]
    renderer: Option<RendererArgument>,
    /// Tell about secrets that lapse soon and end, without a window. For the start at sign-in and every day.
    #[arg(long, conflicts_with_all = ["vault", "profile", "renderer"])]
    remind: bool,
    /// Do what a notification's link asks for.
    #[arg(long, hide = true, value_name = "LINK", conflicts_with_all = ["vault", "profile", "remind"])]
    link: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum RendererArgument {
    /// The processor: works in every session.
    Cpu,
    /// The graphics card, for very large screens.
    Gpu,
}

fn main() -> ExitCode {
    let mut arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return explain(&error),
    };
    termination::listen();
    // One wall less when it fails, and no reason to stop.
    let _ = process_hardening::keep_memory_out_of_crash_dumps();
    let settings_path = settings::default_settings_path();
    let (settings, warnings) = match &settings_path {
        Some(path) => Settings::load(path),
        None => (Settings::default(), Vec::new()),
    };
    if arguments.remind {
        return remind(&settings);
    }
    if let Some(link) = &arguments.link {
        match followed(link) {
            Next::Open(at) => (arguments.vault, arguments.profile) = at.map(|at| (at.vault, at.profile)).unzip(),
            Next::PutOff(_) | Next::Nothing => return ExitCode::SUCCESS,
        }
    }
    let Some(vault_path) =
        arguments.vault.or_else(|| settings.vault_path.clone()).or_else(settings::default_vault_path)
    else {
        message_box::show_error(
            "A365 Password Tool",
            "This account has no folder for documents or app data, so there is no place for a vault. Start the app with \
             --vault and the path of the file to use.",
        );
        return ExitCode::FAILURE;
    };
    let profile = arguments.profile.as_deref().unwrap_or_default();
    let first = match single_instance::start(&vault_path, profile.as_bytes()) {
        Started::Again => return ExitCode::SUCCESS,
        Started::First(instance) => Some(instance),
        Started::Unknown => None,
    };
    let renderer = match (arguments.renderer, &settings.renderer) {
        (Some(RendererArgument::Gpu), _) | (None, RendererChoice::Gpu) => Renderer::Gpu,
        (Some(RendererArgument::Cpu), _) | (None, RendererChoice::Cpu) => Renderer::Cpu,
    };
    let mut troubles: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    let clouds = settings::load_cloud_overrides().unwrap_or_else(|error| {
        troubles.push(error.to_string());
        Overrides::none()
    });
    let settings_trouble = (!troubles.is_empty()).then(|| troubles.join(" "));
    let was_opened_before = settings.vault_path.as_ref() == Some(&vault_path);
    let vault_file = match (vault_path.is_file(), was_opened_before) {
        (true, _) => VaultFile::There,
        (false, true) => VaultFile::Gone,
        (false, false) => VaultFile::NotYet,
    };
    let start = Start {
        vault_file,
        clouds,
        reminders: Places::of_account(),
        vault_path,
        settings,
        settings_path,
        settings_trouble,
        show_profile: arguments.profile,
        now: Utc::now(),
        new_id: Uuid::new_v4,
    };
    let options = WindowOptions {
        title: "A365 Password Tool".to_owned(),
        size: [1180.0, 760.0],
        min_size: [800.0, 560.0],
        renderer,
        icon: Some(Icon::product()),
    };
    let make = move |ctx: &egui::Context| {
        let app = App::new(ctx, start, Utc::now);
        Box::new(match first {
            Some(instance) => app.as_first(instance),
            None => app,
        }) as Box<dyn WindowApp>
    };
    match window::run(options, Box::new(make)) {
        Ok(()) => ExitCode::SUCCESS,
        // `run` has already told the person why.
        Err(_) => ExitCode::FAILURE,
    }
}

/// The check with the app closed. What went wrong goes to the system's log; it is tried again with the next check.
fn remind(settings: &Settings) -> ExitCode {
    let Some(places) = Places::of_account() else { return ExitCode::from(3) };
    let troubles = this_account::remind(&places, settings, this_account::PATIENCE);
    for trouble in &troubles {
        eprintln!("{trouble}");
    }
    if troubles.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(3) }
}

/// What a click on a notification asks for.
fn followed(link: &str) -> Next {
    let Some(places) = Places::of_account() else { return Next::Open(None) };
    this_account::follow_link(&places, link).unwrap_or_else(|trouble| {
        message_box::show_error("A365 Password Tool", &trouble);
        Next::Nothing
    })
}

/// Shows what the command line got wrong, or the help it asked for: on the terminal, or in a box where there is none.
fn explain(error: &clap::Error) -> ExitCode {
    // Goes nowhere when there is no terminal, and then the box says it.
    let _ = error.print();
    if cfg!(windows) {
        message_box::show_error("A365 Password Tool", &error.to_string());
    }
    ExitCode::from(if error.use_stderr() { 2 } else { 0 })
}
