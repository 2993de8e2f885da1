//! A domain of the account, which orders with an organization are validated by.

use time::OffsetDateTime;

use super::control::{Approval, DcvMethod, RandomValue};
use super::schedule::Schedule;

pub(crate) struct Domain {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) created: OffsetDateTime,
    pub(crate) dcv_method: DcvMethod,
    /// Its own random value, which an order that waits for it replaces (observed).
    pub(crate) token: Option<RandomValue>,
    /// The last validation; it may have ended.
    pub(crate) approval: Option<Approval>,
    /// When it was last submitted for validation.
    pub(crate) submitted: Option<OffsetDateTime>,
    /// There while a validation is under way.
    pub(super) schedule: Option<Schedule>,
}

impl Domain {
    pub(super) fn new(id: u64, name: String, created: OffsetDateTime, method: DcvMethod) -> Self {
        Self {
            id,
            name,
            created,
            dcv_method: method,
            token: None,
            approval: None,
            submitted: None,
            schedule: None,
        }
    }

    /// Returns whether a validation is under way, though an earlier one may still count.
    pub(crate) fn is_pending(&self) -> bool {
        self.schedule.is_some()
    }

    /// Returns the last validation if it still counts.
    pub(crate) fn valid_approval(&self, now: OffsetDateTime) -> Option<&Approval> {
        self.approval.as_ref().filter(|approval| now < approval.until)
    }

    /// Returns its random value, which is made if there is none or it has ended.
    pub(super) fn token(&mut self, now: OffsetDateTime) -> Result<&RandomValue, rcgen::Error> {
        let token = match self.token.take().filter(|token| token.is_valid(now)) {
            Some(token) => token,
            None => RandomValue::new(now)?,
        };
        Ok(self.token.insert(token))
    }

    /// Begins a validation: it is looked for from now on.
    pub(super) fn submit(&mut self, now: OffsetDateTime) {
        self.submitted = Some(now);
        self.schedule = Some(Schedule::starting(now));
    }
}
