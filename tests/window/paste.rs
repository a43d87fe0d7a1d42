//! Filling the form from a pasted text.

use a365_password_tool::app::state::{Command, PasteCommand, ProfileCommand};
use a365_password_tool::app::tasks::{ClipboardRequest, Request};
use egui::{Theme, accesskit::Role, vec2};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::harness::{Window, entra_secret, fill, opened, press, profile, requests, says, small, window};

#[test]
fn a_string_in_another_spelling_fills_the_form_and_keeps_strange_keys() {
    let mut window = small(opened(Vec::new()));
    press(&mut window, "Paste a connection…");
    let string = format!(
        "authtype=ClientSecret; Server='https://contoso.crm4.dynamics.com/'; AppId=11112222-AAAA-3333-BBBB-4444CCCC5555; \
         Secret=\"{}\"; EncryptedPassword=abc",
        entra_secret()
    );
    fill(&mut window, "Pasted text", &string);
    assert!(says(&window, "40 characters"));
    press(&mut window, "Fill in the form");
    assert_eq!(window.get_by_label("Profile name").value().as_deref(), Some("contoso"));
    assert_eq!(window.get_by_label("Environment URL").value().as_deref(), Some("https://contoso.crm4.dynamics.com"));
    press(&mut window, "Copy connection string");
    let asked = requests(&mut window);
    let [Request::Clipboard(ClipboardRequest::Copy(text))] = asked.as_slice() else { panic!("it is copied") };
    assert!(text.expose().ends_with(";EncryptedPassword=abc"), "{}", text.expose().len());
}

#[test]
fn silent_damage_is_shown_before_it_is_taken_over() {
    let mut window = small(opened(Vec::new()));
    window.state_mut().state.handle(Command::Paste(PasteCommand::Ask));
    window.run();
    fill(
        &mut window,
        "Pasted text",
        "AuthType=ClientSecret;Url=https://contoso.crm4.dynamics.com;ClientId=x;ClientSecret=abc;d=ef",
    );
    assert!(says(&window, "3 characters"));
    assert!(window.query_all_by_label_contains("quot").next().is_some() || says(&window, "“d”"));
}

#[test]
fn the_rest_of_a_cut_secret_is_shown_nowhere() {
    let tail = format!("TOP{}TAIL", "x7".repeat(9));
    // Tall enough for all of the form.
    let mut window = window(opened(Vec::new()), vec2(1024.0, 2400.0), Theme::Light);
    window.state_mut().state.handle(Command::Paste(PasteCommand::Ask));
    window.run();
    let start =
        "AuthType=ClientSecret;Url=https://contoso.crm4.dynamics.com;ClientId=11112222-aaaa-3333-bbbb-4444cccc5555;";
    let start = format!("{start}ClientSecret=Zq1;");
    fill(&mut window, "Pasted text", &format!("{start}{tail}=x"));
    assert!(says(&window, &format!("a piece of 25 characters at character {}", start.len() + 1)), "and where it is");
    assert!(!says(&window, "TOP") && !says(&window, "TAIL"));
    press(&mut window, "Fill in the form");
    window.get_by_role_and_label(Role::DisclosureTriangle, "Tenant, tags and notes").click();
    window.run();
    assert!(says(&window, "a key of 25 characters"), "the profile keeps it");
    assert!(!says(&window, "TOP") && !says(&window, "TAIL"));
}

#[test]
fn a_whole_line_of_a_file_fills_the_form_and_is_named() {
    let secret = entra_secret();
    let string = format!(
        "AuthType=ClientSecret;Url=https://contoso.crm4.dynamics.com;ClientId=11112222-aaaa-3333-bbbb-4444cccc5555;\
         ClientSecret={secret}"
    );
    for (line, said) in [
        (format!("<add name=\"Dev\" connectionString=\"{string}\"/>"), "an attribute of an XML file"),
        (format!("$connectionString=\"{string}\""), "a line of PowerShell"),
        (format!("\"{string}\""), "The whole text was in quotes"),
    ] {
        let mut window = small(opened(Vec::new()));
        window.state_mut().state.handle(Command::Paste(PasteCommand::Ask));
        window.run();
        fill(&mut window, "Pasted text", &line);
        assert!(says(&window, "40 characters") && says(&window, said), "{said}");
        press(&mut window, "Fill in the form");
        let url = window.get_by_label("Environment URL").value();
        assert_eq!(url.as_deref(), Some("https://contoso.crm4.dynamics.com"), "{said}");
        press(&mut window, "Copy secret");
        let asked = requests(&mut window);
        let [Request::Clipboard(ClipboardRequest::Copy(text))] = asked.as_slice() else { panic!("it is copied") };
        assert!(text.expose() == secret, "{said}");
    }
}

