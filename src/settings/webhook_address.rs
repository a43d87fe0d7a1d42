//! What a webhook's address tells before anything is posted: which form its receiver takes, and whether it can be a webhook's
//! address at all.

use url::Url;

use super::WebhookForm;
use crate::cloud::domain::is_at;

/// Something to be said about an address that somebody types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressRemark {
    /// An Office 365 connector of Teams or Outlook. Retired: "Retirement of Office 365 connectors within Microsoft Teams",
    /// devblogs.microsoft.com/microsoft365dev.
    RetiredConnector,
    /// A Power Automate workflow's address of before 30 November 2025: "Changes to HTTP or Teams Webhook trigger flows",
    /// learn.microsoft.com/troubleshoot/power-platform/power-automate/flow-run-issues/triggers-troubleshoot. Logic Apps of
    /// Azure still have such addresses.
    MovedWorkflow,
    /// A workflow's address without its signature.
    CutWorkflow,
    /// A page of Teams, Power Automate, Azure, Outlook or Slack that people open in a browser.
    PageForPeople,
    /// A Slack workflow, which takes variables of its own.
    SlackWorkflow,
    /// Discord's own form, which this program does not write; it has Slack's form beside it.
    DiscordForm,
}

impl AddressRemark {
    /// What is to be said about `address`, if anything.
    pub fn of(address: &Url) -> Option<AddressRemark> {
        let host = host_of(address)?;
        let path = address.path();
        let is_outlook = matches!(host.as_str(), "outlook.office.com" | "outlook.office365.com");
        if is_at(&host, "webhook.office.com") || is_outlook && path.starts_with("/webhook") {
            return Some(AddressRemark::RetiredConnector);
        }
        if is_workflow(&host) && !address.query_pairs().any(|(name, value)| name == "sig" && !value.is_empty()) {
            return Some(AddressRemark::CutWorkflow);
        }
        if is_at(&host, "logic.azure.com") {
            return Some(AddressRemark::MovedWorkflow);
        }
        if is_slack(&host) {
            return (!path.starts_with("/services/")).then_some(AddressRemark::SlackWorkflow);
        }
        if is_discord(&host) {
            return (!path.ends_with("/slack")).then_some(AddressRemark::DiscordForm);
        }
        let is_page = is_outlook || PAGES.iter().any(|domain| is_at(&host, domain));
        is_page.then_some(AddressRemark::PageForPeople)
    }

    /// What it is and what to do, in words.
    pub fn words(self) -> &'static str {
        match self {
            AddressRemark::RetiredConnector => {
                "This is the address of an Office 365 connector. Microsoft has retired these, so messages no longer arrive. In \
                 the channel in Teams, choose Workflows, “Send webhook alerts to a channel”, and use the address it gives you."
            }
            AddressRemark::MovedWorkflow => {
                "Power Automate workflows have moved: since 30 November 2025 their addresses at logic.azure.com no longer work. \
                 Open the workflow and copy its new address (…api.powerplatform.com). Only a Logic App in Azure keeps this one."
            }
            AddressRemark::CutWorkflow => {
                "The end of this address is missing: a workflow's address contains “sig=”. Copy the whole address from the \
                 workflow's first step. If it has no “sig=” there, set “Who can trigger the flow?” to “Anyone”."
            }
            AddressRemark::PageForPeople => {
                "This is the address of a web page, not of a webhook. In Teams, open the workflow and copy the address \
                 from its first step; in Slack, copy the one of the incoming webhook (hooks.slack.com/services/…)."
            }
            AddressRemark::SlackWorkflow => {
                "This address starts a Slack workflow, which does not accept messages. Create an incoming webhook in \
                 Slack and use its address (hooks.slack.com/services/…)."
            }
            AddressRemark::DiscordForm => {
                "Discord accepts the Slack format if you add “/slack” to the end of this address."
            }
        }
    }
}

impl WebhookForm {
    /// The form that the address itself tells: what is not theirs, Microsoft's and Slack's hosts accept in silence and fail on
    /// later.
    pub fn of_address(address: &Url) -> Option<WebhookForm> {
        let host = host_of(address)?;
        if is_workflow(&host) || is_at(&host, "webhook.office.com") || host.starts_with("outlook.office") {
            Some(WebhookForm::Teams)
        } else if is_slack(&host) || is_discord(&host) {
            Some(WebhookForm::Slack)
        } else {
            None
        }
    }

    /// What is to be said where this form is not the one of the address.
    pub fn mismatch(self, address: &Url) -> Option<&'static str> {
        match (WebhookForm::of_address(address)?, self) {
            (WebhookForm::Teams, WebhookForm::Json) => Some(
                "This is an address of Microsoft Teams or Power Automate. A Teams workflow accepts any message but \
                 fails if it is not in the Teams format: choose Microsoft Teams, unless the workflow is your own.",
            ),
            (WebhookForm::Teams, WebhookForm::Slack) => {
                Some("This is an address of Microsoft Teams or Power Automate, which do not accept the Slack format.")
            }
            (WebhookForm::Slack, WebhookForm::Json | WebhookForm::Teams) => {
                Some("This address accepts only the Slack format: choose Slack.")
            }
            _ => None,
        }
    }
}

/// Where people are and webhooks are not.
const PAGES: [&str; 14] = [
    "teams.microsoft.com",
    "teams.cloud.microsoft",
    "teams.live.com",
    "make.powerautomate.com",
    "make.powerapps.com",
    "make.gov.powerautomate.us",
    "flow.microsoft.com",
    "admin.powerplatform.microsoft.com",
    "portal.azure.com",
    "portal.azure.us",
    "portal.azure.cn",
    "outlook.cloud.microsoft",
    "slack.com",
    "app.slack.com",
];

