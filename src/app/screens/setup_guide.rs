//! The setup guide: from an empty Azure portal to a working connection, ticked off from what is already known.

use egui::{RichText, ScrollArea, Ui};

use crate::app::{
    draft::Draft,
    state::{AppState, CheckView, Command},
    theme::{icons::Icon, section_heading, tokens},
    widgets::{self, FieldNote, Vocabulary, card, note_line, scroll_to_focus},
};
use crate::cloud::{Cloud, Overrides};
use crate::connection_check::{PrivilegeState, Stage};
use crate::profile::{ClientId, EnvironmentUrl};

/// How far a step is known to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// The form or the test shows that it is done.
    Done,
    /// Nothing tells.
    Open,
    /// The test shows that it is not done.
    Wrong,
}

struct Step {
    title: &'static str,
    lines: &'static [&'static str],
    /// What goes wrong here most often.
    warning: Option<&'static str>,
    /// The portal's page: its name and its path after the cloud's own origin.
    page: Option<(&'static str, Portal)>,
    progress: fn(&Known) -> Progress,
}

/// A page of one of the two portals.
enum Portal {
    Azure(&'static str),
    PowerPlatform(&'static str),
}

impl Portal {
    fn url(&self, cloud: Cloud) -> String {
        match self {
            Portal::Azure(path) => format!("{}/{path}", cloud.azure_portal()),
            Portal::PowerPlatform(path) => format!("{}/{path}", cloud.power_platform_admin()),
        }
    }
}

const APP_REGISTRATIONS: Portal = Portal::Azure("#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade");

const STEPS: [Step; 8] = [
    Step {
        title: "Register an application",
        lines: &[
            "Microsoft Entra ID, App registrations, New registration.",
            "Name: any, for example “Anywhere365 CRM Service”. You will need it in step 6.",
            "Supported account types: Accounts in this organizational directory only.",
            "Redirect URI: leave it empty. Select Register.",
        ],
        warning: None,
        page: Some(("App registrations", APP_REGISTRATIONS)),
        progress: |known| known.sign_in_or(known.client_id),
    },
    Step {
        title: "Copy the client ID",
        lines: &["On the app's Overview page, copy “Application (client) ID”.", "Paste it into the field Client ID."],
        warning: Some("Not the Object ID and not the Directory (tenant) ID: all three look alike."),
        page: None,
        progress: |known| known.sign_in_or(known.client_id),
    },
    Step {
        title: "Create a client secret",
        lines: &[
            "Certificates & secrets, Client secrets, New client secret.",
            "Enter a description and choose when it expires. Select Add.",
            "Enter the same date in the field Secret expires: the calendar has the portal's choices.",
            "If the portal refuses a new secret or allows only a short lifetime, the tenant has an app management \
             policy. Ask a Security Administrator to exclude this app: Entra admin center, Enterprise apps, \
             Application policies.",
        ],
        warning: Some(
            "The secret and the connection string stop working on that day. This app reminds you before then if it \
             knows the date.",
        ),
        page: None,
        progress: |known| if known.expiry { Progress::Done } else { Progress::Open },
    },
    Step {
        title: "Copy the secret's Value",
        lines: &["Copy the Value column immediately.", "Paste it into the field Client secret and select Save."],
        warning: Some(
            "The Value is shown only once: you cannot see it again after you leave the page. Do not copy the Secret \
             ID.",
        ),
        page: None,
        progress: |known| match (known.secret, known.passed(Stage::SignIn)) {
            (_, Some(true)) => Progress::Done,
            (_, Some(false)) => Progress::Wrong,
            (true, None) => Progress::Done,
            (false, None) => Progress::Open,
        },
    },
    Step {
        title: "Add the API permission",
        lines: &[
            "API permissions, Add a permission, Dynamics CRM.",
            "Delegated permissions, select user_impersonation, select Add permissions.",
        ],
        warning: None,
        page: None,
        progress: |_| Progress::Open,
    },
    Step {
        title: "Create the application user",
        lines: &[
            "Power Platform admin center, Environments, your environment, Settings.",
            "Users + permissions, Application users, New app user.",
            "Add an app: choose the application of step 1. Choose the business unit.",
        ],
        warning: None,
        page: Some(("Environments", Portal::PowerPlatform("environments"))),
        progress: |known| known.of_stage(Stage::WhoAmI),
    },
    Step {
        title: "Give it security roles",
        lines: &[
            "In the same dialog, Security roles: “Basic User”, and a role that can read (Organization level) \
             Account, Contact and Case.",
            "Optional: read Lead; since bundle DC2022.03 also read Activity, and write Lead and Activity.",
            "Select Save, then Create.",
        ],
        warning: None,
        page: None,
        progress: |known| known.rights,
    },
    Step {
        title: "Copy the Environment URL and test",
        lines: &[
            "Environments, your environment, Details: copy “Environment URL” into the field of that name.",
            "Select Test connection, then Save.",
            "Copy Setting, Value and Scope from the card below the form into the UCC's Plugin Settings.",
        ],
        warning: None,
        page: Some(("Environments", Portal::PowerPlatform("environments"))),
        progress: |known| match (known.url, known.all_passed) {
            (_, Some(true)) => Progress::Done,
            (_, Some(false)) => Progress::Wrong,
            _ => Progress::Open,
        },
    },
];

/// What the form and the last test show.
struct Known {
    cloud: Cloud,
    url: bool,
    client_id: bool,
    secret: bool,
    expiry: bool,
    stages: Vec<(Stage, bool)>,
    rights: Progress,
    all_passed: Option<bool>,
}

impl Known {
    fn of(draft: Option<&Draft>, check: Option<&CheckView>, clouds: &Overrides) -> Known {
        use crate::app::state::StageView;
        use crate::connection_check::StageResult;
        let fields = draft.map(|draft| &draft.fields);
        let url = fields.and_then(|fields| EnvironmentUrl::parse_with(&fields.environment_url, clouds).ok());
        let check = check.filter(|check| draft.is_some_and(|draft| check.is_of(draft)));
        let stages = check
            .iter()
            .flat_map(|check| &check.stages)
            .filter_map(|(stage, view)| match view {
                StageView::Done(report) if report.result != StageResult::Skipped => {
                    Some((*stage, report.result != StageResult::Failed))
                }
                _ => None,
            })
            .collect();
        let rights = match check.and_then(CheckView::report) {
            Some(report) if report.privileges.is_empty() => Progress::Open,
            Some(report) => {
                let missing = report.privileges.iter().any(|right| {
                    right.state == PrivilegeState::Missing && right.need == crate::connection_check::Need::Required
                });
                if missing { Progress::Wrong } else { Progress::Done }
            }
            None => Progress::Open,
        };
        Known {
            cloud: url.as_ref().map_or(Cloud::Commercial, EnvironmentUrl::cloud),
            url: url.is_some(),
            client_id: fields.is_some_and(|fields| ClientId::parse(&fields.client_id).is_ok()),
            secret: draft.is_some_and(|draft| draft.secret().is_ok()),
            expiry: draft.and_then(Draft::expiry).is_some_and(|date| date.is_ok()),
            stages,
            rights,
            all_passed: check.and_then(CheckView::report).map(|report| report.passed),
        }
    }

    fn passed(&self, stage: Stage) -> Option<bool> {
        self.stages.iter().find(|(known, _)| *known == stage).map(|(_, passed)| *passed)
    }

    fn of_stage(&self, stage: Stage) -> Progress {
        match self.passed(stage) {
            Some(true) => Progress::Done,
            Some(false) => Progress::Wrong,
            None => Progress::Open,
        }
    }

    fn sign_in_or(&self, filled: bool) -> Progress {
        match self.passed(Stage::SignIn) {
            Some(true) => Progress::Done,
            _ if filled => Progress::Done,
            _ => Progress::Open,
        }
    }
}

pub(super) fn show(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let Some(vault) = state.open_vault() else { return };
    let draft = vault.draft.as_ref();
    let known = Known::of(draft, draft.and_then(|draft| vault.checks.get(&draft.id)), &state.clouds);
    widgets::name_part(ui, "Setup guide");
    ui.horizontal(|ui| {
        widgets::heading(ui, RichText::new("Setup guide").heading(), 1);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if ui.icon_button(Icon::Cross, "Close the setup guide").clicked() {
                commands.push(Command::ToggleGuide);
            }
        });
    });
    ui.hint(&format!("From the Azure portal to a working connection. Links lead to the {} cloud.", known.cloud.name()));
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        ui.set_width(ui.available_width() - 6.0);
        for (index, step) in STEPS.iter().enumerate() {
            card(ui, |ui| show_step(ui, index + 1, step, &known));
        }
        scroll_to_focus(ui);
    });
}

