//! Profiles from other programs' files: what the page shows of them, what is asked, and the one save at the end.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use a365_password_tool::{
    app::{
        state::{AppState, Command, ImportCommand, Page, Screen},
        tasks::{
            Answer, Change, Edit, FileDialogRequest, ImportAnswers, ImportRequest, ImportSource, KeyFile,
            NetworkRequest, ProfileEdit, ReadFile, Refusal, RefusalCause, Request, Tasks, VaultFileRequest,
            VaultRequest,
        },
    },
    cloud::Overrides,
    profile::{ClientSecret, Profile, SecretText},
    vault::{Credential, KdfParameters, Trust, Vault},
};
use egui::{Event, Key, Theme, accesskit::Role, vec2};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::harness::{
    Window, answer, click, edited, entra_secret, fill, opened, press, profile, requests, says, several, small, window,
};

const OTHER_ID: &str = "22223333-bbbb-4444-cccc-5555dddd6666";

/// What the background answers to a request about files, where `bytes` are in every file.
fn read(request: Request, bytes: &[u8]) -> Answer {
    let (ticket, source, answers) = match request {
        Request::Import(ImportRequest::Open(ticket, path, _)) => {
            (ticket, Arc::new(ImportSource::of_file(&path, bytes.to_vec())), Box::new(ImportAnswers::default()))
        }
        Request::Import(ImportRequest::Read(ticket, source, answers, _)) => (ticket, source, answers),
        _ => panic!("a file is to be read"),
    };
    let import = source.read(&answers, &Overrides::none());
    Answer::ImportRead(ticket, Box::new(ReadFile { source: Some(source), import }))
}

/// The background reads what was asked of it, until nothing is asked any more.
fn let_it_read(window: &mut Window, bytes: &[u8]) {
    let mut asked = requests(window);
    while let Some(request) = asked.pop() {
        answer(window, read(request, bytes));
        asked.extend(requests(window));
    }
}

/// A window in which a person has chosen this file, and it is read.
fn with_file(profiles: Vec<Profile>, name: &str, bytes: &[u8]) -> Window {
    let way_in = if profiles.is_empty() { "Import from a file…" } else { "Import…" };
    let mut window = small(opened(profiles));
    press(&mut window, way_in);
    assert!(matches!(requests(&mut window).as_slice(), [Request::FileDialog(FileDialogRequest::FilesToImport)]));
    answer(&mut window, Answer::FilesToImport(vec![Path::new("/home/ada").join(name)]));
    let_it_read(&mut window, bytes);
    window
}

/// Adventure Works as it is in the vault, Contoso production with another secret, Fabrikam with the date that it lacks, and a new one.
fn four() -> String {
    let id = "11112222-aaaa-3333-bbbb-4444cccc5555";
    let secret = entra_secret();
    let other = secret.replace('w', "v");
    format!(
        "Name,URL,Client ID,Secret,Expires\n\
         Adventure Works,https://adventure-works.crm4.dynamics.com,{id},{secret},2027-10-31\n\
         Contoso production,https://contoso-production.crm4.dynamics.com,{id},{other},2026-12-03\n\
         Fabrikam,https://fabrikam.crm4.dynamics.com,{id},{secret},2028-01-31\n\
         Litware,https://litware.crm4.dynamics.com,{OTHER_ID},{other},2028-02-29\n\
         Sum,,,,\n"
    )
}

/// The row of an entry: its name begins so.
fn row(window: &Window, name: &str) -> String {
    let begins = format!("{name}, ");
    let node = window
        .query_all_by(move |node| {
            node.role() == Role::CheckBox && node.label().is_some_and(|it| it.starts_with(&begins))
        })
        .next();
    node.and_then(|node| node.accesskit_node().label()).unwrap_or_else(|| panic!("no row {name}"))
}

fn tick(window: &mut Window, name: &'static str) {
    let begins = format!("{name}, ");
    window
        .get_by(move |node| node.role() == Role::CheckBox && node.label().is_some_and(|it| it.starts_with(&begins)))
        .click_accesskit();
    window.run();
}

