//! A test that is repeated: when the next one is due, and until when it goes on.

use std::time::Duration;

use crate::connection_check::{CheckReport, Diagnosis, Repetition, may_become_known};

/// A test that is repeated.
#[derive(Clone)]
pub struct Repeating {
    repetition: Repetition,
    /// When it was begun, in seconds since the window opened.
    began: f64,
    /// When the next test is due, in seconds since the window opened; `None` when the time is up.
    pub(super) next: Option<f64>,
    /// What the last test said, for the time that the next one runs.
    pub last: Diagnosis,
}

impl Repeating {
    /// It begins now.
    pub(super) fn begin(seconds: f64, last: Diagnosis) -> Repeating {
        let mut repeating =
            Repeating { repetition: Repetition::over(Repetition::USUAL), began: seconds, next: None, last };
        repeating.schedule(seconds);
        repeating
    }

    fn schedule(&mut self, seconds: f64) {
        let elapsed = Duration::from_secs_f64((seconds - self.began).max(0.0));
        self.next = self.repetition.next_pause(elapsed).map(|pause| seconds + pause.as_secs_f64());
    }

    /// The seconds until the next test; `None` when there is none.
    pub fn until_next(&self, seconds: f64) -> Option<f64> {
        self.next.map(|next| (next - seconds).max(0.0))
    }

    /// The seconds for which it goes on at most.
    pub fn left(&self, seconds: f64) -> f64 {
        (self.began + self.repetition.period().as_secs_f64() - seconds).max(0.0)
    }

    /// How many tests it has begun, counting the one that is due next.
    pub fn count(&self) -> u32 {
        self.repetition.done()
    }

    /// It goes on with this report, or ends by it.
    pub(super) fn after(mut self, report: &CheckReport, seconds: f64) -> Option<Repeating> {
        self.last = report.diagnosis.clone().filter(|diagnosis| may_become_known(&diagnosis.code))?;
        self.schedule(seconds);
        Some(self)
    }
}
