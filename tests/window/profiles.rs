//! Writing, choosing, saving and deleting profiles.

use a365_password_tool::app::{
    state::{CheckCommand, Command, Page, ProfileCommand},
    tasks::{
        Answer, Change, ClipboardRequest, Edit, Owner, ProfileEdit, Refusal, RefusalCause, Request, SaveReason, Ticket,
        VaultRequest,
    },
};
use a365_password_tool::profile::Profile;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};

use crate::harness::{
    Window, answer, entra_secret, fill, opened, press, profile, requests, row, says, several, small,
    window as window_of,
};

/// Answers the put that was asked for, as the vault would.
fn store(window: &mut Window, mut others: Vec<Profile>) -> Profile {
    let asked = requests(window);
    let put = asked.into_iter().find_map(|request| match request {
        Request::Vault(VaultRequest::PutProfile(profile, _, because)) => Some((*profile, because)),
        _ => None,
    });
    let (profile, because) = put.expect("a profile is put into the vault");
    others.retain(|other| other.id != profile.id);
    others.push(profile.clone());
    answer(window, Answer::Profiles(others.into(), Change::Put(profile.id, because)));
    profile
}

#[test]
fn a_profile_is_typed_and_saved() {
    let mut window = small(opened(Vec::new()));
    window.get_all_by_label("New profile").last().expect("a button").click();
    window.run();
    fill(&mut window, "Profile name", "Contoso production");
    fill(&mut window, "Environment URL", "CONTOSO.crm4.dynamics.com/main.aspx?appid=1");
    assert!(says(&window, "Read as https://contoso.crm4.dynamics.com (Commercial cloud)"));
    fill(&mut window, "Client ID", "{11112222-AAAA-3333-BBBB-4444CCCC5555}");
    fill(&mut window, "Client secret", &entra_secret());
    fill(&mut window, "Secret expires", "2027-11-22");
    assert!(says(&window, "Not saved yet"));
    press(&mut window, "Save");
    let saved = store(&mut window, Vec::new());
    assert_eq!(saved.name, "Contoso production");
    assert_eq!(saved.environment_url.map(|url| url.to_string()).as_deref(), Some("https://contoso.crm4.dynamics.com"));
    assert_eq!(saved.client_id.map(|id| id.to_string()).as_deref(), Some("11112222-aaaa-3333-bbbb-4444cccc5555"));
    assert_eq!(saved.client_secret.map(|secret| secret.expose().to_owned()), Some(entra_secret()));
    assert_eq!(saved.secret_expires.map(|date| date.to_string()).as_deref(), Some("2027-11-22"));
    assert!(says(&window, "Saved “Contoso production”."));
    assert!(!says(&window, "Not saved yet"));
}

#[test]
fn each_field_says_what_was_pasted_into_it_by_mistake() {
    let mut window = small(opened(Vec::new()));
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::New));
    window.run();
    fill(&mut window, "Client secret", "11112222-aaaa-3333-bbbb-4444cccc5555");
    assert!(says(&window, "This looks like the Secret ID. Copy the Value column instead."));
    fill(&mut window, "Client ID", &entra_secret());
    assert!(says(&window, "This looks like a client secret."));
    fill(&mut window, "Environment URL", "https://make.powerapps.com/environments/x");
    assert!(says(&window, "This is the address of the Power Apps maker portal"));
    fill(&mut window, "Secret expires", "31/31/2027");
    assert!(says(&window, "Enter the date as YYYY-MM-DD"));
}

#[test]
fn an_address_with_a_port_is_mended_by_one_click() {
    let mut window = small(opened(Vec::new()));
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::New));
    window.run();
    fill(&mut window, "Environment URL", "http://contoso.crm4.dynamics.com");
    press(&mut window, "Use https://contoso.crm4.dynamics.com");
    assert_eq!(window.get_by_label("Environment URL").value().as_deref(), Some("https://contoso.crm4.dynamics.com"));
}

#[test]
fn a_half_filled_profile_can_be_saved_because_the_secret_is_shown_once() {
    let mut window = small(opened(Vec::new()));
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::New));
    window.run();
    fill(&mut window, "Profile name", "Fabrikam");
    fill(&mut window, "Client secret", &entra_secret());
    press(&mut window, "Save");
    let saved = store(&mut window, Vec::new());
    assert_eq!((saved.environment_url, saved.client_secret.is_some()), (None, true));
}