/// What the vault was asked to save: the profiles with those that they were, and the files' names.
fn saved(window: &mut Window) -> (Vec<ProfileEdit>, String) {
    let asked = requests(window);
    match asked.into_iter().next() {
        Some(Request::Vault(VaultRequest::ImportProfiles(edits, files))) => (edits, files),
        _ => panic!("one save of an import"),
    }
}

fn put(edits: &[ProfileEdit]) -> Vec<(&Profile, Option<&Profile>)> {
    let put = edits.iter().map(|edit| match edit {
        ProfileEdit::Put { profile, base } => (&**profile, base.as_deref()),
        ProfileEdit::Remove(_) => panic!("nothing is deleted"),
    });
    put.collect()
}

#[test]
fn a_table_is_shown_before_it_is_saved_in_one_go_and_undone_in_one_step() {
    let mut window = with_file(several(), "contoso.csv", four().as_bytes());
    assert!(says(&window, "Import from contoso.csv (CSV)"));
    assert!(says(&window, "1 new, 1 to update, 1 conflict, 1 unchanged, 1 left out."));
    assert!(row(&window, "Adventure Works").contains("Unchanged"));
    assert!(row(&window, "Contoso production").contains("Conflict"));
    assert!(row(&window, "Fabrikam").contains("Update"));
    let litware = row(&window, "Litware");
    assert!(
        litware.contains("New, litware.crm4.dynamics.com, client secret present, expires 29 Feb 2028"),
        "{litware}"
    );
    assert!(requests(&mut window).is_empty(), "nothing is saved before the button");
    press(&mut window, "Import 2 profiles");
    let (edits, files) = saved(&mut window);
    assert_eq!(files, "contoso.csv");
    let names: Vec<_> = put(&edits).iter().map(|(profile, base)| (profile.name.clone(), base.is_some())).collect();
    assert_eq!(names, [("Litware".to_owned(), false), ("Fabrikam".to_owned(), true)]);
    let after = edited(&mut window, several(), &edits, Edit::Done);
    assert_eq!(after.len(), 7);
    assert!(says(&window, "Imported 2 profiles from contoso.csv."));
    assert!(says(&window, "From contoso.csv: 1 new profile, 1 profile updated."));
    click(&mut window, "Undo");
    let asked = requests(&mut window);
    let [Request::Vault(VaultRequest::EditProfiles(back, Edit::Undone))] = asked.as_slice() else {
        panic!("one step back")
    };
    let before = edited(&mut window, after, back, Edit::Undone);
    let names =
        |profiles: &[Profile]| profiles.iter().map(|it| (it.name.clone(), it.secret_expires)).collect::<Vec<_>>();
    assert_eq!(names(&before), names(&several()));
    assert!(says(&window, "Import of 2 profiles undone."));
    assert!(says(&window, "Choose a profile on the left"));
}

#[test]
fn what_came_in_is_tested_and_the_file_is_deleted_after_a_question() {
    let mut window = with_file(several(), "contoso.csv", four().as_bytes());
    press(&mut window, "Import 2 profiles");
    let (edits, _) = saved(&mut window);
    edited(&mut window, several(), &edits, Edit::Done);
    assert!(says(&window, "contoso.csv contains 4 client secrets that anyone who has the file can read."));
    press(&mut window, "Delete the file…");
    assert!(says(&window, "Delete contoso.csv?") && says(&window, "synchronized folders"));
    assert!(requests(&mut window).is_empty());
    press(&mut window, "Delete file");
    let asked = requests(&mut window);
    let path = PathBuf::from("/home/ada/contoso.csv");
    assert!(matches!(asked.as_slice(), [Request::Import(ImportRequest::Delete(it))] if *it == path));
    answer(&mut window, Answer::ImportedFileDeleted(path, Ok(())));
    assert!(says(&window, "Deleted contoso.csv.") && !says(&window, "anyone who has the file"));
    press(&mut window, "Test imported profiles");
    let asked = requests(&mut window);
    let Some(Request::Network(NetworkRequest::CheckMany(_, tested, _))) = asked.first() else { panic!("a test") };
    let names: Vec<&str> = tested.iter().map(|request| request.name.as_str()).collect();
    assert_eq!(names, ["Fabrikam", "Litware"]);
    assert_eq!(window.state().state.open_vault().map(|vault| vault.page), Some(Page::TestAll));
}

