//! The decision by which proxies requests leave this computer.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use super::no_proxy::NoProxy;
use super::proxy_address::{ProxyAddress, ProxyFault, ProxyPlace};
use super::script_address::{self, ScriptFault, check_script_address};
use super::{NetworkError, ProxyChoice};
use crate::platform::proxy::{
    FindError, FinderKind, ProxyFinder, Scope, SystemProxies, WindowsProxy, script_at, system_proxies,
};
use crate::profile::ProxyName;

/// How long a script or the desktop may take to decide. Less than a connection may take, so that the answer names it.
const PATIENCE: Duration = Duration::from_secs(7);
/// How long Windows may look for a script that nobody set.
const DETECTION_PATIENCE: Duration = Duration::from_secs(3);
/// All of ours are reached at this port, for exceptions that name one.
const HTTPS: u16 = 443;

/// The decision which proxy to use.
#[derive(Debug)]
pub(super) enum Way {
    Direct,
    Through { proxy: ProxyAddress, place: ProxyPlace, except: ProxyExceptions },
    Found(Found),
}

/// One thing to try: a proxy, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Hop {
    Direct,
    Proxy(ProxyAddress, ProxyPlace),
}

/// The servers that are reached directly although there is a proxy.
#[derive(Debug)]
pub(super) enum ProxyExceptions {
    None,
    /// `NO_PROXY`.
    Listed(NoProxy),
    Windows(WindowsProxy),
}

/// A script or the desktop decides for each server.
#[derive(Debug)]
pub(super) struct Found {
    finder: Arc<dyn ProxyFinder>,
    place: ProxyPlace,
    patience: Duration,
    /// Where nobody decides.
    otherwise: Box<Way>,
    /// The decisions so far, by host.
    decided: Mutex<HashMap<String, Decision>>,
    /// Whether it took too long once: then nobody waits for it again.
    is_silent: AtomicBool,
}

/// What was decided for a server; `None`: nobody decides.
type Decision = Option<Result<Vec<Hop>, WayError>>;

/// A way is set, and cannot be used. That never means “directly”.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}. {}", .place.advice())]
pub(super) struct WayError {
    pub place: ProxyPlace,
    pub why: String,
}

/// What the environment says about proxies.
#[derive(Clone, Debug, Default)]
pub(super) struct Environment {
    /// The first variable that is set, and its value; `None` in place of a value that is not Unicode.
    pub proxy: Option<(&'static str, Option<String>)>,
    pub no_proxy: String,
}

impl Environment {
    /// This process's own. An empty variable is one that is not set.
    pub(super) fn read() -> Environment {
        let value = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let proxy = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
            .into_iter()
            .find_map(|name| value(name).map(|value| (name, value.into_string().ok())));
        let no_proxy = value("NO_PROXY").or_else(|| value("no_proxy"));
        // Exceptions that cannot be read are none: then the proxy is used, and never passed by.
        let no_proxy = no_proxy.and_then(|value| value.into_string().ok()).unwrap_or_default();
        Environment { proxy, no_proxy }
    }
}

impl Way {
    /// The way that `choice` means on this system.
    ///
    /// # Errors
    ///
    /// [`NetworkError::Proxy`] or [`NetworkError::Script`] when a proxy or a script is set that cannot be used. That never
    /// means “directly”.
    pub(super) fn of_system(choice: &ProxyChoice) -> Result<Way, NetworkError> {
        let environment = Environment::read();
        let asked = *choice == ProxyChoice::System && environment.proxy.is_none();
        let system = if asked { system_proxies() } else { SystemProxies::default() };
        Way::find(choice, environment, system)
    }

    /// The way that the script at `address` decides; `script_at` gives what runs it, where the system has that.
    ///
    /// # Errors
    ///
    /// [`NetworkError::Script`].
    fn by_script(
        address: &str,
        script_at: impl FnOnce(String) -> Option<Box<dyn ProxyFinder>>,
    ) -> Result<Way, NetworkError> {
        let address = script_address::read(address).map_err(NetworkError::Script)?;
        let finder = script_at(address).ok_or(NetworkError::Script(ScriptFault::Unsupported))?;
        Ok(Way::Found(Found::new(finder, Way::Direct)))
    }