#[test]
fn nothing_is_saved_while_a_field_cannot_be_used() {
    let mut window = small(opened(several()));
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::New));
    window.run();
    fill(&mut window, "Profile name", "FABRIKAM");
    assert!(says(&window, "Another profile has this name."));
    press(&mut window, "Save");
    assert!(says(&window, "Not saved: another profile is called"));
    fill(&mut window, "Profile name", " two");
    fill(&mut window, "Client ID", "nonsense");
    press(&mut window, "Save");
    assert!(says(&window, "Not saved: a field marked in red is not valid."));
    assert!(requests(&mut window).is_empty());
}

#[test]
fn when_saving_fails_the_form_keeps_its_changes() {
    let mut window = small(opened(several()));
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::Select(several()[0].id)));
    window.run();
    fill(&mut window, "Profile name", " Ltd");
    press(&mut window, "Save");
    let refusal = Refusal { text: "The disk is full.".to_owned(), cause: RefusalCause::Other };
    answer(&mut window, Answer::NotSaved(refusal, Change::Put(several()[0].id, SaveReason::Requested)));
    assert!(says(&window, "Not saved: The disk is full."));
    assert!(says(&window, "Not saved yet"));
    assert!(!window.get_by_role_and_label(Role::Button, "Save").accesskit_node().is_disabled());
}

#[test]
fn choosing_another_profile_asks_about_unsaved_changes() {
    let mut window = small(opened(several()));
    row(&window, "Fabrikam").click();
    window.run();
    fill(&mut window, "Profile name", " Inc");
    row(&window, "Wingtip Toys").click();
    window.run();
    assert!(says(&window, "Save the changes first?"));
    press(&mut window, "Cancel");
    assert_eq!(window.get_by_label("Profile name").value().as_deref(), Some("Fabrikam Inc"));
    row(&window, "Wingtip Toys").click();
    window.run();
    // The dialog's own button: the form's has the same name and stands before it.
    window.get_all_by_role_and_label(Role::Button, "Save").last().expect("the dialog's").click();
    window.run();
    let saved = store(&mut window, several());
    assert_eq!(saved.name, "Fabrikam Inc");
    assert_eq!(window.get_by_label("Profile name").value().as_deref(), Some("Wingtip Toys"));
}

#[test]
fn a_deletion_is_asked_for_and_can_be_undone() {
    let mut window = small(opened(several()));
    row(&window, "Contoso test").click();
    window.run();
    press(&mut window, "Delete…");
    assert!(says(&window, "Delete “Contoso test”?"));
    press(&mut window, "Delete");
    let asked = requests(&mut window);
    let [Request::Vault(VaultRequest::EditProfiles(edits, Edit::Done))] = asked.as_slice() else {
        panic!("profiles are changed")
    };
    let [ProfileEdit::Remove(seen)] = edits.as_slice() else { panic!("one profile is removed") };
    let left: Vec<Profile> = several().into_iter().filter(|profile| profile.id != seen.id).collect();
    answer(&mut window, Answer::Profiles(left.into(), Change::Edited(Edit::Done)));
    assert!(says(&window, "Deleted “Contoso test”."));
    window.get_by_label("Undo").click();
    window.run();
    let asked = requests(&mut window);
    let [Request::Vault(VaultRequest::EditProfiles(edits, Edit::Undone))] = asked.as_slice() else {
        panic!("it is undone")
    };
    let [ProfileEdit::Put { profile, base: None }] = edits.as_slice() else { panic!("it is put back") };
    assert_eq!(**profile, several()[2]);
    answer(&mut window, Answer::Profiles(several().into(), Change::Edited(Edit::Undone)));
    assert!(says(&window, "Restored “Contoso test”."));
    assert_eq!(window.get_by_label("Profile name").value().as_deref(), Some("Contoso test"), "and it is shown");
}

#[test]
fn the_list_is_searched_and_filtered() {
    let mut window = small(opened(several()));
    window.get_by_label("Search profiles").focus();
    window.run();
    window.get_by_label("Search profiles").type_text("contoso");
    window.run();
    assert!(says(&window, "Contoso test, expired 3 days ago, last test failed"));
    assert!(!says(&window, "Wingtip"));
    fill(&mut window, "Search profiles", " nowhere");
    assert!(says(&window, "No matching profiles."));
}

#[test]
fn the_banner_counts_what_expires_and_shows_it() {
    let mut window = small(opened(several()));
    assert!(says(
        &window,
        "1 client secret has expired: this connection no longer works. 2 client secrets expire within 60 days."
    ));
    window.get_by_label("Show them").click();
    window.run();
    assert!(!says(&window, "Wingtip Toys"));
    assert!(says(&window, "Contoso production, 10 days left"));
}

