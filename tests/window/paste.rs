//! Filling the form from a pasted connection string.

use a365_password_tool::app::state::{Command, PasteCommand, ProfileCommand};
use a365_password_tool::app::tasks::{ClipboardRequest, Request};
use egui::{Theme, accesskit::Role, vec2};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::harness::{entra_secret, fill, opened, press, requests, says, small, window};

#[test]
fn a_string_in_another_spelling_fills_the_form_and_keeps_strange_keys() {
    let mut window = small(opened(Vec::new()));
    press(&mut window, "Paste a connection string…");
    let string = format!(
        "authtype=ClientSecret; Server='https://contoso.crm4.dynamics.com/'; AppId=11112222-AAAA-3333-BBBB-4444CCCC5555; \
         Secret=\"{}\"; EncryptedPassword=abc",
        entra_secret()
    );
    fill(&mut window, "Connection string", &string);
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
        "Connection string",
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
    fill(&mut window, "Connection string", &format!("{start}{tail}=x"));
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
        fill(&mut window, "Connection string", &line);
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
fn what_cannot_be_read_fills_nothing() {
    let mut window = small(opened(Vec::new()));
    window.state_mut().state.handle(Command::Paste(PasteCommand::Ask));
    window.run();
    fill(&mut window, "Connection string", "AuthType=ClientSecret;Url='unfinished");
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
    assert!(says(&window, "Paste a connection string"));
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
