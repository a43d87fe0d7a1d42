//! Hosts that people paste in place of an environment's: Microsoft's other pages, and what puts itself around an address.
//!
//! Sources: learn.microsoft.com "Microsoft Defender for Cloud Apps network requirements" (the suffixes of its sessions),
//! "Power Platform URLs and IP address ranges", "Safe Links in Microsoft Defender for Office 365".

use super::Cloud;
use super::domain::{before, is_at};

/// What a host is that carries no environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherHost<'h> {
    /// A page or service of Microsoft's, by its name with an article.
    Page(&'static str),
    /// A host in a session of Microsoft Defender for Cloud Apps.
    DefenderForCloudApps {
        /// What that has put behind it, without the dot.
        suffix: &'static str,
        /// What stands before.
        before: &'h str,
    },
    /// A mail filter's link, which holds another address.
    SafeLink,
    /// A host in a domain that carries environments.
    InDomain,
}

const FINANCE: &str = "a Dynamics 365 finance and operations app";
const MAKER: &str = "the Power Apps maker portal";
const ADMIN_CENTER: &str = "the Power Platform admin center";
const AZURE: &str = "the Azure portal";
const SIGN_IN: &str = "Microsoft's sign-in page";
const TRIALS: &str = "Microsoft's sign-up page for trials";

/// Pages by their domain.
const PAGES: [(&str, &str); 53] = [
    ("make.powerapps.com", MAKER),
    ("make.preview.powerapps.com", MAKER),
    ("make.gov.powerapps.us", MAKER),
    ("make.high.powerapps.us", MAKER),
    ("make.apps.appsplatform.us", MAKER),
    ("make.powerapps.cn", MAKER),
    ("apps.powerapps.com", "the Power Apps player"),
    ("make.powerautomate.com", "the Power Automate portal"),
    ("flow.microsoft.com", "the Power Automate portal"),
    ("make.powerpages.microsoft.com", "the Power Pages design studio"),
    ("copilotstudio.microsoft.com", "Copilot Studio"),
    ("web.powerva.microsoft.com", "Copilot Studio"),
    ("admin.powerplatform.microsoft.com", ADMIN_CENTER),
    ("admin.powerplatform.microsoft.us", ADMIN_CENTER),
    ("admin.appsplatform.us", ADMIN_CENTER),
    ("admin.powerplatform.partner.microsoftonline.cn", ADMIN_CENTER),
    ("admin.powerplatform.cn", ADMIN_CENTER),
    ("admin.powerapps.com", ADMIN_CENTER),
    ("admin.microsoft.com", "the Microsoft 365 admin center"),
    ("admin.cloud.microsoft", "the Microsoft 365 admin center"),
    ("portal.office.com", "the Microsoft 365 home page"),
    ("portal.azure.com", AZURE),
    ("portal.azure.us", AZURE),
    ("portal.azure.cn", AZURE),
    ("entra.microsoft.com", "the Microsoft Entra admin center"),
    ("entra.microsoft.us", "the Microsoft Entra admin center"),
    ("aad.portal.azure.com", "the Microsoft Entra admin center"),
    ("home.dynamics.com", "the Dynamics 365 home page"),
    ("dynamics.microsoft.com", "the Dynamics 365 product site"),
    ("trials.dynamics.com", TRIALS),
    ("trial.dynamics.com", TRIALS),
    ("signup.dynamics.com", TRIALS),
    ("signup.microsoft.com", TRIALS),
    ("operations.dynamics.com", FINANCE),
    ("cloudax.dynamics.com", FINANCE),
    ("axcloud.dynamics.com", FINANCE),
    ("ax.dynamics.com", FINANCE),
    ("onebox.dynamics.com", FINANCE),
    ("svc.dynamics.com", "a service behind Dynamics 365"),
    ("operations.microsoftdynamics.us", FINANCE),
    ("operations365.microsoftdynamics.us", FINANCE),
    ("operations.dynamics.cn", FINANCE),
    ("lcs.dynamics.com", "Lifecycle Services"),
    ("retail.dynamics.com", "Dynamics 365 Commerce"),
    ("commerce.dynamics.com", "Dynamics 365 Commerce"),
    ("businesscentral.dynamics.com", "Dynamics 365 Business Central"),
    ("powerappsportals.com", "a Power Apps or Power Pages site"),
    ("powerappsportals.us", "a Power Apps or Power Pages site"),
    ("dynamics365portals.com", "a Power Apps or Power Pages site"),
    ("microsoftcrmportals.com", "a Power Apps or Power Pages site"),
    ("powerapps.com", "a Power Apps or Power Pages site"),
    ("powerplatform.com", "a Power Platform service"),
    ("microsoftdynamics.de", "Microsoft Cloud Germany, which was closed in 2021"),
];