#[test]
fn what_failed_its_last_test_is_one_click_away_whatever_was_searched_for() {
    let mut window = window_of(opened(several()), egui::vec2(1900.0, 900.0), egui::Theme::Light);
    fill(&mut window, "Search profiles", "wingtip");
    assert_eq!(window.query_all_by_label("Show them").count(), 2, "a wide window shows both matters");
    window.get_all_by_label("Show them").nth(1).expect("two").click();
    window.run();
    assert!(says(&window, "Contoso test, expired 3 days ago, last test failed"));
    assert!(!says(&window, "Wingtip Toys"));
}

#[test]
fn nothing_moves_when_what_needs_attention_or_a_message_comes_or_goes() {
    let healthy = vec![profile(1, "Contoso", "2028-01-01", None)];
    let mut window = small(opened(healthy.clone()));
    row(&window, "Contoso").click();
    window.run();
    let places =
        |window: &Window| ["New profile", "Client ID", "Test connection"].map(|it| window.get_by_label(it).rect());
    let before = places(&window);
    assert!(says(&window, "Nothing needs your attention."));
    let mut expired = healthy;
    expired.push(profile(2, "Fabrikam", "2026-01-01", None));
    answer(&mut window, Answer::Profiles(expired.into(), Change::Refreshed));
    assert!(says(&window, "1 client secret has expired") && says(&window, "The vault was changed elsewhere"));
    assert_eq!(places(&window), before);
    window.get_by_label("Dismiss").click();
    window.run();
    assert_eq!(places(&window), before);
}

#[test]
fn secrets_are_copied_by_the_background_and_the_setting_and_scope_as_text() {
    let mut window = small(opened(vec![profile(1, "Contoso", "2028-01-01", None)]));
    row(&window, "Contoso").click();
    window.run();
    press(&mut window, "Copy value");
    let asked = requests(&mut window);
    let [Request::Clipboard(ClipboardRequest::Copy(text))] = asked.as_slice() else {
        panic!("the string is copied as a secret")
    };
    let expected = format!(
        "AuthType=ClientSecret;Url=https://contoso.crm4.dynamics.com;ClientId=11112222-aaaa-3333-bbbb-4444cccc5555;ClientSecret={}",
        entra_secret()
    );
    assert_eq!(text.expose(), expected);
    press(&mut window, "Copy setting");
    press(&mut window, "Copy scope");
    assert_eq!(window.state().copied, ["ConnectionString", "CrmService"]);
}

#[test]
fn the_secret_is_on_the_screen_only_while_it_is_shown() {
    let mut window = small(opened(vec![profile(1, "Contoso", "2028-01-01", None)]));
    row(&window, "Contoso").click();
    window.run();
    let shown = |window: &Window| {
        window.query_all_by(|node| node.value().is_some_and(|value| value.contains(&entra_secret()))).count()
            + window.query_all_by_label_contains(&entra_secret()).count()
    };
    assert_eq!(shown(&window), 0);
    press(&mut window, "Show value");
    assert!(shown(&window) > 0);
    press(&mut window, "Hide value");
    assert_eq!(shown(&window), 0);
}

#[test]
fn a_date_is_chosen_from_the_portals_choices() {
    let mut window = small(opened(Vec::new()));
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::New));
    window.run();
    press(&mut window, "Choose a date");
    press(&mut window, "24 months");
    assert_eq!(window.get_by_label("Secret expires").value().as_deref(), Some("2028-11-22"));
    press(&mut window, "Choose a date");
    press(&mut window, "7 Nov 2028");
    assert_eq!(window.get_by_label("Secret expires").value().as_deref(), Some("2028-11-07"));
}

#[test]
fn a_date_in_any_form_is_read_and_one_that_could_be_two_days_is_asked_about() {
    let typed = |text: &str| {
        let mut window = small(opened(Vec::new()));
        window.state_mut().state.handle(Command::Profiles(ProfileCommand::New));
        window.run();
        fill(&mut window, "Secret expires", text);
        window
    };
    for text in ["28.11.2027", "11/28/2027, 2:03:04 PM", "28 Nov 2027"] {
        assert!(says(&typed(text), "28 November 2027, 370 days left"), "{text}");
    }
    let mut window = typed("03/04/2027");
    assert!(says(&window, "This is either 3 April 2027 or 4 March 2027."));
    press(&mut window, "3 April 2027");
    assert_eq!(window.get_by_label("Secret expires").value().as_deref(), Some("2027-04-03"));
    assert!(!says(&window, "This is either"));
}