#[test]
fn the_dialog_judges_labeled_values() {
    for (line, said) in [
        ("URL: http://contoso.crm4.dynamics.com", "must begin with https://"),
        ("Client ID: 00000000-0000-0000-0000-000000000000", "This ID is only zeros"),
        ("Client ID: {AppId}", "not a client ID"),
        ("Client secret: *****", "the portal's masked text"),
        ("Client secret: $(Secret)", "not the secret itself"),
        ("Tenant: {TenantId}", "not a tenant"),
    ] {
        let mut window = small(opened(Vec::new()));
        window.state_mut().state.handle(Command::Paste(PasteCommand::Ask));
        window.run();
        fill(&mut window, "Pasted text", &format!("Name: Contoso\n{line}"));
        assert!(says(&window, said), "{line}");
    }
}

#[test]
fn what_cannot_be_read_fills_nothing() {
    let mut window = small(opened(Vec::new()));
    window.state_mut().state.handle(Command::Paste(PasteCommand::Ask));
    window.run();
    fill(&mut window, "Pasted text", "AuthType=ClientSecret;Url='unfinished");
    assert!(window.get_by_role_and_label(Role::Button, "Fill in the form").accesskit_node().is_disabled());
    press(&mut window, "Cancel");
    assert!(says(&window, "Create your first profile"));
}

#[test]
fn a_string_pasted_into_a_field_opens_the_dialog_and_shows_its_secret_nowhere() {
    let mut window = small(opened(Vec::new()));
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::New));
    window.run();
    window.get_by_label("Environment URL").focus();
    window.run();
    let secret = entra_secret();
    let string =
        format!("AuthType=ClientSecret;Url=https://contoso.crm4.dynamics.com;ClientId=x;ClientSecret={secret}");
    window.event(egui::Event::Paste(string));
    window.run();
    assert!(says(&window, "Paste a connection"));
    assert!(window.query_all_by(|node| node.value().is_some_and(|value| value.contains(&secret))).next().is_none());
    press(&mut window, "Fill in the form");
    assert_eq!(window.get_by_label("Environment URL").value().as_deref(), Some("https://contoso.crm4.dynamics.com"));
}

#[test]
fn an_ordinary_paste_goes_into_its_field() {
    let mut window = small(opened(Vec::new()));
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::New));
    window.run();
    window.get_by_label("Profile name").focus();
    window.run();
    window.event(egui::Event::Paste("a;b=c".to_owned()));
    window.run();
    assert_eq!(window.get_by_label("Profile name").value().as_deref(), Some("a;b=c"));
}

/// The form of a saved profile.
fn with_saved() -> Window {
    let saved = profile(1, "Contoso", "2028-01-01", None);
    let mut state = opened(vec![saved.clone()]);
    state.handle(Command::Profiles(ProfileCommand::Select(saved.id)));
    small(state)
}

fn paste(window: &mut Window, text: &str) {
    window.event(egui::Event::Paste(text.to_owned()));
    window.run();
}

fn value(window: &Window, field: &'static str) -> String {
    window.get_by_label(field).value().unwrap_or_default()
}

