//! Microsoft's clouds as data: which hosts carry environments, which host signs in for them, and who may be
//! sent a client secret.
//!
//! In: a host name, and where there is one an administrator's list ([`Overrides`]). Out: the [`Cloud`] it belongs to
//! and that cloud's addresses. Pure: no network, no clock, no files.
//! Sources: Microsoft's `DiscoveryServers.cs` (PowerPlatform-DataverseServiceClient), "National clouds"
//! (learn.microsoft.com/entra/identity-platform/authentication-national-cloud), "Microsoft Graph deployments"
//! and "Power Platform US Government".

#![warn(missing_docs)]

pub(crate) mod domain;
mod other_hosts;
mod overrides;

pub use other_hosts::{OtherHost, other_host};
pub use overrides::{ExtraCloud, Overrides, OverridesError};

/// One of Microsoft's clouds that carry Dataverse environments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cloud {
    /// The worldwide commercial cloud.
    Commercial,
    /// US Government Community Cloud: its environments live at `crm9`, but it signs in at the commercial host.
    Gcc,
    /// US Government GCC High.
    GccHigh,
    /// US Department of Defense.
    Dod,
    /// China, operated by 21Vianet.
    China,
    /// A cloud from an administrator's list, see [`Overrides`].
    Extra(&'static ExtraCloud),
}

/// All that differs between two clouds. Hosts are lower-case and without a scheme.
#[derive(Debug, PartialEq, Eq, Hash)]
struct CloudAddresses {
    name: &'static str,
    /// What follows `crm<N>.` in an environment's host.
    environment_domain: &'static str,
    /// Where the token is asked for.
    sign_in_host: &'static str,
    /// Other names of the same sign-in service which a challenge may carry.
    sign_in_aliases: &'static [&'static str],
    graph_host: &'static str,
    azure_portal: &'static str,
    power_platform_admin: &'static str,
}

const COMMERCIAL_ALIASES: &[&str] = &["login.windows.net", "login.microsoft.com", "sts.windows.net"];

static COMMERCIAL: CloudAddresses = CloudAddresses {
    name: "Commercial",
    environment_domain: "dynamics.com",
    sign_in_host: "login.microsoftonline.com",
    sign_in_aliases: COMMERCIAL_ALIASES,
    graph_host: "graph.microsoft.com",
    azure_portal: "https://portal.azure.com",
    power_platform_admin: "https://admin.powerplatform.microsoft.com",
};

static GCC: CloudAddresses = CloudAddresses {
    name: "US Government (GCC)",
    environment_domain: "dynamics.com",
    sign_in_host: "login.microsoftonline.com",
    sign_in_aliases: COMMERCIAL_ALIASES,
    graph_host: "graph.microsoft.com",
    azure_portal: "https://portal.azure.com",
    power_platform_admin: "https://gcc.admin.powerplatform.microsoft.us",
};

static GCC_HIGH: CloudAddresses = CloudAddresses {
    name: "US Government (GCC High)",
    environment_domain: "microsoftdynamics.us",
    sign_in_host: "login.microsoftonline.us",
    sign_in_aliases: &["login-us.microsoftonline.com", "login.usgovcloudapi.net"],
    graph_host: "graph.microsoft.us",
    azure_portal: "https://portal.azure.us",
    power_platform_admin: "https://high.admin.powerplatform.microsoft.us",
};

static DOD: CloudAddresses = CloudAddresses {
    name: "US Department of Defense",
    environment_domain: "appsplatform.us",
    sign_in_host: "login.microsoftonline.us",
    sign_in_aliases: &["login-us.microsoftonline.com", "login.usgovcloudapi.net"],
    graph_host: "dod-graph.microsoft.us",
    azure_portal: "https://portal.azure.us",
    power_platform_admin: "https://admin.appsplatform.us",
};

static CHINA: CloudAddresses = CloudAddresses {
    name: "China (21Vianet)",
    environment_domain: "dynamics.cn",
    sign_in_host: "login.partner.microsoftonline.cn",
    sign_in_aliases: &["login.chinacloudapi.cn"],
    graph_host: "microsoftgraph.chinacloudapi.cn",
    azure_portal: "https://portal.azure.cn",
    power_platform_admin: "https://admin.powerplatform.partner.microsoftonline.cn",
};

impl Cloud {
    /// Every cloud of the built-in table, the commercial one first.
    pub const ALL: [Cloud; 5] = [Cloud::Commercial, Cloud::Gcc, Cloud::GccHigh, Cloud::Dod, Cloud::China];