#[test]
fn a_row_that_is_not_ticked_stays_out_and_a_conflict_is_decided_beside_both_sides() {
    let mut window = with_file(several(), "contoso.csv", four().as_bytes());
    tick(&mut window, "Litware");
    assert!(row(&window, "Litware").contains("Left out"));
    assert!(says(&window, "1 to update, 1 conflict, 1 unchanged, 2 left out."));
    click(&mut window, "Details of Contoso production");
    assert!(says(&window, "In the vault") && says(&window, "different"));
    let other = entra_secret().replace('w', "v");
    assert!(!says(&window, &other), "a secret is shown only to those who ask");
    click(&mut window, "Show");
    assert!(says(&window, &other));
    window.get_by_label("Update the profile").scroll_to_me();
    window.run();
    click(&mut window, "Update the profile");
    assert!(row(&window, "Contoso production").contains("Update"));
    press(&mut window, "Import 2 profiles");
    let (edits, _) = saved(&mut window);
    let put = put(&edits);
    assert_eq!(
        put.iter().map(|(profile, _)| profile.name.as_str()).collect::<Vec<_>>(),
        ["Contoso production", "Fabrikam"]
    );
    assert_eq!(put[0].0.client_secret, ClientSecret::parse(&other).ok());
    assert_eq!(put[0].1.map(|base| &base.client_secret), Some(&several()[1].client_secret));
}

#[test]
fn one_answer_holds_for_all_that_are_there_and_tags_go_to_all() {
    let mut window = with_file(several(), "contoso.csv", four().as_bytes());
    fill(&mut window, "Tags for all", "from Contoso");
    choose(&mut window, "Already in the vault", "Import as a copy");
    assert!(says(&window, "3 new, 1 unchanged, 1 left out."));
    assert!(row(&window, "Contoso production (2)").contains("New"));
    press(&mut window, "Import 3 profiles");
    let (edits, _) = saved(&mut window);
    assert!(put(&edits).iter().all(|(profile, base)| base.is_none() && profile.tags == ["from Contoso"]));
}

/// Opens a list of choices and takes one.
fn choose(window: &mut Window, list: &str, choice: &str) {
    window.get_by_role_and_label(Role::ComboBox, list).click();
    window.run();
    window.get_all_by_label(choice).last().expect("a choice").click();
    window.run();
}

#[test]
fn dates_that_can_be_read_in_two_ways_are_asked_about() {
    let table = format!("Name;URL;Client ID;Expires\nA;https://a.crm4.dynamics.com;{OTHER_ID};5/6/2027\n");
    let mut window = with_file(Vec::new(), "dates.csv", table.as_bytes());
    assert!(says(&window, "Which comes first in 5/6/2027?"));
    assert!(!row(&window, "A").contains("expires"));
    click(&mut window, "The day (5 June 2027)");
    let_it_read(&mut window, b"");
    assert!(row(&window, "A").contains("expires 5 Jun 2027"), "{}", row(&window, "A"));
    click(&mut window, "The month (6 May 2027)");
    let_it_read(&mut window, b"");
    assert!(row(&window, "A").contains("expires 6 May 2027"), "an answer can be changed");
}