    fn find(choice: &ProxyChoice, environment: Environment, system: SystemProxies) -> Result<Way, NetworkError> {
        let read = |text: Option<&str>, place: ProxyPlace, except: ProxyExceptions| {
            let proxy = text.ok_or(ProxyFault::NotText).and_then(ProxyAddress::parse);
            let proxy = proxy.map_err(|fault| NetworkError::Proxy { place, fault })?;
            Ok(Way::Through { proxy, place, except })
        };
        match (choice, environment.proxy) {
            (ProxyChoice::None, _) => Ok(Way::Direct),
            (ProxyChoice::Script(address), _) => {
                // Where no script runs, a better address is of no use: that is said first.
                check_script_address(address).map_err(NetworkError::Script)?;
                Way::by_script(address, script_at)
            }
            (ProxyChoice::Manual(address), _) => read(Some(address), ProxyPlace::Settings, ProxyExceptions::None),
            (ProxyChoice::System, Some((variable, value))) => {
                let listed = NoProxy::parse(&environment.no_proxy);
                read(value.as_deref(), ProxyPlace::Variable(variable), ProxyExceptions::Listed(listed))
            }
            (ProxyChoice::System, None) => {
                let place = match system.scope {
                    Scope::Account => ProxyPlace::Windows,
                    Scope::Computer => ProxyPlace::WindowsPolicy,
                };
                let typed = match system.manual {
                    None => Way::Direct,
                    Some(windows) => match windows.https().map(str::to_owned) {
                        Some(address) => read(Some(&address), place, ProxyExceptions::Windows(windows))?,
                        None => Way::Direct,
                    },
                };
                Ok(system.finders.into_iter().rev().fold(typed, |way, finder| Way::Found(Found::new(finder, way))))
            }
        }
    }

    /// What to try for an https request to `host`, in this order; never nothing.
    ///
    /// # Errors
    ///
    /// [`WayError`] when a way is set and cannot be used.
    pub(super) async fn to(&self, host: &str) -> Result<Vec<Hop>, WayError> {
        let mut way = self;
        loop {
            match way {
                Way::Direct => return Ok(vec![Hop::Direct]),
                Way::Through { except, .. } if except.holds(host) => return Ok(vec![Hop::Direct]),
                Way::Through { proxy, place, .. } => return Ok(vec![Hop::Proxy(proxy.clone(), *place)]),
                Way::Found(found) => match found.decide(host).await {
                    Some(decided) => return decided,
                    None => way = &found.otherwise,
                },
            }
        }
    }

    /// Who decided that `host` is reached directly, where that was not a person's choice; known once [`Way::to`] has answered.
    pub(super) fn direct_by(&self, host: &str) -> Option<ProxyPlace> {
        let Way::Found(found) = self else { return None };
        match found.known(host)? {
            None => found.otherwise.direct_by(host),
            Some(Ok(hops)) => hops.contains(&Hop::Direct).then_some(found.place),
            Some(Err(_)) => None,
        }
    }

    /// The proxy for the servers that are no exceptions, as far as it is known without a server's name.
    pub(super) fn proxy(&self) -> Option<&ProxyName> {
        match self {
            Way::Direct => None,
            Way::Through { proxy, .. } => Some(&proxy.name),
            Way::Found(found) => found.otherwise.proxy(),
        }
    }