/// Workflows of the commercial and the national clouds: "Power Platform API endpoints",
/// learn.microsoft.com/power-platform/admin/programmability-authentication-v2, and Azure Logic Apps.
const WORKFLOWS: [&str; 9] = [
    "api.powerplatform.com",
    "api.powerplatform.us",
    "api.gov.powerplatform.microsoft.us",
    "api.high.powerplatform.microsoft.us",
    "api.appsplatform.us",
    "api.powerplatform.partner.microsoftonline.cn",
    "logic.azure.com",
    "logic.azure.us",
    "logic.azure.cn",
];

fn is_workflow(host: &str) -> bool {
    WORKFLOWS.iter().any(|domain| is_at(host, domain))
}

fn is_slack(host: &str) -> bool {
    is_at(host, "hooks.slack.com") || is_at(host, "hooks.slack-gov.com")
}

/// Whether this is an incoming webhook of Slack.
pub(crate) fn is_slack_webhook(address: &Url) -> bool {
    host_of(address).is_some_and(|host| is_slack(&host)) && address.path().starts_with("/services/")
}

fn is_discord(host: &str) -> bool {
    is_at(host, "discord.com") || is_at(host, "discordapp.com")
}

/// The host in the form in which hosts are compared.
fn host_of(address: &Url) -> Option<String> {
    Some(address.host_str()?.trim_end_matches('.').to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_its_form_and_what_is_wrong_with_it() {
        use AddressRemark::{CutWorkflow, DiscordForm, MovedWorkflow, PageForPeople, RetiredConnector, SlackWorkflow};
        use WebhookForm::{Slack, Teams};
        let flow =
            "powerautomate/automations/direct/workflows/0a1b/triggers/manual/paths/invoke?api-version=1&sp=%2F&sv=1.0";
        for (address, form, remark) in [
            (&*format!("https://default0a.1b.environment.api.powerplatform.com:443/{flow}&sig=x"), Some(Teams), None),
            (&format!("https://DEFAULT0A.1B.Environment.API.PowerPlatform.com./{flow}&sig=x"), Some(Teams), None),
            (&format!("https://0a.1b.environment.api.gov.powerplatform.microsoft.us/{flow}&sig=x"), Some(Teams), None),
            (&format!("https://0a.1b.environment.api.high.powerplatform.microsoft.us/{flow}&sig=x"), Some(Teams), None),
            (&format!("https://0a.1b.environment.api.appsplatform.us/{flow}&sig=x"), Some(Teams), None),
            (&format!("https://0a.environment.api.powerplatform.com/{flow}"), Some(Teams), Some(CutWorkflow)),
            (&format!("https://0a.environment.api.powerplatform.com/{flow}&sig="), Some(Teams), Some(CutWorkflow)),
            ("https://prod-23.westeurope.logic.azure.com:443/workflows/0a/x?sig=x", Some(Teams), Some(MovedWorkflow)),
            ("https://prod-23.westeurope.logic.azure.com/workflows/0a/x", Some(Teams), Some(CutWorkflow)),
            ("https://prod-01.usgovtexas.logic.azure.us/workflows/0a/x?sig=x", Some(Teams), None),
            ("https://contoso.webhook.office.com/webhookb2/x@y/IncomingWebhook/z", Some(Teams), Some(RetiredConnector)),
            ("https://outlook.office.com/webhook/x@y/IncomingWebhook/z", Some(Teams), Some(RetiredConnector)),
            ("https://outlook.office365.com/webhook/x@y/IncomingWebhook/z", Some(Teams), Some(RetiredConnector)),
            ("https://outlook.office.com/calendar/view/month", Some(Teams), Some(PageForPeople)),
            ("https://teams.microsoft.com/l/channel/19%3ax%40thread.tacv2/General", None, Some(PageForPeople)),
            ("https://make.powerautomate.com/environments/Default-0a/flows/1b/details", None, Some(PageForPeople)),
            ("https://emea.flow.microsoft.com/manage/x", None, Some(PageForPeople)),
            ("https://portal.azure.com/#view/x", None, Some(PageForPeople)),
            ("https://contoso.slack.com/archives/C0", None, Some(PageForPeople)),
            ("https://hooks.slack.com/services/T0/B0/x", Some(Slack), None),
            ("https://hooks.slack-gov.com/services/T0/B0/x", Some(Slack), None),
            ("https://hooks.slack.com/workflows/T0/A0/1/x", Some(Slack), Some(SlackWorkflow)),
            ("https://hooks.slack.com/triggers/T0/1/x", Some(Slack), Some(SlackWorkflow)),
            ("https://discord.com/api/webhooks/1/x", Some(Slack), Some(DiscordForm)),
            ("https://discord.com/api/webhooks/1/x/slack", Some(Slack), None),
            ("https://mattermost.contoso.example/hooks/x", None, None),
            ("https://notlogic.azure.com.example/x", None, None),
            ("https://evil-hooks.slack.com.example/services/x", None, None),
            ("https://myhooks.slack.community/x", None, None),
        ] {
            let url = Url::parse(address).expect("an address");
            assert_eq!(WebhookForm::of_address(&url), form, "{address}");
            assert_eq!(AddressRemark::of(&url), remark, "{address}");
            for other in [WebhookForm::Json, Teams, Slack] {
                let differs = form.is_some_and(|form| form != other);
                assert_eq!(other.mismatch(&url).is_some(), differs, "{address} {other:?}");
            }
        }
    }
}
