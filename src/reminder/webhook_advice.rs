//! What to do about a webhook's response.

use url::Url;

use crate::connection_check::PostAnswer;
use crate::settings::{AddressRemark, WebhookForm};

/// What helps, by what the receiver says, else by what its address is, else by the status.
pub(super) fn what_to_do(address: &Url, form: WebhookForm, answer: &PostAnswer) -> &'static str {
    let remark = AddressRemark::of(address);
    if let Some(known) = advice(&answer.text).filter(|_| remark != Some(AddressRemark::RetiredConnector)) {
        return known;
    }
    let remark = remark.filter(|_| !matches!(answer.status, 413 | 429 | 500..=599));
    if let Some(remark) = remark {
        return remark.words();
    }
    if let Some(words) = form.mismatch(address).filter(|_| matches!(answer.status, 200..=299 | 400 | 415 | 422)) {
        return words;
    }
    let is_workflow = WebhookForm::of_address(address) == Some(WebhookForm::Teams);
    match answer.status {
        200..=299 => "Check the webhook's settings where it was created.",
        300..=399 => "The receiver has moved. Copy its new address from where the webhook was created.",
        400 | 415 | 422 => "It may expect another format: choose Teams, Slack or JSON in the settings.",
        401 | 403 if is_workflow => ANYONE,
        401 | 403 => {
            "Its address may be incomplete or revoked. Copy the whole address again from where it was created."
        }
        404 | 410 if is_workflow => {
            "The workflow was deleted, or its address has changed. Open it in Power Automate and copy the address \
             again."
        }
        404 | 410 => "The webhook was deleted, or its address is incomplete. Create a new one and use its address.",
        405 => "This is not the address of a webhook. Copy it again from where the webhook was created.",
        407 => {
            "The proxy requires a password, which reminders do not have while the app is closed. Ask the network team \
             for a rule that needs no sign-in."
        }
        408 | 500..=599 => "The receiver has an internal problem. Try again later; the next check also tries again.",
        413 => "The message is too large for the receiver. Renew the secrets that are due, so that fewer are listed.",
        429 => "The receiver is getting too many messages. Wait a few minutes; the next check tries again.",
        _ => "Check its address where it was created.",
    }
}

const ANYONE: &str = "In the workflow's first step, set “Who can trigger the flow?” to “Anyone”. Then copy its whole \
                      address again, with “sig=” in it.";

/// What helps against what some receivers say: Slack's codes (docs.slack.dev/messaging/sending-messages-using-incoming-webhooks)
/// and those of workflows.
pub(super) fn advice(text: &str) -> Option<&'static str> {
    const GONE: &str = "The webhook was removed or turned off. Create a new one in Slack and use its address.";
    const RESTRICTED: &str = "The workspace does not allow this webhook to post there. Ask an administrator of the workspace, or choose another channel.";
    const KNOWN: [(&str, &str); 21] = [
        ("invalid_payload", "The receiver does not accept this format: choose Teams, Slack or JSON in the settings."),
        ("invalid_blocks", "The receiver does not accept this format: choose Teams, Slack or JSON in the settings."),
        ("no_text", "The receiver does not accept this format: choose Teams, Slack or JSON in the settings."),
        (
            "bad payload received",
            "The receiver does not accept this format: choose Teams, Slack or JSON in the settings.",
        ),
        (
            "summary or text is required",
            "The receiver does not accept this format: choose Teams, Slack or JSON in the settings.",
        ),
        ("no_service", GONE),
        ("no_active_hooks", GONE),
        ("invalid_token", GONE),
        ("no_team", GONE),
        ("team_disabled", "The Slack workspace is not active. Ask its administrator."),
        ("channel_is_archived", "The channel is archived. Unarchive it, or create a webhook for another channel."),
        ("channel_not_found", "The channel no longer exists. Create a webhook for another channel."),
        ("user_not_found", "The user no longer exists. Create a webhook for a channel."),
        ("action_prohibited", RESTRICTED),
        ("posting_to_general_channel_denied", RESTRICTED),
        (
            "too_many_attachments",
            "The message is too large for the receiver. Renew the secrets that are due, so that fewer are listed.",
        ),
        ("triggerisnotenabled", "The workflow is turned off. Turn it on in Power Automate."),
        ("trigger is not enabled", "The workflow is turned off. Turn it on in Power Automate."),
        (
            "workflownotfound",
            "The workflow was deleted, or its address has changed. Open it in Power Automate and copy the address \
             again.",
        ),
        ("directapiauthorizationrequired", ANYONE),
        ("http error 429", "Teams is getting too many messages. Wait a few minutes; the next check tries again."),
    ];
    let text = text.to_ascii_lowercase();
    KNOWN.iter().find(|(words, _)| text.contains(words)).map(|(_, advice)| *advice)
}