fn show_step(ui: &mut Ui, number: usize, step: &Step, known: &Known) {
    let colors = tokens(ui);
    ui.spacing_mut().item_spacing.y = 4.0;
    ui.horizontal(|ui| {
        let (icon, color, state) = match (step.progress)(known) {
            Progress::Done => (Icon::Check, colors.success, "done"),
            Progress::Open => (Icon::Ring, colors.text_quiet, "open"),
            Progress::Wrong => (Icon::Cross, colors.danger, "needs fixing"),
        };
        ui.state_icon(icon, color, &format!("Step {number}: {state}"));
        let title = RichText::new(format!("{number}. {}", step.title)).text_style(section_heading());
        widgets::heading(ui, title, 2);
    });
    for line in step.lines {
        ui.add(egui::Label::new(*line).wrap());
    }
    if let Some(warning) = step.warning {
        note_line(ui, &FieldNote::Advice(warning.to_owned()));
    }
    if let Some((name, page)) = &step.page {
        ui.portal_link(&format!("Open {name}"), &page.url(known.cloud));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_that_forbids_or_shortens_secrets_is_named() {
        let step = STEPS.iter().find(|step| step.title == "Create a client secret").expect("a step");
        let text = step.lines.join(" ");
        for words in ["app management policy", "Application policies", "short lifetime"] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }
}