    fn addresses(self) -> &'static CloudAddresses {
        match self {
            Cloud::Commercial => &COMMERCIAL,
            Cloud::Gcc => &GCC,
            Cloud::GccHigh => &GCC_HIGH,
            Cloud::Dod => &DOD,
            Cloud::China => &CHINA,
            Cloud::Extra(extra) => &extra.0,
        }
    }

    /// The cloud's name as people say it.
    pub fn name(self) -> &'static str {
        self.addresses().name
    }

    /// The one host to which a client secret of this cloud is sent.
    pub fn sign_in_host(self) -> &'static str {
        self.addresses().sign_in_host
    }

    /// The sign-in host's page about an error code, by the number after `AADSTS`; empty for the page that looks codes up.
    pub fn sign_in_error_page(self, number: &str) -> String {
        let host = self.sign_in_host();
        if number.is_empty() { format!("https://{host}/error") } else { format!("https://{host}/error?code={number}") }
    }

    /// Whether `host` is a name of this cloud's sign-in service. Compared whole and without case: a host that
    /// only ends or begins like one is not.
    pub fn is_sign_in_host(self, host: &str) -> bool {
        let known = self.addresses();
        known.sign_in_host.eq_ignore_ascii_case(host)
            || known.sign_in_aliases.iter().any(|alias| alias.eq_ignore_ascii_case(host))
    }

    /// The cloud's Microsoft Graph host.
    pub fn graph_host(self) -> &'static str {
        self.addresses().graph_host
    }

    /// The Azure portal's origin, without a trailing slash.
    pub fn azure_portal(self) -> &'static str {
        self.addresses().azure_portal
    }

    /// A page of an app registration in the Azure portal, e.g. `Credentials` for its client secrets.
    pub fn app_registration_page(self, blade: &str, client_id: &str) -> String {
        let portal = self.azure_portal();
        format!("{portal}/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/{blade}/appId/{client_id}")
    }

    /// The Power Platform admin centre's origin, without a trailing slash.
    pub fn power_platform_admin(self) -> &'static str {
        self.addresses().power_platform_admin
    }

    /// The cloud which signs in at `host`, if any does: tells "another Microsoft cloud" from "a stranger".
    pub fn signing_in_at(host: &str) -> Option<Cloud> {
        Cloud::ALL.into_iter().find(|cloud| cloud.is_sign_in_host(host))
    }
}

/// An environment's host taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentHost {
    /// The cloud whose table the host is in.
    pub cloud: Cloud,
    /// The organization's own label, e.g. `contoso`.
    pub organization: String,
    /// The canonical host, lower-case and without `api`, e.g. `contoso.crm4.dynamics.com`.
    pub host: String,
}

/// Labels before `crm…` that are Microsoft's own services and never an organization.
const SERVICE_LABELS: [&str; 8] = ["globaldisco", "disco", "dev", "admin", "port", "www", "api", "home"];

/// Reads `host` as a Dataverse environment's host: `<organization>[.api].crm<N>.<domain of a cloud>`.
///
/// Regions are not enumerated: `crm` with up to two digits is accepted, because Microsoft adds numbers.
/// `None` for every other host, look-alikes included.
pub fn environment_host(host: &str) -> Option<EnvironmentHost> {
    environment_host_with(host, &Overrides::none())
}

/// As [`environment_host`], and beside the built-in table by an administrator's list.
pub fn environment_host_with(host: &str, overrides: &Overrides) -> Option<EnvironmentHost> {
    let host = host.to_ascii_lowercase();
    if let Some((cloud, before, suffix)) = overrides.find(&host) {
        let organization = organization_of(before)?;
        return Some(EnvironmentHost {
            cloud,
            organization: organization.to_owned(),
            host: format!("{organization}.{suffix}"),
        });
    }
    let (before, region, domain) = Cloud::ALL.into_iter().find_map(|cloud| {
        let domain = cloud.addresses().environment_domain;
        let rest = domain::before(&host, domain)?;
        let (before, region) = rest.rsplit_once('.')?;
        Some((before, region, domain))
    })?;
    let number = region.strip_prefix("crm")?;
    if number.len() > 2 || !number.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let organization = organization_of(before)?;
    let cloud = match (domain, number) {
        ("dynamics.com", "9") => Cloud::Gcc,
        ("dynamics.com", _) => Cloud::Commercial,
        ("microsoftdynamics.us", "") => Cloud::GccHigh,
        ("appsplatform.us", "") => Cloud::Dod,
        ("dynamics.cn", "") => Cloud::China,
        _ => return None,
    };
    Some(EnvironmentHost {
        cloud,
        organization: organization.to_owned(),
        host: format!("{organization}.{region}.{domain}"),
    })
}

