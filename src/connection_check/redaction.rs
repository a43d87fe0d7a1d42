//! The last line of defence: takes the secret and the tokens out of everything that a report shows, in case a
//! server or a device in between echoes them.

use zeroize::Zeroizing;

use super::{Detail, Diagnosis, ExpiryNotRead, StageReport, Warning};
use crate::profile::SecretText;

/// Texts that no report may show. Wiped when dropped.
pub(crate) struct Redaction {
    hidden: Vec<Zeroizing<String>>,
}

impl Redaction {
    pub(crate) fn new(secret: &SecretText) -> Redaction {
        let mut redaction = Redaction { hidden: Vec::new() };
        redaction.add(secret);
        redaction
    }

    /// Hides `text` as well, as it is and as a form carries it.
    pub(crate) fn add(&mut self, text: &SecretText) {
        let text = text.expose().trim();
        // A text this short stands in too many innocent words, and gives too little away.
        if text.chars().count() < 6 {
            return;
        }
        let mut encoded = Zeroizing::new(String::with_capacity(3 * text.len()));
        encoded.extend(url::form_urlencoded::byte_serialize(text.as_bytes()));
        self.hidden.push(Zeroizing::new(text.to_owned()));
        if encoded.as_str() != text {
            self.hidden.push(encoded);
        }
    }

    fn clean(&self, text: String) -> String {
        self.hidden.iter().fold(text, |text, hidden| {
            if text.contains(hidden.as_str()) { text.replace(hidden.as_str(), "[secret]") } else { text }
        })
    }

    pub(super) fn stage(&self, report: StageReport) -> StageReport {
        let details = report.details.into_iter();
        let details = details.map(|detail| Detail { label: detail.label, value: self.clean(detail.value) }).collect();
        StageReport { summary: self.clean(report.summary), details, ..report }
    }

    pub(crate) fn diagnosis(&self, diagnosis: Diagnosis) -> Diagnosis {
        Diagnosis {
            code: diagnosis.code,
            what: self.clean(diagnosis.what),
            why: self.clean(diagnosis.why),
            fix: diagnosis.fix.into_iter().map(|step| self.clean(step)).collect(),
            link: diagnosis.link,
        }
    }

    pub(super) fn expiry_not_read(&self, reason: ExpiryNotRead) -> ExpiryNotRead {
        ExpiryNotRead { code: reason.code, text: self.clean(reason.text) }
    }

    pub(super) fn warnings(&self, warnings: Vec<Warning>) -> Vec<Warning> {
        let clean = |warning: Warning| Warning { code: warning.code, text: self.clean(warning.text) };
        warnings.into_iter().map(clean).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_hidden_as_it_is_and_as_a_form_carries_it() {
        let redaction = Redaction::new(&SecretText::from(" a+b/c=d&e "));
        let cleaned = redaction.clean("x a+b/c=d&e y a%2Bb%2Fc%3Dd%26e z".to_owned());
        assert_eq!(cleaned, "x [secret] y [secret] z");
    }

    #[test]
    fn a_very_short_text_does_not_blot_out_words() {
        let redaction = Redaction::new(&SecretText::from("a"));
        assert_eq!(redaction.clean("a tenant".to_owned()), "a tenant");
    }
}