#[test]
fn another_page_begins_at_its_top() {
    let mut window = small(opened(several()));
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::Select(several()[0].id)));
    window.run();
    window.state_mut().state.handle(Command::Check(CheckCommand::Start));
    window.run();
    answer(
        &mut window,
        Answer::CheckFinished(Ticket::new(1, Owner::Check(several()[0].id)), Box::new(crate::reports::passed())),
    );
    assert!(window.get_by_label("Profile name").rect().top() < 50.0, "the form is scrolled");
    window.state_mut().state.handle(Command::Show(Page::Settings));
    window.run();
    let title = window.get_all_by_role_and_label(Role::Heading, "Settings").last().expect("a title").rect();
    assert!(title.top() > 50.0 && title.top() < 150.0, "{title:?}");
}

#[test]
fn nothing_hides_in_a_name_and_an_endless_one_is_cut() {
    let mut hostile = profile(1, "evil", "2028-02-29", None);
    hostile.name = format!("exe.gnp\u{202e}\u{200b}\n{}", "n".repeat(1_000_000));
    let window = small(opened(vec![hostile]));
    assert!(says(&window, "exe.gnp\\u{202e}\\u{200b} nnn"));
    assert!(!says(&window, "\u{202e}") && !says(&window, &"n".repeat(1_000)));
}

/// A new form with the client ID that is given, and an address behind a label.
fn new_form(client_id: &str) -> Window {
    let mut window = small(opened(Vec::new()));
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::New));
    window.run();
    fill(&mut window, "Profile name", "Contoso");
    fill(&mut window, "Environment URL", "Environment URL: https://contoso.crm4.dynamics.com;");
    fill(&mut window, "Client ID", client_id);
    window
}

#[test]
fn what_stands_around_a_value_is_left_out_and_said() {
    let id = "11112222-aaaa-3333-bbbb-4444cccc5555";
    let mut window = new_form(&format!("api://{id}"));
    assert!(says(&window, "Removed: “api://”."));
    fill(&mut window, "Client secret", &format!("\"{}\"\u{200b}", entra_secret()));
    assert!(says(&window, "Removed: invisible characters, quotes around it."));
    assert!(says(&window, "Removed: the label before it, punctuation at its end."));
    press(&mut window, "Save");
    let saved = store(&mut window, Vec::new());
    assert_eq!(saved.client_id.map(|id| id.to_string()).as_deref(), Some(id));
    assert!(saved.client_secret.is_some_and(|secret| secret.expose() == entra_secret()));
}

#[test]
fn a_guid_is_a_secret_only_for_who_says_so() {
    let guid = "66667777-dddd-8888-eeee-9999ffff0000";
    let mut window = new_form("11112222-aaaa-3333-bbbb-4444cccc5555");
    fill(&mut window, "Client secret", guid);
    assert!(says(&window, "This looks like the Secret ID."));
    press(&mut window, "Save");
    assert!(
        requests(&mut window).iter().all(|request| !matches!(request, Request::Vault(VaultRequest::PutProfile(..))))
    );
    window.get_by_label_contains("This GUID is the secret itself").click();
    window.run();
    assert!(says(&window, "Microsoft Entra ID rejects a Secret ID"));
    press(&mut window, "Save");
    let saved = store(&mut window, Vec::new());
    assert!(saved.client_secret.is_some_and(|secret| secret.expose() == guid));
    assert!(window.query_all_by_label_contains("This GUID is the secret itself").next().is_none(), "it is saved");
    press(&mut window, "Copy secret");
    let asked = requests(&mut window);
    assert!(
        asked.iter().any(
            |request| matches!(request, Request::Clipboard(ClipboardRequest::Copy(text)) if text.expose() == guid)
        )
    );
}

#[test]
fn a_client_id_that_is_the_tenants_is_noticed_in_the_form() {
    let id = "11112222-aaaa-3333-bbbb-4444cccc5555";
    let mut window = new_form(id);
    assert!(!says(&window, "same as the Directory (tenant) ID"));
    let draft = |window: &mut Window| {
        let a365_password_tool::app::state::Screen::Open(vault) = &mut window.state_mut().state.screen else {
            panic!()
        };
        vault.draft.as_mut().expect("a form").fields.tenant = id.to_owned();
    };
    draft(&mut window);
    window.run();
    assert!(says(&window, "same as the Directory (tenant) ID"));
}