#[test]
fn a_secret_pasted_into_another_field_is_masked_and_moved() {
    let secret = entra_secret();
    for field in ["Profile name", "Environment URL", "Client ID", "Search profiles"] {
        for text in [secret.clone(), format!("Value: {secret}"), format!("ucc\t5/31/2027\t{secret}")] {
            let mut window = with_saved();
            let before = value(&window, field);
            window.get_by_label(field).focus();
            window.run();
            paste(&mut window, &text);
            assert!(says(&window, "Paste a connection") && says(&window, "40 characters"), "{field}");
            assert_eq!(value(&window, field), before, "nothing went into the field");
            let shown = window.query_all_by(|node| node.value().is_some_and(|value| value.contains(&secret))).next();
            assert!(shown.is_none(), "{field}");
            press(&mut window, "Fill in the form");
            press(&mut window, "Copy secret");
            let asked = requests(&mut window);
            let [Request::Clipboard(ClipboardRequest::Copy(copied))] = asked.as_slice() else { panic!("it is copied") };
            assert!(copied.expose() == secret, "{field}");
        }
    }
}

#[test]
fn a_secret_pasted_into_its_own_field_goes_there() {
    let mut window = with_saved();
    window.get_by_label("Client secret").focus();
    window.run();
    paste(&mut window, &entra_secret());
    assert!(!says(&window, "Paste a connection"));
}

#[test]
fn what_is_pasted_is_compared_with_the_form_and_may_become_a_new_profile() {
    let string = format!(
        "AuthType=ClientSecret;Url=https://fabrikam.crm4.dynamics.com;ClientId=99990000-dddd-4444-aaaa-8888bbbb7777;\
         ClientSecret={}",
        entra_secret()
    );
    let mut window = with_saved();
    let before = value(&window, "Environment URL");
    press(&mut window, "Paste…");
    paste(&mut window, &string);
    assert!(says(&window, &format!("Replaces {before}")), "{before}");
    press(&mut window, "As a new profile");
    assert_eq!(value(&window, "Profile name"), "fabrikam");
    assert_eq!(value(&window, "Environment URL"), "https://fabrikam.crm4.dynamics.com");
    assert!(says(&window, "Not saved yet") && requests(&mut window).is_empty());
    let vault = window.state().state.open_vault().expect("a vault");
    assert_eq!(vault.profiles.iter().count(), 1, "the saved profile is as it was");
}

#[test]
fn a_new_profile_never_takes_the_place_of_what_is_typed() {
    let mut window = with_saved();
    fill(&mut window, "Profile name", ", changed");
    press(&mut window, "Paste…");
    paste(&mut window, "https://fabrikam.crm4.dynamics.com");
    assert!(window.get_by_role_and_label(Role::Button, "As a new profile").accesskit_node().is_disabled());
    window.state_mut().state.handle(Command::Paste(PasteCommand::ApplyToNew));
    press(&mut window, "Fill in the form");
    assert_eq!(value(&window, "Profile name"), "Contoso, changed");
    assert_eq!(value(&window, "Environment URL"), "https://fabrikam.crm4.dynamics.com");
}

#[test]
fn a_page_of_the_portal_fills_its_fields() {
    let mut window = small(opened(Vec::new()));
    press(&mut window, "Paste a connection…");
    let (id, tenant) = ("11112222-aaaa-3333-bbbb-4444cccc5555", "66667777-bbbb-4444-cccc-5555dddd6666");
    paste(
        &mut window,
        &format!("Application (client) ID\n:\n{id}\nObject ID\n:\n{tenant}\nValue\n{}\n31 May 2027", entra_secret()),
    );
    assert!(says(&window, id) && says(&window, "40 characters") && says(&window, "31 May 2027"));
    assert!(!says(&window, tenant), "the Object ID belongs nowhere");
    press(&mut window, "Fill in the form");
    assert_eq!(
        (value(&window, "Client ID"), value(&window, "Secret expires")),
        (id.to_owned(), "2027-05-31".to_owned())
    );
}

#[test]
fn lines_about_one_connection_pasted_beside_all_fields_are_no_import() {
    let mut window = small(opened(Vec::new()));
    paste(&mut window, "URL: https://contoso.crm4.dynamics.com\nClient ID: 11112222-aaaa-3333-bbbb-4444cccc5555\n");
    assert!(says(&window, "Paste a connection") && says(&window, "https://contoso.crm4.dynamics.com"));
}