#[test]
fn secrets_in_the_form_of_a_guid_are_taken_for_who_says_so() {
    let guid = "99990000-dddd-4444-aaaa-8888bbbb7777";
    let table = format!("Name;URL;Client ID;Secret\nA;https://a.crm4.dynamics.com;{OTHER_ID};{guid}\n");
    let mut window = with_file(Vec::new(), "old.csv", table.as_bytes());
    assert!(says(&window, "1 client secret looks like a Secret ID and is left out."));
    assert!(!row(&window, "A").contains("client secret present"), "{}", row(&window, "A"));
    let text = "Import anyway (HashiCorp Vault and old versions of the Azure CLI create such secrets)";
    click(&mut window, text);
    let_it_read(&mut window, b"");
    assert!(row(&window, "A").contains("client secret present"), "{}", row(&window, "A"));
    click(&mut window, text);
    let_it_read(&mut window, b"");
    assert!(!row(&window, "A").contains("client secret present"), "an answer can be changed");
}

#[test]
fn columns_without_a_known_heading_are_guessed_and_can_be_chosen() {
    let table = format!("Wer;Wo;Wie\nContoso;https://contoso.crm4.dynamics.com;{OTHER_ID}\n");
    let mut window = with_file(Vec::new(), "table.csv", table.as_bytes());
    assert!(says(&window, "Check which column holds what."));
    assert!(row(&window, "Contoso").contains("contoso.crm4.dynamics.com"));
    choose(&mut window, "Name", "Not in the file");
    let_it_read(&mut window, b"");
    assert!(row(&window, "contoso").contains("New"), "a name is made of the address");
}

#[test]
fn a_database_asks_for_its_password_and_says_when_it_is_wrong() {
    let bytes = database("right");
    let mut window = with_file(Vec::new(), "team.kdbx", &bytes);
    assert!(says(&window, "team.kdbx is protected with a password"));
    assert!(window.get_by_label("Password").is_focused());
    fill(&mut window, "Password", "wrong");
    press(&mut window, "Open database");
    let asked = requests(&mut window).pop().expect("it is opened");
    assert!(says(&window, "Opening…"));
    answer(&mut window, read(asked, b""));
    assert!(says(&window, "The database could not be opened."));
    window.get_by_label("Password").focus();
    window.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    window.run();
    fill(&mut window, "Password", "right");
    window.key_press(Key::Enter);
    window.run();
    let_it_read(&mut window, b"");
    assert!(says(&window, "Import from team.kdbx (KeePass database)"));
    assert!(row(&window, "Contoso").contains("client secret present"));
}

/// A database with one entry that opens at once with this password.
fn database(password: &str) -> Vec<u8> {
    use a365_password_tool::exchange::export::{Options, Secrets, Target, write};
    let password = a365_password_tool::profile::SecretText::from(password);
    let profile = profile(1, "Contoso", "2028-01-01", None);
    let options = Options {
        secrets: Secrets::Included,
        password: Some(&password),
        now: crate::harness::today(),
        local_midnight: &|day| day.and_time(chrono::NaiveTime::MIN).and_utc(),
    };
    write(Target::Kdbx, &[&profile], &options).expect("a database").bytes.to_vec()
}

#[test]
fn a_database_with_a_key_file_opens_with_both() {
    use keepass::{Database, DatabaseKey, config::DatabaseConfig, config::KdfConfig};
    let folder = tempfile::tempdir().expect("a folder");
    let (key_file, key) = (folder.path().join("team.key"), uuid::Uuid::new_v4().simple().to_string().repeat(2));
    std::fs::write(&key_file, &key).expect("the key file");
    let mut config = DatabaseConfig::default();
    config.kdf_config = KdfConfig::Aes { rounds: 1 };
    let mut database = Database::with_config(config);
    let mut root = database.root_mut();
    let mut entry = root.add_entry();
    for (name, value) in [("Title", "Contoso"), ("UserName", OTHER_ID), ("URL", "https://contoso.crm4.dynamics.com")] {
        entry.set_unprotected(name, value);
    }
    let mut bytes = Vec::new();
    let both = DatabaseKey::new().with_password("right").with_keyfile(&mut key.as_bytes()).expect("a key");
    database.save(&mut bytes, both).expect("a database");
    let mut window = with_file(Vec::new(), "team.kdbx", &bytes);
    fill(&mut window, "Password", "right");
    press(&mut window, "Choose…");
    let Some(Request::FileDialog(FileDialogRequest::KeyFile(ticket))) = requests(&mut window).pop() else {
        panic!("a key file is asked for")
    };
    answer(&mut window, Answer::KeyFileChosen(ticket, Err("The key file could not be read.".to_owned())));
    assert!(says(&window, "The key file could not be read."));
    press(&mut window, "Choose…");
    requests(&mut window);
    answer(&mut window, Answer::KeyFileChosen(ticket, KeyFile::open(&key_file).map(Some)));
    assert!(says(&window, "team.key"));
    press(&mut window, "Open database");
    let_it_read(&mut window, b"");
    assert!(row(&window, "Contoso").contains("client secret none"));
}

