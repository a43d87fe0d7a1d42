//! The settings page and the passphrase.

use a365_password_tool::app::{
    state::{CheckCommand, Command, Dialog, Page, ProfileCommand, ProxyCommand},
    tasks::{Answer, NetworkRequest, Refusal, RefusalCause, Request, SettingsRequest, VaultRequest},
};
use a365_password_tool::cloud::Overrides;
use a365_password_tool::profile::{ProxyCredentials, ProxyName, SecretText};
use a365_password_tool::settings::{ProxySetting, ThemeChoice};
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;

use crate::harness::{answer, fill, opened, press, requests, says, several, small};
use crate::vault_page::real_vault;

#[test]
fn a_setting_takes_effect_at_once_and_is_kept() {
    let mut window = small(opened(several()));
    window.state_mut().state.handle(Command::Show(Page::Settings));
    window.run();
    requests(&mut window);
    window.get_by_label("Theme").click();
    window.run();
    window.get_by_label("Dark").click();
    window.run();
    assert_eq!(window.state().state.settings.theme, ThemeChoice::Dark);
    let asked = requests(&mut window);
    let [Request::Settings(SettingsRequest::Save(_, settings))] = asked.as_slice() else { panic!("it is kept") };
    assert_eq!(settings.theme, ThemeChoice::Dark);
}

#[test]
fn a_script_address_can_be_chosen_and_is_refused_in_words_where_it_cannot_be_used() {
    let mut window = small(opened(several()));
    window.state_mut().state.handle(Command::Show(Page::Settings));
    window.run();
    window.get_by_label("Proxy").scroll_to_me();
    window.run();
    window.get_by_label("Proxy").click();
    window.run();
    window.get_by_role_and_label(Role::Button, "Script address").click();
    window.run();
    assert!(says(&window, "This address cannot be used"));
    fill(&mut window, "Script address", "wpad.contoso.com/proxy.pac");
    let script = "http://wpad.contoso.com/proxy.pac".to_owned();
    assert_eq!(window.state().state.settings.proxy, ProxySetting::Script(script));
    assert_eq!(says(&window, "Set the script in the desktop's settings"), !cfg!(windows));
    assert_eq!(says(&window, "This address cannot be used"), !cfg!(windows));
}

#[test]
fn the_passphrase_is_changed_when_the_present_one_is_right() {
    let mut window = small(opened(several()));
    window.state_mut().state.handle(Command::Show(Page::Settings));
    window.run();
    requests(&mut window);
    press(&mut window, "Passphrase, recovery key, accounts…");
    assert!(
        matches!(requests(&mut window).as_slice(), [Request::Vault(VaultRequest::Refresh)]),
        "others may have changed the ways"
    );
    answer(&mut window, Answer::Slots(real_vault().vault.slots()));
    press(&mut window, "Change passphrase…");
    fill(&mut window, "Current passphrase", "the old one");
    fill(&mut window, "New passphrase", "a much better one");
    fill(&mut window, "Confirm new passphrase", "a much better one");
    press(&mut window, "Change passphrase");
    assert!(matches!(requests(&mut window).as_slice(), [Request::Vault(VaultRequest::ChangePassphrase(old, new, _))]
        if old.expose() == "the old one" && new.expose() == "a much better one"));
    let refusal = Refusal { text: "That is not the passphrase.".to_owned(), cause: RefusalCause::WrongCredential };
    answer(&mut window, Answer::PassphraseChanged(Err(refusal)));
    assert!(says(&window, "That is not the passphrase."));
    let Some(Dialog::ChangePassphrase(form)) = window.state().state.dialogs.front() else { panic!("still open") };
    assert!(form.old.is_empty() && !form.new.is_empty());
    answer(&mut window, Answer::PassphraseChanged(Ok(())));
    assert!(says(&window, "Passphrase changed."));
}

