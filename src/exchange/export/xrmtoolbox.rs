//! XrmToolBox's connection file, with the elements without which it fails to load a list.
//!
//! Source: XrmToolBox `ConnectionManager.LoadConnectionsList` and `ConnectionDetail.cs`: `OriginalUrl` and `OrganizationUrlName` are read
//! without a check, search and edit call methods of `ServerName`, `WebApplicationUrl` and `UserName`, and without `SavePassword` the
//! first save erases the secret.

use uuid::Uuid;

use super::{Export, LeftOut, Options, Text};
use crate::escape::markup;
use crate::exchange::xrmtoolbox_disguise;
use crate::profile::{Profile, Tenant};

pub(super) fn write(profiles: &[&Profile], options: &Options<'_>) -> Export {
    let mut text = Text::for_profiles(profiles.len());
    text.push(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<CrmConnections xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\r\n  <ByPassProxyOnLocal>false</ByPassProxyOnLocal>\r\n  \
         <Connections>\r\n",
    );
    for profile in profiles {
        let (Some(url), Some(id)) = (&profile.environment_url, profile.client_id) else {
            text.leave_out(profile, LeftOut::Incomplete);
            continue;
        };
        let secret = options.secret_of(profile);
        text.push("    <ConnectionDetail>\r\n");
        let mut element = |name: &str, value: &str| {
            text.push(&format!("      <{name}>{}</{name}>\r\n", markup(value)));
        };
        element("AuthType", "None");
        element("AzureAdAppId", &id.to_string());
        if let Some(secret) = secret {
            element("ClientSecret", &xrmtoolbox_disguise::write(secret.expose()));
        }
        element("ConnectionId", &Uuid::new_v4().to_string());
        element("ConnectionName", &profile.name);
        element("IsCustomAuth", "false");
        element("IsFromSdkLoginCtrl", "false");
        element("NewAuthType", "ClientSecret");
        element("Organization", url.organization());
        element("OrganizationFriendlyName", &profile.name);
        element("OrganizationUrlName", url.organization());
        element("OriginalUrl", &url.to_string());
        element("SavePassword", if secret.is_some() { "true" } else { "false" });
        element("ServerName", url.host());
        element("ServerPort", "443");
        if let Some(Tenant::Id(tenant)) = &profile.tenant {
            element("TenantId", &tenant.to_string());
        }
        element("TimeoutTicks", "1200000000");
        element("UseIfd", "false");
        element("UseMfa", "false");
        element("UserName", &format!("{{{id}}}"));
        element("WebApplicationUrl", &url.to_string());
        text.push("    </ConnectionDetail>\r\n");
        text.profiles += 1;
        text.secrets += usize::from(secret.is_some());
    }
    text.push(
        "  </Connections>\r\n  <IsReadOnly>false</IsReadOnly>\r\n  <Name>A365 Password Tool</Name>\r\n  \
         <UseCustomProxy>false</UseCustomProxy>\r\n</CrmConnections>",
    );
    text.into_export()
}