/// Before the region of an environment's host: Microsoft's own services.
const SERVICES: [(&str, &str); 7] = [
    ("globaldisco", "Microsoft's discovery service"),
    ("disco", "Microsoft's discovery service"),
    ("dev", "Microsoft's discovery service"),
    ("admin", "Dynamics 365's administration"),
    ("port", "Dynamics 365's administration"),
    ("home", "the Dynamics 365 home page"),
    ("www", "Dynamics 365's own site"),
];

/// What Microsoft Defender for Cloud Apps puts behind a host: worldwide, GCC and GCC High. The longer first.
const DEFENDER: [&str; 8] = [
    "admin-mcas.ms",
    "mcas.ms",
    "admin-mcas-gov.ms",
    "mcas-gov.ms",
    "admin-mcas-gov.us",
    "mcas-gov.us",
    "cas-gov.us",
    "cas.ms",
];

/// Mail filters that put their own address around a link.
const SAFE_LINKS: [&str; 12] = [
    "safelinks.protection.outlook.com",
    "safelinks.protection.office365.us",
    "safelinks.protection.partner.outlook.cn",
    "statics.teams.cdn.office.net",
    "statics.teams.cdn.live.net",
    "urldefense.com",
    "urldefense.us",
    "urldefense.proofpoint.com",
    "linkprotect.cudasvc.com",
    "secure-web.cisco.com",
    "mimecast.com",
    "mimecastprotect.com",
];

/// What `host`, in lower case and no environment's, is; `None` when it is not known.
pub fn other_host(host: &str) -> Option<OtherHost<'_>> {
    if let Some((suffix, before)) = DEFENDER.into_iter().find_map(|suffix| Some((suffix, before(host, suffix)?))) {
        return Some(OtherHost::DefenderForCloudApps { suffix, before });
    }
    if SAFE_LINKS.into_iter().any(|domain| is_at(host, domain)) {
        return Some(OtherHost::SafeLink);
    }
    let is_sign_in = Cloud::signing_in_at(host).map(|_| SIGN_IN);
    let page = || PAGES.into_iter().find(|(domain, _)| is_at(host, domain)).map(|(_, page)| page);
    if let Some(page) = is_sign_in.or_else(page).or_else(|| finance_in_a_region(host)).or_else(|| service(host)) {
        return Some(OtherHost::Page(page));
    }
    let in_domain = Cloud::ALL.into_iter().any(|cloud| is_at(host, cloud.addresses().environment_domain));
    in_domain.then_some(OtherHost::InDomain)
}

/// `contoso.operations.eu.dynamics.com`: the geography stands in between.
fn finance_in_a_region(host: &str) -> Option<&'static str> {
    let labels = before(host, "dynamics.com")?;
    labels.split('.').any(|label| label == "operations").then_some(FINANCE)
}

/// `admin.crm4.dynamics.com`.
fn service(host: &str) -> Option<&'static str> {
    let in_domain = Cloud::ALL.into_iter().find_map(|cloud| before(host, cloud.addresses().environment_domain))?;
    let (name, region) = in_domain.rsplit_once('.')?;
    region
        .starts_with("crm")
        .then(|| SERVICES.into_iter().find(|(service, _)| name == *service))
        .flatten()
        .map(|(_, page)| page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_matched_at_its_dots() {
        assert_eq!(other_host("make.powerapps.com"), Some(OtherHost::Page(MAKER)));
        for stranger in
            ["xmake.powerapps.com.evil.example", "evilmcas.ms", "mcas.ms.evil.example", "dynamics.com.evil.example"]
        {
            assert_eq!(other_host(stranger), None, "{stranger}");
        }
    }

    #[test]
    fn what_defender_puts_behind_a_host_is_known() {
        let found = other_host("contoso.crm9.dynamics.com.mcas-gov.ms");
        let expected = OtherHost::DefenderForCloudApps { suffix: "mcas-gov.ms", before: "contoso.crm9.dynamics.com" };
        assert_eq!(found, Some(expected));
    }
}