#[test]
fn a_proxy_that_asks_gets_its_password_from_the_vault() {
    let mut window = small(opened(several()));
    window.state_mut().state.handle(Command::Proxy(ProxyCommand::Ask));
    window.run();
    fill(&mut window, "Proxy host and port", "Proxy.example:8080");
    fill(&mut window, "User name", "ada");
    fill(&mut window, "Password", "a word for the proxy");
    press(&mut window, "Save");
    let asked = requests(&mut window);
    let [Request::Vault(VaultRequest::SetProxyCredentials(Some(kept)))] = asked.as_slice() else {
        panic!("they are kept")
    };
    assert_eq!((kept.user.as_str(), kept.password.expose()), ("ada", "a word for the proxy"));
    assert_eq!(kept.proxy, ProxyName::parse("proxy.example:8080"), "and for no other");
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::Select(several()[0].id)));
    window.state_mut().state.handle(Command::Check(CheckCommand::Start));
    window.run();
    let asked = requests(&mut window);
    assert!(
        matches!(asked.as_slice(), [Request::Network(NetworkRequest::Check(_, _, network))] if network.proxy_credentials.is_some())
    );
    window.state_mut().state.handle(Command::Show(Page::Settings));
    window.run();
    requests(&mut window);
    assert!(says(&window, "Signed in as ada") && says(&window, "at proxy.example:8080"));
    window.get_by_label("Remove").scroll_to_me();
    window.run();
    press(&mut window, "Remove");
    assert!(matches!(requests(&mut window).as_slice(), [Request::Vault(VaultRequest::SetProxyCredentials(None))]));
}

#[test]
fn credentials_of_an_earlier_version_are_for_the_proxy_that_a_person_confirms() {
    let old = ProxyCredentials::new("ada", SecretText::from("a word from before"));
    let mut state = opened(several());
    state.receive(Answer::VaultOpened("Vaults/contact-centre.a365vault".into(), several().into(), Some(old)));
    state.outbox.clear();
    let mut window = small(state);
    window.state_mut().state.handle(Command::Show(Page::Settings));
    window.run();
    requests(&mut window);
    assert!(says(&window, "Not sent until you confirm the proxy"));
    window.state_mut().state.handle(Command::Proxy(ProxyCommand::Ask));
    window.run();
    assert!(says(&window, "was saved by an earlier version"));
    fill(&mut window, "Proxy host and port", "proxy.example:80");
    press(&mut window, "Save");
    let asked = requests(&mut window);
    let [Request::Vault(VaultRequest::SetProxyCredentials(Some(kept)))] = asked.as_slice() else {
        panic!("they are kept")
    };
    assert_eq!((kept.user.as_str(), kept.password.expose()), ("ada", "a word from before"));
    assert_eq!(kept.proxy, ProxyName::parse("proxy.example:80"));

    // Another proxy gets a password only when it is typed for it.
    window.state_mut().state.handle(Command::Proxy(ProxyCommand::Ask));
    window.run();
    fill(&mut window, "Proxy host and port", "80");
    press(&mut window, "Save");
    let asked = requests(&mut window);
    let [Request::Vault(VaultRequest::SetProxyCredentials(Some(kept)))] = asked.as_slice() else {
        panic!("they are kept")
    };
    assert_eq!((kept.proxy.clone(), kept.password.expose()), (ProxyName::parse("proxy.example:8080"), ""));
}

#[test]
fn an_administrators_list_of_hosts_is_shown_and_its_addresses_are_taken() {
    let list = "[[cloud]]\nenvironment_suffix = \"crm.dynamics.example\"\ncloud = \"commercial\"\n";
    let mut state = opened(several());
    state.clouds = Overrides::parse(list, "clouds.toml".as_ref()).expect("a right list");
    state.handle(Command::Show(Page::Settings));
    let mut window = small(state);
    assert!(says(&window, "1 extra host from clouds.toml"));
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::New));
    window.run();
    fill(&mut window, "Environment URL", "contoso.crm.dynamics.example");
    assert!(says(&window, "Read as https://contoso.crm.dynamics.example"));
    press(&mut window, "Test connection");
    let asked = requests(&mut window);
    assert!(
        matches!(asked.as_slice(), [Request::Network(NetworkRequest::Check(_, _, network))] if network.clouds.describe().is_some())
    );
}