/// The organization's label in what stands before the region: `contoso` or `contoso.api`.
fn organization_of(before: &str) -> Option<&str> {
    let organization = before.strip_suffix(".api").unwrap_or(before);
    let is_label = !organization.is_empty()
        && organization.len() <= 63
        && !organization.starts_with('-')
        && !organization.ends_with('-')
        && organization.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (is_label && !SERVICE_LABELS.contains(&organization)).then_some(organization)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_host_is_compared_whole() {
        assert!(Cloud::Commercial.is_sign_in_host("LOGIN.microsoftonline.com"));
        for stranger in
            ["login.microsoftonline.com.evil.example", "evil-login.microsoftonline.com", "login.microsoftonline.us", ""]
        {
            assert!(!Cloud::Commercial.is_sign_in_host(stranger), "{stranger}");
        }
    }

    #[test]
    fn each_cloud_is_known_by_its_environment_host() {
        let cases = [
            ("contoso.crm.dynamics.com", Some(Cloud::Commercial)),
            ("contoso.crm22.dynamics.com", Some(Cloud::Commercial)),
            ("contoso.crm9.dynamics.com", Some(Cloud::Gcc)),
            ("contoso.crm.microsoftdynamics.us", Some(Cloud::GccHigh)),
            ("contoso.crm.appsplatform.us", Some(Cloud::Dod)),
            ("contoso.crm.dynamics.cn", Some(Cloud::China)),
            ("contoso.crm.microsoftdynamics.de", None),
            ("contoso.crm.dynamics.com.evil.example", None),
            ("contoso.crmx.dynamics.com", None),
            ("contoso.crm123.dynamics.com", None),
            ("a.b.crm4.dynamics.com", None),
            ("crm4.dynamics.com", None),
            ("globaldisco.crm.dynamics.com", None),
            ("contoso-crm4.dynamics.com", None),
            ("-contoso.crm4.dynamics.com", None),
            ("contoso-.crm4.dynamics.com", None),
            ("con_toso.crm4.dynamics.com", None),
        ];
        for (host, cloud) in cases {
            assert_eq!(environment_host(host).map(|found| found.cloud), cloud, "{host}");
        }
        for (length, is_label) in [(63, true), (64, false)] {
            let host = format!("{}.crm4.dynamics.com", "a".repeat(length));
            assert_eq!(environment_host(&host).is_some(), is_label, "a label of {length}");
        }
    }

    #[test]
    fn each_cloud_has_its_own_hosts_and_pages() {
        let cases = [
            (
                Cloud::Commercial,
                "graph.microsoft.com",
                "https://portal.azure.com",
                "https://admin.powerplatform.microsoft.com",
            ),
            (
                Cloud::China,
                "microsoftgraph.chinacloudapi.cn",
                "https://portal.azure.cn",
                "https://admin.powerplatform.partner.microsoftonline.cn",
            ),
        ];
        for (cloud, graph, portal, admin) in cases {
            assert_eq!((cloud.graph_host(), cloud.power_platform_admin()), (graph, admin));
            let page = cloud.app_registration_page("Credentials", "an-id");
            assert!(
                page.starts_with(&format!("{portal}/#view/")) && page.ends_with("/~/Credentials/appId/an-id"),
                "{page}"
            );
            let host = cloud.sign_in_host();
            assert_eq!(cloud.sign_in_error_page("7000215"), format!("https://{host}/error?code=7000215"));
            assert_eq!(cloud.sign_in_error_page(""), format!("https://{host}/error"));
        }
        let names: std::collections::HashSet<&str> = Cloud::ALL.into_iter().map(Cloud::name).collect();
        assert!(names.len() == Cloud::ALL.len() && !names.contains(""), "{names:?}");
    }

    #[test]
    fn the_api_host_is_the_same_environment() {
        let found = environment_host("Contoso.API.crm4.dynamics.com").map(|found| found.host);
        assert_eq!(found.as_deref(), Some("contoso.crm4.dynamics.com"));
    }
}
