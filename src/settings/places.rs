//! Where this program keeps its files: with the account, or all of them beside the program (portable).
//!
//! In: the program's own path and the folders that the system gives this account. Out: [`Places`], the one answer that
//! window and command line share. A portable program writes nothing elsewhere on its own.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use directories::{BaseDirs, ProjectDirs};

use crate::platform::file_system;

/// The file beside the program that makes it portable. What is in it does not matter.
pub const PORTABLE_FILE: &str = "portable.toml";
/// The folder beside the program in which a portable one keeps everything.
pub const PORTABLE_FOLDER: &str = "data";

const SETTINGS: &str = "settings.toml";
const VAULT: &str = "profiles.a365vault";
const VAULT_ENDING: &str = "a365vault";
const REPORTS: &str = "reports";
const WINDOW: &str = "window.toml";
const GPU_MARK: &str = "gpu.trying";

/// Whom the files belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeper {
    /// The account that runs the program.
    Account,
    /// The folder that the program is in, wherever that is carried.
    Program,
}

/// The folders of this program's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    keeper: Keeper,
    /// Settings.
    config: PathBuf,
    /// Vaults: follows the account to other computers where there are roaming profiles.
    data: PathBuf,
    /// What belongs to this computer.
    local: PathBuf,
}

/// A portable program in a folder that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error(
    "This is the portable program, and it cannot write to {folder} ({cause}). Settings, a new vault and reminders \
     cannot be saved there. Move the program's folder to a place where you can write, or remove {mark} and the folder \
     “{data}” next to the program to store everything with your account.",
    folder = .folder.display(), mark = PORTABLE_FILE, data = PORTABLE_FOLDER
)]
pub struct NotWritable {
    /// The folder beside the program.
    pub folder: PathBuf,
    /// The system's words.
    #[source]
    pub cause: io::Error,
}

impl Places {
    /// Those of the running program, found once. `None` for an account without a home whose program is not portable.
    pub fn of_this_program() -> Option<&'static Places> {
        static PLACES: OnceLock<Option<Places>> = OnceLock::new();
        let find = || match std::env::current_exe().ok().and_then(|program| portable_folder(&program)) {
            Some(folder) => Some(Places::portable(&folder)),
            None => Places::of_account(),
        };
        PLACES.get_or_init(find).as_ref()
    }

    /// Everything in `folder`.
    pub fn portable(folder: &Path) -> Places {
        let folder = folder.to_owned();
        Places { keeper: Keeper::Program, config: folder.clone(), data: folder.clone(), local: folder }
    }

    fn of_account() -> Option<Places> {
        let folders = ProjectDirs::from("", "", "A365 Password Tool")?;
        Some(Places {
            keeper: Keeper::Account,
            config: folders.config_dir().to_owned(),
            data: folders.data_dir().to_owned(),
            local: folders.data_local_dir().to_owned(),
        })
    }

    /// Whom the files belong to.
    pub fn keeper(&self) -> Keeper {
        self.keeper
    }

    /// The one folder of a portable program.
    pub fn portable_folder(&self) -> Option<&Path> {
        (self.keeper == Keeper::Program).then_some(&*self.data)
    }

    /// The settings.
    pub fn settings(&self) -> PathBuf {
        self.config.join(SETTINGS)
    }

    /// The vault, when nobody chose another place.
    pub fn default_vault(&self) -> PathBuf {
        self.data.join(VAULT)
    }

    /// The vault to open when the command line names none: the one in the settings, else the default. A portable program
    /// that was carried to another drive finds the vault in its own folder, whatever drive the settings name.
    pub fn vault_to_open(&self, in_settings: Option<&Path>) -> PathBuf {
        let Some(chosen) = in_settings else { return self.default_vault() };
        let carried = match (self.keeper, chosen.file_name()) {
            (Keeper::Program, Some(name)) if !chosen.exists() => Some(self.data.join(name)),
            _ => None,
        };
        carried.filter(|vault| vault.is_file()).unwrap_or_else(|| chosen.to_owned())
    }

    /// What belongs to this computer, such as what the reminders know.
    pub fn local(&self) -> &Path {
        &self.local
    }

    /// Where a second start finds the first, on Windows: a folder that only this account can write. A portable program's
    /// own may lie on a share or a stick, so the account's temporary files serve.
    pub fn meeting_place(&self) -> PathBuf {
        let temporary =
            || BaseDirs::new().map(|folders| folders.data_local_dir().join("Temp").join("A365 Password Tool"));
        match self.keeper {
            Keeper::Account => self.local.clone(),
            Keeper::Program => temporary().unwrap_or_else(std::env::temp_dir),
        }
    }

    /// Reports of faults in the program itself.
    pub fn reports(&self) -> PathBuf {
        self.local.join(REPORTS)
    }

    /// Where the window was.
    pub fn window(&self) -> PathBuf {
        self.local.join(WINDOW)
    }

    /// The mark that the graphics card is being tried.
    pub fn gpu_mark(&self) -> PathBuf {
        self.local.join(GPU_MARK)
    }

    /// Makes a portable program's folder, and tries whether it can be written. With the account, nothing is done here:
    /// each file's own error says what is wrong.
    pub fn prepare(&self) -> Result<(), NotWritable> {
        if self.keeper == Keeper::Account {
            return Ok(());
        }
        let tried = file_system::create_own_folder(&self.data).and_then(|()| tempfile::tempfile_in(&self.data));
        tried.map(drop).map_err(|cause| NotWritable { folder: self.data.clone(), cause })
    }
}