/// A spreadsheet of OpenDocument with these sheets, each with one connection of that name.
fn spreadsheet(sheets: &[&str]) -> Vec<u8> {
    let cell = |text: &str| format!("<t:table-cell><x:p>{text}</x:p></t:table-cell>");
    let row = |texts: [&str; 3]| format!("<t:table-row>{}</t:table-row>", texts.map(cell).concat());
    let tables = sheets.iter().map(|name| {
        let url = format!("https://{}.crm4.dynamics.com", name.to_lowercase());
        format!(
            "<t:table t:name=\"{name}\">{}{}</t:table>",
            row(["Name", "URL", "Client ID"]),
            row([name, &url, OTHER_ID])
        )
    });
    let content = format!("<d xmlns:t=\"t\" xmlns:o=\"o\" xmlns:x=\"x\">{}</d>", tables.collect::<String>());
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in [("mimetype", "x"), ("content.xml", content.as_str())] {
        let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        writer.start_file(name, stored).expect("a file");
        std::io::Write::write_all(&mut writer, text.as_bytes()).expect("its bytes");
    }
    writer.finish().expect("a zip").into_inner()
}

#[test]
fn a_workbook_with_several_sheets_asks_which() {
    let mut window = with_file(Vec::new(), "customers.ods", &spreadsheet(&["Contoso", "Fabrikam"]));
    assert!(says(&window, "Several sheets hold connections. Choose one."));
    assert!(window.get_by_role_and_label(Role::Button, "Import").accesskit_node().is_disabled());
    choose(&mut window, "Sheet", "Fabrikam");
    let_it_read(&mut window, b"");
    assert!(row(&window, "Fabrikam").contains("New"));
    choose(&mut window, "Sheet", "Contoso");
    let_it_read(&mut window, b"");
    assert!(row(&window, "Contoso").contains("New"), "an answer can be changed");
}

#[test]
fn expiry_dates_go_to_the_profiles_of_their_apps() {
    let id = |n: u32| format!("0000000{n}-aaaa-3333-bbbb-4444cccc5555");
    let mut there = [profile(1, "Dated", "2027-10-31", None), profile(2, "Undated", "", None)];
    for (n, profile) in (1..).zip(&mut there) {
        profile.client_id = a365_password_tool::profile::ClientId::parse(&id(n)).ok();
    }
    let table = format!(
        "ApplicationName,ApplicationID,Secret Name,Secret End Date\nD,{},s,2028-01-31\nU,{},s,2028-02-28\nX,{},s,2028-03-31\n",
        id(1),
        id(2),
        id(3)
    );
    let mut window = with_file(there.to_vec(), "secrets.csv", table.as_bytes());
    assert!(says(&window, "1 to update, 1 conflict, 1 left out."));
    assert!(row(&window, "Dated").contains("Conflict, expiry date only"));
    click(&mut window, "1 entry was left out");
    assert!(says(&window, &format!("{}: no profile has this client ID.", id(3))));
    tick(&mut window, "Dated");
    press(&mut window, "Import 2 profiles");
    let (edits, _) = saved(&mut window);
    let dates: Vec<_> =
        put(&edits).iter().map(|(profile, _)| profile.secret_expires.map(|day| day.to_string())).collect();
    assert_eq!(dates, [Some("2028-01-31".to_owned()), Some("2028-02-28".to_owned())]);
}