    /// The way to `host` in words, without anybody's password. An empty host stands for one that is no exception.
    pub(super) fn describe(&self, host: &str) -> String {
        match self {
            Way::Direct => "directly, without a proxy".to_owned(),
            Way::Through { except, .. } if !host.is_empty() && except.holds(host) => {
                let by = if matches!(except, ProxyExceptions::Windows(_)) {
                    "the exceptions in the Windows proxy settings"
                } else {
                    "NO_PROXY"
                };
                format!("directly, because of {by}")
            }
            Way::Through { proxy, place, .. } => format!("proxy {} ({})", proxy.shown(), place.short()),
            Way::Found(found) => found.describe(host),
        }
    }
}

impl Found {
    fn new(finder: Box<dyn ProxyFinder>, otherwise: Way) -> Found {
        let (place, patience) = match finder.kind() {
            FinderKind::Desktop => (ProxyPlace::Desktop, PATIENCE),
            FinderKind::WindowsScript => (ProxyPlace::WindowsScript, PATIENCE),
            FinderKind::WindowsDetection => (ProxyPlace::WindowsDetection, DETECTION_PATIENCE),
            FinderKind::GivenScript => (ProxyPlace::SettingsScript, PATIENCE),
        };
        Found {
            finder: Arc::from(finder),
            place,
            patience,
            otherwise: Box::new(otherwise),
            decided: Mutex::default(),
            is_silent: AtomicBool::new(false),
        }
    }

    fn known(&self, host: &str) -> Option<Decision> {
        self.decided.lock().unwrap_or_else(PoisonError::into_inner).get(host).cloned()
    }

    async fn decide(&self, host: &str) -> Decision {
        if let Some(known) = self.known(host) {
            return known;
        }
        let failed = |why: String| Some(Err(WayError { place: self.place, why }));
        let decided = match self.ask(host).await {
            Some(Ok(list)) => Some(self.read(&list)),
            // It was set by a person here: without it nobody decides for another way.
            Some(Err(FindError::Absent)) if self.place == ProxyPlace::SettingsScript => {
                failed(format!("{} cannot be used: it was not found", sentence(self.place)))
            }
            Some(Err(FindError::Absent)) => None,
            Some(Err(FindError::Failed(why))) => failed(format!("{} cannot be used: {why}", sentence(self.place))),
            // Nobody set it.
            None if self.place == ProxyPlace::WindowsDetection => None,
            None => failed(format!("{} did not respond within {} s", sentence(self.place), self.patience.as_secs())),
        };
        self.decided.lock().unwrap_or_else(PoisonError::into_inner).insert(host.to_owned(), decided.clone());
        decided
    }

    /// Asks on a thread that nobody waits for longer than it may take; `None`: it took longer.
    async fn ask(&self, host: &str) -> Option<Result<Vec<String>, FindError>> {
        if self.is_silent.load(Ordering::Relaxed) {
            return None;
        }
        let (send, receive) = oneshot::channel();
        let (finder, name) = (Arc::clone(&self.finder), host.to_owned());
        let thread = std::thread::Builder::new().name("proxy settings".to_owned()).spawn(move || {
            // Nobody listens when the deadline has passed.
            let _ = send.send(finder.find(&name));
        });
        if let Err(error) = thread {
            return Some(Err(FindError::Failed(error.to_string())));
        }
        let Ok(answer) = tokio::time::timeout(self.patience, receive).await else {
            self.is_silent.store(true, Ordering::Relaxed);
            return None;
        };
        Some(answer.unwrap_or_else(|_| Err(FindError::Failed("there was no answer".to_owned()))))
    }

    /// The list, without what cannot be used where something else can.
    fn read(&self, list: &[String]) -> Result<Vec<Hop>, WayError> {
        let mut hops = Vec::new();
        let mut fault = ProxyFault::Empty;
        for text in list {
            if text.eq_ignore_ascii_case("direct://") || text.eq_ignore_ascii_case("direct") {
                hops.push(Hop::Direct);
                continue;
            }
            match ProxyAddress::parse(text) {
                Ok(proxy) => hops.push(Hop::Proxy(proxy, self.place)),
                Err(error) => fault = error,
            }
        }
        // Where a proxy is named that cannot be used, what is left must not be the direct way alone.
        let only_direct = hops.iter().all(|hop| *hop == Hop::Direct);
        if hops.is_empty() || (only_direct && hops.len() < list.len()) {
            let why = format!("{} gives a proxy address that cannot be used: {fault}", sentence(self.place));
            return Err(WayError { place: self.place, why });
        }
        Ok(hops)
    }