/// The folder in which the program at `program` keeps everything, if it is portable: `portable.toml` is beside it, or
/// the folder `data`, empty or with files of ours. (A program that lies in a download folder is not made portable by
/// somebody else's folder of that name.)
fn portable_folder(program: &Path) -> Option<PathBuf> {
    let beside = program.parent()?;
    let folder = beside.join(PORTABLE_FOLDER);
    (beside.join(PORTABLE_FILE).is_file() || is_ours(&folder)).then_some(folder)
}

fn is_ours(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return false };
    let mut names = entries.flatten().map(|entry| PathBuf::from(entry.file_name())).peekable();
    let ours = |name: PathBuf| {
        name.extension().is_some_and(|ending| ending == VAULT_ENDING)
            || [SETTINGS, REPORTS, WINDOW].iter().any(|known| name == Path::new(known))
    };
    names.peek().is_none() || names.any(ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program_beside(names: &[&str]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        for name in names {
            let path = folder.path().join(name);
            match name.strip_suffix('/') {
                Some(_) => fs::create_dir_all(path).expect("a folder"),
                None => fs::write(path, "not even TOML = =").expect("a file"),
            }
        }
        let program = folder.path().join("a365-password-tool.exe");
        (folder, program)
    }

    #[test]
    fn a_file_or_a_folder_beside_the_program_makes_it_portable() {
        let cases: [(&[&str], bool); 8] = [
            (&[], false),
            (&["portable.toml"], true),
            (&["portable.toml/"], false),
            (&["data/"], true),
            (&["data"], false),
            (&["data/", "data/contoso.a365vault"], true),
            (&["data/", "data/settings.toml", "data/else.txt"], true),
            (&["data/", "data/holiday.jpg"], false),
        ];
        for (names, portable) in cases {
            let (folder, program) = program_beside(names);
            let expected = portable.then(|| folder.path().join("data"));
            assert_eq!(portable_folder(&program), expected, "{names:?}");
        }
    }

    #[test]
    fn all_of_a_portable_programs_files_are_in_its_folder() {
        let places = Places::portable(Path::new("stick/data"));
        let local = places.local().to_owned();
        let all = [places.settings(), places.default_vault(), places.reports(), places.window(), local];
        assert!(all.iter().all(|path| path.starts_with("stick/data")), "{all:?}");
        assert_eq!(places.portable_folder(), Some(Path::new("stick/data")));
    }

    #[test]
    fn a_portable_program_finds_its_vault_on_another_drive() {
        let (folder, _) = program_beside(&["data/", "data/team.a365vault"]);
        let places = Places::portable(&folder.path().join("data"));
        let there = folder.path().join("data/team.a365vault");
        assert_eq!(places.vault_to_open(Some(Path::new("elsewhere/data/team.a365vault"))), there);
        // One that is nowhere is named as it was chosen, so that a person reads the path they know.
        let gone = Path::new("elsewhere/other.a365vault");
        assert_eq!(places.vault_to_open(Some(gone)), gone);
        assert_eq!(places.vault_to_open(None), folder.path().join("data/profiles.a365vault"));
        let of_account = Places { keeper: Keeper::Account, ..places };
        let chosen = Path::new("elsewhere/team.a365vault");
        assert_eq!(of_account.vault_to_open(Some(chosen)), chosen);
    }

    #[test]
    fn a_portable_folder_is_made_and_one_that_cannot_be_is_told() {
        let (folder, program) = program_beside(&["portable.toml"]);
        let places = Places::portable(&portable_folder(&program).expect("portable"));
        places.prepare().expect("a folder");
        assert!(folder.path().join("data").is_dir());
        // A file is in the way: refused for administrators too, unlike missing rights.
        let (_folder, program) = program_beside(&["portable.toml", "data"]);
        let places = Places::portable(&portable_folder(&program).expect("portable"));
        let told = places.prepare().expect_err("a file is there").to_string();
        assert!(told.contains("portable program") && told.contains("Move the program's folder"), "{told}");
    }
}