#[test]
fn folders_become_tags_only_while_that_is_ticked() {
    let table = format!(
        "\"Group\",\"Title\",\"Username\",\"Password\",\"URL\",\"Notes\"\n\"Customers\",\"A\",\"{OTHER_ID}\",\"pw\",\"https://a.crm4.dynamics.com\",\"\"\n"
    );
    for (clicks, tags) in [(0, &[][..]), (1, &["Customers".to_owned()][..]), (2, &[])] {
        let mut window = with_file(several(), "keepassxc.csv", table.as_bytes());
        for _ in 0..clicks {
            click(&mut window, "Use folders and groups as tags");
        }
        press(&mut window, "Import 1 profile");
        let (edits, _) = saved(&mut window);
        assert_eq!(put(&edits)[0].0.tags, tags, "{clicks} clicks");
    }
}

#[test]
fn a_file_of_something_else_is_refused_in_its_own_words() {
    let mut window = with_file(Vec::new(), "letter.txt", b"Dear Ada,\nno connections here.\n");
    assert!(says(&window, "No connections were found in this file."));
    assert!(window.get_by_role_and_label(Role::Button, "Import").accesskit_node().is_disabled());
    click(&mut window, "Choose another file…");
    assert!(matches!(requests(&mut window).as_slice(), [Request::FileDialog(FileDialogRequest::FilesToImport)]));
    press(&mut window, "Cancel");
    assert!(says(&window, "Create your first profile"));
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("the program opens it by its path".to_owned())
    }
}

#[test]
fn files_are_dropped_on_the_window() {
    let mut window = small(opened(several()));
    window.input_mut().hovered_files.push(egui::HoveredFile::default());
    window.run_steps(3);
    assert!(says(&window, "Drop to import"));
    window.input_mut().hovered_files.clear();
    for name in ["one.csv", "letter.txt"] {
        window.input_mut().dropped_files.push(Arc::new(Dropped(name.into())));
    }
    window.run();
    assert!(!says(&window, "Drop to import") && says(&window, "Reading one.csv…"));
    let mut asked = requests(&mut window);
    assert_eq!(asked.len(), 2);
    answer(&mut window, read(asked.pop().expect("the letter"), b"Dear Ada"));
    answer(&mut window, read(asked.pop().expect("the table"), four().as_bytes()));
    assert!(says(&window, "Import from one.csv and letter.txt"));
    assert!(says(&window, "letter.txt: No connections were found"));
    assert!(row(&window, "Litware").contains("New"));
}

#[test]
fn a_table_copied_from_a_spreadsheet_is_pasted_on_the_list() {
    let table = four().replace(',', "\t");
    let mut window = small(opened(several()));
    window.event(Event::Paste(table.clone()));
    window.run();
    assert!(says(&window, "Choose a profile on the left"), "nothing is shown before it is known what it is");
    let_it_read(&mut window, b"");
    assert!(says(&window, "Import from the clipboard (table)"));
    assert!(row(&window, "Litware").contains("New"));
    let one = table.lines().take(2).collect::<Vec<_>>().join("\n");
    let mut window = small(opened(several()));
    window.event(Event::Paste(one));
    window.run();
    let_it_read(&mut window, b"");
    assert!(says(&window, "Import from the clipboard (table)"), "a table of one row is a table");
    // In a field it is a text like any other.
    let mut window = small(opened(several()));
    fill(&mut window, "Search profiles", "");
    window.event(Event::Paste(table));
    window.run();
    assert!(requests(&mut window).is_empty());
    let mut window = small(opened(several()));
    window.event(Event::Paste("Dear Ada,\nsee you.".to_owned()));
    window.run();
    let_it_read(&mut window, b"");
    assert!(says(&window, "the pasted text contains no list of connections"));
    assert_eq!(window.state().state.open_vault().map(|vault| vault.page), Some(Page::Profiles));
}