    fn describe(&self, host: &str) -> String {
        match self.known(host) {
            None if host.is_empty() => format!("as {} decide for each server", self.place),
            None => format!("not decided by {}", self.place),
            Some(None) => self.otherwise.describe(host),
            Some(Some(Err(error))) => format!("unknown: {}", error.why),
            Some(Some(Ok(hops))) => {
                let words = |hop: &Hop| match hop {
                    Hop::Direct => "directly".to_owned(),
                    Hop::Proxy(proxy, _) => format!("proxy {}", proxy.shown()),
                };
                let words: Vec<String> = hops.iter().map(words).collect();
                format!("{} ({})", words.join(", otherwise "), self.place.short())
            }
        }
    }
}

/// A place at the beginning of a sentence.
fn sentence(place: ProxyPlace) -> String {
    crate::wording::capitalized(&place.to_string())
}

impl ProxyExceptions {
    fn holds(&self, host: &str) -> bool {
        match self {
            ProxyExceptions::None => false,
            ProxyExceptions::Listed(listed) => listed.holds(host, HTTPS),
            ProxyExceptions::Windows(windows) => windows.passes_by(host),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(value: &str, no_proxy: &str) -> Environment {
        Environment { proxy: Some(("HTTPS_PROXY", Some(value.to_owned()))), no_proxy: no_proxy.to_owned() }
    }

    fn typed(server: &str, overrides: &str) -> SystemProxies {
        SystemProxies { manual: Some(WindowsProxy::parse(server, overrides)), ..SystemProxies::default() }
    }

    fn nothing() -> SystemProxies {
        SystemProxies::default()
    }

    /// Decides as a test wants it.
    #[derive(Debug)]
    struct FixedAnswer(FinderKind, Result<Vec<&'static str>, FindError>);

    impl ProxyFinder for FixedAnswer {
        fn kind(&self) -> FinderKind {
            self.0
        }

        fn find(&self, _: &str) -> Result<Vec<String>, FindError> {
            self.1.clone().map(|list| list.into_iter().map(str::to_owned).collect())
        }
    }

    fn told(kind: FinderKind, answer: Result<Vec<&'static str>, FindError>, otherwise: &str) -> Way {
        let system = SystemProxies { finders: vec![Box::new(FixedAnswer(kind, answer))], ..typed(otherwise, "") };
        Way::find(&ProxyChoice::System, Environment::default(), system).expect("a way")
    }

    fn to(way: &Way, host: &str) -> Result<Vec<Hop>, WayError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        runtime.block_on(way.to(host))
    }

    fn shown(way: &Way, host: &str) -> Vec<String> {
        let shown = |hop: Hop| match hop {
            Hop::Direct => "direct".to_owned(),
            Hop::Proxy(proxy, _) => proxy.shown(),
        };
        to(way, host).expect("a way").into_iter().map(shown).collect()
    }

    #[test]
    fn a_scripts_list_is_tried_in_its_order_and_said() {
        let way = told(FinderKind::WindowsScript, Ok(vec!["a:1", "socks5h://b:2", "direct://"]), "win:1");
        assert_eq!(way.describe("x.example"), "not decided by the automatic configuration script of Windows");
        assert_eq!(shown(&way, "x.example"), ["http://a:1", "socks5h://b:2", "direct"]);
        let said = "proxy http://a:1, otherwise proxy socks5h://b:2, otherwise directly (Windows script)";
        assert_eq!(way.describe("x.example"), said);
        let some = told(FinderKind::Desktop, Ok(vec!["socks4://a:1", "http://b:2"]), "win:1");
        assert_eq!(shown(&some, "x.example"), ["http://b:2"]);
    }

    #[test]
    fn what_a_script_cannot_say_is_an_error_and_never_directly() {
        for answer in [
            Err(FindError::Failed("the script could not be downloaded".to_owned())),
            Ok(vec![]),
            Ok(vec!["gopher://u:hunter2@x:1"]),
            Ok(vec!["socks4://u:hunter2@x:1", "direct://"]),
        ] {
            for kind in [FinderKind::WindowsScript, FinderKind::Desktop] {
                let error = to(&told(kind, answer.clone(), "win:1"), "x.example").expect_err("no way");
                let place = if kind == FinderKind::Desktop { "desktop" } else { "script" };
                let said = error.to_string();
                assert!(said.contains(place) && !said.contains("hunter2"), "{said}");
            }
        }
    }

    #[test]
    fn a_script_that_is_set_here_decides_and_is_never_passed_by() {
        let by = |address: &str, answer| {
            Way::by_script(address, |asked| {
                assert_eq!(asked, "http://wpad/p.pac");
                Some(Box::new(FixedAnswer(FinderKind::GivenScript, answer)))
            })
        };
        let way = by("http://wpad/p.pac", Ok(vec!["a:1", "direct://"])).expect("a way");
        assert_eq!(shown(&way, "x.example"), ["http://a:1", "direct"]);
        assert_eq!(
            way.describe("x.example"),
            "proxy http://a:1, otherwise directly (script in this program's settings)"
        );
        for error in [FindError::Absent, FindError::Failed("the script could not be downloaded".to_owned())] {
            let way = by("http://wpad/p.pac", Err(error)).expect("a way");
            let said = to(&way, "x.example").expect_err("no way").to_string();
            assert!(said.contains("script set in this program's settings cannot be used"), "{said}");
            assert!(said.contains("Check the script address in this program's settings"), "{said}");
        }
        let error = by("wpad/p.pac", Ok(vec!["direct://"])).expect_err("no address").to_string();
        assert!(error.starts_with("The script address in this program's settings cannot be used"), "{error}");
    }

    #[cfg(not(windows))]
    #[test]
    fn a_script_is_refused_where_the_system_runs_none() {
        for address in ["http://wpad/p.pac", "nonsense"] {
            let choice = ProxyChoice::Script(address.to_owned());
            let error = Way::of_system(&choice).expect_err("nothing runs it").to_string();
            assert!(error.contains("this program's settings") && error.contains("desktop's settings"), "{error}");
        }
    }

    #[test]
    fn a_direct_way_that_the_desktop_decided_is_known_as_its_decision() {
        let direct = told(FinderKind::Desktop, Ok(vec!["direct://"]), "win:1");
        assert_eq!(shown(&direct, "x.example"), ["direct"]);
        assert_eq!(direct.direct_by("x.example"), Some(ProxyPlace::Desktop));
        let proxy = told(FinderKind::Desktop, Ok(vec!["p:1"]), "win:1");
        assert_eq!(shown(&proxy, "x.example"), ["http://p:1"]);
        assert_eq!((proxy.direct_by("x.example"), Way::Direct.direct_by("x.example")), (None, None));
    }

    #[test]
    fn where_nobody_decides_the_typed_proxy_is_used() {
        for kind in [FinderKind::Desktop, FinderKind::WindowsDetection] {
            let way = told(kind, Err(FindError::Absent), "win:1");
            assert_eq!(shown(&way, "x.example"), ["http://win:1"]);
            assert_eq!(way.describe("x.example"), "proxy http://win:1 (Windows settings)");
        }
    }

    #[test]
    fn a_script_that_does_not_end_is_given_up_and_a_search_for_one_is_left() {
        #[derive(Debug)]
        struct Endless(FinderKind, Mutex<std::sync::mpsc::Receiver<()>>);
        impl ProxyFinder for Endless {
            fn kind(&self) -> FinderKind {
                self.0
            }
            fn find(&self, _: &str) -> Result<Vec<String>, FindError> {
                let _ = self.1.lock().expect("nobody else").recv();
                Err(FindError::Absent)
            }
        }
        let outcome = |kind| {
            let (until, ends) = std::sync::mpsc::channel();
            let mut found = Found::new(Box::new(Endless(kind, Mutex::new(ends))), Way::Direct);
            found.patience = Duration::from_millis(20);
            let outcome = to(&Way::Found(found), "x.example");
            drop(until);
            outcome
        };
        let error = outcome(FinderKind::WindowsScript).expect_err("it is set");
        assert!(error.why.contains("did not respond"), "{error}");
        assert_eq!(outcome(FinderKind::WindowsDetection), Ok(vec![Hop::Direct]));
    }

    #[test]
    fn the_environment_comes_before_windows_and_a_choice_before_both() -> Result<(), NetworkError> {
        let windows = || typed("win:1", "");
        let set = || environment("http://env:2", "");
        let unset = Environment::default;
        let describe =
            |choice, environment, windows| Way::find(&choice, environment, windows).map(|way| way.describe(""));
        assert!(describe(ProxyChoice::System, set(), windows())?.contains("http://env:2"));
        assert!(describe(ProxyChoice::System, unset(), windows())?.contains("http://win:1"));
        assert!(describe(ProxyChoice::System, unset(), nothing())?.contains("directly"));
        assert!(describe(ProxyChoice::None, set(), windows())?.contains("directly"));
        assert!(describe(ProxyChoice::Manual("man:3".into()), set(), windows())?.contains("http://man:3"));
        Ok(())
    }

    #[test]
    fn a_proxys_password_is_not_shown() -> Result<(), NetworkError> {
        let way = Way::find(
            &ProxyChoice::Manual("http://user:hunter2@proxy:8080".into()),
            Environment::default(),
            nothing(),
        )?;
        assert_eq!(way.describe("any.example"), "proxy http://proxy:8080 (this program's settings)");
        assert!(!format!("{way:?}").contains("hunter2"));
        Ok(())
    }

    #[test]
    fn a_setting_that_cannot_be_read_is_never_directly() {
        let unreadable = Environment { proxy: Some(("ALL_PROXY", None)), no_proxy: String::new() };
        let windows = |server: &str| typed(server, "");
        for (choice, environment, windows, named) in [
            (ProxyChoice::System, environment("htp://u:hunter2@p:1", ""), nothing(), "HTTPS_PROXY"),
            (ProxyChoice::System, environment(" ", "*"), nothing(), "HTTPS_PROXY"),
            (ProxyChoice::System, unreadable, windows("win:1"), "ALL_PROXY"),
            (ProxyChoice::System, Environment::default(), windows("socks=s:1080"), "Windows"),
            (ProxyChoice::System, Environment::default(), windows("https=gopher://x:1"), "Windows"),
            (ProxyChoice::System, Environment::default(), windows("user@host:port"), "Windows"),
            (
                ProxyChoice::Manual("socks4://u:hunter2@p:1".into()),
                Environment::default(),
                nothing(),
                "this program's settings",
            ),
        ] {
            let error = Way::find(&choice, environment, windows).expect_err(named).to_string();
            assert!(error.contains(named) && !error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn exceptions_are_passed_by_and_said() -> Result<(), NetworkError> {
        let way =
            Way::find(&ProxyChoice::System, environment("p:1", "dynamics.com, .contoso.com,10.8.0.0/24"), nothing())?;
        for host in ["contoso.crm4.dynamics.com", "a.contoso.com", "10.8.0.7"] {
            assert_eq!(shown(&way, host), ["direct"], "{host}");
            assert_eq!(way.describe(host), "directly, because of NO_PROXY");
        }
        for host in ["login.microsoftonline.com", "notdynamics.com", "10.9.0.7"] {
            assert_eq!(shown(&way, host), ["http://p:1"], "{host}");
        }
        let all = Way::find(&ProxyChoice::System, environment("p:1", "*"), nothing())?;
        assert_eq!(shown(&all, "any.example"), ["direct"]);
        let windows = typed("p:1", "*.dynamics.com;<local>");
        let way = Way::find(&ProxyChoice::System, Environment::default(), windows)?;
        assert_eq!(shown(&way, "a.dynamics.com"), ["direct"]);
        assert_eq!(shown(&way, "login.microsoftonline.com"), ["http://p:1"]);
        Ok(())
    }
}