#[test]
fn what_is_read_after_it_was_cancelled_comes_in_nowhere() {
    let mut window = small(opened(several()));
    window.state_mut().state.handle(Command::Import(ImportCommand::Open(vec!["slow.csv".into()])));
    window.run_steps(3);
    let asked = requests(&mut window).pop().expect("it is read");
    assert!(says(&window, "Reading slow.csv…"));
    window.state_mut().state.handle(Command::Import(ImportCommand::Cancel));
    window.run();
    answer(&mut window, read(asked, four().as_bytes()));
    assert_eq!(window.state().state.open_vault().map(|vault| vault.page), Some(Page::Profiles));
    assert!(!says(&window, "Litware"));
}

#[test]
fn locking_drops_the_import_and_says_so_once() {
    let mut window = with_file(several(), "contoso.csv", four().as_bytes());
    window.state_mut().state.lock_now();
    window.run();
    requests(&mut window);
    assert!(matches!(window.state().state.screen, Screen::Unlock(_)));
    let open = || Answer::VaultOpened("Vaults/contact-centre.a365vault".into(), several().into(), None);
    answer(&mut window, open());
    assert!(says(&window, "The vault locked before anything was imported from contoso.csv. Import it again."));
    assert!(window.state().state.open_vault().expect("open").import.is_none());
    window.state_mut().state.lock_now();
    answer(&mut window, open());
    assert!(!says(&window, "before anything was imported"));
}

#[test]
fn what_the_vault_refuses_can_be_imported_again() {
    let mut window = with_file(several(), "contoso.csv", four().as_bytes());
    press(&mut window, "Import 2 profiles");
    saved(&mut window);
    assert!(window.get_by_role_and_label(Role::Button, "Importing…").accesskit_node().is_disabled());
    let refusal = Refusal { text: "The disk is full.".to_owned(), cause: RefusalCause::Other };
    answer(&mut window, Answer::NotSaved(refusal, Change::Edited(Edit::Done)));
    assert!(says(&window, "Not saved: The disk is full."));
    press(&mut window, "Import 2 profiles");
    saved(&mut window);
}

#[test]
fn what_others_save_meanwhile_is_met_as_it_is_then() {
    let mut window = with_file(several(), "contoso.csv", four().as_bytes());
    let mut now = several();
    now.push(profile(9, "Litware", "2028-02-29", None));
    answer(&mut window, Answer::Profiles(now.into(), Change::Refreshed));
    assert!(row(&window, "Litware").contains("Conflict"), "{}", row(&window, "Litware"));
}

/// The next answer of the real background.
fn next(tasks: &Tasks) -> Answer {
    loop {
        match tasks.answer_within(std::time::Duration::from_secs(60)).expect("an answer within a minute") {
            Answer::Slots(_) | Answer::Conflicts(_) | Answer::Copies(_) => continue,
            answer => return answer,
        }
    }
}

#[test]
fn the_real_background_opens_saves_all_at_once_and_deletes() {
    let folder = tempfile::tempdir().expect("a folder");
    let (table, path) = (folder.path().join("contoso.csv"), folder.path().join("v.a365vault"));
    std::fs::write(&table, four()).expect("the table");
    let passphrase = SecretText::new(format!("made-{}", uuid::Uuid::new_v4()));
    Vault::create(&path, &passphrase, KdfParameters::minimum()).expect("a vault");
    let mut tasks = Tasks::start(&egui::Context::default(), Overrides::none(), None);
    let credential = Credential::Passphrase(passphrase.clone());
    tasks.begin(Request::VaultFile(VaultFileRequest::Open(path.clone(), credential, Trust::Proven)));
    let opened = next(&tasks);
    let mut state = AppState::new(crate::harness::start(a365_password_tool::app::state::VaultFile::There));
    state.receive(opened);
    state.outbox.clear();
    let missing = folder.path().join("missing.csv");
    state.handle(Command::Import(ImportCommand::Open(vec![table.clone(), missing])));
    for request in std::mem::take(&mut state.outbox) {
        tasks.begin(request);
    }
    for _ in 0..2 {
        state.receive(next(&tasks));
    }
    let page = state.open_vault().and_then(|vault| vault.import.as_ref()).expect("the page");
    assert_eq!(page.tally.sentence(), "4 new, 1 left out");
    let refusal = page.files[1].refusal().expect("it is not there").to_string();
    assert!(refusal.contains("missing.csv could not be read"), "{refusal}");
    state.handle(Command::Import(ImportCommand::Save));
    for request in std::mem::take(&mut state.outbox) {
        tasks.begin(request);
    }
    state.receive(next(&tasks));
    assert!(state.open_vault().expect("open").import.as_ref().is_some_and(|page| page.outcome.is_some()));
    let vault = Vault::open(&path, &passphrase).expect("the vault");
    assert_eq!((vault.contents().profiles().len(), vault.info().generation), (4, 2), "one save");
    let history: Vec<String> = vault.contents().history().iter().map(|entry| entry.describe()).collect();
    assert!(history.iter().any(|text| text.contains("contoso.csv")), "{history:?}");
    state.handle(Command::Import(ImportCommand::Delete(table.clone())));
    for request in std::mem::take(&mut state.outbox) {
        tasks.begin(request);
    }
    state.receive(next(&tasks));
    assert!(!table.exists());
}

/// A table of that many connections.
fn many(count: usize) -> String {
    let rows = (0..count).map(|n| {
        format!(
            "Customer {n:05};https://customer{n}.crm4.dynamics.com;{:08x}-aaaa-3333-bbbb-4444cccc5555;2028-01-31\n",
            n + 1
        )
    });
    "Name;URL;Client ID;Expires\n".to_owned() + &rows.collect::<String>()
}

#[test]
fn of_ten_thousand_rows_only_those_in_sight_are_drawn_and_the_keyboard_reaches_the_last() {
    let mut window = with_file(Vec::new(), "all.csv", many(10_000).as_bytes());
    assert!(says(&window, "10000 new"));
    let drawn = |window: &Window| window.query_all_by_role(Role::CheckBox).count();
    assert!(drawn(&window) < 40, "{}", drawn(&window));
    focus_row(&mut window, "Customer 00000");
    window.key_press(Key::ArrowDown);
    window.run();
    assert!(focused_row(&window).starts_with("Customer 00001, "), "{}", focused_row(&window));
    window.key_press(Key::End);
    window.run();
    assert!(focused_row(&window).starts_with("Customer 09999, "), "{}", focused_row(&window));
    window.key_press(Key::Space);
    window.run();
    assert!(says(&window, "9999 new, 1 left out"));
    window.key_press(Key::ArrowRight);
    window.run();
    assert!(says(&window, "row 10001 in the file") || says(&window, "Row 10001 in the file"));
    assert!(drawn(&window) < 40, "{}", drawn(&window));
}

fn focus_row(window: &mut Window, name: &'static str) {
    window.get_by(move |node| node.label().is_some_and(|label| label.starts_with(&format!("{name}, ")))).focus();
    window.run();
}

fn focused_row(window: &Window) -> String {
    let focused = window.query_all_by_role(Role::CheckBox).find(|node| node.is_focused());
    focused.and_then(|node| node.accesskit_node().label()).unwrap_or_default()
}

/// A preview with everything in it.
pub fn preview() -> AppState {
    let mut state = opened(several());
    state.handle(Command::Import(ImportCommand::Open(vec!["/home/ada/contoso.csv".into()])));
    let request = state.outbox.pop().expect("it is read");
    state.receive(read(request, four().as_bytes()));
    state
}

#[test]
fn pictures() {
    let mut results = egui_kittest::SnapshotResults::new();
    for (theme, word) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let mut window = window(preview(), vec2(1024.0, 700.0), theme);
        window.snapshot(format!("import_{word}"));
        click(&mut window, "Details of Contoso production");
        window.snapshot(format!("import_conflict_{word}"));
        results.extend_harness(&mut window);
    }
}
